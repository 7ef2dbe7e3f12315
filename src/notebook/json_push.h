/*
 * json_push: a strict JSON reader that is fed chunks and builds nothing.
 *
 * The owner says for each value whether it wants it; what is not wanted is checked and passed over
 * at the speed of memory.  Follows RFC 8259, and takes what Jupyter writes beyond it: NaN, Infinity
 * and -Infinity as numbers, a byte order mark in front.  A lone surrogate escape becomes U+FFFD.
 * Memory is flat: one nesting stack and the text of one wanted string.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_JSON_PUSH_H
#define NOTEBOOK_JSON_PUSH_H

#include "util/buf.h"
#include "util/err.h"
#include "util/limits.h"

enum push_kind { PUSH_OBJECT, PUSH_ARRAY, PUSH_STRING, PUSH_NUMBER, PUSH_LITERAL };

/* What the owner is told.  All functions are needed. */
struct json_sink {
    void *ctx;
    /* A value begins; the answer says whether it is wanted.  An unwanted object or array is passed
     * over whole: open, key and close are not called for it.  For a wanted scalar it may set
     * json_push.into to a buffer of its own, to which the text is then appended; whether that one
     * has reached its limit is then the owner's to ask.  With json_push.repeats set beside it the
     * strings that follow in the same array go there unasked, and scalar() is not called for any.
     */
    bool (*wants)(void *ctx, enum push_kind kind);
    void (*open)(void *ctx, enum push_kind kind);
    void (*close)(void *ctx, enum push_kind kind);
    /* A member name of a wanted object; borrowed during the call. */
    void (*key)(void *ctx, struct str name);
    /* A wanted string (decoded), number or literal (as written); borrowed during the call. */
    void (*scalar)(void *ctx, enum push_kind kind, struct str text);
};

struct json_push {
    struct json_sink sink;
    struct buf text;     /* of the wanted string, key, number or literal */
    struct buf *into;    /* where it goes: text, unless wants() has put another here */
    const char *chunk;   /* the present chunk, while it is read */
    uint64_t offset;     /* bytes consumed before the present chunk */
    uint64_t line_start; /* offset of the first byte of the present line */
    uint64_t line;       /* from 1 */
    unsigned depth;
    unsigned skip_depth; /* depth of the unwanted container that is passed over; 0: none */
    uint8_t is_object[LIMIT_DEPTH + 1];
    uint8_t state;
    uint8_t number_state;
    bool in_key;
    bool wanted;                            /* the scalar that is being read */
    bool repeats;                           /* and the strings of the array behind it */
    uint8_t utf8_left, utf8_low, utf8_high; /* of an unfinished character */
    uint8_t n_hex;                          /* of a \u escape */
    uint8_t bom_seen;
    uint16_t hex, high_surrogate;
    const char *literal; /* what is left of true, false, null, NaN, Infinity */
};

/* scalar_limit: bytes of one wanted string.  Release with json_push_release(). */
void json_push_init(struct json_push *j, const struct json_sink *sink, size_t scalar_limit);
void json_push_release(struct json_push *j);

/* Read one more chunk; nothing of it is kept.  Fails with ERR_PARSE (the message has line, column
 * and byte), or ERR_TOO_LARGE for a wanted string over the limit. */
MUST_USE bool json_push_feed(struct json_push *j, struct str chunk, struct err *err);

/* The document is at its end.  Fails with ERR_PARSE if it is not whole. */
MUST_USE bool json_push_finish(struct json_push *j, struct err *err);

#endif
