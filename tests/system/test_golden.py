"""What analyze finds in the notebooks of tests/data, in full, against golden files that were read by a person.

After a change that is meant: GOLDEN=write .venv/bin/python -m pytest tests/system/test_golden.py, then read the difference.
"""
import json
import os

import pytest

from conftest import TOP, run_cli

DATA = TOP / "tests" / "data"
FORMS = {"analyze.jsonl": ["--jsonl"], "score.jsonl": ["--score"]}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_notebooks_of_tests_data_are_understood_as_before(name):
    result = run_cli("analyze", *FORMS[name], "notebooks", cwd=DATA, check=True)
    golden = DATA / "golden" / name
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(result.stdout)
    expected = golden.read_text().splitlines()
    found = result.stdout.splitlines()
    for want, got in zip(expected, found):
        want, got = json.loads(want), json.loads(got)
        for key in want:
            if key == "references":
                missing = [r for r in want[key] if r not in got[key]]
                added = [r for r in got[key] if r not in want[key]]
                assert not missing and not added, f"{list(want.values())[0]}: missing {missing}, new {added}"
            assert got.get(key) == want[key], f"{list(want.values())[0]}: {key}"
    assert found == expected


def test_no_notebook_of_tests_data_ends_at_a_limit():
    rows = [json.loads(line) for line in (DATA / "golden" / "analyze.jsonl").read_text().splitlines()]
    assert len(rows) >= 20
    assert all(row["limit"] is None for row in rows)
    assert {row["language"] for row in rows} == {"python", "r", "scala", "shell", "sql"}
    assert [row["path"] for row in rows if row["gaps"]] == ["notebooks/broken_code.ipynb"]
