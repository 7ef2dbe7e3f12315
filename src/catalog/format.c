/* format: from ranges to format and schema: content first, then what is inside of packings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

#include "catalog/unpack.h"
#include "catalog/zip.h"

/* Unpacked from the beginning of a packed object to look inside, and when all of it is there. */
#define INSIDE_BYTES (256UL * 1024)

static const struct {
    enum format format;
    format_read_fn *read;
} READERS[] = {
    /* clang-format off */
    { FORMAT_ARROW, format_read_arrow },
    { FORMAT_ARROW_STREAM, format_read_arrow },
    { FORMAT_AVRO, format_read_avro },
    { FORMAT_CSV, format_read_csv },
    { FORMAT_TSV, format_read_csv },
    { FORMAT_BMP, format_read_image },
    { FORMAT_GIF, format_read_image },
    { FORMAT_HDF5, format_read_hdf5 },
    { FORMAT_JPEG, format_read_image },
    { FORMAT_JSON, format_read_json },
    { FORMAT_JSONL, format_read_json },
    { FORMAT_NETCDF, format_read_netcdf },
    { FORMAT_NPY, format_read_npy },
    { FORMAT_ORC, format_read_orc },
    { FORMAT_PARQUET, format_read_parquet },
    { FORMAT_PNG, format_read_image },
    { FORMAT_TIFF, format_read_tiff },
    { FORMAT_WEBP, format_read_image },
    /* clang-format on */
};

static const struct {
    enum compression compression;
    enum packing packing;
} STREAMS[] = {
    { COMPRESSION_GZIP, PACKING_GZIP },      { COMPRESSION_BZIP2, PACKING_BZIP2 },
    { COMPRESSION_XZ, PACKING_XZ },          { COMPRESSION_ZSTD, PACKING_ZSTD },
    { COMPRESSION_LZ4, PACKING_LZ4_FRAMED }, { COMPRESSION_SNAPPY, PACKING_SNAPPY_FRAMED },
};

/* The name without the suffix of its packing. */
static struct str inside_name(struct str name)
{
    enum compression packed;
    size_t dot = str_rfind_char(name, '.');
    (void)format_from_name(name, &packed);
    return packed != COMPRESSION_NONE && dot != SIZE_MAX && !str_has_suffix_nocase(name, STR("tgz"))
               ? str_slice(name, 0, dot)
               : name;
}

/* Unpack the beginning of a stream; *is_whole: all of the object is unpacked. */
static bool unpack_head(struct arena *a, enum compression compression, struct str head, bool is_all,
                        size_t cap, struct str *out, bool *is_whole)
{
    for (size_t i = 0; i < ARRAY_LEN(STREAMS); i++) {
        struct unpacked result;
        if (STREAMS[i].compression != compression)
            continue;
        char *bytes = arena_alloc(a, cap);
        if (!unpack(STREAMS[i].packing, head, bytes, cap, &result))
            return false;
        *out = (struct str){ bytes, result.n };
        *is_whole = is_all && result.is_whole;
        return true;
    }
    return false;
}

/* ---- sniffing ---- */

static enum format sniff(struct arena *a, struct str head, struct str tail, uint64_t size,
                         struct str name, unsigned depth, enum compression *packed,
                         enum encoding *encoding);

static enum format sniff_inside(struct arena *a, struct str head, uint64_t size, struct str name,
                                unsigned depth, enum compression packed, enum encoding *encoding)
{
    struct str inside;
    bool is_whole;
    enum compression inner;
    if (!unpack_head(a, packed, head, head.len == size, INSIDE_BYTES, &inside, &is_whole))
        return FORMAT_UNKNOWN;
    return sniff(a, inside, STR_EMPTY, is_whole ? inside.len : SIZE_UNKNOWN, inside_name(name),
                 depth + 1, &inner, encoding);
}

/* Some formats are others by what their content says further on, or by their name alone. */
static enum format refine(enum format format, struct str tail, struct str name)
{
    enum format promised = format_from_name(name, NULL);
    if (format == FORMAT_HDF5 && promised == FORMAT_NETCDF)
        return FORMAT_NETCDF;
    if (format == FORMAT_PICKLE && promised == FORMAT_JOBLIB)
        return FORMAT_JOBLIB;
    if (format == FORMAT_UNKNOWN && str_has_suffix(tail, STR("PAR1")))
        return FORMAT_PARQUET;
    return format;
}

static enum format sniff(struct arena *a, struct str head, struct str tail, uint64_t size,
                         struct str name, unsigned depth, enum compression *packed,
                         enum encoding *encoding)
{
    *encoding = ENCODING_NONE;
    enum format format = format_magic(head, packed);
    if (*packed == COMPRESSION_ZIP) {
        *packed = COMPRESSION_NONE;
        return size == SIZE_UNKNOWN ? FORMAT_ZIP : zip_sniff(head, tail, size);
    }
    if (*packed != COMPRESSION_NONE && depth < LIMIT_PACKINGS)
        return sniff_inside(a, head, size, name, depth, *packed, encoding);
    if (format == FORMAT_UNKNOWN && *packed == COMPRESSION_NONE)
        format = format_of_text(a, head, head.len != size, name, encoding);
    return refine(format, tail, name);
}

enum format format_sniff(struct str head, struct str tail, uint64_t size, struct str name,
                         enum compression *out)
{
    AUTO_ARENA a = ARENA_INIT;
    enum compression packed;
    enum encoding encoding;
    enum format format = sniff(&a, head, tail, size, name, 0, &packed, &encoding);
    if (out != NULL)
        *out = packed;
    return size == 0 ? format_from_name(name, out) : format;
}

/* ---- schemas ---- */

static bool read_format(struct view *v, struct schema *out, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(READERS); i++) {
        if (READERS[i].format == out->format)
            return READERS[i].read(v, out, err);
    }
    return true;
}

/* The reader of what is inside works on what was unpacked; where that is not enough the format is
 * still known. */
static bool read_inside(struct view *v, struct str head, enum compression packed,
                        struct schema *out, struct err *err)
{
    struct err inner_err = ERR_INIT;
    struct str inside;
    bool is_whole;
    bool is_all = head.len == v->size, is_good;
    size_t cap = INSIDE_BYTES / 8;
    do {
        cap *= 8;
        is_good = unpack_head(v->arena, packed, head, is_all, cap, &inside, &is_whole);
    } while (is_good && is_all && inside.len == cap && cap * 8 <= LIMIT_FORMAT_UNPACKED_BYTES);
    if (!is_good)
        return err_set(err, ERR_PARSE, "the object begins as %.*s but cannot be unpacked",
                       STR_FMT(compression_name(packed)));
    struct format_range range = { 0, inside };
    struct view inner = { .arena = v->arena,
                          .name = inside_name(v->name),
                          .size = is_whole ? inside.len : SIZE_UNKNOWN,
                          .ranges = &range,
                          .n_ranges = inside.len > 0,
                          .depth = v->depth + 1 };
    bool is_read = format_read_view(&inner, out, &inner_err);
    out->compression = packed;
    if (!is_read && inner_err.code != ERR_UNSUPPORTED && is_whole)
        return err_set(err, inner_err.code, "inside of %.*s: %s", STR_FMT(compression_name(packed)),
                       inner_err.msg);
    if (!is_read)
        schema_warn(v->arena, out,
                    STR("The object is packed as a whole: only a part of it can be looked at."));
    return true;
}

static void warn_of_name(struct view *v, struct schema *out)
{
    enum compression packed;
    enum format promised = format_from_name(v->name, &packed);
    static const struct {
        enum format a, b;
    } ALIKE[] = {
        { FORMAT_CSV, FORMAT_TSV },       { FORMAT_JSON, FORMAT_JSONL },
        { FORMAT_TIFF, FORMAT_GEOTIFF },  { FORMAT_ARROW, FORMAT_ARROW_STREAM },
        { FORMAT_ARROW, FORMAT_FEATHER }, { FORMAT_PICKLE, FORMAT_JOBLIB },
        { FORMAT_NETCDF, FORMAT_HDF5 },
    };
    if (promised == FORMAT_UNKNOWN || promised == out->format || promised == FORMAT_TEXT ||
        promised == FORMAT_YAML)
        return;
    for (size_t i = 0; i < ARRAY_LEN(ALIKE); i++) {
        if ((promised == ALIKE[i].a && out->format == ALIKE[i].b) ||
            (promised == ALIKE[i].b && out->format == ALIKE[i].a))
            return;
    }
    schema_warn(v->arena, out,
                arena_printf(v->arena, "The name says %.*s, the content is %.*s.",
                             STR_FMT(format_name(promised)), STR_FMT(format_name(out->format))));
}

bool format_read_view(struct view *v, struct schema *out, struct err *err)
{
    struct str head, tail = STR_EMPTY;
    enum compression packed;
    bool is_part = v->size == SIZE_UNKNOWN;
    if (v->size == 0) {
        out->format = format_from_name(v->name, NULL);
        schema_warn(v->arena, out, STR("The object is empty."));
        return true;
    }
    if (!view_get_some(v, 0, is_part ? 0 : FORMAT_HEAD_BYTES, FORMAT_HEAD_BYTES, &head, err))
        return false;
    enum format format = format_magic(head, &packed);
    if (packed == COMPRESSION_ZIP)
        return zip_read(v, out, err);
    if (packed != COMPRESSION_NONE && v->depth < LIMIT_PACKINGS)
        return read_inside(v, head, packed, out, err);
    if (format == FORMAT_UNKNOWN && packed == COMPRESSION_NONE)
        format = format_of_text(v->arena, head, head.len != v->size, v->name, &out->encoding);
    if (format == FORMAT_UNKNOWN && !is_part && v->size > 12 &&
        !view_get(v, v->size - 4, 4, &tail, err))
        return false;
    out->format = refine(format, tail, v->name);
    if (!read_format(v, out, err))
        return false;
    warn_of_name(v, out);
    return true;
}

void format_reader_init(struct format_reader *r, struct arena *a, struct str name, uint64_t size)
{
    *r = (struct format_reader){ .arena = a, .name = name, .size = size };
}

void format_reader_give(struct format_reader *r, uint64_t offset, struct str bytes)
{
    if (r->n_ranges < LIMIT_FORMAT_READS && bytes.len > 0 && offset < r->size)
        r->ranges[r->n_ranges++] =
            (struct format_range){ offset, str_slice(bytes, 0, (size_t)(r->size - offset)) };
}

enum format_step format_reader_step(struct format_reader *r, struct format_need *need,
                                    struct schema *out, struct err *err)
{
    struct schema schema = { 0 };
    uint64_t n_bytes = 0;
    struct view v = { .arena = r->arena,
                      .name = r->name,
                      .size = r->size,
                      .ranges = r->ranges,
                      .n_ranges = r->n_ranges };
    for (size_t i = 0; i < r->n_ranges; i++)
        n_bytes += r->ranges[i].bytes.len;
    if (format_read_view(&v, &schema, err)) {
        *out = schema;
        return FORMAT_DONE;
    }
    if (!v.is_missing)
        return FORMAT_FAILED;
    if (v.need.offset == r->need.offset && v.need.length == r->need.length) {
        (void)err_set(err, ERR_PARSE, "the object is shorter than its %llu bytes",
                      (unsigned long long)r->size);
        return FORMAT_FAILED;
    }
    if (r->n_ranges == LIMIT_FORMAT_READS || n_bytes + v.need.length > LIMIT_FORMAT_BYTES) {
        (void)err_set(err, ERR_TOO_LARGE, "its schema would take more than %u reads or %lu bytes",
                      LIMIT_FORMAT_READS, LIMIT_FORMAT_BYTES);
        return FORMAT_FAILED;
    }
    r->need = v.need;
    *need = v.need;
    return FORMAT_NEED;
}

bool format_schema(struct arena *a, struct str bytes, struct str name, struct schema *out,
                   struct err *err)
{
    struct format_reader r;
    struct format_need need;
    format_reader_init(&r, a, name, bytes.len);
    format_reader_give(&r, 0, bytes);
    return format_reader_step(&r, &need, out, err) == FORMAT_DONE;
}
