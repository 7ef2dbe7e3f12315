/* follow: see follow.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/follow.h"

#include "cli/ask.h"
#include "cli/output.h"
#include "util/clock.h"

#include <stdio.h>

enum { PAGE = 100, LOOK_MS = 5000 };

bool follow_say(void *ctx, struct arena *a, const struct ledger_event *event,
                const struct json *doc, struct err *err)
{
    struct str message = output_safe(a, answer_text(doc, STR("message")));
    (void)ctx;
    (void)err;
    fprintf(stderr, "%.*s: %.*s\n", STR_FMT(event->type), STR_FMT(message));
    return true;
}

/* Those behind f->after; *n_out: how many. */
static bool tell_some(struct follow *f, struct arena *a, struct str row, size_t *n_out,
                      struct err *err)
{
    struct ledger *l = clusters_ledger(f->clusters);
    struct ledger_events events = { 0 };
    if (!l->ops->events(l, a, f->after, row, STR_EMPTY, PAGE, &events, err))
        return false;
    for (size_t i = 0; i < events.n; i++) {
        const struct json *doc = json_parse(a, events.items[i].doc, LIMIT_JSON_BYTES, err);
        if (doc == NULL || !f->each(f->ctx, a, &events.items[i], doc, err))
            return false;
        f->after = events.items[i].id;
    }
    *n_out = events.n;
    return true;
}

bool follow_cluster(struct follow *f, struct err *err)
{
    struct ledger *l = clusters_ledger(f->clusters);
    int64_t newest = 0;
    for (;;) {
        AUTO_ARENA a = ARENA_INIT;
        struct cluster_row row;
        size_t n = 0;
        if (!l->ops->last_event(l, &newest, err) || !cluster_row_get(l, &a, f->id, &row, err) ||
            !tell_some(f, &a, row.id, &n, err))
            return false;
        if (n == PAGE)
            continue;
        if (f->until_ready && row.phase == PHASE_READY)
            return true;
        if (phase_is_over(row.phase))
            return !f->until_ready ||
                   err_set(err, ERR_UPSTREAM, "the cluster is %.*s: %.*s",
                           STR_FMT(phase_name(row.phase)), STR_FMT(row.reason.message));
        if (!clusters_wait(f->clusters, newest, clock_mono_ms() + LOOK_MS, NULL, &newest, err))
            return false;
    }
}
