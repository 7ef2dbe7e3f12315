/* pure_pathlib: path objects of pathlib and of libraries that follow it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_path.h"

/* "s3://", "/" or nothing: what stands before the components. */
static size_t anchor_size(struct str s)
{
    size_t scheme = str_find(s, STR("://"), 0);
    size_t slash = str_find_char(s, '/');
    if (scheme != SIZE_MAX && scheme + 1 == slash)
        return scheme + 3;
    return slash == 0 ? 1 : 0;
}

struct value *path_object(struct values *vs, const struct value *text)
{
    struct str s = text->text.bytes;
    size_t anchor = anchor_size(s);
    struct text_out out = TEXT_OUT_INIT(vs);
    text_out_slice(&out, text, 0, anchor);
    for (size_t at = anchor; at < s.len;) {
        size_t slash = str_find(s, STR("/"), at), end = slash == SIZE_MAX ? s.len : slash;
        struct str name = str_slice(s, at, end);
        if (name.len > 0 && !str_eq(name, STR("."))) {
            if (out.n > anchor)
                text_out_char(&out, '/');
            text_out_slice(&out, text, at, end);
        }
        at = end + 1;
    }
    if (out.n == 0)
        text_out_char(&out, '.');
    return text_out_take(&out, VALUE_IS_PATH | (text->flags & VALUE_IS_LISTED));
}

static struct value *as_path(struct values *vs, const struct value *v)
{
    return v->kind == VALUE_TEXT ? value_with_flags(vs, v, VALUE_IS_PATH) : NULL;
}

static struct value *parent_of(struct values *vs, const struct value *path)
{
    struct str s = path->text.bytes;
    size_t anchor = anchor_size(s), base = path_base(s);
    if (str_eq(s, STR(".")))
        return as_path(vs, value_text(vs, STR("..")));
    if (str_eq(str_from_pos(s, base), STR("..")))
        return as_path(vs, value_concat(vs, value_text(vs, s), value_text(vs, STR("/.."))));
    if (base == 0)
        return path->text.n_holes > 0 ? NULL : as_path(vs, value_text(vs, STR(".")));
    if (base <= anchor) /* of "s3://bucket" the bucket is the root */
        return value_text_slice(vs, path, 0, anchor > 1 ? SIZE_MAX : anchor);
    return as_path(vs, value_text_slice(vs, path, 0, base - 1));
}

static struct value *parents_of(struct values *vs, const struct value *path)
{
    struct value *all = value_seq(vs, VALUE_IS_TUPLE), *up = NULL;
    for (size_t i = 0; i < 20; i++) {
        up = parent_of(vs, path);
        if (up == NULL || up->kind != VALUE_TEXT || str_eq(up->text.bytes, path->text.bytes))
            break;
        value_seq_add(vs, all, up);
        path = up;
    }
    if (all->kind == VALUE_SEQ && up == NULL)
        all->seq->is_open = true;
    return all;
}

static struct value *name_of(struct values *vs, const struct value *path)
{
    if (str_eq(path->text.bytes, STR(".")))
        return value_text(vs, STR_EMPTY);
    return path_tail(vs, path);
}

static struct value *stem_of(struct values *vs, const struct value *path)
{
    struct str s = path->text.bytes;
    if (str_eq(s, STR(".")))
        return value_text(vs, STR_EMPTY);
    return value_text_slice(vs, path, path_listed_base(path, path_base(s)), path_suffix(s));
}

static struct value *suffix_of(struct values *vs, const struct value *path)
{
    struct str s = path->text.bytes;
    size_t dot = path_suffix(s);
    if (dot == s.len && str_find_char(str_from_pos(s, path_base(s)), HOLE_BYTE) != SIZE_MAX)
        return NULL;
    return value_text_slice(vs, path, dot, SIZE_MAX);
}

static struct value *suffixes_of(struct values *vs, const struct value *path)
{
    const struct value *name = name_of(vs, path);
    struct value *all = value_seq(vs, 0);
    if (name->kind != VALUE_TEXT)
        return NULL;
    struct str s = name->text.bytes;
    for (size_t dot = str_find(s, STR("."), 1); dot != SIZE_MAX;) {
        size_t next = str_find(s, STR("."), dot + 1);
        value_seq_add(vs, all, value_text_slice(vs, name, dot, next));
        dot = next;
    }
    return all;
}

static struct value *parts_of(struct values *vs, const struct value *path)
{
    struct str s = path->text.bytes;
    size_t anchor = anchor_size(s);
    struct value *all = value_seq(vs, VALUE_IS_TUPLE);
    if (anchor > 0)
        value_seq_add(vs, all, value_text_slice(vs, path, 0, anchor));
    for (size_t at = anchor; at < s.len;) {
        size_t slash = str_find(s, STR("/"), at), end = slash == SIZE_MAX ? s.len : slash;
        value_seq_add(vs, all, value_text_slice(vs, path, at, end));
        at = end + 1;
    }
    return all;
}

/* Where the key of "s3://bucket/key" begins. */
static size_t key_at(struct str s)
{
    size_t slash = str_find(s, STR("/"), anchor_size(s));
    return slash == SIZE_MAX ? s.len : slash + 1;
}

static struct value *bucket_of(struct values *vs, const struct value *path)
{
    struct str s = path->text.bytes;
    size_t key = key_at(s);
    return value_text_slice(vs, path, anchor_size(s), key == s.len ? key : key - 1);
}

static struct value *key_of(struct values *vs, const struct value *path)
{
    return value_text_slice(vs, path, key_at(path->text.bytes), SIZE_MAX);
}

static struct value *anchor_of(struct values *vs, const struct value *path)
{
    return value_text_slice(vs, path, 0, anchor_size(path->text.bytes));
}

static const struct {
    struct str name;
    struct value *(*get)(struct values *vs, const struct value *path);
} attributes[] = {
    { STR_INIT("anchor"), anchor_of },     { STR_INIT("bucket"), bucket_of },
    { STR_INIT("key"), key_of },           { STR_INIT("name"), name_of },
    { STR_INIT("parent"), parent_of },     { STR_INIT("parents"), parents_of },
    { STR_INIT("parts"), parts_of },       { STR_INIT("root"), anchor_of },
    { STR_INIT("stem"), stem_of },         { STR_INIT("suffix"), suffix_of },
    { STR_INIT("suffixes"), suffixes_of },
};

struct value *path_attribute(struct values *vs, struct value *path, struct str name)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (!str_eq(attributes[i].name, name))
            continue;
        struct value *v = attributes[i].get(vs, path);
        struct hole hole = value_hole(path);
        return v != NULL ? v : value_unknown(vs, hole.reason, hole.name);
    }
    return NULL;
}

static struct value *make_path(const struct pure_call *c)
{
    if (c->args->n_items == 0)
        return as_path(c->vs, value_text(c->vs, c->how == 0 ? STR(".") : STR("~")));
    return pure_path_join(c->vs, c->args->items, c->args->n_items, VALUE_IS_PATH);
}

/* s3path's S3Path("/bucket/key") */
static struct value *make_s3_path(const struct pure_call *c)
{
    struct value *v = make_path(c);
    if (v == NULL || v->kind != VALUE_TEXT || !str_has_prefix(v->text.bytes, STR("/")))
        return v;
    return as_path(
        c->vs, value_concat(c->vs, value_text(c->vs, STR("s3:/")), value_with_flags(c->vs, v, 0)));
}

static struct value *join_to(const struct pure_call *c)
{
    struct value **parts = ARENA_NEW_N(c->vs->arena, struct value *, c->args->n_items + 1);
    parts[0] = c->self;
    for (size_t i = 0; i < c->args->n_items; i++)
        parts[i + 1] = c->args->items[i];
    return pure_path_join(c->vs, parts, c->args->n_items + 1, VALUE_IS_PATH);
}

enum { WITH_NAME, WITH_STEM, WITH_SUFFIX };

static struct value *with_part(const struct pure_call *c)
{
    struct str s = c->self->text.bytes;
    struct value *part = pure_arg_text(c, 0, STR_EMPTY);
    if (part == NULL)
        return NULL;
    size_t from = c->how == WITH_SUFFIX ? path_suffix(s) : path_base(s);
    size_t to = c->how == WITH_STEM ? path_suffix(s) : s.len;
    struct value *const pieces[] = { value_text_slice(c->vs, c->self, 0, from), part,
                                     value_text_slice(c->vs, c->self, to, SIZE_MAX) };
    return as_path(c->vs, value_concat_all(c->vs, pieces, 3));
}

enum { AS_PATH, AS_TEXT, AS_URI };

static struct value *same(const struct pure_call *c)
{
    if (c->how == AS_TEXT)
        return value_to_text(c->vs, c->self);
    if (c->how == AS_PATH)
        return c->self;
    bool is_rooted = str_has_prefix(c->self->text.bytes, STR("/"));
    return is_rooted ? value_concat(c->vs, value_text(c->vs, STR("file://")), c->self)
                     : value_to_text(c->vs, c->self);
}

static struct value *relative_to(const struct pure_call *c)
{
    const struct value *base = pure_arg_text(c, 0, STR_EMPTY);
    struct str s = c->self->text.bytes;
    if (base == NULL || base->kind != VALUE_TEXT || !str_has_prefix(s, base->text.bytes))
        return NULL;
    size_t at = base->text.bytes.len;
    if (at < s.len && s.ptr[at] == '/')
        at++;
    return as_path(c->vs, value_text_slice(c->vs, c->self, at, SIZE_MAX));
}

static struct value *is_absolute(const struct pure_call *c)
{
    struct str s = c->self->text.bytes;
    if (s.len == 0 || s.ptr[0] == HOLE_BYTE)
        return NULL;
    return value_bool(c->vs, s.ptr[0] == '/');
}

static const struct pure_row methods[] = {
    { STR_INIT("absolute"), same, AS_PATH, 0 },
    { STR_INIT("as_posix"), same, AS_TEXT, 0 },
    { STR_INIT("as_uri"), same, AS_URI, 0 },
    { STR_INIT("expanduser"), same, AS_PATH, 0 },
    { STR_INIT("is_absolute"), is_absolute, 0, 0 },
    { STR_INIT("joinpath"), join_to, 0, 0 },
    { STR_INIT("relative_to"), relative_to, 0, 0 },
    { STR_INIT("resolve"), same, AS_PATH, 0 },
    { STR_INIT("with_name"), with_part, WITH_NAME, 0 },
    { STR_INIT("with_stem"), with_part, WITH_STEM, 0 },
    { STR_INIT("with_suffix"), with_part, WITH_SUFFIX, 0 },
};
const struct pure_table pure_path_methods = PURE_TABLE(methods);

static const struct pure_row functions[] = {
    { STR_INIT("cloudpathlib.AnyPath"), make_path, 0, 0 },
    { STR_INIT("cloudpathlib.CloudPath"), make_path, 0, 0 },
    { STR_INIT("cloudpathlib.GSPath"), make_path, 0, 0 },
    { STR_INIT("cloudpathlib.S3Path"), make_path, 0, 0 },
    { STR_INIT("etils.epath.Path"), make_path, 0, 0 },
    { STR_INIT("pathlib.Path"), make_path, 0, 0 },
    { STR_INIT("pathlib.Path.cwd"), make_path, 0, 0 },
    { STR_INIT("pathlib.Path.home"), make_path, 1, 0 },
    { STR_INIT("pathlib.PosixPath"), make_path, 0, 0 },
    { STR_INIT("pathlib.PurePath"), make_path, 0, 0 },
    { STR_INIT("pathlib.PurePosixPath"), make_path, 0, 0 },
    { STR_INIT("pathlib.PureWindowsPath"), make_path, 0, 0 },
    { STR_INIT("pathlib.WindowsPath"), make_path, 0, 0 },
    { STR_INIT("pathlib2.Path"), make_path, 0, 0 },
    { STR_INIT("s3path.PureS3Path"), make_s3_path, 0, 0 },
    { STR_INIT("s3path.S3Path"), make_s3_path, 0, 0 },
    { STR_INIT("s3path.S3Path.from_uri"), make_path, 0, 0 },
    { STR_INIT("upath.UPath"), make_path, 0, 0 },
};
const struct pure_table pure_pathlib_functions = PURE_TABLE(functions);
