/*
 * clusters_ask: questions about clusters by the API's own handlers, in this process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLUSTERS_ASK_H
#define CLI_CLUSTERS_ASK_H

#include "cli/ask.h"
#include "cli/commands.h"

/* Open provider and ledger.  ask: zeroed; ended by ask_release(). */
MUST_USE bool clusters_ask_open(struct ask *ask, struct cli *cli, struct err *err);
/* Ask for what below the cluster that the first argument names, or for what itself when the command
 * has none.  The answer is printed with --json; else *out is it, parsed. */
MUST_USE bool clusters_ask_take(struct ask *ask, enum http_method method, const char *what,
                                struct str body, const struct json **out, struct err *err);
/* One table of the items' members; the exit status. */
int clusters_ask_print(struct cli *cli, const struct json *answer, const char *const *columns,
                       const struct str *members, size_t n_members);

/* Names and values of an object, a row each. */
void clusters_ask_members(struct cli *cli, const struct json *object, const struct str *members,
                          size_t n_members);

#endif
