/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "scan/merge.h"

#include <stdio.h>
#include <stdlib.h>

/* A listing is written as "key=etag key=etag"; blocks of the old one are separated by "|". */
struct world {
    struct arena arena;
    struct listing_entry *old;
    size_t *block_last; /* for each entry of old: the index of the last one of its block */
    size_t n_old, next;
    struct buf told;   /* "+new ~changed =same -gone", in order, " [after..last]" for each range */
    size_t fail_after; /* each() fails at that object; 0: never */
    bool is_work;      /* every object is work */
};

static void parse_old(struct world *w, struct str text)
{
    struct str block, entry, key, etag;
    bool is_more = text.len > 0, is_more_entries;
    size_t cap = 0, cap_last = 0, n_last = 0;
    while (is_more) {
        is_more = str_cut(text, '|', &block, &text);
        is_more_entries = block.len > 0;
        while (is_more_entries) {
            is_more_entries = str_cut(block, ' ', &entry, &block);
            str_cut(entry, '=', &key, &etag);
            *ARENA_PUSH(&w->arena, w->old, w->n_old, cap) =
                (struct listing_entry){ .key = key, .etag_hash = listing_hash(etag) };
        }
        while (n_last < w->n_old)
            *ARENA_PUSH(&w->arena, w->block_last, n_last, cap_last) = w->n_old - 1;
    }
}

static bool old_next(void *ctx, struct listing_entry *out, bool *has_out, struct err *err)
{
    struct world *w = ctx;
    (void)err;
    *has_out = w->next < w->n_old;
    if (*has_out)
        *out = w->old[w->next++];
    return true;
}

static struct str old_block_last(void *ctx)
{
    const struct world *w = ctx;
    return w->next == 0 ? STR_EMPTY : w->old[w->block_last[w->next - 1]].key;
}

static bool each(void *ctx, const struct store_object *object, enum merge_state state,
                 struct merge_range *range, struct err *err)
{
    struct world *w = ctx;
    buf_printf(&w->told, "%c%.*s ", "=+~"[state], STR_FMT(object->key));
    assert_true(str_eq(range->entries[range->n - 1].key, object->key));
    range->n_work += w->is_work;
    return w->fail_after == 0 || --w->fail_after > 0 || err_set(err, ERR_IO, "told to fail");
}

static bool cut(void *ctx, struct merge_range *range, struct err *err)
{
    struct world *w = ctx;
    (void)err;
    for (size_t i = 0; i < range->n_removed; i++)
        buf_printf(&w->told, "-%.*s ", STR_FMT(range->removed[i]));
    buf_printf(&w->told, "[%.*s..%.*s:", STR_FMT(range->after), STR_FMT(range->last));
    for (size_t i = 0; i < range->n && range->n < 10; i++)
        buf_printf(&w->told, "%s%.*s", i > 0 ? " " : "", STR_FMT(range->entries[i].key));
    if (range->n >= 10)
        buf_printf(&w->told, "%zu", range->n);
    buf_add(&w->told, STR("] "));
    merge_range_free(range);
    return true;
}

/* items: "key=etag" or "!prefix" for a folder that cannot be read. */
static bool run(struct world *w, const char *old, const char *items, struct err *err)
{
    struct str item, key, etag, rest = str_from(items);
    bool is_more = rest.len > 0, ok = true;
    w->told = (struct buf)BUF_INIT(1 << 20);
    parse_old(w, str_from(old));
    const struct merge_options options = {
        .old_next = old_next, .old_block_last = old_block_last, .each = each, .cut = cut, .ctx = w
    };
    struct merge *m = merge_new(&options);
    while (is_more && ok) {
        is_more = str_cut(rest, ' ', &item, &rest);
        str_cut(item, '=', &key, &etag);
        const struct store_object object = { .key = key, .etag = etag };
        ok = item.ptr[0] == '!' ? merge_skip(m, str_from_pos(item, 1), err)
                                : merge_object(m, &object, err);
    }
    ok = ok && merge_end(m, err);
    merge_free(m);
    return ok;
}

static void world_release(struct world *w)
{
    buf_release(&w->told);
    arena_release(&w->arena);
}

static void objects_are_told_as_new_changed_the_same_or_gone(void **state)
{
    static const struct {
        const char *old, *now, *told;
    } cases[] = {
        { "", "", "" },
        { "", "a=1 b=1", "+a +b [..:a b] " },
        { "a=1 b=1", "a=1 b=1", "=a =b " },
        { "a=1 b=1", "a=1 b=2", "=a ~b [..:a b] " },
        { "a=1 b=1 c=1", "b=1", "=b -a -c [..:b] " },
        { "a=1 b=1", "", "-a -b [..:] " },
        { "a=1 c=1", "a=1 b=1 c=1 d=1", "=a +b =c +d [..:a b c d] " },
        { "d/x=1 d/y=1 e=1", "c=1 !d/ f=1", "+c +f -e [..:c d/x d/y f] " },
        { "d/x=1", "!d/", "" },
        { "a=1|b=1|c=1", "a=1 b=2 c=1", "=a ~b =c [..:a b c] " },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w = { 0 };
        struct err err = ERR_INIT;
        if (!run(&w, cases[i].old, cases[i].now, &err))
            fail_msg("%s -> %s: %s", cases[i].old, cases[i].now, err.msg);
        if (!str_eq(buf_str(&w.told), str_from(cases[i].told)))
            fail_msg("%s -> %s: told \"%.*s\", not \"%s\"", cases[i].old, cases[i].now,
                     STR_FMT(buf_str(&w.told)), cases[i].told);
        world_release(&w);
    }
}

/* n keys "k00000=1 ...", every skip-th left out; "|" every block. */
static const char *keys(struct buf *out, size_t n, size_t block, size_t changed)
{
    buf_reset(out);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%sk%05zu=%d",
                   i == 0                        ? ""
                   : block > 0 && i % block == 0 ? "|"
                                                 : " ",
                   i, i == changed ? 2 : 1);
    return buf_cstr(out);
}

static void one_change_writes_one_block(void **state)
{
    AUTO_BUF old = BUF_INIT(1 << 20);
    AUTO_BUF now = BUF_INIT(1 << 20);
    struct world w = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(run(&w, keys(&old, 5000, 500, SIZE_MAX), keys(&now, 5000, 0, 1234), &err));
    assert_true(str_contains(buf_str(&w.told), STR(" [k00999..k01499:500] ")));
    assert_int_equal(str_find(buf_str(&w.told), STR("["), 0),
                     str_rfind_char(buf_str(&w.told), '['));
    world_release(&w);
}

static void a_first_listing_is_cut_into_blocks(void **state)
{
    AUTO_BUF now = BUF_INIT(1 << 20);
    struct world w = { 0 };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(run(&w, "", keys(&now, 1200, 0, SIZE_MAX), &err));
    assert_true(str_contains(buf_str(&w.told), STR(" [..k00499:500] ")));
    assert_true(str_contains(buf_str(&w.told), STR(" [k00499..k00999:500] ")));
    assert_true(str_contains(buf_str(&w.told), STR(" [k00999..:200] ")));
    world_release(&w);
}

static void work_is_handed_on_in_small_ranges(void **state)
{
    AUTO_BUF old = BUF_INIT(1 << 20);
    AUTO_BUF now = BUF_INIT(1 << 20);
    struct world w = { .is_work = true };
    struct err err = ERR_INIT;
    (void)state;
    assert_true(run(&w, keys(&old, 402, 0, SIZE_MAX), keys(&now, 402, 0, SIZE_MAX), &err));
    assert_true(str_contains(buf_str(&w.told), STR(" [..k00199:200] ")));
    assert_true(str_contains(buf_str(&w.told), STR(" [k00399..:k00400 k00401] ")));
    world_release(&w);
}

static void a_listing_out_of_order_is_refused(void **state)
{
    static const char *const cases[] = { "b=1 a=1", "a=1 a=1", "a/b=1 a=1" };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w = { 0 };
        struct err err = ERR_INIT;
        assert_false(run(&w, "a=1", cases[i], &err));
        assert_int_equal(err.code, ERR_UPSTREAM);
        world_release(&w);
    }
}

static void a_failure_ends_the_merge(void **state)
{
    struct world w = { .fail_after = 2 };
    struct err err = ERR_INIT;
    (void)state;
    assert_false(run(&w, "", "a=1 b=1 c=1", &err));
    assert_int_equal(err.code, ERR_IO);
    assert_true(str_eq(buf_str(&w.told), STR("+a +b ")));
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_told_as_new_changed_the_same_or_gone),
        cmocka_unit_test(one_change_writes_one_block),
        cmocka_unit_test(a_first_listing_is_cut_into_blocks),
        cmocka_unit_test(work_is_handed_on_in_small_ranges),
        cmocka_unit_test(a_listing_out_of_order_is_refused),
        cmocka_unit_test(a_failure_ends_the_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
