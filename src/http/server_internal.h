/*
 * server_internal: what the files of the server share.
 *
 * server.c joins libmicrohttpd with the handlers; server_listen.c opens sockets; server_workers.c
 * is the pool for slow requests; server_reaper.c ends connections whose sender is too slow;
 * server_stream.c hands long answers over piece by piece;
 * server_check.c looks at heads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_SERVER_INTERNAL_H
#define HTTP_SERVER_INTERNAL_H

#include "http/server.h"

#include <pthread.h>
#include <sys/types.h>

/* Threads that take tasks from a queue of fixed size. */
struct workers;
typedef void work_fn(void *task);

/* Never NULL. */
struct workers *workers_new(unsigned n_threads, unsigned max_waiting, work_fn *run);
/* False: the queue is full.  Does not block. */
MUST_USE bool workers_add(struct workers *w, void *task);
/* Run what is in the queue, end the threads, free.  Accepts NULL. */
void workers_free(struct workers *w);

/* A connection, for the reaper. */
enum peer_phase {
    PEER_NEW,       /* nothing was received yet */
    PEER_RECEIVING, /* a request has begun and is not whole */
    PEER_BUSY,      /* a request is handled, its answer sent */
    PEER_IDLE,      /* kept alive */
};
struct peer {
    struct peer *next, *prev;
    int fd;
    enum peer_phase phase;
    int64_t since_ms; /* clock_mono_ms() at which the phase began */
};
struct reaper {
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t wake;
    pthread_t thread;
    struct peer *peers;
    int64_t request_timeout_ms, idle_timeout_ms;
    bool is_stopping;
};
void reaper_start(struct reaper *r, int64_t request_timeout_ms, int64_t idle_timeout_ms);
void reaper_stop(struct reaper *r);
struct peer *reaper_add(struct reaper *r, int fd);
/* Before the descriptor is closed. */
void reaper_remove(struct reaper *r, struct peer *peer);
void reaper_phase(struct reaper *r, struct peer *peer, enum peer_phase phase);

/* An open socket on ADDRESS:PORT; *fd_out is the caller's.  *address_out: what it listens on, in a.
 */
MUST_USE bool listen_open(struct arena *a, struct str address, int *fd_out, struct str *address_out,
                          struct err *err);

/* The pieces of one answer on their way from a worker to libmicrohttpd's thread: at most one piece
 * waits, so that the writer is as slow as the receiver. */
struct MHD_Connection;
struct http_stream {
    pthread_mutex_t lock; /* of everything down to is_gone */
    pthread_cond_t taken;
    struct buf piece;
    size_t at;        /* bytes of piece that were taken */
    uint64_t n_bytes; /* put so far */
    bool is_asleep;   /* the connection is suspended until the next piece */
    bool is_ended;    /* no piece will come */
    bool is_cut;      /* the answer is not complete */
    bool frees_taken; /* what was taken whole is given back to the system */
    bool is_gone;     /* nobody takes any more */
    bool is_begun;    /* of the writer alone: the head was given to begin() */
    bool is_kept;     /* of the handler's thread alone: others put from now on */
    const atomic_bool *cancel;
    struct MHD_Connection *connection;
    void (*begin)(void *owner); /* make and send the head; the connection is suspended before */
    void (*keep)(void *owner);  /* one more uses the stream, and leaves it by drop() */
    void (*drop)(void *owner);
    void *owner;
};
void stream_init(struct http_stream *s);
void stream_release(struct http_stream *s);
/* The writer has ended; last: what is still to be sent. */
void stream_end(struct http_stream *s, struct buf *last);
/* Nobody takes any more. */
void stream_gone(struct http_stream *s);
/* libmicrohttpd's reader of a response; ctx: the stream. */
ssize_t stream_read(void *ctx, uint64_t at, char *out, size_t cap);

/* Is the head safe to act on?  The target has no blanks or control bytes, field names are tokens,
 * the body's length is told once, by a number or by chunks, and there is one Host (in HTTP/1.0
 * perhaps none).  Fails with ERR_INVALID. */
MUST_USE bool head_check(struct str target, const struct http_header *headers, size_t n,
                         bool is_http_1_0, struct err *err);

struct sockaddr;
/* The numeric address without port, in a; empty if there is none. */
struct str address_text(struct arena *a, const struct sockaddr *address);

#endif
