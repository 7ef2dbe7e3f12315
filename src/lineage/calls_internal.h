/* calls_internal: between the parser of the tables (calls_load.c) and their index (calls.c). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_CALLS_INTERNAL_H
#define LINEAGE_CALLS_INTERNAL_H

#include "lineage/calls.h"

struct call_entry {
    struct call_row row;
    enum call_lang lang;
    uint32_t layer;          /* 0: compiled in; each added table is one higher */
    struct call_entry *next; /* of the batch */
};

struct call_alias {
    enum call_lang lang;
    struct str name, target; /* as written, with dots */
    struct call_alias *next;
};

/* What one table holds, in its order. */
struct call_batch {
    struct call_entry *entries, **last_entry;
    struct call_alias *aliases, **last_alias;
    size_t n_entries;
};

/* Parse a table.  text is borrowed by the rows; name is for messages.  The batch is in the arena;
 * after a failure it is of no use. */
MUST_USE bool calls_parse(struct arena *a, enum call_lang lang, struct str name, struct str text,
                          struct call_batch *batch, struct err *err);

/* The compiled-in table of a language (made by tools/gen_calls.py). */
struct str calls_builtin(enum call_lang lang);

#endif
