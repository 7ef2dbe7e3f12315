/* fresh: see fresh.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/fresh.h"

#include "index/listing.h"
#include "index/query.h"
#include "index/search.h"
#include "scan/source.h"
#include "util/clock.h"
#include "util/strmap.h"

#include <stdlib.h>

enum { HITS_AT_ONCE = 1000 };

static bool wants_store(const struct call *call)
{
    struct str value =
                   http_header_get(call->req->headers, call->req->n_headers, STR("Cache-Control")),
               one;
    while (value.len > 0) {
        (void)str_cut(value, ',', &one, &value);
        if (str_eq_nocase(str_trim(one), STR("no-cache")))
            return true;
    }
    return false;
}

/* Scans leave out what lies in folders such as .ipynb_checkpoints; the original call did not. */
static bool has_hidden(struct call *call, const struct fresh *fresh, bool *out, struct err *err)
{
    struct listing_cursor *cursor;
    struct listing_entry entry;
    bool has_entry = true;
    *out = false;
    if (!listing_cursor_open(call->api->options.index, fresh->source, fresh->prefix, STR_EMPTY,
                             &cursor, err))
        return false;
    bool ok = true;
    while (ok && has_entry && !*out) {
        ok = listing_cursor_next(cursor, &entry, &has_entry, err);
        *out = ok && has_entry && str_has_suffix_nocase(entry.key, STR(".ipynb")) &&
               source_is_hidden(entry.key);
    }
    listing_cursor_close(cursor);
    return ok;
}

bool fresh_find(struct call *call, struct str bucket, struct str path, unsigned wants,
                struct fresh *out, struct err *err)
{
    struct index_reader *r;
    const struct api_options *o = &call->api->options;
    struct arena *a = call->req->arena;
    int64_t scanned_ms = 0;
    *out =
        (struct fresh){ .prefix = str_slice(path, path.len > 0 && path.ptr[0] == '/', path.len) };
    if (o->index != NULL && o->fresh_s > 0 && !wants_store(call)) {
        out->uri = arena_printf(a, "s3://%.*s/%.*s", STR_FMT(bucket), STR_FMT(out->prefix));
        if (!call_reader(call, &r, err) ||
            !index_fresh_source(r, out->uri, wants, &out->source, &scanned_ms, err))
            return false;
        /* A cursor takes readers of its own: who holds one meanwhile may wait for ever. */
        call_give_reader(call);
        out->age_s = (clock_unix_ms() - scanned_ms) / 1000;
        out->is_fresh = out->source != 0 && out->age_s <= o->fresh_s;
        bool is_hidden = false;
        if (out->is_fresh && wants != 0 && !has_hidden(call, out, &is_hidden, err))
            return false;
        out->is_fresh = out->is_fresh && !is_hidden;
    }
    http_answer_header(call->answer, STR("Boathouse-Source"),
                       out->is_fresh ? STR("index") : STR("store"));
    if (out->is_fresh)
        http_answer_header(call->answer, STR("Boathouse-Index-Age"),
                           arena_printf(a, "%lld", (long long)(out->age_s > 0 ? out->age_s : 0)));
    return true;
}

bool fresh_list(struct call *call, const struct fresh *fresh, struct str extension,
                store_object_fn *each, struct err *err)
{
    struct listing_cursor *cursor;
    struct listing_entry entry;
    bool has_entry = true;
    if (!listing_cursor_open(call->api->options.index, fresh->source, fresh->prefix, STR_EMPTY,
                             &cursor, err))
        return false;
    bool ok = listing_cursor_next(cursor, &entry, &has_entry, err);
    while (ok && has_entry) {
        const struct store_object object = { .key = entry.key,
                                             .size_bytes = entry.size_bytes,
                                             .last_modified_unix_ms = entry.modified_s * 1000 };
        ok = (!str_has_suffix(entry.key, extension) || each(call, &object, err)) &&
             listing_cursor_next(cursor, &entry, &has_entry, err);
    }
    listing_cursor_close(cursor);
    return ok;
}

static int by_text(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

bool fresh_search(struct call *call, const struct fresh *fresh, struct str text,
                  struct index_texts *out, struct err *err)
{
    struct arena *a = call->req->arena;
    struct index_reader *r;
    struct strmap seen;
    struct index_hits hits = { .has_more = true };
    struct index_search search = { .text = text,
                                   .where = INDEX_IN_PARAMETERS,
                                   .limit = HITS_AT_ONCE };
    *out = (struct index_texts){ 0 };
    strmap_init(&seen, a);
    if (!call_reader(call, &r, err))
        return false;
    while (hits.has_more) {
        if (!index_find_text(r, a, &search, &hits, err))
            return false;
        for (size_t i = 0; i < hits.n; i++) {
            const struct index_hit *hit = &hits.items[i];
            if (!str_has_prefix(hit->uri, fresh->uri) || strmap_has(&seen, hit->uri) ||
                !str_has_suffix_nocase(hit->uri, STR(".ipynb")))
                continue;
            strmap_put(&seen, hit->uri, a);
            *ARENA_PUSH(a, out->items, out->n, out->cap) = hit->uri;
        }
        search.after = hits.next;
    }
    if (out->n > 1)
        qsort(out->items, out->n, sizeof *out->items, by_text);
    return true;
}
