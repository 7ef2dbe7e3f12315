/*
 * format_internal: what the readers of single formats share.
 *
 * A reader is a function that reads what it needs through a view, from its beginning each time:
 * when a range is missing it returns false with view->is_missing set, and is run again when the
 * range is there.  So no reader keeps state, and each is written straight on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_FORMAT_INTERNAL_H
#define CATALOG_FORMAT_INTERNAL_H

#include "catalog/bytes.h"
#include "catalog/schema.h"

/* The size of what is unpacked only in part. */
#define SIZE_UNKNOWN UINT64_MAX

struct view {
    struct arena *arena;
    struct str name;
    uint64_t size; /* SIZE_UNKNOWN: only the beginning is there and no more can be had */
    const struct format_range *ranges;
    size_t n_ranges;
    bool is_missing;         /* need is written */
    struct format_need need; /* inside of the object */
    unsigned depth;          /* packings around it */
};

/* length bytes at offset, borrowed from the ranges or joined in the arena.  False: missing, or
 * ERR_PARSE where they lie behind the end, ERR_TOO_LARGE past LIMIT_FORMAT_READ_BYTES. */
MUST_USE bool view_get(struct view *v, uint64_t offset, uint64_t length, struct str *out,
                       struct err *err);

/* From offset on as many bytes as there are, at most want; what is there without asking when at
 * least min of it is.  min may pass the end: then the rest is given.  Asks for want when it has to
 * ask. */
MUST_USE bool view_get_some(struct view *v, uint64_t offset, uint64_t min, uint64_t want,
                            struct str *out, struct err *err);

/* The beginning of a text: FORMAT_HEAD_BYTES of it, more (at most LIMIT_TEXT_SAMPLE_BYTES) where
 * more is there already. */
MUST_USE bool view_text(struct view *v, struct str *out, struct err *err);

/* A reader: fills columns and what else it knows; out->format and compression are set already. */
typedef bool format_read_fn(struct view *v, struct schema *out, struct err *err);

/* The whole of it: sniffs, then lets the format's reader read. */
MUST_USE bool format_read_view(struct view *v, struct schema *out, struct err *err);

bool format_read_avro(struct view *v, struct schema *out, struct err *err);
bool format_read_arrow(struct view *v, struct schema *out, struct err *err);
bool format_read_csv(struct view *v, struct schema *out, struct err *err);
bool format_read_hdf5(struct view *v, struct schema *out, struct err *err);
bool format_read_image(struct view *v, struct schema *out, struct err *err);
bool format_read_json(struct view *v, struct schema *out, struct err *err);
bool format_read_netcdf(struct view *v, struct schema *out, struct err *err);
bool format_read_npy(struct view *v, struct schema *out, struct err *err);
bool format_read_orc(struct view *v, struct schema *out, struct err *err);
bool format_read_parquet(struct view *v, struct schema *out, struct err *err);
bool format_read_tiff(struct view *v, struct schema *out, struct err *err);

/* By the first bytes alone: the format, or FORMAT_UNKNOWN; *packed: a packing whose inside decides
 * (COMPRESSION_ZIP for any zip).  format_magic.c. */
enum format format_magic(struct str head, enum compression *packed);

/* Text forms: CSV, TSV, JSON, JSON lines, ...; FORMAT_UNKNOWN when it is not text.  is_cut: there
 * is more of it.  format_text.c. */
enum format format_of_text(struct arena *a, struct str head, bool is_cut, struct str name,
                           enum encoding *encoding);

/* The text as UTF-8 without its mark, in the arena or borrowed; a character that is cut at the end
 * is dropped. */
struct str text_to_utf8(struct arena *a, struct str text, enum encoding encoding);

/* The name as valid UTF-8 in the arena, cut at LIMIT_SCHEMA_NAME_BYTES. */
struct str format_text(struct arena *a, struct str name);

/* Add a column (or a field) to an array that grows; counts against LIMIT_SCHEMA_COLUMNS through
 * *n_all.  NULL with ERR_TOO_LARGE. */
struct column_list {
    struct column *items;
    size_t n, cap;
};
MUST_USE struct column *columns_push(struct arena *a, struct column_list *list, size_t *n_all,
                                     struct err *err);

/* A shape of n sizes, kept up to LIMIT_SCHEMA_SIZES. */
struct shape shape_of(struct arena *a, const uint64_t *sizes, size_t n);

/* Add a part's name; a warning when there are more than LIMIT_SCHEMA_PARTS. */
void schema_add_part(struct arena *a, struct schema *s, struct str name);

#endif
