/*
 * discover_internal: the parts of the machine of discover.h.
 *
 *   discover.c         the stack of open folders, what is emitted when
 *   discover_leave.c   what becomes of a folder's groups when it is left
 *   discover_group.c   groups of objects: statistics, samples, partitions
 *   family.c           what is read of a family
 *   family_finish.c    which datasets a family is
 *   table_log.h        Delta, Iceberg, Hudi, Zarr
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_DISCOVER_INTERNAL_H
#define CATALOG_DISCOVER_INTERNAL_H

#include "catalog/discover.h"
#include "catalog/object_name.h"
#include "catalog/partition.h"
#include "catalog/schema.h"
#include "util/buf.h"

/* Sums over objects. */
struct totals {
    uint64_t n_objects;
    uint64_t size_bytes;
    uint64_t fingerprint; /* the sum of the objects' hashes: order-free */
    int64_t newest_ms;
};

void totals_add(struct totals *t, const struct discover_object *object);
void totals_merge(struct totals *t, const struct totals *other);
/* A hash that is the same in every process. */
uint64_t stable_hash(struct str s, uint64_t seed);

/* An object that may be read; the key is its own. */
struct sample {
    struct buf key;
    uint64_t size_bytes, etag_hash;
    int64_t modified_ms;
    const struct schema *schema; /* what was given; NULL: nothing, or nothing yet */
    bool is_failed;
};

/* One partition: the names of its folders from the root down, with "/" between. */
struct path_row {
    uint64_t n_objects, size_bytes;
    int64_t newest_ms;
    size_t len;
    char path[];
};

/* The first half of LIMIT_PARTITIONS_KEPT, and a ring of the last. */
struct path_rows {
    struct path_row **rows;
    size_t n, cap;
    size_t oldest;  /* of the ring: where the next one goes */
    uint64_t total; /* also those that were let go */
};

/* The i-th kept row, in the order of keys. */
const struct path_row *path_rows_at(const struct path_rows *r, size_t i);
void path_rows_release(struct path_rows *r);

/* Objects that may be one dataset: same name up to numbers, below the same partition columns. */
struct group {
    struct arena arena; /* of its texts */
    uint64_t hash;      /* of key */
    struct str key;     /* tells groups of one folder apart */
    struct str shape;   /* folders below the root, values as "*": "year=x/" is "year=" and "*" */
    struct str pattern; /* of the object's name */
    enum object_role role;
    enum format format;
    enum compression compression;
    bool is_literal, is_machine, is_number;
    bool is_collapsed; /* stands for all names of its suffix: there were too many */
    bool is_declared;  /* by an override: names do not part it, shape is the rest of its uri */
    struct totals totals;
    struct sample samples[LIMIT_DISCOVER_SAMPLES]; /* all, or: first, any, last */
    size_t n_samples;
    uint64_t lowest; /* hash of the one that stands for any */
    struct partition_column columns[LIMIT_PARTITION_COLUMNS];
    size_t n_columns;
    struct path_rows rows;
    uint64_t n_top; /* folders of the first column that hold it */
};

struct group *group_new(struct str shape, const struct object_name *name);
void group_free(struct group *g);
void group_add(struct group *g, const struct discover_object *object);
/* Take up all of other, which has the same key, and free it. */
void group_merge(struct group *g, struct group *other);
/* The group moves out of a folder: a partition's value, or a plain name, goes in front. */
void group_push_value(struct group *g, const struct folder_name *folder, struct str raw);
void group_push_folder(struct group *g, struct str raw);
/* Take the value in front back: it was a folder (a lone year) after all. */
void group_pop_value(struct group *g);
/* An object of a pattern of the configuration; values: its columns', with "/" between. */
void group_add_declared(struct group *g, const struct discover_object *object, struct str values);

/* Groups by key. */
struct group_set {
    struct group **items;
    size_t n, cap;
    size_t last;    /* where the last one was found: neighbours look alike */
    unsigned level; /* how little of a name counts here: 0 all of it, 3 nothing */
};

struct group *group_set_find(struct group_set *s, struct str key);
/* The group of this folder's own objects with this pattern of names. */
struct group *group_set_find_name(struct group_set *s, struct str pattern);
void group_set_add(struct group_set *s, struct group *g);
/* Add or merge; s owns g in any case.  Past LIMIT_DISCOVER_NAMES groups names no longer count. */
void group_set_take(struct group_set *s, struct group *g);
void group_set_release(struct group_set *s);

struct table_log;

/* A folder that is open: objects of it may still come. */
struct folder {
    size_t key_len; /* of its path in d->path, without the "/" behind it; the bucket: 0 */
    struct folder_name name;
    struct arena arena;         /* of name */
    bool is_below_partition;    /* a folder above it is a partition */
    bool is_hidden;             /* nothing below counts */
    bool has_marker;            /* a writer said that it finished this folder: _SUCCESS, ... */
    struct group_set groups;    /* what has no dataset yet */
    struct group_set overrides; /* what a pattern of the configuration puts here */
    struct totals data, all;    /* below it: what counts; everything */
    struct table_log *log;      /* it is a table */
    uint64_t pending_from;      /* number of the first family that was made inside */
};

struct discover {
    struct discover_options options;
    struct buf path; /* the last key */
    struct folder *open;
    size_t n_open, cap_open;
    struct family **pending; /* a ring would do; families are few */
    size_t n_pending, cap_pending;
    uint64_t n_released; /* families that left pending at its front */
    size_t pending_bytes;
};

/* Put a family where it waits for the folders around it; false: found() failed. */
MUST_USE bool discover_pend(struct discover *d, struct family *f, struct err *err);
/* Drop families that were made inside of this folder. */
void discover_drop_inside(struct discover *d, const struct folder *folder);

/* Does a pattern of the configuration decide about this object?  Then it has its place. */
bool overrides_take(struct discover *d, const struct discover_object *object);
/* A hash of all patterns. */
uint64_t overrides_digest(const struct discover_overrides *overrides);

void folder_release(struct folder *folder);

/* The innermost folder is left: its groups become a family or go to the folder around it. */
MUST_USE bool discover_leave(struct discover *d, struct err *err);

struct family {
    struct arena arena;
    struct str uri;      /* unique among families */
    struct str root;     /* uri of the folder */
    struct str base_uri; /* of keys */
    struct totals data, all;
    struct group **parts;
    size_t n_parts, cap_parts;
    bool is_declared;          /* by a pattern of the configuration */
    bool is_whole;             /* a marker or a notebook says that the folder is one dataset */
    uint64_t said;             /* a hash of what notebooks and patterns say of it; 0: nothing */
    struct table_log *log;     /* of a table */
    bool is_rest;              /* patterns of the configuration took other objects of the folder */
    struct str error;          /* the first thing that could not be read, and why; "" if none */
    size_t at_part, at_sample; /* the sample that is read next, or is being read */
    bool is_log_done;          /* nothing more of the log is wanted */
    size_t cost_bytes;         /* for the bound of pending */
};

struct family *family_new(const struct discover *d, struct str root_key);
void family_take_part(struct family *f, struct group *g);
void family_warn(struct family *f, struct dataset *ds, const char *fmt, ...) PRINTF(3, 4);

#endif
