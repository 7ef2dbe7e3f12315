/* calls: the index of the call tables; see calls.h.  Rows are found by the last name of a call. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/calls_internal.h"
#include "lineage/pure.h"
#include "util/limits.h"
#include "util/strmap.h"

#include <stdlib.h>
#include <string.h>

/* One of the rows whose calls have the same last name, with what most callees differ in. */
struct candidate {
    const struct call_entry *entry;
    const struct call_name *first; /* of the row's first name */
    uint32_t n_names;
    enum call_match match;
};

struct lang_calls {
    struct strmap names;   /* struct call_name * */
    struct strmap aliases; /* struct call_alias *, by name */
    const struct call_row **rows;
    size_t n, cap;
};

struct calls {
    struct arena arena;
    const struct pure_index *pure;
    uint32_t n_layers;
    struct lang_calls langs[CALL_N_LANGS];
};

/* What makes one row fit better than another, the most important first. */
struct fit {
    uint32_t layer;
    uint32_t match; /* absolute 4, with a "*" 3, chain 2, method 1 */
    size_t n_names;
    bool has_condition;
    uint32_t receiver; /* named by on 2, no on 1, remote only 0 */
};

static struct call_name *name_of(struct calls *c, enum call_lang lang, struct str name)
{
    struct call_name *known = strmap_get(&c->langs[lang].names, name);
    if (known == NULL) {
        known = ARENA_NEW(&c->arena, struct call_name);
        strmap_put(&c->langs[lang].names, name, known);
    }
    return known;
}

static void add_alias(struct calls *c, struct call_alias *alias)
{
    struct lang_calls *lc = &c->langs[alias->lang];
    struct str root, rest;
    str_cut(alias->name, '.', &root, &rest);
    strmap_put(&lc->aliases, alias->name, alias);
    struct call_name *first = name_of(c, alias->lang, root);
    uint32_t n = 1;
    for (struct str part; rest.len > 0; n++)
        (void)str_cut(rest, '.', &part, &rest);
    if (n > first->n_alias_names)
        first->n_alias_names = n;
    first->is_library = true;
}

static void add_entry(struct calls *c, struct call_entry *e)
{
    struct lang_calls *lc = &c->langs[e->lang];
    struct call_name *first = name_of(c, e->lang, e->row.names[0]);
    struct call_name *last = name_of(c, e->lang, e->row.names[e->row.n_names - 1]);
    e->layer = c->n_layers;
    *ARENA_PUSH(&c->arena, last->items, last->n, last->cap) =
        (struct candidate){ e, first, (uint32_t)e->row.n_names, e->row.match };
    last->is_attribute |= e->row.dir == CALL_MAKE && e->row.n_places == 0;
    first->is_library |= e->row.match == MATCH_ABSOLUTE && e->row.n_names > 1;
    *ARENA_PUSH(&c->arena, lc->rows, lc->n, lc->cap) = &e->row;
}

static void add_batch(struct calls *c, const struct call_batch *batch)
{
    for (struct call_alias *alias = batch->aliases; alias != NULL; alias = alias->next)
        add_alias(c, alias);
    for (struct call_entry *e = batch->entries, *next; e != NULL; e = next) {
        next = e->next;
        add_entry(c, e);
    }
}

static void add_pure(struct calls *c, enum call_lang lang)
{
    const struct strmap *functions = pure_index_names(c->pure, lang);
    for (size_t i = 0; i < functions->n; i++) {
        struct str name = functions->entries[i].key;
        size_t dot = str_rfind_char(name, '.');
        name_of(c, lang, dot == SIZE_MAX ? name : str_from_pos(name, dot + 1))->is_pure = true;
    }
}

struct calls *calls_new(void)
{
    struct calls *c = calloc(1, sizeof *c);
    if (c == NULL)
        panic("out of memory");
    c->pure = pure_index_new(&c->arena);
    for (size_t i = 0; i < CALL_N_LANGS; i++) {
        struct lang_calls *lc = &c->langs[i];
        strmap_init(&lc->names, &c->arena);
        strmap_init(&lc->aliases, &c->arena);
        struct call_batch batch;
        struct err err = ERR_INIT;
        enum call_lang lang = (enum call_lang)i;
        if (!calls_parse(&c->arena, lang, STR("built-in"), calls_builtin(lang), &batch, &err))
            panic("call tables: %s", err.msg);
        add_batch(c, &batch);
        add_pure(c, lang);
    }
    return c;
}

void calls_free(struct calls *c)
{
    if (c == NULL)
        return;
    arena_release(&c->arena);
    free(c);
}

bool calls_add(struct calls *c, struct str name, struct str text, struct err *err)
{
    if (text.len > LIMIT_CALL_TABLE_BYTES)
        return err_set(err, ERR_CONFIG, "%.*s: larger than %lu bytes", STR_FMT(name),
                       LIMIT_CALL_TABLE_BYTES);
    struct call_batch batch;
    if (!calls_parse(&c->arena, CALL_PYTHON, name, arena_str(&c->arena, text), &batch, err))
        return false;
    for (size_t i = 0; i < CALL_N_LANGS; i++) {
        if (c->langs[i].n + batch.n_entries > LIMIT_CALL_ROWS)
            return err_set(err, ERR_CONFIG, "%.*s: too many rows in all tables", STR_FMT(name));
    }
    c->n_layers++;
    add_batch(c, &batch);
    return true;
}

/* names[0..n) are those of the row from its index at on. */
static bool names_eq(const struct call_row *row, size_t at, const struct str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(row->names[at + i], names[i]))
            return false;
    }
    return true;
}

/* Has the call of that name of the callee the text of the row's condition as an argument? */
static bool condition_holds(const struct call_row *row, const struct callee *callee, size_t at)
{
    if (row->condition.len == 0)
        return true;
    return callee->has_argument != NULL && callee->has_argument(callee->ctx, at, row->condition);
}

static bool fits_absolute(const struct call_row *row, const struct callee *callee)
{
    size_t n = row->n_names, at = row->condition_at;
    if (!callee->is_rooted || callee->n < n || (row->star_at == 0 && callee->n > n))
        return false;
    size_t more = callee->n - n; /* names that "*" stands for */
    size_t tail = n - row->star_at;
    return names_eq(row, 0, callee->names, row->star_at) &&
           names_eq(row, row->star_at, callee->names + callee->n - tail, tail) &&
           condition_holds(row, callee, at < row->star_at ? at : at + more);
}

static bool fits_method(const struct call_row *row, const struct callee *callee)
{
    size_t n = row->n_names;
    if (str_eq(callee->kind, STR("module")))
        return false;
    if (callee->n < n || (callee->is_rooted && callee->n == n))
        return false;
    size_t before = callee->n - n;
    return names_eq(row, 0, callee->names + before, n) &&
           condition_holds(row, callee, before + row->condition_at);
}

/* The row's names in their order among the callee's, both last ones the same.  Each is looked for
 * from the end on, so that of two equal calls the later one is asked for the condition. */
static bool fits_chain(const struct call_row *row, const struct callee *callee)
{
    size_t at = callee->n;
    for (size_t i = row->n_names; i-- > 0;) {
        bool is_last = i + 1 == row->n_names;
        bool found = false;
        while (!found && at > 0) {
            at--;
            found = str_eq(callee->names[at], row->names[i]);
            if (found && row->condition_at == i)
                found = condition_holds(row, callee, at);
            if (!found && is_last)
                return false;
        }
        if (!found)
            return false;
    }
    return true;
}

/* R code names a function of a package without the package. */
static bool fits_bare(const struct call_row *row, const struct callee *callee)
{
    return callee->lang == CALL_R && callee->n == 1 && callee->is_rooted && row->n_names == 2 &&
           condition_holds(row, callee, 0);
}

static bool fits_names(const struct call_row *row, const struct callee *callee)
{
    switch (row->match) {
    case MATCH_ABSOLUTE:
        return fits_absolute(row, callee) || fits_bare(row, callee);
    case MATCH_CHAIN:
        return fits_chain(row, callee);
    case MATCH_METHOD:
        return fits_method(row, callee);
    }
    return false;
}

static bool is_of_kind(struct str kind, struct str on)
{
    if (str_has_suffix(on, STR(".*")))
        return str_has_prefix(kind, str_slice(on, 0, on.len - 1));
    return kind.len > 0 && str_eq(on, kind);
}

static bool fits_receiver(const struct call_row *row, struct str kind, uint32_t *out)
{
    *out = 2;
    for (size_t i = 0; i < row->n_on; i++) {
        if (is_of_kind(kind, row->on[i]))
            return true;
    }
    *out = row->n_on == 0 && !row->takes_remote ? 1 : 0;
    return *out == 1 || row->takes_remote;
}

static bool is_better(const struct fit *a, const struct fit *b)
{
    if (a->layer != b->layer)
        return a->layer > b->layer;
    if (a->match != b->match)
        return a->match > b->match;
    if (a->n_names != b->n_names)
        return a->n_names > b->n_names;
    if (a->has_condition != b->has_condition)
        return a->has_condition;
    return a->receiver > b->receiver;
}

static uint32_t match_rank(const struct call_row *row)
{
    switch (row->match) {
    case MATCH_ABSOLUTE:
        return row->star_at == 0 ? 4 : 3;
    case MATCH_CHAIN:
        return 2;
    case MATCH_METHOD:
        break;
    }
    return 1;
}

/* A look without the row itself: false where fits_names() cannot hold. */
static bool may_fit(const struct candidate *c, const struct callee *callee)
{
    if (c->match == MATCH_ABSOLUTE)
        return callee->is_rooted && (c->first == callee->first || callee->lang == CALL_R);
    return callee->n >= c->n_names;
}

static const struct call_row *find(const struct callee *callee, bool *needs_remote)
{
    const struct call_row *best = NULL;
    struct fit best_fit = { 0 };
    const struct call_name *last = callee->last;
    for (size_t i = last->n; i-- > 0;) {
        const struct call_entry *e = last->items[i].entry;
        const struct call_row *row = &e->row;
        if (!may_fit(&last->items[i], callee))
            continue;
        struct fit fit = { .layer = e->layer,
                           .match = match_rank(row),
                           .n_names = row->n_names,
                           .has_condition = row->condition.len > 0 };
        if (!fits_receiver(row, callee->kind, &fit.receiver) || !fits_names(row, callee))
            continue;
        if (best == NULL || is_better(&fit, &best_fit)) {
            best = row;
            best_fit = fit;
        }
    }
    if (best != NULL)
        *needs_remote = best_fit.receiver == 0;
    return best;
}

/* The bytes that names[0..n) take when joined by dots. */
static struct str join_names(char *out, size_t size, const struct str *names, size_t n)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (len + names[i].len + 1 > size)
            return STR_EMPTY;
        if (i > 0)
            out[len++] = '.';
        memcpy(out + len, names[i].ptr, names[i].len);
        len += names[i].len;
    }
    return (struct str){ out, len };
}

struct str calls_canonical(const struct calls *c, enum call_lang lang, struct str name)
{
    for (int turns = 0; turns < 4; turns++) { /* an alias of an alias; a circle ends */
        const struct call_alias *alias = strmap_get(&c->langs[lang].aliases, name);
        if (alias == NULL)
            break;
        name = alias->target;
    }
    return name;
}

/* A callee whose first names are an alias, seen under the other name. */
struct aliased {
    const struct callee *callee;
    struct str names[2 * LIMIT_CALL_NAMES];
    size_t n;
    size_t n_target, n_alias; /* the names of the target stand for those of the alias */
};

static bool aliased_has_argument(void *ctx, size_t i, struct str text)
{
    const struct aliased *a = ctx;
    const struct callee *callee = a->callee;
    return i >= a->n_target && callee->has_argument != NULL &&
           callee->has_argument(callee->ctx, i - a->n_target + a->n_alias, text);
}

static bool take_alias(const struct calls *c, const struct callee *callee, size_t max_names,
                       struct aliased *a)
{
    char joined[256];
    for (size_t k = callee->n < max_names ? callee->n : max_names; k > 0; k--) {
        struct str name = join_names(joined, sizeof joined, callee->names, k);
        struct str rest = calls_canonical(c, callee->lang, name);
        if (name.len == 0 || rest.ptr == name.ptr)
            continue;
        for (a->n = 0; rest.len > 0 && a->n < LIMIT_CALL_NAMES; a->n++)
            str_cut(rest, '.', &a->names[a->n], &rest);
        a->callee = callee;
        a->n_target = a->n;
        a->n_alias = k;
        for (size_t i = k; i < callee->n; i++)
            a->names[a->n++] = callee->names[i];
        return true;
    }
    return false;
}

const struct call_name *calls_name(const struct calls *c, enum call_lang lang, struct str name)
{
    static const struct call_name NOTHING = { .n = 0 };
    const struct call_name *known = strmap_get(&c->langs[lang].names, name);
    return known != NULL ? known : &NOTHING;
}

static void look_up(const struct calls *c, struct callee *callee)
{
    if (callee->first == NULL)
        callee->first = calls_name(c, callee->lang, callee->names[0]);
    if (callee->last == NULL)
        callee->last = calls_name(c, callee->lang, callee->names[callee->n - 1]);
}

const struct call_row *calls_find(const struct calls *c, const struct callee *asked,
                                  bool *needs_remote)
{
    if (asked->n == 0)
        return NULL;
    struct callee callee = *asked;
    look_up(c, &callee);
    bool needs = false;
    const struct call_row *row = find(&callee, &needs);
    bool may_alias = callee.is_rooted && callee.n <= LIMIT_CALL_NAMES &&
                     callee.first->n_alias_names > 0 &&
                     (row == NULL || row->match != MATCH_ABSOLUTE);
    struct aliased a;
    if (may_alias && take_alias(c, &callee, callee.first->n_alias_names, &a)) {
        struct callee other = callee;
        other.names = a.names;
        other.n = a.n;
        other.first = NULL;
        other.last = a.n > a.n_target ? callee.last : NULL;
        look_up(c, &other);
        other.has_argument = aliased_has_argument;
        other.ctx = &a;
        bool other_needs = false;
        const struct call_row *found = find(&other, &other_needs);
        if (found != NULL) {
            row = found;
            needs = other_needs;
        }
    }
    if (row != NULL)
        *needs_remote = needs;
    return row;
}

const struct pure_index *calls_pure(const struct calls *c)
{
    return c->pure;
}

size_t calls_n_rows(const struct calls *c, enum call_lang lang)
{
    return c->langs[lang].n;
}

const struct call_row *calls_row(const struct calls *c, enum call_lang lang, size_t i)
{
    return c->langs[lang].rows[i];
}
