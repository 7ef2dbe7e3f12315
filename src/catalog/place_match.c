/*
 * place_match: how a reference answers a question, how sure that is, and why.
 *
 * How sure, in percent (docs/internals/usage.md): what is known decides, not how often it was seen.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/place.h"

#include "lineage/uri.h"
#include "util/attrs.h"

/* ".csv" and "data" are shorter, and half of all locations hold one of them. */
enum { WEAK_SCORE = 6 };

/* Percent: of a relation; what each level above takes; what each agreeing character gives. */
enum {
    SURE_EXACT = 100,
    SURE_INSIDE = 100,
    SURE_GLOB = 95,
    SURE_ABOVE = 90,
    SURE_LEVEL = 10,
    SURE_ABOVE_LEAST = 40,
    SURE_HOLES_LEAST = 5,
    SURE_HOLES_MOST = 80,
};

/* Percent that stay when the reference is ... */
enum { STAY_NOT_CALLED = 70, STAY_MAY = 60, STAY_DERIVED = 95, STAY_LIST = 90 };

static void better(enum uri_relation relation, unsigned score, size_t form,
                   struct place_match *best)
{
    if (relation < best->relation || (relation == best->relation && score <= best->score))
        return;
    *best = (struct place_match){ .relation = relation, .score = score, .form = form };
}

/* file:data/x.csv of a notebook of this machine, from the root. */
static struct str file_of(struct arena *a, const struct place_use *use)
{
    if (use->folder.len == 0 || !uri_is_local_file(use->uri))
        return STR_EMPTY;
    struct str path = str_from_pos(use->uri, STR("file:").len);
    return arena_concat(a, STR("file:"), place_absolute(a, use->folder, path));
}

/* How many folders the reference stands above the asked location. */
static unsigned levels_above(struct str asked, struct str reference)
{
    char separator = str_has_prefix(asked, STR("table:")) ? '.' : '/';
    unsigned n = 0;
    for (size_t i = 0; i < asked.len; i++)
        n += asked.ptr[i] == separator;
    for (size_t i = 0; i < reference.len; i++)
        n -= n > 0 && reference.ptr[i] == separator;
    return n > 0 ? n : 1;
}

/* 6 characters are little, 30 hardly come about by chance. */
static unsigned sure_of_holes(unsigned score)
{
    unsigned percent = score < WEAK_SCORE ? SURE_HOLES_LEAST + 2 * score : 20 + (score - 6) * 5 / 2;
    return percent < SURE_HOLES_MOST ? percent : SURE_HOLES_MOST;
}

static unsigned sure_of_relation(const struct place_match *m, struct str asked,
                                 struct str reference)
{
    switch (m->relation) {
    case URI_EQUAL:
        return SURE_EXACT;
    case URI_INSIDE:
        return SURE_INSIDE;
    case URI_GLOB:
        return SURE_GLOB;
    case URI_CONTAINS: {
        unsigned off = SURE_LEVEL * (levels_above(asked, reference) - 1);
        return off < SURE_ABOVE - SURE_ABOVE_LEAST ? SURE_ABOVE - off : SURE_ABOVE_LEAST;
    }
    case URI_HOLES:
        return sure_of_holes(m->score);
    case URI_APART:
        break;
    }
    return 0;
}

unsigned place_match_percent(const struct place_match *m, struct str asked,
                             const struct place_use *use)
{
    unsigned percent = sure_of_relation(m, asked, use->uri);
    if (percent == 0)
        return 0;
    percent = use->is_called ? percent : percent * STAY_NOT_CALLED / 100;
    percent = use->is_may ? percent * STAY_MAY / 100 : percent;
    percent = use->is_derived ? percent * STAY_DERIVED / 100 : percent;
    percent = use->dir == REFERENCE_LIST ? percent * STAY_LIST / 100 : percent;
    return percent > 0 ? percent : 1;
}

struct place_match question_match_use(struct arena *a, const struct question *q,
                                      const struct place_use *use)
{
    struct place_match best = { .relation = URI_APART };
    unsigned score;
    for (size_t i = 0; i < q->n_forms; i++) {
        enum uri_relation relation = uri_match(q->forms[i], use->uri, &score);
        relation = q->is_above[i] && relation > URI_CONTAINS ? URI_CONTAINS : relation;
        better(relation, score, i, &best);
    }
    struct str file = q->file.len > 0 && best.relation != URI_EQUAL ? file_of(a, use) : STR_EMPTY;
    if (file.len > 0) {
        enum uri_relation relation = uri_match(q->file, file, &score);
        better(relation, score, SIZE_MAX, &best);
    }
    if (best.relation != URI_APART)
        best.percent =
            place_match_percent(&best, best.form == SIZE_MAX ? q->file : q->forms[best.form], use);
    return best;
}

struct place_match question_match(struct arena *a, const struct question *q, struct str folder,
                                  const struct reference *r)
{
    const struct place_use use = { .uri = r->uri,
                                   .folder = folder,
                                   .is_called = r->is_called,
                                   .is_may = r->is_may,
                                   .is_derived = r->is_derived,
                                   .dir = r->dir };
    return question_match_use(a, q, &use);
}

bool place_match_is_weak(const struct place_match *m)
{
    return m->relation == URI_HOLES && m->score < WEAK_SCORE;
}

/* "reads", "writes", "lists", "deletes" */
static const char *verb_of(enum reference_dir dir)
{
    static const char *const verbs[] = { [REFERENCE_READ] = "reads",
                                         [REFERENCE_WRITE] = "writes",
                                         [REFERENCE_LIST] = "lists",
                                         [REFERENCE_DELETE] = "deletes" };
    return verbs[dir];
}

struct str place_match_text(struct arena *a, const struct place_match *m,
                            const struct place_use *use)
{
    static const char *const texts[] = {
        [URI_APART] = "does not touch it",    [URI_HOLES] = "a location that could be it",
        [URI_CONTAINS] = "a folder above it", [URI_GLOB] = "a pattern that takes it in",
        [URI_INSIDE] = "a part of it",        [URI_EQUAL] = "exactly it",
    };
    if (m->relation == URI_APART)
        return str_from(texts[URI_APART]);
    struct str text = arena_printf(a, "%s %s", verb_of(use->dir), texts[m->relation]);
    if (m->relation == URI_HOLES)
        text = arena_printf(a, "%.*s: parts of it are not known, %u characters agree",
                            STR_FMT(text), m->score);
    if (use->is_derived)
        text = arena_concat(a, text, STR("; by way of a local copy"));
    if (!use->is_called)
        text = arena_concat(a, text, STR("; in code that is not reached"));
    else if (use->is_may)
        text = arena_concat(a, text, STR("; in passing"));
    return text;
}

const char *uri_relation_name(enum uri_relation relation)
{
    static const char *const names[] = { "apart", "holes", "contains", "glob", "inside", "exact" };
    return names[relation];
}
