/* r_text: the strings of R: escapes (R-lang 10.3.1), and glue's {expressions}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/r_internal.h"

#include "util/scan.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(marks[n] | c);
    return n;
}

/* Up to max digits of a base, braces around them allowed. */
static uint32_t take_code(struct scan *s, unsigned max, int base)
{
    uint32_t code = 0;
    bool is_braced = base == 16 && scan_char(s, '{');
    for (unsigned i = 0; i < max && s->at < s->end; i++, s->at++) {
        int digit = hex_value(*s->at);
        if (digit < 0 || digit >= base)
            break;
        code = code * (uint32_t)base + (uint32_t)digit;
    }
    if (is_braced)
        (void)scan_char(s, '}');
    return code > 0x10FFFF ? 0xFFFD : code;
}

/* Behind the backslash; writes at most as many bytes as are read, plus none. */
static size_t decode_escape(struct scan *s, char *out)
{
    static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
    char c = *s->at++;
    for (size_t i = 0; from[i] != '\0'; i++)
        if (from[i] == c) {
            out[0] = to[i];
            return 1;
        }
    switch (c) {
    case 'x':
        out[0] = (char)take_code(s, 2, 16);
        return 1;
    case 'u':
        return put_utf8(out, take_code(s, 4, 16));
    case 'U':
        return put_utf8(out, take_code(s, 8, 16));
    default:
        break;
    }
    if (c >= '0' && c <= '7') {
        s->at--;
        out[0] = (char)take_code(s, 3, 8);
        return 1;
    }
    out[0] = c;
    return 1;
}

struct str r_text(struct arena *a, const struct r_token *t)
{
    struct str text = str_slice((struct str){ t->ptr, t->len }, t->opener, t->len - t->closer);
    if (t->is_raw || t->opener == 0 || str_find_char(text, '\\') == SIZE_MAX)
        return text;
    /* An escape is at least as long as what it stands for, but "\u" alone: two bytes for one. */
    char *out = arena_alloc(a, text.len + 4);
    size_t n = 0;
    struct scan s = scan_init(text);
    while (s.at < s.end) {
        char c = *s.at++;
        if (c == '\\' && s.at < s.end)
            n += decode_escape(&s, out + n);
        else
            out[n++] = c;
    }
    return (struct str){ out, n };
}

/* The text between two {expressions}: out[from..to). */
static void add_text(struct r_parser *p, struct node_list *parts, const struct node *at,
                     const char *out, size_t from, size_t to)
{
    if (from == to)
        return;
    struct node *n = r_node_at(p, NODE_TEXT, at);
    n->text = (struct str){ out + from, to - from };
    node_list_add(parts, n);
}

/* The end of the {expression} that begins at from (behind the brace), or SIZE_MAX. */
static size_t glue_end(struct str text, size_t from)
{
    size_t depth = 0;
    for (size_t i = from; i < text.len; i++) {
        if (text.ptr[i] == '{')
            depth++;
        else if (text.ptr[i] == '}' && depth-- == 0)
            return i;
    }
    return SIZE_MAX;
}

static struct node *glue_part(struct r_parser *p, struct str text, const struct node *at)
{
    struct node *n = r_node_at(p, NODE_INTERP, at);
    n->interp.value = r_parse_within(p, text, at);
    if (n->interp.value == NULL)
        n->interp.value = r_node_at(p, NODE_UNKNOWN, at);
    return n;
}

struct node *r_glue(struct r_parser *p, struct node *string)
{
    if (string->parts == NULL || string->parts->kind != NODE_TEXT || string->parts->next != NULL)
        return string;
    struct str text = string->parts->text;
    char *out = arena_alloc(p->arena, text.len);
    size_t n = 0, from = 0;
    bool has_ends = true; /* else the rest is text: looking again at each brace is quadratic */
    struct node_list parts = NODE_LIST_INIT(parts);
    for (size_t i = 0; i < text.len && !p->is_full;) {
        char c = text.ptr[i];
        bool is_doubled = (c == '{' || c == '}') && i + 1 < text.len && text.ptr[i + 1] == c;
        size_t end = c == '{' && !is_doubled && has_ends ? glue_end(text, i + 1) : 0;
        if (end == SIZE_MAX)
            has_ends = false;
        if (end > 0 && has_ends) {
            add_text(p, &parts, string, out, from, n);
            from = n;
            node_list_add(&parts, glue_part(p, str_slice(text, i + 1, end), string));
            i = end + 1;
        } else {
            out[n++] = c;
            i += is_doubled ? 2 : 1;
        }
    }
    add_text(p, &parts, string, out, from, n);
    struct node *glued = r_node_at(p, NODE_STRING, string);
    glued->flags = NODE_IS_FORMATTED;
    glued->parts = parts.first;
    return glued;
}
