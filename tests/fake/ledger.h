/*
 * ledger: a ledger in memory, for simulations: as exact as the database, without its disk.
 *
 * Several handles share one store, as processes share a file.  Not thread-safe.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_LEDGER_H
#define TESTS_FAKE_LEDGER_H

#include "util/ledger.h"

struct fake_ledger_store;
struct fake_ledger_store *fake_ledger_store_new(void);
void fake_ledger_store_free(struct fake_ledger_store *store);

/* Asked before and after every commit takes effect; false: the process died there, and every call
 * of this handle fails with ERR_IO from then on. */
typedef bool fake_ledger_lives_fn(void *ctx, bool is_after);

/* lives may be NULL. */
struct ledger *fake_ledger_open(struct fake_ledger_store *store, fake_ledger_lives_fn *lives,
                                void *ctx);

#endif
