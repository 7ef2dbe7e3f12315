"""Each row of the call tables of Python is called once in every way that it gives, and what it refers to is found."""
import subprocess

import pytest

import call_snippets
from conftest import BUILD, TOP

TABLE = TOP / "src" / "lineage" / "calls" / "python.tsv"
SEPARATOR = "\x1e"


@pytest.fixture(scope="module")
def tried():
    """(row, code, what it refers to, what was found) of each piece of code."""
    tool = BUILD / "tests" / "lineage" / "dump_refs"
    pieces, _ = call_snippets.snippets(TABLE)
    text = SEPARATOR.join(code for _, code, _ in pieces)
    run = subprocess.run([tool, "python"], input=text, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) == len(pieces)
    return [(row, code, want, [tuple(ref.split(" ", 1)) for ref in line.split("\t") if ref])
            for (row, code, want), line in zip(pieces, lines)]


def report(failures):
    return f"{len(failures)} calls:\n" + "\n".join(failures[:20])


def test_every_row_is_found(tried):
    failures = []
    for row, code, want, got in tried:
        missing = [ref for ref in want if ref not in got]
        if missing:
            failures.append(f"{TABLE.name}:{row.line}: {code!r}: {missing} is not among {got}")
    assert not failures, report(failures)


def test_no_row_gives_more_than_it_says(tried):
    failures = []
    for row, code, want, got in tried:
        if "made0" in code or call_snippets.SHELL[0] in code:
            continue  # how the receiver is come by may refer to something too
        more = [ref for ref in got if ref not in want]
        if more:
            failures.append(f"{TABLE.name}:{row.line}: {code!r}: {more} beside {want}")
    assert not failures, report(failures)


def test_nearly_all_rows_that_move_data_can_be_tried(tried):
    rows, _ = call_snippets.read_rows(TABLE)
    moving = {row.call for row in rows if row.dir in ("R", "W", "RW", "C", "M", "L", "D", "S")}
    missing = moving - {row.call for row, *_ in tried}
    assert len(missing) * 100 <= len(moving), sorted(missing)
