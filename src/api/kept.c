/* kept: see kept.h.  Sets of a few places each; an answer can only be in the set that the hash of
 * its key chooses, so that a look-up touches some words and no list has to be kept in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kept.h"

#include "util/strmap.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { N_SETS = 1024, N_WAYS = 4 };

struct entry {
    uint64_t hash, version, used; /* used: the time by the table's own clock */
    size_t key_len, type_len, bytes_len;
    char data[]; /* key, type, bytes */
};

struct kept {
    pthread_mutex_t mutex;
    struct entry *sets[N_SETS][N_WAYS]; /* all of this under the mutex */
    size_t max_bytes, bytes, n;
    size_t hand; /* the set that gives way next */
    uint64_t clock;
};

static size_t size_of(const struct entry *e)
{
    return sizeof *e + e->key_len + e->type_len + e->bytes_len;
}

struct kept *kept_new(size_t max_bytes)
{
    struct kept *k = calloc(1, sizeof *k);
    if (k == NULL || pthread_mutex_init(&k->mutex, NULL) != 0)
        panic("no memory for the kept answers");
    k->max_bytes = max_bytes;
    return k;
}

static void drop(struct kept *k, struct entry **place)
{
    if (*place == NULL)
        return;
    k->bytes -= size_of(*place);
    k->n--;
    free(*place);
    *place = NULL;
}

void kept_free(struct kept *k)
{
    if (k == NULL)
        return;
    for (size_t s = 0; s < N_SETS; s++)
        for (size_t w = 0; w < N_WAYS; w++)
            drop(k, &k->sets[s][w]);
    pthread_mutex_destroy(&k->mutex);
    free(k);
}

static bool has_key(const struct entry *e, uint64_t hash, struct str key)
{
    return e != NULL && e->hash == hash && e->key_len == key.len &&
           memcmp(e->data, key.ptr, key.len) == 0;
}

/* Under the mutex. */
static struct entry *find(struct kept *k, struct str key, uint64_t version)
{
    uint64_t hash = str_hash(key);
    struct entry **ways = k->sets[hash % N_SETS];
    for (size_t w = 0; w < N_WAYS; w++)
        if (has_key(ways[w], hash, key) && ways[w]->version == version)
            return ways[w];
    return NULL;
}

bool kept_get(struct kept *k, struct str key, uint64_t version, struct arena *a,
              struct kept_answer *out)
{
    pthread_mutex_lock(&k->mutex);
    struct entry *e = find(k, key, version);
    if (e != NULL) {
        e->used = ++k->clock;
        const char *type = e->data + e->key_len;
        out->type = arena_str(a, (struct str){ type, e->type_len });
        out->bytes = arena_str(a, (struct str){ type + e->type_len, e->bytes_len });
    }
    pthread_mutex_unlock(&k->mutex);
    return e != NULL;
}

bool kept_has(struct kept *k, struct str key, uint64_t version)
{
    pthread_mutex_lock(&k->mutex);
    bool has = find(k, key, version) != NULL;
    pthread_mutex_unlock(&k->mutex);
    return has;
}

static struct entry *entry_new(struct str key, uint64_t version, const struct kept_answer *answer)
{
    struct entry *e = malloc(sizeof *e + key.len + answer->type.len + answer->bytes.len);
    if (e == NULL)
        panic("no memory for a kept answer");
    *e = (struct entry){ .hash = str_hash(key),
                         .version = version,
                         .key_len = key.len,
                         .type_len = answer->type.len,
                         .bytes_len = answer->bytes.len };
    memcpy(e->data, key.ptr, key.len);
    if (answer->type.len > 0) /* what is kept of a cluster has none */
        memcpy(e->data + key.len, answer->type.ptr, answer->type.len);
    memcpy(e->data + key.len + answer->type.len, answer->bytes.ptr, answer->bytes.len);
    return e;
}

/* Where the entry goes: the place of its key, else a free one, else the one unused for longest. */
static struct entry **place_for(struct kept *k, const struct entry *e)
{
    struct entry **ways = k->sets[e->hash % N_SETS], **best = &ways[0];
    for (size_t w = 0; w < N_WAYS; w++)
        if (has_key(ways[w], e->hash, (struct str){ e->data, e->key_len }))
            return &ways[w];
    for (size_t w = 0; w < N_WAYS; w++) {
        if (ways[w] == NULL)
            return &ways[w];
        if (ways[w]->used < (*best)->used)
            best = &ways[w];
    }
    return best;
}

void kept_put(struct kept *k, struct str key, uint64_t version, const struct kept_answer *answer)
{
    if (key.len > KEPT_MAX_KEY_BYTES || answer->bytes.len > KEPT_MAX_ANSWER_BYTES ||
        sizeof(struct entry) + key.len + answer->type.len + answer->bytes.len > k->max_bytes)
        return;
    struct entry *e = entry_new(key, version, answer);
    pthread_mutex_lock(&k->mutex);
    struct entry **place = place_for(k, e);
    drop(k, place);
    while (k->bytes + size_of(e) > k->max_bytes) {
        for (size_t w = 0; w < N_WAYS; w++)
            drop(k, &k->sets[k->hand][w]);
        k->hand = (k->hand + 1) % N_SETS;
    }
    e->used = ++k->clock;
    k->bytes += size_of(e);
    k->n++;
    *place = e;
    pthread_mutex_unlock(&k->mutex);
}

void kept_count(struct kept *k, size_t *n, size_t *bytes)
{
    pthread_mutex_lock(&k->mutex);
    *n = k->n;
    *bytes = k->bytes;
    pthread_mutex_unlock(&k->mutex);
}
