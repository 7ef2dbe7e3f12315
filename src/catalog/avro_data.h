/*
 * avro_data: the records of an Avro container file that is at hand whole.
 *
 * For the manifests of Iceberg: values are decoded by the schema that the file carries (Avro 1.11,
 * Binary Encoding), one record at a time.  Elements of arrays and maps are passed over.  Packings:
 * none, deflate, snappy, zstandard.  Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_AVRO_DATA_H
#define CATALOG_AVRO_DATA_H

#include "json/json.h"

enum avro_kind {
    AVRO_NULL,
    AVRO_INT,    /* also boolean (0, 1) and enum (its number) */
    AVRO_NUMBER, /* float, double */
    AVRO_BYTES,  /* also string and fixed */
    AVRO_RECORD,
    AVRO_PASSED, /* an array or a map: nothing of it is kept */
};

struct avro_value {
    enum avro_kind kind;
    struct str name; /* of the field; empty for the record itself */
    int64_t integer;
    double number;
    struct str bytes;          /* borrowed from the file or from what was unpacked */
    const struct json *schema; /* of the value: a name or an object */
    struct avro_value *fields;
    size_t n_fields;
};

/* record and all below it live until the call returns. */
typedef bool avro_record_fn(void *ctx, const struct avro_value *record, struct err *err);

/* Each record of the file.  Fails with ERR_PARSE, ERR_TOO_LARGE, ERR_UNSUPPORTED (packing), or with
 * what each() set. */
MUST_USE bool avro_each(struct str file, avro_record_fn *each, void *ctx, struct err *err);

/* The field of a record; NULL when it has none of that name, or record is NULL or no record. */
const struct avro_value *avro_field(const struct avro_value *record, struct str name);
/* Its value; the fallback, or an empty text, when it is absent or of another kind. */
int64_t avro_int(const struct avro_value *record, struct str name, int64_t fallback);
struct str avro_text(const struct avro_value *record, struct str name);
/* The logicalType of a value's schema; empty without one. */
struct str avro_logical(const struct avro_value *value);

#endif
