/*
 * emr_activity: does somebody work on a cluster of EMR?
 *
 * Three signs: EMR's state (RUNNING: a step runs), notebooks that were saved to S3 below the
 * cluster's prefix (no way to the cluster is needed), and Livy's sessions and statements, where the
 * primary node can be reached.  Of statements only their times are read, never their code.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/emr_internal.h"

#include "cluster/spec.h"

enum { MAX_SESSIONS = 20 };

/* jupyter-s3-conf keeps a person's notebooks below jupyter/<user>/. */
static bool ask_s3(const struct emr_probes *probes, struct arena *a, const struct cluster_target *t,
                   const struct cluster_call *call, struct cluster_activity *out, struct err *err)
{
    struct str prefix = arena_printf(a, "jupyter/%.*s/", STR_FMT(t->spec->hub_user));
    if (!probes->newest(probes->ctx, a, t->spec->bucket, prefix, call, &out->saved_ms, err))
        return false;
    out->is_known = true;
    return true;
}

static bool is_busy(struct str state)
{
    return str_eq(state, STR("busy")) || str_eq(state, STR("starting")) ||
           str_eq(state, STR("not_started")) || str_eq(state, STR("recovering"));
}

/* When the newest statement of a session began or ended. */
static bool read_statements(const struct json *answer, struct cluster_activity *out,
                            struct err *err)
{
    const struct json *statements;
    int64_t started_ms, completed_ms;
    if (!json_get_array(answer, STR("statements"), &statements, err))
        return false;
    for (unsigned i = 0; i < statements->n_items; i++) {
        const struct json *s = &statements->items[i];
        if (!json_opt_i64(s, STR("started"), 0, INT64_MAX, 0, &started_ms, err) ||
            !json_opt_i64(s, STR("completed"), 0, INT64_MAX, 0, &completed_ms, err))
            return false;
        if (completed_ms > out->active_ms)
            out->active_ms = completed_ms;
        if (started_ms > out->active_ms)
            out->active_ms = started_ms;
    }
    return true;
}

static bool ask_session(const struct emr_probes *probes, struct arena *a, struct str base,
                        const struct json *session, const struct cluster_call *call,
                        struct cluster_activity *out, struct err *err)
{
    struct str state, user, text;
    int64_t id;
    if (!json_get_i64(session, STR("id"), 0, INT32_MAX, &id, err) ||
        !json_opt_str(session, STR("state"), STR_EMPTY, &state, err) ||
        !json_opt_str(session, STR("proxyUser"), STR_EMPTY, &user, err))
        return false;
    if (is_busy(state)) {
        out->blocker = arena_printf(a, "Livy session %lld%s%.*s is %.*s", (long long)id,
                                    user.len > 0 ? " of " : "", STR_FMT(user), STR_FMT(state));
        return true;
    }
    struct str url = arena_printf(a, "%.*s/sessions/%lld/statements", STR_FMT(base), (long long)id);
    if (!probes->get(probes->ctx, a, url, call, &text, err))
        return false;
    const struct json *answer = json_parse(a, text, LIMIT_JSON_BYTES, err);
    return answer != NULL && read_statements(answer, out, err);
}

static bool ask_livy(const struct emr_probes *probes, struct arena *a,
                     const struct cluster_target *t, const struct cluster_call *call,
                     struct cluster_activity *out, struct err *err)
{
    struct str base = arena_printf(a, "http://%.*s:%u", STR_FMT(t->host), probes->livy_port), text;
    const struct json *sessions;
    if (!probes->get(probes->ctx, a, arena_concat(a, base, STR("/sessions")), call, &text, err))
        return false;
    const struct json *answer = json_parse(a, text, LIMIT_JSON_BYTES, err);
    if (answer == NULL || !json_get_array(answer, STR("sessions"), &sessions, err))
        return false;
    for (unsigned i = 0; i < sessions->n_items && i < MAX_SESSIONS && out->blocker.len == 0; i++)
        if (!ask_session(probes, a, base, &sessions->items[i], call, out, err))
            return false;
    return true;
}

bool emr_activity(struct cluster_provider *provider, struct arena *a,
                  const struct cluster_target *t, const struct cluster_call *call,
                  struct cluster_activity *out, struct err *err)
{
    const struct emr_probes *probes = ((struct emr_provider *)provider)->settings.probes;
    struct cluster_activity found = { 0 };
    *out = found;
    if (probes == NULL)
        return true;
    if (str_eq(t->state, STR("RUNNING")))
        found.blocker = STR("a step runs");
    if (!ask_s3(probes, a, t, call, &found, err))
        return err_wrap(err, "the notebooks of cluster %.*s", STR_FMT(t->id));
    /* One that could be asked and does not answer may work: then nobody knows. */
    if (probes->livy_port > 0 && probes->get != NULL && t->host.len > 0 && found.blocker.len == 0 &&
        !ask_livy(probes, a, t, call, &found, err))
        return err_wrap(err, "Livy of cluster %.*s", STR_FMT(t->id));
    *out = found;
    return true;
}
