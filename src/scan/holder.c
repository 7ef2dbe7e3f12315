/* holder: see holder.h.  proc(5). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/holder.h"

#include "util/scan.h"
#include "util/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The beginning of a small file of /proc, without its line end; empty if it cannot be read. */
static struct str read_small(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, size);
    if (fd >= 0)
        close(fd);
    return n <= 0 ? STR_EMPTY : str_trim((struct str){ buffer, (size_t)n });
}

/* Field 22 of /proc/PID/stat: when it started.  The name in field 2 may hold anything, so fields
 * are counted behind its last ")".  0: there is no such process. */
static uint64_t start_of(uint64_t pid)
{
    char path[64], buffer[1024];
    uint64_t start = 0;
    snprintf(path, sizeof path, "/proc/%llu/stat", (unsigned long long)pid);
    struct str text = read_small(path, buffer, sizeof buffer);
    size_t behind = str_rfind_char(text, ')');
    if (behind == SIZE_MAX)
        return 0;
    struct str field, rest = str_from_pos(text, behind + 2);
    for (int i = 3; i < 22; i++)
        str_cut(rest, ' ', &field, &rest);
    str_cut(rest, ' ', &field, &rest);
    return scan_whole_u64(field, UINT64_MAX, &start) ? start : 0;
}

/* "BOOT/NAMESPACE" of this process. */
static void machine(char out[HOLDER_SIZE])
{
    char boot[64], space[64];
    struct str id = read_small("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space);
    struct str name = str_slice((struct str){ space, n < 0 ? 0 : (size_t)n }, 0, 32);
    snprintf(out, HOLDER_SIZE, "%.*s/%.*s", STR_FMT(str_slice(id, 0, 40)), STR_FMT(name));
}

void holder_self(char out[HOLDER_SIZE])
{
    char here[HOLDER_SIZE];
    uint64_t pid = (uint64_t)getpid();
    machine(here);
    snprintf(out, HOLDER_SIZE, "%.80s/%llu/%llu", here, (unsigned long long)pid,
             (unsigned long long)start_of(pid));
}

bool holder_is_gone(const char *holder)
{
    char here[HOLDER_SIZE];
    uint64_t pid, start;
    struct str rest = str_from(holder), number, space;
    machine(here);
    size_t len = strlen(here);
    if (str_has_prefix(rest, STR("/")) || !str_has_prefix(rest, (struct str){ here, len }) ||
        rest.len <= len || rest.ptr[len] != '/')
        return false;
    rest = str_from_pos(rest, len + 1);
    if (!str_cut(rest, '/', &number, &space) || !scan_whole_u64(number, INT32_MAX, &pid) ||
        !scan_whole_u64(space, UINT64_MAX, &start) || start == 0)
        return false;
    return start_of(pid) != start;
}
