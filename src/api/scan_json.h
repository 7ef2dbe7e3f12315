/*
 * scan_json: sources and scans as the API shows them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SCAN_JSON_H
#define API_SCAN_JSON_H

#include "api/api_internal.h"
#include "index/runs.h"

/* The next value. */
void source_write(struct call *call, const struct index_source *source);
/* source: the name of the scan's source. */
void scan_write(struct call *call, const struct index_scan *scan, struct str source);

/* Sources and scans need the index and, to be changed, the scans of this process.  Fails with
 * ERR_UNSUPPORTED. */
MUST_USE bool scans_needed(const struct call *call, struct err *err);

#endif
