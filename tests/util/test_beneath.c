/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* top/inside/file, top/inside/back -> ../inside/file, top/inside/out -> ../../secret, secret */
struct tree {
    char top[64];
    int fd;
};

static void in(const struct tree *t, const char *path, char out[128])
{
    snprintf(out, 128, "%s/%s", t->top, path);
}

static int set_up(void **state)
{
    struct tree *t = calloc(1, sizeof *t);
    char path[128];
    if (t == NULL)
        return -1;
    snprintf(t->top, sizeof t->top, "/tmp/boathouse-beneath.XXXXXX");
    if (mkdtemp(t->top) == NULL)
        return -1;
    in(t, "top", path);
    assert_int_equal(mkdir(path, 0700), 0);
    in(t, "top/inside", path);
    assert_int_equal(mkdir(path, 0700), 0);
    static const char *const files[] = { "top/inside/file", "secret" };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        in(t, files[i], path);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        assert_true(fd >= 0);
        close(fd);
    }
    in(t, "top/inside/back", path);
    assert_int_equal(symlink("../inside/file", path), 0);
    in(t, "top/inside/out", path);
    assert_int_equal(symlink("../../secret", path), 0);
    in(t, "top", path);
    t->fd = open(path, O_PATH | O_DIRECTORY);
    *state = t;
    return t->fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct tree *t = *state;
    static const char *const paths[] = { "top/inside/file", "top/inside/back", "top/inside/out",
                                         "secret",          "top/inside",      "top" };
    char path[128];
    close(t->fd);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        in(t, paths[i], path);
        (void)remove(path);
    }
    (void)remove(t->top);
    free(t);
    return 0;
}

static void what_is_below_the_folder_opens_and_nothing_else(void **state)
{
    const struct tree *t = *state;
    static const struct {
        const char *path;
        int error; /* 0: it opens */
    } cases[] = {
        { "inside/file", 0 },
        { "inside/../inside/file", 0 },
        { "inside/back", 0 },
        { "inside/none", ENOENT },
        { "inside/out", EXDEV },
        { "../secret", EXDEV },
        { "inside/../../secret", EXDEV },
        { "/etc/hostname", EXDEV },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        errno = 0;
        int fd = beneath_open(t->fd, cases[i].path, O_RDONLY);
        int error = errno;
        print_message("# %s\n", cases[i].path);
        if (cases[i].error == 0) {
            assert_true(fd >= 0);
            assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
            close(fd);
        } else {
            assert_int_equal(fd, -1);
            assert_int_equal(error, cases[i].error);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_below_the_folder_opens_and_nothing_else, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
