/*
 * near: groups of near-copies in the index (catalog/sketch.h).  Internal to the folder.
 *
 * A group lives as long as it has members, with the sketch of the one that it began with, also when
 * that one is gone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_NEAR_H
#define INDEX_NEAR_H

#include "index/index_internal.h"

struct sketch;

/* The group that a notebook with that sketch belongs to, made when there is none; 0 if the sketch
 * is empty. */
MUST_USE bool near_join(struct index_writer *w, const struct sketch *sketch, int64_t *group,
                        struct err *err);
/* One member less; group 0: nothing. */
MUST_USE bool near_leave(struct index_writer *w, int64_t group, struct err *err);

#endif
