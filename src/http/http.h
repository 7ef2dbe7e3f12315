/*
 * http: words that client and server share: methods, header fields, status codes (RFC 9110).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "util/str.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_PATCH,
    HTTP_OPTIONS,
    HTTP_OTHER, /* received only: the request has its text */
};

/* One header field.  Names are compared without regard to case. */
struct http_header {
    struct str name, value;
};

/* "GET" ..., "" for HTTP_OTHER. */
struct str http_method_name(enum http_method method);
/* Methods are case-sensitive (RFC 9110, section 9.1); HTTP_OTHER for all unknown ones. */
enum http_method http_method_parse(struct str name);

/* The value of the first field of that name, or an empty str with ptr NULL. */
struct str http_header_get(const struct http_header *headers, size_t n, struct str name);
bool http_header_has(const struct http_header *headers, size_t n, struct str name);

/* "Not Found" for 404; "Unknown" for what is not registered. */
const char *http_status_text(int status);

#endif
