/*
 * magics: what the "%name" lines and "%%name" cells of IPython, sparkmagic, Databricks, Glue,
 * Athena and their like are: data in magics.def, one row a magic.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_MAGICS_H
#define LINEAGE_MAGICS_H

#include "lineage/sql.h"

/* What the body of a cell magic is, or the rest of the line of a line magic. */
enum magic_is {
    MAGIC_IS_NOTHING, /* settings, installs, display: nothing that reads or writes data */
    MAGIC_IS_KERNEL,  /* code of the notebook's own language: %%time, %%capture, %%local */
    MAGIC_IS_SESSION, /* code of a Spark session's language: %%spark; "-c sql" makes it SQL */
    MAGIC_IS_PYTHON,
    MAGIC_IS_R,
    MAGIC_IS_SCALA,
    MAGIC_IS_SQL,
    MAGIC_IS_SHELL,
    MAGIC_IS_SCRIPT,  /* text for the program that the line names: %%script */
    MAGIC_IS_FILE,    /* text that is written to the file that the line names: %%writefile */
    MAGIC_IS_RUN,     /* the line names a notebook or script that runs here: %run */
    MAGIC_IS_LOAD,    /* the line names a file whose code is read: %load */
    MAGIC_IS_ENV,     /* "NAME=value", "NAME value" */
    MAGIC_IS_DOTENV,  /* the line names a file of variables of the environment */
    MAGIC_IS_FOLDER,  /* the line names the folder to go to: %cd */
    MAGIC_IS_STORE,   /* %store */
    MAGIC_IS_FS,      /* the line is a command of the file system: %fs cp a b */
    MAGIC_IS_COMMAND, /* the name and its line are a shell command: %mkdir, %ls, %pip */
    MAGIC_IS_CONNECT, /* the line names a database */
    MAGIC_IS_CONFIG,  /* JSON or lines of settings: %%configure */
    MAGIC_IS_TEXT,    /* another language, or a page: %%html, %%javascript, %%julia */
};

struct magic {
    struct str name;
    enum magic_is line, cell; /* MAGIC_IS_NOTHING: there is no such form, or it does nothing */
    enum sql_dialect dialect; /* of SQL */
    const char *takes;        /* options of its line that have a value: "-o --out" */
    bool holds_cell; /* Databricks: "%name" in a cell's first line holds for the whole cell */
};

/* The row of a name without "%"; NULL if there is none.  Letter case counts only where two rows
 * differ by it. */
const struct magic *magic_find(struct str name);

size_t magic_n_rows(void);
const struct magic *magic_at(size_t i);

/* The line behind a magic's name, taken apart. */
struct magic_line {
    struct str target;     /* "x << ...", "-o x", "--save x": the name that the result gets */
    struct str words;      /* what stands behind the options: SQL, a path, code */
    struct str connection; /* of SQL: a URL or alias in front ("sqlite:///x.db", "conn") */
    struct str context;    /* -c, --context: "sql" */
    struct str language;   /* -l, --language */
    struct str view;       /* --view: a temporary view of the result */
    struct str database;   /* --database, --schema */
};

/* All parts borrow from line.  is_cell: of a cell magic, where SQL stands in the body and a bare
 * word is a connection or the result's name. */
void magic_read_line(const struct magic *m, struct str line, bool is_cell, struct magic_line *out);

#endif
