/* Rows of Parquet files as other writers made them (fuzz/corpus/parquet), whole and cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "corpus.h"

#include "catalog/parquet_data.h"
#include "util/buf.h"

#include <stdlib.h>

static const char *const FILES[] = { "snappy_v1", "gzip_v1",  "zstd_v2",  "lz4_v2",
                                     "plain",     "delta_v2", "split_v1", "groups" };

/* "1|aa|x,y" a row: values of the chosen leaves. */
static void add_row(struct buf *out, const struct parquet_rows *rows, const size_t *leaves,
                    unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct parquet_cell cell = parquet_rows_cell(rows, i);
        enum parquet_kind kind = parquet_rows_leaf(rows, leaves[i])->kind;
        buf_add(out, i > 0 ? STR("|") : STR(""));
        for (size_t k = 0; k < cell.n; k++) {
            const struct parquet_value *v = &cell.values[k];
            buf_add(out, k > 0 ? STR(",") : STR(""));
            if (v->is_null)
                buf_add_char(out, '-');
            else if (kind == PARQUET_TEXT)
                buf_add(out, v->text);
            else if (kind == PARQUET_INT)
                buf_add_i64(out, v->integer);
            else
                buf_printf(out, "%g", v->real);
        }
    }
    buf_add_char(out, '\n');
}

/* All rows of the paths (blanks between them; "": all leaves); false with err. */
static bool read_rows(struct str file, const char *paths, struct buf *out, struct err *err)
{
    struct parquet_rows *rows = parquet_rows_new(file.len);
    struct format_need need;
    size_t leaves[LIMIT_PARQUET_CHOSEN];
    unsigned n = 0;
    for (;;) {
        enum parquet_step step = parquet_rows_next(rows, &need, err);
        if (step == PARQUET_NEED) {
            parquet_rows_give(rows, str_slice(file, need.offset, need.offset + need.length));
        } else if (step == PARQUET_OPEN) {
            struct str rest = str_from(paths), path;
            while (rest.len > 0) {
                (void)str_cut(rest, ' ', &path, &rest);
                leaves[n] = parquet_rows_find(rows, path);
                assert_int_not_equal(leaves[n], SIZE_MAX);
                n++;
            }
            for (size_t i = 0; paths[0] == 0 && i < parquet_rows_n_leaves(rows); i++)
                leaves[n++] = i;
            for (unsigned i = 0; i < n; i++)
                assert_int_equal(parquet_rows_choose(rows, leaves[i]), i);
        } else if (step == PARQUET_ROW) {
            add_row(out, rows, leaves, n);
        } else {
            break;
        }
    }
    parquet_rows_free(rows);
    return err->code == ERR_NONE;
}

static void packings_and_page_versions_give_the_same_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        AUTO_BUF out = BUF_INIT(1 << 20);
        struct err err = ERR_INIT;
        struct str file = corpus_load("parquet", FILES[i]);
        assert_case(read_rows(file, "id s p.[] m.{}k m.{}v st.d st.b", &out, &err), FILES[i]);
        assert_str(buf_str(&out), "1|aa|x,y|k|v|1.5|1\n"
                                  "-|ab|-|-|-|-|-\n"
                                  "3|aa|-|-|-|-|0\n");
        corpus_unload(file);
    }
}

static void differences_and_split_bytes_are_put_together(void **state)
{
    static const struct {
        const char *file, *want;
    } CASES[] = { { "delta_v2", "1|aa\n-|ab\n3|aa\n" }, { "split_v1", "1|a\n2|bb\n3|\n" } };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AUTO_BUF out = BUF_INIT(1 << 20);
        struct err err = ERR_INIT;
        struct str file = corpus_load("parquet", CASES[i].file);
        assert_case(read_rows(file, "", &out, &err), CASES[i].file);
        assert_str(buf_str(&out), CASES[i].want);
        corpus_unload(file);
    }
}

static void groups_and_pages_follow_each_other(void **state)
{
    AUTO_BUF out = BUF_INIT(1 << 20);
    AUTO_BUF want = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    struct str file = corpus_load("parquet", "groups");
    (void)state;
    assert_true(read_rows(file, "c n", &out, &err));
    for (int i = 0; i < 300; i++)
        buf_printf(&want, "5|%d\n", i);
    assert_true(str_eq(buf_str(&out), buf_str(&want)));
    corpus_unload(file);
}

static void every_cut_ends_in_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct str file = corpus_load("parquet", FILES[i]);
        for (size_t n = 0; n < file.len; n++) {
            struct err err = ERR_INIT;
            AUTO_BUF out = BUF_INIT(1 << 20);
            char *cut = malloc(n + 1);
            assert_non_null(cut);
            memcpy(cut, file.ptr, n);
            assert_false(read_rows((struct str){ cut, n }, "", &out, &err));
            assert_true(err.code == ERR_PARSE || err.code == ERR_UNSUPPORTED ||
                        err.code == ERR_TOO_LARGE);
            free(cut);
        }
        corpus_unload(file);
    }
}

static void an_object_that_became_shorter_is_told(void **state)
{
    struct str file = corpus_load("parquet", "plain");
    struct parquet_rows *rows = parquet_rows_new(file.len);
    struct format_need need;
    struct err err = ERR_INIT;
    (void)state;
    assert_int_equal(parquet_rows_next(rows, &need, &err), PARQUET_NEED);
    parquet_rows_give(rows, str_slice(file, 0, need.length - 1));
    assert_int_equal(parquet_rows_next(rows, &need, &err), PARQUET_FAILED);
    assert_int_equal(err.code, ERR_PARSE);
    parquet_rows_free(rows);
    corpus_unload(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packings_and_page_versions_give_the_same_rows),
        cmocka_unit_test(differences_and_split_bytes_are_put_together),
        cmocka_unit_test(groups_and_pages_follow_each_other),
        cmocka_unit_test(every_cut_ends_in_an_error),
        cmocka_unit_test(an_object_that_became_shorter_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
