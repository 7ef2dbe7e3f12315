/*
 * sql: sessions, and what of the names that statements hold is a reference.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/sql.h"

#include "lineage/sql_internal.h"
#include "util/limits.h"

void sql_session_init(struct sql_session *s, struct arena *a)
{
    *s = (struct sql_session){ .arena = a };
    strmap_init(&s->views, a);
    strmap_init(&s->variables, a);
}

void sql_session_add_view(struct sql_session *s, struct str name)
{
    static char yes;
    if (name.len != 0 && s->views.n < LIMIT_SQL_REFS)
        strmap_put(&s->views, arena_lower(s->arena, name), &yes);
}

bool sql_session_has_view(const struct sql_session *s, struct str name)
{
    char key[256];
    if (name.len > sizeof key || s->views.n == 0)
        return false;
    for (size_t i = 0; i < name.len; i++)
        key[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32) : name.ptr[i];
    return strmap_has(&s->views, (struct str){ key, name.len });
}

/* name without quotes, backticks and brackets around its parts, and blanks behind its dots. */
static struct str unquoted(struct arena *a, struct str name)
{
    char *copy = arena_alloc(a, name.len);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] == ' ' && n > 0 && copy[n - 1] == '.') && name.ptr[i] != '`' &&
            name.ptr[i] != '"' && name.ptr[i] != '[' && name.ptr[i] != ']')
            copy[n++] = name.ptr[i];
    return (struct str){ copy, n };
}

void sql_session_use(struct sql_session *s, struct str name)
{
    struct str plain = unquoted(s->arena, str_trim(name)), catalog, database;
    s->schema = STR_EMPTY;
    if (str_cut(plain, '.', &catalog, &database)) {
        s->catalog = catalog;
        s->database = database;
    } else {
        s->database = plain;
    }
}

static bool is_hole(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != HOLE_BYTE)
            return false;
    return s.len != 0;
}

struct str sql_join(struct arena *a, struct str left, struct str sign, struct str right)
{
    return arena_concat(a, arena_concat(a, left, sign), right);
}

/* A name that begins with an unknown part may hold its database there. */
static struct str qualified(struct arena *a, const struct sql_session *s, struct str name,
                            size_t n_parts)
{
    if (name.len == 0 || name.ptr[0] == HOLE_BYTE || n_parts > 2)
        return name;
    if (n_parts == 1 && s->schema.len != 0)
        name = sql_join(a, s->schema, STR("."), name);
    if (n_parts == 1 && s->database.len != 0)
        name = sql_join(a, s->database, STR("."), name);
    if (s->catalog.len != 0 && (n_parts == 2 || s->database.len != 0))
        name = sql_join(a, s->catalog, STR("."), name);
    return name;
}

struct str sql_table_name(struct arena *a, const struct sql_session *s, struct str name)
{
    struct str plain = unquoted(a, str_trim(name));
    size_t n_parts = 1;
    for (size_t i = 0; i < plain.len; i++)
        n_parts += plain.ptr[i] == '.';
    return qualified(a, s, plain, n_parts);
}

/* ---- what counts ---- */

static bool is_cte(const struct sql_scope *scope, struct str name)
{
    for (; scope != NULL; scope = scope->parent) {
        if (scope->has_unknown_ctes)
            return true;
        for (size_t i = 0; i < scope->n_ctes; i++)
            if (str_eq_nocase(scope->ctes[i], name))
                return true;
        if (scope->own_cte.len != 0 && str_eq_nocase(scope->own_cte, name))
            return scope->sees_own_cte;
    }
    return false;
}

/* arr in "FROM t, t.arr": a column of a table that stands before it. */
static bool is_column(const struct sql_scope *scope, const struct sql_place *place)
{
    struct str first, rest; /* of `t.arr` as well */
    if (place->n_parts < 2 || !str_cut(place->text, '.', &first, &rest))
        return false;
    for (; scope != NULL; scope = scope->parent)
        for (size_t i = 0; i < scope->n_aliases; i++)
            if (str_eq_nocase(scope->aliases[i].name, first))
                return true;
    return false;
}

static bool in_list(struct str word, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(word, list[i]))
            return true;
    return false;
}

/* Catalogues of the system: reading them is reading names. */
static bool is_system(const struct sql_place *place)
{
    static const struct str schemas[] = {
        STR_INIT("information_schema"), STR_INIT("pg_catalog"), STR_INIT("sys"),
        STR_INIT("performance_schema"), STR_INIT("mysql"),      STR_INIT("system"),

    };
    static const struct str tables[] = {
        STR_INIT("sqlite_master"),   STR_INIT("sqlite_schema"), STR_INIT("sqlite_temp_master"),
        STR_INIT("sqlite_sequence"), STR_INIT("user_tables"),   STR_INIT("all_tables"),
    };
    static const struct str prefixes[] = {
        STR_INIT("pg_"), STR_INIT("svv_"), STR_INIT("stl_"), STR_INIT("stv_"), STR_INIT("svl_"),
    };
    if (in_list(place->last, tables, ARRAY_LEN(tables)))
        return true;
    if (place->n_parts == 1) {
        for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
            if (str_has_prefix_nocase(place->last, prefixes[i]))
                return true;
        return false;
    }
    struct str rest = place->text, part;
    while (str_cut(rest, '.', &part, &rest))
        if (in_list(part, schemas, ARRAY_LEN(schemas)))
            return true;
    return false;
}

/* Iceberg's t.snapshots, Athena's "t$history": what a table format says about a table. */
static bool is_metadata(const struct sql_place *place)
{
    static const struct str sure[] = {
        STR_INIT("snapshots"),      STR_INIT("manifests"),        STR_INIT("metadata_log_entries"),
        STR_INIT("all_data_files"), STR_INIT("all_manifests"),    STR_INIT("all_entries"),
        STR_INIT("data_files"),     STR_INIT("position_deletes"), STR_INIT("delete_files"),
    };
    static const struct str likely[] = { STR_INIT("history"), STR_INIT("files"),
                                         STR_INIT("partitions"), STR_INIT("entries"),
                                         STR_INIT("refs") };
    size_t dollar = str_rfind_char(place->last, '$');
    return (dollar != SIZE_MAX && dollar > 0) ||
           (place->n_parts >= 2 && in_list(place->last, sure, ARRAY_LEN(sure))) ||
           (place->n_parts >= 3 && in_list(place->last, likely, ARRAY_LEN(likely)));
}

bool sql_is_hidden(const struct sql_parser *p, const struct sql_place *place)
{
    if (place->kind != SQL_TABLE)
        return false;
    const struct sql_session *s = p->session;
    if (place->n_parts == 2 &&
        (str_eq_nocase(place->first, STR("global_temp")) ||
         str_eq_nocase(place->first, STR("temp")) || str_eq_nocase(place->first, STR("pg_temp"))))
        return true;
    if (sql_session_has_view(s, place->text))
        return true;
    if (place->n_parts != 1 || place->text.len == 0)
        return false;
    return place->text.ptr[0] == '#' || str_eq_nocase(place->text, STR("dual")) ||
           (s->is_frame != NULL && s->is_frame(s->ctx, place->text));
}

void sql_hide(struct sql_parser *p, const struct sql_place *place)
{
    sql_session_add_view(p->session, place->text);
}

static size_t add_ref(struct sql_parser *p, const struct sql_ref *ref)
{
    if (p->out->n_refs >= LIMIT_SQL_REFS) {
        p->out->hit_limit = true;
        return SIZE_MAX;
    }
    *ARENA_PUSH(p->arena, p->out->refs, p->out->n_refs, p->out->cap_refs) = *ref;
    return p->out->n_refs - 1;
}

/* T-SQL's table variables look like Snowflake's stages. */
static bool is_variable(const struct sql_parser *p, const struct sql_place *place)
{
    return place->kind == SQL_STAGE &&
           (p->dialect == SQL_TSQL || sql_session_has_view(p->session, place->text));
}

size_t sql_report(struct sql_parser *p, const struct sql_scope *scope, enum sql_dir dir,
                  bool is_may, const struct sql_place *place)
{
    struct sql_ref ref = { .dir = dir,
                           .kind = place->kind,
                           .is_may = is_may || p->is_may || dir == SQL_LIST,
                           .name = place->text,
                           .statement = p->statement,
                           .line = place->line,
                           .col = place->col };
    if (place->kind != SQL_TABLE)
        return place->text.len == 0 || is_variable(p, place) ? SIZE_MAX : add_ref(p, &ref);
    if (place->text.len == 0 || sql_is_hidden(p, place))
        return SIZE_MAX;
    if (scope != NULL && ((place->n_parts == 1 && is_cte(scope, place->text)) ||
                          (dir == SQL_READ && is_column(scope, place))))
        return SIZE_MAX;
    if (is_system(place)) {
        ref.dir = dir == SQL_READ ? SQL_LIST : dir;
        ref.is_may = true;
    } else {
        ref.is_may |= dir == SQL_READ && is_metadata(place);
        ref.name = is_hole(place->text)
                       ? place->text
                       : qualified(p->arena, p->session, place->text, place->n_parts);
    }
    return add_ref(p, &ref);
}

void sql_bind(struct sql_parser *p, const struct sql_place *table, const struct sql_place *location)
{
    if (p->out->n_bindings >= LIMIT_SQL_REFS) {
        p->out->hit_limit = true;
        return;
    }
    *ARENA_PUSH(p->arena, p->out->bindings, p->out->n_bindings, p->out->cap_bindings) =
        (struct sql_binding){
            .table = qualified(p->arena, p->session, table->text, table->n_parts),
            .location = location->text,
        };
}

/* ---- tokens ---- */

bool sql_at_kw(struct sql_parser *p, size_t i, enum sql_kw kw)
{
    const struct sql_token *t = sql_peek(&p->lx, i);
    return t->kind == SQL_WORD && t->kw == kw;
}

bool sql_at_op(struct sql_parser *p, size_t i, char c)
{
    const struct sql_token *t = sql_peek(&p->lx, i);
    return t->kind == SQL_OP && t->text.len == 1 && t->text.ptr[0] == c;
}

bool sql_at_word(struct sql_parser *p, size_t i, const char *word)
{
    const struct sql_token *t = sql_peek(&p->lx, i);
    return t->kind == SQL_WORD && str_eq_nocase(t->text, str_from(word));
}

bool sql_take_kw(struct sql_parser *p, enum sql_kw kw)
{
    if (!sql_at_kw(p, 0, kw))
        return false;
    (void)sql_next(&p->lx);
    return true;
}

bool sql_take_op(struct sql_parser *p, char c)
{
    if (!sql_at_op(p, 0, c))
        return false;
    (void)sql_next(&p->lx);
    return true;
}

bool sql_take_word(struct sql_parser *p, const char *word)
{
    if (!sql_at_word(p, 0, word))
        return false;
    (void)sql_next(&p->lx);
    return true;
}

bool sql_at_end(struct sql_parser *p)
{
    const struct sql_token *t = sql_peek(&p->lx, 0);
    return t->kind == SQL_END || sql_at_op(p, 0, ')') || sql_at_op(p, 0, ';');
}

bool sql_at_string(struct sql_parser *p, size_t i)
{
    enum sql_token_kind kind = sql_peek(&p->lx, i)->kind;
    return kind == SQL_STRING || kind == SQL_DOUBLE;
}

void sql_take_if_exists(struct sql_parser *p)
{
    if (!sql_at_kw(p, 0, KW_IF))
        return;
    if (sql_at_kw(p, 1, KW_NOT) && sql_at_kw(p, 2, KW_EXISTS)) {
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    } else if (sql_at_kw(p, 1, KW_EXISTS)) {
        (void)sql_next(&p->lx);
        (void)sql_next(&p->lx);
    }
}

void sql_refs(struct arena *a, struct str text, enum sql_dialect dialect,
              struct sql_session *session, struct sql_result *out)
{
    struct sql_parser p = {
        .arena = a, .session = session, .out = out, .dialect = dialect, .statement = "SELECT"
    };
    sql_lex_init(&p.lx, a, session, dialect, text, 1);
    sql_statements(&p, NULL);
    if (out->n_refs >= LIMIT_SQL_REFS)
        out->hit_limit = true;
}
