/*
 * partition: see partition.h.
 *
 * Spark reads int before long before decimal before double before timestamp before date.  Numbers
 * are read here as Java's parsers do: a sign and leading zeros are allowed, blanks are not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/partition.h"

#include "util/scan.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return false;
    }
    return s.len > 0;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As Hive escapes; what is no escape stays as it is, as in Spark. */
static struct str unescape(struct arena *a, struct str s)
{
    if (str_find_char(s, '%') == SIZE_MAX)
        return s;
    char *out = arena_alloc(a, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        int high = s.ptr[i] == '%' && i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.ptr[i + 2]) : -1;
        if (low >= 0 && high * 16 + low != 0) {
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[n++] = s.ptr[i];
        }
    }
    return (struct str){ out, n };
}

static unsigned two(const char *p)
{
    return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

static bool is_year_text(const char *p)
{
    unsigned century = two(p);
    return century == 19 || century == 20;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && is_leap ? 1U : 0U);
}

/* A date at p, of which len bytes are left: how long it is, or 0. */
static size_t date_length(const char *p, size_t len)
{
    struct str s = { p, len };
    if (len >= 10 && p[4] == '-' && p[7] == '-' && all_digits(str_slice(s, 0, 4)) &&
        all_digits(str_slice(s, 5, 7)) && all_digits(str_slice(s, 8, 10)) && is_year_text(p) &&
        is_day(two(p) * 100 + two(p + 2), two(p + 5), two(p + 8)))
        return 10;
    if (len >= 10 && p[2] == '.' && p[5] == '.' && all_digits(str_slice(s, 0, 2)) &&
        all_digits(str_slice(s, 3, 5)) && all_digits(str_slice(s, 6, 10)) && is_year_text(p + 6) &&
        is_day(two(p + 6) * 100 + two(p + 8), two(p + 3), two(p)))
        return 10;
    if (len >= 8 && all_digits(str_slice(s, 0, 8)) && (len == 8 || !is_digit(p[8])) &&
        is_year_text(p) && is_day(two(p) * 100 + two(p + 2), two(p + 4), two(p + 6)))
        return 8;
    return 0;
}

static bool is_time_rest(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]) && memchr("TZ :.-_+", s.ptr[i], 8) == NULL)
            return false;
    }
    return true;
}

static bool is_date_name(struct str name)
{
    size_t n = date_length(name.ptr, name.len);
    return n > 0 && is_time_rest(str_from_pos(name, n));
}

static bool is_month_name(struct str name)
{
    if (name.len == 7 && name.ptr[4] == '-' && all_digits(str_slice(name, 0, 4)) &&
        all_digits(str_slice(name, 5, 7)))
        return is_year_text(name.ptr) && is_day(2000, two(name.ptr + 5), 1);
    return name.len == 6 && all_digits(name) && is_year_text(name.ptr) &&
           is_day(2000, two(name.ptr + 4), 1);
}

static struct folder_name digits_parse(struct str name, enum folder_kind above)
{
    unsigned n = name.len == 2 ? two(name.ptr) : 99;
    if (name.len == 4 && is_year_text(name.ptr))
        return (struct folder_name){ FOLDER_YEAR, STR("year"), name };
    if (above == FOLDER_YEAR && n >= 1 && n <= 12)
        return (struct folder_name){ FOLDER_YEARMONTH, STR("month"), name };
    if ((above == FOLDER_YEARMONTH || above == FOLDER_MONTH) && n >= 1 && n <= 31)
        return (struct folder_name){ FOLDER_DAY, STR("day"), name };
    if ((above == FOLDER_DAY || above == FOLDER_DATE) && n <= 23)
        return (struct folder_name){ FOLDER_HOUR, STR("hour"), name };
    return (struct folder_name){ FOLDER_NUMBER, STR_EMPTY, name };
}

static bool is_temporary(struct str name)
{
    return str_eq_nocase(name, STR("_temporary")) || str_has_suffix(name, STR("_$folder$"));
}

struct folder_name folder_name_parse(struct arena *a, struct str name, enum folder_kind above)
{
    struct str column, value;
    if (is_temporary(name))
        return (struct folder_name){ FOLDER_HIDDEN, STR_EMPTY, STR_EMPTY };
    if (str_cut(name, '=', &column, &value) && column.len > 0) {
        bool is_null = str_eq(value, STR("__HIVE_DEFAULT_PARTITION__"));
        return (struct folder_name){ FOLDER_HIVE, unescape(a, column),
                                     is_null ? (struct str){ NULL, 0 } : unescape(a, value) };
    }
    if (name.len == 0 || name.ptr[0] == '_' || name.ptr[0] == '.')
        return (struct folder_name){ name.len == 0 ? FOLDER_PLAIN : FOLDER_HIDDEN, STR_EMPTY,
                                     STR_EMPTY };
    if (is_date_name(name))
        return (struct folder_name){ FOLDER_DATE, STR("date"), name };
    if (is_month_name(name))
        return (struct folder_name){ FOLDER_MONTH, STR("month"), name };
    if (all_digits(name))
        return digits_parse(name, above);
    return (struct folder_name){ FOLDER_PLAIN, STR_EMPTY, STR_EMPTY };
}

bool folder_kind_is_partition(enum folder_kind kind)
{
    return kind != FOLDER_PLAIN && kind != FOLDER_NUMBER && kind != FOLDER_HIDDEN;
}

/* Digits behind an optional sign; leading zeros do not count. */
static enum partition_type integer_type(struct str s)
{
    bool is_negative = s.len > 0 && s.ptr[0] == '-';
    struct str digits = s.len > 0 && (is_negative || s.ptr[0] == '+') ? str_from_pos(s, 1) : s;
    uint64_t n = 0;
    if (!all_digits(digits))
        return PARTITION_STRING;
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_from_pos(digits, 1);
    if (scan_whole_u64(digits, (uint64_t)INT32_MAX + is_negative, &n))
        return PARTITION_INT;
    if (scan_whole_u64(digits, (uint64_t)INT64_MAX + is_negative, &n))
        return PARTITION_LONG;
    return digits.len <= 38 ? PARTITION_DECIMAL : PARTITION_DOUBLE;
}

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && is_digit(s.ptr[at]))
        at++;
    return at;
}

/* What Java's parsers take for a number with a point or an exponent.  One without a fraction that
 * BigDecimal takes ("1e5") is a decimal, any other a double; Double.parseDouble takes a suffix d or
 * f as well. */
static enum partition_type real_type(struct str s)
{
    size_t at = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
    struct str word = str_from_pos(s, at);
    if (str_eq(word, STR("NaN")) || str_eq(word, STR("Infinity")))
        return PARTITION_DOUBLE;
    size_t end = skip_digits(s, at), n_digits = end - at, n_fraction = 0;
    uint64_t exponent = 0;
    if (end < s.len && s.ptr[end] == '.') {
        n_fraction = skip_digits(s, end + 1) - end - 1;
        end += 1 + n_fraction;
    }
    n_digits += n_fraction;
    if (n_digits == 0)
        return PARTITION_STRING;
    if (end < s.len && (s.ptr[end] == 'e' || s.ptr[end] == 'E')) {
        size_t from = end + 1 + (end + 1 < s.len && memchr("+-", s.ptr[end + 1], 2) != NULL);
        size_t stop = skip_digits(s, from);
        if (stop == from)
            return PARTITION_STRING;
        bool is_big = !scan_whole_u64(str_slice(s, from, stop), 1000, &exponent);
        if (is_big || s.ptr[end + 1] == '-')
            exponent = 0;
        n_fraction += s.ptr[end + 1] == '-' || is_big;
        end = stop;
    }
    if (end == s.len && n_digits <= 38 && exponent >= n_fraction && exponent > 0)
        return PARTITION_DECIMAL;
    if (end + 1 == s.len && memchr("dDfF", s.ptr[end], 4) != NULL)
        end++;
    return end == s.len ? PARTITION_DOUBLE : PARTITION_STRING;
}

/* "HH:mm:ss", with one digit of a fraction or none: Spark's pattern is HH:mm:ss[.S]. */
static bool is_clock(struct str s)
{
    if (s.len < 8 || s.ptr[2] != ':' || s.ptr[5] != ':' || !all_digits(str_slice(s, 0, 2)) ||
        !all_digits(str_slice(s, 3, 5)) || !all_digits(str_slice(s, 6, 8)))
        return false;
    if (two(s.ptr) > 23 || two(s.ptr + 3) > 59 || two(s.ptr + 6) > 59)
        return false;
    return s.len == 8 || (s.len == 10 && s.ptr[8] == '.' && is_digit(s.ptr[9]));
}

enum partition_type partition_type_of(struct str value)
{
    if (value.ptr == NULL)
        return PARTITION_NULL;
    enum partition_type type = integer_type(value);
    if (type != PARTITION_STRING)
        return type;
    type = real_type(value);
    if (type != PARTITION_STRING)
        return type;
    if (value.len >= 10 && value.ptr[4] == '-' && date_length(value.ptr, value.len) == 10) {
        if (value.len == 10)
            return PARTITION_DATE;
        if (value.ptr[10] == ' ' && is_clock(str_from_pos(value, 11)))
            return PARTITION_TIMESTAMP;
    }
    return PARTITION_STRING;
}

enum partition_type partition_type_widen(enum partition_type a, enum partition_type b)
{
    enum partition_type low = a < b ? a : b, high = a < b ? b : a;
    if (low == high || low == PARTITION_NULL)
        return high;
    if (high == PARTITION_LONG || high == PARTITION_DECIMAL)
        return high;
    if (high == PARTITION_DOUBLE && low == PARTITION_INT)
        return PARTITION_DOUBLE;
    if (high == PARTITION_TIMESTAMP && low == PARTITION_DATE)
        return PARTITION_TIMESTAMP;
    return PARTITION_STRING;
}
