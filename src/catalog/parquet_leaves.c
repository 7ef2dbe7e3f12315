/* parquet_leaves: the leaves of a schema, with their levels and the names by which they are found.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parquet_internal.h"

struct walk {
    struct arena *a;
    const struct parquet_meta *meta;
    size_t at;
    struct leaf *leaves;
    size_t n, cap;
    size_t n_bytes; /* of paths */
    struct err *err;
};

/* Where the walk is. */
struct place {
    struct str path, pattern;
    unsigned depth, def, rep;
    /* What the parent says of its child. */
    bool is_list_level; /* the repeated group of a LIST */
    bool is_map_level;
    bool is_element; /* inside of such a level: the only child */
    int map_child;   /* 1: key, 2: value */
};

static struct str append(struct arena *a, struct str path, struct str name)
{
    return path.len == 0 ? arena_str(a, name)
                         : arena_printf(a, "%.*s.%.*s", STR_FMT(path), STR_FMT(name));
}

static enum parquet_kind kind_of(enum parquet_type type)
{
    if (type == PARQUET_FLOAT || type == PARQUET_DOUBLE)
        return PARQUET_REAL;
    return type == PARQUET_BYTE_ARRAY || type == PARQUET_FIXED ? PARQUET_TEXT : PARQUET_INT;
}

/* Is the repeated element of a LIST its element (older writers), not a level around it? */
static bool is_itself(const struct parquet_element *list, const struct parquet_element *repeated)
{
    return repeated->is_leaf || repeated->n_children != 1 || str_eq(repeated->name, STR("array")) ||
           (str_has_suffix(repeated->name, STR("_tuple")) &&
            str_has_prefix(repeated->name, list->name));
}

static struct str pattern_of(struct walk *w, const struct place *parent,
                             const struct parquet_element *e)
{
    if (parent->is_list_level || parent->is_map_level)
        return parent->pattern;
    if (parent->is_element)
        return append(w->a, parent->pattern, STR("[]"));
    if (parent->map_child != 0)
        return append(w->a, parent->pattern, parent->map_child == 1 ? STR("{}k") : STR("{}v"));
    return append(w->a, parent->pattern, e->name);
}

static bool visit(struct walk *w, struct place parent);

static bool visit_children(struct walk *w, const struct parquet_element *e, struct place here,
                           const struct place *parent)
{
    const struct parquet_element *child = e + 1;
    bool has_child = w->at < w->meta->n_elements && e->n_children > 0;
    bool is_single = has_child && e->n_children == 1 && child->repetition == PARQUET_REPEATED;
    if (here.depth >= LIMIT_SCHEMA_DEPTH)
        return err_set(w->err, ERR_TOO_LARGE, "the Parquet schema nests deeper than %u",
                       LIMIT_SCHEMA_DEPTH);
    if (is_single && e->logical == LOGICAL_LIST) {
        here.is_element = is_itself(e, child);
        here.is_list_level = !here.is_element;
    } else if (is_single && e->logical == LOGICAL_MAP && child->n_children == 2) {
        here.is_map_level = true;
    } else if (parent->is_list_level) {
        here.is_element = true;
    }
    for (unsigned i = 0; i < e->n_children; i++) {
        struct place next = here;
        if (parent->is_map_level)
            next.map_child = (int)i + 1;
        if (!visit(w, next))
            return false;
    }
    return true;
}

static bool visit(struct walk *w, struct place parent)
{
    if (w->at >= w->meta->n_elements)
        return err_set(w->err, ERR_PARSE, "the Parquet schema has too few elements");
    const struct parquet_element *e = &w->meta->elements[w->at++];
    struct place here = { .path = append(w->a, parent.path, e->name),
                          .pattern = pattern_of(w, &parent, e),
                          .depth = parent.depth + 1,
                          .def = parent.def + (e->repetition != PARQUET_REQUIRED),
                          .rep = parent.rep + (e->repetition == PARQUET_REPEATED) };
    w->n_bytes += here.path.len + here.pattern.len;
    if (w->n_bytes > LIMIT_PARQUET_PATH_BYTES)
        return err_set(w->err, ERR_TOO_LARGE, "the paths of the Parquet schema take more than %lu",
                       LIMIT_PARQUET_PATH_BYTES);
    if (!e->is_leaf)
        return visit_children(w, e, here, &parent);
    *ARENA_PUSH(w->a, w->leaves, w->n, w->cap) =
        (struct leaf){ .view = { .path = here.path,
                                 .kind = kind_of(e->type),
                                 .is_repeated = here.rep > 0,
                                 .max_def = (unsigned char)here.def,
                                 .max_rep = (unsigned char)here.rep },
                       .pattern = here.pattern,
                       .element = e };
    return true;
}

bool parquet_leaves(struct arena *a, const struct parquet_meta *meta, struct leaf **out,
                    size_t *n_out, struct err *err)
{
    struct walk w = { .a = a, .meta = meta, .at = 1, .err = err };
    struct place root = { 0 };
    for (unsigned i = 0; i < meta->elements[0].n_children; i++) {
        if (!visit(&w, root))
            return false;
    }
    *out = w.leaves;
    *n_out = w.n;
    return true;
}
