"""The samples are what demo/README.md says: valid notebooks, and data with the published counts."""
import csv
import json

import nbformat
import pytest

from conftest import TOP, run_cli

DEMO = TOP / "demo"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    run_cli("demo", cwd=folder, check=True)
    return folder / "lake"


def test_every_sample_is_in_the_program(lake):
    here = {p.relative_to(lake): p.read_bytes() for p in lake.rglob("*") if p.is_file()}
    there = {p.relative_to(DEMO): p.read_bytes() for d in ("datasets", "notebooks") for p in (DEMO / d).rglob("*") if p.is_file()}
    assert here == there


def test_notebooks_are_valid_and_of_many_kinds(lake):
    languages, tagged = set(), 0
    for path in sorted((lake / "notebooks").rglob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        nbformat.validate(notebook)
        languages.add(notebook.metadata.kernelspec.language)
        tagged += any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
        assert not any(cell.get("outputs") for cell in notebook.cells), path
    assert languages == {"python", "R", "scala"} and tagged >= 12


def test_data_has_the_published_counts(lake):
    with open(lake / "datasets" / "iris" / "iris.csv", encoding="utf-8") as f:
        iris = list(csv.DictReader(f))
    assert len(iris) == 150 and {row["species"] for row in iris} == {"setosa", "versicolor", "virginica"}
    counts, survivors = {}, 0
    for path in (lake / "datasets" / "titanic").glob("class=*/*.csv"):
        with open(path, encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        counts[path.parent.name] = len(rows)
        survivors += sum(row["survived"] == "yes" for row in rows)
    assert counts == {"class=1st": 325, "class=2nd": 285, "class=3rd": 706, "class=crew": 885} and survivors == 711
    nile = (lake / "datasets" / "nile" / "nile.parquet").read_bytes()
    assert nile[:4] == nile[-4:] == b"PAR1"


def test_notebooks_find_each_dataset(lake):
    for name, least in (("iris", 6), ("titanic", 2), ("nile", 2)):
        found = json.loads(run_cli("notebooks", "-s", name, "notebooks", "--lake", lake, "--json", check=True).stdout)
        assert len(found) >= least, name
