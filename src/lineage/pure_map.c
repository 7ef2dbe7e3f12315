/* pure_map: the methods of dict. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"
#include "util/limits.h"

struct value *map_copy(struct values *vs, const struct value *in)
{
    struct value *out = value_map(vs);
    if (in->kind != VALUE_MAP || out->kind != VALUE_MAP)
        return out;
    const struct strmap *m = &in->map->entries;
    for (size_t i = 0; i < m->n; i++)
        if (m->entries[i].value != NULL)
            strmap_put(&out->map->entries, m->entries[i].key, m->entries[i].value);
    out->map->is_open = in->map->is_open;
    out->map->missing = in->map->missing;
    out->map->any = in->map->any;
    return out;
}

/* A sequence of pairs. */
static void put_pairs(struct values *vs, struct value *map, const struct value *pairs)
{
    for (size_t i = 0; i < pairs->seq->n; i++) {
        const struct value *pair = pairs->seq->items[i];
        if (pair->kind == VALUE_SEQ && pair->seq->n == 2)
            value_map_put(vs, map, pair->seq->items[0], pair->seq->items[1]);
        else
            map->map->is_open = true;
    }
    map->map->is_open = map->map->is_open || pairs->seq->is_open;
}

void map_update(struct values *vs, struct value *map, struct value *from,
                const struct call_args *args)
{
    if (map->kind != VALUE_MAP)
        return;
    if (from != NULL && from->kind == VALUE_MAP) {
        const struct map *m = from->map;
        size_t n = m->entries.n;
        for (size_t i = 0; i < n; i++)
            value_map_put(vs, map, value_text(vs, m->entries.entries[i].key),
                          m->entries.entries[i].value);
        map->map->is_open = map->map->is_open || m->is_open;
        map->map->any = value_join(vs, map->map->any, m->any);
    } else if (from != NULL && from->kind == VALUE_SEQ) {
        put_pairs(vs, map, from);
    } else if (from != NULL) {
        map->map->is_open = true;
    }
    for (size_t i = 0; i < args->n_named; i++)
        value_map_put(vs, map, value_text(vs, args->names[i]), args->named[i]);
    map->map->is_open = map->map->is_open || args->is_open;
}

static struct value *none(const struct pure_call *c)
{
    return value_const(c->vs, STR("None"));
}

/* What is there, what is taken if it is not, and both if that is not known; what the environment
 * does not set counts as not set. */
static struct value *get_or(const struct pure_call *c, struct value *fallback)
{
    struct str key;
    const struct map *m = c->self->map;
    const struct value *given = pure_arg(c, 0, STR("key"));
    if (given == NULL)
        return NULL;
    if (!value_map_key(c->vs, given, &key)) {
        struct value *all = pure_subscript(c->vs, c->self, value_alternative(given, 0));
        return value_join(c->vs, all, fallback);
    }
    struct value *item = value_map_get(c->vs, c->self, key);
    if (strmap_get(&m->entries, key) != NULL)
        return item;
    if (m->missing.reason == HOLE_ENVIRONMENT && m->is_open && fallback != NULL)
        return value_join(c->vs, m->any, fallback);
    return value_join(c->vs, item, fallback);
}

static struct value *get(const struct pure_call *c)
{
    struct value *fallback = pure_arg(c, 1, STR("default"));
    bool is_open = c->self->map->is_open || c->self->map->any != NULL;
    return get_or(c, fallback == NULL && !is_open ? none(c) : fallback);
}

static struct value *set_default(const struct pure_call *c)
{
    struct value *fallback = pure_arg(c, 1, STR("default")), *key = pure_arg(c, 0, STR("key"));
    if (key == NULL)
        return NULL;
    struct value *v = get_or(c, fallback == NULL ? none(c) : fallback);
    value_map_put(c->vs, c->self, key, v);
    return v;
}

static struct value *pop(const struct pure_call *c)
{
    struct str key;
    struct value *v = get_or(c, pure_arg(c, 1, STR("default")));
    const struct value *given = pure_arg(c, 0, STR("key"));
    if (c->is_certain && given != NULL && value_map_key(c->vs, given, &key) &&
        strmap_has(&c->self->map->entries, key))
        strmap_put(&c->self->map->entries, key, NULL);
    return v;
}

enum { KEYS, VALUES, ITEMS };

static struct value *list_of(struct values *vs, const struct map *m, int how)
{
    struct value *all = value_seq(vs, 0);
    for (size_t i = 0; i < m->entries.n && all->kind == VALUE_SEQ; i++) {
        const struct strmap_entry *e = &m->entries.entries[i];
        if (e->value == NULL)
            continue;
        struct value *key = how == VALUES ? NULL : value_text(vs, e->key);
        value_seq_add(vs, all,
                      how == ITEMS  ? seq_tuple(vs, key, e->value)
                      : how == KEYS ? key
                                    : e->value);
    }
    if (all->kind != VALUE_SEQ || (!m->is_open && m->any == NULL))
        return all;
    struct value *key = value_unknown(vs, m->missing.reason, STR_EMPTY);
    struct value *any = m->any != NULL ? m->any : key;
    all->seq->is_open = true;
    all->seq->any_more = how == ITEMS ? seq_tuple(vs, key, any) : how == KEYS ? key : any;
    return all;
}

struct value *seq_of_keys(struct values *vs, struct value *map)
{
    return list_of(vs, map->map, KEYS);
}

static struct value *list(const struct pure_call *c)
{
    return list_of(c->vs, c->self->map, c->how);
}

static struct value *copy(const struct pure_call *c)
{
    return map_copy(c->vs, c->self);
}

static struct value *update(const struct pure_call *c)
{
    struct value *from = pure_arg(c, 0, STR_EMPTY);
    size_t n = from == NULL ? 1 : value_n_alternatives(from);
    for (size_t i = 0; i < n; i++)
        map_update(c->vs, c->self, from == NULL ? NULL : value_alternative(from, i), c->args);
    return none(c);
}

static struct value *clear(const struct pure_call *c)
{
    struct map *m = c->self->map;
    for (size_t i = 0; c->is_certain && i < m->entries.n; i++)
        m->entries.entries[i].value = NULL;
    return none(c);
}

static const struct pure_row methods[] = {
    { STR_INIT("clear"), clear, 0, 0 },
    { STR_INIT("copy"), copy, 0, 0 },
    { STR_INIT("get"), get, 0, 0 },
    { STR_INIT("items"), list, ITEMS, 0 },
    { STR_INIT("iteritems"), list, ITEMS, 0 },
    { STR_INIT("itervalues"), list, VALUES, 0 },
    { STR_INIT("keys"), list, KEYS, 0 },
    { STR_INIT("pop"), pop, 0, 0 },
    { STR_INIT("setdefault"), set_default, 0, 0 },
    { STR_INIT("update"), update, 0, PURE_WHOLE },
    { STR_INIT("values"), list, VALUES, 0 },
};
const struct pure_table pure_map_methods = PURE_TABLE(methods);
