/* npy: headers of numpy's arrays, alone and in archives (numpy.lib.format, versions 1 to 3). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/zip.h"

#include "util/scan.h"

/* Headers of structured types with many fields are long. */
enum { HEADER_BYTES = 65536 };

struct npy {
    struct scan s; /* in the header's text */
    struct str name;
    uint64_t sizes[LIMIT_SCHEMA_SIZES];
    size_t n_sizes;
    struct column_list fields; /* of a structured type */
    size_t n_all;
    struct str descr; /* a plain type: "<f8" */
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == ',' || *s->at == '\n'))
        s->at++;
}

static bool text(struct scan *s, struct str *out)
{
    char quote = s->at < s->end ? *s->at : 0;
    return (quote == '\'' || quote == '"') && scan_char(s, quote) && scan_until(s, quote, out);
}

/* "<i4" -> int32: kind and bytes. */
static enum column_type type_of(struct str descr)
{
    static const struct {
        struct str kind;
        enum column_type type;
    } ROWS[] = {
        { STR_INIT("b1"), COLUMN_BOOL },     { STR_INIT("i1"), COLUMN_INT8 },
        { STR_INIT("i2"), COLUMN_INT16 },    { STR_INIT("i4"), COLUMN_INT32 },
        { STR_INIT("i8"), COLUMN_INT64 },    { STR_INIT("u1"), COLUMN_UINT8 },
        { STR_INIT("u2"), COLUMN_UINT16 },   { STR_INIT("u4"), COLUMN_UINT32 },
        { STR_INIT("u8"), COLUMN_UINT64 },   { STR_INIT("f2"), COLUMN_FLOAT16 },
        { STR_INIT("f4"), COLUMN_FLOAT32 },  { STR_INIT("f8"), COLUMN_FLOAT64 },
        { STR_INIT("f16"), COLUMN_FLOAT64 }, { STR_INIT("c8"), COLUMN_COMPLEX },
        { STR_INIT("c16"), COLUMN_COMPLEX },
    };
    struct str kind = str_from_pos(descr, 1);
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        if (str_eq(ROWS[i].kind, kind))
            return ROWS[i].type;
    }
    switch (kind.len == 0 ? 0 : kind.ptr[0]) {
    case 'U':
        return COLUMN_STRING;
    case 'S':
    case 'V':
        return COLUMN_BINARY;
    case 'M':
        return COLUMN_TIMESTAMP;
    case 'm':
        return COLUMN_DURATION;
    default:
        return COLUMN_UNKNOWN; /* 'O': pickled objects */
    }
}

static bool sizes(struct npy *n)
{
    uint64_t size;
    if (!scan_char(&n->s, '('))
        return false;
    for (;;) {
        skip_space(&n->s);
        if (scan_char(&n->s, ')'))
            return true;
        if (!scan_u64(&n->s, UINT64_MAX / 2, &size))
            return false;
        (void)scan_char(&n->s, 'L');
        if (n->n_sizes < LIMIT_SCHEMA_SIZES)
            n->sizes[n->n_sizes++] = size;
    }
}

/* Pass over a bracketed value; false when it does not close. */
static bool skip_brackets(struct scan *s)
{
    unsigned depth = 0;
    for (; s->at < s->end; s->at++) {
        if (*s->at == '(' || *s->at == '[')
            depth++;
        else if ((*s->at == ')' || *s->at == ']') && --depth == 0)
            return scan_char(s, *s->at);
    }
    return false;
}

/* ('name', '<f8') or ('name', '<f8', (2,)) or ('name', [...]) */
static bool field(struct arena *a, struct npy *n, struct err *err)
{
    struct str name, descr = STR("group");
    if (!scan_char(&n->s, '('))
        return false;
    skip_space(&n->s);
    /* A field with a title has a tuple of both. */
    bool is_titled = scan_char(&n->s, '(');
    if (!text(&n->s, &name))
        return false;
    if (is_titled && !scan_until(&n->s, ')', &descr))
        return false;
    skip_space(&n->s);
    bool is_group = n->s.at < n->s.end && *n->s.at == '[';
    if (is_group ? !skip_brackets(&n->s) : !text(&n->s, &descr))
        return false;
    skip_space(&n->s);
    bool is_array = n->s.at < n->s.end && *n->s.at == '(';
    if ((is_array && !skip_brackets(&n->s)) || !scan_char(&n->s, ')'))
        return false;
    struct column *c = columns_push(a, &n->fields, &n->n_all, err);
    if (c == NULL)
        return false;
    *c = (struct column){ .name = format_text(a, name),
                          .native = format_text(a, is_group ? STR("group") : descr),
                          .type = is_group   ? COLUMN_STRUCT
                                  : is_array ? COLUMN_LIST
                                             : type_of(descr) };
    return true;
}

static bool descr(struct arena *a, struct npy *n, struct err *err)
{
    if (!scan_char(&n->s, '['))
        return text(&n->s, &n->descr);
    for (;;) {
        skip_space(&n->s);
        if (scan_char(&n->s, ']'))
            return true;
        if (!field(a, n, err))
            return false;
    }
}

/* {'descr': ..., 'fortran_order': False, 'shape': (2, 3), } */
static bool header(struct arena *a, struct npy *n, struct err *err)
{
    struct str key;
    if (!scan_char(&n->s, '{'))
        return false;
    for (;;) {
        skip_space(&n->s);
        if (scan_char(&n->s, '}'))
            return true;
        if (!text(&n->s, &key))
            return false;
        (void)(scan_char(&n->s, ':') && scan_blanks(&n->s));
        bool is_good = str_eq(key, STR("descr")) ? descr(a, n, err)
                       : str_eq(key, STR("shape"))
                           ? sizes(n)
                           : scan_str(&n->s, STR("True")) || scan_str(&n->s, STR("False"));
        if (!is_good)
            return false;
    }
}

/* The array at the beginning of head as one column. */
static bool read_header(struct arena *a, struct str head, struct str name, struct column *out,
                        struct err *err)
{
    struct npy n = { .name = name };
    struct bytes b = bytes_le(head);
    bytes_skip(&b, 6);
    unsigned major = bytes_u8(&b);
    bytes_skip(&b, 1);
    uint64_t length = major == 1 ? bytes_u16(&b) : bytes_u32(&b);
    n.s = scan_init(bytes_take(&b, length));
    if (!str_has_prefix(head, STR("\x93NUMPY")) || !bytes_ok(&b) || !header(a, &n, err))
        return err->code == ERR_NONE ? err_set(err, ERR_PARSE, "the npy header is damaged") : false;
    bool is_struct = n.descr.len == 0;
    *out = (struct column){ .name = format_text(a, name),
                            .native = is_struct ? STR("structured") : format_text(a, n.descr),
                            .type = is_struct ? COLUMN_STRUCT : type_of(n.descr),
                            .fields = n.fields.items,
                            .n_fields = n.fields.n,
                            .shape = shape_of(a, n.sizes, n.n_sizes) };
    return true;
}

bool format_read_npy(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    struct column c;
    struct err why = ERR_INIT;
    if (!view_get_some(v, 0, v->size == SIZE_UNKNOWN ? 0 : HEADER_BYTES, HEADER_BYTES, &head, err))
        return false;
    if (!read_header(v->arena, head, STR("array"), &c, &why)) {
        *err = why;
        return false;
    }
    out->shape = c.shape;
    out->has_rows = c.shape.n > 0;
    out->n_rows = c.shape.n > 0 ? c.shape.sizes[0] : 0;
    out->columns = c.n_fields > 0 ? c.fields : ARENA_NEW(v->arena, struct column);
    out->n_columns = c.n_fields > 0 ? c.n_fields : 1;
    if (c.n_fields == 0)
        *out->columns = c;
    return true;
}

bool npz_read(struct view *v, const struct zip *zip, struct schema *out, struct err *err)
{
    struct column_list list = { 0 };
    size_t n_all = 0;
    for (size_t i = 0; i < zip->n_members && i < LIMIT_NPZ_ARRAYS; i++) {
        struct str head;
        struct err why = ERR_INIT;
        bool is_whole;
        if (!zip_head(v, &zip->members[i], 4096, &head, &is_whole, err))
            return false;
        struct column *c = columns_push(v->arena, &list, &n_all, err);
        if (c == NULL)
            return false;
        struct str name = zip->members[i].name;
        if (!read_header(v->arena, head, str_slice(name, 0, name.len - 4), c, &why)) {
            *err = why;
            return false;
        }
    }
    if (zip->n_members > LIMIT_NPZ_ARRAYS)
        schema_warn(v->arena, out, STR("Only the first arrays were read."));
    for (size_t i = 0; i < zip->n_members; i++) {
        if (zip->members[i].method != 0)
            out->compression = COMPRESSION_DEFLATE;
    }
    out->columns = list.items;
    out->n_columns = list.n;
    return true;
}
