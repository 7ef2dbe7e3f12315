/* xml: a scanner for tags. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/xml.h"

#include "util/buf.h"

static struct str without_prefix(struct str name)
{
    size_t colon = str_find_char(name, ':');
    return colon == SIZE_MAX ? name : str_from_pos(name, colon + 1);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What stands inside of one "<...>". */
static void split_tag(struct str inside, struct xml_tag *out)
{
    size_t n = 0;
    out->is_end = str_has_prefix(inside, STR("/"));
    out->is_empty = str_has_suffix(inside, STR("/"));
    inside = str_slice(inside, out->is_end ? 1 : 0, inside.len - (out->is_empty ? 1 : 0));
    while (n < inside.len && !is_blank(inside.ptr[n]))
        n++;
    out->name = without_prefix(str_slice(inside, 0, n));
    out->attributes = str_from_pos(inside, n);
}

bool xml_next(struct scan *s, struct xml_tag *out)
{
    const char *from = s->at;
    struct str skipped, inside;
    for (;;) {
        if (!scan_until(s, '<', &skipped))
            return false;
        out->before = (struct str){ from, (size_t)(s->at - 1 - from) };
        if (!scan_until(s, '>', &inside))
            return false;
        if (inside.len > 0 && inside.ptr[0] != '?' && inside.ptr[0] != '!') {
            split_tag(inside, out);
            return true;
        }
        from = s->at;
    }
}

struct str xml_attribute(const struct xml_tag *tag, struct str name)
{
    struct scan s = scan_init(tag->attributes);
    struct str key, value;
    while (scan_until(&s, '=', &key)) {
        if (scan_char(&s, '"') ? !scan_until(&s, '"', &value)
                               : !scan_char(&s, '\'') || !scan_until(&s, '\'', &value))
            return STR_EMPTY;
        if (str_eq(without_prefix(str_trim(key)), name))
            return value;
    }
    return STR_EMPTY;
}

static bool entity(struct str name, struct buf *out)
{
    static const struct {
        struct str name;
        char c;
    } NAMED[] = { { STR_INIT("amp"), '&' },
                  { STR_INIT("lt"), '<' },
                  { STR_INIT("gt"), '>' },
                  { STR_INIT("quot"), '"' },
                  { STR_INIT("apos"), '\'' } };
    uint64_t code;
    for (size_t i = 0; i < ARRAY_LEN(NAMED); i++) {
        if (str_eq(NAMED[i].name, name)) {
            buf_add_char(out, NAMED[i].c);
            return true;
        }
    }
    /* Numbers of ASCII; others are rare in names, and left as written. */
    if (name.len > 1 && name.ptr[0] == '#' && scan_whole_u64(str_from_pos(name, 1), 127, &code) &&
        code > 0) {
        buf_add_char(out, (char)code);
        return true;
    }
    return false;
}

struct str xml_text(struct arena *a, struct str written)
{
    AUTO_BUF out = BUF_INIT(written.len + 1);
    if (str_find_char(written, '&') == SIZE_MAX)
        return arena_str(a, written);
    for (size_t i = 0; i < written.len; i++) {
        size_t end =
            written.ptr[i] == '&' ? str_find_char(str_slice(written, i, i + 12), ';') : SIZE_MAX;
        if (end != SIZE_MAX && entity(str_slice(written, i + 1, i + end), &out))
            i += end;
        else
            buf_add_char(&out, written.ptr[i]);
    }
    return arena_str(a, buf_str(&out));
}
