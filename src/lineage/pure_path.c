/* pure_path: os.path and os: paths as texts.  A text is never looked up on a disk. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_path.h"

#include <string.h>

enum { AS_IT_IS, FOLDED };

static bool is_absolute(const struct value *v)
{
    return v->kind == VALUE_TEXT && str_has_prefix(v->text.bytes, STR("/"));
}

static struct value *as_text(struct values *vs, struct value *v)
{
    return v->kind == VALUE_TEXT ? v : value_to_text(vs, v);
}

struct value *pure_path_join(struct values *vs, struct value *const *parts, size_t n,
                             unsigned flags)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    for (size_t i = 0; i < n; i++) {
        struct value *part = as_text(vs, parts[i]);
        if (part->kind != VALUE_TEXT)
            return NULL;
        if (is_absolute(part))
            out.n = out.n_holes = 0;
        else if (out.n > 0 && out.bytes[out.n - 1] != '/')
            text_out_char(&out, '/');
        if (i == 0 || out.n > 0)
            text_out_joined(&out, part);
        else
            text_out_value(&out, part);
    }
    struct value *v = text_out_take(&out, 0);
    return flags & VALUE_IS_PATH && v->kind == VALUE_TEXT ? path_object(vs, v) : v;
}

static struct value *join(const struct pure_call *c)
{
    if (c->args->n_items == 0)
        return NULL;
    struct value *v = pure_path_join(c->vs, c->args->items, c->args->n_items, 0);
    if (v == NULL || !c->args->is_open)
        return v;
    return value_concat(c->vs, v, value_text(c->vs, STR("/" HOLE_TEXT)));
}

/* Where the last component begins. */
size_t path_base(struct str s)
{
    size_t slash = str_rfind_char(s, '/');
    return slash == SIZE_MAX ? 0 : slash + 1;
}

/* The dot of the suffix of s, or s.len: Python's splitext. */
size_t path_suffix(struct str s)
{
    size_t base = path_base(s), dot = str_rfind_char(s, '.');
    while (base < s.len && s.ptr[base] == '.')
        base++;
    return dot == SIZE_MAX || dot < base ? s.len : dot;
}

static struct value *head_of(struct values *vs, const struct value *v)
{
    struct str s = v->text.bytes;
    size_t base = path_base(s);
    if (base == 0 && v->text.n_holes > 0)
        return NULL;
    if (str_eq(s, STR("."))) /* the folder that the notebook runs in */
        return value_text(vs, STR(".."));
    size_t end = base;
    while (end > 0 && s.ptr[end - 1] == '/')
        end--;
    bool is_scheme = end > 0 && s.ptr[end - 1] == ':';
    return value_text_slice(vs, v, 0, end == 0 || is_scheme ? base : end);
}

/* A key below a prefix, "p{}", may go on with folders: only what stands from there on is its last
 * part. */
size_t path_listed_base(const struct value *v, size_t base)
{
    size_t n = text_holes_before(v, base);
    for (size_t i = base; v->text.n_holes > 0 && i < v->text.bytes.len; i++)
        if (v->text.bytes.ptr[i] == HOLE_BYTE && v->text.holes[n++].reason == HOLE_LISTING)
            return i;
    return base;
}

struct value *path_tail(struct values *vs, const struct value *v)
{
    size_t base = path_base(v->text.bytes);
    return value_text_slice(vs, v, path_listed_base(v, base), SIZE_MAX);
}

static struct value *pair(struct values *vs, struct value *a, struct value *b)
{
    struct value *v = value_seq(vs, VALUE_IS_TUPLE);
    value_seq_add(vs, v, a != NULL ? a : value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY));
    value_seq_add(vs, v, b != NULL ? b : value_unknown(vs, HOLE_RUN_TIME, STR_EMPTY));
    return v;
}

/* The first argument as TEXT, or NULL. */
static struct value *path_arg(const struct pure_call *c)
{
    struct value *v = pure_arg_text(c, 0, STR("path"));
    return v != NULL && v->kind == VALUE_TEXT ? v : NULL;
}

static struct value *dirname_of(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    return v == NULL ? NULL : head_of(c->vs, v);
}

static struct value *basename_of(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    return v == NULL ? NULL : path_tail(c->vs, v);
}

static struct value *split(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    return v == NULL ? NULL : pair(c->vs, head_of(c->vs, v), path_tail(c->vs, v));
}

static struct value *split_suffix(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    if (v == NULL)
        return NULL;
    size_t dot = path_suffix(v->text.bytes);
    bool is_hidden =
        dot == v->text.bytes.len &&
        str_find_char(str_from_pos(v->text.bytes, path_base(v->text.bytes)), HOLE_BYTE) != SIZE_MAX;
    return pair(c->vs, value_text_slice(c->vs, v, 0, dot),
                is_hidden ? NULL : value_text_slice(c->vs, v, dot, SIZE_MAX));
}

/* Python's normpath(): "a/./b/../c" -> "a/c"; a component that is a hole is one component. */
static struct value *fold(struct values *vs, const struct value *v)
{
    struct str s = v->text.bytes;
    size_t *starts = ARENA_NEW_N(vs->arena, size_t, s.len / 2 + 2), n = 0;
    bool is_rooted = s.len > 0 && s.ptr[0] == '/';
    for (size_t at = 0; at < s.len;) {
        size_t slash = str_find(s, STR("/"), at), end = slash == SIZE_MAX ? s.len : slash;
        struct str name = str_slice(s, at, end);
        struct str before =
            n == 0 ? STR_EMPTY : str_slice(s, starts[n - 1], str_find(s, STR("/"), starts[n - 1]));
        bool is_up = str_eq(name, STR(".."));
        if (is_up && n > 0 && !str_eq(before, STR("..")))
            n--;
        else if (name.len > 0 && !str_eq(name, STR(".")) && !(is_up && is_rooted))
            starts[n++] = at;
        at = end + 1;
    }
    struct text_out out = TEXT_OUT_INIT(vs);
    if (is_rooted)
        text_out_char(&out, '/');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            text_out_char(&out, '/');
        text_out_slice(&out, v, starts[i], str_find(s, STR("/"), starts[i]));
    }
    if (out.n == 0)
        text_out_char(&out, '.');
    return text_out_take(&out, 0);
}

static struct value *same_path(const struct pure_call *c)
{
    struct value *v = path_arg(c);
    if (v == NULL)
        return NULL;
    bool is_uri = str_contains(v->text.bytes, STR("://"));
    if (v->text.bytes.len == 0)
        return value_text(c->vs, STR("."));
    return c->how == FOLDED && !is_uri ? fold(c->vs, v) : value_with_flags(c->vs, v, 0);
}

static struct value *relative_path(const struct pure_call *c)
{
    struct value *v = path_arg(c);
    struct str start;
    if (v == NULL || pure_is_none(pure_arg(c, 1, STR("start"))))
        return v;
    if (!pure_arg_known(c, 1, STR("start"), &start) || !str_has_prefix(v->text.bytes, start))
        return NULL;
    size_t at = start.len;
    if (at < v->text.bytes.len && v->text.bytes.ptr[at] == '/')
        at++;
    else if (at > 0 && v->text.bytes.ptr[at - 1] != '/')
        return NULL;
    return value_text_slice(c->vs, v, at, SIZE_MAX);
}

static struct value *is_rooted_path(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    if (v == NULL || v->text.bytes.len == 0 || v->text.bytes.ptr[0] == HOLE_BYTE)
        return NULL;
    return value_bool(c->vs, is_absolute(v));
}

/* "$NAME/${NAME}" filled from what the notebook has set. */
static struct value *expand_variables(const struct pure_call *c)
{
    const struct value *v = path_arg(c);
    struct call_args args = { .items = &c->vs->environ, .n_items = 1 };
    return v == NULL ? NULL : pure_substitute(c->vs, v, &args, false);
}

static struct value *here(const struct pure_call *c)
{
    return value_text(c->vs, STR("."));
}

static struct value *not_known(const struct pure_call *c)
{
    return value_unknown(c->vs, (enum hole_reason)c->how, STR_EMPTY);
}

struct value *pure_getenv(const struct pure_call *c, struct str key, struct str fallback)
{
    struct str name = STR_EMPTY;
    struct value *other = pure_arg(c, 1, fallback);
    if (!pure_arg_known(c, 0, key, &name))
        return value_unknown(c->vs, HOLE_ENVIRONMENT, STR_EMPTY);
    struct value *set = strmap_get(&c->vs->environ->map->entries, name);
    if (set == NULL && other != NULL)
        return other;
    return value_map_get(c->vs, c->vs->environ, name);
}

static struct value *getenv_of(const struct pure_call *c)
{
    return pure_getenv(c, STR("key"), STR("default"));
}

/* Parts with the slashes at their ends dropped, joined by one. */
static struct value *s3_join(const struct pure_call *c)
{
    struct text_out out = TEXT_OUT_INIT(c->vs);
    for (size_t i = 0; i < c->args->n_items; i++) {
        const struct value *v = pure_arg_text(c, i, STR_EMPTY);
        if (v->kind != VALUE_TEXT)
            return NULL;
        struct str s = v->text.bytes;
        size_t from = 0, to = s.len;
        while (i > 0 && from < to && s.ptr[from] == '/')
            from++;
        while (to > from && s.ptr[to - 1] == '/')
            to--;
        if (out.n > 0 && to > from && out.bytes[out.n - 1] != '/')
            text_out_char(&out, '/');
        text_out_slice(&out, v, from, to);
    }
    return text_out_take(&out, 0);
}

static const struct pure_row functions[] = {
    { STR_INIT("os.environ.get"), getenv_of, 0, 0 },
    { STR_INIT("os.environ.setdefault"), getenv_of, 0, 0 },
    { STR_INIT("os.fspath"), same_path, AS_IT_IS, 0 },
    { STR_INIT("os.getcwd"), here, 0, 0 },
    { STR_INIT("os.getcwdu"), here, 0, 0 },
    { STR_INIT("os.getenv"), getenv_of, 0, 0 },
    { STR_INIT("os.path.abspath"), same_path, AS_IT_IS, 0 },
    { STR_INIT("os.path.basename"), basename_of, 0, 0 },
    { STR_INIT("os.path.dirname"), dirname_of, 0, 0 },
    { STR_INIT("os.path.expanduser"), same_path, AS_IT_IS, 0 },
    { STR_INIT("os.path.expandvars"), expand_variables, 0, 0 },
    { STR_INIT("os.path.isabs"), is_rooted_path, 0, 0 },
    { STR_INIT("os.path.join"), join, 0, 0 },
    { STR_INIT("os.path.normcase"), same_path, AS_IT_IS, 0 },
    { STR_INIT("os.path.normpath"), same_path, FOLDED, 0 },
    { STR_INIT("os.path.realpath"), same_path, AS_IT_IS, 0 },
    { STR_INIT("os.path.relpath"), relative_path, 0, 0 },
    { STR_INIT("os.path.split"), split, 0, 0 },
    { STR_INIT("os.path.splitext"), split_suffix, 0, 0 },
    { STR_INIT("posixpath.basename"), basename_of, 0, 0 },
    { STR_INIT("posixpath.dirname"), dirname_of, 0, 0 },
    { STR_INIT("posixpath.join"), join, 0, 0 },
    { STR_INIT("posixpath.normpath"), same_path, FOLDED, 0 },
    { STR_INIT("posixpath.split"), split, 0, 0 },
    { STR_INIT("posixpath.splitext"), split_suffix, 0, 0 },
    { STR_INIT("s3_path_join"), s3_join, 0, 0 },
    { STR_INIT("sagemaker.s3.s3_path_join"), s3_join, 0, 0 },
    { STR_INIT("sagemaker.s3_utils.s3_path_join"), s3_join, 0, 0 },
    { STR_INIT("tempfile.gettempdir"), not_known, HOLE_RANDOM, 0 },
    { STR_INIT("tempfile.mkdtemp"), not_known, HOLE_RANDOM, 0 },
    { STR_INIT("tempfile.mktemp"), not_known, HOLE_RANDOM, 0 },
    { STR_INIT("tensorflow.io.gfile.join"), join, 0, 0 },
};
const struct pure_table pure_path_functions = PURE_TABLE(functions);
