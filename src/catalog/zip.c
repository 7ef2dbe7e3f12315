/* zip: the directory at the end, and what kind of archive it makes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/zip.h"

#include "catalog/unpack.h"

enum { END_BYTES = 22, LOCATOR_BYTES = 20, ENTRY_BYTES = 46, LOCAL_BYTES = 30 };
enum { METHOD_STORED = 0, METHOD_DEFLATE = 8, METHOD_BZIP2 = 12, METHOD_ZSTD = 93, METHOD_XZ = 95 };

struct zip_end {
    uint64_t n, size, offset; /* of the directory */
};

/* The end record that closes the file: the last one whose comment fits. */
static size_t find_end(struct str tail)
{
    for (size_t at = tail.len; at-- > 0;) {
        if (tail.len - at < END_BYTES || !str_has_prefix(str_from_pos(tail, at), STR("PK\x05\x06")))
            continue;
        struct bytes b = bytes_le(str_from_pos(tail, at + 20));
        if (bytes_u16(&b) <= bytes_left(&b))
            return at;
    }
    return SIZE_MAX;
}

static bool zip64_end(struct view *v, uint64_t end_at, struct zip_end *out, struct err *err)
{
    struct str bytes;
    if (end_at < LOCATOR_BYTES || !view_get(v, end_at - LOCATOR_BYTES, LOCATOR_BYTES, &bytes, err))
        return v->is_missing ? false : err_set(err, ERR_PARSE, "the zip's end is damaged");
    struct bytes b = bytes_le(bytes);
    if (bytes_u32(&b) != 0x07064b50)
        return true; /* the values were as large as that after all */
    bytes_skip(&b, 4);
    if (!view_get(v, bytes_u64(&b), 56, &bytes, err))
        return false;
    b = bytes_le(bytes);
    if (bytes_u32(&b) != 0x06064b50)
        return err_set(err, ERR_PARSE, "the zip's 64-bit end record is damaged");
    bytes_skip(&b, 28);
    out->n = bytes_u64(&b);
    out->size = bytes_u64(&b);
    out->offset = bytes_u64(&b);
    return true;
}

static bool read_end(struct view *v, struct zip_end *out, struct err *err)
{
    struct str tail;
    uint64_t n = v->size < FORMAT_TAIL_BYTES ? v->size : FORMAT_TAIL_BYTES;
    if (v->size == SIZE_UNKNOWN)
        return err_set(err, ERR_UNSUPPORTED, "a packed zip of this size is not unpacked");
    if (!view_get(v, v->size - n, n, &tail, err))
        return false;
    size_t at = find_end(tail);
    if (at == SIZE_MAX)
        return err_set(err, ERR_PARSE, "the zip has no directory at its end: it is cut");
    struct bytes b = bytes_le(str_from_pos(tail, at + 10));
    out->n = bytes_u16(&b);
    out->size = bytes_u32(&b);
    out->offset = bytes_u32(&b);
    if (out->n == UINT16_MAX || out->size == UINT32_MAX || out->offset == UINT32_MAX)
        return zip64_end(v, v->size - n + at, out, err);
    return true;
}

/* 64-bit values stand in the extra field in the order of those that did not fit. */
static void read_zip64_extra(struct str extra, struct zip_member *m)
{
    struct bytes b = bytes_le(extra);
    while (bytes_left(&b) >= 4) {
        unsigned id = bytes_u16(&b);
        struct bytes field = bytes_le(bytes_take(&b, bytes_u16(&b)));
        if (id != 1)
            continue;
        if (m->size == UINT32_MAX)
            m->size = bytes_u64(&field);
        if (m->packed_size == UINT32_MAX)
            m->packed_size = bytes_u64(&field);
        if (m->offset == UINT32_MAX)
            m->offset = bytes_u64(&field);
    }
}

static bool read_member(struct bytes *b, struct zip_member *m)
{
    if (bytes_u32(b) != 0x02014b50)
        return false;
    bytes_skip(b, 4);
    m->is_encrypted = (bytes_u16(b) & 1) != 0;
    m->method = bytes_u16(b);
    bytes_skip(b, 8);
    m->packed_size = bytes_u32(b);
    m->size = bytes_u32(b);
    unsigned n_name = bytes_u16(b), n_extra = bytes_u16(b), n_comment = bytes_u16(b);
    bytes_skip(b, 8);
    m->offset = bytes_u32(b);
    m->name = bytes_take(b, n_name);
    read_zip64_extra(bytes_take(b, n_extra), m);
    bytes_skip(b, n_comment);
    return bytes_ok(b);
}

bool zip_open(struct view *v, struct zip *out, struct err *err)
{
    struct zip_end end = { 0 };
    struct str directory;
    if (!read_end(v, &end, err) || !view_get(v, end.offset, end.size, &directory, err))
        return false;
    if (end.n > LIMIT_ZIP_MEMBERS)
        return err_set(err, ERR_TOO_LARGE, "the zip has %llu members; the limit is %lu",
                       (unsigned long long)end.n, LIMIT_ZIP_MEMBERS);
    if (end.n > directory.len / ENTRY_BYTES)
        return err_set(err, ERR_PARSE, "the zip's directory is too short for its members");
    *out = (struct zip){ .members = ARENA_NEW_N(v->arena, struct zip_member, end.n) };
    struct bytes b = bytes_le(directory);
    for (uint64_t i = 0; i < end.n; i++) {
        struct zip_member m = { 0 };
        if (!read_member(&b, &m))
            return err_set(err, ERR_PARSE, "the zip's directory is damaged at member %llu",
                           (unsigned long long)i);
        if (!str_has_suffix(m.name, STR("/")))
            out->members[out->n_members++] = m;
    }
    return true;
}

const struct zip_member *zip_find(const struct zip *zip, struct str name)
{
    for (size_t i = 0; i < zip->n_members; i++) {
        if (str_eq(zip->members[i].name, name))
            return &zip->members[i];
    }
    return NULL;
}

static bool method_packing(unsigned method, enum packing *out)
{
    switch (method) {
    case METHOD_DEFLATE:
        *out = PACKING_DEFLATE;
        return true;
    case METHOD_BZIP2:
        *out = PACKING_BZIP2;
        return true;
    case METHOD_XZ:
        *out = PACKING_XZ;
        return true;
    case METHOD_ZSTD:
        *out = PACKING_ZSTD;
        return true;
    default:
        return false;
    }
}

bool zip_head(struct view *v, const struct zip_member *m, size_t cap, struct str *out,
              bool *is_whole, struct err *err)
{
    struct str local, packed;
    enum packing packing;
    struct unpacked result;
    if (m->is_encrypted)
        return err_set(err, ERR_UNSUPPORTED, "the zip is encrypted");
    if (!view_get(v, m->offset, LOCAL_BYTES, &local, err))
        return false;
    struct bytes b = bytes_le(str_from_pos(local, 26));
    uint64_t at = m->offset + LOCAL_BYTES + bytes_u16(&b);
    at += bytes_u16(&b);
    /* Text packs well: a quarter is enough to unpack cap in most cases, and less does no harm. */
    uint64_t want = m->method == METHOD_STORED || cap < 64 * 1024 ? cap : cap / 4;
    want = m->packed_size < want ? m->packed_size : want;
    if (!view_get(v, at, want, &packed, err))
        return false;
    if (m->method == METHOD_STORED) {
        *out = packed;
        *is_whole = want == m->size;
        return true;
    }
    if (!method_packing(m->method, &packing))
        return err_set(err, ERR_UNSUPPORTED, "zip members packed by method %u are not unpacked",
                       m->method);
    cap = m->size < cap ? (size_t)m->size : cap;
    char *bytes = arena_alloc(v->arena, cap);
    if (!unpack(packing, packed, bytes, cap, &result))
        return err_set(err, ERR_PARSE, "the zip's member %.*s is damaged", STR_FMT(m->name));
    *out = (struct str){ bytes, result.n };
    *is_whole = result.n == m->size;
    return true;
}

static bool are_all_npy(const struct zip *zip)
{
    for (size_t i = 0; i < zip->n_members; i++) {
        if (!str_has_suffix(zip->members[i].name, STR(".npy")))
            return false;
    }
    return zip->n_members > 0;
}

static enum format kind_of(const struct zip *zip)
{
    if (zip_find(zip, STR("xl/workbook.xml")) != NULL || zip_find(zip, STR("xl/workbook.bin")))
        return FORMAT_XLSX;
    return are_all_npy(zip) ? FORMAT_NPZ : FORMAT_ZIP;
}

enum format zip_sniff(struct str head, struct str tail, uint64_t size)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct format_range ranges[2] = { { 0, head }, { size - tail.len, tail } };
    struct view v = { .arena = &a, .size = size, .ranges = ranges, .n_ranges = 2 };
    struct zip zip;
    if (tail.len <= size && zip_open(&v, &zip, &err))
        return kind_of(&zip);
    struct bytes b = bytes_le(str_from_pos(head, 26));
    size_t n = bytes_u16(&b);
    struct str first = str_slice(head, LOCAL_BYTES, LOCAL_BYTES + n);
    if (str_has_suffix(first, STR(".npy")))
        return FORMAT_NPZ;
    if (str_eq(first, STR("[Content_Types].xml")) || str_has_prefix(first, STR("xl/")))
        return str_contains(head, STR("xl/")) ? FORMAT_XLSX : FORMAT_ZIP;
    return FORMAT_ZIP;
}
