/*
 * inventory_csv: rows of an inventory in CSV: gzip, no header, fields in quotes, keys
 * percent-encoded.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/gunzip.h"
#include "scan/inventory_internal.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"
#include "util/url.h"

enum { LINE_BYTES = 64 * 1024, MAX_FIELDS = 64 };

struct reading_csv {
    const struct inventory_file *file;
    struct gunzip *gunzip;
    struct buf pending; /* a line that is not whole yet */
    size_t line;
};

/* The fields of a line; quotes are taken off, doubled ones inside of them become one. */
static size_t split(struct arena *a, struct str line, struct str fields[MAX_FIELDS])
{
    size_t n = 0, i = 0;
    while (n < MAX_FIELDS) {
        char *text = ARENA_NEW_N(a, char, line.len + 1);
        size_t len = 0;
        bool is_quoted = i < line.len && line.ptr[i] == '"';
        i += is_quoted;
        while (i < line.len && (is_quoted || line.ptr[i] != ',')) {
            if (is_quoted && line.ptr[i] == '"') {
                if (i + 1 >= line.len || line.ptr[i + 1] != '"')
                    break;
                i++;
            }
            text[len++] = line.ptr[i++];
        }
        i += is_quoted && i < line.len;
        fields[n++] = (struct str){ text, len };
        if (i >= line.len || line.ptr[i] != ',')
            break;
        i++;
    }
    return n;
}

static struct str field(const struct inventory_file *f, const struct str *fields, size_t n,
                        enum inventory_column column)
{
    size_t at = f->csv_columns[column];
    return at < n ? fields[at] : STR_EMPTY;
}

static bool take_line(struct reading_csv *r, struct str line, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const struct inventory_file *f = r->file;
    struct str fields[MAX_FIELDS];
    struct store_object o = { 0 };
    r->line++;
    if (str_trim(line).len == 0)
        return true;
    size_t n = split(&a, str_trim_char(line, '\r'), fields);
    struct str size = field(f, fields, n, INVENTORY_SIZE);
    if (str_eq_nocase(field(f, fields, n, INVENTORY_IS_LATEST), STR("false")) ||
        str_eq_nocase(field(f, fields, n, INVENTORY_IS_MARKER), STR("true")))
        return true;
    o.etag = str_trim_char(field(f, fields, n, INVENTORY_ETAG), '"');
    if (!url_decode(&a, field(f, fields, n, INVENTORY_KEY), URL_PLUS_IS_SPACE, &o.key, err) ||
        o.key.len == 0 || !scan_whole_u64(size, INT64_MAX, &o.size_bytes) ||
        !time_parse_rfc3339(field(f, fields, n, INVENTORY_TIME), &o.last_modified_unix_ms))
        return err_set(err, ERR_PARSE, "line %zu is no row of an inventory", r->line);
    return f->each(f->ctx, &o, err);
}

static bool take_text(void *ctx, struct str bytes, struct err *err)
{
    struct reading_csv *r = ctx;
    struct str line;
    while (str_find_char(bytes, '\n') != SIZE_MAX) {
        str_cut(bytes, '\n', &line, &bytes);
        buf_add(&r->pending, line);
        bool ok = buf_ok(&r->pending) && take_line(r, buf_str(&r->pending), err);
        if (!buf_ok(&r->pending))
            break;
        buf_reset(&r->pending);
        if (!ok)
            return false;
    }
    buf_add(&r->pending, bytes);
    return buf_ok(&r->pending) ||
           err_set(err, ERR_TOO_LARGE, "line %zu has more than %d bytes", r->line + 1, LINE_BYTES);
}

static bool take_chunk(void *ctx, struct str bytes, struct err *err)
{
    struct reading_csv *r = ctx;
    return gunzip_feed(r->gunzip, bytes, err);
}

bool inventory_read_csv(const struct inventory_file *f, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct reading_csv r = { .file = f, .pending = BUF_INIT(LINE_BYTES) };
    struct store_got got;
    const struct store_get get = {
        .bucket = f->bucket, .key = f->key, .chunk = take_chunk, .ctx = &r, .call = f->call
    };
    r.gunzip = gunzip_new(take_text, &r);
    bool ok = store_get(f->store, &a, &get, &got, err) && gunzip_finish(r.gunzip, err) &&
              take_line(&r, buf_str(&r.pending), err);
    gunzip_free(r.gunzip);
    buf_release(&r.pending);
    return ok || err_wrap(err, "%.*s", STR_FMT(f->key));
}
