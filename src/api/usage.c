/* usage: /v1/usage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

/* The words of the parameter match, "any" first. */
static int match_of(int64_t word)
{
    static const int relations[] = { -1, URI_EQUAL, URI_INSIDE, URI_GLOB, URI_CONTAINS, URI_HOLES };
    return relations[word];
}

static bool put_dataset_of(struct call *call, struct index_reader *r, const struct question *q,
                           struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_dataset d;
    bool has_dataset = false;
    for (size_t i = 0; i < q->n_forms && !has_dataset; i++)
        if (!index_dataset_of(r, a, place_key(a, q->forms[i]), &d, &has_dataset, err))
            return false;
    if (!has_dataset)
        return true;
    json_write_key(&call->json, STR("dataset"));
    json_write_object(&call->json);
    put_dataset(&call->json, &d);
    json_write_end(&call->json);
    return true;
}

static void put_forms(struct json_writer *w, const struct question *q)
{
    json_write_key(w, STR("forms"));
    json_write_array(w);
    for (size_t i = 0; i < q->n_forms; i++)
        json_write_str(w, q->forms[i]);
    json_write_end(w);
}

bool api_usage(struct call *call, struct err *err)
{
    struct json_writer *w = &call->json;
    struct index_reader *r;
    struct question question;
    struct page_key after;
    struct usage_page page;
    bool is_behind;
    const struct usage_query q = {
        .question = &question,
        .match = match_of(call_number(call, STR("match"))),
        .dir = (int)call_number(call, STR("dir")) - 1, /* "any" first, then as the enum */
        .is_weak = call_flag(call, STR("weak")),
        .is_without_copies = !call_flag(call, STR("copies")),
        .limit = (size_t)call_number(call, STR("limit")),
    };
    if (!page_read(call, &after, &is_behind, err) || !call_reader(call, &r, err) ||
        !call_question(call, STR("uri"), r, &question, err) ||
        !usage_find(call, r, &q, is_behind ? &after : NULL, &page, err))
        return false;
    json_write_object(w);
    json_put_str(w, STR("uri"), call_text(call, STR("uri")));
    put_forms(w, &question);
    if (!put_dataset_of(call, r, &question, err))
        return false;
    json_write_key(w, STR("items"));
    json_write_array(w);
    for (size_t i = 0; i < page.n; i++)
        put_use(call, &page.items[i].use, &page.items[i].match);
    json_write_end(w);
    json_put_u64(w, STR("n_weak"), page.n_weak);
    if (page.has_more)
        page_write_next(call, &page.last);
    json_write_end(w);
    return true;
}
