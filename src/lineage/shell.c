/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"

static const struct str hole = STR_INIT(HOLE_TEXT);

/* ---- the session ---- */

void shell_session_init(struct shell_session *s, struct arena *a)
{
    *s = (struct shell_session){ .arena = a };
    strmap_init(&s->variables, a);
    strmap_init(&s->choices, a);
    strmap_init(&s->arrays, a);
    strmap_init(&s->folders, a);
}

void shell_session_put(struct shell_session *s, struct str name, struct str value)
{
    struct str *copy = strmap_get(&s->variables, name);
    if (copy == NULL || s->log != NULL)
        name = arena_str(s->arena, name);
    if (s->log != NULL)
        shell_log_add(s->log, s, name);
    if (copy == NULL) {
        copy = ARENA_NEW(s->arena, struct str);
        strmap_put(&s->variables, name, copy);
    }
    *copy = value;
    if (strmap_get(&s->choices, name) != NULL)
        strmap_put(&s->choices, name, NULL);
}

void shell_session_set(struct shell_session *s, struct str name, struct str value)
{
    shell_session_put(s, name,
                      value.len > LIMIT_SHELL_VALUE_BYTES ? hole : arena_str(s->arena, value));
}

void shell_session_cd(struct shell_session *s, struct str folder)
{
    struct str to = arena_str(s->arena, folder);
    if (str_eq(folder, STR("-")))
        to = s->previous_cwd;
    else if (folder.len == 0)
        to = STR("~");
    else if (s->cwd.len != 0 && !shell_is_remote(folder) &&
             str_find_char(STR("/~" HOLE_TEXT), folder.ptr[0]) == SIZE_MAX)
        to = shell_join(s->arena, s->cwd, folder);
    if (to.len > LIMIT_SHELL_CWD_BYTES)
        to = hole;
    s->previous_cwd = s->cwd;
    s->cwd = to;
}

/* ---- commands ---- */

static void call_function(struct shell_run *run, struct shell_function *fn,
                          const struct shell_fields *f)
{
    fn->is_called = true;
    if (run->calls >= LIMIT_SHELL_CALLS) {
        run->out->hit_limit = true;
        return;
    }
    struct shell_fields args = { .items = f->items + 1, .n = f->n - 1 };
    const struct shell_fields *outer = run->args;
    bool was_repeat = run->is_repeat;
    run->args = &args;
    run->calls++;
    run->is_repeat = true;
    shell_run_nodes(run, fn->items);
    run->is_repeat = was_repeat;
    run->calls--;
    run->args = outer;
}

void shell_run_fields(struct shell_run *run, const struct shell_fields *f)
{
    struct shell_function *fn = strmap_get(&run->functions, f->items[0].text);
    shell_builtin_fn *builtin = shell_find_builtin(f->items[0].text);
    if (fn != NULL)
        call_function(run, fn, f);
    else if (builtin != NULL)
        builtin(run, f);
    else
        shell_command(run, f);
}

/* "< file": what the command reads; filters alone may be left out. */
static void read_redirect(struct shell_run *run, const struct shell_redirect *r)
{
    struct shell_field at = { shell_expand_one(run, r->target), r->target->line, r->target->col };
    int ref =
        shell_report(run,
                     &(struct shell_report){
                         .dir = SHELL_READ, .kind = SHELL_PATH, .copy_of = -1, .program = "<" },
                     &at);
    if (run->origin < 0 && run->passes_on)
        run->origin = ref;
}

/* "> file".  What comes from elsewhere and lands on the disk is a download's local side. */
static void write_redirect(struct shell_run *run, const struct shell_redirect *r)
{
    struct shell_field at = { shell_expand_one(run, r->target), r->target->line, r->target->col };
    if (str_has_prefix(at.text, STR("="))) /* pip install x>=1 */
        return;
    struct shell_report report = { .dir = SHELL_WRITE,
                                   .kind = SHELL_PATH,
                                   .copy_of = run->origin,
                                   .program = r->op == SHELL_APPEND ? ">>" : ">" };
    if (r->fd == 2 || r->fd == -1)
        report.what = SHELL_DOCUMENT;
    if (r->fd == 2)
        report.copy_of = -1;
    shell_report_landing(run, &report, &at);
}

static void run_outputs(struct shell_run *run, const struct shell_redirect *r)
{
    for (; r != NULL; r = r->next) {
        if (r->target == NULL)
            continue;
        if (r->op == SHELL_FROM)
            read_redirect(run, r);
        else if (r->op == SHELL_TO || r->op == SHELL_APPEND)
            write_redirect(run, r);
    }
}

/* What a here-document or here-string gives to the command; NULL if there is none. */
static const struct shell_field *run_input(struct shell_run *run, const struct shell_redirect *r,
                                           struct shell_field *out)
{
    const struct shell_field *found = NULL;
    for (; r != NULL; r = r->next) {
        if (r->target == NULL || (r->op != SHELL_HERE && r->op != SHELL_HERE_WORD))
            continue;
        out->text = shell_expand_one(run, r->target);
        out->line = r->target->line;
        out->col = r->target->col;
        found = out;
    }
    return found;
}

static const struct shell_field *kept(struct shell_run *run, const struct shell_field *f)
{
    struct shell_field *copy = ARENA_NEW(run->arena, struct shell_field);
    *copy = *f;
    return copy;
}

static size_t n_words(const struct shell_node *n)
{
    size_t count = 1;
    for (const struct shell_word *w = n->words; w != NULL; w = w->next)
        count++;
    return count;
}

static void run_once(struct shell_run *run, const struct shell_node *n)
{
    const struct shell_word *w = n->words;
    while (w != NULL && shell_is_assignment(w)) {
        shell_assign(run, w);
        w = w->next;
    }
    struct shell_fields f = { 0 };
    for (; w != NULL; w = w->next)
        if (w->is_array)
            shell_assign(run, w); /* declare -a a=(x y) */
        else
            shell_expand(run, w, &f);
    struct shell_field here;
    const struct shell_field *piped = run->input;
    const struct shell_field *input = run_input(run, n->redirects, &here);
    run->input = input != NULL ? input : piped;
    run->piped = NULL;
    run->passes_on = f.n == 0;
    if (f.n > 0)
        shell_run_fields(run, &f);
    if (f.n == 1 && run->passes_on && run->piped == NULL && run->input != NULL)
        run->piped = kept(run, run->input); /* cat <<EOF | psql */
    run_outputs(run, n->redirects);
    run->input = NULL;
}

/* Once in every world that the variables in it have.  What is in $( ) is in that of the command
 * around it. */
static void run_command(struct shell_run *run, const struct shell_node *n)
{
    if (run->output != NULL) {
        run_once(run, n);
        return;
    }
    size_t outer = run->world, outer_n = run->n_worlds;
    const struct shell_field *input = run->input;
    bool was_repeat = run->is_repeat;
    run->world = 0;
    run->n_worlds = 1;
    run_once(run, n);
    while (++run->world < run->n_worlds && (run->repeats += n_words(n)) <= run->max_repeats) {
        run->is_repeat = true;
        run->input = input;
        run_once(run, n);
    }
    run->is_repeat = was_repeat;
    run->world = outer;
    run->n_worlds = outer_n;
}

/* ---- other nodes ---- */

static bool is_shell_name(struct str s)
{
    s = shell_base_name(s);
    return str_eq(s, STR("sh")) || str_eq(s, STR("bash")) || str_eq(s, STR("zsh"));
}

/* The pipe ends in "sh" or "sudo bash". */
static bool ends_in_shell(const struct shell_node *n)
{
    for (const struct shell_word *w = n->words; w != NULL && n->kind == SHELL_COMMAND;
         w = w->next) {
        if (is_shell_name(shell_plain(w)))
            return true;
        if (!str_eq(shell_plain(w), STR("sudo")))
            break;
    }
    return false;
}

static void run_node(struct shell_run *run, const struct shell_node *n);

/* Of what flows through a pipe, the first command's known output is that of the whole as long as
 * only filters follow that drop or reorder words. */
static bool keeps_words(const struct shell_node *n)
{
    static const char *const names[] = { "sort", "shuf", "head", "tail", "uniq", "grep" };
    for (size_t i = 0; n->words != NULL && i < ARRAY_LEN(names); i++) {
        if (str_eq(shell_plain(n->words), str_from(names[i])))
            return true;
    }
    return false;
}

static void run_pipe(struct shell_run *run, const struct shell_node *n)
{
    bool was_into_shell = run->is_into_shell, has_output = false;
    run->origin = -1;
    for (const struct shell_node *last = n->items; last != NULL; last = last->next)
        run->is_into_shell |= last->next == NULL && ends_in_shell(last);
    struct shell_fields *output = run->output;
    for (const struct shell_node *item = n->items; item != NULL; item = item->next) {
        bool is_first = item == n->items;
        run->output = is_first ? output : NULL;
        run_node(run, item);
        has_output = is_first ? run->has_output : has_output && keeps_words(item);
        run->input = run->piped;
    }
    run->input = run->piped = NULL;
    run->output = output;
    run->has_output = has_output;
    run->is_into_shell = was_into_shell;
    run->origin = -1;
}

/* What the loop's commands count up has no one value. */
static void forget_counters(struct shell_run *run, const struct shell_node *n)
{
    for (; n != NULL; n = n->next) {
        if (n->kind != SHELL_COMMAND || n->words == NULL)
            continue;
        const struct shell_part *p = n->words->parts;
        if (str_eq(shell_plain(n->words), STR("let")) && n->words->next != NULL)
            shell_session_set(run->session, shell_first_name(shell_plain(n->words->next)), hole);
        else if (shell_is_assignment(n->words) && p->next != NULL)
            shell_session_set(run->session, shell_first_name(p->text), hole);
    }
}

static void run_for(struct shell_run *run, const struct shell_node *n)
{
    struct shell_fields f = { 0 };
    size_t outer = run->world, outer_n = run->n_worlds;
    run->n_worlds = 1;
    for (run->world = 0; run->world < run->n_worlds; run->world++)
        for (const struct shell_word *w = n->words; w != NULL; w = w->next)
            shell_expand_loop(run, w, &f);
    run->world = outer;
    run->n_worlds = outer_n;
    if (!n->has_in && n->words == NULL && run->args != NULL)
        f = *run->args;
    if (f.n == 0 || f.n > LIMIT_SHELL_LOOP) {
        f = (struct shell_fields){ 0 };
        shell_add_field(run, &f, hole, 0, 0);
    }
    bool was_repeat = run->is_repeat;
    run->repeats += run->is_repeat ? f.n : 0;
    for (size_t i = 0; i < f.n; i++) {
        if (shell_is_name(n->name))
            shell_session_set(run->session, n->name, f.items[i].text);
        shell_run_nodes(run, n->items);
        run->is_repeat = true;
    }
    run->is_repeat = was_repeat;
}

/* [[ -f path ]] looks at it. */
static void run_test(struct shell_run *run, const struct shell_node *n)
{
    struct shell_fields f = { 0 };
    shell_add_field(run, &f, STR("test"), 0, 0);
    for (const struct shell_word *w = n->words; w != NULL; w = w->next)
        shell_expand(run, w, &f);
    shell_command(run, &f);
}

static void run_function(struct shell_run *run, const struct shell_node *n)
{
    struct shell_function *fn = ARENA_NEW(run->arena, struct shell_function);
    fn->items = n->items;
    strmap_put(&run->functions, n->name, fn);
}

static void run_block(struct shell_run *run, const struct shell_node *n)
{
    struct str cwd = run->session->cwd;
    const struct shell_field *input = run->input;
    struct shell_field here;
    (void)run_input(run, n->redirects, &here);
    if (n->is_loop)
        forget_counters(run, n->items);
    if (n->kind == SHELL_FOR)
        run_for(run, n);
    else if (n->is_choice)
        shell_run_choice(run, n);
    else
        shell_run_nodes(run, n->items);
    run->input = input;
    run->passes_on = true;
    run_outputs(run, n->redirects);
    run->input = NULL;
    if (n->kind == SHELL_SUBSHELL)
        run->session->cwd = cwd;
}

static void run_node(struct shell_run *run, const struct shell_node *n)
{
    switch (n->kind) {
    case SHELL_COMMAND:
        run_command(run, n);
        break;
    case SHELL_PIPE:
        run_pipe(run, n);
        break;
    case SHELL_BLOCK:
    case SHELL_SUBSHELL:
    case SHELL_FOR:
        run_block(run, n);
        break;
    case SHELL_FUNCTION:
        run_function(run, n);
        break;
    case SHELL_TEST:
        run_test(run, n);
        break;
    }
}

void shell_run_some(struct shell_run *run, const struct shell_node *n, const struct shell_node *end)
{
    if (run->depth >= 2 * LIMIT_DEPTH) {
        run->out->hit_limit = true;
        return;
    }
    run->depth++;
    for (; n != end; n = n->next) {
        if (run->is_repeat && (run->repeats += n_words(n)) > run->max_repeats) {
            run->out->hit_limit = true;
            break;
        }
        if (n->kind != SHELL_PIPE)
            run->origin = -1;
        run->has_output = false;
        run_node(run, n);
    }
    run->depth--;
}

void shell_run_nodes(struct shell_run *run, const struct shell_node *n)
{
    shell_run_some(run, n, NULL);
}

void shell_run_text(struct shell_run *run, const struct shell_field *text)
{
    if (run->depth >= 2 * LIMIT_DEPTH || run->texts >= LIMIT_SHELL_CALLS) {
        run->out->hit_limit = true;
        return;
    }
    bool is_again = run->is_repeat || run->texts > 0;
    if (is_again && !shell_charge(run, 32 * text->text.len)) /* a tree is larger than its text */
        return;
    struct shell_cursor c;
    shell_cursor_init(&c, run->arena, text->text, text->line);
    run->texts++;
    shell_run_nodes(run, shell_parse(&c, false));
    run->texts--;
    run->out->hit_limit |= c.hit_limit;
}

/* The bodies of functions that nothing calls are looked at once. */
static void run_uncalled(struct shell_run *run)
{
    run->is_may = true;
    run->args = NULL;
    for (size_t i = 0; i < run->functions.n; i++) {
        struct shell_function *fn = run->functions.entries[i].value;
        if (fn->is_called)
            continue;
        fn->is_called = true;
        shell_run_nodes(run, fn->items);
    }
}

/* A short text may do little: a notebook can hold very many of them. */
static size_t bound(size_t limit, size_t least, size_t per_byte, size_t text_bytes)
{
    size_t n = least + per_byte * (text_bytes < limit ? text_bytes : limit);
    return n < limit ? n : limit;
}

static void run_init(struct shell_run *run, struct arena *a, struct shell_session *session,
                     struct shell_result *out, size_t text_bytes)
{
    *run = (struct shell_run){ .arena = a, .session = session, .out = out, .origin = -1 };
    run->max_repeats = bound(LIMIT_SHELL_REPEATS, 1000, 4, text_bytes);
    run->max_expanded_bytes = bound(LIMIT_SHELL_EXPANDED_BYTES, 64UL * 1024, 64, text_bytes);
    strmap_init(&run->functions, a);
}

void shell_refs(struct arena *a, struct str text, struct shell_session *session,
                struct shell_result *out)
{
    struct shell_run run;
    run_init(&run, a, session, out, text.len);
    struct shell_field all = { .text = text, .line = 1, .col = 1 };
    shell_run_text(&run, &all);
    run_uncalled(&run);
}

void shell_words_refs(struct arena *a, const struct str *words, size_t n_words,
                      struct shell_session *session, struct shell_result *out)
{
    struct shell_run run;
    struct shell_fields f = { 0 };
    size_t n_bytes = 0;
    for (size_t i = 0; i < n_words; i++)
        n_bytes += words[i].len;
    run_init(&run, a, session, out, n_bytes);
    for (size_t i = 0; i < n_words; i++)
        shell_add_field(&run, &f, words[i], 1, (uint32_t)i + 1);
    if (f.n > 0)
        shell_run_fields(&run, &f);
}
