/*
 * client_internal: one attempt of a call, without retries, over libcurl.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_CLIENT_INTERNAL_H
#define HTTP_CLIENT_INTERNAL_H

#include "http/client.h"
#include "util/buf.h"

#include <curl/curl.h>

/* The state of one attempt; one at a time for each easy handle. */
struct attempt {
    const struct http_call *call;
    struct arena *arena;
    struct http_reply *reply;
    struct curl_slist *headers;
    size_t headers_cap, header_bytes;
    struct buf body;
    struct err err;     /* set by a callback that stopped the transfer */
    bool is_head_whole; /* the empty line behind it came */
    bool is_head_done;  /* the final head was told to call->head */
    bool is_sink_used;  /* bytes were handed to the sink: no other attempt */
    int64_t budget_ms;
};

/* Prepare the easy handle for call; attempt is filled and must stay until attempt_end(). */
MUST_USE bool attempt_begin(CURL *easy, const struct http_client_options *options,
                            struct attempt *t, struct err *err);
/* What libcurl said becomes reply->sent, reply->body and err.  True: a whole answer came. */
bool attempt_end(CURL *easy, CURLcode code, struct attempt *t, struct err *err);

/* Should the call be repeated after this?  ok, err: as attempt_end() gave them. */
bool attempt_may_repeat(const struct attempt *t, bool ok, const struct err *err);
/* Milliseconds to wait before attempt number next (2, 3, ...). */
int64_t attempt_backoff_ms(const struct http_client_options *options,
                           const struct http_reply *reply, unsigned next);

#endif
