/*
 * value_internal: what the files of values and of pure functions share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_VALUE_INTERNAL_H
#define LINEAGE_VALUE_INTERNAL_H

#include "lineage/value.h"

/* True past limit_bytes; sets hit_limit. */
static inline bool values_are_full(struct values *vs)
{
    if (vs->arena->used_bytes <= vs->limit_bytes)
        return false;
    vs->hit_limit = true;
    return true;
}

/* A new value of that kind; never called past the limit. */
static inline struct value *value_make(struct values *vs, enum value_kind kind)
{
    struct value *v = ARENA_NEW(vs->arena, struct value);
    v->kind = (uint8_t)kind;
    return v;
}

/* A text under construction.  Equal holes side by side are one. */
struct text_out {
    struct values *vs;
    char *bytes;
    size_t n, cap;
    struct hole *holes;
    size_t n_holes, holes_cap;
    bool failed; /* it would pass LIMIT_TEXT_BYTES */
};
#define TEXT_OUT_INIT(values)                                                                      \
    {                                                                                              \
        .vs = (values)                                                                             \
    }

/* HOLE_BYTE in s is a hole of reason RUN_TIME. */
void text_out_add(struct text_out *out, struct str s);
void text_out_char(struct text_out *out, char c);
void text_out_hole(struct text_out *out, struct hole hole);
/* The bytes from .. to of a TEXT, with their holes. */
void text_out_slice(struct text_out *out, const struct value *text, size_t from, size_t to);
/* A TEXT as it is, any other kind but a union as value_to_text() has it. */
void text_out_value(struct text_out *out, struct value *v);
/* The same behind what is there already: the folder of an element of a listing is not repeated. */
void text_out_joined(struct text_out *out, struct value *v);
/* Only the first n bytes are kept. */
void text_out_cut(struct text_out *out, size_t n);
/* The TEXT, or an unknown value (reason LIMIT). */
struct value *text_out_take(struct text_out *out, unsigned flags);

/* The origin of what is made of both; either may be NULL. */
const struct origin *origin_join(struct values *vs, const struct origin *a, const struct origin *b);

/* As Python prints a number. */
struct str number_text(struct values *vs, const struct value *number);
/* repr() of any value but a union, into out. */
void text_out_repr(struct text_out *out, struct value *v, unsigned depth);

/* Choices of unions: which alternative of each of n values combination k takes.  Values that are
 * the same union make the same choice. */
size_t choices_count(struct value *const *values, size_t n, size_t max);
void choices_pick(struct value *const *values, size_t n, size_t k, struct value **picked);

/* The bytes of the UTF-8 character that begins with that byte; 1 for what is none. */
size_t utf8_size(unsigned char first);

/* The place of a hole among those of a text: how many stand before byte at. */
size_t text_holes_before(const struct value *text, size_t at);

#endif
