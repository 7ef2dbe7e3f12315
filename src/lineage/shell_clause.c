/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

#include <string.h>

/* ---- places of a clause ---- */

struct places {
    const struct shell_field **items;
    size_t n, cap;
};

static void add_place(struct shell_call *call, struct places *out, const struct shell_field *f)
{
    if (f != NULL && f->text.len > 0)
        *ARENA_PUSH(call->run->arena, out->items, out->n, out->cap) = f;
}

static void option_places(struct shell_call *call, struct str name, struct places *out)
{
    for (size_t i = 0; i < call->n_options; i++) {
        if (str_eq(call->options[i].name, name))
            add_place(call, out, call->options[i].value);
    }
}

/* "S3:--bucket,--key": texts put together. */
static void joined_place(struct shell_call *call, struct str how, struct str names,
                         struct places *out)
{
    struct places parts[2] = { { 0 }, { 0 } };
    struct str first, second;
    (void)str_cut(names, ',', &first, &second);
    option_places(call, first, &parts[0]);
    option_places(call, second, &parts[1]);
    bool is_table = str_eq(how, STR("T"));
    if ((parts[0].n == 0 && !is_table) || (is_table && parts[1].n == 0))
        return;
    struct str a = parts[0].n > 0 ? parts[0].items[0]->text : STR_EMPTY;
    struct str b = parts[1].n > 0 ? parts[1].items[0]->text : STR_EMPTY;
    const struct shell_field *at = parts[parts[0].n > 0 ? 0 : 1].items[0];
    const char *prefix = is_table                  ? ""
                         : str_eq(how, STR("AZ"))  ? "az://"
                         : str_eq(how, STR("OCI")) ? "oci://"
                                                   : "s3://";
    const char *separator = a.len == 0 || b.len == 0 ? "" : is_table ? "." : "/";
    struct str text =
        arena_printf(call->run->arena, "%s%.*s%s%.*s", prefix, STR_FMT(a), separator, STR_FMT(b));
    add_place(call, out, shell_field_of(call->run, text, at));
}

/* "2", "2..", "2..-1" (to the last but one), "$" (the last, if there is more than one). */
static void word_places(struct shell_call *call, struct str place, struct places *out)
{
    size_t from = (size_t)(place.ptr[0] - '0'), to = from;
    if (str_eq(place, STR("$"))) {
        if (call->n_words > 1)
            add_place(call, out, call->words[call->n_words - 1]);
        return;
    }
    if (str_has_suffix(place, STR("..")))
        to = call->n_words;
    else if (str_has_suffix(place, STR("..-1")))
        to = call->n_words > 1 ? call->n_words - 1 : 1;
    for (size_t i = from; i <= to && i <= call->n_words; i++)
        add_place(call, out, call->words[i - 1]);
}

static void one_place(struct shell_call *call, struct str place, struct places *out)
{
    struct str how, names;
    if (str_eq(place, STR("<")))
        add_place(call, out, call->run->input);
    else if ((place.ptr[0] >= '1' && place.ptr[0] <= '9') || str_eq(place, STR("$")))
        word_places(call, place, out);
    else if (place.ptr[0] != '-' && str_cut(place, ':', &how, &names))
        joined_place(call, how, names, out);
    else
        option_places(call, place, out);
}

/* The first of the alternatives that is given. */
static void find_places(struct shell_call *call, struct str text, struct places *out)
{
    struct str place, rest = text;
    bool has_more = true;
    while (has_more && out->n == 0) {
        has_more = str_cut(rest, '|', &place, &rest);
        one_place(call, place, out);
    }
}

/* ---- clauses ---- */

/* The fields behind this one. */
static struct shell_fields fields_behind(const struct shell_call *call, const struct shell_field *f)
{
    for (size_t i = 0; i < call->fields->n; i++) {
        if (&call->fields->items[i] == f)
            return (struct shell_fields){ .items = call->fields->items + i + 1,
                                          .n = call->fields->n - i - 1 };
    }
    return (struct shell_fields){ 0 };
}

/* The command that sudo, time, xargs, ... run; what xargs fills in is not known. */
static void run_behind(struct shell_call *call, const struct shell_field *first)
{
    struct shell_run *run = call->run;
    struct shell_fields f = { 0 };
    shell_add_field(run, &f, first->text, first->line, first->col);
    struct shell_fields rest = fields_behind(call, first);
    bool fills = str_has_prefix(str_from(call->row->name), STR("xargs")) ||
                 str_eq(str_from(call->row->name), STR("parallel"));
    for (size_t i = 0; i < rest.n; i++) {
        struct str s = rest.items[i].text;
        if (fills && str_eq(s, STR("{}")))
            s = STR(HOLE_TEXT);
        shell_add_field(run, &f, s, rest.items[i].line, rest.items[i].col);
    }
    /* env A=b command */
    size_t skip = 0;
    while (skip + 1 < f.n && str_find_char(f.items[skip].text, '=') != SIZE_MAX &&
           str_eq(str_from(call->row->name), STR("env")))
        skip++;
    f.items += skip;
    f.n -= skip;
    shell_run_fields(run, &f);
}

static void report_as(struct shell_call *call, enum shell_dir dir, enum shell_ref_kind kind,
                      bool is_may, const struct shell_field *at)
{
    struct shell_report r = {
        .dir = dir, .kind = kind, .is_may = is_may, .copy_of = -1, .program = call->row->name
    };
    (void)shell_report(call->run, &r, at);
}

static void remember_folder(struct shell_call *call, int ref)
{
    struct shell_session *s = call->run->session;
    if (ref >= 0) {
        struct shell_ref *r = &call->run->out->refs[ref];
        r->is_tree = true;
        strmap_put(&s->folders, arena_str(s->arena, r->name), s);
    }
}

/* An archive and where what it holds goes to; with no folder given, to this one. */
static void unpack(struct shell_call *call, const struct shell_field *archive,
                   const struct shell_field *into)
{
    if (shell_has_option(call, "-l -Z -t -v")) {
        (void)shell_call_report(call, SHELL_LIST, true, archive);
        return;
    }
    int from = shell_call_report(call, SHELL_READ, true, archive);
    if (shell_has_option(call, "-p -c")) { /* a member to the pipe */
        call->run->origin = from;
        call->run->passes_on = true;
        return;
    }
    bool is_here = into == NULL || str_eq(into->text, STR("."));
    struct shell_report r = { .dir = SHELL_WRITE,
                              .kind = SHELL_PATH,
                              .is_may = true,
                              .is_tree = true,
                              .copy_of = from,
                              .what = is_here ? SHELL_SCRATCH : SHELL_DATA,
                              .program = call->row->name };
    int to =
        shell_report(call->run, &r, is_here ? shell_field_of(call->run, STR("."), archive) : into);
    if (!is_here)
        remember_folder(call, to);
}

static bool cut_suffix(struct str *s)
{
    static const char *const suffixes[] = { ".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z" };
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (str_has_suffix(*s, str_from(suffixes[i]))) {
            *s = str_slice(*s, 0, s->len - strlen(suffixes[i]));
            return true;
        }
    }
    return false;
}

static const char *packed_suffix(const char *program)
{
    static const char *const suffixes[][2] = {
        { "bzip2", ".bz2" }, { "xz", ".xz" }, { "zstd", ".zst" }, { "lzop", ".lzo" }
    };
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (strcmp(program, suffixes[i][0]) == 0)
            return suffixes[i][1];
    }
    return ".gz";
}

/* gunzip f.gz makes f; gzip f makes f.gz; with -c the text goes on. */
static void squeeze(struct shell_call *call, const struct shell_field *f, bool unpacks)
{
    int from = shell_call_report(call, SHELL_READ, true, f);
    struct str name = f->text;
    if (shell_has_option(call, "-c --stdout --to-stdout") || (unpacks && !cut_suffix(&name))) {
        call->run->origin = from;
        call->run->passes_on = true;
        return;
    }
    if (!unpacks)
        name =
            arena_printf(call->run->arena, "%.*s%s", STR_FMT(name), packed_suffix(call->row->name));
    struct shell_report r = { .dir = SHELL_WRITE,
                              .kind = SHELL_PATH,
                              .is_may = true,
                              .copy_of = from,
                              .program = call->row->name };
    (void)shell_report(call->run, &r, shell_field_of(call->run, name, f));
}

struct clause {
    struct shell_call *call;
    struct shell_copy copy;
    const struct shell_field *archive;
    struct str database;
    bool is_may;
};

typedef void role_fn(struct clause *c, const struct shell_field *at);

static void role_read(struct clause *c, const struct shell_field *at)
{
    int ref = shell_call_report(c->call, SHELL_READ, c->is_may, at);
    if ((c->call->row->flags & SHELL_FILTERS) != 0 && c->call->run->origin < 0)
        c->call->run->origin = ref;
}

static void role_write(struct clause *c, const struct shell_field *at)
{
    struct shell_run *run = c->call->run;
    struct shell_report r = { .dir = SHELL_WRITE,
                              .kind = SHELL_PATH,
                              .is_may = c->is_may,
                              .copy_of = run->origin,
                              .program = c->call->row->name };
    (void)shell_report_landing(run, &r, at);
}

static void role_list(struct clause *c, const struct shell_field *at)
{
    (void)shell_call_report(c->call, SHELL_LIST, true, at);
}

static void role_delete(struct clause *c, const struct shell_field *at)
{
    (void)shell_call_report(c->call, SHELL_WRITE, true, at);
}

static void role_folder(struct clause *c, const struct shell_field *at)
{
    remember_folder(c->call, shell_call_report(c->call, SHELL_WRITE, true, at));
}

static void role_config(struct clause *c, const struct shell_field *at)
{
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_PATH,
                              .what = SHELL_CONFIG,
                              .copy_of = -1,
                              .program = c->call->row->name };
    struct str item, rest = at->text;
    bool has_more = true;
    for (unsigned i = 0; has_more && i < LIMIT_SHELL_LOOP; i++) { /* --jars a.jar,b.jar */
        has_more = str_cut(rest, ',', &item, &rest);
        (void)shell_report(c->call->run, &r, shell_field_of(c->call->run, item, at));
    }
}

static void role_scratch(struct clause *c, const struct shell_field *at)
{
    struct shell_report r = { .dir = SHELL_WRITE,
                              .kind = SHELL_PATH,
                              .what = SHELL_SCRATCH,
                              .copy_of = -1,
                              .program = c->call->row->name };
    size_t from = str_find(at->text, STR("s3://"), 0); /* OutputLocation=s3://... */
    size_t to = from;
    while (to < at->text.len && str_find_char(STR("\"',}] "), at->text.ptr[to]) == SIZE_MAX)
        to++;
    if (from != SIZE_MAX)
        (void)shell_report(c->call->run, &r,
                           shell_field_of(c->call->run, str_slice(at->text, from, to), at));
}

static void role_source(struct clause *c, const struct shell_field *at)
{
    *ARENA_PUSH(c->call->run->arena, c->copy.sources, c->copy.n_sources, c->copy.cap_sources) = at;
}

static void role_target(struct clause *c, const struct shell_field *at)
{
    c->copy.target = at;
}

static void role_into(struct clause *c, const struct shell_field *at)
{
    c->copy.folder = at;
}

static void role_archive(struct clause *c, const struct shell_field *at)
{
    c->archive = at;
}

static void role_gunzip(struct clause *c, const struct shell_field *at)
{
    squeeze(c->call, at, true);
}

static void role_gzip(struct clause *c, const struct shell_field *at)
{
    squeeze(c->call, at, shell_has_option(c->call, "-d --decompress --uncompress"));
}

/* bq writes project:dataset.table. */
static const struct shell_field *table_field(struct clause *c, const struct shell_field *at)
{
    size_t colon = str_find_char(at->text, ':');
    if (colon == SIZE_MAX || str_has_prefix(str_from_pos(at->text, colon), STR("://")))
        return at;
    struct str text =
        arena_printf(c->call->run->arena, "%.*s.%.*s", STR_FMT(str_slice(at->text, 0, colon)),
                     STR_FMT(str_from_pos(at->text, colon + 1)));
    return shell_field_of(c->call->run, text, at);
}

static void role_table_read(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_READ, SHELL_TABLE, c->is_may, table_field(c, at));
}

static void role_table_write(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_WRITE, SHELL_TABLE, c->is_may, table_field(c, at));
}

static void role_table_list(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_LIST, SHELL_TABLE, true, table_field(c, at));
}

static void role_stream_read(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_READ, SHELL_STREAM, c->is_may, at);
}

static void role_stream_write(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_WRITE, SHELL_STREAM, c->is_may, at);
}

static void role_stream_list(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_LIST, SHELL_STREAM, true, at);
}

static void role_hub(struct clause *c, const struct shell_field *at)
{
    report_as(c->call, SHELL_READ, SHELL_BUILTIN, true, at);
}

/* "Database=d,Catalog=c" or the name itself. */
static void role_database(struct clause *c, const struct shell_field *at)
{
    size_t key = str_find(at->text, STR("Database="), 0);
    struct str name = key == SIZE_MAX ? at->text : str_from_pos(at->text, key + 9);
    c->database = str_slice(name, 0, str_find_char(name, ','));
}

static void role_sql(struct clause *c, const struct shell_field *at)
{
    if (str_has_prefix(at->text, STR("file://"))) { /* aws reads it from there */
        const struct shell_field *f = shell_field_of(c->call->run, str_from_pos(at->text, 7), at);
        (void)shell_report_text(c->call, SHELL_SCRIPT, f, NULL);
        return;
    }
    int ref = shell_report_text(c->call, SHELL_SQL, at, NULL);
    if (ref >= 0)
        c->call->run->out->refs[ref].database = c->database;
}

static void role_sql_file(struct clause *c, const struct shell_field *at)
{
    (void)shell_report_text(c->call, SHELL_SCRIPT, at, NULL);
}

static void role_python(struct clause *c, const struct shell_field *at)
{
    (void)shell_report_text(c->call, SHELL_PYTHON, at, NULL);
}

static void role_run(struct clause *c, const struct shell_field *at)
{
    struct shell_fields args = fields_behind(c->call, at);
    (void)shell_report_text(c->call, SHELL_SCRIPT, at, &args);
    if ((c->call->row->flags & SHELL_GUESSES) != 0)
        shell_guess(c->call->run, &args, 0, c->call->row->name,
                    (c->call->row->flags & SHELL_IS_JOB) != 0);
}

static void role_command(struct clause *c, const struct shell_field *at)
{
    run_behind(c->call, at);
}

static void role_shell(struct clause *c, const struct shell_field *at)
{
    shell_run_text(c->call->run, at);
}

static void role_job(struct clause *c, const struct shell_field *at)
{
    shell_guess_in_text(c->call->run, at, c->call->row->name);
}

static const struct role {
    struct str name;
    role_fn *fn;
} roles[] = {
    { STR_INIT("r"), role_read },         { STR_INIT("w"), role_write },
    { STR_INIT("l"), role_list },         { STR_INIT("d"), role_delete },
    { STR_INIT("mk"), role_folder },      { STR_INIT("conf"), role_config },
    { STR_INIT("out"), role_scratch },    { STR_INIT("src"), role_source },
    { STR_INIT("dst"), role_target },     { STR_INIT("into"), role_into },
    { STR_INIT("unpack"), role_archive }, { STR_INIT("gunzip"), role_gunzip },
    { STR_INIT("gzip"), role_gzip },      { STR_INIT("tr"), role_table_read },
    { STR_INIT("tw"), role_table_write }, { STR_INIT("tl"), role_table_list },
    { STR_INIT("kr"), role_stream_read }, { STR_INIT("kw"), role_stream_write },
    { STR_INIT("kl"), role_stream_list }, { STR_INIT("hub"), role_hub },
    { STR_INIT("db"), role_database },    { STR_INIT("sql"), role_sql },
    { STR_INIT("file"), role_sql_file },  { STR_INIT("py"), role_python },
    { STR_INIT("run"), role_run },        { STR_INIT("cmd"), role_command },
    { STR_INIT("sh"), role_shell },       { STR_INIT("job"), role_job },
};

static role_fn *find_role(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        if (str_eq(roles[i].name, name))
            return roles[i].fn;
    }
    return NULL;
}

bool shell_clause_is_known(struct str clause)
{
    struct str role, places;
    bool has_places = str_cut(clause, '=', &role, &places);
    if (str_has_suffix(role, STR("?")))
        role = str_slice(role, 0, role.len - 1);
    return has_places && places.len > 0 && (str_eq(role, STR("tree")) || find_role(role) != NULL);
}

static void run_clause(struct clause *c, struct str text)
{
    struct str role, where;
    (void)str_cut(text, '=', &role, &where);
    if (str_eq(role, STR("tree"))) { /* tree=-r|-R: a flag */
        struct str option;
        for (bool more = true; more;) {
            more = str_cut(where, '|', &option, &where);
            for (size_t i = 0; i < c->call->n_options; i++)
                c->copy.is_tree |= str_eq(c->call->options[i].name, option);
        }
        return;
    }
    c->is_may = str_has_suffix(role, STR("?"));
    role_fn *fn = find_role(str_slice(role, 0, role.len - (c->is_may ? 1 : 0)));
    struct places places = { 0 };
    find_places(c->call, where, &places);
    for (size_t i = 0; i < places.n && fn != NULL; i++)
        fn(c, places.items[i]);
}

void shell_run_clauses(struct shell_call *call)
{
    struct clause c = { .call = call, .database = STR_EMPTY };
    c.copy.is_tree = (call->row->flags & SHELL_TREES) != 0;
    const char *does = call->row->does;
    struct str text;
    while (shell_next_word(&does, &text))
        run_clause(&c, text);
    bool guesses = (call->row->flags & SHELL_GUESSES) != 0;
    if (guesses && strstr(call->row->does, "run=") == NULL)
        shell_guess(call->run, call->fields, call->n_named, call->row->name, false);
    /* gsutil cp -I folder: the sources come from the pipe. */
    if (c.copy.target == NULL && c.copy.n_sources == 1 &&
        shell_has_option(call, "-I --read-paths-from-stdin"))
        (void)shell_call_report(call, SHELL_WRITE, true, c.copy.sources[0]);
    else if (c.archive != NULL)
        unpack(call, c.archive, c.copy.folder);
    else
        shell_copy(call, &c.copy);
}
