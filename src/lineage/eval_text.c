/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/python.h"
#include "lineage/shell.h"
#include "lineage/uri.h"
#include "lineage/value_internal.h"

#include "util/limits.h"

enum sql_dialect sql_dialect_of(struct str name)
{
    static const struct {
        struct str name;
        enum sql_dialect dialect;
    } NAMES[] = {
        { STR_INIT("spark"), SQL_SPARK },         { STR_INIT("hive"), SQL_SPARK },
        { STR_INIT("trino"), SQL_TRINO },         { STR_INIT("athena"), SQL_TRINO },
        { STR_INIT("presto"), SQL_TRINO },        { STR_INIT("redshift"), SQL_REDSHIFT },
        { STR_INIT("snowflake"), SQL_SNOWFLAKE }, { STR_INIT("bigquery"), SQL_BIGQUERY },
        { STR_INIT("duckdb"), SQL_DUCKDB },       { STR_INIT("postgres"), SQL_POSTGRES },
        { STR_INIT("mysql"), SQL_MYSQL },         { STR_INIT("sqlite"), SQL_SQLITE },
        { STR_INIT("tsql"), SQL_TSQL },           { STR_INIT("clickhouse"), SQL_CLICKHOUSE },
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (str_eq(name, NAMES[i].name))
            return NAMES[i].dialect;
    return SQL_ANY;
}

/* The text of a name of the program, if it has a known one. */
static bool name_text(struct eval *e, struct str name, struct str *out)
{
    struct value *v = scope_get(e, name);
    if (v == NULL)
        return false;
    v = value_alternative(value_to_text(&e->vs, v), 0);
    if (v->kind != VALUE_TEXT)
        return false;
    *out = v->text.bytes;
    return true;
}

static bool sql_value(void *ctx, struct str name, struct str *out)
{
    return name_text(ctx, name, out);
}

static bool is_frame(void *ctx, struct str name)
{
    struct value *v = scope_get(ctx, name);
    return v != NULL && v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER;
}

static void emit_sql(struct eval *e, const struct sql_ref *r, const struct value *text,
                     struct str via, uint32_t line, uint32_t col)
{
    static const enum reference_dir DIRS[] = {
        [SQL_READ] = REFERENCE_READ, [SQL_WRITE] = REFERENCE_WRITE, [SQL_LIST] = REFERENCE_LIST
    };
    struct str uri = STR_EMPTY;
    switch (r->kind) {
    case SQL_TABLE:
        uri = uri_from_table(e->arena, r->name);
        break;
    case SQL_PATH:
        uri = uri_from_path(e->arena, r->name);
        break;
    case SQL_STAGE:
        uri = uri_from_name(e->arena, "stage", r->name);
        break;
    case SQL_STREAM:
        uri = uri_from_name(e->arena, "stream", r->name);
        break;
    }
    struct value name = { .kind = VALUE_TEXT, .origin = text->origin };
    name.text.bytes = r->name;
    name.text.holes = text->text.holes;
    name.text.n_holes = text->text.n_holes;
    struct emit how = { DIRS[r->dir], REFERENCE_DATA,
                        arena_printf(e->arena, "%.*s %s", STR_FMT(via), r->statement), r->is_may };
    emit_at(e, &how, uri, &name, line + (r->line > 0 ? r->line - 1 : 0),
            r->line > 1 ? r->col : col);
}

/* sqlalchemy.text("..."), sql.SQL("..."): the text in it. */
static struct value *sql_text(struct value *v)
{
    if (v->kind == VALUE_CHAIN && v->chain->step == STEP_CALL && v->chain->args != NULL &&
        v->chain->args->n_items > 0 && v->chain->args->items[0]->kind == VALUE_TEXT)
        return v->chain->args->items[0];
    return v;
}

/* Of a database in memory: what is not in another one that was attached. */
static bool is_own_table(const struct sql_ref *ref)
{
    return ref->kind == SQL_TABLE && str_find_char(ref->name, '.') == SIZE_MAX;
}

/* The tables that SQL binds to locations.  Temporary ones are nobody else's; stages are none. */
static void emit_bindings(struct eval *e, const struct sql_session *session,
                          const struct sql_result *found, uint32_t line)
{
    for (size_t i = 0; i < found->n_bindings; i++) {
        const struct sql_binding *b = &found->bindings[i];
        if (!str_has_prefix(b->table, STR("@")) && !sql_session_has_view(session, b->table))
            emit_binding(e, uri_from_table(e->arena, b->table),
                         uri_from_path(e->arena, b->location), line);
    }
}

void run_sql(struct eval *e, struct value *text, enum sql_dialect dialect, bool is_memory,
             struct str via, uint32_t line, uint32_t col)
{
    struct sql_session *session = is_memory ? &e->memory : &e->sql;
    session->is_frame = is_memory || dialect == SQL_DUCKDB ? is_frame : NULL;
    session->value = sql_value;
    session->ctx = e;
    for (size_t i = 0; i < value_n_alternatives(text); i++) {
        struct value *one = sql_text(value_alternative(text, i));
        if (one->kind == VALUE_SEQ) {
            for (size_t k = 0; k < one->seq->n && eval_step(e); k++)
                run_sql(e, one->seq->items[k], dialect, is_memory, via, line, col);
            continue;
        }
        if (one->kind != VALUE_TEXT)
            continue;
        struct sql_result found = { 0 };
        e->out->n_query++;
        sql_refs(e->arena, one->text.bytes, dialect, session, &found);
        if (found.hit_limit)
            eval_hit_limit(e, "sql");
        for (size_t k = 0; k < found.n_refs && eval_may_report(e); k++)
            if (!is_memory || !is_own_table(&found.refs[k]))
                emit_sql(e, &found.refs[k], one, via, line, col);
        if (!is_memory)
            emit_bindings(e, session, &found, line);
    }
}

/* The end of the brace that opens at from, or SIZE_MAX. */
static size_t brace_end(struct str text, size_t from)
{
    size_t depth = 0;
    for (size_t i = from; i < text.len && i - from < LIMIT_CODE_LINE_BYTES; i++) {
        if (text.ptr[i] == '{')
            depth++;
        else if (text.ptr[i] == '}' && --depth == 0)
            return i;
        else if (text.ptr[i] == '\n')
            break;
    }
    return SIZE_MAX;
}

static const struct node *leftmost(const struct node *n)
{
    for (;;) {
        switch (n->kind) {
        case NODE_ATTR:
            n = n->attr.value;
            break;
        case NODE_SUBSCRIPT:
        case NODE_BINARY:
            n = n->binary.left;
            break;
        case NODE_CALL:
            n = n->call.func;
            break;
        default:
            return n;
        }
    }
}

/* The value that stands for {inner}, or NULL where the braces are the shell's own. */
static struct value *brace_value(struct eval *e, struct str inner)
{
    struct node *n = inner.len > 0 && e->unit->lang == CALL_PYTHON
                         ? python_parse_expression(e->arena, inner)
                         : NULL;
    if (n == NULL)
        return NULL;
    const struct node *first = leftmost(n);
    if (first->kind == NODE_NAME && scope_get(e, first->text) == NULL)
        return first == n && str_find_char(inner, ',') == SIZE_MAX
                   ? value_unknown(&e->vs, HOLE_IMPORTED, first->text)
                   : NULL;
    if (first->kind == NODE_TUPLE || first->kind == NODE_NUMBER || first->kind == NODE_UNKNOWN)
        return NULL;
    return eval_expr(e, n);
}

static struct value *braces(struct eval *e, struct str text, size_t at, size_t *end)
{
    *end = brace_end(text, at);
    if (*end == SIZE_MAX)
        return NULL;
    bool is_double = at + 1 < *end && text.ptr[at + 1] == '{' && text.ptr[*end - 1] == '}';
    size_t pad = is_double ? 2 : 1;
    return *end + 1 >= at + 2 * pad
               ? brace_value(e, str_trim(str_slice(text, at + pad, *end + 1 - pad)))
               : NULL;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

/* IPython fills "$name.attribute" too: where the name is an object, its attribute. */
static struct value *dollar_value(struct eval *e, struct str text, size_t at, bool has_no_shell,
                                  size_t *end)
{
    size_t to = at + 1;
    bool has_dot = false;
    while (to < text.len && is_name_byte(text.ptr[to])) {
        has_dot = has_dot || text.ptr[to] == '.';
        to++;
    }
    if (to == at + 1 || (at > 0 && text.ptr[at - 1] == '\\'))
        return NULL;
    struct str inner = str_slice(text, at + 1, to);
    struct str name = inner, rest;
    if (has_dot)
        str_cut(inner, '.', &name, &rest);
    struct value *v = scope_get(e, name);
    if (v != NULL && (v->kind == VALUE_UNION ||
                      (has_no_shell && (v->kind == VALUE_TEXT || v->kind == VALUE_NUMBER)))) {
        *end = at + name.len;
        return v;
    }
    if (!has_dot || v == NULL || v->kind == VALUE_TEXT || v->kind == VALUE_NUMBER)
        return NULL;
    *end = to - 1;
    return brace_value(e, inner);
}

static struct value *fill(struct eval *e, struct str text, bool has_no_shell)
{
    struct value **parts = NULL;
    size_t n = 0, cap = 0, from = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t end = SIZE_MAX;
        struct value *v = NULL;
        if (text.ptr[i] == '$')
            v = dollar_value(e, text, i, has_no_shell, &end);
        else if (text.ptr[i] == '{' && (i == 0 || text.ptr[i - 1] != '$'))
            v = braces(e, text, i, &end);
        if (v == NULL)
            continue;
        *ARENA_PUSH(e->arena, parts, n, cap) = value_text(&e->vs, str_slice(text, from, i));
        *ARENA_PUSH(e->arena, parts, n, cap) = v;
        i = end;
        from = end + 1;
    }
    if (n == 0)
        return value_text(&e->vs, text);
    *ARENA_PUSH(e->arena, parts, n, cap) = value_text(&e->vs, str_from_pos(text, from));
    return value_concat_all(&e->vs, parts, n);
}

struct value *fill_braces(struct eval *e, struct str text)
{
    return fill(e, text, false);
}

struct value *fill_names(struct eval *e, struct str text)
{
    return fill(e, text, true);
}

struct value *eval_text_of(struct eval *e, const struct node *n)
{
    return n->flags & NODE_IS_RAW_SHELL ? value_text(&e->vs, n->shell.text)
                                        : fill_braces(e, n->shell.text);
}

struct shell_names {
    struct eval *e;
    bool has_program; /* names of the program fill "$x" */
};

static bool shell_value(void *ctx, struct str name, struct str *out)
{
    struct shell_names *s = ctx;
    if (s->has_program && name_text(s->e, name, out))
        return true;
    struct value *v = strmap_get(&s->e->vs.environ->map->entries, name);
    v = v != NULL ? value_alternative(value_to_text(&s->e->vs, v), 0) : NULL;
    if (v == NULL || v->kind != VALUE_TEXT)
        return false;
    *out = v->text.bytes;
    return true;
}

static struct str shell_uri(struct eval *e, const struct shell_ref *r)
{
    switch (r->kind) {
    case SHELL_TABLE:
        return uri_from_table(e->arena, r->name);
    case SHELL_STREAM:
        return uri_from_name(e->arena, "stream", r->name);
    case SHELL_BUILTIN:
        return uri_from_name(e->arena, "builtin", r->name);
    default:
        return uri_from_path(e->arena, r->name);
    }
}

static void run_shell_code(struct eval *e, const struct shell_ref *r, uint32_t line, uint32_t col)
{
    struct value *text = value_text(&e->vs, r->name);
    if (r->kind == SHELL_SQL) {
        struct str was = e->sql.database;
        if (r->database.len > 0)
            e->sql.database = r->database;
        run_sql(e, text, r->dialect, false, str_from(r->program), line, col);
        if (r->database.len > 0)
            e->sql.database = was;
    } else if (r->kind == SHELL_PYTHON) {
        struct scope *outer = e->scope;
        e->scope = scope_new(e, NULL);
        run_code_text(e, CALL_PYTHON, r->name, line);
        e->scope = outer;
    }
}

/* Programs that know no other place than the disk: redirects, filters, archives, ... */
static bool is_local_program(const char *program)
{
    static const struct str NAMES[] = {
        STR_INIT(">"),    STR_INIT(">>"),   STR_INIT("<"),      STR_INIT("cat"),
        STR_INIT("head"), STR_INIT("tail"), STR_INIT("cp"),     STR_INIT("mv"),
        STR_INIT("ln"),   STR_INIT("rm"),   STR_INIT("tar"),    STR_INIT("unzip"),
        STR_INIT("zip"),  STR_INIT("gzip"), STR_INIT("gunzip"), STR_INIT("sort"),
        STR_INIT("cut"),  STR_INIT("grep"), STR_INIT("awk"),    STR_INIT("sed"),
        STR_INIT("wc"),   STR_INIT("tee"),  STR_INIT("bgzip"),  STR_INIT("tabix"),
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (str_eq(str_from(program), NAMES[i]))
            return true;
    return false;
}

/* found: what it names is copied, because it may live in memory of the shell's own. */
static void emit_shell(struct eval *e, const struct shell_result *found, const struct node *n)
{
    static const enum reference_kind KINDS[] = {
        [SHELL_DATA] = REFERENCE_DATA,         [SHELL_ARCHIVE] = REFERENCE_ARCHIVE,
        [SHELL_MODEL] = REFERENCE_MODEL,       [SHELL_FIGURE] = REFERENCE_FIGURE,
        [SHELL_CODE] = REFERENCE_CODE,         [SHELL_CONFIG] = REFERENCE_CONFIG,
        [SHELL_DOCUMENT] = REFERENCE_DOCUMENT, [SHELL_SCRATCH] = REFERENCE_SCRATCH,
    };
    static const enum reference_dir DIRS[] = { [SHELL_READ] = REFERENCE_READ,
                                               [SHELL_WRITE] = REFERENCE_WRITE,
                                               [SHELL_LIST] = REFERENCE_LIST };
    for (size_t i = 0; i < found->n_refs && eval_may_report(e); i++) {
        struct shell_ref *r = &found->refs[i];
        r->name = arena_str(e->arena, r->name);
        uint32_t line = n->line + (r->line > 0 ? r->line - 1 : 0);
        uint32_t col = r->line > 1 ? r->col : n->col;
        if (r->kind == SHELL_SQL || r->kind == SHELL_PYTHON) {
            run_shell_code(e, r, line, col);
            continue;
        }
        struct str uri = shell_uri(e, r);
        if (str_has_prefix(uri, STR("{}")) && is_local_program(r->program))
            uri = arena_concat(e->arena, STR("file:"), uri);
        struct emit how = { DIRS[r->dir], KINDS[r->what],
                            arena_printf(e->arena, "shell %s", r->program), r->is_may };
        emit_at(e, &how, uri, value_text(&e->vs, r->name), line, col);
        if (r->copy_of >= 0 && (size_t)r->copy_of < found->n_refs)
            emit_alias(e, arena_str(e->arena, shell_uri(e, &found->refs[r->copy_of])), uri);
    }
    if (found->hit_limit)
        eval_hit_limit(e, "shell");
}

/* The tree of a long script is no value: it does not count as the values' memory. */
struct value *run_shell(struct eval *e, struct value *text, const struct node *n, bool is_script)
{
    AUTO_ARENA own = ARENA_INIT;
    for (size_t i = 0; i < value_n_alternatives(text); i++) {
        struct value *one = value_alternative(text, i);
        if (one->kind != VALUE_TEXT)
            continue;
        struct shell_session session;
        struct shell_names names = { e, !is_script };
        arena_reset(&own);
        shell_session_init(&session, &own);
        session.value = shell_value;
        session.ctx = &names;
        struct shell_result found = { 0 };
        shell_refs(&own, one->text.bytes, &session, &found);
        emit_shell(e, &found, n);
    }
    return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
}

static void run_words(struct eval *e, struct value *const *words, size_t n_words,
                      const struct node *n)
{
    struct str *list = ARENA_NEW_N(e->arena, struct str, n_words);
    for (size_t i = 0; i < n_words; i++)
        list[i] = words[i]->kind == VALUE_TEXT ? without_templates(e->arena, words[i]->text.bytes)
                                               : STR(HOLE_TEXT);
    struct shell_session session;
    struct shell_names names = { e, false };
    shell_session_init(&session, e->arena);
    session.value = shell_value;
    session.ctx = &names;
    struct shell_result found = { 0 };
    shell_words_refs(e->arena, list, n_words, &session, &found);
    for (size_t i = 0; i < found.n_refs; i++)
        found.refs[i].line = 1;
    emit_shell(e, &found, n);
}

void run_shell_words(struct eval *e, struct value *words, const struct node *n)
{
    struct value **texts = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < words->seq->n && eval_step(e); i++)
        *ARENA_PUSH(e->arena, texts, count, cap) = value_to_text(&e->vs, words->seq->items[i]);
    struct value **picked = ARENA_NEW_N(e->arena, struct value *, count);
    size_t n_choices = choices_count(texts, count, LIMIT_ALTERNATIVES);
    for (size_t k = 0; k < n_choices && k < LIMIT_ALTERNATIVES && eval_step(e); k++) {
        choices_pick(texts, count, k, picked);
        run_words(e, picked, count, n);
    }
}
