/* ask: see ask.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include "cli/output.h"
#include "util/limits.h"
#include "util/url.h"

#include <stdio.h>
#include <string.h>

bool ask_open(struct ask *ask, struct cli *cli, struct err *err)
{
    ask->cli = cli;
    if (!wiring_open_index(&ask->wiring, cli, INDEX_READ_ONLY, err))
        return false;
    const struct api_options options = { .index = ask->wiring.index,
                                         .lake = wiring_lake(cli),
                                         .version = STR(BOATHOUSE_VERSION) };
    ask->api = api_new(&options, err);
    return ask->api != NULL;
}

void ask_release(struct ask *ask)
{
    api_free(ask->api);
    wiring_release(&ask->wiring);
    ask->api = NULL;
}

void ask_add_options(struct buf *query, const struct cli *cli, const struct str *except, size_t n)
{
    const struct option *options = cli->command->options;
    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && options[i].name != NULL; i++) {
        struct str name = arena_str(cli->arena, str_from(options[i].name));
        bool is_excepted = cli->values[i] == NULL;
        for (size_t k = 0; k < n; k++)
            is_excepted |= str_eq(except[k], name);
        if (is_excepted)
            continue;
        for (char *at = (char *)(uintptr_t)name.ptr; at < name.ptr + name.len; at++)
            *at = *at == '-' ? '_' : *at;
        url_query_add(query, name, options[i].arg == NULL ? STR("true") : str_from(cli->values[i]));
    }
}

static enum err_code code_of(struct str word)
{
    for (int code = ERR_NONE + 1; code < ERR_N_CODES; code++)
        if (str_eq(word, str_from(err_kind((enum err_code)code)->code)))
            return (enum err_code)code;
    return ERR_INTERNAL;
}

/* The problem document as what it was made of. */
static bool take_problem(struct ask *ask, struct str body, struct err *err)
{
    const struct json *doc = json_parse(ask->cli->arena, body, LIMIT_JSON_BYTES, err);
    if (doc == NULL)
        return false;
    struct str detail = answer_text(doc, STR("detail")), fix = answer_text(doc, STR("fix"));
    err_set(err, code_of(answer_text(doc, STR("code"))), "%.*s", STR_FMT(detail));
    return err_fix(err, "%.*s", STR_FMT(fix));
}

bool ask_call(struct ask *ask, enum http_method method, struct str path, struct str body,
              struct api_answer *out, struct err *err)
{
    const struct api_question question = { .method = method, .path = path, .body = body };
    const struct store_call limits = wiring_call(&ask->cli->config);
    api_ask(ask->api, ask->cli->arena, &question, limits.deadline_ms, out);
    return out->status < 400 || take_problem(ask, out->body, err);
}

bool ask_get(struct ask *ask, struct str path, struct str query, struct api_answer *out,
             struct err *err)
{
    const struct api_question question = { .method = HTTP_GET, .path = path, .query = query };
    const struct store_call limits = wiring_call(&ask->cli->config);
    api_ask(ask->api, ask->cli->arena, &question, limits.deadline_ms, out);
    return out->status < 400 || take_problem(ask, out->body, err);
}

bool ask_json(struct ask *ask, struct str path, struct str query, struct str *text_out,
              const struct json **out, struct err *err)
{
    struct api_answer answer;
    if (!ask_get(ask, path, query, &answer, err))
        return false;
    *text_out = answer.body;
    *out = json_parse(ask->cli->arena, answer.body, LIMIT_JSON_BYTES, err);
    if (*out != NULL)
        return true;
    err_wrap(err, "the answer");
    return err_fix(err, "Ask for less (--limit), or take it as it is with --json.");
}

struct str answer_text(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_STR ? value->text : STR_EMPTY;
}

int64_t answer_number(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_INT ? value->integer : 0;
}

bool answer_flag(const struct json *object, struct str key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_KIND_BOOL && value->boolean;
}

const struct json *answer_items(const struct json *object, struct str key, size_t *n_out)
{
    const struct json *value = json_get(object, key);
    bool is_list =
        value != NULL && (value->kind == JSON_KIND_ARRAY || value->kind == JSON_KIND_OBJECT);
    *n_out = is_list ? value->n_items : 0;
    return is_list ? value->items : NULL;
}

struct str answer_words(struct arena *a, const struct json *object, struct str key)
{
    size_t n;
    struct str all = STR_EMPTY;
    const struct json *items = answer_items(object, key, &n);
    for (size_t i = 0; i < n; i++)
        if (items[i].kind == JSON_KIND_STR)
            all = arena_printf(a, "%.*s%s%.*s", STR_FMT(all), all.len > 0 ? ", " : "",
                               STR_FMT(items[i].text));
    return all;
}

struct str size_text(struct arena *a, uint64_t bytes)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    size_t unit = 0;
    double n = (double)bytes;
    for (; n >= 999.95 && unit + 1 < ARRAY_LEN(units); unit++)
        n /= 1024;
    return unit == 0 ? arena_printf(a, "%llu B", (unsigned long long)bytes)
                     : arena_printf(a, n < 9.95 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

struct str day_text(struct str rfc3339)
{
    return str_slice(rfc3339, 0, 10);
}

struct str count_text(struct arena *a, uint64_t n)
{
    struct str digits = arena_printf(a, "%llu", (unsigned long long)n), out = STR_EMPTY;
    while (digits.len > 3) {
        out = arena_printf(a, ",%.*s%.*s", STR_FMT(str_from_pos(digits, digits.len - 3)),
                           STR_FMT(out));
        digits = str_slice(digits, 0, digits.len - 3);
    }
    return arena_concat(a, digits, out);
}

void say_member(struct arena *a, const char *name, struct str value)
{
    struct str safe = output_safe(a, value);
    if (value.len > 0)
        printf("%-12s%.*s\n", name, STR_FMT(safe));
}

void ask_say_more(const struct json *answer, const char *what)
{
    if (answer_text(answer, STR("next_page_token")).len > 0)
        fprintf(stderr, "boathouse: there are more %s; --limit shows up to 1000\n", what);
}

int ask_status(const struct cli *cli, size_t n)
{
    return n > 0 ? 0 : command_nothing(cli);
}
