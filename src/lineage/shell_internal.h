/*
 * shell_internal: what the parts of the shell reader share.
 *
 *   shell_lex.c      characters to tokens; here-documents
 *   shell_word.c     words with their quotes and expansions
 *   shell_parse.c    tokens to nodes
 *   shell_expand.c   words to fields: variables, $( ), splitting
 *   shell.c          the session; nodes are run: loops, functions, redirects
 *   shell_builtin.c  assignments, cd, export, eval, ...
 *   shell_call.c     a command's fields are taken apart as its row of the table says
 * (shell_table.h) shell_clause.c   what the clauses of a row say about them shell_command.c  how
 * references and copies are reported shell_guess.c    programs without a row shell_special.c  the
 * commands that a row alone cannot say shell_name.c     what a location's name tells
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_SHELL_INTERNAL_H
#define LINEAGE_SHELL_INTERNAL_H

#include "lineage/shell.h"
#include "util/limits.h"

/* ---- the tree ---- */

enum shell_part_kind {
    SHELL_PART_TEXT,    /* text, decoded */
    SHELL_PART_VALUE,   /* $text, ${text op arg} */
    SHELL_PART_COMMAND, /* $( body ), `body` */
    SHELL_PART_PROCESS, /* <( body ), >( body ) */
    SHELL_PART_UNKNOWN, /* $(( )), $'...' that cannot be decoded */
};

struct shell_part {
    enum shell_part_kind kind;
    bool is_quoted;
    bool is_all;   /* VALUE: ${name[@]}, ${name[*]} */
    bool is_twice; /* VALUE: "##", "%%", "//", "^^", ",,"; of "-": with the colon */
    char op;       /* VALUE: 0 - = + ? # % / ^ , ':' (substring), 'l' (length), '!' (indirect) */
    struct str text;
    struct str more;        /* VALUE: "$a.b.c" as a whole (IPython), or the index of ${a[index]} */
    struct shell_word *arg; /* VALUE: behind op */
    struct shell_node *body;
    struct shell_part *next;
};

struct shell_word {
    struct shell_part *parts;
    struct shell_word *items; /* a=(x y): what is in the brackets */
    bool is_array;
    bool is_quoted; /* some part of it is */
    uint32_t line, col;
    struct shell_word *next;
};

enum shell_redirect_op {
    SHELL_FROM,     /* < */
    SHELL_TO,       /* >, >| */
    SHELL_APPEND,   /* >> */
    SHELL_DUP,      /* <&, >& with a number behind: nothing */
    SHELL_HERE,     /* <<, <<-: target is the body */
    SHELL_HERE_WORD /* <<< */
};

struct shell_redirect {
    enum shell_redirect_op op;
    int fd;           /* 0, 1, 2, ...; -1: 1 and 2 (&>) */
    bool strips_tabs; /* <<- */
    struct shell_word *target;
    struct shell_redirect *next;
};

enum shell_node_kind {
    SHELL_COMMAND,  /* words, redirects */
    SHELL_PIPE,     /* items */
    SHELL_BLOCK,    /* items one after the other: if, while, case, { } */
    SHELL_SUBSHELL, /* as BLOCK; cd ends with it */
    SHELL_FOR,      /* for name in words; items */
    SHELL_FUNCTION, /* name, items */
    SHELL_TEST,     /* words between [[ and ]] */
};

struct shell_node {
    enum shell_node_kind kind;
    bool is_loop;   /* BLOCK: while, until */
    bool has_in;    /* FOR: "in words" was there */
    bool is_choice; /* BLOCK: if, case: one of its branches runs */
    bool has_else;  /* of a choice: if no other branch does */
    bool is_branch; /* an item of a choice with which another branch begins */
    struct str name;
    struct shell_word *words;
    struct shell_redirect *redirects;
    struct shell_node *items;
    struct shell_node *next;
};

/* ---- shell_lex.c ---- */

/* Where the text is being read; shared by a parser and those of the $( ) in it. */
struct shell_cursor {
    struct arena *arena;
    const char *at, *end, *line_start;
    uint32_t line;
    struct shell_here *pending; /* here-documents whose bodies begin behind the next newline */
    struct shell_here **last_pending;
    unsigned depth;
    size_t used_bytes; /* of the arena, at the start: the tree is at most LIMIT_TREE_BYTES more */
    bool hit_limit;
};

enum shell_token_kind { SHELL_END, SHELL_NEWLINE, SHELL_OP, SHELL_REDIRECT, SHELL_WORD };

struct shell_token {
    enum shell_token_kind kind;
    struct str text;                 /* OP: ";" ";;" "&" "&&" "|" "||" "(" ")" */
    struct shell_word *word;         /* WORD */
    struct shell_redirect *redirect; /* REDIRECT, without its target */
};

void shell_cursor_init(struct shell_cursor *c, struct arena *a, struct str text, uint32_t line);
struct shell_token shell_next(struct shell_cursor *c);
/* Have redirect's body read when its line ends; delimiter: the word behind "<<". */
void shell_await_here(struct shell_cursor *c, struct shell_redirect *redirect,
                      const struct shell_word *delimiter);
/* At "(" of an arithmetic expression: its text, up to the bracket's end. */
struct str shell_take_arithmetic(struct shell_cursor *c);
/* The first identifier in text, or empty. */
struct str shell_first_name(struct str text);
/* The text of a word that is not quoted and has no expansions; else empty. */
struct str shell_plain(const struct shell_word *w);

/* ---- shell_parse.c ---- */

/* Commands up to the end of the text, or, if in_brackets, up to the ")" that the cursor is behind
 * afterwards.  A chain by next; NULL if there are none. */
struct shell_node *shell_parse(struct shell_cursor *c, bool in_brackets);

/* ---- running ---- */

struct shell_field {
    struct str text;
    uint32_t line, col;
};

struct shell_fields {
    struct shell_field *items;
    size_t n, cap;
};

struct shell_run {
    struct arena *arena;
    struct shell_session *session;
    struct shell_result *out;
    struct strmap functions;         /* name -> struct shell_function * */
    const struct shell_fields *args; /* $1, $2, ...; NULL: unknown */
    unsigned depth;                  /* of nodes and calls */
    unsigned calls;
    unsigned texts; /* texts in texts: eval, bash -c */
    size_t repeats; /* words of commands that were run again */
    size_t expanded_bytes;
    size_t max_repeats, max_expanded_bytes; /* for this text */
    bool is_repeat;
    bool is_may;                     /* in a function that nothing calls */
    bool is_into_shell;              /* the pipe ends in sh: what is fetched is code */
    bool passes_on;                  /* the last command gives on what it read: a filter */
    int origin;                      /* what flows through the pipe: a read's index, or -1 */
    const struct shell_field *input; /* text that the command reads (here-documents), or NULL */
    const struct shell_field *piped; /* the last command's output for the next of the pipe */
    struct shell_fields *output;     /* not NULL: in $( ), what is known of its output goes there */
    bool has_output;                 /* output is known */
    size_t world, n_worlds; /* which of its alternatives every variable has now; of how many */
};

struct shell_function {
    const struct shell_node *items;
    bool is_called;
};

/* ---- shell_expand.c ---- */

/* n bytes are going to be made; false when all is spent: so time and memory stay linear. */
bool shell_charge(struct shell_run *run, size_t n);
/* Append what the word becomes. */
void shell_expand(struct shell_run *run, const struct shell_word *w, struct shell_fields *out);
/* The same as one text, not split: assignments, redirects, here-documents. */
struct str shell_expand_one(struct shell_run *run, const struct shell_word *w);
/* Words of a for loop: {1..5}, {a,b} are expanded as well. */
void shell_expand_loop(struct shell_run *run, const struct shell_word *w, struct shell_fields *out);
void shell_add_field(struct shell_run *run, struct shell_fields *f, struct str text, uint32_t line,
                     uint32_t col);

/* ---- shell_choice.c: variables that have one of several values ---- */

/* The variable is about to be set. */
void shell_log_add(struct shell_log *log, const struct shell_session *s, struct str name);
/* Run the branches of a condition, each on what held before it.  Afterwards what one of them sets
 * has the values of all: as many worlds as there are branches, in each of which every variable has
 * the value of the same branch. */
void shell_run_choice(struct shell_run *run, const struct shell_node *n);
/* Its value in the world of the run; counts how many worlds there are.  NULL: not set. */
const struct str *shell_value_now(struct shell_run *run, struct str name);
/* Set it in the world of the run.  Worlds come one after the other, from the first. */
void shell_set_now(struct shell_run *run, struct str name, struct str value);

/* ---- shell_builtin.c ---- */

bool shell_is_name(struct str s);
/* "name=...", "name+=(...)" */
bool shell_is_assignment(const struct shell_word *w);
void shell_assign(struct shell_run *run, const struct shell_word *w);

/* What a command of the shell itself does; NULL for others. */
typedef void shell_builtin_fn(struct shell_run *run, const struct shell_fields *f);
shell_builtin_fn *shell_find_builtin(struct str name);

/* ---- shell.c ---- */

/* As shell_session_set(), of a value that lives as long as the session. */
void shell_session_put(struct shell_session *s, struct str name, struct str value);
void shell_run_nodes(struct shell_run *run, const struct shell_node *n);
/* Only those before end. */
void shell_run_some(struct shell_run *run, const struct shell_node *n,
                    const struct shell_node *end);
/* One command: a function, a builtin or a program. */
void shell_run_fields(struct shell_run *run, const struct shell_fields *f);
/* Read and run a text of its own: eval, bash -c, a here-document for sh. */
void shell_run_text(struct shell_run *run, const struct shell_field *text);

/* ---- shell_command.c ---- */

/* What the command (at least one field) reads and writes. */
void shell_command(struct shell_run *run, const struct shell_fields *f);

struct shell_report {
    enum shell_dir dir;
    enum shell_ref_kind kind;
    bool is_may, is_tree;
    enum shell_what what; /* SHELL_DATA: by its name */
    int copy_of;
    const char *program;
};

/* Record a reference at a field, with the session's folder before a relative path.  Its index, or
 * -1 if nothing of its name is known, it is a device, or the limit is reached. */
int shell_report(struct shell_run *run, const struct shell_report *report,
                 const struct shell_field *at);

/* The same for a copy's target: where copy_of is remote and the target is not, it is a download's
 * local side. */
int shell_report_landing(struct shell_run *run, const struct shell_report *report,
                         const struct shell_field *at);

/* ---- shell_name.c ---- */

enum shell_what shell_what_of(struct str name);
/* "scheme:...", "user@host:...", "remote:...": neither joined to a folder nor on this disk. */
bool shell_is_remote(struct str name);
/* With a suffix that only data has. */
bool shell_has_data_suffix(struct str name);
/* The last part of a path or URL, without what stands behind it. */
struct str shell_base_name(struct str name);
/* folder "/" name, with one slash. */
struct str shell_join(struct arena *a, struct str folder, struct str name);
/* Only holes, or nothing. */
bool shell_is_unknown(struct str name);

#endif
