/* s3_event: see s3_event.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/s3_event.h"

#include "util/limits.h"
#include "util/url.h"
#include "json/json.h"

enum { SNS_DEPTH = 3 }; /* a message in a message; topics do not forward to topics for ever */

struct found {
    struct arena *arena;
    struct s3_event *items;
    size_t n, cap;
};

static struct str text_at(const struct json *value, struct str pointer)
{
    const struct json *found = json_find(value, pointer);
    return found != NULL && found->kind == JSON_KIND_STR ? found->text : STR_EMPTY;
}

static bool add(struct found *f, struct str bucket, struct str key, bool is_removal,
                struct err *err)
{
    if (bucket.len == 0 || key.len == 0 || key.len > LIMIT_KEY_BYTES)
        return err_set(err, ERR_INVALID, "an event of S3 without bucket or key");
    *ARENA_PUSH(f->arena, f->items, f->n, f->cap) =
        (struct s3_event){ .bucket = bucket, .key = key, .is_removal = is_removal };
    return true;
}

/* "ObjectCreated:Put", "s3:ObjectRemoved:DeleteMarkerCreated", "LifecycleExpiration:Delete" */
static bool add_record(struct found *f, const struct json *record, struct err *err)
{
    struct str name = text_at(record, STR("/eventName")), key;
    if (str_has_prefix(name, STR("s3:")))
        name = str_from_pos(name, 3);
    bool is_made = str_has_prefix(name, STR("ObjectCreated:")) ||
                   str_has_prefix(name, STR("ObjectRestore:Completed"));
    bool is_removal = str_has_prefix(name, STR("ObjectRemoved:")) ||
                      str_has_prefix(name, STR("LifecycleExpiration:"));
    if (!is_made && !is_removal)
        return true;
    return url_decode(f->arena, text_at(record, STR("/s3/object/key")), URL_PLUS_IS_SPACE, &key,
                      err) &&
           add(f, text_at(record, STR("/s3/bucket/name")), key, is_removal, err);
}

static bool add_records(struct found *f, const struct json *records, struct err *err)
{
    if (records->kind != JSON_KIND_ARRAY)
        return err_set(err, ERR_INVALID, "/Records: an array is needed");
    if (records->n_items > S3_EVENT_MAX)
        return err_set(err, ERR_TOO_LARGE, "a message with more than %d events", S3_EVENT_MAX);
    for (size_t i = 0; i < records->n_items; i++)
        if (!add_record(f, &records->items[i], err))
            return false;
    return true;
}

static bool add_bridge(struct found *f, const struct json *message, struct str type,
                       struct err *err)
{
    bool is_removal = str_eq(type, STR("Object Deleted"));
    if (!is_removal && !str_eq(type, STR("Object Created")) &&
        !str_eq(type, STR("Object Restore Completed")))
        return true;
    return add(f, text_at(message, STR("/detail/bucket/name")),
               text_at(message, STR("/detail/object/key")), is_removal, err);
}

static bool parse(struct found *f, struct str text, unsigned depth, struct err *err)
{
    const struct json *message = json_parse(f->arena, text, LIMIT_JSON_BYTES, err);
    if (message == NULL)
        return false;
    const struct json *records = json_get(message, STR("Records"));
    struct str inner = text_at(message, STR("/Message")),
               type = text_at(message, STR("/detail-type"));
    if (records != NULL)
        return add_records(f, records, err);
    if (str_eq(text_at(message, STR("/source")), STR("aws.s3")) && type.len > 0)
        return add_bridge(f, message, type, err);
    if (str_eq(text_at(message, STR("/Event")), STR("s3:TestEvent")))
        return true;
    if (inner.len > 0 && depth < SNS_DEPTH)
        return parse(f, inner, depth + 1, err);
    return err_set(err, ERR_INVALID, "it is no message of S3");
}

bool s3_event_parse(struct arena *a, struct str message, struct s3_event **events_out,
                    size_t *n_out, struct err *err)
{
    struct found f = { .arena = a };
    if (!parse(&f, message, 0, err))
        return false;
    *events_out = f.items;
    *n_out = f.n;
    return true;
}
