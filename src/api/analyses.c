/* analyses: /v1/analyses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

enum { BY_KIND }; /* the words of the parameter by: kind, dataset, owner, library, month */

static void put_kinds_of(struct json_writer *w, const struct index_count *count)
{
    json_write_key(w, STR("kinds"));
    json_write_object(w);
    for (unsigned p = 0; p < PROCESS_N; p++)
        if (count->n_of[p] > 0)
            json_put_u64(w, str_from(process_name((enum process)p)), count->n_of[p]);
    json_write_end(w);
}

/* The kinds that exist, the commonest first. */
static void put_by_kind(struct json_writer *w, const struct index_count *count, int only)
{
    bool is_done[PROCESS_N] = { false };
    for (unsigned n = 0; n < PROCESS_N; n++) {
        unsigned best = PROCESS_N;
        for (unsigned p = 0; p < PROCESS_N; p++)
            if (!is_done[p] && count->n_of[p] > 0 && (only < 0 || (unsigned)only == p) &&
                (best == PROCESS_N || count->n_of[p] > count->n_of[best]))
                best = p;
        if (best == PROCESS_N)
            return;
        is_done[best] = true;
        json_write_object(w);
        json_put_str(w, STR("kind"), str_from(process_name((enum process)best)));
        json_put_str(w, STR("text"), str_from(process_text((enum process)best)));
        json_put_u64(w, STR("n_notebooks"), count->n_of[best]);
        json_write_end(w);
    }
}

static struct str group_of(struct arena *a, enum index_axis axis, const struct index_count *count)
{
    if (axis != INDEX_MONTH)
        return count->text;
    return arena_printf(a, "%04d-%02d", (int)(count->key / 12), (int)(count->key % 12) + 1);
}

bool api_analyses(struct call *call, struct err *err)
{
    static const enum index_axis axes[] = { INDEX_ALL, INDEX_DATASET, INDEX_OWNER, INDEX_LIBRARY,
                                            INDEX_MONTH };
    struct json_writer *w = &call->json;
    struct arena *a = call->req->arena;
    struct index_reader *r;
    struct index_after after;
    struct index_counts found = { 0 };
    struct str kind = call_text(call, STR("kind"));
    enum process process = PROCESS_N;
    int64_t by = call_number(call, STR("by"));
    size_t limit = (size_t)call_number(call, STR("limit"));
    bool is_known = kind.len == 0 || process_from_name(kind, &process);
    int only = kind.len > 0 ? (int)process : -1;
    if (!call_after(call, &after, err) || !call_reader(call, &r, err))
        return false;
    /* The whole for by=kind is the row of the axis that counts every notebook. */
    if (is_known && !index_analyses(r, a, axes[by], by == BY_KIND ? -1 : only, &after,
                                    by == BY_KIND ? 1 : limit + 1, &found, err))
        return false;
    size_t n = found.n < limit ? found.n : limit;
    json_write_object(w);
    json_put_str(w, STR("by"), call_text(call, STR("by")));
    json_write_key(w, STR("items"));
    json_write_array(w);
    if (by == BY_KIND && n > 0)
        put_by_kind(w, &found.items[0], only);
    for (size_t i = 0; by != BY_KIND && i < n; i++) {
        json_write_object(w);
        json_put_str(w, STR("group"), group_of(a, axes[by], &found.items[i]));
        if (axes[by] == INDEX_DATASET)
            json_put_id(w, STR("dataset_id"), found.items[i].key);
        json_put_u64(w, STR("n_notebooks"), found.items[i].n);
        put_kinds_of(w, &found.items[i]);
        json_write_end(w);
    }
    json_write_end(w);
    if (by == BY_KIND)
        json_put_u64(w, STR("n_notebooks"), n > 0 ? found.items[0].n : 0);
    if (by != BY_KIND && found.n > limit) {
        const struct page_key last = { (int64_t)found.items[n - 1].n, found.items[n - 1].key,
                                       STR_EMPTY };
        page_write_next(call, &last);
    }
    json_write_end(w);
    return true;
}
