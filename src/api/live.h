/*
 * live: server-sent events (HTML Living Standard, section 9.2) to any number of listeners, by one
 * thread.
 *
 * The events are rows that scans and clusters write, whatever process they run in.  A listener is
 * an answer that was kept open (http_answer_keep): it holds no worker, only its connection.  What
 * came last is read once for all who follow clusters, and once for each who follows a scan.  Who
 * does not take what was sent is cut off, and comes back with the id of the last event that it saw.
 *
 * The thread begins with the first listener.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_LIVE_H
#define API_LIVE_H

#include "http/server.h"
#include "util/arena.h"
#include "util/err.h"
#include "util/ledger.h"

struct clusters;
struct index;
struct live;

/* Either may be NULL; borrowed. */
struct live *live_new(struct index *index, struct clusters *clusters);
/* End all streams and take none any more. */
void live_stop(struct live *l);
/* After the server has stopped.  Accepts NULL. */
void live_free(struct live *l);

/* What somebody wants to hear. */
struct live_ask {
    int64_t scan;          /* events of this scan; 0: those of clusters */
    struct str row, owner; /* of clusters: only of this one, of this person's; empty: of all */
    int64_t after;         /* behind this event */
    bool is_over;          /* the cluster has ended: what there is, then the end */
};

/* stream: begun and kept; live's from now on, whatever this returns.  Fails with ERR_BUSY. */
MUST_USE bool live_add(struct live *l, struct http_stream *stream, const struct live_ask *ask,
                       struct err *err);
/* May one more be added?  Asked before the answer begins. */
MUST_USE bool live_has_room(struct live *l, const struct live_ask *ask, struct err *err);

/* An event as the stream has it. */
void live_write(struct buf *out, int64_t id, struct str type, struct str json);
/* The JSON of an event of a cluster, as the lists and the streams have it. */
struct str live_cluster_json(struct arena *a, const struct ledger_event *e);

#endif
