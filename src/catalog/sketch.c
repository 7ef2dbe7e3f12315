/*
 * sketch: one-permutation minhash of runs of tokens; see sketch.h.
 *
 * Every constant here is part of what is stored: changing one makes old sketches incomparable.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/sketch.h"

#include "catalog/code_token.h"

#include <string.h>

/* Fewer runs say too little: two short notebooks are alike by chance. */
enum { LEAST_RUNS = 16 };
/* Leaders that are compared of one band: past it they share boilerplate, not content. */
enum { MOST_OF_BAND = 64 };

/* ---- hashes ---- */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xe9846af9b1a615dU;
    h ^= h >> 32;
    h *= 0xe9846af9b1a615dU;
    h ^= h >> 28;
    return h;
}

static uint64_t hash_name(struct str name)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (unsigned char)name.ptr[i]) * 0x100000001b3U;
    return h;
}

static uint64_t hash_token(const struct code_token *t)
{
    switch (t->kind) {
    case CODE_TOKEN_NAME:
        return hash_name(t->text);
    case CODE_TOKEN_NUMBER:
        return 1;
    case CODE_TOKEN_TEXT:
        return 2;
    case CODE_TOKEN_SIGN:
        break;
    }
    return 256U + (unsigned char)t->text.ptr[0];
}

/* ---- making ---- */

void sketch_begin(struct sketch_maker *m)
{
    *m = (struct sketch_maker){ .n_runs = 0 };
    memset(m->least, 0xff, sizeof m->least);
}

static void add_run(struct sketch_maker *m, const uint64_t *tokens, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ tokens[i]) * 0x9e3779b97f4a7c15U + (h >> 29);
    h = mix(h);
    size_t lane = h >> 58;
    uint64_t value = h & (UINT64_MAX >> 6);
    if (value < m->least[lane])
        m->least[lane] = value;
    m->n_runs++;
}

void sketch_add(struct sketch_maker *m, const struct code_token *t)
{
    if (m->n_tokens >= SKETCH_RUN)
        memmove(m->last, m->last + 1, sizeof m->last - sizeof m->last[0]);
    m->last[m->n_tokens < SKETCH_RUN ? m->n_tokens : SKETCH_RUN - 1] = hash_token(t);
    if (++m->n_tokens >= SKETCH_RUN)
        add_run(m, m->last, SKETCH_RUN);
}

void sketch_end_cell(struct sketch_maker *m)
{
    if (m->n_tokens > 0 && m->n_tokens < SKETCH_RUN)
        add_run(m, m->last, m->n_tokens);
    m->n_tokens = 0;
}

/* An empty lane takes what another has, always asking them in the same order. */
static uint64_t borrowed(const struct sketch_maker *m, size_t lane)
{
    for (uint64_t try = 1;; try++) {
        size_t other = mix(((uint64_t)lane << 32) + try) >> 58;
        if (m->least[other] != UINT64_MAX)
            return m->least[other];
    }
}

void sketch_end(const struct sketch_maker *m, struct sketch *out)
{
    *out = (struct sketch){ .is_empty = m->n_runs < LEAST_RUNS };
    for (size_t i = 0; i < SKETCH_LANES && !out->is_empty; i++) {
        uint64_t value = m->least[i] != UINT64_MAX ? m->least[i] : borrowed(m, i);
        out->lanes[i] = (uint16_t)(value & 0xffff);
    }
}

void sketch_make(const struct notebook *nb, struct sketch *out)
{
    struct sketch_maker m;
    enum code_language kernel = notebook_code_language(nb);
    sketch_begin(&m);
    for (size_t i = 0; i < nb->n_cells; i++) {
        struct code_piece piece;
        struct code_tokens tokens;
        struct code_token t;
        if (nb->cells[i].kind != CELL_CODE)
            continue;
        cell_read(&nb->cells[i], kernel, &piece);
        code_tokens_init(&tokens, piece.text, piece.language, piece.first_line);
        while (code_token_next(&tokens, &t))
            sketch_add(&m, &t);
        sketch_end_cell(&m);
    }
    sketch_end(&m, out);
}

/* ---- comparing ---- */

unsigned sketch_equal_lanes(const struct sketch *a, const struct sketch *b)
{
    unsigned n = 0;
    if (a->is_empty || b->is_empty)
        return 0;
    for (size_t i = 0; i < SKETCH_LANES; i++)
        n += a->lanes[i] == b->lanes[i];
    return n;
}

void sketch_keys(const struct sketch *s, uint64_t keys[SKETCH_BANDS])
{
    enum { LANES_OF_BAND = SKETCH_LANES / SKETCH_BANDS };
    for (size_t band = 0; band < SKETCH_BANDS; band++) {
        uint64_t key = 0;
        for (size_t i = 0; i < LANES_OF_BAND; i++)
            key = key << 16 | s->lanes[band * LANES_OF_BAND + i];
        keys[band] = mix(key ^ (band + 1) * 0x9e3779b97f4a7c15U);
    }
}

size_t sketch_choose(const struct sketch *s, const struct sketch *leaders, size_t n)
{
    size_t best = SIZE_MAX;
    unsigned best_lanes = SKETCH_NEAR - 1;
    for (size_t i = 0; i < n; i++) {
        unsigned lanes = sketch_equal_lanes(s, &leaders[i]);
        if (lanes > best_lanes) {
            best = i;
            best_lanes = lanes;
        }
    }
    return best;
}

/* ---- storing ---- */

void sketch_write(const struct sketch *s, unsigned char bytes[SKETCH_BYTES])
{
    for (size_t i = 0; i < SKETCH_LANES; i++) {
        bytes[2 * i] = (unsigned char)(s->lanes[i] & 0xff);
        bytes[2 * i + 1] = (unsigned char)(s->lanes[i] >> 8);
    }
}

bool sketch_read(struct str bytes, struct sketch *out)
{
    if (bytes.len != 0 && bytes.len != SKETCH_BYTES)
        return false;
    *out = (struct sketch){ .is_empty = bytes.len == 0 };
    for (size_t i = 0; i < bytes.len / 2; i++) {
        unsigned low = (unsigned char)bytes.ptr[2 * i], high = (unsigned char)bytes.ptr[2 * i + 1];
        out->lanes[i] = (uint16_t)(low | high << 8);
    }
    return true;
}

/* ---- grouping in memory ---- */

struct bands {
    struct band {
        uint64_t key;
        size_t leader, next; /* next: index in items plus 1; 0 ends */
    } * items;
    size_t *heads; /* by key; index in items plus 1 */
    size_t n, n_heads;
};

struct best {
    size_t leader;
    unsigned lanes;
};

static void look_up(const struct bands *b, const struct sketch *sketches, size_t i, uint64_t key,
                    struct best *best)
{
    unsigned n = 0;
    for (size_t at = b->heads[key & (b->n_heads - 1)]; at != 0 && n < MOST_OF_BAND;) {
        const struct band *band = &b->items[at - 1];
        at = band->next;
        if (band->key != key)
            continue;
        n++;
        unsigned lanes = sketch_equal_lanes(&sketches[i], &sketches[band->leader]);
        if (lanes > best->lanes || (lanes == best->lanes && band->leader < best->leader))
            *best = (struct best){ band->leader, lanes };
    }
}

static void add_leader(struct bands *b, const uint64_t keys[SKETCH_BANDS], size_t leader)
{
    for (size_t k = 0; k < SKETCH_BANDS; k++) {
        size_t *head = &b->heads[keys[k] & (b->n_heads - 1)];
        b->items[b->n++] = (struct band){ keys[k], leader, *head };
        *head = b->n;
    }
}

void sketch_group(struct arena *a, const struct sketch *sketches, size_t n, size_t *groups)
{
    struct bands b = { .n_heads = 1 };
    while (b.n_heads < n * SKETCH_BANDS)
        b.n_heads *= 2;
    b.heads = ARENA_NEW_N(a, size_t, b.n_heads);
    b.items = ARENA_NEW_N(a, struct band, n * SKETCH_BANDS);
    for (size_t i = 0; i < n; i++) {
        uint64_t keys[SKETCH_BANDS];
        struct best best = { i, SKETCH_NEAR - 1 };
        groups[i] = i;
        if (sketches[i].is_empty)
            continue;
        sketch_keys(&sketches[i], keys);
        for (size_t k = 0; k < SKETCH_BANDS; k++)
            look_up(&b, sketches, i, keys[k], &best);
        groups[i] = best.lanes >= SKETCH_NEAR ? best.leader : i;
        if (groups[i] == i)
            add_leader(&b, keys, i);
    }
}
