/*
 * eval: the abstract interpreter: a tree is run with values that may be partly unknown.
 *
 * One struct eval is one notebook's run.  Statements are in eval.c, branches and scopes in
 * eval_scope.c, expressions in eval_expr.c, calls of the notebook's own functions and classes in
 * eval_call.c, calls of the outside world in eval_io.c (rows of the call tables) and eval_place.c
 * (where a row's location stands), other languages in eval_text.c, imports and sibling files in
 * eval_import.c, what is reported in eval_emit.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_EVAL_INTERNAL_H
#define LINEAGE_EVAL_INTERNAL_H

#include "lineage/analysis.h"
#include "lineage/pure.h"
#include "lineage/sql.h"
#include "util/limits.h"

/* A text that code stands in: a cell, or a sibling file. */
struct unit {
    struct str text;
    struct str name;     /* of a sibling file; empty for a cell */
    size_t cell;         /* of the notebook; that which imports, for a sibling */
    uint32_t first_line; /* of text, in the cell */
    enum call_lang lang;
};

struct scope {
    struct scope *parent;  /* NULL: the globals of a unit's language */
    struct strmap names;   /* struct value *; a deleted name has the value NULL */
    struct strmap globals; /* names that "global" moved to the outermost scope */
    bool is_function;
    bool is_class;
};

/* How the statement that ran last ended. */
enum flow { FLOW_ON, FLOW_BREAK, FLOW_LEFT /* return, raise, continue */ };

/* A change that a branch made, to be undone before the next one runs. */
struct change {
    struct strmap *names; /* of a scope, or the entries of a mapping */
    struct str name;
    struct value *old;
};

struct frame {
    const struct function *function;
    struct value *returned; /* joined; NULL: nothing yet */
    struct frame *caller;
};

struct eval {
    struct arena *arena;
    struct values vs;
    const struct analysis_options *options;
    struct analysis *out;

    struct unit *unit;
    struct scope *globals[CALL_N_LANGS];
    struct scope *scope;
    struct frame *frame;
    enum flow flow;

    struct change *changes; /* of the branches that are open */
    size_t n_changes, cap_changes;
    uint32_t branch_depth;

    uint32_t depth; /* of nested evaluation */
    uint32_t call_depth;
    uint64_t steps;   /* taken; bounded by LIMIT_EVAL_STEPS */
    bool is_uncalled; /* in a function that nothing calls */
    bool is_unreached;

    struct line_place {
        const char *text;
        uint32_t line;
        size_t at;
    } last_line;           /* of the last reference: where its line begins in its text */
    struct strmap seen;    /* references, by their identity */
    struct strmap memo;    /* function and arguments -> returned value */
    struct strmap aliases; /* a local file's uri -> struct value * text of where it came from */
    struct strmap written; /* files that the notebook writes as text: path -> NODE_MAGIC */
    struct str *stars;     /* outside modules of which all names were imported */
    size_t n_stars, cap_stars;
    struct strmap not_starred; /* names that none of them knows; with how many there were */
    uint32_t import_depth;
    struct strmap modules;       /* siblings: name -> struct scope * */
    struct function **functions; /* all defined, in order: those never called run at the end */
    size_t n_functions, cap_functions;
    struct strmap called;        /* def nodes that ran */
    const struct node *last_run; /* the statements of the text that ran last */
    struct value *catalog; /* MAP: the entries of the project's catalogues; NULL: not read yet */

    struct sql_session sql;
    struct sql_session memory; /* of in-memory databases */
};

/* eval.c */
void eval_statements(struct eval *e, const struct node *list);
void eval_statement(struct eval *e, const struct node *n);
void eval_hit_limit(struct eval *e, const char *which);
/* One step of the budget; false when it is used up (then nothing more is done). */
static inline bool eval_step(struct eval *e)
{
    if (e->steps >= LIMIT_EVAL_STEPS || e->arena->used_bytes >= e->vs.limit_bytes) {
        eval_hit_limit(e, e->steps >= LIMIT_EVAL_STEPS ? "steps" : "memory");
        return false;
    }
    e->steps++;
    return true;
}
/* May what was found still be reported, even where the memory of the values is used up? */
bool eval_may_report(struct eval *e);
/* The elements that a loop over it runs with, at most LIMIT_LOOP + 1: one that stands for all where
 * they are not known or too many; *is_open: then, or where others may be there. */
size_t eval_loop_items(struct eval *e, struct value *over, struct value **items, bool *is_open);
void eval_assign(struct eval *e, const struct node *target, struct value *v);
/* What is set on an object of the outside world (a column of a frame, an attribute of parsed
 * arguments) is kept beside it; owner: CHAIN. */
void chain_set(struct eval *e, const struct value *owner, struct value *key, struct value *v);

/* eval_scope.c */
struct scope *scope_new(struct eval *e, struct scope *parent);
struct value *scope_get(struct eval *e, struct str name); /* NULL: not defined */
/* An open MAP of all names that can be seen: locals(), globals(). */
struct value *scope_map(struct eval *e);
void scope_set(struct eval *e, struct str name, struct value *v);
void scope_set_in(struct eval *e, struct scope *s, struct str name, struct value *v);
/* An entry that is there is about to be replaced: other branches are to find it as it is. */
void scope_keep_entry(struct eval *e, struct strmap *entries, struct str name);
/* Branches: begin, run one, keep it, ..., join.  must: one of them certainly runs. */
struct branches {
    size_t mark;
    struct change *results; /* scope, name, new value, of all branches that went on */
    size_t n_results, cap_results;
    uint32_t n_kept;
    bool all_left;
};
void branches_begin(struct eval *e, struct branches *b);
void branches_keep(struct eval *e, struct branches *b);
void branches_end(struct eval *e, struct branches *b, bool must);

/* eval_expr.c: never NULL */
/* Values that are there even when the memory of the values is used up. */
struct value *eval_new(struct eval *e, enum value_kind kind);
struct value *eval_seq(struct eval *e, unsigned flags);
struct value *eval_map(struct eval *e);
struct value *eval_expr(struct eval *e, const struct node *n);
struct value *eval_text_of(struct eval *e, const struct node *n);
struct call_args *eval_args(struct eval *e, const struct node *args);
struct value *eval_attr(struct eval *e, struct value *v, struct str name, const struct node *n);
struct value *eval_item(struct eval *e, struct value *v, const struct node *index);

/* eval_call.c */
struct value *call_value(struct eval *e, struct value *callee, const struct call_args *args,
                         const struct node *n);
struct value *call_method(struct eval *e, struct value *receiver, struct str name,
                          const struct call_args *args, const struct node *n);
struct value *call_function(struct eval *e, const struct function *f, const struct call_args *args);
struct value *define_function(struct eval *e, const struct node *def);
/* Any value as the root of a chain: of an unknown one the name is kept. */
struct value *value_as_chain(struct eval *e, struct value *v);
void define_class(struct eval *e, const struct node *def);
void run_uncalled(struct eval *e);
struct value *eval_comprehension(struct eval *e, const struct node *n);

/* eval_callback.c: functions of the notebook that others call */
/* Functions among the arguments of an outside call run, with what it hands them where that is
 * known. What the call gives because of them, or NULL: nothing special. */
struct value *run_callbacks(struct eval *e, const struct chain *callee,
                            const struct call_args *args, const struct node *n);
/* seq.map(f) of Scala and its like, or NULL. */
struct value *map_elements(struct eval *e, struct value *seq, struct str name,
                           const struct call_args *args, const struct node *n);
/* A method of a function that a library wrapped: f.remote(x), f.delay(x), f.map(xs). */
struct value *call_wrapped(struct eval *e, const struct function *f, struct str name,
                           const struct call_args *args);
/* first, then what more has. */
const struct call_args *args_behind(struct eval *e, const struct call_args *first,
                                    const struct call_args *more);

/* eval_io.c: callee is a chain whose last step is not the call itself.  Never NULL. */
struct value *io_call(struct eval *e, const struct value *callee, const struct call_args *args,
                      const struct node *n);

/* eval_callee.c: what the tables know of the (last) name of a step that has one. */
const struct call_name *io_known(struct eval *e, const struct chain *step);
/* The question to the tables for callee; false when it has no name at all. */
bool io_question(struct eval *e, const struct chain *callee, struct callee *q);
/* How the call is shown: its names, the last ones of many; ".method" of an object without names. */
struct str io_via(struct eval *e, const struct callee *q);

/* One call of the outside world that a row knows. */
struct io {
    struct eval *e;
    const struct call_row *row;
    const struct chain *receiver; /* the chain up to what is called, without its name */
    const struct chain *callee;
    struct str kind; /* of the receiver */
    const struct call_args *args;
    const struct node *node;
    struct str via;
    bool needs_remote;
};

/* A location that a call names: as text and in normal form. */
struct location {
    struct value *text;
    struct str uri;
};

struct locations {
    struct location *items;
    size_t n, cap;
    bool keeps_unknown; /* a copy's target that only the file's name makes a location */
};

struct value *io_part(const struct io *io, enum place_role role, enum place_part p);
struct locations io_locations(const struct io *io, enum place_role role);
/* eval_job.c: locations among the arguments of a job that is started. */
void run_job(const struct io *io);
/* eval_handed.c: text with each "${name}" unknown. */
struct str without_templates(struct arena *a, struct str text);
/* Is an alternative "dir/" beside "dir/name": a name that was empty until one was found? */
bool io_is_folder_of_another(const struct value *all, size_t i);
/* A command or several; code of the same language; "bucket/key" or a mapping of
 * Bucket and Key; the scheme of the file system that the call is of or is given ("s3"), or empty.
 */
struct str io_scheme(const struct io *io);
bool io_is_in_memory(const struct io *io);
/* base[name] (is_item) or base.name of an object that has members by name (a row ".[]"), or NULL.
 */
struct value *io_member(struct eval *e, const struct value *base, struct value *name, bool is_item,
                        const struct node *n);
/* kind, or that of a connection to a database in memory where the call opens one. */
struct str io_connection_kind(const struct io *io, struct str kind);
void io_run_shell(const struct io *io, struct value *shell);
void io_run_code(const struct io *io, struct value *code);
void io_add_pair(const struct io *io, struct value *pair, struct locations *out);
void io_add_suffix(const struct io *io, struct locations *dst);
/* eval_result.c: what the call gives, as the row's "returns" says. */
struct value *io_result(const struct io *io, const struct locations *l, struct value *result);

/* A chain with the kind that the tables give for its name without a call ("spark", ".read"). */
struct value *io_kind(struct eval *e, struct value *chain);
/* A decorator that makes a table of what the function gives: of the function's name, where the
 * decorator was given none. */
void io_decorate(struct eval *e, const struct value *decorator, struct str name,
                 const struct node *n);
/* A name of a module of which all names were imported, if a table knows it there; or NULL. */
struct value *star_member(struct eval *e, struct str name);

/* eval_guess.c: a call that no row knows; whether a row that was found gave no place, so that the
 * method may be one of somebody's own class. */
bool io_is_left_open(const struct io *io, const struct locations *l);
void io_guess(struct eval *e, const struct callee *callee, const struct call_args *args,
              const struct node *n);

/* eval_place.c: the value at that place, or NULL if it is not given. */
struct value *place_value(struct eval *e, const struct call_place *place,
                          const struct chain *receiver, const struct call_args *args,
                          struct str own_name);
const struct call_place *row_place(const struct call_row *row, enum place_role role,
                                   enum place_part part);

/* eval_catalog.c: the location of a data set that a catalogue names; false: none is known. */
bool catalog_location(const struct io *io, struct str name, struct location *out);
/* A catalogue of Intake was opened: its entries are members of the object. */
void catalog_open(const struct io *io, const struct locations *l, struct value *opened);

/* eval_count.c: what kind of work the call is, for analysis.n_train and its like. */
void count_work(struct eval *e, const struct callee *q);

/* eval_emit.c */
struct emit {
    enum reference_dir dir;
    enum reference_kind kind; /* REFERENCE_DATA: decided by the location's suffix */
    struct str via;
    bool is_may;
};
/* Report the location, if it is one.  text: TEXT (its holes are kept); uri: its normal form. */
/* A table's data lies at a location; both as normal forms.  What is not known whole, and a place
 * of the notebook's own folder, is dropped. */
void emit_binding(struct eval *e, struct str table, struct str location, uint32_t line);
void emit_uri(struct eval *e, const struct emit *how, struct str uri, const struct value *text,
              const struct node *n);
/* src was copied to dst: reads of the local file dst are reads of src as well. */
void emit_alias(struct eval *e, struct str src, struct str dst);
void emit_at(struct eval *e, const struct emit *how, struct str uri, const struct value *text,
             uint32_t line, uint32_t col);

/* eval_text.c: SQL, shell lines, magics */
void run_sql(struct eval *e, struct value *text, enum sql_dialect dialect, bool is_memory,
             struct str via, uint32_t line, uint32_t col);
/* is_script: names of the program do not fill "$x" in it. */
struct value *run_shell(struct eval *e, struct value *text, const struct node *n, bool is_script);
void run_shell_words(struct eval *e, struct value *words, const struct node *n);
struct value *run_magic(struct eval *e, const struct node *n);
struct code_piece;
/* A cell, or what is left of it behind its cell magic. */
void run_piece(struct eval *e, const struct code_piece *piece);
enum sql_dialect sql_dialect_of(struct str name);
/* text with each {expression} that the program can fill filled in. */
struct value *fill_braces(struct eval *e, struct str text);
/* And each $name: where no shell comes that does it. */
struct value *fill_names(struct eval *e, struct str text);
/* Run code of a language in its environment; what does not parse becomes a gap. */
void run_code_text(struct eval *e, enum call_lang lang, struct str text, uint32_t first_line);

/* eval_import.c */
void run_import(struct eval *e, const struct node *n);
/* The values of the options whose names have no dot: variables of the environment, and names that
 * nothing defines, until the notebook sets them. */
void supply_names(struct eval *e);
/* The content of a configuration file beside the notebook as a value, or NULL.
 * format: "env", "ini", "toml", "yaml"; empty: what its name says, else JSON or YAML. */
struct value *load_config(struct eval *e, struct str uri, struct str format);
/* Its variables, as ".env" has them, become those of the environment; what is set there already
 * goes before, unless is_stronger. */
void load_environment(struct eval *e, struct str uri, bool is_stronger);
void run_sibling(struct eval *e, struct str path);

#endif
