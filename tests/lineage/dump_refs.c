/*
 * dump_refs: prints what texts of code refer to, for tests that try many small texts.
 *
 * usage: dump_refs [-r RULES.tsv] python|r|scala|sql < TEXTS
 * TEXTS are parted by a byte 0x1E; each is a notebook of one cell.  For each a line: the references
 * in their order, parted by tabs, each "read uri", "write uri", "list uri" or "delete uri".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"
#include "notebook/reader.h"
#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define SEPARATOR '\x1E'
#define MAX_INPUT_BYTES (256UL * 1024 * 1024)

static void fail(const char *what)
{
    fprintf(stderr, "dump_refs: %s\n", what);
    exit(2);
}

static void read_all(FILE *file, struct buf *text)
{
    char chunk[8192];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(text, (struct str){ chunk, n });
    if (ferror(file) || !buf_ok(text))
        fail("cannot read the input, or it is too large");
}

static void add_rules(struct calls *calls, const char *path)
{
    AUTO_BUF text = BUF_INIT(MAX_INPUT_BYTES);
    struct err err = ERR_INIT;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail("cannot open the rules");
    read_all(file, &text);
    fclose(file);
    if (!calls_add(calls, str_from(path), buf_str(&text), &err))
        fail(err.msg);
}

static void dump(const struct calls *calls, struct str file_name, struct str text)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = ERR_INIT;
    struct notebook nb;
    struct analysis out = { 0 };
    struct analysis_options options = { .calls = calls };
    if (!notebook_read(&a, file_name, text, &nb, &err))
        fail(err.msg);
    analyze(&a, &nb, &options, &out);
    for (size_t i = 0; i < out.n_references; i++) {
        const struct reference *r = &out.references[i];
        printf("%s%s %.*s", i == 0 ? "" : "\t", reference_dir_name(r->dir), STR_FMT(r->uri));
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    static const char *const langs[][2] = {
        { "python", "x.py" }, { "r", "x.r" }, { "scala", "x.scala" }, { "sql", "x.sql" }
    };
    struct calls *calls = calls_new();
    int at = 1;
    if (argc > 2 && str_eq(str_from(argv[1]), STR("-r"))) {
        add_rules(calls, argv[2]);
        at = 3;
    }
    const char *file_name = NULL;
    for (size_t i = 0; at < argc && i < ARRAY_LEN(langs); i++) {
        if (str_eq(str_from(argv[at]), str_from(langs[i][0])))
            file_name = langs[i][1];
    }
    if (file_name == NULL)
        fail("usage: dump_refs [-r RULES.tsv] python|r|scala|sql < TEXTS");
    AUTO_BUF input = BUF_INIT(MAX_INPUT_BYTES);
    read_all(stdin, &input);
    struct str rest = buf_str(&input), text;
    while (rest.len > 0) {
        str_cut(rest, SEPARATOR, &text, &rest);
        dump(calls, str_from(file_name), text);
    }
    calls_free(calls);
    return 0;
}
