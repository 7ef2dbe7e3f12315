/*
 * uri_path: schemes, and paths of a disk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/uri_internal.h"

#include <string.h>

/* Schemes that are meant as such without a "/" behind the ":". */
static const struct str bare_schemes[] = {
    STR_INIT("arn"),    STR_INIT("azureml"), STR_INIT("builtin"), STR_INIT("data"),
    STR_INIT("dbfs"),   STR_INIT("duckdb"),  STR_INIT("file"),    STR_INIT("jar"),
    STR_INIT("jdbc"),   STR_INIT("mailto"),  STR_INIT("memory"),  STR_INIT("s3"),
    STR_INIT("s3a"),    STR_INIT("s3n"),     STR_INIT("sqlite"),  STR_INIT("stage"),
    STR_INIT("stream"), STR_INIT("table"),
};

static bool is_scheme_char(char c, bool is_first)
{
    char lower = (char)(c | 0x20);
    if (lower >= 'a' && lower <= 'z')
        return true;
    return !is_first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.');
}

struct str uri_scheme(struct str text)
{
    size_t n = 0;
    while (n < text.len && is_scheme_char(text.ptr[n], n == 0))
        n++;
    /* One letter is a drive. */
    if (n < 2 || n >= text.len || text.ptr[n] != ':')
        return STR_EMPTY;
    struct str scheme = str_slice(text, 0, n);
    if (n + 1 < text.len && text.ptr[n + 1] == '/')
        return scheme;
    for (size_t i = 0; i < sizeof bare_schemes / sizeof bare_schemes[0]; i++) {
        if (str_eq_nocase(scheme, bare_schemes[i]))
            return scheme;
    }
    return STR_EMPTY;
}

static bool is_drive(struct str path)
{
    return path.len >= 2 && is_scheme_char(path.ptr[0], true) && path.ptr[1] == ':';
}

/* Backslashes part the names: a share, a drive, or no slash at all. */
static bool is_windows(struct str path)
{
    if (str_find_char(path, '\\') == SIZE_MAX)
        return false;
    return path.ptr[0] == '\\' || is_drive(path) || str_find_char(path, '/') == SIZE_MAX;
}

static struct str fold_windows(struct str path)
{
    while (str_has_prefix(path, STR(".\\")))
        path = str_from_pos(path, 2);
    while (path.len > 1 && strchr("\\/ ", path.ptr[path.len - 1]) != NULL &&
           path.ptr[path.len - 2] != ':')
        path.len--;
    return path;
}

/* Can "part/.." be left out?  An unknown part or a glob may hold more than one name. */
static bool is_one_name(struct str part)
{
    if (str_eq(part, STR("..")) || is_drive(part) || part.len == 0 || part.ptr[0] == '~')
        return false;
    for (size_t i = 0; i < part.len; i++) {
        if (part.ptr[i] == HOLE_BYTE || part.ptr[i] == '*')
            return false;
    }
    return true;
}

static struct str last_part(const char *out, size_t len)
{
    size_t slash = str_rfind_char((struct str){ out, len }, '/');
    size_t from = slash == SIZE_MAX ? 0 : slash + 1;
    return (struct str){ out + from, len - from };
}

/* Take the last part off out[0..len), its "/" too.  root: 1 for an absolute path. */
static size_t drop_last(const char *out, size_t len, size_t root)
{
    len -= last_part(out, len).len;
    return len > root ? len - 1 : len;
}

struct str uri_fold_path(struct arena *a, struct str path)
{
    if (is_windows(path)) {
        path = fold_windows(path);
        if (is_windows(path))
            return path;
    }
    char *out = arena_alloc(a, path.len + 1);
    size_t len = 0, root = path.len > 0 && path.ptr[0] == '/' ? 1 : 0;
    if (root > 0)
        out[len++] = '/';
    for (struct str part, rest = path; rest.len > 0;) {
        str_cut(rest, '/', &part, &rest);
        if (part.len == 0 || str_eq(part, STR(".")))
            continue;
        if (str_eq(part, STR(".."))) {
            if (is_one_name(last_part(out, len))) {
                len = drop_last(out, len, root);
                continue;
            }
            if (len == 1 && root == 1)
                continue;
        }
        if (len > root)
            out[len++] = '/';
        memcpy(out + len, part.ptr, part.len);
        len += part.len;
    }
    struct str folded = { out, len };
    if (len == 0)
        return path.len > 0 ? STR(".") : STR_EMPTY;
    /* "file:///C:/x" */
    if (root > 0 && is_drive(str_from_pos(folded, 1)))
        folded = str_from_pos(folded, 1);
    return is_windows(folded) ? fold_windows(folded) : folded;
}
