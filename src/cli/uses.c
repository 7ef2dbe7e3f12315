/* uses: see uses.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/uses.h"

#include "lineage/uri.h"
#include "util/limits.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* ".csv" and "data" are shorter, and half of all locations hold one of them. */
enum { WEAK_SCORE = 6 };

/* The path with "." and ".." folded, from the root; relative ones stand below base. */
static struct str absolute(struct arena *a, struct str base, struct str path)
{
    if (path.len == 0 || path.ptr[0] != '/')
        path = arena_printf(a, "%.*s/%.*s", STR_FMT(base), STR_FMT(path));
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

static struct str working_folder(struct arena *a)
{
    char path[PATH_MAX];
    return getcwd(path, sizeof path) != NULL ? arena_str(a, str_from(path)) : STR("/");
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

static void add_form(struct question *q, struct str form)
{
    for (size_t i = 0; i < q->n_forms; i++)
        if (str_eq(q->forms[i], form))
            return;
    if (form.len > 0 && q->n_forms < USES_MAX_FORMS)
        q->forms[q->n_forms++] = form;
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
static struct str object_of(struct arena *a, struct str file, struct str lake)
{
    struct str top = absolute(a, working_folder(a), lake);
    struct str path = str_from_pos(file, STR("file:").len);
    if (lake.len == 0 || !str_has_prefix(path, top) || path.len < top.len + 2 ||
        path.ptr[top.len] != '/')
        return STR_EMPTY;
    return arena_concat(a, STR("s3://"), str_from_pos(path, top.len + 1));
}

bool question_read(struct arena *a, struct str text, struct str lake, struct question *out,
                   struct err *err)
{
    struct question q = { .n_forms = 0 };
    if (has_scheme(text))
        add_form(&q, form_of(a, text));
    else {
        if (str_find_char(text, '/') == SIZE_MAX) {
            add_form(&q, uri_from_table(a, text));
            add_form(&q, uri_from_name(a, "stream", text));
            add_form(&q, uri_from_name(a, "builtin", text));
        }
        add_form(&q, uri_from_path(a, text));
    }
    if (q.n_forms == 0) {
        err_set(err, ERR_INVALID, "\"%.*s\" is no location", STR_FMT(str_slice(text, 0, 120)));
        return err_fix(err, "Ask for s3://BUCKET/KEY, a path, table:NAME or a bare name.");
    }
    struct str last = q.forms[q.n_forms - 1];
    if (uri_is_local_file(last)) {
        q.file = arena_concat(a, STR("file:"),
                              absolute(a, working_folder(a), str_from_pos(last, STR("file:").len)));
        add_form(&q, object_of(a, q.file, lake));
    }
    *out = q;
    return true;
}

static void better(enum uri_relation relation, unsigned score, enum uri_relation *best,
                   unsigned *best_score)
{
    if (relation < *best || (relation == *best && score <= *best_score))
        return;
    *best = relation;
    *best_score = score;
}

/* file:data/x.csv of a notebook of this machine, from the root. */
static struct str file_of(struct arena *a, const struct source *source, const struct reference *r)
{
    if ((source->kind != SOURCE_FILE && source->kind != SOURCE_BELOW) || !uri_is_local_file(r->uri))
        return STR_EMPTY;
    struct str path = str_from_pos(r->uri, STR("file:").len);
    struct str notebook = absolute(a, working_folder(a), source->name);
    size_t slash = str_rfind_char(notebook, '/');
    return arena_concat(a, STR("file:"), absolute(a, str_slice(notebook, 0, slash), path));
}

enum uri_relation question_match(struct arena *a, const struct question *q,
                                 const struct source *source, const struct reference *r,
                                 unsigned *score)
{
    enum uri_relation best = URI_APART;
    unsigned one;
    *score = 0;
    for (size_t i = 0; i < q->n_forms; i++) {
        enum uri_relation relation = uri_match(q->forms[i], r->uri, &one);
        better(relation, one, &best, score);
    }
    struct str file = q->file.len > 0 && best != URI_EQUAL ? file_of(a, source, r) : STR_EMPTY;
    if (file.len > 0) {
        enum uri_relation relation = uri_match(q->file, file, &one);
        better(relation, one, &best, score);
    }
    return best;
}

bool use_is_weak(const struct use *use)
{
    return use->relation == URI_HOLES && use->score < WEAK_SCORE;
}

struct use use_copy(struct arena *a, const struct use *use)
{
    struct use copy = *use;
    struct reference *r = &copy.reference;
    struct hole *holes = ARENA_NEW_N(a, struct hole, r->n_holes);
    copy.path = arena_str(a, use->path);
    r->uri = arena_str(a, r->uri);
    r->code = arena_str(a, r->code);
    r->via = arena_str(a, r->via);
    r->local = r->local.len > 0 ? arena_str(a, r->local) : STR_EMPTY;
    for (size_t i = 0; i < r->n_holes; i++)
        holes[i] = (struct hole){ r->holes[i].reason, arena_str(a, r->holes[i].name) };
    r->holes = holes;
    r->origin = NULL;
    return copy;
}

static int by_worth(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    if (a->relation != b->relation)
        return a->relation > b->relation ? -1 : 1;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    if (order != 0)
        return order;
    if (a->reference.cell != b->reference.cell)
        return a->reference.cell < b->reference.cell ? -1 : 1;
    if (a->reference.line != b->reference.line)
        return a->reference.line < b->reference.line ? -1 : 1;
    if (a->reference.col != b->reference.col)
        return a->reference.col < b->reference.col ? -1 : 1;
    order = str_cmp(a->reference.uri, b->reference.uri);
    return order != 0 ? order : (int)a->reference.dir - (int)b->reference.dir;
}

void uses_sort(struct use *uses, size_t n)
{
    if (n > 0)
        qsort(uses, n, sizeof *uses, by_worth);
}

const char *uri_relation_name(enum uri_relation relation)
{
    static const char *const names[] = { "apart", "holes", "contains", "glob", "inside", "exact" };
    return names[relation];
}
