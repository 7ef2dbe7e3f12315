/*
 * cached: the ETag of answers that depend on the request and the catalogue alone, and those that
 * were made before.
 *
 * The version is read before the catalogue is: a commit between the two gives an answer that is
 * newer than its tag, which is asked for again, never one that is older.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

bool call_has_etag(const struct call *call, struct str etag)
{
    struct str tags =
        http_header_get(call->req->headers, call->req->n_headers, STR("If-None-Match"));
    while (tags.len > 0) {
        struct str tag;
        (void)str_cut(tags, ',', &tag, &tags);
        tag = str_trim(tag);
        if (str_has_prefix(tag, STR("W/")))
            tag = str_from_pos(tag, 2);
        if (str_eq(tag, etag) || str_eq(tag, STR("*")))
            return true;
    }
    return false;
}

/* Answers of the same catalogue differ between programs, so the contract is part of the tag. */
static struct str etag_of(const struct call *call)
{
    struct str contract = str_slice(api_contract.etag, 1, 9);
    return arena_printf(call->req->arena, "\"%llx-%.*s\"", (unsigned long long)call->version,
                        STR_FMT(contract));
}

static struct str key_of(const struct call *call)
{
    return arena_printf(call->req->arena, "%.*s?%.*s", STR_FMT(call->req->path),
                        STR_FMT(call->req->query));
}

/* "*" asks whether there is any answer, which only the handler knows; then it is made. */
static bool has_any_tag(const struct call *call)
{
    const struct http_request *req = call->req;
    struct str tags = http_header_get(req->headers, req->n_headers, STR("If-None-Match"));
    return str_eq(str_trim(tags), STR("*"));
}

bool cached_find(struct call *call)
{
    struct api *api = call->api;
    struct err ignored = ERR_INIT;
    if (!call->route->is_cached || api->options.index == NULL)
        return false;
    /* A failure here is told by the handler, which will need the index too. */
    if (!index_version(api->options.index, &call->version, &ignored))
        return false;
    call->etag = etag_of(call);
    call->is_same = !has_any_tag(call) && call_has_etag(call, call->etag);
    call->is_kept = !call->is_same &&
                    kept_get(api->kept, key_of(call), call->version, call->req->arena, &call->kept);
    return call->is_same || call->is_kept;
}

void cached_answer(struct call *call)
{
    call_set_type(call, call->is_kept ? call->kept.type : STR("application/json"));
    if (call->is_same)
        call->answer->status = 304;
    else
        call->answer->static_body = call->kept.bytes; /* the arena outlives the answer */
}

void cached_keep(struct call *call)
{
    const struct kept_answer answer = {
        .type =
            http_header_get(call->answer->headers, call->answer->n_headers, STR("Content-Type")),
        .bytes = buf_str(&call->answer->body),
    };
    if (call->etag.len > 0 && call->answer->status == 200 && buf_ok(&call->answer->body))
        kept_put(call->api->kept, key_of(call), call->version, &answer);
}

bool call_reader(struct call *call, struct index_reader **out, struct err *err)
{
    if (call->api->options.index == NULL) {
        err_set(err, ERR_NOT_FOUND, "there is no index yet");
        return err_fix(err, "Run boathouse scan first.");
    }
    if (call->reader == NULL && !index_reader_take(call->api->options.index, &call->reader, err))
        return false;
    *out = call->reader;
    return true;
}

void call_give_reader(struct call *call)
{
    index_reader_give(call->reader);
    call->reader = NULL;
}
