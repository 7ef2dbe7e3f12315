/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "dump.h"
#include "lineage/python.h"
#include "util/limits.h"

static const struct {
    const char *source, *want;
} plain[] = {
    { "", "" },
    { "x = y = f(1, *a, k=2, **b)", "x = y = f(1, *a, k=2, **b)" },
    { "x: int = 5", "x: int = 5" },
    { "a.b[1:2, ::3] += c", "a.b[(1:2, ::3)] += c" },
    { "import os.path as p, sys", "import os.path as p; import sys" },
    { "from . import (a as b, c,)", "import . (a as b, c)" },
    { "from ...x . y import *", "import ...x.y (*)" },
    { "a < b <= c is not d not in e", "((((a < b) <= c) is-not d) !in e)" },
    { "not -x ** -2 @ y", "(not ((-(x ** (-2))) @ y))" },
    { "lambda x, /, *y, z=1: x if y else z", "(x, *y, z=1 => (y ? x : z))" },
    { "{**a, 'b': 1}; {1, *c}; {}; (); (1,); []; [*a, b]",
      "{**a, \"b\": 1}; set{1, *c}; {}; (); (1,); []; [*a, b]" },
    { "{k: v for k, v in z if k if v}", "dict[k: v for (k, v) in z if k if v]" },
    { "f(x async for x in y for z in x)", "f(gen[x async for x in y for z in x])" },
    { "def f[T: int, *U](a, *, b: int=3, **kw) -> str: return (yield)",
      "def f[T: int, *U](a, b=3: int, **kw) -> str {return await}" },
    { "@a.b(1)\n@c\nclass A(B, metaclass=M):\n  async def g(self): return await z\nx",
      "@a.b(1) @c class A(B, metaclass=M) {async def g(self) {return await z}}; x" },
    { "if a: b\nelif c:\n  d\n  e\nelse:\n  f\ng", "if a {b} else {if c {d; e} else {f}}; g" },
    { "for i, *j in x, y: print(i); z = 1\nelse: pass",
      "for (i, *j) in (x, y) {print(i); z = 1} else {pass}" },
    { "try:\n  a\nexcept socket.error, e:\n  b\nexcept (A, B) as f: c\nexcept: d\nfinally: g",
      "try {a} except e: socket.error {b} except f: (A, B) {c} except  {d} finally {g}" },
    { "with (open(a) as f, b): pass\nwith (a, b) as c, d: pass\nwith (yield): pass",
      "with open(a) as f, b {pass}; with (a, b) as c, d {pass}; with await {pass}" },
    { "match x:\n  case [1, *r] if r: a\n  case {'k': v, **w} | A(x=1) as q: b\n  case _: c",
      "match x {case [1, *r] if r {a} case (q := ({\"k\": v, **w} | A(x=1))) {b} case _ {c}}" },
    { "match = 1; match(x); match[x]: int; type(x)",
      "match = 1; match(x); match[x]: int; type(x)" },
    { "type X[T] = int", "X = int" },
    { "if (n := 10) > 5: pass", "if ((n := 10) > 5) {pass}" },
    { "global a, b; del a, b[1]; raise X from Y; assert x, 'm'",
      "global a, b; del a, b[1]; raise ?(X, Y); ?(x, \"m\")" },
    { "print 'a %s' % b, c\nprint >>f, 'x',\nprint\nexec 'c' in n\nx = `y`; a <> b",
      "print((\"a %s\" % b), c); print(file=f, \"x\"); print; exec(\"c\", n); x = ?(y); (a != b)" },
    { "def f(a, async=1): g(async=async)", "def f(a, async=1) {g(async=async)}" },
    { "async = 1\nasync with a as b: pass", "async = 1; async with a as b {pass}" },
    { "x = 1 \\\n  + 2  # note\n\n\n  \ty", "x = (1 + 2); y" },
    { "if x:\r\n  'a\\\r\nb'\r\n  '''a\r\nb'''\r\n", "if x {\"ab\"; \"a\nb\"}" },
};

static const struct {
    const char *source, *want;
} strings[] = {
    { "'a' \"b\" '''c\nd'''", "\"abc\nd\"" },
    { "'\\n\\x41\\u00e9\\101\\q\\\n.'", "\"\nA\303\251A\\q.\"" },
    { "r'\\n' b'\\xff\\u1234' u'x'", "b\"\\n\303\277\\u1234x\"" },
    { "'\\ud800\\N{DASH}\\x4'", "\"\357\277\275\357\277\275\\x4\"" },
    { "'a\032b\\x1ac'", "\"a bc\"" },
    { "f'a{b!r:>{w}}c' 'd' f'{e}'", "\"a{b!r:\">{w}\"}cd{e}\"" },
    { "f'{x = }{y=!s:5}{z=:6}'", "\"x = {x!r}y={y!s:\"5\"}z={z:\"6\"}\"" },
    { "f'{a['b']}{{}}{ {1: 2}[1] }{x:=5}{x!=y}'",
      "\"{a[\"b\"]}{}{{1: 2}[1]}{x:\"=5\"}{(x != y)}\"" },
    { "rf'\\d{x}\\{y}' f'\\N{DASH}\\t\\{z}'", "\"\\d{x}\\{y}\357\277\275\t\\{z}\"" },
    { "f'''a{\n x # note\n}'\"b'''", "\"a{x}'\"b\"" },
    { "f'{f'{f\"{x}\"}'}'", "\"{\"{\"{x}\"}\"}\"" },
    { "f'{lambda_}{(lambda: 1)}{yield_}{a, b}'", "\"{lambda_}{( => 1)}{yield_}{(a, b)}\"" },
};

static const struct {
    const char *source, *want;
} notebook[] = {
    { "!ls -l {x}\nif y:\n  !!pwd\n  z", "![ls -l {x}]; if y {![pwd]; z}" },
    { "x = !cat $f\ny = %sql select 1\nz = 1", "x = ![cat $f]; y = %sql[select 1]; z = 1" },
    { "!aws s3 cp \\\n   a b\nx", "![aws s3 cp     a b]; x" },
    { "%matplotlib inline\n%time df = f(1)\nx = %timeit -n 10 -o g()",
      "%matplotlib[inline]; %time[df = f(1)] code {df = f(1)}; x = %timeit[-n 10 -o g()] code "
      "{g()}" },
    { "?x\nx?\nx.y??\nnp.*load*?\nz", "?(np); z" },
    { "\n%%time\nx = 1\n!ls", "%time[]x = 1\n!ls code {x = 1; ![ls]}" },
    { "%%timeit -n 5 x = 1\ny", "%timeit[-n 5 x = 1]y code {x = 1; y}" },
    { "%%capture out\n%%time\ny", "%capture[out]%%time\ny code {%time[]y code {y}}" },
    { "%%bash\nls 'x", "%bash[]ls 'x" },
    { "x %2; y = a % b\nc = a != b", "(x % 2); y = (a % b); c = (a != b)" },
};

static const struct {
    const char *source, *want;
    size_t n_gaps;
    uint32_t line; /* of the first gap */
} broken[] = {
    { "x = 1\ny = = 2\nz = 3", "x = 1; y = ?(); z = 3", 1, 2 },
    { "a = f(1\nb = 2\ndef g(): pass", "a = f(1); b = 2; def g() {pass}", 1, 2 },
    { "if a:\n  x = [1,\n  y = 2\nz", "if a {x = [1, y]; y = 2}; z", 1, 3 },
    { "x = \"open\nf('b')", "x = ?(); f(\"b\")", 1, 1 },
    { "x = \"\"\"open\nf('b')", "x = ?(); f(\"b\")", 1, 1 },
    { "f\"{x\nf('b')", "\"{x}\"; f(\"b\")", 1, 2 },
    { "for x in f(a b):\n  y\nz", "for x in f(a) {y}; z", 1, 1 },
    { "if a: b\nelif c d:\n  e\nelse:\n  g", "if a {b} else {if c {e} else {g}}", 1, 2 },
    { "try:\n  a\nexcept 1 2:\n  b\nc", "try {a} except : 1 {b}; c", 1, 3 },
    { "@a b\ndef f(): pass", "@a def f() {pass}", 1, 1 },
    { "df.save('x')\t//\tnote (of me)\ny",
      "(df.save(\"x\") /"
      "/ note(of)); y",
      1, 1 },
    { "    a\n  b\nc", "a; b; c", 0, 0 },
    { "df = s.read\n  .csv('a')\n  .b\n.c = 1", "df = s.read.csv(\"a\").b.c", 1, 4 },
    { "x.\ny", "?(x); y", 1, 1 },
    { "a; b c; d\ne", "a; b; e", 1, 1 },
    { "match x:\n  case 1 2: a\n  case 3: b\nc", "match x {case 1 {} case 3 {b}}; c", 1, 2 },
    { "$ x\n?\n\x01\ny", "y", 3, 1 },
    { "if x:\n\xC2\xA0\xC2\xA0y\xC2\xA0= 1", "if x {y = 1}", 0, 0 },
};

static struct str text_of(struct arena *a, const char *source, enum python_mode mode,
                          struct parsed *parsed)
{
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    python_parse(a, str_from(source), mode, parsed);
    dump_statements(&text, parsed->statements);
    return arena_str(a, buf_str(&text));
}

static void check(const char *source, enum python_mode mode, const char *want)
{
    AUTO_ARENA a = ARENA_INIT;
    struct parsed parsed;
    struct str got = text_of(&a, source, mode, &parsed);
    if (!str_eq(got, str_from(want)))
        fail_msg("%s:\n got %.*s\nwant %s", source, STR_FMT(got), want);
}

static void statements_become_their_nodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        check(plain[i].source, PYTHON_PLAIN, plain[i].want);
}

static void strings_are_decoded_and_joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        check(strings[i].source, PYTHON_PLAIN, strings[i].want);
}

static void lines_of_ipython_become_magics_and_shell_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(notebook); i++)
        check(notebook[i].source, PYTHON_IPYTHON, notebook[i].want);
}

static void what_is_no_python_costs_its_own_lines_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct parsed parsed;
        check(broken[i].source, PYTHON_PLAIN, broken[i].want);
        (void)text_of(&a, broken[i].source, PYTHON_PLAIN, &parsed);
        assert_case(parsed.n_gaps == broken[i].n_gaps, broken[i].source);
        assert_case(parsed.n_gaps == 0 || parsed.gaps[0].line == broken[i].line, broken[i].source);
        assert_case(!parsed.hit_limit, broken[i].source);
    }
}

/* n times part, then middle, then n times end. */
static struct str repeated(struct arena *a, const char *part, const char *middle, const char *end,
                           size_t n)
{
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        buf_add(&text, str_from(part));
    buf_add(&text, str_from(middle));
    for (size_t i = 0; i < n; i++)
        buf_add(&text, str_from(end));
    return arena_str(a, buf_str(&text));
}

static const struct {
    const char *part, *middle, *end;
    size_t n;
    bool hits_limit, has_gaps;
} nested[] = {
    { "f'{", "x", "}'", 90, false, false },        { "(", "x", ")", 150, false, false },
    { "f(a=[{", "1", "}])", 60, false, false },    { "f'{", "x", "}'", 100000, true, true },
    { "f'{x:{", "x", "}}'", 100000, true, true },  { "(", "x", ")", 100000, true, true },
    { "-", "x", "", 100000, true, true },          { "not ", "x", "", 100000, true, true },
    { "lambda: ", "x", "", 100000, true, true },   { "a if b else ", "x", "", 100000, true, true },
    { "a ** ", "x", "", 100000, true, true },      { "[a,\n", "", "", 100000, true, true },
    { "\\\"\"\"\n", "", "", 20000, false, true },  { "f\"\"\"{\n", "", "", 100000, true, true },
    { "match [a,\n", "", "", 100000, true, true }, { "x.y(1)[2] + ", "x", "", 1000, false, false },
    { "x + ", "x", "", 1000000, true, true },      { "'a' ", "", "", 1000000, false, false },
    { "x\n", "", "", 1000000, true, true },        { "? \n", "x", "", 1000, false, true },
};

static void nesting_and_size_are_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(nested); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct parsed parsed;
        struct str source =
            repeated(&a, nested[i].part, nested[i].middle, nested[i].end, nested[i].n);
        const size_t before = a.used_bytes;
        python_parse(&a, source, PYTHON_PLAIN, &parsed);
        assert_case(parsed.hit_limit == nested[i].hits_limit, nested[i].part);
        assert_case((parsed.n_gaps > 0) == nested[i].has_gaps, nested[i].part);
        assert_case(parsed.n_gaps <= LIMIT_PARSE_GAPS, nested[i].part);
        assert_case(a.used_bytes - before < LIMIT_TREE_BYTES + 4 * 1024 * 1024, nested[i].part);
    }
}

static void data_written_into_code_is_cut_short(void **state)
{
    (void)state;
    static const char *const items[] = { "1, ", "f'{x}', ", "(1, [2]), ", "'[' , " };
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF text = BUF_INIT(SIZE_MAX);
        struct parsed parsed;
        buf_add(&text, STR("x = ["));
        for (size_t n = 0; n < 1000000; n++)
            buf_add(&text, str_from(items[i]));
        buf_add(&text, STR("]\ny = 2"));
        python_parse(&a, buf_str(&text), PYTHON_PLAIN, &parsed);
        size_t n_items = 0;
        for (struct node *n = parsed.statements->assign.value->items; n != NULL; n = n->next)
            n_items++;
#ifdef __SANITIZE_ADDRESS__ /* its gaps between pieces fill the tree before */
        assert_true(parsed.hit_limit && n_items <= LIMIT_LITERAL_ITEMS);
        continue;
#endif
        assert_int_equal(n_items, LIMIT_LITERAL_ITEMS);
        assert_int_equal(parsed.n_gaps, 0);
        assert_true(parsed.hit_limit);
        assert_non_null(parsed.statements->next);
    }
}

static void one_expression_is_parsed_or_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", "x y", "x = 1", "(", "f(", "import x", "'" };
    AUTO_ARENA a = ARENA_INIT;
    AUTO_BUF text = BUF_INIT(SIZE_MAX);
    dump_expression(&text, python_parse_expression(&a, STR(" {'a':\n[1, x.y]} # note")));
    assert_str(buf_str(&text), "{\"a\": [1, x.y]}");
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_case(python_parse_expression(&a, str_from(wrong[i])) == NULL, wrong[i]);
    assert_null(python_parse_expression(&a, repeated(&a, "(", "x", ")", 10000)));
}

static void beginnings_of(const char *source, enum python_mode mode)
{
    struct str text = str_from(source);
    for (size_t len = 0; len < text.len; len++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_BUF out = BUF_INIT(SIZE_MAX);
        struct parsed parsed;
        char *copy = arena_alloc(&a, len);
        memcpy(copy, text.ptr, len);
        python_parse(&a, (struct str){ copy, len }, mode, &parsed);
        dump_statements(&out, parsed.statements);
        if (str_contains(buf_str(&out), STR("NULL!")))
            fail_msg("%.*s: %s", (int)len, source, buf_cstr(&out));
    }
}

/* Copies with exact bounds, so that a sanitizer sees a read past their end; and no node lacks an
 * operand that the tree promises. */
static void texts_cut_anywhere_still_give_whole_nodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        beginnings_of(plain[i].source, PYTHON_PLAIN);
    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        beginnings_of(strings[i].source, PYTHON_PLAIN);
    for (size_t i = 0; i < ARRAY_LEN(notebook); i++)
        beginnings_of(notebook[i].source, PYTHON_IPYTHON);
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        beginnings_of(broken[i].source, PYTHON_IPYTHON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_become_their_nodes),
        cmocka_unit_test(strings_are_decoded_and_joined),
        cmocka_unit_test(lines_of_ipython_become_magics_and_shell_lines),
        cmocka_unit_test(what_is_no_python_costs_its_own_lines_only),
        cmocka_unit_test(texts_cut_anywhere_still_give_whole_nodes),
        cmocka_unit_test(nesting_and_size_are_bounded),
        cmocka_unit_test(data_written_into_code_is_cut_short),
        cmocka_unit_test(one_expression_is_parsed_or_nothing),
    };
    return cmocka_run_group_tests_name("python", tests, NULL, NULL);
}
