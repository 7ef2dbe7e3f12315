/*
 * family_name: the uri of each dataset of a family, unique in it and the same in the next scan.
 *
 * One object is named by its key.  A folder names the one dataset in it that is more than an
 * object; where there are several, each is named by what its names have in common.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/family_internal.h"

/* Is the dataset one object, named as such? */
static bool is_single(const struct units *all, size_t first)
{
    const struct unit *u = &all->items[first];
    const struct group *g = u->group;
    for (size_t k = 0; k < all->n; k++) {
        if (k != first && all->items[k].cluster == first)
            return false;
    }
    return u->totals.n_objects == 1 && g->n_columns == 0 && !g->is_declared &&
           (u->one != NULL || !g->is_machine);
}

static struct str sample_key(const struct unit *u)
{
    return buf_str(u->one != NULL ? &u->one->key : &u->group->samples[0].key);
}

static struct str common(struct family *f, struct str a, struct str b)
{
    size_t head = 0, tail = 0;
    while (head < a.len && head < b.len && a.ptr[head] == b.ptr[head] && a.ptr[head] != '*')
        head++;
    while (tail < a.len - head && tail < b.len - head &&
           a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail] && a.ptr[a.len - 1 - tail] != '*')
        tail++;
    if (head == a.len && head == b.len)
        return a;
    return arena_printf(&f->arena, "%.*s*%.*s", (int)head, a.ptr, (int)tail, a.ptr + a.len - tail);
}

/* What the objects of the cluster have in common: folders below the root, and name. */
static struct str pattern_of(struct family *f, const struct units *all, size_t first)
{
    const struct group *g = all->items[first].group;
    struct str name = g->pattern, shape = g->shape;
    for (size_t k = first + 1; k < all->n; k++) {
        const struct group *other = all->items[k].group;
        if (all->items[k].cluster != first || other == g)
            continue;
        name = str_eq(name, other->pattern) ? name : common(f, name, other->pattern);
        if (other->shape.len > shape.len)
            shape = other->shape;
    }
    return arena_printf(&f->arena, "%.*s%.*s", STR_FMT(shape), STR_FMT(name));
}

/* Folders below the root that all objects share, without "/" at the end: "year=x/orders" is enough
 * to tell a dataset from one in "year=x/customers". */
static bool shape_tells(const struct units *all, size_t first)
{
    const struct group *g = all->items[first].group;
    for (size_t k = 0; k < all->n; k++) {
        if (all->items[k].cluster != first && str_eq(all->items[k].group->shape, g->shape))
            return false;
    }
    return g->shape.len > 0;
}

/* May this cluster have the root's name: is it the only one that is no single object? */
static bool owns_root(const struct family *f, const struct units *all, size_t first)
{
    const struct group *g = all->items[first].group;
    if (f->is_rest)
        return false;
    bool is_alone = true;
    for (size_t k = 0; k < all->n; k++) {
        if (all->items[k].cluster != k || k == first)
            continue;
        is_alone = false;
        if (!is_single(all, k))
            return false;
    }
    return is_alone || g->is_machine || g->n_columns > 0;
}

static struct str name_of(struct family *f, const struct units *all, size_t first)
{
    const struct unit *u = &all->items[first];
    if (u->group->is_declared)
        return f->uri;
    if (is_single(all, first))
        return arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->base_uri), STR_FMT(sample_key(u)));
    if (owns_root(f, all, first))
        return f->root;
    struct str tail = pattern_of(f, all, first);
    if (shape_tells(all, first))
        tail = str_slice(u->group->shape, 0, u->group->shape.len - 1);
    return arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->root), STR_FMT(tail));
}

void family_name(struct family *f, struct units *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct unit *u = &all->items[i];
        if (u->cluster != i)
            continue;
        u->uri = name_of(f, all, i);
        for (size_t k = 0; k < i; k++) {
            if (all->items[k].cluster != k || !str_eq(all->items[k].uri, u->uri))
                continue;
            for (size_t m = i; m < all->n; m++) {
                if (all->items[m].cluster == i)
                    all->items[m].cluster = k;
            }
            all->items[k].is_mixed = true;
            break;
        }
    }
}
