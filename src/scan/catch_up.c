/*
 * catch_up: the search's trigrams, made when no scan waits.
 *
 * What they have not reached yet is searched all the same, one by one, so nothing waits for them: a
 * scan has ended before.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/scans_internal.h"

#include "index/search.h"
#include "util/clock.h"

/* A request for a scan waits so long at most, and a batch. */
enum { PIECE_MS = 1000 };

static bool is_stopped(const struct scans *s)
{
    return atomic_load(&s->stop) || (s->options.cancel != NULL && atomic_load(s->options.cancel));
}

bool scans_catch_up(struct scans *s, uint64_t *n_left, struct err *err)
{
    struct index_writer *w;
    int64_t until_ms = clock_mono_ms() + PIECE_MS;
    *n_left = 0;
    if (is_stopped(s))
        return true;
    if (!index_writer_open(s->options.index, &w, err))
        return false;
    bool ok = true, goes_on = true;
    while (goes_on) {
        ok = index_search_catch_up(w, 0, n_left, err);
        goes_on = ok && *n_left > 0 && !is_stopped(s) && clock_mono_ms() < until_ms;
    }
    if (ok && *n_left == 0)
        index_writer_tidy(w);
    index_writer_close(w);
    return ok;
}
