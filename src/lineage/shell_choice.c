/* shell_choice: what variables are behind a condition of which both branches count. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"

/* A variable was set: what it was before. */
struct change {
    struct str name;
    const struct shell_words *choices; /* or NULL */
    struct str value;
    bool was_set;
};

struct shell_log {
    struct arena *arena;
    struct change *items;
    size_t n, cap;
};

/* The values of a variable in all worlds; NULL where it keeps that of before. */
struct outcome {
    const struct str *values[LIMIT_ALTERNATIVES];
};

struct choice {
    struct shell_run *run;
    struct shell_log log;
    struct strmap outcomes; /* struct outcome *, by the variable's name */
    size_t n_worlds;        /* of the branches that ran */
};

void shell_log_add(struct shell_log *log, const struct shell_session *s, struct str name)
{
    const struct str *old = strmap_get(&s->variables, name);
    *ARENA_PUSH(log->arena, log->items, log->n, log->cap) =
        (struct change){ name, strmap_get(&s->choices, name), old == NULL ? STR_EMPTY : *old,
                         old != NULL };
}

const struct str *shell_value_now(struct shell_run *run, struct str name)
{
    const struct shell_session *s = run->session;
    const struct shell_words *choices = strmap_get(&s->choices, name);
    if (choices == NULL)
        return strmap_get(&s->variables, name);
    if (run->n_worlds < choices->n)
        run->n_worlds = choices->n;
    return &choices->items[run->world % choices->n];
}

/* Another value behind those that it has; it lives as long as the session. */
static void add_choice(struct shell_session *s, struct str name, struct str value)
{
    const struct shell_words *old = strmap_get(&s->choices, name);
    const struct str *only = strmap_get(&s->variables, name);
    if (only == NULL || (old != NULL && old->n >= LIMIT_ALTERNATIVES))
        return;
    size_t n = old != NULL ? old->n : 1;
    struct shell_words *more = ARENA_NEW(s->arena, struct shell_words);
    more->items = ARENA_NEW_N(s->arena, struct str, n + 1);
    for (size_t i = 0; i < n; i++)
        more->items[i] = old != NULL ? old->items[i] : *only;
    more->items[n] = value;
    more->n = n + 1;
    strmap_put(&s->choices, arena_str(s->arena, name), more);
}

void shell_set_now(struct shell_run *run, struct str name, struct str value)
{
    if (run->world == 0)
        shell_session_set(run->session, name, value);
    else if (value.len > LIMIT_SHELL_VALUE_BYTES)
        add_choice(run->session, name, STR(HOLE_TEXT));
    else
        add_choice(run->session, name, arena_str(run->session->arena, value));
}

/* How many worlds the branch that ran makes: as many as the variables that it set have. */
static size_t count_worlds(const struct choice *c)
{
    size_t most = 1;
    for (size_t i = 0; i < c->log.n; i++) {
        const struct shell_words *w = strmap_get(&c->run->session->choices, c->log.items[i].name);
        if (w != NULL && w->n > most)
            most = w->n;
    }
    return c->n_worlds + most <= LIMIT_ALTERNATIVES ? most : LIMIT_ALTERNATIVES - c->n_worlds;
}

static const struct str *value_of(const struct shell_session *s, struct arena *a, struct str name,
                                  size_t world)
{
    const struct shell_words *w = strmap_get(&s->choices, name);
    const struct str *v = w != NULL ? &w->items[world % w->n] : strmap_get(&s->variables, name);
    struct str *copy = ARENA_NEW(a, struct str);
    *copy = v == NULL ? STR_EMPTY : *v;
    return copy;
}

/* Note what the branch set. */
static void keep(struct choice *c, size_t n_worlds)
{
    struct arena *a = c->run->arena;
    for (size_t i = 0; i < c->log.n; i++) {
        struct str name = c->log.items[i].name;
        struct outcome *o = strmap_get(&c->outcomes, name);
        if (o == NULL) {
            o = ARENA_NEW(a, struct outcome);
            strmap_put(&c->outcomes, name, o);
        }
        for (size_t w = 0; w < n_worlds && o->values[c->n_worlds + w] == NULL; w++)
            o->values[c->n_worlds + w] = value_of(c->run->session, a, name, w);
    }
}

/* Everything as it was before the branch. */
static void undo(struct choice *c)
{
    struct shell_session *s = c->run->session;
    while (c->log.n > 0) {
        const struct change *old = &c->log.items[--c->log.n];
        struct str *value = strmap_get(&s->variables, old->name);
        if (!old->was_set)
            strmap_put(&s->variables, old->name, NULL);
        else if (value != NULL)
            *value = old->value;
        strmap_put(&s->choices, old->name, (void *)(uintptr_t)old->choices);
    }
}

static void end_branch(struct choice *c)
{
    size_t n_worlds = count_worlds(c);
    keep(c, n_worlds);
    undo(c);
    c->n_worlds += n_worlds;
}

/* The variable in all worlds; where no branch set it, it is as before, or as in another one. */
static void settle(struct choice *c, struct str name, const struct outcome *o)
{
    struct shell_session *s = c->run->session;
    const struct str *before = strmap_get(&s->variables, name), *any = NULL;
    struct str all[LIMIT_ALTERNATIVES];
    bool differs = false;
    for (size_t i = 0; i < c->n_worlds; i++)
        any = o->values[i] != NULL ? o->values[i] : any;
    if (any == NULL)
        return;
    struct str base = before != NULL ? *before : *any;
    for (size_t i = 0; i < c->n_worlds; i++) {
        all[i] = o->values[i] != NULL ? *o->values[i] : base;
        differs = differs || !str_eq(all[i], all[0]);
    }
    shell_session_put(s, name, all[0]);
    for (size_t i = 1; differs && i < c->n_worlds; i++)
        add_choice(s, name, all[i]);
}

void shell_run_choice(struct shell_run *run, const struct shell_node *n)
{
    struct shell_session *s = run->session;
    struct shell_log *outer = s->log;
    struct choice c = { .run = run, .log = { .arena = run->arena } };
    struct str cwd = s->cwd;
    strmap_init(&c.outcomes, run->arena);
    s->log = &c.log;
    for (const struct shell_node *from = n->items, *to; from != NULL; from = to) {
        for (to = from->next; to != NULL && !to->is_branch; to = to->next) {
        }
        s->cwd = cwd;
        shell_run_some(run, from, to);
        end_branch(&c);
    }
    s->log = outer;
    if (!n->has_else && c.n_worlds < LIMIT_ALTERNATIVES)
        c.n_worlds++;
    for (size_t i = 0; i < c.outcomes.n; i++)
        settle(&c, c.outcomes.entries[i].key, c.outcomes.entries[i].value);
}
