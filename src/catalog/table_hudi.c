/*
 * table_hudi: a Hudi table by .hoodie/hoodie.properties and its newest commit.
 *
 * The schema stands in the commit where commits are JSON (before Hudi 1.0), else in the properties,
 * else it is that of a data file.  Rows are not counted: only the files tell which are live.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/avro.h"
#include "catalog/table_log_internal.h"
#include "util/buf.h"

struct hudi_log {
    struct table_log base;
    struct log_object properties, commit;
    bool has_commit;
    unsigned n_asked;
    struct partition_column columns[LIMIT_PARTITION_COLUMNS];
    size_t n_columns;
    struct str format;
};

static struct hudi_log *hudi_of(struct table_log *log)
{
    return (struct hudi_log *)log;
}

static void note(struct table_log *base, struct str name, const struct discover_object *object)
{
    struct hudi_log *log = hudi_of(base);
    if (str_eq(name, STR("hoodie.properties"))) {
        log->properties = log_object_of(base, object, 0);
        base->is_table = true;
        return;
    }
    if (str_has_prefix(name, STR("timeline/")))
        name = str_from_pos(name, sizeof "timeline/" - 1);
    bool is_commit =
        str_has_suffix(name, STR(".commit")) || str_has_suffix(name, STR(".deltacommit"));
    if (!is_commit || str_find_char(name, '/') != SIZE_MAX || name.ptr[0] < '0' ||
        name.ptr[0] > '9')
        return;
    log_object_set(base, &log->commit, object,
                   0); /* instants are in order: the last is the newest */
    log->has_commit = true;
}

static bool next_read(struct table_log *base, struct family_read *out)
{
    struct hudi_log *log = hudi_of(base);
    log->n_asked++;
    if (log->n_asked == 1)
        return log_read_all(base, &log->properties, out);
    return log->n_asked == 2 && log->has_commit && log_read_all(base, &log->commit, out);
}

/* The value of a Java property: "\:" and its like are one character. */
static struct str unescape(struct arena *a, struct str text)
{
    AUTO_BUF out = BUF_INIT(LIMIT_TABLE_LOG_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len)
            i++;
        buf_add_char(&out, text.ptr[i]);
    }
    return arena_str(a, buf_str(&out));
}

/* "region,day" or "region:SIMPLE,day:TIMESTAMP". */
static void take_fields(struct hudi_log *log, struct str value)
{
    struct str field, name, kind;
    for (struct str rest = value; rest.len > 0;) {
        (void)str_cut(rest, ',', &field, &rest);
        (void)str_cut(str_trim(field), ':', &name, &kind);
        if (name.len > 0 && log->n_columns < LIMIT_PARTITION_COLUMNS)
            log->columns[log->n_columns++] = (struct partition_column){ .name = name,
                                                                        .type = PARTITION_STRING,
                                                                        .declared = STR_EMPTY };
    }
}

/* An Avro record as JSON.  When it cannot be read a data file tells the columns. */
static void take_schema(struct hudi_log *log, struct str text)
{
    struct err err = ERR_INIT;
    struct schema *made = ARENA_NEW(&log->base.arena, struct schema);
    if (!avro_schema(&log->base.arena, text, made, &err))
        return;
    made->format = FORMAT_PARQUET;
    log->base.schema = made;
}

static void take_properties(struct hudi_log *log, struct str bytes)
{
    struct arena *a = &log->base.arena;
    struct str line, key, value;
    for (struct str rest = bytes; rest.len > 0;) {
        (void)str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#' || !str_cut(line, '=', &key, &value))
            continue;
        value = unescape(a, value);
        if (str_eq(key, STR("hoodie.table.partition.fields")))
            take_fields(log, value);
        else if (str_eq(key, STR("hoodie.table.base.file.format")))
            log->format = arena_lower(a, value);
        else if (str_eq(key, STR("hoodie.table.create.schema")) && value.len > 0)
            take_schema(log, value);
    }
}

/* Hudi 1.0 writes commits in Avro, not in JSON; then the properties count. */
static void take_commit(struct hudi_log *log, struct str bytes)
{
    struct err err = ERR_INIT;
    AUTO_ARENA a = ARENA_INIT;
    const struct json *root = json_parse(&a, bytes, LIMIT_JSON_BYTES, &err);
    const struct json *text = json_get(json_get(root, STR("extraMetadata")), STR("schema"));
    if (text != NULL && text->kind == JSON_KIND_STR && text->text.len > 0)
        take_schema(log, text->text);
}

static void give(struct table_log *base, struct str bytes)
{
    struct hudi_log *log = hudi_of(base);
    if (log->n_asked == 1)
        take_properties(log, bytes);
    else
        take_commit(log, bytes);
}

static void fill(struct table_log *base, struct dataset *out)
{
    struct hudi_log *log = hudi_of(base);
    out->layout = DATASET_HUDI;
    out->format = log->format.len > 0 ? log->format : STR("parquet");
    out->partition_columns = log->columns;
    out->n_partition_columns = log->n_columns;
    for (size_t i = 0; base->schema != NULL && i < log->n_columns; i++) {
        for (size_t k = 0; k < base->schema->n_columns; k++) {
            struct column *c = &base->schema->columns[k];
            if (!str_eq(c->name, log->columns[i].name))
                continue;
            c->is_partition = true;
            log->columns[i].type = partition_type_from_column(c);
            log->columns[i].declared = c->native;
        }
    }
}

const struct table_ops hudi_ops = { note, next_read, give, fill, NULL };

struct table_log *hudi_log_new(void)
{
    struct hudi_log *log = table_log_alloc(sizeof *log, &hudi_ops);
    return &log->base;
}
