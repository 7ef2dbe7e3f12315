/* image: sizes of PNG, JPEG, GIF, WebP and BMP, from their headers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

/* Segments before the frame of a JPEG that are walked (metadata, profiles, thumbnails). */
enum { JPEG_SEGMENTS = 200 };

static void set_size(struct view *v, struct schema *out, uint64_t width, uint64_t height)
{
    uint64_t sizes[2] = { width, height };
    out->shape = shape_of(v->arena, sizes, 2);
}

static bool damaged(struct err *err)
{
    return err_set(err, ERR_PARSE, "the header of the image is damaged or cut");
}

static bool read_png(struct view *v, struct str head, struct schema *out, struct err *err)
{
    static const struct str COLORS[] = {
        STR_INIT("grey"),           STR_INIT("?"), STR_INIT("RGB"), STR_INIT("palette"),
        STR_INIT("grey and alpha"), STR_INIT("?"), STR_INIT("RGBA")
    };
    struct bytes b = bytes_be(str_from_pos(head, 12));
    bool is_header = str_eq(bytes_take(&b, 4), STR("IHDR"));
    uint32_t width = bytes_u32(&b), height = bytes_u32(&b);
    unsigned bits = bytes_u8(&b), color = bytes_u8(&b);
    if (!is_header || !bytes_ok(&b) || color >= ARRAY_LEN(COLORS))
        return damaged(err);
    set_size(v, out, width, height);
    out->detail = arena_printf(v->arena, "%u-bit %.*s", bits, STR_FMT(COLORS[color]));
    return true;
}

static bool is_frame(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool read_jpeg(struct view *v, struct schema *out, struct err *err)
{
    uint64_t at = 2;
    for (unsigned i = 0; i < JPEG_SEGMENTS; i++) {
        struct str segment;
        if (!view_get_some(v, at, 10, FORMAT_HEAD_BYTES, &segment, err))
            return false;
        struct bytes b = bytes_be(segment);
        unsigned mark = bytes_u8(&b), marker = bytes_u8(&b);
        if (marker == 0xff) { /* filling */
            at++;
            continue;
        }
        unsigned length = bytes_u16(&b), bits = bytes_u8(&b);
        uint64_t height = bytes_u16(&b), width = bytes_u16(&b);
        if (!bytes_ok(&b) || mark != 0xff)
            return damaged(err);
        if (is_frame(marker)) {
            set_size(v, out, width, height);
            out->detail = arena_printf(v->arena, "%u-bit, %u components", bits, bytes_u8(&b));
            return true;
        }
        at += 2 + (uint64_t)length;
    }
    return damaged(err);
}

static bool read_gif(struct view *v, struct str head, struct schema *out, struct err *err)
{
    struct bytes b = bytes_le(str_from_pos(head, 6));
    uint64_t width = bytes_u16(&b), height = bytes_u16(&b);
    if (!bytes_ok(&b))
        return damaged(err);
    set_size(v, out, width, height);
    return true;
}

static bool read_bmp(struct view *v, struct str head, struct schema *out, struct err *err)
{
    struct bytes b = bytes_le(str_from_pos(head, 18));
    int32_t width = (int32_t)bytes_u32(&b), height = (int32_t)bytes_u32(&b);
    bytes_skip(&b, 2);
    unsigned bits = bytes_u16(&b);
    if (!bytes_ok(&b) || width < 0 || height == INT32_MIN)
        return damaged(err);
    set_size(v, out, (uint64_t)width, (uint64_t)(height < 0 ? -height : height));
    out->detail = arena_printf(v->arena, "%u bits a pixel", bits);
    return true;
}

static bool read_webp(struct view *v, struct str head, struct schema *out, struct err *err)
{
    struct bytes b = bytes_le(str_from_pos(head, 12));
    struct str chunk = bytes_take(&b, 4);
    bytes_skip(&b, 4);
    uint64_t width, height;
    if (str_eq(chunk, STR("VP8X"))) {
        bytes_skip(&b, 4);
        width = bytes_uint(&b, 3) + 1;
        height = bytes_uint(&b, 3) + 1;
    } else if (str_eq(chunk, STR("VP8L"))) {
        bytes_skip(&b, 1);
        uint32_t bits = bytes_u32(&b);
        width = (bits & 0x3fff) + 1;
        height = (bits >> 14 & 0x3fff) + 1;
    } else {
        bytes_skip(&b, 6);
        width = bytes_u16(&b) & 0x3fff;
        height = bytes_u16(&b) & 0x3fff;
    }
    if (!bytes_ok(&b))
        return damaged(err);
    set_size(v, out, width, height);
    return true;
}

bool format_read_image(struct view *v, struct schema *out, struct err *err)
{
    struct str head;
    if (!view_get_some(v, 0, 32, 32, &head, err))
        return false;
    switch (out->format) {
    case FORMAT_PNG:
        return read_png(v, head, out, err);
    case FORMAT_JPEG:
        return read_jpeg(v, out, err);
    case FORMAT_GIF:
        return read_gif(v, head, out, err);
    case FORMAT_BMP:
        return read_bmp(v, head, out, err);
    default:
        return read_webp(v, head, out, err);
    }
}
