/*
 * dump_cells: prints the cells of a notebook as JSON lines, for comparison with other readers.
 *
 * usage: dump_cells [-c CHUNK-BYTES] FILE...
 * For each file a line: {"file", "cells": [[kind, source, tags], ...]} or {"file", "error"}.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/reader.h"
#include "util/scan.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_file(struct notebook_reader *r, FILE *file, size_t chunk, char *bytes,
                      struct notebook *nb, struct err *err)
{
    size_t n;
    while ((n = fread(bytes, 1, chunk, file)) > 0)
        if (!notebook_reader_feed(r, (struct str){ bytes, n }, err))
            return false;
    return notebook_reader_finish(r, nb, err);
}

static void write_cells(struct json_writer *w, const struct notebook *nb)
{
    static const char *const kinds[] = { "code", "markdown", "raw" };
    json_put_str(w, STR("language"), nb->language);
    json_write_key(w, STR("cells"));
    json_write_array(w);
    for (size_t i = 0; i < nb->n_cells; i++) {
        const struct cell *c = &nb->cells[i];
        json_write_array(w);
        json_write_str(w, str_from(kinds[c->kind]));
        json_write_str(w, c->source);
        json_write_array(w);
        for (size_t t = 0; t < c->n_tags; t++)
            json_write_str(w, c->tags[t]);
        json_write_end(w);
        json_write_end(w);
    }
    json_write_end(w);
}

static void dump(const char *path, size_t chunk, char *bytes)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF line = BUF_INIT(SIZE_MAX);
    struct err err = ERR_INIT;
    struct notebook nb;
    struct json_writer w;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    struct notebook_reader *r = notebook_reader_new(&a, str_from(path), NULL, NULL);
    json_writer_init(&w, &line);
    json_write_object(&w);
    json_put_str(&w, STR("file"), str_from(path));
    if (read_file(r, file, chunk, bytes, &nb, &err))
        write_cells(&w, &nb);
    else
        json_put_str(&w, STR("error"), str_from(err.msg));
    json_write_end(&w);
    notebook_reader_free(r);
    (void)fclose(file);
    (void)puts(buf_cstr(&line));
}

int main(int argc, char **argv)
{
    uint64_t chunk = 65536;
    int first = 1;
    if (argc > 2 && str_eq(str_from(argv[1]), STR("-c"))) {
        if (!scan_whole_u64(str_from(argv[2]), 1 << 24, &chunk) || chunk == 0)
            return 2;
        first = 3;
    }
    char *bytes = malloc(chunk);
    for (int i = first; bytes != NULL && i < argc; i++)
        dump(argv[i], chunk, bytes);
    free(bytes);
    return 0;
}
