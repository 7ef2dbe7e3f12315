/* format_magic: formats and packings that begin with bytes of their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

struct magic {
    unsigned offset;
    struct str bytes;
    enum format format;
    enum compression packed;
};

#define M(offset, text, format)                                                                    \
    {                                                                                              \
        offset, STR_INIT(text), FORMAT_##format, COMPRESSION_NONE                                  \
    }
#define P(text, packed)                                                                            \
    {                                                                                              \
        0, STR_INIT(text), FORMAT_UNKNOWN, COMPRESSION_##packed                                    \
    }

/* The first that fits; longer ones stand before shorter ones that they begin with. */
static const struct magic MAGIC[] = {
    M(0, "PAR1", PARQUET),
    M(0, "PARE", PARQUET),
    M(0, "Obj\x01", AVRO),
    M(0, "ORC", ORC),
    M(0, "ARROW1", ARROW),
    M(0, "FEA1", FEATHER),
    M(0, "\x89HDF\r\n\x1a\n", HDF5),
    M(0, "CDF\x01", NETCDF),
    M(0, "CDF\x02", NETCDF),
    M(0, "CDF\x05", NETCDF),
    M(0, "II*\0", TIFF),
    M(0, "MM\0*", TIFF),
    M(0, "II+\0\x08\0\0\0", TIFF),
    M(0, "MM\0+\0\x08\0\0", TIFF),
    M(0, "\x89PNG\r\n\x1a\n", PNG),
    M(0, "\xff\xd8\xff", JPEG),
    M(0, "GIF87a", GIF),
    M(0, "GIF89a", GIF),
    M(0, "\x93NUMPY", NPY),
    M(0, "SQLite format 3\0", SQLITE),
    M(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS),
    M(0, "RDX2\n", RDATA),
    M(0, "RDX3\n", RDATA),
    M(0, "RDA2\n", RDATA),
    M(0, "RDA3\n", RDATA),
    M(0, "X\n\0\0\0\x02", RDATA),
    M(0, "X\n\0\0\0\x03", RDATA),
    M(0, "<stata_dta>", STATA),
    M(0, "$FL2@(#)", SPSS),
    M(0, "$FL3@(#)", SPSS),
    M(0, "HEADER RECORD*******LIBRARY HEADER", SAS),
    M(0, "\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", SAS),
    M(0, "%PDF-", PDF),
    M(257, "ustar", TAR),
    P("\x1f\x8b", GZIP),
    P("BZh", BZIP2),
    P("\xfd"
      "7zXZ\0",
      XZ),
    P("\x28\xb5\x2f\xfd", ZSTD),
    P("\xff\x06\0\0sNaPpY", SNAPPY),
    P("\x04\x22\x4d\x18", LZ4),
    P("PK\x03\x04", ZIP),
    P("PK\x05\x06", ZIP),
};

static bool is_there(struct str head, unsigned offset, struct str bytes)
{
    return head.len >= offset + bytes.len &&
           str_eq(str_slice(head, offset, offset + bytes.len), bytes);
}

static uint32_t u32_at(struct str head, size_t offset)
{
    struct bytes b = bytes_le(str_from_pos(head, offset));
    return bytes_u32(&b);
}

/* Forms whose first bytes alone are too short to be sure. */
static enum format by_structure(struct str head)
{
    if (is_there(head, 0, STR("RIFF")) && is_there(head, 8, STR("WEBP")))
        return FORMAT_WEBP;
    if (is_there(head, 0, STR("BM")) && head.len >= 26 && u32_at(head, 6) == 0 &&
        (u32_at(head, 14) == 40 || u32_at(head, 14) == 124 || u32_at(head, 14) == 108))
        return FORMAT_BMP;
    /* A stream of Arrow begins with a message: continuation mark, its length, a flatbuffer. */
    if (is_there(head, 0, STR("\xff\xff\xff\xff")) && head.len >= 16 && u32_at(head, 4) >= 16 &&
        u32_at(head, 4) % 8 == 0 && u32_at(head, 8) < u32_at(head, 4))
        return FORMAT_ARROW_STREAM;
    if (head.len >= 3 && (unsigned char)head.ptr[0] == 0x80 && head.ptr[1] >= 2 && head.ptr[1] <= 5)
        return FORMAT_PICKLE;
    /* HDF5 behind a user block of a power of two. */
    for (unsigned at = 512; at < head.len; at *= 2) {
        if (is_there(head, at, STR("\x89HDF\r\n\x1a\n")))
            return FORMAT_HDF5;
    }
    return FORMAT_UNKNOWN;
}

enum format format_magic(struct str head, enum compression *packed)
{
    *packed = COMPRESSION_NONE;
    for (size_t i = 0; i < ARRAY_LEN(MAGIC); i++) {
        if (is_there(head, MAGIC[i].offset, MAGIC[i].bytes)) {
            *packed = MAGIC[i].packed;
            return MAGIC[i].format;
        }
    }
    return by_structure(head);
}
