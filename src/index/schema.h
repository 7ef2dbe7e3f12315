/*
 * schema: the tables of the index and the migrations that make them.  Internal to the folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_SCHEMA_H
#define INDEX_SCHEMA_H

#include "index/db.h"
#include "index/index.h"

/* "BhIx": PRAGMA application_id of an index. */
#define SCHEMA_APPLICATION_ID 0x42684978

/* Make the tables, or bring those of an older version up to date, in one transaction.  ERR_CONFIG:
 * another program's file, or of a newer version. */
MUST_USE bool schema_migrate(struct db *db, struct err *err);

/* Is it an index of this version?  ERR_CONFIG. */
MUST_USE bool schema_check(struct db *db, struct err *err);

#endif
