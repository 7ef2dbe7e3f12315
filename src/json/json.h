/*
 * json: a JSON document as a tree in an arena, and getters that say what is wrong and where.
 *
 * For documents that are small and read whole: bodies of the API, answers of AWS, files.  Strict
 * (RFC 8259): duplicate members, lone surrogates, numbers outside int64 or double, invalid UTF-8
 * and anything behind the value are refused.  Size, depth and the number of values are bounded
 * before the parser sees the text.  The tree is immutable, lives and dies with its arena, and does
 * not borrow from the text.  Getters name the place by a JSON pointer (RFC 6901).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "util/arena.h"
#include "util/err.h"
#include "util/limits.h"

enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_INT,  /* written without fraction and exponent */
    JSON_KIND_REAL, /* all other numbers; finite */
    JSON_KIND_STR,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT,
};

/* One value.  Read kind first, then the one member that belongs to it. */
struct json {
    enum json_kind kind;
    bool boolean;     /* BOOL */
    unsigned n_items; /* ARRAY, OBJECT */
    union {
        int64_t integer;          /* INT */
        double real;              /* REAL */
        struct str text;          /* STR: UTF-8, may hold NUL */
        const struct json *items; /* ARRAY, OBJECT: in the order of the text */
    };
    struct str key;            /* the member's name when the parent is an object, else empty */
    const struct json *parent; /* NULL at the root */
};

/* Parse one document.  limit_bytes: a named limit, at most LIMIT_JSON_BYTES.  NULL and ERR_PARSE
 * (the message has line and column) or ERR_TOO_LARGE. */
MUST_USE const struct json *json_parse(struct arena *a, struct str text, size_t limit_bytes,
                                       struct err *err);

/* The member, or NULL when it is absent or value is not an object (NULL included). */
const struct json *json_get(const struct json *value, struct str key);

/* The value of a JSON pointer such as "/Cluster/Status/State", or NULL; value may be NULL. */
const struct json *json_find(const struct json *value, struct str pointer);

/* Is it there and not null? */
bool json_has(const struct json *value, struct str key);

/* "/a/0/b", the place of a value in its document, in the arena; "" for the root. */
struct str json_pointer(struct arena *a, const struct json *value);

/* A required member of an object.  Each fails with ERR_INVALID and a message such as
 * "/Cluster/Id: a string is needed, not a number" or "/name: is missing". */
MUST_USE bool json_get_str(const struct json *object, struct str key, struct str *out,
                           struct err *err);
MUST_USE bool json_get_i64(const struct json *object, struct str key, int64_t min, int64_t max,
                           int64_t *out, struct err *err);
MUST_USE bool json_get_f64(const struct json *object, struct str key, double *out, struct err *err);
MUST_USE bool json_get_bool(const struct json *object, struct str key, bool *out, struct err *err);
MUST_USE bool json_get_array(const struct json *object, struct str key, const struct json **out,
                             struct err *err);
MUST_USE bool json_get_object(const struct json *object, struct str key, const struct json **out,
                              struct err *err);

/* The same for an optional member: *out is the fallback when it is absent or null; a value of the
 * wrong kind or outside its range is still an error.  Array and object: NULL when absent. */
MUST_USE bool json_opt_str(const struct json *object, struct str key, struct str fallback,
                           struct str *out, struct err *err);
MUST_USE bool json_opt_i64(const struct json *object, struct str key, int64_t min, int64_t max,
                           int64_t fallback, int64_t *out, struct err *err);
MUST_USE bool json_opt_f64(const struct json *object, struct str key, double fallback, double *out,
                           struct err *err);
MUST_USE bool json_opt_bool(const struct json *object, struct str key, bool fallback, bool *out,
                            struct err *err);
MUST_USE bool json_opt_array(const struct json *object, struct str key, const struct json **out,
                             struct err *err);
MUST_USE bool json_opt_object(const struct json *object, struct str key, const struct json **out,
                              struct err *err);

/* A value itself, for the elements of arrays and for the root. */
MUST_USE bool json_as_str(const struct json *value, struct str *out, struct err *err);
MUST_USE bool json_as_i64(const struct json *value, int64_t min, int64_t max, int64_t *out,
                          struct err *err);
MUST_USE bool json_as_object(const struct json *value, struct err *err);

/* Refuse members that are not in known[0..n), naming the nearest known one. */
MUST_USE bool json_only(const struct json *object, const struct str *known, size_t n,
                        struct err *err);

#endif
