/* text: encodings by their bytes, types of values by their spelling. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/text.h"

#include "catalog/format_internal.h"
#include "util/buf.h"
#include "util/scan.h"

#include <string.h>

/* Control characters that texts hold: tab, line ends, form feed, Hive's \1 \2 \3, escape. */
static bool is_text_control(unsigned char c)
{
    return (c >= 1 && c <= 3) || (c >= '\t' && c <= '\r') || c == 0x1a || c == 0x1b;
}

static bool has_binary_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < ' ' && !is_text_control(c))
            return true;
    }
    return false;
}

/* s without a character that is cut at its end. */
static struct str without_cut_char(struct str s)
{
    size_t n = s.len;
    for (size_t back = 1; back <= 3 && back <= s.len; back++) {
        unsigned char c = (unsigned char)s.ptr[s.len - back];
        if (c >= 0xc0) {
            size_t want = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
            n = want > back ? s.len - back : s.len;
            break;
        }
        if (c < 0x80)
            break;
    }
    return str_slice(s, 0, n);
}

/* Of texts in two-byte units most have one half zero. */
static enum encoding two_byte_units(struct str s)
{
    size_t n_even = 0, n_odd = 0, n = s.len < 1024 ? s.len & ~(size_t)1 : 1024;
    for (size_t i = 0; i < n; i += 2) {
        n_even += s.ptr[i] == 0;
        n_odd += s.ptr[i + 1] == 0;
    }
    if (n >= 8 && n_odd * 10 >= n / 2 * 7 && n_even == 0)
        return ENCODING_UTF16LE;
    if (n >= 8 && n_even * 10 >= n / 2 * 7 && n_odd == 0)
        return ENCODING_UTF16BE;
    return ENCODING_NONE;
}

enum encoding text_encoding(struct str head, bool is_cut)
{
    if (str_has_prefix(head, STR("\xef\xbb\xbf")))
        return has_binary_control(head) ? ENCODING_NONE : ENCODING_UTF8_BOM;
    if (str_has_prefix(head, STR("\xff\xfe")) && head.len >= 4)
        return head.ptr[2] == 0 && head.ptr[3] == 0 ? ENCODING_NONE : ENCODING_UTF16LE;
    if (str_has_prefix(head, STR("\xfe\xff")) && head.len >= 4)
        return ENCODING_UTF16BE;
    if (head.len > 0 && memchr(head.ptr, 0, head.len) != NULL)
        return two_byte_units(head);
    if (has_binary_control(head))
        return ENCODING_NONE;
    if (str_is_utf8(is_cut ? without_cut_char(head) : head))
        return ENCODING_UTF8;
    /* One byte a character: most of them are still ASCII in any text of records. */
    size_t n_high = 0;
    for (size_t i = 0; i < head.len; i++)
        n_high += (unsigned char)head.ptr[i] >= 0x80;
    return n_high * 3 < head.len ? ENCODING_LATIN1 : ENCODING_NONE;
}

static void add_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else if (c < 0x800) {
        buf_add_char(out, (char)(0xc0 | c >> 6));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_add_char(out, (char)(0xe0 | c >> 12));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_add_char(out, (char)(0xf0 | c >> 18));
        buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

static void from_utf16(struct buf *out, struct bytes b)
{
    while (bytes_left(&b) >= 2) {
        uint32_t c = bytes_u16(&b);
        if (c >= 0xd800 && c < 0xdc00 && bytes_left(&b) >= 2) {
            struct bytes ahead = b;
            uint32_t low = bytes_u16(&ahead);
            bool is_pair = low >= 0xdc00 && low < 0xe000;
            c = is_pair ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
            b = is_pair ? ahead : b;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        if (c != 0xfeff)
            add_utf8(out, c);
    }
}

/* What windows-1252 has at 0x80..0x9f. */
static const uint16_t WINDOWS[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

struct str text_to_utf8(struct arena *a, struct str text, enum encoding encoding)
{
    AUTO_BUF out = BUF_INIT(text.len * 3 + 4);
    switch (encoding) {
    case ENCODING_UTF8_BOM:
        return without_cut_char(str_from_pos(text, 3));
    case ENCODING_UTF16LE:
        from_utf16(&out, bytes_le(text));
        break;
    case ENCODING_UTF16BE:
        from_utf16(&out, bytes_be(text));
        break;
    case ENCODING_LATIN1:
        for (size_t i = 0; i < text.len; i++) {
            unsigned char c = (unsigned char)text.ptr[i];
            add_utf8(&out, c >= 0x80 && c < 0xa0 ? WINDOWS[c - 0x80] : c);
        }
        break;
    default:
        return without_cut_char(text);
    }
    return arena_str(a, buf_str(&out));
}

/* ---- types of values ---- */

static bool is_in(struct str value, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(value, words[i]))
            return true;
    }
    return false;
}

static bool is_null(struct str value)
{
    static const struct str WORDS[] = { STR_INIT("NA"),   STR_INIT("N/A"),  STR_INIT("NaN"),
                                        STR_INIT("null"), STR_INIT("None"), STR_INIT("\\N"),
                                        STR_INIT("#N/A"), STR_INIT("<NA>") };
    return value.len == 0 || (value.len <= 4 && is_in(value, WORDS, ARRAY_LEN(WORDS)));
}

static size_t skip_digits(struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return (size_t)(s->at - from);
}

static bool skip_exponent(struct scan *s)
{
    if (!scan_char(s, 'e') && !scan_char(s, 'E'))
        return true;
    (void)(scan_char(s, '-') || scan_char(s, '+'));
    return skip_digits(s) > 0;
}

/* Does a text of digits fit into int64?  Leading zeros do not count. */
static bool fits_int64(struct str digits, bool is_negative)
{
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_from_pos(digits, 1);
    struct str max = is_negative ? STR("9223372036854775808") : STR("9223372036854775807");
    return digits.len < max.len || (digits.len == max.len && str_cmp(digits, max) <= 0);
}

static enum column_type number_type(struct str value, bool is_comma)
{
    static const struct str INFINITE[] = { STR_INIT("inf"), STR_INIT("infinity") };
    struct scan s = scan_init(value);
    bool is_negative = scan_char(&s, '-');
    if (!is_negative)
        (void)scan_char(&s, '+');
    if (is_in(scan_rest(&s), INFINITE, ARRAY_LEN(INFINITE)))
        return COLUMN_FLOAT64;
    const char *from = s.at;
    size_t n_whole = skip_digits(&s), n_part = 0;
    if (n_whole > 0 && scan_is_done(&s))
        return fits_int64((struct str){ from, n_whole }, is_negative) ? COLUMN_INT64
                                                                      : COLUMN_FLOAT64;
    if (scan_char(&s, '.') || (is_comma && scan_char(&s, ',')))
        n_part = skip_digits(&s);
    bool is_number = n_whole + n_part > 0 && skip_exponent(&s) && scan_is_done(&s);
    return is_number ? COLUMN_FLOAT64 : COLUMN_STRING;
}

static bool skip_date(struct scan *s)
{
    unsigned year, month, day;
    struct scan at = *s;
    if (!scan_digits(&at, 4, &year))
        return false;
    char mark = scan_char(&at, '-') ? '-' : scan_char(&at, '/') ? '/' : 0;
    if (mark == 0 || !scan_digits(&at, 2, &month) || !scan_char(&at, mark) ||
        !scan_digits(&at, 2, &day) || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *s = at;
    return true;
}

static bool skip_time(struct scan *s)
{
    unsigned hour, minute, second = 0;
    struct scan at = *s;
    if (!scan_digits(&at, 2, &hour) || !scan_char(&at, ':') || !scan_digits(&at, 2, &minute))
        return false;
    if (scan_char(&at, ':') && !scan_digits(&at, 2, &second))
        return false;
    if ((scan_char(&at, '.') || scan_char(&at, ',')) && skip_digits(&at) == 0)
        return false;
    if (hour > 24 || minute > 59 || second > 60)
        return false;
    *s = at;
    return true;
}

static bool skip_zone(struct scan *s)
{
    unsigned hour, minute = 0;
    (void)scan_char(s, ' ');
    if (scan_char(s, 'Z') || scan_str(s, STR("UTC")))
        return true;
    if ((!scan_char(s, '+') && !scan_char(s, '-')) || !scan_digits(s, 2, &hour))
        return false;
    (void)scan_char(s, ':');
    return scan_is_done(s) || scan_digits(s, 2, &minute);
}

static enum column_type moment_type(struct str value)
{
    struct scan s = scan_init(value);
    if (skip_time(&s) && scan_is_done(&s))
        return COLUMN_TIME;
    s = scan_init(value);
    if (!skip_date(&s))
        return COLUMN_STRING;
    if (scan_is_done(&s))
        return COLUMN_DATE;
    if ((!scan_char(&s, ' ') && !scan_char(&s, 'T')) || !skip_time(&s))
        return COLUMN_STRING;
    if (scan_is_done(&s))
        return COLUMN_TIMESTAMP;
    return skip_zone(&s) && scan_is_done(&s) ? COLUMN_TIMESTAMP_TZ : COLUMN_STRING;
}

enum column_type text_value_type(struct str value, bool is_comma)
{
    static const struct str BOOLS[] = { STR_INIT("true"), STR_INIT("false") };
    value = str_trim(value);
    if (is_null(value))
        return COLUMN_NULL;
    if (is_in(value, BOOLS, ARRAY_LEN(BOOLS)))
        return COLUMN_BOOL;
    enum column_type type = number_type(value, is_comma);
    return type != COLUMN_STRING ? type : moment_type(value);
}
