/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "dump.h"
#include "front_end.h"
#include "lineage/scala.h"
#include "util/attrs.h"
#include "util/limits.h"

static const struct front_end_case words[] = {
    { "", "" },
    { "//a\n/* b /* nested */ c */", "" },
    { "val x = \"a\\tb\\u0041\\\"\"", "x = \"a\tbA\"\"" },
    { "val x = \"\"\"a\\t\"b\"c\n d\"\"\"\"", "x = \"a\\t\"b\"c\n d\"\"" },
    { "val x = ('c', '\\n', 'sym, \"\")", "x = (\"c\", \"\n\", \"sym\", \"\")" },
    { "f(1, 2L, 0xFF, 1.5e-3f, 1_000, .5)", "f(1, 2L, 0xFF, 1.5e-3f, 1_000, .5)" },
    { "f(true, false, null, None, (), Nil)", "f(True, False, None, None, None, [])" },
    { "`a b`.`type` + x_+ + y_1", "((a b.type + x_+) + y_1)" },
    { ":paste\n%%spark it's\n%load x\nx", "x" },
    { "\xEF\xBB\xBFval gr\xC3\xB6\xC3\x9F = 1", "gr\xC3\xB6\xC3\x9F = 1" },
};

static const struct front_end_case texts[] = {
    { "s\"$a/${b.c}/$$x\\n\"", "\"{a}/{b.c}/$x\n\"" },
    { "s\"${if (a) \"x\" else \"y\"}.csv\"", "\"{(a ? \"x\" : \"y\")}.csv\"" },
    { "s\"${xs.map(x => s\"${x}}\").mkString(\",\")}\"",
      "\"{xs.map((x => \"{x}}\")).mkString(\",\")}\"" },
    { "f\"$y%04d-${m}%02d/$s%s/$z%5.2f%%\"", "\"{y:\"04d\"}-{m:\"02d\"}/{s}/{z:\"5.2f\"}%%\"" },
    { "raw\"a\\nb$c\"", "\"a\\nb{c}\"" },
    { "s\"\"\"a \"q\" ${b}\n\"\"\"", "\"a \"q\" {b}\n\"" },
    { "\"\"\"\n  |a\n  |  b\"\"\".stripMargin", "\"\na\n  b\"" },
    { "\"%s/%d\".format(a, 1)", "\"%s/%d\".format(a, 1)" },
    { "df.select($\"a\", 'b)", "df.select(\"a\", \"b\")" },
};

static const struct front_end_case operators[] = {
    { "a + b * c - d", "((a + (b * c)) - d)" },
    { "a && b || !c == -d", "((a and b) or ((not c) == (-d)))" },
    { "a === b && c =!= d", "((a == b) and (c != d))" },
    { "xs ++ ys :+ z", "((xs + ys) + [z])" },
    { "a :: b :: Nil", "[a, b]" },
    { "a :: xs", "([a] + xs)" },
    { "a -> b", "(a, b)" },
    { "a +\n  b", "(a + b)" },
    { "val x = \"a\"\n  + \"b\"", "x = (\"a\" + \"b\")" },
    { "a\n-1", "a; (-1)" },
    { "val x = 1 to 3", "x = [1, 2, 3]" },
    { "0 until 2", "[0, 1]" },
    { "1 to n", "1.to(n)" },
    { "a ? b", "a.?(b)" },
    { "var s = \"a\"; s += \"b\"", "s = \"a\"; s += \"b\"" },
    { "val b = ListBuffer[String](); b += \"x\"; b ++= c", "b = []; b += [\"x\"]; b += c" },
    { "x = 1; o.y = 2; xs(0) = 3", "x = 1; o.y = 2; xs[0] = 3" },
};

static const struct front_end_case calls[] = {
    { "spark.read\n  .option(\"a\", true) //note\n\n  .csv(path)",
      "spark.read.option(\"a\", True).csv(path)" },
    { "df.write.mode(SaveMode.Overwrite) parquet path",
      "df.write.mode(SaveMode.Overwrite).parquet(path)" },
    { "df show\nval x = 1", "df.show; x = 1" },
    { "f(a, b = 1, xs: _*)", "f(a, b=1, *xs)" },
    { "f(a)(b) { c }", "f(a)(b)(c)" },
    { "f[Int, Map[A, B]](a).as[T]", "f(a).as" },
    { "new java.io.File(\"a\").exists()", "java.io.File(\"a\").exists()" },
    { "new A[T](1)(2) with B { val x = 1 }", "?(A(1)(2),  {x = 1})" },
    { "new Foo", "Foo()" },
    { "a f (b, c)", "a.f(b, c)" },
    { "f\n(a)", "f; a" },
    { "\"ls\".!!; \"ls\" !", "\"ls\".!!(); \"ls\".!()" },
    { "f(x,\n  y,\n)", "f(x, y)" },
    { "o = {\n  \"a\": 1,\n  \"b\": [2, c],\n}\ndf.options(**o)",
      "o = {\"a\": 1, \"b\": [2, c]}; df.options(**o)" },
};

static const struct front_end_case collections[] = {
    { "Seq(\"a\", \"b\")", "[\"a\", \"b\"]" },
    { "List[Int](1); Array(); Vector(xs: _*)", "[1]; []; [*xs]" },
    { "Set(1); scala.collection.mutable.Set(2)", "set{1}; set{2}" },
    { "Map(\"a\" -> 1, (\"b\", 2))", "{\"a\": 1, \"b\": 2}" },
    { "new HashMap[String, Int](); Map.empty[A, B]; Seq.empty", "{}; {}; []" },
    { "Map(xs: _*); Array.fill(3)(0)", "Map(*xs); Array.fill(3)(0)" },
    { "(1, \"a\")._2", "(1, \"a\")._2" },
    { "Some(x); Option(y)", "x; y" },
    { "a.get(k).getOrElse(d); m.getOrElse(k, d)", "(a.get(k) or d); m.getOrElse(k, d)" },
};

static const struct front_end_case functions[] = {
    { "xs.map(_.a).filter(_ > 1)", "xs.map((_ => _.a)).filter((_ => (_ > 1)))" },
    { "xs.reduce(_ + _)", "xs.reduce((_, _2 => (_ + _2)))" },
    { "xs.map(f(_))", "xs.map((_ => f(_)))" },
    { "xs.map(f _)", "xs.map(f)" },
    { "xs.map(x => x + 1)", "xs.map((x => (x + 1)))" },
    { "xs.foreach { x =>\n  f(x)\n  g(x)\n}", "xs.foreach((x => {f(x); return g(x)}))" },
    { "xs foreach println", "xs.foreach(println)" },
    { "m.map { case (k, v) => k; case _ => v }",
      "m.map((_case => {match _case {case (k, v) {return k} case _ {return v}}}))" },
    { "m.foreach { case (k, v) => f(v) }", "m.foreach((_case => {(k, v) = _case; return f(v)}))" },
    { "xs.fold(0)((a, b) => a + b)", "xs.fold(0)((a, b => (a + b)))" },
    { "val f: String => Int = (s: String) => s.length", "def f(s) {return s.length}" },
    { "f { implicit s: T => g }", "f((s => g))" },
    { "() => x", "( => x)" },
    { "def f(a: A, b: Map[K, V] = g(1), c: String*)(implicit d: D): R = a",
      "def f(a, b=g(1), *c) {return a}" },
    { "def f(a: A)(b: B) = { val c = a\n  c + b }",
      "def f(a) {return (b => {c = a; return (c + b)})}" },
    { "def f = 1; def g() { h }; def k: Int", "def f() {return 1}; def g() {return h}" },
    { "@tailrec private[x] final def +[T <: U](o: => T): T = o", "def +(o) {return o}" },
};

static const struct front_end_case control[] = {
    { "if (a) b", "if a {b}" },
    { "if (a) { b }\nelse if (c) d\nelse e", "if a {b} else {if c {d} else {e}}" },
    { "val x = if (a) \"b\" else \"c\"", "if a {x = \"b\"} else {x = \"c\"}" },
    { "f(if (a) b else c)", "f((a ? b : c))" },
    { "if a then b else c", "if a {b} else {c}" },
    { "val x = { val y = 1; y + 1 }", "y = 1; x = (y + 1)" },
    { "val x = e match {\n  case \"a\" | \"b\" => 1\n  case n: Int if n > 2 =>\n    f(n)\n    2\n"
      "  case Foo(a, _*) => 3\n  case A.B => 4\n  case z @ Some(y) => 5\n  case h :: t => 6\n"
      "  case _ => throw new E(\"x\")\n}",
      "match e {case (\"a\" | \"b\") {x = 1} case n if (n > 2) {f(n); x = 2} "
      "case Foo(a, *_) {x = 3} case ?(A.B) {x = 4} case (z := y) {x = 5} case [h, *t] {x = 6} "
      "case _ {raise E(\"x\")}}" },
    { "while (a) { b }; do { c } while (d)", "while a {b}; while d {c}" },
    { "for (x <- xs) f(x)", "for x in xs {f(x)}" },
    { "for (x <- xs; y <- ys if x > y) { f(x) }", "for x in xs {for y in ys {if (x > y) {f(x)}}}" },
    { "for {\n  (a, b) <- xs\n  c = a + b\n  if c > 1\n} yield c",
      "[c for (a, b) in xs for c in [(a + b)] if (c > 1)]" },
    { "for (i <- 1 to 2) { val y = i; g(y) }", "for i in [1, 2] {y = i; g(y)}" },
    { "val r = try f(1) catch { case e: E => g(e); 2 } finally h()",
      "try {r = f(1)} except e {g(e); r = 2} finally {h()}" },
    { "def f(x: Int) = { if (x > 1) return x; g }", "def f(x) {if (x > 1) {return x}; return g}" },
};

static const struct front_end_case declarations[] = {
    { "val a, b = 1; var x: T = _; val y: Int", "a = 1; b = a; x = None" },
    { "val (a, b: String) = f; val Array(c, _) = g; val Foo(d) = h; val Some(e) = i",
      "(a, b) = f; (c, _) = g; (d,) = h; e = i" },
    { "lazy val x: Map[String, Int] = y; private final val Root = z", "x = y; Root = z" },
    { "object A { val r = 1\n  def f(s: String) = s\"$r/$s\" }",
      "class A() {r = 1; def f(s) {return \"{r}/{s}\"}}" },
    { "case class C[T](a: String = \"x\", val b: Int)(c: D) extends E(1) with F.G { f(a) }",
      "class C(E, F.G) {a: ?() = \"x\"; b: ?() = ?(); c: ?() = ?(); f(a)}" },
    { "sealed trait T; case object O extends T", "class T() {}; class O(T) {}" },
    { "import a.b.c; import a.{b, c => d, e => _, _}; import x",
      "import a.b (c); "
      "import a (b, c as d, *); import x" },
    { "import a.b._, c.d\nimport $ivy.`org::x:1`", "import a.b (*); import c (d); "
                                                   "import $ivy (org::x:1)" },
    { "package a.b\npackage c { val x = 1 }", "x = 1" },
    { "type A = Map[String, Int]; type F = A => B\nx", "x" },
};

static const struct {
    const struct front_end_case *cases;
    size_t n;
} tables[] = {
    { words, ARRAY_LEN(words) },
    { texts, ARRAY_LEN(texts) },
    { operators, ARRAY_LEN(operators) },
    { calls, ARRAY_LEN(calls) },
    { collections, ARRAY_LEN(collections) },
    { functions, ARRAY_LEN(functions) },
    { control, ARRAY_LEN(control) },
    { declarations, ARRAY_LEN(declarations) },
};

static void text_becomes_a_tree(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        front_end_gives(scala_parse, tables[i].cases, tables[i].n);
}

static void text_that_is_cut_or_changed_ends_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        front_end_survives(scala_parse, tables[i].cases, tables[i].n);
}

/* Scala 3: what its indentation says is what these braces say. */
static const struct {
    const char *indented, *braced;
} indents[] = {
    { "object A:\n  val x = 1\n  def f(y: Int) =\n    g(y)\n    h(x)\nend A\nf(2)",
      "object A {\n  val x = 1\n  def f(y: Int) = {\n    g(y)\n    h(x) } }\n\nf(2)" },
    { "if a > 0 then\n  f(1)\nelse if b then g(2) else\n  h(3)\nz",
      "if (a > 0) {\n  f(1) }\nelse if (b) g(2) else {\n  h(3) }\nz" },
    { "val p = if late then \"a\" else \"b\" /* then */\n",
      "val p = if (late) \"a\" else \"b\"\n" },
    { "enum E:\n  def f() =\n    x match\n      case 1 =>\n        g(1)\n      case _ => g(2)\n",
      "enum E {\n  def f() = {\n    x match {\n      case 1 => {\n        g(1) }\n      case _ => "
      "g(2) } } }\n" },
    { "class A:\n  for x <- xs do\n    f(x)\n  for (y <- ys) do f(y)\n  val z = for q <- qs yield "
      "q\n  while i < 2 do\n    i += 1\n",
      "class A {\n  for {x <- xs} {\n    f(x) }\n  for (y <- ys)  f(y)\n  val z = for {q <- qs} "
      "yield q\n  while (i < 2) {\n    i += 1 } }\n" },
    { "trait A:\n  val s = \"\"\"\n  then\n\"\"\"\n  f(\n    s,\n  )\n  try\n    g(s)\n  catch\n   "
      " case e: E => h(e)\n",
      "trait A {\n  val s = \"\"\"\n  then\n\"\"\"\n  f(\n    s,\n  )\n  try {\n    g(s) }\n  "
      "catch {\n    case e: E => h(e) } }\n" },
};

static struct str dumped(struct arena *a, const char *source)
{
    struct parsed out;
    scala_parse(a, arena_str(a, str_from(source)), &out);
    assert_case(out.n_gaps == 0, source);
    AUTO_BUF b = BUF_INIT(1U << 20);
    dump_statements(&b, out.statements);
    return arena_str(a, buf_str(&b));
}

static void indentation_is_read_as_braces(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(indents); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = dumped(&a, indents[i].indented), want = dumped(&a, indents[i].braced);
        assert_true(got.len > 0);
        if (!str_eq(got, want))
            print_error("%s\n%.*s\n%.*s\n", indents[i].indented, STR_FMT(got), STR_FMT(want));
        assert_true(str_eq(got, want));
        const struct front_end_case one = { indents[i].indented, "" };
        front_end_survives(scala_parse, &one, 1);
    }
}

static const struct front_end_broken broken[] = {
    { "val a = 1\nval b = = 2\nval c = 3", "a = 1; c = 3", 2, 1 },
    { "f(a\nval x = 3\nval y = 4", "x = 3; y = 4", 1, 1 },
    { "def f() = {\n  val a = )\n  val b = 1\n}\nc", "def f() {b = 1}; c", 2, 1 },
    { "}\na", "a", 1, 1 },
    { "val x = \"open\nval y = 1", "y = 1", 1, 1 },
    { "val x = f(a, g(b)", "x = f(a, g(b))", 1, 1 },
    { "xs.foreach { x =>\n  f(x)\n", "xs.foreach((x => f(x)))", 1, 1 },
    { "x match {\n  case 1 => a\n  case = => b\n  case 2 => c\n}\nd",
      "match x {case 1 {a} case 2 {c}}; d", 3, 1 },
};

static void what_is_no_scala_is_skipped_and_told(void **state)
{
    (void)state;
    front_end_recovers(scala_parse, broken, ARRAY_LEN(broken));
}

static void places_are_those_of_the_text(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct parsed out;
    scala_parse(&a, STR("\n val x = a\n  .f(\"b\",\n c)"), &out);
    const struct node *call = out.statements->assign.value;
    assert_int_equal(out.statements->line, 2);
    assert_int_equal(out.statements->col, 6);
    assert_int_equal(call->line, 2);
    assert_int_equal(call->col, 10);
    assert_int_equal(call->call.func->line, 3);
    assert_int_equal(call->call.func->col, 4);
    assert_int_equal(call->call.args->next->line, 4);
}

static const struct front_end_shape shapes[] = {
    { "", "val a = f(1)\n", "", 10000, false },
    { "object A:\n", "  val a =\n    f(1)\n", "", 10000, false },
    { "object A:\n", " \n", "x", 40000, false },
    { "object A:\n  if ", "if a then ", "b", 20000, false },
    { "", "(", "", 200000, true },
    { "", "{", "", 200000, true },
    { "", "if (a) ", "b", 100000, true },
    { "", "if (a) b else ", "c", 100000, true },
    { "", "f(", "", 100000, true },
    { "x = ", "a => ", "b", 100000, true },
    { "x = ", "a :: ", "b", 100000, true },
    { "x", " -> b", "", 100000, true },
    { "x", " :+ b", "", 100000, true },
    { "x", " + 1", "", 10000, false },
    { "x", ".a", "", 10000, false },
    { "x", " foo b", "", 10000, false },
    { "x", "(1)", "", 500000, true },
    { "x", "[A]", "", 300000, false },
    { "Seq(", "1, ", "2)", 300000, false },
    { "val x: ", "A[", "", 300000, false },
    { "val x: A", " with B", "", 300000, false },
    { "", "-", "1", 100000, false },
    { "", "- ", "1", 100000, true },
    { "", "/*", "", 300000, false },
    { "", "s\"${", "", 300000, false },
    { "", "s\"${x\n", "", 100000, false },
    { "", "s\"${\"\"\"\n", "", 100000, false },
    { "", "\"\"\"", "", 300000, false },
    { "", "\"a\n", "", 300000, false },
    { "s\"", "$", "\"", 300001, false },
    { "s\"", "${a}", "\"", 10000, false },
    { "x match { ", "case a => b\n", "}", 10000, false },
    { "x match { case ", "a | ", "b => c }", 10000, false },
    { "x match { case ", "(", "", 100000, true },
    { "x match { case ", "a :: ", "b => c }", 10000, false },
    { "for (", "a <- b; ", "c <- d) e", 100000, true },
    { "import a.{", "b, ", "c}", 10000, false },
    { "import a", ".b", "", 100000, false },
    { "def f(", "a: A, ", "b: B) = 1", 10000, false },
    { "def f", "(a: A)", " = 1", 10000, false },
    { "class A ", "{ class B ", "", 100000, true },
    { "val ", "a, ", "b = 1", 10000, false },
    { "", ") ", "", 300000, false },
    { "", ":", "", 300000, false },
    { "", "%a\n", "", 100000, false },
    { "", "case ", "", 300000, false },
    { "", "try ", "x", 100000, true },
    { "", "new A { ", "", 100000, true },
    { "", "'", "", 300000, false },
    { "f(", "_ + ", "1)", 10000, false },
    { "", "@a ", "val x = 1", 300000, false },
    { "", "private ", "val x = 1", 300000, false },
};

static void every_shape_takes_linear_time_and_bounded_memory(void **state)
{
    (void)state;
    front_end_stays_bounded(scala_parse, shapes, ARRAY_LEN(shapes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_a_tree),
        cmocka_unit_test(indentation_is_read_as_braces),
        cmocka_unit_test(text_that_is_cut_or_changed_ends_well),
        cmocka_unit_test(what_is_no_scala_is_skipped_and_told),
        cmocka_unit_test(places_are_those_of_the_text),
        cmocka_unit_test(every_shape_takes_linear_time_and_bounded_memory),
    };
    return cmocka_run_group_tests_name("scala", tests, NULL, NULL);
}
