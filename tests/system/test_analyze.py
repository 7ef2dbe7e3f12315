"""boathouse analyze: its forms, places, order, failures.  What it finds is checked in test_golden.py and test_accuracy.py."""
import json
import os
import pty
import re
import subprocess

import pytest

import notebooks
from conftest import BINARY, TOP, clean_env, run_cli

DATA = TOP / "tests" / "data" / "notebooks"
READ = 'import pandas as pd\npd.read_csv("%s")'


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("analyze")
    run_cli("demo", cwd=folder, check=True)
    return folder


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def uris(*args, **options):
    """Every location that analyze tells of these places."""
    result = run_cli("analyze", "--jsonl", *args, check=True, **options)
    return [r["uri"] for row in lines(result.stdout) for r in row["references"]]


def test_a_person_gets_a_table(lake):
    out = run_cli("analyze", "lake/notebooks/prepare/iris_features.ipynb", cwd=lake, check=True).stdout
    assert out.splitlines() == [
        "lake/notebooks/prepare/iris_features.ipynb  python, 4 code cells",
        "  DIR    URI                                           CELL:LINE  VIA                                NOTES",
        "  read   s3://datasets/iris/iris.csv                   2:4        pandas.read_csv",
        "  write  s3://datasets/iris_features/features.parquet  4:2        pandas.read_csv.assign.to_parquet",
    ]


def on_a_terminal(*args, **env):
    """What the program writes to a terminal, and its exit status."""
    main, side = pty.openpty()
    child = subprocess.Popen([str(BINARY), *map(str, args)], stdout=side, stderr=side, stdin=side, env=clean_env(**env))
    os.close(side)
    out = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(main)
    return out.decode(), child.wait(30)


def test_colour_is_for_terminals_without_no_color(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", READ % "s3://b/k.csv")
    colored, status = on_a_terminal("analyze", path)
    assert status == 0 and "\x1b[1m" in colored and "s3://b/k.csv" in colored
    plain, status = on_a_terminal("analyze", path, NO_COLOR="1")
    assert status == 0 and "s3://b/k.csv" in plain and not re.search(r"\x1b\[\d+m", plain)
    assert "\x1b" not in run_cli("analyze", path, check=True).stdout
    searched, status = on_a_terminal("uses", "s3://b/k.csv", tmp_path)
    assert status == 0 and "1 notebooks searched" in searched


def test_names_and_code_cannot_drive_the_terminal(tmp_path):
    path = notebooks.write(tmp_path / "a\x1b[2J.ipynb", READ % "s3://b/\u009bk.csv")
    out = run_cli("analyze", "--explain", path, check=True).stdout
    assert "\x1b" not in out and "\\x1b[2J.ipynb" in out


def test_the_json_forms_say_the_same(lake):
    array = json.loads(run_cli("analyze", "--json", "lake/notebooks", cwd=lake, check=True).stdout)
    rows = lines(run_cli("analyze", "--jsonl", "lake/notebooks", cwd=lake, check=True).stdout)
    assert array == rows and len(rows) == 13
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    for row in rows:
        assert list(row) == ["path", "language", "kernel", "counts", "libraries", "parameters", "references", "gaps", "limit"]
    train = next(row for row in rows if row["path"].endswith("iris_train.ipynb"))
    assert train["language"] == "python" and train["kernel"] == "python3" and train["limit"] is None
    assert train["counts"]["cells"] == 6 and train["counts"]["code_cells"] == 5 and train["counts"]["train"] >= 1
    assert "sklearn" in train["libraries"]
    assert {"name": "seed", "value": "7", "cell": 1, "line": 4} in train["parameters"]
    assert train["references"][0] == {
        "dir": "read", "uri": "s3://datasets/iris/iris.csv", "cell": 3, "line": 1, "col": 11,
        "code": "iris = pd.read_csv(dataset)", "via": "pandas.read_csv", "kind": "data", "resolved": True, "holes": [],
        "called": True, "may": False, "derived": False}


def test_holes_say_why_and_what(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", 'import os\nimport pandas as pd\npd.read_csv("s3://b/" + os.environ["DAY"])')
    reference = json.loads(run_cli("analyze", "--json", path, check=True).stdout)[0]["references"][0]
    assert reference["uri"] == "s3://b/{}" and reference["resolved"] is False
    assert reference["holes"] == [{"reason": "environment", "name": "DAY"}]


def test_the_scorer_gets_what_it_reads(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", 'import os\nos.listdir("d")\nopen("d/x.csv")\nos.remove("d/y.csv")')
    assert lines(run_cli("analyze", "--score", path, check=True).stdout) == [{"notebook": str(path), "references": [
        {"dir": "read", "uri": "file:d/x.csv", "cell": 0, "via": "open"},
        {"dir": "write", "uri": "file:d/y.csv", "cell": 0, "via": "os.remove"}]}]


def test_each_step_to_a_location_is_explained(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", 'bucket = "lake"', 'import pandas as pd\npath = f"s3://{bucket}/x.csv"\npd.read_csv(path)')
    out = run_cli("analyze", "--explain", path, check=True).stdout
    assert "1:3  pd.read_csv(path)" in out
    assert '1:2  assigned path: path = f"s3://{bucket}/x.csv"' in out
    assert '0:1  assigned bucket: bucket = "lake"' in out
    reference = json.loads(run_cli("analyze", "--explain", "--json", path, check=True).stdout)[0]["references"][0]
    steps = [(s["step"], s["name"], s["cell"], s["line"]) for s in reference["origin"]]
    assert ("assigned", "path", 1, 2) in steps and ("assigned", "bucket", 0, 1) in steps
    assert reference["origin_is_cut"] is False


def test_a_step_in_a_sibling_names_its_file(tmp_path):
    (tmp_path / "helpers.py").write_text('BASE = "s3://b"\ndef path(name):\n    return BASE + "/" + name\n')
    path = notebooks.write(tmp_path / "a.ipynb", 'import helpers\nopen(helpers.path("k.csv"))')
    out = run_cli("analyze", "--explain", path, check=True).stdout
    assert "helpers.py:1  assigned BASE" in out and "helpers.py:2  argument name" in out
    reference = json.loads(run_cli("analyze", "--explain", "--json", path, check=True).stdout)[0]["references"][0]
    assert [(s.get("file"), s["line"]) for s in reference["origin"] if s["name"] == "BASE"] == [("helpers.py", 1)]
    (tmp_path / "put.py").write_text('import boto3\n\ndef put(key):\n    boto3.client("s3").put_object(Bucket="b", Key=key)\n')
    path = notebooks.write(tmp_path / "b.ipynb", 'import put\nput.put("k.csv")')
    assert "put.py:4  made of" in run_cli("analyze", "--explain", path, check=True).stdout


def test_explanations_are_bounded(tmp_path):
    chain = "\n".join(["x0 = 's3://b/'", *(f"x{i} = x{i - 1} + x{i - 1}[:0] + 'k'" for i in range(1, 200))])
    path = notebooks.write(tmp_path / "a.ipynb", chain, "open(x199)")
    reference = json.loads(run_cli("analyze", "--explain", "--json", path, check=True).stdout)[0]["references"][0]
    assert len(reference["origin"]) == 40 and reference["origin_is_cut"] is True


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--score", "--explain"])
def test_the_number_of_workers_changes_no_byte(tmp_path, form):
    for i in range(40):
        notebooks.write(tmp_path / f"{i % 7}" / f"{i:02}.ipynb", READ % f"s3://b/{i}.csv", "x = 1\n" * (i * 997 % 3000))
    (tmp_path / "3" / "broken.ipynb").write_text("{")
    results = [run_cli("analyze", form, "-j", jobs, ".", DATA, cwd=tmp_path) for jobs in (1, 2, 3, 16)]
    assert results[0].returncode == 1
    for other in results[1:]:
        assert other.stdout == results[0].stdout and other.stderr == results[0].stderr


def test_one_notebook_comes_from_standard_input(tmp_path):
    text = notebooks.notebook("import helpers\n" + READ % "s3://b/k.csv")
    (tmp_path / "helpers.py").write_text('open("s3://b/never")')
    out = run_cli("analyze", "--jsonl", "-", stdin=text, cwd=tmp_path, check=True).stdout
    assert [(row["path"], [r["uri"] for r in row["references"]]) for row in lines(out)] == [("-", ["s3://b/k.csv"])]


def test_paths_are_answered_one_by_one_as_they_come(lake):
    with subprocess.Popen([str(BINARY), "analyze", "--stdin"], cwd=lake, env=clean_env(), text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        for path in ["lake/notebooks/train/iris_train.ipynb", "s3://notebooks/spark/iris_sql.ipynb", "nowhere.ipynb", "", "lake",
                     "s3://notebooks/nothing.ipynb", "x" * 9000, "lake/notebooks/explore/iris_in_r.ipynb"]:
            child.stdin.write(path + "\n")
            child.stdin.flush()
            answer = json.loads(child.stdout.readline())
            assert answer["path"] == path[:8192]
            assert ("error" in answer) == (not path.endswith(("train.ipynb", "sql.ipynb", "r.ipynb")))
        child.stdin.write("lake/notebooks/train/iris_evaluate.ipynb")
        child.stdin.close()
        assert json.loads(child.stdout.readline())["counts"]["code_cells"] == 4
        assert child.stdout.read() == "" and child.wait(30) == 0
        assert child.stderr.read().count("boathouse: ") == 5


def test_a_stream_of_paths_is_answered_in_order(tmp_path):
    names = [f"{i}.ipynb" for i in range(300)]
    for i, name in enumerate(names):
        notebooks.write(tmp_path / name, READ % f"s3://b/{i}.csv")
    out = run_cli("analyze", "--stdin", "--score", "-j", 5, stdin="\n".join(names), cwd=tmp_path, check=True).stdout
    assert [(row["notebook"], row["references"][0]["uri"]) for row in lines(out)] == \
        [(name, f"s3://b/{i}.csv") for i, name in enumerate(names)]


@pytest.mark.parametrize("words, message", [
    ([], "analyze needs a FILE"),
    (["--json", "--score", "x"], "choose one of"),
    (["--stdin", "x"], "from standard input alone"),
    (["--score", "--explain", "x"], "no place for --explain"),
    (["-j", "0", "x"], "--jobs is a number from 1 to 256"),
    (["-j", "two", "x"], "--jobs is a number from 1 to 256"),
])
def test_wrong_use_is_refused(words, message):
    result = run_cli("analyze", *words)
    assert result.returncode == 2 and result.stdout == "" and message in result.stderr


def test_broken_notebooks_do_not_stop_the_others(tmp_path):
    good = notebooks.notebook(READ % "s3://b/good.csv")
    broken = {"a.ipynb": "", "b.ipynb": "{", "c.ipynb": good[:-40], "d.ipynb": "[]", "e.ipynb": '{"cells": 5}',
              "f.ipynb": "\x00" * 100, "g.ipynb": good.replace("good", "\\ud800", 1) + "x"}
    for name, text in broken.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "z.ipynb").write_text(good)
    result = run_cli("analyze", "--jsonl", tmp_path)
    rows = lines(result.stdout)
    assert result.returncode == 1 and len(rows) == 8
    assert [r["uri"] for r in rows[-1]["references"]] == ["s3://b/good.csv"]
    for row, name in zip(rows, broken):
        assert row["error"]["code"] == "parse" and row["error"]["fix"] and row["references"] == []
        assert f"skipped {tmp_path}/{name}: {row['error']['message']}" in result.stderr
    assert run_cli("analyze", tmp_path / "z.ipynb").returncode == 0


def test_places_that_are_not_there_have_their_own_status(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", READ % "s3://b/k.csv")
    (tmp_path / "lake" / "b").mkdir(parents=True)
    missing = run_cli("analyze", tmp_path / "no", path, cwd=tmp_path)
    assert missing.returncode == 3 and "s3://b/k.csv" in missing.stdout and "No such file" in missing.stderr
    assert run_cli("analyze", "s3://none/x", cwd=tmp_path).returncode == 3
    assert run_cli("analyze", "gs://b/k", cwd=tmp_path).returncode == 2
    empty = run_cli("analyze", "s3://b", cwd=tmp_path)
    assert empty.returncode == 1 and "there are no notebooks" in empty.stderr
    assert json.loads(run_cli("analyze", "--json", "s3://b", cwd=tmp_path).stdout) == []
    (tmp_path / "b.ipynb").write_text("{")
    both = run_cli("analyze", tmp_path / "b.ipynb", tmp_path / "no")
    assert both.returncode == 3


def test_output_that_cannot_be_written_ends_it(tmp_path):
    for i in range(50):
        notebooks.write(tmp_path / f"{i}.ipynb", READ % "s3://b/k.csv")
    with open("/dev/full", "w") as full:
        result = subprocess.run([str(BINARY), "analyze", str(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True,
                                env=clean_env(), timeout=60)
    assert result.returncode == 1 and "No space left on device" in result.stderr


def test_output_that_nobody_reads_ends_it(tmp_path):
    for i in range(50):
        notebooks.write(tmp_path / f"{i}.ipynb", READ % "s3://b/k.csv", "x = 1\n" * 100)
    with subprocess.Popen([str(BINARY), "analyze", "--jsonl", "--explain", str(tmp_path)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=clean_env()) as child:
        child.stdout.close()
        assert child.wait(60) == 1
        assert "the output is not read any more" in child.stderr.read()


def test_folders_are_walked_but_never_left(tmp_path):
    top = tmp_path / "top"
    for name in ["a-b.ipynb", "a/x.ipynb", "a/.ipynb_checkpoints/x.ipynb", ".hidden/x.ipynb", "a/.x.ipynb", "b.py", "c.txt", "d.sql"]:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(notebooks.notebook("1") if name.endswith("ipynb") else "")
    notebooks.write(tmp_path / "secret.ipynb", "1")
    (top / "out.ipynb").symlink_to("../secret.ipynb")
    (top / "up").symlink_to("..")
    (top / "a" / "loop").symlink_to("../a")
    (top / "inside.ipynb").symlink_to("a/x.ipynb")
    rows = lines(run_cli("analyze", "--jsonl", "top/", cwd=tmp_path, check=True).stdout)
    assert [row["path"] for row in rows] == ["top/a-b.ipynb", "top/a/x.ipynb", "top/b.py", "top/d.sql", "top/inside.ipynb"]
    here = lines(run_cli("analyze", "--jsonl", ".", cwd=top, check=True).stdout)
    assert [row["path"] for row in here] == ["a-b.ipynb", "a/x.ipynb", "b.py", "d.sql", "inside.ipynb"]
    assert run_cli("analyze", "top/out.ipynb", cwd=tmp_path).returncode == 0  # named, so it is followed


def test_what_was_removed_from_a_mapping_is_gone(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", """
import pandas as pd
import sagemaker.processing
k = {"gone": "s3://b/gone", "kept": "s3://b/kept"}
k.pop("gone")
x.apply(lambda v: v, **k)
print({**k}, dict(k), dict(**k), list(k), k.items(), k.copy(), f"{k}", k == {"kept": 1}, k | {"a": 1})
pd.read_csv(k)
json.dumps(k)
sagemaker.processing.Processor().run(arguments=k)
s = {"sep": ",", "path": "s3://b/opened"}
s.pop("sep")
pd.read_csv(s["path"], **s)
del s["path"]
spark.read.options(**s).load(**s)
""")
    found = uris(path)
    assert "s3://b/kept" in found and "s3://b/opened" in found and "s3://b/gone" not in found


def test_functions_of_a_command_substitution_do_no_harm(tmp_path):
    script = "".join(f"f{i}() {{ a; }}\n" for i in range(11)) + "".join(f"x=$(g{i}() {{ a; }})\n" for i in range(40)) + "unknown x\n"
    (tmp_path / "a.sh").write_text(script + "aws s3 cp s3://b/k.csv k.csv\n")
    assert "s3://b/k.csv" in uris(tmp_path / "a.sh", timeout=30)


def test_a_cell_of_5_mb_is_read_to_its_end(tmp_path):
    rows = "\n".join(f"x{i} = [{i}, {i + 1}, 'text {i}']" for i in range(140000))
    path = notebooks.write(tmp_path / "a.ipynb", rows, READ % "s3://b/k.csv")
    assert path.stat().st_size > 5_000_000
    row = json.loads(run_cli("analyze", "--json", path, check=True, timeout=100).stdout)[0]
    assert "s3://b/k.csv" in [r["uri"] for r in row["references"]] or row["limit"]


def test_larger_notebooks_than_allowed_are_told(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", "x = 1\n" * 1000)
    result = run_cli("analyze", "--fetch-max-notebook-bytes", 2000, path)
    assert result.returncode == 1 and "more than 2000 bytes" in result.stderr
