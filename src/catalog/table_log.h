/*
 * table_log: what a table's own log says: Delta, Iceberg, Hudi, Zarr.
 *
 * While a folder is listed, table_log_note() remembers which objects of the log must be read: few,
 * and the newest.  Then they are read one by one, and table_log_fill() says what the table is.
 * Pure; a log that cannot be understood gives an error text, never a failure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_TABLE_LOG_H
#define CATALOG_TABLE_LOG_H

#include "catalog/discover.h"

struct table_log;

/* name: the object's key below the folder that may be a table.  *log is made when there is reason
 * to; it may be NULL before and after. */
void table_log_note(struct table_log **log, struct str name, const struct discover_object *object);

/* Has enough been seen to be sure? */
bool table_log_is_table(const struct table_log *log);

/* Is this folder of the table its log and no data?  log may be NULL. */
bool table_log_owns_folder(const struct table_log *log, struct str name);

/* Accepts NULL. */
void table_log_free(struct table_log *log);

/* What to read next; false: nothing more. */
bool table_log_next_read(struct table_log *log, struct family_read *out);
/* The bytes of the last read, or why there are none. */
void table_log_give(struct table_log *log, struct str bytes);
void table_log_give_failure(struct table_log *log, const struct err *why);

/* Did what was read so far tell the columns? */
bool table_log_has_schema(const struct table_log *log);

/* Set layout, format, schema, partitions, live objects and rows of out, as far as the log tells
 * them; error and warnings too.  What they point to lives as long as the log. */
void table_log_fill(struct table_log *log, struct dataset *out);

#endif
