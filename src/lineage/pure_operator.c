/* pure_operator: operators of two values and of one.  See pure.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_internal.h"
#include "lineage/pure_number.h"
#include "lineage/pure_time.h"
#include "util/limits.h"

static bool is_outside(const struct value *v)
{
    return v->kind == VALUE_UNKNOWN || v->kind == VALUE_CHAIN;
}

static bool is_date(const struct value *v)
{
    return v->kind == VALUE_TEXT && (v->flags & VALUE_IS_DATE) != 0;
}

static void add_all(struct values *vs, struct value *out, const struct value *in)
{
    for (size_t i = 0; i < in->seq->n; i++)
        value_seq_add(vs, out, in->seq->items[i]);
}

/* The elements of both; what is no sequence stands for elements that are not known. */
static struct value *join_seqs(struct values *vs, const struct value *a, const struct value *b)
{
    const struct value *sides[] = { a, b };
    struct value *out = value_seq(vs, a->kind == VALUE_SEQ ? a->flags : b->flags);
    if (out->kind != VALUE_SEQ)
        return out;
    for (size_t i = 0; i < 2; i++) {
        if (sides[i]->kind != VALUE_SEQ) {
            out->seq->is_open = true;
            continue;
        }
        add_all(vs, out, sides[i]);
        out->seq->is_open = out->seq->is_open || sides[i]->seq->is_open;
        if (sides[i]->seq->any_more != NULL)
            out->seq->any_more = value_join(vs, out->seq->any_more, sides[i]->seq->any_more);
    }
    return out;
}

static struct value *add(struct values *vs, struct value *left, struct value *right)
{
    if (is_date(left) || is_date(right))
        return time_binary(vs, OP_ADD, left, right);
    if (left->kind == VALUE_TEXT || right->kind == VALUE_TEXT)
        return value_concat(vs, left, right);
    if ((left->kind == VALUE_SEQ && (right->kind == VALUE_SEQ || is_outside(right))) ||
        (right->kind == VALUE_SEQ && is_outside(left)))
        return join_seqs(vs, left, right);
    return number_binary(vs, OP_ADD, left, right);
}

static struct value *repeat_text(struct values *vs, const struct value *text, int64_t n)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    if (n > (int64_t)LIMIT_TEXT_BYTES)
        return NULL;
    if (n > 0 && text->text.bytes.len > 0)
        text_out_slice(&out, text, 0, SIZE_MAX);
    for (int64_t done = 1; text->text.n_holes == 0 && done < n && !out.failed && out.n > 0;) {
        int64_t more = done < n - done ? done : n - done; /* what is there once more */
        text_out_add(&out, (struct str){ out.bytes, (size_t)more * text->text.bytes.len });
        done += more;
    }
    for (int64_t i = 1; text->text.n_holes > 0 && i < n && !out.failed; i++)
        text_out_slice(&out, text, 0, SIZE_MAX);
    return text_out_take(&out, text->flags & VALUE_IS_BYTES);
}

static struct value *repeat_seq(struct values *vs, const struct value *seq, int64_t n)
{
    struct value *out = value_seq(vs, seq->flags);
    if (out->kind != VALUE_SEQ || n > (int64_t)LIMIT_SEQ_ITEMS)
        return NULL;
    out->seq->is_open = seq->seq->is_open;
    size_t n_items = seq->seq->n;
    for (int64_t i = 0; i < n && n_items > 0 && out->seq->n < LIMIT_SEQ_ITEMS; i++)
        for (size_t j = 0; j < n_items && !values_are_full(vs); j++)
            value_seq_add(vs, out, seq->seq->items[j]);
    return out;
}

static struct value *multiply(struct values *vs, struct value *left, struct value *right)
{
    int64_t n;
    if (right->kind == VALUE_TEXT || right->kind == VALUE_SEQ) {
        struct value *t = left;
        left = right;
        right = t;
    }
    if (left->kind == VALUE_TEXT)
        return value_is_whole(right, &n) ? repeat_text(vs, left, n) : NULL;
    if (left->kind == VALUE_SEQ)
        return value_is_whole(right, &n) ? repeat_seq(vs, left, n) : NULL;
    return number_binary(vs, OP_MUL, left, right);
}

/* Paths are joined; so is what is not known to a text, for only paths are divided by texts. */
static struct value *divide(struct values *vs, struct value *left, struct value *right)
{
    struct value *const parts[] = { left, right };
    bool is_path = (left->kind == VALUE_TEXT && right->kind == VALUE_TEXT) ||
                   (left->kind == VALUE_TEXT && is_outside(right)) ||
                   (right->kind == VALUE_TEXT && is_outside(left));
    if (is_path)
        return pure_path_join(vs, parts, 2, VALUE_IS_PATH);
    return number_binary(vs, OP_DIV, left, right);
}

/* "..." % right, whose tuple or mapping becomes arguments, so that unions in it are multiplied. */
static struct value *percent_row(const struct pure_call *c)
{
    return pure_percent(c->vs, c->self, c->args);
}

static struct value *percent(struct values *vs, struct value *left, struct value *right)
{
    static const struct pure_row row = { .run = percent_row };
    struct call_args args = { .items = &right, .n_items = 1 };
    if (right->kind == VALUE_SEQ && right->flags & VALUE_IS_TUPLE) {
        args = (struct call_args){ .items = right->seq->items, .n_items = right->seq->n };
        args.is_open = right->seq->is_open;
    } else if (right->kind == VALUE_MAP) {
        const struct strmap *m = &right->map->entries;
        args.names = ARENA_NEW_N(vs->arena, struct str, m->n + 1);
        args.named = ARENA_NEW_N(vs->arena, struct value *, m->n + 1);
        for (size_t i = 0; i < m->n; i++) {
            if (m->entries[i].value == NULL)
                continue;
            args.names[args.n_named] = m->entries[i].key;
            args.named[args.n_named++] = m->entries[i].value;
        }
    }
    struct pure_call c = { .vs = vs, .self = left, .args = &args };
    return pure_spread(&c, &row);
}

/* -1: it cannot be said; what has no hole and nothing unknown in it can be compared. */
static bool is_known(const struct value *v, unsigned depth)
{
    if (depth == 0)
        return false;
    switch (v->kind) {
    case VALUE_TEXT:
        return v->text.n_holes == 0;
    case VALUE_NUMBER:
    case VALUE_CONST:
        return true;
    case VALUE_SEQ:
        for (size_t i = 0; i < v->seq->n; i++)
            if (!is_known(v->seq->items[i], depth - 1))
                return false;
        return !v->seq->is_open;
    default:
        return false;
    }
}

/* Can a text with holes be that text?  Only what stands before the first hole and behind the last
 * is compared. */
static bool can_be(const struct value *holed, struct str text)
{
    struct str s = holed->text.bytes;
    size_t first = str_find_char(s, HOLE_BYTE), last = str_rfind_char(s, HOLE_BYTE);
    struct str head = str_slice(s, 0, first), tail = str_from_pos(s, last + 1);
    return str_has_prefix(text, head) && str_has_suffix(text, tail) &&
           text.len >= head.len + tail.len;
}

/* 1 equal, -1 different, 0 not known. */
static int equal(const struct value *a, const struct value *b)
{
    struct str text;
    if (is_known(a, 4) && is_known(b, 4)) {
        if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
            return a->number.real < b->number.real || a->number.real > b->number.real ? -1 : 1;
        if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
            return str_eq(a->text.bytes, b->text.bytes) ? 1 : -1;
        return value_eq(a, b) ? 1 : -1;
    }
    if (a->kind == VALUE_TEXT && value_is_known_text(b, &text))
        return can_be(a, text) ? 0 : -1;
    if (b->kind == VALUE_TEXT && value_is_known_text(a, &text))
        return can_be(b, text) ? 0 : -1;
    if (is_outside(a) || is_outside(b) || a->kind == b->kind)
        return 0;
    return -1;
}

static struct value *truth_value(struct values *vs, int truth)
{
    return truth == 0 ? NULL : value_bool(vs, truth > 0);
}

static struct value *compare(struct values *vs, enum node_op op, const struct value *a,
                             const struct value *b)
{
    int order;
    struct str x, y;
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        order = a->number.real < b->number.real ? -1 : a->number.real > b->number.real;
    else if (value_is_known_text(a, &x) && value_is_known_text(b, &y))
        order = str_cmp(x, y);
    else
        return NULL;
    if (op == OP_LT || op == OP_GE)
        return value_bool(vs, (order < 0) == (op == OP_LT));
    return value_bool(vs, (order > 0) == (op == OP_GT));
}

static int is_in_seq(const struct value *item, const struct seq *s)
{
    int found = s->is_open ? 0 : -1;
    for (size_t i = 0; i < s->n; i++) {
        int same = equal(item, s->items[i]);
        if (same > 0)
            return 1;
        if (same == 0)
            found = 0;
    }
    return found;
}

static int is_in(struct values *vs, const struct value *item, const struct value *container)
{
    struct str part, key;
    switch (container->kind) {
    case VALUE_SEQ:
        return is_in_seq(item, container->seq);
    case VALUE_TEXT:
        if (!value_is_known_text(item, &part))
            return 0;
        if (str_contains(container->text.bytes, part))
            return 1;
        return container->text.n_holes > 0 ? 0 : -1;
    case VALUE_MAP:
        if (!value_map_key(vs, item, &key))
            return 0;
        if (strmap_get(&container->map->entries, key) != NULL)
            return 1;
        return container->map->is_open || container->map->any != NULL ? 0 : -1;
    default:
        return 0;
    }
}

/* Lists and mappings joined by "|"; numbers by bits. */
static struct value *unite(struct values *vs, struct value *left, struct value *right)
{
    if (left->kind == VALUE_SEQ && right->kind == VALUE_SEQ)
        return join_seqs(vs, left, right);
    if (left->kind != VALUE_MAP || right->kind != VALUE_MAP)
        return number_binary(vs, OP_BITOR, left, right);
    struct value *out = value_map(vs);
    const struct value *sides[] = { left, right };
    for (size_t i = 0; i < 2 && out->kind == VALUE_MAP; i++) {
        const struct map *m = sides[i]->map;
        for (size_t j = 0; j < m->entries.n; j++)
            value_map_put(vs, out, value_text(vs, m->entries.entries[j].key),
                          m->entries.entries[j].value);
        out->map->is_open = out->map->is_open || m->is_open;
        out->map->any = value_join(vs, out->map->any, m->any);
    }
    return out;
}

/* Left or right, whichever the left one's truth chooses. */
static struct value *either(struct values *vs, struct value *left, struct value *right, int wanted)
{
    int truth = value_truth(left);
    if (truth == 0)
        return value_join(vs, left, right);
    return truth == wanted ? right : left;
}

static struct value *binary(const struct pure_call *c)
{
    struct values *vs = c->vs;
    struct value *left = c->args->items[0], *right = c->args->items[1];
    enum node_op op = (enum node_op)c->how;
    switch (op) {
    case OP_ADD:
        return add(vs, left, right);
    case OP_SUB:
        return is_date(left) ? time_binary(vs, op, left, right)
                             : number_binary(vs, op, left, right);
    case OP_MUL:
        return multiply(vs, left, right);
    case OP_DIV:
        return divide(vs, left, right);
    case OP_MOD:
        return left->kind == VALUE_TEXT ? percent(vs, left, right)
                                        : number_binary(vs, op, left, right);
    case OP_BITOR:
        return unite(vs, left, right);
    case OP_EQ:
    case OP_IS:
        return truth_value(vs, equal(left, right));
    case OP_NE:
    case OP_IS_NOT:
        return truth_value(vs, -equal(left, right));
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return compare(vs, op, left, right);
    case OP_IN:
        return truth_value(vs, is_in(vs, left, right));
    case OP_NOT_IN:
        return truth_value(vs, -is_in(vs, left, right));
    default:
        return number_binary(vs, op, left, right);
    }
}

/* All alternatives may be texts, and one side certainly is. */
static bool are_texts(const struct value *a, const struct value *b)
{
    const struct value *sides[] = { a, b };
    bool is_text[2] = { true, true };
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < value_n_alternatives(sides[i]); j++) {
            const struct value *v = value_alternative(sides[i], j);
            if (is_date(v) || (v->kind != VALUE_TEXT && !is_outside(v)))
                return false;
            is_text[i] = is_text[i] && v->kind == VALUE_TEXT;
        }
    return is_text[0] || is_text[1];
}

struct value *pure_binary(struct values *vs, enum node_op op, struct value *left,
                          struct value *right)
{
    if (op == OP_AND || op == OP_OR)
        return either(vs, left, right, op == OP_AND ? 1 : -1);
    if (op == OP_ADD && are_texts(left, right))
        return value_concat(vs, left, right);
    const struct pure_row row = { .run = binary, .how = (int)op };
    struct value *items[] = { left, right };
    struct call_args args = { .items = items, .n_items = 2 };
    struct pure_call c = { .vs = vs, .args = &args };
    return pure_spread(&c, &row);
}

static struct value *unary(const struct pure_call *c)
{
    struct value *v = c->args->items[0];
    if (c->how == OP_NOT)
        return truth_value(c->vs, -value_truth(v));
    return number_unary(c->vs, (enum node_op)c->how, v);
}

struct value *pure_unary(struct values *vs, enum node_op op, struct value *operand)
{
    const struct pure_row row = { .run = unary, .how = (int)op };
    struct call_args args = { .items = &operand, .n_items = 1 };
    struct pure_call c = { .vs = vs, .args = &args };
    return pure_spread(&c, &row);
}
