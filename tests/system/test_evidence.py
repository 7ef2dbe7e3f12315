"""What notebooks read as a whole is one dataset, from the scan on that finds the notebook, whichever source is scanned first."""
import json

import pytest

import notebooks
from conftest import http, run_cli, wait_for
from test_serve import Server

# Two files of one schema whose names have nothing in common: by themselves, two datasets.
FILES = {"north.csv": "at,level\n2024-01-01,1.5\n2024-01-02,1.6\n", "southern.csv": "at,level\n2024-01-01,2.5\n2024-01-02,2.6\n"}
READERS = {
    "a folder": 'spark.read.csv("s3://data/levels/", header=True).show()',
    "a glob": 'import dask.dataframe as dd\ndd.read_csv("s3://data/levels/*.csv").head()',
    "a table": 'spark.sql("CREATE TABLE levels (at STRING, level DOUBLE) USING csv LOCATION \'s3://data/levels\'")',
}
OTHERS = {
    "one file": 'import pandas as pd\npd.read_csv("s3://data/levels/north.csv")',
    "a copy by a shell": "!aws s3 sync s3://data/levels levels",
    "another folder": 'spark.read.csv("s3://data/other/").show()',
}


@pytest.fixture
def lake(tmp_path):
    levels = tmp_path / "lake" / "data" / "levels"
    levels.mkdir(parents=True)
    for name, text in FILES.items():
        (levels / name).write_text(text)
    return tmp_path


def write(lake, code):
    """The notebook's bucket stands behind "data" in the order of scans."""
    notebooks.write(lake / "lake" / "notebooks" / "ana" / "levels.ipynb", code)


def scanned(lake):
    told = json.loads(run_cli("scan", "--json", cwd=lake, check=True).stdout)
    found = json.loads(run_cli("datasets", "levels", "--json", cwd=lake).stdout)["items"]
    assert next(s["progress"]["datasets"] for s in told if s["source"] == "data") == len(found)
    return {d["uri"]: d["n_objects"] for d in found}


@pytest.mark.parametrize("how", READERS)
def test_what_a_notebook_reads_as_a_whole_is_one_dataset(lake, how):
    write(lake, READERS[how])
    assert scanned(lake) == {"s3://data/levels": 2}
    assert scanned(lake) == {"s3://data/levels": 2}
    used = json.loads(run_cli("uses", "s3://data/levels", "--json", cwd=lake, check=True).stdout)
    assert used["dataset"]["uri"] == "s3://data/levels" and used["items"][0]["percent"] >= 95


@pytest.mark.parametrize("how", OTHERS)
def test_other_uses_are_no_evidence(lake, how):
    write(lake, OTHERS[how])
    assert scanned(lake) == {f"s3://data/levels/{name}": 1 for name in FILES}


def test_the_dataset_follows_its_notebooks(lake):
    write(lake, OTHERS["one file"])
    assert len(scanned(lake)) == 2
    write(lake, READERS["a folder"])
    assert scanned(lake) == {"s3://data/levels": 2}
    (lake / "lake/data/levels/eastern.csv").write_text(FILES["north.csv"])
    assert scanned(lake) == {"s3://data/levels": 3}
    (lake / "lake/notebooks/ana/levels.ipynb").unlink()
    assert len(scanned(lake)) == 3


def test_files_of_another_format_stay_apart(lake):
    (lake / "lake/data/levels/more.jsonl").write_text('{"at": "2024-01-01", "level": 3.5}\n')
    write(lake, READERS["a folder"])
    assert sorted(scanned(lake).values()) == [1, 2]


def test_a_server_follows_too(lake):
    write(lake, OTHERS["one file"])
    server = Server(lake, "--scan-interval-s", "0")

    def scan(*sources):
        for source in sources:
            started = http("POST", f"{server.url}/v1/scans", json.dumps({"source": source}).encode(), {"Content-Type": "application/json"})
            assert started.status in (200, 202), started.body
            wait_for(lambda: http("GET", f"{server.url}/v1/scans/{started.json()['id']}").json()["state"] == "done", "its end")

    def found():
        return {d["uri"] for d in http("GET", f"{server.url}/v1/datasets").json()["items"]}

    try:
        scan("data", "notebooks")
        wait_for(lambda: len(found()) == 2, "the first scans")
        write(lake, READERS["a folder"])
        scan("notebooks")
        wait_for(lambda: found() == {"s3://data/levels"}, "one dataset")
    finally:
        assert server.stop() == 0
    assert "Sanitizer" not in (lake / "log").read_text()
