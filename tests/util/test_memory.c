/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "util/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGES = 64 };

/* Pages of a mapping that are in the process (not only in the system's cache): column 2 of statm
 * counts all, so the test looks at the difference. */
static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &size, &resident), 2);
    fclose(f);
    return resident;
}

static void what_was_only_read_leaves_and_comes_back(void **state)
{
    (void)state;
    char path[] = "/tmp/boathouse-memory-XXXXXX";
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = PAGES * page;
    int fd = mkstemp(path);
    assert_true(fd >= 0 && unlink(path) == 0);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(write(fd, i % page == 0 ? "x" : "-", 1), 1);
    char *only_read = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    char *written = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    assert_true(only_read != MAP_FAILED && written != MAP_FAILED);
    size_t n = 0;
    for (size_t i = 0; i < size; i += page) {
        n += only_read[i] == 'x';
        written[i] = 'y';
    }
    assert_int_equal(n, PAGES);
    assert_int_equal(mprotect(written, size, PROT_READ), 0); /* as the loader does */
    long before = resident_pages();
    memory_give_back();
    assert_true(resident_pages() <= before - PAGES / 2);
    for (size_t i = 0; i < size; i += page)
        assert_true(only_read[i] == 'x' && written[i] == 'y');
    munmap(only_read, size);
    munmap(written, size);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_only_read_leaves_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
