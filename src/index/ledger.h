/*
 * ledger: the ledger of util/ledger.h in a SQLite file of its own.
 *
 * Not the file of the index: a scan writes that for long stretches, and the end of a cluster must
 * not wait for it; and a commit here is on the disk when it returns.  Opened by several processes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_LEDGER_H
#define INDEX_LEDGER_H

#include "util/ledger.h"

/* Open the file, make it if it is missing.  NULL and ERR_IO, ERR_CONFIG (no ledger, or of a newer
 * version), ERR_FORBIDDEN.  Closed by ops->close(). */
MUST_USE struct ledger *ledger_open(const char *path, struct err *err);

#endif
