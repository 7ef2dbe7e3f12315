/*
 * server_reaper: libmicrohttpd's time-out begins again with each byte, so a sender of one byte a
 * second would hold its connection for ever.  Once a second every connection is looked at, and one
 * that is past its time is shut down; libmicrohttpd then sees its end and closes it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_internal.h"

#include "util/clock.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static bool is_over(const struct reaper *r, const struct peer *p, int64_t now_ms)
{
    int64_t age_ms = now_ms - p->since_ms;
    switch (p->phase) {
    case PEER_NEW:
    case PEER_RECEIVING:
        return age_ms > r->request_timeout_ms;
    case PEER_IDLE: /* libmicrohttpd ends the silent ones; here a request has begun, byte by byte */
        return age_ms > r->idle_timeout_ms + r->request_timeout_ms;
    case PEER_BUSY:
        return false;
    }
    panic("phase %d", (int)p->phase);
}

static void *reap(void *arg)
{
    struct reaper *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->is_stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&r->wake, &r->lock, &until);
        int64_t now_ms = clock_mono_ms();
        for (struct peer *p = r->peers; p != NULL; p = p->next)
            if (is_over(r, p, now_ms))
                shutdown(p->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

void reaper_start(struct reaper *r, int64_t request_timeout_ms, int64_t idle_timeout_ms)
{
    pthread_condattr_t attr;
    *r = (struct reaper){ .request_timeout_ms = request_timeout_ms,
                          .idle_timeout_ms = idle_timeout_ms };
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&r->thread, NULL, reap, r) != 0)
        panic("no thread for the reaper");
}

void reaper_stop(struct reaper *r)
{
    pthread_mutex_lock(&r->lock);
    r->is_stopping = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->wake);
}

struct peer *reaper_add(struct reaper *r, int fd)
{
    struct peer *p = calloc(1, sizeof *p);
    if (p == NULL)
        panic("no memory for a connection");
    p->fd = fd;
    p->phase = PEER_NEW;
    p->since_ms = clock_mono_ms();
    pthread_mutex_lock(&r->lock);
    p->next = r->peers;
    if (p->next != NULL)
        p->next->prev = p;
    r->peers = p;
    pthread_mutex_unlock(&r->lock);
    return p;
}

void reaper_remove(struct reaper *r, struct peer *p)
{
    pthread_mutex_lock(&r->lock);
    if (p->prev != NULL)
        p->prev->next = p->next;
    else
        r->peers = p->next;
    if (p->next != NULL)
        p->next->prev = p->prev;
    pthread_mutex_unlock(&r->lock);
    free(p);
}

void reaper_phase(struct reaper *r, struct peer *p, enum peer_phase phase)
{
    pthread_mutex_lock(&r->lock);
    p->phase = phase;
    p->since_ms = clock_mono_ms();
    pthread_mutex_unlock(&r->lock);
}
