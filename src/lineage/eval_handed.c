/* eval_handed: what a call hands to something else: commands, code as text, sources of copies. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include "util/attrs.h"
#include "util/limits.h"

bool io_is_folder_of_another(const struct value *all, size_t i)
{
    const struct value *v = value_alternative(all, i);
    if (v->kind != VALUE_TEXT || !str_has_suffix(v->text.bytes, STR("/")))
        return false;
    for (size_t k = 0; k < value_n_alternatives(all); k++) {
        const struct value *other = value_alternative(all, k);
        if (k != i && other->kind == VALUE_TEXT && str_has_prefix(other->text.bytes, v->text.bytes))
            return true;
    }
    return false;
}

/* "${name}" that a template of the notebook's system fills in is not known. */
struct str without_templates(struct arena *a, struct str text)
{
    size_t at = str_find(text, STR("${"), 0);
    while (at != SIZE_MAX) {
        size_t end = str_find(text, STR("}"), at);
        if (end == SIZE_MAX)
            break;
        text = arena_printf(a, "%.*s%s%.*s", STR_FMT(str_slice(text, 0, at)), HOLE_TEXT,
                            STR_FMT(str_from_pos(text, end + 1)));
        at = str_find(text, STR("${"), at);
    }
    return text;
}

void io_run_shell(const struct io *io, struct value *shell)
{
    struct eval *e = io->e;
    if (shell->kind != VALUE_SEQ) {
        run_shell(e, shell, io->node, true);
        return;
    }
    bool is_nested = false; /* several commands: a cluster's steps */
    for (size_t i = 0; i < shell->seq->n && i < LIMIT_CALL_LOCATIONS; i++) {
        struct value *words = shell->seq->items[i];
        is_nested = is_nested || words->kind == VALUE_SEQ;
        if (words->kind == VALUE_SEQ)
            run_shell_words(e, words, io->node);
    }
    if (!is_nested)
        run_shell_words(e, shell, io->node);
}

void io_run_code(const struct io *io, struct value *code)
{
    struct eval *e = io->e;
    code = value_alternative(code, 0);
    if (code->kind != VALUE_TEXT)
        return;
    if (e->call_depth >= LIMIT_CALL_DEPTH) { /* code that runs itself */
        eval_hit_limit(e, "calls");
        return;
    }
    e->call_depth++;
    run_code_text(e, io->callee->lang, code->text.bytes, io->node->line);
    e->call_depth--;
}

void io_add_pair(const struct io *io, struct value *pair, struct locations *out)
{
    struct eval *e = io->e;
    for (size_t i = 0; i < value_n_alternatives(pair); i++) {
        struct value *one = value_alternative(pair, i);
        struct value *text = one->kind == VALUE_TEXT ? one : NULL;
        if (one->kind == VALUE_MAP) {
            struct value *bucket = value_map_get(&e->vs, one, STR("Bucket"));
            struct value *key = value_map_get(&e->vs, one, STR("Key"));
            if (bucket == NULL || key == NULL)
                continue;
            text = value_concat(
                &e->vs, value_to_text(&e->vs, bucket),
                value_concat(&e->vs, value_text(&e->vs, STR("/")), value_to_text(&e->vs, key)));
        }
        for (size_t k = 0; text != NULL && k < value_n_alternatives(text); k++) {
            struct value *place = value_alternative(text, k);
            if (place->kind == VALUE_TEXT && out->n < LIMIT_CALL_LOCATIONS)
                *ARENA_PUSH(e->arena, out->items, out->n, out->cap) =
                    (struct location){ place, uri_from_bucket_path(e->arena, STR("s3"),
                                                                   place->text.bytes) };
        }
    }
}

static struct str scheme_of_kind(struct str kind)
{
    struct str scheme = STR("fs.");
    if (!str_has_prefix(kind, scheme) || str_eq(kind, STR("fs.local")) ||
        str_eq(kind, STR("fs.file")))
        return STR_EMPTY;
    return str_from_pos(kind, scheme.len);
}

struct str io_scheme(const struct io *io)
{
    static const struct str NAMES[] = { STR_INIT("filesystem"), STR_INIT("fs"), STR_INIT("s3"),
                                        STR_INIT("gcs") };
    struct str scheme = scheme_of_kind(io->kind);
    for (size_t i = 0; i < ARRAY_LEN(NAMES) && scheme.len == 0; i++) {
        const struct value *fs = args_named(io->args, NAMES[i]);
        if (fs != NULL && fs->kind == VALUE_CHAIN)
            scheme = scheme_of_kind(fs->chain->kind);
    }
    return scheme;
}

/* A database that lives in the program: its tables are the notebook's own. */
bool io_is_in_memory(const struct io *io)
{
    struct str memory = STR("memory.connection");
    const struct value *con = io_part(io, ROLE_CON, PART_WHOLE);
    if (con != NULL && con->kind == VALUE_CHAIN && str_eq(con->chain->kind, memory))
        return true;
    bool is_module = io->row->match == MATCH_ABSOLUTE && io->row->dir != CALL_MAKE &&
                     str_eq(io->row->names[0], STR("duckdb"));
    return is_module || str_eq(io->kind, memory);
}

struct str io_connection_kind(const struct io *io, struct str kind)
{
    static const struct str ROOTS[] = { STR_INIT("duckdb"), STR_INIT("sqlite3"), STR_INIT("apsw") };
    struct str memory = STR("memory.connection");
    struct value *at = io_part(io, ROLE_AT, PART_WHOLE);
    at = at != NULL ? value_alternative(at, 0) : NULL;
    struct str text = at != NULL && at->kind == VALUE_TEXT ? at->text.bytes : STR_EMPTY;
    if (str_contains(text, STR(":memory:")) || str_eq(text, STR("sqlite://")))
        return memory;
    bool is_given = at != NULL && (at->kind != VALUE_TEXT || text.len > 0);
    for (size_t i = 0; i < ARRAY_LEN(ROOTS) && !is_given; i++)
        if (io->row->match == MATCH_ABSOLUTE && str_eq(io->row->names[0], ROOTS[i]))
            return memory;
    return kind;
}

static const struct call_row *method_row(const struct eval *e, const struct chain *c,
                                         struct str name)
{
    bool needs_remote;
    struct callee q = { .lang = c->lang, .names = &name, .n = 1, .kind = c->kind };
    return calls_find(e->options->calls, &q, &needs_remote);
}

struct value *io_member(struct eval *e, const struct value *base, struct value *name, bool is_item,
                        const struct node *n)
{
    struct str item = STR("[]"), text;
    if (base->kind != VALUE_CHAIN || base->chain->kind.len == 0)
        return NULL;
    const struct call_row *row = method_row(e, base->chain, item);
    if (row == NULL || row->dir != CALL_MAKE || row->n_on == 0)
        return NULL;
    if (!is_item && value_is_known_text(name, &text) && method_row(e, base->chain, text) != NULL)
        return NULL; /* a method of the object, no member */
    struct call_args *args = ARENA_NEW(e->arena, struct call_args);
    args->items = ARENA_NEW(e->arena, struct value *);
    args->items[0] = name;
    args->n_items = 1;
    return io_call(e, value_chain_attr(&e->vs, base, item), args, n);
}
