/*
 * dump_datasets FOLDER [PATTERNS]: the datasets of a folder as JSON, for tests against what real
 * writers make.
 *
 * The folder stands for the bucket s3://lake.  Objects are given to discovery in the order of a
 * listing, and what it asks for is read from the files.  PATTERNS: a file of patterns, one a line.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover.h"
#include "catalog/format.h"
#include "catalog/schema.h"
#include "json/writer.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct file {
    struct str key;
    struct stat stat;
};

static struct {
    struct arena arena;
    struct file *files;
    size_t n, cap, root_len;
    const char *root;
    struct buf out;
    struct json_writer json;
    uint64_t n_reads, read_bytes;
} all = { .out = { .limit = 256UL * 1024 * 1024 } };

static int visit(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)walk;
    if (kind == FTW_F)
        *ARENA_PUSH(&all.arena, all.files, all.n, all.cap) =
            (struct file){ arena_str(&all.arena, str_from(path + all.root_len + 1)), *st };
    return 0;
}

static int by_key(const void *x, const void *y)
{
    return str_cmp(((const struct file *)x)->key, ((const struct file *)y)->key);
}

static struct str read_range(struct arena *a, struct str key, uint64_t offset, size_t length)
{
    struct str path = arena_printf(a, "%s/%.*s", all.root, STR_FMT(key));
    struct err err = ERR_INIT;
    FILE *file = fopen(arena_cstr(a, path, &err), "rb");
    char *bytes = arena_alloc(a, length);
    if (file == NULL || fseek(file, (long)offset, SEEK_SET) != 0)
        panic("cannot read %.*s", STR_FMT(path));
    size_t n = fread(bytes, 1, length, file);
    fclose(file);
    all.n_reads++;
    all.read_bytes += n;
    return (struct str){ bytes, n };
}

static bool read_schema(struct arena *a, const struct family_read *read, struct schema *out,
                        struct err *err)
{
    AUTO_ARENA bytes = ARENA_INIT;
    struct format_reader reader;
    struct format_need need;
    format_reader_init(&reader, a, read->key, read->size_bytes);
    for (;;) {
        switch (format_reader_step(&reader, &need, out, err)) {
        case FORMAT_DONE:
            return true;
        case FORMAT_FAILED:
            return false;
        case FORMAT_NEED:
            format_reader_give(&reader, need.offset,
                               read_range(&bytes, read->key, need.offset, need.length));
        }
    }
}

static void answer(struct family *f, const struct family_read *read)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    if (read->kind == FAMILY_READ_BYTES) {
        family_give_bytes(f, read_range(&a, read->key, read->offset, (size_t)read->length));
        return;
    }
    struct schema *schema = ARENA_NEW(family_arena(f), struct schema);
    if (read_schema(family_arena(f), read, schema, &err))
        family_give_schema(f, schema);
    else
        family_give_failure(f, &err);
}

static void write_partitions(struct json_writer *w, const struct dataset *ds)
{
    json_write_key(w, STR("partition_columns"));
    json_write_array(w);
    for (size_t i = 0; i < ds->n_partition_columns; i++) {
        json_write_object(w);
        json_put_str(w, STR("name"), ds->partition_columns[i].name);
        json_put_str(w, STR("type"), partition_type_name(ds->partition_columns[i].type));
        json_put_bool(w, STR("is_nullable"), ds->partition_columns[i].is_nullable);
        json_write_end(w);
    }
    json_write_end(w);
    json_write_key(w, STR("partitions"));
    json_write_array(w);
    for (size_t i = 0; i < ds->n_partitions; i++) {
        json_write_array(w);
        for (size_t k = 0; k < ds->n_partition_columns; k++) {
            if (ds->partitions[i].values[k].ptr == NULL)
                json_write_null(w);
            else
                json_write_str(w, ds->partitions[i].values[k]);
        }
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_columns(struct json_writer *w, const struct schema *schema)
{
    AUTO_ARENA a = ARENA_INIT;
    json_write_key(w, STR("columns"));
    json_write_array(w);
    for (size_t i = 0; schema != NULL && i < schema->n_columns; i++) {
        json_write_array(w);
        json_write_str(w, schema->columns[i].name);
        json_write_str(w, column_type_text(&a, &schema->columns[i]));
        json_write_bool(w, schema->columns[i].is_partition);
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_dataset(const struct dataset *ds)
{
    struct json_writer *w = &all.json;
    json_write_object(w);
    json_put_str(w, STR("uri"), ds->uri);
    json_put_str(w, STR("name"), ds->name);
    json_put_str(w, STR("root"), ds->root);
    json_put_str(w, STR("layout"), dataset_layout_name(ds->layout));
    json_put_str(w, STR("format"), ds->format);
    json_put_str(w, STR("compression"), ds->compression);
    json_put_u64(w, STR("n_objects"), ds->n_objects);
    json_put_u64(w, STR("size_bytes"), ds->size_bytes);
    json_put_u64(w, STR("n_live"), ds->n_live);
    json_put_u64(w, STR("live_bytes"), ds->live_bytes);
    json_put_i64(w, STR("n_rows"), ds->n_rows);
    json_put_u64(w, STR("n_partitions"), ds->n_partitions_total);
    write_partitions(w, ds);
    write_columns(w, ds->schema);
    json_write_key(w, STR("warnings"));
    json_write_array(w);
    for (size_t i = 0; i < ds->n_warnings; i++)
        json_write_str(w, ds->warnings[i]);
    json_write_end(w);
    json_put_str(w, STR("error"), ds->error);
    json_write_end(w);
}

static bool found(void *ctx, struct family *f, struct err *err)
{
    struct family_read read;
    const struct dataset *datasets;
    size_t n;
    (void)ctx;
    (void)err;
    while (family_next_read(f, &read))
        answer(f, &read);
    family_finish(f, &datasets, &n);
    for (size_t i = 0; i < n; i++)
        write_dataset(&datasets[i]);
    family_free(f);
    return true;
}

static const struct discover_overrides *patterns_of(const char *path)
{
    struct err err = ERR_INIT;
    const struct discover_overrides *out;
    char *text = arena_alloc(&all.arena, 64 * 1024);
    FILE *file = path == NULL ? NULL : fopen(path, "rb");
    size_t n = file == NULL ? 0 : fread(text, 1, 64 * 1024, file);
    if (file != NULL)
        fclose(file);
    if (!discover_overrides_parse(&all.arena, (struct str){ text, n }, &out, &err))
        panic("%s", err.msg);
    return out;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    if (argc < 2)
        return 2;
    all.root = argv[1];
    all.root_len = strlen(argv[1]);
    if (nftw(argv[1], visit, 16, FTW_PHYS) != 0)
        return 1;
    if (all.n > 0)
        qsort(all.files, all.n, sizeof *all.files, by_key);
    json_writer_init(&all.json, &all.out);
    json_write_array(&all.json);
    struct discover *d = discover_new(&(struct discover_options){
        .base_uri = STR("s3://lake"),
        .overrides = patterns_of(argc > 2 ? argv[2] : NULL),
        .found = found,
    });
    for (size_t i = 0; i < all.n; i++) {
        const struct file *file = &all.files[i];
        struct discover_object object = {
            .key = file->key,
            .size_bytes = (uint64_t)file->stat.st_size,
            .etag_hash = (uint64_t)file->stat.st_mtim.tv_nsec,
            .modified_ms =
                (int64_t)file->stat.st_mtim.tv_sec * 1000 + file->stat.st_mtim.tv_nsec / 1000000,
        };
        if (!discover_object(d, &object, &err))
            panic("%s", err.msg);
    }
    if (!discover_end(d, &err))
        panic("%s", err.msg);
    discover_free(d);
    json_write_end(&all.json);
    printf("%.*s\n", STR_FMT(buf_str(&all.out)));
    fprintf(stderr, "%zu objects, %llu reads, %llu bytes read\n", all.n,
            (unsigned long long)all.n_reads, (unsigned long long)all.read_bytes);
    buf_release(&all.out);
    arena_release(&all.arena);
    return 0;
}
