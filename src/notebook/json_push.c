/*
 * json_push: see json_push.h.
 *
 * One state machine, resumable at every byte.  Strings are where the bytes are: their plain runs
 * are found 16 bytes at a time by SSE2 (part of every x86-64), or 8 at a time elsewhere.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notebook/json_push.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum state {
    S_VALUE,
    S_VALUE_OR_END, /* behind [ */
    S_KEY,          /* behind a comma in an object */
    S_KEY_OR_END,   /* behind { */
    S_COLON,
    S_COMMA_OR_END,
    S_STRING,
    S_ESCAPE, /* behind a backslash */
    S_HEX,    /* in the four digits behind \u */
    S_NUMBER,
    S_LITERAL,
    S_DONE,
};

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
    *j = (struct json_push){ .sink = *sink, .text = BUF_INIT(scalar_limit), .line = 1 };
}

void json_push_release(struct json_push *j)
{
    buf_release(&j->text);
}

static bool fail_at(const struct json_push *j, uint64_t offset, const char *what, struct err *err)
{
    return err_set(err, ERR_PARSE, "line %llu, column %llu (byte %llu): %s",
                   (unsigned long long)j->line, (unsigned long long)(offset - j->line_start + 1),
                   (unsigned long long)offset, what);
}

/* The end of the run of bytes from p that are plain inside a string: ASCII, no quote, no backslash,
 * no control character. */
static const char *plain_run(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    while (end - p >= 16) {
        __m128i bytes;
        memcpy(&bytes, p, sizeof bytes);
        /* Signed comparison: below a space are the control characters and all bytes from 0x80. */
        __m128i stop = _mm_or_si128(
            _mm_cmplt_epi8(bytes, space),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        int mask = _mm_movemask_epi8(stop);
        if (mask != 0)
            return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#endif
    while (p < end && (signed char)*p >= ' ' && *p != '"' && *p != '\\')
        p++;
    return p;
}

static void add_utf8(struct buf *text, unsigned c)
{
    if (c < 0x80) {
        buf_add_char(text, (char)c);
    } else if (c < 0x800) {
        buf_add_char(text, (char)(0xC0 | c >> 6));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_add_char(text, (char)(0xE0 | c >> 12));
        buf_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_add_char(text, (char)(0xF0 | c >> 18));
        buf_add_char(text, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(text, (char)(0x80 | (c & 0x3F)));
    }
}

/* A high surrogate that no low one followed. */
static void flush_surrogate(struct json_push *j)
{
    if (j->high_surrogate == 0)
        return;
    j->high_surrogate = 0;
    if (j->wanted)
        add_utf8(&j->text, 0xFFFD);
}

static void add_code_unit(struct json_push *j)
{
    unsigned unit = j->hex;
    if (j->high_surrogate != 0 && unit >= 0xDC00 && unit <= 0xDFFF) {
        unsigned c = 0x10000U + (((unsigned)j->high_surrogate - 0xD800U) << 10) + (unit - 0xDC00U);
        j->high_surrogate = 0;
        if (j->wanted)
            add_utf8(&j->text, c);
        return;
    }
    flush_surrogate(j);
    if (unit >= 0xD800 && unit <= 0xDBFF)
        j->high_surrogate = (uint16_t)unit;
    else if (j->wanted)
        add_utf8(&j->text, unit >= 0xDC00 && unit <= 0xDFFF ? 0xFFFD : unit);
}

/* The state behind a finished value. */
static void value_done(struct json_push *j)
{
    j->state = j->depth == 0 ? S_DONE : S_COMMA_OR_END;
}

/* Fails when the wanted text has passed its limit. */
static bool check_size(const struct json_push *j, struct err *err)
{
    if (!j->wanted || buf_ok(&j->text))
        return true;
    return err_set(err, ERR_TOO_LARGE, "line %llu: a text is over %zu bytes",
                   (unsigned long long)j->line, j->text.limit);
}

static bool scalar_done(struct json_push *j, enum push_kind kind, struct err *err)
{
    if (!check_size(j, err))
        return false;
    if (j->in_key) {
        j->in_key = false;
        j->state = S_COLON;
        if (j->wanted)
            j->sink.key(j->sink.ctx, buf_str(&j->text));
        return true;
    }
    value_done(j);
    if (j->wanted)
        j->sink.scalar(j->sink.ctx, kind, buf_str(&j->text));
    return true;
}

static bool begin_scalar(struct json_push *j, enum push_kind kind, enum state state)
{
    j->wanted = j->skip_depth == 0 && j->sink.wants(j->sink.ctx, kind);
    buf_reset(&j->text);
    j->state = (uint8_t)state;
    return true;
}

static void begin_key(struct json_push *j)
{
    j->wanted = j->skip_depth == 0;
    j->in_key = true;
    buf_reset(&j->text);
    j->state = S_STRING;
}

static bool open_container(struct json_push *j, enum push_kind kind, uint64_t at, struct err *err)
{
    if (j->depth == LIMIT_DEPTH)
        return fail_at(j, at, "nested too deeply", err);
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

static bool begin_value(struct json_push *j, char c, uint64_t at, struct err *err)
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
        return fail_at(j, at, "a value is expected", err);
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

/* The bytes of a number in this chunk; *p is moved past them. */
static bool feed_number(struct json_push *j, const char **p, const char *end, uint64_t at,
                        struct err *err)
{
    const char *start = *p;
    while (*p < end) {
        uint8_t before = j->number_state;
        char c = **p;
        if (before == N_SIGN && c == 'I') {
            if (j->wanted)
                buf_add(&j->text, (struct str){ start, (size_t)(*p - start) });
            j->literal = "Infinity"; /* behind a minus, as Python and Jupyter write it */
            j->state = S_LITERAL;
            return true;
        }
        if (!number_takes(&j->number_state, c)) {
            if (!number_may_end(before))
                return fail_at(j, at + (uint64_t)(*p - start), "a digit is expected", err);
            if (j->wanted)
                buf_add(&j->text, (struct str){ start, (size_t)(*p - start) });
            return scalar_done(j, PUSH_NUMBER, err);
        }
        (*p)++;
    }
    if (j->wanted)
        buf_add(&j->text, (struct str){ start, (size_t)(*p - start) });
    return true;
}

static bool feed_literal(struct json_push *j, char c, uint64_t at, struct err *err)
{
    if (c != *j->literal)
        return fail_at(j, at, "a value is expected", err);
    if (j->wanted)
        buf_add_char(&j->text, c);
    j->literal++;
    return *j->literal != '\0' || scalar_done(j, PUSH_LITERAL, err);
}

static bool feed_escape(struct json_push *j, char c, uint64_t at, struct err *err)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *hit = c == '\0' ? NULL : strchr(names, c);
    j->state = S_STRING;
    if (c == 'u') {
        j->state = S_HEX;
        j->n_hex = 0;
        j->hex = 0;
        return true;
    }
    if (hit == NULL)
        return fail_at(j, at, "no such escape", err);
    flush_surrogate(j);
    if (j->wanted)
        buf_add_char(&j->text, values[hit - names]);
    return true;
}

static bool feed_hex(struct json_push *j, char c, uint64_t at, struct err *err)
{
    unsigned digit;
    if (c >= '0' && c <= '9')
        digit = (unsigned)(c - '0');
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        digit = (unsigned)((c | 0x20) - 'a') + 10;
    else
        return fail_at(j, at, "four hexadecimal digits are expected", err);
    j->hex = (uint16_t)((unsigned)j->hex << 4 | digit);
    if (++j->n_hex == 4) {
        add_code_unit(j);
        j->state = S_STRING;
    }
    return true;
}

/* One byte from 0x80 on: RFC 3629, section 4. */
static bool feed_utf8(struct json_push *j, unsigned char c, uint64_t at, struct err *err)
{
    if (j->utf8_left > 0) {
        if (c < j->utf8_low || c > j->utf8_high)
            return fail_at(j, at, "not UTF-8", err);
        j->utf8_left--;
        j->utf8_low = 0x80;
        j->utf8_high = 0xBF;
        return true;
    }
    if (c < 0xC2 || c > 0xF4)
        return fail_at(j, at, "not UTF-8", err);
    j->utf8_left = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    j->utf8_low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    j->utf8_high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    return true;
}

static bool end_of_run(struct json_push *j, unsigned char c, uint64_t at, struct err *err)
{
    if (j->utf8_left > 0)
        return fail_at(j, at, "not UTF-8", err);
    if (c == '\\') {
        j->state = S_ESCAPE;
        return true;
    }
    flush_surrogate(j);
    if (c == '"')
        return scalar_done(j, PUSH_STRING, err);
    return fail_at(j, at, "a control character stands in a string", err);
}

/* The bytes of a string in this chunk, up to its end or an escape; *p is moved past them. */
static bool feed_string(struct json_push *j, const char **p, const char *end, uint64_t at,
                        struct err *err)
{
    const char *start = *p;
    const char *run = start;
    while (*p < end) {
        if (j->utf8_left == 0)
            *p = plain_run(*p, end);
        if (*p == end)
            break;
        unsigned char c = (unsigned char)**p;
        if (c < 0x80)
            break;
        if (!feed_utf8(j, c, at + (uint64_t)(*p - start), err))
            return false;
        (*p)++;
    }
    if (*p > run) {
        flush_surrogate(j);
        if (j->wanted)
            buf_add(&j->text, (struct str){ run, (size_t)(*p - run) });
    }
    if (*p == end)
        return true;
    uint64_t here = at + (uint64_t)(*p - start);
    unsigned char c = (unsigned char)*(*p)++;
    return end_of_run(j, c, here, err);
}

static bool feed_structure(struct json_push *j, char c, uint64_t at, struct err *err)
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
            return fail_at(j, at, "a member name is expected", err);
        begin_key(j);
        return true;
    case S_COLON:
        if (c != ':')
            return fail_at(j, at, "a colon is expected", err);
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
            return fail_at(j, at, "a comma or the end of the list is expected", err);
        close_container(j);
        return true;
    case S_DONE:
        return fail_at(j, at, "something stands behind the document", err);
    case S_STRING:
    case S_ESCAPE:
    case S_HEX:
    case S_NUMBER:
    case S_LITERAL:
        break;
    }
    panic("a JSON state that is no structure: %d", j->state);
}

/* White space between tokens; counts lines.  True if c was white space. */
static bool pass_space(struct json_push *j, char c, uint64_t at)
{
    if (c == '\n') {
        j->line++;
        j->line_start = at + 1;
    }
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A byte order mark may stand in front of everything. */
static bool pass_bom(struct json_push *j, unsigned char c, uint64_t at)
{
    static const unsigned char bom[] = { 0xEF, 0xBB, 0xBF };
    if (at >= sizeof bom || j->bom_seen != at || c != bom[at])
        return false;
    j->bom_seen++;
    return true;
}

/* begin_value() has looked at the first byte of a number or literal, which is fed again. */
static bool feed_token(struct json_push *j, const char **p, const char *end, uint64_t at,
                       struct err *err)
{
    char c = **p;
    if (pass_space(j, c, at) || pass_bom(j, (unsigned char)c, at)) {
        (*p)++;
        return true;
    }
    if (j->bom_seen == 1 || j->bom_seen == 2)
        return fail_at(j, at, "not UTF-8", err);
    if (!feed_structure(j, c, at, err))
        return false;
    if (j->state != S_NUMBER && j->state != S_LITERAL)
        (*p)++;
    else if (j->state == S_NUMBER)
        return feed_number(j, p, end, at, err);
    return true;
}

bool json_push_feed(struct json_push *j, struct str chunk, struct err *err)
{
    const char *p = chunk.ptr;
    const char *end = chunk.len == 0 ? p : p + chunk.len;
    while (p < end) {
        uint64_t at = j->offset + (uint64_t)(p - chunk.ptr);
        bool ok;
        switch ((enum state)j->state) {
        case S_STRING:
            ok = feed_string(j, &p, end, at, err);
            break;
        case S_ESCAPE:
            ok = feed_escape(j, *p++, at, err);
            break;
        case S_HEX:
            ok = feed_hex(j, *p++, at, err);
            break;
        case S_NUMBER:
            ok = feed_number(j, &p, end, at, err);
            break;
        case S_LITERAL:
            ok = feed_literal(j, *p++, at, err);
            break;
        case S_VALUE:
        case S_VALUE_OR_END:
        case S_KEY:
        case S_KEY_OR_END:
        case S_COLON:
        case S_COMMA_OR_END:
        case S_DONE:
        default:
            ok = feed_token(j, &p, end, at, err);
            break;
        }
        if (!ok)
            return false;
    }
    j->offset += chunk.len;
    return check_size(j, err);
}

bool json_push_finish(struct json_push *j, struct err *err)
{
    if (j->state == S_NUMBER && j->depth == 0 && number_may_end(j->number_state))
        return scalar_done(j, PUSH_NUMBER, err);
    if (j->state == S_DONE)
        return true;
    return fail_at(j, j->offset,
                   j->offset == 0 ? "the document is empty" : "the document is cut off", err);
}
