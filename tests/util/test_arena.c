/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/arena.h"

static void pieces_are_zeroed_and_aligned(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *p = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, size);
    }
}

static void reset_keeps_a_block_and_zeroes_again(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    memset(arena_alloc(&a, 100), 0xFF, 100);
    arena_reset(&a);
    assert_int_equal(a.used_bytes, 0);
    const char *p = arena_alloc(&a, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
}

static void a_piece_may_be_larger_than_any_block(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    char *p = arena_alloc(&a, 5000000);
    p[4999999] = 1;
    (void)arena_alloc(&a, 10);
}

static void an_array_grows_and_keeps_its_elements(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    int *numbers = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < 10000; i++) {
        *ARENA_PUSH(&a, numbers, n, cap) = i;
        if (i % 100 == 0)
            (void)arena_alloc(&a, 1); /* so that growing in place is not always possible */
    }
    assert_int_equal(n, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(numbers[i], i);
}

static void text_is_copied_joined_and_printed(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    assert_str(arena_str(&a, STR("abc")), "abc");
    assert_str(arena_concat(&a, STR("s3://"), STR("bucket")), "s3://bucket");
    assert_str(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    assert_str(arena_str(&a, STR_EMPTY), "");
    assert_str(arena_lower(&a, STR("Ab-Z\xC3\x84")), "ab-z\xC3\x84");
    assert_str(arena_hex(&a, (const unsigned char[]){ 0x00, 0x7F, 0xA5 }, 3), "007fa5");
}

static void a_nul_byte_never_reaches_a_c_interface(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    assert_null(arena_cstr(&a, STR("a\0b"), &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(arena_cstr(&a, STR("ab"), &err), "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_and_aligned),
        cmocka_unit_test(reset_keeps_a_block_and_zeroes_again),
        cmocka_unit_test(a_piece_may_be_larger_than_any_block),
        cmocka_unit_test(an_array_grows_and_keeps_its_elements),
        cmocka_unit_test(text_is_copied_joined_and_printed),
        cmocka_unit_test(a_nul_byte_never_reaches_a_c_interface),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
