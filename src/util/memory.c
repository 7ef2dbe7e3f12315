/* memory: see memory.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/memory.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE_MAX_BYTES = 4096 + 128 };

/* A mapping of a file that cannot be written (proc_pid_smaps(5)). */
struct mapping {
    uintptr_t from, to;
    bool is_read_only_file;
};

/* The first line of a mapping: "7f00-7f10 r-xp 00000000 fe:00 1234   /usr/lib/x.so". */
static bool read_head(const char *line, struct mapping *out)
{
    uintptr_t from, to;
    char rights[5];
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) != 3)
        return false;
    *out = (struct mapping){ from, to, rights[1] == '-' && strchr(line, '/') != NULL };
    return true;
}

void memory_give_back(void)
{
    char line[LINE_MAX_BYTES];
    struct mapping m = { 0 };
    FILE *maps = fopen("/proc/self/smaps", "re");
    malloc_trim(0);
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long anonymous_kb;
        union {
            uintptr_t number;
            void *at;
        } address;
        if (read_head(line, &m))
            continue;
        /* Pages that the loader has written (relocations) are anonymous by now: they would be lost.
         */
        if (sscanf(line, "Anonymous: %lu kB", &anonymous_kb) != 1 || anonymous_kb != 0 ||
            !m.is_read_only_file)
            continue;
        address.number = m.from;
        (void)madvise(address.at, m.to - m.from, MADV_DONTNEED);
    }
    if (maps != NULL)
        fclose(maps);
}
