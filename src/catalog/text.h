/*
 * text: is it text, in which encoding, and what do single values look like?
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_TEXT_H
#define CATALOG_TEXT_H

#include "catalog/schema.h"

/* ENCODING_NONE when the bytes are not text.  is_cut: the last character may be incomplete. */
enum encoding text_encoding(struct str head, bool is_cut);

/* The type of one value as a CSV reader sees it: COLUMN_NULL (empty, NA, null, ...), BOOL, INT64,
 * FLOAT64, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ, STRING.  is_comma: numbers may have a decimal
 * comma. */
enum column_type text_value_type(struct str value, bool is_comma);

#endif
