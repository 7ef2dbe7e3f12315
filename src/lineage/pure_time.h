/*
 * pure_time: dates that the program writes as constants.
 *
 * datetime.date(2019, 1, 2) stays the chain that it is; where its arguments are known, it can be
 * printed and reckoned with.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_TIME_H
#define LINEAGE_PURE_TIME_H

#include "lineage/value_internal.h"

/* A CHAIN as strftime(format) prints it; a hole with its reason if it is no known date. */
void time_format_into(struct text_out *out, const struct value *v, struct str format);

#endif
