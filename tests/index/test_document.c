/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "index/document.h"
#include "index/memo.h"

static const char line[] = "df = spark.read.parquet('s3://lake/sales')\n";

/* n cells of ten lines each. */
static void add_cells(struct buf *cells, size_t n)
{
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    for (size_t i = 0; i < 10; i++)
        buf_add(&text, str_from(line));
    for (size_t i = 0; i < n; i++) {
        const struct document_cell cell = { .index = i,
                                            .kind = i % 2 == 0 ? CELL_CODE : CELL_MARKDOWN,
                                            .language = i % 3 == 0 ? STR("sql") : STR_EMPTY,
                                            .text = buf_str(&text) };
        document_add(cells, &cell);
    }
}

/* The cells of a body that can be read; SIZE_MAX: it is damaged. */
static size_t count_cells(struct str body)
{
    AUTO_BUF room = BUF_INIT(SIZE_MAX);
    struct document d;
    struct document_cell cell;
    struct err err = ERR_INIT;
    bool has = true;
    size_t n = 0;
    if (!document_open(&d, body, &room, &err)) {
        assert_int_equal(err.code, ERR_PARSE);
        return SIZE_MAX;
    }
    for (; document_next(&d, &cell, &has, &err); n++) {
        if (!has)
            return n;
        assert_int_equal(cell.index, n);
        assert_int_equal(cell.kind, n % 2 == 0 ? CELL_CODE : CELL_MARKDOWN);
        assert_true(str_eq(cell.language, n % 3 == 0 ? STR("sql") : STR_EMPTY));
        assert_true(str_has_prefix(cell.text, str_from(line)));
        assert_int_equal(cell.text.len, 10 * (sizeof line - 1));
    }
    return SIZE_MAX;
}

static void cells_come_back_packed_or_not(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        AUTO_BUF cells = BUF_INIT(SIZE_MAX);
        AUTO_BUF body = BUF_INIT(SIZE_MAX);
        add_cells(&cells, n);
        document_pack(buf_str(&cells), &body);
        assert_int_equal(count_cells(buf_str(&body)), n);
        assert_int_equal(count_cells(buf_str(&cells)), n);
        assert_true(n == 0 ? body.len == 0 : body.len * 3 < cells.len);
    }
}

static void what_does_not_get_smaller_stays_as_it_is(void **state)
{
    AUTO_BUF cells = BUF_INIT(SIZE_MAX);
    AUTO_BUF body = BUF_INIT(SIZE_MAX);
    (void)state;
    document_add(&cells, &(struct document_cell){ .index = 3, .text = STR("x = 1") });
    document_pack(buf_str(&cells), &body);
    assert_true(str_eq(buf_str(&body), buf_str(&cells)));
}

static void a_packed_body_that_is_damaged_is_refused(void **state)
{
    AUTO_BUF cells = BUF_INIT(SIZE_MAX);
    AUTO_BUF body = BUF_INIT(SIZE_MAX);
    (void)state;
    add_cells(&cells, 9);
    document_pack(buf_str(&cells), &body);
    for (size_t len = 0; len < body.len; len++)
        if (count_cells(str_slice(buf_str(&body), 0, len)) != SIZE_MAX)
            assert_int_equal(len, 0);
    body.ptr[2] ^= 1; /* the size that it says to have */
    assert_true(count_cells(buf_str(&body)) == SIZE_MAX);
}

static void a_memo_gives_back_what_was_put_until_it_forgets(void **state)
{
    struct memo m;
    char text[32];
    (void)state;
    memo_init(&m);
    for (int64_t i = 1; !memo_is_full(&m); i++) {
        int len = snprintf(text, sizeof text, "place %lld", (long long)i);
        const struct str key = { text, (size_t)len };
        assert_null(memo_find(&m, key));
        assert_true(memo_put(&m, key, i)->mark == 0);
        assert_true(memo_find(&m, key)->id == i);
        assert_true(memo_find(&m, STR("place 1"))->id == 1);
    }
    memo_forget(&m);
    assert_false(memo_is_full(&m));
    assert_null(memo_find(&m, STR("place 1")));
    memo_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_back_packed_or_not),
        cmocka_unit_test(what_does_not_get_smaller_stays_as_it_is),
        cmocka_unit_test(a_packed_body_that_is_damaged_is_refused),
        cmocka_unit_test(a_memo_gives_back_what_was_put_until_it_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
