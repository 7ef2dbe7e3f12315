/*
 * sql_statement: the loop over statements, those that change rows, and those around others.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"
#include "util/limits.h"

/* ---- INSERT ---- */

static void insert_directory(struct sql_parser *p)
{
    struct sql_place place;
    (void)sql_take_kw(p, KW_LOCAL);
    (void)sql_next(&p->lx);
    if (sql_take_path(p, &place))
        (void)sql_report(p, NULL, SQL_WRITE, false, &place);
}

/* ClickHouse: INSERT INTO FUNCTION s3('url', ...) */
static void insert_function(struct sql_parser *p)
{
    (void)sql_next(&p->lx);
    if (sql_peek(&p->lx, 0)->kind == SQL_WORD)
        (void)sql_next(&p->lx);
    struct sql_place place;
    if (sql_at_op(p, 0, '(') && sql_at_string(p, 1)) {
        (void)sql_next(&p->lx);
        (void)sql_take_path(p, &place);
        (void)sql_report(p, NULL, SQL_WRITE, false, &place);
    }
}

static void insert_target(struct sql_parser *p, struct sql_scope *scope)
{
    bool is_directory = sql_at_kw(p, 0, KW_DIRECTORY) ||
                        (sql_at_kw(p, 0, KW_LOCAL) && sql_at_kw(p, 1, KW_DIRECTORY));
    if (is_directory) {
        insert_directory(p);
        return;
    }
    (void)sql_take_kw(p, KW_TABLE);
    if (sql_at_kw(p, 0, KW_FUNCTION) && !sql_at_op(p, 1, '(')) {
        insert_function(p);
        return;
    }
    struct sql_place place;
    if (sql_take_place(p, true, &place))
        (void)sql_report(p, NULL, SQL_WRITE, false, &place);
    (void)scope;
    if (sql_take_kw(p, KW_PARTITION) && sql_at_op(p, 0, '('))
        sql_skip_parens(p);
    /* Column names, unless a query stands in brackets. */
    if (sql_at_op(p, 0, '(') && !sql_at_kw(p, 1, KW_SELECT) && !sql_at_kw(p, 1, KW_WITH) &&
        !sql_at_op(p, 1, '('))
        sql_skip_parens(p);
}

void sql_insert(struct sql_parser *p, struct sql_scope *scope)
{
    const char *before = p->statement;
    p->statement = "INSERT";
    (void)sql_next(&p->lx);
    while (!sql_at_end(p) && !sql_at_kw(p, 0, KW_INTO) && !sql_at_kw(p, 0, KW_OVERWRITE)) {
        /* INSERT OR REPLACE, INSERT IGNORE; INSERT t without INTO. */
        bool is_option = sql_at_kw(p, 0, KW_OR) || sql_at_kw(p, 0, KW_IGNORE) ||
                         sql_at_kw(p, 0, KW_REPLACE) || sql_at_kw(p, 1, KW_INTO);
        if (!is_option)
            break;
        (void)sql_next(&p->lx);
    }
    (void)sql_take_kw(p, KW_OVERWRITE);
    (void)sql_take_kw(p, KW_INTO);
    insert_target(p, scope);
    p->statement = before[0] == 'S' ? "INSERT" : before;
}

/* INSERT ALL INTO a VALUES (x) INTO b ..., INSERT FIRST WHEN x > 1 THEN INTO a ... ELSE INTO b: up
 * to the query. */
static void insert_many(struct sql_parser *p, struct sql_scope *scope)
{
    p->statement = "INSERT";
    while (!sql_at_end(p) && !sql_at_kw(p, 0, KW_SELECT) && !sql_at_kw(p, 0, KW_WITH)) {
        if (sql_take_kw(p, KW_INTO))
            insert_target(p, scope);
        else if (sql_at_op(p, 0, '('))
            sql_parens(p, scope);
        else
            (void)sql_next(&p->lx);
    }
}

static void insert(struct sql_parser *p, struct sql_scope *scope)
{
    bool is_many = sql_at_kw(p, 1, KW_ALL) || sql_at_kw(p, 1, KW_FIRST) ||
                   sql_at_kw(p, 1, KW_WHEN) ||
                   (sql_at_kw(p, 1, KW_OVERWRITE) && sql_at_kw(p, 2, KW_ALL));
    if (is_many)
        insert_many(p, scope);
    else
        sql_insert(p, scope);
    sql_body(p, scope, SQL_MODE_EXPR);
}

/* ---- MERGE, UPDATE, DELETE ---- */

static void merge(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    if (sql_at_word(p, 0, "branch")) { /* Nessie: of a catalogue, not of a table */
        sql_skip_rest(p);
        return;
    }
    (void)sql_take_kw(p, KW_INTO);
    struct sql_place place;
    if (sql_take_place(p, true, &place)) {
        size_t ref = sql_report(p, NULL, SQL_WRITE, false, &place);
        if (sql_at_kw(p, 0, KW_WITH) && sql_at_op(p, 1, '(')) {
            (void)sql_next(&p->lx);
            sql_skip_parens(p);
        }
        sql_take_alias(p, scope, &place, ref);
    }
    if (sql_take_kw(p, KW_USING))
        sql_body(p, scope, SQL_MODE_ITEM);
    else
        sql_body(p, scope, SQL_MODE_EXPR);
}

/* DELETE db.t FROM db.t ...: what it names stands in its FROM as well.  from: its first reference.
 */
static size_t same_table(struct sql_parser *p, const struct sql_place *target, size_t from)
{
    for (size_t i = from; i < p->out->n_refs; i++)
        if (p->out->refs[i].kind == target->kind &&
            str_eq_nocase(p->out->refs[i].name, target->text))
            return i;
    return SIZE_MAX;
}

/* The target is the alias of a table of the statement's own FROM: UPDATE a SET ... FROM t a. */
static void settle_target(struct sql_parser *p, struct sql_scope *scope,
                          const struct sql_place *target, bool is_may)
{
    size_t ref = target->n_parts == 1 && target->kind == SQL_TABLE
                     ? sql_alias_ref(scope, target->text)
                     : SIZE_MAX;
    if (ref == SIZE_MAX) {
        (void)sql_report(p, scope, SQL_WRITE, is_may, target);
        return;
    }
    p->out->refs[ref].dir = SQL_WRITE;
    p->out->refs[ref].is_may |= is_may;
}

static bool at_join(struct sql_parser *p)
{
    return sql_at_kw(p, 0, KW_JOIN) || sql_at_kw(p, 0, KW_INNER) || sql_at_kw(p, 0, KW_LEFT) ||
           sql_at_kw(p, 0, KW_RIGHT) || sql_at_kw(p, 0, KW_CROSS) ||
           sql_at_kw(p, 0, KW_STRAIGHT_JOIN);
}

static void update(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    (void)sql_take_kw(p, KW_ONLY);
    (void)sql_take_kw(p, KW_IGNORE);
    if (sql_at_kw(p, 0, KW_OR)) {
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    }
    struct sql_place target;
    bool is_statistics =
        p->dialect == SQL_TSQL && sql_at_word(p, 0, "statistics") && !sql_at_kw(p, 1, KW_SET);
    if (is_statistics || !sql_take_place(p, true, &target))
        return;
    struct sql_scope own = { .parent = scope };
    if (!sql_at_kw(p, 0, KW_SET) && !at_join(p)) {
        /* An alias, and MySQL's joins: UPDATE t1 a JOIN t2 b ON ... SET */
        sql_take_alias(p, &own, NULL, SIZE_MAX);
        struct str alias = own.n_aliases != 0 ? own.aliases[0].name : STR_EMPTY;
        size_t ref = sql_report(p, scope, SQL_WRITE, false, &target);
        own.n_aliases = 0;
        if (alias.len != 0 && ref != SIZE_MAX)
            *ARENA_PUSH(p->arena, own.aliases, own.n_aliases, own.cap_aliases) =
                (struct sql_alias){ alias, ref };
        sql_body(p, &own, SQL_MODE_FROM);
        return;
    }
    sql_body(p, &own, sql_at_kw(p, 0, KW_SET) ? SQL_MODE_EXPR : SQL_MODE_FROM);
    settle_target(p, &own, &target, false);
}

static void delete_rows(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    struct sql_scope own = { .parent = scope };
    struct sql_place targets[8], place;
    size_t n = 0;
    if (sql_take_kw(p, KW_FROM)) {
        (void)sql_take_kw(p, KW_ONLY);
        if (sql_take_place(p, true, &targets[0])) {
            n = 1;
            if (sql_at_kw(p, 0, KW_FROM) || sql_at_op(p, 0, ',')) {
                /* DELETE FROM t FROM t a JOIN ... (T-SQL): settled below. */
            } else {
                size_t ref = sql_report(p, scope, SQL_WRITE, true, &targets[0]);
                sql_take_alias(p, &own, &targets[0], ref);
                n = 0;
            }
        }
        if (sql_take_kw(p, KW_USING)) {
            sql_body(p, &own, SQL_MODE_ITEM);
            return;
        }
    } else {
        while (sql_take_place(p, true, &place)) { /* MySQL, T-SQL: DELETE a, b FROM ... */
            if (n < ARRAY_LEN(targets))
                targets[n++] = place;
            if (!sql_take_op(p, ','))
                break;
        }
    }
    size_t from = p->out->n_refs;
    sql_body(p, &own, SQL_MODE_FROM);
    for (size_t i = 0; i < n; i++) {
        size_t same = same_table(p, &targets[i], from);
        if (same == SIZE_MAX) {
            settle_target(p, &own, &targets[i], true);
            continue;
        }
        p->out->refs[same].dir = SQL_WRITE;
        p->out->refs[same].is_may = true;
    }
}

/* ---- statements around others ---- */

static void explain(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    bool runs = false;
    while (!sql_at_end(p) && !sql_starts_statement(p) && !sql_at_kw(p, 0, KW_FROM)) {
        runs |= sql_at_kw(p, 0, KW_ANALYZE);
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else
            (void)sql_next(&p->lx);
    }
    p->is_may |= !runs;
}

static void execute(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    (void)sql_take_kw(p, KW_IMMEDIATE);
    (void)sql_take_op(p, '('); /* T-SQL: EXEC ('...') */
    if (sql_peek(&p->lx, 0)->kind == SQL_STRING) {
        struct sql_token text = sql_next(&p->lx);
        sql_nested(p, scope, &text);
    }
    sql_skip_rest(p);
}

static void replace(struct sql_parser *p, struct sql_scope *scope)
{
    if (sql_at_kw(p, 1, KW_INTO))
        insert(p, scope);
    else
        (void)sql_next(&p->lx);
}

static void pivot(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    sql_from_item(p, scope);
    sql_body(p, scope, SQL_MODE_EXPR); /* the commas behind ON and USING part columns */
}

static void skip(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    sql_skip_rest(p);
}

static void query(struct sql_parser *p, struct sql_scope *scope)
{
    sql_body(p, scope, SQL_MODE_EXPR);
}

static void begin(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    if (!sql_at_op(p, 0, ';') && !sql_at_word(p, 0, "transaction") && !sql_at_word(p, 0, "work"))
        p->blocks++;
}

static void end(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    p->blocks -= p->blocks != 0;
}

/* ---- dispatch ---- */

static const struct statement {
    enum sql_kw kw;
    bool is_sure; /* begins a statement wherever it begins a line */
    const char *name;
    sql_statement_fn *fn;
} statements[] = {
    { KW_SELECT, false, "SELECT", query },
    { KW_FROM, false, "SELECT", query },
    { KW_TABLE, false, "SELECT", query },
    { KW_VALUES, false, "SELECT", query },
    { KW_INSERT, true, "INSERT", insert },
    { KW_REPLACE, false, "REPLACE", replace },
    { KW_MERGE, true, "MERGE", merge },
    { KW_UPDATE, true, "UPDATE", update },
    { KW_DELETE, true, "DELETE", delete_rows },
    { KW_TRUNCATE, true, "TRUNCATE", sql_truncate },
    { KW_CREATE, true, "CREATE", sql_create },
    { KW_ALTER, true, "ALTER", sql_alter },
    { KW_DROP, true, "DROP", sql_drop },
    { KW_RENAME, false, "RENAME", sql_rename },
    { KW_COPY, true, "COPY", sql_copy },
    { KW_UNLOAD, true, "UNLOAD", sql_unload },
    { KW_LOAD, true, "LOAD", sql_load },
    { KW_EXPORT, false, "EXPORT", sql_export },
    { KW_IMPORT, false, "IMPORT", sql_import },
    { KW_CALL, false, "CALL", sql_call },
    { KW_CONVERT, false, "CONVERT", sql_convert },
    { KW_MSCK, true, "MSCK REPAIR", sql_repair },
    { KW_REFRESH, false, "REFRESH", sql_repair },
    { KW_ANALYZE, false, "ANALYZE", sql_repair },
    { KW_UNCACHE, false, "UNCACHE", sql_repair },
    { KW_CACHE, false, "CACHE", sql_cache },
    { KW_OPTIMIZE, false, "OPTIMIZE", sql_maintain },
    { KW_VACUUM, false, "VACUUM", sql_maintain },
    { KW_RESTORE, false, "RESTORE", sql_restore },
    { KW_DESCRIBE, true, "DESCRIBE", sql_describe },
    { KW_DESC, false, "DESCRIBE", sql_describe },
    { KW_SUMMARIZE, false, "SUMMARIZE", sql_summarize },
    { KW_SHOW, true, "SHOW", sql_show },
    { KW_USE, true, "USE", sql_use },
    { KW_SET, false, "SET", sql_set },
    { KW_ATTACH, false, "ATTACH", sql_attach },
    { KW_DECLARE, true, "DECLARE", sql_declare },
    { KW_EXPLAIN, true, "EXPLAIN", explain },
    { KW_EXECUTE, false, "EXECUTE", execute },
    { KW_EXEC, true, "EXECUTE", execute },
    { KW_PIVOT, false, "PIVOT", pivot },
    { KW_UNPIVOT, false, "UNPIVOT", pivot },
    { KW_GRANT, false, "GRANT", skip },
    { KW_REVOKE, false, "REVOKE", skip },
    { KW_PRAGMA, false, "PRAGMA", skip },
    { KW_BEGIN, false, "BEGIN", begin },
    { KW_END, false, "END", end },
};

static const struct statement *statement_of(enum sql_kw kw)
{
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        if (statements[i].kw == kw)
            return &statements[i];
    return NULL;
}

/* The second word of statements whose first is also a column's or a clause's. */
static bool second_word_fits(struct sql_parser *p, enum sql_kw kw)
{
    const struct sql_token *t = sql_peek(&p->lx, 1);
    switch ((int)kw) {
    case KW_INSERT:
        return sql_at_kw(p, 1, KW_INTO) || sql_at_kw(p, 1, KW_OVERWRITE) ||
               sql_at_kw(p, 1, KW_OR) || sql_at_kw(p, 1, KW_IGNORE) || sql_at_kw(p, 1, KW_ALL);
    case KW_MERGE:
        return sql_at_kw(p, 1, KW_INTO);
    case KW_DELETE:
        return sql_at_kw(p, 1, KW_FROM);
    case KW_UPDATE:
        return t->kind != SQL_OP && !sql_at_kw(p, 1, KW_SET) && t->kind != SQL_END;
    case KW_LOAD:
        return sql_at_kw(p, 1, KW_DATA);
    case KW_TRUNCATE:
        return t->kind != SQL_OP;
    case KW_EXEC:
        return t->kind == SQL_STRING ||
               (sql_at_op(p, 1, '(') && sql_peek(&p->lx, 2)->kind == SQL_STRING);
    default:
        return t->kind != SQL_OP && t->kind != SQL_NUMBER;
    }
}

bool sql_starts_statement(struct sql_parser *p)
{
    const struct sql_token *t = sql_peek(&p->lx, 0);
    if (t->kind != SQL_WORD || t->kw == KW_NONE)
        return t->kind == SQL_WORD && t->text.len == 2 && sql_at_word(p, 0, "go") && t->is_first;
    if (t->kw == KW_SELECT)
        return true;
    if (t->kw == KW_WITH) /* not Hive's WITH SERDEPROPERTIES (...), WITH DBPROPERTIES (...) */
        return sql_peek(&p->lx, 1)->kind == SQL_WORD && !sql_at_word(p, 1, "serdeproperties") &&
               !sql_at_word(p, 1, "dbproperties");
    const struct statement *s = statement_of(t->kw);
    return s != NULL && s->is_sure && second_word_fits(p, t->kw);
}

/* Does the token before allow any statement to begin here? */
static bool opens(enum sql_kw kw)
{
    return kw == KW_BEGIN || kw == KW_THEN || kw == KW_ELSE || kw == KW_EXPLAIN || kw == KW_AS;
}

static void one_statement(struct sql_parser *p, struct sql_scope *scope, bool is_start)
{
    if (sql_at_kw(p, 0, KW_WITH) && sql_take_ctes(p, scope))
        return;
    if (sql_at_op(p, 0, '(')) {
        sql_body(p, scope, SQL_MODE_EXPR);
        return;
    }
    const struct sql_token *t = sql_peek(&p->lx, 0);
    const struct statement *s =
        t->kind == SQL_WORD && t->kw != KW_NONE ? statement_of(t->kw) : NULL;
    if (s == NULL || !(is_start || t->is_first || sql_starts_statement(p))) {
        (void)sql_next(&p->lx);
        return;
    }
    p->statement = s->name;
    s->fn(p, scope);
}

void sql_inner_statement(struct sql_parser *p, struct sql_scope *scope)
{
    const char *before = p->statement;
    one_statement(p, scope, true);
    p->statement = before;
}

void sql_statements(struct sql_parser *p, const struct sql_scope *outer)
{
    struct sql_scope scope = { .parent = outer };
    bool is_start = true;
    unsigned depth = p->depth;
    while (sql_peek(&p->lx, 0)->kind != SQL_END && p->out->n_refs < LIMIT_SQL_REFS) {
        if (sql_at_op(p, 0, ')')) {
            if (depth != 0 && outer != NULL && outer->own_cte.len != 0)
                return;
            (void)sql_next(&p->lx);
            continue;
        }
        if (sql_take_op(p, ';')) {
            scope = (struct sql_scope){ .parent = outer,
                                        .aliases = scope.aliases, /* the memory */
                                        .cap_aliases = scope.cap_aliases };
            p->is_may = false;
            is_start = true;
            continue;
        }
        enum sql_kw kw = sql_peek(&p->lx, 0)->kw;
        bool was_ctes = kw == KW_WITH;
        one_statement(p, &scope, is_start);
        is_start = was_ctes || opens(kw);
    }
}

void sql_nested(struct sql_parser *p, const struct sql_scope *scope, const struct sql_token *text)
{
    if (p->depth >= LIMIT_DEPTH) {
        p->out->hit_limit = true;
        return;
    }
    struct sql_lex outer = p->lx;
    const char *statement = p->statement;
    bool is_may = p->is_may;
    (void)scope;
    p->depth++;
    sql_lex_init(&p->lx, p->arena, p->session, p->dialect, text->text, text->line);
    sql_statements(p, NULL);
    p->depth--;
    p->lx = outer;
    p->statement = statement;
    p->is_may = is_may;
}
