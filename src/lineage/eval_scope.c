/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/limits.h"

struct scope *scope_new(struct eval *e, struct scope *parent)
{
    struct scope *s = ARENA_NEW(e->arena, struct scope);
    s->parent = parent;
    strmap_init(&s->names, e->arena);
    strmap_init(&s->globals, e->arena);
    return s;
}

static struct scope *outermost(struct scope *s)
{
    while (s->parent != NULL)
        s = s->parent;
    return s;
}

struct value *scope_get(struct eval *e, struct str name)
{
    const uint64_t hash = str_hash(name);
    for (struct scope *s = e->scope; s != NULL; s = s->parent) {
        if (s->is_class && s != e->scope)
            continue;
        struct value *v = strmap_get_hashed(&s->names, name, hash);
        if (v != NULL)
            return v;
    }
    return NULL;
}

struct value *scope_map(struct eval *e)
{
    struct value *all = value_map(&e->vs);
    for (const struct scope *s = e->scope; s != NULL && all->kind == VALUE_MAP; s = s->parent)
        for (size_t i = 0; i < s->names.n && all->map->entries.n < LIMIT_SEQ_ITEMS; i++) {
            const struct strmap_entry *name = &s->names.entries[i];
            if (name->value != NULL && strmap_get(&all->map->entries, name->key) == NULL)
                strmap_put(&all->map->entries, name->key, name->value);
        }
    if (all->kind == VALUE_MAP)
        all->map->is_open = true;
    return all;
}

static void set_in(struct eval *e, struct strmap *names, struct str name, struct value *v)
{
    if (e->branch_depth > 0)
        *ARENA_PUSH(e->arena, e->changes, e->n_changes, e->cap_changes) =
            (struct change){ names, name, strmap_get(names, name) };
    strmap_put(names, name, v);
}

void scope_set_in(struct eval *e, struct scope *s, struct str name, struct value *v)
{
    set_in(e, &s->names, name, v);
}

void scope_keep_entry(struct eval *e, struct strmap *entries, struct str name)
{
    struct value *v = strmap_get(entries, name);
    if (v != NULL) /* a new one stays: a mapping without it is no less known */
        set_in(e, entries, name, v);
}

void scope_set(struct eval *e, struct str name, struct value *v)
{
    struct scope *s = e->scope;
    if (s->globals.n > 0 && strmap_has(&s->globals, name)) {
        /* "nonlocal" finds the nearest one that has it, "global" the outermost */
        struct scope *owner = s->parent;
        while (owner != NULL && owner->parent != NULL && !strmap_has(&owner->names, name))
            owner = owner->parent;
        s = owner != NULL ? owner : outermost(s);
    }
    scope_set_in(e, s, name, v);
}

void branches_begin(struct eval *e, struct branches *b)
{
    *b = (struct branches){ .mark = e->n_changes, .all_left = true };
    e->branch_depth++;
}

static struct str change_key(struct eval *e, const struct change *c)
{
    const struct str names = { (const char *)&c->names, sizeof c->names };
    return arena_concat(e->arena, names, c->name);
}

/* Take what the branch that just ran has set, and undo it. */
void branches_keep(struct eval *e, struct branches *b)
{
    bool goes_on = e->flow == FLOW_ON;
    if (goes_on) {
        b->all_left = false;
        b->n_kept++;
    }
    struct strmap done;
    strmap_init(&done, e->arena);
    for (size_t i = e->n_changes; goes_on && i-- > b->mark;) {
        struct change c = e->changes[i];
        struct str key = change_key(e, &c);
        if (strmap_has(&done, key))
            continue;
        strmap_put(&done, key, e);
        *ARENA_PUSH(e->arena, b->results, b->n_results, b->cap_results) =
            (struct change){ c.names, c.name, strmap_get(c.names, c.name) };
    }
    while (e->n_changes > b->mark) {
        struct change *c = &e->changes[--e->n_changes];
        strmap_put(c->names, c->name, c->old);
    }
    if (e->flow != FLOW_LEFT || !goes_on)
        e->flow = FLOW_ON;
}

struct merged {
    struct strmap *names;
    struct str name;
    struct value *joined;
    uint32_t n;
};

/* After the last branch: each name that one of them set has the values of all of them, and its old
 * one where a branch (or none running at all) leaves it alone. */
void branches_end(struct eval *e, struct branches *b, bool must)
{
    e->branch_depth--;
    struct strmap index;
    strmap_init(&index, e->arena);
    struct merged *all = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < b->n_results; i++) {
        struct change *r = &b->results[i];
        struct str key = change_key(e, r);
        size_t at = (size_t)(uintptr_t)strmap_get(&index, key);
        if (at == 0) {
            *ARENA_PUSH(e->arena, all, n, cap) = (struct merged){ r->names, r->name, NULL, 0 };
            at = n;
            strmap_put(&index, key, (void *)(uintptr_t)at);
        }
        all[at - 1].joined = value_join(&e->vs, all[at - 1].joined, r->old);
        all[at - 1].n++;
    }
    for (size_t i = 0; i < n; i++) {
        struct value *old = strmap_get(all[i].names, all[i].name);
        struct value *v = all[i].joined;
        if (old != NULL && (!must || all[i].n < b->n_kept))
            v = value_join(&e->vs, old, v);
        if (v != NULL)
            set_in(e, all[i].names, all[i].name, v);
    }
    e->flow = must && b->all_left ? FLOW_LEFT : FLOW_ON;
}
