/* pure_scala: methods of Scala's strings, and of paths that are known as texts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_number.h"
#include "lineage/pure_path.h"
#include "lineage/pure_re.h"
#include "lineage/pure_seq.h"

static struct value *unchanged(const struct pure_call *c)
{
    return c->self;
}

static struct value *to_text(const struct pure_call *c)
{
    return value_to_text(c->vs, c->self);
}

static struct value *trim(const struct pure_call *c)
{
    struct str s = text_strip(c->self->text.bytes, STR(" \t\r\n"), 3);
    size_t from = s.len == 0 ? 0 : (size_t)(s.ptr - c->self->text.bytes.ptr);
    return value_text_slice(c->vs, c->self, from, from + s.len);
}

enum { PREFIX, SUFFIX };

static struct value *strip_end(const struct pure_call *c)
{
    struct str part, s = c->self->text.bytes;
    if (!pure_arg_known(c, 0, STR_EMPTY, &part))
        return NULL;
    if (c->how == PREFIX)
        return value_text_slice(c->vs, c->self, str_has_prefix(s, part) ? part.len : 0, s.len);
    return value_text_slice(c->vs, c->self, 0, str_has_suffix(s, part) ? s.len - part.len : s.len);
}

static struct value *replace(const struct pure_call *c)
{
    struct str old;
    const struct value *new = pure_arg_text(c, 1, STR_EMPTY);
    if (new == NULL || !pure_arg_known(c, 0, STR_EMPTY, &old))
        return NULL;
    return text_replace(c->vs, c->self, old, new, -1);
}

/* replaceAll (0), replaceFirst (1) */
static struct value *replace_matches(const struct pure_call *c)
{
    struct str pattern;
    const struct value *new = pure_arg_text(c, 1, STR_EMPTY);
    if (new == NULL || !pure_arg_known(c, 0, STR_EMPTY, &pattern))
        return NULL;
    return re_replace(c->vs, pattern, false, c->self, new, c->how, RE_DOLLAR);
}

/* Java drops the empty texts at the end. */
static struct value *split(const struct pure_call *c)
{
    struct str pattern, last;
    int64_t limit = 0;
    if (!pure_arg_known(c, 0, STR_EMPTY, &pattern))
        return NULL;
    if (pure_arg(c, 1, STR_EMPTY) != NULL && !pure_arg_whole(c, 1, STR_EMPTY, &limit))
        return NULL;
    if (pattern.len == 1 && pattern.ptr[0] != '\\')
        pattern =
            arena_printf(c->vs->arena, "[%s%c]", pattern.ptr[0] == '^' ? "\\" : "", pattern.ptr[0]);
    struct value *all = re_split(c->vs, pattern, c->self, limit > 0 ? limit - 1 : 0);
    while (limit == 0 && all != NULL && all->kind == VALUE_SEQ && all->seq->n > 1 &&
           value_is_known_text(all->seq->items[all->seq->n - 1], &last) && last.len == 0)
        all->seq->n--;
    return all;
}

static struct value *substring(const struct pure_call *c)
{
    int64_t from, to;
    if (!pure_arg_whole(c, 0, STR_EMPTY, &from) || from < 0 || from > INT32_MAX)
        return NULL;
    bool has_to = pure_arg_whole(c, 1, STR_EMPTY, &to);
    if (has_to && (to < 0 || to > INT32_MAX))
        return NULL;
    return pure_slice_text(c->vs, c->self, &from, has_to ? &to : NULL);
}

enum { TAKE, DROP, TAKE_RIGHT, DROP_RIGHT };

/* The bounds of take(n) and its like; false if n is not known. */
static bool part_bounds(const struct pure_call *c, int64_t *n, const int64_t **from,
                        const int64_t **to)
{
    if (!pure_arg_whole(c, 0, STR_EMPTY, n) || *n < 0 || *n > INT32_MAX)
        return false;
    if (c->how == TAKE_RIGHT || c->how == DROP_RIGHT)
        *n = -*n;
    *from = c->how == DROP || c->how == TAKE_RIGHT ? n : NULL;
    *to = c->how == TAKE || c->how == DROP_RIGHT ? n : NULL;
    return true;
}

static struct value *part(const struct pure_call *c)
{
    int64_t n;
    const int64_t *from, *to;
    if (!part_bounds(c, &n, &from, &to))
        return NULL;
    if (n == 0 && (c->how == TAKE_RIGHT || c->how == DROP_RIGHT)) /* "-0" is no bound */
        return c->how == DROP_RIGHT         ? c->self
               : c->self->kind == VALUE_SEQ ? value_seq(c->vs, 0)
                                            : value_text(c->vs, STR_EMPTY);
    return c->self->kind == VALUE_SEQ ? pure_slice_seq(c->vs, c->self, from, to, 1)
                                      : pure_slice_text(c->vs, c->self, from, to);
}

static struct value *length(const struct pure_call *c)
{
    int64_t n;
    return pure_text_length(c->self, &n) ? value_whole(c->vs, n) : NULL;
}

static struct value *contains(const struct pure_call *c)
{
    struct value *part = pure_arg(c, 0, STR_EMPTY);
    return part == NULL ? NULL : pure_binary(c->vs, OP_IN, part, c->self);
}

/* isEmpty (-1), nonEmpty (1) */
static struct value *is_empty(const struct pure_call *c)
{
    int truth = value_truth(c->self);
    return truth == 0 ? NULL : value_bool(c->vs, truth == c->how);
}

static struct value *format(const struct pure_call *c)
{
    return pure_percent(c->vs, c->self, c->args);
}

static struct value *concat(const struct pure_call *c)
{
    struct value *more = pure_arg(c, 0, STR_EMPTY);
    return more == NULL ? NULL : value_concat(c->vs, c->self, more);
}

static struct value *to_whole(const struct pure_call *c)
{
    struct str s;
    int64_t n;
    return value_is_known_text(c->self, &s) && number_parse_whole(s, 10, &n) ? value_whole(c->vs, n)
                                                                             : NULL;
}

static struct value *to_real(const struct pure_call *c)
{
    struct str s;
    double n;
    return value_is_known_text(c->self, &s) && number_parse_real(s, &n) ? value_number(c->vs, n)
                                                                        : NULL;
}

/* Lines without what stands before their "|". */
static struct value *strip_margin(const struct pure_call *c)
{
    struct str s = c->self->text.bytes;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    for (size_t at = 0; at < s.len;) {
        size_t end = str_find(s, STR("\n"), at), from = at;
        end = end == SIZE_MAX ? s.len : end + 1;
        while (from < end && (s.ptr[from] == ' ' || s.ptr[from] == '\t'))
            from++;
        text_out_slice(&out, c->self, from < end && s.ptr[from] == '|' ? from + 1 : at, end);
        at = end;
    }
    return text_out_take(&out, 0);
}

/* ---- paths ---- */

static struct value *resolve(const struct pure_call *c)
{
    struct value *const parts[] = { c->self, pure_arg(c, 0, STR_EMPTY) };
    return parts[1] == NULL ? NULL : pure_path_join(c->vs, parts, 2, VALUE_IS_PATH);
}

static struct value *attribute(const struct pure_call *c)
{
    const struct value *path = path_object(c->vs, c->self);
    if (path->kind != VALUE_TEXT)
        return NULL;
    return path_attribute(c->vs, value_alternative(path, 0),
                          c->how == PREFIX ? STR("parent") : STR("name"));
}

static struct value *make_path(const struct pure_call *c)
{
    if (c->args->n_items == 0)
        return NULL;
    return pure_path_join(c->vs, c->args->items, c->args->n_items, VALUE_IS_PATH);
}

/* What stands for itself: Some(x), Option(x), URI.create(x), String.valueOf(x). */
static struct value *argument(const struct pure_call *c)
{
    return pure_arg(c, 0, STR_EMPTY);
}

static struct value *getenv_of(const struct pure_call *c)
{
    return pure_getenv(c, STR("key"), STR("default"));
}

/* String.format(template, ...) */
static struct value *format_args(const struct pure_call *c)
{
    const struct value *template = pure_arg(c, 0, STR_EMPTY);
    struct call_args args = *c->args;
    if (template == NULL || template->kind != VALUE_TEXT || args.n_items == 0)
        return NULL;
    args.items++;
    args.n_items--;
    return pure_percent(c->vs, template, &args);
}

static const struct pure_row methods[] = {
    { STR_INIT("/"), resolve, 0, 0 },
    { STR_INIT("capitalize"), text_case, CASE_CAPITAL, 0 },
    { STR_INIT("concat"), concat, 0, 0 },
    { STR_INIT("contains"), contains, 0, 0 },
    { STR_INIT("drop"), part, DROP, 0 },
    { STR_INIT("dropRight"), part, DROP_RIGHT, 0 },
    { STR_INIT("endsWith"), text_has_end, 2, 0 },
    { STR_INIT("format"), format, 0, 0 },
    { STR_INIT("get"), unchanged, 0, 0 },
    { STR_INIT("getFileName"), attribute, SUFFIX, 0 },
    { STR_INIT("getName"), attribute, SUFFIX, 0 },
    { STR_INIT("getOrElse"), unchanged, 0, 0 },
    { STR_INIT("getParent"), attribute, PREFIX, 0 },
    { STR_INIT("getPath"), to_text, 0, 0 },
    { STR_INIT("indexOf"), text_index, 0, 0 },
    { STR_INIT("isEmpty"), is_empty, -1, 0 },
    { STR_INIT("lastIndexOf"), text_index, 1, 0 },
    { STR_INIT("length"), length, 0, 0 },
    { STR_INIT("nonEmpty"), is_empty, 1, 0 },
    { STR_INIT("orElse"), unchanged, 0, 0 },
    { STR_INIT("replace"), replace, 0, 0 },
    { STR_INIT("replaceAll"), replace_matches, 0, 0 },
    { STR_INIT("replaceAllLiterally"), replace, 0, 0 },
    { STR_INIT("replaceFirst"), replace_matches, 1, 0 },
    { STR_INIT("resolve"), resolve, 0, 0 },
    { STR_INIT("size"), length, 0, 0 },
    { STR_INIT("split"), split, 0, 0 },
    { STR_INIT("startsWith"), text_has_end, 1, 0 },
    { STR_INIT("strip"), trim, 0, 0 },
    { STR_INIT("stripMargin"), strip_margin, 0, 0 },
    { STR_INIT("stripPrefix"), strip_end, PREFIX, 0 },
    { STR_INIT("stripSuffix"), strip_end, SUFFIX, 0 },
    { STR_INIT("substring"), substring, 0, 0 },
    { STR_INIT("take"), part, TAKE, 0 },
    { STR_INIT("takeRight"), part, TAKE_RIGHT, 0 },
    { STR_INIT("toAbsolutePath"), unchanged, 0, 0 },
    { STR_INIT("toDouble"), to_real, 0, 0 },
    { STR_INIT("toInt"), to_whole, 0, 0 },
    { STR_INIT("toLong"), to_whole, 0, 0 },
    { STR_INIT("toLowerCase"), text_case, CASE_LOWER, 0 },
    { STR_INIT("toString"), to_text, 0, 0 },
    { STR_INIT("toUpperCase"), text_case, CASE_UPPER, 0 },
    { STR_INIT("toUri"), to_text, 0, 0 },
    { STR_INIT("trim"), trim, 0, 0 },
};
const struct pure_table pure_scala_text_methods = PURE_TABLE(methods);

static const struct pure_row functions[] = {
    { STR_INIT("File"), make_path, 0, 0 },
    { STR_INIT("Option"), argument, 0, PURE_WHOLE },
    { STR_INIT("Path"), make_path, 0, 0 },
    { STR_INIT("Path.of"), make_path, 0, 0 },
    { STR_INIT("Paths.get"), make_path, 0, 0 },
    { STR_INIT("Some"), argument, 0, PURE_WHOLE },
    { STR_INIT("String.format"), format_args, 0, 0 },
    { STR_INIT("String.valueOf"), argument, 0, 0 },
    { STR_INIT("System.getenv"), getenv_of, 0, 0 },
    { STR_INIT("URI"), argument, 0, 0 },
    { STR_INIT("URI.create"), argument, 0, 0 },
    { STR_INIT("java.io.File"), make_path, 0, 0 },
    { STR_INIT("java.net.URI"), argument, 0, 0 },
    { STR_INIT("java.net.URI.create"), argument, 0, 0 },
    { STR_INIT("java.nio.file.Path.of"), make_path, 0, 0 },
    { STR_INIT("java.nio.file.Paths.get"), make_path, 0, 0 },
    { STR_INIT("org.apache.hadoop.fs.Path"), make_path, 0, 0 },
    { STR_INIT("os.Path"), make_path, 0, 0 },
    { STR_INIT("scala.util.Properties.envOrElse"), getenv_of, 0, 0 },
    { STR_INIT("sys.env"), getenv_of, 0, 0 },
    { STR_INIT("sys.env.apply"), getenv_of, 0, 0 },
    { STR_INIT("sys.env.get"), getenv_of, 0, 0 },
    { STR_INIT("sys.env.getOrElse"), getenv_of, 0, 0 },
};
const struct pure_table pure_scala_functions = PURE_TABLE(functions);
