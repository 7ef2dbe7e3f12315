/* str: see str.h.  Everything is bytewise; only str_is_utf8 knows an encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/str.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_from(const char *cstr)
{
    return cstr == NULL ? STR_EMPTY : (struct str){ cstr, strlen(cstr) };
}

bool str_same_folded(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_has_prefix_nocase(struct str s, struct str prefix)
{
    if (s.len < prefix.len || (prefix.len > 0 && lower(*s.ptr) != lower(*prefix.ptr)))
        return false;
    return str_eq_nocase(str_slice(s, 0, prefix.len), prefix);
}

bool str_has_suffix(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_from_pos(s, s.len - suffix.len), suffix);
}

bool str_has_suffix_nocase(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq_nocase(str_from_pos(s, s.len - suffix.len), suffix);
}

size_t str_rfind_char(struct str s, char c)
{
    const char *hit = s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.ptr);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.len)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    if (s.len - from < needle.len)
        return SIZE_MAX;
    /* mostly not even its first byte is there, which is sooner known */
    const char *hit = memchr(s.ptr + from, needle.ptr[0], s.len - from);
    if (hit != NULL && needle.len > 1)
        hit = memmem(hit, s.len - (size_t)(hit - s.ptr), needle.ptr, needle.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.ptr);
}

bool str_contains(struct str s, struct str needle)
{
    return str_find(s, needle, 0) != SIZE_MAX;
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_space(s.ptr[0]))
        s = str_from_pos(s, 1);
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_trim_char(struct str s, char c)
{
    while (s.len > 0 && s.ptr[0] == c)
        s = str_from_pos(s, 1);
    while (s.len > 0 && s.ptr[s.len - 1] == c)
        s.len--;
    return s;
}

bool str_cut(struct str s, char c, struct str *head, struct str *tail)
{
    size_t at = str_find_char(s, c);
    if (at == SIZE_MAX) {
        *head = s;
        *tail = STR_EMPTY;
        return false;
    }
    *head = str_slice(s, 0, at);
    *tail = str_from_pos(s, at + 1);
    return true;
}

enum { DISTANCE_MAX_LEN = 64 };

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
    a = str_slice(a, 0, DISTANCE_MAX_LEN);
    b = str_slice(b, 0, DISTANCE_MAX_LEN);
    unsigned row[DISTANCE_MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len] < limit ? row[b.len] : limit;
}

struct str str_nearest(struct str s, const struct str *names, size_t n)
{
    /* Up to a third of the letters may differ, but never more than three. */
    unsigned best = s.len / 3 < 3 ? (unsigned)(s.len / 3) + 1 : 4;
    struct str nearest = STR_EMPTY;
    for (size_t i = 0; i < n; i++) {
        unsigned d = str_distance(s, names[i], best);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

/* The length of the UTF-8 sequence at p, or 0 if it is malformed (RFC 3629, section 4). */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < n)
        return 0;
    unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

bool str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        size_t n = utf8_sequence(p + i, s.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}
