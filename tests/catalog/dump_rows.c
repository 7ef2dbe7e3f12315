/*
 * dump_rows: the rows of a Parquet file as JSON lines, for tests with other writers.
 *
 * usage: dump_rows FILE [PATH...]
 * Without paths all leaves, by their own.  A cell is the list of its values, null among them.
 * Reads only what is asked for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_data.h"

#include "util/buf.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct dump {
    struct parquet_rows *rows;
    size_t leaves[LIMIT_PARQUET_CHOSEN];
    unsigned n;
    uint64_t n_reads, n_bytes, n_rows;
};

static void write_text(struct json_writer *w, struct str text)
{
    if (str_is_utf8(text)) {
        json_write_str(w, text);
        return;
    }
    AUTO_ARENA a = ARENA_INIT;
    json_write_object(w);
    json_put_str(w, STR("hex"), arena_hex(&a, (const unsigned char *)text.ptr, text.len));
    json_write_end(w);
}

static void write_value(struct json_writer *w, const struct parquet_value *v,
                        enum parquet_kind kind)
{
    if (v->is_null)
        json_write_null(w);
    else if (kind == PARQUET_INT)
        json_write_i64(w, v->integer);
    else if (kind == PARQUET_REAL)
        json_write_f64(w, v->real);
    else
        write_text(w, v->text);
}

static void print_row(const struct dump *d)
{
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    for (unsigned i = 0; i < d->n; i++) {
        const struct parquet_leaf *leaf = parquet_rows_leaf(d->rows, d->leaves[i]);
        struct parquet_cell cell = parquet_rows_cell(d->rows, i);
        json_write_key(&w, leaf->path);
        json_write_array(&w);
        for (size_t k = 0; k < cell.n; k++)
            write_value(&w, &cell.values[k], leaf->kind);
        json_write_end(&w);
    }
    json_write_end(&w);
    printf("%.*s\n", STR_FMT(buf_str(&out)));
}

static void choose(struct dump *d, char **paths, int n_paths)
{
    for (size_t i = 0; n_paths == 0 && i < parquet_rows_n_leaves(d->rows); i++)
        d->leaves[d->n++] = i;
    for (int i = 0; i < n_paths; i++) {
        size_t leaf = parquet_rows_find(d->rows, str_from(paths[i]));
        if (leaf == SIZE_MAX)
            panic("no leaf %s", paths[i]);
        d->leaves[d->n++] = leaf;
    }
    for (unsigned i = 0; i < d->n; i++)
        (void)parquet_rows_choose(d->rows, d->leaves[i]);
}

static void give(struct dump *d, FILE *file, const struct format_need *need)
{
    char *bytes = malloc(need->length);
    if (bytes == NULL || fseeko(file, (off_t)need->offset, SEEK_SET) != 0)
        abort();
    size_t n = fread(bytes, 1, need->length, file);
    parquet_rows_give(d->rows, (struct str){ bytes, n });
    free(bytes);
    d->n_reads++;
    d->n_bytes += n;
}

int main(int argc, char **argv)
{
    struct dump d = { 0 };
    struct err err = ERR_INIT;
    struct format_need need;
    struct stat st;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || fstat(fileno(file), &st) != 0)
        panic("usage: dump_rows FILE [PATH...]");
    d.rows = parquet_rows_new((uint64_t)st.st_size);
    for (;;) {
        enum parquet_step step = parquet_rows_next(d.rows, &need, &err);
        if (step == PARQUET_NEED) {
            give(&d, file, &need);
        } else if (step == PARQUET_OPEN) {
            choose(&d, argv + 2, argc - 2);
        } else if (step == PARQUET_ROW) {
            print_row(&d);
            d.n_rows++;
        } else {
            break;
        }
    }
    parquet_rows_free(d.rows);
    (void)fclose(file);
    (void)fprintf(stderr, "%llu rows, %llu reads, %llu bytes%s%s\n", (unsigned long long)d.n_rows,
                  (unsigned long long)d.n_reads, (unsigned long long)d.n_bytes,
                  err.code == ERR_NONE ? "" : ": ", err.msg);
    return err.code != ERR_NONE;
}
