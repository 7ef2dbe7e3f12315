/*
 * dump_schema: what the catalogue sees in a file, as one JSON line a file, for tests with other
 * writers and readers, and for measuring.
 *
 * usage: dump_schema [--repeat N] [--name NAME] FILE...
 * Reads only the ranges that are asked for, as from S3.  --repeat: N times each, "ns" is the time
 * of one.  --name: as if the object had this name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/schema.h"

#include "util/buf.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct dump {
    struct json_writer w;
    struct arena arena;
};

struct reading {
    unsigned n_reads;
    uint64_t n_bytes;
    uint64_t ns; /* of our own work */
};

static void write_shape(struct dump *d, const struct shape *shape)
{
    json_write_key(&d->w, STR("shape"));
    json_write_array(&d->w);
    for (size_t i = 0; i < shape->n; i++)
        json_write_u64(&d->w, shape->sizes[i]);
    json_write_end(&d->w);
}

static void write_columns(struct dump *d, const struct column *columns, size_t n)
{
    json_write_array(&d->w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(&d->w);
        json_put_str(&d->w, STR("name"), columns[i].name);
        json_put_str(&d->w, STR("type"), column_type_text(&d->arena, &columns[i]));
        json_put_str(&d->w, STR("native"), columns[i].native);
        json_put_bool(&d->w, STR("nullable"), columns[i].is_nullable);
        if (columns[i].shape.n > 0)
            write_shape(d, &columns[i].shape);
        json_write_end(&d->w);
    }
    json_write_end(&d->w);
}

static void write_strs(struct dump *d, struct str key, const struct str *strs, size_t n)
{
    json_write_key(&d->w, key);
    json_write_array(&d->w);
    for (size_t i = 0; i < n; i++)
        json_write_str(&d->w, strs[i]);
    json_write_end(&d->w);
}

static void write_csv(struct dump *d, const struct csv_dialect *csv)
{
    json_write_key(&d->w, STR("csv"));
    json_write_object(&d->w);
    json_put_str(&d->w, STR("delimiter"), (struct str){ &csv->delimiter, 1 });
    json_put_str(&d->w, STR("quote"), (struct str){ &csv->quote, csv->quote != 0 });
    json_put_str(&d->w, STR("escape"), (struct str){ &csv->escape, csv->escape != 0 });
    json_put_bool(&d->w, STR("header"), csv->has_header);
    json_put_u64(&d->w, STR("skip"), csv->n_skip);
    json_put_bool(&d->w, STR("crlf"), csv->is_crlf);
    json_write_end(&d->w);
}

static void write_schema(struct dump *d, const struct schema *s, const struct reading *reading)
{
    json_put_str(&d->w, STR("format"), format_name(s->format));
    json_put_str(&d->w, STR("compression"), compression_name(s->compression));
    json_put_str(&d->w, STR("encoding"), encoding_name(s->encoding));
    if (s->has_rows)
        json_put_u64(&d->w, STR("rows"), s->n_rows);
    if (s->csv.delimiter != 0)
        write_csv(d, &s->csv);
    json_put_str_if(&d->w, STR("detail"), s->detail);
    write_shape(d, &s->shape);
    json_write_key(&d->w, STR("columns"));
    write_columns(d, s->columns, s->n_columns);
    write_strs(d, STR("parts"), s->parts, s->n_parts);
    write_strs(d, STR("warnings"), s->warnings, s->n_warnings);
    json_put_u64(&d->w, STR("reads"), reading->n_reads);
    json_put_u64(&d->w, STR("bytes"), reading->n_bytes);
    json_put_u64(&d->w, STR("ns"), reading->ns);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* Each range is a block of its own, so that the address sanitizer sees what lies beyond. */
static struct str read_range(FILE *file, uint64_t offset, size_t length)
{
    char *bytes = malloc(length == 0 ? 1 : length);
    if (bytes == NULL || fseeko(file, (off_t)offset, SEEK_SET) != 0)
        abort();
    return (struct str){ bytes, fread(bytes, 1, length, file) };
}

struct given {
    struct str blocks[LIMIT_FORMAT_READS];
    unsigned n;
};

static void give(struct format_reader *r, struct given *given, FILE *file, uint64_t offset,
                 size_t length, struct reading *reading)
{
    struct str bytes = read_range(file, offset, length);
    reading->n_reads++;
    reading->n_bytes += bytes.len;
    if (given->n < LIMIT_FORMAT_READS)
        given->blocks[given->n++] = bytes;
    format_reader_give(r, offset, bytes);
}

static enum format_step read_schema(struct dump *d, FILE *file, uint64_t size, struct str name,
                                    struct schema *out, struct reading *reading, struct err *err)
{
    struct format_reader r;
    struct format_need need;
    struct given given = { .n = 0 };
    enum format_step step;
    format_reader_init(&r, &d->arena, name, size);
    give(&r, &given, file, 0, size < FORMAT_HEAD_BYTES ? (size_t)size : FORMAT_HEAD_BYTES, reading);
    for (;;) {
        uint64_t from = now_ns();
        step = format_reader_step(&r, &need, out, err);
        reading->ns += now_ns() - from;
        if (step != FORMAT_NEED)
            break;
        give(&r, &given, file, need.offset, need.length, reading);
    }
    for (unsigned i = 0; i < given.n; i++)
        free((void *)(uintptr_t)given.blocks[i].ptr);
    return step;
}

static int dump_file(const char *path, const char *name, unsigned n_repeat)
{
    struct dump d = { .arena = ARENA_INIT };
    AUTO_BUF out = BUF_INIT(SIZE_MAX);
    struct err err = ERR_INIT;
    struct schema schema = { 0 };
    struct reading reading = { 0 };
    struct stat st;
    enum format_step step = FORMAT_FAILED;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &st) != 0) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        return 1;
    }
    for (unsigned i = 0; i < n_repeat; i++) {
        uint64_t ns = reading.ns;
        reading = (struct reading){ .ns = ns };
        arena_reset(&d.arena);
        step = read_schema(&d, file, (uint64_t)st.st_size, str_from(name), &schema, &reading, &err);
    }
    reading.ns /= n_repeat;
    (void)fclose(file);
    json_writer_init(&d.w, &out);
    json_write_object(&d.w);
    json_put_str(&d.w, STR("file"), str_from(path));
    if (step == FORMAT_DONE)
        write_schema(&d, &schema, &reading);
    else
        json_put_str(&d.w, STR("error"), str_from(err.msg));
    json_write_end(&d.w);
    printf("%.*s\n", STR_FMT(buf_str(&out)));
    arena_release(&d.arena);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned n_repeat = 1;
    const char *name = NULL;
    int at = 1;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        if (strcmp(argv[at], "--repeat") == 0)
            n_repeat = (unsigned)strtoul(argv[at + 1], NULL, 10);
        else if (strcmp(argv[at], "--name") == 0)
            name = argv[at + 1];
    }
    for (; at < argc; at++) {
        if (dump_file(argv[at], name != NULL ? name : argv[at], n_repeat) != 0)
            return 1;
    }
    return 0;
}
