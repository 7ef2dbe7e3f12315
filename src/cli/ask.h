/*
 * ask: questions of the catalogue by the API's own handlers, in this process.
 *
 * The index is opened to be read only; there is no socket.  With --json the answer is printed as
 * the API gives it; else a table is made of it.  The options of a command are the parameters of its
 * call, "-" for "_".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "api/api.h"
#include "cli/wiring.h"
#include "json/json.h"

struct ask {
    struct cli *cli;
    struct wiring wiring;
    struct api *api;
};

/* Open the catalogue.  Fails with ERR_NOT_FOUND when there is none (the fix says what to do), and
 * as index_open().  ask: zeroed. */
MUST_USE bool ask_open(struct ask *ask, struct cli *cli, struct err *err);
/* Accepts a zeroed or half-opened one. */
void ask_release(struct ask *ask);

/* Append the options of the command that were given, but those named in except[0..n). */
void ask_add_options(struct buf *query, const struct cli *cli, const struct str *except, size_t n);

/* GET path?query.  A problem document becomes err.  *out in the arena of the command. */
MUST_USE bool ask_get(struct ask *ask, struct str path, struct str query, struct api_answer *out,
                      struct err *err);
/* Any method, with a body or without (empty). */
MUST_USE bool ask_call(struct ask *ask, enum http_method method, struct str path, struct str body,
                       struct api_answer *out, struct err *err);
/* As ask_get(); the answer parsed. */
MUST_USE bool ask_json(struct ask *ask, struct str path, struct str query, struct str *text_out,
                       const struct json **out, struct err *err);

/* Members of an answer that the contract promises, or that may be missing: then "" and 0. */
struct str answer_text(const struct json *object, struct str key);
int64_t answer_number(const struct json *object, struct str key);
bool answer_flag(const struct json *object, struct str key);
/* The items of an array member; none when it is missing. */
const struct json *answer_items(const struct json *object, struct str key, size_t *n_out);
/* "a, b, c" of an array of texts. */
struct str answer_words(struct arena *a, const struct json *object, struct str key);

/* "3.9 KiB"; "2026-01-31" of a time, "" of none; "12,345". */
struct str size_text(struct arena *a, uint64_t bytes);
struct str day_text(struct str rfc3339);
struct str count_text(struct arena *a, uint64_t n);

/* Print a member of an answer, a line of its own; nothing when the value is empty. */
void say_member(struct arena *a, const char *name, struct str value);

/* Say on standard error that there is more than was shown. */
void ask_say_more(const struct json *answer, const char *what);

/* The exit status of a question with n answers; none is told by command_nothing(). */
int ask_status(const struct cli *cli, size_t n);

#endif
