"""boathouse uses: which references answer a question, in which order, and what is said when none does."""
import json

import pytest

import notebooks
from conftest import run_cli


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uses")
    run_cli("demo", cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Notebooks that stand in every relation to s3://lake/raw/2024/ships.csv."""
    top = tmp_path_factory.mktemp("notebooks")
    read = "import pandas as pd\nimport os\nday = os.environ['DAY']\npd.read_csv(%s)"
    for name, where in {
        "exact": "'s3a://lake/raw/2024/ships.csv'", "inside": "'s3://lake/raw/2024/ships.csv/part-0'",
        "glob": "'s3://lake/raw/*/ships.csv'", "contains": "'s3://lake/raw/'", "holes": "f's3://lake/raw/{day}/ships.csv'",
        "weak": "f'{day}.csv'", "apart": "'s3://lake/raw/2024/ships.csv2'", "other": "'s3://lake/raw/2023/ships.csv'",
    }.items():
        notebooks.write(top / f"{name}.ipynb", read % where)
    notebooks.write(top / "table.ipynb", "%%sql\nSELECT * FROM sales.orders")
    notebooks.write(top / "deep" / "file.ipynb", "import pandas as pd\npd.read_csv('../data/ships.csv')\npd.read_csv('local.csv')")
    return top


def ask(*args, **options):
    result = run_cli("uses", "--json", *args, **options)
    return [(row["match"], row["path"].rsplit("/", 1)[-1].split(".")[0]) for row in json.loads(result.stdout)]


def test_every_relation_is_found_best_first(folder):
    assert ask("s3://lake/raw/2024/ships.csv", folder) == [
        ("exact", "exact"), ("inside", "inside"), ("glob", "glob"), ("contains", "contains"), ("holes", "holes")]
    assert ask("s3://lake/raw/2024/ships.csv", "--all", folder)[-1] == ("holes", "weak")
    told = run_cli("uses", "s3://lake/raw/2024/ships.csv", folder, check=True)
    assert "1 more could be it" in told.stderr and "--all" in told.stderr


def test_spellings_of_a_location_are_one(folder):
    best = ask("s3://lake/raw/2024/ships.csv", folder)
    for spelling in ("s3a://lake/raw/2024/ships.csv", "s3://lake/raw/2024/ships.csv/", "arn:aws:s3:::lake/raw/2024/ships.csv",
                     "https://lake.s3.eu-west-1.amazonaws.com/raw/2024/ships.csv"):
        assert ask(spelling, folder) == best, spelling


def test_tables_are_asked_by_name(folder):
    assert ask("table:sales.orders", folder) == [("exact", "table")]
    assert ask("sales.orders", folder) == [("exact", "table")]
    assert ask("orders", folder) == [("holes", "table")]
    assert ask("sales", folder) == [("inside", "table")]


def test_files_are_asked_by_path(folder):
    assert ask("data/ships.csv", ".", cwd=folder) == [("exact", "file")]
    assert ask(folder / "data" / "ships.csv", folder) == [("exact", "file")]
    assert ask("../data/ships.csv", ".", cwd=folder / "deep") == [("exact", "file")]
    assert ask("local.csv", folder)[0] == ("exact", "file")
    assert ask("file:local.csv", folder)[0] == ("exact", "file")
    assert ask("deep", ".", cwd=folder) == [("inside", "file")]


def test_a_file_of_the_lake_is_the_object_that_it_stands_for(lake):
    asked = run_cli("uses", "--json", "lake/datasets/nile/nile.parquet", "s3://notebooks", cwd=lake, check=True)
    assert asked.stdout == run_cli("uses", "--json", "s3://datasets/nile/nile.parquet", "s3://notebooks", cwd=lake, check=True).stdout
    assert ("exact", "titanic_spark") in ask(lake / "lake" / "datasets" / "titanic", "s3://notebooks", cwd=lake)


def test_the_table_shows_where_and_how(lake):
    out = run_cli("uses", "s3://datasets/titanic", "s3://notebooks", cwd=lake, check=True).stdout.splitlines()
    assert out[0].split() == ["MATCH", "DIR", "NOTEBOOK", "CELL:LINE", "URI", "CODE"]
    row = next(line for line in out if "titanic_spark" in line)
    assert row.split()[:5] == ["exact", "read", "s3://notebooks/spark/titanic_spark.ipynb", "2:1", "s3://datasets/titanic"]
    assert "spark.read.option" in row
    assert [line.split()[0] for line in out[1:]] == sorted((line.split()[0] for line in out[1:]), key=["exact", "inside"].index)


def test_json_has_the_whole_reference(lake):
    rows = json.loads(run_cli("uses", "--json", "s3://datasets/nile/nile.parquet", "lake", cwd=lake, check=True).stdout)
    assert [row["path"] for row in rows] == ["lake/notebooks/forecast/nile_forecast.ipynb", "lake/notebooks/spark/nile_scala.ipynb"]
    assert rows[0]["match"] == "exact" and rows[0]["score"] > 10 and rows[0]["dir"] == "read"
    assert rows[0]["code"] == "nile = pd.read_parquet(dataset)" and rows[0]["via"] == "pandas.read_parquet"


def test_nothing_found_is_status_1(lake, folder):
    nothing = run_cli("uses", "s3://nobody/knows", "s3://notebooks", cwd=lake)
    assert nothing.returncode == 1 and nothing.stdout == ""
    assert json.loads(run_cli("uses", "--json", "s3://nobody/knows", folder).stdout) == []
    assert run_cli("uses", "s3://lake/raw/2024/ships.csv", folder / "gone").returncode == 3
    assert run_cli("uses", "s3://lake/raw/2024/ships.csv", folder / "gone", folder).returncode == 3


def test_without_places_and_without_an_index_it_says_what_to_do(lake):
    nothing = run_cli("uses", "s3://datasets/titanic", cwd=lake)
    assert nothing.returncode == 3 and "boathouse scan" in nothing.stderr and "s3://notebooks" in nothing.stderr


@pytest.mark.parametrize("words, message", [([], "uses needs URI"), ([""], "is no location"), (["s3://"], "is no location"),
                                            (["s3://b/k", "s3://notebooks", "-j", "0"], "--jobs is a number")])
def test_wrong_use_is_refused(lake, words, message):
    result = run_cli("uses", *words, cwd=lake)
    assert result.returncode == 2 and message in result.stderr


def test_the_number_of_workers_changes_no_byte(folder):
    for form in ([], ["--json"]):
        answers = {run_cli("uses", "s3://lake", "--all", "-j", jobs, *form, folder).stdout for jobs in (1, 2, 9)}
        assert len(answers) == 1
