/*
 * usage: analyze_notebooks ROUNDS FILE...
 *
 * Reads and analyses the notebooks, which lie in memory, ROUNDS times, on one thread with one
 * arena. Prints the references, the most memory that one notebook took beside its bytes, and the
 * processor time of the fastest round.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"
#include "notebook/reader.h"
#include "util/buf.h"
#include "util/limits.h"
#include "util/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct str file_bytes(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "analyze_notebooks: cannot open %s\n", path);
        exit(1);
    }
    struct buf b = BUF_INIT(LIMIT_NOTEBOOK_BYTES);
    char chunk[8192];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, (struct str){ chunk, n });
    fclose(f);
    struct str bytes = arena_str(a, buf_str(&b));
    buf_release(&b);
    return bytes;
}

int main(int argc, char **argv)
{
    uint64_t rounds;
    if (argc < 3 || !scan_whole_u64(str_from(argv[1]), 1000, &rounds))
        return 2;
    AUTO_ARENA files = ARENA_INIT;
    AUTO_ARENA a = ARENA_INIT;
    struct calls *calls = calls_new();
    const struct analysis_options options = { .calls = calls };
    struct str *texts = ARENA_NEW_N(&files, struct str, (size_t)argc);
    for (int i = 2; i < argc; i++)
        texts[i] = file_bytes(&files, argv[i]);
    size_t peak = 0, n_references = 0;
    double best = 1e9;
    for (uint64_t round = 0; round < rounds; round++) {
        double start = now_s();
        n_references = 0;
        for (int i = 2; i < argc; i++) {
            struct notebook nb;
            struct analysis out;
            struct err err = ERR_INIT;
            if (notebook_read(&a, str_from(argv[i]), texts[i], &nb, &err)) {
                analyze(&a, &nb, &options, &out);
                n_references += out.n_references;
            }
            peak = a.used_bytes > peak ? a.used_bytes : peak;
            arena_reset(&a);
        }
        double took = now_s() - start;
        best = took < best ? took : best;
    }
    calls_free(calls);
    printf("%zu references, %zu bytes at most, %.6f s\n", n_references, peak, best);
    return 0;
}
