/* SPDX-License-Identifier: Apache-2.0 */
#include "temp.h"

#include "index/listing.h"

#include "util/arena.h"

/* A listing in memory, which the index must agree with. */
struct model {
    struct arena arena;
    struct listing_entry items[6000];
    size_t n;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct listing_entry make_entry(struct arena *a, unsigned number, uint64_t salt)
{
    return (struct listing_entry){ .key = arena_printf(a, "lake/part=%03u/file-%07u.parquet",
                                                       number / 97, number),
                                   .size_bytes = salt % 5000000000u,
                                   .etag_hash = salt * 0x9E3779B97F4A7C15u,
                                   .modified_s = 1700000000 + (int64_t)(salt % 1000) - 500 };
}

static void assert_entry(const struct listing_entry *got, const struct listing_entry *want)
{
    if (!str_eq(got->key, want->key))
        fail_msg("got \"%.*s\", want \"%.*s\"", STR_FMT(got->key), STR_FMT(want->key));
    assert_true(got->size_bytes == want->size_bytes && got->etag_hash == want->etag_hash &&
                got->modified_s == want->modified_s);
}

static void assert_same(struct temp *t, const struct model *m, struct str prefix, struct str after)
{
    struct listing_cursor *c;
    struct listing_entry e;
    bool has;
    MUST(listing_cursor_open(t->index, 7, prefix, after, &c, &err));
    for (size_t i = 0; i < m->n; i++) {
        if (str_cmp(m->items[i].key, after) <= 0 || !str_has_prefix(m->items[i].key, prefix))
            continue;
        MUST(listing_cursor_next(c, &e, &has, &err));
        assert_true(has);
        assert_entry(&e, &m->items[i]);
        assert_true(str_cmp(listing_cursor_block_last(c), e.key) >= 0);
    }
    for (int i = 0; i < 2; i++) {
        MUST(listing_cursor_next(c, &e, &has, &err));
        assert_false(has);
    }
    listing_cursor_close(c);
}

/* The same change in the model and in the index. */
static void replace_both(struct temp *t, struct model *m, struct str after, struct str last,
                         const struct listing_entry *entries, size_t n)
{
    static struct listing_entry next[6000];
    size_t k = 0, i = 0;
    for (; i < m->n && str_cmp(m->items[i].key, after) <= 0; i++)
        next[k++] = m->items[i];
    for (size_t j = 0; j < n; j++)
        next[k++] = entries[j];
    for (; i < m->n; i++)
        if (last.len > 0 && str_cmp(m->items[i].key, last) > 0)
            next[k++] = m->items[i];
    memcpy(m->items, next, k * sizeof next[0]);
    m->n = k;
    MUST(index_begin(t->writer, NULL, &err));
    MUST(listing_replace(t->writer, 7, after, last, entries, n, &err));
    MUST(index_commit(t->writer, false, &err));
}

static size_t some_entries(struct arena *a, struct listing_entry *out, unsigned from, unsigned to,
                           uint64_t *random)
{
    size_t n = 0;
    for (unsigned i = from; i < to; i++)
        if (next_random(random) % 4 != 0)
            out[n++] = make_entry(a, i, next_random(random));
    return n;
}

static void ranges_that_are_replaced_in_any_order_agree_with_a_plain_list(void **state)
{
    static struct model m;
    static struct listing_entry entries[6000];
    struct temp t;
    uint64_t random = 88172645463325252u;
    (void)state;
    temp_open(&t);
    replace_both(&t, &m, STR_EMPTY, STR_EMPTY, entries,
                 some_entries(&m.arena, entries, 0, 5000, &random));
    assert_same(&t, &m, STR_EMPTY, STR_EMPTY);
    for (int i = 0; i < 150; i++) {
        unsigned width = i % 3 == 0 ? 1 : i % 3 == 1 ? 40 : 1400;
        unsigned from = (unsigned)(next_random(&random) % 5200);
        unsigned to = from + (unsigned)(next_random(&random) % width) + 1;
        struct str after = from == 0 ? STR_EMPTY : make_entry(&m.arena, from - 1, 1).key;
        struct str last = i % 20 == 19 ? STR_EMPTY : make_entry(&m.arena, to - 1, 1).key;
        size_t n = i % 7 == 6 ? 0 : some_entries(&m.arena, entries, from, to, &random);
        replace_both(&t, &m, after, last, entries, n);
        if (i % 10 == 9)
            assert_same(&t, &m, STR_EMPTY, STR_EMPTY);
        else
            assert_same(&t, &m, STR_EMPTY, after);
    }
    assert_same(&t, &m, STR("lake/part=01"), STR_EMPTY);
    assert_same(&t, &m, STR("lake/part=011/file-"), STR("lake/part=011/file-0001100.parquet"));
    assert_same(&t, &m, STR("nothing"), STR_EMPTY);
    arena_release(&m.arena);
    temp_end(&t);
}

static void a_cursor_reads_on_while_what_is_behind_it_is_replaced(void **state)
{
    static struct listing_entry entries[3000];
    AUTO_ARENA a = ARENA_INIT;
    struct temp t;
    struct listing_cursor *c;
    struct listing_entry e;
    bool has;
    (void)state;
    temp_open(&t);
    for (unsigned i = 0; i < 3000; i++)
        entries[i] = make_entry(&a, i, i);
    MUST(index_begin(t.writer, NULL, &err));
    MUST(listing_replace(t.writer, 7, STR_EMPTY, STR_EMPTY, entries, 3000, &err));
    MUST(index_commit(t.writer, false, &err));
    MUST(listing_cursor_open(t.index, 7, STR_EMPTY, STR_EMPTY, &c, &err));
    for (unsigned i = 0; i < 3000; i++) {
        MUST(listing_cursor_next(c, &e, &has, &err));
        assert_true(has);
        assert_entry(&e, &entries[i]);
        if (i % 777 != 776)
            continue;
        MUST(index_begin(t.writer, NULL, &err));
        MUST(listing_replace(t.writer, 7, STR_EMPTY, e.key, entries, 3, &err));
        MUST(index_commit(t.writer, false, &err));
    }
    MUST(listing_cursor_next(c, &e, &has, &err));
    assert_false(has);
    listing_cursor_close(c);
    temp_end(&t);
}

static void a_listing_that_is_out_of_order_is_refused(void **state)
{
    struct temp t;
    const struct listing_entry twice[] = { { .key = STR_INIT("a") }, { .key = STR_INIT("a") } };
    const struct listing_entry behind[] = { { .key = STR_INIT("c") } };
    (void)state;
    temp_open(&t);
    MUST(index_begin(t.writer, NULL, &err));
    MUST_FAIL(listing_replace(t.writer, 7, STR_EMPTY, STR_EMPTY, twice, 2, &err), ERR_INVALID);
    MUST_FAIL(listing_replace(t.writer, 7, STR_EMPTY, STR("b"), behind, 1, &err), ERR_INVALID);
    MUST_FAIL(listing_replace(t.writer, 7, STR("c"), STR_EMPTY, behind, 1, &err), ERR_INVALID);
    temp_end(&t);
}

static void a_damaged_block_is_told_and_never_read_past_its_end(void **state)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF block = BUF_INIT(SIZE_MAX);
    struct listing_entry entries[20], e;
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        entries[i] = make_entry(&a, i * 31, i);
    listing_block_encode(&block, entries, 20);
    for (size_t at = 0; at < block.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct err err = ERR_INIT;
            struct listing_block b;
            bool has = true;
            /* In a piece of its own size, so that the sanitizer sees an overrun. */
            char *copy = malloc(block.len);
            assert_non_null(copy);
            memcpy(copy, block.ptr, block.len);
            copy[at] = (char)(copy[at] ^ 1 << bit);
            if (listing_block_open(&b, (struct str){ copy, block.len }, &err))
                while (has && listing_block_next(&b, &e, &has, &err))
                    ;
            free(copy);
        }
        struct err err = ERR_INIT;
        struct listing_block b;
        bool has = true, ok = listing_block_open(&b, (struct str){ block.ptr, at }, &err);
        while (ok && has)
            ok = listing_block_next(&b, &e, &has, &err);
        assert_false(ok);
        assert_int_equal(err.code, ERR_PARSE);
    }
}

static void the_hash_of_a_text_is_the_same_for_ever(void **state)
{
    (void)state;
    assert_true(listing_hash(STR("")) == 0xfdbdf6ac4fc52e7fu);
    assert_true(listing_hash(STR("s3://bucket/key")) == 0x8430aba27d45aedeu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_that_are_replaced_in_any_order_agree_with_a_plain_list),
        cmocka_unit_test(a_cursor_reads_on_while_what_is_behind_it_is_replaced),
        cmocka_unit_test(a_listing_that_is_out_of_order_is_refused),
        cmocka_unit_test(a_damaged_block_is_told_and_never_read_past_its_end),
        cmocka_unit_test(the_hash_of_a_text_is_the_same_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
