/* service: see service.h.  Threads, the lock file and the waiting; the original calls are facade.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/service_internal.h"

#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

enum { COMMANDS_EVERY_MS = 1000, READS_EVERY_MS = 2000, POLL_MS = 500, BOOT_ID_BYTES = 36 };

struct ledger *clusters_ledger(struct clusters *c)
{
    return c->options.ledger;
}

struct cluster_provider *clusters_provider(struct clusters *c)
{
    return c->options.provider;
}

const struct cluster_spec *clusters_defaults(const struct clusters *c)
{
    return c->options.defaults;
}

struct str clusters_deployment(const struct clusters *c)
{
    return c->deployment;
}

struct cluster_provider *clusters_facade(struct clusters *c)
{
    return &c->facade.base;
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return clock_unix_ms();
}

static bool password(void *ctx, struct arena *a, const struct cluster_row *row,
                     struct str *clear_out, struct str *hash_out, struct err *err)
{
    const struct clusters *c = ctx;
    *clear_out = secret_password(&c->secret, a, row->id, row->secret_generation);
    return secret_hash(&c->secret, a, row->id, row->secret_generation, hash_out, err);
}

void clusters_wake(struct clusters *c)
{
    pthread_mutex_lock(&c->mutex);
    c->n_wakes++;
    pthread_cond_broadcast(&c->is_woken);
    pthread_cond_broadcast(&c->is_told);
    if (c->listener != NULL)
        c->listener(c->listener_ctx);
    pthread_mutex_unlock(&c->mutex);
}

void clusters_listen(struct clusters *c, void (*told)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&c->mutex);
    c->listener = told;
    c->listener_ctx = ctx;
    pthread_mutex_unlock(&c->mutex);
}

static void told(void *ctx)
{
    /* What happened calls for the next thing, maybe of the other thread. */
    clusters_wake(ctx);
}

static void failed(void *ctx, const char *what, const struct err *err)
{
    const struct clusters *c = ctx;
    if (c->options.failed != NULL)
        c->options.failed(c->options.ctx, what, err);
}

static struct timespec in_ms(int64_t ms)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at); /* cannot fail with a clock that exists */
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* One process of this machine works; the kernel frees the lock of one that died. */
static bool has_lock(struct clusters *c)
{
    pthread_mutex_lock(&c->mutex);
    if (!c->has_lock)
        c->has_lock = flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0;
    bool has = c->has_lock;
    pthread_mutex_unlock(&c->mutex);
    return has;
}

static void *run(void *ctx)
{
    struct worker *w = ctx;
    struct clusters *c = w->clusters;
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->is_stopping)) {
        unsigned long long wakes = c->n_wakes;
        pthread_mutex_unlock(&c->mutex);
        if (has_lock(c))
            (void)reconciler_turn(&w->reconciler); /* its failures were told */
        pthread_mutex_lock(&c->mutex);
        struct timespec until = in_ms(w->every_ms);
        while (!atomic_load(&c->is_stopping) && c->n_wakes == wakes &&
               pthread_cond_timedwait(&c->is_woken, &c->mutex, &until) == 0)
            continue;
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

/* The same for all processes of a machine since it was started: only one of them has the lock. */
static void name_holder(struct clusters *c)
{
    char boot[BOOT_ID_BYTES + 1] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, boot, BOOT_ID_BYTES) : -1;
    if (fd >= 0)
        close(fd);
    if (n == BOOT_ID_BYTES)
        (void)snprintf(c->holder, sizeof c->holder, "%.*s", BOOT_ID_BYTES, boot);
    else
        (void)snprintf(c->holder, sizeof c->holder, "pid %d at %lld", (int)getpid(),
                       (long long)clock_unix_ms());
}

static bool open_files(struct clusters *c, struct err *err)
{
    const struct clusters_options *o = &c->options;
    if (!secret_open(&c->secret, o->key_path, err))
        return false;
    c->lock_fd = open(o->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return c->lock_fd >= 0 || err_errno(err, errno, "%s", o->lock_path);
}

struct clusters *clusters_new(const struct clusters_options *options, struct err *err)
{
    struct clusters *c = calloc(1, sizeof *c);
    pthread_condattr_t attr;
    if (c == NULL)
        panic("no memory for the clusters");
    c->options = *options;
    c->rules = lifecycle_rules;
    if (options->sync_ms > 0)
        c->rules.view_ms = options->sync_ms;
    if (options->quarantine_ms > 0)
        c->rules.quarantine_ms = options->quarantine_ms;
    if (options->attempt_ms > 0)
        c->rules.call_ms = options->attempt_ms;
    c->rules.month_micro = options->month_micro;
    c->lock_fd = -1;
    if (!open_files(c, err)) {
        free(c);
        return NULL;
    }
    c->deployment = options->deployment.len > 0 ? options->deployment
                                                : secret_deployment(&c->secret, &c->arena);
    name_holder(c);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c->is_woken, &attr);
    pthread_cond_init(&c->is_told, &attr);
    pthread_condattr_destroy(&attr);
    facade_init(c);
    return c;
}

void clusters_start(struct clusters *c)
{
    static const struct {
        unsigned work;
        int64_t every_ms;
    } kinds[N_WORKERS] = { { WORK_COMMANDS, COMMANDS_EVERY_MS }, { WORK_READS, READS_EVERY_MS } };
    for (int i = 0; i < N_WORKERS; i++) {
        struct worker *w = &c->workers[i];
        const struct reconciler_options o = { .ledger = c->options.ledger,
                                              .provider = c->options.provider,
                                              .rules = &c->rules,
                                              .deployment = c->deployment,
                                              .holder = str_from(c->holder),
                                              .work = kinds[i].work,
                                              .sync_ms = c->options.sync_ms,
                                              .now = now,
                                              .password = password,
                                              .told = told,
                                              .failed = failed,
                                              .ctx = c,
                                              .cancel = &c->is_stopping };
        w->clusters = c;
        w->every_ms = kinds[i].every_ms;
        reconciler_init(&w->reconciler, &o);
        if (pthread_create(&w->thread, NULL, run, w) != 0)
            panic("no thread for the clusters");
        w->is_started = true;
    }
}

void clusters_free(struct clusters *c)
{
    struct err ignored = ERR_INIT;
    if (c == NULL)
        return;
    atomic_store(&c->is_stopping, true);
    clusters_wake(c);
    for (int i = 0; i < N_WORKERS; i++)
        if (c->workers[i].is_started) {
            pthread_join(c->workers[i].thread, NULL);
            reconciler_release(&c->workers[i].reconciler);
        }
    if (c->has_lock) /* else it would take others a while; it expires by itself too */
        (void)c->options.ledger->ops->lease_release(c->options.ledger, STR(LEASE_RECONCILER),
                                                    str_from(c->holder), &ignored);
    close(c->lock_fd);
    pthread_cond_destroy(&c->is_told);
    pthread_cond_destroy(&c->is_woken);
    pthread_mutex_destroy(&c->mutex);
    cluster_provider_free(c->options.provider);
    c->options.ledger->ops->close(c->options.ledger);
    arena_release(&c->arena);
    explicit_bzero(&c->secret, sizeof c->secret);
    free(c);
}

bool clusters_wait(struct clusters *c, int64_t after, int64_t until_ms, const atomic_bool *cancel,
                   int64_t *newest_out, struct err *err)
{
    for (;;) {
        int64_t newest = 0, left_ms = until_ms - clock_mono_ms();
        pthread_mutex_lock(&c->mutex);
        unsigned long long wakes = c->n_wakes;
        pthread_mutex_unlock(&c->mutex);
        if (!c->options.ledger->ops->last_event(c->options.ledger, &newest, err))
            return false;
        bool is_over =
            left_ms <= 0 || (cancel != NULL && atomic_load(cancel)) || atomic_load(&c->is_stopping);
        if (newest > after || is_over) {
            *newest_out = newest;
            return true;
        }
        /* Other processes do not wake us: look again now and then. */
        struct timespec until = in_ms(left_ms < POLL_MS ? left_ms : POLL_MS);
        pthread_mutex_lock(&c->mutex);
        if (c->n_wakes == wakes)
            (void)pthread_cond_timedwait(&c->is_told, &c->mutex, &until);
        pthread_mutex_unlock(&c->mutex);
    }
}

bool clusters_make(struct clusters *c, struct arena *a, struct cluster_ask *ask,
                   struct cluster_row *out, bool *is_replay_out, struct err *err)
{
    ask->provider = str_from(c->options.provider->ops->name);
    ask->max_live = c->options.max_live;
    if (getrandom(ask->random, sizeof ask->random, 0) != (ssize_t)sizeof ask->random)
        panic("getrandom");
    struct preflight found = { .arena = a };
    if (!service_permits(c, a, ask, &found, err))
        return false;
    ask->found = &found;
    bool ok =
        cluster_request_make(c->options.ledger, a, ask, clock_unix_ms(), out, is_replay_out, err);
    ask->found = NULL;
    if (!ok)
        return false;
    clusters_wake(c);
    return true;
}

bool clusters_end(struct clusters *c, struct arena *a, const struct cluster_end *end,
                  struct cluster_row *out, struct err *err)
{
    if (!cluster_request_end(c->options.ledger, a, end, clock_unix_ms(), out, err))
        return false;
    clusters_wake(c);
    return true;
}

static bool reveal(void *ctx, struct cluster_row *row, int64_t at, struct lifecycle_out *out,
                   struct err *err)
{
    char shown[RFC3339_SIZE];
    (void)ctx;
    if (!lifecycle_has_password(row, err))
        return false;
    time_rfc3339(row->revealed_ms, shown);
    if (row->revealed_ms != 0) {
        err_set(err, ERR_CONFLICT, "the password was already shown at %s", shown);
        return err_fix(err, "It is shown once; ask with rotate=true for another one.");
    }
    row->revealed_ms = at;
    *ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events) = (struct lifecycle_event){
        .type = STR("credentials"), .message = STR("the password was shown"), .kind = STR("info")
    };
    return true;
}

bool clusters_reveal(struct clusters *c, struct arena *a, struct str id, struct str *password_out,
                     struct err *err)
{
    const struct row_update u = {
        .ledger = c->options.ledger, .id = id, .now = clock_unix_ms(), .change = reveal, .ctx = c
    };
    struct cluster_row row;
    bool has_events;
    if (!row_update(a, &u, &row, &has_events, err))
        return false;
    *password_out = secret_password(&c->secret, a, row.id, row.secret_generation);
    told(c);
    return true;
}

static bool rotate(void *ctx, struct cluster_row *row, int64_t at, struct lifecycle_out *out,
                   struct err *err)
{
    const struct str *by = ctx;
    (void)at;
    return lifecycle_rotate(row, *by, out, err);
}

bool clusters_rotate(struct clusters *c, struct arena *a, struct str id, struct str by,
                     struct cluster_row *out, struct err *err)
{
    const struct row_update u = {
        .ledger = c->options.ledger, .id = id, .now = clock_unix_ms(), .change = rotate, .ctx = &by
    };
    bool has_events;
    if (c->options.provider->ops->rotate == NULL)
        return err_set(err, ERR_UNSUPPORTED, "this provider replaces no passwords");
    if (!row_update(a, &u, out, &has_events, err))
        return false;
    clusters_wake(c);
    return true;
}
