/* local: the provider.  See local.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "cluster/spec.h"
#include "util/clock.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    START_MS = 30000,     /* for a supervisor to say who it is */
    SUPERVISOR_MS = 2000, /* for which an end waits for that */
    MAX_CLUSTERS = 10000, /* folders that are looked at */
};
static const int64_t KEPT_MS = 30LL * 24 * 3600 * 1000; /* how long what has ended is told about */

struct local_provider {
    struct cluster_provider base;
    struct local_settings settings;
    struct arena arena; /* of the settings */
};

static struct str folder_of(const struct local_provider *p, struct arena *a, struct str id)
{
    return arena_printf(a, "%.*s/clusters/%.*s", STR_FMT(p->settings.folder), STR_FMT(id));
}

/* ---- what there is ---- */

/* The status of a cluster.  One whose supervisor is gone has failed: what it left is ended. */
static bool look(const struct local_provider *p, struct arena *a, struct str id,
                 struct local_status *out, struct err *err)
{
    struct str folder = folder_of(p, a, id);
    if (!local_status_get(a, folder.ptr, out, err))
        return false;
    bool is_over = out->stage == STAGE_ENDED || out->stage == STAGE_FAILED;
    bool is_new = out->pid == 0 && clock_unix_ms() - out->created_ms < START_MS;
    if (is_over || is_new || local_is_alive(out->pid, out->pid_ticks))
        return true;
    local_end_all(arena_printf(a, "BOATHOUSE_CLUSTER=%s", folder.ptr));
    out->stage = STAGE_FAILED;
    out->ended_ms = clock_unix_ms();
    out->error_code = STR("supervisor-lost");
    out->error_data = STR("the process that watched over the cluster was killed");
    return local_status_put(a, folder.ptr, out, err);
}

static bool not_found(struct str id, struct err *err)
{
    *err = (struct err)ERR_INIT;
    return err_set(err, ERR_NOT_FOUND, "there is no cluster %.*s on this machine", STR_FMT(id));
}

static bool local_view(struct cluster_provider *provider, struct arena *a, struct str id,
                       int64_t generation, const struct cluster_call *call,
                       struct cluster_view *out, struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct local_status s;
    (void)generation;
    (void)call;
    struct str password = arena_printf(a, "%.*s/password", STR_FMT(folder_of(p, a, id)));
    if (!look(p, a, id, &s, err))
        return err->code == ERR_NOT_FOUND ? not_found(id, err) : false;
    *out = (struct cluster_view){
        .state = local_stage_name(s.stage),
        .error_code = s.error_code,
        .error_data = s.error_data,
        .state_code = s.error_code,
        .state_message = s.error_data,
        .progress = s.progress,
        .stage = s.stage,
        .hub_url = s.url,
        .host = s.url.len > 0 ? STR("127.0.0.1") : STR_EMPTY,
        /* The hub removes the file when it has taken the password. */
        .hardening = s.stage == STAGE_UP && access(password.ptr, F_OK) != 0 ? HARDENING_DONE
                                                                            : HARDENING_PENDING,
        .created_ms = s.created_ms,
        .ready_ms = s.ready_ms,
        .ended_ms = s.ended_ms,
    };
    return true;
}

/* The folders, each once, in no order. */
static DIR *open_clusters(const struct local_provider *p, struct arena *a)
{
    struct str path = arena_printf(a, "%.*s/clusters", STR_FMT(p->settings.folder));
    return opendir(path.ptr);
}

static bool is_live(const struct local_status *s)
{
    return s->stage != STAGE_ENDED && s->stage != STAGE_FAILED;
}

static bool local_page(struct cluster_provider *provider, struct arena *a, int64_t created_ms,
                       bool only_live, struct str cursor, const struct cluster_call *call,
                       struct cluster_page *out, struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct cluster_page page = { 0 };
    DIR *dir = open_clusters(p, a);
    struct dirent *entry;
    size_t n = 0;
    (void)cursor;
    (void)call;
    (void)err;
    while (dir != NULL && n++ < MAX_CLUSTERS && (entry = readdir(dir)) != NULL) {
        struct str id = arena_printf(a, "%s", entry->d_name);
        struct err ignored = ERR_INIT; /* a folder that is just being made, or that is not ours */
        struct local_status s;
        if (!cluster_id_check(id, &ignored) || !look(p, a, id, &s, &ignored))
            continue;
        if (s.created_ms < created_ms || (only_live && !is_live(&s)))
            continue;
        *ARENA_PUSH(a, page.items, page.n, page.cap) =
            (struct cluster_seen){ .id = id,
                                   .name = s.name,
                                   .state = local_stage_name(s.stage),
                                   .stage = s.stage,
                                   .created_ms = s.created_ms,
                                   .ready_ms = s.ready_ms,
                                   .ended_ms = s.ended_ms };
    }
    if (dir != NULL)
        closedir(dir);
    *out = page;
    return true;
}

static bool local_list(struct cluster_provider *provider, struct arena *a, enum cluster_list what,
                       struct str id, const struct cluster_call *call, struct cluster_items *out,
                       struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct cluster_items items = { 0 };
    struct local_status s;
    if (what == CLUSTER_LIST_LIVE || what == CLUSTER_LIST_ALL) {
        struct cluster_page page;
        if (!local_page(provider, a, 0, what == CLUSTER_LIST_LIVE, STR_EMPTY, call, &page, err))
            return false;
        for (size_t i = 0; i < page.n; i++) {
            const struct cluster_seen *seen = &page.items[i];
            *ARENA_PUSH(a, items.items, items.n, items.cap) =
                (struct cluster_item){ .id = seen->id,
                                       .state = seen->state,
                                       .name = seen->name,
                                       .created_unix_ms = seen->created_ms,
                                       .ready_unix_ms = seen->ready_ms,
                                       .ended_unix_ms = seen->ended_ms };
        }
    } else if (!look(p, a, id, &s, err)) {
        return err->code == ERR_NOT_FOUND ? not_found(id, err) : false;
    } else if (what == CLUSTER_LIST_NODES) {
        for (int64_t i = 0; i <= s.n_workers; i++)
            *ARENA_PUSH(a, items.items, items.n, items.cap) =
                (struct cluster_item){ .id = i == 0 ? STR("primary")
                                                    : arena_printf(a, "worker-%lld", (long long)i),
                                       .state = local_stage_name(s.stage),
                                       .name = STR("127.0.0.1"),
                                       .type = STR("process"),
                                       .created_unix_ms = s.created_ms,
                                       .ready_unix_ms = s.ready_ms,
                                       .ended_unix_ms = s.ended_ms };
    }
    *out = items;
    return true;
}

/* Its time on this machine costs nothing. */
static bool local_spans(struct cluster_provider *provider, struct arena *a, struct str id,
                        const struct cluster_call *call, struct ledger_spans *out, struct err *err)
{
    (void)provider;
    (void)a;
    (void)id;
    (void)call;
    (void)out;
    (void)err;
    return true;
}

/* ---- begin and end ---- */

/* Forget what ended long ago. */
static void clean(const struct local_provider *p, struct arena *a)
{
    DIR *dir = open_clusters(p, a);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct str id = arena_printf(a, "%s", entry->d_name);
        struct err ignored = ERR_INIT;
        struct local_status s;
        struct str folder = folder_of(p, a, id);
        if (cluster_id_check(id, &ignored) && local_status_get(a, folder.ptr, &s, &ignored) &&
            !is_live(&s) && clock_unix_ms() - s.ended_ms > KEPT_MS)
            local_remove_folder(folder.ptr);
    }
    if (dir != NULL)
        closedir(dir);
}

/* Start the supervisor; it belongs to nobody before this returns. */
static bool start(struct arena *a, const char *folder, struct err *err)
{
    const char *const argv[] = { "/proc/self/exe", "local-cluster", folder, NULL };
    const struct local_program program = { .argv = argv,
                                           .folder = folder,
                                           .log = arena_printf(a, "%s/supervisor.log", folder).ptr,
                                           .is_leader = true };
    pid_t pid;
    int status;
    if (!local_spawn(a, &program, &pid, err))
        return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(err, ERR_IO, "the supervisor of the cluster could not be started; see %s",
                   program.log);
}

static bool fill(const struct local_provider *p, struct arena *a, const char *folder, struct str id,
                 const struct cluster_order *order, struct err *err)
{
    struct local_status s = { .id = id,
                              .name =
                                  arena_printf(a, "%.*s dp=%.*s id=%.*s", STR_FMT(order->name),
                                               STR_FMT(order->deployment), STR_FMT(order->marker)),
                              .owner = order->owner,
                              .stage = STAGE_STARTING,
                              .progress = STR("waiting for its supervisor"),
                              .n_workers = order->spec->n_workers > 0 ? order->spec->n_workers : 1,
                              .created_ms = clock_unix_ms() };
    return local_order_put(folder, &p->settings, err) &&
           local_put(arena_printf(a, "%s/password", folder).ptr, order->password, 0600, err) &&
           local_status_put(a, folder, &s, err) && start(a, folder, err);
}

static void local_launch(struct cluster_provider *provider, struct arena *a,
                         const struct cluster_order *order, const struct cluster_call *call,
                         enum cluster_launch *outcome_out, struct str *id_out, struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct str id = arena_printf(a, "j-%.*s", STR_FMT(order->marker));
    struct str folder = folder_of(p, a, id);
    (void)call;
    *outcome_out = CLUSTER_REFUSED;
    if (order->spec->n_workers > p->base.max_nodes) {
        err_set(err, ERR_INVALID, "a cluster on this machine has at most %u workers",
                p->base.max_nodes);
        return;
    }
    clean(p, a);
    *outcome_out = CLUSTER_NOT_SENT;
    if (!local_make_folder(arena_printf(a, "%.*s/clusters", STR_FMT(p->settings.folder)).ptr, 0700,
                           err))
        return;
    /* The same order again is the same cluster. */
    if (mkdir(folder.ptr, 0700) != 0 && errno == EEXIST) {
        *outcome_out = CLUSTER_LAUNCHED;
    } else if (fill(p, a, folder.ptr, id, order, err)) {
        *outcome_out = CLUSTER_LAUNCHED;
    } else {
        local_remove_folder(folder.ptr);
        return;
    }
    *id_out = id;
}

static bool local_stop(struct cluster_provider *provider, struct arena *a, struct str id,
                       bool unprotect, const struct cluster_call *call, struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct local_status s;
    (void)unprotect;
    (void)call;
    int64_t until_ms = clock_mono_ms() + SUPERVISOR_MS;
    const struct timespec soon = { .tv_nsec = 20 * 1000000L };
    /* Its supervisor says in a moment who it is. */
    do {
        if (!look(p, a, id, &s, err))
            return err->code == ERR_NOT_FOUND ? not_found(id, err) : false;
    } while (is_live(&s) && s.pid == 0 && clock_mono_ms() < until_ms &&
             nanosleep(&soon, NULL) == 0);
    if (is_live(&s) && s.pid == 0)
        return err_set(err, ERR_BUSY, "the cluster is just being started");
    if (is_live(&s))
        local_signal(s.pid, s.pid_ticks, SIGTERM);
    return true;
}

/* ---- while it lives ---- */

/* It and its folder, if its supervisor is there. */
static bool find_live(const struct local_provider *p, struct arena *a, struct str id,
                      struct str *folder_out, struct err *err)
{
    struct local_status s;
    if (!look(p, a, id, &s, err))
        return err->code == ERR_NOT_FOUND ? not_found(id, err) : false;
    *folder_out = folder_of(p, a, id);
    return s.stage == STAGE_UP || err_set(err, ERR_CONFLICT, "cluster %.*s is not up", STR_FMT(id));
}

static bool local_activity(struct cluster_provider *provider, struct arena *a,
                           const struct cluster_target *t, const struct cluster_call *call,
                           struct cluster_activity *out, struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct str folder;
    (void)call;
    if (!find_live(p, a, t->id, &folder, err))
        return false;
    local_activity_get(a, folder.ptr, clock_unix_ms(), out);
    return true;
}

/* The supervisor sees the file and tells the hub, which takes it. */
static bool local_rotate(struct cluster_provider *provider, struct arena *a,
                         const struct cluster_target *t, const struct cluster_call *call,
                         struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct str folder;
    (void)call;
    return find_live(p, a, t->id, &folder, err) &&
           local_put(arena_printf(a, "%.*s/password", STR_FMT(folder)).ptr, t->password, 0600, err);
}

/* The supervisor sees the number, and starts or ends workers. */
static bool local_resize(struct cluster_provider *provider, struct arena *a,
                         const struct cluster_target *t, const struct cluster_call *call,
                         struct err *err)
{
    const struct local_provider *p = (struct local_provider *)provider;
    struct str folder;
    (void)call;
    if (t->spec->n_workers < 1 || t->spec->n_workers > p->base.max_nodes)
        return err_set(err, ERR_INVALID, "a cluster on this machine has 1 to %u workers",
                       p->base.max_nodes);
    return find_live(p, a, t->id, &folder, err) &&
           local_wanted_put(a, folder.ptr, t->spec->n_workers, err);
}

/* ---- the provider ---- */

static void local_free(struct cluster_provider *provider)
{
    struct local_provider *p = (struct local_provider *)provider;
    arena_release(&p->arena);
    free(p);
}

static const struct cluster_ops ops = { .name = "local",
                                        .list = local_list,
                                        .launch = local_launch,
                                        .page = local_page,
                                        .view = local_view,
                                        .stop = local_stop,
                                        .spans = local_spans,
                                        .activity = local_activity,
                                        .rotate = local_rotate,
                                        .resize = local_resize,
                                        .free = local_free };

struct cluster_provider *local_provider_new(const struct local_settings *settings, struct err *err)
{
    struct local_provider *p = calloc(1, sizeof *p);
    if (p == NULL)
        panic("no memory for the provider of clusters");
    unsigned most =
        settings->max_nodes < LOCAL_MAX_WORKERS ? settings->max_nodes : LOCAL_MAX_WORKERS;
    p->base = (struct cluster_provider){ .ops = &ops, .max_nodes = most };
    p->settings = (struct local_settings){
        .folder = arena_printf(&p->arena, "%.*s", STR_FMT(settings->folder)),
        .environments = arena_printf(&p->arena, "%.*s", STR_FMT(settings->environments)),
        .lake = arena_printf(&p->arena, "%.*s", STR_FMT(settings->lake)),
        .notebooks = arena_str(&p->arena, settings->notebooks),
        .hub_user = arena_str(&p->arena, settings->hub_user),
        .python = arena_str(&p->arena, settings->python),
        .max_nodes = most,
    };
    if (local_make_folder(p->settings.folder.ptr, 0700, err))
        return &p->base;
    local_free(&p->base);
    return NULL;
}
