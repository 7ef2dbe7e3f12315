/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/cells.h"

/* ---- names of languages ---- */

struct language_name {
    struct str name;
    enum code_language language;
};

/* Whole names, in lower case. */
static const struct language_name whole_names[] = {
    { STR_INIT("py"), CODE_PYTHON },     { STR_INIT("ipynb"), CODE_PYTHON },
    { STR_INIT("sos"), CODE_PYTHON },    { STR_INIT("r"), CODE_R },
    { STR_INIT("ir"), CODE_R },          { STR_INIT("xr"), CODE_R },
    { STR_INIT("sc"), CODE_SCALA },      { STR_INIT("spark"), CODE_SCALA },
    { STR_INIT("sh"), CODE_SHELL },      { STR_INIT("shell"), CODE_SHELL },
    { STR_INIT("zsh"), CODE_SHELL },     { STR_INIT("md"), CODE_OTHER },
    { STR_INIT("js"), CODE_OTHER },      { STR_INIT("c"), CODE_OTHER },
    { STR_INIT("text"), CODE_OTHER },    { STR_INIT("json"), CODE_OTHER },
    { STR_INIT("yaml"), CODE_OTHER },    { STR_INIT("raw"), CODE_OTHER },
    { STR_INIT("kql"), CODE_OTHER },     { STR_INIT("perl"), CODE_OTHER },
    { STR_INIT("ruby"), CODE_OTHER },    { STR_INIT("html"), CODE_OTHER },
    { STR_INIT("go"), CODE_OTHER },      { STR_INIT("rust"), CODE_OTHER },
    { STR_INIT("mermaid"), CODE_OTHER }, { STR_INIT("plaintext"), CODE_OTHER },
    { STR_INIT("latex"), CODE_OTHER },   { STR_INIT("dot"), CODE_OTHER },
};

/* Parts of names of kernels; the first that is found counts. */
static const struct language_name name_parts[] = {
    { STR_INIT("sparkr"), CODE_R },          { STR_INIT("irkernel"), CODE_R },
    { STR_INIT("pyspark"), CODE_PYTHON },    { STR_INIT("python"), CODE_PYTHON },
    { STR_INIT("pypy"), CODE_PYTHON },       { STR_INIT("sage"), CODE_PYTHON },
    { STR_INIT("scala"), CODE_SCALA },       { STR_INIT("spylon"), CODE_SCALA },
    { STR_INIT("toree"), CODE_SCALA },       { STR_INIT("almond"), CODE_SCALA },
    { STR_INIT("sparkkernel"), CODE_SCALA }, { STR_INIT("sql"), CODE_SQL },
    { STR_INIT("bash"), CODE_SHELL },        { STR_INIT("shell"), CODE_SHELL },
    { STR_INIT("julia"), CODE_OTHER },       { STR_INIT("script"), CODE_OTHER },
    { STR_INIT("sharp"), CODE_OTHER },       { STR_INIT("markdown"), CODE_OTHER },
    { STR_INIT("java"), CODE_OTHER },        { STR_INIT("kotlin"), CODE_OTHER },
    { STR_INIT("groovy"), CODE_OTHER },      { STR_INIT("octave"), CODE_OTHER },
    { STR_INIT("matlab"), CODE_OTHER },      { STR_INIT("stata"), CODE_OTHER },
    { STR_INIT("haskell"), CODE_OTHER },     { STR_INIT("gophernotes"), CODE_OTHER },
    { STR_INIT("cpp"), CODE_OTHER },         { STR_INIT("clojure"), CODE_OTHER },
    { STR_INIT("sas"), CODE_OTHER },         { STR_INIT("cypher"), CODE_OTHER },
    { STR_INIT("powershell"), CODE_OTHER },  { STR_INIT("conda-env"), CODE_PYTHON },
};

/* part is in lower case and begins with a letter. */
static bool contains_nocase(struct str s, struct str part)
{
    for (size_t i = 0; i + part.len <= s.len; i++) {
        if ((s.ptr[i] | 0x20) == part.ptr[0] && str_same_folded(s.ptr + i, part.ptr, part.len))
            return true;
    }
    return false;
}

static bool find_language(struct str name, enum code_language *out)
{
    name = str_slice(str_trim(name), 0, 100); /* names of SageMaker's kernels go on with an image */
    for (size_t i = 0; i < ARRAY_LEN(whole_names); i++) {
        if (str_eq_nocase(name, whole_names[i].name)) {
            *out = whole_names[i].language;
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(name_parts); i++) {
        if (contains_nocase(name, name_parts[i].name)) {
            *out = name_parts[i].language;
            return true;
        }
    }
    return false;
}

enum code_language code_language_of(struct str name, enum code_language def)
{
    (void)find_language(name, &def);
    return def;
}

enum code_language notebook_code_language(const struct notebook *nb)
{
    enum code_language found;
    if (find_language(nb->language, &found) || find_language(nb->kernel, &found) ||
        find_language(nb->kernel_display, &found))
        return found;
    return CODE_PYTHON;
}

/* ---- what text looks like ---- */

/* The first word, in which letters count. */
static struct str first_word(struct str text)
{
    text = str_trim(text);
    size_t n = 0;
    while (n < text.len && ((text.ptr[n] >= 'a' && text.ptr[n] <= 'z') ||
                            (text.ptr[n] >= 'A' && text.ptr[n] <= 'Z')))
        n++;
    return str_slice(text, 0, n);
}

static bool is_one_of(struct str word, const char *list)
{
    struct str rest = str_from(list), one;
    for (bool more = word.len > 0; more;) {
        more = str_cut(rest, ' ', &one, &rest);
        if (str_eq_nocase(one, word))
            return true;
    }
    return false;
}

static bool begins_sql(struct str text)
{
    return is_one_of(first_word(text), "select with insert create merge update delete drop show "
                                       "describe alter use");
}

/* A line that can only go on a SQL statement. */
static bool continues_sql(struct str text)
{
    text = str_trim(text);
    if (text.len > 0 && (text.ptr[0] == ',' || text.ptr[0] == ')'))
        return true;
    struct str word = first_word(text);
    return begins_sql(text) ||
           is_one_of(word, "where join left right inner outer cross full on and or group order "
                           "having limit union values as using when then set location partitioned "
                           "stored options tblproperties window lateral") ||
           (is_one_of(word, "from") && !str_contains(text, STR(" import ")));
}

/* A session of sparkmagic does not say its language. */
static bool looks_like_scala(struct str text)
{
    struct str line;
    for (bool more = true; more;) {
        more = str_cut(text, '\n', &line, &text);
        struct str s = str_trim(line);
        if (str_has_prefix(s, STR("val ")) || str_has_prefix(s, STR("var ")) ||
            str_has_prefix(s, STR("object ")) || str_has_prefix(s, STR("case class ")) ||
            str_has_prefix(s, STR("//")) ||
            (str_has_prefix(s, STR("import ")) && str_has_suffix(s, STR("._"))))
            return true;
    }
    return false;
}

/* ---- magics ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct reading {
    enum code_language kernel;
    struct code_piece *out;
};

/* Pass over empty lines, and over comments if a cell magic follows them. */
static void skip_lead(struct code_piece *p)
{
    struct str text = p->text, line, rest;
    uint32_t n = p->first_line;
    for (bool more = text.len > 0; more;) {
        more = str_cut(text, '\n', &line, &rest);
        struct str s = str_trim(line);
        if (str_has_prefix(s, STR("%"))) {
            p->text = str_from_pos(text, (size_t)(s.ptr - text.ptr));
            p->first_line = n;
            return;
        }
        if (s.len > 0 && s.ptr[0] != '#')
            return;
        text = rest;
        n++;
    }
}

/* "%%name line\nbody": the parts, and the piece's text is the body. */
static struct str take_magic(struct code_piece *p, size_t n_signs, struct str *line)
{
    struct str first, body;
    (void)str_cut(p->text, '\n', &first, &body);
    first = str_from_pos(first, n_signs);
    while (first.len > 0 && is_blank(first.ptr[0]))
        first = str_from_pos(first, 1);
    size_t n = 0;
    while (n < first.len && !is_blank(first.ptr[n]))
        n++;
    *line = str_trim(str_from_pos(first, n));
    p->text = body;
    p->first_line++;
    return str_slice(first, 0, n);
}

/* The text begins on the magic's own line. */
static void begin_at(struct code_piece *p, struct str words)
{
    const char *end = p->text.ptr + p->text.len;
    if (words.len == 0)
        return;
    if (p->text.len == 0)
        end = words.ptr + words.len;
    p->text = (struct str){ words.ptr, (size_t)(end - words.ptr) };
    p->first_line--;
}

static void read_script(struct reading *r, struct magic_line *line)
{
    static const struct {
        const char *names;
        enum code_language language;
        enum sql_dialect dialect;
    } programs[] = {
        { "bash sh zsh ksh dash fish", CODE_SHELL, SQL_ANY },
        { "python ipython pypy pyspark", CODE_PYTHON, SQL_ANY },
        { "R Rscript sparkR", CODE_R, SQL_ANY },
        { "scala spark-shell amm", CODE_SCALA, SQL_ANY },
        { "psql", CODE_SQL, SQL_POSTGRES },
        { "mysql mariadb", CODE_SQL, SQL_MYSQL },
        { "sqlite", CODE_SQL, SQL_SQLITE },
        { "duckdb", CODE_SQL, SQL_DUCKDB },
        { "hive spark-sql beeline", CODE_SQL, SQL_SPARK },
        { "trino presto", CODE_SQL, SQL_TRINO },
    };
    struct str program, rest;
    (void)str_cut(line->words, ' ', &program, &rest);
    size_t slash = str_rfind_char(program, '/');
    program = slash == SIZE_MAX ? program : str_from_pos(program, slash + 1);
    if (is_one_of(program, "false true echo cat :")) { /* a way to switch a cell off */
        r->out->is_unreached = true;
        r->out->language = r->kernel;
        return;
    }
    while (program.len > 0 &&
           str_find_char(STR("0123456789."), program.ptr[program.len - 1]) != SIZE_MAX)
        program.len--;
    r->out->language = CODE_OTHER;
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        if (is_one_of(program, programs[i].names)) {
            r->out->language = programs[i].language;
            r->out->dialect = programs[i].dialect;
        }
    }
}

static void read_session(struct reading *r, struct magic_line *line)
{
    struct code_piece *p = r->out;
    if (str_eq_nocase(line->context, STR("sql"))) {
        p->language = CODE_SQL;
        p->dialect = SQL_SPARK;
    } else if (line->language.len > 0) {
        p->language = code_language_of(line->language, CODE_PYTHON);
    } else if (r->kernel == CODE_R || r->kernel == CODE_SCALA) {
        p->language = r->kernel;
    } else {
        p->language = looks_like_scala(p->text) ? CODE_SCALA : CODE_PYTHON;
    }
}

/* What the body is; true if it may begin with another magic. */
static bool read_body(struct reading *r, enum magic_is is, struct magic_line *line)
{
    struct code_piece *p = r->out;
    switch (is) {
    case MAGIC_IS_KERNEL:
        p->is_local |= str_eq(p->magic->name, STR("local"));
        if (p->is_local)
            p->language = CODE_PYTHON;
        return true;
    case MAGIC_IS_SESSION:
        read_session(r, line);
        return p->language != CODE_SQL;
    case MAGIC_IS_PYTHON:
        p->language = CODE_PYTHON;
        return true;
    case MAGIC_IS_R:
        p->language = CODE_R;
        begin_at(p, p->text.len == 0 ? line->words : STR_EMPTY);
        return false;
    case MAGIC_IS_SCALA:
        p->language = CODE_SCALA;
        return false;
    case MAGIC_IS_SQL:
        p->language = CODE_SQL;
        p->dialect = p->magic->dialect;
        begin_at(p, line->words);
        return false;
    case MAGIC_IS_SHELL:
    case MAGIC_IS_FS:
        p->language = CODE_SHELL;
        return false;
    case MAGIC_IS_SCRIPT:
        read_script(r, line);
        return p->is_unreached;
    case MAGIC_IS_FILE:
        p->language = CODE_FILE;
        return false;
    default:
        p->language = CODE_OTHER;
        return false;
    }
}

/* At "%%name": true if what is left may begin with another one. */
static bool read_cell_magic(struct reading *r)
{
    struct code_piece *p = r->out;
    struct magic_line line;
    struct str name = take_magic(p, 2, &p->magic_line);
    const struct magic *m = magic_find(name);
    if (m == NULL) { /* of a library of the user's own */
        if (begins_sql(p->text))
            p->language = CODE_SQL;
        return true;
    }
    p->magic = m;
    magic_read_line(m, p->magic_line, true, &line);
    return read_body(r, m->cell, &line);
}

/* Does "%name rest" in the first line hold for the whole cell? */
static bool holds_cell(const struct magic *m, struct str name, struct str rest, struct str body)
{
    if (m == NULL || !m->holds_cell)
        return false;
    if (rest.len == 0)
        return true;
    if (m->line == MAGIC_IS_SQL) {
        struct str next, line;
        for (bool more = true; more;) {
            more = str_cut(body, '\n', &line, &next);
            if (str_trim(line).len > 0)
                return continues_sql(line);
            body = next;
        }
        return false;
    }
    return m->line != MAGIC_IS_R || str_eq(name, STR("r"));
}

/* At "%name", which may be Databricks'. */
static void read_databricks_magic(struct reading *r)
{
    struct code_piece *p = r->out, was = *p;
    struct str rest;
    struct str name = take_magic(p, 1, &rest);
    const struct magic *m = magic_find(name);
    if (!holds_cell(m, name, rest, p->text)) {
        *p = was;
        return;
    }
    p->magic = m;
    p->magic_line = rest;
    struct magic_line line;
    magic_read_line(m, rest, true, &line);
    enum magic_is is = m->line == MAGIC_IS_NOTHING ? m->cell : m->line;
    if (is == MAGIC_IS_FS) /* the shell's table knows "fs" */
        line.words = (struct str){ name.ptr, (size_t)(rest.ptr + rest.len - name.ptr) };
    else if (is != MAGIC_IS_SQL)
        line.words = rest;
    if (is != MAGIC_IS_SQL && is != MAGIC_IS_R && is != MAGIC_IS_TEXT)
        begin_at(p, line.words);
    (void)read_body(r, is, &line);
}

/* Line magics in front of code that is not Python: its parser does not know them.  The last one is
 * the piece's, so that "%defaultDatasource url" is not lost. */
static void skip_line_magics(struct code_piece *p)
{
    for (unsigned i = 0; i < 100; i++) {
        skip_lead(p);
        struct code_piece was = *p;
        if (!str_has_prefix(p->text, STR("%")) || str_has_prefix(p->text, STR("%%")))
            return;
        const struct magic *m = magic_find(take_magic(p, 1, &p->magic_line));
        if (m == NULL) {
            *p = was;
            return;
        }
        p->magic = m;
    }
}

void cell_read(const struct cell *c, enum code_language kernel, struct code_piece *out)
{
    struct reading r = { .kernel = kernel, .out = out };
    *out = (struct code_piece){ .text = c->source, .first_line = 1, .magic_line = STR_EMPTY };
    out->language = code_language_of(c->language, kernel);
    r.kernel = out->language;
    for (unsigned i = 0; i < 8; i++) { /* %%time before %%sql, ... */
        skip_lead(out);
        if (!str_has_prefix(out->text, STR("%%")))
            break;
        if (!read_cell_magic(&r))
            return;
    }
    if (str_has_prefix(out->text, STR("%")))
        read_databricks_magic(&r);
    if (out->magic == NULL && out->language != CODE_PYTHON)
        skip_line_magics(out);
}
