/* pure_case: letter case, and questions about texts.  See pure_text.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_text.h"

#include <string.h>

/* Upper-case letters that stand a fixed distance below their lower-case ones. */
static const struct {
    uint32_t first, last, distance;
} case_ranges[] = {
    { 'A', 'Z', 32 },     { 0xC0, 0xD6, 32 },   { 0xD8, 0xDE, 32 },   { 0x391, 0x3A1, 32 },
    { 0x3A3, 0x3AB, 32 }, { 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 },
};
/* Ranges where upper and lower case alternate; the first is upper case. */
static const struct {
    uint32_t first, last;
} case_pairs[] = { { 0x100, 0x12F }, { 0x132, 0x137 }, { 0x14A, 0x177 }, { 0x460, 0x481 } };
/* The same, where upper case is odd. */
static const struct {
    uint32_t first, last;
} odd_pairs[] = { { 0x139, 0x148 }, { 0x179, 0x17E } };

static uint32_t lower_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof case_ranges / sizeof *case_ranges; i++)
        if (c >= case_ranges[i].first && c <= case_ranges[i].last)
            return c + case_ranges[i].distance;
    for (size_t i = 0; i < sizeof case_pairs / sizeof *case_pairs; i++)
        if (c >= case_pairs[i].first && c <= case_pairs[i].last)
            return c | 1;
    for (size_t i = 0; i < sizeof odd_pairs / sizeof *odd_pairs; i++)
        if (c >= odd_pairs[i].first && c <= odd_pairs[i].last)
            return c % 2 == 1 ? c + 1 : c;
    return c;
}

static uint32_t upper_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof case_ranges / sizeof *case_ranges; i++)
        if (c >= case_ranges[i].first + case_ranges[i].distance &&
            c <= case_ranges[i].last + case_ranges[i].distance)
            return c - case_ranges[i].distance;
    for (size_t i = 0; i < sizeof case_pairs / sizeof *case_pairs; i++)
        if (c >= case_pairs[i].first && c <= case_pairs[i].last)
            return c & ~1U;
    for (size_t i = 0; i < sizeof odd_pairs / sizeof *odd_pairs; i++)
        if (c >= odd_pairs[i].first && c <= odd_pairs[i].last)
            return c % 2 == 0 ? c - 1 : c;
    return c;
}

static bool has_case(uint32_t c)
{
    return lower_of(c) != c || upper_of(c) != c;
}

/* A character of one or two bytes; the longer ones have no case here. */
static uint32_t decode(struct str s)
{
    if (s.len == 2)
        return ((uint32_t)(s.ptr[0] & 0x1F) << 6) | (s.ptr[1] & 0x3F);
    return s.len == 1 ? (unsigned char)s.ptr[0] : 0;
}

static void add_character(struct text_out *out, uint32_t c)
{
    char bytes[2] = { (char)c, 0 };
    if (c >= 0x80) {
        bytes[0] = (char)(0xC0 | (c >> 6));
        bytes[1] = (char)(0x80 | (c & 0x3F));
    }
    text_out_add(out, (struct str){ bytes, c < 0x80 ? 1 : 2 });
}

static uint32_t cased(uint32_t c, enum text_case how, bool is_first, bool is_after_letter)
{
    switch (how) {
    case CASE_UPPER:
        return upper_of(c);
    case CASE_CAPITAL:
        return is_first ? upper_of(c) : lower_of(c);
    case CASE_TITLE:
        return is_after_letter ? lower_of(c) : upper_of(c);
    case CASE_SWAP:
        return lower_of(c) != c ? lower_of(c) : upper_of(c);
    default:
        return lower_of(c);
    }
}

struct value *text_cased(struct values *vs, const struct value *text, enum text_case how)
{
    struct text_out out = TEXT_OUT_INIT(vs);
    struct str s = text->text.bytes;
    bool is_after_letter = false;
    for (size_t at = 0, size; at < s.len; at += size) {
        size = utf8_size((unsigned char)s.ptr[at]);
        uint32_t c = decode(str_slice(s, at, at + size));
        if (c == 0 || s.ptr[at] == HOLE_BYTE || (size == 1 && c >= 0x80))
            text_out_slice(&out, text, at, at + size);
        else if (c == 0xDF && how == CASE_UPPER)
            text_out_add(&out, STR("SS"));
        else
            add_character(&out, cased(c, how, at == 0, is_after_letter));
        is_after_letter = c != 0 && has_case(c);
    }
    return text_out_take(&out, text->flags & VALUE_IS_BYTES);
}

struct value *text_case(const struct pure_call *c)
{
    return text_cased(c->vs, c->self, (enum text_case)c->how);
}

/* 1 yes, -1 no, 0 not known: s may have a hole. */
static int has_prefix(struct str s, struct str prefix)
{
    size_t hole = str_find_char(s, HOLE_BYTE);
    if (hole >= prefix.len)
        return str_has_prefix(s, prefix) ? 1 : -1;
    return str_has_prefix(prefix, str_slice(s, 0, hole)) ? 0 : -1;
}

static int has_suffix(struct str s, struct str suffix)
{
    size_t hole = str_rfind_char(s, HOLE_BYTE);
    struct str tail = hole == SIZE_MAX ? s : str_from_pos(s, hole + 1);
    if (hole == SIZE_MAX || tail.len >= suffix.len)
        return str_has_suffix(tail, suffix) ? 1 : -1;
    return str_has_suffix(suffix, tail) ? 0 : -1;
}

static int has_end(const struct pure_call *c, const struct value *part)
{
    struct str s;
    if (!value_is_known_text(part, &s))
        return 0;
    return c->how == 1 ? has_prefix(c->self->text.bytes, s) : has_suffix(c->self->text.bytes, s);
}

struct value *text_has_end(const struct pure_call *c)
{
    const struct value *part = pure_arg(c, 0, STR_EMPTY);
    if (part == NULL || c->args->n_items > 1)
        return NULL;
    int is = part->kind == VALUE_SEQ ? -1 : has_end(c, part);
    for (size_t i = 0; part->kind == VALUE_SEQ && i < part->seq->n && is != 1; i++) {
        int one = has_end(c, part->seq->items[i]);
        is = one >= 0 ? one : is;
    }
    return is == 0 ? NULL : value_bool(c->vs, is > 0);
}

static int64_t count_characters(struct str s)
{
    int64_t n = 0;
    for (size_t at = 0; at < s.len; n++)
        at += utf8_size((unsigned char)s.ptr[at]);
    return n;
}

struct value *text_index(const struct pure_call *c)
{
    struct str s, part;
    if (!value_is_known_text(c->self, &s) || !pure_arg_known(c, 0, STR_EMPTY, &part) ||
        part.len == 0 || c->args->n_items > 1)
        return NULL;
    size_t at = str_find(s, part, 0);
    for (size_t next = at; c->how == 1 && next != SIZE_MAX; next = str_find(s, part, next + 1))
        at = next;
    return value_whole(c->vs, at == SIZE_MAX ? -1 : count_characters(str_slice(s, 0, at)));
}

struct value *text_count(const struct pure_call *c)
{
    struct str s, part;
    int64_t n = 0;
    if (!value_is_known_text(c->self, &s) || !pure_arg_known(c, 0, STR_EMPTY, &part) ||
        part.len == 0 || c->args->n_items > 1)
        return NULL;
    for (size_t at = str_find(s, part, 0); at != SIZE_MAX; at = str_find(s, part, at + part.len))
        n++;
    return value_whole(c->vs, n);
}

struct value *text_is(const struct pure_call *c)
{
    struct str s;
    if (!value_is_known_text(c->self, &s))
        return NULL;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char b = (unsigned char)s.ptr[i];
        bool is_digit = b >= '0' && b <= '9';
        bool is_alpha = (b | 32U) >= 'a' && (b | 32U) <= 'z';
        if (b >= 0x80) /* which letters there are is not known here */
            return NULL;
        if (!(is_digit && c->how != IS_ALPHA) && !(is_alpha && c->how != IS_DIGIT))
            return value_bool(c->vs, false);
    }
    return value_bool(c->vs, s.len > 0);
}
