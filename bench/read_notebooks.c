/*
 * read_notebooks: how fast the notebook reader is.
 *
 * usage: read_notebooks ROUNDS FILE...
 * Each round reads all files, which lie in memory already, in the pieces in which a download comes,
 * with the cells shown one by one and none kept.  Prints the bytes of a round, the cells of a
 * round, and the seconds of processor time of the fastest round.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "notebook/reader.h"
#include "util/scan.h"

enum { PIECE_BYTES = 64 * 1024 };

static void count(void *ctx, const struct cell *cell)
{
    size_t *n = ctx;
    *n += cell->source.len > 0;
}

static void read_one(const char *path, struct str text, size_t *n_cells)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct notebook nb;
    struct notebook_reader *r = notebook_reader_new(&a, str_from(path), count, n_cells);
    bool ok = true;
    for (size_t at = 0; ok && at < text.len; at += PIECE_BYTES)
        ok = notebook_reader_feed(r, str_slice(text, at, at + PIECE_BYTES), &err);
    if (!ok || !notebook_reader_finish(r, &nb, &err))
        panic("%s: %s", path, err.msg);
    notebook_reader_free(r);
}

int main(int argc, char **argv)
{
    uint64_t rounds;
    if (argc < 3 || !scan_whole_u64(str_from(argv[1]), 100000, &rounds) || rounds == 0)
        return 2;
    size_t n_files = (size_t)argc - 2, bytes = 0, n_cells = 0;
    struct str *texts = calloc(n_files, sizeof *texts);
    if (texts == NULL)
        panic("out of memory");
    for (size_t i = 0; i < n_files; i++) {
        texts[i] = bench_load(argv[i + 2]);
        bytes += texts[i].len;
    }
    double best_s = 1e9;
    for (uint64_t round = 0; round < rounds; round++) {
        n_cells = 0;
        double start_s = bench_now_s();
        for (size_t i = 0; i < n_files; i++)
            read_one(argv[i + 2], texts[i], &n_cells);
        double took_s = bench_now_s() - start_s;
        best_s = took_s < best_s ? took_s : best_s;
    }
    printf("%zu bytes, %zu cells, %.6f s\n", bytes, n_cells, best_s);
    return 0;
}
