/*
 * api_internal: a call on its way through the api, and the table of routes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_API_INTERNAL_H
#define API_API_INTERNAL_H

#include "api/api.h"
#include "api/kept.h"
#include "index/index.h"
#include "json/json.h"
#include "json/writer.h"

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_ANALYST, ROLE_ADMIN };
enum param_kind { PARAM_STR, PARAM_INT, PARAM_BOOL };
enum param_pattern {
    PATTERN_NONE,
    PATTERN_CLUSTER_ID,
    PATTERN_BUCKET,
    PATTERN_PATH,
    PATTERN_ID,    /* 16 hexadecimal digits */
    PATTERN_TOKEN, /* of a page: base64url without "=" */
    PATTERN_TIME,  /* "2026-01-31" or "2026-01-31T23:59:59Z" */
};
enum { MAX_PARAMS = 16, MAX_FAULTS = 16, MAX_MEMBERS = 32 };

/* A parameter as the contract has it. */
struct param {
    struct str name;
    enum param_kind kind;
    bool is_path, is_required;
    int64_t min, max; /* of the number, or of the text's length in characters */
    enum param_pattern pattern;
    const struct str *words; /* of a text that is one of some, and of PARAM_BOOL; NULL: any */
    size_t n_words;
    struct str fallback; /* its value when it is not given; may be empty */
};

/* A value in a body as the contract has it. */
enum schema_kind { SCHEMA_OBJECT, SCHEMA_ARRAY, SCHEMA_STR, SCHEMA_INT, SCHEMA_BOOL };
struct schema_member;
struct schema {
    enum schema_kind kind;
    int64_t min, max; /* of the number, the text's characters, the array's items */
    enum param_pattern pattern;
    const struct str *words; /* of a text that is one of some; NULL: any */
    size_t n_words;
    const struct schema_member *members; /* of an object; others are refused */
    size_t n_members;                    /* at most MAX_MEMBERS */
    const struct schema *items;          /* of an array */
};
struct schema_member {
    struct str name;
    bool is_required;
    const struct schema *schema;
};

struct call;
/* Fill call->answer (status 200 at first), JSON by call->json.  False with err set: a problem. */
typedef bool handler_fn(struct call *call, struct err *err);

struct route {
    enum http_method method;
    struct str path; /* "/a/{b}" */
    struct str name; /* for log and metrics */
    handler_fn *handler;
    enum role role; /* who may call it */
    bool is_slow;
    bool is_cached; /* the answer depends on the request and the catalogue alone */
    size_t max_body_bytes;
    const struct param *params; /* NULL when there are none */
    size_t n_params;
    const struct schema *body; /* NULL: what is sent is ignored */
    bool is_body_required;
    struct str summary;
};

#include "api/api_routes.h"

extern const struct route api_routes[];
extern const size_t api_n_routes;
/* What was made from the contract, and its entity tag with the quotes. */
struct api_page {
    struct str type, etag, bytes;
};

extern const struct api_page api_contract, api_docs_page, api_index_page;

/* One thing that is wrong with a request.  Strings live as long as it. */
struct fault {
    struct str place; /* "path", "query" or "body" */
    struct str name;  /* of the parameter; in the body a JSON pointer */
    struct str detail, fix;
};

/* One request.  Lives in the request's arena. */
struct call {
    struct api *api;
    struct http_request *req;
    struct http_answer *answer;
    const struct route *route; /* NULL: none matched */
    struct str id;
    struct str caller;       /* the name of the token; empty without */
    enum role role;          /* of the caller; ROLE_ADMIN when there are no tokens */
    struct str allowed;      /* for the header Allow */
    const struct json *body; /* checked; NULL if there is none */
    struct str values[MAX_PARAMS];
    int64_t numbers[MAX_PARAMS];
    bool has[MAX_PARAMS];            /* given, not the default */
    struct err err;                  /* found before the handler: it does not run */
    struct fault faults[MAX_FAULTS]; /* of the parameters; more are not told */
    size_t n_faults;
    struct json_writer json;
    bool is_json;
    bool is_cacheable; /* it has an ETag */
    /* Of routes that are cached: */
    uint64_t version; /* of the catalogue */
    struct str etag;  /* empty: not known */
    bool is_same, is_kept;
    struct kept_answer kept;     /* is_kept */
    struct index_reader *reader; /* by call_reader(); given back behind the handler */
};

struct token {
    struct str name, hash;
    enum role role;
};

struct metrics;

struct api {
    struct api_options options;
    struct arena arena;
    struct token *tokens;
    size_t n_tokens;
    struct metrics *metrics;
    struct kept *kept;
    struct kept *kept_clusters; /* what rows say, by their versions */
    atomic_ullong n_ids;
    struct live *live;   /* streams of events */
    atomic_uint n_waits; /* calls about clusters that wait for an event: each holds a worker */
    uint64_t id_start;
};

/* event_streams.c: does the caller want a stream rather than a page?  Behind which event: the
 * header Last-Event-ID, else the parameter after, else fallback.  Make the answer a stream of what
 * is asked for. */
bool call_wants_stream(const struct call *call);
MUST_USE bool call_last_event(const struct call *call, int64_t fallback, int64_t *out,
                              struct err *err);
struct live_ask;
MUST_USE bool call_stream(struct call *call, const struct live_ask *ask, struct err *err);
/* Say that the stream has ended for good, so that a browser does not come back.  True. */
bool call_end_stream(struct call *call);

/* The value of a parameter of the route, checked; without it that of the contract's default, else
 * empty (0, false).  The number of a text that is one of some words is its position among them. */
struct str call_text(const struct call *call, struct str name);
int64_t call_number(const struct call *call, struct str name);
bool call_flag(const struct call *call, struct str name);
/* Was it given?  True for an empty text too. */
bool call_has(const struct call *call, struct str name);
/* After each item of a long JSON answer: send what there is once it is worth it.  Only in routes
 * that are slow.  Fails with ERR_CANCELLED when nobody receives the answer any more. */
MUST_USE bool call_flush(struct call *call, struct err *err);
/* Send what there is at once; its type was set by call_set_type().  As call_flush() else. */
MUST_USE bool call_send(struct call *call, struct err *err);
/* "http://127.0.0.1:8080" as the caller sees us. */
struct str call_base_url(const struct call *call);

/* route.c: find the route and check the parameters; sets call->err. */
void route_match(struct call *call);
/* One more thing that is wrong. */
void call_add_fault(struct call *call, struct str place, struct str name, const struct err *why);
/* True if nothing is wrong so far; else err says the first and how many there are. */
MUST_USE bool call_faults(const struct call *call, struct err *err);
/* Has the text so many characters, and the form?  what: how it is called in the message. */
MUST_USE bool pattern_check(struct str what, int64_t min, int64_t max, enum param_pattern pattern,
                            struct str text, struct err *err);

/* body.c: parse and check the body of a route that has one.  Fails with ERR_INVALID (faults are
 * told), ERR_MEDIA_TYPE, ERR_PARSE, ERR_TOO_LARGE. */
MUST_USE bool body_take(struct call *call, struct err *err);

/* auth.c */
struct str role_name(enum role role);
MUST_USE bool auth_load(struct api *api, struct err *err);
MUST_USE bool auth_check(struct call *call, struct err *err);

/* problem.c: make err the answer. */
void problem_answer(struct call *call, const struct err *err);

/* metrics.c */
struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
/* route: NULL for what none matched. */
void metrics_request(struct metrics *m, const struct route *route, int status, int64_t ns);
/* change: 1 when the work on an answer begins, -1 when it ends. */
void metrics_running(struct metrics *m, int change);
void metrics_broken_notebook(struct metrics *m);
void metrics_write(const struct metrics *m, struct buf *out);
/* metrics_catalogue.c; index NULL: nothing. */
void metrics_catalogue_write(struct index *index, struct buf *out);

/* An answer that is not JSON. */
void call_set_type(struct call *call, struct str type);

/* cached.c */
/* Is the tag, with its quotes, among those of If-None-Match, or is that "*"?  (RFC 9110, section
 * 13.1.2) */
bool call_has_etag(const struct call *call, struct str etag);
/* Of a route that is cached: has the client the answer, or have we?  Sets etag. */
bool cached_find(struct call *call);
/* Answer with what was found. */
void cached_answer(struct call *call);
/* Keep the answer that the handler made. */
void cached_keep(struct call *call);
/* The catalogue as it is now, for the rest of the call.  Fails with ERR_NOT_FOUND where there is
 * none, and as index_reader_take(). */
MUST_USE bool call_reader(struct call *call, struct index_reader **out, struct err *err);
/* Give it back before the end of the call. */
void call_give_reader(struct call *call);

#endif
