/*
 * server_stream: long answers, handed over piece by piece.
 *
 * The worker puts a piece and waits until the one before was taken whole; libmicrohttpd's thread
 * takes it and suspends the connection when there is none.  Suspending and resuming happen under
 * the lock, or a resume could come before the suspend that it should end.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_internal.h"

#include <microhttpd.h>
#include <string.h>
#include <time.h>

enum { CANCEL_SLICE_MS = 100 };

void stream_init(struct http_stream *s)
{
    pthread_condattr_t attr;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->taken, &attr);
    pthread_condattr_destroy(&attr);
}

void stream_release(struct http_stream *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->taken);
    buf_release(&s->piece);
}

/* With the lock held: until the piece was taken; false when nobody will take it. */
static bool wait_taken(struct http_stream *s)
{
    while (s->at < s->piece.len && !s->is_gone && !atomic_load(s->cancel)) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += CANCEL_SLICE_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&s->taken, &s->lock, &until);
    }
    return s->at == s->piece.len && !s->is_gone;
}

/* With the lock held and no piece waiting: exchange the bytes, so that none is copied. */
static void put(struct http_stream *s, struct buf *from)
{
    struct buf old = s->piece;
    s->piece = *from;
    s->at = 0;
    s->n_bytes += from->len;
    old.limit = from->limit;
    *from = old;
    buf_reset(from);
}

static void rouse(struct http_stream *s)
{
    if (!s->is_asleep)
        return;
    s->is_asleep = false;
    MHD_resume_connection(s->connection);
}

bool http_answer_flush(struct http_answer *answer, size_t at_least, struct err *err)
{
    struct http_stream *s = answer->stream;
    if (s == NULL || answer->body.len < at_least || answer->body.len == 0 || !buf_ok(&answer->body))
        return true;
    pthread_mutex_lock(&s->lock);
    bool ok = wait_taken(s);
    if (ok) {
        put(s, &answer->body);
        rouse(s);
    }
    pthread_mutex_unlock(&s->lock);
    if (!ok)
        return err_set(err, ERR_CANCELLED, "nobody receives the answer any more");
    if (!s->is_begun) {
        s->is_begun = true;
        s->begin(s->owner);
    }
    return true;
}

bool http_answer_is_begun(const struct http_answer *answer)
{
    return answer->stream != NULL && answer->stream->is_begun;
}

void http_answer_cut(struct http_answer *answer)
{
    if (!http_answer_is_begun(answer))
        return;
    pthread_mutex_lock(&answer->stream->lock);
    answer->stream->is_cut = true;
    pthread_mutex_unlock(&answer->stream->lock);
}

struct http_stream *http_answer_keep(struct http_answer *answer)
{
    struct http_stream *s = answer->stream;
    if (s == NULL || !s->is_begun)
        return NULL;
    s->is_kept = true;
    pthread_mutex_lock(&s->lock);
    s->frees_taken = true;
    pthread_mutex_unlock(&s->lock);
    s->keep(s->owner);
    return s;
}

size_t http_stream_unread(struct http_stream *s)
{
    pthread_mutex_lock(&s->lock);
    size_t n = s->piece.len - s->at;
    pthread_mutex_unlock(&s->lock);
    return n;
}

bool http_stream_put(struct http_stream *s, struct str bytes)
{
    pthread_mutex_lock(&s->lock);
    bool ok = !s->is_gone && !s->is_cut;
    if (ok) {
        buf_add(&s->piece, bytes);
        ok = buf_ok(&s->piece);
        s->n_bytes += bytes.len;
        rouse(s);
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void http_stream_close(struct http_stream *s, bool is_cut)
{
    pthread_mutex_lock(&s->lock);
    s->is_cut = s->is_cut || is_cut;
    s->is_ended = true;
    rouse(s);
    pthread_mutex_unlock(&s->lock);
    s->drop(s->owner);
}

void stream_end(struct http_stream *s, struct buf *last)
{
    pthread_mutex_lock(&s->lock);
    if (!s->is_cut && last->len > 0) {
        if (wait_taken(s))
            put(s, last);
        else
            s->is_cut = true;
    }
    s->is_ended = true;
    rouse(s);
    pthread_mutex_unlock(&s->lock);
}

void stream_gone(struct http_stream *s)
{
    pthread_mutex_lock(&s->lock);
    s->is_gone = true;
    pthread_cond_signal(&s->taken);
    pthread_mutex_unlock(&s->lock);
}

ssize_t stream_read(void *ctx, uint64_t at, char *out, size_t cap)
{
    struct http_stream *s = ctx;
    (void)at;
    pthread_mutex_lock(&s->lock);
    size_t n = s->piece.len - s->at;
    ssize_t result = (ssize_t)(n < cap ? n : cap);
    if (s->is_cut) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (n > 0) {
        memcpy(out, s->piece.ptr + s->at, (size_t)result);
        s->at += (size_t)result;
        if (s->at == s->piece.len && s->frees_taken) { /* it may be long until more comes */
            buf_release(&s->piece);
            s->at = 0;
        }
        pthread_cond_signal(&s->taken);
    } else if (s->is_ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->is_asleep = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&s->lock);
    return result;
}
