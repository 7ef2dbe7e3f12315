/*
 * pure_number: arithmetic of numbers that are known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_NUMBER_H
#define LINEAGE_PURE_NUMBER_H

#include "lineage/value.h"

/* Python's arithmetic; NULL if one is no number, or the result is none (x / 0, past 64 bits). */
struct value *number_binary(struct values *vs, enum node_op op, const struct value *left,
                            const struct value *right);
struct value *number_unary(struct values *vs, enum node_op op, const struct value *v);

/* int(text), float(text), with underscores and blanks as Python takes them. */
bool number_parse_whole(struct str text, unsigned base, int64_t *out);
bool number_parse_real(struct str text, double *out);

/* A real number that is whole becomes one, within 64 bits; NULL if it is too large. */
struct value *number_from_whole_real(struct values *vs, double real);

#endif
