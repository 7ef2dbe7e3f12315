/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/eval_internal.h"
#include "lineage/uri.h"

#include <string.h>

/* What a function that nobody knows does with a path, by the words of its name (settled case 9 of
 * the reference model). */
struct verb {
    struct str word;
    enum reference_dir dir;
    bool is_copy; /* the first location is read, the second written */
};

static const struct verb VERBS[] = {
    { STR_INIT("read"), REFERENCE_READ, false },    { STR_INIT("load"), REFERENCE_READ, false },
    { STR_INIT("fetch"), REFERENCE_READ, false },   { STR_INIT("get"), REFERENCE_READ, false },
    { STR_INIT("import"), REFERENCE_READ, false },  { STR_INIT("open"), REFERENCE_READ, false },
    { STR_INIT("parse"), REFERENCE_READ, false },   { STR_INIT("download"), REFERENCE_READ, true },
    { STR_INIT("scan"), REFERENCE_READ, false },    { STR_INIT("ingest"), REFERENCE_READ, false },
    { STR_INIT("write"), REFERENCE_WRITE, false },  { STR_INIT("save"), REFERENCE_WRITE, false },
    { STR_INIT("export"), REFERENCE_WRITE, false }, { STR_INIT("dump"), REFERENCE_WRITE, false },
    { STR_INIT("upload"), REFERENCE_READ, true },   { STR_INIT("store"), REFERENCE_WRITE, false },
    { STR_INIT("copy"), REFERENCE_READ, true },     { STR_INIT("to"), REFERENCE_WRITE, false },
};

/* The verb that is a whole word of the name: read_table, loadData, df_to_csv. */
static const struct verb *verb_of(struct str name)
{
    for (size_t from = 0; from < name.len;) {
        size_t to = from + 1;
        while (to < name.len && name.ptr[to] != '_' && name.ptr[to] != '.' &&
               !(name.ptr[to] >= 'A' && name.ptr[to] <= 'Z'))
            to++;
        for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
            if (str_eq_nocase(str_slice(name, from, to), VERBS[i].word))
                return &VERBS[i];
        from = to + (to < name.len && (name.ptr[to] == '_' || name.ptr[to] == '.'));
    }
    return NULL;
}

/* Does it look like a place for data, and not like any text? */
static bool is_place(struct str text, struct str uri)
{
    if (uri.len == 0 || str_find_char(text, ' ') != SIZE_MAX)
        return false;
    if (uri_is_remote(uri))
        return !str_has_prefix(uri, STR("http")) || uri_what(uri) != URI_WHAT_UNKNOWN;
    return uri_is_local_file(uri) && uri_what(uri) != URI_WHAT_UNKNOWN &&
           str_find_char(text, '.') != SIZE_MAX;
}

/* A call that no row knows, of a name that no library defines. */
void io_guess(struct eval *e, const struct callee *callee, const struct call_args *args,
              const struct node *n, struct str via)
{
    struct str name = callee->names[callee->n - 1];
    const struct verb *verb = verb_of(name);
    if (verb == NULL || !callee->is_rooted || callee->n > 3 ||
        calls_knows_library(e->options->calls, callee->lang, callee->names[0]))
        return;
    size_t seen = 0;
    for (size_t i = 0; i < args->n_items + args->n_named; i++) {
        struct value *v = i < args->n_items ? args->items[i] : args->named[i - args->n_items];
        for (size_t k = 0; k < value_n_alternatives(v); k++) {
            struct value *one = value_alternative(v, k);
            if (one->kind != VALUE_TEXT)
                continue;
            struct str uri = uri_from_path(e->arena, one->text.bytes);
            if (!is_place(one->text.bytes, uri))
                continue;
            enum reference_dir dir = verb->is_copy && seen > 0 ? REFERENCE_WRITE : verb->dir;
            emit_uri(e, &(struct emit){ dir, REFERENCE_DATA, via, false }, uri, one, n);
        }
        seen++;
    }
}
