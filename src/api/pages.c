/* pages: the contract and the pages made from it at build time.  They change only with the program,
 * so a client that has one asks again by its ETag. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

static bool answer_page(struct call *call, const struct api_page *page)
{
    call->is_cacheable = true;
    call_set_type(call, page->type);
    http_answer_header(call->answer, STR("ETag"), page->etag);
    http_answer_header(call->answer, STR("Content-Security-Policy"),
                       STR("default-src 'none'; style-src 'unsafe-inline'"));
    if (call_has_etag(call, page->etag))
        call->answer->status = 304;
    else
        call->answer->static_body = page->bytes;
    return true;
}

bool api_openapi_json(struct call *call, struct err *err)
{
    (void)err;
    return answer_page(call, &api_contract);
}

bool api_docs(struct call *call, struct err *err)
{
    (void)err;
    return answer_page(call, &api_docs_page);
}

bool api_index(struct call *call, struct err *err)
{
    (void)err;
    return answer_page(call, &api_index_page);
}
