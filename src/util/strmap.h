/*
 * strmap: names to pointers, in an arena.
 *
 * Keys are borrowed and must live as long as the map; values are not owned.  There is no removal:
 * put NULL.  Hashing is keyed by a random seed of the process, so that input cannot choose
 * collisions; iteration is in the order of the first insertion and therefore deterministic.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UTIL_STRMAP_H
#define UTIL_STRMAP_H

#include "util/arena.h"

struct strmap_entry {
    struct str key;
    void *value;
    uint64_t hash;
};

struct strmap_slot {
    uint32_t entry; /* index into entries plus 1; 0 is free */
    uint32_t hash;  /* the upper half: most other keys are told apart without their entry */
};

struct strmap {
    struct arena *arena;
    struct strmap_entry *entries; /* in order of insertion */
    size_t n, cap;
    struct strmap_slot *slots;
    size_t n_slots; /* 0 or a power of two */
};

/* The arena owns the map's tables and must outlive it. */
void strmap_init(struct strmap *m, struct arena *a);

/* The value, or NULL when the key is absent. */
void *strmap_get(const struct strmap *m, struct str key);
/* The same with the key's str_hash(), for one key in several maps. */
void *strmap_get_hashed(const struct strmap *m, struct str key, uint64_t hash);
bool strmap_has(const struct strmap *m, struct str key);
/* Set or replace. */
void strmap_put(struct strmap *m, struct str key, void *value);

/* A seeded 64-bit hash (wyhash-like mixing), not for anything that is stored. */
uint64_t str_hash(struct str s);

#endif
