/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include "util/attrs.h"
#include "util/limits.h"

struct value *io_part(const struct io *io, enum place_role role, enum place_part p)
{
    const struct call_place *place = row_place(io->row, role, p);
    return place == NULL ? NULL
                         : place_value(io->e, place, io->receiver, io->args, io->callee->name);
}

/* A literal document that was given where a path could stand. */
static bool is_document(struct str text)
{
    struct str t = str_trim(text);
    return t.len == 0 || str_find_char(t, '\n') != SIZE_MAX ||
           ((t.ptr[0] == '{' || t.ptr[0] == '[') && str_find_char(t, '"') != SIZE_MAX) ||
           (t.ptr[0] == '<' && str_find(t, STR("</"), 0) != SIZE_MAX);
}

static struct str table_uri(const struct io *io, struct str name)
{
    struct eval *e = io->e;
    static const enum place_role ROLES[] = { ROLE_SCHEMA, ROLE_DB };
    if (io->row->dir != CALL_WRITE && sql_session_has_view(&e->sql, name))
        return STR_EMPTY; /* the notebook's own */
    for (size_t i = 0; i < 2; i++) {
        struct value *db = io_part(io, ROLES[i], PART_WHOLE);
        db = db == NULL ? NULL : value_to_text(&e->vs, value_alternative(db, 0));
        if (db == NULL || db->kind != VALUE_TEXT || db->text.bytes.len == 0 ||
            str_eq(db->text.bytes, STR(HOLE_TEXT)) || str_contains(db->text.bytes, STR("/")))
            continue;
        name = arena_printf(e->arena, "%.*s.%.*s", STR_FMT(db->text.bytes), STR_FMT(name));
    }
    if (str_find_char(name, '.') == SIZE_MAX)
        name = sql_table_name(e->arena, &e->sql, name);
    return uri_from_table(e->arena, name);
}

/* Is what the place names on this machine's disk, whatever the rest of the row is about: the local
 * side of an S3 transfer, "lpath" of a file system? */
static bool is_local_side(const struct io *io, const struct call_place *place)
{
    if (place == NULL)
        return false;
    for (size_t i = 0; i < place->n_ways; i++)
        for (size_t k = 0; k < place->ways[i].n_names; k++)
            if (str_has_prefix(place->ways[i].names[k], STR("lpath")) ||
                str_has_prefix(place->ways[i].names[k], STR("local")))
                return true;
    if (io->row->kind != KIND_S3 && io->row->kind != KIND_GS)
        return false;
    for (size_t i = 0; i < io->row->n_places; i++)
        if (io->row->places[i].part != PART_WHOLE && io->row->places[i].role != place->role)
            return true;
    return false;
}

static struct str uri_of(const struct io *io, const struct call_place *place, struct str text)
{
    struct arena *a = io->e->arena;
    if (is_local_side(io, place))
        return is_document(text) ? STR_EMPTY : uri_from_path(a, without_templates(a, text));
    text = without_templates(a, text);
    if (text.len > 1 && text.ptr[0] == '@')
        return uri_from_name(a, "stage", text);
    switch (io->row->kind) {
    case KIND_TABLE:
        if (str_find_char(text, '/') == SIZE_MAX || str_find(text, STR(".`"), 0) != SIZE_MAX)
            return io_is_in_memory(io) ? STR_EMPTY : table_uri(io, text);
        break;
    case KIND_GS:
        return uri_from_bucket_path(a, STR("gs"), text);
    case KIND_STREAM:
        return uri_from_name(a, "stream", text);
    case KIND_BUILTIN:
        return str_contains(text, STR("://")) ? uri_from_path(a, text)
                                              : uri_from_name(a, "builtin", text);
    case KIND_S3:
        return uri_from_bucket_path(a, STR("s3"), text);
    default:
        break;
    }
    if (is_document(text))
        return STR_EMPTY;
    struct str scheme = io_scheme(io);
    return scheme.len > 0 ? uri_from_bucket_path(a, scheme, text) : uri_from_path(a, text);
}

static void add_location(struct locations *out, struct eval *e, struct value *text, struct str uri)
{
    if ((uri.len > 0 || out->keeps_unknown) && out->n < LIMIT_CALL_LOCATIONS)
        *ARENA_PUSH(e->arena, out->items, out->n, out->cap) = (struct location){ text, uri };
}

/* Calls that know no other place than the disk. */
static bool is_local_only(const struct io *io)
{
    static const struct str ROOTS[] = { STR_INIT("open"),    STR_INIT("io"),      STR_INIT("os"),
                                        STR_INIT("shutil"),  STR_INIT("glob"),    STR_INIT("gzip"),
                                        STR_INIT("zipfile"), STR_INIT("tarfile"), STR_INIT("cv2"),
                                        STR_INIT("codecs"),  STR_INIT("sqlite3"), STR_INIT("bz2") };
    const struct chain *root = io->callee;
    while (root->base != NULL)
        root = root->base;
    for (size_t i = 0; i < sizeof ROOTS / sizeof ROOTS[0]; i++)
        if (!root->is_value && str_eq(root->name, ROOTS[i]))
            return true;
    return false;
}

/* "(select ...) x" where a table's name could stand: SQL. */
static bool is_subquery(const struct io *io, struct str text)
{
    text = str_trim(text);
    return io->row->kind == KIND_TABLE && str_has_prefix(text, STR("(")) &&
           str_find_char(text, ' ') != SIZE_MAX;
}

/* Topics are parted by commas. */
static void add_streams(const struct io *io, const struct call_place *place, struct value *v,
                        struct locations *out)
{
    size_t from = 0;
    struct str text = v->text.bytes;
    while (from < text.len) {
        size_t comma = str_find(text, STR(","), from);
        size_t to = comma == SIZE_MAX ? text.len : comma;
        struct value *topic = value_text_slice(&io->e->vs, v, from, to);
        if (topic->kind == VALUE_TEXT)
            add_location(out, io->e, topic, uri_of(io, place, str_trim(topic->text.bytes)));
        from = to + 1;
    }
}

static void add_text(const struct io *io, const struct call_place *place, struct value *v,
                     struct locations *out)
{
    struct eval *e = io->e;
    if (is_subquery(io, v->text.bytes)) {
        struct value *query = value_concat(&e->vs, value_text(&e->vs, STR("SELECT * FROM ")), v);
        run_sql(e, query, SQL_ANY, false, io->via, io->node->line, io->node->col);
        return;
    }
    if (io->row->kind == KIND_STREAM) {
        add_streams(io, place, v, out);
        return;
    }
    struct location named;
    if (io->row->kind == KIND_CATALOG) {
        if (catalog_location(io, v->text.bytes, &named))
            add_location(out, e, named.text, named.uri);
        return;
    }
    struct str uri = uri_of(io, place, v->text.bytes);
    bool is_local = (v->flags & (VALUE_IS_PATH | VALUE_IS_LOCAL)) != 0 || is_local_only(io);
    if (is_local && str_has_prefix(uri, STR("{}")))
        uri = arena_concat(e->arena, STR("file:"), uri);
    add_location(out, e, v, uri);
}

/* All texts that v holds: alternatives, elements, values of a mapping. */
static void add_whole(const struct io *io, const struct call_place *place, struct value *v,
                      struct locations *out, unsigned depth)
{
    struct eval *e = io->e;
    if (v == NULL || depth > 4 || !eval_step(e)) /* NULL: removed from a mapping */
        return;
    switch (v->kind) {
    case VALUE_TEXT:
        add_text(io, place, v, out);
        break;
    case VALUE_UNION:
        for (size_t i = 0; i < value_n_alternatives(v); i++)
            if (!io_is_folder_of_another(v, i))
                add_whole(io, place, value_alternative(v, i), out, depth + 1);
        break;
    case VALUE_SEQ:
        for (size_t i = 0; i < v->seq->n && i < LIMIT_CALL_LOCATIONS; i++)
            add_whole(io, place, v->seq->items[i], out, depth + 1);
        if (v->seq->n == 0 && v->seq->any_more != NULL)
            add_whole(io, place, v->seq->any_more, out, depth + 1);
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < v->map->entries.n && i < LIMIT_CALL_LOCATIONS; i++)
            add_whole(io, place, v->map->entries.entries[i].value, out, depth + 1);
        break;
    case VALUE_CHAIN:
        /* a path object of a library, not a file that was opened (its opening counted) */
        if (v->chain->place != NULL && v->chain->bucket != NULL)
            break;
        if (v->chain->place != NULL && str_eq(v->chain->kind, STR("location")))
            add_whole(io, place, v->chain->place, out, depth + 1);
        break;
    default:
        break;
    }
}

/* A bucket and a key that are given apart. */
static void add_s3(const struct io *io, struct value *bucket, struct value *key,
                   struct locations *out)
{
    struct eval *e = io->e;
    struct value *hole = value_unknown(&e->vs, HOLE_RUN_TIME, STR("bucket"));
    struct value *b = value_to_text(&e->vs, bucket != NULL ? bucket : hole);
    struct value *k = key != NULL ? value_to_text(&e->vs, key) : value_text(&e->vs, STR_EMPTY);
    for (size_t i = 0; i < value_n_alternatives(b); i++)
        for (size_t j = 0; j < value_n_alternatives(k); j++) {
            struct value *bt = value_alternative(b, i), *kt = value_alternative(k, j);
            struct str uri =
                io->row->kind == KIND_GS
                    ? uri_from_bucket_path(e->arena, STR("gs"),
                                           uri_join(e->arena, bt->text.bytes, kt->text.bytes))
                    : uri_from_s3(e->arena, bt->text.bytes, kt->text.bytes);
            struct value *text = value_concat(
                &e->vs,
                value_concat(
                    &e->vs,
                    value_text(&e->vs, io->row->kind == KIND_GS ? STR("gs://") : STR("s3://")), bt),
                value_concat(&e->vs,
                             value_text(&e->vs, kt->text.bytes.len > 0 ? STR("/") : STR("")), kt));
            if (text->kind == VALUE_TEXT)
                text = value_with_origin_in(&e->vs, text, "made of", STR_EMPTY, e->unit->name,
                                            (uint32_t)e->unit->cell, io->node->line);
            add_location(out, e, text, uri);
        }
}

/* What stands below the place that the receiver stands for. */
static struct value *below_receiver(const struct io *io, struct value *below)
{
    struct values *vs = &io->e->vs;
    const struct chain *c = io->receiver;
    while (c != NULL && c->place == NULL)
        c = c->base;
    struct value *tail = value_to_text(vs, below);
    if (c == NULL)
        return tail;
    bool is_path = io->row->kind != KIND_TABLE && io->row->kind != KIND_VALUE;
    struct value *joint = value_text(vs, is_path ? STR("/") : STR("."));
    return value_concat(vs, c->place, value_concat(vs, joint, tail));
}

struct locations io_locations(const struct io *io, enum place_role role)
{
    struct locations out = { .keeps_unknown = io->row->dir == CALL_COPY && role == ROLE_DST };
    struct value *whole = io_part(io, role, PART_WHOLE);
    if (whole != NULL)
        add_whole(io, row_place(io->row, role, PART_WHOLE), whole, &out, 0);
    struct value *pair = io_part(io, role, PART_PAIR);
    if (pair != NULL)
        io_add_pair(io, pair, &out);
    struct value *below = io_part(io, role, PART_BELOW);
    if (below != NULL)
        add_whole(io, NULL, below_receiver(io, below), &out, 0);
    struct value *bucket = io_part(io, role, PART_BUCKET);
    struct value *key = io_part(io, role, PART_KEY);
    if (key == NULL)
        key = io_part(io, role, PART_PREFIX);
    bool is_split =
        row_place(io->row, role, PART_KEY) != NULL || row_place(io->row, role, PART_BUCKET) != NULL;
    if (out.n == 0 && is_split && (bucket != NULL || key != NULL)) {
        if (key != NULL && key->kind == VALUE_SEQ) {
            for (size_t i = 0; i < key->seq->n && i < LIMIT_CALL_LOCATIONS; i++)
                add_s3(io, bucket, key->seq->items[i], &out);
        } else {
            add_s3(io, bucket, key, &out);
        }
    }
    return out;
}

static enum reference_kind kind_of_row(const struct call_row *row)
{
    switch (row->kind) {
    case KIND_MODEL:
        return REFERENCE_MODEL;
    case KIND_FIGURE:
        return REFERENCE_FIGURE;
    case KIND_NOTEBOOK:
    case KIND_CODE:
        return REFERENCE_CODE;
    case KIND_CONFIG:
        return REFERENCE_CONFIG;
    case KIND_SCRATCH:
        return REFERENCE_SCRATCH;
    case KIND_BUILTIN:
        return REFERENCE_BUILTIN;
    default:
        return REFERENCE_DATA;
    }
}

static void emit_all(const struct io *io, const struct locations *l, enum reference_dir dir,
                     bool is_scratch)
{
    struct emit how = { dir, is_scratch ? REFERENCE_SCRATCH : kind_of_row(io->row), io->via,
                        is_scratch };
    for (size_t i = 0; i < l->n; i++)
        if (!io->needs_remote || uri_is_remote(l->items[i].uri))
            emit_uri(io->e, &how, l->items[i].uri, l->items[i].text, io->node);
}

static enum reference_dir mode_dir(const struct io *io)
{
    struct value *mode = io_part(io, ROLE_MODE, PART_WHOLE);
    mode = mode != NULL ? value_alternative(mode, 0) : NULL;
    if (mode == NULL || mode->kind != VALUE_TEXT)
        return REFERENCE_READ;
    for (size_t i = 0; i < mode->text.bytes.len; i++)
        switch (mode->text.bytes.ptr[i]) {
        case 'w':
        case 'a':
        case 'x':
        case '+':
            return REFERENCE_WRITE;
        default:
            break;
        }
    return REFERENCE_READ;
}

static bool is_file_name(struct str name)
{
    size_t dot = str_rfind_char(name, '.');
    return dot != SIZE_MAX && dot > 0 && name.len - dot >= 2 && name.len - dot <= 9 &&
           str_find_char(name, '*') == SIZE_MAX;
}

/* A copy's target with the file's name behind it, where the target is a folder (settled case 3 of
 * the reference model): it ends in "/", is a bare bucket, or the row says that it is a prefix. */
static struct location target(const struct io *io, struct location src, struct location dst)
{
    struct eval *e = io->e;
    struct str text = dst.text->text.bytes;
    struct str base = uri_base_name(src.text->text.bytes);
    bool is_folder = str_has_suffix(text, STR("/")) ||
                     row_place(io->row, ROLE_DST, PART_PREFIX) != NULL ||
                     (str_has_prefix(dst.uri, STR("s3://")) &&
                      str_find_char(str_from_pos(dst.uri, 5), '/') == SIZE_MAX);
    if (!is_folder || io->row->kind == KIND_DIR || io->row->kind == KIND_JOB ||
        !is_file_name(base) || str_has_suffix(src.text->text.bytes, STR("/")))
        return dst;
    struct value *joined = value_concat(
        &e->vs, dst.text,
        value_text(&e->vs,
                   str_has_suffix(text, STR("/")) ? base : arena_concat(e->arena, STR("/"), base)));
    struct str uri = uri_from_path(e->arena, joined->text.bytes);
    return (struct location){ joined, uri };
}

static struct locations run_copy(const struct io *io)
{
    struct locations src = io_locations(io, ROLE_SRC);
    struct locations dst = io_locations(io, ROLE_DST);
    emit_all(io, &src, REFERENCE_READ, false);
    io_add_suffix(io, &dst);
    for (size_t i = 0; i < dst.n; i++)
        if (src.n > 0)
            dst.items[i] = target(io, src.items[i < src.n ? i : 0], dst.items[i]);
    emit_all(io, &dst, REFERENCE_WRITE, false);
    for (size_t i = 0; i < src.n && i < dst.n; i++)
        emit_alias(io->e, src.items[i].uri, dst.items[i].uri);
    return dst.n > 0 ? dst : src;
}

/* Words that are statements of their own. */
static bool is_whole_statement(struct str word)
{
    static const struct str WORDS[] = { STR_INIT("describe"),   STR_INIT("show"),
                                        STR_INIT("summarize"),  STR_INIT("commit"),
                                        STR_INIT("rollback"),   STR_INIT("begin"),
                                        STR_INIT("checkpoint"), STR_INIT("vacuum") };
    word = str_trim_char(word, ';');
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_eq_nocase(word, WORDS[i]))
            return true;
    return false;
}

static bool is_bare_name(struct str text)
{
    text = str_trim(text);
    return !is_whole_statement(text) && text.len > 0 && str_find_char(text, ' ') == SIZE_MAX &&
           str_find_char(text, '\n') == SIZE_MAX && str_find_char(text, '(') == SIZE_MAX;
}

static void run_code(const struct io *io)
{
    struct eval *e = io->e;
    uint32_t line = io->node->line, col = io->node->col;
    struct value *sql = io_part(io, ROLE_SQL, PART_WHOLE);
    struct value *shell = io_part(io, ROLE_SHELL, PART_WHOLE);
    struct value *format = io_part(io, ROLE_FORMAT, PART_WHOLE);
    enum sql_dialect dialect = SQL_ANY;
    if (format != NULL && format->kind == VALUE_TEXT)
        dialect = sql_dialect_of(format->text.bytes);
    if (sql != NULL) {
        struct str was = e->sql.database;
        struct value *db = io_part(io, ROLE_DB, PART_WHOLE);
        db = db != NULL ? value_to_text(&e->vs, value_alternative(db, 0)) : NULL;
        if (db != NULL && db->kind == VALUE_TEXT && db->text.bytes.len > 0 &&
            !str_eq(db->text.bytes, STR(HOLE_TEXT)) && !str_contains(db->text.bytes, STR("/")))
            e->sql.database = db->text.bytes;
        bool is_table = sql->kind == VALUE_TEXT && is_bare_name(sql->text.bytes) &&
                        !io->needs_remote && !io_is_in_memory(io) &&
                        (io->row->kind == KIND_TABLE || io->row->kind == KIND_SQL);
        if (is_table)
            emit_uri(e, &(struct emit){ REFERENCE_READ, REFERENCE_DATA, io->via, false },
                     table_uri(io, sql->text.bytes), sql, io->node);
        else
            run_sql(e, sql, dialect, io_is_in_memory(io), io->via, line, col);
        if (db != NULL)
            e->sql.database = was;
    }
    struct value *code = io_part(io, ROLE_CODE, PART_WHOLE);
    if (shell != NULL)
        io_run_shell(io, shell);
    if (code != NULL)
        io_run_code(io, code);
}

static void run_context(const struct io *io)
{
    struct eval *e = io->e;
    struct value *at = io_part(io, ROLE_AT, PART_WHOLE);
    at = at != NULL ? value_alternative(at, 0) : NULL;
    if (io->row->kind == KIND_DB && at != NULL && at->kind == VALUE_TEXT)
        sql_session_use(&e->sql, at->text.bytes);
    if (io->row->kind == KIND_NOTEBOOK || io->row->kind == KIND_PATH || io->row->kind == KIND_S3 ||
        io->row->kind == KIND_CODE || io->row->kind == KIND_CONFIG) {
        struct locations l = io_locations(io, ROLE_AT);
        emit_all(io, &l, REFERENCE_READ, false);
    }
}

static struct locations run_make(const struct io *io)
{
    struct locations l = { 0 };
    if (io->row->kind != KIND_TABLE)
        return io_locations(io, ROLE_AT);
    struct value *at = io_part(io, ROLE_AT, PART_WHOLE);
    for (size_t i = 0; at != NULL && i < value_n_alternatives(at); i++)
        if (value_alternative(at, i)->kind == VALUE_TEXT)
            sql_session_add_view(&io->e->sql, value_alternative(at, i)->text.bytes);
    return l;
}

static struct locations run_row(const struct io *io)
{
    struct locations l = { 0 };
    switch (io->row->dir) {
    case CALL_READ:
    case CALL_WRITE:
    case CALL_READ_WRITE:
    case CALL_BY_MODE:
        l = io_locations(io, ROLE_AT);
        if (io->row->dir == CALL_READ || io->row->dir == CALL_READ_WRITE)
            emit_all(io, &l, REFERENCE_READ, false);
        if (io->row->dir == CALL_WRITE || io->row->dir == CALL_READ_WRITE)
            emit_all(io, &l, REFERENCE_WRITE, false);
        if (io->row->dir == CALL_BY_MODE)
            emit_all(io, &l, mode_dir(io), false);
        break;
    case CALL_COPY:
        l = run_copy(io);
        break;
    case CALL_LIST:
    case CALL_DELETE:
        l = io_locations(io, ROLE_AT);
        emit_all(io, &l, io->row->dir == CALL_LIST ? REFERENCE_LIST : REFERENCE_DELETE, false);
        break;
    case CALL_OTHER_LANGUAGE:
        break;
    case CALL_MAKE:
        l = run_make(io);
        break;
    case CALL_CONTEXT:
        run_context(io);
        break;
    case CALL_NOTHING:
        break;
    }
    return l;
}

/* The tables that the call is about lie at the location. */
static void bind_tables(const struct io *io, struct str location)
{
    struct locations tables = io_locations(io, ROLE_AT);
    for (size_t i = 0; i < tables.n; i++)
        emit_binding(io->e, tables.items[i].uri, location, io->node->line);
}

/* Places beside the main one: scratch results, where a table is bound to, data that goes along.
 * They are paths, whatever the row is about. */
static void run_beside(const struct io *io)
{
    struct call_row plain = *io->row;
    plain.kind = io->row->kind == KIND_GS ? KIND_GS : KIND_PATH;
    struct io path = *io;
    path.row = &plain;
    struct locations out = io_locations(&path, ROLE_OUT);
    emit_all(&path, &out, REFERENCE_WRITE, true);
    struct locations via = io_locations(&path, ROLE_VIA);
    emit_all(&path, &via, REFERENCE_WRITE, true);
    struct locations l = io_locations(&path, ROLE_LOC);
    bool is_read = io->row->dir == CALL_READ || io->row->dir == CALL_MAKE;
    emit_all(&path, &l, is_read ? REFERENCE_READ : REFERENCE_WRITE, false);
    if (l.n == 1 && io->row->kind == KIND_TABLE && !io->needs_remote)
        bind_tables(io, l.items[0].uri);
}

struct value *io_kind(struct eval *e, struct value *chain)
{
    struct callee q;
    bool needs_remote = false;
    if (chain->kind != VALUE_CHAIN || !io_known(e, chain->chain)->is_attribute ||
        !io_question(e, chain->chain, &q))
        return chain;
    const struct call_row *row = calls_find(e->options->calls, &q, &needs_remote);
    if (row == NULL || row->dir != CALL_MAKE || row->n_places > 0 || row->returns.len == 0 ||
        needs_remote)
        return chain;
    struct chain *c = ARENA_NEW(e->arena, struct chain);
    *c = *chain->chain;
    c->kind = row->returns;
    struct value *v = eval_new(e, VALUE_CHAIN);
    v->chain = c;
    return v;
}

void io_decorate(struct eval *e, const struct value *decorator, struct str name,
                 const struct node *n)
{
    struct callee q;
    bool needs_remote = false;
    if (decorator->kind != VALUE_CHAIN || !io_question(e, decorator->chain, &q))
        return;
    const struct call_row *row = calls_find(e->options->calls, &q, &needs_remote);
    if (row == NULL || !str_eq(row->returns, STR("decorator")))
        return;
    struct call_args *args = ARENA_NEW(e->arena, struct call_args);
    args->names = ARENA_NEW(e->arena, struct str);
    args->named = ARENA_NEW(e->arena, struct value *);
    args->names[0] = STR("name");
    args->named[0] = value_text(&e->vs, name);
    args->n_named = 1;
    (void)io_call(e, decorator, args, n);
}

struct value *star_member(struct eval *e, struct str name)
{
    static const struct call_args NONE = { 0 };
    void *asked = (void *)(uintptr_t)(e->n_stars * CALL_N_LANGS + e->unit->lang + 1U);
    if (e->n_stars == 0 || strmap_get(&e->not_starred, name) == asked)
        return NULL;
    for (size_t i = e->n_stars; i-- > 0;) {
        struct value *root =
            value_chain_root(&e->vs, e->unit->lang,
                             calls_canonical(e->options->calls, e->unit->lang, e->stars[i]), true);
        struct value *v = value_chain_attr(&e->vs, root, name);
        struct callee q;
        bool needs_remote = false;
        if (v->kind != VALUE_CHAIN || !io_question(e, v->chain, &q))
            return NULL;
        if (calls_find(e->options->calls, &q, &needs_remote) != NULL)
            return v;
        if (pure_function(&e->vs, e->unit->lang, chain_name(&e->vs, v->chain), &NONE) != NULL)
            return v;
    }
    strmap_put(&e->not_starred, name, asked);
    return NULL;
}

struct value *io_call(struct eval *e, const struct value *callee, const struct call_args *args,
                      const struct node *n)
{
    struct value *result = value_chain_call(&e->vs, callee, args);
    struct io io = { .e = e, .callee = callee->chain, .args = args, .node = n };
    struct callee q;
    if (result->kind != VALUE_CHAIN || !io_question(e, callee->chain, &q))
        return result;
    /* f(a)(b), frame("column"): what is called has no name of its own */
    if (callee->chain->step == STEP_CALL || callee->chain->step == STEP_ITEM)
        return result;
    io.receiver = callee->chain->step == STEP_ATTR ? callee->chain->base : callee->chain;
    io.kind = q.kind;
    count_work(e, &q);
    q.ctx = (void *)(uintptr_t)result->chain;
    io.row = calls_find(e->options->calls, &q, &io.needs_remote);
    if (io.row == NULL) {
        io_guess(e, &q, args, n);
        return result;
    }
    io.via = io_via(e, &q);
    struct locations l = run_row(&io);
    if (io_is_left_open(&io, &l))
        io_guess(e, &q, args, n);
    run_code(&io);
    run_job(&io);
    run_beside(&io);
    return io_result(&io, &l, result);
}
