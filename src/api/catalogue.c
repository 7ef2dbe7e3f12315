/* catalogue: see catalogue.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "util/clock.h"
#include "util/scan.h"

enum { MAX_BINDINGS = 8, MAX_NAMED = 4 };

int64_t call_id(const struct call *call, struct str name)
{
    struct str text = call_text(call, name);
    uint64_t id = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i]; /* the contract's pattern: 0-9, a-f */
        id = id << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return (int64_t)id;
}

int64_t call_time(const struct call *call, struct str name)
{
    struct arena *a = call->req->arena;
    struct str text = call_text(call, name);
    int64_t ms = 0;
    if (text.len == 10)
        text = arena_concat(a, text, STR("T00:00:00Z"));
    if (text.len > 0 && !time_parse_rfc3339(text, &ms)) {
        /* A day that its month does not have, such as the 31st of June: the one before. */
        const struct str days[] = { STR("30"), STR("29"), STR("28") };
        for (size_t i = 0; i < ARRAY_LEN(days) && ms == 0; i++) {
            struct str day = arena_printf(a, "%.*s%.*s%.*s", STR_FMT(str_slice(text, 0, 8)),
                                          STR_FMT(days[i]), STR_FMT(str_from_pos(text, 10)));
            (void)!time_parse_rfc3339(day, &ms);
        }
    }
    return ms;
}

void json_put_id(struct json_writer *w, struct str key, int64_t id)
{
    static const char digits[] = "0123456789abcdef";
    char text[16];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = digits[(uint64_t)id >> (60 - 4 * i) & 15];
    json_put_str(w, key, (struct str){ text, sizeof text });
}

void json_put_time_if(struct json_writer *w, struct str key, int64_t unix_ms)
{
    if (unix_ms != 0)
        json_put_time(w, key, unix_ms);
}

void json_put_array_text(struct json_writer *w, struct str key, struct str json_text)
{
    json_write_key(w, key);
    json_write_raw(w, json_text.len > 0 ? json_text : STR("[]"));
}

bool call_after(const struct call *call, struct index_after *out, struct err *err)
{
    struct page_key key;
    bool is_set;
    if (!page_read(call, &key, &is_set, err))
        return false;
    *out = (struct index_after){ is_set, key.number, key.id, key.text };
    return true;
}

static bool add_bindings(struct index_reader *r, struct arena *a, struct str key,
                         struct question *q, struct err *err)
{
    struct index_bindings found;
    bool is_table = str_has_prefix(key, STR("table:"));
    if (!index_bindings(r, a, key, is_table, MAX_BINDINGS, &found, err))
        return false;
    for (size_t i = 0; i < found.n; i++)
        question_add(q, is_table ? found.items[i].location : found.items[i].table);
    return true;
}

/* Tables of the folders above a location. */
static bool add_bindings_above(struct index_reader *r, struct arena *a, struct str key,
                               struct question *q, struct err *err)
{
    struct str folders[PLACE_MAX_PREFIXES];
    size_t n = place_ancestors(key, folders, PLACE_MAX_PREFIXES);
    for (size_t i = 0; i < n && q->n_forms < PLACE_MAX_FORMS; i++) {
        struct index_bindings found;
        if (!index_bindings(r, a, folders[i], false, MAX_BINDINGS, &found, err))
            return false;
        for (size_t k = 0; k < found.n; k++)
            question_add_above(q, found.items[k].table);
    }
    return true;
}

/* Is name a folder of the location, or its file without suffix? */
static bool is_named(struct str uri, struct str name)
{
    struct str part;
    bool is_more = true;
    while (is_more) {
        is_more = str_cut(uri, '/', &part, &uri);
        size_t dot = is_more ? SIZE_MAX : str_find_char(part, '.');
        if (str_eq_nocase(part, name) || str_eq_nocase(str_slice(part, 0, dot), name))
            return true;
    }
    return false;
}

/* A bare name also stands for the datasets that are called so. */
static bool add_named(struct index_reader *r, struct arena *a, struct str name, struct question *q,
                      struct err *err)
{
    const struct index_dataset_query query = { .q = name, .limit = 100 };
    struct index_datasets found;
    struct question named = { .file = q->file };
    if (str_find_char(name, '/') != SIZE_MAX || str_find_char(name, ':') != SIZE_MAX)
        return true;
    if (!index_datasets(r, a, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.n && named.n_forms < MAX_NAMED; i++)
        if (is_named(found.items[i].uri, name))
            question_add(&named, found.items[i].uri);
    if (named.n_forms == 0)
        return true;
    for (size_t i = 0; i < q->n_forms; i++)
        question_add(&named, q->forms[i]);
    *q = named;
    return true;
}

bool question_bind(struct index_reader *r, struct arena *a, struct question *q, struct err *err)
{
    size_t n = q->n_forms;
    for (size_t i = 0; i < n; i++)
        if (!add_bindings(r, a, place_key(a, q->forms[i]), q, err))
            return false;
    for (size_t i = 0; i < n; i++)
        if (!add_bindings_above(r, a, place_key(a, q->forms[i]), q, err))
            return false;
    return true;
}

bool call_question(struct call *call, struct str name, struct index_reader *r, struct question *out,
                   struct err *err)
{
    struct arena *a = call->req->arena;
    const struct question_place nowhere = { .cwd = STR_EMPTY, .lake = STR_EMPTY };
    struct str text = call_text(call, name);
    return question_read(a, text, &nowhere, out, err) && add_named(r, a, text, out, err) &&
           question_bind(r, a, out, err);
}

size_t question_keys(struct arena *a, const struct question *q, struct str out[PLACE_MAX_FORMS + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_forms; i++)
        out[n++] = place_key(a, q->forms[i]);
    if (q->file.len > 0)
        out[n++] = place_key(a, q->file);
    return n;
}

void put_dataset(struct json_writer *w, const struct index_dataset *d)
{
    json_put_id(w, STR("id"), d->id);
    json_put_str(w, STR("uri"), d->uri);
    json_put_str(w, STR("name"), d->name);
    json_put_str(w, STR("source"), d->source);
    json_put_str(w, STR("layout"), d->layout);
    json_put_str(w, STR("format"), d->format);
    json_put_str_if(w, STR("compression"), d->compression);
    json_put_u64(w, STR("n_objects"), d->n_objects);
    json_put_u64(w, STR("size_bytes"), d->size_bytes);
    json_put_time_if(w, STR("modified"), d->newest_unix_ms);
    json_put_u64(w, STR("n_users"), d->n_users);
    json_put_u64(w, STR("n_readers"), d->n_readers);
    json_put_u64(w, STR("n_writers"), d->n_writers);
    json_put_u64(w, STR("n_maybe"), d->n_maybe);
    json_put_time_if(w, STR("last_used"), d->last_used_unix_ms);
    json_put_str_if(w, STR("error"), d->error);
}

static void put_holes(struct json_writer *w, struct str holes)
{
    struct str line;
    bool is_more = true;
    if (holes.len == 0)
        return;
    json_write_key(w, STR("holes"));
    json_write_array(w);
    while (is_more) {
        is_more = str_cut(holes, '\n', &line, &holes);
        if (line.len > 0)
            json_write_str(w, line);
    }
    json_write_end(w);
}

void put_reference(struct json_writer *w, const struct index_use *u)
{
    json_put_str(w, STR("dir"), str_from(reference_dir_name(u->dir)));
    json_put_str(w, STR("kind"), str_from(reference_kind_name(u->kind)));
    json_put_str(w, STR("uri"), u->uri);
    if (u->dataset != 0)
        json_put_id(w, STR("dataset_id"), u->dataset);
    json_put_u64(w, STR("cell"), u->cell);
    json_put_u64(w, STR("line"), u->line);
    json_put_str(w, STR("code"), u->code);
    json_put_str(w, STR("via"), u->via);
    put_holes(w, u->holes);
    json_put_str_if(w, STR("local"), u->local);
    json_put_bool(w, STR("is_called"), u->is_called);
    json_put_bool(w, STR("is_may"), u->is_may);
    json_put_bool(w, STR("is_derived"), u->is_derived);
}

static struct place_use place_use_of(const struct index_use *u)
{
    return (struct place_use){ .uri = u->uri,
                               .folder = STR_EMPTY,
                               .is_called = u->is_called,
                               .is_may = u->is_may,
                               .is_derived = u->is_derived,
                               .dir = u->dir };
}

void put_use(struct call *call, const struct index_use *u, const struct place_match *m)
{
    struct json_writer *w = &call->json;
    const struct place_use use = place_use_of(u);
    json_write_object(w);
    json_put_id(w, STR("notebook_id"), u->notebook);
    json_put_str(w, STR("notebook"), u->notebook_uri);
    json_put_str_if(w, STR("title"), u->title);
    json_put_str_if(w, STR("owner"), u->owner);
    json_put_str(w, STR("match"), str_from(uri_relation_name(m->relation)));
    json_put_u64(w, STR("score"), m->score);
    json_put_u64(w, STR("percent"), m->percent);
    json_put_str(w, STR("why"), place_match_text(call->req->arena, m, &use));
    put_reference(w, u);
    json_put_u64(w, STR("n_copies"), u->n_copies);
    json_write_end(w);
}
