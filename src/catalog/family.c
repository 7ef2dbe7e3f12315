/*
 * family: what lies together, and what of it is read.
 *
 * A table's log is read first; objects of a table only when the log told no schema.  Of objects
 * that may be one dataset those that were kept as samples are read; of pictures one is enough.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/discover_internal.h"
#include "catalog/table_log.h"

#include <stdlib.h>

struct family *family_new(const struct discover *d, struct str root_key)
{
    struct family *f = calloc(1, sizeof *f);
    if (f == NULL)
        panic("no memory for a family of datasets");
    f->base_uri = arena_str(&f->arena, d->options.base_uri);
    f->root = root_key.len == 0
                  ? f->base_uri
                  : arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->base_uri), STR_FMT(root_key));
    f->uri = f->root;
    f->cost_bytes = sizeof *f + 2 * root_key.len;
    return f;
}

void family_take_part(struct family *f, struct group *g)
{
    *ARENA_PUSH(&f->arena, f->parts, f->n_parts, f->cap_parts) = g;
    f->cost_bytes += sizeof *g + g->arena.used_bytes + g->rows.n * sizeof(struct path_row);
    if (f->log == NULL) {
        totals_merge(&f->data, &g->totals);
        totals_merge(&f->all, &g->totals);
    }
}

void family_free(struct family *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->n_parts; i++)
        group_free(f->parts[i]);
    table_log_free(f->log);
    arena_release(&f->arena);
    free(f);
}

struct str family_uri(const struct family *f)
{
    return f->uri;
}

uint64_t family_fingerprint(const struct family *f)
{
    /* Changed with the rules, so that what earlier ones found is found again. */
    enum { RULES = 2 };
    return (f->all.fingerprint ^ f->said) + RULES;
}

struct arena *family_arena(struct family *f)
{
    return &f->arena;
}

/* How many samples of a part are worth reading. */
static size_t samples_wanted(const struct family *f, const struct group *g)
{
    if (g->role == OBJECT_MEDIA || (f->log != NULL && g->n_samples > 0))
        return g->n_samples < 1 ? g->n_samples : 1;
    bool is_unknown = g->role == OBJECT_UNKNOWN && g->n_samples > 0;
    const struct schema *first = is_unknown ? g->samples[0].schema : NULL;
    if (is_unknown && (first == NULL || first->format == FORMAT_UNKNOWN))
        return 1;
    return g->n_samples;
}

/* Was the same object kept twice? */
static bool is_twin(const struct group *g, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (str_eq(buf_str(&g->samples[k].key), buf_str(&g->samples[i].key)))
            return true;
    }
    return false;
}

static bool next_sample(struct family *f, struct family_read *out)
{
    for (; f->at_part < f->n_parts; f->at_part++, f->at_sample = 0) {
        struct group *g = f->parts[f->at_part];
        while (f->at_sample < samples_wanted(f, g) && is_twin(g, f->at_sample)) {
            g->samples[f->at_sample].schema = g->samples[f->at_sample - 1].schema;
            f->at_sample++;
        }
        if (f->at_sample >= samples_wanted(f, g))
            continue;
        const struct sample *s = &g->samples[f->at_sample];
        *out = (struct family_read){ .kind = FAMILY_READ_SCHEMA,
                                     .key = buf_str(&s->key),
                                     .size_bytes = s->size_bytes,
                                     .etag_hash = s->etag_hash,
                                     .modified_ms = s->modified_ms };
        return true;
    }
    return false;
}

bool family_next_read(struct family *f, struct family_read *out)
{
    if (f->log == NULL)
        return next_sample(f, out);
    if (!f->is_log_done && table_log_next_read(f->log, out))
        return true;
    f->is_log_done = true;
    bool has_sample = f->at_part > 0 || f->at_sample > 0;
    return !table_log_has_schema(f->log) && !has_sample && next_sample(f, out);
}

void family_give_schema(struct family *f, const struct schema *schema)
{
    f->parts[f->at_part]->samples[f->at_sample++].schema = schema;
}

void family_give_bytes(struct family *f, struct str bytes)
{
    table_log_give(f->log, bytes);
}

void family_give_failure(struct family *f, const struct err *why)
{
    if (f->log != NULL && !f->is_log_done) {
        table_log_give_failure(f->log, why);
        return;
    }
    struct sample *s = &f->parts[f->at_part]->samples[f->at_sample++];
    s->is_failed = true;
    if (f->error.len == 0)
        f->error = arena_printf(&f->arena, "%.*s: %s", STR_FMT(buf_str(&s->key)), why->msg);
}

void family_warn(struct family *f, struct dataset *ds, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vprintf(&f->arena, fmt, args);
    va_end(args);
    struct str *more = ARENA_NEW_N(&f->arena, struct str, ds->n_warnings + 1);
    for (size_t i = 0; i < ds->n_warnings; i++)
        more[i] = ds->warnings[i];
    more[ds->n_warnings++] = text;
    ds->warnings = more;
}
