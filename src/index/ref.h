/*
 * ref: how a reference is packed into a row of the table ref.  Internal to the folder.
 *
 * holes: one line for each unknown part: the name of the reason (hole_reason_name()), and after a
 * space the name of the variable, if it is known.  NULL when nothing is unknown.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_REF_H
#define INDEX_REF_H

#include "catalog/kinds.h"

enum { REF_IS_CALLED = 1 << 8, REF_IS_MAY = 1 << 9, REF_IS_DERIVED = 1 << 10 };

static inline int64_t ref_what(const struct reference *r)
{
    return (int64_t)r->dir | (int64_t)r->kind << 4 | (r->is_called ? REF_IS_CALLED : 0) |
           (r->is_may ? REF_IS_MAY : 0) | (r->is_derived ? REF_IS_DERIVED : 0);
}

static inline enum reference_dir ref_dir(int64_t what)
{
    return (enum reference_dir)(what & 15);
}

static inline enum reference_kind ref_kind(int64_t what)
{
    return (enum reference_kind)(what >> 4 & 15);
}

#endif
