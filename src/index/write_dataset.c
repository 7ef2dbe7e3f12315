/*
 * One dataset: its row, columns and partitions.  Who uses it is worked out later (settle.c).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/dataset.h"
#include "catalog/place.h"
#include "catalog/schema.h"
#include "index/index_internal.h"
#include "index/listing.h"
#include "index/postings.h"
#include "index/settle.h"
#include "index/users.h"
#include "index/write.h"
#include "json/writer.h"

/* The row that is there; id 0: none. */
struct old_row {
    int64_t id, fingerprint;
};

static bool find_old(struct index_writer *w, struct str uri, struct old_row *old, struct err *err)
{
    static const char sql[] = "SELECT id, fingerprint FROM dataset WHERE uri = ?";
    AUTO_ROWS rows = { 0 };
    bool has_row;
    if (!db_query(&w->db, &rows, err, sql, "s", uri) || !db_next(&rows, &has_row, err))
        return false;
    *old =
        has_row ? (struct old_row){ db_int(&rows, 0), db_int(&rows, 1) } : (struct old_row){ 0, 0 };
    return true;
}

static bool make_row(struct index_writer *w, struct str uri, int64_t *id, struct err *err)
{
    static const char is_there[] = "SELECT 1 FROM dataset WHERE id = ?";
    static const char make[] = "INSERT INTO dataset(id, source, uri, name, tail, root, is_pattern,"
                               " n_objects, size_bytes, newest_ms)"
                               " VALUES(?, 0, ?, '', '', '', 0, 0, 0, 0)";
    bool is_taken = true;
    int64_t ignored;
    *id = (int64_t)index_id_of_uri(uri);
    for (;;) {
        if (!db_get_int(&w->db, &ignored, &is_taken, err, is_there, "i", *id))
            return false;
        if (!is_taken)
            break;
        *id = *id % INT64_MAX + 1;
    }
    writer_count(w, COUNT_DATASETS, 1);
    return db_run(&w->db, err, make, "is", *id, uri) &&
           writer_unindexed(w, SPACE_DATASET_NAMES, *id, err);
}

static void write_partition_columns(struct json_writer *w, const struct dataset *d)
{
    json_write_key(w, STR("partition_columns"));
    json_write_array(w);
    for (size_t i = 0; i < d->n_partition_columns; i++) {
        const struct partition_column *c = &d->partition_columns[i];
        json_write_object(w);
        json_put_str(w, STR("name"), c->name);
        json_put_str(w, STR("type"), partition_type_name(c->type));
        json_put_bool(w, STR("is_nullable"), c->is_nullable);
        json_write_end(w);
    }
    json_write_end(w);
}

static void write_details(struct buf *out, const struct dataset *d)
{
    struct json_writer w;
    const struct schema *s = d->schema;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_str(&w, STR("root"), d->root);
    json_put_bool(&w, STR("is_pattern"), d->is_pattern);
    if (d->n_rows >= 0)
        json_put_i64(&w, STR("n_rows"), d->n_rows);
    json_put_u64(&w, STR("n_live"), d->n_live);
    json_put_u64(&w, STR("live_bytes"), d->live_bytes);
    json_put_str_if(&w, STR("sample_uri"), d->sample_uri);
    if (d->n_partition_columns > 0)
        write_partition_columns(&w, d);
    if (s != NULL && s->csv.delimiter != '\0') {
        json_put_str(&w, STR("delimiter"), (struct str){ &s->csv.delimiter, 1 });
        json_put_bool(&w, STR("has_header"), s->csv.has_header);
        json_put_u64(&w, STR("n_skip"), s->csv.n_skip);
    }
    if (s != NULL) {
        json_put_str_if(&w, STR("encoding"), encoding_name(s->encoding));
        json_put_str_if(&w, STR("detail"), s->detail);
    }
    json_write_end(&w);
}

static void write_warnings(struct buf *out, const struct dataset *d)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_array(&w);
    for (size_t i = 0; i < d->n_warnings; i++)
        json_write_str(&w, d->warnings[i]);
    json_write_end(&w);
}

/* "s3://bucket/..." -> "bucket"; empty for what has none. */
static struct str bucket_of(struct str uri)
{
    struct str head, rest;
    if (!str_has_prefix(uri, STR("s3://")))
        return STR_EMPTY;
    (void)str_cut(str_from_pos(uri, 5), '/', &head, &rest);
    return head;
}

static bool fill_row(struct index_writer *w, int64_t id, int64_t source, const struct dataset *d,
                     struct err *err)
{
    static const char sql[] =
        "UPDATE dataset SET source = ?, name = ?, tail = ?, root = ?, is_pattern = ?, family = ?,"
        " family_print = ?, bucket = ?, layout = ?, format = ?, compression = ?,"
        " n_objects = ?, size_bytes = ?, newest_ms = ?, fingerprint = ?, n_partitions = ?,"
        " details = coalesce(?, details), warnings = ?, error = ? WHERE id = ?";
    AUTO_BUF details = BUF_INIT(LIMIT_JSON_BYTES);
    AUTO_BUF warnings = BUF_INIT(LIMIT_JSON_BYTES);
    int64_t bucket, layout, format, compression;
    size_t slash = str_rfind_char(d->uri, '/');
    struct str tail = str_from_pos(d->uri, slash == SIZE_MAX ? 0 : slash + 1);
    write_details(&details, d);
    if (d->n_warnings > 0)
        write_warnings(&warnings, d);
    return writer_name(w, bucket_of(d->uri), &bucket, err) &&
           writer_name(w, dataset_layout_name(d->layout), &layout, err) &&
           writer_name(w, d->format, &format, err) &&
           writer_name(w, d->compression, &compression, err) &&
           db_run(&w->db, err, sql, "isssiiiZZZZiiiiizzzi", source, d->name, tail, d->root,
                  (int64_t)d->is_pattern, (int64_t)listing_hash(d->family_uri),
                  (int64_t)d->family_fingerprint, bucket, layout, format, compression,
                  (int64_t)d->n_objects, (int64_t)d->size_bytes, d->newest_ms,
                  (int64_t)d->fingerprint, (int64_t)d->n_partitions_total, buf_str(&details),
                  buf_str(&warnings), d->error, id);
}

static bool put_column(struct index_writer *w, int64_t id, int64_t *seq, struct str name,
                       struct str type, bool is_nullable, bool is_partition, struct err *err)
{
    static const char sql[] = "INSERT INTO dataset_column VALUES(?, ?, ?, ?, ?, ?)";
    return db_run(&w->db, err, sql, "iissii", id, (*seq)++, name, type, (int64_t)is_nullable,
                  (int64_t)is_partition);
}

/* Those of the schema, which has the partition columns in their places already; without a schema
 * those alone. */
static bool put_columns(struct index_writer *w, int64_t id, const struct dataset *d,
                        struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    int64_t seq = 0;
    if (!db_run(&w->db, err, "DELETE FROM dataset_column WHERE dataset = ?", "i", id))
        return false;
    for (size_t i = 0; d->schema != NULL && i < d->schema->n_columns; i++) {
        const struct column *c = &d->schema->columns[i];
        if (!put_column(w, id, &seq, c->name, column_type_text(&a, c), c->is_nullable,
                        c->is_partition, err))
            return false;
    }
    for (size_t i = 0; d->schema == NULL && i < d->n_partition_columns; i++) {
        const struct partition_column *c = &d->partition_columns[i];
        struct str type = c->declared.len > 0 ? c->declared : partition_type_name(c->type);
        if (!put_column(w, id, &seq, c->name, type, c->is_nullable, true, err))
            return false;
    }
    return true;
}

static void write_values(struct buf *out, const struct dataset *d,
                         const struct dataset_partition *p)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_array(&w);
    for (size_t i = 0; i < d->n_partition_columns; i++) {
        if (p->values[i].ptr == NULL)
            json_write_null(&w);
        else
            json_write_str(&w, p->values[i]);
    }
    json_write_end(&w);
}

static bool put_partitions(struct index_writer *w, int64_t id, const struct dataset *d,
                           struct err *err)
{
    static const char sql[] = "INSERT INTO dataset_partition VALUES(?, ?, ?, ?, ?, ?)";
    AUTO_BUF values = BUF_INIT(LIMIT_JSON_BYTES);
    if (!db_run(&w->db, err, "DELETE FROM dataset_partition WHERE dataset = ?", "i", id))
        return false;
    for (size_t i = 0; i < d->n_partitions; i++) {
        const struct dataset_partition *p = &d->partitions[i];
        buf_reset(&values);
        write_values(&values, d, p);
        if (!db_run(&w->db, err, sql, "iisiii", id, (int64_t)i, buf_str(&values),
                    (int64_t)p->n_objects, (int64_t)p->size_bytes, p->newest_ms))
            return false;
    }
    return true;
}

/* The datasets that were found inside of a table before it was known to be one. */
static bool absorb(struct index_writer *w, int64_t id, struct str root, struct err *err)
{
    static const char sql[] =
        "SELECT id FROM dataset WHERE uri >= ? AND uri < ? AND id <> ? LIMIT 1";
    AUTO_ARENA a = ARENA_INIT;
    struct str from = arena_concat(&a, root, STR("/")), to = arena_concat(&a, root, STR("0"));
    int64_t inside;
    bool has_inside = true;
    while (has_inside) {
        if (!db_get_int(&w->db, &inside, &has_inside, err, sql, "ssi", from, to, id) ||
            (has_inside && !index_remove_dataset(w, inside, err)))
            return false;
    }
    return true;
}

bool index_put_dataset(struct index_writer *w, int64_t source, const struct dataset *d, int64_t *id,
                       struct err *err)
{
    struct old_row old;
    int64_t row;
    if (!writer_check(w, err) || !find_old(w, d->uri, &old, err))
        return false;
    row = old.id;
    if (row == 0 && !make_row(w, d->uri, &row, err))
        return false;
    w->is_changed = true;
    memo_forget(&w->no_datasets);
    bool keeps_columns =
        old.id != 0 && d->schema == NULL && old.fingerprint == (int64_t)d->fingerprint;
    if (!fill_row(w, row, source, d, err) || (!keeps_columns && !put_columns(w, row, d, err)) ||
        !put_partitions(w, row, d, err) || (d->is_absorbing && !absorb(w, row, d->root, err)) ||
        (old.id == 0 && !settle_mark_dataset(w, row, d->root, err)))
        return false;
    if (id != NULL)
        *id = row;
    return true;
}

bool index_remove_dataset(struct index_writer *w, int64_t dataset, struct err *err)
{
    static const char unsettle[] =
        "INSERT OR IGNORE INTO unsettled_place SELECT id FROM place WHERE dataset = ?";
    static const char *const parts[] = {
        "UPDATE place SET dataset = NULL WHERE dataset = ?",
        "DELETE FROM dataset_column WHERE dataset = ?",
        "DELETE FROM dataset_partition WHERE dataset = ?",
        "DELETE FROM unsettled_dataset WHERE dataset = ?",
    };
    if (!writer_check(w, err) || !users_forget_dataset(w, dataset, err) ||
        !db_run(&w->db, err, unsettle, "i", dataset))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!db_run(&w->db, err, parts[i], "i", dataset))
            return false;
    if (!db_run(&w->db, err, "DELETE FROM dataset WHERE id = ?", "i", dataset))
        return false;
    if (db_n_changes(&w->db) > 0)
        writer_count(w, COUNT_DATASETS, -1);
    return true;
}
