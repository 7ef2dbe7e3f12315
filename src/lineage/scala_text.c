/* scala_text: the strings of Scala: escapes (SLS 1.3), $name and ${...}, formats, margins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/scala_internal.h"

#include <string.h>

struct text_state {
    struct scala_parser *p;
    const struct scala_token *token;
    struct node_list parts;
    char *out;      /* the text so far, of all parts */
    size_t from, n; /* out[from..n) is the part at hand */
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static void end_text(struct text_state *s)
{
    if (s->from < s->n) {
        struct str text = { s->out + s->from, s->n - s->from };
        node_list_add(&s->parts, scala_word(s->p, NODE_TEXT, s->token, text));
    }
    s->from = s->n;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX is two bytes more than its UTF-8; surrogates become U+FFFD. */
static size_t put_unicode(struct text_state *s, struct str text, size_t at)
{
    uint32_t code = 0;
    size_t n = 0;
    while (at < text.len && text.ptr[at] == 'u')
        at++;
    for (; n < 4 && at < text.len && hex_value(text.ptr[at]) >= 0; n++, at++)
        code = code * 16 + (uint32_t)hex_value(text.ptr[at]);
    if (code >= 0xD800 && code < 0xE000)
        code = 0xFFFD;
    if (code < 0x80) {
        s->out[s->n++] = (char)code;
    } else if (code < 0x800) {
        s->out[s->n++] = (char)(0xC0 | (code >> 6));
        s->out[s->n++] = (char)(0x80 | (code & 0x3F));
    } else {
        s->out[s->n++] = (char)(0xE0 | (code >> 12));
        s->out[s->n++] = (char)(0x80 | ((code >> 6) & 0x3F));
        s->out[s->n++] = (char)(0x80 | (code & 0x3F));
    }
    return at;
}

/* Behind a backslash: the place behind the escape. */
static size_t put_escape(struct text_state *s, struct str text, size_t at)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    char c = text.ptr[at];
    if (c == 'u')
        return put_unicode(s, text, at);
    const char *found = c == '\0' ? NULL : strchr(from, c);
    s->out[s->n++] = found != NULL ? to[found - from] : c;
    return at + 1;
}

/* "%05.2f" behind a part of f"...": a NODE_STRING in the form of Python. */
static size_t take_format(struct text_state *s, struct str text, size_t at, struct node *interp)
{
    size_t end = at + 1;
    if (s->token->form != 'f' || at >= text.len || text.ptr[at] != '%')
        return at;
    while (end < text.len && strchr("-#+ 0,(.123456789", text.ptr[end]) != NULL &&
           text.ptr[end] != '\0')
        end++;
    if (end == text.len || !is_name(text.ptr[end]) || (unsigned char)text.ptr[end] >= 0x80)
        return at;
    struct str spec = str_slice(text, at + 1, end + 1);
    if (str_eq(spec, STR("s")) || str_eq(spec, STR("d")))
        return end + 1;
    if (str_has_suffix(spec, STR("s")))
        spec.len--;
    interp->interp.spec = scala_node(s->p, NODE_STRING, s->token);
    interp->interp.spec->parts = scala_word(s->p, NODE_TEXT, s->token, spec);
    return end + 1;
}

/* Behind "$", which is no "$$": the place behind the part. */
static size_t put_part(struct text_state *s, struct str text, size_t at)
{
    size_t end = at;
    struct node *value = NULL;
    if (text.ptr[at] == '{') {
        end = scala_lex_code_end(text, at + 1);
        value = scala_parse_within(s->p, str_slice(text, at + 1, end), s->token);
        end++;
    } else {
        while (end < text.len && is_name(text.ptr[end]))
            end++;
        struct str name = str_slice(text, at, end);
        value = str_eq(name, STR("this")) ? NULL : scala_word(s->p, NODE_NAME, s->token, name);
    }
    end_text(s);
    struct node *interp = scala_node(s->p, NODE_INTERP, s->token);
    interp->interp.value = value != NULL ? value : scala_node(s->p, NODE_UNKNOWN, s->token);
    node_list_add(&s->parts, interp);
    return take_format(s, text, end, interp);
}

struct node *scala_string(struct scala_parser *p)
{
    struct scala_token t = scala_next(p);
    struct str text = str_slice((struct str){ t.ptr, t.len }, t.opener, t.len - t.closer);
    struct node *string = scala_node(p, NODE_STRING, &t);
    bool has_parts = t.form != '\0';
    bool has_escapes = t.form != 'R' && (!t.is_triple || has_parts);
    struct text_state s = { .p = p, .token = &t };
    if (memchr(text.ptr, has_parts ? '$' : '\\', text.len) == NULL &&
        (!has_escapes || memchr(text.ptr, '\\', text.len) == NULL)) {
        if (text.len > 0)
            string->parts = scala_word(p, NODE_TEXT, &t, text);
        string->flags = has_parts ? NODE_IS_FORMATTED : 0;
        return string;
    }
    s.parts = (struct node_list)NODE_LIST_INIT(s.parts);
    s.out = arena_alloc(p->arena, text.len);
    for (size_t i = 0; i < text.len && !p->is_full;) {
        char c = text.ptr[i];
        char following = i + 1 < text.len ? text.ptr[i + 1] : '\0';
        if (c == '\\' && has_escapes && i + 1 < text.len) {
            i = put_escape(&s, text, i + 1);
        } else if (c == '$' && has_parts && (following == '{' || is_name(following))) {
            i = put_part(&s, text, i + 1);
        } else {
            s.out[s.n++] = c;
            i += c == '$' && has_parts && following == '$' ? 2 : 1;
        }
    }
    end_text(&s);
    string->parts = s.parts.first;
    string->flags = has_parts ? NODE_IS_FORMATTED : 0;
    return string;
}

/* Blanks and a "|" at the beginning of each line go. */
static struct str without_margin(struct arena *a, struct str text, bool at_line_start)
{
    char *out = arena_alloc(a, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len;) {
        if (at_line_start) {
            size_t bar = i;
            while (bar < text.len && (text.ptr[bar] == ' ' || text.ptr[bar] == '\t'))
                bar++;
            if (bar < text.len && text.ptr[bar] == '|')
                i = bar + 1;
            else if (bar > i) {
                memcpy(out + n, text.ptr + i, bar - i);
                n += bar - i;
                i = bar;
            }
            at_line_start = false;
            continue;
        }
        at_line_start = text.ptr[i] == '\n';
        out[n++] = text.ptr[i++];
    }
    return (struct str){ out, n };
}

void scala_strip_margin(struct scala_parser *p, struct node *string)
{
    bool at_line_start = true;
    for (struct node *part = string->parts; part != NULL; part = part->next) {
        if (part->kind == NODE_TEXT)
            part->text = without_margin(p->arena, part->text, at_line_start);
        at_line_start = false;
    }
}
