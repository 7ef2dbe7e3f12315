/*
 * pure_regex: see pure_regex.h.  The pattern becomes instructions of a machine that tries one way
 * after the other and remembers where others began.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/pure_regex.h"

#include "lineage/hole.h"
#include "lineage/value_internal.h"
#include "util/scan.h"

#include <string.h>

#define MAX_INSTRUCTIONS 2000U
#define MAX_REPEAT 200U
#define MAX_NESTING 30U
#define MAX_STEPS 200000U
#define MAX_WAYS 20000U

enum action { DO_SET, DO_SAVE, DO_SPLIT, DO_JUMP, DO_BEGIN, DO_END, DO_BOUNDARY, DO_DONE };

/* Jumps are relative, so that code can be moved and copied. */
struct regex_instruction {
    enum action op;
    int32_t first, second; /* SPLIT: tried in this order; JUMP: first; SAVE: the slot */
    const uint8_t *set;    /* 256 bits: the bytes that are taken */
    bool takes_others;     /* SET: characters that are not ASCII as a whole */
};

struct compiler {
    struct arena *a;
    struct scan in;
    struct regex *re;
    unsigned depth;
    bool class_takes_others; /* the class that is being read */
};

static struct regex_instruction *emit(struct compiler *c, enum action op)
{
    struct regex *re = c->re;
    struct regex_instruction *i = ARENA_PUSH(c->a, re->code, re->n, re->cap);
    i->op = op;
    return i;
}

/* Make room for one instruction in front of what begins at at. */
static struct regex_instruction *emit_before(struct compiler *c, size_t at, enum action op)
{
    emit(c, op);
    struct regex_instruction *code = c->re->code;
    memmove(code + at + 1, code + at, (c->re->n - 1 - at) * sizeof *code);
    code[at] = (struct regex_instruction){ .op = op };
    return code + at;
}

static void set_add(uint8_t *set, unsigned c)
{
    set[c / 8] = (uint8_t)(set[c / 8] | 1U << c % 8);
}

static bool set_has(const uint8_t *set, unsigned char c)
{
    return (set[c / 8] >> c % 8 & 1) != 0;
}

static void set_add_range(uint8_t *set, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to && c < 128; c++)
        set_add(set, c);
}

/* The class of an escape or of a POSIX name; false if it is none. */
static bool add_class(uint8_t *set, char name)
{
    switch (name) {
    case 'w':
        set_add(set, '_');
        FALLTHROUGH;
    case 'n': /* alnum */
        set_add_range(set, '0', '9');
        FALLTHROUGH;
    case 'a': /* alpha */
        set_add_range(set, 'a', 'z');
        set_add_range(set, 'A', 'Z');
        return true;
    case 'd':
        set_add_range(set, '0', '9');
        return true;
    case 's':
        set_add(set, ' ');
        set_add_range(set, '\t', '\r');
        return true;
    case 'l':
        set_add_range(set, 'a', 'z');
        return true;
    case 'u':
        set_add_range(set, 'A', 'Z');
        return true;
    case 'p': /* punct */
        set_add_range(set, '!', '/');
        set_add_range(set, ':', '@');
        set_add_range(set, '[', '`');
        set_add_range(set, '{', '~');
        return true;
    default:
        return false;
    }
}

static void set_invert(uint8_t *set)
{
    for (size_t i = 0; i < 16; i++)
        set[i] = (uint8_t)~set[i];
}

static void set_fold(uint8_t *set)
{
    for (unsigned c = 'a'; c <= 'z'; c++)
        if (set_has(set, (unsigned char)c) || set_has(set, (unsigned char)(c - 32))) {
            set_add(set, c);
            set_add(set, c - 32);
        }
}

/* One character of the set; a hole is taken where letters are. */
static void emit_set(struct compiler *c, uint8_t *set, bool takes_others)
{
    if (c->re->ignores_case)
        set_fold(set);
    uint8_t hole = (uint8_t)(1U << HOLE_BYTE % 8);
    set[HOLE_BYTE / 8] = (uint8_t)(set[HOLE_BYTE / 8] & ~hole);
    if (takes_others || (set_has(set, 'a') && set_has(set, 'z')))
        set_add(set, HOLE_BYTE);
    struct regex_instruction *i = emit(c, DO_SET);
    i->set = set;
    i->takes_others = takes_others;
}

static void emit_bytes(struct compiler *c, struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t *set = arena_alloc(c->a, 32);
        unsigned char b = (unsigned char)bytes.ptr[i];
        set_add(set, b);
        emit_set(c, set, false);
    }
}

static const struct {
    struct str name;
    char class;
} posix_classes[] = {
    { STR_INIT("alnum:]"), 'n' }, { STR_INIT("alpha:]"), 'a' }, { STR_INIT("digit:]"), 'd' },
    { STR_INIT("lower:]"), 'l' }, { STR_INIT("punct:]"), 'p' }, { STR_INIT("space:]"), 's' },
    { STR_INIT("upper:]"), 'u' },
};

static bool scan_posix_class(struct compiler *c, uint8_t *set)
{
    if (!scan_str(&c->in, STR("[:")))
        return false;
    for (size_t i = 0; i < sizeof posix_classes / sizeof *posix_classes; i++)
        if (scan_str(&c->in, posix_classes[i].name))
            return add_class(set, posix_classes[i].class);
    return false;
}

static char escaped_char(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
}

/* One character of a class, or -1: a class of its own was added, -2: it cannot be. */
static int class_char(struct compiler *c, uint8_t *set)
{
    char b = *c->in.at++;
    if ((unsigned char)b >= 0x80)
        return -2;
    if (b != '\\' || scan_is_done(&c->in))
        return b;
    b = *c->in.at++;
    /* letters that are not ASCII are letters */
    c->class_takes_others = c->class_takes_others || b == 'w' || b == 'D' || b == 'S';
    if (add_class(set, b))
        return b == 'w' || b == 'd' || b == 's' ? -1 : -2;
    if (b == 'W' || b == 'D' || b == 'S') {
        uint8_t other[32] = { 0 };
        add_class(other, (char)(b | 0x20));
        set_invert(other);
        for (size_t i = 0; i < 16; i++)
            set[i] = (uint8_t)(set[i] | other[i]);
        return -1;
    }
    return escaped_char(b);
}

/* "[...]", behind its bracket. */
static bool parse_class(struct compiler *c)
{
    uint8_t *set = arena_alloc(c->a, 32);
    bool is_negated = scan_char(&c->in, '^'), is_first = true;
    c->class_takes_others = false;
    for (;; is_first = false) {
        if (scan_is_done(&c->in))
            return false;
        if (!is_first && scan_char(&c->in, ']'))
            break;
        if (*c->in.at == '[' && c->in.at + 1 < c->in.end && c->in.at[1] == ':') {
            if (!scan_posix_class(c, set))
                return false;
            continue;
        }
        int from = class_char(c, set), to = from;
        if (from == -2)
            return false;
        if (from >= 0 && c->in.at + 1 < c->in.end && *c->in.at == '-' && c->in.at[1] != ']') {
            c->in.at++;
            to = class_char(c, set);
        }
        if (to == -2 || (from >= 0 && to < from))
            return false;
        if (from >= 0)
            set_add_range(set, (unsigned)from, (unsigned)to);
    }
    if (c->re->ignores_case)
        set_fold(set);
    if (is_negated)
        set_invert(set);
    emit_set(c, set, is_negated != c->class_takes_others);
    return true;
}

static bool parse_escape(struct compiler *c)
{
    if (scan_is_done(&c->in))
        return false;
    char b = *c->in.at++;
    uint8_t *set = arena_alloc(c->a, 32);
    if (b == 'w' || b == 'd' || b == 's') {
        add_class(set, b);
        emit_set(c, set, b == 'w');
    } else if (b == 'W' || b == 'D' || b == 'S') {
        add_class(set, (char)(b | 0x20));
        set_invert(set);
        emit_set(c, set, b != 'W');
    } else if (b == 'b') {
        emit(c, DO_BOUNDARY);
    } else if (b == 'A') {
        emit(c, DO_BEGIN);
    } else if (b == 'Z' || b == 'z') {
        emit(c, DO_END);
    } else if ((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || strchr("xupkghevQ", b) != NULL) {
        return false;
    } else {
        char plain = escaped_char(b);
        emit_bytes(c, (struct str){ &plain, 1 });
    }
    return true;
}

static bool parse_alternatives(struct compiler *c);

static bool is_name_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* "(...)", behind its parenthesis. */
static bool parse_group(struct compiler *c)
{
    struct str name = STR_EMPTY;
    bool captures = true;
    if (scan_str(&c->in, STR("?:"))) {
        captures = false;
    } else if (scan_str(&c->in, STR("?P<")) || scan_str(&c->in, STR("?<"))) {
        if (!scan_until(&c->in, '>', &name) || name.len == 0 || !is_name_char(name.ptr[0]))
            return false; /* "(?<=" looks behind */
    } else if (!scan_is_done(&c->in) && *c->in.at == '?') {
        return false;
    }
    size_t group = c->re->n_groups;
    if (captures && c->re->n_groups++ >= REGEX_MAX_GROUPS)
        return false;
    if (captures) {
        c->re->names[group] = name;
        emit(c, DO_SAVE)->first = (int32_t)(2 * group);
    }
    if (c->depth++ > MAX_NESTING || !parse_alternatives(c) || !scan_char(&c->in, ')'))
        return false;
    c->depth--;
    if (captures)
        emit(c, DO_SAVE)->first = (int32_t)(2 * group + 1);
    return true;
}

static bool parse_atom(struct compiler *c)
{
    char b = *c->in.at;
    size_t size = utf8_size((unsigned char)b);
    if (b == '*' || b == '+' || b == '?' || size > (size_t)(c->in.end - c->in.at))
        return false;
    c->in.at += size;
    switch (b) {
    case '(':
        return parse_group(c);
    case '[':
        return parse_class(c);
    case '\\':
        return parse_escape(c);
    case '^':
        emit(c, DO_BEGIN);
        return true;
    case '$':
        emit(c, DO_END);
        return true;
    case '.': {
        uint8_t *set = arena_alloc(c->a, 32);
        set_add(set, '\n');
        set_invert(set);
        emit_set(c, set, true);
        return true;
    }
    default:
        emit_bytes(c, (struct str){ c->in.at - size, size });
        return true;
    }
}

static void emit_split(struct regex_instruction *i, int32_t in, int32_t past, bool is_lazy)
{
    i->first = is_lazy ? past : in;
    i->second = is_lazy ? in : past;
}

static void emit_star(struct compiler *c, size_t start, bool is_lazy)
{
    int32_t size = (int32_t)(c->re->n - start);
    emit_split(emit_before(c, start, DO_SPLIT), 1, size + 2, is_lazy);
    emit(c, DO_JUMP)->first = -(size + 1);
}

static void emit_optional(struct compiler *c, size_t start, bool is_lazy)
{
    int32_t size = (int32_t)(c->re->n - start);
    emit_split(emit_before(c, start, DO_SPLIT), 1, size + 1, is_lazy);
}

/* The code from start is what is repeated min to max times; max 0: without end. */
static bool emit_repeat(struct compiler *c, size_t start, uint64_t min, uint64_t max, bool is_lazy)
{
    size_t size = c->re->n - start;
    struct regex_instruction *body = ARENA_NEW_N(c->a, struct regex_instruction, size + 1);
    memcpy(body, c->re->code + start, size * sizeof *body);
    c->re->n = start;
    uint64_t copies = max == 0 ? min + 1 : max;
    if (copies * (size + 2) + start > MAX_INSTRUCTIONS)
        return false;
    for (uint64_t i = 0; i < copies; i++) {
        size_t at = c->re->n;
        for (size_t j = 0; j < size; j++)
            *emit(c, DO_SET) = body[j];
        if (i >= min && max == 0)
            emit_star(c, at, is_lazy);
        else if (i >= min)
            emit_optional(c, at, is_lazy);
    }
    return true;
}

static bool parse_repeated(struct compiler *c)
{
    size_t start = c->re->n;
    uint64_t min = 1, max = 1;
    if (c->re->n > MAX_INSTRUCTIONS || !parse_atom(c))
        return false;
    struct scan before = c->in;
    if (scan_char(&c->in, '*')) {
        min = max = 0;
    } else if (scan_char(&c->in, '+')) {
        max = 0;
    } else if (scan_char(&c->in, '?')) {
        min = 0;
    } else if (scan_char(&c->in, '{')) {
        bool has_min = scan_u64(&c->in, MAX_REPEAT, &min), has_max = true;
        max = min;
        if (scan_char(&c->in, ','))
            has_max = scan_u64(&c->in, MAX_REPEAT, &max);
        min = has_min ? min : 0;
        max = has_max ? max : 0;
        if (!scan_char(&c->in, '}') || (!has_min && !has_max) || (max != 0 && max < min) ||
            (max == 0 && has_max)) {
            c->in = before;
            return false;
        }
    } else {
        return true;
    }
    bool is_lazy = scan_char(&c->in, '?');
    if (!is_lazy && scan_char(&c->in, '+'))
        return false;
    return emit_repeat(c, start, min, max, is_lazy);
}

static bool parse_alternatives(struct compiler *c)
{
    size_t start = c->re->n;
    for (;;) {
        while (!scan_is_done(&c->in) && *c->in.at != '|' && *c->in.at != ')')
            if (!parse_repeated(c))
                return false;
        if (!scan_char(&c->in, '|'))
            return true;
        /* split to this one or the rest; this one ends in a jump past the rest */
        int32_t size = (int32_t)(c->re->n - start);
        emit_split(emit_before(c, start, DO_SPLIT), 1, size + 2, false);
        size_t jump = c->re->n;
        emit(c, DO_JUMP);
        if (c->depth++ > MAX_NESTING || !parse_alternatives(c))
            return false;
        c->depth--;
        c->re->code[jump].first = (int32_t)(c->re->n - jump);
        return true;
    }
}

bool regex_compile(struct arena *a, struct str pattern, bool ignores_case, struct regex *out)
{
    struct regex re = { .n_groups = 1, .ignores_case = ignores_case };
    struct compiler c = { .a = a, .in = scan_init(pattern), .re = &re };
    if (str_find_char(pattern, HOLE_BYTE) != SIZE_MAX)
        return false;
    if (scan_str(&c.in, STR("(?i)")))
        re.ignores_case = true;
    if (!parse_alternatives(&c) || !scan_is_done(&c.in) || re.n > MAX_INSTRUCTIONS)
        return false;
    emit(&c, DO_DONE);
    *out = re;
    return true;
}

/* ---- running ---- */

/* A way that was not taken: where it goes on, or a slot's value that it had. */
struct way {
    size_t at;
    size_t pc;
    int32_t slot; /* -1: go on at pc; else at is the slot's value */
};

struct machine {
    struct arena *a;
    const struct regex *re;
    struct str text;
    size_t *slots;
    struct way *ways;
    size_t n_ways, cap;
    size_t steps;
    size_t not_end; /* a match may not end there; SIZE_MAX: it may end anywhere */
    bool must_end;
};

static bool is_word(struct str s, size_t at)
{
    return at < s.len &&
           (is_name_char(s.ptr[at]) || s.ptr[at] == HOLE_BYTE || (unsigned char)s.ptr[at] >= 0x80);
}

/* How far an instruction that takes no way or slot goes on; SIZE_MAX: it fails. */
static size_t step(const struct machine *m, const struct regex_instruction *i, size_t at)
{
    struct str s = m->text;
    switch (i->op) {
    case DO_BEGIN:
        return at == 0 ? 0 : SIZE_MAX;
    case DO_END:
        return at == s.len || (at + 1 == s.len && s.ptr[at] == '\n') ? at : SIZE_MAX;
    case DO_BOUNDARY:
        return is_word(s, at) != (at > 0 && is_word(s, at - 1)) ? at : SIZE_MAX;
    case DO_DONE:
        return (m->must_end && at < s.len) || at == m->not_end ? SIZE_MAX : at;
    default:
        break;
    }
    if (at >= s.len)
        return SIZE_MAX;
    unsigned char c = (unsigned char)s.ptr[at];
    if (set_has(i->set, c))
        return at + 1;
    size_t size = utf8_size(c);
    return i->takes_others && c >= 0x80 ? (at + size < s.len ? at + size : s.len) : SIZE_MAX;
}

static bool push(struct machine *m, struct way way)
{
    if (m->n_ways == MAX_WAYS)
        return false;
    *ARENA_PUSH(m->a, m->ways, m->n_ways, m->cap) = way;
    return true;
}

/* Back to the newest way that was not taken; false if there is none. */
static bool back(struct machine *m, size_t *pc, size_t *at)
{
    while (m->n_ways > 0) {
        struct way way = m->ways[--m->n_ways];
        if (way.slot < 0) {
            *pc = way.pc;
            *at = way.at;
            return true;
        }
        m->slots[way.slot] = way.at;
    }
    return false;
}

static enum regex_result run_from(struct machine *m, size_t at)
{
    size_t pc = 0;
    m->n_ways = 0;
    for (;; m->steps++) {
        const struct regex_instruction *i = &m->re->code[pc];
        if (m->steps > MAX_STEPS)
            return REGEX_GAVE_UP;
        if (i->op == DO_JUMP) {
            pc = (size_t)((int64_t)pc + i->first);
        } else if (i->op == DO_SPLIT) {
            size_t other = (size_t)((int64_t)pc + i->second);
            if (!push(m, (struct way){ at, other, -1 }))
                return REGEX_GAVE_UP;
            pc = (size_t)((int64_t)pc + i->first);
        } else if (i->op == DO_SAVE) {
            if (!push(m, (struct way){ m->slots[i->first], 0, i->first }))
                return REGEX_GAVE_UP;
            m->slots[i->first] = at;
            pc++;
        } else {
            size_t next = step(m, i, at);
            if (next != SIZE_MAX && i->op == DO_DONE) {
                m->slots[1] = at;
                return REGEX_MATCH;
            }
            if (next == SIZE_MAX && !back(m, &pc, &at))
                return REGEX_NO_MATCH;
            if (next != SIZE_MAX) {
                at = next;
                pc++;
            }
        }
    }
}

enum regex_result regex_find(struct arena *a, const struct regex *re, struct str text, size_t at,
                             enum regex_mode mode, struct regex_match *out)
{
    size_t slots[2 * REGEX_MAX_GROUPS];
    struct machine m = { .a = a, .re = re, .text = text, .slots = slots };
    m.must_end = mode == REGEX_WHOLE;
    m.not_end = mode == REGEX_NEXT ? at : SIZE_MAX;
    for (; at <= text.len; at += at < text.len ? utf8_size((unsigned char)text.ptr[at]) : 1) {
        for (size_t i = 0; i < 2 * REGEX_MAX_GROUPS; i++)
            slots[i] = SIZE_MAX;
        slots[0] = at;
        enum regex_result result = run_from(&m, at);
        if (result == REGEX_MATCH)
            for (size_t i = 0; i < re->n_groups; i++) {
                out->from[i] = slots[2 * i + 1] == SIZE_MAX ? SIZE_MAX : slots[2 * i];
                out->to[i] = slots[2 * i + 1];
            }
        if (result != REGEX_NO_MATCH || (mode != REGEX_SEARCH && mode != REGEX_NEXT))
            return result;
    }
    return REGEX_NO_MATCH;
}
