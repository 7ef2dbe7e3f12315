/* pure_date: datetime, dateutil and pandas on constant dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"
#include "lineage/pure_time.h"
#include "util/limits.h"

#include <math.h>

#define MAX_SPAN_SECONDS 1e12

/* Arguments that are whole numbers, at their places or by name; false if one is not known. */
static bool whole_args(const struct pure_call *c, const struct str *names, int64_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct value *v = pure_arg(c, i, names[i]);
        if (v != NULL && (!value_is_whole(v, &out[i]) || out[i] < 0 || out[i] > 999999))
            return false;
    }
    return true;
}

enum { DATE, DATETIME };

static struct value *make(const struct pure_call *c)
{
    static const struct str names[] = { STR_INIT("year"),       STR_INIT("month"),
                                        STR_INIT("day"),        STR_INIT("hour"),
                                        STR_INIT("minute"),     STR_INIT("second"),
                                        STR_INIT("microsecond") };
    int64_t part[7] = { 0 };
    struct moment m = { .has_time = c->how == DATETIME };
    if (!whole_args(c, names, part, c->how == DATE ? 3 : 7) || c->args->is_open || part[1] > 12 ||
        part[2] > 31 || part[3] > 23 || part[4] > 59 || part[5] > 59)
        return NULL;
    struct calendar_day day = { part[0], (unsigned)part[1], (unsigned)part[2] };
    if (!time_from_calendar(day, &m.days))
        return NULL;
    m.seconds = part[3] * 3600 + part[4] * 60 + part[5];
    m.micros = (uint32_t)part[6];
    return time_value(c->vs, m);
}

static struct value *from_text(struct values *vs, const struct value *v, struct str format,
                               bool is_loose)
{
    struct str text;
    struct moment m;
    if (time_of(v, &m)) {
        m.has_time = true;
        return time_value(vs, m);
    }
    if (!value_is_known_text(v, &text) ||
        !(format.len > 0 ? time_scan(text, format, &m) : time_parse(text, is_loose, &m)))
        return NULL;
    m.has_time = true;
    return time_value(vs, m);
}

static struct value *strptime(const struct pure_call *c)
{
    struct str format;
    const struct value *text = pure_arg(c, 0, STR_EMPTY);
    if (text == NULL || !pure_arg_known(c, 1, STR("format"), &format))
        return NULL;
    return from_text(c->vs, text, format, false);
}

static struct value *from_iso(const struct pure_call *c)
{
    struct moment m;
    const struct value *text = pure_arg(c, 0, STR_EMPTY);
    struct value *v = text == NULL ? NULL : from_text(c->vs, text, STR_EMPTY, false);
    if (v == NULL || c->how == DATETIME || !time_of(v, &m))
        return v;
    m.has_time = false;
    return time_value(c->vs, m);
}

/* pandas.to_datetime(), Timestamp(): a text, or a list of them. */
static struct value *to_datetime(const struct pure_call *c)
{
    struct str format = STR_EMPTY;
    const struct value *v = pure_arg(c, 0, STR_EMPTY);
    const struct value *given = args_named(c->args, STR("format"));
    if (v == NULL || (given != NULL && !value_is_known_text(given, &format)))
        return NULL;
    if (v->kind == VALUE_CHAIN) /* a column */
        return c->vs->declined;
    if (v->kind != VALUE_SEQ)
        return from_text(c->vs, v, format, true);
    struct value *all = value_seq(c->vs, 0);
    for (size_t i = 0; i < v->seq->n; i++) {
        struct value *one = from_text(c->vs, v->seq->items[i], format, true);
        value_seq_add(c->vs, all,
                      one != NULL ? one : value_unknown(c->vs, HOLE_RUN_TIME, STR_EMPTY));
    }
    return all;
}

/* The units of timedelta() and relativedelta() and their seconds; months apart. */
static const struct {
    struct str name;
    double seconds;
    int64_t months;
} units[] = {
    { STR_INIT("days"), 86400, 0 },        { STR_INIT("seconds"), 1, 0 },
    { STR_INIT("microseconds"), 1e-6, 0 }, { STR_INIT("milliseconds"), 1e-3, 0 },
    { STR_INIT("minutes"), 60, 0 },        { STR_INIT("hours"), 3600, 0 },
    { STR_INIT("weeks"), 604800, 0 },      { STR_INIT("months"), 0, 1 },
    { STR_INIT("years"), 0, 12 },
};

static bool add_unit(struct str name, const struct value *v, double *seconds, int64_t *n_months)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_eq(units[i].name, name) && v->kind == VALUE_NUMBER &&
            fabs(v->number.real) < MAX_SPAN_SECONDS) {
            *seconds += v->number.real * units[i].seconds;
            *n_months += (int64_t)v->number.real * units[i].months;
            return fabs(*seconds) < MAX_SPAN_SECONDS && v->number.real < 1e6 * 12;
        }
    return false;
}

/* A span of seconds, or of months and seconds: a tuple with these names. */
static struct value *make_span(const struct pure_call *c)
{
    double seconds = 0;
    int64_t n_months = 0;
    if (c->args->is_open)
        return NULL;
    for (size_t i = 0; i < c->args->n_items; i++)
        if (i >= 7 || !add_unit(units[i].name, c->args->items[i], &seconds, &n_months))
            return NULL;
    for (size_t i = 0; i < c->args->n_named; i++)
        if (!add_unit(c->args->names[i], c->args->named[i], &seconds, &n_months))
            return NULL;
    bool is_whole = seconds - floor(seconds) <= 0;
    struct value *span =
        is_whole ? value_whole(c->vs, (int64_t)seconds) : value_number(c->vs, seconds);
    if (n_months == 0)
        return span;
    struct value *both = seq_tuple(c->vs, value_whole(c->vs, n_months), span);
    if (both->kind != VALUE_SEQ || both->seq->n != 2)
        return NULL;
    both->seq->names = ARENA_NEW_N(c->vs->arena, struct str, 2);
    both->seq->names[0] = STR("months");
    both->seq->names[1] = STR("seconds");
    return both;
}

static bool span_of(const struct value *v, int64_t *n_months, int64_t *seconds)
{
    *n_months = 0;
    if (v->kind == VALUE_SEQ && v->seq->names != NULL && v->seq->n == 2 &&
        str_eq(v->seq->names[0], STR("months")))
        return value_is_whole(v->seq->items[0], n_months) &&
               value_is_whole(v->seq->items[1], seconds);
    if (v->kind == VALUE_NUMBER && !v->number.is_whole && fabs(v->number.real) < MAX_SPAN_SECONDS) {
        *seconds = (int64_t)floor(v->number.real);
        return true;
    }
    return value_is_whole(v, seconds) &&
           *seconds<(int64_t)MAX_SPAN_SECONDS && * seconds> - (int64_t)MAX_SPAN_SECONDS;
}

struct value *time_binary(struct values *vs, enum node_op op, const struct value *left,
                          const struct value *right)
{
    struct moment a, b;
    int64_t n_months, seconds;
    if (op == OP_SUB && time_of(left, &a) && time_of(right, &b))
        return value_whole(vs, (a.days - b.days) * SECONDS_PER_DAY + a.seconds - b.seconds);
    if (op == OP_ADD && !time_of(left, &a)) {
        const struct value *t = left;
        left = right;
        right = t;
    }
    if (!time_of(left, &a) || !span_of(right, &n_months, &seconds))
        return NULL;
    if (op == OP_SUB) {
        n_months = -n_months;
        seconds = -seconds;
    }
    return time_value(vs, time_plus(n_months == 0 ? a : time_plus_months(a, n_months), seconds));
}

struct value *time_attribute(struct values *vs, const struct value *v, struct str name)
{
    struct moment m;
    if (v->kind == VALUE_NUMBER && str_eq(name, STR("days")))
        return value_whole(
            vs, (int64_t)floor(fmax(fmin(v->number.real, MAX_SPAN_SECONDS), -MAX_SPAN_SECONDS) /
                               SECONDS_PER_DAY));
    if (v->kind != VALUE_TEXT || !time_of(v, &m))
        return NULL;
    struct calendar_day day = time_calendar(m.days);
    const struct {
        struct str name;
        int64_t number;
    } parts[] = {
        { STR("year"), day.year },
        { STR("month"), day.month },
        { STR("day"), day.day },
        { STR("hour"), m.seconds / 3600 },
        { STR("minute"), m.seconds / 60 % 60 },
        { STR("second"), m.seconds % 60 },
        { STR("microsecond"), m.micros },
        { STR("quarter"), (day.month + 2) / 3 },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_eq(parts[i].name, name))
            return value_whole(vs, parts[i].number);
    return NULL;
}

/* ---- methods ---- */

static struct value *strftime_of(const struct pure_call *c)
{
    struct str format;
    if (!pure_arg_known(c, 0, STR("format"), &format))
        return NULL;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    time_format_into(&out, c->self, format);
    return text_out_take(&out, 0);
}

static struct value *isoformat(const struct pure_call *c)
{
    struct str s;
    if (!value_is_known_text(c->self, &s) || c->args->n_items > 0 || c->args->n_named > 0)
        return NULL;
    struct value *v = value_with_flags(c->vs, c->self, 0);
    return v->kind == VALUE_TEXT && s.len > 10
               ? text_replace(c->vs, v, STR(" "), value_text(c->vs, STR("T")), 1)
               : v;
}

static struct value *date_part(const struct pure_call *c)
{
    struct moment m;
    if (!time_of(c->self, &m))
        return NULL;
    m.has_time = c->how == DATETIME && m.has_time;
    m.seconds = 0;
    m.micros = 0;
    return time_value(c->vs, m);
}

static struct value *replaced(const struct pure_call *c)
{
    struct moment m;
    static const struct str names[] = { STR_INIT("year"), STR_INIT("month"),  STR_INIT("day"),
                                        STR_INIT("hour"), STR_INIT("minute"), STR_INIT("second") };
    if (!time_of(c->self, &m))
        return NULL;
    struct calendar_day day = time_calendar(m.days);
    int64_t part[6] = { day.year,         day.month,           day.day,
                        m.seconds / 3600, m.seconds / 60 % 60, m.seconds % 60 };
    if (!whole_args(c, names, part, 6) || part[1] > 12 || part[2] > 31 || part[3] > 23 ||
        part[4] > 59 || part[5] > 59)
        return NULL;
    day = (struct calendar_day){ part[0], (unsigned)part[1], (unsigned)part[2] };
    m.seconds = part[3] * 3600 + part[4] * 60 + part[5];
    return time_from_calendar(day, &m.days) ? time_value(c->vs, m) : NULL;
}

static struct value *weekday_of(const struct pure_call *c)
{
    struct moment m;
    struct str s;
    struct text_out out = TEXT_OUT_INIT(c->vs);
    if (!time_of(c->self, &m) || !time_format(&out, m, STR("%u")) ||
        !value_is_known_text(text_out_take(&out, 0), &s) || s.len != 1)
        return NULL;
    return value_whole(c->vs, s.ptr[0] - '1' + c->how);
}

static struct value *unchanged(const struct pure_call *c)
{
    return c->self;
}

/* ---- pandas.date_range ---- */

struct steps {
    int64_t seconds, months;
    bool is_month_end;
};

static bool parse_steps(const struct pure_call *c, struct steps *out)
{
    struct str freq = STR("D");
    const struct value *given = pure_arg(c, 3, STR("freq"));
    if (!pure_is_none(given) && !value_is_known_text(given, &freq))
        return false;
    static const struct {
        struct str name;
        struct steps steps;
    } known[] = {
        { STR_INIT("D"), { 86400, 0, false } }, { STR_INIT("d"), { 86400, 0, false } },
        { STR_INIT("H"), { 3600, 0, false } },  { STR_INIT("h"), { 3600, 0, false } },
        { STR_INIT("M"), { 0, 1, true } },      { STR_INIT("ME"), { 0, 1, true } },
        { STR_INIT("MS"), { 0, 1, false } },    { STR_INIT("7D"), { 604800, 0, false } },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(known[i].name, freq)) {
            *out = known[i].steps;
            return true;
        }
    return false;
}

/* The first moment at or behind m that is the begin (or end) of a month. */
static struct moment first_of_steps(struct moment m, const struct steps *steps)
{
    if (steps->months == 0)
        return m;
    struct calendar_day day = time_calendar(m.days);
    if (steps->is_month_end) {
        day.day = 1;
        (void)time_from_calendar(day, &m.days);
        m = time_plus_months(m, 1);
        m.days--;
    } else if (day.day > 1) {
        day.day = 1;
        (void)time_from_calendar(day, &m.days);
        m = time_plus_months(m, 1);
    }
    return m;
}

static struct moment next_step(struct moment m, const struct steps *steps)
{
    if (!steps->is_month_end)
        return steps->months > 0 ? time_plus_months(m, steps->months)
                                 : time_plus(m, steps->seconds);
    m.days++;
    m = time_plus_months(m, 1);
    m.days--;
    return m;
}

static bool moment_arg(const struct pure_call *c, size_t i, struct str name, struct moment *out)
{
    const struct value *v = pure_arg(c, i, name);
    const struct value *date = v == NULL ? NULL : from_text(c->vs, v, STR_EMPTY, true);
    return date != NULL && time_of(date, out);
}

static struct value *date_range(const struct pure_call *c)
{
    struct moment at, end = { 0 };
    struct steps steps;
    int64_t periods = -1;
    bool has_end = moment_arg(c, 1, STR("end"), &end);
    bool has_periods = pure_arg_whole(c, 2, STR("periods"), &periods);
    if (!moment_arg(c, 0, STR("start"), &at) || !parse_steps(c, &steps) || has_end == has_periods)
        return NULL;
    struct value *all = value_seq(c->vs, 0);
    at = first_of_steps(at, &steps);
    for (int64_t i = 0; all->kind == VALUE_SEQ && (has_end || i < periods); i++) {
        bool is_past = at.days > end.days || (at.days == end.days && at.seconds > end.seconds);
        if (has_end && is_past)
            break;
        struct value *v = time_value(c->vs, at);
        if (v == NULL)
            return NULL;
        if (i >= (int64_t)LIMIT_RANGE_ITEMS) {
            all->seq->is_open = true;
            all->seq->any_more = value_unknown(c->vs, HOLE_LIMIT, STR_EMPTY);
            break;
        }
        value_seq_add(c->vs, all, v);
        at = next_step(at, &steps);
    }
    return all;
}

static const struct pure_row functions[] = {
    { STR_INIT("datetime.date"), make, DATE, 0 },
    { STR_INIT("datetime.date.fromisoformat"), from_iso, DATE, 0 },
    { STR_INIT("datetime.datetime"), make, DATETIME, 0 },
    { STR_INIT("datetime.datetime.fromisoformat"), from_iso, DATETIME, 0 },
    { STR_INIT("datetime.datetime.strptime"), strptime, 0, 0 },
    { STR_INIT("datetime.timedelta"), make_span, 0, 0 },
    { STR_INIT("dateutil.relativedelta.relativedelta"), make_span, 0, 0 },
    { STR_INIT("pandas.DateOffset"), make_span, 0, 0 },
    { STR_INIT("pandas.Timedelta"), make_span, 0, 0 },
    { STR_INIT("pandas.Timestamp"), to_datetime, 0, 0 },
    { STR_INIT("pandas.date_range"), date_range, 0, 0 },
    { STR_INIT("pandas.to_datetime"), to_datetime, 0, 0 },
};
const struct pure_table pure_date_functions = PURE_TABLE(functions);

static const struct pure_row methods[] = {
    { STR_INIT("astimezone"), unchanged, 0, 0 },
    { STR_INIT("date"), date_part, DATE, 0 },
    { STR_INIT("isoformat"), isoformat, 0, 0 },
    { STR_INIT("isoweekday"), weekday_of, 1, 0 },
    { STR_INIT("normalize"), date_part, DATETIME, 0 },
    { STR_INIT("replace"), replaced, 0, 0 },
    { STR_INIT("strftime"), strftime_of, 0, 0 },
    { STR_INIT("to_pydatetime"), unchanged, 0, 0 },
    { STR_INIT("weekday"), weekday_of, 0, 0 },
};
const struct pure_table pure_date_methods = PURE_TABLE(methods);
