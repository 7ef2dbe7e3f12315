/*
 * server_check: is the head of a request one that two servers in a row would read alike?  What
 * libmicrohttpd lets pass and RFC 9112 does not.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_internal.h"

/* RFC 9110, section 5.6.2. */
static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              str_find_char(STR("!#$%&'*+-.^_`|~"), c) != SIZE_MAX))
            return false;
    }
    return text.len > 0;
}

bool head_check(struct str target, const struct http_header *headers, size_t n, bool is_http_1_0,
                struct err *err)
{
    size_t n_lengths = 0, n_codings = 0, n_hosts = 0;
    for (size_t i = 0; i < target.len; i++)
        if ((unsigned char)target.ptr[i] <= ' ' || target.ptr[i] == 0x7F)
            return err_set(err, ERR_INVALID, "the URL has a blank or a control character");
    for (size_t i = 0; i < n; i++) {
        if (!is_token(headers[i].name))
            return err_set(err, ERR_INVALID, "the name of a header field has a wrong character");
        n_lengths += str_eq_nocase(headers[i].name, STR("Content-Length"));
        n_hosts += str_eq_nocase(headers[i].name, STR("Host"));
        if (!str_eq_nocase(headers[i].name, STR("Transfer-Encoding")))
            continue;
        n_codings++;
        if (!str_eq_nocase(str_trim(headers[i].value), STR("chunked")))
            return err_set(err, ERR_INVALID,
                           "the only Transfer-Encoding of a request here is chunked");
    }
    /* Two lengths that differ would let two servers see different requests in the same bytes (RFC
     * 9112, section 6.3); two hosts would let them ask different ones (section 3.2). */
    if (n_lengths + n_codings > 1)
        return err_set(err, ERR_INVALID, "the length of the body is told more than once");
    if (n_hosts > 1)
        return err_set(err, ERR_INVALID, "the header Host is there more than once");
    if (n_hosts == 0 && !is_http_1_0)
        return err_set(err, ERR_INVALID, "the header Host is missing");
    return true;
}
