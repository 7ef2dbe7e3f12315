/*
 * json_push: see json_push.h.  One state machine, resumable at every byte: structure, numbers and
 * literals are here, strings in json_push_string.c, what nobody wants in json_push_skip.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/json_push_internal.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Where in a number: RFC 8259, section 6. */
enum number_state {
    N_START,
    N_SIGN,
    N_ZERO,
    N_INT,
    N_POINT,
    N_FRACTION,
    N_E,
    N_E_SIGN,
    N_EXPONENT
};

void json_push_init(struct json_push *j, const struct json_sink *sink, size_t scalar_limit)
{
    *j =
        (struct json_push){ .sink = *sink, .text = BUF_INIT(scalar_limit), .line = 1, .chunk = "" };
}

void json_push_release(struct json_push *j)
{
    buf_release(&j->text);
}

bool push_fail(const struct json_push *j, const char *p, const char *what, struct err *err)
{
    uint64_t offset = j->offset + (uint64_t)(p - j->chunk);
    return err_set(err, ERR_PARSE, "line %llu, column %llu (byte %llu): %s",
                   (unsigned long long)j->line, (unsigned long long)(offset - j->line_start + 1),
                   (unsigned long long)offset, what);
}

/* The end of the run of spaces from p: what stands in front of most lines. */
static inline const char *pass_blanks(const char *p, const char *end)
{
#ifdef __SSE2__
    while (end - p >= 16) {
        __m128i bytes;
        memcpy(&bytes, p, sizeof bytes);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
        if (mask != 0xFFFF)
            return p + __builtin_ctz(~mask);
        p += 16;
    }
#endif
    while (p < end && *p == ' ')
        p++;
    return p;
}

const char *push_some_space(struct json_push *j, const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p == '\n') {
            j->line++;
            j->line_start = j->offset + (uint64_t)(p + 1 - j->chunk);
            p = pass_blanks(p + 1, end) - 1;
        } else if (*p != ' ' && *p != '\t' && *p != '\r') {
            break;
        }
    }
    return p;
}

/* The state behind a finished value. */
static void value_done(struct json_push *j)
{
    j->state = j->depth == 0 ? S_DONE : S_COMMA_OR_END;
}

/* Fails when the wanted text has passed its limit. */
static bool check_size(const struct json_push *j, struct err *err)
{
    if (!j->wanted || j->into != &j->text || buf_ok(j->into))
        return true;
    return err_set(err, ERR_TOO_LARGE, "line %llu: a text is over %zu bytes",
                   (unsigned long long)j->line, j->into->limit);
}

bool push_scalar_done(struct json_push *j, enum push_kind kind, struct err *err)
{
    if (!check_size(j, err))
        return false;
    if (j->in_key) {
        j->in_key = false;
        j->state = S_COLON;
        if (j->wanted)
            j->sink.key(j->sink.ctx, buf_str(j->into));
        return true;
    }
    value_done(j);
    if (j->wanted && !j->repeats)
        j->sink.scalar(j->sink.ctx, kind, buf_str(j->into));
    return true;
}

static bool begin_scalar(struct json_push *j, enum push_kind kind, enum state state)
{
    buf_reset(&j->text);
    j->into = &j->text;
    j->high_surrogate = 0;
    j->repeats = false;
    j->wanted = j->skip_depth == 0 && j->sink.wants(j->sink.ctx, kind);
    j->state = (uint8_t)state;
    return true;
}

static void begin_key(struct json_push *j)
{
    buf_reset(&j->text);
    j->into = &j->text;
    j->high_surrogate = 0;
    j->wanted = j->skip_depth == 0;
    j->in_key = true;
    j->state = S_STRING;
}

static bool open_container(struct json_push *j, enum push_kind kind, const char *at,
                           struct err *err)
{
    if (j->depth == LIMIT_DEPTH)
        return push_fail(j, at, "nested too deeply", err);
    bool wanted = j->skip_depth == 0 && j->sink.wants(j->sink.ctx, kind);
    j->is_object[++j->depth] = kind == PUSH_OBJECT;
    if (wanted)
        j->sink.open(j->sink.ctx, kind);
    else if (j->skip_depth == 0)
        j->skip_depth = j->depth;
    j->state = kind == PUSH_OBJECT ? S_KEY_OR_END : S_VALUE_OR_END;
    return true;
}

static void close_container(struct json_push *j)
{
    bool was_object = j->is_object[j->depth];
    if (j->skip_depth == 0)
        j->sink.close(j->sink.ctx, was_object ? PUSH_OBJECT : PUSH_ARRAY);
    else if (j->skip_depth == j->depth)
        j->skip_depth = 0;
    j->depth--;
    value_done(j);
}

static bool begin_literal(struct json_push *j, const char *word, enum push_kind kind)
{
    (void)begin_scalar(j, kind, S_LITERAL);
    j->literal = word;
    return true;
}

static bool begin_value(struct json_push *j, char c, const char *at, struct err *err)
{
    switch (c) {
    case '{':
        return open_container(j, PUSH_OBJECT, at, err);
    case '[':
        return open_container(j, PUSH_ARRAY, at, err);
    case '"':
        return begin_scalar(j, PUSH_STRING, S_STRING);
    case 't':
        return begin_literal(j, "true", PUSH_LITERAL);
    case 'f':
        return begin_literal(j, "false", PUSH_LITERAL);
    case 'n':
        return begin_literal(j, "null", PUSH_LITERAL);
    case 'N':
        return begin_literal(j, "NaN", PUSH_NUMBER);
    case 'I':
        return begin_literal(j, "Infinity", PUSH_NUMBER);
    default:
        break;
    }
    if (c != '-' && (c < '0' || c > '9'))
        return push_fail(j, at, "a value is expected", err);
    (void)begin_scalar(j, PUSH_NUMBER, S_NUMBER);
    j->number_state = N_START;
    return true;
}

/* True if c goes on with the number; moves its state. */
static bool number_takes(uint8_t *state, char c)
{
    bool digit = c >= '0' && c <= '9';
    switch ((enum number_state) * state) {
    case N_START:
        if (c == '-') {
            *state = N_SIGN;
            return true;
        }
        FALLTHROUGH;
    case N_SIGN:
        if (digit)
            *state = c == '0' ? N_ZERO : N_INT;
        return digit;
    case N_INT:
        if (digit)
            return true;
        FALLTHROUGH;
    case N_ZERO:
        if (c == '.')
            *state = N_POINT;
        else if (c == 'e' || c == 'E')
            *state = N_E;
        else
            return false;
        return true;
    case N_POINT:
        *state = N_FRACTION;
        return digit;
    case N_FRACTION:
        if (c == 'e' || c == 'E')
            *state = N_E;
        return digit || c == 'e' || c == 'E';
    case N_E:
        *state = digit ? N_EXPONENT : N_E_SIGN;
        return digit || c == '+' || c == '-';
    case N_E_SIGN:
        *state = N_EXPONENT;
        return digit;
    case N_EXPONENT:
        return digit;
    }
    return false;
}

static bool number_may_end(uint8_t state)
{
    return state == N_ZERO || state == N_INT || state == N_FRACTION || state == N_EXPONENT;
}

static inline const char *pass_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

const char *push_whole_number(const char *p, const char *end)
{
    p += *p == '-';
    const char *digits = p;
    p = pass_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        digits = p + 1;
        p = pass_digits(digits, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        digits = p;
        p = pass_digits(p, end);
        if (p == digits)
            return NULL;
    }
    return p < end ? p : NULL;
}

/* The bytes of a number in this chunk; *p is moved past them. */
static bool feed_number(struct json_push *j, const char **p, const char *end, struct err *err)
{
    const char *start = *p, *at = *p;
    uint8_t before = j->number_state;
    const char *behind = before == N_START ? push_whole_number(start, end) : NULL;
    if (behind != NULL) {
        at = behind;
        before = N_INT;
    }
    while (behind == NULL && at < end && number_takes(&j->number_state, *at)) {
        before = j->number_state;
        at++;
    }
    *p = at;
    if (j->wanted)
        buf_add(j->into, (struct str){ start, (size_t)(at - start) });
    if (at == end)
        return true;
    if (before == N_SIGN && *at == 'I') {
        j->literal = "Infinity"; /* behind a minus, as Python and Jupyter write it */
        j->state = S_LITERAL;
        return true;
    }
    if (!number_may_end(before))
        return push_fail(j, at, "a digit is expected", err);
    return push_scalar_done(j, PUSH_NUMBER, err);
}

static bool feed_literal(struct json_push *j, const char *p, struct err *err)
{
    if (*p != *j->literal)
        return push_fail(j, p, "a value is expected", err);
    if (j->wanted)
        buf_add_char(j->into, *p);
    j->literal++;
    return *j->literal != '\0' || push_scalar_done(j, PUSH_LITERAL, err);
}

static bool feed_structure(struct json_push *j, char c, const char *at, struct err *err)
{
    bool in_object = j->is_object[j->depth];
    switch ((enum state)j->state) {
    case S_KEY_OR_END:
        if (c == '}') {
            close_container(j);
            return true;
        }
        FALLTHROUGH;
    case S_KEY:
        if (c != '"')
            return push_fail(j, at, "a member name is expected", err);
        begin_key(j);
        return true;
    case S_COLON:
        if (c != ':')
            return push_fail(j, at, "a colon is expected", err);
        j->state = S_VALUE;
        return true;
    case S_VALUE_OR_END:
        if (c == ']') {
            close_container(j);
            return true;
        }
        FALLTHROUGH;
    case S_VALUE:
        return begin_value(j, c, at, err);
    case S_COMMA_OR_END:
        if (c == ',') {
            j->state = in_object ? S_KEY : S_VALUE;
            return true;
        }
        if (c != (in_object ? '}' : ']'))
            return push_fail(j, at, "a comma or the end of the list is expected", err);
        close_container(j);
        return true;
    case S_DONE:
        return push_fail(j, at, "something stands behind the document", err);
    case S_STRING:
    case S_ESCAPE:
    case S_HEX:
    case S_NUMBER:
    case S_LITERAL:
        break;
    }
    panic("a JSON state that is no structure: %d", j->state);
}

/* A byte order mark may stand in front of everything; true if the byte at p was one of its. */
static bool pass_bom(struct json_push *j, const char *p)
{
    static const char bom[] = "\xEF\xBB\xBF";
    uint64_t at = j->offset + (uint64_t)(p - j->chunk);
    if (at >= sizeof bom - 1 || j->bom_seen != at || *p != bom[at])
        return false;
    j->bom_seen++;
    return true;
}

/* At a token: white space, or one byte of structure.  begin_value() has only looked at the first
 * byte of a number or literal, which is fed again. */
static bool feed_token(struct json_push *j, const char **p, const char *end, struct err *err)
{
    const char *at = push_space(j, *p, end);
    *p = at;
    if (at == end)
        return true;
    if (pass_bom(j, at)) {
        *p = at + 1;
        return true;
    }
    if (j->bom_seen == 1 || j->bom_seen == 2)
        return push_fail(j, at, "not UTF-8", err);
    if (!feed_structure(j, *at, at, err))
        return false;
    if (j->state == S_NUMBER)
        return feed_number(j, p, end, err);
    *p += j->state != S_LITERAL;
    return true;
}

static bool feed_some(struct json_push *j, const char **p, const char *end, struct err *err)
{
    switch ((enum state)j->state) {
    case S_STRING:
        return push_string(j, p, end, err);
    case S_ESCAPE:
        return push_escape(j, (*p)++, err);
    case S_HEX:
        return push_hex(j, (*p)++, err);
    case S_NUMBER:
        return feed_number(j, p, end, err);
    case S_LITERAL:
        return feed_literal(j, (*p)++, err);
    case S_VALUE:
    case S_VALUE_OR_END:
    case S_KEY:
    case S_KEY_OR_END:
    case S_COLON:
    case S_COMMA_OR_END:
    case S_DONE:
        break;
    }
    return feed_token(j, p, end, err);
}

static bool is_structure(enum state state)
{
    return state <= S_COMMA_OR_END;
}

bool json_push_feed(struct json_push *j, struct str chunk, struct err *err)
{
    const char *p = chunk.ptr;
    const char *end = chunk.len == 0 ? p : p + chunk.len;
    j->chunk = p;
    while (p < end) {
        if (j->skip_depth > 0 && is_structure((enum state)j->state))
            p = push_skip(j, p, end);
        if (p < end && !feed_some(j, &p, end, err))
            return false;
    }
    j->offset += chunk.len;
    j->chunk = "";
    return check_size(j, err);
}

bool json_push_finish(struct json_push *j, struct err *err)
{
    if (j->state == S_NUMBER && j->depth == 0 && number_may_end(j->number_state))
        return push_scalar_done(j, PUSH_NUMBER, err);
    if (j->state == S_DONE)
        return true;
    return push_fail(j, j->chunk,
                     j->offset == 0 ? "the document is empty" : "the document is cut off", err);
}
