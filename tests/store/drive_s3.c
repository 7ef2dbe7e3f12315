/* One call of the S3 store with the environment's settings; prints JSON, one line an object.
 * usage: drive_s3 list BUCKET PREFIX [flat|any] | count BUCKET | buckets | head BUCKET KEY | make
 * BUCKET get BUCKET KEY [OFFSET LENGTH [IF_NONE_MATCH [IF_MATCH]]] | put BUCKET KEY BODY [new] For
 * tests/system/test_s3.py. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "store/s3_store.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/scan.h"
#include "json/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 64 * 1024 * 1024 };

static void print_object(const struct store_object *object, const struct str *body)
{
    AUTO_BUF out = BUF_INIT(2 * (size_t)TEXT_BYTES);
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_put_str(&w, STR("key"), object->key);
    json_put_str(&w, STR("etag"), object->etag);
    json_put_u64(&w, STR("size"), object->size_bytes);
    json_put_i64(&w, STR("time"), object->last_modified_unix_ms);
    json_put_bool(&w, STR("is_prefix"), object->is_prefix);
    if (body != NULL)
        json_put_str(&w, STR("body"), *body);
    json_write_end(&w);
    puts(buf_cstr(&out));
}

static bool each(void *ctx, const struct store_object *object, struct err *err)
{
    (void)ctx;
    (void)err;
    print_object(object, NULL);
    return true;
}

static bool count(void *ctx, const struct store_object *object, struct err *err)
{
    (void)object;
    (void)err;
    ++*(size_t *)ctx;
    return true;
}

static bool each_bucket(void *ctx, const struct store_bucket *bucket, struct err *err)
{
    (void)ctx;
    (void)err;
    printf("\"%.*s\"\n", STR_FMT(bucket->name));
    return true;
}

static uint64_t number(const char *text)
{
    uint64_t n = 0;
    if (text != NULL && !scan_whole_u64(str_from(text), UINT64_MAX, &n))
        panic("no number: %s", text);
    return n;
}

static bool run(struct store *s, struct arena *a, char **v, struct err *err)
{
    const struct store_call call = { .deadline_ms = clock_mono_ms() + 300000 };
    const char *verb = v[0];
    size_t n = 0;
    if (strcmp(verb, "buckets") == 0)
        return store_list_buckets(s, &call, each_bucket, NULL, err);
    struct str bucket = str_from(v[1]), key = v[1] != NULL ? str_from(v[2]) : STR_EMPTY;
    const char *more = key.len > 0 || v[2] != NULL ? v[3] : NULL;
    struct store_list list = { .bucket = bucket, .prefix = key, .each = each, .call = call };
    if (strcmp(verb, "list") == 0) {
        list.has_delimiter = more != NULL && strcmp(more, "flat") == 0;
        list.is_any_order = more != NULL && strcmp(more, "any") == 0;
        return store_list(s, &list, err);
    }
    if (strcmp(verb, "count") == 0) {
        list.each = count;
        list.ctx = &n;
        list.is_any_order = true;
        bool ok = store_list(s, &list, err);
        printf("%zu\n", n);
        return ok;
    }
    if (strcmp(verb, "make") == 0)
        return store_create_bucket(s, bucket, &call, err);
    if (strcmp(verb, "head") == 0) {
        struct store_object object;
        if (!store_head(s, a, bucket, key, &call, &object, err))
            return false;
        print_object(&object, NULL);
        return true;
    }
    if (strcmp(verb, "remove") == 0)
        return store_remove(s, bucket, key, &call, err);
    if (strcmp(verb, "put") == 0) {
        const struct store_put put = { .bucket = bucket,
                                       .key = key,
                                       .body = str_from(more),
                                       .is_new_only = v[4] != NULL,
                                       .call = call };
        return store_put(s, &put, err);
    }
    const struct store_get get = {
        .bucket = bucket,
        .key = key,
        .offset = number(more),
        .length = more != NULL ? number(v[4]) : 0,
        .if_none_match = str_from(more != NULL && v[4] != NULL ? v[5] : NULL),
        .if_match = str_from(more != NULL && v[4] != NULL && v[5] != NULL ? v[6] : NULL),
        .call = call
    };
    struct str body = STR_EMPTY;
    struct store_got got;
    if (!store_read(s, a, &get, TEXT_BYTES, &body, &got, err))
        return false;
    print_object(&got.object, got.is_unchanged ? NULL : &body);
    return true;
}

int main(int argc, char **argv)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct aws_options options = { .env = environ,
                                         .home = getenv("HOME"),
                                         .call_timeout_ms = 300000 };
    if (argc < 2)
        return 2;
    struct aws *aws = aws_new(&options, &err);
    struct store *store = aws != NULL ? s3_store_new(aws) : NULL;
    bool ok = store != NULL && run(store, &a, argv + 1, &err);
    store_free(store);
    aws_free(aws);
    if (!ok)
        fprintf(stderr, "%s: %s\n", err_kind(err.code)->code, err.msg);
    return ok ? 0 : 1;
}
