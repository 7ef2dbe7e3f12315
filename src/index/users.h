/*
 * users: the notebooks that use a dataset.  Internal to the folder; see settle.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_USERS_H
#define INDEX_USERS_H

#include "index/index_internal.h"

/* Gather the users of a dataset anew: its rows of the table use, its counts, its tally. */
MUST_USE bool users_settle(struct index_writer *w, int64_t dataset, struct err *err);

/* A notebook is about to change or to go: it uses nothing any more, and the datasets that it used
 * are to be settled.  Its kinds must still be there. */
MUST_USE bool users_forget_notebook(struct index_writer *w, int64_t notebook, struct err *err);
/* A dataset goes. */
MUST_USE bool users_forget_dataset(struct index_writer *w, int64_t dataset, struct err *err);

#endif
