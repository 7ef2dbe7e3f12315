/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/sha256.h"

static void the_published_vectors_are_met(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } cases[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[SHA256_HEX_SIZE];
        sha256_hex(str_from(cases[i].text), hex);
        assert_string_equal(hex, cases[i].digest);
    }
}

static void every_length_around_a_block_is_padded_well(void **state)
{
    (void)state;
    /* The digest of all digests of 0 to 199 letters "x". */
    char text[200], all[200 * SHA256_BYTES], hex[SHA256_HEX_SIZE];
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n < 200; n++)
        sha256((struct str){ text, n }, (unsigned char *)all + n * SHA256_BYTES);
    sha256_hex((struct str){ all, sizeof all }, hex);
    assert_string_equal(hex, "f5e61141898898cdabae3590cb32e1901b40bdc59952302926213a44c105c129");
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_true(str_eq_secret(STR("abc"), STR("abc")));
    assert_false(str_eq_secret(STR("abc"), STR("abd")));
    assert_false(str_eq_secret(STR("abc"), STR("ab")));
    assert_false(str_eq_secret(STR(""), STR("a")));
    assert_true(str_eq_secret(STR(""), STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_are_met),
        cmocka_unit_test(every_length_around_a_block_is_padded_well),
        cmocka_unit_test(secrets_are_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
