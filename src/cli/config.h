/*
 * config: the settings of the program, all rows of config.def.
 *
 * The one table feeds the reader of the file, the environment, the options, the help, the manual
 * page boathouse.conf(5) and "boathouse config".  A later source replaces an earlier one: default,
 * file, environment, option.  Every value keeps where it came from.  All of it lives in the arena
 * given to config_init(); once loaded it is read-only and may be shared by threads.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "util/arena.h"
#include "util/err.h"

enum config_id {
#define K(id, section, key, kind, def, unit, min, max, alias, text) CONFIG_##id,
#include "cli/config.def"
#undef K
    CONFIG_N
};

enum config_kind {
    CONFIG_KIND_TEXT,
    CONFIG_KIND_PATH, /* "~/" at its beginning is the home folder */
    CONFIG_KIND_INT,
    CONFIG_KIND_CHOICE,    /* number is the position among the choices */
    CONFIG_KIND_LIST,      /* items separated by commas or line ends */
    CONFIG_KIND_TEMPLATES, /* items are lines, "NAME {JSON}" */
    CONFIG_KIND_TOKENS,    /* items are "NAME ROLE HASH"; the hashes are secret */
};

/* A row of the table. */
struct config_key {
    struct str section, key;
    enum config_kind kind;
    struct str fallback, unit;
    int64_t min, max;
    struct str alias; /* of the option, without "--"; may be empty */
    const char *text;
};

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_OPTION };

/* A setting as it is in force. */
struct config_value {
    struct str text;         /* as it was written, lists joined by ", " */
    int64_t number;          /* INT, CHOICE */
    const struct str *items; /* LIST, TOKENS, TEMPLATES */
    size_t n_items;
    enum config_source source;
    struct str
        origin; /* "/etc/boathouse/boathouse.conf:12", "BOATHOUSE_LAKE", "--lake", "default" */
};

struct config {
    struct arena *arena;
    struct str file; /* the file that was read; empty if there is none */
    struct str home; /* for "~/"; may be empty */
    struct config_value values[CONFIG_N];
};

/* The table, CONFIG_N rows in the order of enum config_id. */
const struct config_key *config_key(enum config_id id);

/* "server.listen", "lake"; "BOATHOUSE_SERVER_LISTEN"; "server-listen" (without "--"). */
struct str config_full_name(struct arena *a, enum config_id id);
struct str config_env_name(struct arena *a, enum config_id id);
struct str config_option_name(struct arena *a, enum config_id id);

/* The setting with that option (its name or its alias, without "--"); false if there is none. */
bool config_find_option(struct arena *a, struct str name, enum config_id *id_out);

/* All defaults.  a: owns everything that is added later.  home: may be NULL. */
void config_init(struct config *c, struct arena *a, const char *home);

/* Give a setting its value.  Fails with ERR_CONFIG: the message names the setting, where it was
 * set, the range and the unit. */
MUST_USE bool config_set(struct config *c, enum config_id id, struct str text,
                         enum config_source source, struct str origin, struct err *err);

/* Read text in the format of boathouse.conf(5); name is for messages.  Unknown sections and keys
 * are refused with the nearest known one.  Fails with ERR_CONFIG. */
MUST_USE bool config_parse(struct config *c, struct str text, struct str name, struct err *err);

/* Read the file: path if not empty, else the first of $BOATHOUSE_CONFIG,
 * $XDG_CONFIG_HOME/boathouse/boathouse.conf (or ~/.config/...) and /etc/boathouse/boathouse.conf
 * that exists; a file that was named must exist.  env: NULL-terminated "NAME=value". */
MUST_USE bool config_read_file(struct config *c, struct str path, char *const *env,
                               struct err *err);

/* Take BOATHOUSE_SECTION_KEY of the environment.  A name in a known section, or very near to a
 * known name, that is no setting is refused; others are not ours (container platforms make names
 * such as BOATHOUSE_SERVICE_HOST). */
MUST_USE bool config_read_env(struct config *c, char *const *env, struct err *err);

/* What must hold between settings: a certificate has its key.  Fails with ERR_CONFIG. */
MUST_USE bool config_check(const struct config *c, struct err *err);

/* The value of "NAME" in an environment, or NULL. */
const char *env_get(char *const *env, const char *name);

/* Getters.  The C string is NUL-terminated, NULL when the setting is empty. */
struct str config_text(const struct config *c, enum config_id id);
const char *config_cstr(const struct config *c, enum config_id id);
int64_t config_int(const struct config *c, enum config_id id);
bool config_is(const struct config *c, enum config_id id, struct str choice);

#endif
