/*
 * run_datasets: the part of a run that finds datasets.  Internal to the folder.
 *
 * The listing feeds the discovery; each family that it gives becomes a task of the workers, who
 * read what it needs, unless the index knows it as it is; the writer puts its datasets.  At the end
 * of a whole listing, those that were not seen leave.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_RUN_DATASETS_H
#define SCAN_RUN_DATASETS_H

#include "scan/run.h"

struct found_family;

/* run->datasets, if the source wants them. */
void run_datasets_begin(struct run *run);
void run_datasets_free(struct run *run);
/* The next object of the listing, and its end.  n_work counts the tasks that they start. */
MUST_USE bool run_datasets_object(struct run *run, const struct store_object *object,
                                  size_t *n_work, struct err *err);
MUST_USE bool run_datasets_entry(struct run *run, const struct listing_entry *entry, size_t *n_work,
                                 struct err *err);
MUST_USE bool run_datasets_end(struct run *run, size_t *n_work, struct err *err);
/* After everything was written: what was not seen leaves. */
MUST_USE bool run_datasets_sweep(struct run *run, struct err *err);

/* On a worker: read it to its end, or see that it is known.  A failure of reading is the family's
 * own; err is set only when all must end. */
void found_family_work(struct run *run, struct found_family *f, struct err *err);
/* In a batch of the writer. */
MUST_USE bool found_family_write(struct run *run, const struct found_family *f, struct err *err);
/* Accepts NULL. */
void found_family_free(struct found_family *f);

#endif
