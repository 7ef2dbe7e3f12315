/*
 * limits: every bound on what comes from outside, in one place: name, value, unit, why.
 *
 * Exhausted memory panics, so nothing that input can make grow may be without a row here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_LIMITS_H
#define UTIL_LIMITS_H

/* Depth of nesting in any document or program text: recursion stays within a small stack. */
#define LIMIT_DEPTH 200

/* Bytes of one configuration file. */
#define LIMIT_CONFIG_BYTES (1024UL * 1024)

/* Bytes of a JSON document that is read whole (API bodies, AWS answers). */
#define LIMIT_JSON_BYTES (16UL * 1024 * 1024)

/* Bytes of one notebook: larger ones are reported, not read. */
#define LIMIT_NOTEBOOK_BYTES (1024UL * 1024 * 1024)
/* Bytes of source kept of one notebook, and of one cell. */
#define LIMIT_NOTEBOOK_SOURCE_BYTES (64UL * 1024 * 1024)
#define LIMIT_CELL_BYTES (16UL * 1024 * 1024)
/* Cells of one notebook. */
#define LIMIT_CELLS 100000UL

#endif
