/* kinds_internal: the rules as a table that can be looked up; shared by kinds.c and kinds_rules.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CATALOG_KINDS_INTERNAL_H
#define CATALOG_KINDS_INTERNAL_H

#include "catalog/kinds.h"

enum kind_signal {
    SIGNAL_LIBRARY,
    SIGNAL_CALL,
    SIGNAL_NAME,
    SIGNAL_HEADING,
    SIGNAL_TITLE,
    SIGNAL_TEXT,
    SIGNAL_MAGIC,
    SIGNAL_REFERENCE,
    SIGNAL_VIA,
    SIGNAL_COUNT,
    SIGNAL_N
};

struct kind_rule {
    const char *name;
    enum process process;
    unsigned weight;
    enum kind_signal signal;
    unsigned least; /* places that must show it */
    struct str patterns;
};

size_t kind_n_rules(void);
const struct kind_rule *kind_rule_at(size_t i);

/* One pattern; the rules that it belongs to are in a list. */
struct kind_pattern {
    struct str text; /* without the "." in front */
    enum kind_signal signal;
    bool is_method; /* ".fit" */
    size_t rule;
    struct kind_pattern *next; /* of the same text and signal; or NULL */
};

/* Of a word, byte by byte from 0 on. */
static inline uint32_t kind_word_hash(uint32_t before, char c)
{
    return before * 31 + (unsigned char)c;
}
enum { KIND_HEADS = 8192 };

/* All patterns of one signal by their text. */
struct kind_patterns {
    struct kind_pattern **slots; /* open addressing */
    size_t n_slots;              /* a power of two */
    /* By the first byte, which lengths there are (31: that and longer): most names end here. */
    uint32_t lengths[256];
    size_t most_words; /* of a pattern: 1 .. 4 */
    /* By kind_word_hash() of the first word, is there a pattern that begins with it? */
    uint64_t heads[KIND_HEADS / 64];
};

/* a: owns the tables.  Patterns borrow from the rules. */
void kind_patterns_make(struct arena *a, struct kind_patterns tables[SIGNAL_N]);

/* The first pattern of that text, or NULL. */
const struct kind_pattern *kind_patterns_look_up(const struct kind_patterns *table,
                                                 struct str text);

/* The same; most texts end at the first test. */
static inline const struct kind_pattern *kind_patterns_find(const struct kind_patterns *table,
                                                            struct str text)
{
    if (text.len == 0 ||
        (table->lengths[(unsigned char)text.ptr[0]] & 1U << (text.len < 31 ? text.len : 31)) == 0)
        return NULL;
    return kind_patterns_look_up(table, text);
}

/* False: no pattern begins with the word of that hash. */
static inline bool kind_patterns_may_begin(const struct kind_patterns *table, uint32_t hash)
{
    uint32_t bit = (hash ^ hash >> 13) % KIND_HEADS;
    return (table->heads[bit / 64] >> bit % 64 & 1) != 0;
}

#endif
