/*
 * uri: from what an API takes to the normal form.
 *
 * Three steps: clean() makes raw text of the input (one HOLE_BYTE for each unknown part); locate()
 * finds what kind of place it is and spells it; finish() asks whether enough is known and writes
 * the "{}".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri.h"

#include "lineage/uri_internal.h"
#include "util/limits.h"

#include <string.h>

/* How often a location is spelled again until it stays as it is. */
enum { MAX_NESTED = 8 };

/* Raw text: trimmed, "{}" and runs of holes as one HOLE_BYTE.  Empty when it is no location. */
static struct str clean(struct arena *a, struct str text)
{
    text = str_trim(text);
    if (text.len > LIMIT_URI_BYTES)
        return STR_EMPTY;
    char *out = arena_alloc(a, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '{' && i + 1 < text.len && text.ptr[i + 1] == '}') {
            c = HOLE_BYTE;
            i++;
        }
        if (c == HOLE_BYTE) {
            if (len == 0 || out[len - 1] != HOLE_BYTE)
                out[len++] = HOLE_BYTE;
            continue;
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return STR_EMPTY;
        out[len++] = c;
    }
    return (struct str){ out, len };
}

/* Hosts that every account of a service shares: with them alone nothing is known. */
static const struct str common_hosts[] = {
    STR_INIT("dfs.core.windows.net"),
    STR_INIT("blob.core.windows.net"),
};

/* Is more known than the scheme?  Separators and globs say nothing beside an unknown part. */
static bool is_known(struct str raw)
{
    if (str_find_char(raw, HOLE_BYTE) == SIZE_MAX)
        return true;
    struct str rest = raw.ptr[0] == HOLE_BYTE ? raw : str_from_pos(raw, uri_scheme(raw).len);
    for (size_t i = 0; i < rest.len;) {
        size_t skipped = 0;
        for (size_t j = 0; j < sizeof common_hosts / sizeof common_hosts[0]; j++) {
            if (str_has_prefix(str_from_pos(rest, i), common_hosts[j]))
                skipped = common_hosts[j].len;
        }
        if (skipped == 0 && strchr("/.*:@" HOLE_TEXT, rest.ptr[i]) == NULL)
            return true;
        i += skipped > 0 ? skipped : 1;
    }
    return false;
}

/* Raw to normal: "{}" for holes. */
static struct str finish(struct arena *a, struct str raw)
{
    if (raw.len == 0 || !is_known(raw))
        return STR_EMPTY;
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++)
        n += raw.ptr[i] == HOLE_BYTE;
    char *out = arena_alloc(a, raw.len + n + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != HOLE_BYTE) {
            out[len++] = raw.ptr[i];
            continue;
        }
        out[len++] = '{';
        out[len++] = '}';
    }
    return (struct str){ out, len };
}

struct str uri_from_path(struct arena *a, struct str text)
{
    /* Notations can be nested without sense ("arn:aws:s3:::arn:aws:s3:::b"). */
    struct str raw = clean(a, text);
    for (int i = 0; i < MAX_NESTED; i++) {
        struct str next = uri_locate(a, raw);
        if (str_eq(next, raw))
            break;
        raw = next;
    }
    return finish(a, raw);
}

static bool is_whole(struct str text)
{
    return str_contains(text, STR("://")) || str_has_prefix(text, STR("arn:"));
}

static struct str strip_slashes(struct str text)
{
    while (str_has_prefix(text, STR("/")))
        text = str_from_pos(text, 1);
    return text;
}

struct str uri_from_s3(struct arena *a, struct str bucket, struct str key)
{
    bucket = str_trim_char(clean(a, bucket), '/');
    if (bucket.len == 0 && key.len == 0)
        return STR_EMPTY;
    if ((bucket.len == 0 || str_eq(bucket, HOLE_STR)) && is_whole(key))
        return uri_from_path(a, key); /* R's aws.s3 takes a URI for the key */
    if (bucket.len == 0)
        bucket = HOLE_STR;
    struct str place = uri_join(a, bucket, key);
    if (!is_whole(bucket))
        place = arena_concat(a, STR("s3://"), strip_slashes(place));
    return uri_from_path(a, place);
}

struct str uri_from_bucket_path(struct arena *a, struct str scheme, struct str path)
{
    path = str_trim(path);
    if (is_whole(path))
        return uri_from_path(a, path);
    struct str front = arena_concat(a, scheme, STR("://"));
    return uri_from_path(a, arena_concat(a, front, strip_slashes(path)));
}

/* "delta.`/x`", "parquet.`s3://b/k`": Spark's names for files.  *path is what stands in quotes. */
static bool is_quoted_path(struct str name, struct str *path)
{
    size_t open = str_find_char(name, '`');
    if (open == SIZE_MAX || open < 2 || name.ptr[open - 1] != '.' || name.ptr[name.len - 1] != '`')
        return false;
    struct str inside = str_slice(name, open + 1, name.len - 1);
    bool is_format = str_find_char(str_slice(name, 0, open - 1), '.') == SIZE_MAX;
    if (!is_format || inside.len == 0 || str_find_char(inside, '/') == SIZE_MAX)
        return false;
    *path = inside;
    return true;
}

/* name without quotes and backticks. */
static struct str bare_name(struct arena *a, struct str name)
{
    char *out = arena_alloc(a, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("\"'`", name.ptr[i]) == NULL)
            out[len++] = name.ptr[i];
    }
    return (struct str){ out, len };
}

struct str uri_from_table(struct arena *a, struct str name)
{
    struct str raw = clean(a, name), path;
    if (raw.len == 0)
        return STR_EMPTY;
    if (is_quoted_path(raw, &path))
        return uri_from_path(a, path);
    raw = bare_name(a, raw);
    if (str_contains(raw, STR("://")))
        return uri_from_path(a, raw);
    struct str front = str_has_prefix(raw, STR("table:")) ? STR_EMPTY : STR("table:");
    return uri_from_path(a, arena_concat(a, front, raw));
}

struct str uri_from_name(struct arena *a, const char *scheme, struct str name)
{
    struct str raw = str_trim_char(str_trim(name), '\'');
    bool needs_at = str_eq(str_from(scheme), STR("stage")) && !str_has_prefix(raw, STR("@"));
    if (raw.len == 0)
        return STR_EMPTY;
    return uri_from_path(a,
                         arena_printf(a, "%s:%s%.*s", scheme, needs_at ? "@" : "", STR_FMT(raw)));
}

struct str uri_join(struct arena *a, struct str base, struct str name)
{
    if (base.len == 0 || name.len == 0)
        return base.len == 0 ? name : base;
    bool has_slash = base.ptr[base.len - 1] == '/';
    return arena_printf(a, "%.*s%s%.*s", STR_FMT(base), has_slash ? "" : "/",
                        STR_FMT(strip_slashes(name)));
}

struct str uri_base_name(struct str text)
{
    struct str query;
    text = str_trim(text);
    if (str_contains(text, STR("://")))
        str_cut(text, '?', &text, &query);
    char mark = str_find_char(text, '/') == SIZE_MAX ? '\\' : '/';
    while (text.len > 0 && text.ptr[text.len - 1] == mark)
        text.len--;
    size_t at = str_rfind_char(text, mark);
    return at == SIZE_MAX ? text : str_from_pos(text, at + 1);
}

/* Where the path of a normal form begins: behind "s3://b/", "file:", "file:/". */
static size_t path_start(struct str uri)
{
    struct str scheme = uri_scheme(uri);
    size_t at = scheme.len > 0 ? scheme.len + 1 : 0;
    if (str_has_prefix(str_from_pos(uri, at), STR("//"))) {
        size_t slash = str_find(uri, STR("/"), at + 2);
        return slash == SIZE_MAX ? uri.len : slash + 1;
    }
    return at + str_has_prefix(str_from_pos(uri, at), STR("/"));
}

struct str uri_parent(struct str uri)
{
    if (str_has_prefix(uri, STR("table:")) || str_has_prefix(uri, STR("builtin:")))
        return STR_EMPTY;
    size_t start = path_start(uri), slash = str_rfind_char(uri, '/');
    if (start >= uri.len || slash == SIZE_MAX || slash + 1 < start)
        return STR_EMPTY;
    if (slash + 1 > start)
        return str_slice(uri, 0, slash);
    /* "file:/x" has the root above it, "s3://b/k" the bucket. */
    bool is_root = slash > 0 && strchr(":/", uri.ptr[slash - 1]) != NULL;
    return str_slice(uri, 0, is_root ? slash + 1 : slash);
}

bool uri_is_local_file(struct str uri)
{
    return str_has_prefix(uri, STR("file:"));
}

bool uri_is_remote(struct str uri)
{
    static const struct str here[] = { STR_INIT("file"), STR_INIT("table"), STR_INIT("stream"),
                                       STR_INIT("stage"), STR_INIT("builtin") };
    struct str scheme = uri_scheme(uri);
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
        if (str_eq(scheme, here[i]))
            return false;
    }
    return scheme.len > 0;
}

unsigned uri_n_holes(struct str uri)
{
    unsigned n = 0;
    for (size_t at = str_find(uri, STR("{}"), 0); at != SIZE_MAX;
         at = str_find(uri, STR("{}"), at + 2))
        n++;
    return n;
}
