/*
 * schema: what an object or a dataset holds: columns with types, rows where they are told, form.
 *
 * One vocabulary for all formats, beside each format's own spelling.  Everything lives in the arena
 * of whoever made it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_SCHEMA_H
#define CATALOG_SCHEMA_H

#include "catalog/format.h"

enum column_type {
    COLUMN_UNKNOWN,
    COLUMN_NULL, /* only nulls were seen */
    COLUMN_BOOL,
    COLUMN_INT8,
    COLUMN_INT16,
    COLUMN_INT32,
    COLUMN_INT64,
    COLUMN_UINT8,
    COLUMN_UINT16,
    COLUMN_UINT32,
    COLUMN_UINT64,
    COLUMN_FLOAT16,
    COLUMN_FLOAT32,
    COLUMN_FLOAT64,
    COLUMN_COMPLEX,
    COLUMN_DECIMAL, /* precision, scale */
    COLUMN_STRING,
    COLUMN_BINARY,
    COLUMN_DATE,
    COLUMN_TIME,
    COLUMN_TIMESTAMP,    /* without time zone: a wall clock's */
    COLUMN_TIMESTAMP_TZ, /* an instant */
    COLUMN_DURATION,
    COLUMN_UUID,
    COLUMN_LIST,   /* one field, "element" */
    COLUMN_MAP,    /* two fields, "key" and "value" */
    COLUMN_STRUCT, /* its members */
    COLUMN_UNION,  /* its alternatives, null not among them */
    COLUMN_N_TYPES
};

/* Sizes of an array; a size that may grow is told at its moment's value. */
struct shape {
    uint64_t *sizes;
    size_t n; /* 0: a scalar, or a column of rows */
};

struct column {
    struct str name;   /* UTF-8; bytes that are not are replaced by U+FFFD */
    struct str native; /* the format's own spelling of the type, such as "BYTE_ARRAY (STRING)" */
    enum column_type type;
    bool is_nullable;
    bool is_partition;         /* comes from the path (datasets set it) */
    unsigned precision, scale; /* DECIMAL: digits in all, and behind the point */
    struct column *fields;     /* LIST, MAP, STRUCT, UNION */
    size_t n_fields;
    struct shape shape; /* of a variable of HDF5, NetCDF, npy, npz */
};

/* How a delimited text is written. */
struct csv_dialect {
    char delimiter; /* 0: not a delimited text */
    char quote;     /* 0: none was seen */
    char escape; /* of a quote inside of quotes: the quote itself (doubled) or '\\'; 0: none seen */
    char comment; /* lines that begin so are skipped; 0: none */
    bool has_header;
    bool is_crlf;
    unsigned n_skip; /* lines before the header */
};

enum encoding {
    ENCODING_NONE, /* not a text */
    ENCODING_UTF8,
    ENCODING_UTF8_BOM,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_LATIN1, /* some one-byte encoding; read as windows-1252 */
};

struct schema {
    enum format format;
    enum compression compression; /* of the object, or of the data inside of it */
    enum encoding encoding;
    struct csv_dialect csv;
    struct column *columns;
    size_t n_columns;
    bool has_rows; /* n_rows is exact, told by the format or counted to the end */
    uint64_t n_rows;
    struct shape shape;   /* of an image: width, height; of an npy */
    struct str detail;    /* one line for people: "8-bit RGBA", "sheet \"Orders\"", or empty */
    struct str *parts;    /* names inside: sheets, members of a zip; the columns are the first's */
    size_t n_parts;       /* at most LIMIT_SCHEMA_PARTS */
    struct str *warnings; /* sentences for people */
    size_t n_warnings;    /* at most LIMIT_SCHEMA_WARNINGS */
};

/* "int64", "list", the vocabulary's word; "decimal(10,2)", "list<struct<a:int32,b:string>>", whole
 * type, in the arena; cut with "..." past LIMIT_SCHEMA_TYPE_BYTES. */
struct str column_type_name(enum column_type type);
struct str column_type_text(struct arena *a, const struct column *column);
/* The type of a word of the vocabulary; COLUMN_UNKNOWN for any other. */
enum column_type column_type_from_text(struct str text);

/* "utf-8", "latin-1", ...; empty for ENCODING_NONE. */
struct str encoding_name(enum encoding encoding);

/* Same columns: names, order, types and nested fields; nullability, spelling, form and rows do not
 * count. */
bool schema_equal(const struct schema *a, const struct schema *b);

/* Could both be files of one dataset?  The same format, and the columns of one are those of the
 * other up to missing ones at the end or anywhere by name (added columns), and types that widen
 * into each other (null into any, int into float, date into timestamp). */
bool schema_compatible(const struct schema *a, const struct schema *b);

/* A type that holds the values of both, COLUMN_STRING when there is none nearer (as a reader of CSV
 * widens). */
enum column_type column_type_widen(enum column_type a, enum column_type b);

/* Deep copy into another arena. */
void schema_copy(struct arena *a, const struct schema *from, struct schema *to);

/* Add a warning, unless it is there or LIMIT_SCHEMA_WARNINGS are.  text lives as long as s. */
void schema_warn(struct arena *a, struct schema *s, struct str text);

#endif
