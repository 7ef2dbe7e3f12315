/*
 * shell: what shell lines and scripts read and write.
 *
 * Two steps.  The reader (POSIX shell with bash's here-strings, braces kept) cuts text into simple
 * commands whose words are expanded as far as reading can: variables that the script, the session
 * or the notebook sets, for loops over words; everything else is HOLE_BYTE.  The interpreter looks
 * a command up in the table of programs (calls/shell.tsv, shell_table.c) and says which
 * words are locations.  Nothing is ever run.
 *
 * Everything reported lives in the arena that is given.  Pure: no I/O.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SHELL_H
#define LINEAGE_SHELL_H

#include "lineage/sql.h"

enum shell_kind {
    SHELL_PATH,    /* a path or URI, as written (aws's "s3://b/k", "/tmp/x", "data/x.csv") */
    SHELL_TABLE,   /* a table, from SQL text or bq and the like */
    SHELL_STAGE,   /* from SQL text */
    SHELL_STREAM,  /* a topic */
    SHELL_BUILTIN, /* a data set of a hub: kaggle, huggingface */
};

struct shell_ref {
    enum sql_dir dir;
    enum shell_kind kind;
    bool is_may;        /* inspection, deletes, downloads' local side, code, ... (REFERENCES.md) */
    bool is_code;       /* a script, a repository, an archive of code, a configuration file */
    struct str name;    /* with holes */
    struct str program; /* "aws s3 cp", "wget", ">": what the reference comes from */
    uint32_t line, col; /* from 1, in the text given */
};

/* After the command, the local path dst holds what src holds: a later read of dst (or of a path
 * in it, if is_folder) is a read of src. */
struct shell_copy {
    struct str src, dst;
    bool is_folder;
};

struct shell_result {
    struct shell_ref *refs;
    size_t n_refs, cap_refs;
    struct shell_copy *copies;
    size_t n_copies, cap_copies;
    bool hit_limit;
};

/* What lasts from one command to the next in one shell; a notebook's "!" lines each start from
 * the notebook's own (variables that "!" sets do not last: use a fresh session for each). */
struct shell_session {
    struct arena *arena;
    struct strmap variables; /* name -> struct str *, with holes */
    struct str folder;       /* cd: put before relative paths; empty at the start */
    bool fills_braces;       /* IPython: "{expr}" is filled by value() */

    /* Optional.  The text, with holes, of a variable that the shell does not set: the environment
     * or, in IPython, a name or (fills_braces) an expression of the notebook. */
    bool (*value)(void *ctx, struct str name, struct str *out);
    void *ctx;
};

void shell_session_init(struct shell_session *s, struct arena *a);
void shell_session_set(struct shell_session *s, struct str name, struct str value);

/* Append to *out (zeroed by the caller before the first call) what the line or script reads and
 * writes, in order.  a: owns names; text: must live as long as a. */
void shell_refs(struct arena *a, struct str text, struct shell_session *session,
                struct shell_result *out);

/* The same for one command whose words are already split (subprocess.run([...])); nothing in them
 * is expanded. */
void shell_command_refs(struct arena *a, const struct str *words, size_t n_words,
                        struct shell_session *session, struct shell_result *out);

#endif
