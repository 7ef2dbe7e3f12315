/*
 * pure_object: objects that only hold values: namespaces, settings with defaults, widgets.
 *
 * A namespace is a MAP, whose keys are attributes as well.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_seq.h"
#include "lineage/pure_text.h"
#include "lineage/pure_time.h"

static struct value *namespace(const struct pure_call *c)
{
    struct value *from = pure_arg(c, 0, STR_EMPTY);
    bool is_made = from != NULL ? from->kind == VALUE_MAP : c->how == 0;
    if (!is_made)
        return c->vs->declined;
    struct value *v = from != NULL ? map_copy(c->vs, from) : value_map(c->vs);
    map_update(c->vs, v, NULL, c->args);
    return v;
}

/* ---- settings: what is not set has the default that the call gives ---- */

static struct value *default_of(const struct pure_call *c)
{
    static const struct str names[] = { STR_INIT("default"), STR_INIT("default_var") };
    struct value *v = args_named(c->args, names[c->how]);
    if (v == NULL && c->args->n_items > 1)
        v = c->args->items[1];
    return v == NULL || pure_is_none(v) ? c->vs->declined : v;
}

/* dbutils.widgets.text("name", "default") */
static struct value *make_widget(const struct pure_call *c)
{
    struct value *name = pure_arg(c, 0, STR("name"));
    struct value *v = pure_arg(c, 1, STR("defaultValue"));
    struct str text;
    bool is_empty = v != NULL && value_is_known_text(v, &text) && text.len == 0;
    if (name != NULL && v != NULL && !is_empty) /* an empty field is to be filled in */
        value_map_put(c->vs, c->vs->widgets, name, v);
    return value_const(c->vs, STR("None"));
}

static struct value *get_widget(const struct pure_call *c)
{
    struct str name = STR_EMPTY;
    if (!pure_arg_known(c, 0, STR("name"), &name))
        return c->vs->declined;
    struct value *v = strmap_get(&c->vs->widgets->map->entries, name);
    return v != NULL ? v : c->vs->declined;
}

/* ---- one of several ---- */

/* sagemaker's Join(on="/", values=[...]): what a pipeline makes of its parameters. */
static struct value *join(const struct pure_call *c)
{
    struct value *by = pure_arg_text(c, 0, STR("on")), *values = pure_arg(c, 1, STR("values"));
    if (values == NULL)
        return c->vs->declined;
    return text_join(c->vs, by != NULL ? by : value_text(c->vs, STR_EMPTY), values);
}

static struct value *choice(const struct pure_call *c)
{
    struct value *in = pure_arg(c, 0, STR_EMPTY);
    if (in == NULL || in->kind != VALUE_SEQ || c->args->n_items > 1)
        return c->vs->declined;
    return pure_subscript(c->vs, in, value_unknown(c->vs, HOLE_RANDOM, STR_EMPTY));
}

static struct value *islice(const struct pure_call *c)
{
    struct value *in = pure_arg(c, 0, STR_EMPTY), *to = pure_arg(c, 1, STR_EMPTY);
    struct value *more = pure_arg(c, 2, STR_EMPTY);
    if (in == NULL || in->kind == VALUE_CHAIN)
        return c->vs->declined;
    in = seq_of(c->vs, in);
    if (in == NULL)
        return NULL;
    return more == NULL ? pure_slice(c->vs, in, NULL, to, NULL)
                        : pure_slice(c->vs, in, to, more, pure_arg(c, 3, STR_EMPTY));
}

/* The file that is looked for in the folder and those above it. */
static struct value *find_dotenv(const struct pure_call *c)
{
    struct value *name = pure_arg(c, 0, STR("filename"));
    return name != NULL ? name : value_text(c->vs, STR(".env"));
}

/* A file system in another library's clothes is the same file system. */
static struct value *wrapped(const struct pure_call *c)
{
    struct value *inner = pure_arg(c, 0, STR("fs"));
    if (inner == NULL)
        inner = pure_arg(c, 0, STR("handler"));
    return inner != NULL && inner->kind == VALUE_CHAIN ? inner : c->vs->declined;
}

/* calendar.monthrange(year, month): the weekday of its first day and how many days it has. */
static struct value *month_range(const struct pure_call *c)
{
    int64_t year, month, first, next;
    if (!pure_arg_whole(c, 0, STR("year"), &year) || !pure_arg_whole(c, 1, STR("month"), &month) ||
        month < 1 || month > 12 ||
        !time_from_calendar((struct calendar_day){ year, (unsigned)month, 1 }, &first))
        return NULL;
    next = time_plus_months((struct moment){ .days = first }, 1).days;
    if (next - first > 31)
        next = first + 31;                       /* December of the last year */
    int64_t weekday = ((first + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    return seq_tuple(c->vs, value_whole(c->vs, weekday), value_whole(c->vs, next - first));
}

static const struct pure_row functions[] = {
    { STR_INIT("addict.Dict"), namespace, 0, PURE_WHOLE },
    { STR_INIT("airflow.models.Variable.get"), default_of, 1, 0 },
    { STR_INIT("argparse.Namespace"), namespace, 0, PURE_WHOLE },
    { STR_INIT("attrdict.AttrDict"), namespace, 0, PURE_WHOLE },
    { STR_INIT("box.Box"), namespace, 0, PURE_WHOLE },
    { STR_INIT("calendar.monthrange"), month_range, 0, 0 },
    { STR_INIT("decouple.config"), default_of, 0, 0 },
    { STR_INIT("dotenv.find_dotenv"), find_dotenv, 0, 0 },
    { STR_INIT("dotmap.DotMap"), namespace, 0, PURE_WHOLE },
    { STR_INIT("easydict.EasyDict"), namespace, 0, PURE_WHOLE },
    { STR_INIT("fsspec.implementations.arrow.ArrowFSWrapper"), wrapped, 0, 0 },
    { STR_INIT("itertools.islice"), islice, 0, 0 },
    { STR_INIT("ml_collections.ConfigDict"), namespace, 0, PURE_WHOLE },
    { STR_INIT("munch.Munch"), namespace, 0, PURE_WHOLE },
    { STR_INIT("munch.munchify"), namespace, 0, PURE_WHOLE },
    { STR_INIT("numpy.random.choice"), choice, 0, 0 },
    { STR_INIT("omegaconf.DictConfig"), namespace, 0, PURE_WHOLE },
    { STR_INIT("omegaconf.OmegaConf.create"), namespace, 0, PURE_WHOLE },
    { STR_INIT("pyarrow.fs.FSSpecHandler"), wrapped, 0, 0 },
    { STR_INIT("pyarrow.fs.PyFileSystem"), wrapped, 0, 0 },
    { STR_INIT("random.choice"), choice, 0, 0 },
    { STR_INIT("sagemaker.workflow.functions.Join"), join, 0, 0 },
    { STR_INIT("types.SimpleNamespace"), namespace, 0, PURE_WHOLE },
    { STR_INIT("vars"), namespace, 1, PURE_WHOLE },
};
const struct pure_table pure_object_functions = PURE_TABLE(functions);

/* Databricks, in all its languages. */
static const struct pure_row widgets[] = {
    { STR_INIT("dbutils.widgets.combobox"), make_widget, 0, PURE_WHOLE },
    { STR_INIT("dbutils.widgets.dropdown"), make_widget, 0, PURE_WHOLE },
    { STR_INIT("dbutils.widgets.get"), get_widget, 0, 0 },
    { STR_INIT("dbutils.widgets.getArgument"), get_widget, 0, 0 },
    { STR_INIT("dbutils.widgets.multiselect"), make_widget, 0, PURE_WHOLE },
    { STR_INIT("dbutils.widgets.text"), make_widget, 0, PURE_WHOLE },
    { STR_INIT("getArgument"), get_widget, 0, 0 },
};
const struct pure_table pure_widget_functions = PURE_TABLE(widgets);
