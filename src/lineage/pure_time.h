/*
 * pure_time: dates and times that the program writes as constants.
 *
 * A date or time object is a TEXT with VALUE_IS_DATE, as str() prints it; a span of time is a
 * NUMBER of seconds.  No clock is asked and no time zone is known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_PURE_TIME_H
#define LINEAGE_PURE_TIME_H

#include "lineage/value_internal.h"

#define SECONDS_PER_DAY 86400

/* A day of the Gregorian calendar, 1970-01-01 is 0, and the seconds of that day. */
struct moment {
    int64_t days, seconds;
    uint32_t micros;
    bool has_time; /* a datetime, not a date */
};

struct calendar_day {
    int64_t year;
    unsigned month, day; /* from 1 */
};

/* False outside of the years 1 to 9999, or if there is no such day. */
bool time_from_calendar(struct calendar_day day, int64_t *days);
struct calendar_day time_calendar(int64_t days);

/* "2019-01-02", with a time behind a blank or T; loosely also "20190102", "2019/1/2", "2019-01". */
bool time_parse(struct str text, bool is_loose, struct moment *out);
/* A TEXT that is a date. */
bool time_of(const struct value *v, struct moment *out);
/* The value of a moment; NULL outside of the years 1 to 9999. */
struct value *time_value(struct values *vs, struct moment m);

/* strftime() and strptime() of C and Python; false if format has a directive that is not known. */
bool time_format(struct text_out *out, struct moment m, struct str format);
bool time_scan(struct str text, struct str format, struct moment *out);

/* m with so many seconds more; a date stays a date. */
struct moment time_plus(struct moment m, int64_t seconds);
/* The same day so many months later, or the last one of that month. */
struct moment time_plus_months(struct moment m, int64_t months);

/* A date as strftime(format) prints it, anything else as a hole. */
void time_format_into(struct text_out *out, const struct value *v, struct str format);

/* left + right, left - right where one is a date; NULL if it is not known. */
struct value *time_binary(struct values *vs, enum node_op op, const struct value *left,
                          const struct value *right);
/* .year, .days, ...; NULL if it is none of these. */
struct value *time_attribute(struct values *vs, const struct value *v, struct str name);

#endif
