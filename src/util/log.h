/*
 * log: one line an event, in logfmt or JSON, on standard error.
 *
 * Only the edges log (api, scan, cli): everything below returns a struct err.  The sink is the one
 * global of the program; set it before threads start.  A line is written by one write(), so lines
 * of several threads never mix.  Never pass a secret: nothing here can know one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include "util/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* One key with its value.  Keys are literals of lower-case letters and underscores. */
struct log_field {
    const char *key;
    enum { LOG_FIELD_STR, LOG_FIELD_I64, LOG_FIELD_F64 } kind;
    struct str text;
    int64_t number;
    double real;
};

#define LOG_STR(key_, value_)                                                                      \
    ((struct log_field){ .key = (key_), .kind = LOG_FIELD_STR, .text = (value_) })
#define LOG_I64(key_, value_)                                                                      \
    ((struct log_field){ .key = (key_), .kind = LOG_FIELD_I64, .number = (value_) })
#define LOG_F64(key_, value_)                                                                      \
    ((struct log_field){ .key = (key_), .kind = LOG_FIELD_F64, .real = (value_) })

/* fd: where lines go (2 until this is called).  Not thread-safe: call it at start. */
void log_setup(int fd, enum log_level least, enum log_format format);
bool log_enabled(enum log_level level);

/* event: a short literal such as "request".  Values longer than 2,048 bytes are cut. */
void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t n_fields);

/* log_to(LOG_INFO, "start", LOG_STR("listen", address), LOG_I64("pid", pid)); */
#define log_to(level, event, ...)                                                                  \
    log_event((level), (event), (const struct log_field[]){ __VA_ARGS__ },                         \
              sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

/* Reads "debug", "info", "warn", "error", "off"; and "logfmt", "json". */
bool log_level_parse(struct str text, enum log_level *out);
bool log_format_parse(struct str text, enum log_format *out);

#endif
