/* format_name: names of formats and packings, and what the suffix of a key promises. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format.h"

struct format_row {
    struct str text;
    struct str suffixes; /* blanks between them */
    bool is_table;
};

static const struct format_row FORMATS[] = {
    { STR_INIT("unknown"), STR_INIT(""), false },
#define F(name, text, is_table, suffixes) { STR_INIT(text), STR_INIT(suffixes), is_table },
#include "catalog/format.def"
#undef F
};

struct compression_row {
    struct str text;
    struct str suffixes;
};

static const struct compression_row COMPRESSIONS[] = {
    [COMPRESSION_NONE] = { STR_INIT("none"), STR_INIT("") },
    [COMPRESSION_GZIP] = { STR_INIT("gzip"), STR_INIT("gz gzip tgz") },
    [COMPRESSION_BZIP2] = { STR_INIT("bzip2"), STR_INIT("bz2 bz") },
    [COMPRESSION_XZ] = { STR_INIT("xz"), STR_INIT("xz lzma") },
    [COMPRESSION_ZSTD] = { STR_INIT("zstd"), STR_INIT("zst zstd") },
    [COMPRESSION_SNAPPY] = { STR_INIT("snappy"), STR_INIT("snappy sz") },
    [COMPRESSION_LZ4] = { STR_INIT("lz4"), STR_INIT("lz4") },
    [COMPRESSION_ZIP] = { STR_INIT("zip"), STR_INIT("") },
    [COMPRESSION_DEFLATE] = { STR_INIT("deflate"), STR_INIT("deflate") },
    [COMPRESSION_BROTLI] = { STR_INIT("brotli"), STR_INIT("br") },
    [COMPRESSION_LZO] = { STR_INIT("lzo"), STR_INIT("lzo") },
    [COMPRESSION_MIXED] = { STR_INIT("mixed"), STR_INIT("") },
};

struct str format_name(enum format format)
{
    return (size_t)format < ARRAY_LEN(FORMATS) ? FORMATS[format].text : FORMATS[0].text;
}

struct str compression_name(enum compression compression)
{
    return (size_t)compression < ARRAY_LEN(COMPRESSIONS) ? COMPRESSIONS[compression].text
                                                         : COMPRESSIONS[COMPRESSION_NONE].text;
}

enum format format_from_text(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
        if (str_eq(FORMATS[i].text, text))
            return (enum format)i;
    }
    return FORMAT_UNKNOWN;
}

bool format_is_table(enum format format)
{
    return (size_t)format < ARRAY_LEN(FORMATS) && FORMATS[format].is_table;
}

static bool has_word(struct str words, struct str word)
{
    struct str head;
    for (struct str rest = words; rest.len > 0;) {
        (void)str_cut(rest, ' ', &head, &rest);
        if (str_eq_nocase(head, word))
            return true;
    }
    return false;
}

/* Take the last ".suffix" off *name. */
static bool take_suffix(struct str *name, struct str *suffix)
{
    size_t dot = str_rfind_char(*name, '.');
    if (dot == SIZE_MAX || dot + 1 == name->len)
        return false;
    *suffix = str_from_pos(*name, dot + 1);
    *name = str_slice(*name, 0, dot);
    return true;
}

enum format format_from_name(struct str name, enum compression *out)
{
    struct str suffix = STR_EMPTY;
    enum compression packed = COMPRESSION_NONE;
    size_t slash = str_rfind_char(name, '/');
    struct str rest = slash == SIZE_MAX ? name : str_from_pos(name, slash + 1);
    bool has_suffix = take_suffix(&rest, &suffix);
    for (size_t i = 1; has_suffix && i < ARRAY_LEN(COMPRESSIONS); i++) {
        if (has_word(COMPRESSIONS[i].suffixes, suffix))
            packed = (enum compression)i;
    }
    if (out != NULL)
        *out = packed;
    if (packed != COMPRESSION_NONE) {
        if (str_eq_nocase(suffix, STR("tgz")))
            return FORMAT_TAR;
        has_suffix = take_suffix(&rest, &suffix);
    }
    for (size_t i = 1; has_suffix && i < ARRAY_LEN(FORMATS); i++) {
        if (has_word(FORMATS[i].suffixes, suffix))
            return (enum format)i;
    }
    return FORMAT_UNKNOWN;
}
