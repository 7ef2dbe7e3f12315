/* inventory: see inventory.h.  Here the manifest and the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/inventory.h"

#include "scan/inventory_internal.h"
#include "scan/sorter.h"
#include "util/limits.h"
#include "util/scan.h"
#include "json/json.h"

#include <stdlib.h>

struct listed_file {
    struct str key;
    uint64_t size_bytes;
};

struct inventory_store {
    struct store store; /* first */
    struct store *real;
    struct arena arena; /* of what follows */
    char *folder;
    struct str bucket;       /* that is listed */
    struct str files_bucket; /* where the files are */
    struct listed_file *files;
    size_t n_files;
    bool is_parquet;
    size_t csv_columns[INVENTORY_N_COLUMNS];
};

static struct inventory_store *of(struct store *s)
{
    return (struct inventory_store *)s;
}

/* ---- The manifest. ---- */

/* "Bucket, Key, VersionId, IsLatest, ...": which field is which. */
static bool read_columns(struct inventory_store *s, struct str schema, struct err *err)
{
    static const struct str names[INVENTORY_N_COLUMNS] = {
        [INVENTORY_KEY] = STR_INIT("Key"),
        [INVENTORY_SIZE] = STR_INIT("Size"),
        [INVENTORY_TIME] = STR_INIT("LastModifiedDate"),
        [INVENTORY_ETAG] = STR_INIT("ETag"),
        [INVENTORY_IS_LATEST] = STR_INIT("IsLatest"),
        [INVENTORY_IS_MARKER] = STR_INIT("IsDeleteMarker"),
    };
    struct str name;
    bool is_more = true;
    for (int i = 0; i < INVENTORY_N_COLUMNS; i++)
        s->csv_columns[i] = SIZE_MAX;
    for (size_t at = 0; is_more; at++) {
        is_more = str_cut(schema, ',', &name, &schema);
        for (int i = 0; i < INVENTORY_N_COLUMNS; i++)
            if (str_eq(str_trim(name), names[i]))
                s->csv_columns[i] = at;
    }
    for (int i = 0; i <= INVENTORY_ETAG; i++)
        if (s->csv_columns[i] == SIZE_MAX) {
            err_set(err, ERR_UNSUPPORTED, "the inventory has no column %.*s", STR_FMT(names[i]));
            return err_fix(err,
                           "Let S3 write size, last modified date and ETag into the inventory.");
        }
    return true;
}

static bool read_files(struct inventory_store *s, const struct json *files, struct err *err)
{
    s->n_files = files->n_items;
    s->files = ARENA_NEW_N(&s->arena, struct listed_file, s->n_files);
    for (size_t i = 0; i < s->n_files; i++) {
        int64_t size;
        if (!json_get_str(&files->items[i], STR("key"), &s->files[i].key, err) ||
            !json_get_i64(&files->items[i], STR("size"), 0, INT64_MAX, &size, err))
            return false;
        s->files[i].size_bytes = (uint64_t)size;
    }
    return true;
}

/* "arn:aws:s3:::bucket" or the bucket. */
static struct str bucket_of(struct str arn)
{
    size_t colon = str_rfind_char(arn, ':');
    return colon == SIZE_MAX ? arn : str_from_pos(arn, colon + 1);
}

static bool read_manifest(struct inventory_store *s, struct str text, int64_t *made_ms,
                          struct err *err)
{
    struct str format, schema, files_bucket, made;
    uint64_t ms;
    const struct json *files, *json = json_parse(&s->arena, text, LIMIT_JSON_BYTES, err);
    if (json == NULL || !json_get_str(json, STR("sourceBucket"), &s->bucket, err) ||
        !json_get_str(json, STR("destinationBucket"), &files_bucket, err) ||
        !json_get_str(json, STR("fileFormat"), &format, err) ||
        !json_get_str(json, STR("fileSchema"), &schema, err) ||
        !json_get_str(json, STR("creationTimestamp"), &made, err) ||
        !json_get_array(json, STR("files"), &files, err) || !read_files(s, files, err))
        return false;
    s->files_bucket = bucket_of(files_bucket);
    s->is_parquet = str_eq_nocase(format, STR("Parquet"));
    if (!scan_whole_u64(made, INT64_MAX, &ms))
        return err_set(err, ERR_INVALID, "/creationTimestamp: is no time");
    *made_ms = (int64_t)ms;
    if (s->is_parquet)
        return true;
    if (!str_eq_nocase(format, STR("CSV"))) {
        err_set(err, ERR_UNSUPPORTED, "an inventory in %.*s is not read", STR_FMT(format));
        return err_fix(err, "Let S3 write it in CSV or Parquet.");
    }
    return read_columns(s, schema, err);
}

/* ---- The store. ---- */

struct sorting {
    struct sorter *sorter;
    struct str prefix;
};

static bool sort_one(void *ctx, const struct store_object *object, struct err *err)
{
    const struct sorting *w = ctx;
    return !str_has_prefix(object->key, w->prefix) || sorter_add(w->sorter, object, err);
}

static bool list_sorted(struct inventory_store *s, const struct store_list *list,
                        struct sorter *sorter, struct err *err)
{
    struct sorting sorting = { sorter, list->prefix };
    for (size_t i = 0; i < s->n_files; i++) {
        const struct inventory_file file = { .store = s->real,
                                             .bucket = s->files_bucket,
                                             .key = s->files[i].key,
                                             .size_bytes = s->files[i].size_bytes,
                                             .csv_columns = s->csv_columns,
                                             .call = list->call,
                                             .each = sort_one,
                                             .ctx = &sorting };
        if (s->is_parquet ? !inventory_read_parquet(&file, err) : !inventory_read_csv(&file, err))
            return err_wrap(err, "the inventory of %.*s", STR_FMT(s->bucket));
    }
    return sorter_each(sorter, list->each, list->ctx, err);
}

/* The whole listing of the bucket comes from the inventory; folders of it, which siblings are
 * looked for in, are asked for. */
static bool list(struct store *store, const struct store_list *list, struct err *err)
{
    struct inventory_store *s = of(store);
    if (!str_eq(list->bucket, s->bucket) || list->has_delimiter || list->start_after.len > 0)
        return s->real->ops->list(s->real, list, err);
    struct sorter *sorter = sorter_new(s->folder, 0);
    bool ok = list_sorted(s, list, sorter, err);
    sorter_free(sorter);
    return ok;
}

static bool list_buckets(struct store *s, const struct store_call *call, store_bucket_fn *each,
                         void *ctx, struct err *err)
{
    return store_list_buckets(of(s)->real, call, each, ctx, err);
}

static bool head(struct store *s, struct arena *a, struct str bucket, struct str key,
                 const struct store_call *call, struct store_object *out, struct err *err)
{
    return store_head(of(s)->real, a, bucket, key, call, out, err);
}

static bool get(struct store *s, struct arena *a, const struct store_get *get,
                struct store_got *out, struct err *err)
{
    return store_get(of(s)->real, a, get, out, err);
}

static bool put(struct store *s, const struct store_put *put, struct err *err)
{
    return store_put(of(s)->real, put, err);
}

static bool remove_object(struct store *s, struct str bucket, struct str key,
                          const struct store_call *call, struct err *err)
{
    return store_remove(of(s)->real, bucket, key, call, err);
}

static bool create_bucket(struct store *s, struct str bucket, const struct store_call *call,
                          struct err *err)
{
    return store_create_bucket(of(s)->real, bucket, call, err);
}

static bool check_bucket(struct store *s, struct str bucket, const struct store_call *call,
                         struct err *err)
{
    return store_check_bucket(of(s)->real, bucket, call, err);
}

static bool fetch(struct store *s, const struct store_fetch *fetch, struct err *err)
{
    return store_fetch(of(s)->real, fetch, err);
}

static bool scan_real(struct store *s, const struct store_scan *scan, struct err *err)
{
    return store_scan(of(s)->real, scan, err);
}

static void free_store(struct store *store)
{
    struct inventory_store *s = of(store);
    arena_release(&s->arena);
    free(s);
}

static const struct store_ops ops = { .name = "inventory",
                                      .list_buckets = list_buckets,
                                      .list = list,
                                      .head = head,
                                      .get = get,
                                      .put = put,
                                      .remove = remove_object,
                                      .create_bucket = create_bucket,
                                      .check_bucket = check_bucket,
                                      .fetch = fetch,
                                      .scan = scan_real,
                                      .free = free_store };

bool inventory_store_open(const struct inventory_options *options, struct inventory *out,
                          struct err *err)
{
    struct inventory_store *s = calloc(1, sizeof *s);
    struct str text;
    int64_t made_ms = 0;
    if (s == NULL)
        panic("no memory for an inventory");
    s->store.ops = &ops;
    s->real = options->real;
    s->folder = arena_cstr(&s->arena, str_from(options->folder), err);
    const struct store_get get = { .bucket = options->bucket,
                                   .key = options->manifest,
                                   .call = options->call };
    if (s->folder == NULL ||
        !store_read(s->real, &s->arena, &get, LIMIT_JSON_BYTES, &text, NULL, err) ||
        !read_manifest(s, text, &made_ms, err)) {
        free_store(&s->store);
        return err_wrap(err, "s3://%.*s/%.*s", STR_FMT(options->bucket),
                        STR_FMT(options->manifest));
    }
    *out = (struct inventory){ &s->store, s->bucket, made_ms };
    return true;
}
