/* memory: see memory.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
    char *at;
    uintptr_t from = strtoull(line, &at, 16);
    if (at == line || *at != '-')
        return false;
    uintptr_t to = strtoull(at + 1, &at, 16);
    if (at[0] != ' ' || at[1] == '\0')
        return false;
    *out = (struct mapping){ from, to, at[2] == '-' && strchr(line, '/') != NULL };
    return true;
}

void memory_give_back(void)
{
    char line[LINE_MAX_BYTES];
    struct mapping m = { 0 };
    FILE *maps = fopen("/proc/self/smaps", "re");
    malloc_trim(0);
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        static const char anonymous[] = "Anonymous:";
        union {
            uintptr_t number;
            void *at;
        } address;
        if (read_head(line, &m))
            continue;
        /* Pages that the loader has written (relocations) are anonymous by now: they would be lost.
         */
        if (strncmp(line, anonymous, sizeof anonymous - 1) != 0 ||
            strtoull(line + sizeof anonymous - 1, NULL, 10) != 0 || !m.is_read_only_file)
            continue;
        address.number = m.from;
        (void)madvise(address.at, m.to - m.from, MADV_DONTNEED);
    }
    if (maps != NULL)
        fclose(maps);
}
