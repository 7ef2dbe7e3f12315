/* requests: see requests.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/requests.h"

void ulid_make(int64_t unix_ms, const unsigned char random[10], char out[ULID_BYTES + 1])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t time = (uint64_t)unix_ms & 0xffffffffffffU;
    for (size_t i = 10; i-- > 0; time >>= 5)
        out[i] = digits[time & 31];
    /* 80 bits are sixteen digits of five. */
    for (size_t i = 0; i < 16; i++) {
        size_t bit = i * 5, byte = bit / 8, shift = bit % 8;
        unsigned two = (unsigned)random[byte] << 8 | (byte + 1 < 10 ? random[byte + 1] : 0U);
        out[10 + i] = digits[two >> (11 - shift) & 31];
    }
    out[ULID_BYTES] = '\0';
}

bool cluster_row_get(struct ledger *l, struct arena *a, struct str id, struct cluster_row *out,
                     struct err *err)
{
    struct ledger_row stored;
    return l->ops->get(l, a, id, &stored, err) && row_from_ledger(a, &stored, out, err);
}

static bool replay(struct ledger *l, struct arena *a, const struct cluster_ask *ask,
                   const struct ledger_key *known, struct cluster_row *out, bool *is_replay,
                   struct err *err)
{
    if (!str_eq(known->fingerprint, ask->fingerprint)) {
        err_set(err, ERR_PARSE, "the Idempotency-Key was used for another request");
        return err_fix(err, "Make a new key for each new request.");
    }
    *is_replay = true;
    return cluster_row_get(l, a, known->row, out, err);
}

static void make_row(struct arena *a, const struct cluster_ask *ask, int64_t now,
                     struct cluster_row *row, struct lifecycle_out *out)
{
    char ulid[ULID_BYTES + 1];
    ulid_make(now, ask->random, ulid);
    *row = (struct cluster_row){ .id = arena_printf(a, "clu_%s", ulid),
                                 .owner = ask->caller,
                                 .provider = ask->provider,
                                 .spec = *ask->spec,
                                 .secret_generation = 1 };
    row->name = ask->name.len > 0 ? ask->name : arena_printf(a, "lab-%s", ulid + 18);
    lifecycle_request(row, now, out);
}

/* What is doubtful stays with the cluster; what was merely not looked at, or not limited, does not
 * deserve it. */
static void add_warnings(const struct preflight *found, struct lifecycle_out *out)
{
    for (size_t i = 0; found != NULL && i < found->n; i++) {
        const struct preflight_finding *f = &found->items[i];
        if (f->level == PREFLIGHT_WARNING && !str_eq(f->code, STR("unchecked")) &&
            !str_eq(f->code, STR("no-limit")))
            *ARENA_PUSH(out->arena, out->events, out->n_events, out->cap_events) =
                (struct lifecycle_event){ .type = STR("preflight"),
                                          .message = f->message,
                                          .kind = STR("warning") };
    }
}

static bool commit_new(struct ledger *l, struct arena *a, const struct cluster_ask *ask,
                       int64_t now, struct cluster_row *row, struct err *err)
{
    struct lifecycle_out what = { .arena = a };
    struct ledger_row stored;
    make_row(a, ask, now, row, &what);
    row_to_ledger(a, row, &stored);
    add_warnings(ask->found, &what);
    struct ledger_event *events = ARENA_NEW_N(a, struct ledger_event, what.n_events);
    for (size_t i = 0; i < what.n_events; i++)
        events[i] = (struct ledger_event){ .row = row->id,
                                           .owner = row->owner,
                                           .type = what.events[i].type,
                                           .at_ms = now,
                                           .doc = event_doc(a, row, &what.events[i]) };
    const struct ledger_key key = { .caller = ask->caller,
                                    .key = ask->key,
                                    .fingerprint = ask->fingerprint,
                                    .row = row->id,
                                    .created_ms = now };
    const struct ledger_change change = { .rows = &stored,
                                          .n_rows = 1,
                                          .events = events,
                                          .n_events = what.n_events,
                                          .key = ask->key.len > 0 ? &key : NULL,
                                          .max_live = ask->max_live };
    row->version = 1;
    return l->ops->commit(l, &change, NULL, err);
}

bool cluster_request_make(struct ledger *l, struct arena *a, const struct cluster_ask *ask,
                          int64_t now, struct cluster_row *out, bool *is_replay_out,
                          struct err *err)
{
    struct ledger_key known;
    struct err why = ERR_INIT, missing = ERR_INIT;
    *is_replay_out = false;
    if (ask->key.len > 0) {
        if (l->ops->key(l, a, ask->caller, ask->key, &known, &missing))
            return replay(l, a, ask, &known, out, is_replay_out, err);
        if (missing.code != ERR_NOT_FOUND) {
            *err = missing;
            return false;
        }
    }
    if (commit_new(l, a, ask, now, out, &why))
        return true;
    /* The same request may have come twice at once. */
    struct err again = ERR_INIT;
    if (why.code == ERR_CONFLICT && ask->key.len > 0 &&
        l->ops->key(l, a, ask->caller, ask->key, &known, &again))
        return replay(l, a, ask, &known, out, is_replay_out, err);
    *err = why;
    if (why.code == ERR_CONFLICT)
        err_fix(err, "Choose another name, or end the cluster that has it.");
    return false;
}

static bool want_end(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                     struct err *err)
{
    const struct cluster_end *end = ctx;
    if (row->spec.is_protected && !end->is_forced && !phase_is_over(row->phase) &&
        row->ends_because == ENDS_NOT) {
        err_set(err, ERR_CONFLICT, "cluster %.*s is protected against termination",
                STR_FMT(row->id));
        return err_fix(err, "Say force=true, or switch lifecycle.termination_protected off.");
    }
    lifecycle_ask_end(row, end->because, end->by, now, out);
    return true;
}

bool cluster_request_end(struct ledger *l, struct arena *a, const struct cluster_end *end,
                         int64_t now, struct cluster_row *out, struct err *err)
{
    struct cluster_end request = *end;
    const struct row_update u = {
        .ledger = l, .id = end->id, .now = now, .change = want_end, .ctx = &request
    };
    bool has_events;
    return row_update(a, &u, out, &has_events, err);
}

struct extension {
    int64_t by_s;
    struct str by;
};

static bool extend(void *ctx, struct cluster_row *row, int64_t now, struct lifecycle_out *out,
                   struct err *err)
{
    const struct extension *e = ctx;
    if (phase_is_over(row->phase) || row->ends_because != ENDS_NOT)
        return err_set(err, ERR_CONFLICT, "cluster %.*s is %.*s", STR_FMT(row->id),
                       STR_FMT(phase_name(row->phase)));
    lifecycle_extend(row, e->by_s, e->by, now, out);
    return true;
}

bool cluster_request_extend(struct ledger *l, struct arena *a, struct str id, int64_t by_s,
                            struct str by, int64_t now, struct cluster_row *out, struct err *err)
{
    struct extension e = { by_s, by };
    const struct row_update u = { .ledger = l, .id = id, .now = now, .change = extend, .ctx = &e };
    bool has_events;
    return row_update(a, &u, out, &has_events, err);
}
