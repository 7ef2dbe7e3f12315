/*
 * follow: datasets follow the notebooks that read them.
 *
 * Which folders notebooks read as a whole decides where some datasets end.  A scan of notebooks
 * that comes behind the scan of their data may tell more; then the datasets of that source are
 * found again from the listing that the index has, and only those are read again about which
 * something changed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/evidence.h"
#include "scan/run.h"
#include "scan/scans_internal.h"

#include <stdlib.h>

static void lock(struct scans *s)
{
    if (pthread_mutex_lock(&s->lock) != 0)
        panic("pthread_mutex_lock");
}

static struct followed *find(struct scans *s, int64_t source)
{
    for (size_t i = 0; i < s->n_followed; i++)
        if (s->followed[i].source == source)
            return &s->followed[i];
    return NULL;
}

void scan_follow(struct scans *s, const struct run *run)
{
    if (!run->has_evidence)
        return;
    lock(s);
    struct followed *f = find(s, run->source.id);
    if (f == NULL) {
        if (s->n_followed == s->cap_followed) {
            s->cap_followed = s->cap_followed == 0 ? 16 : s->cap_followed * 2;
            s->followed = realloc(s->followed, s->cap_followed * sizeof *s->followed);
            if (s->followed == NULL)
                panic("no memory for the sources");
        }
        f = &s->followed[s->n_followed++];
    }
    *f = (struct followed){ run->source.id, run->evidence_digest };
    pthread_mutex_unlock(&s->lock);
}

/* *is_new: notebooks read other folders of the source than f was found with. */
static bool look(struct scans *s, const struct followed *f, bool *is_new, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct evidence now = { 0 };
    struct index_source source;
    struct index_reader *reader;
    struct err why = ERR_INIT;
    *is_new = false;
    if (!index_reader_take(s->options.index, &reader, err))
        return false;
    bool ok = index_get_source(reader, &a, f->source, &source, &why);
    index_reader_give(reader);
    if (!ok && why.code == ERR_NOT_FOUND)
        return true; /* it left */
    if (!ok) {
        *err = why;
        return false;
    }
    ok = evidence_load(s->options.index, source.uri, &now, err);
    *is_new = ok && evidence_digest(&now) != f->digest;
    evidence_release(&now);
    return ok;
}

bool scan_follow_evidence(struct scans *s, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    bool ok = true;
    lock(s);
    size_t n = s->n_followed;
    struct followed *list = ARENA_NEW_N(&a, struct followed, n + 1);
    for (size_t i = 0; i < n; i++)
        list[i] = s->followed[i];
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < n && ok && !atomic_load(&s->stop); i++) {
        struct err why = ERR_INIT;
        bool is_new;
        ok = look(s, &list[i], &is_new, err);
        if (ok && is_new && !scan_rediscover(s, list[i].source, &why) && why.code != ERR_CONFLICT) {
            *err = why;
            ok = false;
        }
    }
    return ok;
}
