/* progress: see progress.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/progress.h"

#include "json/json.h"
#include "json/writer.h"

#include <stddef.h>

/* The numbers by name: the one list for writing and reading. */
static const struct {
    struct str name;
    size_t offset;
} rows[] = {
    { STR_INIT("listed"), offsetof(struct scan_progress, n_listed) },
    { STR_INIT("expected"), offsetof(struct scan_progress, n_expected) },
    { STR_INIT("notebooks"), offsetof(struct scan_progress, n_notebooks) },
    { STR_INIT("changed"), offsetof(struct scan_progress, n_changed) },
    { STR_INIT("analyzed"), offsetof(struct scan_progress, n_analyzed) },
    { STR_INIT("removed"), offsetof(struct scan_progress, n_removed) },
    { STR_INIT("broken"), offsetof(struct scan_progress, n_broken) },
    { STR_INIT("datasets"), offsetof(struct scan_progress, n_datasets) },
    { STR_INIT("read_bytes"), offsetof(struct scan_progress, read_bytes) },
};

static uint64_t *number_at(struct scan_progress *p, size_t offset)
{
    return (uint64_t *)(void *)((char *)p + offset);
}

/* By how much of the listing is done, as the scan before saw it; a guess is worse than nothing at
 * the very beginning. */
static int64_t left_ms(const struct scan_progress *p)
{
    enum { LEAST_MS = 1000 };
    if (p->n_expected == 0 || p->n_listed == 0 || p->elapsed_ms < LEAST_MS)
        return -1;
    if (p->n_listed >= p->n_expected)
        return -1;
    double share = (double)p->n_listed / (double)p->n_expected;
    return (int64_t)((double)p->elapsed_ms * (1 - share) / share);
}

void progress_read(const struct counters *c, int64_t started_ms, int64_t now_ms,
                   uint64_t n_expected, struct scan_progress *out)
{
    *out = (struct scan_progress){
        .n_listed = atomic_load(&c->n_listed),
        .n_notebooks = atomic_load(&c->n_notebooks),
        .n_changed = atomic_load(&c->n_changed),
        .n_analyzed = atomic_load(&c->n_analyzed),
        .n_removed = atomic_load(&c->n_removed),
        .n_broken = atomic_load(&c->n_broken),
        .n_datasets = atomic_load(&c->n_datasets),
        .read_bytes = atomic_load(&c->read_bytes),
        .n_expected = n_expected,
        .elapsed_ms = now_ms - started_ms,
    };
    for (int i = 0; i < ERR_N_CODES; i++)
        out->n_errors[i] = atomic_load(&c->n_errors[i]);
    out->left_ms = left_ms(out);
}

void scan_progress_json(struct buf *out, const struct scan_progress *p)
{
    struct json_writer w;
    struct scan_progress copy = *p;
    json_writer_init(&w, out);
    json_write_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        json_put_u64(&w, rows[i].name, *number_at(&copy, rows[i].offset));
    json_put_f64(&w, STR("elapsed_s"), (double)p->elapsed_ms / 1000);
    if (p->left_ms >= 0)
        json_put_i64(&w, STR("left_s"), (p->left_ms + 999) / 1000);
    json_write_key(&w, STR("errors"));
    json_write_object(&w);
    for (int i = ERR_NONE + 1; i < ERR_N_CODES; i++)
        if (p->n_errors[i] > 0)
            json_put_u64(&w, str_from(err_kind((enum err_code)i)->code), p->n_errors[i]);
    json_write_end(&w);
    json_write_end(&w);
}

bool progress_parse(struct str text, struct scan_progress *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct scan_progress p = { .left_ms = -1 };
    const struct json *errors, *json = json_parse(&a, text, LIMIT_JSON_BYTES, err);
    double elapsed_s = 0;
    int64_t n;
    if (json == NULL || !json_as_object(json, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!json_opt_i64(json, rows[i].name, 0, INT64_MAX, 0, &n, err))
            return false;
        *number_at(&p, rows[i].offset) = (uint64_t)n;
    }
    if (!json_opt_f64(json, STR("elapsed_s"), 0, &elapsed_s, err) ||
        !json_opt_i64(json, STR("left_s"), 0, INT32_MAX, -1, &n, err) ||
        !json_opt_object(json, STR("errors"), &errors, err))
        return false;
    p.elapsed_ms = (int64_t)(elapsed_s * 1000);
    p.left_ms = n < 0 ? -1 : n * 1000;
    for (int i = ERR_NONE + 1; errors != NULL && i < ERR_N_CODES; i++) {
        if (!json_opt_i64(errors, str_from(err_kind((enum err_code)i)->code), 0, INT64_MAX, 0, &n,
                          err))
            return false;
        p.n_errors[i] = (uint64_t)n;
    }
    *out = p;
    return true;
}
