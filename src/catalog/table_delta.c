/*
 * table_delta: a Delta table by its log (Delta Transaction Log Protocol).
 *
 * The newest complete checkpoint and the commits behind it are read, oldest first.  What counts is
 * the latest word about each file; files are remembered by a hash of path and deletion vector.
 * The Parquet side is table_delta_checkpoint.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/table_delta.h"

#include "util/scan.h"

#include <string.h>

static struct delta_log *delta_of(struct table_log *log)
{
    return (struct delta_log *)log;
}

/* "00000000000000000012" at the front of name. */
static bool take_version(struct str *name, uint64_t *out)
{
    if (name->len < 20 || !scan_whole_u64(str_slice(*name, 0, 20), INT64_MAX, out))
        return false;
    *name = str_from_pos(*name, 20);
    return true;
}

/* A checkpoint is complete: nothing that came before it is needed. */
static void use_checkpoint(struct delta_log *log, uint64_t version)
{
    log->n_checkpoint = log->n_parts;
    memcpy(log->checkpoint, log->parts, log->n_parts * sizeof log->parts[0]);
    log->checkpoint_version = version;
    log->has_checkpoint = true;
    log->n_commits = 0;
    log->is_cut = false;
    log->base.is_table = true;
}

/* name: what stands behind "version.checkpoint". */
static void note_checkpoint(struct delta_log *log, struct str name,
                            const struct discover_object *object, uint64_t version)
{
    struct scan s = scan_init(name);
    uint64_t part = 1, n_parts = 1;
    bool is_many = scan_char(&s, '.') && name.len == sizeof ".0000000001.0000000002.parquet" - 1 &&
                   scan_u64(&s, UINT32_MAX, &part) && scan_char(&s, '.') &&
                   scan_u64(&s, UINT32_MAX, &n_parts);
    if (!is_many)
        part = n_parts = 1;
    if (!str_has_suffix(name, STR(".parquet")) && !str_has_suffix(name, STR(".json")))
        return;
    if (part == 1 || version != log->parts_version)
        log->n_parts = 0;
    log->parts_version = version;
    if (part != log->n_parts + 1 || n_parts > DELTA_MAX_PARTS)
        return;
    log->parts[log->n_parts++] = log_object_of(&log->base, object, version);
    if (log->n_parts == n_parts)
        use_checkpoint(log, version);
}

static void note(struct table_log *base, struct str name, const struct discover_object *object)
{
    struct delta_log *log = delta_of(base);
    uint64_t version;
    if (log->folder.len == 0)
        log->folder =
            arena_str(&base->arena, str_slice(object->key, 0, object->key.len - name.len));
    if (!take_version(&name, &version))
        return;
    if (str_has_prefix(name, STR(".checkpoint"))) {
        note_checkpoint(log, str_from_pos(name, sizeof ".checkpoint" - 1), object, version);
        return;
    }
    if (!str_eq(name, STR(".json")))
        return;
    base->is_table = true;
    if (log->has_checkpoint && version <= log->checkpoint_version)
        return;
    if (log->n_commits == LIMIT_TABLE_COMMITS) {
        log->is_cut = true;
        return;
    }
    *ARENA_PUSH(&base->arena, log->commits, log->n_commits, log->cap_commits) =
        log_object_of(base, object, version);
}

void delta_metadata(struct delta_log *log, struct str schema_text, const struct str *columns,
                    size_t n_columns, struct str format)
{
    struct err err = ERR_INIT;
    struct arena *a = &log->base.arena;
    AUTO_ARENA tree = ARENA_INIT;
    struct schema *schema = ARENA_NEW(a, struct schema);
    const struct json *root = json_parse(&tree, schema_text, LIMIT_JSON_BYTES, &err);
    if (root == NULL || !spark_schema(a, root, schema, &err)) {
        log_fail(&log->base, "the schema in the log: %s", err.msg);
        return;
    }
    log->base.schema = schema;
    log->format = arena_str(a, format);
    log->n_columns = n_columns < LIMIT_PARTITION_COLUMNS ? n_columns : LIMIT_PARTITION_COLUMNS;
    const struct json *fields = json_get(root, STR("fields"));
    for (size_t i = 0; i < log->n_columns; i++) {
        struct partition_column *p = &log->columns[i];
        *p = (struct partition_column){ .name = arena_str(a, columns[i]),
                                        .type = PARTITION_STRING,
                                        .declared = STR_EMPTY };
        log->physical[i] = p->name;
        for (size_t k = 0; k < schema->n_columns; k++) {
            if (!str_eq(schema->columns[k].name, columns[i]))
                continue;
            const struct json *meta = json_get(&fields->items[k], STR("metadata"));
            const struct json *name = json_get(meta, STR("delta.columnMapping.physicalName"));
            if (name != NULL && name->kind == JSON_KIND_STR)
                log->physical[i] = arena_str(a, name->text);
            schema->columns[k].is_partition = true;
            p->declared = schema->columns[k].native;
            p->type = partition_type_from_column(&schema->columns[k]);
        }
    }
}

/* "numRecords" of the statistics of a file, which are JSON in a string; what else stands there may
 * be no number that fits, so it is not parsed. */
int64_t delta_num_records(struct str stats)
{
    unsigned depth = 0;
    struct str word = STR("\"numRecords\"");
    for (size_t i = 0; i < stats.len; i++) {
        char c = stats.ptr[i];
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth > 0)
            depth--;
        if (c != '"')
            continue;
        if (depth == 1 && str_has_prefix(str_from_pos(stats, i), word)) {
            struct scan s = scan_init(str_from_pos(stats, i + word.len));
            uint64_t n;
            if (scan_blanks(&s) && scan_char(&s, ':') && scan_blanks(&s) &&
                scan_u64(&s, INT64_MAX, &n))
                return (int64_t)n;
        }
        for (i++; i < stats.len && stats.ptr[i] != '"'; i++)
            i += stats.ptr[i] == '\\';
    }
    return -1;
}

/* The number of the partition with these values, which are noted when it is new.  text: their
 * canonical form. */
static uint32_t partition_at(struct delta_log *log, const struct delta_file *file)
{
    AUTO_BUF key = BUF_INIT(LIMIT_TABLE_LOG_BYTES);
    for (size_t i = 0; i < file->n_values; i++)
        buf_printf(&key, "%zu:%.*s%c%zu:%.*s", file->names[i].len, STR_FMT(file->names[i]),
                   file->values[i].ptr == NULL ? '!' : '=', file->values[i].len,
                   file->values[i].ptr == NULL ? 0 : (int)file->values[i].len,
                   file->values[i].ptr == NULL ? "" : file->values[i].ptr);
    void *found = strmap_get(&log->by_values, buf_str(&key));
    if (found != NULL)
        return (uint32_t)(uintptr_t)found - 1;
    if (log->n_partitions == LIMIT_TABLE_PARTITIONS) {
        log->is_partitions_cut = true;
        return 0;
    }
    struct arena *keep = &log->base.arena;
    struct delta_partition *p =
        ARENA_PUSH(keep, log->partitions, log->n_partitions, log->cap_partitions);
    *p = (struct delta_partition){ .n_values = file->n_values };
    p->names = ARENA_NEW_N(keep, struct str, file->n_values + 1);
    p->values = ARENA_NEW_N(keep, struct str, file->n_values + 1);
    for (size_t i = 0; i < file->n_values; i++) {
        p->names[i] = arena_str(keep, file->names[i]);
        p->values[i] = file->values[i].ptr == NULL ? (struct str){ NULL, 0 }
                                                   : arena_str(keep, file->values[i]);
    }
    strmap_put(&log->by_values, arena_str(keep, buf_str(&key)),
               (void *)(uintptr_t)log->n_partitions);
    return (uint32_t)log->n_partitions - 1;
}

void delta_file_seen(struct delta_log *log, const struct delta_file *file, bool is_add)
{
    AUTO_BUF id = BUF_INIT(LIMIT_TABLE_LOG_BYTES);
    buf_add(&id, file->path);
    if (file->vector.len > 0) {
        buf_add_char(&id, '\n');
        buf_add(&id, file->vector);
    }
    struct table_file *f = table_files_at(&log->files, buf_str(&id));
    if (f == NULL)
        return;
    f->is_live = is_add;
    if (!is_add)
        return;
    f->size_bytes = file->size_bytes;
    f->modified_ms = file->modified_ms;
    f->n_rows = file->n_rows < file->n_deleted ? -1 : file->n_rows - file->n_deleted;
    f->partition = partition_at(log, file);
}

static bool next_read(struct table_log *base, struct family_read *out)
{
    struct delta_log *log = delta_of(base);
    if (log->is_cut) {
        log_fail(base, "more than %lu commits stand behind the last checkpoint",
                 LIMIT_TABLE_COMMITS);
        return false;
    }
    if (delta_checkpoint_next_read(log, out))
        return true;
    if (base->is_failed || log->at_commit == log->n_commits)
        return false;
    log->is_in_commits = true;
    log->reading = &log->commits[log->at_commit++];
    return log_read_all(base, log->reading, out);
}

static void give(struct table_log *base, struct str bytes)
{
    struct delta_log *log = delta_of(base);
    if (!log->is_in_commits)
        delta_checkpoint_give(log, bytes);
    else
        delta_actions(log, bytes);
}

static struct str value_of(const struct delta_log *log, const struct delta_partition *p, size_t i)
{
    for (size_t k = 0; k < p->n_values; k++) {
        if (str_eq(p->names[k], log->physical[i]) || str_eq(p->names[k], log->columns[i].name))
            return p->values[k];
    }
    return (struct str){ NULL, 0 };
}

/* Keep the partitions that have live files: the first and the last in the order of the log. */
static void fill_partitions(struct delta_log *log, struct dataset *out)
{
    struct arena *a = &log->base.arena;
    size_t n = 0, half = LIMIT_PARTITIONS_KEPT / 2, n_live = 0;
    struct dataset_partition *kept =
        ARENA_NEW_N(a, struct dataset_partition, LIMIT_PARTITIONS_KEPT);
    for (size_t i = 0; i < log->n_partitions; i++)
        n_live += log->partitions[i].totals.n_objects > 0;
    for (size_t i = 0, seen = 0; i < log->n_partitions; i++) {
        const struct delta_partition *p = &log->partitions[i];
        if (p->totals.n_objects == 0)
            continue;
        bool is_kept = n_live <= LIMIT_PARTITIONS_KEPT || seen < half || seen >= n_live - half;
        seen++;
        if (!is_kept)
            continue;
        struct dataset_partition *to = &kept[n++];
        to->n_objects = p->totals.n_objects;
        to->size_bytes = p->totals.size_bytes;
        to->newest_ms = p->totals.newest_ms;
        to->values = ARENA_NEW_N(a, struct str, log->n_columns);
        for (size_t k = 0; k < log->n_columns; k++) {
            to->values[k] = value_of(log, p, k);
            log->columns[k].is_nullable |= to->values[k].ptr == NULL;
        }
    }
    out->partition_columns = log->columns;
    out->n_partition_columns = log->n_columns;
    out->partitions = kept;
    out->n_partitions = n;
    out->n_partitions_total = n_live;
}

static void fill(struct table_log *base, struct dataset *out)
{
    struct delta_log *log = delta_of(base);
    struct totals live = { 0 };
    int64_t n_rows = 0;
    out->layout = DATASET_DELTA;
    out->format = log->format.len > 0 ? log->format : STR("parquet");
    for (size_t i = 0; i < log->n_partitions; i++)
        log->partitions[i].totals = (struct totals){ 0 };
    for (size_t i = 0; i < log->files.n_slots; i++) {
        const struct table_file *f = &log->files.slots[i];
        if (f->hash == 0 || !f->is_live)
            continue;
        struct totals one = { .n_objects = 1,
                              .size_bytes = f->size_bytes,
                              .newest_ms = f->modified_ms };
        totals_merge(&live, &one);
        totals_merge(&log->partitions[f->partition].totals, &one);
        n_rows = n_rows < 0 || f->n_rows < 0 ? -1 : n_rows + f->n_rows;
    }
    if (log->n_columns > 0)
        fill_partitions(log, out);
    if (base->is_failed || log->files.is_full)
        return;
    out->n_live = live.n_objects;
    out->live_bytes = live.size_bytes;
    out->n_rows = n_rows;
    if (log->is_partitions_cut)
        log_warn(base, "the table has more than %lu partitions", LIMIT_TABLE_PARTITIONS);
}

static void release(struct table_log *base)
{
    struct delta_log *log = delta_of(base);
    table_files_release(&log->files);
    parquet_rows_free(log->rows);
}

const struct table_ops delta_ops = { note, next_read, give, fill, release };

struct table_log *delta_log_new(void)
{
    struct delta_log *log = table_log_alloc(sizeof *log, &delta_ops);
    strmap_init(&log->by_values, &log->base.arena);
    return &log->base;
}
