/*
 * url: percent-encoding, query strings, and the parts of a URL (RFC 3986).
 *
 * Pure.  Encoding always writes upper-case hexadecimal and keeps exactly the unreserved characters
 * (A-Z a-z 0-9 - . _ ~), which is what AWS signature version 4 asks for.  Decoding is strict: a
 * "%" without two hexadecimal digits is an error, never text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_URL_H
#define UTIL_URL_H

#include "util/arena.h"
#include "util/buf.h"
#include "util/err.h"

enum url_flags {
    URL_KEEP_SLASH = 1 << 0,    /* encoding: "/" stays as it is (paths, S3 keys in a path) */
    URL_PLUS_IS_SPACE = 1 << 1, /* decoding: "+" is a space (HTML forms, S3's encoding-type=url) */
};

/* One name=value of a query string, decoded.  "a" and "a=" both have an empty value. */
struct url_param {
    struct str name, value;
    bool has_value; /* there was a "=" */
};

/* The parts of an absolute http or https URL, borrowed from the text that was parsed. */
struct url {
    struct str scheme; /* "http" or "https", as written */
    struct str host;   /* without the brackets of an IPv6 address; never empty */
    struct str path;   /* from its "/" on, still encoded; may be empty */
    struct str query;  /* behind "?", still encoded; may be empty */
    uint16_t port;     /* as written, else 80 or 443 */
    bool is_tls;       /* https */
    bool has_port;     /* the port was written */
};

/* Append s, percent-encoded byte by byte.  flags: URL_KEEP_SLASH or 0. */
void url_encode(struct buf *out, struct str s, unsigned flags);

/* Decode s into the arena; s itself is returned when there is nothing to decode.  flags:
 * URL_PLUS_IS_SPACE or 0.  The result may hold any byte, also NUL.  Fails with ERR_INVALID. */
MUST_USE bool url_decode(struct arena *a, struct str s, unsigned flags, struct str *out,
                         struct err *err);

/* Append "name=value", both encoded, behind a "&" unless out is empty or ends in "?" or "&". */
void url_query_add(struct buf *out, struct str name, struct str value);

/* Split a query string (without its "?") at "&" and decode names and values ("+" is a space).
 * Order and duplicates are kept, empty pieces are skipped.  The array lives in a.  Fails with
 * ERR_INVALID on wrong percent-encoding, on a NUL byte, on invalid UTF-8 and on more than
 * LIMIT_QUERY_PARAMS pieces. */
MUST_USE bool url_query_parse(struct arena *a, struct str query, struct url_param **params_out,
                              size_t *n_out, struct err *err);

/* Split an absolute http or https URL.  User names and fragments are refused: they have no place
 * in what this program is configured with.  Fails with ERR_INVALID. */
MUST_USE bool url_parse(struct str text, struct url *out, struct err *err);

#endif
