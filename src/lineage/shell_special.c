/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_table.h"

/* ---- what commands print: for $( ) and pipes ---- */

static void print(struct shell_call *call, struct str text)
{
    struct shell_run *run = call->run;
    if (run->output != NULL) {
        shell_add_field(run, run->output, text, 0, 0);
        run->has_output = true;
    }
}

/* What a "*" stands for is not known once it names something else. */
static struct str without_globs(struct shell_run *run, struct str s)
{
    if (str_find_char(s, '*') == SIZE_MAX)
        return s;
    char *bytes = arena_alloc(run->arena, s.len);
    for (size_t i = 0; i < s.len; i++)
        bytes[i] = s.ptr[i] == '*' ? HOLE_BYTE : s.ptr[i];
    return (struct str){ bytes, s.len };
}

void shell_echo(struct shell_call *call)
{
    struct shell_run *run = call->run;
    size_t from = 1, n = call->fields->n;
    while (from < n && str_find_char(call->fields->items[from].text, '-') == 0 &&
           call->fields->items[from].text.len == 2)
        from++;
    for (size_t i = from; i < n; i++)
        print(call, call->fields->items[i].text);
    if (from + 1 == n)
        run->piped = &call->fields->items[from];
}

void shell_basename(struct shell_call *call)
{
    if (call->n_words == 0)
        return;
    struct str s = call->words[0]->text;
    while (s.len > 1 && str_has_suffix(s, STR("/")))
        s = str_slice(s, 0, s.len - 1);
    s = shell_base_name(s);
    const struct shell_field *suffix = shell_option_value(call, "-s --suffix");
    if (suffix == NULL && call->n_words > 1)
        suffix = call->words[1];
    if (suffix != NULL && str_has_suffix(s, suffix->text))
        s = str_slice(s, 0, s.len - suffix->text.len);
    print(call, without_globs(call->run, s));
}

void shell_dirname(struct shell_call *call)
{
    if (call->n_words == 0)
        return;
    struct str s = call->words[0]->text;
    size_t slash = str_rfind_char(s, '/');
    if (slash == SIZE_MAX && shell_is_unknown(s))
        print(call, STR(HOLE_TEXT));
    else
        print(call, slash == SIZE_MAX ? STR(".") : str_slice(s, 0, slash));
}

void shell_pwd(struct shell_call *call)
{
    struct str cwd = call->run->session->cwd;
    print(call, cwd.len == 0 ? STR(".") : cwd);
}

static bool number_of(const struct shell_call *call, size_t i, uint64_t *out)
{
    uint64_t n = 0;
    struct str s = call->words[i]->text;
    if (s.len == 0 || s.len > 9)
        return false;
    for (size_t k = 0; k < s.len; k++) {
        if (s.ptr[k] < '0' || s.ptr[k] > '9')
            return false;
        n = n * 10 + (uint64_t)(s.ptr[k] - '0');
    }
    *out = n;
    return true;
}

/* seq last, seq first last, seq first step last: one number more than a loop runs through. */
void shell_seq(struct shell_call *call)
{
    uint64_t first = 1, step = 1, last = 0;
    size_t n = call->n_words;
    if (n == 0 || n > 3 || !number_of(call, n - 1, &last) ||
        (n > 1 && !number_of(call, 0, &first)) || (n > 2 && !number_of(call, 1, &step)) ||
        step == 0)
        return;
    for (unsigned i = 0; i <= LIMIT_SHELL_LOOP && first <= last; i++, first += step)
        print(call, arena_printf(call->run->arena, "%llu", (unsigned long long)first));
}

/* Names of a folder's files come without the folder; those of a glob as written. */
void shell_ls(struct shell_call *call)
{
    for (size_t i = 0; i < call->n_words; i++) {
        struct str s = call->words[i]->text;
        (void)shell_call_report(call, SHELL_LIST, true, call->words[i]);
        bool is_glob = str_find_char(s, '*') != SIZE_MAX || shell_has_data_suffix(s);
        print(call, is_glob ? s : STR(HOLE_TEXT));
    }
    if (call->n_words == 0)
        print(call, STR(HOLE_TEXT));
}

/* find folder... -name pattern */
void shell_find(struct shell_call *call)
{
    for (size_t i = 1; i < call->fields->n; i++) {
        const struct shell_field *f = &call->fields->items[i];
        if (f->text.len > 0 && str_find_char(STR("-(!\\"), f->text.ptr[0]) != SIZE_MAX)
            break;
        (void)shell_call_report(call, SHELL_LIST, true, f);
        print(call, shell_join(call->run->arena, f->text, STR(HOLE_TEXT)));
    }
}

/* ---- filters whose first word is a program of their own ---- */

/* sed 's/a/b/' file..., grep -e text file..., awk -f program file... */
void shell_filter(struct shell_call *call)
{
    bool is_given = shell_has_option(call, "-e -f --expression --regexp --file --from-file");
    for (size_t i = is_given ? 0 : 1; i < call->n_words; i++) {
        int ref = shell_call_report(call, SHELL_READ, true, call->words[i]);
        if (call->run->origin < 0)
            call->run->origin = ref;
        if (shell_has_option(call, "-i --in-place"))
            (void)shell_call_report(call, SHELL_WRITE, true, call->words[i]);
    }
}

/* ---- tests ---- */

/* test -f path, [ -d path ] */
void shell_test(struct shell_call *call)
{
    static const struct str flags = STR_INIT("efdrwxsLh");
    for (size_t i = 1; i + 1 < call->fields->n; i++) {
        struct str s = call->fields->items[i].text;
        if (s.len == 2 && s.ptr[0] == '-' && str_find_char(flags, s.ptr[1]) != SIZE_MAX)
            (void)shell_call_report(call, SHELL_LIST, true, &call->fields->items[i + 1]);
    }
}

/* ---- archives ---- */

static bool has_letter(struct str s, char c)
{
    return str_find_char(s, c) != SIZE_MAX;
}

struct tar {
    char mode; /* x, c, t */
    const struct shell_field *file, *folder;
};

/* Old style: "tar xzf file"; its letters take the words behind in order. */
static size_t read_tar_letters(const struct shell_call *call, struct tar *t)
{
    const struct shell_fields *f = call->fields;
    struct str s = f->items[1].text;
    size_t next = 2;
    if (s.len == 0 || s.ptr[0] == '-')
        return 1;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (has_letter(STR("xctru"), c))
            t->mode = c;
        if (has_letter(STR("fCT"), c) && next < f->n) {
            if (c == 'f')
                t->file = &f->items[next];
            if (c == 'C')
                t->folder = &f->items[next];
            next++;
        }
    }
    return next;
}

static void read_tar_options(const struct shell_call *call, struct tar *t)
{
    const struct shell_field *value = shell_option_value(call, "-f --file");
    t->file = value != NULL ? value : t->file;
    value = shell_option_value(call, "-C --directory --cd");
    t->folder = value != NULL ? value : t->folder;
    if (shell_has_option(call, "-x --extract --get"))
        t->mode = 'x';
    else if (shell_has_option(call, "-c --create -r --append -u"))
        t->mode = 'c';
    else if (shell_has_option(call, "-t --list"))
        t->mode = 't';
}

static void tar_unpack(struct shell_call *call, const struct tar *t)
{
    struct shell_run *run = call->run;
    bool is_stream = t->file == NULL || str_eq(t->file->text, STR("-"));
    int from = is_stream ? run->origin : shell_call_report(call, SHELL_READ, true, t->file);
    if (is_stream && from >= 0 && run->out->refs[from].what == SHELL_DATA)
        run->out->refs[from].is_may = run->is_may;
    bool is_here = t->folder == NULL || str_eq(t->folder->text, STR("."));
    struct shell_report r = { .dir = SHELL_WRITE,
                              .kind = SHELL_PATH,
                              .is_may = true,
                              .is_tree = true,
                              .copy_of = from,
                              .what = is_here ? SHELL_SCRATCH : SHELL_DATA,
                              .program = call->row->name };
    const struct shell_field *at = is_here ? &call->fields->items[0] : t->folder;
    (void)shell_report(run, &r, is_here ? shell_field_of(run, STR("."), at) : at);
}

static void tar_pack(struct shell_call *call, const struct tar *t, size_t from)
{
    for (size_t i = from; i < call->n_words; i++) {
        const struct shell_field *f = call->words[i];
        if (f == t->file || f == t->folder)
            continue;
        if (t->folder != NULL)
            f = shell_field_of(call->run, shell_join(call->run->arena, t->folder->text, f->text),
                               f);
        (void)shell_call_report(call, SHELL_READ, true, f);
    }
    if (t->file != NULL)
        (void)shell_call_report(call, SHELL_WRITE, true, t->file);
}

void shell_tar(struct shell_call *call)
{
    struct tar t = { 0 };
    size_t next = call->fields->n > 1 ? read_tar_letters(call, &t) : 1;
    size_t n_letters = next > 1 ? 1 : 0;
    read_tar_options(call, &t);
    if (t.mode == 'x')
        tar_unpack(call, &t);
    else if (t.mode == 't' && t.file != NULL)
        (void)shell_call_report(call, SHELL_LIST, true, t.file);
    else if (t.mode != '\0')
        tar_pack(call, &t, n_letters);
}

/* zip archive members... */
void shell_zip(struct shell_call *call)
{
    struct shell_run *run = call->run;
    if (call->n_words == 0)
        return;
    for (size_t i = 1; i < call->n_words; i++)
        (void)shell_call_report(call, SHELL_READ, true, call->words[i]);
    const struct shell_field *to = call->words[0];
    if (str_find_char(shell_base_name(to->text), '.') == SIZE_MAX && !shell_is_unknown(to->text))
        to = shell_field_of(run, arena_printf(run->arena, "%.*s.zip", STR_FMT(to->text)), to);
    (void)shell_call_report(call, SHELL_WRITE, true, to);
}

/* ---- MinIO: alias/bucket/key ---- */

static const struct shell_field *mc_place(struct shell_call *call, const struct shell_field *f)
{
    struct str alias, key;
    struct str s = f->text;
    bool is_local =
        s.len == 0 || s.ptr[0] == '.' || s.ptr[0] == '/' || s.ptr[0] == '~' || shell_is_remote(s);
    if (is_local || !str_cut(s, '/', &alias, &key) || key.len == 0 ||
        (str_find_char(alias, '.') != SIZE_MAX))
        return f;
    return shell_field_of(call->run, arena_printf(call->run->arena, "s3://%.*s", STR_FMT(key)), f);
}

/* s3fs bucket[:/path] folder: the folder stands for the bucket. */
void shell_mount(struct shell_call *call)
{
    struct shell_run *run = call->run;
    if (call->n_words < 2)
        return;
    bool is_google = str_eq(str_from(call->row->name), STR("gcsfuse"));
    struct str bucket, path;
    (void)str_cut(call->words[0]->text, ':', &bucket, &path);
    struct str uri = arena_printf(run->arena, "%s%.*s", is_google ? "gs://" : "s3://",
                                  STR_FMT(shell_join(run->arena, bucket, path)));
    if (path.len == 0)
        uri = str_slice(uri, 0, uri.len - 1);
    struct shell_report r = { .dir = SHELL_READ,
                              .kind = SHELL_PATH,
                              .is_may = true,
                              .is_tree = true,
                              .copy_of = -1,
                              .program = call->row->name };
    r.copy_of = shell_report(run, &r, shell_field_of(run, uri, call->words[0]));
    r.dir = SHELL_WRITE;
    (void)shell_report(run, &r, call->words[1]);
}

void shell_mc(struct shell_call *call)
{
    struct str name = str_from(call->row->name);
    bool is_copy = str_has_suffix(name, STR("cp")) || str_has_suffix(name, STR("mirror")) ||
                   str_has_suffix(name, STR("mv")) || str_has_suffix(name, STR("put")) ||
                   str_has_suffix(name, STR("get"));
    struct shell_copy copy = { .is_tree = shell_has_option(call, "-r --recursive") ||
                                          str_has_suffix(name, STR("mirror")) };
    for (size_t i = 0; i < call->n_words; i++) {
        const struct shell_field *f = mc_place(call, call->words[i]);
        if (is_copy && i + 1 == call->n_words)
            copy.target = f;
        else if (is_copy)
            *ARENA_PUSH(call->run->arena, copy.sources, copy.n_sources, copy.cap_sources) = f;
        else if (str_has_suffix(name, STR("cat")) || str_has_suffix(name, STR("head")))
            call->run->origin = shell_call_report(call, SHELL_READ, false, f);
        else
            (void)shell_call_report(
                call, str_has_suffix(name, STR("rm")) ? SHELL_WRITE : SHELL_LIST, true, f);
    }
    if (is_copy)
        shell_copy(call, &copy);
}

/* ---- programs ---- */

static struct shell_fields args_from(const struct shell_call *call, size_t i)
{
    return (struct shell_fields){ .items = call->fields->items + i, .n = call->fields->n - i };
}

/* python [flags] script args | -c code | -m module args | - | < */
void shell_python(struct shell_call *call)
{
    const struct shell_fields *f = call->fields;
    struct shell_fields args;
    size_t i = 1;
    for (; i < f->n; i++) {
        struct str s = f->items[i].text;
        if (str_eq(s, STR("-c")) && i + 1 < f->n) {
            args = args_from(call, i + 2);
            (void)shell_report_text(call, SHELL_PYTHON, &f->items[i + 1], &args);
            return;
        }
        if (str_eq(s, STR("-m")) && i + 1 < f->n) {
            args = args_from(call, i + 2);
            shell_guess(call->run, &args, 0, call->row->name, false);
            return;
        }
        if (str_eq(s, STR("-")))
            break;
        if (str_eq(s, STR("-W")) || str_eq(s, STR("-X"))) {
            i++;
        } else if (s.len > 0 && s.ptr[0] != '-') {
            args = args_from(call, i + 1);
            (void)shell_report_text(call, SHELL_SCRIPT, &f->items[i], &args);
            shell_guess(call->run, &args, 0, call->row->name, false);
            return;
        }
    }
    if (call->run->input == NULL)
        return;
    args = args_from(call, i < f->n ? i + 1 : f->n);
    (void)shell_report_text(call, SHELL_PYTHON, call->run->input, &args);
}
