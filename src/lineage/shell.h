/*
 * shell: what shell lines and scripts read and write.
 *
 * Text is parsed as POSIX shell with bash's additions (arrays, here-strings, [[ ]]), tolerantly:
 * what it does not know ends at the next command.  Then it is run in the mind only: variables,
 * cd, for loops over known words, functions and both branches of conditions.  What a command does
 * with its words is a row of shell_commands.def.  Unknown parts of the text and of values are
 * HOLE_BYTE (hole.h); they stay in what is reported.
 *
 * Everything reported lives in the arena that is given.  Pure: no I/O, nothing is ever run.  Time
 * is linear in the text; the bounds are LIMIT_DEPTH and the LIMIT_SHELL_... of util/limits.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SHELL_H
#define LINEAGE_SHELL_H

#include "lineage/sql.h"

enum shell_dir { SHELL_READ, SHELL_WRITE, SHELL_LIST };

enum shell_ref_kind {
    SHELL_PATH,    /* name: a path or URI as written, glob characters and "{a,b}" kept, with the
                      session's folder in front of a relative path */
    SHELL_TABLE,   /* name: parts joined by dots (bq, aws glue, sqoop, ...) */
    SHELL_STREAM,  /* name: a topic or stream */
    SHELL_BUILTIN, /* name: a data set or model of a hub (kaggle, huggingface-cli) */
    SHELL_SQL,     /* name: SQL text for sql_refs(); dialect and database say more */
    SHELL_PYTHON,  /* name: Python code of "python -c", of a here-document; args: sys.argv[1:] */
    SHELL_SCRIPT,  /* name: the path of a script or notebook that is run with args */
};

/* What name holds, as far as its name and the command tell.  All but data and archive are may. */
enum shell_what {
    SHELL_DATA,
    SHELL_ARCHIVE, /* zip, tar and the like, and single compressed files */
    SHELL_MODEL,
    SHELL_FIGURE,
    SHELL_CODE,     /* scripts, packages, pages, notebooks, jars */
    SHELL_CONFIG,   /* credentials too */
    SHELL_DOCUMENT, /* pages, reports, logs */
    SHELL_SCRATCH,  /* query results, job output that nobody names */
};

struct shell_ref {
    enum shell_dir dir;
    enum shell_ref_kind kind;
    enum shell_what what;
    bool is_may;     /* reporting it is right, leaving it out is right too (REFERENCES.md) */
    bool is_tree;    /* a folder or what an archive holds: paths below it are meant too */
    struct str name; /* with holes; may be a lone hole */
    enum sql_dialect dialect; /* SHELL_SQL */
    struct str database;      /* SHELL_SQL: put before bare tables; empty: not known */
    const struct str *args;   /* SHELL_PYTHON, SHELL_SCRIPT: the words behind it */
    size_t n_args;
    int copy_of;         /* index of the read whose content this write has, or -1: later reads of
                            name (of paths below it, if is_tree) are reads of that */
    const char *program; /* "aws s3 cp", "wget", ">": the row of the table; static */
    uint32_t line, col;  /* from 1, of the word in the text given */
};

struct shell_result {
    struct shell_ref *refs; /* in the order of the run */
    size_t n_refs, cap_refs;
    bool hit_limit; /* nesting, loops or the number of references passed a limit */
};

/* What lasts from one command to the next in one shell.  A "!" line of a notebook has its own
 * shell: its variables and cd end with it. */
struct shell_session {
    struct arena *arena;
    struct strmap variables; /* name -> struct str *, with holes */
    struct strmap choices;   /* name -> struct shell_words *: its values in several worlds, where a
                                condition set it; NULL: only that of variables */
    struct strmap arrays;    /* name -> struct shell_words *, as "a=(x y)" sets them */
    struct strmap
        folders;    /* paths that are known to be folders: mkdir, unzip -d; values not NULL */
    struct str cwd; /* put before relative paths; empty: the notebook's own folder */
    struct str previous_cwd; /* for "cd -" and popd */
    struct shell_log *log;   /* of the condition that is run: what is to be undone; or NULL */

    /* Optional.  The text, with holes, of "$name" or "${name}" that the shell did not set: a
     * Python name ("a", "a.b") in IPython lines, else the environment; "1": an argument.  False:
     * not known, a hole.  Expressions in braces ("{x}") are filled by the caller before. */
    bool (*value)(void *ctx, struct str name, struct str *out);
    void *ctx;
};

struct shell_words {
    struct str *items;
    size_t n;
};

/* An empty session.  a: owns its tables and copies of names, must outlive it. */
void shell_session_init(struct shell_session *s, struct arena *a);

/* Set a variable; both are copied. */
void shell_session_set(struct shell_session *s, struct str name, struct str value);

/* As "cd folder" does; copied. */
void shell_session_cd(struct shell_session *s, struct str folder);

/* Append to *out (zeroed by the caller before the first call) what the line or script reads and
 * writes.  a: owns names; text: must live as long as a.  session: read and updated. */
void shell_refs(struct arena *a, struct str text, struct shell_session *session,
                struct shell_result *out);

/* The same for one command whose words are already split, with holes (subprocess.run([...])).
 * Nothing in them is expanded; line and col of what is reported are 1 and the word's number. */
void shell_words_refs(struct arena *a, const struct str *words, size_t n_words,
                      struct shell_session *session, struct shell_result *out);

#endif
