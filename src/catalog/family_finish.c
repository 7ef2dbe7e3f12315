/*
 * family_finish: which datasets a family is.
 *
 * Parts become units; a part whose few objects were all read and do not go together becomes one
 * unit an object.  Units that go together become one cluster, a cluster one dataset
 * (family_dataset.c).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/family_internal.h"

/* So many siblings with the same columns, and other names, are one dataset. */
enum { MIN_ALIKE = 8 };

static bool has_columns(const struct schema *s)
{
    return s != NULL && s->n_columns > 0;
}

/* The schema of the newest sample that has one; *fits_out: those of all samples go together. */
static const struct schema *schema_of(const struct group *g, bool *fits_out)
{
    const struct schema *found = NULL;
    int64_t newest = INT64_MIN;
    *fits_out = true;
    for (size_t i = 0; i < g->n_samples; i++) {
        const struct sample *s = &g->samples[i];
        if (s->schema == NULL)
            continue;
        for (size_t k = 0; k < i; k++) {
            if (g->samples[k].schema != NULL && !schema_compatible(g->samples[k].schema, s->schema))
                *fits_out = false;
        }
        if (found == NULL || s->modified_ms > newest) {
            found = s->schema;
            newest = s->modified_ms;
        }
    }
    return found;
}

/* Nothing that a catalogue should show: one picture, one object that only the content could have
 * told and did not. */
static bool is_nothing(const struct unit *u)
{
    const struct group *g = u->group;
    bool is_alone = u->totals.n_objects == 1 && g->n_columns == 0 && !g->is_declared;
    if (!is_alone)
        return false;
    if (u->format == FORMAT_NOTEBOOK)
        return true;
    if (g->role == OBJECT_MEDIA)
        return u->format >= FORMAT_PNG && u->format <= FORMAT_BMP;
    return g->role == OBJECT_UNKNOWN && !format_is_table(u->format);
}

static void add_unit(struct family *f, struct units *all, struct unit unit)
{
    unit.format = unit.schema != NULL && unit.schema->format != FORMAT_UNKNOWN ? unit.schema->format
                                                                               : unit.group->format;
    *ARENA_PUSH(&f->arena, all->items, all->n, all->cap) = unit;
}

static void add_part(struct family *f, struct units *all, struct group *g)
{
    bool fits = true;
    const struct schema *schema = schema_of(g, &fits);
    bool is_split = !fits && !g->is_declared && g->n_columns == 0 && !f->is_whole &&
                    g->totals.n_objects == g->n_samples;
    if (!is_split) {
        add_unit(
            f, all,
            (struct unit){ .group = g, .schema = schema, .totals = g->totals, .is_mixed = !fits });
        return;
    }
    for (size_t i = 0; i < g->n_samples; i++) {
        struct sample *s = &g->samples[i];
        struct unit unit = { .group = g, .one = s, .schema = s->schema };
        totals_add(&unit.totals, &(struct discover_object){ buf_str(&s->key), s->size_bytes,
                                                            s->etag_hash, s->modified_ms });
        add_unit(f, all, unit);
    }
}

/* Is the folder below the partitions the same ("year=x/orders/")? */
static bool is_same_inside(const struct group *a, const struct group *b)
{
    size_t x = str_rfind_char(a->shape, '*'), y = str_rfind_char(b->shape, '*');
    return str_eq(x == SIZE_MAX ? a->shape : str_from_pos(a->shape, x),
                  y == SIZE_MAX ? b->shape : str_from_pos(b->shape, y));
}

static bool go_together(const struct family *f, const struct unit *a, const struct unit *b)
{
    const struct group *x = a->group, *y = b->group;
    bool both_known = has_columns(a->schema) && has_columns(b->schema);
    if (a->format != b->format || (both_known && !schema_compatible(a->schema, b->schema)))
        return false;
    if (f->is_whole)
        return true;
    if (x->role == OBJECT_MEDIA || y->role == OBJECT_MEDIA)
        return x->role == y->role && str_eq(x->shape, y->shape);
    bool x_flat = x->n_columns == 0, y_flat = y->n_columns == 0;
    if (x_flat && y_flat) {
        if (!str_eq(x->shape, y->shape))
            return false;
        return (x->is_machine && y->is_machine) || (x == y && both_known);
    }
    if (x_flat != y_flat)
        return both_known || (x->is_machine && y->is_machine);
    return is_same_inside(x, y);
}

static void cluster(const struct family *f, struct units *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct unit *u = &all->items[i];
        u->cluster = i;
        for (size_t k = 0; k < i; k++) {
            if (all->items[k].cluster == k && go_together(f, &all->items[k], u)) {
                u->cluster = k;
                break;
            }
        }
    }
}

/* Drop what is nothing and has found no company. */
static void drop_nothing(struct family *f, struct units *all)
{
    size_t n = 0, *n_members = ARENA_NEW_N(&f->arena, size_t, all->n + 1);
    size_t *moved_to = ARENA_NEW_N(&f->arena, size_t, all->n + 1);
    for (size_t i = 0; i < all->n; i++)
        n_members[all->items[i].cluster]++;
    for (size_t i = 0; i < all->n; i++) {
        struct unit u = all->items[i];
        if (u.cluster == i && n_members[i] == 1 && is_nothing(&u))
            continue;
        moved_to[i] = n;
        u.cluster = moved_to[u.cluster];
        all->items[n++] = u;
    }
    all->n = n;
}

static void find_lone(struct units *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct unit *u = &all->items[i];
        u->is_lone = u->group->n_columns == 0 && u->totals.n_objects == 1 && u->schema != NULL &&
                     u->schema->n_columns >= 2;
        for (size_t k = 0; k < i; k++) {
            if (all->items[k].cluster == u->cluster)
                all->items[k].is_lone = u->is_lone = false;
        }
    }
}

/* Many names and one table: "amsterdam.csv", "berlin.csv", ... */
static void cluster_alike(struct units *all)
{
    find_lone(all);
    for (size_t i = 0; i < all->n; i++) {
        struct unit *first = &all->items[i];
        size_t n = 1;
        for (size_t k = i + 1; first->is_lone && k < all->n; k++) {
            struct unit *u = &all->items[k];
            if (u->is_lone && schema_equal(first->schema, u->schema)) {
                u->mark = i + 1;
                n++;
            }
        }
        if (n < MIN_ALIKE)
            continue;
        first->is_alike = true;
        for (size_t k = i + 1; k < all->n; k++) {
            struct unit *u = &all->items[k];
            if (u->mark == i + 1) {
                u->cluster = i;
                u->is_alike = true;
                u->is_lone = false;
            }
        }
    }
}

void family_finish(struct family *f, const struct dataset **datasets_out, size_t *n_out)
{
    struct units all = { 0 };
    struct dataset *datasets = NULL;
    size_t n = 0, cap = 0;
    if (f->log != NULL) {
        struct dataset *table = ARENA_PUSH(&f->arena, datasets, n, cap);
        family_table(f, table);
    } else {
        for (size_t i = 0; i < f->n_parts; i++)
            add_part(f, &all, f->parts[i]);
        cluster(f, &all);
        drop_nothing(f, &all);
        if (!f->is_whole)
            cluster_alike(&all);
        family_name(f, &all);
        for (size_t i = 0; i < all.n; i++) {
            if (all.items[i].cluster == i)
                family_dataset(f, &all, i, ARENA_PUSH(&f->arena, datasets, n, cap));
        }
    }
    *datasets_out = datasets;
    *n_out = n;
}
