/* format: any object is told and read in bounds, by the ranges that are asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format.h"
#include "catalog/schema.h"
#include "fuzz.h"

static const char *const NAMES[] = { "x",      "x.csv", "x.json",   "x.jsonl", "x.tsv",
                                     "x.xlsx", "x.nc",  "x.csv.gz", "x.pkl",   "x.tif" };

/* The head that a caller gives first: all of it, or so little that more is asked for. */
static const size_t HEADS[] = { SIZE_MAX, 0, 16, 512 };

static void check(struct arena *a, const struct schema *s)
{
    FUZZ_CHECK(s->format < FORMAT_N && s->compression < COMPRESSION_N);
    FUZZ_CHECK(schema_equal(s, s));
    for (size_t i = 0; i < s->n_columns; i++) {
        FUZZ_CHECK(str_is_utf8(s->columns[i].name));
        FUZZ_CHECK(column_type_text(a, &s->columns[i]).len > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct schema schema, copy;
    struct format_reader r;
    struct format_need need;
    enum format_step step;
    struct str name = str_from(NAMES[size % ARRAY_LEN(NAMES)]);
    size_t head = HEADS[size / ARRAY_LEN(NAMES) % ARRAY_LEN(HEADS)];
    struct str file = fuzz_text(data, size);
    (void)format_sniff(str_slice(file, 0, head), STR_EMPTY, size, name, NULL);
    format_reader_init(&r, &a, name, size);
    format_reader_give(&r, 0, str_slice(file, 0, head));
    while ((step = format_reader_step(&r, &need, &schema, &err)) == FORMAT_NEED) {
        FUZZ_CHECK(need.length > 0 && need.offset < size && need.length <= size - need.offset);
        format_reader_give(&r, need.offset,
                           str_slice(file, need.offset, need.offset + need.length));
    }
    FUZZ_CHECK((step == FORMAT_DONE) == (err.code == ERR_NONE));
    if (step == FORMAT_DONE) {
        check(&a, &schema);
        schema_copy(&a, &schema, &copy);
        FUZZ_CHECK(schema_equal(&schema, &copy) && schema_compatible(&schema, &copy));
    }
    return 0;
}
