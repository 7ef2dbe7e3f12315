/* route: which handler, and are its parameters as the contract says? */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_internal.h"

#include "util/scan.h"
#include "util/url.h"

#include <string.h>

static struct str next_segment(struct str *rest)
{
    struct str head, tail;
    *rest = str_from_pos(*rest, 1); /* its "/" */
    size_t slash = str_find_char(*rest, '/');
    head = str_slice(*rest, 0, slash);
    tail = slash == SIZE_MAX ? STR_EMPTY : str_from_pos(*rest, slash);
    *rest = tail;
    return head;
}

/* Does the path as sent have the form of the route?  Parameters are taken, still encoded. */
static bool has_form(const struct route *route, struct str path, struct str raw[MAX_PARAMS])
{
    struct str form = route->path;
    while (form.len > 0 && path.len > 0 && path.ptr[0] == '/') {
        struct str want = next_segment(&form), have = next_segment(&path);
        if (want.len > 2 && want.ptr[0] == '{') {
            struct str name = str_slice(want, 1, want.len - 1);
            for (size_t i = 0; i < route->n_params; i++)
                if (str_eq(route->params[i].name, name))
                    raw[i] = have;
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
    return form.len == 0 && path.len == 0;
}

static size_t characters(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* A prefix is never a file name, but one that climbs is refused before anything is asked. */
static bool check_path(struct str text, struct err *err)
{
    struct str segment, rest = text;
    bool more = true;
    while (more) {
        more = str_cut(rest, '/', &segment, &rest);
        if (str_eq(segment, STR(".."))) {
            err_set(err, ERR_INVALID, "the parameter path has the segment \"..\"");
            return err_fix(err, "Name the keys as they are, from the root of the bucket.");
        }
    }
    return true;
}

/* Is it made of these characters, and so long?  n: 0 for any length. */
static bool has_alphabet(struct str text, const char *alphabet, size_t n)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' || strchr(alphabet, text.ptr[i]) == NULL)
            return false;
    return n == 0 || text.len == n;
}

static bool check_id(struct str what, struct str text, struct err *err)
{
    if (has_alphabet(text, "0123456789abcdef", 16))
        return true;
    return err_set(err, ERR_INVALID, "%.*s is 16 hexadecimal digits, as an answer gave it",
                   STR_FMT(what));
}

static bool check_token(struct str what, struct str text, struct err *err)
{
    if (has_alphabet(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 0))
        return true;
    err_set(err, ERR_INVALID, "%.*s is no next_page_token", STR_FMT(what));
    return err_fix(err, "Send the next_page_token of the answer before, unchanged.");
}

/* "dd" is two digits up to those of max. */
static bool fits_form(struct str text, const char *form, const char *max)
{
    bool ok = text.len == strlen(form);
    for (size_t i = 0; ok && i < text.len; i++)
        ok = form[i] == 'd' ? text.ptr[i] >= '0' && text.ptr[i] <= '9' : text.ptr[i] == form[i];
    for (size_t i = 5; ok && i + 1 < text.len; i += 3)
        ok = memcmp(text.ptr + i, max + i, 2) <= 0;
    return ok && memcmp(text.ptr + 5, "00", 2) != 0 && memcmp(text.ptr + 8, "00", 2) != 0;
}

static bool check_time(struct str what, struct str text, struct err *err)
{
    if (fits_form(text, "dddd-dd-dd", "9999-12-31") ||
        fits_form(text, "dddd-dd-ddTdd:dd:ddZ", "9999-12-31T23:59:59Z"))
        return true;
    err_set(err, ERR_INVALID, "%.*s is no time", STR_FMT(what));
    return err_fix(err, "Write a day (2026-01-31) or a time in UTC (2026-01-31T23:59:59Z).");
}

bool pattern_check(struct str what, int64_t min, int64_t max, enum param_pattern pattern,
                   struct str text, struct err *err)
{
    size_t n = characters(text);
    if (n < (size_t)min || n > (size_t)max)
        return err_set(err, ERR_INVALID, "%.*s has %lld to %lld characters", STR_FMT(what),
                       (long long)min, (long long)max);
    switch (pattern) {
    case PATTERN_NONE:
        return true;
    case PATTERN_CLUSTER_ID:
        return cluster_id_check(text, err);
    case PATTERN_BUCKET:
        return store_name_check(text, false, err);
    case PATTERN_PATH:
        return check_path(text, err);
    case PATTERN_ID:
        return check_id(what, text, err);
    case PATTERN_TOKEN:
        return check_token(what, text, err);
    case PATTERN_TIME:
        return check_time(what, text, err);
    }
    panic("pattern %d", (int)pattern);
}

void call_add_fault(struct call *call, struct str place, struct str name, const struct err *why)
{
    struct arena *a = call->req->arena;
    if (call->n_faults == MAX_FAULTS)
        return;
    call->faults[call->n_faults++] = (struct fault){
        .place = place,
        .name = str_slice(name, 0, 200),
        .detail = arena_printf(a, "%s", why->msg),
        .fix = arena_printf(a, "%s", err_fix_text(why)),
    };
}

bool call_faults(const struct call *call, struct err *err)
{
    if (call->n_faults == 0)
        return true;
    const struct fault *first = &call->faults[0];
    bool is_body = str_eq(first->place, STR("body"));
    err_set(err, ERR_INVALID, "%.*s%s%.*s", STR_FMT(is_body ? first->name : STR_EMPTY),
            is_body ? ": " : "", STR_FMT(first->detail));
    err_fix(err, "%.*s", STR_FMT(first->fix));
    return call->n_faults == 1 ? false : err_wrap(err, "the first of %zu faults", call->n_faults);
}

static void add_fault(struct call *call, bool is_in_path, struct str name, const struct err *why)
{
    call_add_fault(call, is_in_path ? STR("path") : STR("query"), name, why);
}

static bool check_word(struct arena *a, const struct param *p, struct str text, int64_t *number_out,
                       struct err *err)
{
    for (size_t i = 0; i < p->n_words; i++) {
        if (str_eq(p->words[i], text)) {
            *number_out = (int64_t)i;
            return true;
        }
    }
    struct str all = p->words[0];
    for (size_t i = 1; i < p->n_words; i++)
        all = arena_printf(a, "%.*s, %.*s", STR_FMT(all), STR_FMT(p->words[i]));
    return err_set(err, ERR_INVALID, "the parameter %.*s is one of %.*s", STR_FMT(p->name),
                   STR_FMT(all));
}

static bool check_value(struct arena *a, const struct param *p, struct str text,
                        int64_t *number_out, struct err *err)
{
    if (p->n_words > 0)
        return check_word(a, p, text, number_out, err);
    if (p->kind == PARAM_STR)
        return pattern_check(arena_concat(a, STR("the parameter "), p->name), p->min, p->max,
                             p->pattern, text, err);
    uint64_t n;
    if (!scan_whole_u64(text, INT64_MAX, &n) || (int64_t)n < p->min || (int64_t)n > p->max)
        return err_set(err, ERR_INVALID, "the parameter %.*s is a whole number from %lld to %lld",
                       STR_FMT(p->name), (long long)p->min, (long long)p->max);
    *number_out = (int64_t)n;
    return true;
}

static void take_value(struct call *call, size_t i, struct str text)
{
    const struct param *p = &call->route->params[i];
    struct err why = ERR_INIT;
    call->values[i] = text;
    if (!check_value(call->req->arena, p, text, &call->numbers[i], &why))
        add_fault(call, p->is_path, p->name, &why);
}

static void add_unknown(struct call *call, struct str name)
{
    struct str known[MAX_PARAMS];
    struct err why = ERR_INIT;
    size_t n = 0;
    for (size_t i = 0; i < call->route->n_params; i++)
        if (!call->route->params[i].is_path)
            known[n++] = call->route->params[i].name;
    struct str near = str_nearest(name, known, n);
    err_set(&why, ERR_INVALID, "there is no parameter %.*s", STR_FMT(str_slice(name, 0, 60)));
    if (near.len > 0)
        err_fix(&why, "Did you mean %.*s?", STR_FMT(near));
    add_fault(call, false, name, &why);
}

static size_t place_in_query(const struct route *route, struct str name)
{
    size_t i = 0;
    while (i < route->n_params &&
           (route->params[i].is_path || !str_eq(route->params[i].name, name)))
        i++;
    return i;
}

/* False: the query cannot be read at all. */
static bool take_query(struct call *call, bool has[MAX_PARAMS], struct err *err)
{
    struct url_param *given;
    size_t n_given;
    if (!url_query_parse(call->req->arena, call->req->query, &given, &n_given, err))
        return false;
    for (size_t g = 0; g < n_given; g++) {
        size_t i = place_in_query(call->route, given[g].name);
        struct err why = ERR_INIT;
        if (i == call->route->n_params) {
            add_unknown(call, given[g].name);
        } else if (has[i]) {
            err_set(&why, ERR_INVALID, "the parameter %.*s is given twice", STR_FMT(given[g].name));
            add_fault(call, false, given[g].name, &why);
        } else {
            has[i] = true;
            take_value(call, i, given[g].value);
        }
    }
    return true;
}

/* False: it is no text. */
static bool take_path(struct call *call, const struct str raw[MAX_PARAMS], bool has[MAX_PARAMS],
                      struct err *err)
{
    for (size_t i = 0; i < call->route->n_params; i++) {
        struct str text;
        if (!call->route->params[i].is_path)
            continue;
        if (!url_decode(call->req->arena, raw[i], 0, &text, err))
            return false;
        if (!str_is_utf8(text) || str_find_char(text, '\0') != SIZE_MAX)
            return err_set(err, ERR_INVALID, "the path is not UTF-8 text without NUL");
        has[i] = true;
        take_value(call, i, text);
    }
    return true;
}

/* All faults are looked for, so that they can be mended at once. */
static bool take_params(struct call *call, const struct str raw[MAX_PARAMS], struct err *err)
{
    bool has[MAX_PARAMS] = { false };
    const struct route *route = call->route;
    if (!take_path(call, raw, has, err) || !take_query(call, has, err))
        return false;
    for (size_t i = 0; i < route->n_params; i++) {
        struct err why = ERR_INIT;
        call->has[i] = has[i];
        if (!has[i] && route->params[i].fallback.len > 0)
            take_value(call, i, route->params[i].fallback);
        if (has[i] || !route->params[i].is_required)
            continue;
        err_set(&why, ERR_INVALID, "the parameter %.*s is missing", STR_FMT(route->params[i].name));
        add_fault(call, route->params[i].is_path, route->params[i].name, &why);
    }
    return call_faults(call, err);
}

void route_match(struct call *call)
{
    struct str raw[MAX_PARAMS] = { { NULL, 0 } };
    enum http_method method = call->req->method == HTTP_HEAD ? HTTP_GET : call->req->method;
    struct arena *a = call->req->arena;
    for (size_t i = 0; i < api_n_routes; i++) {
        const struct route *route = &api_routes[i];
        if (!has_form(route, call->req->path, raw))
            continue;
        if (route->method == method) {
            call->route = route;
            if (auth_check(call, &call->err))
                (void)take_params(call, raw, &call->err); /* its failure is call->err */
            return;
        }
        struct str name = http_method_name(route->method);
        call->allowed = arena_printf(a, "%.*s%s%.*s%s", STR_FMT(call->allowed),
                                     call->allowed.len > 0 ? ", " : "", STR_FMT(name),
                                     route->method == HTTP_GET ? ", HEAD" : "");
    }
    if (call->allowed.len > 0)
        err_set(&call->err, ERR_METHOD, "the path does not have the method %.*s",
                STR_FMT(str_slice(call->req->method_text, 0, 30)));
    else
        err_set(&call->err, ERR_NOT_FOUND, "there is nothing at %.*s",
                STR_FMT(str_slice(call->req->path, 0, 100)));
}

static size_t place_of(const struct call *call, struct str name)
{
    for (size_t i = 0; i < call->route->n_params; i++)
        if (str_eq(call->route->params[i].name, name))
            return i;
    panic("%.*s has no parameter %.*s", STR_FMT(call->route->name), STR_FMT(name));
}

struct str call_text(const struct call *call, struct str name)
{
    return call->values[place_of(call, name)];
}

int64_t call_number(const struct call *call, struct str name)
{
    return call->numbers[place_of(call, name)];
}

bool call_flag(const struct call *call, struct str name)
{
    return call_number(call, name) != 0;
}

bool call_has(const struct call *call, struct str name)
{
    return call->has[place_of(call, name)];
}
