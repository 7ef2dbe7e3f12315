/* format_view: the ranges that are there as one object, and small things that readers share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/format_internal.h"

#include "util/buf.h"

#include <string.h>

/* The longest run at offset inside of one range. */
static struct str run_at(const struct view *v, uint64_t offset)
{
    struct str best = STR_EMPTY;
    for (size_t i = 0; i < v->n_ranges; i++) {
        const struct format_range *r = &v->ranges[i];
        if (offset >= r->offset && offset - r->offset < r->bytes.len) {
            struct str run = str_from_pos(r->bytes, (size_t)(offset - r->offset));
            if (run.len > best.len)
                best = run;
        }
    }
    return best;
}

/* How many bytes from offset on are there, in one range or several; at most want. */
static uint64_t known_from(const struct view *v, uint64_t offset, uint64_t want)
{
    uint64_t n = 0;
    while (n < want) {
        size_t run = run_at(v, offset + n).len;
        if (run == 0)
            break;
        n += run;
    }
    return n < want ? n : want;
}

static struct str join(struct view *v, uint64_t offset, size_t length)
{
    struct str run = run_at(v, offset);
    if (run.len >= length)
        return str_slice(run, 0, length);
    char *bytes = arena_alloc(v->arena, length);
    for (size_t at = 0; at < length;) {
        run = str_slice(run_at(v, offset + at), 0, length - at);
        memcpy(bytes + at, run.ptr, run.len);
        at += run.len;
    }
    return (struct str){ bytes, length };
}

bool view_get_some(struct view *v, uint64_t offset, uint64_t min, uint64_t want, struct str *out,
                   struct err *err)
{
    uint64_t left = offset < v->size ? v->size - offset : 0;
    min = min < left ? min : left;
    want = want < left ? want : left;
    want = want > min ? want : min;
    if (min > LIMIT_FORMAT_READ_BYTES) {
        return err_set(
            err, ERR_TOO_LARGE, "%llu bytes at offset %llu would have to be read; the limit is %lu",
            (unsigned long long)min, (unsigned long long)offset, LIMIT_FORMAT_READ_BYTES);
    }
    want = want < LIMIT_FORMAT_READ_BYTES ? want : LIMIT_FORMAT_READ_BYTES;
    uint64_t known = known_from(v, offset, want);
    if (known < min) {
        if (v->size == SIZE_UNKNOWN)
            return err_set(err, ERR_UNSUPPORTED, "only the beginning can be unpacked");
        v->is_missing = true;
        v->need = (struct format_need){ offset, (size_t)want };
        return false;
    }
    *out = known == 0 ? STR_EMPTY : join(v, offset, (size_t)known);
    return true;
}

bool view_get(struct view *v, uint64_t offset, uint64_t length, struct str *out, struct err *err)
{
    if (v->size != SIZE_UNKNOWN && (offset > v->size || length > v->size - offset)) {
        return err_set(err, ERR_PARSE, "%llu bytes at offset %llu lie behind the end of %llu bytes",
                       (unsigned long long)length, (unsigned long long)offset,
                       (unsigned long long)v->size);
    }
    if (!view_get_some(v, offset, length, length, out, err))
        return false;
    *out = str_slice(*out, 0, (size_t)length);
    return true;
}

bool view_text(struct view *v, struct str *out, struct err *err)
{
    uint64_t min = v->size == SIZE_UNKNOWN ? 0 : FORMAT_HEAD_BYTES;
    return view_get_some(v, 0, min, FORMAT_HEAD_BYTES, out, err) &&
           view_get_some(v, 0, 1, LIMIT_TEXT_SAMPLE_BYTES, out, err);
}

/* Bytes of one UTF-8 character at the beginning of s, or 0. */
static size_t char_length(struct str s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return n <= s.len && str_is_utf8(str_slice(s, 0, n)) ? n : 0;
}

struct str format_text(struct arena *a, struct str name)
{
    AUTO_BUF out = BUF_INIT(LIMIT_SCHEMA_NAME_BYTES + 4);
    name = str_slice(name, 0, LIMIT_SCHEMA_NAME_BYTES + 4);
    if (name.len <= LIMIT_SCHEMA_NAME_BYTES && str_is_utf8(name))
        return arena_str(a, name);
    while (name.len > 0 && out.len + 4 <= LIMIT_SCHEMA_NAME_BYTES) {
        size_t n = char_length(name);
        buf_add(&out, n == 0 ? STR("\xef\xbf\xbd") : str_slice(name, 0, n));
        name = str_from_pos(name, n == 0 ? 1 : n);
    }
    return arena_str(a, buf_str(&out));
}

struct column *columns_push(struct arena *a, struct column_list *list, size_t *n_all,
                            struct err *err)
{
    if (*n_all >= LIMIT_SCHEMA_COLUMNS) {
        (void)err_set(err, ERR_TOO_LARGE, "there are more than %lu columns", LIMIT_SCHEMA_COLUMNS);
        return NULL;
    }
    ++*n_all;
    return ARENA_PUSH(a, list->items, list->n, list->cap);
}

struct shape shape_of(struct arena *a, const uint64_t *sizes, size_t n)
{
    n = n < LIMIT_SCHEMA_SIZES ? n : LIMIT_SCHEMA_SIZES;
    struct shape shape = { ARENA_NEW_N(a, uint64_t, n), n };
    if (n > 0)
        memcpy(shape.sizes, sizes, n * sizeof *sizes);
    return shape;
}

void schema_add_part(struct arena *a, struct schema *s, struct str name)
{
    if (s->n_parts == LIMIT_SCHEMA_PARTS) {
        schema_warn(a, s, STR("There are more parts than are kept."));
        return;
    }
    if (s->parts == NULL)
        s->parts = ARENA_NEW_N(a, struct str, LIMIT_SCHEMA_PARTS);
    s->parts[s->n_parts++] = format_text(a, name);
}
