/*
 * sql_internal: the state that the parts of the SQL reader share.
 *
 *   sql.c        the session, names, what counts as a reference
 *   sql_query.c  SELECT and its clauses: sql_body() is the heart
 *   sql_from.c   what can stand behind FROM and JOIN
 *   sql_statement.c  one function a statement, and the loop over statements
 *   sql_session.c  USE, SET, ATTACH, DECLARE: what changes the meaning of later ones
 *   sql_names.c  statements that look at tables or keep them in order
 *   sql_create.c CREATE, ALTER, DROP
 *   sql_move.c   COPY, UNLOAD, LOAD, EXPORT, CALL
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SQL_INTERNAL_H
#define LINEAGE_SQL_INTERNAL_H

#include "lineage/sql_lex.h"

struct sql_alias {
    struct str name;
    size_t ref; /* index into the result, SIZE_MAX if it names no table */
};

/* The names that a query sees, besides those of the queries around it. */
struct sql_scope {
    const struct sql_scope *parent;
    struct str *ctes;
    size_t n_ctes, cap_ctes;
    struct sql_alias *aliases; /* of the FROM clause that is being read */
    size_t n_aliases, cap_aliases;
    bool has_unknown_ctes; /* text that is not known stands among them: any name may be one */
    struct str own_cte;    /* this is the query of that CTE; empty otherwise */
    bool sees_own_cte;     /* WITH RECURSIVE, or behind a UNION */
};

struct sql_parser {
    struct arena *arena;
    struct sql_session *session;
    struct sql_result *out;
    enum sql_dialect dialect;
    struct sql_lex lx;
    const char *statement;
    bool is_may;     /* EXPLAIN, the body of a function */
    unsigned depth;  /* of brackets, nested texts */
    unsigned blocks; /* BEGIN ... END of a procedure */
};

/* A name or location in the text. */
struct sql_place {
    enum sql_kind kind;
    struct str text;  /* joined */
    struct str first; /* its first part */
    struct str last;  /* its last part */
    size_t n_parts;
    bool is_quoted; /* the last part is */
    uint32_t line, col;
};

enum sql_mode {
    SQL_MODE_EXPR,
    SQL_MODE_SELECT, /* between SELECT and FROM */
    SQL_MODE_ITEM,   /* a table is to come */
    SQL_MODE_FROM,   /* behind a table of a FROM clause */
    SQL_MODE_VIEW,   /* behind LATERAL VIEW: commas separate columns */
};

/* ---- sql.c ---- */

/* Record a reference; its index, or SIZE_MAX if the place counts for nothing: names of the
 * session, pseudo tables.  scope: NULL if CTEs cannot be meant. */
size_t sql_report(struct sql_parser *p, const struct sql_scope *scope, enum sql_dir dir,
                  bool is_may, const struct sql_place *place);
void sql_bind(struct sql_parser *p, const struct sql_place *table,
              const struct sql_place *location);
/* Name a session view after a place: a temporary table, DECLARE @t TABLE. */
void sql_hide(struct sql_parser *p, const struct sql_place *place);
bool sql_is_hidden(const struct sql_parser *p, const struct sql_place *place);
/* left, sign and right joined: names may hold any byte. */
struct str sql_join(struct arena *a, struct str left, struct str sign, struct str right);

/* ---- tokens ---- */

bool sql_at_kw(struct sql_parser *p, size_t i, enum sql_kw kw);
bool sql_at_op(struct sql_parser *p, size_t i, char c);
bool sql_at_word(struct sql_parser *p, size_t i, const char *word); /* any letter case */
bool sql_take_kw(struct sql_parser *p, enum sql_kw kw);
bool sql_take_op(struct sql_parser *p, char c);
bool sql_take_word(struct sql_parser *p, const char *word);
/* The next token ends the text, the statement or the bracket. */
bool sql_at_end(struct sql_parser *p);
bool sql_at_string(struct sql_parser *p, size_t i); /* in single or double quotes */
/* Take IF [NOT] EXISTS if it stands here. */
void sql_take_if_exists(struct sql_parser *p);

/* ---- sql_from.c ---- */

/* Take a dotted name or a location if one stands here: db.t, `p`.d.t, [dbo].[t], parquet.`path`,
 * "x.csv", @stage/path, and, if strings_are_paths, 'path'. */
bool sql_take_place(struct sql_parser *p, bool strings_are_paths, struct sql_place *out);
/* Take a string as a path. */
bool sql_take_path(struct sql_parser *p, struct sql_place *out);
/* One item behind FROM, JOIN or a comma, with its alias. */
void sql_from_item(struct sql_parser *p, struct sql_scope *scope);
/* Take an alias and note that it names ref. */
void sql_take_alias(struct sql_parser *p, struct sql_scope *scope, const struct sql_place *place,
                    size_t ref);
size_t sql_alias_ref(const struct sql_scope *scope, struct str name);

/* ---- sql_query.c ---- */

/* Read up to the end of the statement or bracket, reporting what queries read. */
void sql_body(struct sql_parser *p, struct sql_scope *scope, enum sql_mode mode);
/* At "(": take all up to its ")"; a query in it is read with its own scope. */
void sql_parens(struct sql_parser *p, const struct sql_scope *scope);
/* As above, but what is in it stands in a FROM clause. */
void sql_from_parens(struct sql_parser *p, const struct sql_scope *scope);
/* At "(": take all up to its ")", reading nothing. */
void sql_skip_parens(struct sql_parser *p);
/* Take all up to the end of the statement: nothing more in it counts. */
void sql_skip_rest(struct sql_parser *p);
/* At WITH: take the CTEs behind it into scope; false if it begins something else. */
bool sql_take_ctes(struct sql_parser *p, struct sql_scope *scope);

/* ---- sql_statement.c ---- */

/* All statements up to the end of the text. */
void sql_statements(struct sql_parser *p, const struct sql_scope *scope);
/* One statement that stands in brackets as a table does: (PIVOT t ON x). */
void sql_inner_statement(struct sql_parser *p, struct sql_scope *scope);
/* A statement begins here, whatever stands before it. */
bool sql_starts_statement(struct sql_parser *p);
/* Read text as statements of its own: UNLOAD('...'), EXECUTE IMMEDIATE '...'. */
void sql_nested(struct sql_parser *p, const struct sql_scope *scope, const struct sql_token *text);
/* At INSERT: take it and its target. */
void sql_insert(struct sql_parser *p, struct sql_scope *scope);

/* ---- sql_names.c, sql_create.c, sql_move.c ---- */

typedef void sql_statement_fn(struct sql_parser *p, struct sql_scope *scope);
sql_statement_fn sql_describe, sql_repair, sql_maintain, sql_cache, sql_summarize, sql_show,
    sql_truncate, sql_restore, sql_rename;
sql_statement_fn sql_create, sql_alter, sql_drop;
sql_statement_fn sql_copy, sql_unload, sql_load, sql_export, sql_import, sql_call, sql_convert;
sql_statement_fn sql_use, sql_set, sql_attach, sql_declare;

/* At "(": take "key = value" pairs; each location in them is handed to found with its key. */
typedef void sql_property_fn(struct sql_parser *p, void *ctx, struct str key,
                             const struct sql_place *value);
void sql_properties(struct sql_parser *p, sql_property_fn *found, void *ctx);

#endif
