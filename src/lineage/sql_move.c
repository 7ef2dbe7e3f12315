/*
 * sql_move: statements that move data between tables and locations.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"

static void report(struct sql_parser *p, enum sql_dir dir, bool is_may,
                   const struct sql_place *place)
{
    (void)sql_report(p, NULL, dir, is_may, place);
}

/* ---- COPY ---- */

/* One side of a COPY: a query in brackets, a name or a location. */
static void copy_side(struct sql_parser *p, struct sql_scope *scope, enum sql_dir dir)
{
    struct sql_place place;
    if (sql_at_kw(p, 0, KW_STDIN) || sql_at_kw(p, 0, KW_STDOUT) || sql_at_word(p, 0, "program"))
        return;
    if (sql_at_op(p, 0, '('))
        sql_parens(p, scope);
    else if (sql_take_place(p, true, &place))
        (void)sql_report(p, dir == SQL_READ ? scope : NULL, dir, false, &place);
    else
        return;
    if (sql_at_op(p, 0, '('))
        sql_skip_parens(p); /* columns */
}

/* COPY t FROM 'p'; COPY t TO 'p'; COPY (q) TO 'p'; COPY INTO t FROM x; COPY INTO 'p' FROM t */
void sql_copy(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    if (sql_take_kw(p, KW_INTO)) {
        copy_side(p, scope, SQL_WRITE);
        while (!sql_at_end(p) && !sql_at_kw(p, 0, KW_FROM))
            (void)sql_next(&p->lx);
        if (sql_take_kw(p, KW_FROM))
            copy_side(p, scope, SQL_READ);
        sql_skip_rest(p);
        return;
    }
    if (sql_at_kw(p, 0, KW_FROM)) { /* DuckDB: COPY FROM DATABASE a TO b */
        sql_skip_rest(p);
        return;
    }
    struct sql_place table = { 0 };
    bool is_table = sql_take_place(p, true, &table);
    if (!is_table && sql_at_op(p, 0, '('))
        sql_parens(p, scope);
    if (is_table && sql_at_op(p, 0, '('))
        sql_skip_parens(p);
    bool is_read = sql_take_kw(p, KW_FROM);
    bool is_write = !is_read && sql_take_kw(p, KW_TO);
    if (is_table && is_read)
        report(p, SQL_WRITE, false, &table);
    else if (is_table && is_write)
        (void)sql_report(p, scope, SQL_READ, false, &table);
    if (is_read || is_write)
        copy_side(p, scope, is_read ? SQL_READ : SQL_WRITE);
    sql_skip_rest(p);
}

/* UNLOAD ('q') TO 'p' (Redshift), UNLOAD (q) TO 'p' (Athena) */
void sql_unload(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    if (sql_at_op(p, 0, '(') && sql_peek(&p->lx, 1)->kind == SQL_STRING && sql_at_op(p, 2, ')')) {
        (void)sql_next(&p->lx);
        struct sql_token text = sql_next(&p->lx);
        (void)sql_next(&p->lx);
        sql_nested(p, scope, &text);
    } else if (sql_at_op(p, 0, '(')) {
        sql_parens(p, scope);
    }
    struct sql_place place;
    if (sql_take_kw(p, KW_TO) && sql_take_path(p, &place))
        report(p, SQL_WRITE, false, &place);
    sql_skip_rest(p);
}

/* ---- LOAD, EXPORT, IMPORT ---- */

struct found_uris {
    enum sql_dir dir;
};

static void uri_property(struct sql_parser *p, void *ctx, struct str key,
                         const struct sql_place *value)
{
    const struct found_uris *found = ctx;
    if (str_eq_nocase(key, STR("uri")) || str_eq_nocase(key, STR("uris")))
        report(p, found->dir, false, value);
}

/* LOAD DATA [LOCAL] INPATH 'p' [OVERWRITE] INTO TABLE t; MySQL: INFILE; BigQuery: INTO t FROM FILES
 */
void sql_load(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    if (!sql_take_kw(p, KW_DATA)) {
        sql_skip_rest(p);
        return;
    }
    struct sql_place place;
    while (!sql_at_end(p)) {
        if (sql_take_kw(p, KW_INPATH) || sql_take_kw(p, KW_INFILE)) {
            if (sql_take_path(p, &place))
                report(p, SQL_READ, false, &place);
        } else if (sql_at_kw(p, 0, KW_INTO) || sql_at_kw(p, 0, KW_OVERWRITE)) {
            (void)sql_next(&p->lx);
            (void)sql_take_kw(p, KW_INTO);
            (void)sql_take_kw(p, KW_TABLE);
            if (sql_take_place(p, false, &place))
                report(p, SQL_WRITE, false, &place);
        } else if (sql_take_kw(p, KW_FILES) && sql_at_op(p, 0, '(')) {
            sql_properties(p, uri_property, &(struct found_uris){ SQL_READ });
        } else if (sql_at_op(p, 0, '(')) {
            sql_skip_parens(p);
        } else if (sql_peek(&p->lx, 0)->is_first && sql_starts_statement(p)) {
            return;
        } else {
            (void)sql_next(&p->lx);
        }
    }
}

/* EXPORT DATA OPTIONS (uri = 'p') AS q; EXPORT DATABASE 'p'; EXPORT TABLE t TO 'p' */
void sql_export(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    struct sql_place place;
    if (sql_take_kw(p, KW_DATA)) {
        while (!sql_at_end(p) && !sql_at_kw(p, 0, KW_OPTIONS) && !sql_at_kw(p, 0, KW_AS))
            (void)sql_next(&p->lx);
        if (sql_take_kw(p, KW_OPTIONS) && sql_at_op(p, 0, '('))
            sql_properties(p, uri_property, &(struct found_uris){ SQL_WRITE });
        (void)sql_take_kw(p, KW_AS);
        sql_body(p, scope, SQL_MODE_EXPR);
        return;
    }
    if (sql_take_kw(p, KW_TABLE)) {
        if (sql_take_place(p, false, &place))
            report(p, SQL_READ, false, &place);
        while (!sql_at_end(p) && !sql_take_kw(p, KW_TO))
            (void)sql_next(&p->lx);
    } else {
        (void)sql_take_kw(p, KW_DATABASE);
    }
    if (sql_take_path(p, &place))
        report(p, SQL_WRITE, false, &place);
    sql_skip_rest(p);
}

/* IMPORT DATABASE 'p'; IMPORT [EXTERNAL] TABLE t FROM 'p' */
void sql_import(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    struct sql_place place;
    (void)sql_take_kw(p, KW_EXTERNAL);
    if (sql_take_kw(p, KW_TABLE)) {
        if (sql_take_place(p, false, &place))
            report(p, SQL_WRITE, false, &place);
        while (!sql_at_end(p) && !sql_at_kw(p, 0, KW_FROM))
            (void)sql_next(&p->lx);
        (void)sql_take_kw(p, KW_FROM);
    } else {
        (void)sql_take_kw(p, KW_DATABASE);
    }
    if (sql_take_path(p, &place))
        report(p, SQL_READ, false, &place);
    sql_skip_rest(p);
}

/* CONVERT TO DELTA t or parquet.`p` */
void sql_convert(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    if (!sql_take_kw(p, KW_TO))
        return;
    (void)sql_next(&p->lx);
    struct sql_place place;
    if (sql_take_place(p, true, &place))
        report(p, SQL_WRITE, false, &place);
    sql_skip_rest(p);
}

/* ---- CALL cat.system.procedure(...) ---- */

enum call_role { CALL_WRITE, CALL_MAINTAIN, CALL_READ, CALL_PATH };

/* The arguments of Iceberg's and Hudi's procedures that name something; by position where index is
 * given, by name always. */
static const struct call_argument {
    struct str procedure, argument; /* procedure empty: of any */
    unsigned index;
    enum call_role role;
} call_arguments[] = {
    { STR_INIT("add_files"), STR_INIT("table"), 0, CALL_WRITE },
    { STR_INIT("add_files"), STR_INIT("source_table"), 1, CALL_READ },
    { STR_INIT("snapshot"), STR_INIT("source_table"), 0, CALL_READ },
    { STR_INIT("snapshot"), STR_INIT("table"), 1, CALL_WRITE },
    { STR_INIT("snapshot"), STR_INIT("location"), 2, CALL_PATH },
    { STR_INIT("migrate"), STR_INIT("table"), 0, CALL_WRITE },
    { STR_INIT("register_table"), STR_INIT("table"), 0, CALL_WRITE },
    { STR_INIT("register_table"), STR_INIT("metadata_file"), 1, CALL_PATH },
    { STR_INIT("rollback_to_snapshot"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("rollback_to_timestamp"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("set_current_snapshot"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("cherrypick_snapshot"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("expire_snapshots"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("remove_orphan_files"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("rewrite_data_files"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("rewrite_manifests"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("rewrite_position_delete_files"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("create_changelog_view"), STR_INIT("table"), 0, CALL_READ },
    { STR_INIT("ancestors_of"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("fast_forward"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("run_compaction"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("run_clustering"), STR_INIT("table"), 0, CALL_MAINTAIN },
    { STR_INIT("show_commits"), STR_INIT("table"), 0, CALL_MAINTAIN },
};

static const struct call_argument *call_argument_of(struct str procedure, struct str name,
                                                    unsigned index)
{
    for (size_t i = 0; i < ARRAY_LEN(call_arguments); i++) {
        const struct call_argument *c = &call_arguments[i];
        bool fits = name.len != 0 ? str_eq_nocase(c->argument, name) : c->index == index;
        if (fits && str_eq_nocase(c->procedure, procedure))
            return c;
    }
    return NULL;
}

/* The string of an argument names a table or, as `parquet`.`p`, a path: read it as SQL does. */
static void report_argument(struct sql_parser *p, enum call_role role, const struct sql_token *text)
{
    struct sql_place place = {
        .kind = SQL_PATH, .line = text->line, .col = text->col, .text = text->text
    };
    if (role != CALL_PATH) {
        struct sql_lex outer = p->lx;
        sql_lex_init(&p->lx, p->arena, p->session, p->dialect, text->text, text->line);
        bool found = sql_take_place(p, true, &place);
        p->lx = outer;
        if (!found)
            return;
        place.line = text->line;
        place.col = text->col;
    }
    enum sql_dir dir = role == CALL_READ || role == CALL_PATH ? SQL_READ : SQL_WRITE;
    report(p, dir, role == CALL_MAINTAIN, &place);
}

void sql_call(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    struct sql_place procedure;
    if (!sql_take_place(p, false, &procedure) || !sql_take_op(p, '('))
        return;
    unsigned index = 0;
    struct str name = STR_EMPTY;
    while (!sql_at_end(p)) {
        const struct sql_token *next = sql_peek(&p->lx, 1);
        bool is_named =
            sql_peek(&p->lx, 0)->kind == SQL_WORD && next->kind == SQL_OP && next->text.len == 2;
        if (is_named) {
            name = sql_next(&p->lx).text;
            (void)sql_next(&p->lx);
        } else if (sql_at_op(p, 0, '(')) {
            sql_parens(p, scope);
        } else if (sql_at_string(p, 0)) {
            struct sql_token text = sql_next(&p->lx);
            const struct call_argument *c = call_argument_of(procedure.last, name, index);
            if (c != NULL)
                report_argument(p, c->role, &text);
        } else if (sql_take_op(p, ',')) {
            index++;
            name = STR_EMPTY;
        } else {
            (void)sql_next(&p->lx);
        }
    }
    (void)sql_take_op(p, ')');
}
