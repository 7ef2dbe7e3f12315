/*
 * dump_snippets: prints the snippets for datasets, for tests that run them.
 *
 * usage: dump_snippets LAKE < DATASETS
 * DATASETS: a line each: uri, format, layout, compression, delimiter, header (0 or 1), number of
 * partition columns, sample; parted by tabs.  LAKE: the folder that stands for S3, or "-".
 * For each a line: a JSON array of {"tool", "language", "code"}.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/snippets.h"
#include "json/writer.h"

#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 8000, N_FIELDS = 8 };

static void dump(struct str lake, struct str line)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF out = BUF_INIT(1000000);
    struct str fields[N_FIELDS], names[9];
    struct snippet snippets[SNIPPETS_MAX];
    struct json_writer w;
    for (size_t i = 0; i < N_FIELDS; i++)
        str_cut(line, '\t', &fields[i], &line);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names[i] = STR("p");
    const struct snippet_dataset d = {
        .uri = fields[0],
        .format = fields[1],
        .layout = fields[2],
        .compression = fields[3],
        .delimiter = fields[4].len > 0 ? fields[4].ptr[0] : '\0',
        .has_header = !str_eq(fields[5], STR("0")),
        .partitions = names,
        .n_partitions = fields[6].len > 0 ? (size_t)(fields[6].ptr[0] - '0') : 0,
        .sample = fields[7],
        .local = lake,
    };
    size_t n = snippets_make(&a, &d, snippets);
    json_writer_init(&w, &out);
    json_write_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_write_object(&w);
        json_put_str(&w, STR("tool"), str_from(snippets[i].tool));
        json_put_str(&w, STR("language"), str_from(snippets[i].language));
        json_put_str(&w, STR("code"), snippets[i].code);
        json_write_end(&w);
    }
    json_write_end(&w);
    puts(buf_cstr(&out));
}

int main(int argc, char **argv)
{
    char line[MAX_LINE];
    struct str lake = argc > 1 && strcmp(argv[1], "-") != 0 ? str_from(argv[1]) : STR_EMPTY;
    while (fgets(line, sizeof line, stdin) != NULL)
        dump(lake, str_trim_char(str_from(line), '\n'));
    return 0;
}
