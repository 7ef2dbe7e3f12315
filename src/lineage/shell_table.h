/*
 * shell_table: what a row of shell_commands.def is, and what a command is taken apart into.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SHELL_TABLE_H
#define LINEAGE_SHELL_TABLE_H

#include "lineage/shell_internal.h"

struct shell_call;
typedef void shell_special_fn(struct shell_call *call);

enum shell_row_flag {
    SHELL_FILTERS = 1 << 0, /* gives on what it reads: its reads may be left out, "> f" holds it */
    SHELL_ON_DISK = 1 << 1, /* a copy on one disk: both sides may be left out */
    SHELL_HERE_BY_NAME = 1 << 2, /* without a target it makes a file of that name here */
    SHELL_TREES = 1 << 3,        /* folders are copied */
    SHELL_NO_BUNDLE = 1 << 4,    /* "-name" is one option, not four */
    SHELL_TO_DISK = 1 << 5,      /* the target is on the disk, whatever it looks like */
    SHELL_GUESSES = 1 << 6,      /* what no clause takes is looked at: a program of the user's */
    SHELL_IS_JOB = 1 << 7,       /* with GUESSES: bare words with a "/" are its data */
};

struct shell_row {
    const char *name;  /* words that must stand in this order, options in between left out */
    const char *takes; /* options that take a value, "*": all long ones, but "!--flag" */
    const char *does;  /* clauses: shell_commands.def says how they are written */
    unsigned flags;    /* enum shell_row_flag */
    enum sql_dialect dialect;
    shell_special_fn *special; /* in place of clauses, or NULL */
};

struct shell_option {
    struct str name;                 /* "-o", "--output" */
    const struct shell_field *value; /* NULL: a flag */
};

/* A command, taken apart as its row says. */
struct shell_call {
    struct shell_run *run;
    const struct shell_row *row;
    const struct shell_fields *fields;
    size_t n_named;                   /* the first of them are the row's name */
    const struct shell_field **words; /* what is no option */
    size_t n_words, cap_words;
    struct shell_option *options;
    size_t n_options, cap_options;
};

/* What a copy is made of. */
struct shell_copy {
    const struct shell_field **sources;
    size_t n_sources, cap_sources;
    const struct shell_field *target; /* or NULL */
    const struct shell_field *folder; /* -P, -d, ...: the target is in it; or NULL */
    bool is_tree;
};

/* The row whose name is the longest that the command begins with, or NULL.  *n_named: the fields
 * up to and with the last that is part of the name. */
const struct shell_row *shell_find_row(const struct shell_fields *f, size_t *n_named);
/* All rows, and whether a clause is one that exists, for tests. */
bool shell_clause_is_known(struct str clause);
size_t shell_n_rows(void);
const struct shell_row *shell_row_at(size_t i);

/* The next word of a blank-separated list; false at its end. */
bool shell_next_word(const char **at, struct str *out);

/* ---- shell_clause.c ---- */

/* What the clauses of the call's row say about its words. */
void shell_run_clauses(struct shell_call *call);

/* ---- shell_command.c ---- */

/* The value of the first of these options (blank-separated) that is given, or NULL. */
const struct shell_field *shell_option_value(const struct shell_call *call, const char *names);
bool shell_has_option(const struct shell_call *call, const char *names);
/* Report all sources and where they go. */
void shell_copy(struct shell_call *call, const struct shell_copy *copy);
/* The name that a copy of source has in a folder. */
struct str shell_own_name(struct shell_run *run, struct str source);
/* One reference of the call's program. */
int shell_call_report(struct shell_call *call, enum shell_dir dir, bool is_may,
                      const struct shell_field *at);
const struct shell_field *shell_field_of(struct shell_run *run, struct str text,
                                         const struct shell_field *like);
/* Hand a text on: SQL, Python, the path of a script with the fields behind it. */
int shell_report_text(struct shell_call *call, enum shell_ref_kind kind,
                      const struct shell_field *at, const struct shell_fields *args);

/* ---- shell_guess.c ---- */

/* Look at the fields from index from on: options and words that are locations by their looks. */
void shell_guess(struct shell_run *run, const struct shell_fields *f, size_t from,
                 const char *program, bool is_job);
/* URIs in a text of JSON or the command line's short form. */
void shell_guess_in_text(struct shell_run *run, const struct shell_field *text,
                         const char *program);

/* ---- shell_fetch.c: downloads; shell_special.c: the others ---- */

shell_special_fn shell_wget, shell_curl, shell_tar, shell_python, shell_ls, shell_test, shell_echo,
    shell_find, shell_basename, shell_dirname, shell_seq, shell_pwd, shell_git_clone, shell_zip,
    shell_mc, shell_mount, shell_gdown, shell_filter, shell_kaggle;

#endif
