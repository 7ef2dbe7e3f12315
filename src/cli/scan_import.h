/*
 * scan_import: boathouse scan --import: the lines of files, wherever they are, to the import.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SCAN_IMPORT_H
#define CLI_SCAN_IMPORT_H

#include "cli/scanning.h"
#include "scan/import.h"

struct scan_import {
    struct import_counts counts;
    uint64_t n_lines, n_wrong; /* wrong: not what analyze --jsonl --cells writes; each is told */
};

/* place: a file, a folder of files, s3://BUCKET/PREFIX, or "-".  Names that begin with "_" or "."
 * are passed over, as Spark's marks are.  Fails with ERR_NOT_FOUND, ... and as import_line(). */
MUST_USE bool scan_import_place(struct scanning *s, struct str place, struct scan_import *out,
                                struct err *err);

#endif
