/* strmap: see strmap.h.  Open addressing with linear probing, at most three quarters full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/strmap.h"

#include <string.h>
#include <sys/random.h>

static uint64_t seed; /* set before main() */

__attribute__((constructor)) static void make_seed(void)
{
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = 0x9E3779B97F4A7C15U; /* too early in boot: weaker, but no reason to stop */
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last bytes, up to 8, as one number; those of a text of 4 to 7 may overlap. */
static uint64_t tail_of(const char *p, size_t n)
{
    uint32_t low = 0, high = 0;
    if (n >= 4) {
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return (uint64_t)high << 32 | low;
    }
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
           (uint64_t)(unsigned char)p[n - 1];
}

uint64_t str_hash(struct str s)
{
    uint64_t h = seed ^ (s.len * 0xA0761D6478BD642FU);
    while (s.len > 8) {
        uint64_t word;
        memcpy(&word, s.ptr, sizeof word);
        h = mix(h ^ word, 0xE7037ED1A0B428DBU);
        s = (struct str){ s.ptr + 8, s.len - 8 };
    }
    return mix(h ^ tail_of(s.ptr, s.len), 0x8EBC6AF09C88C6E3U);
}

void strmap_init(struct strmap *m, struct arena *a)
{
    *m = (struct strmap){ .arena = a };
}

/* The slot that holds key, or the free one where it belongs. */
static inline size_t find_slot(const struct strmap *m, struct str key, uint64_t hash)
{
    size_t at = (size_t)hash & (m->n_slots - 1);
    for (; m->slots[at].entry != 0; at = (at + 1) & (m->n_slots - 1))
        if (m->slots[at].hash == (uint32_t)(hash >> 32) &&
            str_eq(m->entries[m->slots[at].entry - 1].key, key))
            break;
    return at;
}

void *strmap_get_hashed(const struct strmap *m, struct str key, uint64_t hash)
{
    uint32_t slot = m->n == 0 ? 0 : m->slots[find_slot(m, key, hash)].entry;
    return slot == 0 ? NULL : m->entries[slot - 1].value;
}

void *strmap_get(const struct strmap *m, struct str key)
{
    return m->n == 0 ? NULL : strmap_get_hashed(m, key, str_hash(key));
}

bool strmap_has(const struct strmap *m, struct str key)
{
    return m->n > 0 && m->slots[find_slot(m, key, str_hash(key))].entry != 0;
}

static void enlarge(struct strmap *m)
{
    m->n_slots = m->n_slots == 0 ? 16 : m->n_slots * 2;
    if (m->n_slots > UINT32_MAX / 2)
        panic("a map of names grew past %zu entries", m->n);
    m->slots = ARENA_NEW_N(m->arena, struct strmap_slot, m->n_slots);
    for (size_t i = 0; i < m->n; i++) { /* all keys are different */
        uint64_t hash = m->entries[i].hash;
        size_t at = (size_t)hash & (m->n_slots - 1);
        while (m->slots[at].entry != 0)
            at = (at + 1) & (m->n_slots - 1);
        m->slots[at] = (struct strmap_slot){ (uint32_t)(i + 1), (uint32_t)(hash >> 32) };
    }
}

void strmap_put(struct strmap *m, struct str key, void *value)
{
    if (m->n_slots == 0 || (m->n + 1) * 4 > m->n_slots * 3)
        enlarge(m);
    uint64_t hash = str_hash(key);
    size_t slot = find_slot(m, key, hash);
    if (m->slots[slot].entry != 0) {
        m->entries[m->slots[slot].entry - 1].value = value;
        return;
    }
    *ARENA_PUSH(m->arena, m->entries, m->n, m->cap) =
        (struct strmap_entry){ .key = key, .value = value, .hash = hash };
    m->slots[slot] = (struct strmap_slot){ (uint32_t)m->n, (uint32_t)(hash >> 32) };
}
