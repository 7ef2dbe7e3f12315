/* datasets: /v1/datasets and /v1/datasets/{dataset_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "catalog/snippets.h"
#include "util/clock.h"

enum { MAX_COLUMNS = 1000, MAX_PARTITIONS = 1000, MAX_TABLES = 100, MAX_USERS = 100 };

static struct page_key key_of(const struct index_dataset *d, enum index_dataset_sort sort)
{
    struct page_key key = { .id = d->id, .text = STR_EMPTY };
    if (sort == INDEX_BY_NAME)
        key.text = str_slice(d->name, 0, PAGE_MAX_TEXT_BYTES);
    else if (sort == INDEX_BY_SIZE)
        key.number = (int64_t)d->size_bytes;
    else if (sort == INDEX_BY_MODIFIED)
        key.number = d->newest_unix_ms;
    else
        key.number = (int64_t)d->n_users;
    return key;
}

bool api_datasets_list(struct call *call, struct err *err)
{
    struct index_reader *r;
    struct index_datasets found;
    size_t limit = (size_t)call_number(call, STR("limit"));
    struct index_dataset_query q = {
        .q = call_text(call, STR("q")),
        .bucket = call_text(call, STR("bucket")),
        .format = call_text(call, STR("format")),
        .layout = call_text(call, STR("layout")),
        .column = call_text(call, STR("column")),
        .min_bytes = (uint64_t)call_number(call, STR("min_bytes")),
        .is_unused = call_flag(call, STR("unused")),
        .unused_since_unix_ms = call_time(call, STR("unused_since")),
        .sort = (enum index_dataset_sort)call_number(call, STR("sort")),
        .limit = limit + 1,
    };
    if (!call_after(call, &q.after, err) || !call_reader(call, &r, err) ||
        !index_datasets(r, call->req->arena, &q, &found, err))
        return false;
    size_t n = found.n < limit ? found.n : limit;
    json_write_object(&call->json);
    json_write_key(&call->json, STR("items"));
    json_write_array(&call->json);
    for (size_t i = 0; i < n; i++) {
        json_write_object(&call->json);
        put_dataset(&call->json, &found.items[i]);
        json_write_end(&call->json);
    }
    json_write_end(&call->json);
    if (found.n > limit) {
        struct page_key last = key_of(&found.items[n - 1], q.sort);
        page_write_next(call, &last);
    }
    json_write_end(&call->json);
    return true;
}

static void put_columns(struct json_writer *w, const struct index_columns *columns)
{
    json_write_key(w, STR("columns"));
    json_write_array(w);
    for (size_t i = 0; i < columns->n; i++) {
        const struct index_column *c = &columns->items[i];
        json_write_object(w);
        json_put_str(w, STR("name"), c->name);
        json_put_str(w, STR("type"), c->type);
        json_put_bool(w, STR("is_nullable"), c->is_nullable);
        json_put_bool(w, STR("is_partition"), c->is_partition);
        json_write_end(w);
    }
    json_write_end(w);
}

static void put_partitions(struct json_writer *w, const struct index_partitions *partitions,
                           uint64_t n_all)
{
    json_put_u64(w, STR("n_partitions"), n_all);
    json_write_key(w, STR("partitions"));
    json_write_array(w);
    for (size_t i = 0; i < partitions->n; i++) {
        const struct index_partition *p = &partitions->items[i];
        json_write_object(w);
        json_put_array_text(w, STR("values"), p->values);
        json_put_u64(w, STR("n_objects"), p->n_objects);
        json_put_u64(w, STR("size_bytes"), p->size_bytes);
        json_put_time_if(w, STR("modified"), p->newest_unix_ms);
        json_write_end(w);
    }
    json_write_end(w);
}

static void put_tables(struct json_writer *w, const struct index_bindings *tables)
{
    json_write_key(w, STR("table_names"));
    json_write_array(w);
    for (size_t i = 0; i < tables->n; i++) {
        const struct index_binding *b = &tables->items[i];
        bool has_scheme = str_has_prefix(b->table, STR("table:"));
        json_write_object(w);
        json_put_str(w, STR("name"), has_scheme ? str_from_pos(b->table, 6) : b->table);
        json_put_id(w, STR("notebook_id"), b->notebook);
        json_put_str(w, STR("notebook"), b->notebook_uri);
        json_put_u64(w, STR("cell"), b->cell);
        json_put_u64(w, STR("line"), b->line);
        json_write_end(w);
    }
    json_write_end(w);
}

/* What the index keeps of it beside the columns of its table. */
struct details {
    struct str delimiter, sample;
    bool has_header;
    int64_t n_rows; /* -1: not known */
    int64_t n_live, live_bytes;
    const struct json *partition_columns; /* an array; NULL: there are none */
};

static bool read_details(struct arena *a, struct str text, struct details *out, struct err *err)
{
    *out = (struct details){ .has_header = true, .n_rows = -1, .n_live = -1, .live_bytes = -1 };
    if (text.len == 0)
        return true;
    const struct json *doc = json_parse(a, text, LIMIT_JSON_BYTES, err);
    return (doc != NULL && json_opt_str(doc, STR("delimiter"), STR_EMPTY, &out->delimiter, err) &&
            json_opt_str(doc, STR("sample_uri"), STR_EMPTY, &out->sample, err) &&
            json_opt_bool(doc, STR("has_header"), true, &out->has_header, err) &&
            json_opt_i64(doc, STR("n_rows"), -1, INT64_MAX, -1, &out->n_rows, err) &&
            json_opt_i64(doc, STR("n_live"), -1, INT64_MAX, -1, &out->n_live, err) &&
            json_opt_i64(doc, STR("live_bytes"), -1, INT64_MAX, -1, &out->live_bytes, err) &&
            json_opt_array(doc, STR("partition_columns"), &out->partition_columns, err)) ||
           err_wrap(err, "the details of a dataset");
}

static bool put_partition_columns(struct json_writer *w, const struct json *list, struct err *err)
{
    json_write_key(w, STR("partition_columns"));
    json_write_array(w);
    for (size_t i = 0; list != NULL && i < list->n_items; i++) {
        struct str name, type;
        bool is_nullable;
        if (!json_get_str(&list->items[i], STR("name"), &name, err) ||
            !json_get_str(&list->items[i], STR("type"), &type, err) ||
            !json_opt_bool(&list->items[i], STR("is_nullable"), false, &is_nullable, err))
            return err_wrap(err, "the partition columns of a dataset");
        json_write_object(w);
        json_put_str(w, STR("name"), name);
        json_put_str(w, STR("type"), type);
        json_put_bool(w, STR("is_nullable"), is_nullable);
        json_write_end(w);
    }
    json_write_end(w);
    return true;
}

/* The names of its partition columns, if they stand in the names of its folders. */
static size_t named_partitions(struct arena *a, const struct index_columns *columns,
                               struct str sample, struct str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < columns->n; i++) {
        const struct index_column *c = &columns->items[i];
        if (c->is_partition && str_contains(sample, arena_printf(a, "/%.*s=", STR_FMT(c->name))))
            out[n++] = c->name;
    }
    return n;
}

static void put_snippets(struct call *call, const struct index_dataset *d,
                         const struct details *details, const struct index_columns *columns)
{
    struct arena *a = call->req->arena;
    struct json_writer *w = &call->json;
    struct snippet snippets[SNIPPETS_MAX];
    struct str *names = ARENA_NEW_N(a, struct str, columns->n + 1);
    const struct snippet_dataset what = {
        .uri = d->uri,
        .format = d->format,
        .layout = d->layout,
        .sample = details->sample,
        .compression = d->compression,
        .local = call->api->options.lake,
        .delimiter = details->delimiter.len > 0 ? details->delimiter.ptr[0] : '\0',
        .has_header = details->has_header,
        .partitions = names,
        .n_partitions = named_partitions(a, columns, details->sample, names),
    };
    size_t n = snippets_make(a, &what, snippets);
    json_write_key(w, STR("snippets"));
    json_write_array(w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(w);
        json_put_str(w, STR("tool"), str_from(snippets[i].tool));
        json_put_str(w, STR("language"), str_from(snippets[i].language));
        json_put_str(w, STR("code"), snippets[i].code);
        json_write_end(w);
    }
    json_write_end(w);
}

/* Its uses as /v1/usage has them on its first page. */
static bool put_users(struct call *call, struct index_reader *r, const struct index_dataset *d,
                      struct err *err)
{
    struct question question = { .file = STR_EMPTY };
    struct usage_page page;
    const struct usage_query q = {
        .question = &question, .match = -1, .dir = -1, .limit = MAX_USERS
    };
    question_add(&question, d->uri);
    if (!question_bind(r, call->req->arena, &question, err) ||
        !usage_find(call, r, &q, NULL, &page, err))
        return false;
    json_write_key(&call->json, STR("users"));
    json_write_array(&call->json);
    for (size_t i = 0; i < page.n; i++)
        put_use(call, &page.items[i].use, &page.items[i].match);
    json_write_end(&call->json);
    return true;
}

bool api_dataset_get(struct call *call, struct err *err)
{
    struct arena *a = call->req->arena;
    struct json_writer *w = &call->json;
    struct index_reader *r;
    struct index_dataset d;
    struct index_columns columns;
    struct index_partitions partitions;
    struct index_bindings tables;
    struct details details;
    int64_t id = call_id(call, STR("dataset_id"));
    if (!call_reader(call, &r, err) || !index_dataset_get(r, a, id, &d, err) ||
        !index_dataset_columns(r, a, id, MAX_COLUMNS, &columns, err) ||
        !index_dataset_partitions(r, a, id, MAX_PARTITIONS, &partitions, err) ||
        !index_bindings(r, a, place_key(a, d.uri), false, MAX_TABLES, &tables, err) ||
        !read_details(a, d.details, &details, err))
        return false;
    json_write_object(w);
    put_dataset(w, &d);
    if (details.n_rows >= 0)
        json_put_i64(w, STR("n_rows"), details.n_rows);
    if (details.n_live >= 0)
        json_put_i64(w, STR("n_live"), details.n_live);
    if (details.live_bytes >= 0)
        json_put_i64(w, STR("live_bytes"), details.live_bytes);
    put_columns(w, &columns);
    if (!put_partition_columns(w, details.partition_columns, err))
        return false;
    put_partitions(w, &partitions, d.n_partitions);
    put_tables(w, &tables);
    json_put_array_text(w, STR("warnings"), d.warnings);
    if (!put_users(call, r, &d, err))
        return false;
    put_snippets(call, &d, &details, &columns);
    json_write_end(w);
    return true;
}
