/*
 * catalogue: what the handlers of the catalogue share: ids, locations, and the members that an item
 * has wherever it stands in an answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CATALOGUE_H
#define API_CATALOGUE_H

#include "api/api_internal.h"
#include "api/page.h"
#include "catalog/place.h"
#include "index/query.h"

/* The parameter of that name, an id: 16 hexadecimal digits. */
int64_t call_id(const struct call *call, struct str name);
/* The time of that name in Unix milliseconds, a day is its first moment; 0 when it is not given. */
int64_t call_time(const struct call *call, struct str name);
void json_put_id(struct json_writer *w, struct str key, int64_t id);
/* Nothing when it is 0. */
void json_put_time_if(struct json_writer *w, struct str key, int64_t unix_ms);
/* The array, or an empty one when the text is empty. */
void json_put_array_text(struct json_writer *w, struct str key, struct str json_text);

/* The page of the call as a query wants it. */
MUST_USE bool call_after(const struct call *call, struct index_after *out, struct err *err);

/* The location of a parameter as a question: every form that it may stand for, with the tables that
 * are bound to it and the locations that it is bound to. */
MUST_USE bool call_question(struct call *call, struct str name, struct index_reader *r,
                            struct question *out, struct err *err);
/* Add the tables that are bound to its locations or to folders above them, and the locations that
 * its tables are bound to, as far as there is room. */
MUST_USE bool question_bind(struct index_reader *r, struct arena *a, struct question *q,
                            struct err *err);
/* Its forms as keys of places; at most PLACE_MAX_FORMS + 1. */
size_t question_keys(struct arena *a, const struct question *q,
                     struct str out[PLACE_MAX_FORMS + 1]);

/* Members of the open object. */
void put_dataset(struct json_writer *w, const struct index_dataset *d);
void put_reference(struct json_writer *w, const struct index_use *u);
void put_use(struct call *call, const struct index_use *u, const struct place_match *m);

/* events.c: the graph as an array of events of OpenLineage. */
MUST_USE bool put_events(struct call *call, struct index_reader *r, const struct graph *g,
                         struct err *err);

/* usage_find.c: the references that answer a question, best first, read page by page. */
struct usage_query {
    const struct question *question;
    int match; /* an enum uri_relation, or -1 for any */
    int dir;   /* an enum reference_dir, or -1 for any */
    bool is_weak, is_without_copies;
    size_t limit;
};
struct usage_item {
    struct index_use use;
    struct place_match match;
};
struct usage_page {
    struct usage_item *items;
    size_t n, cap;
    uint64_t n_weak; /* places left out because they are weak */
    bool has_more;
    struct page_key last;
};
/* after: NULL for the first page. */
MUST_USE bool usage_find(struct call *call, struct index_reader *r, const struct usage_query *q,
                         const struct page_key *after, struct usage_page *out, struct err *err);

#endif
