/* uses: see uses.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/uses.h"

#include "lineage/uri.h"
#include "util/limits.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static struct str working_folder(struct arena *a)
{
    char path[PATH_MAX];
    return getcwd(path, sizeof path) != NULL ? arena_str(a, str_from(path)) : STR("/");
}

bool uses_question(struct arena *a, struct str text, struct str lake, struct question *out,
                   struct err *err)
{
    const struct question_place place = { .lake = lake, .cwd = working_folder(a) };
    return question_read(a, text, &place, out, err);
}

struct place_match uses_match(struct arena *a, const struct question *q,
                              const struct source *source, const struct reference *r)
{
    struct str folder = STR_EMPTY;
    if ((source->kind == SOURCE_FILE || source->kind == SOURCE_BELOW) && q->file.len > 0 &&
        uri_is_local_file(r->uri)) {
        struct str notebook = place_absolute(a, working_folder(a), source->name);
        folder = str_slice(notebook, 0, str_rfind_char(notebook, '/'));
        folder = folder.len > 0 ? folder : STR("/");
    }
    return question_match(a, q, folder, r);
}

struct use use_copy(struct arena *a, const struct use *use)
{
    struct use copy = *use;
    struct reference *r = &copy.reference;
    struct hole *holes = ARENA_NEW_N(a, struct hole, r->n_holes);
    copy.path = arena_str(a, use->path);
    r->uri = arena_str(a, r->uri);
    r->code = arena_str(a, r->code);
    r->via = arena_str(a, r->via);
    r->local = r->local.len > 0 ? arena_str(a, r->local) : STR_EMPTY;
    for (size_t i = 0; i < r->n_holes; i++)
        holes[i] = (struct hole){ r->holes[i].reason, arena_str(a, r->holes[i].name) };
    r->holes = holes;
    r->origin = NULL;
    return copy;
}

static int by_worth(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    if (a->match.relation != b->match.relation)
        return a->match.relation > b->match.relation ? -1 : 1;
    if (a->match.score != b->match.score)
        return a->match.score > b->match.score ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    if (order != 0)
        return order;
    if (a->reference.cell != b->reference.cell)
        return a->reference.cell < b->reference.cell ? -1 : 1;
    if (a->reference.line != b->reference.line)
        return a->reference.line < b->reference.line ? -1 : 1;
    if (a->reference.col != b->reference.col)
        return a->reference.col < b->reference.col ? -1 : 1;
    order = str_cmp(a->reference.uri, b->reference.uri);
    return order != 0 ? order : (int)a->reference.dir - (int)b->reference.dir;
}

void uses_sort(struct use *uses, size_t n)
{
    if (n > 0)
        qsort(uses, n, sizeof *uses, by_worth);
}
