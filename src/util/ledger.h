/*
 * ledger: durable rows that several processes change under versions, with their events: the seam
 * between those who decide (src/cluster) and the database (src/index).
 *
 * A row is a document (JSON that only its owner understands) with the few columns that lists and
 * look-ups need.  Everything that belongs together is committed as one change: all of it is durable
 * when commit returns true, none of it when it fails.  Strings of results live in the arena given.
 *
 * Every function may be called from any thread.  All fail with ERR_IO (disk), ERR_BUSY (locked).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_LEDGER_H
#define UTIL_LEDGER_H

#include "util/arena.h"
#include "util/err.h"

struct ledger_row {
    struct str id; /* unique, never empty */
    /* Of what was read: 1 at first, one more by each change.  In a change: the version that was
     * read, 0 for a new row. */
    int64_t version;
    struct str owner, name; /* a name is unique among the live rows of an owner */
    struct str phase;       /* a word */
    struct str remote;      /* what the provider calls it; empty until known; else unique */
    bool is_live;           /* it has not ended */
    bool is_settled;        /* nobody has to look after it any more */
    int64_t created_ms;     /* unix */
    struct str doc;         /* JSON, at most LEDGER_DOC_MAX_BYTES */
};
enum { LEDGER_DOC_MAX_BYTES = 256 * 1024 };

/* Something that happened.  Ids grow with each commit, without two alike, and are never reused. */
struct ledger_event {
    int64_t id;            /* of what was read */
    struct str row, owner; /* may be empty */
    struct str type;       /* a word */
    int64_t at_ms;
    struct str doc; /* JSON */
};

/* A request that must have its effect once (Idempotency-Key): unique by caller and key. */
struct ledger_key {
    struct str caller, key;
    struct str fingerprint; /* of the request */
    struct str row;         /* what it made */
    struct str answer;      /* what was answered */
    int64_t created_ms;
};

/* From when to when something that costs money ran; one by row and id, the newest version stays. */
struct ledger_span {
    struct str row, id;
    struct str type, market;      /* "m5.xlarge", "SPOT" */
    int64_t started_ms, ended_ms; /* ended: 0 while it runs */
};

/* A text by its name, for what is no row. */
struct ledger_note {
    struct str name, text;
};

struct ledger_change {
    const struct ledger_row *rows;
    size_t n_rows;
    const struct ledger_event *events;
    size_t n_events;
    const struct ledger_key *key; /* or NULL */
    const struct ledger_span *spans;
    size_t n_spans;
    const struct ledger_note *note; /* or NULL */
    struct str lease;               /* empty, or: only while this lease has this fence */
    int64_t fence;
    unsigned max_live; /* 0, or: the owner of rows[0] has at most so many live rows afterwards */
};

/* Which rows, the newest first: created_ms, then id, both descending. */
struct ledger_query {
    struct str owner; /* empty: of all */
    bool only_live, only_unsettled;
    bool without_doc;  /* the rows' documents are left empty */
    int64_t before_ms; /* with before_id: rows behind this one in the order; 0: from the front */
    struct str before_id;
    size_t limit;
};

struct ledger_rows {
    struct ledger_row *items;
    size_t n, cap;
};
struct ledger_events {
    struct ledger_event *items;
    size_t n, cap;
};
struct ledger_spans {
    struct ledger_span *items;
    size_t n, cap;
};

struct ledger;

struct ledger_ops {
    /* ERR_PRECONDITION: a version is not the one that was read, or the fence is not in force.
     * ERR_CONFLICT: id, remote, key, or the name among the owner's live rows exists already.
     * ERR_RATE: more than max_live.  first_event_out: the id of the first event; may be NULL. */
    bool (*commit)(struct ledger *l, const struct ledger_change *change, int64_t *first_event_out,
                   struct err *err);
    /* By id, or by remote if id has no such row.  ERR_NOT_FOUND. */
    bool (*get)(struct ledger *l, struct arena *a, struct str id, struct ledger_row *out,
                struct err *err);
    bool (*list)(struct ledger *l, struct arena *a, const struct ledger_query *q,
                 struct ledger_rows *out, struct err *err);
    /* Behind the event after, of one row and of one owner if these are not empty, oldest first. */
    bool (*events)(struct ledger *l, struct arena *a, int64_t after, struct str row,
                   struct str owner, size_t limit, struct ledger_events *out, struct err *err);
    /* The id of the newest event; 0: there is none. */
    bool (*last_event)(struct ledger *l, int64_t *out, struct err *err);
    bool (*spans)(struct ledger *l, struct arena *a, struct str row, struct ledger_spans *out,
                  struct err *err);
    /* Of all rows of an owner: what ran at or after since_ms, or runs still. */
    bool (*owner_spans)(struct ledger *l, struct arena *a, struct str owner, int64_t since_ms,
                        struct ledger_spans *out, struct err *err);
    /* ERR_NOT_FOUND. */
    bool (*key)(struct ledger *l, struct arena *a, struct str caller, struct str key,
                struct ledger_key *out, struct err *err);
    /* Empty when there is none. */
    bool (*note)(struct ledger *l, struct arena *a, struct str name, struct str *text_out,
                 struct err *err);
    /* Take or prolong: it is free, expired before now, or the holder's own.  The fence grows by
     * each new holder.  ERR_CONFLICT: another one has it. */
    bool (*lease)(struct ledger *l, struct str name, struct str holder, int64_t now_ms,
                  int64_t ttl_ms, int64_t *fence_out, struct err *err);
    /* Give it back; nothing happens when it is not the holder's. */
    bool (*lease_release)(struct ledger *l, struct str name, struct str holder, struct err *err);
    void (*close)(struct ledger *l);
};

/* An implementation's struct begins with this. */
struct ledger {
    const struct ledger_ops *ops;
};

#endif
