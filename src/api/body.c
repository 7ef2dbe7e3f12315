/*
 * body: is the body of a request as the contract says?  All faults are looked for, each with its
 * place as a JSON pointer.  How deep the check goes is bounded by the contract, not by the body.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

static struct str place_of(const struct call *call, const struct json *value)
{
    struct str pointer = json_pointer(call->req->arena, value);
    return pointer.len > 0 ? pointer : STR("/");
}

static void add_body_fault(struct call *call, struct str pointer, const struct err *why)
{
    call_add_fault(call, STR("body"), pointer, why);
}

static void say(struct call *call, const struct json *value, struct str before, struct str detail)
{
    struct err why = ERR_INIT;
    err_set(&why, ERR_INVALID, "%.*s%.*s", STR_FMT(before), STR_FMT(detail));
    add_body_fault(call, place_of(call, value), &why);
}

static bool has_kind(const struct schema *s, const struct json *value)
{
    static const enum json_kind kinds[] = { [SCHEMA_OBJECT] = JSON_KIND_OBJECT,
                                            [SCHEMA_ARRAY] = JSON_KIND_ARRAY,
                                            [SCHEMA_STR] = JSON_KIND_STR,
                                            [SCHEMA_INT] = JSON_KIND_INT,
                                            [SCHEMA_BOOL] = JSON_KIND_BOOL };
    return value->kind == kinds[s->kind];
}

static const struct schema_member *member_of(const struct schema *s, struct str name)
{
    for (size_t i = 0; i < s->n_members; i++)
        if (str_eq(s->members[i].name, name))
            return &s->members[i];
    return NULL;
}

static void add_unknown(struct call *call, const struct schema *s, const struct json *value)
{
    struct str known[MAX_MEMBERS];
    struct err why = ERR_INIT;
    for (size_t i = 0; i < s->n_members; i++)
        known[i] = s->members[i].name;
    struct str near = str_nearest(value->key, known, s->n_members);
    err_set(&why, ERR_INVALID, "there is no such member");
    if (near.len > 0)
        err_fix(&why, "Did you mean %.*s?", STR_FMT(near));
    add_body_fault(call, place_of(call, value), &why);
}

static void check(struct call *call, const struct schema *s, const struct json *value);

static void check_object(struct call *call, const struct schema *s, const struct json *value)
{
    for (unsigned i = 0; i < value->n_items; i++) {
        const struct schema_member *m = member_of(s, value->items[i].key);
        if (m != NULL)
            check(call, m->schema, &value->items[i]);
        else
            add_unknown(call, s, &value->items[i]);
    }
    for (size_t i = 0; i < s->n_members; i++)
        if (s->members[i].is_required && json_get(value, s->members[i].name) == NULL)
            say(call, value, STR("it needs the member "), s->members[i].name);
}

static void check_text(struct call *call, const struct schema *s, const struct json *value)
{
    struct err why = ERR_INIT;
    bool is_word = s->n_words == 0;
    AUTO_BUF words = BUF_INIT(512);
    for (size_t i = 0; i < s->n_words; i++) {
        is_word |= str_eq(s->words[i], value->text);
        buf_printf(&words, "%s%.*s", i > 0 ? ", " : "", STR_FMT(s->words[i]));
    }
    if (!is_word)
        say(call, value, STR("it is one of "), buf_str(&words));
    else if (str_find_char(value->text, '\0') != SIZE_MAX)
        say(call, value, STR("it has no NUL"), STR_EMPTY);
    else if (!pattern_check(STR("it"), s->min, s->max, s->pattern, value->text, &why))
        add_body_fault(call, place_of(call, value), &why);
}

static void check_range(struct call *call, const struct schema *s, const struct json *value,
                        int64_t n, const char *what)
{
    struct err why = ERR_INIT;
    if (n >= s->min && n <= s->max)
        return;
    err_set(&why, ERR_INVALID, "it %s from %lld to %lld", what, (long long)s->min,
            (long long)s->max);
    add_body_fault(call, place_of(call, value), &why);
}

static void check(struct call *call, const struct schema *s, const struct json *value)
{
    static const char *const names[] = { [SCHEMA_OBJECT] = "an object",
                                         [SCHEMA_ARRAY] = "an array",
                                         [SCHEMA_STR] = "a string",
                                         [SCHEMA_INT] = "a whole number",
                                         [SCHEMA_BOOL] = "true or false" };
    if (!has_kind(s, value)) {
        say(call, value, STR("it is "), str_from(names[s->kind]));
        return;
    }
    switch (s->kind) {
    case SCHEMA_OBJECT:
        check_object(call, s, value);
        return;
    case SCHEMA_ARRAY:
        check_range(call, s, value, value->n_items, "has items");
        for (unsigned i = 0; i < value->n_items && i < s->max; i++)
            check(call, s->items, &value->items[i]);
        return;
    case SCHEMA_STR:
        check_text(call, s, value);
        return;
    case SCHEMA_INT:
        check_range(call, s, value, value->integer, "is a number");
        return;
    case SCHEMA_BOOL:
        return;
    }
}

/* "application/json", with or without parameters. */
static bool is_json_type(struct str type)
{
    struct str bare, parameters;
    (void)str_cut(type, ';', &bare, &parameters);
    return str_eq_nocase(str_trim(bare), STR("application/json"));
}

bool body_take(struct call *call, struct err *err)
{
    const struct route *route = call->route;
    struct http_request *req = call->req;
    if (route->body == NULL)
        return true;
    if (req->body.len == 0) {
        if (!route->is_body_required)
            return true;
        err_set(err, ERR_INVALID, "the body is missing");
        return err_fix(err, "Send a body, as /docs describes it.");
    }
    if (!is_json_type(http_header_get(req->headers, req->n_headers, STR("Content-Type"))))
        return err_set(err, ERR_MEDIA_TYPE, "the body is no application/json");
    call->body = json_parse(req->arena, req->body, LIMIT_JSON_BYTES, err);
    if (call->body == NULL)
        return err_wrap(err, "the body");
    check(call, route->body, call->body);
    return call_faults(call, err);
}
