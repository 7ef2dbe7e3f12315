/* store: see store.h.  Arguments are checked here, once for all implementations. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "util/buf.h"
#include "util/limits.h"

#include <string.h>

void store_free(struct store *s)
{
    if (s != NULL)
        s->ops->free(s);
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool store_name_check(struct str bucket, bool is_new, struct err *err)
{
    size_t least = is_new ? 3 : 1, most = is_new ? 63 : LIMIT_BUCKET_BYTES;
    bool ok = bucket.len >= least && bucket.len <= most && bucket.ptr[0] != '.';
    for (size_t i = 0; i < bucket.len && ok; i++) {
        char c = bucket.ptr[i];
        ok = is_lower(c) || is_digit(c) || c == '.' || c == '-' ||
             (!is_new && ((c >= 'A' && c <= 'Z') || c == '_'));
    }
    if (is_new && ok) {
        char last = bucket.ptr[bucket.len - 1];
        ok = (is_lower(bucket.ptr[0]) || is_digit(bucket.ptr[0])) &&
             (is_lower(last) || is_digit(last)) && !str_contains(bucket, STR(".."));
    }
    if (ok)
        return true;
    err_set(err, ERR_INVALID, "no bucket can have the name \"%.*s\"",
            STR_FMT(str_slice(bucket, 0, 80)));
    return err_fix(err, is_new ? "Use 3 to 63 lower-case letters, digits, dots and hyphens."
                               : "Use letters, digits, dots, hyphens and underscores.");
}

bool store_key_check(struct str key, struct err *err)
{
    if (key.len == 0 || key.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "a key has 1 to %lu bytes, not %zu", LIMIT_KEY_BYTES,
                       key.len);
    if (!str_is_utf8(key) || memchr(key.ptr, '\0', key.len) != NULL)
        return err_set(err, ERR_INVALID, "a key is UTF-8 text without NUL");
    return true;
}

bool store_list_buckets(struct store *s, const struct store_call *call, store_bucket_fn *each,
                        void *ctx, struct err *err)
{
    return s->ops->list_buckets(s, call, each, ctx, err);
}

bool store_list(struct store *s, const struct store_list *list, struct err *err)
{
    if (list->prefix.len > LIMIT_KEY_BYTES || list->start_after.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "a path has at most %lu bytes", LIMIT_KEY_BYTES);
    if (!str_is_utf8(list->prefix))
        return err_set(err, ERR_INVALID, "a path is UTF-8 text");
    return store_name_check(list->bucket, false, err) && s->ops->list(s, list, err);
}

bool store_head(struct store *s, struct arena *a, struct str bucket, struct str key,
                const struct store_call *call, struct store_object *out, struct err *err)
{
    return store_name_check(bucket, false, err) && store_key_check(key, err) &&
           s->ops->head(s, a, bucket, key, call, out, err);
}

bool store_get(struct store *s, struct arena *a, const struct store_get *get, struct store_got *out,
               struct err *err)
{
    return store_name_check(get->bucket, false, err) && store_key_check(get->key, err) &&
           s->ops->get(s, a, get, out, err);
}

static bool collect(void *ctx, struct str bytes, struct err *err)
{
    struct buf *body = ctx;
    buf_add(body, bytes);
    return buf_ok(body) ||
           err_set(err, ERR_TOO_LARGE, "the object is larger than %zu bytes", body->limit);
}

bool store_read(struct store *s, struct arena *a, const struct store_get *get, size_t limit_bytes,
                struct str *body_out, struct store_got *got_out, struct err *err)
{
    AUTO_BUF body = BUF_INIT(limit_bytes);
    struct store_get whole = *get;
    struct store_got got;
    whole.chunk = collect;
    whole.ctx = &body;
    if (!store_get(s, a, &whole, &got, err))
        return false;
    *body_out = arena_str(a, buf_str(&body));
    if (got_out != NULL)
        *got_out = got;
    return true;
}

bool store_put(struct store *s, const struct store_put *put, struct err *err)
{
    return store_name_check(put->bucket, false, err) && store_key_check(put->key, err) &&
           s->ops->put(s, put, err);
}

bool store_remove(struct store *s, struct str bucket, struct str key, const struct store_call *call,
                  struct err *err)
{
    return store_name_check(bucket, false, err) && store_key_check(key, err) &&
           s->ops->remove(s, bucket, key, call, err);
}

bool store_create_bucket(struct store *s, struct str bucket, const struct store_call *call,
                         struct err *err)
{
    return store_name_check(bucket, true, err) && s->ops->create_bucket(s, bucket, call, err);
}

bool store_check_bucket(struct store *s, struct str bucket, const struct store_call *call,
                        struct err *err)
{
    return store_name_check(bucket, false, err) && s->ops->check_bucket(s, bucket, call, err);
}

bool store_fetch(struct store *s, const struct store_fetch *fetch, struct err *err)
{
    return s->ops->fetch(s, fetch, err);
}

bool store_scan(struct store *s, const struct store_scan *scan, struct err *err)
{
    if (scan->prefix.len > LIMIT_KEY_BYTES || !str_is_utf8(scan->prefix))
        return err_set(err, ERR_INVALID, "a path is UTF-8 text of at most %lu bytes",
                       LIMIT_KEY_BYTES);
    return store_name_check(scan->bucket, false, err) && s->ops->scan(s, scan, err);
}
