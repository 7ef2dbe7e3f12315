/*
 * asset: a file that is part of the program and served as it is, in each encoding that it was made
 * in beforehand.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_ASSET_H
#define HTTP_ASSET_H

#include "util/str.h"

enum http_coding { HTTP_IDENTITY, HTTP_GZIP, HTTP_BROTLI, HTTP_N_CODINGS };

/* One form of an asset.  len 0: it was not made in that coding; identity is always there. */
struct http_form {
    struct str bytes;
    struct str etag; /* with its quotes; of this form alone */
};

struct http_asset {
    struct str name; /* "page.js" */
    struct str type; /* of the header Content-Type */
    struct http_form forms[HTTP_N_CODINGS];
};

/* A table of them, in no order. */
struct http_assets {
    const struct http_asset *items;
    size_t n;
};

/* NULL when there is none of that name. */
const struct http_asset *http_asset_find(const struct http_assets *assets, struct str name);

/* The name of the coding in the header Content-Encoding; empty for identity. */
struct str http_coding_name(enum http_coding coding);
/* The smallest form that the header Accept-Encoding allows (RFC 9110, section 12.5.3); identity
 * when it allows none of ours, and for an empty header. */
enum http_coding http_asset_coding(const struct http_asset *asset, struct str accept_encoding);

#endif
