/* writer: see writer.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/writer.h"

#include "util/clock.h"
#include "json/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){ .out = out };
}

/* The comma before a value, and the check that a value may stand here. */
static void before_value(struct json_writer *w)
{
    assert(w->depth == 0 || !w->is_object[w->depth] || w->has_key);
    if (w->has_item && !w->has_key)
        buf_add_char(w->out, ',');
    w->has_item = true;
    w->has_key = false;
}

static void open_container(struct json_writer *w, bool is_object)
{
    before_value(w);
    assert(w->depth < LIMIT_DEPTH);
    w->is_object[++w->depth] = is_object;
    w->has_item = false;
    buf_add_char(w->out, is_object ? '{' : '[');
}

void json_write_object(struct json_writer *w)
{
    open_container(w, true);
}

void json_write_array(struct json_writer *w)
{
    open_container(w, false);
}

void json_write_end(struct json_writer *w)
{
    assert(w->depth > 0 && !w->has_key);
    buf_add_char(w->out, w->is_object[w->depth--] ? '}' : ']');
    w->has_item = true;
}

void json_write_key(struct json_writer *w, struct str key)
{
    assert(w->depth > 0 && w->is_object[w->depth] && !w->has_key);
    if (w->has_item)
        buf_add_char(w->out, ',');
    json_quote(w->out, key);
    buf_add_char(w->out, ':');
    w->has_key = true;
}

void json_write_str(struct json_writer *w, struct str text)
{
    before_value(w);
    json_quote(w->out, text);
}

void json_write_i64(struct json_writer *w, int64_t n)
{
    before_value(w);
    buf_add_i64(w->out, n);
}

void json_write_u64(struct json_writer *w, uint64_t n)
{
    before_value(w);
    buf_add_u64(w->out, n);
}

void json_write_f64(struct json_writer *w, double n)
{
    char text[32];
    before_value(w);
    if (!isfinite(n)) {
        buf_add(w->out, STR("null"));
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, n);
        double back = strtod(text, NULL);
        if (back <= n && back >= n)
            break;
    }
    /* "-0" would be read as a whole number, which has no sign at zero. */
    buf_add(w->out, str_eq(str_from(text), STR("-0")) ? STR("-0.0") : str_from(text));
}

void json_write_bool(struct json_writer *w, bool b)
{
    before_value(w);
    buf_add(w->out, b ? STR("true") : STR("false"));
}

void json_write_null(struct json_writer *w)
{
    before_value(w);
    buf_add(w->out, STR("null"));
}

void json_write_time(struct json_writer *w, int64_t unix_ms)
{
    char text[RFC3339_SIZE];
    time_rfc3339(unix_ms, text);
    json_write_str(w, str_from(text));
}

void json_write_raw(struct json_writer *w, struct str json_text)
{
    before_value(w);
    buf_add(w->out, json_text);
}

static void write_scalar(struct json_writer *w, const struct json *value)
{
    switch (value->kind) {
    case JSON_KIND_NULL:
        json_write_null(w);
        return;
    case JSON_KIND_BOOL:
        json_write_bool(w, value->boolean);
        return;
    case JSON_KIND_INT:
        json_write_i64(w, value->integer);
        return;
    case JSON_KIND_REAL:
        json_write_f64(w, value->real);
        return;
    case JSON_KIND_STR:
        json_write_str(w, value->text);
        return;
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        break;
    }
    panic("json kind %d is no scalar", (int)value->kind);
}

/* The reader bounds the depth of every tree by LIMIT_DEPTH. */
void json_write_json(struct json_writer *w, const struct json *value)
{
    if (value->kind != JSON_KIND_ARRAY && value->kind != JSON_KIND_OBJECT) {
        write_scalar(w, value);
        return;
    }
    open_container(w, value->kind == JSON_KIND_OBJECT);
    for (unsigned i = 0; i < value->n_items; i++) {
        if (value->kind == JSON_KIND_OBJECT)
            json_write_key(w, value->items[i].key);
        json_write_json(w, &value->items[i]);
    }
    json_write_end(w);
}

void json_put_str(struct json_writer *w, struct str key, struct str text)
{
    json_write_key(w, key);
    json_write_str(w, text);
}

void json_put_i64(struct json_writer *w, struct str key, int64_t n)
{
    json_write_key(w, key);
    json_write_i64(w, n);
}

void json_put_u64(struct json_writer *w, struct str key, uint64_t n)
{
    json_write_key(w, key);
    json_write_u64(w, n);
}

void json_put_f64(struct json_writer *w, struct str key, double n)
{
    json_write_key(w, key);
    json_write_f64(w, n);
}

void json_put_bool(struct json_writer *w, struct str key, bool b)
{
    json_write_key(w, key);
    json_write_bool(w, b);
}

void json_put_null(struct json_writer *w, struct str key)
{
    json_write_key(w, key);
    json_write_null(w);
}

void json_put_time(struct json_writer *w, struct str key, int64_t unix_ms)
{
    json_write_key(w, key);
    json_write_time(w, unix_ms);
}

void json_put_str_if(struct json_writer *w, struct str key, struct str text)
{
    if (text.len > 0)
        json_put_str(w, key, text);
}

/* Bytes of the well-formed UTF-8 sequence at text[at], or 0 (RFC 3629). */
static size_t sequence(struct str text, size_t at)
{
    unsigned char lead = (unsigned char)text.ptr[at];
    size_t len = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (len == 1)
        return 1;
    return at + len <= text.len && str_is_utf8(str_slice(text, at, at + len)) ? len : 0;
}

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char letters[] = "btn\0fr";
    if (c == '"' || c == '\\')
        buf_printf(out, "\\%c", c);
    else if (c >= 8 && c <= 13 && letters[c - 8] != '\0')
        buf_printf(out, "\\%c", letters[c - 8]);
    else
        buf_printf(out, "\\u%04x", c);
}

void json_quote(struct buf *out, struct str text)
{
    size_t start = 0, at = 0;
    buf_add_char(out, '"');
    while (at < text.len) {
        unsigned char c = (unsigned char)text.ptr[at];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            at++;
            continue;
        }
        size_t len = c < 0x80 ? 0 : sequence(text, at);
        if (len > 0) {
            at += len;
            continue;
        }
        buf_add(out, str_slice(text, start, at));
        if (c < 0x80)
            add_escaped(out, c);
        else
            buf_add(out, STR("\xEF\xBF\xBD"));
        start = ++at;
    }
    buf_add(out, str_slice(text, start, at));
    buf_add_char(out, '"');
}
