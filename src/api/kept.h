/*
 * kept: answers that were made before, for as long as the catalogue does not change.
 *
 * A table of a fixed size in memory, shared by all threads.  An answer is found by its request and
 * the version of the catalogue that it was made from; what is too old, too large or long unused
 * gives way.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_KEPT_H
#define API_KEPT_H

#include "util/arena.h"

struct kept;

struct kept_answer {
    struct str type; /* of the header Content-Type */
    struct str bytes;
};

enum { KEPT_MAX_KEY_BYTES = 2048, KEPT_MAX_ANSWER_BYTES = 128 * 1024 };

/* max_bytes: of all answers with their keys; 0: nothing is kept. */
struct kept *kept_new(size_t max_bytes);
/* Accepts NULL. */
void kept_free(struct kept *k);

/* The answer to the request with that key, made at that version; copied into the arena. */
bool kept_get(struct kept *k, struct str key, uint64_t version, struct arena *a,
              struct kept_answer *out);
/* Is there one?  Says nothing about a moment later. */
bool kept_has(struct kept *k, struct str key, uint64_t version);
/* Keep a copy, in place of an older one with that key; nothing when key or answer are too large. */
void kept_put(struct kept *k, struct str key, uint64_t version, const struct kept_answer *answer);

/* Answers that are kept, and their bytes. */
void kept_count(struct kept *k, size_t *n, size_t *bytes);

#endif
