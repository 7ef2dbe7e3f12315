/* csv: records of a delimited text, and the dialect that fits it best. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/csv.h"

#include "catalog/text.h"
#include "util/buf.h"

#include <string.h>

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Pass over one line end, "\r\n" as one. */
static void skip_line_end(struct csv_scan *s)
{
    if (s->at < s->text.len && s->text.ptr[s->at] == '\r')
        s->at++;
    if (s->at < s->text.len && s->text.ptr[s->at] == '\n')
        s->at++;
}

static void skip_line(struct csv_scan *s)
{
    while (s->at < s->text.len && !is_line_end(s->text.ptr[s->at]))
        s->at++;
    skip_line_end(s);
}

/* The inside of quotes without what protects quotes in it. */
static struct str unquote(struct csv_scan *s, struct str inside)
{
    AUTO_BUF out = BUF_INIT(inside.len);
    char escape = s->dialect.escape, quote = s->dialect.quote;
    if (escape == 0 || str_find_char(inside, escape) == SIZE_MAX)
        return inside;
    for (size_t i = 0; i < inside.len; i++) {
        bool is_escape = inside.ptr[i] == escape && i + 1 < inside.len;
        if (is_escape && (inside.ptr[i + 1] == quote || inside.ptr[i + 1] == escape))
            i++;
        buf_add_char(&out, inside.ptr[i]);
    }
    return arena_str(s->arena, buf_str(&out));
}

/* s->at stands behind an opening quote.  Where it ends: *end is the closing quote's place. */
static bool find_close(const struct csv_scan *s, size_t *end)
{
    char escape = s->dialect.escape, quote = s->dialect.quote;
    for (size_t at = s->at; at < s->text.len; at++) {
        char c = s->text.ptr[at];
        if (c == escape && escape != quote) {
            at++;
        } else if (c == quote) {
            if (escape != quote || at + 1 >= s->text.len || s->text.ptr[at + 1] != quote) {
                *end = at;
                return true;
            }
            at++;
        }
    }
    return false;
}

static struct str plain_field(struct csv_scan *s)
{
    size_t from = s->at;
    while (s->at < s->text.len && s->text.ptr[s->at] != s->dialect.delimiter &&
           !is_line_end(s->text.ptr[s->at]))
        s->at++;
    return str_slice(s->text, from, s->at);
}

static struct str field(struct csv_scan *s, struct csv_record *record)
{
    size_t end = s->text.len;
    if (s->dialect.quote == 0 || s->at >= s->text.len || s->text.ptr[s->at] != s->dialect.quote)
        return plain_field(s);
    record->is_quoted = true;
    s->at++;
    size_t from = s->at;
    (void)find_close(s, &end);
    s->at = end < s->text.len ? end + 1 : end;
    (void)plain_field(s); /* what stands between the quote and the delimiter is dropped */
    return unquote(s, str_slice(s->text, from, end));
}

bool csv_next(struct csv_scan *s, struct csv_record *record)
{
    while (s->at < s->text.len &&
           (is_line_end(s->text.ptr[s->at]) ||
            (s->dialect.comment != 0 && s->text.ptr[s->at] == s->dialect.comment)))
        skip_line(s);
    record->n = 0;
    record->is_quoted = false;
    if (s->at >= s->text.len)
        return false;
    for (;;) {
        struct str f = field(s, record);
        *ARENA_PUSH(s->arena, record->fields, record->n, record->cap) = f;
        if (s->at >= s->text.len || s->text.ptr[s->at] != s->dialect.delimiter)
            break;
        s->at++;
    }
    skip_line_end(s);
    return true;
}

/* ---- which dialect ---- */

enum { SNIFF_RECORDS = 1000, SNIFF_COLUMNS = 4096, SNIFF_SKIP = 50, SNIFF_BYTES = 16 * 1024 };

static const char DELIMITERS[] = { ',', '\t', ';', '|', '\x01', '^', '~', ' ', ':' };
static const struct {
    char quote, escape;
} QUOTES[] = { { '"', '\\' }, { '"', '"' }, { '\'', '\\' }, { '\'', '\'' }, { 0, 0 } };

struct trial {
    struct csv_fit fit;
    size_t n_typed; /* fields of fitting records that are not plain text */
    size_t n_quoted;
    size_t first; /* the first record that fits */
};

static size_t most_common(const unsigned *counts)
{
    size_t best = 1;
    for (size_t i = 1; i <= SNIFF_COLUMNS; i++) {
        /* Several columns count more than one: lines of prose have one as well. */
        if (counts[i] * (i > 1 ? 2 : 1) > counts[best] * (best > 1 ? 2 : 1))
            best = i;
    }
    return best;
}

static void count_record(struct trial *t, const struct csv_record *record, size_t index)
{
    if (record->n != t->fit.n_columns)
        return;
    if (t->fit.n_fitting++ == 0)
        t->first = index;
    t->n_quoted += record->is_quoted;
    for (size_t i = 0; i < record->n && i < 64; i++) {
        enum column_type type = text_value_type(record->fields[i], t->fit.dialect.delimiter != ',');
        t->n_typed += type != COLUMN_STRING && type != COLUMN_NULL;
    }
}

static void try_dialect(struct str sample, struct csv_dialect dialect, struct trial *t)
{
    AUTO_ARENA a = ARENA_INIT;
    struct csv_record record = { 0 };
    unsigned *counts = ARENA_NEW_N(&a, unsigned, SNIFF_COLUMNS + 1);
    struct csv_scan s = { .arena = &a, .text = sample, .dialect = dialect };
    size_t n = 0;
    for (; n < SNIFF_RECORDS && csv_next(&s, &record); n++)
        counts[record.n < SNIFF_COLUMNS ? record.n : SNIFF_COLUMNS]++;
    *t = (struct trial){ .fit = { dialect, most_common(counts), n, 0 } };
    s = (struct csv_scan){ .arena = &a, .text = sample, .dialect = dialect };
    for (size_t i = 0; i < n && csv_next(&s, &record); i++)
        count_record(t, &record, i);
}

/* Thousandths of records that fit, those of a short preamble aside, which costs a little. */
static size_t regularity(const struct trial *t)
{
    size_t n_skip = t->first <= SNIFF_SKIP ? t->first : 0;
    size_t n = t->fit.n_records - n_skip;
    return n == 0 ? 0 : t->fit.n_fitting * (n_skip > 0 ? 900U : 1000U) / n;
}

/* A blank or colon must fit without exception: prose and times have them everywhere. */
static bool is_possible(const struct trial *t)
{
    char c = t->fit.dialect.delimiter;
    bool is_weak = c == ' ' || c == ':' || c == '^' || c == '~';
    if (t->fit.n_columns < 2)
        return false;
    if (is_weak)
        return regularity(t) == 1000 && t->fit.n_fitting >= 3 && t->first == 0;
    return regularity(t) >= 667;
}

static bool is_better(const struct trial *a, const struct trial *b)
{
    size_t ra = regularity(a), rb = regularity(b);
    if (ra > rb + 50 || rb > ra + 50)
        return ra > rb;
    /* Fields that are values, in proportion to all fields. */
    size_t na = a->n_typed * b->fit.n_fitting * b->fit.n_columns;
    size_t nb = b->n_typed * a->fit.n_fitting * a->fit.n_columns;
    if (a->fit.dialect.delimiter != b->fit.dialect.delimiter && na != nb)
        return na > nb;
    if (ra != rb)
        return ra > rb;
    return a->n_quoted > b->n_quoted;
}

/* Lines that begin with '#' before or among records. */
static char comment_of(struct str sample)
{
    struct str rest = sample, line;
    size_t n_lines = 0, n_marked = 0;
    while (rest.len > 0 && n_lines < SNIFF_RECORDS) {
        (void)str_cut(rest, '\n', &line, &rest);
        n_lines++;
        n_marked += str_has_prefix(line, STR("#"));
    }
    return n_marked > 0 && n_marked < n_lines && n_marked * 2 <= n_lines ? '#' : 0;
}

static bool has_quote_at_field(struct str sample, char quote, char delimiter)
{
    for (size_t i = 0; i < sample.len; i++) {
        if (sample.ptr[i] == quote &&
            (i == 0 || sample.ptr[i - 1] == delimiter || is_line_end(sample.ptr[i - 1])))
            return true;
    }
    return false;
}

static bool has_pair(struct str sample, char first, char second)
{
    char pair[2] = { first, second };
    return str_contains(sample, (struct str){ pair, 2 });
}

/* The beginning of a sample tells the dialect when it has a few lines. */
static struct str for_sniffing(struct str sample)
{
    struct str head = str_slice(sample, 0, SNIFF_BYTES);
    size_t end = str_rfind_char(head, '\n');
    return head.len == sample.len || end == SIZE_MAX || end < SNIFF_BYTES / 2
               ? sample
               : str_slice(head, 0, end + 1);
}

bool csv_sniff(struct str sample, struct csv_fit *out)
{
    sample = for_sniffing(sample);
    struct trial best = { 0 }, t;
    bool has_best = false;
    struct csv_dialect d = { .comment = comment_of(sample),
                             .is_crlf = str_contains(sample, STR("\r\n")) };
    for (size_t i = 0; i < sizeof DELIMITERS; i++) {
        d.delimiter = DELIMITERS[i];
        if (str_find_char(sample, d.delimiter) == SIZE_MAX)
            continue;
        for (size_t k = 0; k < ARRAY_LEN(QUOTES); k++) {
            d.quote = QUOTES[k].quote;
            d.escape = QUOTES[k].escape;
            if (d.quote != 0 && !has_quote_at_field(sample, d.quote, d.delimiter))
                continue;
            /* The first of equals stays: a backslash that protects quotes before doubled ones. */
            if (d.escape == '\\' && !has_pair(sample, d.escape, d.quote))
                continue;
            try_dialect(sample, d, &t);
            if (is_possible(&t) && (!has_best || is_better(&t, &best))) {
                best = t;
                has_best = true;
            }
            if (is_possible(&t) && regularity(&t) == 1000 && t.n_quoted > 0)
                break;
        }
    }
    if (!has_best)
        return false;
    best.fit.dialect.n_skip = best.first <= SNIFF_SKIP ? (unsigned)best.first : 0;
    *out = best.fit;
    return true;
}
