/*
 * json_push_skip: what nobody wants, which is most of a notebook: checked as strictly as the rest.
 *
 * One loop with its state in registers takes whole tokens.  Whatever is unusual (an error, what the
 * chunk cuts, the end of the container) is left to the state machine, which sees the same bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/json_push_internal.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Bytes that may be looked at behind any position of the loop: it ends earlier in a chunk. */
enum { BLOCK = 64, MARGIN = 2 * BLOCK };

/* A bit for each byte of the block at p that is not plain inside a string. */
static inline uint64_t stops(const char *p)
{
#ifdef __SSE2__
    uint64_t low = push_stops(p) | push_stops(p + 16) << 16;
    uint64_t high = push_stops(p + 32) | push_stops(p + 48) << 16;
    return low | high << 32;
#else
    uint64_t mask = 0;
    for (unsigned i = 0; i < BLOCK; i++)
        mask |= (uint64_t)((signed char)p[i] < ' ' || p[i] == '"' || p[i] == '\\') << i;
    return mask;
#endif
}

/* What is no plain byte at p, and no quote: the bytes that may be passed, 0: the states say. */
static inline size_t special_size(const char *p)
{
    if (*p == '\\')
        return push_escape_size(p);
    return (signed char)*p < 0 ? push_character_size(p) : 0;
}

/* From inside a string to behind its quote, or to the first byte that the states must see, with
 * *is_whole false. */
typedef const char *pass_whole_fn(const char *p, const char *end, bool *is_whole);

static ALWAYS_INLINE const char *pass_whole_by(uint64_t (*stops_of)(const char *p), const char *p,
                                               const char *end, bool *is_whole)
{
    *is_whole = false;
    while (end - p >= MARGIN) {
        const char *next = p + BLOCK;
        for (uint64_t mask = stops_of(p); mask != 0;) {
            unsigned at = (unsigned)__builtin_ctzll(mask);
            if (p[at] == '"') {
                *is_whole = true;
                return p + at + 1;
            }
            size_t size = special_size(p + at);
            if (size == 0)
                return p + at;
            if (at + size >= BLOCK) {
                next = p + at + size;
                break;
            }
            mask &= UINT64_MAX << (at + size);
        }
        p = next;
    }
    return p;
}

static const char *pass_whole_plain(const char *p, const char *end, bool *is_whole)
{
    return pass_whole_by(stops, p, end, is_whole);
}

#ifdef __x86_64__
/* The same with twice as wide registers, for processors that have them: most of a notebook is
 * pictures, and this loop is most of what reading them takes. */
__attribute__((target("avx2"))) static inline uint64_t stops_avx2(const char *p)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < BLOCK; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i is_low = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes);
        __m256i is_mark = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                          _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
        uint32_t half = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(is_low, is_mark));
        mask |= (uint64_t)half << i;
    }
    return mask;
}

__attribute__((target("avx2"))) static const char *pass_whole_avx2(const char *p, const char *end,
                                                                   bool *is_whole)
{
    return pass_whole_by(stops_avx2, p, end, is_whole);
}
#endif

static pass_whole_fn *choose_pass_whole(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return pass_whole_avx2;
#endif
    return pass_whole_plain;
}

/* The end of true, false or null at p, or NULL. */
static const char *pass_literal(const char *p)
{
    if (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0)
        return p + 4;
    return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
}

struct skip {
    pass_whole_fn *pass_whole;
    const char *p;
    unsigned depth;
    enum state state;
    bool is_over; /* the states go on at p */
};

/* A string begins behind p. */
static void pass_string(struct json_push *j, struct skip *s, const char *p, const char *end,
                        bool is_key)
{
    bool is_whole;
    s->p = s->pass_whole(p, end, &is_whole);
    s->state = is_key ? S_COLON : S_COMMA_OR_END;
    if (is_whole)
        return;
    s->state = S_STRING;
    s->is_over = true;
    j->wanted = false;
    j->in_key = is_key;
    j->high_surrogate = 0;
}

static void pass_value(struct json_push *j, struct skip *s, const char *p, const char *end)
{
    const char *behind = NULL;
    switch (*p) {
    case '"':
        pass_string(j, s, p + 1, end, false);
        return;
    case '{':
    case '[':
        if (s->depth == LIMIT_DEPTH)
            break;
        j->is_object[++s->depth] = *p == '{';
        s->state = *p == '{' ? S_KEY_OR_END : S_VALUE_OR_END;
        s->p = p + 1;
        return;
    case 't':
    case 'f':
    case 'n':
        behind = pass_literal(p);
        break;
    default:
        if (*p == '-' || (*p >= '0' && *p <= '9'))
            behind = push_whole_number(p, end);
        break;
    }
    s->is_over = behind == NULL;
    if (behind == NULL)
        return;
    s->p = behind;
    s->state = S_COMMA_OR_END;
}

/* At the end of a container: that which is passed over is the states' to close. */
static void pass_end(const struct json_push *j, struct skip *s, const char *p)
{
    s->is_over = s->depth == j->skip_depth;
    if (s->is_over)
        return;
    s->depth--;
    s->state = S_COMMA_OR_END;
    s->p = p + 1;
}

static void pass_token(struct json_push *j, struct skip *s, const char *p, const char *end)
{
    bool in_object = j->is_object[s->depth];
    switch (s->state) {
    case S_COMMA_OR_END:
        if (*p == (in_object ? '}' : ']')) {
            pass_end(j, s, p);
        } else if (*p == ',') {
            s->state = in_object ? S_KEY : S_VALUE;
            s->p = p + 1;
        } else {
            s->is_over = true;
        }
        return;
    case S_COLON:
        s->is_over = *p != ':';
        s->state = *p == ':' ? S_VALUE : S_COLON;
        s->p = p + (*p == ':');
        return;
    case S_KEY:
    case S_KEY_OR_END:
        if (*p == '"')
            pass_string(j, s, p + 1, end, true);
        else if (*p == '}' && s->state == S_KEY_OR_END)
            pass_end(j, s, p);
        else
            s->is_over = true;
        return;
    case S_VALUE_OR_END:
        if (*p == ']') {
            pass_end(j, s, p);
            return;
        }
        FALLTHROUGH;
    case S_VALUE:
        pass_value(j, s, p, end);
        return;
    default:
        s->is_over = true;
        return;
    }
}

const char *push_skip(struct json_push *j, const char *p, const char *end)
{
    struct skip s = { choose_pass_whole(), p, j->depth, (enum state)j->state, false };
    while (!s.is_over && end - s.p >= MARGIN) {
        s.p = push_space(j, s.p, end);
        if (end - s.p >= MARGIN)
            pass_token(j, &s, s.p, end);
    }
    j->depth = s.depth;
    j->state = (uint8_t)s.state;
    return s.p;
}
