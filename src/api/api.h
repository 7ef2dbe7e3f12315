/*
 * api: the calls of the contract (api/openapi.yaml) as a handler for the server.
 *
 * Routes, roles and the checks of parameters come from the contract.  Before a handler runs, the
 * request was matched, its caller known and allowed, its parameters checked.  Every failure is a
 * problem document (RFC 9457).  Every request has an id, in its answer and in the log.
 *
 * Without tokens everybody is allowed everything, for servers on loopback addresses; then requests
 * whose Host is no loopback name are refused, because a web page can make a browser send them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_API_H
#define API_API_H

#include "cluster/cluster.h"
#include "http/asset.h"
#include "http/server.h"
#include "store/store.h"
#include "util/outbound.h"

struct api;
struct clusters;
struct index;
struct scans;

/* What the handlers work with.  Everything is borrowed and outlives the api. */
struct api_options {
    struct store *store;
    struct cluster_provider *provider; /* NULL: calls about clusters are ERR_UNSUPPORTED */
    struct clusters *clusters;         /* NULL: the same of those of /v1/clusters */
    struct store *notebooks;           /* where clusters keep notebooks; NULL: not known */
    struct index *index;               /* NULL: calls about the catalogue are ERR_NOT_FOUND */
    struct scans *scans;               /* NULL: calls that start scans are ERR_UNSUPPORTED */
    int64_t fresh_s; /* the original calls answer from the index when the scan is no older; 0: never
                      */
    size_t kept_bytes;        /* of answers that are kept while the catalogue does not change */
    const struct str *tokens; /* "NAME ROLE HASH", HASH: hexadecimal SHA-256 of the token */
    size_t n_tokens;
    struct str lake;       /* the folder that stands for S3, from the root; empty: S3 itself */
    struct str version;    /* of the program */
    struct str public_url; /* "https://boathouse.example"; empty: made from each request's Host */
    const struct outbound
        *outbound; /* calls that store and provider make, for the metrics; or NULL */
    const struct http_assets *assets; /* the page: index.html at "/"; NULL or empty: none */
    unsigned window;                  /* notebooks fetched at once for one request */
    uint64_t max_notebook_bytes;
};

/* NULL and ERR_CONFIG when a token's row is wrong. */
MUST_USE struct api *api_new(const struct api_options *options, struct err *err);
/* After the server has stopped.  Accepts NULL. */
void api_free(struct api *api);

/* For http_server_start(). */
struct http_handler api_handler(struct api *api);

/* A question without a server, for the command line: the same way through checks and handler. */
struct api_question {
    enum http_method method;
    struct str path;  /* encoded: "/v1/datasets" */
    struct str query; /* encoded, without "?"; may be empty */
    struct str body;  /* JSON; may be empty */
};
struct api_answer {
    int status;
    struct str type; /* of the header Content-Type */
    struct str body; /* a problem document when status is 400 or more */
};
/* a: owns the answer.  deadline_ms: by clock_mono_ms(). */
void api_ask(struct api *api, struct arena *a, const struct api_question *question,
             int64_t deadline_ms, struct api_answer *out);

/* One operation of the contract, for the manual page. */
struct api_operation {
    struct str method, path, role, summary;
};
/* The i-th operation, or false behind the last. */
bool api_operation(size_t i, struct api_operation *out);

/* The contract as JSON. */
struct str api_contract_json(void);

#endif
