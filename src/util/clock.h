/*
 * clock: the two clocks and the two ways in which times are written.
 *
 * Wall time is unix_ms: milliseconds since 1970-01-01 UTC.  Deadlines are monotonic milliseconds.
 * Pure code never asks for the time: it gets it as a parameter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include "util/attrs.h"
#include "util/str.h"

enum { RFC3339_SIZE = sizeof "9999-12-31T23:59:59.999Z" };

int64_t clock_unix_ms(void);
/* Milliseconds since an arbitrary start; never goes back. */
int64_t clock_mono_ms(void);
/* Nanoseconds of the same clock, for measuring. */
int64_t clock_mono_ns(void);

/* "2026-11-25T09:00:00Z", with ".123" when the milliseconds are not 0.  Years 0000 to 9999; times
 * outside are clamped.  RFC 3339, section 5.6. */
void time_rfc3339(int64_t unix_ms, char out[RFC3339_SIZE]);
/* Reads the same form, with Z or a numeric offset, and any number of fraction digits. */
MUST_USE bool time_parse_rfc3339(struct str text, int64_t *unix_ms_out);
/* Reads "Wed, 25 Nov 2026 09:00:00 GMT" (RFC 9110, section 5.6.7, the preferred form only). */
MUST_USE bool time_parse_http(struct str text, int64_t *unix_ms_out);

/* The broken-down UTC date and time, as signature version 4 writes it: 20261125T090000Z. */
void time_basic_iso(int64_t unix_ms, char out[sizeof "20261125T090000Z"]);

#endif
