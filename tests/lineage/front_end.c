/* front_end: see front_end.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "front_end.h"

#include "dump.h"
#include "test.h"
#include "util/limits.h"

#include <time.h>

enum { DUMP_MAX = 16 * 1024 * 1024 };

void front_end_gives(front_end_parse *parse, const struct front_end_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF b = BUF_INIT(DUMP_MAX);
        struct parsed out;
        parse(&a, str_from(cases[i].source), &out);
        dump_statements(&b, out.statements);
        if (out.n_gaps > 0)
            fail_msg("%s: line %u: %s", cases[i].source, out.gaps[0].line, out.gaps[0].reason);
        if (!str_eq(buf_str(&b), str_from(cases[i].tree)))
            fail_msg("%s\n  got  %.*s\n  want %s", cases[i].source, STR_FMT(buf_str(&b)),
                     cases[i].tree);
    }
}

/* A copy with exact bounds, so that a sanitizer sees a read past its end. */
static void parse_copy(front_end_parse *parse, struct str text, size_t changed_at, char c)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF b = BUF_INIT(DUMP_MAX);
    struct parsed out;
    char *copy = arena_alloc(&a, text.len);
    memcpy(copy, text.ptr, text.len);
    if (changed_at < text.len)
        copy[changed_at] = c;
    parse(&a, (struct str){ copy, text.len }, &out);
    dump_statements(&b, out.statements);
    assert_true(buf_ok(&b));
}

void front_end_survives(front_end_parse *parse, const struct front_end_case *cases, size_t n)
{
    static const char odd[] = "()[]{}\"'`\\\n;,.=%$#/*_: \x1a\xC3<>-|1e";
    for (size_t i = 0; i < n; i++) {
        struct str text = str_from(cases[i].source);
        for (size_t at = 0; at <= text.len; at++) {
            parse_copy(parse, str_slice(text, 0, at), SIZE_MAX, 0);
            parse_copy(parse, text, at, odd[(at * 7 + i) % (sizeof odd - 1)]);
            parse_copy(parse, text, at, odd[(at * 11 + i * 3) % (sizeof odd - 1)]);
        }
    }
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct node *front_end_repeat(front_end_parse *parse, struct arena *a, const char *prefix,
                              const char *unit, size_t n, const char *suffix, struct parsed *out)
{
    AUTO_BUF b = BUF_INIT(DUMP_MAX);
    buf_add(&b, str_from(prefix));
    for (size_t i = 0; i < n; i++)
        buf_add(&b, str_from(unit));
    buf_add(&b, str_from(suffix));
    assert_true(buf_ok(&b));
    struct str text = arena_str(a, buf_str(&b));
    double start_s = now_s();
    parse(a, text, out);
    double took_s = now_s() - start_s, megabytes = (double)text.len / 1e6;
    if (took_s > 0.5 + megabytes)
        fail_msg("%zu times %s: %.1f s for %.1f MB", n, unit, took_s, megabytes);
    return out->statements;
}

void front_end_recovers(front_end_parse *parse, const struct front_end_broken *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF b = BUF_INIT(10000);
        struct parsed out;
        parse(&a, str_from(cases[i].source), &out);
        dump_statements(&b, out.statements);
        if (!str_eq(buf_str(&b), str_from(cases[i].tree)) || out.n_gaps != cases[i].n_gaps ||
            out.gaps[0].line != cases[i].line)
            fail_msg("%s: %zu gaps, the first in line %u, %.*s", cases[i].source, out.n_gaps,
                     out.n_gaps > 0 ? out.gaps[0].line : 0, STR_FMT(buf_str(&b)));
    }
}

void front_end_stays_bounded(front_end_parse *parse, const struct front_end_shape *shapes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct parsed out;
        (void)front_end_repeat(parse, &a, shapes[i].prefix, shapes[i].unit, shapes[i].n,
                               shapes[i].suffix, &out);
#ifndef __SANITIZE_ADDRESS__ /* its gaps between pieces count as well */
        assert_case(out.hit_limit == shapes[i].hits_limit, shapes[i].unit);
#endif
        assert_case(out.hit_limit || !shapes[i].hits_limit, shapes[i].unit);
        assert_case(a.used_bytes < 2 * LIMIT_TREE_BYTES, shapes[i].unit);
        assert_case(out.n_gaps <= LIMIT_PARSE_GAPS, shapes[i].unit);
    }
}
