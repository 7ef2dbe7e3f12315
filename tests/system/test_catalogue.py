"""The catalogue with the real program: the demo is scanned, then asked over HTTP and on the command line."""
import json
import time
import urllib.parse

import pytest

import notebooks
from conftest import http, run_cli
from test_serve import Server


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue")
    run_cli("demo", cwd=folder, check=True)
    run_cli("scan", cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def server(lake):
    # Without scans of its own, so that the catalogue stays the same between two questions.
    server = Server(lake, "--scan-interval-s", "0")
    yield server
    assert server.stop() == 0


def get(server, path, headers=None, **query):
    return http("GET", f"{server.url}{path}?{urllib.parse.urlencode(query)}", headers=headers)


def names(items, member="uri"):
    return [item[member].rsplit("/", 1)[-1] for item in items]


def test_who_uses_iris(lake, server):
    answer = get(server, "/v1/usage", uri="iris").json()
    assert answer["dataset"]["uri"] == "s3://datasets/iris/iris.csv"
    readers = {use["notebook"].rsplit("/", 1)[-1] for use in answer["items"] if use["dir"] == "read"}
    assert readers == {"iris_boto3.ipynb", "iris_in_r.ipynb", "iris_overview.ipynb", "iris_features.ipynb", "iris_evaluate.ipynb",
                       "iris_train.ipynb", "iris_sql.ipynb"}
    train = next(use for use in answer["items"] if use["notebook"].endswith("iris_train.ipynb"))
    assert train["code"] == "iris = pd.read_csv(dataset)" and (train["cell"], train["line"]) == (3, 1)
    assert train["match"] == "exact" and train["percent"] == 100
    table = run_cli("uses", "iris", cwd=lake, check=True).stdout.splitlines()
    assert table[0].split() == ["MATCH", "SURE", "DIR", "NOTEBOOK", "CELL:LINE", "URI", "CODE"]
    assert len(table) == 1 + len(answer["items"])


def test_a_file_of_the_lake_is_asked_for_as_an_object(lake):
    by_path = json.loads(run_cli("uses", "--json", "lake/datasets/nile/nile.parquet", cwd=lake, check=True).stdout)
    assert names(by_path["items"], "notebook") == ["nile_forecast.ipynb", "nile_scala.ipynb"]


def test_which_datasets_has_nobody_used(lake, server):
    unused = get(server, "/v1/datasets", unused="true").json()["items"]
    assert [d["uri"] for d in unused] == ["s3://datasets/tides/tides.jsonl"]
    asked = run_cli("datasets", "--unused", "--json", cwd=lake)
    assert json.loads(asked.stdout)["items"] == unused and asked.returncode == 0
    assert get(server, "/v1/usage", uri=unused[0]["uri"]).json()["items"] == []
    used = {d["uri"] for d in get(server, "/v1/datasets").json()["items"]} - {d["uri"] for d in unused}
    assert used == {"s3://datasets/iris/iris.csv", "s3://datasets/nile/nile.parquet", "s3://datasets/titanic"}


def test_what_kinds_of_analyses_there_are(lake, server):
    kinds = {row["kind"]: row["n_notebooks"] for row in get(server, "/v1/analyses").json()["items"]}
    assert kinds["training"] >= 1 and kinds["reporting"] >= 1 and kinds["cleaning"] >= 1
    trained = get(server, "/v1/notebooks", kind="training").json()["items"]
    assert len(trained) == kinds["training"] and "iris_train.ipynb" in names(trained)
    out = run_cli("analyses", cwd=lake, check=True).stdout
    assert all(kind in out for kind in kinds)
    by_owner = {row["group"]: row["kinds"] for row in get(server, "/v1/analyses", by="owner").json()["items"]}
    assert by_owner["train"]["training"] >= 1


def test_a_tree_of_one_direction_shows_that_alone(lake):
    for direction, own, other in (("down", "-> ", "<- "), ("up", "<- ", "-> ")):
        tree = run_cli("lineage", "s3://datasets/iris/iris.csv", "--direction", direction, cwd=lake, check=True).stdout
        assert own in tree and other not in tree


def test_a_folder_above_datasets_lists_them(lake):
    listed = run_cli("datasets", "s3://datasets/", cwd=lake, check=True).stdout
    assert listed == run_cli("datasets", cwd=lake, check=True).stdout
    inside = run_cli("datasets", "s3://datasets/titanic/class=1st", cwd=lake, check=True).stdout
    assert inside.startswith("dataset     s3://datasets/titanic\n")
    nothing = run_cli("datasets", "s3://nowhere/x", cwd=lake)
    assert nothing.returncode == 3 and "no dataset is at s3://nowhere/x" in nothing.stderr


def test_metrics_say_how_fresh_the_catalogue_is(server):
    lines = dict(line.rsplit(" ", 1) for line in http("GET", server.url + "/metrics").body.decode().splitlines() if not line.startswith("#"))
    assert (lines["boathouse_catalogue_notebooks"], lines["boathouse_catalogue_datasets"]) == ("13", "4")
    for source in ("datasets", "notebooks"):
        assert abs(time.time() - int(lines[f'boathouse_source_scanned_timestamp_seconds{{source="{source}"}}'])) < 600


def test_a_command_that_finds_nothing_says_what_to_do_next(lake):
    for command in (["datasets", "nosuch"], ["notebooks", "nosuch"], ["uses", "s3://no/such"], ["search", "nosuch"], ["lineage", "s3://no/such"],
                    ["clusters", "list"], ["clusters", "orphans"], ["files", "datasets", "nosuch"], ["analyses", "--kind", "streaming"]):
        result = run_cli(*command, cwd=lake)
        assert (result.returncode, result.stdout) == (1, ""), command
        said = result.stderr.splitlines()
        assert said[0].startswith("boathouse: ") and said[1].startswith("fix: "), (command, said)
        assert run_cli(*command, "--json", cwd=lake).stderr == "", command


def test_a_dataset_is_described(lake, server):
    titanic = get(server, "/v1/usage", uri="s3://datasets/titanic/class=1st").json()["dataset"]
    assert (titanic["uri"], titanic["layout"], titanic["format"], titanic["n_objects"]) == ("s3://datasets/titanic", "partitioned", "csv", 4)
    one = get(server, f"/v1/datasets/{titanic['id']}").json()
    assert [c["name"] for c in one["columns"] if c["is_partition"]] == ["class"]
    assert one["n_partitions"] == 4 and ["1st"] in [p["values"] for p in one["partitions"]]
    code = {s["tool"]: s["code"] for s in one["snippets"]}
    assert {"pandas", "spark"} <= set(code) and str(lake / "lake" / "datasets" / "titanic") in code["pandas"]
    assert {"titanic_clean.ipynb", "titanic_spark.ipynb"} <= set(names(one["users"], "notebook"))
    shown = run_cli("datasets", "s3://datasets/titanic", cwd=lake, check=True).stdout
    assert titanic["id"] in shown and "# pandas" in shown
    assert run_cli("datasets", "s3://datasets/nothing", cwd=lake).returncode == 3


def test_data_flows_from_iris_to_the_report(lake, server):
    graph = get(server, "/v1/lineage", uri="s3://datasets/iris/iris.csv", direction="down").json()
    uris = names(graph["nodes"])
    assert {"iris_features.ipynb", "features.parquet", "iris_features_report.ipynb"} <= set(uris) and uris[0] == "iris.csv"
    impact = get(server, "/v1/impact", uri="s3://datasets/iris/iris.csv").json()
    steps = {n: item["steps"] for n, item in zip(names(impact["notebooks"]), impact["notebooks"])}
    assert steps["iris_train.ipynb"] == 1 and steps["iris_features_report.ipynb"] == 3
    tree = run_cli("lineage", "s3://datasets/iris/iris.csv", cwd=lake, check=True).stdout
    assert tree.index("iris_features.ipynb") < tree.index("features.parquet") < tree.index("iris_features_report.ipynb")
    assert run_cli("lineage", "--impact", "s3://nobody/knows", cwd=lake).returncode == 1
    assert run_cli("lineage", "s3://datasets/iris/iris.csv", "--format", "dot", cwd=lake, check=True).stdout.startswith("digraph")
    events = json.loads(run_cli("lineage", "s3://datasets/iris/iris.csv", "--format", "openlineage", cwd=lake, check=True).stdout)
    assert any(e.get("job", {}).get("name") == "train/iris_train.ipynb" for e in events)


def test_lines_are_found(lake, server):
    hits = get(server, "/v1/search", q="read_parquet").json()["items"]
    assert {"nile_forecast.ipynb", "iris_features_report.ipynb"} <= set(names(hits, "notebook"))
    for hit in hits:
        text = hit["text"].encode()
        assert text[hit["start"]:hit["start"] + hit["length"]] == b"read_parquet"
    assert run_cli("search", "--regex", r"read_\w+\(", cwd=lake, check=True).stdout.count("read_") >= len(hits)
    assert run_cli("search", "no such text anywhere", cwd=lake).returncode == 1
    wrong = run_cli("search", "--regex", "(", cwd=lake)
    assert wrong.returncode == 2 and "Sanitizer" not in wrong.stderr


def test_an_answer_is_sent_once_as_long_as_nothing_changes(server):
    first = get(server, "/v1/datasets")
    tag = first.headers["ETag"]
    again = get(server, "/v1/datasets", headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"") and again.headers["ETag"] == tag
    assert get(server, "/v1/datasets").body == first.body


def test_the_tag_changes_with_the_catalogue(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    run_cli("scan", cwd=tmp_path, check=True)
    server = Server(tmp_path, "--scan-interval-s", "0")
    try:
        before = get(server, "/v1/datasets")
        new = tmp_path / "lake" / "datasets" / "harbours"
        new.mkdir()
        (new / "harbours.csv").write_text("name,country\nBergen,NO\nKiel,DE\n")
        run_cli("scan", cwd=tmp_path, check=True)
        after = get(server, "/v1/datasets", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status == 200 and after.headers["ETag"] != before.headers["ETag"]
        assert {"harbours.csv"} == set(names(after.json()["items"])) - set(names(before.json()["items"]))
        assert names(get(server, "/v1/datasets", unused="true").json()["items"]) == ["harbours.csv", "tides.jsonl"]
    finally:
        assert server.stop() == 0


def test_lists_come_in_pages(server):
    whole = get(server, "/v1/notebooks").json()["items"]
    token, seen = "", []
    while True:
        page = get(server, "/v1/notebooks", limit=5, page_token=token).json()
        seen += page["items"]
        token = page.get("next_page_token")
        if not token:
            break
    assert seen == whole
    refused = get(server, "/v1/notebooks", limit=5, owner="train", page_token=get(server, "/v1/notebooks", limit=5).json()["next_page_token"])
    assert refused.status == 400 and "another question" in refused.json()["detail"]


@pytest.mark.parametrize("command", [["datasets"], ["notebooks"], ["analyses"], ["uses", "s3://b/k"], ["search", "x"], ["lineage", "s3://b/k"]])
def test_without_an_index_the_commands_say_what_to_do(tmp_path, command):
    result = run_cli(*command, cwd=tmp_path)
    assert result.returncode == 3 and "boathouse scan" in result.stderr and not (tmp_path / "state").exists()


TEMPLATE = """import pandas as pd
import matplotlib.pyplot as plt

source = "s3://lake/raw/ships.csv"
ships = pd.read_csv(source)
ships = ships.dropna(subset=["length", "beam"])
ships["ratio"] = ships["length"] / ships["beam"]
by_port = ships.groupby("port")["ratio"].agg(["mean", "std", "count"]).sort_values("mean")
fig, axis = plt.subplots(figsize=(8, 4))
by_port["mean"].plot.barh(ax=axis, xerr=by_port["std"])
axis.set_title("Report %d")
fig.savefig("ratio-%d.png")
"""


def test_copies_of_a_template_do_not_drown_an_answer(tmp_path):
    for i in range(12):
        notebooks.write(tmp_path / "lake" / "work" / f"team{i}" / "report.ipynb", TEMPLATE % (i, i))
    notebooks.write(tmp_path / "lake" / "work" / "own" / "load.ipynb", "import pandas as pd\nprint(len(pd.read_csv('s3://lake/raw/ships.csv')))")
    run_cli("scan", cwd=tmp_path, check=True)
    folded = json.loads(run_cli("uses", "s3://lake/raw/ships.csv", "--json", cwd=tmp_path, check=True).stdout)["items"]
    assert sorted(use["n_copies"] for use in folded) == [0, 11]
    assert "(+11 like it)" in run_cli("uses", "s3://lake/raw/ships.csv", cwd=tmp_path, check=True).stdout
    every = json.loads(run_cli("uses", "s3://lake/raw/ships.csv", "--copies", "--json", cwd=tmp_path, check=True).stdout)["items"]
    assert len(every) == 13
    one = run_cli("notebooks", "s3://work/team3/report.ipynb", cwd=tmp_path, check=True).stdout
    assert one.count("report.ipynb") == 12


def test_a_table_and_its_location_are_one_question(tmp_path):
    notebooks.write(tmp_path / "lake" / "work" / "make.ipynb", "%%sql\nCREATE TABLE fleet.ships USING parquet LOCATION 's3://lake/clean/ships'")
    notebooks.write(tmp_path / "lake" / "work" / "ask.ipynb", "%%sql\nSELECT count(*) FROM fleet.ships")
    notebooks.write(tmp_path / "lake" / "work" / "read.ipynb", "import pandas as pd\npd.read_parquet('s3://lake/clean/ships/part-0.parquet')")
    run_cli("scan", cwd=tmp_path, check=True)
    for asked in ("s3://lake/clean/ships", "table:fleet.ships", "fleet.ships"):
        found = json.loads(run_cli("uses", asked, "--json", cwd=tmp_path, check=True).stdout)["items"]
        assert {"ask.ipynb", "read.ipynb"} <= set(names(found, "notebook")), asked
