/* changes: what a cluster that is ready is asked for while it lives, and whether somebody works. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler_internal.h"

enum { CHANGE_MS = 30 * 1000, ACTIVITY_MS = 10 * 1000 };

static struct cluster_target target_of(const struct cluster_row *row)
{
    return (struct cluster_target){ .id = row->remote,
                                    .state = row->state,
                                    .host = row->host,
                                    .spec = &row->spec,
                                    .generation = row_generation(row) };
}

/* Would asking again be answered the same? */
static bool is_final(enum err_code code)
{
    return code == ERR_INVALID || code == ERR_FORBIDDEN || code == ERR_CONFLICT ||
           code == ERR_NOT_FOUND || code == ERR_UNSUPPORTED;
}

/* ---- another password ---- */

struct rotation_result {
    int64_t generation;
    const struct err *why; /* it was refused; or NULL */
};

static bool note_rotation(void *ctx, struct cluster_row *row, int64_t now,
                          struct lifecycle_out *out, struct err *err)
{
    const struct rotation_result *r = ctx;
    (void)err;
    if (!row->wants_rotation || row->next_generation != r->generation)
        return true;
    if (r->why != NULL)
        lifecycle_rotation_refused(row, r->why, out);
    else
        lifecycle_rotation_sent(row, now);
    return true;
}

static void rotate(struct turn *t, struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, CHANGE_MS);
    struct cluster_target target = target_of(row);
    struct rotation_result result = { .generation = target.generation };
    struct cluster_row as_wanted = *row;
    struct err err = ERR_INIT;
    if (!rate_take(&t->r->changes, t->now))
        return;
    as_wanted.secret_generation = target.generation;
    if (!o->password(o->ctx, &t->arena, &as_wanted, &target.password, &target.password_hash,
                     &err)) {
        turn_failed(t, "making a password", &err);
        return;
    }
    /* Whether one arrived whose answer was lost is told by the view. */
    if (!o->provider->ops->rotate(o->provider, &t->arena, &target, &call, &err)) {
        turn_failed(t, "replacing a password", &err);
        if (is_final(err.code))
            result.why = &err;
        else if (err.code == ERR_IO || err.code == ERR_CREDENTIALS)
            return; /* surely not: again */
    }
    (void)turn_update(t, row->id, NULL, note_rotation, &result, row);
}

/* ---- another size ---- */

struct resize_result {
    const struct cluster_spec *asked;
    const struct err *why; /* NULL: done */
};

static bool note_resize(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                        struct err *err)
{
    const struct resize_result *r = ctx;
    (void)now;
    (void)err;
    lifecycle_resized(row, r->asked, r->why, out);
    return true;
}

static void resize(struct turn *t, struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, CHANGE_MS);
    struct cluster_target target = target_of(row);
    struct cluster_spec asked = row->spec;
    struct resize_result result = { .asked = &asked };
    struct err err = ERR_INIT;
    if (!rate_take(&t->r->changes, t->now))
        return;
    if (!o->provider->ops->resize(o->provider, &t->arena, &target, &call, &err)) {
        turn_failed(t, "resizing a cluster", &err);
        if (!is_final(err.code))
            return;
        result.why = &err;
    }
    (void)turn_update(t, row->id, NULL, note_resize, &result, row);
}

void turn_change(struct turn *t, struct cluster_row *row)
{
    const struct cluster_ops *ops = t->r->options.provider->ops;
    struct lifecycle_due due;
    lifecycle_due(row, t->r->options.rules, t->now, &due);
    if (due.rotate && ops->rotate != NULL)
        rotate(t, row);
    if (due.resize && ops->resize != NULL)
        resize(t, row);
}

/* ---- signs of work ---- */

static bool note_activity(void *ctx, struct cluster_row *row, int64_t now,
                          struct lifecycle_out *out, struct err *err)
{
    (void)err;
    lifecycle_active(row, ctx, now, out);
    return true;
}

void turn_look_for_work(struct turn *t, struct cluster_row *row)
{
    const struct reconciler_options *o = &t->r->options;
    struct cluster_call call = turn_call(t, ACTIVITY_MS);
    const struct cluster_target target = target_of(row);
    struct cluster_activity activity = { 0 };
    struct err err = ERR_INIT;
    if (o->provider->ops->activity == NULL || !rate_take(&t->r->activities, t->now))
        return;
    /* Who cannot be asked knows nothing: EMR's own end of idle clusters remains. */
    if (!o->provider->ops->activity(o->provider, &t->arena, &target, &call, &activity, &err))
        turn_failed(t, "looking for signs of work", &err);
    (void)turn_update(t, row->id, NULL, note_activity, &activity, NULL);
}
