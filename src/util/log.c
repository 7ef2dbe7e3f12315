/* log: see log.h.  Control bytes and bytes that are not UTF-8 are escaped, so a line is one line.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/log.h"

#include "util/buf.h"
#include "util/clock.h"

#include <unistd.h>

enum { VALUE_MAX = 2048, LINE_MAX_BYTES = 32 * 1024 };

static const char *const level_names[] = { "debug", "info", "warn", "error", "off" };
static const char *const format_names[] = { "logfmt", "json" };

static struct {
    int fd;
    enum log_level least;
    enum log_format format;
} sink = { STDERR_FILENO, LOG_INFO, LOG_LOGFMT };

void log_setup(int fd, enum log_level least, enum log_format format)
{
    sink.fd = fd;
    sink.least = least;
    sink.format = format;
}

bool log_enabled(enum log_level level)
{
    return level >= sink.least && sink.least != LOG_OFF;
}

static void add_quoted(struct buf *line, struct str text)
{
    text = str_slice(text, 0, VALUE_MAX);
    bool utf8 = str_is_utf8(text);
    buf_add_char(line, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_printf(line, "\\%c", c);
        else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8))
            buf_printf(line, "\\u%04x", c);
        else
            buf_add_char(line, (char)c);
    }
    buf_add_char(line, '"');
}

static bool is_bare(struct str text)
{
    if (text.len == 0 || text.len > VALUE_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7F || text.ptr[i] == '"' || text.ptr[i] == '=' ||
            text.ptr[i] == '\\')
            return false;
    return true;
}

static void add_text(struct buf *line, struct str text)
{
    if (sink.format == LOG_LOGFMT && is_bare(text))
        buf_add(line, text);
    else
        add_quoted(line, text);
}

static void add_key(struct buf *line, const char *key)
{
    if (sink.format == LOG_JSON)
        buf_printf(line, "%s\"%s\":", line->len > 1 ? "," : "", key);
    else
        buf_printf(line, "%s%s=", line->len > 0 ? " " : "", key);
}

static void add_field(struct buf *line, const struct log_field *f)
{
    add_key(line, f->key);
    switch (f->kind) {
    case LOG_FIELD_STR:
        add_text(line, f->text);
        break;
    case LOG_FIELD_I64:
        buf_add_i64(line, f->number);
        break;
    case LOG_FIELD_F64:
        buf_printf(line, "%.3f", f->real);
        break;
    }
}

static void write_line(struct str line)
{
    while (line.len > 0) {
        ssize_t n = write(sink.fd, line.ptr, line.len);
        if (n <= 0)
            return; /* a log that cannot be written must not stop the service */
        line = str_from_pos(line, (size_t)n);
    }
}

void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t n_fields)
{
    char now[RFC3339_SIZE];
    if (!log_enabled(level))
        return;
    AUTO_BUF line = BUF_INIT(LINE_MAX_BYTES);
    time_rfc3339(clock_unix_ms(), now);
    if (sink.format == LOG_JSON)
        buf_add_char(&line, '{');
    add_field(&line, &LOG_STR("time", str_from(now)));
    add_field(&line, &LOG_STR("level", str_from(level_names[level])));
    add_field(&line, &LOG_STR("event", str_from(event)));
    for (size_t i = 0; i < n_fields && buf_ok(&line); i++)
        add_field(&line, &fields[i]);
    buf_add(&line, sink.format == LOG_JSON ? STR("}\n") : STR("\n"));
    if (buf_ok(&line))
        write_line(buf_str(&line));
}

bool log_level_parse(struct str text, enum log_level *out)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (str_eq(text, str_from(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

bool log_format_parse(struct str text, enum log_format *out)
{
    for (size_t i = 0; i < ARRAY_LEN(format_names); i++) {
        if (str_eq(text, str_from(format_names[i]))) {
            *out = (enum log_format)i;
            return true;
        }
    }
    return false;
}
