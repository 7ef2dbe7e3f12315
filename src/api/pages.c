/* pages: the contract, the pages made from it, and the page for people.  They change only with the
 * program, so a client that has one asks again by its ETag. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

/* The page: files of our own alone, and connections to this server alone; nothing inline. */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'"
#define CONTRACT_POLICY "default-src 'none'; style-src 'unsafe-inline'"

struct page {
    struct str type, etag, bytes, coding, policy;
};

static void answer_page(struct call *call, const struct page *page)
{
    struct http_answer *answer = call->answer;
    call->is_cacheable = true;
    call_set_type(call, page->type);
    http_answer_header(answer, STR("ETag"), page->etag);
    http_answer_header(answer, STR("Content-Security-Policy"), page->policy);
    http_answer_header(answer, STR("Referrer-Policy"), STR("no-referrer"));
    if (page->coding.len > 0)
        http_answer_header(answer, STR("Content-Encoding"), page->coding);
    if (call_has_etag(call, page->etag))
        answer->status = 304;
    else
        answer->static_body = page->bytes;
}

static bool answer_contract(struct call *call, const struct api_page *page)
{
    const struct page answer = { page->type, page->etag, page->bytes, STR_EMPTY,
                                 STR(CONTRACT_POLICY) };
    answer_page(call, &answer);
    return true;
}

/* False: there is none of that name. */
static bool answer_asset(struct call *call, struct str name)
{
    const struct http_assets *assets = call->api->options.assets;
    const struct http_asset *asset = assets != NULL ? http_asset_find(assets, name) : NULL;
    if (asset == NULL)
        return false;
    const struct http_request *req = call->req;
    enum http_coding coding = http_asset_coding(
        asset, http_header_get(req->headers, req->n_headers, STR("Accept-Encoding")));
    const struct http_form *form = &asset->forms[coding];
    const struct page page = { asset->type, form->etag, form->bytes, http_coding_name(coding),
                               STR(PAGE_POLICY) };
    http_answer_header(call->answer, STR("Vary"), STR("Accept-Encoding"));
    answer_page(call, &page);
    return true;
}

bool api_openapi_json(struct call *call, struct err *err)
{
    (void)err;
    return answer_contract(call, &api_contract);
}

bool api_docs(struct call *call, struct err *err)
{
    (void)err;
    return answer_contract(call, &api_docs_page);
}

bool api_asset(struct call *call, struct err *err)
{
    struct str name = call_text(call, STR("asset"));
    return answer_asset(call, name) ||
           err_set(err, ERR_NOT_FOUND, "the page has no file %.*s", STR_FMT(name));
}

bool api_index(struct call *call, struct err *err)
{
    (void)err;
    return answer_asset(call, STR("index.html")) || answer_contract(call, &api_index_page);
}
