/*
 * object_name: see object_name.h.
 *
 * The stem is gone through once; what varies between siblings becomes "*", and two "*" that only
 * marks part ("-", "_", ".", ":", "T", "Z", "+", blanks) become one, so that dates and times need
 * no grammar of their own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/object_name.h"

#include "lineage/uri.h"
#include "util/buf.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word_of(struct str words, struct str word)
{
    for (struct str one, rest = words; rest.len > 0;) {
        (void)str_cut(rest, ' ', &one, &rest);
        if (str_eq_nocase(one, word))
            return true;
    }
    return false;
}

static bool is_ignored(struct str name)
{
    static const struct str suffixes[] = {
        STR_INIT("_$folder$"),
        STR_INIT(".crc"),
        STR_INIT(".tmp"),
        STR_INIT(".temp"),
        STR_INIT(".swp"),
        STR_INIT("._COPYING_"),
        STR_INIT(".partial"),
        STR_INIT(".crdownload"),
        STR_INIT("~"),
        STR_INIT(".inprogress"),
        /* what Athena and S3 write beside a result */
        STR_INIT(".csv.metadata"),
        STR_INIT(".sha256"),
        STR_INIT(".md5"),
        STR_INIT(".checksum"),
    };
    if (name.len == 0 || name.ptr[0] == '_' || name.ptr[0] == '.' || name.ptr[0] == '~')
        return true;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (str_has_suffix_nocase(name, suffixes[i]))
            return true;
    }
    return is_word_of(STR("thumbs.db desktop.ini zarr.json"), name);
}

/* Cut ".suffix" off; a suffix has 1 to 12 letters and digits and at least one letter. */
static struct str take_suffix(struct str *stem)
{
    size_t dot = str_rfind_char(*stem, '.');
    if (dot == SIZE_MAX || dot == 0 || stem->len - dot - 1 > 12)
        return STR_EMPTY;
    struct str suffix = str_from_pos(*stem, dot + 1);
    bool has_letter = false;
    for (size_t i = 0; i < suffix.len; i++) {
        has_letter = has_letter || is_letter(suffix.ptr[i]);
        if (!is_letter(suffix.ptr[i]) && !is_digit(suffix.ptr[i]))
            return STR_EMPTY;
    }
    if (!has_letter)
        return STR_EMPTY;
    *stem = str_slice(*stem, 0, dot);
    return suffix;
}

static size_t hex_run(struct str s, size_t at, bool *has_digit)
{
    size_t n = 0;
    while (at + n < s.len && is_hex(s.ptr[at + n])) {
        *has_digit = *has_digit || is_digit(s.ptr[at + n]);
        n++;
    }
    return n;
}

/* The length of a uuid at this place (8-4-4-4-12 hexadecimal digits), or 0. */
static size_t uuid_length(struct str s, size_t at)
{
    static const unsigned char groups[] = { 8, 4, 4, 4, 12 };
    size_t i = at;
    for (size_t g = 0; g < sizeof groups; g++) {
        if (g > 0 && (i >= s.len || (s.ptr[i] != '-' && s.ptr[i] != '_')))
            return 0;
        i += g > 0;
        for (size_t k = 0; k < groups[g]; k++, i++) {
            if (i >= s.len || !is_hex(s.ptr[i]))
                return 0;
        }
    }
    return i - at;
}

/* How many bytes here vary from sibling to sibling: a uuid, a hash, a number; 0 for none.  A hash
 * stands between marks: "face1.csv" holds a number, no hash. */
static size_t varying_length(struct str s, size_t at)
{
    bool has_digit = false, is_start = at == 0 || !(is_letter(s.ptr[at - 1]));
    size_t n = is_start ? uuid_length(s, at) : 0;
    if (n > 0)
        return n;
    n = is_start ? hex_run(s, at, &has_digit) : 0;
    bool is_end = at + n == s.len || !is_letter(s.ptr[at + n]);
    if (is_end && has_digit && n >= 12)
        return n;
    for (n = 0; at + n < s.len && is_digit(s.ptr[at + n]);)
        n++;
    return n;
}

static bool is_mark(char c)
{
    return memchr("-_.:TZ+ ", c, 8) != NULL && c != '\0';
}

/* Append what stands between two varying pieces; marks alone (or Athena's five letters in front of
 * a uuid) are part of them. */
static bool is_part_of_both(struct str between, bool is_uuid_next)
{
    size_t n_letters = 0;
    bool is_marks = between.len <= 4, is_short = between.len <= 7;
    for (size_t i = 0; i < between.len; i++) {
        is_marks = is_marks && is_mark(between.ptr[i]);
        n_letters += is_letter(between.ptr[i]) && !is_mark(between.ptr[i]);
    }
    return is_marks || (is_uuid_next && is_short && n_letters == 5);
}

static void make_pattern(struct buf *out, struct str stem)
{
    size_t from = 0;
    bool has_star = false;
    for (size_t at = 0; at < stem.len;) {
        size_t n = varying_length(stem, at);
        if (n == 0) {
            at++;
            continue;
        }
        struct str between = str_slice(stem, from, at);
        if (!has_star || !is_part_of_both(between, n >= 32)) {
            buf_add(out, between);
            buf_add_char(out, '*');
            has_star = true;
        }
        at += n;
        from = at;
    }
    struct str rest = str_from_pos(stem, from);
    if (!has_star || !(rest.len == 1 && rest.ptr[0] == 'Z'))
        buf_add(out, rest);
}

/* Do only words of writers stand in the pattern's stem, and at least one "*"? */
static bool is_of_writer(struct str pattern)
{
    size_t n = 0;
    for (size_t i = 0; i < pattern.len; i += n + 1) {
        for (n = 0; i + n < pattern.len && is_letter(pattern.ptr[i + n]);)
            n++;
        if (n > 0 &&
            !is_word_of(STR("part data file chunk batch output result results r m c tmp block "
                            "shard of split run task attempt snappy gz gzip zstd lz4 uncompressed "
                            "base delta bucket rows partition"),
                        str_slice(pattern, i, i + n)))
            return false;
    }
    return str_find_char(pattern, '*') != SIZE_MAX;
}

static bool is_of_digits(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!is_digit(name.ptr[i]) && name.ptr[i] != '.')
            return false;
    }
    return name.len > 0 && is_digit(name.ptr[0]);
}

static enum object_role role_of(struct str name, struct str suffix, enum format format)
{
    if (is_ignored(name))
        return OBJECT_IGNORED;
    if (is_word_of(STR("sourcedir.tar.gz source.tar.gz manifest.json"), name) ||
        format == FORMAT_NOTEBOOK)
        return OBJECT_OTHER;
    if (is_word_of(STR("wav mp3 flac ogg m4a mp4 avi mov mkv webm dcm jp2 tif tiff gtiff"), suffix))
        return OBJECT_MEDIA;
    switch (uri_what(name)) {
    case URI_WHAT_DATA:
    case URI_WHAT_ARCHIVE:
        return OBJECT_DATA;
    case URI_WHAT_FIGURE:
        return OBJECT_MEDIA;
    case URI_WHAT_UNKNOWN:
        return format_is_table(format) ? OBJECT_DATA : OBJECT_UNKNOWN;
    default:
        return OBJECT_OTHER;
    }
}

struct object_name object_name_parse(struct arena *a, struct str name)
{
    struct object_name out = { .pattern = name, .is_literal = true };
    struct str stem = name;
    out.format = format_from_name(name, &out.compression);
    struct str suffix = take_suffix(&stem);
    if (out.compression != COMPRESSION_NONE)
        suffix = take_suffix(&stem);
    out.role = role_of(name, suffix, out.format);
    out.is_number = is_of_digits(name);
    if (out.role == OBJECT_IGNORED || out.role == OBJECT_OTHER)
        return out;
    AUTO_BUF text = BUF_INIT(LIMIT_KEY_BYTES + 1);
    make_pattern(&text, stem);
    struct str made = buf_str(&text);
    if (str_find_char(made, '*') == SIZE_MAX || str_find_char(name, '*') != SIZE_MAX)
        return out;
    out.is_machine = is_of_writer(made);
    buf_add(&text, str_from_pos(name, stem.len));
    out.pattern = arena_str(a, buf_str(&text));
    out.is_literal = false;
    return out;
}
