/* pure_time: see pure_time.h.  The calendar, and dates as texts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_time.h"

#include "util/scan.h"

#include <inttypes.h>

static const char *const months[] = { "January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December" };
static const char *const weekdays[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday" };

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(int64_t year, unsigned month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Days of all years before this one, from year 1. */
static int64_t days_before_year(int64_t year)
{
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

#define DAYS_BEFORE_1970 719162

static unsigned days_before_month(int64_t year, unsigned month)
{
    unsigned n = 0;
    for (unsigned m = 1; m < month; m++)
        n += days_of_month(year, m);
    return n;
}

bool time_from_calendar(struct calendar_day day, int64_t *days)
{
    if (day.year < 1 || day.year > 9999 || day.month < 1 || day.month > 12 || day.day < 1 ||
        day.day > days_of_month(day.year, day.month))
        return false;
    *days = days_before_year(day.year) + days_before_month(day.year, day.month) + day.day - 1 -
            DAYS_BEFORE_1970;
    return true;
}

struct calendar_day time_calendar(int64_t days)
{
    int64_t n = days + DAYS_BEFORE_1970;
    int64_t year = n / 366 + 1;
    while (days_before_year(year + 1) <= n)
        year++;
    unsigned rest = (unsigned)(n - days_before_year(year)), month = 1;
    while (rest >= days_of_month(year, month))
        rest -= days_of_month(year, month++);
    return (struct calendar_day){ year, month, rest + 1 };
}

static bool is_in_range(int64_t days)
{
    return days >= -DAYS_BEFORE_1970 && days < days_before_year(10000) - DAYS_BEFORE_1970;
}

/* At most max digits. */
static bool scan_few(struct scan *s, size_t max, uint64_t *out)
{
    struct str rest = scan_rest(s);
    struct scan part = scan_init(str_slice(rest, 0, max));
    if (!scan_u64(&part, 999999999, out))
        return false;
    s->at = part.at;
    return true;
}

static bool scan_clock(struct scan *s, struct moment *m)
{
    uint64_t hour, minute, second = 0, micros = 0;
    if (!scan_few(s, 2, &hour) || !scan_char(s, ':') || !scan_few(s, 2, &minute))
        return false;
    if (scan_char(s, ':') && !scan_few(s, 2, &second))
        return false;
    if (scan_char(s, '.')) {
        const char *from = s->at;
        if (!scan_few(s, 6, &micros))
            return false;
        for (size_t n = (size_t)(s->at - from); n < 6; n++)
            micros *= 10;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    m->seconds = (int64_t)(hour * 3600 + minute * 60 + second);
    m->micros = (uint32_t)micros;
    m->has_time = true;
    return true;
}

bool time_parse(struct str text, bool is_loose, struct moment *out)
{
    struct scan s = scan_init(text);
    struct moment m = { 0 };
    uint64_t year, month = 1, day = 1;
    if (!scan_few(&s, 4, &year))
        return false;
    bool has_mark = scan_char(&s, '-') || (is_loose && scan_char(&s, '/'));
    bool has_month = (has_mark || is_loose) && scan_few(&s, 2, &month);
    has_mark = scan_char(&s, '-') || (is_loose && scan_char(&s, '/'));
    bool has_day = has_month && (has_mark || is_loose) && scan_few(&s, 2, &day);
    if (!is_loose && !has_day)
        return false;
    if (month > 12 || day > 31 ||
        !time_from_calendar((struct calendar_day){ (int64_t)year, (unsigned)month, (unsigned)day },
                            &m.days))
        return false;
    if ((scan_char(&s, ' ') || scan_char(&s, 'T')) && !scan_clock(&s, &m))
        return false;
    *out = m;
    return scan_is_done(&s);
}

bool time_of(const struct value *v, struct moment *out)
{
    struct str text;
    return v->flags & VALUE_IS_DATE && value_is_known_text(v, &text) &&
           time_parse(text, false, out);
}

struct value *time_value(struct values *vs, struct moment m)
{
    if (!is_in_range(m.days))
        return NULL;
    struct text_out out = TEXT_OUT_INIT(vs);
    bool is_done = time_format(&out, m, m.has_time ? STR("%Y-%m-%d %H:%M:%S") : STR("%Y-%m-%d"));
    if (is_done && m.has_time && m.micros > 0)
        is_done = time_format(&out, m, STR(".%f"));
    return is_done ? text_out_take(&out, VALUE_IS_DATE) : NULL;
}

/* 0 is Monday. */
static unsigned weekday(int64_t days)
{
    return (unsigned)((days + DAYS_BEFORE_1970) % 7);
}

/* The number that a directive prints and its width; false if it prints none. */
static bool number_of(struct moment m, char directive, int64_t *n, int *width)
{
    struct calendar_day day = time_calendar(m.days);
    unsigned of_year = days_before_month(day.year, day.month) + day.day;
    *width = 2;
    switch (directive) {
    case 'Y':
        *width = 4;
        *n = day.year;
        return true;
    case 'y':
        *n = day.year % 100;
        return true;
    case 'm':
        *n = day.month;
        return true;
    case 'd':
        *n = day.day;
        return true;
    case 'j':
        *width = 3;
        *n = of_year;
        return true;
    case 'H':
        *n = m.seconds / 3600;
        return true;
    case 'I':
        *n = (m.seconds / 3600 + 11) % 12 + 1;
        return true;
    case 'M':
        *n = m.seconds / 60 % 60;
        return true;
    case 'S':
        *n = m.seconds % 60;
        return true;
    case 'f':
        *width = 6;
        *n = m.micros;
        return true;
    case 'U':
        *n = (of_year + 6 - (weekday(m.days) + 1) % 7) / 7;
        return true;
    case 'W':
        *n = (of_year + 6 - weekday(m.days)) / 7;
        return true;
    case 'u':
        *width = 1;
        *n = weekday(m.days) + 1;
        return true;
    case 'w':
        *width = 1;
        *n = (weekday(m.days) + 1) % 7;
        return true;
    default:
        return false;
    }
}

static bool format_directive(struct text_out *out, struct moment m, char directive)
{
    struct str month = str_from(months[time_calendar(m.days).month - 1]);
    struct str day = str_from(weekdays[weekday(m.days)]);
    switch (directive) {
    case 'B':
        text_out_add(out, month);
        return true;
    case 'b':
    case 'h':
        text_out_add(out, str_slice(month, 0, 3));
        return true;
    case 'A':
        text_out_add(out, day);
        return true;
    case 'a':
        text_out_add(out, str_slice(day, 0, 3));
        return true;
    case 'p':
        text_out_add(out, m.seconds < SECONDS_PER_DAY / 2 ? STR("AM") : STR("PM"));
        return true;
    case 'F':
        return time_format(out, m, STR("%Y-%m-%d"));
    case 'T':
    case 'X':
        return time_format(out, m, STR("%H:%M:%S"));
    case 'D':
    case 'x':
        return time_format(out, m, STR("%m/%d/%y"));
    case '%':
        text_out_char(out, '%');
        return true;
    case 'z':
    case 'Z': /* no time zone is known */
        return true;
    default:
        return false;
    }
}

bool time_format(struct text_out *out, struct moment m, struct str format)
{
    for (size_t i = 0; i < format.len; i++) {
        int64_t n;
        int width;
        if (format.ptr[i] != '%') {
            text_out_char(out, format.ptr[i]);
            continue;
        }
        bool is_short = i + 1 < format.len && format.ptr[i + 1] == '-';
        i += 1 + (size_t)is_short;
        if (i >= format.len)
            return false;
        if (number_of(m, format.ptr[i], &n, &width))
            text_out_add(out, arena_printf(out->vs->arena, "%0*" PRId64, is_short ? 1 : width, n));
        else if (is_short || !format_directive(out, m, format.ptr[i]))
            return false;
    }
    return true;
}

/* A month by its name (from 3 letters on), from 1. */
static bool scan_month(struct scan *s, bool is_short, uint64_t *out)
{
    for (uint64_t i = 0; i < 12; i++) {
        struct str name = str_from(months[i]);
        name = is_short ? str_slice(name, 0, 3) : name;
        if (str_has_prefix_nocase(scan_rest(s), name)) {
            s->at += name.len;
            *out = i + 1;
            return true;
        }
    }
    return false;
}

struct scanned {
    uint64_t year, month, day, hour, minute, second, micros;
    bool has_time;
};

static bool scan_directive(struct scan *s, char directive, struct scanned *out)
{
    switch (directive) {
    case 'Y':
        return scan_few(s, 4, &out->year);
    case 'y':
        if (!scan_few(s, 2, &out->year))
            return false;
        out->year += out->year < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return scan_few(s, 2, &out->month);
    case 'b':
    case 'B':
        return scan_month(s, directive == 'b', &out->month);
    case 'd':
        return scan_few(s, 2, &out->day);
    case 'H':
        return scan_few(s, 2, &out->hour);
    case 'M':
        return scan_few(s, 2, &out->minute);
    case 'S':
        return scan_few(s, 2, &out->second);
    case 'f': {
        const char *from = s->at;
        bool has = scan_few(s, 6, &out->micros);
        for (size_t n = (size_t)(s->at - from); n < 6; n++)
            out->micros *= 10;
        return has;
    }
    default:
        return false;
    }
}

bool time_scan(struct str text, struct str format, struct moment *out)
{
    struct scan s = scan_init(text);
    struct scanned got = { .year = 1900, .month = 1, .day = 1 };
    struct moment m = { .has_time = true };
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%') {
            if (!scan_char(&s, format.ptr[i]))
                return false;
        } else if (++i >= format.len || !scan_directive(&s, format.ptr[i], &got)) {
            return false;
        }
    }
    if (!scan_is_done(&s) || got.hour > 23 || got.minute > 59 || got.second > 59 ||
        got.month > 12 || got.day > 31)
        return false;
    m.seconds = (int64_t)(got.hour * 3600 + got.minute * 60 + got.second);
    m.micros = (uint32_t)got.micros;
    struct calendar_day day = { (int64_t)got.year, (unsigned)got.month, (unsigned)got.day };
    if (!time_from_calendar(day, &m.days))
        return false;
    *out = m;
    return true;
}

struct moment time_plus(struct moment m, int64_t seconds)
{
    int64_t all = m.seconds + seconds % SECONDS_PER_DAY;
    m.days += seconds / SECONDS_PER_DAY;
    if (all < 0) {
        all += SECONDS_PER_DAY;
        m.days--;
    } else if (all >= SECONDS_PER_DAY) {
        all -= SECONDS_PER_DAY;
        m.days++;
    }
    m.seconds = m.has_time ? all : 0;
    return m;
}

struct moment time_plus_months(struct moment m, int64_t months_more)
{
    struct calendar_day day = time_calendar(m.days);
    int64_t all = day.year * 12 + day.month - 1 + months_more;
    day.year = all / 12;
    day.month = (unsigned)(all % 12) + 1;
    if (day.year < 1 || day.year > 9999 || all < 0) {
        m.days = INT32_MAX; /* out of range for time_value() */
        return m;
    }
    unsigned last = days_of_month(day.year, day.month);
    day.day = day.day < last ? day.day : last;
    (void)time_from_calendar(day, &m.days);
    return m;
}

void time_format_into(struct text_out *out, const struct value *v, struct str format)
{
    struct moment m;
    struct text_out own = TEXT_OUT_INIT(out->vs);
    struct str text;
    if (time_of(v, &m) && time_format(&own, m, format) &&
        value_is_known_text(text_out_take(&own, 0), &text))
        text_out_add(out, text);
    else
        text_out_hole(out, value_hole(v));
}
