/* value_chain: objects of the outside world, and why what they give is not known.  See value.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/value_internal.h"
#include "util/attrs.h"
#include "util/limits.h"

#include <string.h>

/* Where chains begin that say why their values are unknown: a name and all below it, or the last
 * names of one.  In byte order. */
static const struct {
    struct str name;
    enum hole_reason reason;
} roots[] = {
    { STR_INIT("ConfigFactory"), HOLE_CONFIGURATION },
    { STR_INIT("LocalDate"), HOLE_CLOCK },
    { STR_INIT("LocalDateTime"), HOLE_CLOCK },
    { STR_INIT("StdIn"), HOLE_INPUT },
    { STR_INIT("Sys.Date"), HOLE_CLOCK },
    { STR_INIT("Sys.getenv"), HOLE_ENVIRONMENT },
    { STR_INIT("Sys.glob"), HOLE_LISTING },
    { STR_INIT("Sys.time"), HOLE_CLOCK },
    { STR_INIT("System.currentTimeMillis"), HOLE_CLOCK },
    { STR_INIT("System.getProperty"), HOLE_ENVIRONMENT },
    { STR_INIT("System.getenv"), HOLE_ENVIRONMENT },
    { STR_INIT("System.nanoTime"), HOLE_CLOCK },
    { STR_INIT("UUID"), HOLE_RANDOM },
    { STR_INIT("absl.flags"), HOLE_ARGUMENT },
    { STR_INIT("argparse"), HOLE_ARGUMENT },
    { STR_INIT("args"), HOLE_ARGUMENT },
    { STR_INIT("arrow"), HOLE_CLOCK },
    { STR_INIT("awsglue.utils.getResolvedOptions"), HOLE_ARGUMENT },
    { STR_INIT("calendar"), HOLE_CLOCK },
    { STR_INIT("click"), HOLE_ARGUMENT },
    { STR_INIT("commandArgs"), HOLE_ARGUMENT },
    { STR_INIT("config.get"), HOLE_CONFIGURATION },
    { STR_INIT("configparser"), HOLE_CONFIGURATION },
    { STR_INIT("datetime"), HOLE_CLOCK },
    { STR_INIT("dateutil"), HOLE_CLOCK },
    { STR_INIT("dbutils.widgets"), HOLE_INPUT },
    { STR_INIT("decouple"), HOLE_ENVIRONMENT },
    { STR_INIT("docopt"), HOLE_ARGUMENT },
    { STR_INIT("dotenv"), HOLE_ENVIRONMENT },
    { STR_INIT("dynaconf"), HOLE_CONFIGURATION },
    { STR_INIT("environ"), HOLE_ENVIRONMENT },
    { STR_INIT("fire"), HOLE_ARGUMENT },
    { STR_INIT("getpass"), HOLE_INPUT },
    { STR_INIT("glob"), HOLE_LISTING },
    { STR_INIT("google.colab.files"), HOLE_INPUT },
    { STR_INIT("hydra"), HOLE_CONFIGURATION },
    { STR_INIT("input"), HOLE_INPUT },
    { STR_INIT("ipywidgets"), HOLE_INPUT },
    { STR_INIT("java.time"), HOLE_CLOCK },
    { STR_INIT("java.util.UUID"), HOLE_RANDOM },
    { STR_INIT("json"), HOLE_CONFIGURATION },
    { STR_INIT("list.files"), HOLE_LISTING },
    { STR_INIT("numpy.random"), HOLE_RANDOM },
    { STR_INIT("omegaconf"), HOLE_CONFIGURATION },
    { STR_INIT("optparse"), HOLE_ARGUMENT },
    { STR_INIT("os.environ"), HOLE_ENVIRONMENT },
    { STR_INIT("os.environb"), HOLE_ENVIRONMENT },
    { STR_INIT("os.getenv"), HOLE_ENVIRONMENT },
    { STR_INIT("os.listdir"), HOLE_LISTING },
    { STR_INIT("os.scandir"), HOLE_LISTING },
    { STR_INIT("os.urandom"), HOLE_RANDOM },
    { STR_INIT("os.walk"), HOLE_LISTING },
    { STR_INIT("pandas.Timestamp"), HOLE_CLOCK },
    { STR_INIT("pandas.to_datetime"), HOLE_CLOCK },
    { STR_INIT("pendulum"), HOLE_CLOCK },
    { STR_INIT("platform"), HOLE_ENVIRONMENT },
    { STR_INIT("random"), HOLE_RANDOM },
    { STR_INIT("raw_input"), HOLE_INPUT },
    { STR_INIT("readline"), HOLE_INPUT },
    { STR_INIT("rnorm"), HOLE_RANDOM },
    { STR_INIT("runif"), HOLE_RANDOM },
    { STR_INIT("sagemaker.utils.name_from_base"), HOLE_CLOCK },
    { STR_INIT("sagemaker.utils.unique_name_from_base"), HOLE_RANDOM },
    { STR_INIT("sample"), HOLE_RANDOM },
    { STR_INIT("scala.io.StdIn"), HOLE_INPUT },
    { STR_INIT("scala.util.Random"), HOLE_RANDOM },
    { STR_INIT("secrets"), HOLE_RANDOM },
    { STR_INIT("socket"), HOLE_ENVIRONMENT },
    { STR_INIT("spark.conf"), HOLE_CONFIGURATION },
    { STR_INIT("sys.argv"), HOLE_ARGUMENT },
    { STR_INIT("sys.env"), HOLE_ENVIRONMENT },
    { STR_INIT("sys.props"), HOLE_ENVIRONMENT },
    { STR_INIT("sys.stdin"), HOLE_INPUT },
    { STR_INIT("tempdir"), HOLE_RANDOM },
    { STR_INIT("tempfile"), HOLE_RANDOM },
    { STR_INIT("time"), HOLE_CLOCK },
    { STR_INIT("tkinter"), HOLE_INPUT },
    { STR_INIT("toml"), HOLE_CONFIGURATION },
    { STR_INIT("tomllib"), HOLE_CONFIGURATION },
    { STR_INIT("uuid"), HOLE_RANDOM },
    { STR_INIT("yaml"), HOLE_CONFIGURATION },
    { STR_INIT("yaml.load_file"), HOLE_CONFIGURATION },
};

/* Names of a chain that tell its reason, as many as its longest row has. */
#define MAX_ROOT_NAMES 4U

/* The names from the root outwards, at most max of them. */
static size_t first_names(const struct chain *chain, struct str *names, size_t max)
{
    size_t n = 0, skip = 0;
    for (const struct chain *c = chain; c != NULL; c = c->base)
        n += c->step == STEP_ROOT || c->step == STEP_ATTR;
    skip = n > max ? n - max : 0;
    n = 0;
    for (const struct chain *c = chain; c != NULL; c = c->base) {
        if (c->step != STEP_ROOT && c->step != STEP_ATTR)
            continue;
        if (skip > 0)
            skip--;
        else
            names[n++] = c->name;
    }
    for (size_t i = 0; i < n / 2; i++) {
        struct str t = names[i];
        names[i] = names[n - 1 - i];
        names[n - 1 - i] = t;
    }
    return n;
}

/* The length of the names' text that row begins with, at a border between names; 0 if it does
 * not. */
static size_t match_root(struct str row, const struct str *names, size_t n)
{
    struct str rest = row;
    for (size_t i = 0; i < n; i++) {
        if (str_has_prefix(names[i], rest) &&
            (names[i].len == rest.len || names[i].ptr[rest.len] == '.'))
            return row.len;
        if (!str_has_prefix(rest, names[i]) || rest.len == names[i].len ||
            rest.ptr[names[i].len] != '.')
            return 0;
        rest = str_from_pos(rest, names[i].len + 1);
    }
    return 0;
}

/* The first row whose name begins with c or a later byte. */
static size_t first_row_with(char c)
{
    size_t low = 0, high = ARRAY_LEN(roots);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((unsigned char)roots[middle].name.ptr[0] < (unsigned char)c)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum hole_reason chain_reason(const struct chain *chain)
{
    struct str names[MAX_ROOT_NAMES];
    size_t n = first_names(chain, names, MAX_ROOT_NAMES), best = 0;
    enum hole_reason reason = HOLE_RUN_TIME;
    size_t i = n > 0 && names[0].len > 0 ? first_row_with(names[0].ptr[0]) : ARRAY_LEN(roots);
    for (; i < ARRAY_LEN(roots) && roots[i].name.ptr[0] == names[0].ptr[0]; i++) {
        size_t length = match_root(roots[i].name, names, n);
        if (length > best) {
            best = length;
            reason = roots[i].reason;
        }
    }
    if (best == 0 && chain->step == STEP_ROOT && !chain->is_module)
        return HOLE_IMPORTED;
    return reason;
}

/* Is a value of that reason asked for by its name? */
static bool is_asked_by_name(enum hole_reason reason)
{
    return reason == HOLE_ENVIRONMENT || reason == HOLE_ARGUMENT || reason == HOLE_CONFIGURATION ||
           reason == HOLE_INPUT;
}

/* The name of what was asked for: the newest attribute, subscript or argument that is a text. */
static struct str chain_subject(const struct chain *chain, enum hole_reason reason)
{
    struct str name;
    for (const struct chain *c = chain; c != NULL; c = c->base) {
        if (c->step == STEP_ROOT || c->step == STEP_ATTR)
            return c->name;
        if (c->step == STEP_ITEM && value_is_known_text(c->item, &name))
            return name;
        if (c->step == STEP_CALL && c->args != NULL && c->args->n_items > 0 &&
            is_asked_by_name(reason) && value_is_known_text(c->args->items[0], &name))
            return name;
    }
    return STR_EMPTY;
}

/* module.NAME: what the user may supply under that name. */
static bool is_member(const struct chain *chain)
{
    return chain->step == STEP_ATTR && chain->base->step == STEP_ROOT && chain->base->is_module;
}

static struct hole chain_hole(const struct chain *chain)
{
    const struct chain *root = chain;
    while (root->base != NULL)
        root = root->base;
    if (root->is_value)
        return root->hole;
    enum hole_reason reason = chain_reason(chain);
    if (reason == HOLE_RUN_TIME && is_member(chain))
        return chain->hole;
    return (struct hole){ reason, chain_subject(chain, reason) };
}

struct hole value_hole(const struct value *v)
{
    switch (v->kind) {
    case VALUE_UNKNOWN:
        return v->unknown;
    case VALUE_CHAIN:
        return chain_hole(v->chain);
    case VALUE_TEXT:
        if (v->text.n_holes > 0)
            return v->text.holes[0];
        break;
    case VALUE_MAP:
        if (v->map->is_open)
            return v->map->missing;
        break;
    case VALUE_UNION:
        for (uint32_t i = 0; i < v->either.n; i++)
            if (v->either.items[i]->kind == VALUE_UNKNOWN ||
                v->either.items[i]->kind == VALUE_CHAIN)
                return value_hole(v->either.items[i]);
        break;
    default:
        break;
    }
    return (struct hole){ HOLE_RUN_TIME, STR_EMPTY };
}

struct str chain_name(struct values *vs, const struct chain *chain)
{
    size_t size = 0;
    for (const struct chain *c = chain; c != NULL; c = c->base)
        if (c->step == STEP_ROOT || c->step == STEP_ATTR)
            size += c->name.len + 1;
    if (size == 0)
        return STR_EMPTY;
    char *text = arena_alloc(vs->arena, size);
    size_t at = size;
    for (const struct chain *c = chain; c != NULL; c = c->base) {
        if (c->step != STEP_ROOT && c->step != STEP_ATTR)
            continue;
        text[--at] = '.';
        at -= c->name.len;
        if (c->name.len > 0)
            memcpy(text + at, c->name.ptr, c->name.len);
    }
    return (struct str){ text, size - 1 };
}

struct value *value_chain_root(struct values *vs, enum call_lang lang, struct str name,
                               bool is_module)
{
    if (values_are_full(vs))
        return vs->full;
    struct chain *c = ARENA_NEW(vs->arena, struct chain);
    *c = (struct chain){ .step = STEP_ROOT, .lang = lang, .name = name, .is_module = is_module };
    struct value *v = value_make(vs, VALUE_CHAIN);
    v->chain = c;
    return v;
}

/* One step more; NULL past a limit or where base is no chain. */
static struct chain *step_of(struct values *vs, const struct value *base, enum chain_step step)
{
    if (base->kind != VALUE_CHAIN || values_are_full(vs))
        return NULL;
    if (base->chain->depth >= LIMIT_CHAIN_STEPS) {
        vs->hit_limit = true;
        return NULL;
    }
    struct chain *c = ARENA_NEW(vs->arena, struct chain);
    *c = (struct chain){ .step = step, .lang = base->chain->lang, .base = base->chain };
    c->depth = base->chain->depth + 1;
    return c;
}

static struct value *chain_value(struct values *vs, const struct value *base,
                                 const struct chain *step)
{
    if (step == NULL)
        return value_unknown(vs, value_hole(base).reason, value_hole(base).name);
    struct value *v = value_make(vs, VALUE_CHAIN);
    v->chain = step;
    v->origin = base->origin;
    return v;
}

static struct str member_name(struct values *vs, struct str module, struct str name)
{
    char *text = arena_alloc(vs->arena, module.len + 1 + name.len);
    if (module.len > 0)
        memcpy(text, module.ptr, module.len);
    text[module.len] = '.';
    if (name.len > 0)
        memcpy(text + module.len + 1, name.ptr, name.len);
    return (struct str){ text, module.len + 1 + name.len };
}

struct value *value_chain_attr(struct values *vs, const struct value *base, struct str name)
{
    struct chain *c = step_of(vs, base, STEP_ATTR);
    if (c != NULL)
        c->name = name;
    if (c != NULL && is_member(c)) {
        c->hole = (struct hole){ HOLE_IMPORTED, member_name(vs, c->base->name, name) };
    }
    return chain_value(vs, base, c);
}

struct value *value_chain_call(struct values *vs, const struct value *base,
                               const struct call_args *args)
{
    struct chain *c = step_of(vs, base, STEP_CALL);
    if (c != NULL)
        c->args = args;
    return chain_value(vs, base, c);
}

struct value *value_chain_item(struct values *vs, const struct value *base,
                               const struct value *item)
{
    struct chain *c = step_of(vs, base, STEP_ITEM);
    if (c != NULL)
        c->item = item;
    return chain_value(vs, base, c);
}
