"""Each row of the call tables is called once in every way that it gives, and what it refers to is found."""
import subprocess

import pytest

import call_snippets
from conftest import BUILD, TOP

TABLES = TOP / "src" / "lineage" / "calls"
SEPARATOR = "\x1e"


def found(codes, *options, language="python"):
    """For each piece of code the (direction, location) pairs that the analyser finds."""
    tool = BUILD / "tests" / "lineage" / "dump_refs"
    run = subprocess.run([tool, *options, language], input=SEPARATOR.join(codes), capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) == len(codes)
    return [[tuple(ref.split(" ", 1)) for ref in line.split("\t") if ref] for line in lines]


@pytest.fixture(scope="module", params=["python", "r", "scala"])
def tried(request):
    """The table, and (row, code, what it refers to, what was found) of each piece of code."""
    table = TABLES / f"{request.param}.tsv"
    pieces, _ = call_snippets.snippets(table, call_snippets.LANGUAGES[request.param])
    got = found([code for _, code, _ in pieces], language=request.param)
    return table, [(*piece, refs) for piece, refs in zip(pieces, got)]


def report(failures):
    return f"{len(failures)} calls:\n" + "\n".join(failures[:20])


def test_every_row_is_found(tried):
    table, calls = tried
    failures = []
    for row, code, want, got in calls:
        missing = [ref for ref in want if ref not in got]
        if missing:
            failures.append(f"{table.name}:{row.line}: {code!r}: {missing} is not among {got}")
    assert not failures, report(failures)


def test_no_row_gives_more_than_it_says(tried):
    table, calls = tried
    failures = []
    for row, code, want, got in calls:
        if "made0" in code or call_snippets.SHELL[0].rsplit(" ", 1)[1] in code:
            continue  # how the receiver is come by may refer to something too
        more = [ref for ref in got if ref not in want]
        if more:
            failures.append(f"{table.name}:{row.line}: {code!r}: {more} beside {want}")
    assert not failures, report(failures)


def test_nearly_all_rows_that_move_data_can_be_tried(tried):
    table, calls = tried
    rows, _ = call_snippets.read_rows(table, call_snippets.LANGUAGES[table.stem])
    moving = {row.call for row in rows if row.dir in ("R", "W", "RW", "C", "M", "L", "D", "S")}
    missing = moving - {row.call for row, *_ in calls}
    assert len(missing) * 100 <= len(moving), sorted(missing)


def test_the_examples_of_the_documentation_hold(tmp_path):
    text = (TOP / "docs" / "call-tables.md").read_text(encoding="utf-8")
    rules = [line.strip(" ") for line in text.splitlines() if line.startswith("    ") and "\t" in line]
    assert len(rules) > 6
    table = tmp_path / "my-calls.tsv"
    table.write_text("\n".join(rules) + "\n", encoding="utf-8")
    cases = {
        "import ourlib\nourlib.read_table('sales.orders')\n": [("read", "table:sales.orders")],
        "import ourlib\nourlib.save(df, 's3://b/x.parquet')\n": [("write", "s3://b/x.parquet")],
        "anything.to_lake(target='s3://b/lake')\n": [("write", "s3://b/lake")],
        "import ourlib\nourlib.Lake('s3://b/lake').fetch()\n": [("read", "s3://b/lake")],
        "import ourlib\nourlib.Lake('s3://b/lake').put('s3://b/lake/new')\n": [("write", "s3://b/lake/new")],
        "import ourlib\nourlib.session().sql('select * from db.t')\n": [("read", "table:db.t")],
        "something.put('x')\n": [],
    }
    assert found(list(cases), "-r", str(table)) == list(cases.values())
