/*
 * settle: see index_settle() of write.h.  Internal to the folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_SETTLE_H
#define INDEX_SETTLE_H

#include "index/index_internal.h"

/* The datasets at the locations that the notebook binds names of tables to are to be settled. */
MUST_USE bool settle_mark_tables(struct index_writer *w, int64_t notebook, struct err *err);

/* This dataset is new, or goes: it and the places inside it are to be settled. */
MUST_USE bool settle_mark_dataset(struct index_writer *w, int64_t dataset, struct str uri,
                                  struct err *err);

#endif
