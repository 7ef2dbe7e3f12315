/*
 * family_dataset: one dataset out of the units of a cluster.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/family_internal.h"
#include "catalog/table_log.h"

#include <stdlib.h>
#include <string.h>

/* Go through the units of a cluster. */
static const struct unit *next_unit(const struct units *all, size_t first, const struct unit *after)
{
    size_t i = after == NULL ? first : (size_t)(after - all->items) + 1;
    for (; i < all->n; i++) {
        if (all->items[i].cluster == first)
            return &all->items[i];
    }
    return NULL;
}

/* The unit with the most objects: its columns and its format stand for the dataset. */
static const struct unit *largest(const struct units *all, size_t first)
{
    const struct unit *best = NULL;
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL;) {
        bool is_deeper = best != NULL && u->group->n_columns > 0 && best->group->n_columns == 0;
        bool is_flatter = best != NULL && u->group->n_columns == 0 && best->group->n_columns > 0;
        if (best == NULL || is_deeper ||
            (!is_flatter && u->totals.n_objects > best->totals.n_objects))
            best = u;
    }
    return best;
}

static bool same_columns(const struct group *a, const struct group *b)
{
    if (a->n_columns != b->n_columns)
        return false;
    for (size_t i = 0; i < a->n_columns; i++) {
        if (!str_eq_nocase(a->columns[i].name, b->columns[i].name))
            return false;
    }
    return true;
}

static struct str column_list(struct family *f, const struct group *g)
{
    AUTO_BUF text = BUF_INIT(LIMIT_KEY_BYTES);
    for (size_t i = 0; i < g->n_columns; i++) {
        buf_add(&text, i > 0 ? STR("/") : STR_EMPTY);
        buf_add(&text, g->columns[i].name);
    }
    return arena_str(&f->arena, buf_str(&text));
}

/* Columns with types over all units, and warnings about units that are laid out otherwise. */
static void set_columns(struct family *f, const struct units *all, size_t first,
                        const struct group *main, struct dataset *out)
{
    struct partition_column *columns =
        ARENA_NEW_N(&f->arena, struct partition_column, main->n_columns);
    uint64_t n_flat = 0, n_other = 0;
    struct str other = STR_EMPTY;
    memcpy(columns, main->columns, main->n_columns * sizeof *columns);
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL;) {
        const struct group *g = u->group;
        if (!same_columns(g, main)) {
            n_flat += g->n_columns == 0 ? u->totals.n_objects : 0;
            n_other += g->n_columns > 0 ? u->totals.n_objects : 0;
            other = g->n_columns > 0 ? column_list(f, g) : other;
            continue;
        }
        for (size_t i = 0; i < g->n_columns; i++) {
            columns[i].type = partition_type_widen(columns[i].type, g->columns[i].type);
            columns[i].is_nullable |= g->columns[i].is_nullable;
        }
    }
    out->partition_columns = columns;
    out->n_partition_columns = main->n_columns;
    if (n_flat > 0)
        family_warn(f, out, "%llu of the objects lie outside of the partitions",
                    (unsigned long long)n_flat);
    if (n_other > 0)
        family_warn(f, out,
                    "%llu of the objects have other partition columns: %.*s instead of %.*s",
                    (unsigned long long)n_other, STR_FMT(other), STR_FMT(column_list(f, main)));
}

static struct dataset_partition partition_of(struct family *f, const struct group *g,
                                             const struct path_row *row)
{
    struct dataset_partition p = { .values = ARENA_NEW_N(&f->arena, struct str, g->n_columns),
                                   .n_objects = row->n_objects,
                                   .size_bytes = row->size_bytes,
                                   .newest_ms = row->newest_ms };
    struct str part, rest = arena_str(&f->arena, (struct str){ row->path, row->len });
    for (size_t i = 0; i < g->n_columns; i++) {
        (void)str_cut(rest, '/', &part, &rest);
        bool is_whole = g->is_declared || g->columns[i].is_from_folder;
        struct folder_name name = { .value = part };
        if (!is_whole)
            name = folder_name_parse(&f->arena, part, FOLDER_PLAIN);
        else if (str_eq(part, STR("__HIVE_DEFAULT_PARTITION__")))
            name.value.ptr = NULL;
        p.values[i] = name.value;
    }
    return p;
}

/* For qsort_r: by value, null first. */
static int compare_partitions(const void *x, const void *y, void *n_columns)
{
    const struct dataset_partition *a = x, *b = y;
    for (size_t i = 0; i < *(const size_t *)n_columns; i++) {
        bool is_a_null = a->values[i].ptr == NULL, is_b_null = b->values[i].ptr == NULL;
        int order = is_a_null || is_b_null ? (int)is_b_null - (int)is_a_null
                                           : str_cmp(a->values[i], b->values[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Sort, and add up those with the same values. */
static size_t unite_partitions(struct dataset_partition *all, size_t n, size_t n_columns)
{
    size_t kept = 0;
    qsort_r(all, n, sizeof *all, compare_partitions, &n_columns);
    for (size_t i = 0; i < n; i++) {
        struct dataset_partition *last = kept > 0 ? &all[kept - 1] : NULL;
        if (last == NULL || compare_partitions(last, &all[i], &n_columns) != 0) {
            all[kept++] = all[i];
            continue;
        }
        last->n_objects += all[i].n_objects;
        last->size_bytes += all[i].size_bytes;
        last->newest_ms = last->newest_ms > all[i].newest_ms ? last->newest_ms : all[i].newest_ms;
    }
    return kept;
}

static void set_partitions(struct family *f, const struct units *all, size_t first,
                           const struct group *main, struct dataset *out)
{
    size_t n_rows = 0, n = 0;
    uint64_t n_most = 0;
    bool is_complete = true;
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL;) {
        if (!same_columns(u->group, main))
            continue;
        n_rows += u->group->rows.n;
        n_most = u->group->rows.total > n_most ? u->group->rows.total : n_most;
        is_complete = is_complete && u->group->rows.total == u->group->rows.n;
    }
    struct dataset_partition *kept = ARENA_NEW_N(&f->arena, struct dataset_partition, n_rows + 1);
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL;) {
        if (!same_columns(u->group, main))
            continue;
        for (size_t i = 0; i < u->group->rows.n; i++)
            kept[n++] = partition_of(f, main, path_rows_at(&u->group->rows, i));
    }
    n = unite_partitions(kept, n, main->n_columns);
    out->n_partitions_total = is_complete || n > n_most ? n : n_most;
    if (n > LIMIT_PARTITIONS_KEPT) {
        size_t half = LIMIT_PARTITIONS_KEPT / 2;
        memmove(kept + half, kept + n - half, half * sizeof *kept);
        n = LIMIT_PARTITIONS_KEPT;
    }
    out->partitions = kept;
    out->n_partitions = n;
}

static struct column *find_column(struct schema *s, struct str name)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        if (str_eq_nocase(s->columns[i].name, name))
            return &s->columns[i];
    }
    return NULL;
}

static struct column *add_column(struct family *f, struct schema *s, struct str name)
{
    struct column *more = ARENA_NEW_N(&f->arena, struct column, s->n_columns + 1);
    if (s->n_columns > 0)
        memcpy(more, s->columns, s->n_columns * sizeof *more);
    s->columns = more;
    more[s->n_columns] = (struct column){ .name = name };
    return &more[s->n_columns++];
}

/* Columns that only some of the objects have. */
static void add_missing(struct family *f, struct schema *to, const struct schema *from,
                        size_t *n_added)
{
    for (size_t i = 0; i < from->n_columns; i++) {
        struct column *same = find_column(to, from->columns[i].name);
        if (same != NULL) {
            if (same->type != from->columns[i].type && same->n_fields == 0)
                same->type = column_type_widen(same->type, from->columns[i].type);
            continue;
        }
        struct column *added = add_column(f, to, STR_EMPTY);
        *added = from->columns[i];
        added->is_nullable = true;
        ++*n_added;
    }
}

void dataset_add_partition_columns(struct arena *a, struct schema *s, const struct dataset *ds)
{
    static const enum column_type types[PARTITION_N_TYPES] = {
        [PARTITION_NULL] = COLUMN_STRING,         [PARTITION_INT] = COLUMN_INT32,
        [PARTITION_LONG] = COLUMN_INT64,          [PARTITION_DECIMAL] = COLUMN_DECIMAL,
        [PARTITION_DOUBLE] = COLUMN_FLOAT64,      [PARTITION_DATE] = COLUMN_DATE,
        [PARTITION_TIMESTAMP] = COLUMN_TIMESTAMP, [PARTITION_STRING] = COLUMN_STRING,
    };
    struct column *more = ARENA_NEW_N(a, struct column, s->n_columns + ds->n_partition_columns + 1);
    if (s->n_columns > 0)
        memcpy(more, s->columns, s->n_columns * sizeof *more);
    s->columns = more;
    for (size_t i = 0; i < ds->n_partition_columns; i++) {
        const struct partition_column *p = &ds->partition_columns[i];
        struct column *c = find_column(s, p->name);
        if (c == NULL) {
            c = &s->columns[s->n_columns++];
            c->name = p->name;
        }
        c->type = types[p->type];
        c->precision = p->type == PARTITION_DECIMAL ? 38 : 0;
        c->scale = 0;
        c->native = STR("partition");
        c->is_partition = true;
        c->is_nullable = p->is_nullable;
        c->fields = NULL;
        c->n_fields = 0;
    }
}

/* The columns of all samples together, and those of the folders behind them. */
static void set_schema(struct family *f, const struct units *all, size_t first,
                       const struct unit *main, struct dataset *out)
{
    size_t n_added = 0;
    uint64_t n_rows = 0, n_read = 0;
    bool is_mixed = false;
    struct schema *s = NULL;
    if (main->schema != NULL) {
        s = ARENA_NEW(&f->arena, struct schema);
        schema_copy(&f->arena, main->schema, s);
    }
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL;) {
        is_mixed = is_mixed || u->is_mixed;
        for (size_t i = 0; i < u->group->n_samples; i++) {
            const struct sample *one = &u->group->samples[i];
            if (one->schema == NULL || (u->one != NULL && one != u->one))
                continue;
            n_read++;
            n_rows = one->schema->has_rows ? n_rows + one->schema->n_rows : UINT64_MAX / 2;
            if (s != NULL && schema_compatible(main->schema, one->schema))
                add_missing(f, s, one->schema, &n_added);
        }
    }
    if (is_mixed)
        family_warn(f, out, "objects differ in their columns; those of the newest are told");
    if (n_added > 0)
        family_warn(f, out, "%zu columns are not in every object", n_added);
    if (n_read == out->n_objects && n_rows < UINT64_MAX / 4)
        out->n_rows = (int64_t)n_rows;
    if (s != NULL)
        dataset_add_partition_columns(&f->arena, s, out);
    out->schema = s;
}

static enum dataset_layout layout_of(const struct units *all, size_t first,
                                     const struct dataset *ds)
{
    const struct unit *u = &all->items[first];
    bool is_one_part = next_unit(all, first, u) == NULL;
    if (ds->n_partition_columns > 0)
        return DATASET_PARTITIONED;
    if (ds->n_objects == 1 && !u->group->is_machine)
        return DATASET_SINGLE;
    return is_one_part && !u->group->is_machine && !u->group->is_declared ? DATASET_NUMBERED
                                                                          : DATASET_FOLDER;
}

/* Identity of any dataset of the family. */
static void set_identity(struct family *f, struct str uri, struct dataset *out)
{
    size_t slashes = str_find(uri, STR("://"), 0), colon = str_find_char(uri, ':');
    size_t star = str_find_char(uri, '*');
    out->uri = uri;
    out->name = str_from_pos(uri, slashes != SIZE_MAX ? slashes + 3 : colon + 1);
    out->root = uri;
    out->is_pattern = star != SIZE_MAX && uri.len > f->root.len;
    if (out->is_pattern)
        out->root = str_slice(uri, 0, str_rfind_char(str_slice(uri, 0, star), '/'));
    out->family_uri = f->uri;
    out->family_fingerprint = family_fingerprint(f);
    out->error = f->error;
    out->n_rows = -1;
}

static struct str sample_uri(struct family *f, const struct unit *u)
{
    const struct sample *s = u->one;
    for (size_t i = 0; s == NULL && i < u->group->n_samples; i++) {
        if (u->group->samples[i].schema == u->schema && u->schema != NULL)
            s = &u->group->samples[i];
    }
    return s == NULL ? STR_EMPTY
                     : arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->base_uri),
                                    STR_FMT(buf_str(&s->key)));
}

void family_dataset(struct family *f, const struct units *all, size_t first, struct dataset *out)
{
    const struct unit *main = largest(all, first);
    const struct group *g = main->group;
    struct totals totals = { 0 };
    size_t n_units = 0;
    bool is_alike = false, is_collapsed = false;
    set_identity(f, all->items[first].uri, out);
    for (const struct unit *u = NULL; (u = next_unit(all, first, u)) != NULL; n_units++) {
        totals_merge(&totals, &u->totals);
        is_alike = is_alike || u->is_alike;
        is_collapsed = is_collapsed || u->group->is_collapsed;
    }
    out->n_objects = out->n_live = totals.n_objects;
    out->size_bytes = out->live_bytes = totals.size_bytes;
    out->newest_ms = totals.newest_ms;
    out->fingerprint = totals.fingerprint;
    set_columns(f, all, first, g, out);
    if (out->n_partition_columns > 0)
        set_partitions(f, all, first, g, out);
    out->layout = layout_of(all, first, out);
    enum compression compression =
        main->schema != NULL ? main->schema->compression : g->compression;
    out->format = main->format == FORMAT_UNKNOWN ? STR_EMPTY : format_name(main->format);
    out->compression = compression == COMPRESSION_NONE ? STR_EMPTY : compression_name(compression);
    set_schema(f, all, first, main, out);
    out->sample_uri = sample_uri(f, main);
    if (is_alike)
        family_warn(f, out, "%zu objects with the same columns are taken for one dataset", n_units);
    if (is_collapsed)
        family_warn(f, out, "more than %lu different names: they are taken together",
                    LIMIT_DISCOVER_NAMES);
}

/* Partitions as the names of folders have them, where the log does not list them. */
static void set_folder_partitions(struct family *f, struct dataset *out)
{
    const struct partition_column *told = out->partition_columns;
    size_t n_told = out->n_partition_columns, n_warnings = out->n_warnings;
    struct units all = { 0 };
    for (size_t i = 0; i < f->n_parts; i++) {
        bool fits = f->parts[i]->n_columns > 0 && (n_told == 0 || f->parts[i]->n_columns == n_told);
        if (fits)
            *ARENA_PUSH(&f->arena, all.items, all.n, all.cap) =
                (struct unit){ .group = f->parts[i], .totals = f->parts[i]->totals };
    }
    if (all.n == 0)
        return;
    const struct unit *main = largest(&all, 0);
    set_columns(f, &all, 0, main->group, out);
    set_partitions(f, &all, 0, main->group, out);
    out->n_warnings = n_warnings;
    for (size_t i = 0; i < n_told; i++) {
        struct partition_column *p =
            (struct partition_column *)(uintptr_t)&out->partition_columns[i];
        p->name = told[i].name;
        p->declared = told[i].declared;
        p->type = told[i].declared.len > 0 ? told[i].type : p->type;
    }
}

void family_table(struct family *f, struct dataset *out)
{
    set_identity(f, f->root, out);
    out->n_objects = out->n_live = f->data.n_objects;
    out->size_bytes = out->live_bytes = f->data.size_bytes;
    out->newest_ms = f->all.newest_ms;
    out->fingerprint = f->all.fingerprint;
    out->is_absorbing = true;
    table_log_fill(f->log, out);
    if (out->layout == DATASET_HUDI)
        set_folder_partitions(f, out);
    for (size_t i = 0; out->schema == NULL && i < f->n_parts; i++) {
        const struct sample *s = &f->parts[i]->samples[0];
        if (f->parts[i]->n_samples == 0 || s->schema == NULL)
            continue;
        struct schema *copy = ARENA_NEW(&f->arena, struct schema);
        schema_copy(&f->arena, s->schema, copy);
        dataset_add_partition_columns(&f->arena, copy, out);
        out->schema = copy;
        if (out->format.len == 0)
            out->format = format_name(copy->format);
        out->sample_uri =
            arena_printf(&f->arena, "%.*s/%.*s", STR_FMT(f->base_uri), STR_FMT(buf_str(&s->key)));
    }
}
