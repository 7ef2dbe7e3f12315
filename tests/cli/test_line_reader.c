/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cli/line_reader.h"

#include <unistd.h>

enum { LIMIT = 100 };

/* A reader on a pipe that holds text and is closed. */
static struct line_reader reader_of(struct str text)
{
    int ends[2];
    struct line_reader r;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text.ptr, text.len), (ssize_t)text.len);
    close(ends[1]);
    line_reader_init(&r, ends[0], LIMIT);
    return r;
}

static void lines_come_one_by_one_with_or_without_an_end(void **state)
{
    (void)state;
    static const struct {
        const char *text, *joined;
    } cases[] = {
        { "", "" },         { "a", "[a]" },         { "a\n", "[a]" },         { "\n", "[]" },
        { "\n\n", "[][]" }, { "a\nb\n", "[a][b]" }, { "a\n\nb", "[a][][b]" }, { "a\r\n", "[a\r]" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_BUF joined = BUF_INIT(100);
        AUTO(line_reader_release) struct line_reader r = reader_of(str_from(cases[i].text));
        struct err err = ERR_INIT;
        struct str line;
        bool is_there = true, is_cut;
        while (line_reader_next(&r, &line, &is_there, &is_cut, &err) && is_there) {
            buf_printf(&joined, "[%.*s]", STR_FMT(line));
            assert_false(is_cut);
        }
        assert_int_equal(err.code, ERR_NONE);
        assert_string_equal(buf_cstr(&joined), cases[i].joined);
        close(r.fd);
    }
}

/* n letters and a line end, and another line. */
static void check_length(size_t n)
{
    AUTO_BUF text = BUF_INIT(1000000);
    struct err err = ERR_INIT;
    struct str line;
    bool is_there, is_cut;
    for (size_t i = 0; i < n; i++)
        buf_add_char(&text, (char)('a' + i % 26));
    buf_add(&text, STR("\nnext"));
    AUTO(line_reader_release) struct line_reader r = reader_of(buf_str(&text));
    assert_true(line_reader_next(&r, &line, &is_there, &is_cut, &err) && is_there);
    assert_int_equal(is_cut, n > LIMIT);
    assert_int_equal(line.len, n > LIMIT ? LIMIT : n);
    assert_memory_equal(line.ptr, buf_str(&text).ptr, line.len);
    assert_true(line_reader_next(&r, &line, &is_there, &is_cut, &err) && is_there);
    assert_true(str_eq(line, STR("next")));
    assert_false(is_cut);
    assert_true(line_reader_next(&r, &line, &is_there, &is_cut, &err));
    assert_false(is_there);
    close(r.fd);
}

static void a_line_that_is_too_long_is_cut_and_the_next_is_whole(void **state)
{
    (void)state;
    static const size_t lengths[] = { 1, LIMIT - 1, LIMIT, LIMIT + 1, 1000, 50000, 64000 };
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
        check_length(lengths[i]);
}

static void a_line_is_given_before_the_next_is_written(void **state)
{
    (void)state;
    int ends[2];
    struct err err = ERR_INIT;
    struct str line;
    bool is_there, is_cut;
    assert_int_equal(pipe(ends), 0);
    AUTO(line_reader_release) struct line_reader r;
    line_reader_init(&r, ends[0], LIMIT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write(ends[1], "line\n", 5), 5);
        assert_true(line_reader_next(&r, &line, &is_there, &is_cut, &err) && is_there);
        assert_true(str_eq(line, STR("line")));
    }
    close(ends[1]);
    assert_true(line_reader_next(&r, &line, &is_there, &is_cut, &err));
    assert_false(is_there);
    close(ends[0]);
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct str line;
    bool is_there, is_cut;
    AUTO(line_reader_release) struct line_reader r;
    line_reader_init(&r, -1, LIMIT);
    assert_false(line_reader_next(&r, &line, &is_there, &is_cut, &err));
    assert_int_equal(err.code, ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_one_by_one_with_or_without_an_end),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_the_next_is_whole),
        cmocka_unit_test(a_line_is_given_before_the_next_is_written),
        cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
