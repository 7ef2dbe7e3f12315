/*
 * keep: an analysis that outlives the desk where it was made, until the writer has taken it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/run.h"

static struct str *keep_list(struct arena *a, const struct str *list, size_t n)
{
    struct str *out = ARENA_NEW_N(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        out[i] = arena_str(a, list[i]);
    return out;
}

static const struct hole *keep_holes(struct arena *a, const struct hole *holes, size_t n)
{
    struct hole *out = ARENA_NEW_N(a, struct hole, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = holes[i];
        out[i].name = arena_str(a, holes[i].name);
    }
    return out;
}

static struct reference *keep_references(struct arena *a, const struct analysis *an)
{
    struct reference *out = ARENA_NEW_N(a, struct reference, an->n_references);
    for (size_t i = 0; i < an->n_references; i++) {
        const struct reference *r = &an->references[i];
        out[i] = *r;
        out[i].uri = arena_str(a, r->uri);
        out[i].code = arena_str(a, r->code);
        out[i].via = arena_str(a, r->via);
        out[i].local = arena_str(a, r->local);
        out[i].holes = keep_holes(a, r->holes, r->n_holes);
        out[i].origin = NULL;
    }
    return out;
}

static struct parameter *keep_parameters(struct arena *a, const struct analysis *an)
{
    struct parameter *out = ARENA_NEW_N(a, struct parameter, an->n_parameters);
    for (size_t i = 0; i < an->n_parameters; i++) {
        out[i] = an->parameters[i];
        out[i].name = arena_str(a, out[i].name);
        out[i].value = arena_str(a, out[i].value);
    }
    return out;
}

static struct analysis_gap *keep_gaps(struct arena *a, const struct analysis *an)
{
    struct analysis_gap *out = ARENA_NEW_N(a, struct analysis_gap, an->n_gaps);
    for (size_t i = 0; i < an->n_gaps; i++)
        out[i] = an->gaps[i]; /* reasons are literals */
    return out;
}

static struct table_binding *keep_bindings(struct arena *a, const struct analysis *an)
{
    struct table_binding *out = ARENA_NEW_N(a, struct table_binding, an->n_bindings);
    for (size_t i = 0; i < an->n_bindings; i++) {
        out[i] = an->bindings[i];
        out[i].table = arena_str(a, out[i].table);
        out[i].location = arena_str(a, out[i].location);
    }
    return out;
}

const struct analysis *analysis_keep(struct arena *a, const struct analysis *an)
{
    struct analysis *out = ARENA_NEW(a, struct analysis);
    *out = *an;
    out->references = keep_references(a, an);
    out->cap_references = an->n_references;
    out->libraries = keep_list(a, an->libraries, an->n_libraries);
    out->cap_libraries = an->n_libraries;
    out->parameters = keep_parameters(a, an);
    out->cap_parameters = an->n_parameters;
    out->bindings = keep_bindings(a, an);
    out->cap_bindings = an->n_bindings;
    out->gaps = keep_gaps(a, an);
    out->cap_gaps = an->n_gaps;
    out->language = arena_str(a, an->language);
    out->kernel = arena_str(a, an->kernel);
    return out;
}
