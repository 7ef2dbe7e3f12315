/* pure_builtin: Python's built-in functions of one value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_number.h"
#include "lineage/pure_seq.h"

#include <math.h>

static struct value *to_text(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR("object"));
    return v == NULL ? value_text(c->vs, STR_EMPTY) : value_to_text(c->vs, v);
}

static struct value *to_repr(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    return v == NULL ? NULL : value_to_repr(c->vs, v);
}

static struct value *to_bytes(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL || v->kind != VALUE_TEXT)
        return NULL;
    return value_with_flags(c->vs, v, VALUE_IS_BYTES);
}

static struct value *format(const struct pure_call *c)
{
    struct value *v = pure_arg(c, 0, STR_EMPTY);
    return v == NULL ? NULL : pure_format(c->vs, v, 0, pure_arg(c, 1, STR_EMPTY));
}

static struct value *to_whole(const struct pure_call *c)
{
    struct str text;
    int64_t base = 10, n;
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL)
        return value_whole(c->vs, 0);
    if (pure_arg(c, 1, STR("base")) != NULL &&
        (!pure_arg_whole(c, 1, STR("base"), &base) || base < 0 || base > 36))
        return NULL;
    if (value_is_known_text(v, &text))
        return number_parse_whole(text, (unsigned)base, &n) ? value_whole(c->vs, n) : NULL;
    if (v->kind == VALUE_NUMBER && !v->number.is_whole)
        return number_from_whole_real(c->vs, v->number.real);
    return number_unary(c->vs, OP_POS, v);
}

static struct value *to_real(const struct pure_call *c)
{
    struct str text;
    double real;
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (value_is_known_text(v, &text))
        return number_parse_real(text, &real) ? value_number(c->vs, real) : NULL;
    if (v == NULL || v->kind != VALUE_NUMBER)
        return NULL;
    return value_number(c->vs, v->number.real);
}

static struct value *to_bool(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    int truth = v == NULL ? -1 : value_truth(v);
    return truth == 0 ? NULL : value_bool(c->vs, truth > 0);
}

static size_t map_size(const struct map *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->entries.n; i++)
        n += m->entries.entries[i].value != NULL;
    return n;
}

static struct value *length(const struct pure_call *c)
{
    int64_t n;
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL)
        return NULL;
    if (v->kind == VALUE_TEXT)
        return pure_text_length(v, &n) ? value_whole(c->vs, n) : NULL;
    if (v->kind == VALUE_SEQ && !v->seq->is_open)
        return value_whole(c->vs, (int64_t)v->seq->n);
    if (v->kind == VALUE_MAP && !v->map->is_open && v->map->any == NULL)
        return value_whole(c->vs, (int64_t)map_size(v->map));
    return NULL;
}

static struct value *character(const struct pure_call *c)
{
    int64_t n;
    char bytes[4];
    if (!pure_arg_whole(c, 0, STR_EMPTY, &n) || n < 1 || n > 0x10FFFF || n == HOLE_BYTE ||
        (n >= 0xD800 && n < 0xE000))
        return NULL;
    size_t size = n < 0x80 ? 1 : n < 0x800 ? 2 : n < 0x10000 ? 3 : 4;
    if (size == 1)
        bytes[0] = (char)n;
    for (size_t i = size; size > 1 && i-- > 1; n >>= 6)
        bytes[i] = (char)(0x80 | (n & 0x3F));
    if (size > 1)
        bytes[0] = (char)((size == 2 ? 0xC0 : size == 3 ? 0xE0 : 0xF0) | n);
    return pure_new_text(c->vs, (struct str){ bytes, size });
}

static struct value *code_point(const struct pure_call *c)
{
    struct str s;
    if (!pure_arg_known(c, 0, STR_EMPTY, &s) || s.len == 0 ||
        s.len != utf8_size((unsigned char)s.ptr[0]))
        return NULL;
    unsigned char first = (unsigned char)s.ptr[0];
    int64_t n = s.len == 1 ? first : first & (0xFFU >> (s.len + 1));
    for (size_t i = 1; i < s.len; i++)
        n = n << 6 | (s.ptr[i] & 0x3F);
    return value_whole(c->vs, n);
}

static struct value *based(const struct pure_call *c)
{
    int64_t n;
    char type = (char)c->how;
    if (!pure_arg_whole(c, 0, STR_EMPTY, &n))
        return NULL;
    struct str spec = arena_printf(c->vs->arena, "#%c", type);
    return pure_format(c->vs, c->args->items[0], 0, value_text(c->vs, spec));
}

static struct value *absolute(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL || v->kind != VALUE_NUMBER)
        return NULL;
    return number_unary(c->vs, v->number.real < 0 ? OP_NEG : OP_POS, v);
}

/* Half to even, as Python 3 rounds; by way of the decimal digits where there are any. */
static struct value *rounded(const struct pure_call *c)
{
    int64_t digits = 0;
    const struct value *v = pure_arg(c, 0, STR_EMPTY), *given = pure_arg(c, 1, STR("ndigits"));
    if (v == NULL || v->kind != VALUE_NUMBER ||
        (!pure_is_none(given) && !value_is_whole(given, &digits)) || digits > 15 || digits < -15)
        return NULL;
    if (v->number.is_whole && digits >= 0)
        return value_whole(c->vs, v->number.whole);
    if (pure_is_none(given))
        return number_from_whole_real(c->vs, nearbyint(v->number.real));
    if (digits < 0)
        return NULL;
    double real;
    struct str s = arena_printf(c->vs->arena, "%.*f", (int)digits, v->number.real);
    return number_parse_real(s, &real) ? value_number(c->vs, real) : NULL;
}

enum { FLOOR, CEIL, SQUARE_ROOT };

static struct value *by_math(const struct pure_call *c)
{
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    if (v == NULL || v->kind != VALUE_NUMBER)
        return NULL;
    double real = v->number.real;
    if (c->how == SQUARE_ROOT)
        return real < 0 ? NULL : value_number(c->vs, sqrt(real));
    if (v->number.is_whole)
        return value_whole(c->vs, v->number.whole);
    return number_from_whole_real(c->vs, c->how == FLOOR ? floor(real) : ceil(real));
}

static struct value *divided(const struct pure_call *c)
{
    if (c->args->n_items != 2)
        return NULL;
    struct value *const *v = c->args->items;
    struct value *quotient = number_binary(c->vs, OP_FLOORDIV, v[0], v[1]);
    struct value *rest = number_binary(c->vs, OP_MOD, v[0], v[1]);
    return quotient == NULL || rest == NULL ? NULL : seq_tuple(c->vs, quotient, rest);
}

static struct value *powered(const struct pure_call *c)
{
    if (c->args->n_items != 2)
        return NULL;
    return number_binary(c->vs, OP_POW, c->args->items[0], c->args->items[1]);
}

/* The least (-1) or greatest (1) of several numbers or texts, or of a sequence of them. */
static struct value *extreme(const struct pure_call *c)
{
    struct value *const *items = c->args->items;
    size_t n = c->args->n_items;
    if (n == 0 || c->args->is_open)
        return NULL;
    /* by a key, or of a listing: one of them */
    bool is_any = args_named(c->args, STR("key")) != NULL;
    is_any = is_any || (items[0]->kind == VALUE_SEQ && items[0]->seq->is_open);
    if (n == 1 && is_any && items[0]->kind == VALUE_SEQ)
        return pure_subscript(c->vs, items[0], value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY));
    if (n == 1 && items[0]->kind == VALUE_CHAIN)
        return c->vs->declined;
    if (is_any)
        return NULL;
    if (n == 1) {
        const struct value *seq = seq_of(c->vs, items[0]);
        if (seq == NULL || seq->kind != VALUE_SEQ || seq->seq->is_open || seq->seq->n == 0)
            return NULL;
        items = seq->seq->items;
        n = seq->seq->n;
    }
    struct value *best = items[0];
    for (size_t i = 0; i < n; i++) {
        const struct value *less =
            pure_binary(c->vs, OP_LT, c->how > 0 ? best : items[i], c->how > 0 ? items[i] : best);
        if (less->kind != VALUE_CONST)
            return NULL;
        if (pure_is_const(less, STR("True")))
            best = items[i];
    }
    return best;
}

static struct value *sum(const struct pure_call *c)
{
    struct value *start = pure_arg(c, 1, STR("start")), *in = pure_arg(c, 0, STR_EMPTY);
    struct value *total = start != NULL ? start : value_whole(c->vs, 0);
    const struct value *seq = in == NULL ? NULL : seq_of(c->vs, in);
    if (seq == NULL || seq->kind != VALUE_SEQ || seq->seq->is_open)
        return NULL;
    for (size_t i = 0; i < seq->seq->n; i++)
        total = pure_binary(c->vs, OP_ADD, total, seq->seq->items[i]);
    return total;
}

/* any (1) and all (-1): the first element of that truth decides. */
static struct value *by_truth(const struct pure_call *c)
{
    struct value *in = pure_arg(c, 0, STR_EMPTY);
    const struct value *seq = in == NULL ? NULL : seq_of(c->vs, in);
    if (seq == NULL || seq->kind != VALUE_SEQ)
        return NULL;
    bool is_sure = !seq->seq->is_open;
    for (size_t i = 0; i < seq->seq->n; i++) {
        int truth = value_truth(seq->seq->items[i]);
        if (truth == c->how)
            return value_bool(c->vs, truth > 0);
        is_sure = is_sure && truth != 0;
    }
    return is_sure ? value_bool(c->vs, c->how < 0) : NULL;
}

/* Which kinds of values a type stands for. */
static const struct {
    struct str name;
    enum value_kind kind;
    unsigned flags, without;
} types[] = {
    { STR_INIT("str"), VALUE_TEXT, 0, VALUE_IS_PATH | VALUE_IS_BYTES },
    { STR_INIT("bytes"), VALUE_TEXT, VALUE_IS_BYTES, 0 },
    { STR_INIT("pathlib.Path"), VALUE_TEXT, VALUE_IS_PATH, 0 },
    { STR_INIT("list"), VALUE_SEQ, 0, VALUE_IS_TUPLE | VALUE_IS_SET },
    { STR_INIT("tuple"), VALUE_SEQ, VALUE_IS_TUPLE, 0 },
    { STR_INIT("set"), VALUE_SEQ, VALUE_IS_SET, 0 },
    { STR_INIT("dict"), VALUE_MAP, 0, 0 },
    { STR_INIT("int"), VALUE_NUMBER, 0, 0 },
    { STR_INIT("float"), VALUE_NUMBER, 0, 0 },
};

/* 1 it is of that type, -1 it is not, 0 not known. */
static int is_of_type(struct values *vs, const struct value *v, const struct value *type)
{
    if (type->kind != VALUE_CHAIN || v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN)
        return 0;
    struct str name = chain_name(vs, type->chain);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(types[i].name, name)) {
            bool is = v->kind == types[i].kind && (v->flags & types[i].without) == 0 &&
                      (v->flags & types[i].flags) == types[i].flags;
            if (is && v->kind == VALUE_NUMBER)
                is = v->number.is_whole == str_eq(name, STR("int"));
            return is ? 1 : -1;
        }
    return 0;
}

static struct value *is_instance(const struct pure_call *c)
{
    if (c->args->n_items != 2)
        return NULL;
    const struct value *v = c->args->items[0], *type = c->args->items[1];
    int is = type->kind == VALUE_SEQ ? -1 : is_of_type(c->vs, v, type);
    for (size_t i = 0; type->kind == VALUE_SEQ && i < type->seq->n && is != 1; i++) {
        int one = is_of_type(c->vs, v, type->seq->items[i]);
        is = one >= 0 ? one : is;
    }
    return is == 0 ? NULL : value_bool(c->vs, is > 0);
}

static const struct pure_row functions[] = {
    { STR_INIT("abs"), absolute, 0, 0 },
    { STR_INIT("all"), by_truth, -1, 0 },
    { STR_INIT("any"), by_truth, 1, 0 },
    { STR_INIT("ascii"), to_repr, 0, 0 },
    { STR_INIT("bin"), based, 'b', 0 },
    { STR_INIT("bool"), to_bool, 0, 0 },
    { STR_INIT("bytes"), to_bytes, 0, 0 },
    { STR_INIT("chr"), character, 0, 0 },
    { STR_INIT("divmod"), divided, 0, 0 },
    { STR_INIT("float"), to_real, 0, 0 },
    { STR_INIT("format"), format, 0, 0 },
    { STR_INIT("hex"), based, 'x', 0 },
    { STR_INIT("int"), to_whole, 0, 0 },
    { STR_INIT("isinstance"), is_instance, 0, 0 },
    { STR_INIT("len"), length, 0, 0 },
    { STR_INIT("long"), to_whole, 0, 0 },
    { STR_INIT("math.ceil"), by_math, CEIL, 0 },
    { STR_INIT("math.floor"), by_math, FLOOR, 0 },
    { STR_INIT("math.sqrt"), by_math, SQUARE_ROOT, 0 },
    { STR_INIT("max"), extreme, 1, 0 },
    { STR_INIT("min"), extreme, -1, 0 },
    { STR_INIT("numpy.ceil"), by_math, CEIL, 0 },
    { STR_INIT("numpy.floor"), by_math, FLOOR, 0 },
    { STR_INIT("numpy.int32"), to_whole, 0, 0 },
    { STR_INIT("numpy.int64"), to_whole, 0, 0 },
    { STR_INIT("oct"), based, 'o', 0 },
    { STR_INIT("ord"), code_point, 0, 0 },
    { STR_INIT("pow"), powered, 0, 0 },
    { STR_INIT("repr"), to_repr, 0, 0 },
    { STR_INIT("round"), rounded, 0, 0 },
    { STR_INIT("str"), to_text, 0, 0 },
    { STR_INIT("sum"), sum, 0, 0 },
    { STR_INIT("unicode"), to_text, 0, 0 },
};
const struct pure_table pure_builtin_functions = PURE_TABLE(functions);
