/*
 * format: what the bytes of one object are, and the schema they carry, from small range reads.
 *
 * Pure: the caller reads the bytes.  format_sniff() looks at what is there and never asks for more.
 * struct format_reader goes further: it is given ranges, and answers that it is done, that it needs
 * one more range, or that the object is not what it claims to be.  It asks for few and small ranges
 * (LIMIT_FORMAT_READS, LIMIT_FORMAT_READ_BYTES), never for the whole of a large object:
 *
 *   struct format_reader r;
 *   format_reader_init(&r, &arena, name, size);
 *   while ((step = format_reader_step(&r, &need, &schema, &err)) == FORMAT_NEED)
 *       format_reader_give(&r, need.offset, bytes that were read, at most need.length);
 *
 * The content decides; the name decides only between what content cannot tell apart (CSV with one
 * column, text) and is noted in a warning where it says otherwise.  Nothing here believes a length,
 * a count or an offset that it has not checked.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_FORMAT_H
#define CATALOG_FORMAT_H

#include "util/arena.h"
#include "util/err.h"
#include "util/limits.h"

struct schema;

/* The rows of format.def. */
enum format {
    FORMAT_UNKNOWN,
#define F(name, text, is_table, suffixes) FORMAT_##name,
#include "catalog/format.def"
#undef F
    FORMAT_N
};

/* How the whole object is packed.  A codec inside of a format (Parquet's, Avro's) is here too. */
enum compression {
    COMPRESSION_NONE,
    COMPRESSION_GZIP,
    COMPRESSION_BZIP2,
    COMPRESSION_XZ,
    COMPRESSION_ZSTD,
    COMPRESSION_SNAPPY,
    COMPRESSION_LZ4,
    COMPRESSION_ZIP,     /* one member of a zip */
    COMPRESSION_DEFLATE, /* zlib or raw deflate, inside of Avro, ORC */
    COMPRESSION_BROTLI,  /* told, not read; as are the next two */
    COMPRESSION_LZO,
    COMPRESSION_MIXED, /* columns differ */
    COMPRESSION_N
};

/* "parquet", "csv", "unknown"; the spelling of the API.  "gzip", "none". */
struct str format_name(enum format format);
struct str compression_name(enum compression compression);
/* The format of such a name; FORMAT_UNKNOWN for any other text. */
enum format format_from_text(struct str text);
/* Does an object of it hold rows with columns (CSV, Parquet, ... but not images, text)? */
bool format_is_table(enum format format);

/* What the suffix of a key or file name promises: "a.csv.gz" is CSV in gzip.  FORMAT_UNKNOWN where
 * it promises nothing.  *out (may be NULL) is always written. */
enum format format_from_name(struct str name, enum compression *out);

/* What the content is, from the first bytes (head) and the last (tail; may be empty or overlap) of
 * an object of size bytes.  Compressed heads are unpacked a little to look inside; *out (may be
 * NULL) is how it is packed.  8 KiB of head and 64 of tail tell all formats but text forms, which
 * are better with 64 KiB.  Never fails: FORMAT_UNKNOWN. */
enum format format_sniff(struct str head, struct str tail, uint64_t size, struct str name,
                         enum compression *out);

/* The first range to read, head and tail, that spares most objects a second one. */
#define FORMAT_HEAD_BYTES (64UL * 1024)
#define FORMAT_TAIL_BYTES (64UL * 1024)

enum format_step {
    FORMAT_DONE,   /* *out is written */
    FORMAT_NEED,   /* *need is written: read it, give it, step again */
    FORMAT_FAILED, /* err is written: the object is broken or cut */
};

/* A range that lies inside of the object. */
struct format_need {
    uint64_t offset;
    size_t length; /* bytes, > 0, at most LIMIT_FORMAT_READ_BYTES */
};

struct format_range {
    uint64_t offset;
    struct str bytes;
};

/* Fields are private. */
struct format_reader {
    struct arena *arena;
    struct str name;
    uint64_t size;
    struct format_range ranges[LIMIT_FORMAT_READS];
    size_t n_ranges;
    struct format_need need; /* what was asked for last */
};

/* name: the key or its last part, borrowed.  size: bytes of the object. */
void format_reader_init(struct format_reader *r, struct arena *a, struct str name, uint64_t size);

/* What was read at offset; borrowed until the reader is done.  Any range helps, asked for or not: a
 * caller that has head and tail gives both before the first step.  Fewer bytes than asked for end
 * in FORMAT_FAILED (the object was cut or replaced), none that hang. */
void format_reader_give(struct format_reader *r, uint64_t offset, struct str bytes);

/* Go on.  The schema lives in the arena and does not borrow from the ranges.  An object without a
 * schema (an image, text, an unknown format) is FORMAT_DONE with no columns.  FORMAT_FAILED comes
 * with ERR_PARSE, ERR_TOO_LARGE or ERR_UNSUPPORTED and a message that names what is wrong. */
MUST_USE enum format_step format_reader_step(struct format_reader *r, struct format_need *need,
                                             struct schema *out, struct err *err);

/* All in one for bytes that are there as a whole (tests, small objects). */
MUST_USE bool format_schema(struct arena *a, struct str bytes, struct str name, struct schema *out,
                            struct err *err);

#endif
