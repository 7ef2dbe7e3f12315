/*
 * writer: JSON written piece by piece into a buf; never held as a tree.
 *
 * The writer looks only at its own state, never back into the buf: a stream may empty the buf
 * (buf_reset) between any two calls.  Wrong nesting is a bug of the caller and asserts.  Overflow
 * is asked from the buf (buf_ok) at the end.  Strings are escaped as little as RFC 8259 allows;
 * invalid UTF-8 becomes U+FFFD, so the output is always valid.
 *
 *   struct json_writer w;
 *   json_writer_init(&w, &body);
 *   json_write_object(&w);
 *   json_put_str(&w, STR("id"), id);
 *   json_write_key(&w, STR("files"));
 *   json_write_array(&w);
 *   json_write_str(&w, name);
 *   json_write_end(&w);
 *   json_write_end(&w);
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include "util/buf.h"
#include "util/limits.h"

struct json;

struct json_writer {
    struct buf *out; /* borrowed */
    unsigned depth;  /* open arrays and objects, at most LIMIT_DEPTH */
    bool has_item;   /* a comma is due before the next item */
    bool has_key;    /* a key was written, its value is due */
    uint8_t is_object[LIMIT_DEPTH + 1];
};

/* out: borrowed for as long as the writer is used; what it holds already is kept. */
void json_writer_init(struct json_writer *w, struct buf *out);

/* Open an object or an array as the next value; close the innermost one. */
void json_write_object(struct json_writer *w);
void json_write_array(struct json_writer *w);
void json_write_end(struct json_writer *w);

/* The name of the next member; its value must follow. */
void json_write_key(struct json_writer *w, struct str key);

/* The next value: an element of the array, or the value of the key. */
void json_write_str(struct json_writer *w, struct str text);
void json_write_i64(struct json_writer *w, int64_t n);
void json_write_u64(struct json_writer *w, uint64_t n);
/* The shortest text that reads back as the same double; null for NaN and infinities. */
void json_write_f64(struct json_writer *w, double n);
void json_write_bool(struct json_writer *w, bool b);
void json_write_null(struct json_writer *w);
/* A time as an RFC 3339 string in UTC. */
void json_write_time(struct json_writer *w, int64_t unix_ms);
/* Text that is valid JSON already. */
void json_write_raw(struct json_writer *w, struct str json_text);
/* A parsed tree. */
void json_write_json(struct json_writer *w, const struct json *value);

/* Key and value in one call. */
void json_put_str(struct json_writer *w, struct str key, struct str text);
void json_put_i64(struct json_writer *w, struct str key, int64_t n);
void json_put_u64(struct json_writer *w, struct str key, uint64_t n);
void json_put_f64(struct json_writer *w, struct str key, double n);
void json_put_bool(struct json_writer *w, struct str key, bool b);
void json_put_null(struct json_writer *w, struct str key);
void json_put_time(struct json_writer *w, struct str key, int64_t unix_ms);
/* Nothing at all when text is empty. */
void json_put_str_if(struct json_writer *w, struct str key, struct str text);

/* Append text as a JSON string with its quotes, without a writer. */
void json_quote(struct buf *out, struct str text);

#endif
