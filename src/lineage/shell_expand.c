/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/shell_internal.h"
#include "util/buf.h"

#include <string.h>

static const struct str hole = STR_INIT(HOLE_TEXT);

void shell_add_field(struct shell_run *run, struct shell_fields *f, struct str text, uint32_t line,
                     uint32_t col)
{
    struct shell_field *field = ARENA_PUSH(run->arena, f->items, f->n, f->cap);
    *field = (struct shell_field){ .text = text, .line = line, .col = col };
}

static bool has_hole(struct str s)
{
    return str_find_char(s, HOLE_BYTE) != SIZE_MAX;
}

bool shell_charge(struct shell_run *run, size_t n)
{
    if (n <= run->max_expanded_bytes - run->expanded_bytes) {
        run->expanded_bytes += n;
        return true;
    }
    run->out->hit_limit = true;
    return false;
}

/* ---- values ---- */

static bool position_value(const struct shell_run *run, struct str name, struct str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < 1000; i++)
        n = n * 10 + (size_t)(name.ptr[i] - '0');
    if (n == 0 || n > run->args->n)
        return false;
    *out = run->args->items[n - 1].text;
    return true;
}

static bool lookup(struct shell_run *run, struct str name, struct str *out)
{
    const struct shell_session *s = run->session;
    if (name.len == 0)
        return false;
    if (run->args != NULL && name.ptr[0] >= '0' && name.ptr[0] <= '9')
        return position_value(run, name, out);
    const struct str *set = shell_value_now(run, name);
    if (set != NULL) {
        *out = *set;
        return true;
    }
    if (s->value != NULL && s->value(s->ctx, name, out))
        return true;
    if (str_eq(name, STR("PWD"))) {
        *out = s->cwd.len == 0 ? STR(".") : s->cwd;
        return true;
    }
    return false;
}

/* "$a.b": IPython's attribute if the notebook knows it, else $a and ".b". */
static struct str dotted_value(struct shell_run *run, const struct shell_part *p)
{
    const struct shell_session *s = run->session;
    struct str value;
    if (!strmap_has(&s->variables, p->text) && s->value != NULL &&
        s->value(s->ctx, p->more, &value))
        return value;
    if (!lookup(run, p->text, &value))
        value = hole;
    return arena_concat(run->arena, value, str_from_pos(p->more, p->text.len));
}

/* ---- operators ---- */

static bool has_glob(struct str s)
{
    return str_find_char(s, '*') != SIZE_MAX || str_find_char(s, '?') != SIZE_MAX ||
           str_find_char(s, '[') != SIZE_MAX;
}

/* ${v#pattern}: a pattern is a text, perhaps with one "*" in front. */
static struct str without_prefix(struct str v, struct str pattern, bool is_longest)
{
    bool has_star = str_has_prefix(pattern, STR("*"));
    struct str text = str_from_pos(pattern, has_star ? 1 : 0);
    if (text.len == 0 || has_glob(text) || has_hole(text))
        return hole;
    if (!has_star)
        return str_has_prefix(v, text) ? str_from_pos(v, text.len) : v;
    size_t found = SIZE_MAX;
    for (size_t at = str_find(v, text, 0); at != SIZE_MAX; at = str_find(v, text, at + 1)) {
        found = at;
        if (!is_longest)
            break;
    }
    if (found == SIZE_MAX)
        return has_hole(v) ? hole : v;
    return str_from_pos(v, found + text.len);
}

/* ${v%pattern}: a text, perhaps with one "*" behind. */
static struct str without_suffix(struct str v, struct str pattern, bool is_longest)
{
    bool has_star = str_has_suffix(pattern, STR("*"));
    struct str text = str_slice(pattern, 0, pattern.len - (has_star ? 1 : 0));
    if (text.len == 0 || has_glob(text) || has_hole(text))
        return hole;
    if (!has_star)
        return str_has_suffix(v, text) ? str_slice(v, 0, v.len - text.len) : v;
    size_t found = SIZE_MAX;
    for (size_t at = str_find(v, text, 0); at != SIZE_MAX; at = str_find(v, text, at + 1)) {
        found = at;
        if (is_longest)
            break;
    }
    if (found == SIZE_MAX)
        return has_hole(v) ? hole : v;
    return str_slice(v, 0, found);
}

/* ${v/from/to}, ${v//from/to}. */
static struct str replaced(struct shell_run *run, struct str v, struct str arg, bool is_all)
{
    struct str from, to;
    (void)str_cut(arg, '/', &from, &to);
    if (from.len == 0 || has_glob(from) || has_hole(from) || from.ptr[0] == '#' ||
        from.ptr[0] == '%')
        return hole;
    AUTO_BUF b = BUF_INIT(LIMIT_SHELL_VALUE_BYTES);
    size_t done = 0;
    for (size_t at = str_find(v, from, 0); at != SIZE_MAX; at = str_find(v, from, done)) {
        buf_add(&b, str_slice(v, done, at));
        buf_add(&b, to);
        done = at + from.len;
        if (!is_all)
            break;
    }
    buf_add(&b, str_from_pos(v, done));
    if (!buf_ok(&b) || !shell_charge(run, b.len))
        return hole;
    return arena_str(run->arena, buf_str(&b));
}

/* ${v^^}, ${v^}, ${v,,}, ${v,}. */
static struct str in_case(struct arena *a, struct str v, bool is_upper, bool is_whole)
{
    char *out = arena_alloc(a, v.len);
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        if (i == 0 || is_whole) {
            if (is_upper && c >= 'a' && c <= 'z')
                c = (char)(c - 'a' + 'A');
            if (!is_upper && c >= 'A' && c <= 'Z')
                c = (char)(c - 'A' + 'a');
        }
        out[i] = c;
    }
    return (struct str){ out, v.len };
}

/* A number that may be negative, as a place in a text of len bytes; false if it is none. */
static bool place_in(struct str text, size_t len, size_t *out)
{
    text = str_trim(text);
    bool is_negative = str_has_prefix(text, STR("-"));
    size_t n = 0, i = is_negative ? 1 : 0;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || n > LIMIT_SHELL_VALUE_BYTES)
            return false;
        n = n * 10 + (size_t)(text.ptr[i] - '0');
    }
    *out = is_negative ? (n > len ? 0 : len - n) : n;
    return true;
}

/* ${v:from}, ${v:from:len}. */
static struct str substring(struct str v, struct str arg)
{
    struct str from_text, len_text;
    bool has_len = str_cut(arg, ':', &from_text, &len_text);
    size_t from, len = v.len;
    if (has_hole(v) || !place_in(from_text, v.len, &from) ||
        (has_len && (!place_in(len_text, v.len, &len) || len_text.ptr[0] == '-')))
        return hole;
    from = from > v.len ? v.len : from;
    return str_slice(v, from, len > v.len - from ? v.len : from + len);
}

/* $name or ${name op arg}; *is_known: it has a value, perhaps with holes. */
static struct str value_of(struct shell_run *run, const struct shell_part *p)
{
    if (p->op == '\0' && p->more.len != 0 && !p->is_all && p->more.ptr == p->text.ptr)
        return dotted_value(run, p);
    struct str v = hole;
    bool is_known = lookup(run, p->text, &v);
    struct str arg = p->arg == NULL ? STR_EMPTY : shell_expand_one(run, p->arg);
    if (!shell_charge(run, v.len))
        return hole;
    switch (p->op) {
    case '\0':
    case '?':
        return v;
    case '-':
    case '=':
        if (!is_known && p->op == '=')
            shell_session_set(run->session, p->text, arg);
        return is_known && v.len != 0 ? v : arg;
    case '#':
        return without_prefix(v, arg, p->is_twice);
    case '%':
        return without_suffix(v, arg, p->is_twice);
    case '/':
        return replaced(run, v, arg, p->is_twice);
    case '^':
    case ',':
        return in_case(run->arena, v, p->op == '^', p->is_twice);
    case ':':
        return substring(v, arg);
    default:
        return hole;
    }
}

/* ---- arrays ---- */

/* ${a[@]}, ${a[2]}, $@ as words; false if it is no array that is known. */
static bool array_value(struct shell_run *run, const struct shell_part *p, struct shell_fields *out)
{
    if (p->op != '\0')
        return false;
    if (p->is_all && p->more.len == 0) {
        if (run->args == NULL || !shell_charge(run, run->args->n * sizeof(struct shell_field)))
            return false;
        for (size_t i = 0; i < run->args->n; i++)
            shell_add_field(run, out, run->args->items[i].text, 0, 0);
        return true;
    }
    if (p->more.len == 0 || p->more.ptr == p->text.ptr)
        return false;
    const struct shell_words *w = strmap_get(&run->session->arrays, p->text);
    if (w == NULL || !shell_charge(run, w->n * sizeof(struct shell_field)))
        return false;
    size_t at = 0;
    if (!p->is_all) {
        if (!place_in(p->more, w->n, &at) || at >= w->n)
            shell_add_field(run, out, hole, 0, 0);
        else
            shell_add_field(run, out, w->items[at], 0, 0);
        return true;
    }
    for (size_t i = 0; i < w->n; i++)
        shell_add_field(run, out, w->items[i], 0, 0);
    return true;
}

/* ---- $( ) ---- */

static void command_value(struct shell_run *run, const struct shell_part *p,
                          struct shell_fields *out)
{
    struct shell_run sub = *run;
    struct shell_fields known = { 0 };
    sub.output = &known;
    sub.has_output = false;
    sub.origin = -1;
    sub.input = NULL;
    struct str cwd = run->session->cwd;
    shell_run_nodes(&sub, p->body);
    run->session->cwd = cwd;
    run->repeats = sub.repeats;
    run->n_worlds = sub.n_worlds;
    run->functions = sub.functions; /* the copy shares its slots */
    run->expanded_bytes = sub.expanded_bytes;
    if (!sub.has_output) {
        shell_add_field(run, out, hole, 0, 0);
        return;
    }
    for (size_t i = 0; i < known.n; i++)
        shell_add_field(run, out, known.items[i].text, 0, 0);
}

/* ---- words ---- */

/* A field that is being put together. */
struct gather {
    struct shell_run *run;
    struct shell_fields *out;
    const struct shell_word *word;
    struct buf text;
    struct str only; /* its whole text while nothing had to be copied */
    bool is_begun;
};

static void gather_add(struct gather *g, struct str s)
{
    if (!g->is_begun) {
        g->only = s;
        g->is_begun = true;
        return;
    }
    if (g->text.len == 0)
        buf_add(&g->text, g->only);
    buf_add(&g->text, s);
    g->only = STR_EMPTY;
}

static struct str gather_take(struct gather *g)
{
    struct str s = g->only;
    if (g->text.len != 0 || g->text.failed) {
        bool fits = buf_ok(&g->text) && shell_charge(g->run, g->text.len);
        s = fits ? arena_str(g->run->arena, buf_str(&g->text)) : hole;
        g->run->out->hit_limit |= !fits;
        buf_reset(&g->text);
    }
    g->only = STR_EMPTY;
    return s;
}

static void gather_end(struct gather *g)
{
    if (g->is_begun)
        shell_add_field(g->run, g->out, gather_take(g), g->word->line, g->word->col);
    g->is_begun = false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* An unquoted value: blanks in it end words. */
static void gather_split(struct gather *g, struct str s)
{
    size_t at = 0;
    while (at < s.len) {
        size_t from = at;
        while (at < s.len && !is_space(s.ptr[at]))
            at++;
        if (at != from)
            gather_add(g, str_slice(s, from, at));
        if (at < s.len)
            gather_end(g);
        while (at < s.len && is_space(s.ptr[at]))
            at++;
    }
}

/* Values that are several words; in an assignment (out is NULL) blanks join them. */
static void gather_words(struct gather *g, const struct shell_fields *words, bool is_quoted)
{
    for (size_t i = 0; i < words->n; i++) {
        if (i > 0 && g->out == NULL)
            gather_add(g, STR(" "));
        else if (i > 0)
            gather_end(g);
        if (is_quoted || g->out == NULL)
            gather_add(g, words->items[i].text);
        else
            gather_split(g, words->items[i].text);
    }
}

static void gather_part(struct gather *g, const struct shell_part *p)
{
    struct shell_fields words = { 0 };
    switch (p->kind) {
    case SHELL_PART_TEXT:
        gather_add(g, p->text);
        break;
    case SHELL_PART_VALUE:
        if (array_value(g->run, p, &words))
            gather_words(g, &words, p->is_quoted);
        else if (p->is_quoted || g->out == NULL)
            gather_add(g, value_of(g->run, p));
        else
            gather_split(g, value_of(g->run, p));
        break;
    case SHELL_PART_COMMAND:
        command_value(g->run, p, &words);
        gather_words(g, &words, p->is_quoted);
        break;
    case SHELL_PART_PROCESS:
        command_value(g->run, p, &words);
        gather_add(g, hole);
        break;
    case SHELL_PART_UNKNOWN:
        gather_add(g, hole);
        break;
    }
}

static void gather_all(struct gather *g)
{
    for (const struct shell_part *p = g->word->parts; p != NULL; p = p->next)
        gather_part(g, p);
}

void shell_expand(struct shell_run *run, const struct shell_word *w, struct shell_fields *out)
{
    struct gather g = { .run = run, .out = out, .word = w };
    g.text.limit = LIMIT_SHELL_EXPANDED_BYTES;
    gather_all(&g);
    gather_end(&g);
    buf_release(&g.text);
}

struct str shell_expand_one(struct shell_run *run, const struct shell_word *w)
{
    struct gather g = { .run = run, .word = w };
    g.text.limit = LIMIT_SHELL_EXPANDED_BYTES;
    gather_all(&g);
    struct str s = g.is_begun ? gather_take(&g) : STR_EMPTY;
    buf_release(&g.text);
    return s;
}

/* ---- braces ---- */

struct brace {
    struct str before, inner, after;
};

static bool find_brace(struct str s, struct brace *b)
{
    size_t open = str_find_char(s, '{');
    if (open == SIZE_MAX)
        return false;
    size_t close = str_find(s, STR("}"), open);
    if (close == SIZE_MAX)
        return false;
    b->before = str_slice(s, 0, open);
    b->inner = str_slice(s, open + 1, close);
    b->after = str_from_pos(s, close + 1);
    return str_find_char(b->inner, ',') != SIZE_MAX || str_contains(b->inner, STR(".."));
}

static struct str brace_item(struct shell_run *run, const struct brace *b, struct str item)
{
    return arena_printf(run->arena, "%.*s%.*s%.*s", STR_FMT(b->before), STR_FMT(item),
                        STR_FMT(b->after));
}

/* {from..to}: numbers, zeros in front kept; at most one more than a loop runs through. */
static bool expand_range(struct shell_run *run, const struct shell_field *f, const struct brace *b,
                         struct shell_fields *out)
{
    size_t dots = str_find(b->inner, STR(".."), 0);
    if (dots == SIZE_MAX)
        return false;
    struct str low = str_slice(b->inner, 0, dots), high = str_from_pos(b->inner, dots + 2);
    size_t from, to;
    if (!place_in(low, 0, &from) || !place_in(high, 0, &to) || low.ptr[0] == '-' ||
        high.ptr[0] == '-')
        return false;
    int width = low.len > 1 && low.ptr[0] == '0' ? (int)low.len : 1;
    for (unsigned i = 0; i <= LIMIT_SHELL_LOOP; i++) {
        size_t n = from <= to ? from + i : from - i;
        struct str item = arena_printf(run->arena, "%0*zu", width, n);
        shell_add_field(run, out, brace_item(run, b, item), f->line, f->col);
        if (n == to)
            break;
    }
    return true;
}

static void expand_braces(struct shell_run *run, const struct shell_field *f,
                          struct shell_fields *out)
{
    struct brace b;
    if (!find_brace(f->text, &b) || !shell_charge(run, f->text.len * LIMIT_SHELL_LOOP)) {
        shell_add_field(run, out, f->text, f->line, f->col);
        return;
    }
    if (expand_range(run, f, &b, out))
        return;
    struct str item, rest = b.inner;
    bool has_more = true;
    for (unsigned i = 0; has_more && i <= LIMIT_SHELL_LOOP; i++) {
        has_more = str_cut(rest, ',', &item, &rest);
        shell_add_field(run, out, brace_item(run, &b, item), f->line, f->col);
    }
}

void shell_expand_loop(struct shell_run *run, const struct shell_word *w, struct shell_fields *out)
{
    struct shell_fields plain = { 0 };
    shell_expand(run, w, &plain);
    for (size_t i = 0; i < plain.n; i++) {
        if (w->is_quoted)
            shell_add_field(run, out, plain.items[i].text, w->line, w->col);
        else
            expand_braces(run, &plain.items[i], out);
    }
}
