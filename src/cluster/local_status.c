/* local_status: the two documents in a cluster's folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "util/scan.h"
#include "json/json.h"
#include "json/writer.h"

static const struct str stages[] = {
    [STAGE_STARTING] = STR_INIT("STARTING"), [STAGE_BOOTSTRAPPING] = STR_INIT("BOOTSTRAPPING"),
    [STAGE_UP] = STR_INIT("WAITING"),        [STAGE_ENDING] = STR_INIT("TERMINATING"),
    [STAGE_ENDED] = STR_INIT("TERMINATED"),  [STAGE_FAILED] = STR_INIT("TERMINATED_WITH_ERRORS"),
};

struct str local_stage_name(enum cluster_stage stage)
{
    return stages[stage];
}

/* The texts and the numbers of the documents, by their names. */
struct text_member {
    struct str key;
    size_t at;
};
#define TEXT(type, member)                                                                         \
    {                                                                                              \
        STR_INIT(#member), offsetof(struct type, member)                                           \
    }

static const struct text_member status_texts[] = {
    TEXT(local_status, id),         TEXT(local_status, name), TEXT(local_status, owner),
    TEXT(local_status, progress),   TEXT(local_status, url),  TEXT(local_status, error_code),
    TEXT(local_status, error_data),
};
static const struct text_member status_numbers[] = {
    TEXT(local_status, created_ms), TEXT(local_status, ready_ms), TEXT(local_status, ended_ms),
    TEXT(local_status, n_workers),  TEXT(local_status, pid),      TEXT(local_status, pid_ticks),
};
static const struct text_member order_texts[] = {
    TEXT(local_settings, folder),   TEXT(local_settings, environments),
    TEXT(local_settings, lake),     TEXT(local_settings, notebooks),
    TEXT(local_settings, hub_user), TEXT(local_settings, python),
};

static struct str *text_at(void *of, size_t at)
{
    return (struct str *)(void *)((char *)of + at);
}

static const struct str *const_text_at(const void *of, size_t at)
{
    return (const struct str *)(const void *)((const char *)of + at);
}

static bool read_texts(const struct json *doc, const struct text_member *members, size_t n,
                       void *out, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!json_get_str(doc, members[i].key, text_at(out, members[i].at), err))
            return false;
    return true;
}

bool local_status_put(struct arena *a, const char *folder, const struct local_status *s,
                      struct err *err)
{
    AUTO_BUF text = BUF_INIT(LOCAL_FILE_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_put_str(&w, STR("stage"), stages[s->stage]);
    for (size_t i = 0; i < ARRAY_LEN(status_texts); i++)
        json_put_str(&w, status_texts[i].key, *const_text_at(s, status_texts[i].at));
    for (size_t i = 0; i < ARRAY_LEN(status_numbers); i++)
        json_put_i64(&w, status_numbers[i].key,
                     *(const int64_t *)(const void *)((const char *)s + status_numbers[i].at));
    json_write_end(&w);
    struct str path = arena_printf(a, "%s/status.json", folder);
    return local_put(path.ptr, buf_str(&text), 0600, err);
}

bool local_status_get(struct arena *a, const char *folder, struct local_status *out,
                      struct err *err)
{
    struct str path = arena_printf(a, "%s/status.json", folder), text, stage;
    struct local_status s = { 0 };
    if (!local_get(a, path.ptr, &text, err))
        return false;
    const struct json *doc = json_parse(a, text, LOCAL_FILE_MAX_BYTES, err);
    if (doc == NULL || !json_get_str(doc, STR("stage"), &stage, err) ||
        !read_texts(doc, status_texts, ARRAY_LEN(status_texts), &s, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(status_numbers); i++)
        if (!json_get_i64(doc, status_numbers[i].key, 0, INT64_MAX,
                          (int64_t *)(void *)((char *)&s + status_numbers[i].at), err))
            return false;
    for (size_t i = 0; i < ARRAY_LEN(stages); i++)
        if (str_eq(stages[i], stage)) {
            s.stage = (enum cluster_stage)i;
            *out = s;
            return true;
        }
    return err_set(err, ERR_PARSE, "%s: there is no stage of that name", path.ptr);
}

bool local_order_put(const char *folder, const struct local_settings *settings, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(LOCAL_FILE_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(order_texts); i++)
        json_put_str(&w, order_texts[i].key, *const_text_at(settings, order_texts[i].at));
    json_write_end(&w);
    struct str path = arena_printf(&a, "%s/order.json", folder);
    return local_put(path.ptr, buf_str(&text), 0600, err);
}

bool local_order_get(struct arena *a, const char *folder, struct local_settings *out,
                     struct err *err)
{
    struct str path = arena_printf(a, "%s/order.json", folder), text;
    struct local_settings s = { .max_nodes = LOCAL_MAX_WORKERS };
    if (!local_get(a, path.ptr, &text, err))
        return false;
    const struct json *doc = json_parse(a, text, LOCAL_FILE_MAX_BYTES, err);
    if (doc == NULL || !read_texts(doc, order_texts, ARRAY_LEN(order_texts), &s, err))
        return false;
    *out = s;
    return true;
}

bool local_wanted_put(struct arena *a, const char *folder, int64_t n, struct err *err)
{
    struct str path = arena_printf(a, "%s/workers", folder);
    return local_put(path.ptr, arena_printf(a, "%lld\n", (long long)n), 0600, err);
}

int64_t local_wanted_get(struct arena *a, const char *folder)
{
    struct str path = arena_printf(a, "%s/workers", folder), text;
    struct err ignored = ERR_INIT;
    uint64_t n = 0;
    bool ok =
        local_get(a, path.ptr, &text, &ignored) &&
        scan_whole_u64(str_slice(text, 0, text.len > 0 ? text.len - 1 : 0), LOCAL_MAX_WORKERS, &n);
    return ok ? (int64_t)n : 0;
}

void local_activity_get(struct arena *a, const char *folder, int64_t now_ms,
                        struct cluster_activity *out)
{
    enum { OLD_MS = 120000 }; /* a server that was stopped says nothing any more */
    struct str path = arena_printf(a, "%s/activity.json", folder), text, busy;
    struct cluster_activity found = { .is_known = true };
    struct err ignored = ERR_INIT;
    int64_t at_ms;
    const struct json *doc = local_get(a, path.ptr, &text, &ignored)
                                 ? json_parse(a, text, LOCAL_FILE_MAX_BYTES, &ignored)
                                 : NULL;
    *out = found;
    if (doc == NULL || !json_get_i64(doc, STR("at_ms"), 0, INT64_MAX, &at_ms, &ignored) ||
        !json_get_i64(doc, STR("active_ms"), 0, INT64_MAX, &found.active_ms, &ignored) ||
        !json_get_str(doc, STR("busy"), &busy, &ignored))
        return;
    if (now_ms - at_ms < OLD_MS)
        found.blocker = busy;
    *out = found;
}
