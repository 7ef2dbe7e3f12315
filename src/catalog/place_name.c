/*
 * place_name: what OpenLineage calls a location (https://openlineage.io/docs/spec/naming).
 *
 * A partition's folder is not a dataset: names are trimmed as the OpenLineage Java client trims
 * them, so that our edges meet those that Spark reports.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"

#include "util/attrs.h"
#include "util/scan.h"

/* ---- trimming ---- */

static bool is_month(unsigned month)
{
    return month >= 1 && month <= 12;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1 || !is_month(month) || day < 1)
        return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* yyyy-MM-dd, yyyyMMdd or dd.MM.yyyy at s. */
static bool scan_date(struct scan *s)
{
    struct scan start = *s;
    unsigned year, month, day;
    if (scan_digits(s, 4, &year)) {
        bool has_dash = scan_char(s, '-');
        if (scan_digits(s, 2, &month) && (!has_dash || scan_char(s, '-')) &&
            scan_digits(s, 2, &day) && is_day(year, month, day))
            return true;
    }
    *s = start;
    if (scan_digits(s, 2, &day) && scan_char(s, '.') && scan_digits(s, 2, &month) &&
        scan_char(s, '.') && scan_digits(s, 4, &year) && is_day(year, month, day))
        return true;
    *s = start;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_whole_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return true;
}

/* Nothing but what times are written with. */
static bool is_noise(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]) && str_find_char(STR("TZ :.-\t"), text.ptr[i]) == SIZE_MAX)
            return false;
    return true;
}

/* Does it hold a date, and beside it nothing but a time?  Eight digits count from the start of
 * their run, then from the ninth on. */
static bool is_date_segment(struct str segment)
{
    size_t n_digits = 0;
    for (size_t i = 0; i < segment.len; i++) {
        struct scan s = scan_init(str_from_pos(segment, i));
        bool is_eight = i + 8 <= segment.len && is_whole_digits(str_slice(segment, i, i + 8));
        bool is_candidate = !is_eight || n_digits % 8 == 0;
        n_digits = is_digit(segment.ptr[i]) ? n_digits + 1 : 0;
        if (is_candidate && scan_date(&s))
            return is_noise(str_slice(segment, 0, i)) && is_noise(scan_rest(&s));
    }
    return false;
}

/* yyyyMM or yyyy-MM */
static bool is_year_month(struct str segment)
{
    struct scan s = scan_init(segment);
    unsigned year, month;
    if (!scan_digits(&s, 4, &year))
        return false;
    (void)scan_char(&s, '-');
    return scan_digits(&s, 2, &month) && scan_is_done(&s) && is_month(month);
}

static bool is_key_value(struct str segment)
{
    struct str key, value, more;
    return str_cut(segment, '=', &key, &value) && !str_cut(value, '=', &value, &more);
}

static bool is_number(struct str segment, unsigned n_digits, unsigned *out)
{
    struct scan s = scan_init(segment);
    return scan_digits(&s, n_digits, out) && scan_is_done(&s);
}

/* How many bytes of name are yyyy/MM or yyyy/MM/dd at its end, with the "/" before them. */
static size_t date_folders(struct str name)
{
    struct str parts[3];
    size_t n = 0, end = name.len;
    for (; n < 3; n++) {
        size_t slash = str_rfind_char(str_slice(name, 0, end), '/');
        if (slash == SIZE_MAX)
            break;
        parts[n] = str_slice(name, slash + 1, end);
        end = slash;
        unsigned year, month, day = 1;
        bool is_month_only = n == 1, is_full = n == 2;
        if ((is_month_only || is_full) && is_number(parts[n], 4, &year) &&
            is_number(parts[n - 1], 2, &month) && (!is_full || is_number(parts[0], 2, &day)) &&
            is_day(year, month, day))
            return name.len - end;
    }
    return 0;
}

struct str place_trim(struct str name)
{
    for (;;) {
        size_t slash = str_rfind_char(name, '/');
        if (slash == SIZE_MAX || slash == 0)
            return name;
        struct str last = str_from_pos(name, slash + 1);
        size_t n_folders = date_folders(name);
        if (n_folders > 0 && n_folders < name.len)
            name = str_slice(name, 0, name.len - n_folders);
        else if (is_key_value(last) || is_date_segment(last) || is_year_month(last))
            name = str_slice(name, 0, slash);
        else
            return name;
    }
}

/* ---- naming ---- */

/* Up to the last separator before the first unknown part; all of it when all is known. */
static struct str known_part(struct str path, char separator)
{
    for (size_t i = 0; i < path.len; i++) {
        bool is_glob = str_find_char(STR("*?["), path.ptr[i]) != SIZE_MAX;
        if (is_glob || path.ptr[i] == '{') {
            size_t end = str_rfind_char(str_slice(path, 0, i), separator);
            return end == SIZE_MAX ? STR_EMPTY : str_slice(path, 0, end);
        }
    }
    return path;
}

/* scheme://authority/path */
static bool name_address(struct str uri, size_t path_at, bool keeps_slash, struct place_name *out)
{
    size_t slash = str_find(uri, STR("/"), path_at);
    struct str authority = str_slice(uri, 0, slash == SIZE_MAX ? uri.len : slash);
    struct str path = slash == SIZE_MAX ? STR_EMPTY : str_from_pos(uri, slash);
    if (str_find_char(authority, '{') != SIZE_MAX || str_find_char(authority, '*') != SIZE_MAX)
        return false;
    struct str known = known_part(path, '/');
    bool is_whole = known.len == path.len;
    struct str bare = str_trim_char(known, '/');
    if (!is_whole && bare.len == 0)
        return false;
    struct str trimmed = place_trim(bare);
    bool is_cut = !is_whole || trimmed.len < bare.len;
    const char *start =
        keeps_slash && bare.len > 0 && bare.ptr > path.ptr ? bare.ptr - 1 : bare.ptr;
    *out = (struct place_name){
        .space = authority,
        .name = trimmed.len == 0 ? STR("/")
                                 : (struct str){ start, trimmed.len + (size_t)(bare.ptr - start) },
        .subset = is_cut ? str_trim_char(path, '/') : STR_EMPTY,
        .is_incomplete = !is_whole && str_contains(path, STR("{}")),
    };
    return true;
}

/* scheme:/path without an authority: the scheme is the namespace. */
static bool name_path(struct str scheme, struct str path, struct place_name *out)
{
    if (path.len == 0 || path.ptr[0] != '/')
        return false;
    if (str_has_prefix(path, STR("///")))
        path = str_from_pos(path, 2);
    struct str known = known_part(path, '/');
    bool is_whole = known.len == path.len;
    if (!is_whole && known.len == 0)
        return false;
    while (known.len > 1 && known.ptr[known.len - 1] == '/')
        known.len--;
    struct str trimmed = place_trim(known);
    *out = (struct place_name){ .space = scheme,
                                .name = trimmed,
                                .subset = !is_whole || trimmed.len < known.len ? path : STR_EMPTY,
                                .is_incomplete = !is_whole && str_contains(path, STR("{}")) };
    return true;
}

/* A name in a catalogue, a broker or a warehouse that the notebook does not tell. */
static bool name_name(struct str scheme, struct str name, struct place_name *out)
{
    if (name.len == 0 || str_find_char(name, '{') != SIZE_MAX ||
        str_find_char(name, '*') != SIZE_MAX)
        return false;
    *out = (struct place_name){ .space = scheme,
                                .name = name,
                                .is_table = str_eq(scheme, STR("table")) };
    return true;
}

bool place_name(struct arena *a, struct str uri, struct place_name *out)
{
    struct str key = place_key(a, uri), scheme, rest;
    if (!str_cut(key, ':', &scheme, &rest) || str_eq(scheme, STR("builtin")) ||
        str_find_char(scheme, '{') != SIZE_MAX)
        return false;
    if (str_eq(scheme, STR("table")) || str_eq(scheme, STR("stream")) ||
        str_eq(scheme, STR("stage")))
        return name_name(scheme, rest, out);
    if (str_has_prefix(rest, STR("//")) && !str_has_prefix(rest, STR("///")))
        return name_address(key, scheme.len + 3, str_eq(scheme, STR("hdfs")), out);
    return name_path(scheme, rest, out);
}
