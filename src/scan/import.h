/*
 * import: analyses that were made elsewhere, taken up as if a scan had made them here.
 *
 * A line is an object of boathouse analyze --jsonl --cells: the references of one notebook, its
 * cells, and the ETag, size and time of the object that was read.  The next scan compares these
 * with what it lists, so it reads only what changed since.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_IMPORT_H
#define SCAN_IMPORT_H

#include "scan/scan.h"

/* What a line says.  All lives in the arena of import_parse(). */
struct imported {
    struct str path; /* "s3://bucket/key" */
    struct str etag;
    uint64_t size_bytes;
    int64_t modified_unix_ms;
    struct err error; /* code is not ERR_NONE: it could not be read; the next two are NULL */
    const struct notebook *notebook;
    const struct analysis *analysis;
};

/* Fails with ERR_PARSE, ERR_INVALID (which member is wrong), ERR_TOO_LARGE. */
MUST_USE bool import_parse(struct arena *a, struct str line, struct imported *out, struct err *err);

struct import;

struct import_counts {
    uint64_t n_imported, n_broken, n_outside; /* outside: of no source */
};

struct import *import_open(struct scans *s);
/* The next line; lines of one source should stand together.  Fails with ERR_CONFLICT while a scan
 * of its source runs, and when the index cannot be written. */
MUST_USE bool import_line(struct import *im, struct str line, struct err *err);
/* Write what is pending.  False: some was not written. */
MUST_USE bool import_finish(struct import *im, struct import_counts *out, struct err *err);
/* Accepts NULL. */
void import_close(struct import *im);

#endif
