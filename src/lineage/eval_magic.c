/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/cells.h"
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

/* A database that is gone with the notebook: its tables are no references. */
static bool is_memory_database(struct str line)
{
    line = str_trim(line);
    return str_contains(line, STR(":mem:")) || str_contains(line, STR(":memory:")) ||
           str_has_suffix(line, STR("sqlite://")) || str_has_suffix(line, STR("sqlite:///")) ||
           str_has_suffix(line, STR("duckdb://")) || str_has_suffix(line, STR("duckdb:///"));
}

/* A magic where it stands: its own text is its body, or its line. */
struct magic_run {
    struct eval *e;
    const struct node *node;
    const struct magic *magic; /* NULL: not known */
    struct magic_line line;
    struct str text;     /* the body of a cell magic, else what stands behind the options */
    uint32_t first_line; /* of text, in the unit */
    bool is_cell;
    struct str via;
};

static void run_sql_magic(const struct magic_run *r, enum sql_dialect dialect)
{
    struct eval *e = r->e;
    if (is_memory_database(r->line.connection) || is_memory_database(r->node->magic.line))
        e->sql.is_in_memory = true;
    struct str was = e->sql.database;
    if (r->line.database.len > 0)
        e->sql.database = r->line.database;
    struct str text = r->text;
    if (r->is_cell && r->line.words.len > 0)
        text = arena_printf(e->arena, "%.*s\n%.*s", STR_FMT(r->line.words), STR_FMT(text));
    run_sql(e, fill_braces(e, text), dialect, false, r->via,
            text.ptr == r->text.ptr ? r->first_line : r->first_line - 1, r->node->col);
    if (r->line.database.len > 0)
        e->sql.database = was;
    if (r->line.target.len > 0)
        scope_set(e, r->line.target, value_unknown(&e->vs, HOLE_RUN_TIME, r->line.target));
    if (r->line.view.len > 0)
        sql_session_add_view(&e->sql, r->line.view);
}

static struct str first_word(struct str words)
{
    words = str_trim(words);
    size_t end = 0;
    while (end < words.len && words.ptr[end] != ' ' && words.ptr[end] != '\t')
        end++;
    return str_trim_char(str_trim_char(str_slice(words, 0, end), '"'), '\'');
}

static void run_file_magic(const struct magic_run *r)
{
    struct eval *e = r->e;
    struct value *text = fill_names(e, first_word(r->line.words));
    for (size_t i = 0; i < value_n_alternatives(text); i++) {
        struct value *one = value_alternative(text, i);
        if (one->kind != VALUE_TEXT)
            continue;
        struct str uri = uri_from_path(e->arena, one->text.bytes);
        enum uri_what what = uri_what(uri);
        bool is_data = what == URI_WHAT_DATA || what == URI_WHAT_UNKNOWN;
        const struct emit how = { REFERENCE_WRITE, is_data ? REFERENCE_DATA : REFERENCE_CODE,
                                  r->via, !is_data };
        emit_uri(e, &how, uri, one, r->node);
        if (uri_is_local_file(uri))
            strmap_put(&e->written, str_from_pos(uri, 5), (void *)(uintptr_t)r->node);
    }
}

static void run_env_magic(const struct magic_run *r)
{
    struct eval *e = r->e;
    struct str line = str_trim(r->line.words);
    size_t at = 0;
    while (at < line.len && line.ptr[at] != '=' && line.ptr[at] != ' ')
        at++;
    if (at == 0 || at == line.len)
        return;
    struct value *text = fill_braces(e, str_trim(str_from_pos(line, at + 1)));
    struct str plain;
    /* "%env A=$B": the value of a name of the program */
    if (value_is_known_text(text, &plain) && str_has_prefix(plain, STR("$"))) {
        text = scope_get(e, str_from_pos(plain, 1));
        if (text == NULL)
            return;
    }
    value_map_put(&e->vs, e->vs.environ, value_text(&e->vs, str_slice(line, 0, at)), text);
}

static void run_code_file(const struct magic_run *r)
{
    struct eval *e = r->e;
    struct value *text = value_alternative(fill_names(e, first_word(r->line.words)), 0);
    if (text->kind != VALUE_TEXT || text->text.bytes.len == 0)
        return;
    const struct emit how = { REFERENCE_READ, REFERENCE_CODE, r->via, true };
    emit_uri(e, &how, uri_from_path(e->arena, text->text.bytes), text, r->node);
    run_sibling(e, text->text.bytes);
}

static void run_dotenv_magic(const struct magic_run *r)
{
    struct eval *e = r->e;
    struct str word = first_word(r->line.words);
    const struct value *text =
        value_alternative(fill_names(e, word.len > 0 ? word : STR(".env")), 0);
    if (text->kind != VALUE_TEXT || text->text.bytes.len == 0)
        return;
    struct str uri = uri_from_path(e->arena, text->text.bytes);
    const struct emit how = { REFERENCE_READ, REFERENCE_CONFIG, r->via, true };
    if (word.len > 0)
        emit_uri(e, &how, uri, text, r->node);
    load_environment(e, uri, str_contains(r->node->magic.line, STR("-o")));
}

static void run_script_magic(const struct magic_run *r)
{
    struct eval *e = r->e;
    struct str word = first_word(r->line.words);
    bool was = e->is_unreached;
    if (str_eq(word, STR("false")))
        e->is_unreached = true;
    struct node *shell = node_new(e->arena, NODE_SHELL, r->first_line, 1);
    if (str_has_suffix(word, STR("sh")) || str_eq(word, STR("false")))
        run_shell(e, value_text(&e->vs, r->text), shell, true);
    else if (str_has_prefix(word, STR("python")))
        run_code_text(e, CALL_PYTHON, r->text, r->first_line);
    e->is_unreached = was;
}

/* prefix: "" or the command that the magic's line is the rest of. */
static void run_shell_magic(const struct magic_run *r, struct str prefix)
{
    struct eval *e = r->e;
    struct node *shell = node_new(e->arena, NODE_SHELL, r->first_line, r->node->col);
    struct value *text = r->is_cell
                             ? value_text(&e->vs, r->text)
                             : fill_braces(e, arena_concat(e->arena, prefix, r->node->magic.line));
    run_shell(e, text, shell, r->is_cell);
}

static void run_session_magic(const struct magic_run *r)
{
    struct str language = r->line.context.len > 0 ? r->line.context : r->line.language;
    switch (code_language_of(language, CODE_PYTHON)) {
    case CODE_SQL:
        run_sql_magic(r, SQL_SPARK);
        break;
    case CODE_SCALA:
        run_code_text(r->e, CALL_SCALA, r->text, r->first_line);
        break;
    case CODE_R:
        run_code_text(r->e, CALL_R, r->text, r->first_line);
        break;
    default:
        if (r->node->magic.code == NULL)
            run_code_text(r->e, CALL_PYTHON, r->text, r->first_line);
        break;
    }
}

static void run_as(const struct magic_run *r, enum magic_is is)
{
    struct eval *e = r->e;
    switch (is) {
    case MAGIC_IS_SQL:
        run_sql_magic(r, r->magic->dialect);
        break;
    case MAGIC_IS_SESSION:
        run_session_magic(r);
        break;
    case MAGIC_IS_KERNEL:
    case MAGIC_IS_PYTHON:
        if (r->node->magic.code == NULL)
            run_code_text(e, CALL_PYTHON, r->text, r->first_line);
        break;
    case MAGIC_IS_R:
        run_code_text(e, CALL_R, r->text, r->first_line);
        break;
    case MAGIC_IS_SCALA:
        run_code_text(e, CALL_SCALA, r->text, r->first_line);
        break;
    case MAGIC_IS_SHELL:
        run_shell_magic(r, STR(""));
        break;
    case MAGIC_IS_COMMAND:
        run_shell_magic(r, arena_concat(e->arena, r->node->magic.name, STR(" ")));
        break;
    case MAGIC_IS_FS:
        run_shell_magic(r, STR("fs "));
        break;
    case MAGIC_IS_SCRIPT:
        run_script_magic(r);
        break;
    case MAGIC_IS_FILE:
        run_file_magic(r);
        break;
    case MAGIC_IS_RUN:
    case MAGIC_IS_LOAD:
        run_code_file(r);
        break;
    case MAGIC_IS_DOTENV:
        run_dotenv_magic(r);
        break;
    case MAGIC_IS_ENV:
        run_env_magic(r);
        break;
    case MAGIC_IS_CONNECT:
        e->sql.is_in_memory = is_memory_database(r->node->magic.line);
        break;
    case MAGIC_IS_NOTHING:
    case MAGIC_IS_FOLDER:
    case MAGIC_IS_STORE:
    case MAGIC_IS_CONFIG:
    case MAGIC_IS_TEXT:
        break;
    }
}

struct value *run_magic(struct eval *e, const struct node *n)
{
    struct magic_run r = { .e = e, .node = n, .is_cell = n->magic.body.len > 0 };
    if (n->magic.code != NULL)
        eval_statements(e, n->magic.code);
    r.magic = magic_find(n->magic.name);
    if (r.magic == NULL)
        return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
    magic_read_line(r.magic, n->magic.line, r.is_cell, &r.line);
    r.text = r.is_cell ? n->magic.body : r.line.words;
    r.first_line = n->line + r.is_cell;
    r.via = arena_printf(e->arena, "%s%.*s", r.is_cell ? "%%" : "%", STR_FMT(n->magic.name));
    run_as(&r, r.is_cell ? r.magic->cell : r.magic->line);
    return value_unknown(&e->vs, HOLE_RUN_TIME, STR_EMPTY);
}

/* A cell that is in another language than Python's. */
void run_piece(struct eval *e, const struct code_piece *piece)
{
    struct node *n = node_new(e->arena, NODE_MAGIC, piece->first_line - 1, 1);
    n->magic.name = piece->magic != NULL ? piece->magic->name : STR_EMPTY;
    n->magic.line = piece->magic_line;
    n->magic.body = piece->text;
    struct magic_run r = { .e = e,
                           .node = n,
                           .magic = piece->magic,
                           .text = piece->text,
                           .first_line = piece->first_line,
                           .is_cell = true };
    if (piece->magic != NULL)
        magic_read_line(piece->magic, piece->magic_line, true, &r.line);
    static const char *const NAMES[] = {
        "python", "r", "scala", "sql", "shell", "%%writefile", ""
    };
    r.via = piece->magic != NULL ? arena_printf(e->arena, "%%%%%.*s", STR_FMT(piece->magic->name))
                                 : str_from(NAMES[piece->language]);
    bool was = e->is_unreached;
    e->is_unreached = was || piece->is_unreached;
    switch (piece->language) {
    case CODE_PYTHON:
        run_code_text(e, CALL_PYTHON, piece->text, piece->first_line);
        break;
    case CODE_R:
        run_code_text(e, CALL_R, piece->text, piece->first_line);
        break;
    case CODE_SCALA:
        run_code_text(e, CALL_SCALA, piece->text, piece->first_line);
        break;
    case CODE_SQL:
        run_sql_magic(&r, piece->dialect);
        break;
    case CODE_SHELL:
        run_shell(e, value_text(&e->vs, piece->text),
                  node_new(e->arena, NODE_SHELL, piece->first_line, 1), true);
        break;
    case CODE_FILE:
        run_file_magic(&r);
        break;
    case CODE_OTHER:
        break;
    }
    e->is_unreached = was;
}
