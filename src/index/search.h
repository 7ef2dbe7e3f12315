/*
 * search: text and regular expressions in the cells of all notebooks; words in their names.
 *
 * Trigrams say which documents may match (docs/internals/index.md); every hit is then found in the
 * text itself, so there are no false ones.  Documents that the trigrams have not reached yet
 * (index_search_catch_up()) are looked through one by one, so there are no missing ones either.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_SEARCH_H
#define INDEX_SEARCH_H

#include "index/document.h"
#include "index/index.h"

/* Which cells are looked through, or-ed. */
enum index_where {
    INDEX_IN_CODE = 1,       /* code cells in any language but SQL */
    INDEX_IN_SQL = 2,        /* code cells in SQL */
    INDEX_IN_MARKDOWN = 4,   /* markdown and raw cells */
    INDEX_IN_PARAMETERS = 8, /* cells tagged "parameters", whatever else they are */
    INDEX_IN_ALL = INDEX_IN_CODE | INDEX_IN_SQL | INDEX_IN_MARKDOWN,
};

/* Where a page ended.  Zeroed: at the beginning. */
struct index_search_at {
    int64_t document;
    int64_t cell; /* hits of that document up to this line of this cell were given */
    int64_t line;
};

struct index_search {
    struct str text; /* a substring, or a pattern of PCRE2; 1 to LIMIT_SEARCH_BYTES bytes */
    bool is_regex;
    bool is_case_ignored;
    unsigned where; /* enum index_where; 0: INDEX_IN_ALL */
    struct index_search_at after;
    size_t limit;       /* hits of one page, at least 1 */
    unsigned budget_ms; /* 0: 1,000; past it the page ends early, and more is to be asked for */
};

/* One line in which something matches. */
struct index_hit {
    int64_t notebook; /* notebook.id */
    struct str uri, title;
    size_t cell;
    enum cell_kind kind;
    bool is_parameters;
    struct str language; /* of the cell, else of the notebook */
    uint32_t line;       /* from 1 */
    struct str text;     /* the line, cut at LIMIT_CODE_LINE_BYTES around the match */
    size_t at, len;      /* bytes of text that match; a match may end on a later line */
};

struct index_hits {
    struct index_hit *items;
    size_t n;
    bool has_more;               /* ask again with after = next; also when the budget ran out */
    struct index_search_at next; /* valid if has_more */
    uint64_t n_documents;        /* that were looked through for this page */
    uint64_t n_unindexed;        /* documents that the trigrams have not reached yet */
    uint64_t n_given_up;         /* cells in which the pattern was too costly to be tried out */
};

/* a: owns the hits.  ERR_INVALID: the pattern is empty, too long, or not one of PCRE2 (the message
 * says where). */
MUST_USE bool index_find_text(struct index_reader *r, struct arena *a,
                              const struct index_search *search, struct index_hits *out,
                              struct err *err);

/* Ids that may contain text (ASCII letters in either case) in their names, ascending, behind after,
 * at most limit of them: of notebooks by uri and title, of datasets by uri.  They are candidates:
 * the caller compares.  *is_exact false: text has fewer than 3 bytes, or names are not all
 * indexed yet: then look through all. */
enum index_names { INDEX_NAMES_NOTEBOOKS = 1, INDEX_NAMES_DATASETS = 2 };
MUST_USE bool index_find_names(struct index_reader *r, struct arena *a, enum index_names names,
                               struct str text, int64_t after, size_t limit, int64_t **ids,
                               size_t *n, bool *is_exact, struct err *err);

/* Take up what the trigrams have not reached yet: some max_bytes of text (0: 8 MiB) in a batch of
 * its own, which it begins and commits.  *n_left: documents that remain; call again until 0.  To
 * be called after a scan, or between its batches when there is time. */
MUST_USE bool index_search_catch_up(struct index_writer *w, size_t max_bytes, uint64_t *n_left,
                                    struct err *err);

#endif
