/* kinds_rules: the rows of kinds.def, and their patterns by text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/kinds_internal.h"

#include "util/attrs.h"

static const struct kind_rule RULES[] = {
#define K(name, process, weight, signal, least, patterns)                                          \
    { name, PROCESS_##process, weight, SIGNAL_##signal, least, STR_INIT(patterns) },
#include "catalog/kinds.def"
#undef K
};

size_t kind_n_rules(void)
{
    return ARRAY_LEN(RULES);
}

const struct kind_rule *kind_rule_at(size_t i)
{
    return &RULES[i];
}

static size_t slot_of(struct str text)
{
    size_t h = text.len;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.ptr[i]) * 0x01000193U;
    return h ^ h >> 15;
}

static uint32_t length_bit(struct str text)
{
    return 1U << (text.len < 31 ? text.len : 31);
}

static void add(struct kind_patterns *table, struct kind_pattern *p)
{
    struct kind_pattern **slot;
    size_t words = 1;
    for (size_t i = slot_of(p->text);; i++) {
        slot = &table->slots[i & (table->n_slots - 1)];
        if (*slot == NULL || str_eq((*slot)->text, p->text))
            break;
    }
    p->next = *slot;
    *slot = p;
    table->lengths[(unsigned char)p->text.ptr[0]] |= length_bit(p->text);
    uint32_t hash = 0;
    for (size_t i = 0; i < p->text.len; i++) {
        words += p->text.ptr[i] == ' ';
        hash = words == 1 ? kind_word_hash(hash, p->text.ptr[i]) : hash;
    }
    uint32_t bit = (hash ^ hash >> 13) % KIND_HEADS;
    table->heads[bit / 64] |= (uint64_t)1 << bit % 64;
    table->most_words = words > table->most_words ? words : table->most_words;
}

/* At least as many as there are: every "|" ends one, as does the end. */
static size_t count_patterns(enum kind_signal signal)
{
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(RULES); i++) {
        if (RULES[i].signal != signal)
            continue;
        n++;
        for (size_t j = 0; j < RULES[i].patterns.len; j++)
            n += RULES[i].patterns.ptr[j] == '|';
    }
    return n;
}

/* Into room, which is moved on. */
static void add_rule(struct kind_pattern **room, struct kind_patterns *table, size_t i)
{
    struct str rest = RULES[i].patterns, text;
    bool is_more = true;
    while (is_more) {
        is_more = str_cut(rest, '|', &text, &rest);
        struct kind_pattern *p = (*room)++;
        bool is_method = str_has_prefix(text, STR("."));
        *p = (struct kind_pattern){ .text = str_from_pos(text, is_method),
                                    .signal = RULES[i].signal,
                                    .is_method = is_method,
                                    .rule = i };
        add(table, p);
    }
}

void kind_patterns_make(struct arena *a, struct kind_patterns tables[SIGNAL_N])
{
    size_t n_all = 0;
    for (int s = 0; s < SIGNAL_N; s++) {
        tables[s] = (struct kind_patterns){ .n_slots = 8 };
        size_t n = count_patterns((enum kind_signal)s);
        n_all += n;
        while (tables[s].n_slots < 2 * n)
            tables[s].n_slots *= 2;
        tables[s].slots = ARENA_NEW_N(a, struct kind_pattern *, tables[s].n_slots);
    }
    struct kind_pattern *room = ARENA_NEW_N(a, struct kind_pattern, n_all);
    for (size_t i = 0; i < ARRAY_LEN(RULES); i++)
        add_rule(&room, &tables[RULES[i].signal], i);
}

const struct kind_pattern *kind_patterns_look_up(const struct kind_patterns *table, struct str text)
{
    for (size_t i = slot_of(text);; i++) {
        const struct kind_pattern *p = table->slots[i & (table->n_slots - 1)];
        if (p == NULL || str_eq(p->text, text))
            return p;
    }
}
