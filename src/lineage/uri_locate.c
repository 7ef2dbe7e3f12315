/*
 * uri_locate: what kind of place raw text names, by its scheme, and how that is spelled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_internal.h"

#include <string.h>

static struct str trim_end(struct str text)
{
    while (text.len > 0 && (text.ptr[text.len - 1] == '/' || text.ptr[text.len - 1] == ' '))
        text.len--;
    return text;
}

/* The same of a path of a disk, which may be the root. */
static struct str trim_path(struct str path)
{
    struct str trimmed = trim_end(path);
    return trimmed.len == 0 && path.len > 0 && path.ptr[0] == '/' ? str_slice(path, 0, 1) : trimmed;
}

/* "?name=value" behind a path: options of a reader (xgboost, vaex), a version, a signature.  A "?"
 * of a glob has no name and "=" behind it. */
static struct str drop_query(struct str path)
{
    size_t at = str_find_char(path, '?');
    while (at != SIZE_MAX) {
        size_t i = at + 1;
        while (i < path.len && ((path.ptr[i] | 0x20) >= 'a' && (path.ptr[i] | 0x20) <= 'z'))
            i++;
        while (i < path.len && i > at + 1 && path.ptr[i] != '=' && path.ptr[i] != '?' &&
               strchr("-_.0123456789", path.ptr[i]) != NULL)
            i++;
        if (i > at + 1 && i < path.len && path.ptr[i] == '=')
            return str_slice(path, 0, at);
        size_t next = str_find_char(str_from_pos(path, at + 1), '?');
        at = next == SIZE_MAX ? SIZE_MAX : at + 1 + next;
    }
    return path;
}

/* rest: behind the "scheme:". */
static struct str skip_slashes(struct str rest)
{
    return str_has_prefix(rest, STR("//")) ? str_from_pos(rest, 2)
                                           : str_from_pos(rest, str_has_prefix(rest, STR("/")));
}

/* "user:secret@" in front of a host: secrets are not repeated. */
static struct str drop_secret(struct str rest)
{
    size_t end = 0;
    while (end < rest.len && strchr("/?#", rest.ptr[end]) == NULL)
        end++;
    size_t at = str_rfind_char(str_slice(rest, 0, end), '@');
    if (at == SIZE_MAX || str_find_char(str_slice(rest, 0, at), ':') == SIZE_MAX)
        return rest;
    return str_from_pos(rest, at + 1);
}

static struct str spell(struct arena *a, struct str front, struct str body)
{
    return body.len > 0 ? arena_concat(a, front, body) : STR_EMPTY;
}

static struct str lower_front(struct arena *a, struct str scheme, const char *mark)
{
    return arena_concat(a, arena_lower(a, scheme), str_from(mark));
}

static struct str locate_s3(struct arena *a, struct str scheme, struct str rest)
{
    (void)scheme;
    struct str body = drop_secret(skip_slashes(rest));
    if (str_has_prefix(body, STR("arn:"))) {
        struct str arn = uri_s3_of_arn(a, body, false);
        body = arn.len > 0 ? arn : body;
    }
    return spell(a, STR("s3://"), trim_end(drop_query(body)));
}

static struct str locate_arn(struct arena *a, struct str scheme, struct str rest)
{
    struct str arn = arena_printf(a, "%.*s:%.*s", STR_FMT(scheme), STR_FMT(rest));
    struct str body = uri_s3_of_arn(a, arn, true);
    if (body.len > 0)
        return locate_s3(a, scheme, body);
    return str_has_prefix(rest, STR("aws:s3:")) ? STR_EMPTY : trim_end(arn);
}

/* The machine itself, and where a cloud tells a machine about itself. */
static bool is_this_machine(struct str host)
{
    static const struct str names[] = {
        STR_INIT("localhost"),
        STR_INIT("0.0.0.0"),
        STR_INIT("[::1]"),
        STR_INIT("169.254.169.254"),
        STR_INIT("host.docker.internal"),
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq_nocase(host, names[i]))
            return true;
    }
    return str_has_prefix(host, STR("127.")) || str_has_suffix_nocase(host, STR(".localhost"));
}

static struct str without_port(struct str host)
{
    size_t colon = str_rfind_char(host, ':');
    if (colon == SIZE_MAX || str_find_char(str_from_pos(host, colon), ']') != SIZE_MAX)
        return host;
    return str_slice(host, 0, colon);
}

static struct str locate_web(struct arena *a, struct str scheme, struct str rest)
{
    struct str body = drop_secret(skip_slashes(rest)), fragment;
    str_cut(body, '#', &body, &fragment);
    size_t end = 0;
    while (end < body.len && body.ptr[end] != '/' && body.ptr[end] != '?')
        end++;
    struct str host = without_port(str_slice(body, 0, end)), path = str_from_pos(body, end), query;
    if (is_this_machine(host))
        return STR_EMPTY;
    bool has_query = str_cut(path, '?', &path, &query);
    struct str key;
    if (uri_s3_of_host(a, host, path, &key))
        return locate_s3(a, scheme, key);
    return spell(a, lower_front(a, scheme, "://"), has_query ? body : trim_end(body));
}

/* hdfs, gs, abfss, ...: as written.  "hdfs:///" alone is its root. */
static struct str locate_written(struct arena *a, struct str scheme, struct str rest)
{
    bool has_host = str_has_prefix(rest, STR("//"));
    struct str front = lower_front(a, scheme, has_host ? "://" : ":");
    struct str body = has_host ? drop_secret(str_from_pos(rest, 2)) : rest;
    struct str trimmed = trim_end(drop_query(body));
    return spell(a, front, trimmed.len == 0 && str_has_prefix(body, STR("/")) ? STR("/") : trimmed);
}

/* Addresses whose query says what is meant (databases, catalogues). */
static struct str locate_asking(struct arena *a, struct str scheme, struct str rest)
{
    if (str_find_char(rest, '?') == SIZE_MAX)
        return locate_written(a, scheme, rest);
    bool has_host = str_has_prefix(rest, STR("//"));
    struct str body = has_host ? drop_secret(str_from_pos(rest, 2)) : rest;
    return spell(a, lower_front(a, scheme, has_host ? "://" : ":"), body);
}

static struct str locate_dbfs(struct arena *a, struct str scheme, struct str rest)
{
    (void)scheme;
    struct str path = arena_concat(a, STR("/"), drop_query(rest));
    return arena_concat(a, STR("dbfs:"), trim_path(uri_fold_path(a, path)));
}

/* rest: a path, or what stands behind "file:". */
static struct str locate_file(struct arena *a, struct str scheme, struct str rest)
{
    (void)scheme;
    if (str_has_prefix_nocase(rest, STR("//localhost/")))
        rest = str_from_pos(rest, sizeof "//localhost" - 1);
    else if (str_has_prefix(rest, STR("//")))
        rest = str_from_pos(rest, 2);
    struct str path = trim_path(uri_fold_path(a, drop_query(rest)));
    if (str_eq(path, STR("/dbfs")) || str_has_prefix(path, STR("/dbfs/")))
        return locate_dbfs(a, scheme, str_from_pos(path, sizeof "/dbfs" - 1));
    return spell(a, STR("file:"), path);
}

/* SQLAlchemy: three slashes before a relative path, four before an absolute one. */
static struct str locate_database_file(struct arena *a, struct str scheme, struct str rest)
{
    if (str_has_prefix(rest, STR("//")))
        rest = str_from_pos(rest, 3);
    return str_has_prefix(rest, STR(":memory:")) ? STR_EMPTY : locate_file(a, scheme, rest);
}

static struct str locate_name(struct arena *a, struct str scheme, struct str rest)
{
    return spell(a, lower_front(a, scheme, ":"), trim_end(rest));
}

static const struct {
    struct str scheme;
    struct str (*locate)(struct arena *a, struct str scheme, struct str rest);
} schemes[] = {
    { STR_INIT("s3"), locate_s3 },
    { STR_INIT("s3a"), locate_s3 },
    { STR_INIT("s3n"), locate_s3 },
    { STR_INIT("arn"), locate_arn },
    { STR_INIT("http"), locate_web },
    { STR_INIT("https"), locate_web },
    { STR_INIT("ftp"), locate_web },
    { STR_INIT("file"), locate_file },
    { STR_INIT("dbfs"), locate_dbfs },
    { STR_INIT("sqlite"), locate_database_file },
    { STR_INIT("duckdb"), locate_database_file },
    { STR_INIT("table"), locate_name },
    { STR_INIT("stream"), locate_name },
    { STR_INIT("stage"), locate_name },
    { STR_INIT("builtin"), locate_name },
    { STR_INIT("jdbc"), locate_asking },
    { STR_INIT("postgresql"), locate_asking },
    { STR_INIT("postgres"), locate_asking },
    { STR_INIT("mysql"), locate_asking },
    { STR_INIT("mongodb"), locate_asking },
    { STR_INIT("snowflake"), locate_asking },
};

/* Nothing is known in front: "{}/x.csv", "{}://b/k". */
static struct str locate_headless(struct arena *a, struct str text)
{
    struct str trimmed = trim_end(text);
    size_t mark = str_find(trimmed, STR("://"), 0);
    if (mark != SIZE_MAX && mark < str_find_char(trimmed, '/'))
        return trimmed;
    return trim_end(uri_fold_path(a, drop_query(trimmed)));
}

struct str uri_locate(struct arena *a, struct str text)
{
    bool is_nowhere;
    text = uri_unwrap(a, text, &is_nowhere);
    if (is_nowhere || text.len == 0)
        return STR_EMPTY;
    if (text.ptr[0] == HOLE_BYTE)
        return locate_headless(a, text);
    struct str scheme = uri_scheme(text), rest = str_from_pos(text, scheme.len + 1);
    if (scheme.len == 0)
        return locate_file(a, STR("file"), text);
    struct str kind, driver; /* "postgresql+psycopg2" */
    str_cut(scheme, '+', &kind, &driver);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (str_eq_nocase(kind, schemes[i].scheme))
            return schemes[i].locate(a, scheme, rest);
    }
    return locate_written(a, scheme, rest);
}
