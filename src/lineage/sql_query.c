/*
 * sql_query: SELECT and everything that looks like it.
 *
 * A query is read as a row of tokens with a mode that says what a comma or a word means.  Only
 * these words matter: FROM and JOIN (a table follows), those that end a FROM clause, the set
 * operations, INTO, WITH, and brackets.  FROM inside a bracket that holds no query is an argument
 * (EXTRACT(x FROM y)), so nothing has to be known about functions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"
#include "util/limits.h"

void sql_skip_parens(struct sql_parser *p)
{
    size_t open = 0;
    do {
        struct sql_token t = sql_next(&p->lx);
        if (t.kind == SQL_END)
            return;
        if (t.kind == SQL_OP && t.text.ptr[0] == '(')
            open++;
        else if (t.kind == SQL_OP && t.text.ptr[0] == ')')
            open -= open != 0;
    } while (open != 0);
}

void sql_skip_rest(struct sql_parser *p)
{
    while (sql_peek(&p->lx, 0)->kind != SQL_END && !sql_at_op(p, 0, ';')) {
        if (sql_at_op(p, 0, '(')) {
            sql_skip_parens(p);
            continue;
        }
        if (sql_peek(&p->lx, 0)->is_first && sql_starts_statement(p))
            return;
        if (sql_at_op(p, 0, ')') && p->depth != 0)
            return;
        (void)sql_next(&p->lx);
    }
}

static bool enter(struct sql_parser *p)
{
    if (p->depth >= LIMIT_DEPTH) {
        p->out->hit_limit = true;
        sql_skip_parens(p);
        return false;
    }
    p->depth++;
    (void)sql_next(&p->lx);
    return true;
}

static void leave(struct sql_parser *p)
{
    (void)sql_take_op(p, ')');
    p->depth--;
}

/* A query begins with the i-th token.  "(FROM t)" is one, TRIM(FROM ' x ') is none. */
static bool at_query(struct sql_parser *p, size_t i)
{
    return sql_at_kw(p, i, KW_SELECT) || sql_at_kw(p, i, KW_WITH) ||
           (sql_at_kw(p, i, KW_FROM) && sql_peek(&p->lx, i + 1)->kind != SQL_STRING);
}

static bool at_name(struct sql_parser *p, size_t i)
{
    enum sql_token_kind kind = sql_peek(&p->lx, i)->kind;
    return kind == SQL_WORD || kind == SQL_TICKED || kind == SQL_DOUBLE;
}

/* BigQuery: ML.PREDICT(MODEL m, ...).  Models may be reported. */
static void take_model_argument(struct sql_parser *p, const struct sql_scope *scope)
{
    struct sql_place place;
    (void)sql_next(&p->lx);
    if (sql_take_place(p, false, &place))
        (void)sql_report(p, scope, SQL_READ, true, &place);
}

void sql_parens(struct sql_parser *p, const struct sql_scope *scope)
{
    if (!enter(p))
        return;
    struct sql_scope inner = { .parent = scope };
    bool is_start = true;
    while (!sql_at_end(p)) {
        if ((is_start && at_query(p, 0)) || sql_at_kw(p, 0, KW_SELECT)) {
            sql_body(p, &inner, SQL_MODE_EXPR);
            break;
        }
        bool follows = sql_at_op(p, 0, ',');
        if (sql_at_op(p, 0, '(')) {
            sql_parens(p, scope);
        } else if (is_start && sql_at_kw(p, 0, KW_TABLE) && at_name(p, 1)) {
            sql_from_item(p, &inner); /* TUMBLE(TABLE t, ...) */
        } else if (is_start && sql_at_word(p, 0, "model") && at_name(p, 1)) {
            take_model_argument(p, scope);
        } else if (sql_at_op(p, 0, '[') && p->dialect == SQL_TSQL) {
            (void)sql_lex_bracket(&p->lx);
        } else {
            follows |= sql_peek(&p->lx, 0)->kind == SQL_OP &&
                       sql_peek(&p->lx, 0)->text.len == 2; /* "=>" */
            (void)sql_next(&p->lx);
        }
        is_start = follows && !sql_at_end(p);
    }
    leave(p);
}

/* DuckDB reads (PIVOT t ...), (SUMMARIZE t) and their like as tables, T-SQL (MERGE INTO ...). */
static bool at_statement(struct sql_parser *p)
{
    bool is_one = sql_at_kw(p, 0, KW_PIVOT) || sql_at_kw(p, 0, KW_UNPIVOT) ||
                  sql_at_kw(p, 0, KW_SUMMARIZE) || sql_at_kw(p, 0, KW_DESCRIBE) ||
                  sql_at_kw(p, 0, KW_SHOW);
    return (is_one && at_name(p, 1)) || (sql_at_kw(p, 0, KW_MERGE) && sql_at_kw(p, 1, KW_INTO));
}

void sql_from_parens(struct sql_parser *p, const struct sql_scope *scope)
{
    /* ({query}) is wholly unknown. */
    const struct sql_token *t = sql_peek(&p->lx, 1);
    bool is_unknown = t->kind == SQL_WORD && t->text.len == 1 && t->text.ptr[0] == HOLE_BYTE &&
                      sql_at_op(p, 2, ')');
    if (is_unknown) {
        sql_skip_parens(p);
        return;
    }
    if (!enter(p))
        return;
    struct sql_scope inner = { .parent = scope };
    bool is_query = at_query(p, 0) || sql_at_kw(p, 0, KW_VALUES);
    if (at_statement(p))
        sql_inner_statement(p, &inner);
    else
        sql_body(p, &inner, is_query ? SQL_MODE_EXPR : SQL_MODE_ITEM);
    leave(p);
}

/* ---- WITH ---- */

/* name [(columns)] AS [NOT] [MATERIALIZED] (query): the place of "(" behind AS, 0 if none. */
static bool at_cte(struct sql_parser *p, size_t i)
{
    const struct sql_token *t = sql_peek(&p->lx, i);
    bool is_string = t->kind == SQL_STRING && sql_at_kw(p, i + 1, KW_AS); /* DuckDB */
    if (t->kind != SQL_WORD && t->kind != SQL_TICKED && t->kind != SQL_DOUBLE && !is_string)
        return false;
    if (sql_at_op(p, i + 1, '('))
        return true;
    return sql_at_kw(p, i + 1, KW_AS) && (sql_at_op(p, i + 2, '(') || sql_at_kw(p, i + 2, KW_NOT) ||
                                          sql_at_kw(p, i + 2, KW_MATERIALIZED));
}

static void add_cte(struct sql_parser *p, struct sql_scope *scope, struct str name)
{
    if (scope->n_ctes >= LIMIT_SQL_NAMES)
        p->out->hit_limit = true;
    else
        *ARENA_PUSH(p->arena, scope->ctes, scope->n_ctes, scope->cap_ctes) = name;
}

static void take_cte(struct sql_parser *p, struct sql_scope *scope, bool is_recursive)
{
    struct str name = sql_next(&p->lx).text;
    if (sql_at_op(p, 0, '('))
        sql_skip_parens(p);
    (void)sql_take_kw(p, KW_AS);
    (void)sql_take_kw(p, KW_NOT);
    (void)sql_take_kw(p, KW_MATERIALIZED);
    if (sql_at_op(p, 0, '(') && enter(p)) {
        struct sql_scope inner = { .parent = scope, .own_cte = name, .sees_own_cte = is_recursive };
        bool is_update = !at_query(p, 0) && sql_starts_statement(p);
        if (at_statement(p))
            sql_inner_statement(p, &inner);
        else if (is_update)
            sql_statements(p, &inner);
        else
            sql_body(p, &inner, SQL_MODE_EXPR);
        leave(p);
    }
    add_cte(p, scope, name);
    /* Postgres: SEARCH DEPTH FIRST BY x SET y, CYCLE ...; Trino and others have nothing here. */
}

bool sql_take_ctes(struct sql_parser *p, struct sql_scope *scope)
{
    size_t first = sql_at_kw(p, 1, KW_RECURSIVE) && !sql_at_kw(p, 2, KW_AS) ? 2 : 1;
    if (!sql_at_kw(p, 0, KW_WITH) || !at_cte(p, first))
        return false;
    (void)sql_next(&p->lx);
    bool is_recursive = first == 2;
    if (is_recursive)
        (void)sql_next(&p->lx);
    for (;;) {
        const struct sql_token *t = sql_peek(&p->lx, 0);
        if (at_cte(p, 0)) {
            take_cte(p, scope, is_recursive);
        } else if (t->kind == SQL_WORD && t->text.len == 1 && t->text.ptr[0] == HOLE_BYTE) {
            scope->has_unknown_ctes = true;
            (void)sql_next(&p->lx);
        } else {
            break;
        }
        if (!sql_take_op(p, ','))
            break;
    }
    return true;
}

/* ---- the body ---- */

/* What stood before the next token, for the words whose meaning hangs on it. */
struct before {
    enum sql_kw last, second;
    bool is_start; /* nothing stood before */
};

static void pass(struct sql_parser *p, struct before *b)
{
    struct sql_token t = sql_next(&p->lx);
    b->second = b->last;
    b->last = t.kind == SQL_WORD ? t.kw : KW_NONE;
    b->is_start = false;
}

/* SELECT ... INTO t FROM: T-SQL, Redshift, Postgres; in a procedure INTO fills variables. */
static void take_into(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    struct sql_place place;
    if (sql_take_kw(p, KW_OUTFILE)) {
        if (sql_take_path(p, &place))
            (void)sql_report(p, NULL, SQL_WRITE, false, &place);
        return;
    }
    bool is_temporary = sql_take_kw(p, KW_TEMP) || sql_take_kw(p, KW_TEMPORARY);
    (void)sql_take_word(p, "unlogged");
    (void)sql_take_kw(p, KW_TABLE);
    if (sql_at_op(p, 0, '@') || !sql_take_place(p, false, &place))
        return;
    bool is_variable = p->blocks != 0 && p->dialect != SQL_TSQL;
    if (is_temporary)
        sql_hide(p, &place);
    else if (!is_variable && place.text.len != 0 &&
             !(place.n_parts == 1 && place.text.ptr[0] == HOLE_BYTE))
        (void)sql_report(p, scope, SQL_WRITE, false, &place);
}

/* LATERAL VIEW [OUTER] f(x) t AS a, b */
static void take_lateral_view(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    (void)sql_next(&p->lx);
    (void)sql_take_kw(p, KW_OUTER);
    while (sql_peek(&p->lx, 0)->kind == SQL_WORD && !sql_at_op(p, 1, '(') && sql_at_op(p, 1, '.')) {
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    }
    if (sql_peek(&p->lx, 0)->kind == SQL_WORD)
        (void)sql_next(&p->lx);
    if (sql_at_op(p, 0, '('))
        sql_parens(p, scope);
    sql_take_alias(p, scope, NULL, SIZE_MAX);
}

static bool ends_from(enum sql_kw kw)
{
    switch ((int)kw) {
    case KW_WHERE:
    case KW_GROUP:
    case KW_HAVING:
    case KW_ORDER:
    case KW_LIMIT:
    case KW_WINDOW:
    case KW_QUALIFY:
    case KW_CLUSTER:
    case KW_DISTRIBUTE:
    case KW_SORT:
    case KW_CONNECT:
    case KW_START:
    case KW_PREWHERE:
    case KW_OFFSET:
    case KW_FETCH:
    case KW_SET:
    case KW_SETTINGS:
        return true;
    default:
        return false;
    }
}

static bool in_from(enum sql_mode mode)
{
    return mode == SQL_MODE_FROM || mode == SQL_MODE_VIEW;
}

static bool is_plain_number(const struct sql_token *t)
{
    if (t->kind != SQL_NUMBER)
        return false;
    for (size_t i = 0; i < t->text.len; i++)
        if (t->text.ptr[i] != '.' && (t->text.ptr[i] < '0' || t->text.ptr[i] > '9'))
            return false;
    return true;
}

/* Is the FROM that was taken a clause?  Not in IS [NOT] DISTINCT FROM, FOR SYSTEM_TIME FROM x TO y,
 * WITH FILL FROM 0 TO 5, NTH_VALUE(x, 2) FROM FIRST OVER (...). */
static bool is_clause(struct sql_parser *p, const struct before *b)
{
    bool compares = b->last == KW_DISTINCT && (b->second == KW_IS || b->second == KW_NOT);
    if (compares || b->last == KW_SYSTEM_TIME)
        return false;
    bool is_end = sql_at_kw(p, 0, KW_FIRST) || sql_at_word(p, 0, "last");
    bool is_window =
        sql_at_word(p, 1, "over") || sql_at_kw(p, 1, KW_IGNORE) || sql_at_word(p, 1, "respect");
    return !(is_end && is_window) && !is_plain_number(sql_peek(&p->lx, 0));
}

static enum sql_mode after_join(const struct before *b)
{
    return b->last == KW_ARRAY ? SQL_MODE_VIEW : SQL_MODE_ITEM;
}

/* The words of a FROM clause.  Takes one, gives the mode that follows; false for others. */
static bool take_from_word(struct sql_parser *p, enum sql_mode *mode, struct before *b)
{
    struct before old = *b;
    switch ((int)sql_peek(&p->lx, 0)->kw) {
    case KW_FROM:
        pass(p, b);
        *mode = is_clause(p, &old) ? SQL_MODE_ITEM : *mode;
        return true;
    case KW_JOIN:
    case KW_STRAIGHT_JOIN:
        if (*mode == SQL_MODE_SELECT || old.last == KW_FOR) /* MySQL: USE INDEX FOR JOIN (i) */
            return false;
        pass(p, b);
        *mode = after_join(&old);
        return true;
    case KW_APPLY:
        pass(p, b);
        *mode = old.last == KW_CROSS || old.last == KW_OUTER ? SQL_MODE_ITEM : *mode;
        return true;
    case KW_USING:
        pass(p, b);
        /* ClickHouse writes the columns without brackets. */
        if (*mode == SQL_MODE_FROM && !sql_at_op(p, 0, '('))
            *mode = SQL_MODE_VIEW;
        return true;
    case KW_FOR:
        pass(p, b);
        if (sql_at_word(p, 0, "xml") || sql_at_word(p, 0, "json"))
            *mode = SQL_MODE_EXPR;
        return true;
    default:
        return false;
    }
}

/* TABLE t as a query of its own. */
static bool at_table_query(struct sql_parser *p, const struct before *b)
{
    if (b->last == KW_ALL || b->last == KW_UNION)
        return true;
    /* DuckDB has macros AS TABLE SELECT and AS TABLE (SELECT). */
    return b->is_start && !sql_at_kw(p, 1, KW_SELECT) && !sql_at_kw(p, 1, KW_WITH) &&
           !sql_at_op(p, 1, '(');
}

/* A word that the body acts on.  Takes it, gives the mode that follows. */
static enum sql_mode take_word(struct sql_parser *p, struct sql_scope *scope, enum sql_mode mode,
                               struct before *b)
{
    enum sql_kw kw = sql_peek(&p->lx, 0)->kw;
    if (take_from_word(p, &mode, b))
        return mode;
    switch ((int)kw) {
    case KW_SELECT:
        pass(p, b);
        scope->n_aliases = 0;
        return SQL_MODE_SELECT;
    case KW_LATERAL:
        if (!sql_at_kw(p, 1, KW_VIEW))
            break;
        take_lateral_view(p, scope);
        return SQL_MODE_VIEW;
    case KW_UNION:
    case KW_INTERSECT:
    case KW_EXCEPT:
    case KW_MINUS:
        if (mode == SQL_MODE_SELECT && kw == KW_EXCEPT && sql_at_op(p, 1, '('))
            break; /* SELECT * EXCEPT (a, b) */
        scope->sees_own_cte = scope->sees_own_cte || kw == KW_UNION;
        pass(p, b);
        return SQL_MODE_EXPR;
    case KW_INTO:
        if (mode != SQL_MODE_SELECT)
            break;
        take_into(p, scope);
        return SQL_MODE_SELECT;
    case KW_WITH:
        if (sql_take_ctes(p, scope))
            return SQL_MODE_EXPR;
        break;
    case KW_TABLE:
        if (at_table_query(p, b))
            return SQL_MODE_ITEM;
        break;
    case KW_INSERT:
        if (!sql_at_kw(p, 1, KW_INTO) && !sql_at_kw(p, 1, KW_OVERWRITE))
            break;
        sql_insert(p, scope);
        return SQL_MODE_EXPR;
    default:
        break;
    }
    pass(p, b);
    return in_from(mode) && ends_from(kw) ? SQL_MODE_EXPR : mode;
}

/* Any other token. */
static enum sql_mode take_other(struct sql_parser *p, struct sql_scope *scope, enum sql_mode mode,
                                struct before *b)
{
    if (sql_at_op(p, 0, '(')) {
        sql_parens(p, scope);
        b->second = b->last;
        b->last = KW_NONE;
        b->is_start = false;
        return mode;
    }
    if (sql_at_op(p, 0, '|') && sql_at_op(p, 1, '>') && in_from(mode))
        mode = SQL_MODE_EXPR; /* the pipes of BigQuery */
    if (sql_at_op(p, 0, '[') && p->dialect == SQL_TSQL) {
        (void)sql_lex_bracket(&p->lx); /* a column's name */
        *b = (struct before){ 0 };
        return mode;
    }
    bool is_dot = sql_at_op(p, 0, '.');
    bool is_comma = sql_at_op(p, 0, ',');
    pass(p, b);
    if (is_dot && !sql_at_end(p) && !sql_at_op(p, 0, '('))
        pass(p, b);
    if (is_dot)
        b->last = KW_NONE;
    return is_comma && mode == SQL_MODE_FROM ? SQL_MODE_ITEM : mode;
}

void sql_body(struct sql_parser *p, struct sql_scope *scope, enum sql_mode mode)
{
    struct before b = { .is_start = true };
    while (!sql_at_end(p)) {
        if (mode == SQL_MODE_ITEM) {
            sql_from_item(p, scope);
            mode = SQL_MODE_FROM;
            b = (struct before){ 0 };
            continue;
        }
        const struct sql_token *t = sql_peek(&p->lx, 0);
        if ((t->is_first || t->kw == KW_EXEC) && !b.is_start && p->depth == 0 &&
            sql_starts_statement(p) && !sql_at_kw(p, 0, KW_INSERT))
            return;
        bool is_word = t->kind == SQL_WORD && t->kw != KW_NONE;
        if (is_word && mode == SQL_MODE_SELECT && b.last == KW_AS) {
            pass(p, &b); /* SELECT x AS values */
            b.last = KW_NONE;
        } else if (is_word) {
            mode = take_word(p, scope, mode, &b);
        } else {
            mode = take_other(p, scope, mode, &b);
        }
    }
}
