/*
 * kinds: counts how often each rule of kinds.def fires, then adds up weights; see kinds.h.
 *
 * Code is looked at token by token, markdown word by word; each is one look-up by its text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds_internal.h"

#include "catalog/code_token.h"
#include "catalog/sketch.h"
#include "lineage/uri.h"
#include "util/attrs.h"
#include "util/err.h"

#include <stdlib.h>

enum { MAX_TEXT_BYTES = 200, MAX_LINE_BYTES = 2000 };

/* What one rule saw. */
struct hits {
    size_t n;
    struct kind_evidence first;
};

struct finder {
    struct arena *arena;
    const struct kind_patterns *tables; /* by signal */
    struct hits *hits;                  /* by rule */
    struct sketch_maker sketch;
    size_t cell;
    struct str cell_text; /* that evidence is cut from */
    size_t n_markdown_words, n_markdown_cells;
    bool has_title;
    char words[MAX_LINE_BYTES + 1]; /* of one line, in lower case, parted by single blanks */
    uint16_t starts[MAX_LINE_BYTES / 2 + 2]; /* of each word; then the end and one more */
    uint32_t hashes[MAX_LINE_BYTES / 2 + 2]; /* kind_word_hash() of each */
    size_t n_words;
};

/* ---- evidence ---- */

/* At most MAX_TEXT_BYTES of it, not in the middle of a character. */
static struct str shortened(struct str text)
{
    text = str_trim(text);
    size_t end = text.len < MAX_TEXT_BYTES ? text.len : MAX_TEXT_BYTES;
    while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end--;
    return str_slice(text, 0, end);
}

/* The line of the cell in which part, a slice of it, stands. */
static struct str line_of(struct str cell, struct str part)
{
    size_t at = (size_t)(part.ptr - cell.ptr);
    size_t start = str_rfind_char(str_slice(cell, 0, at), '\n');
    size_t end = str_find(cell, STR("\n"), at);
    return str_slice(cell, start == SIZE_MAX ? 0 : start + 1, end == SIZE_MAX ? cell.len : end);
}

static void keep_first(struct finder *f, size_t rule, uint32_t line, struct str text)
{
    f->hits[rule].first = (struct kind_evidence){ .cell = f->cell,
                                                  .line = line,
                                                  .text = arena_str(f->arena, shortened(text)),
                                                  .rule = kind_rule_at(rule)->name,
                                                  .weight = kind_rule_at(rule)->weight };
}

static void hit(struct finder *f, size_t rule, size_t n, uint32_t line, struct str text)
{
    if (f->hits[rule].n == 0 && n > 0)
        keep_first(f, rule, line, text);
    f->hits[rule].n += n;
}

static void hit_all(struct finder *f, enum kind_signal signal, struct str pattern, size_t n,
                    uint32_t line, struct str text)
{
    const struct kind_pattern *p = kind_patterns_find(&f->tables[signal], pattern);
    for (; p != NULL; p = p->next)
        hit(f, p->rule, n, line, text);
}

/* By a token of the cell's code. */
static void hit_token(struct finder *f, size_t rule, const struct code_token *t)
{
    if (f->hits[rule].n++ == 0)
        keep_first(f, rule, t->line, line_of(f->cell_text, t->text));
}

/* ---- code ---- */

static bool is_sign(const struct code_token *t, char c)
{
    return t->kind == CODE_TOKEN_SIGN && t->text.ptr[0] == c;
}

static void look_at_name(struct finder *f, const struct code_token *t, bool is_call, bool is_method)
{
    const struct kind_pattern *p = kind_patterns_find(&f->tables[SIGNAL_NAME], t->text);
    for (; p != NULL; p = p->next)
        hit_token(f, p->rule, t);
    p = is_call ? kind_patterns_find(&f->tables[SIGNAL_CALL], t->text) : NULL;
    for (; p != NULL; p = p->next)
        if (is_method || !p->is_method)
            hit_token(f, p->rule, t);
}

static void look_at_code(struct finder *f, const struct code_piece *piece)
{
    struct code_tokens tokens;
    struct code_token last = { .kind = CODE_TOKEN_SIGN, .text = STR("\n") }, t;
    bool is_method = false;
    code_tokens_init(&tokens, piece->text, piece->language, piece->first_line);
    while (code_token_next(&tokens, &t)) {
        sketch_add(&f->sketch, &t);
        if (last.kind == CODE_TOKEN_NAME)
            look_at_name(f, &last, is_sign(&t, '('), is_method);
        is_method = is_sign(&last, '.') || is_sign(&last, '$');
        last = t;
    }
    if (last.kind == CODE_TOKEN_NAME)
        look_at_name(f, &last, false, is_method);
    sketch_end_cell(&f->sketch);
}

static void look_at_code_cell(struct finder *f, const struct cell *c, enum code_language kernel)
{
    struct code_piece piece;
    cell_read(c, kernel, &piece);
    f->cell_text = c->source;
    if (piece.magic != NULL)
        hit_all(f, SIGNAL_MAGIC, piece.magic->name, 1, 1,
                line_of(c->source, str_slice(c->source, 0, 0)));
    if (cell_has_tag(c, STR("parameters")))
        hit_all(f, SIGNAL_COUNT, STR("parameters"), 1, 1, STR("a cell of parameters"));
    look_at_code(f, &piece);
}

/* ---- markdown ---- */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '\'' || (c & 0x80) != 0;
}

/* The words of a line, of at most MAX_LINE_BYTES, into f->words. */
static void take_words(struct finder *f, struct str line)
{
    size_t at = 0, n = 0;
    f->n_words = 0;
    while (at < line.len) {
        size_t start = at;
        while (at < line.len && is_word_byte(line.ptr[at]))
            at++;
        struct str word = str_trim_char(str_slice(line, start, at), '-');
        at += at == start;
        if (word.len == 0)
            continue;
        f->starts[f->n_words] = (uint16_t)n;
        uint32_t hash = 0;
        for (size_t i = 0; i < word.len; i++) {
            char c = word.ptr[i];
            c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
            hash = kind_word_hash(hash, c);
            f->words[n++] = c;
        }
        f->hashes[f->n_words++] = hash;
        f->words[n++] = ' ';
    }
    f->starts[f->n_words] = (uint16_t)n;
}

/* Every run of one to most_words words that is a pattern. */
static void match_words(struct finder *f, enum kind_signal signal, uint32_t line, struct str text)
{
    const struct kind_patterns *table = &f->tables[signal];
    size_t most = table->most_words;
    for (size_t first = 0; first < f->n_words; first++) {
        if (!kind_patterns_may_begin(table, f->hashes[first]))
            continue;
        for (size_t last = first; last < f->n_words && last < first + most; last++) {
            size_t end = f->starts[last + 1] - 1U;
            const struct str run = { f->words + f->starts[first], end - f->starts[first] };
            hit_all(f, signal, run, 1, line, text);
        }
    }
}

/* What a heading says; empty for another line. */
static struct str heading_of(struct str line)
{
    static const struct str tags[] = { STR_INIT("<h1"), STR_INIT("<h2"), STR_INIT("<h3") };
    struct str trimmed = str_trim(line);
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        size_t end = str_find(trimmed, STR(">"), 0);
        if (str_has_prefix_nocase(trimmed, tags[i]) && end != SIZE_MAX) {
            struct str text = str_from_pos(trimmed, end + 1);
            size_t close = str_find(text, STR("<"), 0);
            return str_slice(text, 0, close == SIZE_MAX ? text.len : close);
        }
    }
    size_t n = 0;
    while (n < trimmed.len && trimmed.ptr[n] == '#')
        n++;
    return n >= 1 && n <= 6 ? str_trim_char(str_trim(str_from_pos(trimmed, n)), '#') : STR_EMPTY;
}

static void look_at_title(struct finder *f, struct str title, uint32_t line)
{
    f->has_title = true;
    take_words(f, str_slice(title, 0, MAX_LINE_BYTES));
    match_words(f, SIGNAL_TITLE, line, title);
}

static void look_at_line(struct finder *f, struct str line, uint32_t number)
{
    struct str heading = heading_of(str_slice(line, 0, MAX_LINE_BYTES));
    if (heading.len > 0) {
        if (!f->has_title)
            look_at_title(f, heading, number);
        take_words(f, heading);
        match_words(f, SIGNAL_HEADING, number, heading);
        return;
    }
    line = str_slice(line, 0, MAX_LINE_BYTES);
    take_words(f, line);
    f->n_markdown_words += f->n_words;
    match_words(f, SIGNAL_TEXT, number, line);
}

static void look_at_markdown_cell(struct finder *f, const struct cell *c)
{
    struct str rest = c->source, line;
    bool is_more = true, is_code = false;
    f->n_markdown_cells++;
    for (uint32_t number = 1; is_more; number++) {
        is_more = str_cut(rest, '\n', &line, &rest);
        if (str_has_prefix(str_trim(line), STR("```")))
            is_code = !is_code;
        else if (!is_code)
            look_at_line(f, line, number);
    }
}

/* ---- what the analysis found ---- */

static void look_at_via(struct finder *f, const struct reference *r)
{
    const struct kind_patterns *table = &f->tables[SIGNAL_VIA];
    for (size_t i = 0; i < table->n_slots; i++)
        for (const struct kind_pattern *p = table->slots[i]; p != NULL; p = p->next)
            if (str_has_prefix(r->via, p->text))
                hit(f, p->rule, 1, r->line, r->code);
}

static void look_at_reference(struct finder *f, const struct reference *r)
{
    const char *dir = reference_dir_name(r->dir);
    f->cell = r->cell;
    look_at_via(f, r);
    if (r->is_may)
        return;
    hit_all(f, SIGNAL_REFERENCE, arena_printf(f->arena, "%s %s", dir, reference_kind_name(r->kind)),
            1, r->line, r->code);
    if (r->kind != REFERENCE_DATA)
        return;
    const char *where = uri_is_remote(r->uri)                    ? "remote"
                        : uri_is_local_file(r->uri)              ? "local"
                        : str_has_prefix(r->uri, STR("table:"))  ? "table"
                        : str_has_prefix(r->uri, STR("stream:")) ? "stream"
                                                                 : "other";
    hit_all(f, SIGNAL_REFERENCE, arena_printf(f->arena, "%s %s", dir, where), 1, r->line, r->code);
}

static void look_at_analysis(struct finder *f, const struct analysis *an)
{
    for (size_t i = 0; i < an->n_references; i++)
        if (an->references[i].is_called)
            look_at_reference(f, &an->references[i]);
    f->cell = SIZE_MAX;
    for (size_t i = 0; i < an->n_libraries; i++)
        hit_all(f, SIGNAL_LIBRARY, an->libraries[i], 1, 0, an->libraries[i]);
}

static void look_at_counts(struct finder *f, const struct notebook *nb, const struct analysis *an)
{
    size_t n_cells = nb->n_cells > 0 ? nb->n_cells : 1;
    const struct {
        struct str name;
        size_t n;
        const char *text;
    } counts[] = {
        { STR("plots"), an->n_plot, "plots" },
        { STR("markdown_words"), f->n_markdown_words, "words of text" },
        { STR("markdown_percent"), 100 * f->n_markdown_cells / n_cells, "% of the cells are text" },
    };
    f->cell = SIZE_MAX;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        hit_all(f, SIGNAL_COUNT, counts[i].name, counts[i].n, 0,
                arena_printf(f->arena, "%zu %s", counts[i].n, counts[i].text));
}

/* ---- the sum ---- */

static void add_evidence(struct kind_found *k, const struct kind_evidence *e)
{
    size_t at = k->n_evidence < KINDS_MAX_EVIDENCE ? k->n_evidence++ : KINDS_MAX_EVIDENCE;
    while (at > 0 && k->evidence[at - 1].weight < e->weight) {
        if (at < KINDS_MAX_EVIDENCE)
            k->evidence[at] = k->evidence[at - 1];
        at--;
    }
    if (at < KINDS_MAX_EVIDENCE)
        k->evidence[at] = *e;
}

static int by_weight(const void *left, const void *right)
{
    const struct kind_found *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (int)a->process - (int)b->process;
}

static void sum_up(const struct finder *f, struct kinds *out)
{
    struct kind_found all[PROCESS_N] = { 0 };
    unsigned signals[PROCESS_N] = { 0 }; /* bits: which ones spoke */
    for (size_t i = 0; i < kind_n_rules(); i++) {
        const struct kind_rule *rule = kind_rule_at(i);
        if (f->hits[i].n == 0 || f->hits[i].n < rule->least)
            continue;
        all[rule->process].weight += rule->weight;
        signals[rule->process] |= 1u << rule->signal;
        add_evidence(&all[rule->process], &f->hits[i].first);
    }
    const struct kind_found *likely = NULL;
    out->n = 0;
    for (int p = 0; p < PROCESS_N; p++) {
        all[p].process = (enum process)p;
        if (all[p].weight >= KINDS_ENOUGH)
            out->items[out->n++] = all[p];
        bool is_likely = all[p].weight >= KINDS_LIKELY && (signals[p] & (signals[p] - 1)) != 0;
        if (is_likely && (likely == NULL || all[p].weight > likely->weight))
            likely = &all[p];
    }
    if (out->n == 0 && likely != NULL) /* a short notebook shows little of anything */
        out->items[out->n++] = *likely;
    qsort(out->items, out->n, sizeof out->items[0], by_weight);
}

struct kind_rules {
    struct arena arena;
    struct kind_patterns tables[SIGNAL_N];
};

struct kind_rules *kind_rules_new(void)
{
    struct kind_rules *rules = calloc(1, sizeof *rules);
    if (rules == NULL)
        panic("out of memory");
    kind_patterns_make(&rules->arena, rules->tables);
    return rules;
}

void kind_rules_free(struct kind_rules *rules)
{
    if (rules == NULL)
        return;
    arena_release(&rules->arena);
    free(rules);
}

void kinds_find_and_sketch(const struct kind_rules *rules, struct arena *a,
                           const struct notebook *nb, const struct analysis *an, struct kinds *out,
                           struct sketch *sketch)
{
    AUTO_ARENA spare = ARENA_INIT;
    struct finder *f = ARENA_NEW(&spare, struct finder);
    enum code_language kernel = notebook_code_language(nb);
    f->arena = a;
    if (rules == NULL) {
        struct kind_patterns *tables = ARENA_NEW_N(&spare, struct kind_patterns, SIGNAL_N);
        kind_patterns_make(&spare, tables);
        f->tables = tables;
    } else {
        f->tables = rules->tables;
    }
    f->hits = ARENA_NEW_N(&spare, struct hits, kind_n_rules());
    f->cell = SIZE_MAX;
    sketch_begin(&f->sketch);
    if (nb->title.len > 0)
        look_at_title(f, nb->title, 0);
    for (size_t i = 0; i < nb->n_cells; i++) {
        f->cell = nb->cells[i].index;
        if (nb->cells[i].kind == CELL_CODE)
            look_at_code_cell(f, &nb->cells[i], kernel);
        else if (nb->cells[i].kind == CELL_MARKDOWN)
            look_at_markdown_cell(f, &nb->cells[i]);
    }
    look_at_analysis(f, an);
    look_at_counts(f, nb, an);
    sum_up(f, out);
    sketch_end(&f->sketch, sketch);
}

void kinds_find(const struct kind_rules *rules, struct arena *a, const struct notebook *nb,
                const struct analysis *an, struct kinds *out)
{
    struct sketch ignored;
    kinds_find_and_sketch(rules, a, nb, an, out, &ignored);
}

/* ---- names ---- */

static const struct {
    struct str name;
    const char *text;
} PROCESSES[PROCESS_N] = {
    [PROCESS_EXPLORATION] = { STR_INIT("exploration"), "looks at data: summaries, plots, queries" },
    [PROCESS_INGESTION] = { STR_INIT("ingestion"), "brings data to where it is kept" },
    [PROCESS_CLEANING] = { STR_INIT("cleaning"), "repairs, filters, joins and reshapes data" },
    [PROCESS_FEATURES] = { STR_INIT("features"), "builds the columns that a model learns from" },
    [PROCESS_TRAINING] = { STR_INIT("training"), "fits a model" },
    [PROCESS_EVALUATION] = { STR_INIT("evaluation"), "measures a model" },
    [PROCESS_PREDICTION] = { STR_INIT("prediction"), "applies a model" },
    [PROCESS_REPORTING] = { STR_INIT("reporting"), "makes figures, tables or pages for readers" },
    [PROCESS_STREAMING] = { STR_INIT("streaming"), "works on data as it arrives" },
    [PROCESS_TEACHING] = { STR_INIT("teaching"), "explains: a tutorial, an exercise, an example" },
    [PROCESS_OPERATION] = { STR_INIT("operation"), "creates, runs or deletes services and tables" },
};

const char *process_name(enum process process)
{
    return PROCESSES[process].name.ptr;
}

const char *process_text(enum process process)
{
    return PROCESSES[process].text;
}

bool process_from_name(struct str name, enum process *out)
{
    for (int p = 0; p < PROCESS_N; p++) {
        if (str_eq(name, PROCESSES[p].name)) {
            *out = (enum process)p;
            return true;
        }
    }
    return false;
}
