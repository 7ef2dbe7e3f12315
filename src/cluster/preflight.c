/* preflight: see preflight.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/preflight.h"

#include "cluster/emr.h"
#include "cluster/instance_types.h"

/* What listens on the primary node of a cluster with JupyterHub, Spark, Hadoop and Livy. */
static const struct {
    int port;
    struct str name;
} hub_ports[] = {
    { 9443, STR_INIT("JupyterHub (9443)") },
    { 8888, STR_INIT("Jupyter (8888)") },
    { 8998, STR_INIT("Livy (8998)") },
    { 8088, STR_INIT("YARN (8088)") },
};

struct str preflight_exposed(int from_port, int to_port)
{
    for (size_t i = 0; i < ARRAY_LEN(hub_ports); i++)
        if (from_port <= hub_ports[i].port && hub_ports[i].port <= to_port)
            return hub_ports[i].name;
    return STR_EMPTY;
}

void preflight_add(struct preflight *p, enum preflight_level level, const char *code,
                   const char *pointer, const char *fix, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    *ARENA_PUSH(p->arena, p->items, p->n, p->cap) =
        (struct preflight_finding){ .level = level,
                                    .code = str_from(code),
                                    .pointer = str_from(pointer),
                                    .message = arena_vprintf(p->arena, fmt, args),
                                    .fix = arena_str(p->arena, str_from(fix)) };
    va_end(args);
}

void preflight_unchecked(struct preflight *p, const char *pointer, const char *what,
                         const struct err *why)
{
    preflight_add(p, PREFLIGHT_WARNING, "unchecked", pointer,
                  why->code == ERR_FORBIDDEN
                      ? "Give this identity the rights that boathouse iam-policy prints."
                      : err_fix_text(why),
                  "%s could not be checked: %s", what, why->msg);
}

static void check_release(struct preflight *p, const struct cluster_spec *spec, int64_t now)
{
    struct err err = ERR_INIT;
    struct str release = str_slice(spec->release, 0, 40);
    if (!emr_release_check(spec->release, &err)) {
        struct str fix = str_from(err_fix_text(&err));
        preflight_add(
            p, PREFLIGHT_ERROR, "release-unsupported", "/release",
            arena_printf(p->arena, "%.*s boathouse clusters releases lists them.", STR_FMT(fix))
                .ptr,
            "%.*s cannot be used here: %s", STR_FMT(release), err.msg);
        return;
    }
    struct emr_support support = emr_release_support(spec->release, now);
    if (support.has_ended)
        preflight_add(p, PREFLIGHT_WARNING, "release-old", "/release",
                      "Choose a newer one: boathouse clusters releases lists them.",
                      "AWS's standard support of %.*s has ended", STR_FMT(release));
    if (!emr_release_ends_idle(spec->release))
        preflight_add(p, PREFLIGHT_WARNING, "release-not-idle", "/release",
                      "Set lifecycle.max_lifetime_s, or choose emr-6.1.0 or later.",
                      "%.*s does not end idle clusters by itself", STR_FMT(release));
}

static void check_type(struct preflight *p, struct str type, const char *pointer,
                       const struct cluster_spec *spec)
{
    struct str shown = str_slice(type, 0, 40);
    enum type_support support = instance_type_support(type, spec->release);
    if (support == TYPE_TOO_NEW)
        preflight_add(p, PREFLIGHT_WARNING, "type-unsupported", pointer,
                      "Choose another machine, or a newer release: /v1/instance-types?release= "
                      "lists those that fit.",
                      "%.*s is newer than %.*s, which EMR may refuse", STR_FMT(shown),
                      STR_FMT(str_slice(spec->release, 0, 40)));
}

static void check_types(struct preflight *p, const struct cluster_spec *spec)
{
    check_type(p, spec->primary_type, "/size/primary", spec);
    for (size_t i = 0; i < spec->worker_types.n && spec->n_workers + spec->autoscale_max > 0; i++)
        check_type(p, spec->worker_types.items[i], "/size/worker_types", spec);
}

void preflight_spec(struct preflight *p, const struct cluster_spec *spec, bool is_emr,
                    int64_t now_unix_ms)
{
    if (is_emr) {
        check_release(p, spec, now_unix_ms);
        check_types(p, spec);
    }
    if (spec->max_lifetime_s == 0 && spec->max_usd_micro == 0)
        preflight_add(p, PREFLIGHT_WARNING, "no-limit", "/lifecycle",
                      "Set lifecycle.max_lifetime_s or lifecycle.max_usd.",
                      "it has neither max_lifetime_s nor max_usd: only idleness ends it");
}

bool preflight_passes(const struct preflight *p, struct err *err)
{
    const struct preflight_finding *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].level != PREFLIGHT_ERROR)
            continue;
        if (n++ == 0)
            first = &p->items[i];
    }
    if (first == NULL)
        return true;
    err_set(err, ERR_INVALID, "%.*s%s%.*s (%.*s)", STR_FMT(first->pointer),
            first->pointer.len > 0 ? ": " : "", STR_FMT(first->message), STR_FMT(first->code));
    if (n > 1)
        return err_fix(err, "%.*s There are %zu more errors: dry_run=true lists all.",
                       STR_FMT(first->fix), n - 1);
    return err_fix(err, "%.*s", STR_FMT(first->fix));
}
