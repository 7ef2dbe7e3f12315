/* scan: see scan.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/scan.h"

struct scan scan_init(struct str s)
{
    return (struct scan){ s.ptr, s.len == 0 ? s.ptr : s.ptr + s.len };
}

bool scan_is_done(const struct scan *s)
{
    return s->at == s->end;
}

struct str scan_rest(const struct scan *s)
{
    return scan_is_done(s) ? STR_EMPTY : (struct str){ s->at, (size_t)(s->end - s->at) };
}

bool scan_char(struct scan *s, char c)
{
    if (scan_is_done(s) || *s->at != c)
        return false;
    s->at++;
    return true;
}

bool scan_str(struct scan *s, struct str word)
{
    if (!str_has_prefix(scan_rest(s), word))
        return false;
    s->at += word.len;
    return true;
}

bool scan_blanks(struct scan *s)
{
    while (!scan_is_done(s) && (*s->at == ' ' || *s->at == '\t'))
        s->at++;
    return true;
}

bool scan_until(struct scan *s, char c, struct str *out)
{
    struct str rest = scan_rest(s);
    size_t n = str_find_char(rest, c);
    if (n == SIZE_MAX)
        return false;
    *out = str_slice(rest, 0, n);
    s->at += n + 1;
    return true;
}

static bool is_digit(const struct scan *s)
{
    return !scan_is_done(s) && *s->at >= '0' && *s->at <= '9';
}

bool scan_u64(struct scan *s, uint64_t max, uint64_t *out)
{
    struct scan start = *s;
    uint64_t n = 0;
    if (!is_digit(s))
        return false;
    for (; is_digit(s); s->at++) {
        if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(*s->at - '0'), &n) || n > max) {
            *s = start;
            return false;
        }
    }
    *out = n;
    return true;
}

bool scan_digits(struct scan *s, unsigned n, unsigned *out)
{
    struct scan start = *s;
    unsigned value = 0;
    for (unsigned i = 0; i < n; i++, s->at++) {
        if (!is_digit(s)) {
            *s = start;
            return false;
        }
        value = value * 10 + (unsigned)(*s->at - '0');
    }
    *out = value;
    return true;
}

bool scan_whole_u64(struct str text, uint64_t max, uint64_t *out)
{
    struct scan s = scan_init(text);
    uint64_t n;
    if (!scan_u64(&s, max, &n) || !scan_is_done(&s))
        return false;
    *out = n;
    return true;
}
