/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include <string.h>

/* What a function that nobody knows does with a path, by the words of its name (settled case 9 of
 * the reference model). */
struct verb {
    struct str word;
    enum reference_dir dir;
    bool is_copy; /* the first location is read, the second written */
};

static const struct verb VERBS[] = {
    { STR_INIT("read"), REFERENCE_READ, false },    { STR_INIT("load"), REFERENCE_READ, false },
    { STR_INIT("fetch"), REFERENCE_READ, false },   { STR_INIT("get"), REFERENCE_READ, false },
    { STR_INIT("import"), REFERENCE_READ, false },  { STR_INIT("open"), REFERENCE_READ, false },
    { STR_INIT("parse"), REFERENCE_READ, false },   { STR_INIT("download"), REFERENCE_READ, true },
    { STR_INIT("scan"), REFERENCE_READ, false },    { STR_INIT("ingest"), REFERENCE_READ, false },
    { STR_INIT("write"), REFERENCE_WRITE, false },  { STR_INIT("save"), REFERENCE_WRITE, false },
    { STR_INIT("export"), REFERENCE_WRITE, false }, { STR_INIT("dump"), REFERENCE_WRITE, false },
    { STR_INIT("upload"), REFERENCE_READ, true },   { STR_INIT("store"), REFERENCE_WRITE, false },
    { STR_INIT("copy"), REFERENCE_READ, true },     { STR_INIT("to"), REFERENCE_WRITE, false },
    { STR_INIT("from"), REFERENCE_READ, false },
};

static size_t word_end(struct str name, size_t from)
{
    size_t to = from + 1;
    while (to < name.len && name.ptr[to] != '_' && name.ptr[to] != '.' &&
           !(name.ptr[to] >= 'A' && name.ptr[to] <= 'Z'))
        to++;
    return to;
}

/* The verb that is a whole word of the name: read_table, loadData, df_to_csv. */
static const struct verb *verb_of(struct str name)
{
    for (size_t from = 0; from < name.len;) {
        size_t to = word_end(name, from);
        for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
            if (str_eq_nocase(str_slice(name, from, to), VERBS[i].word))
                return &VERBS[i];
        from = to + (to < name.len && (name.ptr[to] == '_' || name.ptr[to] == '.'));
    }
    return NULL;
}

/* Does it look like a place for data, and not like any text? */
static bool is_place(struct str text, struct str uri)
{
    if (uri.len == 0 || str_find_char(text, ' ') != SIZE_MAX)
        return false;
    if (uri_is_remote(uri))
        return !str_has_prefix(uri, STR("http")) || uri_what(uri) != URI_WHAT_UNKNOWN;
    bool is_path = uri_is_local_file(uri) || str_has_prefix(uri, STR("{}"));
    return is_path && uri_what(uri) != URI_WHAT_UNKNOWN && str_find_char(text, '.') != SIZE_MAX;
}

/* Does the name say that a statement is run: runQuery, execute_sql, query_to_df, and not that it is
 * shown or made? */
static bool is_of_statements(struct str name)
{
    static const struct str RUN[] = { STR_INIT("query"), STR_INIT("sql"), STR_INIT("execute"),
                                      STR_INIT("exec") };
    static const struct str SHOW[] = { STR_INIT("print"), STR_INIT("format"), STR_INIT("show"),
                                       STR_INIT("parse"), STR_INIT("build"),  STR_INIT("make"),
                                       STR_INIT("log"),   STR_INIT("explain") };
    bool is_run = false;
    for (size_t from = 0; from < name.len;) {
        size_t to = word_end(name, from);
        for (size_t i = 0; i < sizeof RUN / sizeof RUN[0]; i++)
            is_run = is_run || str_eq_nocase(str_slice(name, from, to), RUN[i]);
        for (size_t i = 0; i < sizeof SHOW / sizeof SHOW[0]; i++)
            if (str_eq_nocase(str_slice(name, from, to), SHOW[i]))
                return false;
        from = to + (to < name.len && (name.ptr[to] == '_' || name.ptr[to] == '.'));
    }
    return is_run;
}

/* Text that is a statement of SQL and no sentence. */
static bool is_statement(const struct value *v)
{
    static const struct str STARTS[] = { STR_INIT("select"), STR_INIT("with"),  STR_INIT("insert"),
                                         STR_INIT("create"), STR_INIT("merge"), STR_INIT("update"),
                                         STR_INIT("delete") };
    if (v->kind != VALUE_TEXT)
        return false;
    struct str text = str_trim(v->text.bytes);
    for (size_t i = 0; i < sizeof STARTS / sizeof STARTS[0]; i++) {
        struct str s = STARTS[i];
        if (text.len > s.len && str_eq_nocase(str_slice(text, 0, s.len), s) &&
            (text.ptr[s.len] == ' ' || text.ptr[s.len] == '\n' || text.ptr[s.len] == '\t'))
            return true;
    }
    return false;
}

/* A statement handed to a function that runs statements. */
static void guess_statements(struct eval *e, const struct call_args *args, const struct node *n,
                             struct str via)
{
    for (size_t i = 0; i < args->n_items + args->n_named; i++) {
        struct value *v = i < args->n_items ? args->items[i] : args->named[i - args->n_items];
        if (is_statement(value_alternative(v, 0)))
            run_sql(e, v, SQL_ANY, false, via, n->line, n->col);
    }
}

/* Names that mean the same in every library. */
static bool is_reader(struct str name)
{
    return str_eq(name, STR("read_parquet")) || str_eq(name, STR("read_csv")) ||
           str_eq(name, STR("read_json")) || str_eq(name, STR("read_excel"));
}

bool io_is_left_open(const struct io *io, const struct locations *l)
{
    if (io->row->dir != CALL_READ && io->row->dir != CALL_WRITE)
        return false;
    for (size_t i = 0; i < l->n; i++)
        if (!io->needs_remote || uri_is_remote(l->items[i].uri))
            return false;
    return true;
}

/* A call that no row knows, of a name that no library defines. */
void io_guess(struct eval *e, const struct callee *callee, const struct call_args *args,
              const struct node *n)
{
    struct str name = callee->names[callee->n - 1];
    if (args->n_items + args->n_named == 0 || !callee->is_rooted || callee->n > 6)
        return;
    const struct call_name *first = callee->first;
    if (first == NULL)
        first = calls_name(e->options->calls, callee->lang, callee->names[0]);
    if (first->is_library && !is_reader(name))
        return;
    const struct verb *verb = verb_of(name);
    bool runs_statements = is_of_statements(name);
    if (verb == NULL && !runs_statements)
        return;
    struct str via = io_via(e, callee);
    if (runs_statements)
        guess_statements(e, args, n, via);
    if (verb == NULL)
        return;
    size_t seen = 0;
    for (size_t i = 0; i < args->n_items + args->n_named; i++) {
        struct value *v = i < args->n_items ? args->items[i] : args->named[i - args->n_items];
        for (size_t k = 0; k < value_n_alternatives(v); k++) {
            struct value *one = value_alternative(v, k);
            if (one->kind != VALUE_TEXT)
                continue;
            struct str uri = uri_from_path(e->arena, one->text.bytes);
            if (!is_place(one->text.bytes, uri))
                continue;
            enum reference_dir dir = verb->is_copy && seen > 0 ? REFERENCE_WRITE : verb->dir;
            emit_uri(e, &(struct emit){ dir, REFERENCE_DATA, via, false }, uri, one, n);
        }
        seen++;
    }
}
