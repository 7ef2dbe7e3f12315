/* csv_schema: header, types and rows of a delimited text whose dialect is known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/csv.h"

#include "catalog/format_internal.h"
#include "catalog/text.h"
#include "util/strmap.h"

#include <string.h>

struct csv_column {
    enum column_type type; /* of the records behind the first */
    bool has_null;
    bool has_comma;   /* some number has a decimal comma */
    bool is_repeated; /* the first record's field stands in a later one too */
};

struct csv_table {
    struct arena *a;
    struct csv_scan scan;
    struct str *first; /* fields of the first record, copied */
    size_t n;          /* columns */
    struct csv_column *columns;
    uint64_t n_records; /* with the first */
    size_t n_ragged;
    bool is_comma; /* a decimal comma is possible */
};

static enum column_type type_of(const struct csv_table *t, struct str value)
{
    return text_value_type(value, t->is_comma);
}

static void see_record(struct csv_table *t, const struct csv_record *record)
{
    for (size_t i = 0; i < t->n; i++) {
        struct csv_column *c = &t->columns[i];
        struct str value = i < record->n ? record->fields[i] : STR_EMPTY;
        enum column_type type = type_of(t, value);
        c->has_null |= type == COLUMN_NULL;
        if (type == COLUMN_FLOAT64 && t->is_comma && str_find_char(value, ',') != SIZE_MAX)
            c->has_comma = true;
        c->type = column_type_widen(c->type, type);
        c->is_repeated |= c->type == COLUMN_STRING && str_eq(value, t->first[i]);
    }
    t->n_ragged += record->n != t->n;
}

/* A name as people give names to columns, not a value. */
static bool is_name(struct str s)
{
    s = str_trim(s);
    if (s.len == 0 || s.len > 128 || text_value_type(s, false) != COLUMN_STRING)
        return false;
    unsigned char c = (unsigned char)s.ptr[0];
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80 || c == '"' ||
           c == '%' || c == '$' || c == '(' || c == '#' || c == '@';
}

static bool is_unique(struct csv_table *t)
{
    struct strmap names;
    strmap_init(&names, t->a);
    for (size_t i = 0; i < t->n; i++) {
        if (t->first[i].len > 0 && strmap_has(&names, t->first[i]))
            return false;
        strmap_put(&names, t->first[i], t);
    }
    return true;
}

/* The first record is a header when it does not fit the types of the others; where all are text,
 * when it looks like names and none of them occurs again. */
static bool is_header(struct csv_table *t)
{
    bool is_all_text = true, has_misfit = false, is_named = true, is_repeated = false;
    size_t n_empty = 0;
    for (size_t i = 0; i < t->n; i++) {
        enum column_type type = type_of(t, t->first[i]);
        enum column_type rest = t->columns[i].type;
        bool is_text = rest == COLUMN_STRING || rest == COLUMN_NULL;
        is_all_text &= is_text;
        has_misfit |= !is_text && type == COLUMN_STRING;
        n_empty += t->first[i].len == 0;
        is_named &= is_name(t->first[i]) || t->first[i].len == 0;
        is_repeated |= t->columns[i].is_repeated;
    }
    if (has_misfit)
        return true;
    if (!is_all_text && t->n_records > 1)
        return false;
    return is_named && n_empty <= 1 && !is_repeated && is_unique(t);
}

/* Without a header the first record is one of the data. */
static void see_first(struct csv_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        enum column_type type = type_of(t, t->first[i]);
        t->columns[i].type = column_type_widen(t->columns[i].type, type);
        t->columns[i].has_null |= type == COLUMN_NULL;
    }
}

static bool make_columns(struct csv_table *t, bool is_whole, struct schema *out, struct err *err)
{
    struct column_list list = { 0 };
    size_t n_all = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct column *c = columns_push(t->a, &list, &n_all, err);
        if (c == NULL)
            return false;
        bool is_named = out->csv.has_header && str_trim(t->first[i]).len > 0;
        c->name = is_named ? format_text(t->a, str_trim(t->first[i]))
                           : arena_printf(t->a, "column%zu", i);
        c->type = t->columns[i].type;
        c->native = STR("text");
        c->is_nullable = t->columns[i].has_null || !is_whole;
        if (t->columns[i].has_comma && c->type == COLUMN_FLOAT64)
            schema_warn(t->a, out, STR("Numbers have a decimal comma."));
    }
    out->columns = list.items;
    out->n_columns = list.n;
    return true;
}

/* Copy the first record and size the table by it. */
static bool read_first(struct csv_table *t, struct csv_record *record)
{
    for (unsigned i = 0; i <= t->scan.dialect.n_skip; i++) {
        if (!csv_next(&t->scan, record))
            return false;
    }
    t->n = record->n;
    t->first = ARENA_NEW_N(t->a, struct str, record->n);
    t->columns = ARENA_NEW_N(t->a, struct csv_column, record->n);
    for (size_t i = 0; i < record->n; i++) {
        t->first[i] = record->fields[i];
        t->columns[i].type = COLUMN_NULL;
    }
    t->n_records = 1;
    return true;
}

bool csv_schema(struct arena *a, struct str sample, bool is_whole, struct csv_dialect dialect,
                struct schema *out, struct err *err)
{
    struct csv_record record = { 0 };
    struct csv_table t = { .a = a,
                           .scan = { .arena = a, .text = sample, .dialect = dialect },
                           .is_comma = dialect.delimiter != ',' };
    out->csv = dialect;
    if (!read_first(&t, &record))
        return true;
    if (t.n > LIMIT_SCHEMA_COLUMNS)
        return err_set(err, ERR_TOO_LARGE, "the text has %zu columns; the limit is %lu", t.n,
                       LIMIT_SCHEMA_COLUMNS);
    while (csv_next(&t.scan, &record)) {
        see_record(&t, &record);
        t.n_records++;
    }
    out->csv.has_header = is_header(&t);
    if (!out->csv.has_header)
        see_first(&t);
    if (t.n_ragged > 0) {
        schema_warn(a, out,
                    arena_printf(a, "%zu of the %llu records read have another number of fields.",
                                 t.n_ragged, (unsigned long long)t.n_records));
    }
    if (is_whole) {
        out->has_rows = true;
        out->n_rows = t.n_records - out->csv.has_header;
    }
    return make_columns(&t, is_whole, out, err);
}

/* Whole lines of what is there; all of it when it is the whole object. */
static struct str whole_lines(struct str text, bool is_whole)
{
    size_t end = str_rfind_char(text, '\n');
    return is_whole || end == SIZE_MAX ? text : str_slice(text, 0, end + 1);
}

bool format_read_csv(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    struct csv_fit fit;
    if (!view_text(v, &head, err))
        return false;
    bool is_whole = head.len == v->size;
    head = text_to_utf8(v->arena, head, out->encoding);
    head = whole_lines(head, is_whole);
    if (!csv_sniff(head, &fit)) {
        /* One column: the name says that it is CSV. */
        fit.dialect = (struct csv_dialect){ .delimiter = out->format == FORMAT_TSV ? '\t' : ',',
                                            .quote = '"',
                                            .escape = '"',
                                            .is_crlf = str_contains(head, STR("\r\n")) };
    }
    return csv_schema(v->arena, head, is_whole, fit.dialect, out, err);
}
