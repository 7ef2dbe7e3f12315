/* search: /v1/search. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "index/search.h"

/* The page of a search is a place in the text: document, cell, line. */
static bool read_after(const struct call *call, struct index_search_at *out, struct err *err)
{
    struct page_key key;
    bool is_set;
    if (!page_read(call, &key, &is_set, err))
        return false;
    *out = (struct index_search_at){ .document = key.number,
                                     .cell = key.id >> 32,
                                     .line = key.id & 0xFFFFFFFF };
    return true;
}

static struct page_key key_of(const struct index_search_at *at)
{
    return (struct page_key){ .number = at->document,
                              .id = (int64_t)((uint64_t)at->cell << 32 | (uint64_t)at->line),
                              .text = STR_EMPTY };
}

static void put_hit(struct json_writer *w, const struct index_hit *hit, int64_t id)
{
    static const char *const kinds[] = {
        [CELL_CODE] = "code", [CELL_MARKDOWN] = "markdown", [CELL_RAW] = "raw"
    };
    json_write_object(w);
    json_put_id(w, STR("notebook_id"), id);
    json_put_str(w, STR("notebook"), hit->uri);
    json_put_str_if(w, STR("title"), hit->title);
    json_put_u64(w, STR("cell"), hit->cell);
    json_put_str(w, STR("cell_kind"), str_from(kinds[hit->kind]));
    json_put_str_if(w, STR("language"), hit->language);
    json_put_bool(w, STR("is_parameters"), hit->is_parameters);
    json_put_u64(w, STR("line"), hit->line);
    json_put_str(w, STR("text"), hit->text);
    json_put_u64(w, STR("start"), hit->at);
    json_put_u64(w, STR("length"), hit->len);
    json_write_end(w);
}

bool api_search(struct call *call, struct err *err)
{
    /* The words of the parameter in. */
    static const unsigned where[] = { INDEX_IN_ALL, INDEX_IN_CODE | INDEX_IN_SQL, INDEX_IN_SQL,
                                      INDEX_IN_MARKDOWN, INDEX_IN_PARAMETERS };
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct index_reader *r;
    struct index_hits hits;
    struct index_search search = {
        .text = call_text(call, STR("q")),
        .is_regex = call_number(call, STR("mode")) == 1,
        .is_case_ignored = call_flag(call, STR("ignore_case")),
        .where = where[call_number(call, STR("in"))],
        .limit = (size_t)call_number(call, STR("limit")),
    };
    if (!read_after(call, &search.after, err) || !call_reader(call, &r, err) ||
        !index_find_text(r, a, &search, &hits, err))
        return false;
    json_write_object(w);
    json_write_key(w, STR("items"));
    json_write_array(w);
    for (size_t i = 0; i < hits.n; i++) {
        int64_t id;
        if (!index_notebook_id(r, hits.items[i].notebook, &id, err))
            return false;
        put_hit(w, &hits.items[i], id);
    }
    json_write_end(w);
    json_put_u64(w, STR("n_given_up"), hits.n_given_up);
    if (hits.has_more) {
        struct page_key next = key_of(&hits.next);
        page_write_next(call, &next);
    }
    json_write_end(w);
    return true;
}
