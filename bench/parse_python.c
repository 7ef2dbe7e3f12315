/*
 * parse_python: how fast the Python front end is.
 *
 * usage: parse_python ROUNDS FILE...
 * Each round parses all files, which lie in memory already, each with an arena that is used again.
 * Prints the bytes of a round, the places that could not be parsed, and the seconds of processor
 * time of the fastest round.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "lineage/python.h"
#include "util/scan.h"

static size_t parse_all(struct arena *a, const struct str *texts, size_t n)
{
    size_t gaps = 0;
    for (size_t i = 0; i < n; i++) {
        struct parsed parsed;
        python_parse(a, texts[i], PYTHON_PLAIN, &parsed);
        gaps += parsed.n_gaps;
        arena_reset(a);
    }
    return gaps;
}

int main(int argc, char **argv)
{
    AUTO_ARENA a = ARENA_INIT;
    uint64_t rounds;
    if (argc < 3 || !scan_whole_u64(str_from(argv[1]), 1000, &rounds))
        return 2;
    const size_t n = (size_t)argc - 2;
    struct str *texts = malloc(n * sizeof *texts);
    size_t bytes = 0, gaps = 0;
    double best_s = 1e9;
    if (texts == NULL)
        return 1;
    for (size_t i = 0; i < n; i++) {
        texts[i] = bench_load(argv[i + 2]);
        bytes += texts[i].len;
    }
    for (uint64_t round = 0; round < rounds; round++) {
        const double start = bench_now_s();
        gaps = parse_all(&a, texts, n);
        const double took = bench_now_s() - start;
        best_s = took < best_s ? took : best_s;
    }
    printf("%zu bytes %zu gaps %.6f s\n", bytes, gaps, best_s);
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)texts[i].ptr);
    free(texts);
    return 0;
}
