/* import_parse: one line of boathouse analyze --jsonl --cells: import.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/import.h"

#include "util/clock.h"
#include "util/limits.h"
#include "json/json.h"

static bool find_dir(struct str text, enum reference_dir *out)
{
    for (int i = REFERENCE_READ; i <= REFERENCE_DELETE; i++)
        if (str_eq(text, str_from(reference_dir_name((enum reference_dir)i)))) {
            *out = (enum reference_dir)i;
            return true;
        }
    return false;
}

static bool find_kind(struct str text, enum reference_kind *out)
{
    for (int i = 0; i < REFERENCE_N_KINDS; i++)
        if (str_eq(text, str_from(reference_kind_name((enum reference_kind)i)))) {
            *out = (enum reference_kind)i;
            return true;
        }
    return false;
}

static enum hole_reason find_reason(struct str text)
{
    for (int i = 0; i < HOLE_N_REASONS; i++)
        if (str_eq(text, str_from(hole_reason_name((enum hole_reason)i))))
            return (enum hole_reason)i;
    return HOLE_RUN_TIME;
}

static bool get_u32(const struct json *object, struct str key, uint32_t *out, struct err *err)
{
    int64_t n;
    if (!json_opt_i64(object, key, 0, UINT32_MAX, 0, &n, err))
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool get_size(const struct json *object, struct str key, size_t *out, struct err *err)
{
    int64_t n;
    if (!json_opt_i64(object, key, 0, INT64_MAX, 0, &n, err))
        return false;
    *out = (size_t)n;
    return true;
}

static bool take_holes(struct arena *a, const struct json *list, struct reference *r,
                       struct err *err)
{
    struct hole *holes = ARENA_NEW_N(a, struct hole, list == NULL ? 0 : list->n_items);
    for (size_t i = 0; list != NULL && i < list->n_items; i++) {
        struct str reason;
        if (!json_get_str(&list->items[i], STR("reason"), &reason, err) ||
            !json_opt_str(&list->items[i], STR("name"), STR_EMPTY, &holes[i].name, err))
            return false;
        holes[i].reason = find_reason(reason);
    }
    r->holes = holes;
    r->n_holes = list == NULL ? 0 : list->n_items;
    return true;
}

static bool take_reference(struct arena *a, const struct json *in, struct reference *r,
                           struct err *err)
{
    struct str dir, kind;
    const struct json *holes;
    if (!json_get_str(in, STR("dir"), &dir, err) || !json_get_str(in, STR("kind"), &kind, err) ||
        !json_get_str(in, STR("uri"), &r->uri, err) ||
        !json_opt_str(in, STR("code"), STR_EMPTY, &r->code, err) ||
        !json_opt_str(in, STR("via"), STR_EMPTY, &r->via, err) ||
        !json_opt_str(in, STR("local"), STR_EMPTY, &r->local, err) ||
        !get_size(in, STR("cell"), &r->cell, err) || !get_u32(in, STR("line"), &r->line, err) ||
        !get_u32(in, STR("col"), &r->col, err) ||
        !json_opt_bool(in, STR("called"), true, &r->is_called, err) ||
        !json_opt_bool(in, STR("may"), false, &r->is_may, err) ||
        !json_opt_bool(in, STR("derived"), false, &r->is_derived, err) ||
        !json_opt_array(in, STR("holes"), &holes, err) || !take_holes(a, holes, r, err))
        return false;
    if (r->uri.len == 0 || r->uri.len > LIMIT_URI_BYTES)
        return err_set(err, ERR_INVALID, "/references: a uri has 1 to %lu bytes", LIMIT_URI_BYTES);
    return (find_dir(dir, &r->dir) && find_kind(kind, &r->kind)) ||
           err_set(err, ERR_INVALID, "/references: \"%.*s\", \"%.*s\": no dir and kind",
                   STR_FMT(str_slice(dir, 0, 40)), STR_FMT(str_slice(kind, 0, 40)));
}

static bool take_references(struct arena *a, const struct json *list, struct analysis *an,
                            struct err *err)
{
    if (list->n_items > LIMIT_REFERENCES)
        return err_set(err, ERR_TOO_LARGE, "more than %lu references", LIMIT_REFERENCES);
    an->references = ARENA_NEW_N(a, struct reference, list->n_items);
    an->n_references = an->cap_references = list->n_items;
    for (size_t i = 0; i < list->n_items; i++)
        if (!take_reference(a, &list->items[i], &an->references[i], err))
            return false;
    return true;
}

static bool take_parameters(struct arena *a, const struct json *list, struct analysis *an,
                            struct err *err)
{
    size_t n = list == NULL ? 0 : list->n_items;
    an->parameters = ARENA_NEW_N(a, struct parameter, n);
    an->n_parameters = an->cap_parameters = n;
    for (size_t i = 0; i < n; i++) {
        struct parameter *p = &an->parameters[i];
        if (!json_get_str(&list->items[i], STR("name"), &p->name, err) ||
            !json_opt_str(&list->items[i], STR("value"), STR_EMPTY, &p->value, err) ||
            !get_size(&list->items[i], STR("cell"), &p->cell, err) ||
            !get_u32(&list->items[i], STR("line"), &p->line, err))
            return false;
    }
    return true;
}

static bool take_bindings(struct arena *a, const struct json *list, struct analysis *an,
                          struct err *err)
{
    size_t n = list == NULL ? 0 : list->n_items;
    an->bindings = ARENA_NEW_N(a, struct table_binding, n);
    an->n_bindings = an->cap_bindings = n;
    for (size_t i = 0; i < n; i++) {
        struct table_binding *b = &an->bindings[i];
        if (!json_get_str(&list->items[i], STR("table"), &b->table, err) ||
            !json_get_str(&list->items[i], STR("location"), &b->location, err) ||
            !get_size(&list->items[i], STR("cell"), &b->cell, err) ||
            !get_u32(&list->items[i], STR("line"), &b->line, err))
            return false;
    }
    return true;
}

static bool take_libraries(struct arena *a, const struct json *list, struct analysis *an,
                           struct err *err)
{
    size_t n = list == NULL ? 0 : list->n_items;
    an->libraries = ARENA_NEW_N(a, struct str, n);
    an->n_libraries = an->cap_libraries = n;
    for (size_t i = 0; i < n; i++)
        if (!json_as_str(&list->items[i], &an->libraries[i], err))
            return false;
    return true;
}

static bool take_counts(const struct json *in, struct analysis *an, struct err *err)
{
    return get_size(in, STR("cells"), &an->n_cells, err) &&
           get_size(in, STR("code_cells"), &an->n_code_cells, err) &&
           get_size(in, STR("lines"), &an->n_lines, err) &&
           get_u32(in, STR("train"), &an->n_train, err) &&
           get_u32(in, STR("plot"), &an->n_plot, err) &&
           get_u32(in, STR("query"), &an->n_query, err) &&
           get_u32(in, STR("write"), &an->n_write, err);
}

static bool take_analysis(struct arena *a, const struct json *in, struct imported *out,
                          struct err *err)
{
    struct analysis *an = ARENA_NEW(a, struct analysis);
    const struct json *references, *parameters, *libraries, *counts, *tables;
    if (!json_get_array(in, STR("references"), &references, err) ||
        !json_opt_array(in, STR("parameters"), &parameters, err) ||
        !json_opt_array(in, STR("libraries"), &libraries, err) ||
        !json_opt_array(in, STR("tables"), &tables, err) || !take_bindings(a, tables, an, err) ||
        !json_get_object(in, STR("counts"), &counts, err) ||
        !json_opt_str(in, STR("language"), STR_EMPTY, &an->language, err) ||
        !json_opt_str(in, STR("kernel"), STR_EMPTY, &an->kernel, err) ||
        !take_references(a, references, an, err) || !take_parameters(a, parameters, an, err) ||
        !take_libraries(a, libraries, an, err) || !take_counts(counts, an, err))
        return false;
    out->analysis = an;
    return true;
}

static bool take_tags(struct arena *a, const struct json *list, struct cell *c, struct err *err)
{
    c->n_tags = list == NULL ? 0 : list->n_items;
    c->tags = ARENA_NEW_N(a, struct str, c->n_tags);
    for (size_t i = 0; i < c->n_tags; i++)
        if (!json_as_str(&list->items[i], &c->tags[i], err))
            return false;
    return true;
}

static bool take_cell(struct arena *a, const struct json *in, struct cell *c, struct err *err)
{
    static const struct str kinds[] = { STR_INIT("code"), STR_INIT("markdown"), STR_INIT("raw") };
    struct str kind;
    const struct json *tags;
    size_t i = 0;
    c->execution_count = -1;
    if (!json_get_str(in, STR("kind"), &kind, err) ||
        !json_get_str(in, STR("source"), &c->source, err) ||
        !json_opt_str(in, STR("language"), STR_EMPTY, &c->language, err) ||
        !json_opt_str(in, STR("id"), STR_EMPTY, &c->id, err) ||
        !get_size(in, STR("index"), &c->index, err) ||
        !json_opt_array(in, STR("tags"), &tags, err) || !take_tags(a, tags, c, err))
        return false;
    while (i < ARRAY_LEN(kinds) && !str_eq(kinds[i], kind))
        i++;
    c->kind = (enum cell_kind)i;
    return i < ARRAY_LEN(kinds) || err_set(err, ERR_INVALID, "/cells: \"%.*s\" is no kind of cell",
                                           STR_FMT(str_slice(kind, 0, 40)));
}

static bool take_notebook(struct arena *a, const struct json *in, struct imported *out,
                          struct err *err)
{
    struct notebook *nb = ARENA_NEW(a, struct notebook);
    const struct json *cells = json_get(in, STR("cells"));
    int64_t format;
    if (cells == NULL || cells->kind != JSON_KIND_ARRAY) {
        err_set(err, ERR_INVALID, "the line has no cells");
        return err_fix(err, "Make it by boathouse analyze --jsonl --cells.");
    }
    if (!json_opt_i64(in, STR("format"), 0, NOTEBOOK_SOURCE, 0, &format, err) ||
        !json_opt_str(in, STR("title"), STR_EMPTY, &nb->title, err))
        return false;
    nb->format = (enum notebook_format)format;
    nb->kernel = out->analysis->kernel;
    if (!json_opt_str(in, STR("notebook_language"), STR_EMPTY, &nb->language, err))
        return false;
    nb->cells = ARENA_NEW_N(a, struct cell, cells->n_items);
    nb->n_cells = cells->n_items;
    for (size_t i = 0; i < nb->n_cells; i++)
        if (!take_cell(a, &cells->items[i], &nb->cells[i], err))
            return false;
    out->notebook = nb;
    return true;
}

/* An error as analyze writes it; its kind decides whether it is tried again. */
static bool take_error(const struct json *in, struct imported *out, struct err *err)
{
    struct str code, message;
    if (!json_get_str(in, STR("code"), &code, err) ||
        !json_get_str(in, STR("message"), &message, err))
        return false;
    enum err_code kind = ERR_INTERNAL;
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++)
        if (str_eq(str_from(err_kind((enum err_code)i)->code), code))
            kind = (enum err_code)i;
    err_set(&out->error, kind, "%.*s", STR_FMT(message));
    return true;
}

static bool take_object(const struct json *in, struct imported *out, struct err *err)
{
    const struct json *object;
    struct str time;
    int64_t size;
    if (!json_opt_object(in, STR("object"), &object, err))
        return false;
    if (object == NULL)
        return true; /* then the next scan reads it again */
    if (!json_get_str(object, STR("etag"), &out->etag, err) ||
        !json_get_i64(object, STR("size_bytes"), 0, INT64_MAX, &size, err) ||
        !json_get_str(object, STR("modified_at"), &time, err))
        return false;
    out->size_bytes = (uint64_t)size;
    return time_parse_rfc3339(time, &out->modified_unix_ms) ||
           err_set(err, ERR_INVALID, "/object/modified_at: is no time");
}

bool import_parse(struct arena *a, struct str line, struct imported *out, struct err *err)
{
    struct imported in = { .error = ERR_INIT };
    const struct json *error, *json = json_parse(a, line, LIMIT_JSON_BYTES, err);
    if (json == NULL || !json_as_object(json, err) ||
        !json_get_str(json, STR("path"), &in.path, err) ||
        !json_opt_object(json, STR("error"), &error, err) || !take_object(json, &in, err))
        return false;
    bool ok = error != NULL ? take_error(error, &in, err)
                            : take_analysis(a, json, &in, err) && take_notebook(a, json, &in, err);
    if (ok)
        *out = in;
    return ok;
}
