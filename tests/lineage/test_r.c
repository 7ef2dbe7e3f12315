/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "dump.h"
#include "front_end.h"
#include "lineage/r.h"
#include "util/attrs.h"
#include "util/limits.h"

static const struct front_end_case words[] = {
    { "", "" },
    { "# only a comment", "" },
    { "x <- \"a\\tb\"", "x = \"a\tb\"" },
    { "x <- 'say \"hi\"'", "x = \"say \"hi\"\"" },
    { "x = r\"(a\\b)\"; y = R'--[c]\"]--'", "x = \"a\\b\"; y = \"c]\"\"" },
    { "x <- '\\u00e9\\x41\\101\\U{1F600}'", "x = \"\xC3\xA9"
                                            "AA\xF0\x9F\x98\x80\"" },
    { "x <- ''", "x = \"\"" },
    { "f(1L, 0x1F, 1e-3, .5, 2i, 1e5L)", "f(1L, 0x1F, 1e-3, .5, 2i, 1e5L)" },
    { "f(TRUE, FALSE, NULL, NA, NA_character_)", "f(True, False, None, None, None)" },
    { "`my var` <- read.csv", "my var = read.csv" },
    { "gr\xC3\xB6\xC3\x9F"
      "e <- 1",
      "gr\xC3\xB6\xC3\x9F"
      "e = 1" },
    { "?read.csv\n%load_ext x\nx", "x" },
    { "\xEF\xBB\xBFx\xC2\xA0<- 1", "x = 1" },
};

static const struct front_end_case assignments[] = {
    { "a <- 1; b <<- 2; c = 3; 4 -> d; 5 ->> e", "a = 1; b = 2; c = 3; d = 4; e = 5" },
    { "a <- b <- 1", "b = 1; a = b" },
    { "\"a\" <- 1", "a = 1" },
    { "assign('x', f(1))\nassign(\"y\", 2, envir = .GlobalEnv)", "x = f(1); y = 2" },
    { "x$a <- 1; x[['b']] <- 2; x@c <- 3", "x.a = 1; x[\"b\"] = 2; x.c = 3" },
    { "names(x) <- c('a', 'b')", "?(names(x), c(\"a\", \"b\"))" },
    { "f((x <- 1))", "f((x := 1))" },
    { "c(a, b) %<-% f()", "(a, b) = f()" },
    { "x <-\n\n  # note\n  5", "x = 5" },
    { "x <- 5 -> y", "y = 5; x = y" },
};

static const struct front_end_case operators[] = {
    { "-1:3", "seq((-1), 3)" },
    { "x <- 1:3", "x = [1, 2, 3]" },
    { "x <- 3:1", "x = [3, 2, 1]" },
    { "1:n", "seq(1, n)" },
    { "-a^2", "(-(a ** 2))" },
    { "a ^ b ^ c", "(a ** (b ** c))" },
    { "a + b * c - d", "((a + (b * c)) - d)" },
    { "!x %in% y", "(not (x in y))" },
    { "a && b || !c & d | e", "(((a and b) or ((not c) and d)) or e)" },
    { "a %% b %/% c %*% d %o% e", "?((((a % b) /"
                                  "/ c) @ d), e)" },
    { "x == 1 && y != 2 && z >= 3", "(((x == 1) and (y != 2)) and (z >= 3))" },
    { "x\n+ 1", "x; (+1)" },
    { "(x\n+ 1)", "(x + 1)" },
    { "x +\n  1", "(x + 1)" },
    { "y ~ a + b | c", "?(y, ((a + b) or c))" },
    { "a %||% b", "(a or b)" },
};

static const struct front_end_case calls[] = {
    { "read.csv(\"a.csv\", sep = ';', )", "read.csv(\"a.csv\", sep=\";\")" },
    { "f(a = , 'b c' = 1, `d` = 2)", "f(a, b c=1, d=2)" },
    { "readr::read_csv('x'); a:::b(1)", "readr.read_csv(\"x\"); a.b(1)" },
    { "s3$get_object(Bucket = b)$Body", "s3.get_object(Bucket=b).Body" },
    { "x[1]; x[[2L]]; x[i]; x[-1]", "x[0]; x[1]; x[i]; x[?(1)]" },
    { "x[, 'a']; x[1, ]; x[]", "x[(:, \"a\")]; x[(0, :)]; x[:]" },
    { "x[i, drop = FALSE]", "x[i]" },
    { "dt[x > 1, .(n = .N), by = g]", "dt[((x > 1), .(n=.N), g)]" },
    { "x[[a[1]]]", "x[a[0]]" },
    { "f(...)", "f(*...)" },
    { "list(a = 1, b = c(2, 3))", "list(a=1, b=c(2, 3))" },
    { "f(function(x) x + 1, \\(y) { y })", "f((x => (x + 1)), (y => y))" },
    { "(function(x) x)(3)", "(x => x)(3)" },
    { "sapply(x, function(i) {\n  a <- i\n  a\n})", "sapply(x, (i => {a = i; return a}))" },
    { "x$`a b`; x$'c'; x$next", "x.a b; x.c; x.next" },
    { "suppressWarnings(read.csv('a'))", "read.csv(\"a\")" },
    { "seq(2, 4)\nseq(1, n)", "[2, 3, 4]; seq(1, n)" },
};

static const struct front_end_case pipes[] = {
    { "x %>% f(a) |> g", "g(f(x, a))" },
    { "x |>\n  f(a) |>\n  pkg::g(b = 1)", "pkg.g(f(x, a), b=1)" },
    { "x %>% f(a, .)", "f(a, x)" },
    { "x |> f(data = _)", "f(data=x)" },
    { "x %>% f(n = nrow(.))", "f(x, n=nrow(x))" },
    { "g(x) %>% .$a", "g(x).a" },
    { "g(x) %>% .[['a']] %>% h", "h(g(x)[\"a\"])" },
    { "x %>% { f(.) }", "f(x)" },
    { "x %>% (function(d) d)", "(d => d)(x)" },
    { "x %>% map(~ f(.)) %>% map(~ g(.x, 1))", "map(map(x, (. => f(.))), (.x => g(.x, 1)))" },
    { "x %<>% f(1)", "x = f(x, 1)" },
    { "x %T>% write_csv('a') %>% g()", "g(write_csv(x, \"a\"))" },
    { "x %>% f() -> y", "y = f(x)" },
    { "'s3://b/k' %>% read_parquet() %>% return()", "return read_parquet(\"s3://b/k\")" },
};

static const struct front_end_case control[] = {
    { "if (a) b", "if a {b}" },
    { "if (a) {\n  b\n}\nelse if (c) d else e", "if a {b} else {if c {d} else {e}}" },
    { "{ if (a) b\n\n else c }", "if a {b} else {c}" },
    { "x <- if (a) 'b' else 'c'", "if a {x = \"b\"} else {x = \"c\"}" },
    { "f(if (a) 'b' else 'c', if (d) e)", "f((a ? \"b\" : \"c\"), (d ? e : None))" },
    { "for (i in 1:2) { print(i); next }", "for i in [1, 2] {print(i); continue}" },
    { "for (x in c('a', 'b'))\n  f(x)", "for x in c(\"a\", \"b\") {f(x)}" },
    { "while (TRUE) break", "while True {break}" },
    { "repeat { f(); if (x) break }", "while True {f(); if x {break}}" },
    { "p <- switch(e, dev = , test = 's', prod = 't', stop('no'))",
      "match e {case (\"dev\" | \"test\") {p = \"s\"} case \"prod\" {p = \"t\"} "
      "case _ {raise stop(\"no\")}}" },
    { "switch(2, 'a', 'b')", "match 2 {case 1 {\"a\"} case 2 {\"b\"}}" },
    { "x <- tryCatch({\n  g <- f(1)\n  g\n}, error = function(e) NULL, finally = close(h))",
      "try {g = f(1); x = g} except e {x = None} finally {close(h)}" },
    { "try(f(), silent = TRUE)", "try {f()}" },
    { "withCallingHandlers(f(), warning = function(w) { g(w); return(1) })",
      "try {f()} except w {g(w); 1}" },
    { "r <- foreach(i = xs, .combine = rbind) %dopar% { f(i) }", "r = [f(i) for i in xs]" },
};

static const struct front_end_case functions[] = {
    { "f <- function(a, b = 1, ...) a", "def f(a, b=1, *...) {return a}" },
    { "f = \\(x) x", "def f(x) {return x}" },
    { "f <- function(p)\n{\n  if (p) return(1)\n  q <- 2\n}",
      "def f(p) {if p {return 1}; q = 2; return q}" },
    { "f <- function() {\n  g(1)\n  if (a) { h(2); b } else c\n}",
      "def f() {g(1); if a {h(2); return b} else {return c}}" },
    { "o$f <- function(x) x", "o.f = (x => x)" },
    { "f <- function(x) { for (i in x) g(i) }", "def f(x) {for i in x {g(i)}}" },
    { "f <- function(x) invisible(x)", "def f(x) {return x}" },
    { "f <- function() {}", "def f() {return None}" },
};

static const struct front_end_case imports[] = {
    { "library(readr); require(\"dplyr\")", "import readr (*); import dplyr (*)" },
    { "suppressPackageStartupMessages({\n  library(a)\n  library(b)\n})",
      "import a (*); import b (*)" },
    { "if (!require(foo)) install.packages('foo')",
      "import foo (*); if (not True) {install.packages(\"foo\")}" },
    { "requireNamespace('x', quietly = TRUE)", "import x" },
    { "pacman::p_load(a, b)", "import a (*); import b (*)" },
    { "f <- function() { library(x); g() }", "def f() {import x (*); return g()}" },
    { "library(p, character.only = TRUE)", "library(p, character.only=True)" },
};

static const struct front_end_case texts[] = {
    { "glue('s3://{bucket}/{paste0(a, 1)}.csv')", "\"s3://{bucket}/{paste0(a, 1)}.csv\"" },
    { "glue::glue('a', '{b}')", "glue.glue(\"a\", \"{b}\")" },
    { "str_glue('{{x}} {y')", "\"{x} {y\"" },
    { "glue('{a b}')", "\"{?()}\"" },
    { "glue('<a>', .open = '<', .close = '>')", "glue(\"<a>\", .open=\"<\", .close=\">\")" },
};

static const struct {
    const struct front_end_case *cases;
    size_t n;
} tables[] = {
    { words, ARRAY_LEN(words) },         { assignments, ARRAY_LEN(assignments) },
    { operators, ARRAY_LEN(operators) }, { calls, ARRAY_LEN(calls) },
    { pipes, ARRAY_LEN(pipes) },         { control, ARRAY_LEN(control) },
    { functions, ARRAY_LEN(functions) }, { imports, ARRAY_LEN(imports) },
    { texts, ARRAY_LEN(texts) },
};

static void text_becomes_a_tree(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        front_end_gives(r_parse, tables[i].cases, tables[i].n);
}

static void text_that_is_cut_or_changed_ends_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        front_end_survives(r_parse, tables[i].cases, tables[i].n);
}

static const struct front_end_broken broken[] = {
    { "a <- 1\nb <- <- 2\nc <- 3", "a = 1; c = 3", 2, 1 },
    { "a b c\nd", "d", 1, 1 },
    { "f(a\nx <- 3\ny <- 4", "x = 3; y = 4", 1, 1 },
    { "f <- function() {\n  a <- )\n  b <- 1\n}\nc", "def f() {b = 1; return b}; c", 2, 1 },
    { "x <- {\n  y <- }\nz", "x = None; z", 2, 1 },
    { "}\na", "a", 1, 1 },
    { "if a then b\nd", "d", 1, 1 },
    { "x <- 'open\ny", "", 1, 1 },
    { "x <- f(a, g(b)", "x = f(a, g(b))", 1, 1 },
    { "f({\n  a <- 1\n", "f((a := 1))", 1, 2 },
    { "$ ls; b", "b", 1, 1 },
    { "<<EOF\nx", "x", 1, 1 },
};

static void what_is_no_r_is_skipped_and_told(void **state)
{
    (void)state;
    front_end_recovers(r_parse, broken, ARRAY_LEN(broken));
}

static void places_are_those_of_the_text(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct parsed out;
    r_parse(&a, STR("\n x <- a$\n  f('b',\n c)"), &out);
    const struct node *call = out.statements->assign.value;
    assert_int_equal(out.statements->line, 2);
    assert_int_equal(out.statements->col, 2);
    assert_int_equal(call->line, 2);
    assert_int_equal(call->col, 7);
    assert_int_equal(call->call.func->line, 3);
    assert_int_equal(call->call.func->col, 3);
    assert_int_equal(call->call.args->next->line, 4);
}

static const struct front_end_shape shapes[] = {
    { "", "a <- f(1)\n", "", 10000, false },
    { "", "(", "", 200000, true },
    { "", "{", "", 200000, true },
    { "", "if (a) ", "b", 100000, true },
    { "", "if (a) b else ", "c", 100000, true },
    { "", "f(", "", 100000, true },
    { "x <- ", "function(a) ", "b", 100000, true },
    { "x", " %>% f()", "", 100000, true },
    { "x", " + 1", "", 10000, false },
    { "x", " ~ a", "", 50000, true },
    { "x", "$a", "", 10000, false },
    { "x", "[1]", "", 500000, true },
    { "c(", "1, ", "2)", 300000, false },
    { "x[", ",", "]", 300000, false },
    { "", "-", "1", 100000, true },
    { "", "a <- ", "1", 100000, true },
    { "", "1 -> a ; ", "1", 10000, false },
    { "", "\n# c\n", "", 200000, false },
    { "", "if (a) b\n\n\n\n", "", 10000, false },
    { "'", "\\", "'", 500000, false },
    { "", "?", "x", 300000, false },
    { "", "x <- 1:60\n", "", 20000, true },
    { "glue('", "{", "a')", 300000, false },
    { "glue('", "{a}", "')", 10000, false },
    { "x %>% f(", "., ", "1)", 50000, false },
    { "function(", "a, ", "b) 1", 300000, false },
    { "", ") ", "", 300000, false },
    { "r'", "-", "'", 300000, false },
    { "", "%", "", 300000, false },
    { "", "x %", "", 300000, true },
};

static void every_shape_takes_linear_time_and_bounded_memory(void **state)
{
    (void)state;
    front_end_stays_bounded(r_parse, shapes, ARRAY_LEN(shapes));
}

static void a_long_vector_is_cut(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct parsed out;
    const struct node *list =
        front_end_repeat(r_parse, &a, "c(", "'a', ", 30000, "'b')\nx <- 1", &out);
    size_t n = 0;
    for (const struct node *arg = list->value->call.args; arg != NULL; arg = arg->next)
        n++;
    assert_int_equal(n, LIMIT_LITERAL_ITEMS);
    assert_int_equal(list->next->kind, NODE_ASSIGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_a_tree),
        cmocka_unit_test(text_that_is_cut_or_changed_ends_well),
        cmocka_unit_test(what_is_no_r_is_skipped_and_told),
        cmocka_unit_test(places_are_those_of_the_text),
        cmocka_unit_test(every_shape_takes_linear_time_and_bounded_memory),
        cmocka_unit_test(a_long_vector_is_cut),
    };
    return cmocka_run_group_tests_name("r", tests, NULL, NULL);
}
