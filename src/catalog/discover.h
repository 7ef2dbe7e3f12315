/*
 * discover: which datasets a listing holds.
 *
 * A machine that is fed with the objects of one bucket in the byte order of their keys, and gives a
 * family of datasets whenever a folder is left that decides them.  A family is what lies together
 * and may be one dataset or several: its objects' formats and schemas, or its table's log, are read
 * next (family_next_read), then family_finish() says which datasets it is.
 *
 *   discover_object() ... discover_end()   ->  found(family)      no reading
 *   family_next_read(), family_give_...()  ->  family_finish()    few and small reads
 *
 * Memory is bounded by the open folders and by the limits of discover in limits.h, not by the
 * listing.  Pure: no I/O, no clock, the same listing gives the same families.  The rules:
 * docs/internals/datasets.md.  A discovery and a family each belong to one thread at a time.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_DISCOVER_H
#define CATALOG_DISCOVER_H

#include "catalog/dataset.h"
#include "util/err.h"

struct discover;
struct family;

/* One object of the listing; key is borrowed until discover_object() returns. */
struct discover_object {
    struct str key;
    uint64_t size_bytes;
    uint64_t etag_hash; /* any hash of the ETag */
    int64_t modified_ms;
};

/* A family is complete; it belongs to the receiver, who ends it by family_free().  False, with err
 * set, ends the call that was running. */
typedef bool discover_found_fn(void *ctx, struct family *family, struct err *err);

/* Does any analysis read this folder as a whole?  uri: without "/" at the end. */
typedef bool discover_is_read_fn(void *ctx, struct str folder_uri);

struct discover_overrides;

struct discover_options {
    struct str base_uri; /* what stands before the key and its "/": "s3://bucket", "file:/lake" */
    const struct discover_overrides *overrides; /* NULL: none; borrowed */
    discover_is_read_fn *is_read_as_folder;     /* NULL: nobody knows */
    discover_found_fn *found;
    void *ctx; /* of both functions */
};

struct discover *discover_new(const struct discover_options *options);
void discover_free(struct discover *d);

/* The next object, behind all earlier ones.  Markers, temporary, hidden and empty objects are told
 * apart here.  Fails with ERR_INVALID when the order is broken or the key is longer than
 * LIMIT_KEY_BYTES, or with what found() set. */
MUST_USE bool discover_object(struct discover *d, const struct discover_object *object,
                              struct err *err);

/* The listing is over: all folders are left. */
MUST_USE bool discover_end(struct discover *d, struct err *err);

/*
 * Patterns of the configuration (scan.datasets), one a line: "glob", or "!glob" for what is no
 * dataset.
 *   s3://lake/raw/{table}/{year}/{month}/part-*.csv
 * "*" is any run of bytes of one part, "**" any run of parts, {table} names the dataset: it ends in
 * this part; any other {word} behind it is a partition column of that name.  The first pattern that
 * fits an object decides, against all rules.
 */
/* The array lives in a.  Fails with ERR_CONFIG, which names the pattern and what is wrong. */
MUST_USE bool discover_overrides_parse(struct arena *a, struct str patterns,
                                       const struct discover_overrides **out, struct err *err);

/* What must be read of a family, one thing after the other. */
enum family_read_kind {
    FAMILY_READ_SCHEMA, /* format and schema of this object: family_give_schema() */
    FAMILY_READ_BYTES,  /* a range of it: family_give_bytes() */
};
struct family_read {
    enum family_read_kind kind;
    struct str key;
    uint64_t size_bytes; /* as listed; of an object that only a log names: as the log says */
    uint64_t etag_hash;  /* as listed; 0 when unknown */
    int64_t modified_ms;
    uint64_t offset,
        length; /* BYTES: a range inside of the object, at most LIMIT_TABLE_LOG_BYTES */
};

/* The place of the family, unique in a listing, and the hash of all its objects and of what
 * notebooks and patterns say of it.  Both stand in each of its datasets: when datasets with this
 * family_uri are known and have this family_fingerprint, nothing has changed, and the family need
 * not be read and finished again. */
struct str family_uri(const struct family *f);
uint64_t family_fingerprint(const struct family *f);

/* Where what is given may be put, so that it lives as long as the family. */
struct arena *family_arena(struct family *f);

/* The next thing to read; false when nothing more is needed.  Each is answered by exactly one
 * family_give before the next is asked for. */
bool family_next_read(struct family *f, struct family_read *out);

/* The answer to the last read.  schema: as the content says, also where it has no columns (its
 * format counts); lives at least as long as f. */
void family_give_schema(struct family *f, const struct schema *schema);
/* bytes: exactly as many as asked for; borrowed until the call returns. */
void family_give_bytes(struct family *f, struct str bytes);
/* It could not be read; discovery goes on with what names tell, and says so. */
void family_give_failure(struct family *f, const struct err *why);

/* The datasets of the family; they live as long as it does.  May be called once, also before all
 * reads are done: then what was not read is guessed from names. */
void family_finish(struct family *f, const struct dataset **datasets_out, size_t *n_out);

void family_free(struct family *f);

#endif
