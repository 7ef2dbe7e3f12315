/*
 * table_manifests: the partitions of an Iceberg snapshot, from its manifest list and manifests
 * (Iceberg table specification, "Manifests").
 *
 * Their objects must lie beside the metadata; their sizes are those of the listing.  Where there
 * are too many, or one is not there, a warning says so and nothing is told.  Internal to the
 * folder.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_TABLE_MANIFESTS_H
#define CATALOG_TABLE_MANIFESTS_H

#include "catalog/table_log_internal.h"

struct manifests;

/* Never NULL.  free accepts NULL. */
struct manifests *manifests_new(void);
void manifests_free(struct manifests *m);

/* An object of metadata/ that is no metadata file. */
void manifests_note(struct manifests *m, struct str name, const struct discover_object *object);
/* The snapshot's manifest list, by its location. */
void manifests_begin(struct manifests *m, struct str list);

/* beside: the metadata file. */
bool manifests_next_read(struct manifests *m, struct table_log *log,
                         const struct log_object *beside, struct family_read *out);
/* The bytes of the last read; columns: those of the spec. */
void manifests_give(struct manifests *m, struct table_log *log,
                    const struct partition_column *columns, size_t n_columns, struct str bytes);
/* The partitions, by out->partition_columns. */
void manifests_fill(struct manifests *m, struct table_log *log, struct dataset *out);

#endif
