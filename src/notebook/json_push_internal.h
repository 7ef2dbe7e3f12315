/* json_push_internal: the states of the JSON reader, and what its two files call of each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTEBOOK_JSON_PUSH_INTERNAL_H
#define NOTEBOOK_JSON_PUSH_INTERNAL_H

#include "notebook/json_push.h"

enum state {
    S_VALUE,
    S_VALUE_OR_END, /* behind [ */
    S_KEY,          /* behind a comma in an object */
    S_KEY_OR_END,   /* behind { */
    S_COLON,
    S_COMMA_OR_END,
    S_STRING,
    S_ESCAPE, /* behind a backslash at the end of a chunk */
    S_HEX,    /* in the four digits behind \u at the end of a chunk */
    S_NUMBER,
    S_LITERAL,
    S_DONE,
};

/* ERR_PARSE with the place of p, which lies in the present chunk or at its end. */
bool push_fail(const struct json_push *j, const char *p, const char *what, struct err *err);

/* The end of the white space from p on; counts lines. */
const char *push_space(struct json_push *j, const char *p, const char *end);

/* A scalar is at its end: tell the owner, go on behind it. */
bool push_scalar_done(struct json_push *j, enum push_kind kind, struct err *err);

/* The bytes of a string in this chunk; *p is moved past what was read.  Of strings that are passed
 * over also the commas, colons and strings that follow. */
bool push_string(struct json_push *j, const char **p, const char *end, struct err *err);
/* The byte at p belongs to an escape that the end of a chunk has cut. */
bool push_escape(struct json_push *j, const char *p, struct err *err);
bool push_hex(struct json_push *j, const char *p, struct err *err);

#endif
