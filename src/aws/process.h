/*
 * process: what a command prints, within a time limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AWS_PROCESS_H
#define AWS_PROCESS_H

#include "util/arena.h"
#include "util/err.h"

/* Run line by /bin/sh with the environment env (NULL-terminated), and take its standard output, at
 * most limit_bytes, to the end.  It has timeout_ms; then it is killed with all that it started, as
 * when it prints too much.  Its standard error is ours.  *out lives in a.  Fails with ERR_TIMEOUT,
 * ERR_TOO_LARGE, ERR_UPSTREAM (it ended badly; the message has its status), ERR_IO. */
MUST_USE bool process_run(struct arena *a, const char *line, char *const *env, int64_t timeout_ms,
                          size_t limit_bytes, struct str *out, struct err *err);

#endif
