/*
 * lake_text: a listing as text into the machine, and the datasets as text out.
 *
 * A line of the listing is "key size [columns]": columns ("id:int64,name:string") are what content
 * would say; without any nothing is read.  A line out is "uri layout format objects columns
 * [warnings]", sorted by uri.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CATALOG_LAKE_TEXT_H
#define TESTS_CATALOG_LAKE_TEXT_H

#include "test.h"

#include "catalog/discover.h"
#include "catalog/schema.h"
#include "util/buf.h"
#include "util/scan.h"

#include <stdlib.h>

/* An object whose bytes may be read; its size stands in the listing. */
struct lake_file {
    const char *key, *text; /* NULL ends a table */
};

struct lake {
    struct arena arena;
    struct str listing;
    bool is_read;
    struct str *lines;
    size_t n, cap;
    const struct lake_file *files;   /* or NULL */
    const char *const *read_folders; /* what notebooks read as a whole; NULL ends */
};

static UNUSED struct str lake_columns(const struct lake *lake, struct str key)
{
    struct str line, name, rest, size, columns;
    for (struct str all = lake->listing; all.len > 0;) {
        (void)str_cut(all, '\n', &line, &all);
        (void)str_cut(line, ' ', &name, &rest);
        (void)str_cut(rest, ' ', &size, &columns);
        if (str_eq(name, key))
            return columns;
    }
    return STR_EMPTY;
}

static const struct schema *lake_schema(struct arena *a, struct str key, struct str columns)
{
    struct schema *s = ARENA_NEW(a, struct schema);
    struct str one, name, type;
    size_t cap = 0;
    s->format = format_from_name(key, &s->compression);
    for (struct str rest = columns; rest.len > 0;) {
        (void)str_cut(rest, ',', &one, &rest);
        (void)str_cut(one, ':', &name, &type);
        *ARENA_PUSH(a, s->columns, s->n_columns, cap) =
            (struct column){ .name = name, .type = column_type_from_text(type) };
    }
    return s;
}

static void lake_columns_text(struct arena *a, const struct dataset *ds, struct str *out)
{
    for (size_t i = 0; i < ds->n_partition_columns; i++) {
        struct str type = partition_type_name(ds->partition_columns[i].type);
        *out = arena_printf(a, "%.*s%s%.*s:%.*s", STR_FMT(*out), i > 0 ? "," : "",
                            STR_FMT(ds->partition_columns[i].name), STR_FMT(type));
    }
}

/* What the log of a table told. */
static struct str lake_table_text(struct arena *a, const struct dataset *ds)
{
    struct str out =
        arena_printf(a, " rows=%lld live=%llu/%llu", (long long)ds->n_rows,
                     (unsigned long long)ds->n_live, (unsigned long long)ds->live_bytes);
    for (size_t i = 0; ds->schema != NULL && i < ds->schema->n_columns; i++) {
        const struct column *c = &ds->schema->columns[i];
        out = arena_printf(a, "%.*s %.*s:%.*s%s%s", STR_FMT(out), STR_FMT(c->name),
                           STR_FMT(column_type_text(a, c)), c->is_nullable ? "?" : "",
                           c->is_partition ? "#" : "");
    }
    for (size_t i = 0; i < ds->n_partitions; i++) {
        out = arena_printf(a, "%.*s [", STR_FMT(out));
        for (size_t k = 0; k < ds->n_partition_columns; k++) {
            struct str value = ds->partitions[i].values[k];
            out = arena_printf(a, "%.*s%s%.*s", STR_FMT(out), k > 0 ? "," : "",
                               STR_FMT(value.ptr == NULL ? STR("null") : value));
        }
        out = arena_printf(a, "%.*s]=%llu", STR_FMT(out),
                           (unsigned long long)ds->partitions[i].n_objects);
    }
    return ds->error.len == 0
               ? out
               : arena_printf(a, "%.*s error: %.*s", STR_FMT(out), STR_FMT(ds->error));
}

static struct str lake_line(struct arena *a, const struct dataset *ds)
{
    struct str columns = STR_EMPTY, warnings = STR_EMPTY;
    lake_columns_text(a, ds, &columns);
    for (size_t i = 0; i < ds->n_warnings; i++)
        warnings = arena_printf(a, "%.*s !%.*s", STR_FMT(warnings), STR_FMT(ds->warnings[i]));
    struct str layout = dataset_layout_name(ds->layout);
    return arena_printf(a, "%.*s %.*s %.*s %llu %.*s/%llu%.*s", STR_FMT(ds->uri), STR_FMT(layout),
                        STR_FMT(ds->format), (unsigned long long)ds->n_objects, STR_FMT(columns),
                        (unsigned long long)ds->n_partitions_total, STR_FMT(warnings));
}

static bool lake_answer(struct lake *lake, struct family *f, const struct family_read *read)
{
    for (const struct lake_file *file = lake->files; file != NULL && file->key != NULL; file++) {
        if (read->kind == FAMILY_READ_BYTES && str_eq(read->key, str_from(file->key))) {
            family_give_bytes(f, str_from(file->text));
            return true;
        }
    }
    struct str columns = lake_columns(lake, read->key);
    if (read->kind == FAMILY_READ_BYTES || columns.len == 0)
        return false;
    family_give_schema(f, lake_schema(family_arena(f), read->key, columns));
    return true;
}

static bool lake_found(void *ctx, struct family *f, struct err *err)
{
    struct lake *lake = ctx;
    struct family_read read;
    const struct dataset *datasets;
    size_t n;
    (void)err;
    while (lake->is_read && family_next_read(f, &read)) {
        struct err none = ERR_INIT;
        if (!lake_answer(lake, f, &read) && !err_set(&none, ERR_IO, "not there"))
            family_give_failure(f, &none);
    }
    family_finish(f, &datasets, &n);
    for (size_t i = 0; i < n; i++) {
        struct str line = lake_line(&lake->arena, &datasets[i]);
        if (lake->files != NULL)
            line = arena_concat(&lake->arena, line, lake_table_text(&lake->arena, &datasets[i]));
        *ARENA_PUSH(&lake->arena, lake->lines, lake->n, lake->cap) = line;
    }
    family_free(f);
    return true;
}

static bool lake_is_read(void *ctx, struct str uri)
{
    const struct lake *lake = ctx;
    for (size_t i = 0; lake->read_folders != NULL && lake->read_folders[i] != NULL; i++) {
        if (str_eq(uri, str_from(lake->read_folders[i])))
            return true;
    }
    return false;
}

static int lake_compare(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* The datasets of a listing, a line each; in lake->arena. */
static struct str lake_datasets(struct lake *lake, const char *listing, const char *patterns)
{
    struct err err = ERR_INIT;
    const struct discover_overrides *overrides;
    struct str line, key, rest;
    lake->listing = str_from(listing);
    if (!discover_overrides_parse(&lake->arena, str_from(patterns), &overrides, &err))
        fail_msg("%s", err.msg);
    struct discover *d = discover_new(&(struct discover_options){ .base_uri = STR("s3://b"),
                                                                  .overrides = overrides,
                                                                  .is_read_as_folder = lake_is_read,
                                                                  .found = lake_found,
                                                                  .ctx = lake });
    for (struct str all = lake->listing; all.len > 0;) {
        uint64_t size = 0;
        (void)str_cut(all, '\n', &line, &all);
        lake->is_read = lake->is_read || lake->files != NULL || str_contains(line, STR(":"));
        (void)str_cut(line, ' ', &key, &rest);
        struct scan s = scan_init(rest);
        (void)scan_u64(&s, INT64_MAX, &size);
        struct discover_object object = { .key = key, .size_bytes = size, .modified_ms = 1000 };
        if (!discover_object(d, &object, &err))
            fail_msg("%s", err.msg);
    }
    if (!discover_end(d, &err))
        fail_msg("%s", err.msg);
    discover_free(d);
    if (lake->n > 0)
        qsort(lake->lines, lake->n, sizeof *lake->lines, lake_compare);
    AUTO_BUF out = BUF_INIT(64UL * 1024 * 1024);
    for (size_t i = 0; i < lake->n; i++)
        buf_printf(&out, "%.*s\n", STR_FMT(lake->lines[i]));
    return arena_str(&lake->arena, buf_str(&out));
}

#endif
