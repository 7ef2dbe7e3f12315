/* clock: see clock.h.  Dates are computed by hand: no time zones, no locale, no static buffers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/clock.h"

#include "util/scan.h"

#include <stdio.h>
#include <time.h>

enum { MS_PER_S = 1000, MS_PER_DAY = 86400000 };

static int64_t read_ns(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now); /* these two clocks always exist */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_unix_ms(void)
{
    return read_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_mono_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_mono_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

struct date {
    int64_t year;
    unsigned month, day, hour, minute, second, ms;
};

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct date date_of(int64_t unix_ms)
{
    const int64_t first = -62167219200000; /* 0000-01-01 */
    const int64_t last = 253402300799999;  /* 9999-12-31 */
    int64_t ms = unix_ms < first ? first : unix_ms > last ? last : unix_ms;
    int64_t days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
    int64_t rest = ms - days * MS_PER_DAY;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    struct date d = { .day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1),
                      .month = (unsigned)(shifted < 10 ? shifted + 3 : shifted - 9),
                      .hour = (unsigned)(rest / 3600000),
                      .minute = (unsigned)(rest / 60000 % 60),
                      .second = (unsigned)(rest / MS_PER_S % 60),
                      .ms = (unsigned)(rest % MS_PER_S) };
    d.year = year_of_era + era * 400 + (d.month <= 2);
    return d;
}

void time_rfc3339(int64_t unix_ms, char out[RFC3339_SIZE])
{
    struct date d = date_of(unix_ms);
    int n = snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)d.year % 10000,
                     d.month % 100, d.day % 100, d.hour % 100, d.minute % 100, d.second % 100);
    if (d.ms != 0)
        (void)snprintf(out + n, RFC3339_SIZE - (size_t)n, ".%03uZ", d.ms % 1000);
    else
        (void)snprintf(out + n, RFC3339_SIZE - (size_t)n, "Z");
}

void time_basic_iso(int64_t unix_ms, char out[sizeof "20261125T090000Z"])
{
    struct date d = date_of(unix_ms);
    (void)snprintf(out, sizeof "20261125T090000Z", "%04u%02u%02uT%02u%02u%02uZ",
                   (unsigned)d.year % 10000, d.month % 100, d.day % 100, d.hour % 100,
                   d.minute % 100, d.second % 100);
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool to_unix_ms(const struct date *d, int64_t *out)
{
    static const unsigned days_in[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (d->month < 1 || d->month > 12 || d->day < 1 || d->hour > 23 || d->minute > 59 ||
        d->second > 60)
        return false;
    if (d->day > days_in[d->month - 1] + (d->month == 2 && is_leap((unsigned)d->year)))
        return false;
    *out = days_of(d->year, d->month, d->day) * MS_PER_DAY + (int64_t)d->hour * 3600000 +
           (int64_t)d->minute * 60000 + (int64_t)d->second * MS_PER_S + d->ms;
    return true;
}

/* ".123456": the first three digits are milliseconds, the rest is dropped. */
static bool scan_fraction(struct scan *s, unsigned *ms)
{
    unsigned scale = 100;
    unsigned digit;
    if (!scan_char(s, '.'))
        return true;
    if (!scan_digits(s, 1, &digit))
        return false;
    do {
        *ms += digit * scale;
        scale /= 10;
    } while (scan_digits(s, 1, &digit));
    return true;
}

static bool scan_offset(struct scan *s, int64_t *offset_ms)
{
    unsigned hours, minutes;
    if (scan_char(s, 'Z') || scan_char(s, 'z'))
        return true;
    bool west = scan_char(s, '-');
    if (!west && !scan_char(s, '+'))
        return false;
    if (!scan_digits(s, 2, &hours) || !scan_char(s, ':') || !scan_digits(s, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *offset_ms = ((int64_t)hours * 3600000 + (int64_t)minutes * 60000) * (west ? -1 : 1);
    return true;
}

static bool scan_clock(struct scan *s, struct date *d)
{
    return scan_digits(s, 2, &d->hour) && scan_char(s, ':') && scan_digits(s, 2, &d->minute) &&
           scan_char(s, ':') && scan_digits(s, 2, &d->second);
}

bool time_parse_rfc3339(struct str text, int64_t *unix_ms_out)
{
    struct scan s = scan_init(text);
    struct date d = { 0 };
    unsigned year;
    int64_t offset_ms = 0;
    int64_t unix_ms;
    if (!scan_digits(&s, 4, &year) || !scan_char(&s, '-') || !scan_digits(&s, 2, &d.month) ||
        !scan_char(&s, '-') || !scan_digits(&s, 2, &d.day))
        return false;
    d.year = year;
    if (!(scan_char(&s, 'T') || scan_char(&s, 't') || scan_char(&s, ' ')) || !scan_clock(&s, &d) ||
        !scan_fraction(&s, &d.ms) || !scan_offset(&s, &offset_ms) || !scan_is_done(&s) ||
        !to_unix_ms(&d, &unix_ms))
        return false;
    *unix_ms_out = unix_ms - offset_ms;
    return true;
}

static bool scan_month(struct scan *s, unsigned *month)
{
    static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        if (scan_str(s, str_from(names[i]))) {
            *month = i + 1;
            return true;
        }
    }
    return false;
}

bool time_parse_http(struct str text, int64_t *unix_ms_out)
{
    struct scan s = scan_init(text);
    struct date d = { 0 };
    struct str weekday;
    unsigned year;
    if (!scan_until(&s, ',', &weekday) || weekday.len != 3 || !scan_char(&s, ' ') ||
        !scan_digits(&s, 2, &d.day) || !scan_char(&s, ' ') || !scan_month(&s, &d.month) ||
        !scan_char(&s, ' ') || !scan_digits(&s, 4, &year) || !scan_char(&s, ' '))
        return false;
    d.year = year;
    return scan_clock(&s, &d) && scan_str(&s, STR(" GMT")) && scan_is_done(&s) &&
           to_unix_ms(&d, unix_ms_out);
}
