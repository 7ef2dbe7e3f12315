/*
 * json: see json.h.  jansson parses; its tree is copied into the arena and freed at once, so that
 * nobody else sees jansson's types or counts references.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include "util/buf.h"

#include <jansson.h>

/* Depth and number of values are bounded before jansson allocates for them.  Strings are passed
 * over; what is malformed otherwise is left to the parser. */
static bool is_bounded(struct str text, struct err *err)
{
    size_t depth = 0, n_values = 1;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        in_string = c == '"';
        depth += c == '[' || c == '{';
        depth -= (c == ']' || c == '}') && depth > 0;
        n_values += c == ',' || c == '[' || c == '{';
        if (depth > LIMIT_DEPTH)
            return err_set(err, ERR_PARSE, "JSON: nested deeper than %d", LIMIT_DEPTH);
        if (n_values > LIMIT_JSON_VALUES)
            return err_set(err, ERR_TOO_LARGE, "JSON: more than %lu values", LIMIT_JSON_VALUES);
    }
    return true;
}

static void copy_value(struct arena *a, json_t *from, struct json *to);

static void copy_object(struct arena *a, json_t *from, struct json *to)
{
    size_t n = json_object_size(from);
    struct json *items = ARENA_NEW_N(a, struct json, n);
    size_t i = 0;
    for (void *it = json_object_iter(from); it != NULL; it = json_object_iter_next(from, it)) {
        struct str key = { json_object_iter_key(it), json_object_iter_key_len(it) };
        items[i].key = arena_str(a, key);
        items[i].parent = to;
        copy_value(a, json_object_iter_value(it), &items[i++]);
    }
    to->kind = JSON_KIND_OBJECT;
    to->items = items;
    to->n_items = (unsigned)n;
}

static void copy_array(struct arena *a, json_t *from, struct json *to)
{
    size_t n = json_array_size(from);
    struct json *items = ARENA_NEW_N(a, struct json, n);
    for (size_t i = 0; i < n; i++) {
        items[i].parent = to;
        copy_value(a, json_array_get(from, i), &items[i]);
    }
    to->kind = JSON_KIND_ARRAY;
    to->items = items;
    to->n_items = (unsigned)n;
}

/* Recursion is bounded by is_bounded(). */
static void copy_value(struct arena *a, json_t *from, struct json *to)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        copy_object(a, from, to);
        break;
    case JSON_ARRAY:
        copy_array(a, from, to);
        break;
    case JSON_STRING:
        to->kind = JSON_KIND_STR;
        to->text = arena_str(a, (struct str){ json_string_value(from), json_string_length(from) });
        break;
    case JSON_INTEGER:
        to->kind = JSON_KIND_INT;
        to->integer = json_integer_value(from);
        break;
    case JSON_REAL:
        to->kind = JSON_KIND_REAL;
        to->real = json_real_value(from);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = JSON_KIND_BOOL;
        to->boolean = json_is_true(from);
        break;
    case JSON_NULL:
        to->kind = JSON_KIND_NULL;
        break;
    }
}

const struct json *json_parse(struct arena *a, struct str text, size_t limit_bytes, struct err *err)
{
    json_error_t why;
    if (text.len > limit_bytes || text.len > LIMIT_JSON_BYTES) {
        (void)err_set(err, ERR_TOO_LARGE, "JSON: %zu bytes, at most %zu are read", text.len,
                      limit_bytes < LIMIT_JSON_BYTES ? limit_bytes : LIMIT_JSON_BYTES);
        return NULL;
    }
    if (!is_bounded(text, err))
        return NULL;
    json_t *tree = json_loadb(text.len == 0 ? "" : text.ptr, text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (tree == NULL) {
        (void)err_set(err, ERR_PARSE, "JSON: line %d, column %d: %s", why.line, why.column,
                      why.text);
        return NULL;
    }
    struct json *root = ARENA_NEW(a, struct json);
    copy_value(a, tree, root);
    json_decref(tree);
    return root;
}

const struct json *json_get(const struct json *value, struct str key)
{
    if (value == NULL || value->kind != JSON_KIND_OBJECT)
        return NULL;
    for (unsigned i = 0; i < value->n_items; i++)
        if (str_eq(value->items[i].key, key))
            return &value->items[i];
    return NULL;
}

/* An index of RFC 6901, section 4: digits without leading zeros. */
static const struct json *element(const struct json *array, struct str token)
{
    size_t i = 0;
    if (token.len == 0 || token.len > 9 || (token.len > 1 && token.ptr[0] == '0'))
        return NULL;
    for (size_t at = 0; at < token.len; at++) {
        if (token.ptr[at] < '0' || token.ptr[at] > '9')
            return NULL;
        i = i * 10 + (size_t)(token.ptr[at] - '0');
    }
    return i < array->n_items ? &array->items[i] : NULL;
}

/* Is key the member that a pointer's token names?  "~1" stands for "/", "~0" for "~". */
static bool names_key(struct str token, struct str key)
{
    size_t k = 0;
    for (size_t i = 0; i < token.len; i++, k++) {
        char c = token.ptr[i];
        if (c == '~' && i + 1 < token.len)
            c = token.ptr[++i] == '1' ? '/' : '~';
        if (k >= key.len || key.ptr[k] != c)
            return false;
    }
    return k == key.len;
}

const struct json *json_find(const struct json *value, struct str pointer)
{
    while (value != NULL && pointer.len > 0) {
        struct str token, rest;
        bool more = str_cut(str_from_pos(pointer, 1), '/', &token, &rest);
        const struct json *found = NULL;
        if (value->kind == JSON_KIND_ARRAY)
            found = element(value, token);
        for (unsigned i = 0; value->kind == JSON_KIND_OBJECT && i < value->n_items; i++)
            if (names_key(token, value->items[i].key))
                found = &value->items[i];
        value = found;
        pointer = more ? (struct str){ rest.ptr - 1, rest.len + 1 } : STR_EMPTY;
    }
    return value;
}

bool json_has(const struct json *value, struct str key)
{
    const struct json *member = json_get(value, key);
    return member != NULL && member->kind != JSON_KIND_NULL;
}

struct str json_pointer(struct arena *a, const struct json *value)
{
    const struct json *chain[LIMIT_DEPTH + 2];
    size_t n = 0;
    for (; value->parent != NULL; value = value->parent)
        chain[n++] = value;
    struct buf text = BUF_INIT(LIMIT_JSON_BYTES);
    while (n > 0) {
        const struct json *v = chain[--n];
        buf_add_char(&text, '/');
        if (v->parent->kind == JSON_KIND_ARRAY)
            buf_add_u64(&text, (uint64_t)(v - v->parent->items));
        for (size_t i = 0; i < v->key.len; i++) {
            if (v->key.ptr[i] == '~' || v->key.ptr[i] == '/')
                buf_add(&text, v->key.ptr[i] == '~' ? STR("~0") : STR("~1"));
            else
                buf_add_char(&text, v->key.ptr[i]);
        }
    }
    struct str out = arena_str(a, buf_str(&text));
    buf_release(&text);
    return out;
}
