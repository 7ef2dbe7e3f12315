/*
 * pure_seq: what the functions on lists and mappings share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_SEQ_H
#define LINEAGE_PURE_SEQ_H

#include "lineage/pure_text.h"

/* What iteration over v gives: a SEQ itself, a MAP's keys, a TEXT's characters; else NULL. */
struct value *seq_of(struct values *vs, struct value *v);
/* A new sequence of the same elements; NULL if in is NULL. */
struct value *seq_copy(struct values *vs, const struct value *in, unsigned flags);
/* Add all that iteration over v gives. */
void seq_extend(struct values *vs, struct value *seq, struct value *v);
/* An open sequence's elements that are not known. */
struct value *seq_other(struct values *vs, const struct seq *s);
/* In order if all are known numbers or known texts; else as they are. */
void seq_sort(struct seq *s, bool is_descending);
void seq_reverse(struct seq *s);
void seq_remove(struct seq *s, size_t at);
/* Without the elements that stand in it twice. */
struct value *seq_unique(struct values *vs, const struct value *in, unsigned flags);
/* The index of an element that certainly is item; SIZE_MAX if none is. */
size_t seq_find(const struct seq *s, const struct value *item);
struct value *seq_tuple(struct values *vs, struct value *a, struct value *b);

struct value *map_copy(struct values *vs, const struct value *in);
/* Put all of a MAP, of a sequence of pairs and of the keyword arguments into map. */
void map_update(struct values *vs, struct value *map, struct value *from,
                const struct call_args *args);

#endif
