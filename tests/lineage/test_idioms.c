/* test_idioms: what R and Scala programs are written like, from the text to the references. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lineage/analysis.h"

#include "test.h"

struct idiom {
    const char *source, *references;
};

static const struct idiom in_r[] = {
    { "read.csv(\"s3://b/a.csv\")", "read s3://b/a.csv" },
    { "library(aws.s3)\nput_object(file = \"e.txt\", object = \"h.txt\", bucket = \"bk\")",
      "read file:e.txt\nwrite s3://bk/h.txt" },
    { "aws.s3::save_object(\"k.csv\", bucket = \"bk\", file = \"l.csv\")\nread.csv(\"l.csv\")",
      "write file:l.csv\nread s3://bk/k.csv\nread file:l.csv\nread s3://bk/k.csv" },
    { "s3 <- paws::s3()\ns3$get_object(Bucket = \"bk\", Key = \"p.csv\")", "read s3://bk/p.csv" },
    { "sc %>% spark_read_csv(name = \"t\", path = \"s3a://bk/t.csv\") %>%\n  filter(x > 1) %>%\n  "
      "spark_write_parquet(\"s3a://bk/out\")",
      "read s3://bk/t.csv\nwrite s3://bk/out" },
    { "con <- dbConnect(noctua::athena(), s3_staging_dir = \"s3://scratch/\")\ndbGetQuery(con, "
      "\"select * from db.t1\")",
      "read table:db.t1" },
    { "tbl(con, \"mytable\"); tbl(con, in_schema(\"s\", \"t2\")); tbl(con, sql(\"select * from "
      "t3\"))",
      "read table:mytable\nread table:s.t2\nread table:t3" },
    { "b <- arrow::s3_bucket(\"bk\")\nread_parquet(b$path(\"dir/x.parquet\"))",
      "read s3://bk/dir/x.parquet" },
    { "fn <- file.path(\"data\", paste0(\"y\", 2015:2016, \".csv\"))\nz <- lapply(fn, read.csv)",
      "read file:data/y2015.csv\nread file:data/y2016.csv" },
    { "n <- 2016\nfor (y in 2015:n) fread(sprintf(\"in/%d.csv\", y))",
      "read file:in/2015.csv\nread file:in/2016.csv" },
    { "purrr::map_dfr(c(\"p\", \"q\"), ~ read_csv(paste0(\"m/\", .x, \".csv\")))",
      "read file:m/p.csv\nread file:m/q.csv" },
    { "files <- list.files(\"raw\", full.names = TRUE)\nall <- lapply(files, read.csv)",
      "read file:raw/{}" },
    { "cfg <- list(input = \"in.csv\", output = \"out.csv\")\nread.csv(cfg$input); write.csv(1, "
      "cfg[[\"output\"]])\ncfg$more <- \"m.rds\"; readRDS(cfg$more)",
      "read file:in.csv\nwrite file:out.csv\nread file:m.rds" },
    { "ins <- list(a = \"la.csv\", b = \"lb.csv\")\nfor (i in ins) read.csv(i)",
      "read file:la.csv\nread file:lb.csv" },
    { "v <- c(a = \"va.csv\", b = \"vb.csv\")\nread.csv(v[\"a\"]); read.csv(v[[2]])",
      "read file:va.csv\nread file:vb.csv" },
    { "fn <- c(\"a.rds\", \"b.rds\")\nsapply(seq_along(fn), function(i) readRDS(fn[i]))",
      "read file:a.rds\nread file:b.rds" },
    { "walk2(list(1, 2), c(\"o1.csv\", \"o2.csv\"), write_csv)",
      "write file:o1.csv\nwrite file:o2.csv" },
    { "p <- \"s3://bk/dir/file.csv\"\nsaveRDS(1, gsub(\"\\\\.csv$\", \".rds\", basename(p)))",
      "write file:file.rds" },
    { "env <- \"dev\"\nbkt <- switch(env, dev = \"b-dev\", prod = "
      "\"b-prod\")\nread.csv(paste0(\"s3://\", bkt, \"/e.csv\"))",
      "read s3://b-dev/e.csv\nread s3://b-prod/e.csv" },
    { "f <- function(p, out = \"o.rds\") {\n  x <- readRDS(p)\n  saveRDS(x, out)\n  "
      "invisible(x)\n}\nf(\"in.rds\")",
      "read file:in.rds\nwrite file:o.rds" },
    { "x <- tryCatch(read.csv(\"a.csv\"), error = function(e) read.csv(\"b.csv\"))",
      "read file:a.csv\nread file:b.csv" },
    { "bucket <- \"bk\"\nread_csv(glue(\"s3://{bucket}/x.csv\")) |> write_csv(here::here(\"d\", "
      "\"y.csv\"))",
      "read s3://bk/x.csv\nwrite file:d/y.csv" },
    { "download.file(\"http://x.org/a.csv\", destfile = \"a.csv\")\nread.table(\"a.csv\")",
      "write file:a.csv\nread http://x.org/a.csv\nread file:a.csv\nread http://x.org/a.csv" },
    { "ggsave(\"plot.png\")", "write file:plot.png" },
    { "s3read_using(FUN = read.csv, object = \"s3://bk/z.csv\")", "read s3://bk/z.csv" },
    { "sagemaker <- import('sagemaker')\nsession <- sagemaker$Session()\n"
      "session$upload_data(path = \"a.csv\", bucket = \"bk\", key_prefix = \"d\")",
      "read file:a.csv\nwrite s3://bk/d/a.csv" },
    { "out <- file(\"o.txt\", \"w\"); writeLines(\"a\", out)", "write file:o.txt" },
    { "sparkR.session()\ndf <- SparkR::sql(\"select * from sdb.st\")\nwrite.parquet(df, "
      "\"s3://bk/w\")",
      "read table:sdb.st\nwrite s3://bk/w" },
};

static const struct idiom in_scala[] = {
    { "val base = \"s3://bk\"\nval paths = Seq(\"a\", \"b\").map(x => "
      "s\"$base/$x\")\nspark.read.parquet(paths: _*)",
      "read s3://bk/a\nread s3://bk/b" },
    { "Seq(\"s3://a\", \"s3://b\").foreach { p => spark.read.json(p) }",
      "read s3://a\nread s3://b" },
    { "for (y <- 2015 to 2016) spark.read.csv(s\"s3://b/y=$y\")",
      "read s3://b/y=2015\nread s3://b/y=2016" },
    { "val dfs = for (m <- List(\"m1\", \"m2\")) yield spark.read.orc(\"s3://b/\" + m)",
      "read s3://b/m1\nread s3://b/m2" },
    { "object Conf { val root = \"s3://c\"; def sub(s: String) = s\"$root/$s\" "
      "}\nspark.read.text(Conf.sub(\"t.txt\"))",
      "read s3://c/t.txt" },
    { "case class Job(in: String, out: String = \"s3://o\")\nval j = "
      "Job(\"s3://i\")\nspark.read.load(j.in).write.save(j.out)",
      "read s3://i\nwrite s3://o" },
    { "def run(p: String, fmt: String = \"csv\"): Unit = {\n  val d = "
      "spark.read.format(fmt).load(p)\n  d.write.mode(\"overwrite\").parquet(p + "
      "\"_out\")\n}\nrun(\"s3://r/x\")",
      "read s3://r/x\nwrite s3://r/x_out" },
    { "val m = Map(\"dev\" -> \"s3://dev\")\nspark.read.parquet(m(\"dev\") + \"/p\"); "
      "spark.read.parquet(m.getOrElse(\"x\", \"s3://def\"))",
      "read s3://dev/p\nread s3://def" },
    { "val env = sys.env.getOrElse(\"ENV\", \"dev\")\nspark.read.parquet(s\"s3://$env-bucket/z\")",
      "read s3://dev-bucket/z" },
    { "val opts = Map(\"path\" -> \"s3://opt/x\", \"header\" -> "
      "\"true\")\nspark.read.format(\"csv\").options(opts).load()",
      "read s3://opt/x" },
    { "spark.read.format(\"jdbc\").option(\"dbtable\", \"s.t\").option(\"url\", \"jdbc:x\").load()",
      "read table:s.t" },
    { "val t = env match { case \"dev\" => \"t_dev\"; case _ => \"t_prod\" }\nspark.table(t)",
      "read table:t_dev\nread table:t_prod" },
    { "val t = \"src\"\nspark.sql(s\"\"\"\n  |insert into db.out\n  |select * from "
      "db.$t\n\"\"\".stripMargin)",
      "write table:db.out\nread table:db.src" },
    { "df.writeStream.format(\"parquet\").option(\"path\", \"s3://st/o\").start()",
      "write s3://st/o" },
    { "df.write.saveAsTable(\"db.tab\"); df.write.mode(\"append\") insertInto \"db.tab2\"",
      "write table:db.tab\nwrite table:db.tab2" },
    { "df.createOrReplaceTempView(\"v\")\nspark.sql(\"select * from v join db.real\")",
      "read table:db.real" },
    { "import java.io._\nval pw = new PrintWriter(new File(\"local.txt\"))",
      "write file:local.txt" },
    { "import scala.io.Source\nval lines = Source.fromFile(\"in.txt\").getLines.toList",
      "read file:in.txt" },
    { "val p = "
      "java.nio.file.Paths.get(\"../d.csv\").toAbsolutePath()\nspark.read.csv(p.toString())",
      "read file:../d.csv" },
    { "import sys.process._\n\"aws s3 cp s3://sys/a b\".!", "write file:b\nread s3://sys/a" },
    { "sc.textFile(\"s3://tf/x\").map(_.split(\",\")).saveAsTextFile(\"s3://tf/out\")",
      "read s3://tf/x\nwrite s3://tf/out" },
    { "val (x, y) = (\"s3://t1\", \"s3://t2\"); spark.read.csv(x); spark.read.csv(y)",
      "read s3://t1\nread s3://t2" },
    { "class Loader(root: String) { def get(n: String) = spark.read.csv(root + \"/\" + n) }\n"
      "new Loader(\"s3://ld\").get(\"x\")",
      "read s3://ld/x" },
    { "List((\"a\", \"s3://ta\")).foreach { case (n, p) => spark.read.parquet(p) }",
      "read s3://ta" },
    { "spark.read.csv(args.headOption.getOrElse(\"s3://d\"))", "read s3://d" },
    { "var acc = \"s3://acc\"; acc += \"/more\"; spark.read.csv(acc)", "read s3://acc/more" },
    { "val buf = scala.collection.mutable.ListBuffer[String]()\nbuf += "
      "\"s3://buf/1\"\nbuf.foreach(b => spark.read.csv(b))",
      "read s3://buf/1" },
    { "import io.delta.tables._\nval dt = DeltaTable.forPath(spark, "
      "\"s3://dt/t\")\ndt.as(\"t\").merge(df.as(\"s\"), \"t.id = "
      "s.id\").whenMatched().updateAll().execute()",
      "read s3://dt/t\nwrite s3://dt/t" },
    { "val fs = FileSystem.get(new URI(\"s3://h\"), conf); fs.open(new Path(\"s3://h/x\"))",
      "read s3://h/x" },
    { "val emp = spark.read.parquet(\"s3://e\")\nemp.select(emp(\"name\"), emp(\"id\"))",
      "read s3://e" },
    { "val rd = try { spark.read.csv(\"s3://a\") } catch { case e: Exception => "
      "spark.read.csv(\"s3://b\") }",
      "read s3://a\nread s3://b" },
};

/* All references of one cell but listings, one a line. */
static struct str references(struct arena *a, const struct calls *calls, const char *language,
                             const char *source)
{
    struct cell cell = { .kind = CELL_CODE, .source = str_from(source) };
    struct notebook nb = { .language = str_from(language), .cells = &cell, .n_cells = 1 };
    struct analysis_options options = { .calls = calls };
    struct analysis out;
    struct str text = STR_EMPTY;
    analyze(a, &nb, &options, &out);
    for (size_t i = 0; i < out.n_references; i++)
        if (out.references[i].dir != REFERENCE_LIST)
            text = arena_printf(a, "%.*s%s%s %.*s", STR_FMT(text), text.len > 0 ? "\n" : "",
                                reference_dir_name(out.references[i].dir),
                                STR_FMT(out.references[i].uri));
    assert_int_equal(out.n_gaps, 0);
    return text;
}

static void check(const char *language, const struct idiom *idioms, size_t n)
{
    struct calls *calls = calls_new();
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str got = references(&a, calls, language, idioms[i].source);
        if (!str_eq(got, str_from(idioms[i].references)))
            fail_msg("%s\n  got:\n%.*s\n  want:\n%s", idioms[i].source, STR_FMT(got),
                     idioms[i].references);
    }
    calls_free(calls);
}

static void idioms_of_r_give_their_references(void **state)
{
    (void)state;
    check("r", in_r, sizeof in_r / sizeof *in_r);
}

static void idioms_of_scala_give_their_references(void **state)
{
    (void)state;
    check("scala", in_scala, sizeof in_scala / sizeof *in_scala);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idioms_of_r_give_their_references),
        cmocka_unit_test(idioms_of_scala_give_their_references),
    };
    return cmocka_run_group_tests_name("idioms", tests, NULL, NULL);
}
