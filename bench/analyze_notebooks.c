/*
 * usage: analyze_notebooks ROUNDS FILE...
 *
 * Reads and analyses the notebooks, which lie in memory, ROUNDS times, on one thread with one
 * arena. Prints the references, the most memory that one notebook took beside its bytes, and the
 * processor time of the fastest round.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "lineage/analysis.h"
#include "notebook/reader.h"
#include "util/scan.h"

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
        texts[i] = bench_load(argv[i]);
    size_t peak = 0, n_references = 0;
    double best = 1e9;
    for (uint64_t round = 0; round < rounds; round++) {
        double start = bench_now_s();
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
        double took = bench_now_s() - start;
        best = took < best ? took : best;
    }
    calls_free(calls);
    for (int i = 2; i < argc; i++)
        free((char *)(uintptr_t)texts[i].ptr);
    printf("%zu references, %zu bytes at most, %.6f s\n", n_references, peak, best);
    return 0;
}
