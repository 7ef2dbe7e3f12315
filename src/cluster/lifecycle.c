/*
 * lifecycle: see lifecycle.h.  Phases go forward only; what makes a phase go is set_phase(), and
 * every way to the end passes over want_end or a provider's own word.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/lifecycle_internal.h"

#include "cluster/cost.h"
#include "cluster/diagnose.h"

#define tell lifecycle_tell

enum { S = 1000, MIN = 60 * S };

const struct lifecycle_rules lifecycle_rules = {
    .call_ms = 60 * S,
    .quarantine_ms = 180 * S,
    .resend_ms = 60 * S,
    .view_ms = 15 * S,
    .spans_ms = 10 * MIN,
    .missing_ms = 180 * S,
    .provisioning_ms = 20 * MIN,
    .bootstrapping_ms = 40 * MIN,
    .hardening_ms = 10 * MIN,
    .grace_ms = 15 * MIN,
    .activity_ms = 60 * S,
    .sure_ms = 10 * MIN,
    .max_attempts = 3,
};

/* Margin for clocks that differ, when clusters are looked for by their time of creation. */
enum { SKEW_MS = 5 * MIN, RETRY_MS = 5 * S };

static const struct str phases[PHASE_N] = {
    [PHASE_REQUESTED] = STR_INIT("requested"),
    [PHASE_UNCERTAIN] = STR_INIT("uncertain"),
    [PHASE_PROVISIONING] = STR_INIT("provisioning"),
    [PHASE_BOOTSTRAPPING] = STR_INIT("bootstrapping"),
    [PHASE_HARDENING] = STR_INIT("hardening"),
    [PHASE_READY] = STR_INIT("ready"),
    [PHASE_TERMINATING] = STR_INIT("terminating"),
    [PHASE_TERMINATED] = STR_INIT("terminated"),
    [PHASE_FAILED] = STR_INIT("failed"),
};

static const struct str endings[ENDS_N] = {
    [ENDS_NOT] = STR_INIT(""),
    [ENDS_USER] = STR_INIT("user"),
    [ENDS_ADMIN] = STR_INIT("admin"),
    [ENDS_IDLE] = STR_INIT("idle"),
    [ENDS_EXPIRED] = STR_INIT("expired"),
    [ENDS_BUDGET] = STR_INIT("budget"),
    [ENDS_EMR] = STR_INIT("emr"),
    [ENDS_ERROR] = STR_INIT("error"),
};

struct str phase_name(enum phase phase)
{
    return phases[phase];
}

bool phase_parse(struct str word, enum phase *out)
{
    for (int i = 0; i < PHASE_N; i++)
        if (str_eq(phases[i], word)) {
            *out = (enum phase)i;
            return true;
        }
    return false;
}

struct str ends_because_name(enum ends_because because)
{
    return endings[because];
}

bool phase_is_over(enum phase phase)
{
    return phase == PHASE_TERMINATED || phase == PHASE_FAILED;
}

bool row_is_settled(const struct cluster_row *row)
{
    for (size_t i = 0; i < row->n_extras; i++)
        if (!row->extras[i].is_ended || !row->extras[i].has_spans)
            return false;
    return phase_is_over(row->phase) && !row->is_sent &&
           (row->remote.len == 0 || row->has_final_spans);
}

struct str row_marker(const struct cluster_row *row)
{
    return str_from_pos(row->id, sizeof "clu_" - 1);
}

void lifecycle_tell(struct lifecycle_out *out, const char *kind, const char *type, const char *fmt,
                    ...)
{
    va_list args;
    struct lifecycle_event *e = ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events);
    va_start(args, fmt);
    *e = (struct lifecycle_event){ .type = str_from(type),
                                   .message = arena_vprintf(out->arena, fmt, args),
                                   .kind = str_from(kind) };
    va_end(args);
}

static void set_phase(struct cluster_row *row, enum phase phase, int64_t now,
                      struct lifecycle_out *out)
{
    if (row->phase == phase)
        return;
    row->phase = phase;
    row->phase_ms = now;
    row->warned_watchdog = false;
    if (phase_is_over(phase) && row->ended_ms == 0)
        row->ended_ms = now;
    tell(out, phase == PHASE_FAILED ? "error" : "info", "phase", "%.*s", STR_FMT(phases[phase]));
}

static void set_reason(struct cluster_row *row, const char *code, const char *kind,
                       struct str message, struct str fix, bool is_retryable)
{
    row->reason = (struct phase_reason){ .code = str_from(code),
                                         .kind = str_from(kind),
                                         .message = message,
                                         .fix = fix,
                                         .is_retryable = is_retryable };
}

static void no_reason(struct cluster_row *row)
{
    row->reason = (struct phase_reason){ .kind = STR("none") };
}

static bool is_up(const struct cluster_row *row)
{
    return row->phase >= PHASE_PROVISIONING && row->phase <= PHASE_TERMINATING;
}

void lifecycle_due(const struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                   struct lifecycle_due *out)
{
    bool wants_end = row->ends_because != ENDS_NOT;
    *out = (struct lifecycle_due){ .launch = row->phase == PHASE_REQUESTED && !row->is_sent &&
                                             !wants_end && now >= row->retry_ms };
    if (row->phase == PHASE_UNCERTAIN || row->is_sent) {
        out->sweep = row->phase == PHASE_UNCERTAIN;
        out->sweep_created_ms = row->attempt_ms - SKEW_MS;
    }
    for (size_t i = 0; i < row->n_extras; i++) {
        const struct row_extra *e = &row->extras[i];
        out->stop_extras =
            out->stop_extras || (!e->is_ended && now - e->stop_ms >= rules->resend_ms);
    }
    if (row->remote.len == 0)
        return;
    out->stop = is_up(row) && row->phase == PHASE_TERMINATING && wants_end &&
                now - row->end_sent_ms >= rules->resend_ms;
    bool changes = row->phase != PHASE_READY && !phase_is_over(row->phase);
    /* Nothing more comes of looking at one that was adopted and is up. */
    bool rests = row->is_adopted && row->phase == PHASE_HARDENING && row->missing_ms == 0;
    bool is_rotating = row->wants_rotation && row->rotation_sent_ms > 0;
    out->view = (changes || is_rotating || row->missing_ms > 0) &&
                now - row->viewed_ms >= (rests ? rules->spans_ms : rules->view_ms);
    lifecycle_due_live(row, rules, now, out);
    out->spans = (phase_is_over(row->phase) && !row->has_final_spans) ||
                 ((row->phase == PHASE_HARDENING || row->phase == PHASE_READY) &&
                  now - row->spans_taken_ms >= rules->spans_ms);
}

void lifecycle_request(struct cluster_row *row, int64_t now, struct lifecycle_out *out)
{
    row->phase = PHASE_REQUESTED;
    row->phase_ms = row->requested_ms = now;
    no_reason(row);
    tell(out, "info", "requested", "%lld workers, %.*s", (long long)row->spec.n_workers,
         STR_FMT(row->spec.release));
}

void lifecycle_begin(struct cluster_row *row, int64_t now, struct lifecycle_out *out)
{
    row->is_sent = true;
    row->attempt++;
    row->attempt_ms = now;
    tell(out, "info", "attempt", "attempt %lld", (long long)row->attempt);
}

static void grant_lifetime(struct cluster_row *row, int64_t now)
{
    int64_t until = now + row->spec.max_lifetime_s * 1000;
    if (row->spec.max_lifetime_s > 0 && row->expires_ms < until)
        row->expires_ms = until;
}

static void adopt(struct cluster_row *row, struct str remote, const char *how, int64_t now,
                  struct lifecycle_out *out)
{
    row->is_sent = false;
    row->remote = remote;
    row->seen_ms = now;
    row->ended_ms = 0;
    row->has_final_spans = false;
    tell(out, "info", how, "%.*s", STR_FMT(remote));
    /* Nobody waits any more for a cluster whose row had ended. */
    if (phase_is_over(row->phase) && row->ends_because == ENDS_NOT)
        row->ends_because = ENDS_ERROR;
    bool wants_end = row->ends_because != ENDS_NOT;
    set_phase(row, wants_end ? PHASE_TERMINATING : PHASE_PROVISIONING, now, out);
    /* Counted anew once it is ready; but one that never is costs money as well. */
    grant_lifetime(row, now);
    if (!wants_end)
        no_reason(row);
}

static void add_extra(struct cluster_row *row, struct str id, struct lifecycle_out *out)
{
    for (size_t i = 0; i < row->n_extras; i++)
        if (str_eq(row->extras[i].id, id))
            return;
    /* More than these are still ended each time the list shows them: their end is not waited for.
     */
    if (row->n_extras == ROW_MAX_EXTRAS)
        return;
    row->extras[row->n_extras++] = (struct row_extra){ .id = id };
    tell(out, "warning", "duplicate", "%.*s has this request's marker too and is ended",
         STR_FMT(id));
}

void lifecycle_launched(struct cluster_row *row, int64_t attempt, struct str remote, int64_t now,
                        struct lifecycle_out *out)
{
    if (row->attempt == attempt)
        row->is_sent = false;
    if (row->remote.len == 0)
        adopt(row, remote, "launched", now, out);
    else if (!str_eq(row->remote, remote))
        add_extra(row, remote, out);
}

static void refuse(struct cluster_row *row, const struct err *why, int64_t now,
                   struct lifecycle_out *out)
{
    struct str message = arena_str(out->arena, str_from(why->msg));
    struct str fix = arena_str(out->arena, str_from(err_fix_text(why)));
    const char *kind = why->code == ERR_INVALID     ? "client"
                       : why->code == ERR_FORBIDDEN ? "policy"
                                                    : "cloud";
    set_reason(row, err_kind(why->code)->code, kind, message, fix, false);
    if (row->ends_because == ENDS_NOT)
        row->ends_because = ENDS_ERROR;
    tell(out, "error", "refused", "%.*s", STR_FMT(message));
    set_phase(row, PHASE_FAILED, now, out);
}

static void become_uncertain(struct cluster_row *row, struct str message, int64_t now,
                             struct lifecycle_out *out)
{
    row->is_sent = false;
    set_reason(row, "unclear", "cloud", message,
               STR("Nothing is to be done: the cluster is looked for, and adopted if it exists."),
               true);
    tell(out, "warning", "unclear", "%.*s", STR_FMT(message));
    set_phase(row, PHASE_UNCERTAIN, now, out);
}

void lifecycle_not_launched(struct cluster_row *row, int64_t attempt, enum cluster_launch outcome,
                            const struct err *why, const struct lifecycle_rules *rules, int64_t now,
                            struct lifecycle_out *out)
{
    if (row->phase != PHASE_REQUESTED || !row->is_sent || row->attempt != attempt)
        return; /* it was found meanwhile, or given up */
    if (outcome == CLUSTER_UNCLEAR) {
        become_uncertain(row, arena_str(out->arena, str_from(why->msg)), now, out);
        return;
    }
    row->is_sent = false;
    if (outcome == CLUSTER_REFUSED || row->attempt >= (int64_t)rules->max_attempts) {
        refuse(row, why, now, out);
        return;
    }
    row->retry_ms = now + RETRY_MS * row->attempt;
    tell(out, "warning", "not_sent", "%s", why->msg);
    if (row->ends_because != ENDS_NOT)
        set_phase(row, PHASE_TERMINATED, now, out);
}

static void follow_stage(struct cluster_row *row, enum cluster_stage stage, int64_t now,
                         struct lifecycle_out *out)
{
    if (phase_is_over(row->phase))
        return;
    switch (stage) {
    case STAGE_STARTING:
        return;
    case STAGE_BOOTSTRAPPING:
        if (row->phase < PHASE_BOOTSTRAPPING)
            set_phase(row, PHASE_BOOTSTRAPPING, now, out);
        return;
    case STAGE_UP:
        if (row->phase < PHASE_HARDENING)
            set_phase(row, PHASE_HARDENING, now, out);
        return;
    case STAGE_ENDING:
        set_phase(row, PHASE_TERMINATING, now, out);
        return;
    case STAGE_ENDED:
    case STAGE_FAILED:
        set_phase(row,
                  row->ends_because == ENDS_ERROR ||
                          (stage == STAGE_FAILED && row->ends_because == ENDS_EMR)
                      ? PHASE_FAILED
                      : PHASE_TERMINATED,
                  now, out);
        return;
    }
}

static void take_times(struct cluster_row *row, int64_t created_ms, int64_t ready_ms,
                       int64_t ended_ms)
{
    if (created_ms > 0)
        row->created_ms = created_ms;
    (void)ready_ms; /* ready is when it is safe, which the provider does not know */
    if (ended_ms > 0)
        row->ended_ms = ended_ms;
}

static bool stage_is_live(enum cluster_stage stage)
{
    return stage <= STAGE_ENDING;
}

void lifecycle_extra_seen(struct cluster_row *row, struct str id, enum cluster_stage stage)
{
    for (size_t i = 0; i < row->n_extras; i++)
        if (str_eq(row->extras[i].id, id) && !stage_is_live(stage))
            row->extras[i].is_ended = true;
}

void lifecycle_found(struct cluster_row *row, const struct cluster_seen *seen, int64_t now,
                     struct lifecycle_out *out)
{
    struct str id = arena_str(out->arena, seen->id);
    if (row->remote.len == 0)
        adopt(row, id, "adopted", now, out);
    if (!str_eq(row->remote, id)) {
        add_extra(row, id, out);
        lifecycle_extra_seen(row, id, seen->stage);
        return;
    }
    row->missing_ms = 0;
    row->seen_ms = now;
    if (!str_eq(row->state, seen->state))
        row->viewed_ms = 0; /* why and what else: lifecycle_viewed() */
    row->state = arena_str(out->arena, seen->state);
    take_times(row, seen->created_ms, seen->ready_ms, seen->ended_ms);
    if (phase_is_over(row->phase) && seen->stage <= STAGE_UP) {
        /* It was given up, and is there: whatever the reason, it is not forgotten. */
        row->ended_ms = 0;
        row->has_final_spans = false;
        tell(out, "warning", "reappeared", "%.*s", STR_FMT(id));
        set_phase(row, PHASE_TERMINATING, now, out);
        return;
    }
    /* How it ended is told by the view, which has the reason. */
    if (stage_is_live(seen->stage))
        follow_stage(row, seen->stage, now, out);
    else if (!phase_is_over(row->phase))
        set_phase(row, PHASE_TERMINATING, now, out);
}

void lifecycle_not_found(struct cluster_row *row, int64_t begun_ms, int64_t created_ms,
                         const struct lifecycle_rules *rules, int64_t now,
                         struct lifecycle_out *out)
{
    int64_t sure_ms = row->attempt_ms + rules->call_ms + rules->quarantine_ms;
    if (row->phase != PHASE_UNCERTAIN || row->remote.len > 0 || begun_ms < sure_ms ||
        created_ms > row->attempt_ms - SKEW_MS)
        return;
    if (row->ends_because != ENDS_NOT) {
        set_phase(row, PHASE_TERMINATED, now, out);
        return;
    }
    if (row->attempt >= (int64_t)rules->max_attempts) {
        set_reason(row, "unclear", "cloud", STR("no attempt was answered, and none made a cluster"),
                   STR("See whether EMR can be reached, then ask again."), true);
        row->ends_because = ENDS_ERROR;
        set_phase(row, PHASE_FAILED, now, out);
        return;
    }
    no_reason(row);
    row->retry_ms = now;
    tell(out, "info", "not_made", "the unclear attempt made no cluster");
    row->phase = PHASE_REQUESTED;
    row->phase_ms = now;
}

void lifecycle_missing(struct cluster_row *row, int64_t begun_ms)
{
    if (row->missing_ms == 0 && row->remote.len > 0 && !phase_is_over(row->phase) &&
        begun_ms > row->seen_ms)
        row->missing_ms = begun_ms;
}

static void vanish(struct cluster_row *row, int64_t now, struct lifecycle_out *out)
{
    set_reason(row, "vanished", "cloud", STR("the provider does not know the cluster any more"),
               STR("Look at the account's activity: somebody else may have ended it."), true);
    if (row->ends_because == ENDS_NOT)
        row->ends_because = ENDS_EMR;
    row->has_final_spans = true; /* there is nobody left to ask; what was taken before stays */
    set_phase(row, PHASE_FAILED, now, out);
}

/* It ended, or is about to: why, if nobody here wanted it. */
static void learn_ending(struct cluster_row *row, const struct cluster_view *view,
                         struct lifecycle_out *out)
{
    if (row->ends_because != ENDS_NOT)
        return;
    bool is_idle = str_contains(view->state_message, STR("idle")) ||
                   str_contains(view->state_message, STR("auto-termination"));
    bool is_error = view->stage == STAGE_FAILED || view->error_code.len > 0;
    row->ends_because = is_idle ? ENDS_IDLE : is_error ? ENDS_ERROR : ENDS_EMR;
    const struct diagnosis *d = is_error ? diagnose(view->error_code, view->state_code) : NULL;
    if (d != NULL)
        row->reason = (struct phase_reason){ .code = row->error_code.len > 0 ? row->error_code
                                                                             : row->state_code,
                                             .kind = d->kind,
                                             .message = d->cause,
                                             .fix = d->fix,
                                             .is_retryable = d->is_retryable };
    tell(out, is_error ? "error" : "info", "ending", "%.*s: %.*s",
         STR_FMT(endings[row->ends_because]), STR_FMT(view->state_message));
}

static void harden(struct cluster_row *row, const struct cluster_view *view, int64_t now,
                   struct lifecycle_out *out)
{
    if (row->phase != PHASE_HARDENING)
        return;
    if (view->hardening == HARDENING_DONE) {
        row->is_hardened = true;
        row->ready_ms = row->active_ms = row->activity_ms = now;
        no_reason(row);
        grant_lifetime(row, now);
        set_phase(row, PHASE_READY, now, out);
    } else if (view->hardening == HARDENING_FAILED) {
        set_reason(row, "hardening_failed", "cloud",
                   STR("the step that replaces the default password failed"),
                   STR("Read the step's stderr below the cluster's log_uri."), true);
        lifecycle_ask_end(row, ENDS_ERROR, STR("hardening"), now, out);
    }
}

void lifecycle_viewed(struct cluster_row *row, const struct cluster_view *view,
                      const struct lifecycle_rules *rules, int64_t now, struct lifecycle_out *out)
{
    row->viewed_ms = now;
    if (view == NULL) {
        if (row->missing_ms == 0)
            row->missing_ms = now;
        if (now - row->missing_ms >= rules->missing_ms && !phase_is_over(row->phase))
            vanish(row, now, out);
        return;
    }
    struct arena *a = out->arena;
    row->seen_ms = now;
    row->missing_ms = 0;
    row->state = arena_str(a, view->state);
    row->state_code = arena_str(a, view->state_code);
    row->state_message = arena_str(a, view->state_message);
    if (view->error_code.len > 0) {
        row->error_code = arena_str(a, view->error_code);
        row->error_data = arena_str(a, view->error_data);
    }
    if (view->host.len > 0)
        row->host = arena_str(a, view->host);
    if (view->hub_url.len > 0)
        row->hub_url = arena_str(a, view->hub_url);
    if (view->progress.len > 0 && !str_eq(view->progress, row->progress)) {
        row->progress = arena_str(a, view->progress);
        tell(out, "info", "progress", "%.*s", STR_FMT(row->progress));
    }
    row->is_remote_protected = view->is_protected;
    take_times(row, view->created_ms, view->ready_ms, view->ended_ms);
    if (view->stage >= STAGE_ENDING)
        learn_ending(row, view, out);
    follow_stage(row, view->stage, now, out);
    if (view->stage == STAGE_UP) {
        harden(row, view, now, out);
        lifecycle_rotation_viewed(row, view->hardening, rules, now, out);
    }
}

void lifecycle_stop_sent(struct cluster_row *row, int64_t now)
{
    row->end_sent_ms = now;
}

void lifecycle_ask_end(struct cluster_row *row, enum ends_because because, struct str by,
                       int64_t now, struct lifecycle_out *out)
{
    if (row->ends_because != ENDS_NOT || phase_is_over(row->phase))
        return;
    row->ends_because = because;
    row->ends_by = arena_str(out->arena, by);
    row->end_asked_ms = now;
    tell(out, "info", "end_asked", "%.*s%s%.*s", STR_FMT(endings[because]),
         by.len > 0 ? " by " : "", STR_FMT(by));
    if (row->remote.len > 0)
        set_phase(row, PHASE_TERMINATING, now, out);
    else if (row->phase == PHASE_REQUESTED && !row->is_sent)
        set_phase(row, PHASE_TERMINATED, now, out);
    /* else: it is remembered, and done once it is known what came of the call. */
}

void lifecycle_extend(struct cluster_row *row, int64_t by_s, struct str by, int64_t now,
                      struct lifecycle_out *out)
{
    row->active_ms = now;
    if (row->expires_ms == 0 && row->spec.max_lifetime_s == 0)
        return;
    if (row->expires_ms > 0)
        row->expires_ms += by_s * 1000;
    row->spec.max_lifetime_s += by_s;
    row->warned_expiry = false;
    tell(out, "info", "extended", "by %lld s%s%.*s", (long long)by_s, by.len > 0 ? " by " : "",
         STR_FMT(by));
}

void lifecycle_spans_taken(struct cluster_row *row, const struct ledger_spans *spans, bool is_final,
                           struct str region, int64_t now)
{
    struct cost cost;
    /* A provider that has forgotten a cluster tells nothing: what was known stays. */
    if (spans->n > 0) {
        cost_of(spans->items, spans->n, now, region, &cost);
        row->spent_micro = cost.ec2_micro + cost.emr_micro;
        row->hourly_micro = cost.hourly_micro;
        row->is_cost_complete = cost.is_complete;
    }
    row->spans_taken_ms = now;
    if (is_final && phase_is_over(row->phase))
        row->has_final_spans = true;
}

void lifecycle_extra_spans_taken(struct cluster_row *row, struct str id)
{
    for (size_t i = 0; i < row->n_extras; i++)
        if (str_eq(row->extras[i].id, id))
            row->extras[i].has_spans = true;
}

static void watch(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                  struct lifecycle_out *out)
{
    int64_t limit = row->phase == PHASE_PROVISIONING    ? rules->provisioning_ms
                    : row->phase == PHASE_BOOTSTRAPPING ? rules->bootstrapping_ms
                    : row->phase == PHASE_HARDENING     ? rules->hardening_ms
                                                        : INT64_MAX;
    if (row->is_adopted || row->warned_watchdog || now - row->phase_ms < limit)
        return;
    row->warned_watchdog = true;
    tell(out, "warning", "slow", "%.*s for %lld minutes", STR_FMT(phases[row->phase]),
         (long long)((now - row->phase_ms) / MIN));
}

/* 80 % of the time, or its last hour, whichever is later. */
static bool is_near_expiry(const struct cluster_row *row, int64_t now)
{
    int64_t last = row->spec.max_lifetime_s * 1000 / 5;
    if (last > 60 * MIN)
        last = 60 * MIN;
    return row->expires_ms > 0 && now >= row->expires_ms - last;
}

/* What a limit's end is told with. */
static void end_by_limit(struct cluster_row *row, enum ends_because because, int64_t now,
                         struct lifecycle_out *out)
{
    static const struct {
        struct str message, fix;
    } texts[ENDS_N] = {
        [ENDS_EXPIRED] = { STR_INIT("it had lived for lifecycle.max_lifetime_s"),
                           STR_INIT("Extend the next one before it ends, or ask for more.") },
        [ENDS_BUDGET] = { STR_INIT("it had cost lifecycle.max_usd"),
                          STR_INIT("Ask for more, or for fewer or smaller workers.") },
        [ENDS_IDLE] = { STR_INIT("there was no sign of work for lifecycle.idle_timeout_s"),
                        STR_INIT("Ask for a longer time; notebooks that were saved are kept.") },
    };
    set_reason(row, endings[because].ptr, "policy", texts[because].message, texts[because].fix,
               true);
    lifecycle_ask_end(row, because, STR_EMPTY, now, out);
}

static void check_limits(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                         struct lifecycle_out *out)
{
    int64_t budget = row->spec.max_usd_micro;
    if (!row->warned_expiry && is_near_expiry(row, now)) {
        row->warned_expiry = true;
        tell(out, "warning", "expires_soon", "it ends in %lld minutes unless it is extended",
             (long long)((row->expires_ms - now) / MIN));
    }
    /* What it cost when its timelines were last taken, and what it has cost since. */
    int64_t spent = row->spent_micro;
    if (row->spans_taken_ms > 0 && now > row->spans_taken_ms)
        spent += (now - row->spans_taken_ms) / 1000 * row->hourly_micro / 3600;
    if (!row->warned_budget && budget > 0 && spent >= budget / 5 * 4) {
        row->warned_budget = true;
        tell(out, "warning", "budget_near", "80 %% of its budget are spent");
    }
    if (row->expires_ms > 0 && now >= row->expires_ms)
        end_by_limit(row, ENDS_EXPIRED, now, out);
    else if (budget > 0 && spent >= budget)
        end_by_limit(row, ENDS_BUDGET, now, out);
    else if (lifecycle_is_idle(row, rules, now, out))
        end_by_limit(row, ENDS_IDLE, now, out);
}

void lifecycle_tick(struct cluster_row *row, const struct lifecycle_rules *rules, int64_t now,
                    struct lifecycle_out *out)
{
    if (row->is_sent && row->phase == PHASE_REQUESTED && now > row->attempt_ms + rules->call_ms) {
        become_uncertain(row, STR("the attempt was cut off before its outcome was known"), now,
                         out);
        return;
    }
    watch(row, rules, now, out);
    if (row->phase >= PHASE_PROVISIONING && row->phase <= PHASE_READY)
        check_limits(row, rules, now, out);
}
