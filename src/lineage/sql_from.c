/*
 * sql_from: names, locations and table functions: what can stand behind FROM, JOIN, INTO.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"
#include "util/limits.h"

#define HOLE_STR STR(HOLE_TEXT)

/* Spark reads fmt.`path` as files of that format. */
static bool is_format(struct str s)
{
    static const struct str formats[] = {
        STR_INIT("parquet"), STR_INIT("csv"),
        STR_INIT("json"),    STR_INIT("orc"),
        STR_INIT("text"),    STR_INIT("avro"),
        STR_INIT("xml"),     STR_INIT("delta"),
        STR_INIT("iceberg"), STR_INIT("hudi"),
        STR_INIT("image"),   STR_INIT("binaryfile"),
        STR_INIT("libsvm"),  STR_INIT("com.databricks.spark.avro"),
    };
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (str_eq_nocase(s, formats[i]))
            return true;
    return false;
}

/* A quoted name that is a file's: DuckDB reads "x.parquet". */
static bool looks_like_path(struct str s)
{
    static const struct str suffixes[] = {
        STR_INIT(".parquet"), STR_INIT(".csv"),     STR_INIT(".json"),    STR_INIT(".csv.gz"),
        STR_INIT(".jsonl"),   STR_INIT(".ndjson"),  STR_INIT(".json.gz"), STR_INIT(".tsv"),
        STR_INIT(".arrow"),   STR_INIT(".xlsx"),    STR_INIT(".feather"), STR_INIT(".orc"),
        STR_INIT(".avro"),    STR_INIT(".csv.bz2"), STR_INIT(".parq"),    STR_INIT(".tsv.gz"),
    };
    if (str_find_char(s, '/') != SIZE_MAX)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (str_has_suffix_nocase(s, suffixes[i]))
            return true;
    return false;
}

/* x.csv as two parts of a name: no schema has a table "csv". */
static bool is_file_suffix(struct str part)
{
    return str_eq(part, STR("csv")) || str_eq(part, STR("parquet")) || str_eq(part, STR("tsv")) ||
           str_eq(part, STR("jsonl")) || str_eq(part, STR("ndjson"));
}

static bool is_name_token(struct sql_parser *p, const struct sql_token *t, bool after_dot)
{
    if (t->kind == SQL_TICKED || t->kind == SQL_DOUBLE || t->kind == SQL_NUMBER)
        return t->kind != SQL_NUMBER || after_dot || str_find_char(t->text, '.') == SIZE_MAX;
    if (t->kind == SQL_WORD)
        return after_dot || (sql_kw_flags(t->kw) & KW_R) == 0;
    (void)p;
    return false;
}

/* BigQuery's my-project.ds.t, and {a}-{b}: a dash that touches both sides joins. */
static struct str take_dashed(struct sql_parser *p, struct sql_token t)
{
    const char *end = t.end;
    for (int n = 0;
         n < 16 && t.kind == SQL_WORD && sql_at_op(p, 0, '-') && sql_peek(&p->lx, 0)->start == end;
         n++) {
        const struct sql_token *next = sql_peek(&p->lx, 1);
        if ((next->kind != SQL_WORD && next->kind != SQL_NUMBER) || next->start != end + 1)
            break;
        t.text = sql_join(p->arena, t.text, STR("-"), next->text);
        end = next->end;
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    }
    return t.text;
}

static bool take_part(struct sql_parser *p, bool after_dot, struct str *part, bool *is_quoted)
{
    if (sql_at_op(p, 0, '[')) {
        *part = sql_lex_bracket(&p->lx).text;
        *is_quoted = true;
        return true;
    }
    if (!is_name_token(p, sql_peek(&p->lx, 0), after_dot))
        return false;
    struct sql_token t = sql_next(&p->lx);
    *is_quoted = t.kind == SQL_TICKED || t.kind == SQL_DOUBLE;
    *part = *is_quoted ? sql_fill(p->arena, p->session, t.text) : take_dashed(p, t);
    return true;
}

/* @stage/path: all up to a space or a closing bracket. */
static void take_stage(struct sql_parser *p, struct sql_place *out)
{
    const char *from = sql_peek(&p->lx, 0)->start, *to = from;
    while (to < p->lx.end && *to != ' ' && *to != '\t' && *to != '\n' && *to != '\r' &&
           *to != ')' && *to != '(' && *to != ';' && *to != ',' && *to != '\'')
        to++;
    out->kind = SQL_STAGE;
    out->text = sql_fill(p->arena, p->session, (struct str){ from, (size_t)(to - from) });
    sql_lex_skip_to(&p->lx, to);
}

bool sql_take_path(struct sql_parser *p, struct sql_place *out)
{
    if (!sql_at_string(p, 0))
        return false;
    struct sql_token t = sql_next(&p->lx);
    struct str text = str_trim(sql_fill(p->arena, p->session, t.text));
    *out = (struct sql_place){ .kind = text.len != 0 && text.ptr[0] == '@' ? SQL_STAGE : SQL_PATH,
                               .text = text,
                               .line = t.line,
                               .col = t.col };
    return true;
}

/* Delta's `path@v3` and `path@20190101000000000`: the table at that path as it was. */
static struct str without_version(struct str path)
{
    size_t at = str_rfind_char(path, '@');
    if (at == SIZE_MAX)
        return path;
    size_t from = at + 1 + (at + 1 < path.len && path.ptr[at + 1] == 'v');
    for (size_t i = from; i < path.len; i++)
        if (path.ptr[i] < '0' || path.ptr[i] > '9')
            return path;
    return from < path.len ? str_slice(path, 0, at) : path;
}

static void set_path(struct sql_place *out, struct str path)
{
    out->kind = SQL_PATH;
    out->text = path;
}

/* text, which names a table as code of the language around does: 'db."T"'. */
static void set_table(struct sql_parser *p, struct sql_place *out, struct str text)
{
    out->kind = SQL_TABLE;
    out->text = sql_table_name(p->arena, &(struct sql_session){ 0 }, text);
    out->first = out->last = out->text;
    out->n_parts = 1;
    for (size_t i = 0; i < out->text.len; i++)
        out->n_parts += out->text.ptr[i] == '.';
}

/* IDENTIFIER('db.t'), IDENTIFIER($name), IDENTIFIER(:name) */
static bool take_identifier(struct sql_parser *p, struct sql_place *out)
{
    if (!sql_at_word(p, 0, "identifier") || !sql_at_op(p, 1, '('))
        return false;
    struct str text = HOLE_STR;
    (void)sql_next(&p->lx);
    (void)sql_next(&p->lx);
    if (sql_at_string(p, 0) && sql_at_op(p, 1, ')'))
        text = sql_fill(p->arena, p->session, sql_next(&p->lx).text);
    while (!sql_at_end(p))
        text = sql_next(&p->lx).kind == SQL_STRING ? HOLE_STR : text;
    (void)sql_take_op(p, ')');
    set_table(p, out, text);
    return true;
}

/* A name whose last part is "part": a table, or what its quotes and its ending make of it. */
static void set_kind(const struct sql_parser *p, struct sql_place *out, struct str part,
                     bool is_quoted)
{
    if (out->n_parts == 1 && is_quoted && looks_like_path(part))
        set_path(out, part);
    else if (out->n_parts == 2 && !is_quoted && p->dialect != SQL_SPARK && is_file_suffix(part))
        set_path(out, out->text); /* DuckDB reads x.csv without quotes too */
    else if (out->n_parts == 2 && is_quoted && is_format(out->first))
        set_path(out, str_eq_nocase(out->first, STR("delta")) ? without_version(part) : part);
    else if (out->n_parts == 1 && is_quoted && part.len != 0 && part.ptr[0] == '@')
        out->kind = SQL_STAGE;
}

bool sql_take_place(struct sql_parser *p, bool strings_are_paths, struct sql_place *out)
{
    const struct sql_token *t = sql_peek(&p->lx, 0);
    *out = (struct sql_place){ .kind = SQL_TABLE, .line = t->line, .col = t->col };
    if (t->kind == SQL_STRING)
        return strings_are_paths && sql_take_path(p, out);
    if (sql_at_op(p, 0, '@')) {
        take_stage(p, out);
        return true;
    }
    if (take_identifier(p, out))
        return true;
    struct str part;
    bool is_quoted;
    if (!take_part(p, false, &part, &is_quoted))
        return false;
    out->text = out->first = part;
    out->n_parts = 1;
    while (sql_at_op(p, 0, '.')) {
        (void)sql_next(&p->lx);
        if (sql_at_op(p, 0, '.'))
            continue;
        if (!take_part(p, true, &part, &is_quoted))
            break;
        if (++out->n_parts <= 8)
            out->text = sql_join(p->arena, out->text, STR("."), part);
    }
    out->last = part;
    out->is_quoted = is_quoted;
    set_kind(p, out, part, is_quoted);
    /* `p.d.t` in one pair of backticks is three parts. */
    for (size_t i = 0; is_quoted && out->n_parts == 1 && i < part.len; i++)
        if (part.ptr[i] == '.')
            out->n_parts = 3;
    return true;
}

/* ---- aliases ---- */

static void add_alias(struct sql_parser *p, struct sql_scope *scope, struct str name, size_t ref)
{
    if (scope->n_aliases >= LIMIT_SQL_NAMES)
        return;
    *ARENA_PUSH(p->arena, scope->aliases, scope->n_aliases, scope->cap_aliases) =
        (struct sql_alias){ name, ref };
}

size_t sql_alias_ref(const struct sql_scope *scope, struct str name)
{
    for (size_t i = 0; i < scope->n_aliases; i++)
        if (scope->aliases[i].ref != SIZE_MAX && str_eq_nocase(scope->aliases[i].name, name))
            return scope->aliases[i].ref;
    return SIZE_MAX;
}

void sql_take_alias(struct sql_parser *p, struct sql_scope *scope, const struct sql_place *place,
                    size_t ref)
{
    if (place != NULL && place->kind == SQL_TABLE)
        add_alias(p, scope, place->last, ref);
    if (sql_at_kw(p, 0, KW_AS)) {
        if (sql_at_kw(p, 1, KW_OF))
            return;
        (void)sql_next(&p->lx);
    } else {
        const struct sql_token *t = sql_peek(&p->lx, 0);
        if (t->kind == SQL_WORD && (sql_kw_flags(t->kw) & KW_A) != 0)
            return;
        if (t->is_first && sql_starts_statement(p))
            return;
    }
    const struct sql_token *t = sql_peek(&p->lx, 0);
    if (t->kind == SQL_WORD || t->kind == SQL_TICKED || t->kind == SQL_DOUBLE ||
        t->kind == SQL_STRING)
        add_alias(p, scope, sql_next(&p->lx).text, ref);
}

/* ---- table functions ---- */

enum argument { ARG_PATH, ARG_TABLE, ARG_SQL };

/* name(...): its argument index is a location.  Named ones (path => ...) count as well. */
static const struct table_function {
    struct str name;
    enum argument kind;
    unsigned index;
    enum sql_dir dir;
} functions[] = {
    { STR_INIT("read_parquet"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("parquet_scan"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_csv"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_csv_auto"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("csvread"), ARG_PATH, 0, SQL_READ }, /* H2 */
    { STR_INIT("read_json"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_json_auto"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_json_objects"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_ndjson"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_ndjson_auto"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_ndjson_objects"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_text"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_blob"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_xlsx"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_avro"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("st_read"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("arrow_scan"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("delta_scan"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("iceberg_scan"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("iceberg_metadata"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("iceberg_snapshots"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("parquet_metadata"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("parquet_schema"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("parquet_file_metadata"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("glob"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("sniff_csv"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("sqlite_scan"), ARG_TABLE, 1, SQL_READ },
    { STR_INIT("postgres_scan"), ARG_TABLE, 2, SQL_READ },
    { STR_INIT("mysql_scan"), ARG_TABLE, 2, SQL_READ },
    { STR_INIT("postgres_query"), ARG_SQL, 1, SQL_READ },
    { STR_INIT("mysql_query"), ARG_SQL, 1, SQL_READ },
    { STR_INIT("query_table"), ARG_TABLE, 0, SQL_READ },
    { STR_INIT("query"), ARG_SQL, 0, SQL_READ },
    { STR_INIT("external_query"), ARG_SQL, 1, SQL_READ },
    { STR_INIT("openquery"), ARG_SQL, 1, SQL_READ },
    { STR_INIT("openrowset"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("read_files"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("cloud_files"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("table_changes"), ARG_TABLE, 0, SQL_READ },
    { STR_INIT("infer_schema"), ARG_PATH, 0, SQL_LIST },
    { STR_INIT("s3"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("s3cluster"), ARG_PATH, 1, SQL_READ },
    { STR_INIT("gcs"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("url"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("urlcluster"), ARG_PATH, 1, SQL_READ },
    { STR_INIT("file"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("hdfs"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("deltalake"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("iceberg"), ARG_PATH, 0, SQL_READ },
    { STR_INIT("hudi"), ARG_PATH, 0, SQL_READ },
};

static const struct table_function *function_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(functions); i++)
        if (str_eq_nocase(functions[i].name, name))
            return &functions[i];
    return NULL;
}

/* The string that stands here is the location of this function. */
static void take_argument(struct sql_parser *p, const struct sql_scope *scope,
                          const struct table_function *f)
{
    if (f->kind == ARG_SQL) {
        struct sql_token text = sql_next(&p->lx);
        sql_nested(p, scope, &text);
        return;
    }
    struct sql_place place;
    if (!sql_take_path(p, &place))
        return;
    if (f->kind == ARG_TABLE)
        set_table(p, &place, place.text);
    (void)sql_report(p, f->kind == ARG_TABLE ? scope : NULL, f->dir, false, &place);
}

/* Does "path =>", "BULK", "location =" stand here, which names the location? */
static bool take_argument_name(struct sql_parser *p)
{
    if (sql_take_kw(p, KW_BULK))
        return true;
    bool names = sql_at_word(p, 0, "path") || sql_at_kw(p, 0, KW_LOCATION) ||
                 sql_at_word(p, 0, "url") || sql_at_word(p, 0, "table_name");
    if (!names || sql_peek(&p->lx, 1)->kind != SQL_OP)
        return false;
    (void)sql_next(&p->lx);
    while (!sql_at_end(p) && sql_peek(&p->lx, 0)->kind == SQL_OP)
        (void)sql_next(&p->lx);
    return true;
}

/* Snowflake: SEMANTIC_VIEW(v METRICS a, b), at its "(". */
static void take_semantic_view(struct sql_parser *p, const struct sql_scope *scope)
{
    struct sql_place place;
    (void)sql_next(&p->lx);
    if (sql_take_place(p, false, &place))
        (void)sql_report(p, scope, SQL_READ, false, &place);
    while (!sql_at_end(p)) {
        if (sql_at_op(p, 0, '('))
            sql_parens(p, scope);
        else
            (void)sql_next(&p->lx);
    }
    (void)sql_take_op(p, ')');
}

/* At "(" behind a table function's name. */
static void take_arguments(struct sql_parser *p, const struct sql_scope *scope,
                           const struct table_function *f)
{
    (void)sql_next(&p->lx);
    unsigned index = 0, brackets = 0;
    bool is_named = false, is_start = true;
    while (sql_peek(&p->lx, 0)->kind != SQL_END && !sql_at_op(p, 0, ')') && !sql_at_op(p, 0, ';')) {
        if (is_start && brackets == 0)
            is_named = take_argument_name(p);
        bool is_location = is_named || (index == f->index && (is_start || brackets != 0));
        is_start = false;
        if (sql_at_op(p, 0, '(')) {
            sql_parens(p, scope);
        } else if (sql_at_string(p, 0) && is_location) {
            take_argument(p, scope, f);
            is_named = is_named && brackets != 0;
        } else if (sql_take_op(p, '[')) {
            brackets++;
        } else if (sql_take_op(p, ']')) {
            brackets -= brackets != 0;
        } else if (sql_take_op(p, ',')) {
            index += brackets == 0;
            is_start = true;
        } else {
            (void)sql_next(&p->lx);
        }
    }
    (void)sql_take_op(p, ')');
}

/* ---- items ---- */

/* TABLE('t'), TABLE(f(x)), STREAM(t), at the "(" . */
static void take_wrapped(struct sql_parser *p, struct sql_scope *scope)
{
    static const struct table_function table = { STR_INIT("table"), ARG_TABLE, 0, SQL_READ };
    if (sql_peek(&p->lx, 1)->kind == SQL_STRING)
        take_arguments(p, scope, &table);
    else
        sql_from_parens(p, scope);
}

/* T-SQL writes hints in brackets behind the table, with or without WITH. */
static bool at_hint(struct sql_parser *p)
{
    return sql_at_op(p, 0, '(') && (sql_at_word(p, 1, "nolock") || sql_at_word(p, 1, "readpast") ||
                                    sql_at_word(p, 1, "updlock") || sql_at_word(p, 1, "tablock"));
}

static void take_named_item(struct sql_parser *p, struct sql_scope *scope)
{
    struct sql_place place;
    if (!sql_take_place(p, true, &place))
        return;
    if (sql_at_op(p, 0, '(') && place.kind == SQL_TABLE && !place.is_quoted && !at_hint(p)) {
        const struct table_function *f = function_of(place.last);
        if (str_eq_nocase(place.last, STR("semantic_view")))
            take_semantic_view(p, scope);
        else if (f != NULL)
            take_arguments(p, scope, f);
        else
            sql_parens(p, scope);
        sql_take_alias(p, scope, NULL, SIZE_MAX);
        return;
    }
    /* Delta's t@v3 and t@20190101. */
    if (place.kind == SQL_TABLE && sql_at_op(p, 0, '@')) {
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    }
    if (place.kind == SQL_TABLE && place.n_parts == 2 && str_eq_nocase(place.first, STR("live")))
        place = (struct sql_place){ .kind = SQL_TABLE, .line = place.line, .col = place.col };
    size_t ref = sql_report(p, scope, SQL_READ, false, &place);
    sql_take_alias(p, scope, &place, ref);
}

/* VALUES (1), (2) AS t(x): its commas part rows. */
static void take_rows(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    do {
        sql_parens(p, scope);
    } while (sql_at_op(p, 1, '(') && sql_take_op(p, ','));
    sql_take_alias(p, scope, NULL, SIZE_MAX);
}

/* A name can begin with the i-th token. */
static bool at_name(struct sql_parser *p, size_t i)
{
    const struct sql_token *t = sql_peek(&p->lx, i);
    return t->kind == SQL_TICKED || t->kind == SQL_DOUBLE || t->kind == SQL_STRING ||
           (t->kind == SQL_WORD && (sql_kw_flags(t->kw) & (KW_A | KW_R)) == 0);
}

/* Words in front of an item: ONLY t, LATERAL (q), TABLE t, STREAM t, UNPIVOT t.arr, and DuckDB's
 * alias in front, "a: t". */
static void take_prefixes(struct sql_parser *p, struct sql_scope *scope)
{
    for (;;) {
        bool is_alias = p->dialect == SQL_DUCKDB && at_name(p, 0) && sql_at_op(p, 1, ':') &&
                        !sql_at_op(p, 2, ':');
        if (is_alias) {
            struct str alias = sql_next(&p->lx).text;
            (void)sql_next(&p->lx);
            add_alias(p, scope, alias, SIZE_MAX);
        } else if (sql_take_kw(p, KW_ONLY) || sql_take_kw(p, KW_LATERAL)) {
            continue;
        } else if ((sql_at_kw(p, 0, KW_TABLE) || sql_at_kw(p, 0, KW_UNPIVOT) ||
                    (sql_at_kw(p, 0, KW_STREAM) && p->dialect == SQL_SPARK)) &&
                   at_name(p, 1)) {
            (void)sql_next(&p->lx);
        } else {
            return;
        }
    }
}

/* A table variable of T-SQL: @t. */
static bool take_variable(struct sql_parser *p, struct sql_scope *scope)
{
    if (!sql_at_op(p, 0, '@'))
        return false;
    struct str name = arena_concat(p->arena, STR("@"), sql_peek(&p->lx, 1)->text);
    if (p->dialect != SQL_TSQL && !sql_session_has_view(p->session, name))
        return false;
    (void)sql_next(&p->lx);
    (void)sql_next(&p->lx);
    sql_take_alias(p, scope, NULL, SIZE_MAX);
    return true;
}

/* "FROM table": the word stands for a name, as in many an example. */
static bool take_word_table(struct sql_parser *p, struct sql_scope *scope)
{
    if (!sql_at_kw(p, 0, KW_TABLE) || at_name(p, 1) || sql_at_op(p, 1, '('))
        return false;
    struct sql_token t = sql_next(&p->lx);
    struct sql_place place = { .kind = SQL_TABLE,
                               .text = t.text,
                               .first = t.text,
                               .last = t.text,
                               .n_parts = 1,
                               .line = t.line,
                               .col = t.col };
    size_t ref = sql_report(p, scope, SQL_READ, false, &place);
    sql_take_alias(p, scope, &place, ref);
    return true;
}

void sql_from_item(struct sql_parser *p, struct sql_scope *scope)
{
    take_prefixes(p, scope);
    bool is_rows = sql_at_word(p, 0, "rows") && sql_at_kw(p, 1, KW_FROM) && sql_at_op(p, 2, '(');
    if (is_rows) { /* Postgres: ROWS FROM (f(x), g(y)) */
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
        sql_parens(p, scope);
        sql_take_alias(p, scope, NULL, SIZE_MAX);
        return;
    }
    bool wraps = sql_at_kw(p, 0, KW_TABLE) || sql_at_kw(p, 0, KW_STREAM);
    if (wraps && sql_at_op(p, 1, '(')) {
        (void)sql_next(&p->lx);
        take_wrapped(p, scope);
        sql_take_alias(p, scope, NULL, SIZE_MAX);
        return;
    }
    if (sql_at_op(p, 0, '(')) {
        sql_from_parens(p, scope);
        sql_take_alias(p, scope, NULL, SIZE_MAX);
        return;
    }
    if (sql_at_kw(p, 0, KW_VALUES) && sql_at_op(p, 1, '('))
        take_rows(p, scope);
    else if (!take_variable(p, scope) && !take_word_table(p, scope))
        take_named_item(p, scope);
}
