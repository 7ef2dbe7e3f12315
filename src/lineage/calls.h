/*
 * calls: which calls read and write, as data.
 *
 * One row of a table is one form of a call: its name, its direction, where its location stands and
 * what it gives.  The tables of src/lineage/calls/ (one a language) are compiled in; a user's file
 * in the same format adds rows, and its rows win.  docs/call-tables.md explains the format with
 * examples.
 *
 * A line is a row of tab-separated columns, the last ones may be left out; "#" begins a comment
 * line:
 *
 *   call  dir  places  kind  on  returns  note
 *
 * call, one or more separated by blanks:
 *   pandas.read_csv       the canonical name, import aliases resolved; a call in between is left
 *                         out: boto3.resource.Bucket is boto3.resource("s3").Bucket
 *   pyspark.ml.*.load     "*" stands for any names, or none
 *   .to_csv   .rio.to_raster   a method of any receiver but a module
 *   .[]                   a member by name: x["a"], x.a (with A and on)
 *   ~.read.csv            these names in this order, others may stand between, the last is last
 *   ~.read.format(iceberg).load   and that call (here format) had this text as an argument
 *   open                  a builtin, or a function that nothing defines
 *   "alias modin.pandas" in call and "pandas" in dir: the name stands for the other one
 *   R: readr::read_csv (also matches read_csv alone), $get_object, ~$a$b; a dot is part of a name
 *
 * dir:  R W RW, C copy (src to dst), M by a mode text (mode=), L list, D delete, S other language
 *       (sql=, shell=, code=), A makes a value, X changes the context, - nothing
 *       A row with A and no places also tells what an attribute (.read) or a name that nothing
 *       defines (spark) is: its kind in returns.
 *
 * places, separated by blanks, each [role=]how[|how...] (the first that is given counts):
 *   roles  at (default), src, dst; out and via are scratch; loc is where a table is bound to and is
 *          reported too; sql, shell and code are texts to be analysed, whatever dir says; mode,
 *          format, db, schema, con, data; each location role may be split into .bucket and .key,
 *          or have .prefix: a listing takes what begins with it, a copy of a file adds its name;
 *          .pair is "bucket/key" or a dict of Bucket and Key; .below is below the receiver
 *   how    0/path,source  positional 0 or a keyword (R counts from 1)     0+  all positional ones
 *          k:Key          keyword only             recv   what the receiver stands for
 *          opt:path       of an earlier .option("path", x) or .options(path=x) in the chain
 *          chain:writeTo/0   the argument of an earlier call in the chain
 *          d:A.b[].c      a walk in a dict: keyword A, key b, each element, key c; * is any key;
 *                         d:1/A.b: positional 1 or keyword A; d:A.'x.y' for a key with dots
 *          text:iris      that text                name   the last name of the call itself
 *
 * kind: path table sql s3 gs db url dir stream stage builtin model figure handle catalog job
 *       notebook shell code config scratch value
 *       path takes lists, dicts (their values) and globs as well; a table with a "/" is a path; a
 *       bare name where SQL is expected is a table; s3 and gs have bucket and key apart; job: src
 *       is read, dst written, data may hold locations; A with table: a name of the notebook's own
 *
 * on: empty, or the kinds of receiver that it counts for, separated by commas (see returns); "fs.*"
 *     is any kind that begins so; "remote" also takes it when the location is a remote URI or, of
 *     SQL, the text a statement
 *
 * returns: empty; a kind of object by name ("s3.client", "spark", "frame", ...; in "{0}.client" the
 *     text of argument 0); or
 *     =at =src =dst  the location as text    path  the location as a path object
 *     names    a list: names of a folder, joined to it     pattern  a list: the location itself
 *     walk     what os.walk gives                          response, pages  what boto3 lists
 *     handle   an open file of the location   config   the content of the file
 *     location an object that readers take for the location      fs+path  what url_to_fs gives
 *     KIND:place    an object of that kind that stands for the location ("recv" of later calls)
 *     objects, KIND:objects  a list of such objects, whose keys begin with the prefix
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_CALLS_H
#define LINEAGE_CALLS_H

#include "util/arena.h"
#include "util/err.h"

struct pure_index;

enum call_lang { CALL_PYTHON, CALL_R, CALL_SCALA, CALL_N_LANGS };

enum call_dir {
    CALL_READ,
    CALL_WRITE,
    CALL_READ_WRITE,
    CALL_COPY,
    CALL_BY_MODE,
    CALL_LIST,
    CALL_DELETE,
    CALL_OTHER_LANGUAGE,
    CALL_MAKE,
    CALL_CONTEXT,
    CALL_NOTHING,
};

enum call_kind {
    KIND_PATH,
    KIND_TABLE,
    KIND_SQL,
    KIND_S3,
    KIND_DB,
    KIND_URL,
    KIND_DIR,
    KIND_STREAM,
    KIND_STAGE,
    KIND_BUILTIN,
    KIND_MODEL,
    KIND_FIGURE,
    KIND_HANDLE,
    KIND_CATALOG,
    KIND_JOB,
    KIND_NOTEBOOK,
    KIND_SHELL,
    KIND_CODE,
    KIND_CONFIG,
    KIND_SCRATCH,
    KIND_VALUE,
    KIND_GS,
};

enum place_role {
    ROLE_AT,
    ROLE_SRC,
    ROLE_DST,
    ROLE_OUT,
    ROLE_VIA,
    ROLE_LOC,
    ROLE_SQL,
    ROLE_SHELL,
    ROLE_CODE,
    ROLE_MODE,
    ROLE_FORMAT,
    ROLE_DB,
    ROLE_SCHEMA,
    ROLE_CON,
    ROLE_DATA,
};

enum place_part { PART_WHOLE, PART_BUCKET, PART_KEY, PART_PREFIX, PART_PAIR, PART_BELOW };

enum place_how {
    HOW_ARG,      /* index and names */
    HOW_ALL_ARGS, /* all positional ones from index on */
    HOW_KEYWORD,  /* names */
    HOW_RECEIVER,
    HOW_OPTION,    /* names: an option of the chain */
    HOW_CHAIN,     /* names[0]: the call of the chain, index: its argument */
    HOW_DICT_WALK, /* names: the steps; "[]" is each element, "*" any key */
    HOW_TEXT,      /* names[0] */
    HOW_OWN_NAME,
};

#define CALL_NO_INDEX UINT32_MAX

/* One way to find the value; a place tries its ways in order. */
struct place_way {
    enum place_how how;
    uint32_t index; /* from 0, in R as well; CALL_NO_INDEX: of a dict walk, by keyword only */
    const struct str *names;
    size_t n_names;
};

struct call_place {
    enum place_role role;
    enum place_part part;
    const struct place_way *ways;
    size_t n_ways;
};

enum call_match { MATCH_ABSOLUTE, MATCH_METHOD, MATCH_CHAIN };

struct call_row {
    struct str call; /* one pattern, as written */
    enum call_match match;
    const struct str *names; /* without "~" and "*" */
    size_t n_names;
    size_t star_at;       /* any names may stand before this one; 0: there is no "*" */
    struct str condition; /* of ~.read.format(iceberg).load: "iceberg"; else empty */
    size_t condition_at;  /* the index in names of the call that has it */
    enum call_dir dir;
    enum call_kind kind;
    const struct call_place *places;
    size_t n_places;
    const struct str *on; /* kinds of receiver; "remote" is not among them */
    size_t n_on;
    bool takes_remote; /* on has "remote" */
    struct str returns;
};

struct calls;

/* The compiled-in tables of all languages.  Never NULL; read-only afterwards, so it may be shared
 * by threads.  calls_free() accepts NULL. */
struct calls *calls_new(void);
void calls_free(struct calls *c);

/* Add the rows of a user's table (name: of the file, for messages).  A line "#lang r" changes the
 * language, which begins as Python.  Rows added later win.  Fails with ERR_CONFIG or the like:
 * line, what is wrong and what would be right; nothing is added then. */
MUST_USE bool calls_add(struct calls *c, struct str name, struct str text, struct err *err);

/* What the tables know of one name, wherever it stands in a call: opaque but for the flags. */
struct call_name {
    struct candidate *items; /* rows whose calls have it as their last name, oldest first */
    size_t n, cap;
    uint32_t n_alias_names; /* names of the longest alias that begins with it */
    bool is_attribute;      /* a row may say what it is where it is not called (".read", "spark") */
    bool is_library;        /* a row or an alias begins with it and goes on ("pandas") */
    bool is_pure;           /* the name of a function that only makes values (pure.h) ends so */
};

/* Never NULL: of a name that the tables do not have nothing is known. */
const struct call_name *calls_name(const struct calls *c, enum call_lang lang, struct str name);

/* A called expression: its names from the root outwards, calls and subscripts left out. */
struct callee {
    enum call_lang lang;
    const struct str *names; /* names[n - 1] is what is called */
    size_t n;
    bool is_rooted;  /* names[0] is a module, a builtin or a name that nothing defines */
    struct str kind; /* of the receiver; "module": one; empty: not known */
    const struct call_name *first, *last; /* of names[0] and names[n - 1]; NULL: not looked up */
    /* Has the call of names[i] that text among its arguments?  NULL: no conditions hold. */
    bool (*has_argument)(void *ctx, size_t i, struct str text);
    void *ctx;
};

/* The row that fits best, or NULL: rows of users first; absolute before chain before method; the
 * longer first; one with a condition; one whose "on" names the receiver's kind before one with none
 * before one that is left only as "remote".  *needs_remote: the row counts only if its location is
 * a remote URI; written when a row is found. */
const struct call_row *calls_find(const struct calls *c, const struct callee *callee,
                                  bool *needs_remote);

/* The name that an aliased module stands for ("modin.pandas" -> "pandas"), or name itself.
 * calls_find() does it for the beginning of a rooted callee on its own. */
struct str calls_canonical(const struct calls *c, enum call_lang lang, struct str name);

/* The functions that only make values (pure.h), by name. */
const struct pure_index *calls_pure(const struct calls *c);

/* All rows, for tests and the documentation. */
size_t calls_n_rows(const struct calls *c, enum call_lang lang);
const struct call_row *calls_row(const struct calls *c, enum call_lang lang, size_t i);

#endif
