/*
 * dump_kinds: prints the kinds of notebooks, or the groups of near-copies, for tests of accuracy.
 *
 * usage: dump_kinds kinds|groups FILE...
 * kinds: for each file a line "FILE<TAB>kind:weight kind:weight ...".
 * groups: for each file a line "FILE<TAB>number of the group's leader<TAB>empty or not".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds.h"
#include "catalog/sketch.h"
#include "notebook/reader.h"
#include "util/buf.h"
#include "util/limits.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(const char *name, const char *what)
{
    fprintf(stderr, "dump_kinds: %s: %s\n", name, what);
    exit(2);
}

static void read_file(const char *path, struct buf *text)
{
    char chunk[8192];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path, "cannot be opened");
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(text, (struct str){ chunk, n });
    if (ferror(file) || !buf_ok(text))
        fail(path, "cannot be read");
    fclose(file);
}

static void read_notebook(struct arena *a, const char *path, struct notebook *nb)
{
    AUTO_BUF text = BUF_INIT(LIMIT_NOTEBOOK_BYTES);
    struct err err = ERR_INIT;
    read_file(path, &text);
    if (!notebook_read(a, str_from(path), buf_str(&text), nb, &err))
        fail(path, err.msg);
}

static void dump_kinds(const struct calls *calls, const char *path)
{
    AUTO_ARENA a = ARENA_INIT;
    struct notebook nb;
    struct analysis an = { 0 };
    struct kinds kinds;
    struct analysis_options options = { .calls = calls };
    read_notebook(&a, path, &nb);
    analyze(&a, &nb, &options, &an);
    kinds_find(NULL, &a, &nb, &an, &kinds);
    printf("%s\t", path);
    for (size_t i = 0; i < kinds.n; i++) {
        printf("%s%s:%u", i > 0 ? " " : "", process_name(kinds.items[i].process),
               kinds.items[i].weight);
        for (size_t j = 0; j < kinds.items[i].n_evidence && getenv("DUMP_EVIDENCE") != NULL; j++) {
            const struct kind_evidence *e = &kinds.items[i].evidence[j];
            printf("\n    %u %s: %zu:%u %.*s\n", e->weight, e->rule, e->cell, e->line,
                   STR_FMT(e->text));
        }
    }
    putchar('\n');
}

static void dump_groups(char **paths, size_t n)
{
    AUTO_ARENA a = ARENA_INIT;
    struct sketch *sketches = ARENA_NEW_N(&a, struct sketch, n);
    size_t *groups = ARENA_NEW_N(&a, size_t, n);
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA one = ARENA_INIT;
        struct notebook nb;
        read_notebook(&one, paths[i], &nb);
        sketch_make(&nb, &sketches[i]);
    }
    sketch_group(&a, sketches, n, groups);
    for (size_t i = 0; i < n; i++)
        printf("%s\t%zu\t%s\n", paths[i], groups[i], sketches[i].is_empty ? "empty" : "");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        fail("usage", "dump_kinds kinds|groups FILE...");
    if (str_eq(str_from(argv[1]), STR("groups"))) {
        dump_groups(argv + 2, (size_t)argc - 2);
        return 0;
    }
    struct calls *calls = calls_new();
    for (int i = 2; i < argc; i++)
        dump_kinds(calls, argv[i]);
    calls_free(calls);
    return 0;
}
