/* scanning: see scanning.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scanning.h"

#include "aws/sqs.h"
#include "catalog/discover.h"
#include "cli/analyst.h"
#include "store/folder.h"
#include "util/limits.h"
#include "util/scan.h"
#include "util/sha256.h"
#include "util/url.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* The store of a folder that is a source. */
struct folder_place {
    struct folder_place *next;
    char *path; /* from the root */
    struct store *store;
};

static unsigned processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > ANALYSES_MAX_WORKERS ? ANALYSES_MAX_WORKERS : (unsigned)n;
}

/* The path without symbolic links. */
static bool real_path(struct arena *a, struct str path, struct str *out, struct err *err)
{
    const char *text = arena_cstr(a, path, err);
    if (text == NULL)
        return false;
    char *real = realpath(text, NULL);
    if (real == NULL)
        return err_errno(err, errno, "the folder %s", text);
    *out = arena_str(a, str_from(real));
    free(real);
    return true;
}

static struct store *open_folder(struct scanning *s, struct str path, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct store *store = NULL;
    const char *text = arena_cstr(&a, path, err);
    if (text == NULL)
        return NULL;
    if (pthread_mutex_lock(&s->lock) != 0)
        panic("pthread_mutex_lock");
    for (struct folder_place *f = s->folders; f != NULL && store == NULL; f = f->next)
        if (str_eq(str_from(f->path), path))
            store = f->store;
    if (store == NULL && (store = folder_store_open_one(text, err)) != NULL) {
        struct folder_place *f = calloc(1, sizeof *f);
        if (f == NULL || (f->path = strdup(text)) == NULL)
            panic("no memory for a place");
        f->store = store;
        f->next = s->folders;
        s->folders = f;
    }
    pthread_mutex_unlock(&s->lock);
    return store;
}

/* "a/b" and "a/b/" are the folder "a/b/"; "" is the bucket. */
static struct str as_prefix(struct arena *a, struct str key)
{
    while (key.len > 0 && key.ptr[key.len - 1] == '/')
        key.len--;
    return key.len == 0 ? STR_EMPTY : arena_concat(a, key, STR("/"));
}

static bool open_place(void *ctx, struct arena *a, struct str uri, struct scan_place *out,
                       struct err *err)
{
    struct scanning *s = ctx;
    struct str bucket, key;
    if (source_is_s3(uri, &bucket, &key)) {
        if (!store_name_check(bucket, false, err))
            return false;
        *out = (struct scan_place){
            .store = s->wiring->store,
            .bucket = arena_str(a, bucket),
            .prefix = as_prefix(a, key),
            .root = arena_printf(a, "s3://%.*s/", STR_FMT(bucket)),
            .is_remote = config_is(&s->cli->config, CONFIG_PROVIDER, STR("aws")),
        };
        if (s->inventory.store != NULL && str_eq(s->inventory.bucket, bucket)) {
            out->store = s->inventory.store;
            out->listed_unix_ms = s->inventory.made_unix_ms;
        }
        return true;
    }
    if (!str_has_prefix(uri, STR("file:/")))
        return err_set(err, ERR_UNSUPPORTED, "%.*s: a source is s3://BUCKET/PREFIX or a folder",
                       STR_FMT(str_slice(uri, 0, 200)));
    struct str path = str_from_pos(uri, sizeof "file:" - 1);
    struct store *store = open_folder(s, path, err);
    if (store == NULL)
        return false;
    *out = (struct scan_place){ .store = store,
                                .bucket = STR(FOLDER_ONE_BUCKET),
                                .root = arena_printf(a, "file:%.*s/", STR_FMT(path)) };
    return true;
}

bool scanning_uri(const struct scanning *s, struct arena *a, struct str text, struct str *out,
                  struct err *err)
{
    struct str bucket, key, path, rest;
    if (source_is_s3(text, &bucket, &key)) {
        while (key.len > 0 && key.ptr[key.len - 1] == '/')
            key.len--;
        *out = arena_printf(a, "s3://%.*s%s%.*s", STR_FMT(bucket), key.len > 0 ? "/" : "",
                            STR_FMT(key));
        return store_name_check(bucket, false, err);
    }
    if (str_has_prefix(text, STR("file:")))
        text = str_from_pos(text, sizeof "file:" - 1);
    else if (str_contains(text, STR("://")))
        return err_set(err, ERR_UNSUPPORTED, "%.*s: a source is s3://BUCKET/PREFIX or a folder",
                       STR_FMT(str_slice(text, 0, 200)));
    if (!real_path(a, text, &path, err))
        return false;
    rest = str_from_pos(path, s->lake.len);
    if (s->lake.len > 0 && str_has_prefix(path, s->lake) && rest.len > 1 && rest.ptr[0] == '/')
        *out = arena_printf(a, "s3:/%.*s", STR_FMT(rest));
    else
        *out = arena_printf(a, "file:%.*s", STR_FMT(path));
    return true;
}

/* "NAME PLACE [notebooks|datasets] [SECONDS]"; blanks in a place are written %20. */
static bool read_source(struct scanning *s, struct arena *a, struct str item,
                        struct scan_source *out, struct err *err)
{
    struct str word, rest = str_trim(item), words[4];
    size_t n = 0;
    while (rest.len > 0) {
        str_cut(rest, ' ', &word, &rest);
        rest = str_trim(rest);
        if (n == ARRAY_LEN(words))
            break;
        words[n++] = word;
    }
    *out = (struct scan_source){ .wants_notebooks = true, .wants_datasets = true };
    bool ok = n >= 2 && rest.len == 0;
    for (size_t i = 2; i < n && ok; i++) {
        uint64_t seconds;
        if (str_eq(words[i], STR("notebooks")))
            out->wants_datasets = false;
        else if (str_eq(words[i], STR("datasets")))
            out->wants_notebooks = false;
        else if (scan_whole_u64(words[i], INT32_MAX, &seconds))
            out->interval_s = (int64_t)seconds;
        else
            ok = false;
    }
    if (!ok || (!out->wants_notebooks && !out->wants_datasets)) {
        err_set(err, ERR_CONFIG,
                "scan.sources: \"%.*s\" is not NAME PLACE [notebooks|datasets] [SECONDS]",
                STR_FMT(str_slice(item, 0, 120)));
        return err_fix(err, "Write it like: team s3://team-bucket/users notebooks 900");
    }
    out->name = words[0];
    struct str place;
    return url_decode(a, words[1], 0, &place, err) && scanning_uri(s, a, place, &out->uri, err);
}

static bool read_sources(struct scanning *s, struct scan_source **out, size_t *n_out,
                         struct err *err)
{
    const struct config_value *v = &s->cli->config.values[CONFIG_SCAN_SOURCES];
    struct arena *a = s->cli->arena;
    *n_out = v->n_items;
    *out = ARENA_NEW_N(a, struct scan_source, v->n_items);
    for (size_t i = 0; i < v->n_items; i++)
        if (!read_source(s, a, v->items[i], &(*out)[i], err))
            return false;
    return true;
}

/* What analyses depend on beside the notebooks: this program, the user's rules and values. */
static bool analysis_key(struct scanning *s, struct str *out, struct err *err)
{
    const struct config *c = &s->cli->config;
    AUTO_BUF text = BUF_INIT(2 * LIMIT_CALL_TABLE_BYTES);
    unsigned char digest[SHA256_BYTES];
    const char *rules = config_cstr(c, CONFIG_ANALYSIS_RULES);
    if (rules != NULL && !analyst_read_rules(rules, &text, err))
        return false;
    buf_add_char(&text, '\0');
    buf_add(&text, config_text(c, CONFIG_ANALYSIS_VALUES));
    sha256(buf_str(&text), digest);
    *out = arena_printf(c->arena, "%s %.*s", BOATHOUSE_VERSION,
                        STR_FMT(arena_hex(c->arena, digest, 8)));
    return true;
}

/* The patterns of the configuration, one a line. */
static bool read_overrides(const struct config *c, const struct discover_overrides **out,
                           struct err *err)
{
    const struct config_value *v = &c->values[CONFIG_SCAN_DATASETS];
    AUTO_BUF lines = BUF_INIT(LIMIT_CONFIG_BYTES);
    for (size_t i = 0; i < v->n_items; i++) {
        buf_add(&lines, v->items[i]);
        buf_add_char(&lines, '\n');
    }
    return discover_overrides_parse(c->arena, arena_str(c->arena, buf_str(&lines)), out, err);
}

static void empty_analyst(struct scanning *s)
{
    analyst_release(&s->analyst);
    s->analyst = (struct analyst){ 0 };
    arena_release(&s->analyst_arena);
}

static bool load_analyst(void *ctx, struct err *err)
{
    struct scanning *s = ctx;
    if (pthread_mutex_lock(&s->lock) != 0)
        panic("pthread_mutex_lock");
    bool ok =
        s->n_analysts > 0 || analyst_open(&s->analyst, &s->analyst_arena, &s->cli->config, err);
    if (ok)
        s->n_analysts++;
    else
        empty_analyst(s);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

static void unload_analyst(void *ctx)
{
    struct scanning *s = ctx;
    if (pthread_mutex_lock(&s->lock) != 0)
        panic("pthread_mutex_lock");
    if (--s->n_analysts == 0)
        empty_analyst(s);
    pthread_mutex_unlock(&s->lock);
}

/* Say at the start what is wrong with the user's rules and values, not at the first scan. */
static bool check_analyst(struct scanning *s, struct err *err)
{
    const struct config *c = &s->cli->config;
    if (config_cstr(c, CONFIG_ANALYSIS_RULES) == NULL &&
        c->values[CONFIG_ANALYSIS_VALUES].n_items == 0)
        return true;
    if (!load_analyst(s, err))
        return false;
    unload_analyst(s);
    return true;
}

static bool open_scans(struct scanning *s, const atomic_bool *cancel, struct err *err)
{
    const struct config *c = &s->cli->config;
    int64_t workers = config_int(c, CONFIG_SCAN_WORKERS);
    bool is_local = config_is(c, CONFIG_PROVIDER, STR("local"));
    struct scan_source *sources;
    struct scans_options o = {
        .index = s->wiring->index,
        .analyst = &s->analyst,
        .load_analyst = load_analyst,
        .unload_analyst = unload_analyst,
        .reading = { .max_bytes = (uint64_t)config_int(c, CONFIG_FETCH_MAX_NOTEBOOK_BYTES),
                     .timeout_ms = 1000 * config_int(c, CONFIG_SERVER_CALL_TIMEOUT_S) },
        .n_workers = workers == 0 ? processors() : (unsigned)workers,
        .n_fetchers = (unsigned)config_int(c, CONFIG_SCAN_FETCHERS),
        .open_place = open_place,
        .ctx = s,
        .buckets_of = is_local ? s->wiring->store : NULL,
        .interval_s = config_int(c, CONFIG_SCAN_INTERVAL_S),
        .cancel = cancel,
    };
    if (!read_sources(s, &sources, &o.n_sources, err) || !analysis_key(s, &o.analysis_key, err) ||
        !read_overrides(c, &o.overrides, err))
        return false;
    o.sources = sources;
    s->scans = scans_new(&o);
    return scans_take_sources(s->scans, err);
}

static bool receive(void *ctx, struct arena *a, const atomic_bool *cancel,
                    struct scan_message messages[SCAN_MAX_MESSAGES], size_t *n_out, struct err *err)
{
    enum { WAIT_S = 20 };
    const struct scanning *s = ctx;
    const struct sqs_queue queue = { config_text(&s->cli->config, CONFIG_SCAN_EVENTS_QUEUE),
                                     cancel };
    struct sqs_message found[SQS_MOST];
    if (!sqs_receive(s->wiring->aws, a, &queue, WAIT_S, found, n_out, err))
        return false;
    for (size_t i = 0; i < *n_out; i++)
        messages[i] = (struct scan_message){ found[i].receipt, found[i].body };
    return true;
}

static bool remove_messages(void *ctx, const struct scan_message *messages, size_t n,
                            struct err *err)
{
    const struct scanning *s = ctx;
    const struct sqs_queue queue = { config_text(&s->cli->config, CONFIG_SCAN_EVENTS_QUEUE), NULL };
    struct sqs_message done[SQS_MOST];
    for (size_t i = 0; i < n; i++)
        done[i] = (struct sqs_message){ .receipt = messages[i].receipt };
    return sqs_delete(s->wiring->aws, &queue, done, n, err);
}

bool scanning_use_inventory(struct scanning *s, struct str place, struct err *err)
{
    const struct config *c = &s->cli->config;
    struct inventory_options o = { .real = s->wiring->store,
                                   .folder = config_cstr(c, CONFIG_STATE),
                                   .call = wiring_call(c) };
    if (!source_is_s3(place, &o.bucket, &o.manifest))
        return err_set(err, ERR_INVALID, "--inventory needs s3://BUCKET/.../manifest.json");
    return inventory_store_open(&o, &s->inventory, err);
}

bool scanning_listen(struct scanning *s, struct err *err)
{
    const struct scan_queue queue = { receive, remove_messages, s };
    _Static_assert((int)SCAN_MAX_MESSAGES >= (int)SQS_MOST, "a batch holds what one call gives");
    if (config_text(&s->cli->config, CONFIG_SCAN_EVENTS_QUEUE).len == 0)
        return true;
    if (s->wiring->aws == NULL)
        return err_set(err, ERR_CONFIG, "scan.events_queue needs provider = aws");
    scans_listen(s->scans, &queue);
    return true;
}

bool scanning_open(struct scanning *s, struct cli *cli, struct wiring *w, const atomic_bool *cancel,
                   struct err *err)
{
    struct err ignored = ERR_INIT; /* without a lake no path lies in it */
    *s = (struct scanning){ .cli = cli, .wiring = w };
    if (pthread_mutex_init(&s->lock, NULL) != 0)
        panic("pthread_mutex_init");
    if (config_is(&cli->config, CONFIG_PROVIDER, STR("local")) &&
        !real_path(cli->arena, config_text(&cli->config, CONFIG_LAKE), &s->lake, &ignored))
        s->lake = STR_EMPTY;
    return check_analyst(s, err) && open_scans(s, cancel, err);
}

void scanning_release(struct scanning *s)
{
    if (s->cli == NULL)
        return;
    scans_free(s->scans);
    store_free(s->inventory.store);
    while (s->folders != NULL) {
        struct folder_place *f = s->folders;
        s->folders = f->next;
        store_free(f->store);
        free(f->path);
        free(f);
    }
    arena_release(&s->analyst_arena);
    pthread_mutex_destroy(&s->lock);
    *s = (struct scanning){ 0 };
}
