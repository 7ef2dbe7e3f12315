/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

/* What a magic's body (or line) is. */
enum magic_what {
    MAGIC_IGNORED,
    MAGIC_CODE,   /* Python; the parser has it in magic.code */
    MAGIC_SQL,    /* the body, or the rest of the line */
    MAGIC_SHELL,  /* the body is a script; of a line magic, its line */
    MAGIC_SCRIPT, /* %%script interpreter */
    MAGIC_FILE,   /* the body is written to the file that the line names */
    MAGIC_RUN,    /* the line names a notebook or script that runs here */
    MAGIC_ENV,    /* NAME=value or NAME value */
    MAGIC_STORE,  /* -r names */
    MAGIC_R,
    MAGIC_SCALA,
    MAGIC_CONNECT, /* the line names a database */
    MAGIC_READ,    /* the line names a file that is read */
};

static const struct magic {
    struct str name;
    enum magic_what what;
    enum sql_dialect dialect;
} MAGICS[] = {
    { STR_INIT("sql"), MAGIC_SQL, SQL_ANY },
    { STR_INIT("sparksql"), MAGIC_SQL, SQL_SPARK },
    { STR_INIT("bigquery"), MAGIC_SQL, SQL_BIGQUERY },
    { STR_INIT("bq"), MAGIC_SQL, SQL_BIGQUERY },
    { STR_INIT("athena"), MAGIC_SQL, SQL_TRINO },
    { STR_INIT("redshift"), MAGIC_SQL, SQL_REDSHIFT },
    { STR_INIT("snowflake"), MAGIC_SQL, SQL_SNOWFLAKE },
    { STR_INIT("duckdb"), MAGIC_SQL, SQL_DUCKDB },
    { STR_INIT("dql"), MAGIC_SQL, SQL_DUCKDB },
    { STR_INIT("sc"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("sx"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("system"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("bash"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("sh"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("shell"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("!"), MAGIC_SHELL, SQL_ANY },
    { STR_INIT("script"), MAGIC_SCRIPT, SQL_ANY },
    { STR_INIT("writefile"), MAGIC_FILE, SQL_ANY },
    { STR_INIT("file"), MAGIC_FILE, SQL_ANY },
    { STR_INIT("run"), MAGIC_RUN, SQL_ANY },
    { STR_INIT("load"), MAGIC_READ, SQL_ANY },
    { STR_INIT("loadpy"), MAGIC_READ, SQL_ANY },
    { STR_INIT("env"), MAGIC_ENV, SQL_ANY },
    { STR_INIT("set_env"), MAGIC_ENV, SQL_ANY },
    { STR_INIT("store"), MAGIC_STORE, SQL_ANY },
    { STR_INIT("defaultDatasource"), MAGIC_CONNECT, SQL_ANY },
    { STR_INIT("datasources"), MAGIC_CONNECT, SQL_ANY },
    { STR_INIT("R"), MAGIC_R, SQL_ANY },
    { STR_INIT("r"), MAGIC_R, SQL_ANY },
    { STR_INIT("scala"), MAGIC_SCALA, SQL_ANY },
};

static const struct magic *magic_of(struct str name)
{
    for (size_t i = 0; i < sizeof MAGICS / sizeof MAGICS[0]; i++)
        if (str_eq(MAGICS[i].name, name))
            return &MAGICS[i];
    return NULL;
}

/* The first word of a line that is no option; *option receives the option before it. */
static struct str first_word(struct str line, struct str *rest)
{
    for (;;) {
        line = str_trim(line);
        size_t end = 0;
        while (end < line.len && line.ptr[end] != ' ' && line.ptr[end] != '\t')
            end++;
        struct str word = str_slice(line, 0, end);
        *rest = str_trim(str_from_pos(line, end));
        if (word.len == 0 || word.ptr[0] != '-')
            return str_trim_char(str_trim_char(word, '"'), '\'');
        line = *rest;
    }
}

/* A database that is gone with the notebook: its tables are no references. */
static bool is_memory_database(struct str line)
{
    line = str_trim(line);
    return str_contains(line, STR(":mem:")) || str_contains(line, STR(":memory:")) ||
           str_has_suffix(line, STR("sqlite://")) || str_has_suffix(line, STR("sqlite:///")) ||
           str_has_suffix(line, STR("duckdb://")) || str_has_suffix(line, STR("duckdb:///"));
}

static void run_sql_magic(struct eval *e, const struct node *n, const struct magic *m)
{
    bool is_cell = n->magic.body.len > 0;
    struct str line = n->magic.line;
    if (is_memory_database(line)) {
        e->sql.is_in_memory = true;
        if (!is_cell)
            return;
    }
    struct str target = STR_EMPTY;
    /* "name << SELECT ...": the result goes to a name */
    size_t at = str_find(line, STR("<<"), 0);
    if (at != SIZE_MAX) {
        target = str_trim(str_slice(line, 0, at));
        line = str_trim(str_from_pos(line, at + 2));
    }
    struct str text = is_cell ? n->magic.body : line;
    if (is_cell && at != SIZE_MAX && line.len > 0)
        text = arena_printf(e->arena, "%.*s\n%.*s", STR_FMT(line), STR_FMT(n->magic.body));
    run_sql(e, fill_braces(e, text), m->dialect, false,
            arena_printf(e->arena, "%%%.*s", STR_FMT(n->magic.name)), n->line + is_cell, n->col);
    if (target.len > 0)
        scope_set(e, target, value_unknown(&e->vs, HOLE_RUN_TIME, target));
}

static void run_file_magic(struct eval *e, const struct node *n)
{
    struct str rest;
    struct str path = first_word(n->magic.line, &rest);
    struct value *text = fill_braces(e, path);
    for (size_t i = 0; i < value_n_alternatives(text); i++) {
        struct value *one = value_alternative(text, i);
        if (one->kind != VALUE_TEXT)
            continue;
        struct str uri = uri_from_path(e->arena, one->text.bytes);
        enum uri_what what = uri_what(uri);
        bool is_data = what == URI_WHAT_DATA || what == URI_WHAT_UNKNOWN;
        emit_uri(e,
                 &(struct emit){ REFERENCE_WRITE, is_data ? REFERENCE_DATA : REFERENCE_CODE,
                                 arena_printf(e->arena, "%%%%%.*s", STR_FMT(n->magic.name)),
                                 !is_data },
                 uri, one, n);
        if (uri_is_local_file(uri))
            strmap_put(&e->written, str_from_pos(uri, 5), (void *)(uintptr_t)n);
    }
}

static void run_env_magic(struct eval *e, const struct node *n)
{
    struct str line = str_trim(n->magic.line), name, text;
    size_t at = 0;
    while (at < line.len && line.ptr[at] != '=' && line.ptr[at] != ' ')
        at++;
    if (at == 0 || at == line.len)
        return;
    name = str_slice(line, 0, at);
    text = str_trim(str_from_pos(line, at + 1));
    if (text.len > 1 && text.ptr[0] == '$')
        return;
    value_map_put(&e->vs, e->vs.environ, value_text(&e->vs, name), fill_braces(e, text));
}

static void run_run_magic(struct eval *e, const struct node *n, enum reference_dir dir)
{
    struct str rest;
    struct str path = first_word(n->magic.line, &rest);
    struct value *text = value_alternative(fill_braces(e, path), 0);
    if (text->kind != VALUE_TEXT || text->text.bytes.len == 0)
        return;
    emit_uri(e,
             &(struct emit){ dir, REFERENCE_CODE,
                             arena_printf(e->arena, "%%%.*s", STR_FMT(n->magic.name)), true },
             uri_from_path(e->arena, text->text.bytes), text, n);
    run_sibling(e, text->text.bytes);
}

static void run_other_language(struct eval *e, const struct node *n, enum call_lang lang)
{
    struct str text = n->magic.body.len > 0 ? n->magic.body : n->magic.line;
    run_code_text(e, lang, text, n->line + (n->magic.body.len > 0));
}

static void run_script_magic(struct eval *e, const struct node *n)
{
    struct str rest;
    struct str word = first_word(n->magic.line, &rest);
    bool was = e->is_unreached;
    if (str_eq(word, STR("false")))
        e->is_unreached = true;
    if (str_has_suffix(word, STR("sh")) || str_eq(word, STR("false"))) {
        struct node *shell = node_new(e->arena, NODE_SHELL, n->line + 1, 1);
        shell->shell.text = n->magic.body;
        run_shell(e, value_text(&e->vs, n->magic.body), shell, true);
    } else if (str_has_prefix(word, STR("python"))) {
        run_code_text(e, CALL_PYTHON, n->magic.body, n->line + 1);
    }
    e->is_unreached = was;
}

static void run_shell_magic(struct eval *e, const struct node *n)
{
    bool is_cell = n->magic.body.len > 0;
    struct node *shell = node_new(e->arena, NODE_SHELL, n->line + is_cell, n->col);
    struct value *text =
        is_cell ? value_text(&e->vs, n->magic.body) : fill_braces(e, n->magic.line);
    run_shell(e, text, shell, is_cell);
}

struct value *run_magic(struct eval *e, const struct node *n)
{
    if (n->magic.code != NULL)
        eval_statements(e, n->magic.code);
    const struct magic *m = magic_of(n->magic.name);
    switch (m != NULL ? m->what : MAGIC_IGNORED) {
    case MAGIC_SQL:
        run_sql_magic(e, n, m);
        break;
    case MAGIC_SHELL:
        run_shell_magic(e, n);
        break;
    case MAGIC_SCRIPT:
        run_script_magic(e, n);
        break;
    case MAGIC_FILE:
        run_file_magic(e, n);
        break;
    case MAGIC_RUN:
    case MAGIC_READ:
        run_run_magic(e, n, REFERENCE_READ);
        break;
    case MAGIC_ENV:
        run_env_magic(e, n);
        break;
    case MAGIC_CONNECT:
        e->sql.is_in_memory = is_memory_database(n->magic.line);
        break;
    case MAGIC_R:
        run_other_language(e, n, CALL_R);
        break;
    case MAGIC_SCALA:
        run_other_language(e, n, CALL_SCALA);
        break;
    case MAGIC_CODE:
    case MAGIC_STORE:
    case MAGIC_IGNORED:
        break;
    }
    return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
}
