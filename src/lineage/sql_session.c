/*
 * sql_session: the statements that change what later ones mean: the database in use, variables,
 * attached files, declared tables.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"
#include "util/limits.h"

void sql_use(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    static const char *const others[] = { "warehouse", "role",   "secondary", "extension",
                                          "reference", "branch", "tag" };
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (sql_at_word(p, 0, others[i]) && sql_peek(&p->lx, 1)->kind == SQL_WORD) {
            sql_skip_rest(p);
            return;
        }
    bool has_name =
        sql_peek(&p->lx, 1)->kind != SQL_END && !sql_at_op(p, 1, ';') && !sql_at_op(p, 1, '.');
    bool is_catalog = has_name && sql_take_kw(p, KW_CATALOG);
    bool is_schema = has_name && sql_take_kw(p, KW_SCHEMA);
    bool is_database = has_name && !is_schema && !is_catalog && sql_take_kw(p, KW_DATABASE);
    if (has_name && !is_schema && !is_catalog && !is_database)
        (void)sql_take_word(p, "namespace");
    struct sql_place place;
    if (!sql_take_place(p, false, &place))
        return;
    struct sql_session *s = p->session;
    struct str name = arena_str(s->arena, place.text);
    if (is_catalog) {
        s->catalog = name;
        s->database = s->schema = STR_EMPTY;
    } else if (is_schema && place.n_parts == 1 && s->database.len != 0 &&
               (p->dialect == SQL_SNOWFLAKE || s->is_database_named)) {
        s->schema = name;
    } else {
        sql_session_use(s, name);
        s->is_database_named = is_database;
    }
}

/* The value that comes next, if it is a single one: the schema to use, or a variable's. */
static void keep_setting(struct sql_parser *p, bool is_path, struct str name)
{
    const struct sql_token *t = sql_peek(&p->lx, 0);
    const struct sql_token *next = sql_peek(&p->lx, 1);
    bool is_plain = t->kind != SQL_OP && t->kind != SQL_END &&
                    (next->kind == SQL_END || sql_at_op(p, 1, ';') || next->is_first ||
                     (is_path && sql_at_op(p, 1, ',')));
    struct sql_session *s = p->session;
    if (is_path && is_plain) {
        /* Behind "public" comes the schema that is meant, or more than one. */
        bool is_any = sql_at_op(p, 1, ',') && str_eq_nocase(t->text, STR("public"));
        sql_session_use(s, is_any ? STR_EMPTY : t->text);
    } else if (name.len > 0 && is_plain && s->variables.n < LIMIT_SQL_NAMES) {
        struct str *value = ARENA_NEW(s->arena, struct str);
        *value = arena_str(s->arena, t->text);
        strmap_put(&s->variables, arena_str(s->arena, name), value);
    }
}

/* SET x = v, SET hivevar:x=v, SET search_path TO s, SET SCHEMA s */
void sql_set(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    (void)(sql_take_word(p, "session") || sql_take_kw(p, KW_LOCAL) || sql_take_kw(p, KW_GLOBAL) ||
           sql_take_word(p, "var") || sql_take_word(p, "variable"));
    const struct sql_token *t = sql_peek(&p->lx, 0);
    bool is_path = sql_at_word(p, 0, "search_path") || sql_at_kw(p, 0, KW_SCHEMA) ||
                   sql_at_word(p, 0, "current_schema");
    bool is_setting = t->kind == SQL_WORD;
    struct str name = t->text;
    while (!sql_at_end(p) && !sql_at_op(p, 0, '=') && !sql_at_kw(p, 0, KW_TO) &&
           !sql_at_string(p, 0) && !sql_at_op(p, 0, '(')) {
        t = sql_peek(&p->lx, 0);
        if (t->is_first && sql_starts_statement(p))
            return;
        if (t->kind == SQL_WORD) /* "hivevar:x" looks like a parameter */
            name = *t->start == ':' ? (struct str){ t->start + 1, (size_t)(t->end - t->start - 1) }
                                    : t->text;
        (void)sql_next(&p->lx);
        if (is_path && sql_peek(&p->lx, 0)->kind == SQL_WORD && !sql_at_kw(p, 0, KW_TO))
            break;
    }
    if (!sql_take_op(p, '='))
        (void)sql_take_kw(p, KW_TO);
    keep_setting(p, is_path, is_setting ? name : STR_EMPTY);
    sql_body(p, scope, SQL_MODE_EXPR);
}

/* ATTACH 'x.db' AS d: the file of a database may be reported (settled case 11). */
void sql_attach(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    (void)sql_take_kw(p, KW_DATABASE);
    sql_take_if_exists(p);
    struct sql_place place;
    if (sql_take_path(p, &place) && !str_eq(place.text, STR(":memory:")))
        (void)sql_report(p, NULL, SQL_READ, true, &place);
    sql_skip_rest(p);
}

/* DECLARE @t TABLE (...); DECLARE x CURSOR FOR SELECT ... */
void sql_declare(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    bool has_as = sql_at_kw(p, 2, KW_AS);
    if (sql_at_op(p, 0, '@') && sql_at_kw(p, has_as ? 3 : 2, KW_TABLE)) {
        (void)sql_next(&p->lx);
        struct str name = sql_next(&p->lx).text;
        (void)sql_take_kw(p, KW_AS);
        (void)sql_next(&p->lx);
        sql_session_add_view(p->session, arena_concat(p->session->arena, STR("@"), name));
    }
    sql_body(p, scope, SQL_MODE_EXPR);
}
