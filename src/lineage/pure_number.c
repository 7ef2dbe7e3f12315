/* pure_number: see pure_number.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* True and False are numbers as well. */
static bool as_number(const struct value *v, struct value *out)
{
    if (v->kind == VALUE_NUMBER) {
        *out = *v;
        return true;
    }
    if (v->kind != VALUE_CONST ||
        (!str_eq(v->constant, STR("True")) && !str_eq(v->constant, STR("False"))))
        return false;
    *out = (struct value){ .kind = VALUE_NUMBER };
    out->number.whole = str_eq(v->constant, STR("True"));
    out->number.real = (double)out->number.whole;
    out->number.is_whole = true;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static bool power(int64_t base, int64_t exponent, int64_t *out)
{
    int64_t result = 1;
    if (exponent > 64 && (base > 1 || base < -1))
        return false;
    if (exponent > 64)
        exponent = exponent % 2 + 2;
    for (int64_t i = 0; i < exponent; i++)
        if (__builtin_mul_overflow(result, base, &result))
            return false;
    *out = result;
    return true;
}

/* False if the result is not whole, not defined or past 64 bits. */
static bool whole_binary(enum node_op op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case OP_ADD:
        return !__builtin_add_overflow(a, b, out);
    case OP_SUB:
        return !__builtin_sub_overflow(a, b, out);
    case OP_MUL:
        return !__builtin_mul_overflow(a, b, out);
    case OP_FLOORDIV:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return false;
        *out = floor_div(a, b);
        return true;
    case OP_MOD:
        if (b == 0 || b == -1)
            *out = 0;
        else
            *out = a % b + (a % b != 0 && (a % b < 0) != (b < 0) ? b : 0);
        return b != 0;
    case OP_POW:
        return b >= 0 && power(a, b, out);
    case OP_BITOR:
        *out = a | b;
        return true;
    case OP_BITAND:
        *out = a & b;
        return true;
    case OP_BITXOR:
        *out = a ^ b;
        return true;
    case OP_SHL:
        return b >= 0 && b < 63 && !__builtin_mul_overflow(a, (int64_t)1 << b, out);
    case OP_SHR:
        *out = b < 0 ? 0 : a >> (b < 63 ? b : 63);
        return b >= 0;
    default:
        return false;
    }
}

static bool real_binary(enum node_op op, double a, double b, double *out)
{
    bool is_zero = !(b < 0) && !(b > 0);
    switch (op) {
    case OP_ADD:
        *out = a + b;
        return true;
    case OP_SUB:
        *out = a - b;
        return true;
    case OP_MUL:
        *out = a * b;
        return true;
    case OP_DIV:
        *out = is_zero ? 0 : a / b;
        return !is_zero;
    case OP_FLOORDIV:
        *out = is_zero ? 0 : floor(a / b);
        return !is_zero;
    case OP_MOD:
        *out = is_zero ? 0 : fmod(a, b);
        if ((*out < 0 && b > 0) || (*out > 0 && b < 0))
            *out += b;
        return !is_zero;
    case OP_POW:
        *out = pow(a, b);
        return !isnan(*out);
    default:
        return false;
    }
}

struct value *number_binary(struct values *vs, enum node_op op, const struct value *left,
                            const struct value *right)
{
    struct value a, b;
    int64_t whole;
    double real;
    if (!as_number(left, &a) || !as_number(right, &b))
        return NULL;
    if (a.number.is_whole && b.number.is_whole && op != OP_DIV &&
        !(op == OP_POW && b.number.whole < 0))
        return whole_binary(op, a.number.whole, b.number.whole, &whole) ? value_whole(vs, whole)
                                                                        : NULL;
    return real_binary(op, a.number.real, b.number.real, &real) ? value_number(vs, real) : NULL;
}

struct value *number_unary(struct values *vs, enum node_op op, const struct value *v)
{
    struct value n;
    if (!as_number(v, &n))
        return NULL;
    if (op == OP_POS)
        return n.number.is_whole ? value_whole(vs, n.number.whole)
                                 : value_number(vs, n.number.real);
    if (op == OP_INVERT)
        return n.number.is_whole ? value_whole(vs, ~n.number.whole) : NULL;
    if (op != OP_NEG || (n.number.is_whole && n.number.whole == INT64_MIN))
        return NULL;
    return n.number.is_whole ? value_whole(vs, -n.number.whole) : value_number(vs, -n.number.real);
}

struct value *number_from_whole_real(struct values *vs, double real)
{
    if (!(real > -9.2e18 && real < 9.2e18))
        return NULL;
    return value_whole(vs, (int64_t)real);
}

/* The digits without blanks around and underscores between, NUL-terminated. */
static bool clean(struct str text, char *out, size_t size)
{
    text = str_trim(text);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '_' && i > 0 && i + 1 < text.len && text.ptr[i - 1] != '_')
            continue;
        if (n + 1 >= size || text.ptr[i] <= ' ' || text.ptr[i] == '_')
            return false;
        out[n++] = text.ptr[i];
    }
    out[n] = '\0';
    return n > 0;
}

/* 16 of "0x", 8 of "0o", 2 of "0b", else 0. */
static unsigned base_of_prefix(const char *s)
{
    if (s[0] != '0')
        return 0;
    char c = (char)(s[1] | 0x20);
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
}

bool number_parse_whole(struct str text, unsigned base, int64_t *out)
{
    char digits[80], *end;
    if (base == 1 || base > 36 || !clean(text, digits, sizeof digits))
        return false;
    char *at = digits + (digits[0] == '-' || digits[0] == '+');
    unsigned prefix = base_of_prefix(at);
    if (prefix != 0 && (base == 0 || base == prefix)) {
        base = prefix;
        at += 2;
    }
    if (base == 0)
        base = 10;
    if (*at == '-' || *at == '+' || *at == '\0')
        return false;
    unsigned long long n = strtoull(at, &end, (int)base);
    if (*end != '\0' || end == at || n > INT64_MAX || (base == 16 && strpbrk(at, "xX") != NULL))
        return false;
    *out = digits[0] == '-' ? -(int64_t)n : (int64_t)n;
    return true;
}

bool number_parse_real(struct str text, double *out)
{
    char digits[400], *end;
    if (!clean(text, digits, sizeof digits) || strpbrk(digits, "xXpP(") != NULL)
        return false;
    double n = strtod(digits, &end);
    if (*end != '\0')
        return false;
    *out = n;
    return true;
}
