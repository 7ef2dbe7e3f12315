/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"

#include "util/attrs.h"
#include "util/limits.h"

#include <string.h>

/* How a function that is handed to a call is called there. */
enum callback {
    CALLBACK_UNKNOWN, /* with nothing known */
    CALLBACK_EACH,    /* with each element of the sequence beside it or before it */
    CALLBACK_ZIP,     /* with the elements side by side of the sequences beside it */
    CALLBACK_REST,    /* with the arguments behind it */
    CALLBACK_ARGS,    /* target=f, args=(...): with the elements of args */
    CALLBACK_ALL,     /* with the whole sequence; the last parameter takes it */
    CALLBACK_SELF,    /* it is given back, perhaps wrapped */
    CALLBACK_PARTIAL, /* it is given back with the arguments behind it */
};

static const struct {
    struct str name; /* the last name of the call */
    enum callback how;
} CALLBACKS[] = {
    { STR_INIT("map"), CALLBACK_EACH },
    { STR_INIT("imap"), CALLBACK_EACH },
    { STR_INIT("imap_unordered"), CALLBACK_EACH },
    { STR_INIT("map_async"), CALLBACK_EACH },
    { STR_INIT("foreach"), CALLBACK_EACH },
    { STR_INIT("flatMap"), CALLBACK_EACH },
    { STR_INIT("lapply"), CALLBACK_EACH },
    { STR_INIT("sapply"), CALLBACK_EACH },
    { STR_INIT("vapply"), CALLBACK_EACH },
    { STR_INIT("map_df"), CALLBACK_EACH },
    { STR_INIT("map_dfr"), CALLBACK_EACH },
    { STR_INIT("walk"), CALLBACK_EACH },
    { STR_INIT("map_chr"), CALLBACK_EACH },
    { STR_INIT("map_dfc"), CALLBACK_EACH },
    { STR_INIT("future_map"), CALLBACK_EACH },
    { STR_INIT("future_map_dfr"), CALLBACK_EACH },
    { STR_INIT("future_lapply"), CALLBACK_EACH },
    { STR_INIT("mclapply"), CALLBACK_EACH },
    { STR_INIT("pblapply"), CALLBACK_EACH },
    { STR_INIT("llply"), CALLBACK_EACH },
    { STR_INIT("ldply"), CALLBACK_EACH },
    { STR_INIT("map2"), CALLBACK_ZIP },
    { STR_INIT("map2_dfr"), CALLBACK_ZIP },
    { STR_INIT("walk2"), CALLBACK_ZIP },
    { STR_INIT("mapply"), CALLBACK_ZIP },
    { STR_INIT("Map"), CALLBACK_ZIP },
    { STR_INIT("process_map"), CALLBACK_EACH },
    { STR_INIT("thread_map"), CALLBACK_EACH },
    { STR_INIT("submit"), CALLBACK_REST },
    { STR_INIT("run_in_executor"), CALLBACK_REST },
    { STR_INIT("to_thread"), CALLBACK_REST },
    { STR_INIT("Thread"), CALLBACK_ARGS },
    { STR_INIT("Process"), CALLBACK_ARGS },
    { STR_INIT("apply_async"), CALLBACK_ARGS },
    { STR_INIT("mapPartitions"), CALLBACK_ALL },
    { STR_INIT("mapPartitionsWithIndex"), CALLBACK_ALL },
    { STR_INIT("foreachPartition"), CALLBACK_ALL },
    { STR_INIT("delayed"), CALLBACK_SELF },
    { STR_INIT("jit"), CALLBACK_SELF },
    { STR_INIT("njit"), CALLBACK_SELF },
    { STR_INIT("lru_cache"), CALLBACK_SELF },
    { STR_INIT("remote"), CALLBACK_SELF },
    { STR_INIT("udf"), CALLBACK_SELF },
    { STR_INIT("vectorize"), CALLBACK_SELF },
    { STR_INIT("coroutine"), CALLBACK_SELF },
    { STR_INIT("partial"), CALLBACK_PARTIAL },
};

static enum callback callback_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(CALLBACKS); i++)
        if (str_eq(CALLBACKS[i].name, name))
            return CALLBACKS[i].how;
    return CALLBACK_UNKNOWN;
}

static struct call_args *args_of(struct eval *e, struct value *const *items, size_t n)
{
    struct call_args *args = ARENA_NEW(e->arena, struct call_args);
    args->items = ARENA_NEW_N(e->arena, struct value *, n);
    if (n > 0)
        memcpy(args->items, items, n * sizeof *items);
    args->n_items = n;
    return args;
}

const struct call_args *args_behind(struct eval *e, const struct call_args *first,
                                    const struct call_args *more)
{
    struct call_args *all = args_of(e, first->items, first->n_items);
    size_t cap = all->n_items, cap_named = 0, cap_names = 0, n_names = 0;
    for (size_t i = 0; i < more->n_items; i++)
        *ARENA_PUSH(e->arena, all->items, all->n_items, cap) = more->items[i];
    const struct call_args *both[] = { more, first };
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n_named; i++) {
            *ARENA_PUSH(e->arena, all->named, all->n_named, cap_named) = both[k]->named[i];
            *ARENA_PUSH(e->arena, all->names, n_names, cap_names) = both[k]->names[i];
        }
    all->is_open = first->is_open || more->is_open;
    return all;
}

/* What the elements are that a distributed collection was made of. */
static struct value *collection(const struct chain *c)
{
    static const struct str MAKERS[] = { STR_INIT("parallelize"), STR_INIT("from_sequence"),
                                         STR_INIT("from_items"), STR_INIT("from_delayed") };
    for (; c != NULL; c = c->base)
        for (size_t i = 0; i < ARRAY_LEN(MAKERS); i++)
            if (c->step == STEP_CALL && c->base != NULL && str_eq(c->base->name, MAKERS[i]) &&
                c->args->n_items > 0 && c->args->items[0]->kind == VALUE_SEQ)
                return c->args->items[0];
    return NULL;
}

/* A function of the notebook, or one of a library that is handed on by its name. */
static bool is_callable(const struct value *f)
{
    return f->kind == VALUE_FUNCTION ||
           (f->kind == VALUE_CHAIN &&
            (f->chain->step == STEP_ROOT || f->chain->step == STEP_ATTR) && !f->chain->is_value);
}

static struct value *call_one(struct eval *e, struct value *f, const struct call_args *args,
                              const struct node *n)
{
    return f->kind == VALUE_FUNCTION ? call_function(e, f->function, args)
                                     : call_value(e, f, args, n);
}

static struct value *call_each(struct eval *e, struct value *f, struct value *over,
                               const struct node *n)
{
    struct value *items[LIMIT_LOOP + 1];
    bool is_open = false;
    size_t count = eval_loop_items(e, over, items, &is_open);
    struct value *results = eval_seq(e, 0);
    for (size_t i = 0; i < count && eval_step(e); i++)
        value_seq_add(&e->vs, results, call_one(e, f, args_of(e, &items[i], 1), n));
    if (is_open && results->seq->n > 0) {
        results->seq->any_more = results->seq->items[--results->seq->n];
        results->seq->is_open = true;
    }
    return results;
}

static bool is_sequence(const struct eval *e, const struct value *v)
{
    return v->kind == VALUE_SEQ || (v->kind == VALUE_MAP && e->unit->lang == CALL_R);
}

/* The sequence that a function is mapped over: among the arguments, or what the chain is made of.
 */
static struct value *sequence(const struct eval *e, const struct chain *callee,
                              const struct call_args *args)
{
    for (size_t i = 0; i < args->n_items; i++)
        if (is_sequence(e, args->items[i]))
            return args->items[i];
    return callee != NULL ? collection(callee) : NULL;
}

/* The arguments beside f: of each sequence its elements in turn, all else as it is. */
static struct value *call_zipped(struct eval *e, struct value *f, const struct call_args *args,
                                 const struct node *n)
{
    size_t longest = 0;
    for (size_t i = 0; i < args->n_items; i++)
        if (args->items[i]->kind == VALUE_SEQ && args->items[i]->seq->n > longest)
            longest = args->items[i]->seq->n;
    struct value *results = eval_seq(e, 0);
    for (size_t k = 0; k < longest && k < LIMIT_LOOP && eval_step(e); k++) {
        struct call_args *one = args_of(e, args->items, args->n_items);
        one->n_items = 0;
        for (size_t i = 0; i < args->n_items; i++) {
            struct value *v = args->items[i];
            bool is_vector = v->kind == VALUE_SEQ && v->seq->n > 0;
            if (v != f)
                one->items[one->n_items++] = is_vector ? v->seq->items[k % v->seq->n] : v;
        }
        value_seq_add(&e->vs, results, call_one(e, f, one, n));
    }
    if (results->kind == VALUE_SEQ)
        results->seq->is_open = longest == 0 || longest > LIMIT_LOOP;
    return results;
}

static struct value *call_all(struct eval *e, const struct function *f, struct value *over)
{
    struct value *two[] = { value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY), over };
    size_t n_params = 0;
    for (const struct node *p = f->def->def.params; p != NULL; p = p->next)
        n_params++;
    n_params -= f->self != NULL && n_params > 0;
    return call_function(e, f, n_params > 1 ? args_of(e, two, 2) : args_of(e, &over, 1));
}

static struct value *function_value(struct eval *e, const struct function *f)
{
    struct value *v = eval_new(e, VALUE_FUNCTION);
    v->function = f;
    return v;
}

static struct value *partial(struct eval *e, const struct function *f, const struct call_args *args)
{
    struct function *bound = ARENA_NEW(e->arena, struct function);
    struct call_args *rest = args_of(e, args->items + 1, args->n_items - 1);
    rest->names = args->names;
    rest->named = args->named;
    rest->n_named = args->n_named;
    *bound = *f;
    bound->bound = f->bound != NULL ? args_behind(e, f->bound, rest) : rest;
    return function_value(e, bound);
}

static struct value *run_one(struct eval *e, enum callback how, const struct chain *callee,
                             const struct function *f, size_t at, const struct call_args *args)
{
    static const struct call_args none = { .is_open = false };
    struct value *over = NULL;
    switch (how) {
    case CALLBACK_EACH: /* run_callbacks() has looked for a sequence */
    case CALLBACK_ZIP:
        break;
    case CALLBACK_ALL:
        over = sequence(e, callee, args);
        if (over != NULL)
            return call_all(e, f, over);
        break;
    case CALLBACK_REST:
        if (at < args->n_items)
            return call_function(e, f, args_of(e, args->items + at + 1, args->n_items - at - 1));
        break;
    case CALLBACK_ARGS:
        over = args_get(args, at + 1, STR("args"));
        if (over != NULL && over->kind == VALUE_SEQ)
            return call_function(e, f, args_of(e, over->seq->items, over->seq->n));
        break;
    case CALLBACK_SELF:
        return function_value(e, f);
    case CALLBACK_PARTIAL:
        if (at == 0 && args->n_items > 0)
            return partial(e, f, args);
        break;
    case CALLBACK_UNKNOWN:
        break;
    }
    call_function(e, f, &none);
    return NULL;
}

/* The same for a function of a library that is handed on by its name. */
static struct value *run_outside(struct eval *e, enum callback how, struct value *f, size_t at,
                                 const struct call_args *args, const struct node *n)
{
    struct value *list = how == CALLBACK_ARGS ? args_get(args, at + 1, STR("args")) : NULL;
    /* options that partial() binds by name say nothing of where the data is */
    if (how == CALLBACK_SELF || (how == CALLBACK_PARTIAL && at == 0 && args->n_items == 1))
        return f;
    if (how == CALLBACK_REST && at + 1 < args->n_items)
        return call_one(e, f, args_of(e, args->items + at + 1, args->n_items - at - 1), n);
    if (list != NULL && list->kind == VALUE_SEQ)
        return call_one(e, f, args_of(e, list->seq->items, list->seq->n), n);
    return NULL;
}

/* Elements of a sequence go to f, if that is how it is called. */
static struct value *run_elements(struct eval *e, enum callback how, const struct chain *callee,
                                  struct value *f, const struct call_args *args,
                                  const struct node *n)
{
    struct value *over = NULL;
    if (how == CALLBACK_ZIP)
        return call_zipped(e, f, args, n);
    if (how == CALLBACK_EACH)
        over = sequence(e, callee, args);
    return over != NULL && over != f ? call_each(e, f, over, n) : NULL;
}

struct value *run_callbacks(struct eval *e, const struct chain *callee,
                            const struct call_args *args, const struct node *n)
{
    struct value *result = NULL;
    for (size_t i = 0; i < args->n_items + args->n_named && eval_step(e); i++) {
        struct value *f = i < args->n_items ? args->items[i] : args->named[i - args->n_items];
        if (!is_callable(f))
            continue;
        enum callback how = callee != NULL ? callback_of(callee->name) : CALLBACK_UNKNOWN;
        struct value *v = run_elements(e, how, callee, f, args, n);
        if (v == NULL && f->kind == VALUE_FUNCTION)
            v = run_one(e, how, callee, f->function, i, args);
        else if (v == NULL)
            v = run_outside(e, how, f, i, args, n);
        result = v != NULL ? v : result;
    }
    return result;
}

struct value *map_elements(struct eval *e, struct value *seq, struct str name,
                           const struct call_args *args, const struct node *n)
{
    if (args->n_items != 1 || !is_callable(args->items[0]) || callback_of(name) != CALLBACK_EACH)
        return NULL;
    return call_each(e, args->items[0], seq, n);
}

struct value *call_wrapped(struct eval *e, const struct function *f, struct str name,
                           const struct call_args *args)
{
    static const struct str CALLS[] = { STR_INIT("remote"), STR_INIT("delay"),
                                        STR_INIT("submit"), STR_INIT("fn"),
                                        STR_INIT("local"),  STR_INIT("__wrapped__") };
    for (size_t i = 0; i < ARRAY_LEN(CALLS); i++)
        if (str_eq(name, CALLS[i]))
            return call_function(e, f, args);
    if (callback_of(name) == CALLBACK_EACH && args->n_items == 1 &&
        args->items[0]->kind == VALUE_SEQ)
        return call_each(e, function_value(e, f), args->items[0], NULL);
    return str_eq(name, STR("options")) ? function_value(e, f)
                                        : value_unknown(&e->vs, HOLE_RUN_TIME, f->name);
}
