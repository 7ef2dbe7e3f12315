/* question: what a location that was typed may stand for; see place.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"

#include "lineage/uri.h"
#include "util/attrs.h"

struct str place_absolute(struct arena *a, struct str folder, struct str path)
{
    if (path.len == 0 || path.ptr[0] != '/')
        path = arena_printf(a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(path));
    char *out = ARENA_NEW_N(a, char, path.len + 2);
    size_t n = 0;
    struct str part;
    bool is_more = true;
    while (is_more) {
        is_more = str_cut(path, '/', &part, &path);
        if (part.len == 0 || str_eq(part, STR(".")))
            continue;
        if (str_eq(part, STR(".."))) {
            while (n > 0 && out[--n] != '/')
                ;
            continue;
        }
        out[n++] = '/';
        for (size_t i = 0; i < part.len; i++)
            out[n++] = part.ptr[i];
    }
    if (n == 0)
        out[n++] = '/';
    return (struct str){ out, n };
}

static bool has_scheme(struct str text)
{
    static const struct str names[] = { STR_INIT("table:"), STR_INIT("stream:"),
                                        STR_INIT("stage:"), STR_INIT("builtin:"),
                                        STR_INIT("file:"),  STR_INIT("dbfs:"),
                                        STR_INIT("arn:") };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_has_prefix(text, names[i]))
            return true;
    return str_contains(text, STR("://"));
}

void question_add(struct question *q, struct str form)
{
    for (size_t i = 0; i < q->n_forms; i++)
        if (str_eq(q->forms[i], form))
            return;
    if (form.len > 0 && q->n_forms < PLACE_MAX_FORMS)
        q->forms[q->n_forms++] = form;
}

void question_add_above(struct question *q, struct str table)
{
    size_t n = q->n_forms;
    question_add(q, table);
    if (q->n_forms > n)
        q->is_above[n] = true;
}

/* A normal form that is typed with its scheme stays what it is. */
static struct str form_of(struct arena *a, struct str text)
{
    struct str scheme, name;
    str_cut(text, ':', &scheme, &name);
    if (str_eq(scheme, STR("table")))
        return uri_from_table(a, name);
    if (str_eq(scheme, STR("stream")) || str_eq(scheme, STR("stage")) ||
        str_eq(scheme, STR("builtin")))
        return text;
    return uri_from_path(a, text);
}

/* lake/bucket/key -> s3://bucket/key */
static struct str object_of(struct arena *a, struct str file, const struct question_place *place)
{
    if (place->lake.len == 0)
        return STR_EMPTY;
    struct str top = place_absolute(a, place->cwd, place->lake);
    struct str path = str_from_pos(file, STR("file:").len);
    if (!str_has_prefix(path, top) || path.len < top.len + 2 || path.ptr[top.len] != '/')
        return STR_EMPTY;
    return arena_concat(a, STR("s3://"), str_from_pos(path, top.len + 1));
}

bool question_read(struct arena *a, struct str text, const struct question_place *place,
                   struct question *out, struct err *err)
{
    struct question q = { .n_forms = 0 };
    if (has_scheme(text)) {
        question_add(&q, form_of(a, text));
    } else {
        if (str_find_char(text, '/') == SIZE_MAX) {
            question_add(&q, uri_from_table(a, text));
            question_add(&q, uri_from_name(a, "stream", text));
            question_add(&q, uri_from_name(a, "builtin", text));
        }
        question_add(&q, uri_from_path(a, text));
    }
    if (q.n_forms == 0) {
        err_set(err, ERR_INVALID, "\"%.*s\" is no location", STR_FMT(str_slice(text, 0, 120)));
        return err_fix(err, "Ask for s3://BUCKET/KEY, a path, table:NAME or a bare name.");
    }
    struct str last = q.forms[q.n_forms - 1];
    if (uri_is_local_file(last) && place->cwd.len > 0) {
        struct str path = place_absolute(a, place->cwd, str_from_pos(last, STR("file:").len));
        q.file = arena_concat(a, STR("file:"), path);
        question_add(&q, object_of(a, q.file, place));
    }
    *out = q;
    return true;
}
