/* bench: what the programs of this folder share: files in memory, and processor time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "util/err.h"
#include "util/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The bytes of a file, which the caller frees or leaves to the end of the program; panics when it
 * cannot be read. */
static inline struct str bench_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        panic("%s cannot be read", path);
    size_t size = (size_t)ftell(file);
    char *bytes = malloc(size + 1);
    rewind(file);
    if (bytes == NULL || fread(bytes, 1, size, file) != size)
        panic("%s cannot be read", path);
    (void)fclose(file);
    return (struct str){ bytes, size };
}

/* Seconds of processor time of this process. */
static inline double bench_now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
