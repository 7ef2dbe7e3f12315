/*
 * snippets: the rows of snippets.def that fit a dataset, filled in; see snippets.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/snippets.h"

#include "util/attrs.h"
#include "util/buf.h"
#include "util/limits.h"

struct row {
    const char *tool, *language;
    struct str formats, layouts, where, packs, template;
};

static const struct row ROWS[] = {
#define S(tool, language, formats, layouts, where, packs, template)                                \
    { tool,                                                                                        \
      language,                                                                                    \
      STR_INIT(formats),                                                                           \
      STR_INIT(layouts),                                                                           \
      STR_INIT(where),                                                                             \
      STR_INIT(packs),                                                                             \
      STR_INIT(template) },
#include "catalog/snippets.def"
#undef S
};

/* The dataset in the words of the table. */
struct load {
    struct arena *arena;
    const struct snippet_dataset *d;
    struct str layout, where;
    struct str pack; /* compression of text formats; or empty */
    struct str path; /* "s3://b/k" or "/lake/b/k"; "*" of siblings in it */
    char delimiter;
    bool is_glob;
};

static bool has_word(struct str words, struct str word)
{
    struct str one;
    bool is_more = words.len > 0;
    while (is_more) {
        is_more = str_cut(words, ' ', &one, &words);
        if (str_eq(one, word) || str_eq(one, STR("*")))
            return true;
    }
    return false;
}

/* ---- what is asked for, in the table's words ---- */

static struct str layout_of(const struct snippet_dataset *d)
{
    static const struct {
        struct str name, word;
    } words[] = {
        { STR_INIT("single"), STR_INIT("one") },
        { STR_INIT("folder"), STR_INIT("folder") },
        { STR_INIT("partitioned"), STR_INIT("partitioned") },
        { STR_INIT("numbered"), STR_INIT("glob") },
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(d->layout, words[i].name))
            return words[i].word;
    return d->layout;
}

static bool is_text_format(struct str format)
{
    return has_word(STR("csv tsv json jsonl"), format);
}

static void find_path(struct load *l)
{
    const struct snippet_dataset *d = l->d;
    if (str_has_prefix(d->uri, STR("s3://"))) {
        l->where = d->local.len > 0 ? STR("local") : STR("s3");
        struct str rest = str_from_pos(d->uri, STR("s3://").len);
        l->path = d->local.len > 0
                      ? arena_printf(l->arena, "%.*s/%.*s", STR_FMT(d->local), STR_FMT(rest))
                      : d->uri;
    } else if (str_has_prefix(d->uri, STR("file:"))) {
        l->where = STR("local");
        l->path = str_from_pos(d->uri, STR("file:").len);
    } else {
        l->where = STR("other");
        l->path = d->uri;
    }
}

static bool fits(const struct row *row, const struct load *l)
{
    bool is_packed = l->pack.len > 0;
    return has_word(row->formats, l->d->format) && has_word(row->layouts, l->layout) &&
           (has_word(row->where, l->where) || str_eq(row->where, STR("any"))) &&
           (!is_packed || has_word(row->packs, l->pack));
}

/* ---- globs ---- */

/* A path in which only the "*" of siblings counts.  Spark takes "\[", the others "[[]". */
static struct str escape_globs(const struct load *l, struct str path, bool is_spark)
{
    AUTO_BUF out = BUF_INIT(4 * LIMIT_URI_BYTES);
    struct str special = is_spark ? STR("*?[]{}\\") : STR("*?[");
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool is_sibling = c == '*' && l->is_glob;
        if (is_sibling || str_find_char(special, c) == SIZE_MAX)
            buf_add_char(&out, c);
        else
            buf_printf(&out, is_spark ? "\\%c" : "[%c]", c);
    }
    return arena_str(l->arena, buf_str(&out));
}

/* How the names of its objects end: ".snappy.parquet" gives ".parquet", ".csv.gz" stays. */
static struct str ending_of(const struct load *l)
{
    static const struct {
        struct str name, ending;
    } packs[] = { { STR_INIT("gzip"), STR_INIT(".gz") },
                  { STR_INIT("bzip2"), STR_INIT(".bz2") },
                  { STR_INIT("xz"), STR_INIT(".xz") },
                  { STR_INIT("zstd"), STR_INIT(".zst") },
                  { STR_INIT("lz4"), STR_INIT(".lz4") } };
    struct str pack = STR_EMPTY, sample = l->d->sample;
    for (size_t i = 0; i < ARRAY_LEN(packs); i++)
        if (str_eq(l->pack, packs[i].name))
            pack = packs[i].ending;
    size_t slash = str_rfind_char(sample, '/');
    struct str name = slash == SIZE_MAX ? sample : str_from_pos(sample, slash + 1);
    if (name.len == 0)
        return arena_printf(l->arena, ".%.*s%.*s", STR_FMT(l->d->format), STR_FMT(pack));
    struct str bare = str_has_suffix(name, pack) ? str_slice(name, 0, name.len - pack.len) : name;
    size_t dot = str_rfind_char(bare, '.');
    return dot == SIZE_MAX || dot == 0 ? STR_EMPTY : str_from_pos(name, dot);
}

static struct str files_of(const struct load *l)
{
    return arena_printf(l->arena, "%.*s/**/*%.*s", STR_FMT(escape_globs(l, l->path, false)),
                        STR_FMT(escape_globs(l, ending_of(l), false)));
}

/* ---- options of CSV ---- */

static struct str quoted(const struct load *l, const struct row *row, struct str text)
{
    struct str language = str_from(row->language);
    if (str_eq(language, STR("sql")))
        return snippet_quote_sql(l->arena, text);
    if (str_eq(language, STR("r")))
        return snippet_quote_r(l->arena, text);
    if (str_eq(language, STR("scala")))
        return snippet_quote_scala(l->arena, text);
    return snippet_quote_python(l->arena, text);
}

/* How each tool is told of another delimiter, of a missing header and of how it is packed; "%.*s"
 * is the quoted delimiter or compression. */
static const struct {
    struct str tool;
    const char *delimiter, *header, *no_header, *pack;
} OPTIONS[] = {
    { STR_INIT("pandas"), ", sep=%.*s", "", ", header=None", ", compression=%.*s" },
    { STR_INIT("polars"), ", separator=%.*s", "", ", has_header=False", NULL },
    { STR_INIT("spark"), ".option(\"sep\", %.*s)", ".option(\"header\", True)", "", NULL },
    { STR_INIT("scala"), ".option(\"sep\", %.*s)", ".option(\"header\", \"true\")", "", NULL },
    { STR_INIT("duckdb"), ", delim = %.*s", ", header = true", ", header = false",
      ", compression = %.*s" },
    { STR_INIT("r"), NULL, "", ", col_names = FALSE", NULL },
};

/* fmt: of one row above, NULL for none. */
static void add_option(const struct load *l, const struct row *row, struct buf *out,
                       const char *fmt, struct str value)
{
    struct str before, after, text = str_from(fmt);
    if (fmt == NULL)
        return;
    size_t at = str_find(text, STR("%.*s"), 0);
    before = str_slice(text, 0, at == SIZE_MAX ? text.len : at);
    after = at == SIZE_MAX ? STR_EMPTY : str_from_pos(text, at + 4);
    buf_add(out, before);
    if (at != SIZE_MAX)
        buf_add(out, quoted(l, row, value));
    buf_add(out, after);
}

static struct str delimiter_of(const struct load *l)
{
    return (struct str){ &l->delimiter, 1 };
}

static void add_options(const struct load *l, const struct row *row, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(OPTIONS); i++) {
        if (!str_eq(OPTIONS[i].tool, str_from(row->tool)))
            continue;
        if (l->delimiter != ',')
            add_option(l, row, out, OPTIONS[i].delimiter, delimiter_of(l));
        add_option(l, row, out, l->d->has_header ? OPTIONS[i].header : OPTIONS[i].no_header,
                   STR_EMPTY);
        if (l->pack.len > 0)
            add_option(l, row, out, OPTIONS[i].pack, l->pack);
    }
}

static void add_csv_format(const struct load *l, struct buf *out)
{
    if (l->delimiter == ',' && l->d->has_header) {
        buf_add(out, STR("\"csv\""));
        return;
    }
    buf_add(out, STR("ds.CsvFileFormat("));
    if (l->delimiter != ',') {
        buf_add(out, STR("parse_options=csv.ParseOptions(delimiter="));
        buf_add(out, snippet_quote_python(l->arena, delimiter_of(l)));
        buf_add(out, l->d->has_header ? STR(")") : STR("), "));
    }
    if (!l->d->has_header)
        buf_add(out, STR("read_options=csv.ReadOptions(autogenerate_column_names=True)"));
    buf_add_char(out, ')');
}

/* ---- filling in ---- */

static struct str path_for(const struct load *l, const struct row *row, bool takes_globs)
{
    struct str tool = str_from(row->tool), path = l->path;
    bool is_spark = str_eq(tool, STR("spark")) || str_eq(tool, STR("scala"));
    if (takes_globs)
        path = escape_globs(l, path, is_spark);
    bool is_local = str_eq(l->where, STR("local"));
    return is_spark && is_local ? arena_concat(l->arena, STR("file://"), path) : path;
}

static struct str arrow_format(struct str format)
{
    return str_eq(format, STR("jsonl")) ? STR("json") : format;
}

static void add_value(const struct load *l, const struct row *row, struct str name, struct buf *out)
{
    struct str text = STR_EMPTY;
    if (str_eq(name, STR("options"))) {
        add_options(l, row, out);
        return;
    }
    if (str_eq(name, STR("csv_format"))) {
        add_csv_format(l, out);
        return;
    }
    if (str_eq(name, STR("pack"))) {
        if (l->pack.len > 0)
            add_option(l, row, out, ", compression=%.*s", l->pack);
        return;
    }
    if (str_eq(name, STR("hive"))) {
        buf_add(out, l->d->n_partitions > 0 ? STR("true") : STR("false"));
        return;
    }
    if (str_eq(name, STR("secret"))) {
        if (str_eq(l->where, STR("s3")))
            buf_add(out, STR("CREATE SECRET (TYPE s3, PROVIDER credential_chain);\n"));
        return;
    }
    if (str_eq(name, STR("path")))
        text = path_for(l, row, false);
    else if (str_eq(name, STR("paths")))
        text = path_for(l, row, true);
    else if (str_eq(name, STR("files")))
        text = files_of(l);
    else if (str_eq(name, STR("bucket_path")))
        text = str_from_pos(l->path, STR("s3://").len);
    else if (str_eq(name, STR("delimiter")))
        text = delimiter_of(l);
    else if (str_eq(name, STR("layout")))
        text = l->layout;
    else if (str_eq(name, STR("arrow_format")))
        text = arrow_format(l->d->format);
    buf_add(out, quoted(l, row, text));
}

static struct str fill(const struct load *l, const struct row *row)
{
    AUTO_BUF out = BUF_INIT(16 * LIMIT_URI_BYTES);
    struct str template = row->template;
    size_t at = 0;
    for (;;) {
        size_t open = str_find(template, STR("${"), at);
        size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(template, STR("}"), open);
        if (close == SIZE_MAX)
            break;
        buf_add(&out, str_slice(template, at, open));
        add_value(l, row, str_slice(template, open + 2, close), &out);
        at = close + 1;
    }
    buf_add(&out, str_from_pos(template, at));
    return buf_ok(&out) ? arena_str(l->arena, buf_str(&out)) : STR_EMPTY;
}

size_t snippets_make(struct arena *a, const struct snippet_dataset *d,
                     struct snippet out[SNIPPETS_MAX])
{
    struct load l = { .arena = a, .d = d, .layout = layout_of(d) };
    size_t n = 0;
    if (!str_is_utf8(d->uri) || d->uri.len > LIMIT_URI_BYTES || d->local.len > LIMIT_URI_BYTES)
        return 0;
    find_path(&l);
    l.is_glob = str_eq(l.layout, STR("glob"));
    l.pack = is_text_format(d->format) && !str_eq(d->compression, STR("none")) ? d->compression
                                                                               : STR_EMPTY;
    l.delimiter = d->delimiter != '\0' ? d->delimiter : str_eq(d->format, STR("tsv")) ? '\t' : ',';
    const char *last = "";
    for (size_t i = 0; i < ARRAY_LEN(ROWS) && n < SNIPPETS_MAX; i++) {
        const struct row *row = &ROWS[i];
        if (str_eq(str_from(row->tool), str_from(last)) || !fits(row, &l))
            continue;
        out[n] = (struct snippet){ row->tool, row->language, fill(&l, row) };
        last = row->tool;
        n += out[n].code.len > 0;
    }
    return n;
}
