/*
 * usage_find: the references that answer "who uses this location?", best first.
 *
 * The places that can answer are few but those inside the location: the place itself, those above
 * it, and the patterns that are known up to one of its own prefixes.  They are looked up at once,
 * matched and put in order; those inside are streamed from the index of places in their order.
 * The stages are exact, inside, glob, contains, holes; a page ends in one of them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/catalogue.h"

#include "util/attrs.h"

#include <stdlib.h>

enum { PLACES_AT_ONCE = 50 };
/* Places and references that are looked at for one page: it may be shorter than it had to be where
 * near-copies are left out, or one direction is asked for that few have. */
enum { LOOKED_AT = 1000 };

enum stage { STAGE_EXACT, STAGE_INSIDE, STAGE_GLOB, STAGE_CONTAINS, STAGE_HOLES, N_STAGES };

struct candidate {
    struct index_place place;
    struct place_match match;
};

/* Where a page ended: the place by its uri, the reference by notebook and number. */
struct position {
    enum stage stage;
    size_t form; /* of the question, in STAGE_INSIDE */
    struct str uri;
    int64_t notebook, seq;
};

struct finder {
    struct call *call;
    struct index_reader *r;
    const struct usage_query *q;
    struct str keys[PLACE_MAX_FORMS + 1];
    size_t n_keys;
    struct candidate *candidates;
    size_t n, cap;
    struct position after;
    bool is_behind; /* after is in force still */
    size_t n_looked_at;
    struct usage_page *out;
    int64_t *groups; /* of near-copies that were answered */
    size_t n_groups, cap_groups;
};

static enum stage stage_of(enum uri_relation relation)
{
    static const enum stage stages[] = { [URI_HOLES] = STAGE_HOLES,
                                         [URI_CONTAINS] = STAGE_CONTAINS,
                                         [URI_GLOB] = STAGE_GLOB,
                                         [URI_INSIDE] = STAGE_INSIDE,
                                         [URI_EQUAL] = STAGE_EXACT };
    return stages[relation];
}

static struct place_match match_place(struct finder *f, struct str uri)
{
    const struct place_use use = { .uri = uri, .folder = STR_EMPTY, .is_called = true };
    return question_match_use(f->call->req->arena, f->q->question, &use);
}

/* Is it asked for?  Counts those that are only too weak. */
static bool is_wanted(struct finder *f, const struct place_match *m)
{
    if (m->relation == URI_APART || (f->q->match >= 0 && (int)m->relation != f->q->match))
        return false;
    if (f->q->is_weak || !place_match_is_weak(m))
        return true;
    f->out->n_weak++;
    return false;
}

static void add_candidates(struct finder *f, const struct index_places *places)
{
    struct arena *a = f->call->req->arena;
    for (size_t i = 0; i < places->n; i++) {
        struct candidate c = { places->items[i], match_place(f, places->items[i].uri) };
        bool is_new = true;
        for (size_t k = 0; k < f->n && is_new; k++)
            is_new = f->candidates[k].place.id != c.place.id;
        if (is_new && c.match.relation != URI_INSIDE && is_wanted(f, &c.match))
            *ARENA_PUSH(a, f->candidates, f->n, f->cap) = c;
    }
}

static bool look_up(struct finder *f, struct str key, struct err *err)
{
    struct index_places places;
    if (!index_places(f->r, f->call->req->arena, INDEX_PLACE_AT, key, NULL, 1, &places, err))
        return false;
    add_candidates(f, &places);
    return true;
}

static bool find_candidates(struct finder *f, struct err *err)
{
    struct str part[PLACE_MAX_PREFIXES];
    for (size_t k = 0; k < f->n_keys; k++) {
        if (!look_up(f, f->keys[k], err))
            return false;
        size_t n = place_ancestors(f->keys[k], part, PLACE_MAX_PREFIXES);
        for (size_t i = 0; i < n; i++)
            if (!look_up(f, part[i], err))
                return false;
        n = place_prefixes(f->keys[k], part, PLACE_MAX_PREFIXES);
        for (size_t i = 0; i < n; i++) {
            struct index_places places;
            if (!index_patterns(f->r, f->call->req->arena, part[i], f->keys[k], &places, err))
                return false;
            add_candidates(f, &places);
        }
    }
    return true;
}

static int by_quality(const void *left, const void *right)
{
    const struct candidate *l = left, *r = right;
    enum stage ls = stage_of(l->match.relation), rs = stage_of(r->match.relation);
    if (ls != rs)
        return ls < rs ? -1 : 1;
    if (l->match.score != r->match.score)
        return l->match.score > r->match.score ? -1 : 1;
    return str_cmp(l->place.uri, r->place.uri);
}

/* A near-copy of a notebook that has answered. */
static bool is_copy(struct finder *f, const struct index_use *use)
{
    if (!f->q->is_without_copies || use->near == 0 || use->n_copies == 0)
        return false;
    for (size_t i = 0; i < f->n_groups; i++)
        if (f->groups[i] == use->near)
            return true;
    *ARENA_PUSH(f->call->req->arena, f->groups, f->n_groups, f->cap_groups) = use->near;
    return false;
}

static void set_last(struct finder *f, const struct position *p)
{
    f->out->last = (struct page_key){
        .number = (int64_t)((uint64_t)p->stage << 56 | (uint64_t)p->form << 48 |
                            ((uint64_t)p->seq & 0xFFFFFFFFFFFFu)),
        .id = p->notebook,
        .text = str_slice(p->uri, 0, PAGE_MAX_TEXT_BYTES),
    };
}

/* The page ends here, full or not. */
static void end_page(struct finder *f, const struct position *p, bool *is_full)
{
    set_last(f, p);
    *is_full = true;
}

/* The references to one place, until the page is full; *is_full then. */
static bool add_uses(struct finder *f, const struct index_place *place, struct position *p,
                     bool *is_full, struct err *err)
{
    struct arena *a = f->call->req->arena;
    struct index_after after = { .is_set = f->is_behind && str_eq(f->after.uri, place->uri),
                                 .number = f->after.notebook,
                                 .id = f->after.seq };
    struct index_uses uses = { .n = SIZE_MAX };
    f->is_behind = false;
    f->n_looked_at++;
    while (uses.n > 0 && !*is_full) {
        size_t limit = f->q->limit - f->out->n + 1;
        if (!index_uses_of_place(f->r, a, place->id, f->q->dir, &after, limit, &uses, err))
            return false;
        for (size_t i = 0; i < uses.n && !*is_full; i++) {
            const struct index_use *u = &uses.items[i];
            after = (struct index_after){ true, u->notebook_row, u->seq, STR_EMPTY };
            f->n_looked_at++;
            const struct place_use use = { u->uri,    STR_EMPTY,     u->is_called,
                                           u->is_may, u->is_derived, u->dir };
            struct place_match m = question_match_use(a, f->q->question, &use);
            if (m.relation == URI_APART || is_copy(f, u))
                continue;
            *is_full = f->out->n == f->q->limit;
            if (*is_full)
                continue;
            *ARENA_PUSH(a, f->out->items, f->out->n, f->out->cap) = (struct usage_item){ *u, m };
            p->uri = place->uri;
            p->notebook = u->notebook_row;
            p->seq = u->seq;
            set_last(f, p);
        }
        if (uses.n < limit)
            break;
        if (!*is_full && f->n_looked_at >= LOOKED_AT) {
            const struct position here = { p->stage, p->form, place->uri, after.number, after.id };
            end_page(f, &here, is_full);
        }
    }
    if (!*is_full && f->n_looked_at >= LOOKED_AT) {
        const struct position behind = { p->stage, p->form, place->uri, INT64_MAX, 0 };
        end_page(f, &behind, is_full);
    }
    return true;
}

static bool add_inside(struct finder *f, bool *is_full, struct err *err)
{
    struct arena *a = f->call->req->arena;
    for (size_t k = 0; k < f->n_keys && !*is_full; k++) {
        if (f->is_behind && f->after.stage == STAGE_INSIDE && k < f->after.form)
            continue;
        bool is_table = str_has_prefix(f->keys[k], STR("table:"));
        struct str begin = arena_concat(a, f->keys[k], is_table ? STR(".") : STR("/"));
        struct position p = { .stage = STAGE_INSIDE, .form = k };
        struct index_places places = { .n = PLACES_AT_ONCE };
        struct index_after after = { .text = STR_EMPTY };
        if (f->is_behind && f->after.stage == STAGE_INSIDE && k == f->after.form) {
            struct index_places same; /* the place in which the page ended */
            if (!index_places(f->r, a, INDEX_PLACE_AT, f->after.uri, NULL, 1, &same, err) ||
                (same.n > 0 && !add_uses(f, &same.items[0], &p, is_full, err)))
                return false;
            after = (struct index_after){ .is_set = true, .text = f->after.uri };
        }
        f->is_behind = false;
        while (places.n == PLACES_AT_ONCE && !*is_full) {
            if (!index_places(f->r, a, INDEX_PLACE_BEGINS, begin, &after, PLACES_AT_ONCE, &places,
                              err))
                return false;
            for (size_t i = 0; i < places.n && !*is_full; i++) {
                struct place_match m = match_place(f, places.items[i].uri);
                after = (struct index_after){ .is_set = true, .text = places.items[i].uri };
                if (is_wanted(f, &m) && !add_uses(f, &places.items[i], &p, is_full, err))
                    return false;
            }
        }
    }
    return true;
}

/* Those of one stage among the candidates, which are sorted. */
static bool add_stage(struct finder *f, enum stage stage, bool *is_full, struct err *err)
{
    bool is_skipping = f->is_behind && f->after.stage == stage;
    for (size_t i = 0; i < f->n && !*is_full; i++) {
        struct candidate *c = &f->candidates[i];
        struct position p = { .stage = stage };
        if (stage_of(c->match.relation) != stage ||
            (is_skipping && !str_eq(c->place.uri, f->after.uri)))
            continue;
        is_skipping = false;
        if (!add_uses(f, &c->place, &p, is_full, err))
            return false;
    }
    if (f->after.stage == stage)
        f->is_behind = false;
    return true;
}

bool usage_find(struct call *call, struct index_reader *r, const struct usage_query *q,
                const struct page_key *after, struct usage_page *out, struct err *err)
{
    struct finder f = { .call = call, .r = r, .q = q, .out = out, .is_behind = after != NULL };
    bool is_full = false;
    *out = (struct usage_page){ 0 };
    f.n_keys = question_keys(call->req->arena, q->question, f.keys);
    if (after != NULL) {
        uint64_t number = (uint64_t)after->number;
        f.after = (struct position){ .stage = (enum stage)(number >> 56 & 7),
                                     .form = number >> 48 & 0xFF,
                                     .seq = (int64_t)(number & 0xFFFFFFFFFFFFu),
                                     .notebook = after->id,
                                     .uri = after->text };
    }
    if (!find_candidates(&f, err))
        return false;
    if (f.n > 1)
        qsort(f.candidates, f.n, sizeof *f.candidates, by_quality);
    for (unsigned s = 0; s < N_STAGES && !is_full; s++) {
        if (f.is_behind && s < (unsigned)f.after.stage)
            continue;
        bool ok = s == STAGE_INSIDE ? add_inside(&f, &is_full, err)
                                    : add_stage(&f, (enum stage)s, &is_full, err);
        if (!ok)
            return false;
    }
    out->has_more = is_full;
    return true;
}
