/* eval_callee: what a chain is called, as the question to the call tables and for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/limits.h"

#include <string.h>

const struct call_name *io_known(struct eval *e, const struct chain *step)
{
    if (step->known == NULL) {
        size_t dot = step->lang == CALL_R ? SIZE_MAX : str_rfind_char(step->name, '.');
        struct str last = dot == SIZE_MAX ? step->name : str_from_pos(step->name, dot + 1);
        ((struct chain *)(uintptr_t)step)->known = calls_name(e->options->calls, step->lang, last);
    }
    return step->known;
}

/* The names of the chain, from the root; false when the root is not known by name. */
static bool names_of(struct eval *e, const struct chain *c, struct callee *out)
{
    size_t n = 0;
    const struct chain *at = c;
    for (; at != NULL && n < LIMIT_CHAIN_NAMES; at = at->base)
        n += at->step == STEP_ROOT || at->step == STEP_ATTR;
    struct str *names = ARENA_NEW_N(e->arena, struct str, n);
    size_t i = n;
    const struct chain *first = NULL;
    for (at = c; at != NULL && i > 0; at = at->base)
        if (at->step == STEP_ROOT || at->step == STEP_ATTR) {
            names[--i] = at->name;
            first = at;
        }
    bool is_rooted =
        first != NULL && first->step == STEP_ROOT && first->name.len > 0 && !first->is_value;
    if (c->step == STEP_ATTR || (is_rooted && c->step == STEP_ROOT))
        out->last = io_known(e, c);
    if (is_rooted)
        out->first = io_known(e, first);
    /* a module's dotted name is several names; in R a dot is part of a name */
    if (is_rooted && c->lang != CALL_R && str_find_char(names[0], '.') != SIZE_MAX) {
        size_t dots = 0;
        for (size_t k = 0; k < names[0].len; k++)
            dots += names[0].ptr[k] == '.';
        struct str *all = ARENA_NEW_N(e->arena, struct str, n + dots);
        struct str rest = names[0], head;
        for (size_t k = 0; k < dots; k++) {
            str_cut(rest, '.', &head, &rest);
            all[k] = head;
        }
        all[dots] = rest;
        for (size_t k = 1; k < n; k++)
            all[dots + k] = names[k];
        names = all;
        n += dots;
        out->first = NULL; /* that was the last name of the module */
    }
    out->names = names;
    out->n = n;
    out->is_rooted = is_rooted;
    return n > 0;
}

/* The names that a step of the chain adds: a module's dotted name is several. */
static size_t n_names(const struct chain *c)
{
    size_t n = c->step == STEP_ROOT || c->step == STEP_ATTR;
    for (size_t i = 0; c->step == STEP_ROOT && c->lang != CALL_R && i < c->name.len; i++)
        n += c->name.ptr[i] == '.';
    return n;
}

static bool has_argument(void *ctx, size_t i, struct str text)
{
    const struct chain *c = ctx;
    size_t left = 0; /* names of at and of all that it was come by */
    for (const struct chain *at = c; at != NULL; at = at->base)
        left += n_names(at);
    for (const struct chain *at = c; at != NULL; left -= n_names(at), at = at->base) {
        if (left < i)
            return false;
        if (at->step != STEP_CALL || at->base == NULL || at->args == NULL ||
            left - n_names(at->base) != i)
            continue;
        for (size_t k = 0; k < at->args->n_items + at->args->n_named; k++) {
            const struct value *v =
                k < at->args->n_items ? at->args->items[k] : at->args->named[k - at->args->n_items];
            if (v->kind == VALUE_TEXT && str_eq_nocase(v->text.bytes, text))
                return true;
        }
    }
    return false;
}

static struct str receiver_kind(const struct chain *c)
{
    bool is_attr = true;
    for (const struct chain *at = c; at != NULL; at = at->base) {
        is_attr = is_attr && (at->step == STEP_ATTR || at->step == STEP_ROOT);
        if (at->step == STEP_ROOT && at->is_module && is_attr && c->kind.len == 0)
            return STR("module");
    }
    for (; c != NULL; c = c->base) {
        if (c->kind.len > 0)
            return c->kind;
        if (c->step == STEP_CALL || c->step == STEP_ROOT)
            break;
    }
    return STR_EMPTY;
}

struct str io_via(struct eval *e, const struct callee *q)
{
    size_t from = q->is_rooted ? 0 : q->n - 1, size = 0;
    struct str lead = q->is_rooted ? STR_EMPTY : STR(".");
    if (q->n - from > 4) {
        from = q->n - 3;
        lead = STR("~.");
    }
    for (size_t i = from; i < q->n; i++)
        size += q->names[i].len + 1;
    char *text = arena_alloc(e->arena, lead.len + size), *at = text;
    for (size_t i = 0; i < lead.len; i++)
        *at++ = lead.ptr[i];
    for (size_t i = from; i < q->n; i++) {
        if (i > from)
            *at++ = '.';
        if (q->names[i].len > 0)
            memcpy(at, q->names[i].ptr, q->names[i].len);
        at += q->names[i].len;
    }
    return str_slice((struct str){ text, (size_t)(at - text) }, 0, 200);
}

bool io_question(struct eval *e, const struct chain *callee, struct callee *q)
{
    *q = (struct callee){ .lang = callee->lang };
    if (!names_of(e, callee, q))
        return false;
    if (callee->step == STEP_ATTR)
        q->kind = receiver_kind(callee->base);
    q->has_argument = has_argument;
    q->ctx = (void *)(uintptr_t)callee;
    return true;
}
