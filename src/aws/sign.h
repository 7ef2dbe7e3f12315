/*
 * sign: signature version 4 of AWS requests, with everything in headers.
 *
 * Pure: the time is a parameter.  As in "Signature Version 4 signing process" of the AWS General
 * Reference; S3's paths are encoded once and not normalised.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_SIGN_H
#define AWS_SIGN_H

#include "http/http.h"
#include "util/arena.h"

struct aws_keys {
    struct str access_key, secret_key;
    struct str session_token; /* may be empty */
    int64_t expires_unix_ms;  /* 0: never */
    struct str source;        /* "environment", "profile default", ...: for people */
};

struct aws_signing {
    enum http_method method;
    struct str host;  /* as in the header Host */
    struct str path;  /* encoded, begins with "/" */
    struct str query; /* encoded "a=b&c=", sorted by encoded name, then value */
    const struct http_header
        *headers; /* more headers, all of them signed; no Host, no X-Amz-Date */
    size_t n_headers;
    struct str body;
    struct str service, region;
    bool has_content_hash; /* add X-Amz-Content-Sha256 (S3 wants it) */
    int64_t unix_ms;
};

/* One name=value of a query, not encoded. */
struct aws_param {
    struct str name, value;
};

enum { AWS_SIGN_MAX_HEADERS = 16, AWS_SIGN_MAX_PARAMS = 16 };

/* The query of a request as it is sent and signed: encoded, then sorted. */
struct str aws_query(struct arena *a, const struct aws_param *params, size_t n);

/* The headers to send, those given among them, in a; *n_out of them, without Host. */
struct http_header *aws_sign(struct arena *a, const struct aws_signing *s,
                             const struct aws_keys *keys, size_t *n_out);

#endif
