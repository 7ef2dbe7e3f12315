/* discover: any listing, in order or not; any bytes for logs and any schema for objects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover.h"
#include "catalog/schema.h"
#include "fuzz.h"

/* What is read is the rest of the input, and a column when it is odd. */
struct fuzz_lake {
    struct str bytes;
    uint64_t n_objects, n_found;
};

static void answer(struct fuzz_lake *lake, struct family *f, const struct family_read *read)
{
    static struct column column = { .name = STR_INIT("x"), .type = COLUMN_INT64 };
    static const struct schema none = { .format = FORMAT_CSV };
    static const struct schema one = { .format = FORMAT_CSV, .columns = &column, .n_columns = 1 };
    struct str bytes = str_slice(lake->bytes, 0, (size_t)read->length);
    const struct err failure = { .code = ERR_IO, .msg = "cut off" };
    FUZZ_CHECK(read->offset + read->length <= read->size_bytes);
    if (read->kind == FAMILY_READ_SCHEMA)
        family_give_schema(f, read->key.len % 2 != 0 ? &one : &none);
    else if (bytes.len == read->length)
        family_give_bytes(f, bytes);
    else
        family_give_failure(f, &failure);
}

static bool found(void *ctx, struct family *f, struct err *err)
{
    struct fuzz_lake *lake = ctx;
    const struct dataset *datasets;
    struct family_read read;
    size_t n;
    (void)err;
    for (unsigned i = 0; i < 1000 && family_next_read(f, &read); i++)
        answer(lake, f, &read);
    family_finish(f, &datasets, &n);
    for (size_t i = 0; i < n; i++) {
        FUZZ_CHECK(datasets[i].uri.len > 0 && datasets[i].n_partitions <= LIMIT_PARTITIONS_KEPT);
        FUZZ_CHECK(datasets[i].layout < DATASET_N_LAYOUTS);
        for (size_t k = 0; k < i; k++)
            FUZZ_CHECK(!str_eq(datasets[i].uri, datasets[k].uri));
        lake->n_found += datasets[i].n_objects;
    }
    family_free(f);
    return true;
}

/* Lines are keys; the first two lines are a pattern and the bytes of all logs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_lake lake = { 0 };
    struct str line, rest = fuzz_text(data, size);
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct discover_options options = { .base_uri = STR("s3://b"), .found = found, .ctx = &lake };
    (void)str_cut(rest, '\n', &line, &rest);
    (void)!discover_overrides_parse(&a, line, &options.overrides, &err);
    (void)str_cut(rest, '\n', &lake.bytes, &rest);
    struct discover *d = discover_new(&options);
    while (rest.len > 0) {
        (void)str_cut(rest, '\n', &line, &rest);
        struct discover_object object = { line, lake.bytes.len, 1, (int64_t)line.len };
        lake.n_objects += discover_object(d, &object, &err);
    }
    FUZZ_CHECK(discover_end(d, &err));
    FUZZ_CHECK(lake.n_found <= lake.n_objects);
    discover_free(d);
    return 0;
}
