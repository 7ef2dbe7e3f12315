/*
 * pure_format: format(value, spec): the format specification mini-language of Python.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_FORMAT_H
#define LINEAGE_PURE_FORMAT_H

#include "lineage/value_internal.h"

struct format_spec {
    struct str fill; /* one character; empty: a blank */
    char align;      /* < > = ^ or 0 */
    char sign;       /* + - blank or 0 */
    char grouping;   /* , _ or 0 */
    char type;       /* or 0 */
    bool is_alternate, has_precision;
    size_t width, precision;
};

/* False if text is no specification, or asks for more than a limit. */
bool format_spec_parse(struct str text, struct format_spec *out);

/* v, which is no union, laid out; what is not known, or does not go with the specification, is a
 * hole. */
void format_value(struct text_out *out, struct value *v, const struct format_spec *spec);

#endif
