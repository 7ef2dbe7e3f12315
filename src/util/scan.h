/*
 * scan: a cursor over borrowed bytes.
 *
 * Each function either advances past what it recognised and says true, or leaves the cursor where
 * it was and says false.  Numbers have a maximum, so that nothing overflows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_SCAN_H
#define UTIL_SCAN_H

#include "util/str.h"

struct scan {
    const char *at, *end;
};

struct scan scan_init(struct str s);
bool scan_is_done(const struct scan *s);
/* What is left, borrowed. */
struct str scan_rest(const struct scan *s);

/* Exactly this byte, or exactly these bytes. */
bool scan_char(struct scan *s, char c);
bool scan_str(struct scan *s, struct str word);
/* Skip spaces and tabs; always true. */
bool scan_blanks(struct scan *s);
/* The bytes before the next c (which is passed over), or false when there is no c. */
bool scan_until(struct scan *s, char c, struct str *out);
/* One or more decimal digits without sign, value 0 .. max.  "007" is 7. */
bool scan_u64(struct scan *s, uint64_t max, uint64_t *out);
/* Exactly n (1..9) decimal digits. */
bool scan_digits(struct scan *s, unsigned n, unsigned *out);

/* The whole of text is one decimal number 0 .. max, without sign or blanks. */
bool scan_whole_u64(struct str text, uint64_t max, uint64_t *out);

#endif
