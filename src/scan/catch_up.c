/*
 * catch_up: the search's trigrams, made when no scan waits.
 *
 * What they have not reached yet is searched all the same, one by one, so nothing waits for them: a
 * scan has ended before.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/scans_internal.h"

#include "index/search.h"

bool scans_catch_up(struct scans *s, uint64_t *n_left, struct err *err)
{
    struct index_writer *w;
    *n_left = 0;
    if (atomic_load(&s->stop) || (s->options.cancel != NULL && atomic_load(s->options.cancel)))
        return true;
    if (!index_writer_open(s->options.index, &w, err))
        return false;
    bool ok = index_search_catch_up(w, 0, n_left, err);
    index_writer_close(w);
    return ok;
}
