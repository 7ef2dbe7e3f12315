/* get: the getters of json.h, which say what is wrong and where. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

static const char *kind_words(enum json_kind kind)
{
    static const char *const words[] = { "null",     "a boolean", "a whole number", "a number",
                                         "a string", "an array",  "an object" };
    return words[kind];
}

static bool wrong_kind(const struct json *value, const char *want, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str at = json_pointer(&a, value);
    return err_set(err, ERR_INVALID, "%.*s: %s is needed, not %s", STR_FMT(at), want,
                   kind_words(value->kind));
}

static bool missing(const struct json *object, struct str key, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (object->kind != JSON_KIND_OBJECT)
        return wrong_kind(object, "an object", err);
    struct str at = json_pointer(&a, object);
    return err_set(err, ERR_INVALID, "%.*s/%.*s: is missing", STR_FMT(at), STR_FMT(key));
}

bool json_as_str(const struct json *value, struct str *out, struct err *err)
{
    if (value->kind != JSON_KIND_STR)
        return wrong_kind(value, "a string", err);
    *out = value->text;
    return true;
}

bool json_as_i64(const struct json *value, int64_t min, int64_t max, int64_t *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (value->kind != JSON_KIND_INT)
        return wrong_kind(value, "a whole number", err);
    if (value->integer < min || value->integer > max) {
        struct str at = json_pointer(&a, value);
        return err_set(err, ERR_INVALID, "%.*s: must be from %lld to %lld, not %lld", STR_FMT(at),
                       (long long)min, (long long)max, (long long)value->integer);
    }
    *out = value->integer;
    return true;
}

static bool as_f64(const struct json *value, double *out, struct err *err)
{
    if (value->kind != JSON_KIND_INT && value->kind != JSON_KIND_REAL)
        return wrong_kind(value, "a number", err);
    *out = value->kind == JSON_KIND_INT ? (double)value->integer : value->real;
    return true;
}

static bool as_bool(const struct json *value, bool *out, struct err *err)
{
    if (value->kind != JSON_KIND_BOOL)
        return wrong_kind(value, "a boolean", err);
    *out = value->boolean;
    return true;
}

static bool as_array(const struct json *value, const struct json **out, struct err *err)
{
    if (value->kind != JSON_KIND_ARRAY)
        return wrong_kind(value, "an array", err);
    *out = value;
    return true;
}

bool json_as_object(const struct json *value, struct err *err)
{
    return value->kind == JSON_KIND_OBJECT || wrong_kind(value, "an object", err);
}

static bool as_object(const struct json *value, const struct json **out, struct err *err)
{
    if (!json_as_object(value, err))
        return false;
    *out = value;
    return true;
}

/* The member when it is there and not null. */
static const struct json *present(const struct json *object, struct str key)
{
    return json_has(object, key) ? json_get(object, key) : NULL;
}

bool json_get_str(const struct json *object, struct str key, struct str *out, struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : json_as_str(value, out, err);
}

bool json_get_i64(const struct json *object, struct str key, int64_t min, int64_t max, int64_t *out,
                  struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : json_as_i64(value, min, max, out, err);
}

bool json_get_f64(const struct json *object, struct str key, double *out, struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : as_f64(value, out, err);
}

bool json_get_bool(const struct json *object, struct str key, bool *out, struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : as_bool(value, out, err);
}

bool json_get_array(const struct json *object, struct str key, const struct json **out,
                    struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : as_array(value, out, err);
}

bool json_get_object(const struct json *object, struct str key, const struct json **out,
                     struct err *err)
{
    const struct json *value = present(object, key);
    return value == NULL ? missing(object, key, err) : as_object(value, out, err);
}

bool json_opt_str(const struct json *object, struct str key, struct str fallback, struct str *out,
                  struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return json_as_str(value, out, err);
    *out = fallback;
    return true;
}

bool json_opt_i64(const struct json *object, struct str key, int64_t min, int64_t max,
                  int64_t fallback, int64_t *out, struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return json_as_i64(value, min, max, out, err);
    *out = fallback;
    return true;
}

bool json_opt_f64(const struct json *object, struct str key, double fallback, double *out,
                  struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return as_f64(value, out, err);
    *out = fallback;
    return true;
}

bool json_opt_bool(const struct json *object, struct str key, bool fallback, bool *out,
                   struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return as_bool(value, out, err);
    *out = fallback;
    return true;
}

bool json_opt_array(const struct json *object, struct str key, const struct json **out,
                    struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return as_array(value, out, err);
    *out = NULL;
    return true;
}

bool json_opt_object(const struct json *object, struct str key, const struct json **out,
                     struct err *err)
{
    const struct json *value = present(object, key);
    if (value != NULL)
        return as_object(value, out, err);
    *out = NULL;
    return true;
}

bool json_only(const struct json *object, const struct str *known, size_t n, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (!json_as_object(object, err))
        return false;
    for (unsigned i = 0; i < object->n_items; i++) {
        struct str key = object->items[i].key;
        bool found = false;
        for (size_t k = 0; k < n && !found; k++)
            found = str_eq(key, known[k]);
        if (found)
            continue;
        struct str at = json_pointer(&a, &object->items[i]);
        struct str nearest = str_nearest(key, known, n);
        (void)err_set(err, ERR_INVALID, "%.*s: there is no such member", STR_FMT(at));
        return nearest.len == 0 ? false : err_fix(err, "Did you mean %.*s?", STR_FMT(nearest));
    }
    return true;
}
