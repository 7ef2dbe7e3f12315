/*
 * sorter: objects in any order and any number, given back in the byte order of keys.
 *
 * What does not fit into memory (SORTER_BYTES) is sorted piece by piece into unnamed files of a
 * folder and merged from there.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_SORTER_H
#define SCAN_SORTER_H

#include "store/store.h"

enum { SORTER_BYTES = 48 * 1024 * 1024 };

struct sorter;

/* folder: for the files; borrowed.  max_bytes: held in memory; 0: SORTER_BYTES.  Never NULL. */
struct sorter *sorter_new(const char *folder, size_t max_bytes);
/* Accepts NULL. */
void sorter_free(struct sorter *s);

/* object: copied.  Fails with ERR_IO (the disk is full, ...). */
MUST_USE bool sorter_add(struct sorter *s, const struct store_object *object, struct err *err);
/* All of them, in order; of equal keys only one, the newest.  Once. */
MUST_USE bool sorter_each(struct sorter *s, store_object_fn *each, void *ctx, struct err *err);

#endif
