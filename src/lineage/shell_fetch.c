/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

/* "https://host/path/" below which wget -r puts what it finds. */
static const struct shell_field *mirror_of(struct shell_call *call, const struct shell_field *url)
{
    size_t at = str_find(url->text, STR("://"), 0);
    struct str s = at == SIZE_MAX ? url->text : str_from_pos(url->text, at + 3);
    while (str_has_suffix(s, STR("/")))
        s = str_slice(s, 0, s.len - 1);
    return shell_field_of(call->run, s, url);
}

/* Nothing behind the host, or a folder. */
static bool is_page(struct str url)
{
    size_t at = str_find(url, STR("://"), 0);
    struct str rest = at == SIZE_MAX ? url : str_from_pos(url, at + 3);
    return str_has_suffix(url, STR("/")) || str_find_char(rest, '/') == SIZE_MAX;
}

/* A URL and the file it goes to; NULL: it flows on. */
static void fetch(struct shell_call *call, const struct shell_field *url,
                  const struct shell_field *to, bool is_tree)
{
    struct shell_run *run = call->run;
    struct str s = url->text;
    bool flows = to == NULL || str_eq(to->text, STR("-"));
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_PATH,
                              .copy_of = -1,
                              .is_tree = is_tree,
                              .program = call->row->name };
    if (!flows && shell_what_of(s) == SHELL_DATA && !shell_has_data_suffix(s))
        r.what = shell_what_of(to->text);
    if (is_page(s) && !is_tree)
        r.what = SHELL_DOCUMENT;
    r.is_may = flows && !shell_has_data_suffix(s);
    int from = shell_report(run, &r, url);
    if (flows) {
        run->origin = from;
        run->passes_on = true;
        return;
    }
    if (str_eq(to->text, STR("./" HOLE_TEXT)))
        return;
    r.dir = SHELL_WRITE;
    r.is_may = true;
    r.copy_of = from;
    (void)shell_report(run, &r, to);
}

static struct str page_name(struct shell_run *run, struct str url)
{
    struct str base = shell_own_name(run, url);
    return base.len == 0 ? STR("index.html") : base;
}

void shell_wget(struct shell_call *call)
{
    struct shell_run *run = call->run;
    bool is_wget = str_eq(str_from(call->row->name), STR("wget")); /* its -o is a log */
    const struct shell_field *to =
        shell_option_value(call, is_wget ? "-O --output-document" : "-o --out --output");
    const struct shell_field *folder = shell_option_value(call, "-P --directory-prefix -d --dir");
    const struct shell_field *list = shell_option_value(call, "-i --input-file");
    bool is_tree = shell_has_option(call, "-r --recursive -m --mirror");
    if (list != NULL)
        (void)shell_call_report(call, SHELL_READ, false, list);
    for (size_t i = 0; i < call->n_words; i++) {
        const struct shell_field *url = call->words[i];
        if (to != NULL) {
            bool is_in = folder != NULL && !is_wget;
            struct str at = is_in ? shell_join(run->arena, folder->text, to->text) : to->text;
            fetch(call, url, shell_field_of(run, at, to), false);
            continue;
        }
        struct str name = is_tree ? mirror_of(call, url)->text : page_name(run, url->text);
        if (folder != NULL)
            name = shell_join(run->arena, folder->text, name);
        fetch(call, url, shell_field_of(run, name, url), is_tree);
    }
}

/* "@file" of -d, -F "name=@file" */
static void read_posted(struct shell_call *call)
{
    for (size_t i = 0; i < call->n_options; i++) {
        const struct shell_field *value = call->options[i].value;
        size_t at = value == NULL ? SIZE_MAX : str_find_char(value->text, '@');
        bool is_data = str_has_prefix(call->options[i].name, STR("-d")) ||
                       str_has_prefix(call->options[i].name, STR("--data"));
        bool is_form = str_eq(call->options[i].name, STR("-F")) ||
                       str_eq(call->options[i].name, STR("--form"));
        if ((is_data && at == 0) ||
            (is_form && at != SIZE_MAX && at > 0 && value->text.ptr[at - 1] == '='))
            (void)shell_call_report(
                call, SHELL_READ, false,
                shell_field_of(call->run, str_from_pos(value->text, at + 1), value));
    }
}

/* The i-th URL goes to the i-th -o. */
static const struct shell_field *output_of(const struct shell_call *call, size_t i)
{
    for (size_t k = 0; k < call->n_options; k++) {
        struct str name = call->options[k].name;
        bool is_output = str_eq(name, STR("-o")) || str_eq(name, STR("--output"));
        if (is_output && call->options[k].value != NULL && i-- == 0)
            return call->options[k].value;
    }
    return NULL;
}

/* A question to a service, whose answer is shown: not GET, something posted, a token sent. */
static bool is_service_call(const struct shell_call *call)
{
    bool is_asked = shell_has_option(call, "-d --data --data-binary --data-raw -F --form");
    for (size_t i = 0; i < call->n_options; i++) {
        const struct shell_field *value = call->options[i].value;
        struct str name = call->options[i].name;
        if (value == NULL)
            continue;
        if (str_eq(name, STR("-X")) || str_eq(name, STR("--request")))
            is_asked = is_asked || !str_eq_nocase(value->text, STR("GET"));
        if (str_eq(name, STR("-H")) || str_eq(name, STR("--header")))
            is_asked = is_asked || str_has_prefix_nocase(value->text, STR("Authorization"));
        is_asked = is_asked || str_eq(name, STR("-u")) || str_eq(name, STR("--user"));
    }
    return is_asked;
}

void shell_curl(struct shell_call *call)
{
    struct shell_run *run = call->run;
    const struct shell_field *upload = shell_option_value(call, "-T --upload-file");
    const struct shell_field *folder = shell_option_value(call, "--output-dir");
    const struct shell_field *named = shell_option_value(call, "--url");
    bool by_name = shell_has_option(call, "-O -J --remote-name --remote-name-all");
    read_posted(call);
    if (named != NULL)
        *ARENA_PUSH(run->arena, call->words, call->n_words, call->cap_words) = named;
    for (size_t i = 0; i < call->n_words; i++) {
        const struct shell_field *url = call->words[i];
        if (upload != NULL) {
            struct shell_copy copy = { .target = url };
            *ARENA_PUSH(run->arena, copy.sources, copy.n_sources, copy.cap_sources) = upload;
            shell_copy(call, &copy);
            continue;
        }
        const struct shell_field *target = output_of(call, i);
        if (by_name && target == NULL)
            target = shell_field_of(run, page_name(run, url->text), url);
        if (target != NULL && folder != NULL)
            target =
                shell_field_of(run, shell_join(run->arena, folder->text, target->text), target);
        if (target == NULL && is_service_call(call) && !shell_has_data_suffix(url->text))
            continue;
        fetch(call, url, target, false);
    }
}

/* gdown URL, gdown ID, gdown --id ID: a file of Google Drive. */
void shell_gdown(struct shell_call *call)
{
    struct shell_run *run = call->run;
    const struct shell_field *id = shell_option_value(call, "--id");
    const struct shell_field *to = shell_option_value(call, "-O --output");
    if (id == NULL && call->n_words > 0)
        id = call->words[0];
    if (id == NULL)
        return;
    struct str url = id->text;
    if (!shell_is_remote(url))
        url = arena_printf(run->arena, "https://drive.google.com/uc?id=%.*s", STR_FMT(url));
    if (to == NULL)
        to = shell_field_of(run, STR(HOLE_TEXT), id);
    fetch(call, shell_field_of(run, url, id), to, shell_has_option(call, "--folder"));
}

void shell_git_clone(struct shell_call *call)
{
    if (call->n_words == 0)
        return;
    const struct shell_field *url = call->words[0];
    struct str name = shell_base_name(url->text);
    if (str_has_suffix(name, STR(".git")))
        name = str_slice(name, 0, name.len - 4);
    const struct shell_field *to =
        call->n_words > 1 ? call->words[1] : shell_field_of(call->run, name, url);
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_PATH,
                              .what = SHELL_CODE,
                              .is_tree = true,
                              .copy_of = -1,
                              .program = call->row->name };
    r.copy_of = shell_report(call->run, &r, url);
    r.dir = SHELL_WRITE;
    (void)shell_report(call->run, &r, to);
}

/* kaggle datasets download owner/name [-p folder] [--unzip] [-f file] */
void shell_kaggle(struct shell_call *call)
{
    struct shell_run *run = call->run;
    const struct shell_field *name = shell_option_value(call, "-d --dataset -c --competition");
    if (name == NULL && call->n_words > 0)
        name = call->words[0];
    if (name == NULL)
        return;
    const struct shell_field *folder = shell_option_value(call, "-p --path");
    const struct shell_field *file = shell_option_value(call, "-f --file");
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_BUILTIN,
                              .is_may = true,
                              .copy_of = -1,
                              .program = call->row->name };
    r.copy_of = shell_report(run, &r, name);
    r.dir = SHELL_WRITE;
    r.kind = SHELL_PATH;
    struct str to =
        file != NULL ? file->text
                     : arena_printf(run->arena, "%.*s.zip", STR_FMT(shell_base_name(name->text)));
    if (shell_has_option(call, "--unzip")) {
        r.is_tree = true;
        to = folder != NULL ? folder->text : STR(".");
        r.what = folder != NULL ? SHELL_DATA : SHELL_SCRATCH;
    } else if (folder != NULL) {
        to = shell_join(run->arena, folder->text, to);
    }
    (void)shell_report(run, &r, shell_field_of(run, to, name));
}
