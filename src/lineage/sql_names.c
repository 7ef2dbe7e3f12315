/*
 * sql_names: statements that look at tables as such, or keep them in order: what they name may be
 * reported, none of it is data that is read.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"

/* [TABLE] t as a listing or a change that only may be reported. */
static void about_table(struct sql_parser *p, enum sql_dir dir)
{
    (void)sql_take_kw(p, KW_TABLE);
    sql_take_if_exists(p);
    struct sql_place place;
    if (sql_take_place(p, true, &place))
        (void)sql_report(p, NULL, dir, true, &place);
}

/* Words that may stand before a name, unless they are the name themselves. */
static void take_options(struct sql_parser *p, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n;) {
        enum sql_token_kind next = sql_peek(&p->lx, 1)->kind;
        bool is_option = next == SQL_WORD || next == SQL_TICKED || next == SQL_DOUBLE;
        i = is_option && sql_take_word(p, words[i]) ? 0 : i + 1;
    }
}

/* MSCK REPAIR TABLE, REFRESH, ANALYZE, UNCACHE, DESCRIBE, SUMMARIZE, OPTIMIZE, VACUUM, ... */
void sql_describe(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    static const char *const options[] = { "extended", "formatted", "detail",  "history",
                                           "query",    "semantic",  "analyze", "view" };
    take_options(p, options, ARRAY_LEN(options));
    bool is_name =
        sql_at_kw(p, 0, KW_DATABASE) || (sql_at_kw(p, 0, KW_SCHEMA) && !sql_at_op(p, 1, '.')) ||
        sql_at_kw(p, 0, KW_FUNCTION) || sql_at_kw(p, 0, KW_CATALOG) ||
        sql_at_word(p, 0, "connector") || sql_at_word(p, 0, "input") || sql_at_word(p, 0, "output");
    if (sql_at_kw(p, 0, KW_SELECT) || sql_at_kw(p, 0, KW_WITH)) {
        p->is_may = true;
        sql_body(p, scope, SQL_MODE_EXPR);
        return;
    }
    if (!is_name)
        about_table(p, SQL_LIST);
    sql_skip_rest(p);
}

void sql_repair(struct sql_parser *p, struct sql_scope *scope)
{
    static const char *const options[] = {
        "repair", "materialized",       "view",       "verbose", "lazy", "full",
        "local",  "no_write_to_binlog", "skip_locked"
    };
    (void)scope;
    (void)sql_next(&p->lx);
    take_options(p, options, ARRAY_LEN(options));
    bool is_path = sql_peek(&p->lx, 0)->kind == SQL_STRING ||
                   (sql_peek(&p->lx, 0)->kind == SQL_DOUBLE &&
                    str_find_char(sql_peek(&p->lx, 0)->text, '/') != SIZE_MAX);
    bool is_all = sql_at_kw(p, 0, KW_DATABASE) || sql_at_word(p, 0, "tables");
    if (is_path || is_all || sql_at_kw(p, 0, KW_FUNCTION)) {
        sql_skip_rest(p);
        return;
    }
    do {
        about_table(p, SQL_LIST);
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
    } while (sql_take_op(p, ','));
    sql_skip_rest(p);
}

void sql_maintain(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    while (sql_take_kw(p, KW_FULL) || sql_take_kw(p, KW_ANALYZE) || sql_take_word(p, "verbose"))
        ;
    if (sql_at_op(p, 0, '('))
        sql_skip_parens(p);
    about_table(p, SQL_WRITE);
    sql_skip_rest(p);
}

void sql_cache(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    (void)sql_take_word(p, "lazy");
    (void)sql_take_kw(p, KW_TABLE);
    struct sql_place place;
    if (!sql_take_place(p, false, &place))
        return;
    if (sql_at_kw(p, 0, KW_OPTIONS) && sql_at_op(p, 1, '(')) {
        (void)sql_next(&p->lx);
        sql_skip_parens(p);
    }
    if (sql_take_kw(p, KW_AS) || sql_at_kw(p, 0, KW_SELECT)) { /* makes a temporary view */
        sql_body(p, scope, SQL_MODE_EXPR);
        sql_hide(p, &place);
        return;
    }
    (void)sql_report(p, NULL, SQL_LIST, true, &place);
}

void sql_summarize(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    if (sql_at_kw(p, 0, KW_SELECT) || sql_at_kw(p, 0, KW_WITH) || sql_at_kw(p, 0, KW_FROM))
        sql_body(p, scope, SQL_MODE_EXPR);
    else
        sql_body(p, scope, SQL_MODE_ITEM);
}

/* SHOW TABLES IN d, SHOW PARTITIONS t, SHOW CREATE TABLE t, ... */
void sql_show(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    bool names = sql_take_word(p, "partitions") || sql_take_kw(p, KW_TBLPROPERTIES);
    if (sql_take_kw(p, KW_CREATE)) {
        names = sql_take_kw(p, KW_TABLE) || sql_take_kw(p, KW_VIEW);
        if (!names)
            (void)sql_next(&p->lx);
    }
    while (!names && !sql_at_end(p) && !sql_at_kw(p, 0, KW_LIKE)) {
        names = sql_at_kw(p, 0, KW_IN) || sql_at_kw(p, 0, KW_FROM);
        (void)sql_next(&p->lx);
    }
    if (names) {
        while (sql_take_kw(p, KW_DATABASE) || sql_take_kw(p, KW_SCHEMA) ||
               sql_take_kw(p, KW_CATALOG) || sql_take_kw(p, KW_TABLE) || sql_take_kw(p, KW_VIEW))
            ;
        struct sql_place place;
        if (!sql_at_word(p, 0, "account") && sql_take_place(p, false, &place))
            (void)sql_report(p, NULL, SQL_LIST, true, &place);
    }
    sql_skip_rest(p);
}

void sql_truncate(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    if (sql_at_kw(p, 0, KW_DATABASE)) {
        sql_skip_rest(p);
        return;
    }
    (void)sql_take_kw(p, KW_TABLE);
    do {
        (void)sql_take_kw(p, KW_ONLY);
        about_table(p, SQL_WRITE);
        (void)sql_take_op(p, '*'); /* Postgres: with what inherits from it */
    } while (sql_take_op(p, ','));
    sql_skip_rest(p);
}

void sql_restore(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    (void)sql_take_kw(p, KW_TABLE);
    struct sql_place place;
    if (sql_take_place(p, false, &place))
        (void)sql_report(p, NULL, SQL_WRITE, false, &place);
    sql_skip_rest(p);
}

void sql_rename(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    about_table(p, SQL_WRITE);
    if (sql_take_kw(p, KW_TO))
        about_table(p, SQL_WRITE);
}
