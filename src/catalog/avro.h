/*
 * avro: Avro's schemas, which stand as JSON in files, in registries and in Hudi's timelines.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_AVRO_H
#define CATALOG_AVRO_H

#include "catalog/bytes.h"
#include "catalog/schema.h"

/* What a file begins with; borrowed from its bytes. */
struct avro_head {
    struct str schema, codec, sync;
};

/* Take the head of an object container file, its first four bytes included, which are not looked
 * at. False where it is cut or damaged.  (Avro 1.11, Object Container Files.) */
bool avro_take_head(struct bytes *b, struct avro_head *out);

/* The columns of a record's schema; another type is one column "value".  Fills columns and
 * n_columns of out only.  (Avro 1.11, Schema Declaration.)  ERR_PARSE, ERR_TOO_LARGE. */
MUST_USE bool avro_schema(struct arena *a, struct str json_text, struct schema *out,
                          struct err *err);

#endif
