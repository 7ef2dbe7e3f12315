/*
 * sql_create: CREATE, ALTER and DROP of tables, views, databases and stages, with the locations
 * that their clauses and properties name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql_internal.h"
#include "util/limits.h"

/* ---- properties ---- */

/* The key of a property, in the parts that words, dots and quotes make. */
static struct str take_key(struct sql_parser *p)
{
    struct str key = STR_EMPTY;
    for (int n = 0; n < 12 && !sql_at_end(p); n++) {
        const struct sql_token *t = sql_peek(&p->lx, 0);
        if (t->kind == SQL_OP && t->text.ptr[0] != '.' && t->text.ptr[0] != '-')
            break;
        bool is_value = n != 0 && sql_at_string(p, 0);
        if (is_value)
            break;
        struct sql_token taken = sql_next(&p->lx);
        if (taken.kind != SQL_OP || key.len != 0)
            key = key.len == 0 ? taken.text : arena_concat(p->arena, key, taken.text);
    }
    return key;
}

/* Strings in a list value: uris = ['a', 'b'], ARRAY['a'], ('a'). */
static void take_list(struct sql_parser *p, sql_property_fn *found, void *ctx, struct str key)
{
    char close = sql_at_op(p, 0, '[') ? ']' : ')';
    (void)sql_next(&p->lx);
    while (sql_peek(&p->lx, 0)->kind != SQL_END && !sql_take_op(p, close)) {
        struct sql_place value;
        if (sql_at_string(p, 0) && sql_take_path(p, &value))
            found(p, ctx, key, &value);
        else if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else
            (void)sql_next(&p->lx);
    }
}

void sql_properties(struct sql_parser *p, sql_property_fn *found, void *ctx)
{
    (void)sql_next(&p->lx);
    while (sql_peek(&p->lx, 0)->kind != SQL_END && !sql_at_op(p, 0, ')') && !sql_at_op(p, 0, ';')) {
        struct str key = take_key(p);
        while (sql_peek(&p->lx, 0)->kind == SQL_OP && sql_peek(&p->lx, 0)->text.ptr[0] == '=')
            (void)sql_next(&p->lx);
        (void)sql_take_kw(p, KW_ARRAY);
        struct sql_place value;
        if (sql_at_string(p, 0) && sql_take_path(p, &value))
            found(p, ctx, key, &value);
        else if (sql_at_op(p, 0, '[') || sql_at_op(p, 0, '('))
            take_list(p, found, ctx, key);
        while (sql_peek(&p->lx, 0)->kind != SQL_END && !sql_at_op(p, 0, ')') &&
               !sql_at_op(p, 0, ';') && !sql_take_op(p, ',')) {
            if (sql_at_op(p, 0, '('))
                sql_skip_parens(p);
            else
                (void)sql_next(&p->lx);
        }
    }
    (void)sql_take_op(p, ')');
}

/* ---- CREATE TABLE, VIEW ---- */

/* What the clauses of one CREATE say. */
struct creation {
    struct sql_place name;
    bool is_view, is_temporary, is_external, has_columns, has_query;
    struct sql_place locations[4];
    size_t n_locations;
    struct sql_place topic;
};

static void add_location(struct creation *c, const struct sql_place *place)
{
    if (c->n_locations < ARRAY_LEN(c->locations))
        c->locations[c->n_locations++] = *place;
}

static void creation_property(struct sql_parser *p, void *ctx, struct str key,
                              const struct sql_place *value)
{
    static const struct str paths[] = {
        STR_INIT("path"), STR_INIT("location"), STR_INIT("external_location"),
        STR_INIT("uri"),  STR_INIT("uris"),     STR_INIT("data_location"),
    };
    static const struct str topics[] = { STR_INIT("topic"), STR_INIT("kafka_topic") };
    (void)p;
    struct creation *c = ctx;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (str_eq_nocase(key, paths[i]))
            add_location(c, value);
    for (size_t i = 0; i < ARRAY_LEN(topics); i++)
        if (str_eq_nocase(key, topics[i])) {
            c->topic = *value;
            c->topic.kind = SQL_STREAM;
        }
}

/* Snowflake: COPY GRANTS, COPY TAGS copy no data. */
static bool take_copied_rights(struct sql_parser *p)
{
    if (!sql_at_kw(p, 0, KW_COPY) || !(sql_at_word(p, 1, "grants") || sql_at_word(p, 1, "tags")))
        return false;
    (void)sql_next(&p->lx);
    (void)sql_next(&p->lx);
    return true;
}

/* Postgres: PARTITION OF t, INHERITS (t, u). */
static bool take_parents(struct sql_parser *p)
{
    struct sql_place parent;
    bool is_partition = sql_at_kw(p, 0, KW_PARTITION) && sql_at_kw(p, 1, KW_OF);
    if (!is_partition && !(sql_at_word(p, 0, "inherits") && sql_at_op(p, 1, '(')))
        return false;
    (void)sql_next(&p->lx);
    do {
        (void)sql_next(&p->lx);
        if (sql_take_place(p, false, &parent))
            (void)sql_report(p, NULL, SQL_LIST, true, &parent);
    } while (!is_partition && sql_at_op(p, 0, ','));
    (void)(is_partition || sql_take_op(p, ')'));
    return true;
}

/* LIKE t, CLONE t, COPY t behind the name. */
static bool take_model(struct sql_parser *p)
{
    if (take_copied_rights(p))
        return true;
    bool is_clone =
        (sql_at_kw(p, 0, KW_SHALLOW) || sql_at_kw(p, 0, KW_DEEP)) && sql_at_kw(p, 1, KW_CLONE);
    if (is_clone)
        (void)sql_next(&p->lx);
    is_clone = sql_at_kw(p, 0, KW_CLONE) || sql_at_kw(p, 0, KW_COPY);
    if (!is_clone && !sql_at_kw(p, 0, KW_LIKE))
        return false;
    (void)sql_next(&p->lx);
    if (sql_at_string(p, 1)) /* Impala: LIKE PARQUET 'path' */
        (void)sql_next(&p->lx);
    struct sql_place model;
    if (sql_take_place(p, true, &model))
        (void)sql_report(p, NULL, is_clone ? SQL_READ : SQL_LIST, false, &model);
    return true;
}

/* LOCATION [=] 'p' or @stage/p */
static bool take_location(struct sql_parser *p, struct creation *c)
{
    if (!sql_at_kw(p, 0, KW_LOCATION))
        return false;
    (void)sql_next(&p->lx);
    (void)sql_take_op(p, '=');
    struct sql_place place;
    bool found = sql_at_op(p, 0, '@') ? sql_take_place(p, false, &place) : sql_take_path(p, &place);
    if (found)
        add_location(c, &place);
    return true;
}

/* Columns in brackets, among them LIKE t. */
static void take_columns(struct sql_parser *p)
{
    (void)sql_next(&p->lx);
    bool is_start = true;
    while (!sql_at_end(p)) {
        if (is_start && sql_at_kw(p, 0, KW_LIKE)) {
            (void)take_model(p);
        } else if (sql_at_op(p, 0, '(')) {
            sql_skip_parens(p);
        } else {
            is_start = sql_at_op(p, 0, ',');
            (void)sql_next(&p->lx);
            continue;
        }
        is_start = false;
    }
    (void)sql_take_op(p, ')');
}

/* ClickHouse: CREATE TABLE t AS u has the columns of u; CREATE VIEW v TO t fills t. */
static bool take_other_table(struct sql_parser *p, struct creation *c, enum sql_kw last)
{
    struct sql_place other;
    if (c->is_view && sql_at_kw(p, 0, KW_TO)) {
        (void)sql_next(&p->lx);
        if (sql_take_place(p, false, &other))
            (void)sql_report(p, NULL, SQL_WRITE, false, &other);
        return true;
    }
    bool is_name = last == KW_AS && !c->is_view &&
                   (sql_peek(&p->lx, 0)->kind != SQL_WORD || sql_peek(&p->lx, 0)->kw == KW_NONE);
    if (!is_name || !sql_take_place(p, false, &other))
        return false;
    (void)sql_report(p, NULL, SQL_LIST, true, &other);
    return true;
}

/* Properties or columns in brackets. */
static bool take_brackets(struct sql_parser *p, struct sql_scope *scope, struct creation *c,
                          enum sql_kw last)
{
    if (!sql_at_op(p, 0, '('))
        return false;
    if (last == KW_OPTIONS || last == KW_WITH || last == KW_TBLPROPERTIES) {
        sql_properties(p, creation_property, c);
    } else if (sql_at_kw(p, 1, KW_SELECT) || sql_at_kw(p, 1, KW_WITH)) {
        c->has_query = true;
        sql_parens(p, scope);
    } else if (last == KW_NONE) {
        c->has_columns |= !sql_at_kw(p, 1, KW_LIKE);
        take_columns(p);
    } else {
        sql_skip_parens(p);
    }
    return true;
}

static bool at_created_query(struct sql_parser *p, enum sql_kw last)
{
    if (sql_at_kw(p, 0, KW_SELECT))
        return true;
    if (last == KW_AS)
        return sql_at_kw(p, 0, KW_WITH) || sql_at_kw(p, 0, KW_FROM) || sql_at_op(p, 0, '(') ||
               sql_at_kw(p, 0, KW_TABLE) || sql_at_kw(p, 0, KW_VALUES);
    return sql_at_kw(p, 0, KW_WITH) && sql_peek(&p->lx, 1)->kind == SQL_WORD &&
           sql_at_kw(p, 2, KW_AS) && sql_at_op(p, 3, '(');
}

static void take_clauses(struct sql_parser *p, struct sql_scope *scope, struct creation *c)
{
    enum sql_kw last = KW_NONE;
    while (!sql_at_end(p)) {
        if (at_created_query(p, last)) {
            c->has_query = true;
            sql_body(p, scope, SQL_MODE_EXPR);
            return;
        }
        if (sql_peek(&p->lx, 0)->is_first && sql_starts_statement(p))
            return;
        if (take_brackets(p, scope, c, last)) {
            last = KW_TABLE; /* what follows is no list of columns */
            continue;
        }
        if (take_model(p) || take_parents(p) || take_other_table(p, c, last) ||
            take_location(p, c)) {
            last = KW_TABLE;
            continue;
        }
        struct sql_token t = sql_next(&p->lx);
        if (t.kind == SQL_WORD && t.kw == KW_STORED && sql_at_kw(p, 0, KW_AS))
            (void)sql_next(&p->lx); /* STORED AS PARQUET */
        last = t.kind == SQL_WORD && t.kw != KW_NONE ? t.kw : KW_TABLE;
    }
}

/* Existing data is read: an external table, or one whose columns come from the data. */
static enum sql_dir location_dir(const struct creation *c)
{
    if (c->has_query)
        return SQL_WRITE;
    return c->is_external || c->is_view || !c->has_columns ? SQL_READ : SQL_WRITE;
}

static void report_creation(struct sql_parser *p, struct creation *c, size_t at)
{
    bool hides = c->is_temporary || p->session->is_in_memory;
    if (hides)
        sql_hide(p, &c->name);
    size_t n = p->out->n_refs;
    (void)sql_report(p, NULL, SQL_WRITE, false, &c->name);
    for (size_t i = 0; i < c->n_locations; i++) {
        (void)sql_report(p, NULL, location_dir(c), false, &c->locations[i]);
        sql_bind(p, &c->name, &c->locations[i]);
    }
    if (c->topic.text.len != 0)
        (void)sql_report(p, NULL, SQL_READ, false, &c->topic);
    /* The target stands before what its query reads. */
    size_t added = p->out->n_refs - n;
    for (; added != 0 && n > at; added--, at++) {
        struct sql_ref ref = p->out->refs[p->out->n_refs - added];
        for (size_t i = p->out->n_refs - added; i > at; i--)
            p->out->refs[i] = p->out->refs[i - 1];
        p->out->refs[at] = ref;
        n++;
    }
}

static void create_table(struct sql_parser *p, struct sql_scope *scope, struct creation *c)
{
    sql_take_if_exists(p);
    if (!sql_take_place(p, true, &c->name))
        return;
    c->is_temporary |= c->name.text.len != 0 && c->name.text.ptr[0] == '#';
    size_t at = p->out->n_refs;
    take_clauses(p, scope, c);
    report_creation(p, c, at);
}

/* ---- other objects ---- */

/* CREATE DATABASE d LOCATION 'p' */
static void create_database(struct sql_parser *p, struct sql_scope *scope)
{
    sql_take_if_exists(p);
    struct creation c = { 0 };
    if (!sql_take_place(p, false, &c.name))
        return;
    if (!sql_session_has_view(p->session, c.name.text)) {
        c.name.n_parts = 3; /* a database of its own: nothing is put in front */
        (void)sql_report(p, NULL, SQL_WRITE, true, &c.name);
    }
    take_clauses(p, scope, &c);
    for (size_t i = 0; i < c.n_locations; i++)
        (void)sql_report(p, NULL, SQL_WRITE, true, &c.locations[i]);
}

static void stage_property(struct sql_parser *p, struct sql_place *name,
                           const struct sql_place *url)
{
    (void)sql_report(p, NULL, SQL_READ, true, url);
    name->text = arena_concat(p->arena, STR("@"), name->text);
    name->n_parts = 3;
    sql_bind(p, name, url);
}

/* CREATE STAGE s URL = 's3://..' */
static void create_stage(struct sql_parser *p)
{
    sql_take_if_exists(p);
    struct sql_place name, url;
    if (!sql_take_place(p, false, &name))
        return;
    while (!sql_at_end(p)) {
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else if (!sql_take_word(p, "url"))
            (void)sql_next(&p->lx);
        else if (sql_take_op(p, '=') && sql_take_path(p, &url))
            stage_property(p, &name, &url);
    }
}

/* A function's or procedure's body runs only if it is called. */
static void create_routine(struct sql_parser *p)
{
    p->is_may = true;
    while (!sql_at_end(p)) {
        if (sql_at_kw(p, 0, KW_AS) || sql_at_kw(p, 0, KW_BEGIN))
            return;
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else
            (void)sql_next(&p->lx);
    }
}

/* CREATE INDEX i ON t and all other things: nothing is read or written. */
static void create_other(struct sql_parser *p)
{
    while (!sql_at_end(p)) {
        if (sql_peek(&p->lx, 0)->is_first && sql_starts_statement(p))
            return;
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else
            (void)sql_next(&p->lx);
    }
}

void sql_create(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    struct creation c = { 0 };
    if (sql_at_op(p, 0, '[')) { /* Fugue: rows that are written out */
        sql_skip_rest(p);
        return;
    }
    /* OR REPLACE, and the adjectives of all dialects, stand before the kind. */
    for (int n = 0; n < 10 && !sql_at_end(p); n++) {
        c.is_temporary |= sql_at_kw(p, 0, KW_TEMP) || sql_at_kw(p, 0, KW_TEMPORARY) ||
                          sql_at_kw(p, 0, KW_VOLATILE);
        c.is_external |= sql_at_kw(p, 0, KW_EXTERNAL);
        bool is_routine = sql_at_kw(p, 0, KW_FUNCTION) || sql_at_kw(p, 0, KW_PROCEDURE) ||
                          sql_at_word(p, 0, "macro") || sql_at_word(p, 0, "trigger") ||
                          (sql_at_kw(p, 0, KW_TABLE) && sql_at_kw(p, 1, KW_FUNCTION));
        if (is_routine) {
            create_routine(p);
            return;
        }
        if (sql_at_word(p, 0, "index"))
            break;
        if (sql_take_kw(p, KW_TABLE)) {
            create_table(p, scope, &c);
            return;
        }
        bool is_stream = sql_at_kw(p, 0, KW_STREAM) && sql_peek(&p->lx, 1)->kind == SQL_WORD;
        if (sql_take_kw(p, KW_VIEW) || (is_stream && sql_take_kw(p, KW_STREAM))) {
            c.is_view = true;
            create_table(p, scope, &c);
            return;
        }
        if (sql_take_kw(p, KW_DATABASE) || sql_take_kw(p, KW_SCHEMA)) {
            if (c.is_external)
                create_other(p); /* Redshift: names a database of another catalogue */
            else
                create_database(p, scope);
            return;
        }
        if (sql_take_kw(p, KW_STAGE)) {
            create_stage(p);
            return;
        }
        (void)sql_next(&p->lx);
    }
    create_other(p);
}

/* ---- ALTER, DROP ---- */

static bool take_object(struct sql_parser *p)
{
    static const char *const others[] = { "iceberg", "dynamic", "foreign", "hybrid" };
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        (void)sql_take_word(p, others[i]);
    (void)(sql_take_kw(p, KW_EXTERNAL) || sql_take_kw(p, KW_TEMPORARY) ||
           sql_take_kw(p, KW_MATERIALIZED) || sql_take_word(p, "streaming"));
    return sql_take_kw(p, KW_TABLE) || sql_take_kw(p, KW_VIEW);
}

/* The other table or query of one clause of ALTER: RENAME TO u, SWAP WITH u, REPLACE PARTITION x
 * FROM u, and of views AS q. */
static bool take_alteration(struct sql_parser *p, struct sql_scope *scope, enum sql_kw last)
{
    struct sql_place other;
    bool renames = (sql_at_kw(p, 0, KW_RENAME) && sql_at_kw(p, 1, KW_TO)) ||
                   (sql_at_word(p, 0, "swap") && sql_at_kw(p, 1, KW_WITH));
    bool is_bare = sql_at_kw(p, 0, KW_RENAME) && !renames &&
                   (sql_peek(&p->lx, 2)->kind == SQL_END || sql_at_op(p, 2, ';')); /* MySQL */
    if (renames || is_bare) {
        (void)sql_next(&p->lx);
        if (renames)
            (void)sql_next(&p->lx);
        if (sql_take_place(p, false, &other))
            (void)sql_report(p, NULL, SQL_WRITE, true, &other);
        return true;
    }
    if (sql_take_kw(p, KW_FROM)) {
        if (sql_take_place(p, false, &other))
            (void)sql_report(p, NULL, SQL_READ, false, &other);
        return true;
    }
    if (last != KW_AS || !(sql_at_kw(p, 0, KW_SELECT) || sql_at_kw(p, 0, KW_WITH)))
        return false;
    sql_body(p, scope, SQL_MODE_EXPR);
    return true;
}

/* ALTER TABLE t RENAME TO u, SET LOCATION 'p', ADD PARTITION (..) LOCATION 'p', APPEND FROM s */
void sql_alter(struct sql_parser *p, struct sql_scope *scope)
{
    (void)sql_next(&p->lx);
    bool is_table = take_object(p);
    sql_take_if_exists(p);
    (void)sql_take_kw(p, KW_ONLY);
    struct creation c = { 0 };
    if (!is_table || !sql_take_place(p, true, &c.name)) {
        create_other(p);
        return;
    }
    bool appends = sql_at_kw(p, 0, KW_APPEND) && sql_at_kw(p, 1, KW_FROM);
    (void)sql_report(p, NULL, SQL_WRITE, !appends, &c.name);
    enum sql_kw last = KW_NONE;
    while (!sql_at_end(p)) {
        if (sql_peek(&p->lx, 0)->is_first && last != KW_NONE && last != KW_AS &&
            sql_starts_statement(p) && !sql_at_kw(p, 0, KW_DROP) && !sql_at_kw(p, 0, KW_ALTER))
            break;
        if (sql_at_op(p, 0, '('))
            sql_skip_parens(p);
        else if (!take_alteration(p, scope, last) && !take_location(p, &c))
            last = sql_next(&p->lx).kw;
    }
    for (size_t i = 0; i < c.n_locations; i++) {
        (void)sql_report(p, NULL, SQL_READ, true, &c.locations[i]);
        sql_bind(p, &c.name, &c.locations[i]);
    }
}

void sql_drop(struct sql_parser *p, struct sql_scope *scope)
{
    (void)scope;
    (void)sql_next(&p->lx);
    bool is_database = sql_at_kw(p, 0, KW_DATABASE) || sql_at_kw(p, 0, KW_SCHEMA);
    if (is_database)
        (void)sql_next(&p->lx);
    else if (!take_object(p)) {
        create_other(p);
        return;
    }
    sql_take_if_exists(p);
    do {
        struct sql_place place;
        if (!sql_take_place(p, true, &place))
            break;
        place.n_parts += is_database ? 2 : 0;
        if (!p->session->is_in_memory)
            (void)sql_report(p, NULL, SQL_WRITE, true, &place);
    } while (sql_take_op(p, ','));
    create_other(p);
}
