/* update: one row changed under its version, and the marker in a cluster's name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/reconciler.h"

enum { UPDATE_TRIES = 8, MARKER_BYTES = 26, NAME_PART_BYTES = 120, EVENT_MAX_BYTES = 16 * 1024 };

struct str event_doc(struct arena *a, const struct cluster_row *row,
                     const struct lifecycle_event *e)
{
    AUTO_BUF text = BUF_INIT(EVENT_MAX_BYTES);
    struct json_writer w;
    json_writer_init(&w, &text);
    json_write_object(&w);
    json_put_str(&w, STR("level"), e->kind);
    json_put_str(&w, STR("message"), e->message);
    json_put_str(&w, STR("phase"), phase_name(row->phase));
    json_put_str_if(&w, STR("provider_id"), row->remote);
    json_write_end(&w);
    return arena_str(a, buf_str(&text));
}

static void add_events(struct arena *a, const struct cluster_row *row, int64_t now,
                       const struct lifecycle_out *out, struct ledger_change *change)
{
    struct ledger_event *events = ARENA_NEW_N(a, struct ledger_event, out->n_events);
    for (size_t i = 0; i < out->n_events; i++)
        events[i] = (struct ledger_event){ .row = row->id,
                                           .owner = row->owner,
                                           .type = out->events[i].type,
                                           .at_ms = now,
                                           .doc = event_doc(a, row, &out->events[i]) };
    change->events = events;
    change->n_events = out->n_events;
}

static bool is_same(const struct ledger_row *x, const struct ledger_row *y)
{
    return str_eq(x->doc, y->doc) && str_eq(x->phase, y->phase) && str_eq(x->remote, y->remote) &&
           str_eq(x->name, y->name) && x->is_live == y->is_live && x->is_settled == y->is_settled;
}

static bool try_update(struct arena *a, const struct row_update *u, struct cluster_row *out,
                       bool *has_events, struct err *err)
{
    struct ledger_row stored, changed;
    struct lifecycle_out what = { .arena = a };
    if (!u->ledger->ops->get(u->ledger, a, u->id, &stored, err) ||
        !row_from_ledger(a, &stored, out, err) || !u->change(u->ctx, out, u->now, &what, err))
        return false;
    row_to_ledger(a, out, &changed);
    *has_events = what.n_events > 0;
    if (what.n_events == 0 && u->spans == NULL && is_same(&stored, &changed))
        return true;
    struct ledger_change change = {
        .rows = &changed, .n_rows = 1, .lease = u->lease, .fence = u->fence
    };
    if (u->spans != NULL) {
        struct ledger_span *spans = ARENA_NEW_N(a, struct ledger_span, u->spans->n);
        for (size_t i = 0; i < u->spans->n; i++) {
            spans[i] = u->spans->items[i];
            spans[i].row = out->id;
        }
        change.spans = spans;
        change.n_spans = u->spans->n;
    }
    add_events(a, out, u->now, &what, &change);
    if (!u->ledger->ops->commit(u->ledger, &change, NULL, err))
        return false;
    out->version++;
    return true;
}

bool row_update(struct arena *a, const struct row_update *u, struct cluster_row *out,
                bool *has_events_out, struct err *err)
{
    for (int i = 0; i < UPDATE_TRIES; i++) {
        struct err why = ERR_INIT;
        bool has_events = false;
        if (try_update(a, u, out, &has_events, &why)) {
            *has_events_out = has_events;
            return true;
        }
        if (why.code != ERR_PRECONDITION || i + 1 == UPDATE_TRIES) {
            *err = why;
            return false;
        }
    }
    return false;
}

static void add_plain(struct buf *out, struct str text)
{
    text = str_slice(text, 0, NAME_PART_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '@';
        buf_add_char(out, is_plain ? c : '_');
    }
}

struct str marker_name(struct arena *a, const struct cluster_order *order)
{
    AUTO_BUF name = BUF_INIT(256);
    add_plain(&name, order->name);
    buf_add(&name, STR(" dp="));
    add_plain(&name, str_slice(order->deployment, 0, 64));
    buf_add(&name, STR(" id="));
    buf_add(&name, order->marker);
    return arena_str(a, buf_str(&name));
}

void marker_parse(struct str name, struct str *deployment_out, struct str *marker_out)
{
    struct str between = STR(" id=");
    *deployment_out = *marker_out = STR_EMPTY;
    if (name.len < between.len + MARKER_BYTES)
        return;
    size_t at = name.len - MARKER_BYTES - between.len;
    if (!str_eq(str_slice(name, at, at + between.len), between))
        return;
    struct str head = str_slice(name, 0, at);
    size_t blank = str_rfind_char(head, ' ');
    struct str dp = blank == SIZE_MAX ? STR_EMPTY : str_from_pos(head, blank + 1);
    if (!str_has_prefix(dp, STR("dp=")))
        return;
    *deployment_out = str_from_pos(dp, 3);
    *marker_out = str_from_pos(name, name.len - MARKER_BYTES);
}
