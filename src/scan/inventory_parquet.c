/* inventory_parquet: rows of an inventory in Parquet; keys as they are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_data.h"
#include "scan/inventory_internal.h"

/* The columns by their names in Parquet. */
static const struct str names[INVENTORY_N_COLUMNS] = {
    [INVENTORY_KEY] = STR_INIT("key"),
    [INVENTORY_SIZE] = STR_INIT("size"),
    [INVENTORY_TIME] = STR_INIT("last_modified_date"),
    [INVENTORY_ETAG] = STR_INIT("e_tag"),
    [INVENTORY_IS_LATEST] = STR_INIT("is_latest"),
    [INVENTORY_IS_MARKER] = STR_INIT("is_delete_marker"),
};

static bool choose(struct parquet_rows *rows, unsigned cells[INVENTORY_N_COLUMNS], struct err *err)
{
    for (int i = 0; i < INVENTORY_N_COLUMNS; i++) {
        size_t leaf = parquet_rows_find(rows, names[i]);
        bool is_text = i == INVENTORY_KEY || i == INVENTORY_ETAG;
        cells[i] = UINT32_MAX;
        if (leaf == SIZE_MAX && i < INVENTORY_ETAG)
            return err_set(err, ERR_PARSE, "there is no column %.*s", STR_FMT(names[i]));
        if (leaf == SIZE_MAX)
            continue;
        if (parquet_rows_leaf(rows, leaf)->kind != (is_text ? PARQUET_TEXT : PARQUET_INT))
            return err_set(err, ERR_PARSE, "the column %.*s has another type", STR_FMT(names[i]));
        cells[i] = parquet_rows_choose(rows, leaf);
    }
    return true;
}

static const struct parquet_value *value(const struct parquet_rows *rows,
                                         const unsigned cells[INVENTORY_N_COLUMNS],
                                         enum inventory_column column)
{
    return cells[column] == UINT32_MAX ? NULL : parquet_rows_value(rows, cells[column]);
}

static bool take_row(const struct inventory_file *f, const struct parquet_rows *rows,
                     const unsigned cells[INVENTORY_N_COLUMNS], struct err *err)
{
    const struct parquet_value *key = value(rows, cells, INVENTORY_KEY),
                               *size = value(rows, cells, INVENTORY_SIZE),
                               *time = value(rows, cells, INVENTORY_TIME),
                               *etag = value(rows, cells, INVENTORY_ETAG),
                               *latest = value(rows, cells, INVENTORY_IS_LATEST),
                               *marker = value(rows, cells, INVENTORY_IS_MARKER);
    if ((latest != NULL && latest->integer == 0) || (marker != NULL && marker->integer != 0))
        return true;
    if (key == NULL || key->text.len == 0 || size == NULL || size->integer < 0 || time == NULL)
        return err_set(err, ERR_PARSE, "a row has no key, size or time");
    const struct store_object o = { .key = key->text,
                                    .etag =
                                        etag == NULL ? STR_EMPTY : str_trim_char(etag->text, '"'),
                                    .size_bytes = (uint64_t)size->integer,
                                    .last_modified_unix_ms = time->integer };
    return f->each(f->ctx, &o, err);
}

static bool give(const struct inventory_file *f, struct parquet_rows *rows,
                 const struct format_need *need, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str bytes;
    const struct store_get get = { .bucket = f->bucket,
                                   .key = f->key,
                                   .offset = need->offset,
                                   .length = need->length,
                                   .call = f->call };
    if (!store_read(f->store, &a, &get, LIMIT_FORMAT_READ_BYTES, &bytes, NULL, err))
        return false;
    parquet_rows_give(rows, bytes);
    return true;
}

static bool read_rows(const struct inventory_file *f, struct parquet_rows *rows, struct err *err)
{
    unsigned cells[INVENTORY_N_COLUMNS];
    struct format_need need;
    for (;;) {
        bool ok = true;
        switch (parquet_rows_next(rows, &need, err)) {
        case PARQUET_OPEN:
            ok = choose(rows, cells, err);
            break;
        case PARQUET_NEED:
            ok = give(f, rows, &need, err);
            break;
        case PARQUET_ROW:
            ok = take_row(f, rows, cells, err);
            break;
        case PARQUET_END:
            return true;
        case PARQUET_FAILED:
            return false;
        }
        if (!ok)
            return false;
    }
}

bool inventory_read_parquet(const struct inventory_file *f, struct err *err)
{
    struct parquet_rows *rows = parquet_rows_new(f->size_bytes);
    bool ok = read_rows(f, rows, err);
    parquet_rows_free(rows);
    return ok || err_wrap(err, "%.*s", STR_FMT(f->key));
}
