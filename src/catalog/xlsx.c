/* xlsx: sheets of a workbook; header and types of the first one that holds something (ECMA-376,
 * SpreadsheetML). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/xml.h"
#include "catalog/zip.h"

/* So much of each part is unpacked: the first rows, the texts and styles they use. */
#define SHEET_BYTES (256UL * 1024)
#define PART_BYTES (1024UL * 1024)
enum { TEXTS_MAX = 100000, STYLES_MAX = 65536, COLUMNS_MAX = 16384, SHEETS_TRIED = 8 };

struct sheet {
    struct str name, id; /* of its relation */
};

struct xlsx_column {
    struct str header;
    bool has_header_text;
    enum column_type type;
    uint64_t n_cells; /* behind the header */
};

struct xlsx {
    struct arena *a;
    struct view *v;
    const struct zip *zip;
    struct sheet *sheets;
    size_t n_sheets, cap_sheets;
    struct str *texts; /* shared strings, as written */
    size_t n_texts, cap_texts;
    bool *is_date; /* a style */
    size_t n_styles, cap_styles;
    /* The sheet that is read. */
    struct xlsx_column *columns;
    size_t n_columns, cap_columns;
    uint64_t n_rows; /* rows with cells, the header among them */
};

/* A part of the workbook, its beginning; empty when there is none. */
static bool part(struct xlsx *x, struct str name, size_t cap, struct str *out, bool *is_whole,
                 struct err *err)
{
    const struct zip_member *m = zip_find(x->zip, name);
    *out = STR_EMPTY;
    *is_whole = true;
    return m == NULL || zip_head(x->v, m, cap, out, is_whole, err);
}

static bool read_sheets(struct xlsx *x, struct schema *out, struct err *err)
{
    struct str text;
    struct xml_tag tag;
    bool is_whole;
    if (!part(x, STR("xl/workbook.xml"), PART_BYTES, &text, &is_whole, err))
        return false;
    struct scan s = scan_init(text);
    while (xml_next(&s, &tag) && x->n_sheets < LIMIT_SCHEMA_PARTS) {
        if (!str_eq(tag.name, STR("sheet")) || tag.is_end)
            continue;
        struct sheet sheet = { xml_text(x->a, xml_attribute(&tag, STR("name"))),
                               xml_attribute(&tag, STR("id")) };
        *ARENA_PUSH(x->a, x->sheets, x->n_sheets, x->cap_sheets) = sheet;
        schema_add_part(x->a, out, sheet.name);
    }
    return true;
}

/* The part that a relation names, or empty. */
static bool sheet_part(struct xlsx *x, struct str id, struct str *out, struct err *err)
{
    struct str text;
    struct xml_tag tag;
    bool is_whole;
    *out = STR_EMPTY;
    if (!part(x, STR("xl/_rels/workbook.xml.rels"), PART_BYTES, &text, &is_whole, err))
        return false;
    struct scan s = scan_init(text);
    while (xml_next(&s, &tag)) {
        struct str target = xml_attribute(&tag, STR("Target"));
        if (!str_eq(tag.name, STR("Relationship")) || !str_eq(xml_attribute(&tag, STR("Id")), id))
            continue;
        *out = str_has_prefix(target, STR("/")) ? str_from_pos(target, 1)
                                                : arena_printf(x->a, "xl/%.*s", STR_FMT(target));
    }
    return true;
}

/* The texts of an "si": one "t", or one in each run "r"; sounds ("rPh") are not read. */
static bool read_texts(struct xlsx *x, struct err *err)
{
    struct str text;
    struct xml_tag tag;
    bool is_whole, is_first = false;
    if (!part(x, STR("xl/sharedStrings.xml"), PART_BYTES, &text, &is_whole, err))
        return false;
    struct scan s = scan_init(text);
    while (xml_next(&s, &tag) && x->n_texts < TEXTS_MAX) {
        if (str_eq(tag.name, STR("si")) && !tag.is_end) {
            *ARENA_PUSH(x->a, x->texts, x->n_texts, x->cap_texts) = STR_EMPTY;
            is_first = true;
        } else if (str_eq(tag.name, STR("t")) && tag.is_end && x->n_texts > 0 && is_first) {
            x->texts[x->n_texts - 1] = tag.before;
            is_first = false;
        }
    }
    return true;
}

/* A number's format that shows a date or a time: one with y, m, d or h outside of quotes. */
static bool is_date_format(struct str code)
{
    bool is_quoted = false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '[' && !is_quoted) {
            size_t end = str_find_char(str_from_pos(code, i), ']');
            i = end == SIZE_MAX ? code.len : i + end;
        } else if (c == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && (c == 'y' || c == 'd' || c == 'h' || c == 'Y' || c == 'D')) {
            return true;
        }
    }
    return false;
}

/* Ids below 164 are built in. */
static bool is_built_in_date(uint64_t id)
{
    return (id >= 14 && id <= 22) || (id >= 45 && id <= 47);
}

static bool read_styles(struct xlsx *x, struct err *err)
{
    struct str text;
    struct xml_tag tag;
    bool is_whole, is_cells = false;
    bool is_date_id[1024] = { false };
    if (!part(x, STR("xl/styles.xml"), PART_BYTES, &text, &is_whole, err))
        return false;
    struct scan s = scan_init(text);
    while (xml_next(&s, &tag) && x->n_styles < STYLES_MAX) {
        uint64_t id = 0;
        bool has_id = scan_whole_u64(xml_attribute(&tag, STR("numFmtId")), 1023, &id);
        if (str_eq(tag.name, STR("numFmt")) && has_id) {
            struct str code = xml_text(x->a, xml_attribute(&tag, STR("formatCode")));
            is_date_id[id] = is_date_format(code);
        } else if (str_eq(tag.name, STR("cellXfs"))) {
            is_cells = !tag.is_end;
        } else if (str_eq(tag.name, STR("xf")) && !tag.is_end && is_cells) {
            *ARENA_PUSH(x->a, x->is_date, x->n_styles, x->cap_styles) =
                has_id && (is_built_in_date(id) || is_date_id[id]);
        }
    }
    return true;
}

/* "BC12" is column 54; false for what is no place of a cell. */
static bool column_of(struct str place, size_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < place.len && place.ptr[i] >= 'A' && place.ptr[i] <= 'Z' && i < 3; i++)
        n = n * 26 + (size_t)(place.ptr[i] - 'A' + 1);
    *out = n - 1;
    return n > 0 && n <= COLUMNS_MAX;
}

static enum column_type number_type(const struct xlsx *x, struct str style, struct str value)
{
    uint64_t id;
    if (scan_whole_u64(style, STYLES_MAX, &id) && id < x->n_styles && x->is_date[id])
        return str_find_char(value, '.') == SIZE_MAX ? COLUMN_DATE : COLUMN_TIMESTAMP;
    bool is_whole = str_find_char(value, '.') == SIZE_MAX && str_find_char(value, 'E') == SIZE_MAX;
    return is_whole ? COLUMN_INT64 : COLUMN_FLOAT64;
}

/* Type and, for texts, the text of a cell; value: what stood in "v" or "t". */
static enum column_type cell_type(const struct xlsx *x, const struct xml_tag *cell,
                                  struct str value, struct str *text)
{
    uint64_t index;
    struct str kind = xml_attribute(cell, STR("t"));
    if (str_eq(kind, STR("s"))) {
        bool is_known = scan_whole_u64(value, TEXTS_MAX, &index) && index < x->n_texts;
        *text = is_known ? x->texts[index] : STR_EMPTY;
        return COLUMN_STRING;
    }
    *text = value;
    if (str_eq(kind, STR("b")))
        return COLUMN_BOOL;
    if (str_eq(kind, STR("e")))
        return COLUMN_NULL;
    if (str_eq(kind, STR("d")))
        return COLUMN_TIMESTAMP;
    if (str_eq(kind, STR("")) || str_eq(kind, STR("n")))
        return number_type(x, xml_attribute(cell, STR("s")), value);
    return COLUMN_STRING;
}

static void see_cell(struct xlsx *x, size_t at, enum column_type type, struct str text)
{
    while (x->n_columns <= at)
        *ARENA_PUSH(x->a, x->columns, x->n_columns, x->cap_columns) =
            (struct xlsx_column){ .type = COLUMN_NULL };
    struct xlsx_column *c = &x->columns[at];
    if (x->n_rows == 1) {
        c->header = text;
        c->has_header_text = type == COLUMN_STRING;
    } else {
        c->n_cells += type != COLUMN_NULL;
    }
    if (x->n_rows > 1 || type != COLUMN_STRING)
        c->type = column_type_widen(c->type, type);
}

static void read_rows(struct xlsx *x, struct str sheet)
{
    struct xml_tag tag, cell = { 0 };
    struct scan s = scan_init(sheet);
    struct str value = STR_EMPTY;
    size_t at = 0;
    bool is_new_row = true;
    x->n_columns = x->n_rows = 0;
    while (xml_next(&s, &tag)) {
        if (str_eq(tag.name, STR("row")) && !tag.is_end) {
            is_new_row = true;
            at = SIZE_MAX;
        } else if (str_eq(tag.name, STR("c")) && !tag.is_end) {
            size_t next = at == SIZE_MAX ? 0 : at + 1;
            cell = tag;
            if (!column_of(xml_attribute(&tag, STR("r")), &at))
                at = next < COLUMNS_MAX ? next : COLUMNS_MAX - 1;
            value = STR_EMPTY;
        } else if ((str_eq(tag.name, STR("v")) || str_eq(tag.name, STR("t"))) && tag.is_end) {
            value = tag.before;
        } else if (str_eq(tag.name, STR("c")) && tag.is_end && value.len > 0 && at != SIZE_MAX) {
            struct str text;
            enum column_type type = cell_type(x, &cell, value, &text);
            x->n_rows += is_new_row;
            is_new_row = false;
            see_cell(x, at, type, text);
        }
    }
}

/* The first row is a header when all its cells are texts and there are others below. */
static bool has_header(const struct xlsx *x)
{
    for (size_t i = 0; i < x->n_columns; i++) {
        if (!x->columns[i].has_header_text && x->columns[i].header.len > 0)
            return false;
    }
    return x->n_rows > 0;
}

static bool make_columns(struct xlsx *x, bool is_whole, struct schema *out, struct err *err)
{
    struct column_list list = { 0 };
    size_t n_all = 0;
    bool is_headed = has_header(x);
    uint64_t n_rows = x->n_rows - is_headed;
    for (size_t i = 0; i < x->n_columns; i++) {
        struct xlsx_column *from = &x->columns[i];
        struct column *c = columns_push(x->a, &list, &n_all, err);
        if (c == NULL)
            return false;
        bool is_named = is_headed && from->header.len > 0;
        *c = (struct column){ .name = is_named ? format_text(x->a, xml_text(x->a, from->header))
                                               : arena_printf(x->a, "column%zu", i),
                              .native = STR("cell"),
                              .type =
                                  is_headed || !from->has_header_text ? from->type : COLUMN_STRING,
                              .is_nullable = from->n_cells < n_rows || !is_whole };
    }
    out->columns = list.items;
    out->n_columns = list.n;
    out->has_rows = is_whole;
    out->n_rows = is_whole ? n_rows : 0;
    return true;
}

bool xlsx_read(struct view *v, const struct zip *zip, struct schema *out, struct err *err)
{
    struct xlsx x = { .a = v->arena, .v = v, .zip = zip };
    struct str name, sheet;
    bool is_whole;
    if (!read_sheets(&x, out, err) || !read_texts(&x, err) || !read_styles(&x, err))
        return false;
    for (size_t i = 0; i < x.n_sheets && i < SHEETS_TRIED; i++) {
        if (!sheet_part(&x, x.sheets[i].id, &name, err) ||
            !part(&x, name, SHEET_BYTES, &sheet, &is_whole, err))
            return false;
        read_rows(&x, sheet);
        if (x.n_columns > 0) {
            out->detail =
                arena_printf(x.a, "sheet \"%.*s\"", STR_FMT(format_text(x.a, x.sheets[i].name)));
            return make_columns(&x, is_whole, out, err);
        }
    }
    return true;
}
