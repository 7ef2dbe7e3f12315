/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

/*
 * Programs without a row of the table: what their words are is told by their looks and by the
 * names of the options in front of them.
 */

struct guess {
    struct shell_run *run;
    const char *program;
    bool is_job;
};

static bool has_any(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_contains(s, str_from(words[i])))
            return true;
    }
    return false;
}

static bool names_output(struct arena *a, struct str name)
{
    static const char *const yes[] = { "out",    "dest",  "dst",  "target", "save",
                                       "export", "write", "sink", "result" };
    static const char *const no[] = { "timeout", "dropout", "layout", "without", "stdout" };
    if (name.len > 100)
        return false;
    if (str_eq(name, STR("-o")) || str_eq(name, STR("-O")) || str_eq(name, STR("O")))
        return true;
    struct str low = arena_lower(a, name);
    return has_any(low, yes, ARRAY_LEN(yes)) && !has_any(low, no, ARRAY_LEN(no));
}

/* Where a job drops what only it needs, or its model. */
static bool names_scratch(struct arena *a, struct str name)
{
    static const char *const words[] = { "staging", "temp",    "tmp",     "logdir",     "log-dir",
                                         "log_dir", "log-uri", "job-dir", "checkpoint", "job_dir",
                                         "model",   "cache",   "spill" };
    return name.len < 100 && has_any(arena_lower(a, name), words, ARRAY_LEN(words));
}

/* What a job is made of. */
static bool names_code(struct arena *a, struct str name)
{
    static const char *const words[] = { "package", "module", "py-files", "jar", "script", "conf" };
    return name.len < 100 && has_any(arena_lower(a, name), words, ARRAY_LEN(words));
}

static bool names_input(struct arena *a, struct str name)
{
    static const char *const words[] = { "input", "data",   "file", "path",  "dir",
                                         "src",   "source", "csv",  "train", "test",
                                         "valid", "folder", "uri",  "url" };
    if (name.len > 100)
        return false;
    return str_eq(name, STR("-i")) || has_any(arena_lower(a, name), words, ARRAY_LEN(words));
}

static bool is_web(struct str s)
{
    return str_has_prefix(s, STR("http://")) || str_has_prefix(s, STR("https://"));
}

/* Schemes that are no place of data: spark://host, local paths of images. */
static bool is_data_uri(struct str s)
{
    static const char *const schemes[] = { "s3://",   "s3a://",   "s3n://",  "gs://",    "hdfs://",
                                           "abfs://", "abfss://", "wasb://", "wasbs://", "adl://",
                                           "dbfs:/",  "oci://",   "oss://",  "file:/",   "ftp://",
                                           "az://",   "gcs://",   "cos://" };
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (str_has_prefix(s, str_from(schemes[i])))
            return true;
    }
    return is_web(s) && shell_has_data_suffix(s);
}

/* A "/" or a glob, and no option, number, text or code. */
static bool looks_like_path(struct str s)
{
    if (s.len == 0 || s.len > 4096 || s.ptr[0] == '-' || is_web(s) ||
        str_find_char(s, ' ') != SIZE_MAX || str_find_char(s, '(') != SIZE_MAX)
        return false;
    return str_find_char(s, '/') != SIZE_MAX && !str_contains(s, STR("//"));
}

/* Does it look like a place of data, behind an option of that name? */
static bool is_location(const struct guess *g, struct str name, struct str s)
{
    struct arena *a = g->run->arena;
    if (is_data_uri(s))
        return true;
    if (!is_web(s) && shell_has_data_suffix(s) && !shell_is_unknown(s) &&
        str_find_char(s, ' ') == SIZE_MAX)
        return true;
    bool is_named = name.len == 0 ? g->is_job : names_input(a, name) || names_output(a, name);
    return is_named && looks_like_path(s);
}

static void report_guess(const struct guess *g, struct str name, const struct shell_field *at)
{
    struct arena *a = g->run->arena;
    bool is_bare = name.len == 0;
    bool is_scratch = !is_bare && names_scratch(a, name);
    bool is_output = is_scratch || names_output(a, is_bare ? shell_base_name(at->text) : name);
    struct shell_report r = { .dir = is_output ? SHELL_WRITE : SHELL_READ,
                              .kind = SHELL_PATH,
                              .is_may = is_scratch || (!is_bare && names_code(a, name)),
                              .copy_of = -1,
                              .program = g->program };
    (void)shell_report(g->run, &r, at);
}

/* name: the option in front, or empty. */
static void consider(const struct guess *g, struct str name, const struct shell_field *at)
{
    struct str s = at->text, key, value;
    bool is_list = str_contains(s, STR(",")) && str_contains(s, STR("://")) && !is_data_uri(s);
    if (s.len == 0 || s.ptr[0] == '{' || s.ptr[0] == '[' || is_list) {
        shell_guess_in_text(g->run, at, g->program);
        return;
    }
    /* I=reads.bam, data.path=s3://b/k */
    if (str_cut(s, '=', &key, &value) && key.len > 0 && key.len < 64 && !is_web(s) &&
        str_find_char(key, '/') == SIZE_MAX) {
        name = key;
        at = shell_field_of(g->run, value, at);
    }
    if (is_location(g, name, at->text))
        report_guess(g, name, at);
}

void shell_guess(struct shell_run *run, const struct shell_fields *f, size_t from,
                 const char *program, bool is_job)
{
    struct guess g = { .run = run, .program = program, .is_job = is_job };
    struct str option = STR_EMPTY;
    for (size_t i = from; i < f->n; i++) {
        struct str s = f->items[i].text, name, value;
        bool is_list = str_contains(s, STR(",")) && str_contains(s, STR("://"));
        if (s.len > 1 && s.ptr[0] == '-' && !is_list) {
            option = s;
            if (str_cut(s, '=', &name, &value)) {
                consider(&g, name, shell_field_of(run, value, &f->items[i]));
                option = STR_EMPTY;
            }
            continue;
        }
        consider(&g, option, &f->items[i]);
        option = STR_EMPTY;
    }
}

static bool ends_token(char c)
{
    return c == '"' || c == '\'' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' ||
           c == '=' || c == ' ' || c == '\n' || c == '\t' || c == '\\';
}

void shell_guess_in_text(struct shell_run *run, const struct shell_field *text, const char *program)
{
    struct str s = text->text, key = STR_EMPTY;
    size_t at = 0;
    while (at < s.len) {
        while (at < s.len && (ends_token(s.ptr[at]) || s.ptr[at] == ':'))
            at++;
        size_t from = at;
        while (at < s.len && !ends_token(s.ptr[at]))
            at++;
        struct str token = str_slice(s, from, at);
        if (is_data_uri(token)) {
            bool is_output = names_output(run->arena, key.len > 0 ? key : shell_base_name(token));
            struct shell_report r = { .dir = is_output ? SHELL_WRITE : SHELL_READ,
                                      .kind = SHELL_PATH,
                                      .copy_of = -1,
                                      .program = program };
            if (str_has_prefix(token, STR("file:")))
                r.what = SHELL_CONFIG;
            (void)shell_report(run, &r, shell_field_of(run, token, text));
            key = STR_EMPTY;
        } else if (token.len > 0) {
            key = token;
        }
    }
}
