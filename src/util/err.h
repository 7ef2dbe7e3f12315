/*
 * err: how a failure travels from where it happened to the one who can act on it.
 *
 * A function that can fail returns bool (or a pointer), takes a struct err * last, never NULL,
 * and leaves it untouched on success.  Nothing allocates, nothing is kept by the thread.  The
 * kinds are the rows of err.def, which also gives HTTP status, exit status, title and fix.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_ERR_H
#define UTIL_ERR_H

#include "util/attrs.h"

#include <stdbool.h>

enum err_code {
    ERR_NONE,
#define E(name, code, http, exit, retryable, title, fix) ERR_##name,
#include "util/err.def"
#undef E
    ERR_N_CODES
};

struct err {
    enum err_code code;     /* ERR_NONE until a failure */
    unsigned retry_after_s; /* seconds; 0 if nobody said */
    char msg[320];          /* outermost context first; never a secret; cut when too long */
    char fix[200];          /* what to do about it; empty: the fix of the kind */
};

#define ERR_INIT                                                                                   \
    {                                                                                              \
        .code = ERR_NONE                                                                           \
    }

/* One row of err.def. */
struct err_kind {
    const char *code;
    int http_status;
    int exit_status;
    bool retryable;
    const char *title;
    const char *fix;
};

/* The row of a code.  ERR_NONE gives the row of ERR_INTERNAL: asking is a bug of the caller. */
const struct err_kind *err_kind(enum err_code code);

/* Fill err.  Always returns false, so that a failing function ends in one line. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF(3, 4);

/* Put context in front of the message ("reading a/b: no such key").  Keeps the code, returns false.
 */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* Say more exactly than the table what a person can do.  Returns false. */
bool err_fix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* The fix of this error: its own, else that of its kind. */
const char *err_fix_text(const struct err *err);

/* Fill err from errno as it stood: ENOENT -> NOT_FOUND, EACCES and EPERM -> FORBIDDEN,
 * ETIMEDOUT -> TIMEOUT, all else -> IO.  The message ends in the system's words.  Returns false. */
bool err_errno(struct err *err, int errno_value, const char *fmt, ...) PRINTF(3, 4);

/* For a broken invariant or exhausted memory: writes the message to standard error and aborts. */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

#endif
