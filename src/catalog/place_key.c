/* place_key: what of a location is literal, what stands above it, and what it falls into. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"

struct str place_key(struct arena *a, struct str uri)
{
    return uri_key(a, uri);
}

static char separator_of(struct str key)
{
    return str_has_prefix(key, STR("table:")) ? '.' : '/';
}

/* Where what can be cut begins: behind "s3://", "file:", "table:". */
static size_t body_at(struct str key)
{
    size_t colon = str_find_char(key, ':');
    if (colon == SIZE_MAX || str_find_char(str_slice(key, 0, colon), '{') != SIZE_MAX)
        return 0;
    size_t at = colon + 1;
    while (at < key.len && at < colon + 3 && key.ptr[at] == '/')
        at++;
    return at;
}

static bool is_wild(char c)
{
    return c == '*' || c == '?' || c == '[' || c == '{';
}

struct place_pattern place_pattern(struct str key)
{
    size_t first = 0, last = key.len;
    while (first < key.len && !is_wild(key.ptr[first]))
        first++;
    if (first == key.len)
        return (struct place_pattern){ .prefix = key };
    while (last > 0 && !is_wild(key.ptr[last - 1]) && key.ptr[last - 1] != '}' &&
           key.ptr[last - 1] != ']')
        last--;
    char separator = separator_of(key);
    size_t end = first;
    while (end > 0 && key.ptr[end - 1] != separator && key.ptr[end - 1] != ':')
        end--;
    return (struct place_pattern){ .is_pattern = true,
                                   .has_holes = str_contains(key, STR("{}")),
                                   .prefix = str_slice(key, 0, end),
                                   .suffix = str_from_pos(key, last) };
}

size_t place_prefixes(struct str key, struct str *out, size_t max)
{
    char separator = separator_of(key);
    size_t n = 0, body = body_at(key);
    for (size_t end = key.len; end > body && n + 2 < max; end--)
        if (key.ptr[end - 1] == separator)
            out[n++] = str_slice(key, 0, end);
    if (n + 1 < max && body > 0)
        out[n++] = str_slice(key, 0, body);
    if (n < max)
        out[n++] = STR_EMPTY;
    return n;
}

size_t place_ancestors(struct str key, struct str *out, size_t max)
{
    char separator = separator_of(key);
    size_t n = 0, body = body_at(key);
    for (size_t end = key.len; end-- > body && n < max;)
        if (key.ptr[end] == separator && end > body)
            out[n++] = str_slice(key, 0, end);
    if (n < max && body > 0 && body < key.len && key.ptr[body - 1] == '/' &&
        !str_contains(str_slice(key, 0, body), STR("//")))
        out[n++] = str_slice(key, 0, body);
    return n;
}

/* Is text, or what stands before a "/" of it, of the form of pattern, whose "*" stand for parts of
 * one name?  Only the last "*" is tried again, within its name, so time is at most their product.
 */
static bool fits(struct str text, struct str pattern)
{
    size_t t = 0, p = 0, star_p = SIZE_MAX, star_t = 0;
    while (t < text.len) {
        if (p == pattern.len && text.ptr[t] == '/')
            return true;
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star_p = p++;
            star_t = t;
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star_p != SIZE_MAX && text.ptr[star_t] != '/') {
            p = star_p + 1;
            t = ++star_t;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

bool place_falls_into(struct str uri, struct str dataset_uri)
{
    return dataset_uri.len > 0 && fits(uri, dataset_uri);
}
