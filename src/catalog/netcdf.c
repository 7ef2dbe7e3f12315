/* netcdf: variables of the classic format, versions 1, 2 and 5 (NetCDF Classic Format
 * Specification).  NetCDF-4 is HDF5. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

#include "util/buf.h"

enum { TAG_DIMENSION = 10, TAG_VARIABLE = 11, TAG_ATTRIBUTE = 12 };

static const struct {
    struct str name;
    enum column_type type;
    unsigned bytes;
} TYPES[] = {
    { STR_INIT(""), COLUMN_UNKNOWN, 0 },       { STR_INIT("byte"), COLUMN_INT8, 1 },
    { STR_INIT("char"), COLUMN_STRING, 1 },    { STR_INIT("short"), COLUMN_INT16, 2 },
    { STR_INIT("int"), COLUMN_INT32, 4 },      { STR_INIT("float"), COLUMN_FLOAT32, 4 },
    { STR_INIT("double"), COLUMN_FLOAT64, 8 }, { STR_INIT("ubyte"), COLUMN_UINT8, 1 },
    { STR_INIT("ushort"), COLUMN_UINT16, 2 },  { STR_INIT("uint"), COLUMN_UINT32, 4 },
    { STR_INIT("int64"), COLUMN_INT64, 8 },    { STR_INIT("uint64"), COLUMN_UINT64, 8 },
};

struct dimension {
    struct str name;
    uint64_t size;
};

struct netcdf {
    struct arena *a;
    struct bytes b;
    unsigned version;
    uint64_t n_records;
    struct dimension *dimensions;
    uint64_t n_dimensions;
    struct column_list variables;
    size_t n_all;
    struct err *err;
};

/* Counts and sizes are 64 bits wide in version 5. */
static uint64_t count(struct netcdf *n)
{
    return bytes_uint(&n->b, n->version == 5 ? 8 : 4);
}

static struct str name(struct netcdf *n)
{
    uint64_t length = count(n);
    struct str text = bytes_take(&n->b, length);
    bytes_skip(&n->b, (4 - length % 4) % 4);
    return text;
}

/* The head of a list: its tag and length; an absent list is two zeros. */
static uint64_t list(struct netcdf *n, uint32_t tag)
{
    uint32_t found = bytes_u32(&n->b);
    uint64_t length = count(n);
    if ((found != tag && (found != 0 || length != 0)) || length > bytes_left(&n->b))
        bytes_fail(&n->b);
    return bytes_ok(&n->b) ? length : 0;
}

static void skip_attributes(struct netcdf *n)
{
    uint64_t length = list(n, TAG_ATTRIBUTE);
    for (uint64_t i = 0; i < length && bytes_ok(&n->b); i++) {
        (void)name(n);
        uint32_t type = bytes_u32(&n->b);
        uint64_t n_values = count(n);
        if (type >= ARRAY_LEN(TYPES) || n_values > bytes_left(&n->b)) {
            bytes_fail(&n->b);
            return;
        }
        bytes_skip(&n->b, (n_values * TYPES[type].bytes + 3) / 4 * 4);
    }
}

static void read_dimensions(struct netcdf *n)
{
    uint64_t length = list(n, TAG_DIMENSION);
    n->dimensions = ARENA_NEW_N(n->a, struct dimension, length);
    for (uint64_t i = 0; i < length && bytes_ok(&n->b); i++) {
        struct str text = name(n);
        uint64_t size = count(n);
        n->dimensions[i] = (struct dimension){ text, size == 0 ? n->n_records : size };
    }
    n->n_dimensions = length;
}

/* "float (time, lat, lon)" */
static struct str native(struct netcdf *n, uint32_t type, const uint64_t *ids, size_t n_ids)
{
    AUTO_BUF out = BUF_INIT(LIMIT_SCHEMA_TYPE_BYTES);
    buf_add(&out, TYPES[type].name);
    buf_add(&out, n_ids > 0 ? STR(" (") : STR(""));
    for (size_t i = 0; i < n_ids; i++) {
        buf_add(&out, i > 0 ? STR(", ") : STR(""));
        buf_add(&out, format_text(n->a, n->dimensions[ids[i]].name));
    }
    buf_add(&out, n_ids > 0 ? STR(")") : STR(""));
    return arena_str(n->a, buf_str(&out));
}

static bool read_variable(struct netcdf *n)
{
    uint64_t ids[LIMIT_SCHEMA_SIZES], sizes[LIMIT_SCHEMA_SIZES];
    size_t n_kept = 0;
    struct str text = name(n);
    uint64_t n_ids = count(n);
    for (uint64_t i = 0; i < n_ids && bytes_ok(&n->b); i++) {
        uint64_t id = count(n);
        if (id >= n->n_dimensions)
            bytes_fail(&n->b);
        else if (n_kept < LIMIT_SCHEMA_SIZES)
            ids[n_kept++] = id;
    }
    skip_attributes(n);
    uint32_t type = bytes_u32(&n->b);
    (void)count(n);
    (void)bytes_uint(&n->b, n->version == 1 ? 4 : 8);
    if (!bytes_ok(&n->b) || type >= ARRAY_LEN(TYPES) || type == 0)
        return false;
    struct column *c = columns_push(n->a, &n->variables, &n->n_all, n->err);
    if (c == NULL)
        return false;
    for (size_t i = 0; i < n_kept; i++)
        sizes[i] = n->dimensions[ids[i]].size;
    *c = (struct column){ .name = format_text(n->a, text),
                          .native = native(n, type, ids, n_kept),
                          .type = TYPES[type].type,
                          .shape = shape_of(n->a, sizes, n_kept) };
    return true;
}

static bool read_header(struct netcdf *n)
{
    bytes_skip(&n->b, 3);
    n->version = bytes_u8(&n->b);
    n->n_records = count(n);
    if (n->n_records == UINT32_MAX || n->n_records == UINT64_MAX)
        n->n_records = 0; /* it was being written: nobody knows */
    read_dimensions(n);
    skip_attributes(n);
    uint64_t length = list(n, TAG_VARIABLE);
    for (uint64_t i = 0; i < length; i++) {
        if (!read_variable(n))
            return false;
    }
    return bytes_ok(&n->b);
}

bool format_read_netcdf(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    if (!view_get_some(v, 0, 4, FORMAT_HEAD_BYTES, &head, err))
        return false;
    if (!str_has_prefix(head, STR("CDF")))
        return format_read_hdf5(v, out, err);
    for (uint64_t n = FORMAT_HEAD_BYTES;; n *= 16) {
        struct err why = ERR_INIT;
        n = n < LIMIT_FORMAT_READ_BYTES ? n : LIMIT_FORMAT_READ_BYTES;
        if (!view_get_some(v, 0, v->size == SIZE_UNKNOWN ? 0 : n, n, &head, err))
            return false;
        struct netcdf netcdf = { .a = v->arena, .b = bytes_be(head), .err = &why };
        if (read_header(&netcdf)) {
            out->columns = netcdf.variables.items;
            out->n_columns = netcdf.variables.n;
            return true;
        }
        if (why.code != ERR_NONE) {
            *err = why;
            return false;
        }
        if (head.len < n || n == LIMIT_FORMAT_READ_BYTES || v->size == SIZE_UNKNOWN)
            return err_set(err, ERR_PARSE, "the NetCDF header is damaged or cut");
    }
}
