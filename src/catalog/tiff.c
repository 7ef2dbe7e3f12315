/* tiff: the first directory of TIFF, BigTIFF and GeoTIFF: size, bands, coordinate system. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

enum {
    TAG_WIDTH = 256,
    TAG_HEIGHT = 257,
    TAG_BITS = 258,
    TAG_BANDS = 277,
    TAG_SAMPLE_FORMAT = 339,
    TAG_PIXEL_SCALE = 33550,
    TAG_TIEPOINTS = 33922,
    TAG_TRANSFORM = 34264,
    TAG_GEO_KEYS = 34735,
};
enum { KEY_GEOGRAPHIC = 2048, KEY_PROJECTED = 3072 };
enum { GEO_KEYS_BYTES = 4096, ENTRIES_MAX = 4096 };

struct tiff {
    bool is_big_endian, is_big_tiff;
    uint64_t width, height, bits, n_bands, sample_format;
    bool is_geo;
    unsigned epsg; /* 0: not told */
};

static struct bytes cursor(const struct tiff *t, struct str s)
{
    return t->is_big_endian ? bytes_be(s) : bytes_le(s);
}

static unsigned type_bytes(unsigned type)
{
    static const unsigned char BYTES[] = {
        0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8
    };
    return type < sizeof BYTES ? BYTES[type] : 0;
}

struct entry {
    unsigned tag, type;
    uint64_t count;
    struct str inline_value; /* 4 or 8 bytes */
};

/* The bytes of an entry's values, at most max of them. */
static bool entry_bytes(struct view *v, const struct tiff *t, const struct entry *e, uint64_t max,
                        struct str *out, struct err *err)
{
    uint64_t width = type_bytes(e->type), n = e->count > max / 8 ? max : e->count * width;
    if (n <= e->inline_value.len && e->count <= 8) {
        *out = str_slice(e->inline_value, 0, (size_t)n);
        return true;
    }
    struct bytes b = cursor(t, e->inline_value);
    return view_get(v, bytes_uint(&b, (unsigned)e->inline_value.len), n < max ? n : max, out, err);
}

static bool first_value(struct view *v, const struct tiff *t, const struct entry *e, uint64_t *out,
                        struct err *err)
{
    struct str bytes;
    unsigned width = type_bytes(e->type);
    if (e->count == 0 || width == 0)
        return true;
    if (!entry_bytes(v, t, e, 64, &bytes, err))
        return false;
    struct bytes b = cursor(t, bytes);
    *out = bytes_uint(&b, width);
    return true;
}

/* Keys of four shorts: id, where, count, value. */
static bool read_geo_keys(struct view *v, struct tiff *t, const struct entry *e, struct err *err)
{
    struct str bytes;
    if (!entry_bytes(v, t, e, GEO_KEYS_BYTES, &bytes, err))
        return false;
    struct bytes b = cursor(t, bytes);
    bytes_skip(&b, 8);
    while (bytes_left(&b) >= 8) {
        unsigned id = bytes_u16(&b), where = bytes_u16(&b);
        bytes_skip(&b, 2);
        unsigned value = bytes_u16(&b);
        if (where == 0 && (id == KEY_PROJECTED || (id == KEY_GEOGRAPHIC && t->epsg == 0)))
            t->epsg = value;
    }
    return true;
}

static bool read_entry(struct view *v, struct tiff *t, const struct entry *e, struct err *err)
{
    switch (e->tag) {
    case TAG_WIDTH:
        return first_value(v, t, e, &t->width, err);
    case TAG_HEIGHT:
        return first_value(v, t, e, &t->height, err);
    case TAG_BITS:
        return first_value(v, t, e, &t->bits, err);
    case TAG_BANDS:
        return first_value(v, t, e, &t->n_bands, err);
    case TAG_SAMPLE_FORMAT:
        return first_value(v, t, e, &t->sample_format, err);
    case TAG_PIXEL_SCALE:
    case TAG_TIEPOINTS:
    case TAG_TRANSFORM:
        t->is_geo = true;
        return true;
    case TAG_GEO_KEYS:
        t->is_geo = true;
        return read_geo_keys(v, t, e, err);
    default:
        return true;
    }
}

static bool read_directory(struct view *v, struct tiff *t, uint64_t at, struct err *err)
{
    struct str bytes;
    unsigned n_count = t->is_big_tiff ? 8 : 2, n_entry = t->is_big_tiff ? 20 : 12;
    if (!view_get(v, at, n_count, &bytes, err))
        return false;
    struct bytes b = cursor(t, bytes);
    uint64_t n = bytes_uint(&b, n_count);
    if (n > ENTRIES_MAX)
        return err_set(err, ERR_PARSE, "the TIFF directory is damaged");
    if (!view_get(v, at + n_count, n * n_entry, &bytes, err))
        return false;
    b = cursor(t, bytes);
    for (uint64_t i = 0; i < n; i++) {
        struct entry e = { .tag = bytes_u16(&b), .type = bytes_u16(&b) };
        e.count = bytes_uint(&b, t->is_big_tiff ? 8 : 4);
        e.inline_value = bytes_take(&b, t->is_big_tiff ? 8 : 4);
        if (!read_entry(v, t, &e, err))
            return false;
    }
    return true;
}

static bool read_start(struct view *v, struct tiff *t, uint64_t *directory, struct err *err)
{
    struct str head;
    if (!view_get(v, 0, 16, &head, err))
        return false;
    t->is_big_endian = head.ptr[0] == 'M';
    struct bytes b = cursor(t, str_from_pos(head, 2));
    t->is_big_tiff = bytes_u16(&b) == 43;
    if (t->is_big_tiff)
        bytes_skip(&b, 4);
    *directory = bytes_uint(&b, t->is_big_tiff ? 8 : 4);
    return true;
}

bool format_read_tiff(struct view *v, struct schema *out, struct err *err)
{
    static const char *const KINDS[] = { "", "unsigned ", "signed ", "float ", "", "complex " };
    struct tiff t = { .n_bands = 1, .bits = 1 };
    uint64_t directory;
    if (!read_start(v, &t, &directory, err) || !read_directory(v, &t, directory, err))
        return false;
    uint64_t sizes[2] = { t.width, t.height };
    const char *kind = t.sample_format < ARRAY_LEN(KINDS) ? KINDS[t.sample_format] : "";
    out->shape = shape_of(v->arena, sizes, 2);
    out->format = t.is_geo ? FORMAT_GEOTIFF : FORMAT_TIFF;
    out->detail =
        arena_printf(v->arena, "%llu band%s of %s%llu bits", (unsigned long long)t.n_bands,
                     t.n_bands == 1 ? "" : "s", kind, (unsigned long long)t.bits);
    if (t.epsg != 0 && t.epsg != 32767)
        out->detail = arena_printf(v->arena, "%.*s, EPSG:%u", STR_FMT(out->detail), t.epsg);
    return true;
}
