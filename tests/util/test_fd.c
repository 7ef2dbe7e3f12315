/* Bytes reach a descriptor whole, or it is said why not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/buf.h"
#include "util/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { BYTES = 1000 * 1000 };

struct reading {
    int fd;
    size_t n;
    bool is_same;
};

static void *read_all(void *ctx)
{
    struct reading *r = ctx;
    char piece[4096];
    ssize_t n;
    r->is_same = true;
    while ((n = read(r->fd, piece, sizeof piece)) > 0)
        for (ssize_t i = 0; i < n; i++)
            r->is_same = piece[i] == (char)('a' + r->n++ % 26) && r->is_same;
    return NULL;
}

static void what_does_not_fit_in_a_pipe_at_once_is_written_whole(void **state)
{
    AUTO_BUF all = BUF_INIT(BYTES);
    int ends[2];
    pthread_t thread;
    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        buf_add_char(&all, (char)('a' + i % 26));
    assert_int_equal(pipe(ends), 0);
    struct reading r = { .fd = ends[0] };
    assert_int_equal(pthread_create(&thread, NULL, read_all, &r), 0);
    assert_true(fd_write_all(ends[1], buf_str(&all)));
    close(ends[1]);
    pthread_join(thread, NULL);
    close(ends[0]);
    assert_int_equal(r.n, BYTES);
    assert_true(r.is_same);
}

static void a_file_is_written_and_synced(void **state)
{
    FILE *f = tmpfile();
    char back[8] = "";
    (void)state;
    assert_non_null(f);
    assert_true(fd_write_synced(fileno(f), STR("bytes")));
    assert_int_equal(pread(fileno(f), back, sizeof back, 0), 5);
    assert_string_equal(back, "bytes");
    fclose(f);
}

static void why_it_failed_is_in_errno(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_false(fd_write_all(ends[0], STR("bytes"))); /* the end for reading */
    assert_int_equal(errno, EBADF);
    assert_true(fd_write_all(ends[0], STR_EMPTY));        /* nothing is to be done */
    assert_false(fd_write_synced(ends[1], STR("bytes"))); /* a pipe has no disk */
    assert_int_equal(errno, EINVAL);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_in_a_pipe_at_once_is_written_whole),
        cmocka_unit_test(a_file_is_written_and_synced),
        cmocka_unit_test(why_it_failed_is_in_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
