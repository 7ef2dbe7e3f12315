/* lifecycle_live: a cluster that is ready: is it idle, another password, another size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/lifecycle_internal.h"

enum { MINUTE_MS = 60 * 1000, WARNING_MS = 10 * MINUTE_MS };

void lifecycle_due_live(const struct cluster_row *row, const struct lifecycle_rules *rules,
                        int64_t now, struct lifecycle_due *out)
{
    if (row->phase != PHASE_READY)
        return;
    out->activity = now - row->activity_ms >= rules->activity_ms;
    out->rotate = row->wants_rotation && row->rotation_sent_ms == 0;
    out->resize = row->wants_resize;
}

/* ---- idleness ---- */

void lifecycle_active(struct cluster_row *row, const struct cluster_activity *activity, int64_t now,
                      struct lifecycle_out *out)
{
    row->activity_ms = now;
    if (activity == NULL || !activity->is_known || row->phase != PHASE_READY)
        return;
    row->activity_known_ms = now;
    row->blocker = arena_str(out->arena, activity->blocker);
    if (activity->saved_ms > row->saved_ms)
        row->saved_ms = activity->saved_ms;
    int64_t sign = activity->blocker.len > 0 ? now : activity->active_ms;
    if (row->saved_ms > sign)
        sign = row->saved_ms;
    if (sign > now)
        sign = now; /* another machine's clock */
    if (sign <= row->active_ms)
        return;
    row->active_ms = sign;
    if (row->warned_idle)
        lifecycle_tell(out, "info", "active", "somebody works again");
    row->warned_idle = false;
}

bool lifecycle_is_idle(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                       struct lifecycle_out *out)
{
    int64_t timeout_ms = row->spec.idle_timeout_s * 1000, quiet_ms = now - row->active_ms;
    int64_t warning_ms = timeout_ms / 5 < WARNING_MS ? timeout_ms / 5 : WARNING_MS;
    bool is_sure = row->activity_known_ms > 0 && now - row->activity_known_ms < rules->sure_ms;
    if (row->phase != PHASE_READY || timeout_ms == 0 || !is_sure ||
        now - row->ready_ms < rules->grace_ms - warning_ms)
        return false;
    if (!row->warned_idle && quiet_ms >= timeout_ms - warning_ms) {
        row->warned_idle = true;
        lifecycle_tell(out, "warning", "idle_soon",
                       "no sign of work for %lld minutes; it ends soon unless somebody works",
                       (long long)(quiet_ms / MINUTE_MS));
    }
    return quiet_ms >= timeout_ms && now - row->ready_ms >= rules->grace_ms;
}

/* ---- another password ---- */

int64_t row_generation(const struct cluster_row *row)
{
    return row->wants_rotation ? row->next_generation : row->secret_generation;
}

bool lifecycle_has_password(const struct cluster_row *row, struct err *err)
{
    if (row->phase != PHASE_READY)
        return err_set(err, ERR_CONFLICT, "cluster %.*s is %.*s: its password is not set",
                       STR_FMT(row->id), STR_FMT(phase_name(row->phase)));
    if (row->wants_rotation)
        return err_set(err, ERR_CONFLICT, "the password of cluster %.*s is just being replaced",
                       STR_FMT(row->id));
    return true;
}

bool lifecycle_rotate(struct cluster_row *row, struct str by, struct lifecycle_out *out,
                      struct err *err)
{
    if (!lifecycle_has_password(row, err))
        return false;
    /* A number is never used twice: an attempt that failed may have reached the hub. */
    if (row->next_generation < row->secret_generation)
        row->next_generation = row->secret_generation;
    row->next_generation++;
    row->wants_rotation = true;
    row->rotation_sent_ms = 0;
    lifecycle_tell(out, "info", "rotation_asked", "another password%s%.*s",
                   by.len > 0 ? " by " : "", STR_FMT(by));
    return true;
}

void lifecycle_rotation_sent(struct cluster_row *row, int64_t now)
{
    row->rotation_sent_ms = now;
    row->viewed_ms = 0;
}

void lifecycle_rotation_refused(struct cluster_row *row, const struct err *why,
                                struct lifecycle_out *out)
{
    row->wants_rotation = false;
    lifecycle_tell(out, "error", "rotation_failed", "%s; the old password stays", why->msg);
}

void lifecycle_rotation_viewed(struct cluster_row *row, enum cluster_hardening hardening,
                               const struct lifecycle_rules *rules, int64_t now,
                               struct lifecycle_out *out)
{
    if (!row->wants_rotation || row->rotation_sent_ms == 0)
        return;
    switch (hardening) {
    case HARDENING_PENDING:
        return;
    case HARDENING_ABSENT: /* it did not arrive, or is not listed yet: asking twice does no harm */
        if (now - row->rotation_sent_ms >= rules->resend_ms)
            row->rotation_sent_ms = 0;
        return;
    case HARDENING_DONE:
        row->wants_rotation = false;
        row->secret_generation = row->next_generation;
        row->revealed_ms = 0;
        lifecycle_tell(out, "info", "password_rotated",
                       "the old password is void; the new one can be shown once");
        return;
    case HARDENING_FAILED:
        row->wants_rotation = false;
        lifecycle_tell(out, "error", "rotation_failed",
                       "the step that replaces the password failed; the old one stays");
        return;
    }
}

/* ---- another size ---- */

void lifecycle_resize(struct cluster_row *row, const struct cluster_spec *before, struct str by,
                      struct lifecycle_out *out)
{
    const struct cluster_spec *now = &row->spec;
    if (before->n_workers == now->n_workers && before->autoscale_min == now->autoscale_min &&
        before->autoscale_max == now->autoscale_max)
        return;
    if (!row->wants_resize) {
        row->sized_workers = before->n_workers;
        row->sized_min = before->autoscale_min;
        row->sized_max = before->autoscale_max;
    }
    /* One that was not asked for yet is simply made like that. */
    row->wants_resize = row->remote.len > 0 || row->is_sent || row->phase == PHASE_UNCERTAIN;
    lifecycle_tell(out, "info", "resize_asked", "%lld workers%s%.*s", (long long)now->n_workers,
                   by.len > 0 ? " by " : "", STR_FMT(by));
}

void lifecycle_resized(struct cluster_row *row, const struct cluster_spec *asked,
                       const struct err *why, struct lifecycle_out *out)
{
    struct cluster_spec *spec = &row->spec;
    if (!row->wants_resize || spec->n_workers != asked->n_workers ||
        spec->autoscale_min != asked->autoscale_min || spec->autoscale_max != asked->autoscale_max)
        return; /* something else is wanted meanwhile */
    row->wants_resize = false;
    row->spans_taken_ms = 0; /* what it costs an hour is another */
    if (why == NULL) {
        lifecycle_tell(out, "info", "resized", "%lld workers", (long long)spec->n_workers);
        return;
    }
    spec->n_workers = row->sized_workers;
    spec->autoscale_min = row->sized_min;
    spec->autoscale_max = row->sized_max;
    lifecycle_tell(out, "error", "resize_failed", "%s", why->msg);
}
