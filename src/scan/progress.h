/*
 * progress: what a scan did so far, counted by many threads, told to people and programs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_PROGRESS_H
#define SCAN_PROGRESS_H

#include "scan/scan.h"

/* Counted while the scan runs; any thread. */
struct counters {
    atomic_ullong n_listed, n_notebooks, n_changed, n_analyzed, n_removed, n_broken, n_datasets;
    atomic_ullong read_bytes;
    atomic_ullong n_errors[ERR_N_CODES];
};

/* A look at the counters.  started_ms, now_ms: clock_mono_ms().  n_expected: objects of the scan
 * before, 0 if there was none.  id and source are left to the caller. */
void progress_read(const struct counters *c, int64_t started_ms, int64_t now_ms,
                   uint64_t n_expected, struct scan_progress *out);

/* The reverse of scan_progress_json(), of the counters; unknown members are left out.  Fails with
 * ERR_PARSE, ERR_INVALID.
 */
MUST_USE bool progress_parse(struct str json, struct scan_progress *out, struct err *err);

#endif
