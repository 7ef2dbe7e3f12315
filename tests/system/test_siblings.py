"""The files beside a notebook, and the user's rules and values: what analyses draw in, and what they must not."""
import json
import os

import boto3
import pytest

import notebooks
from conftest import clean_env, run_cli

LOAD = "import pandas as pd\npd.read_csv(%s)"


def uris(*args, **options):
    result = run_cli("analyze", "--json", *args, check=True, **options)
    return [r["uri"] for row in json.loads(result.stdout) for r in row["references"] if not r["uri"].startswith("file:")]


def put(folder, **files):
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize("files, cells, found", [
    ({"helpers__py": "ROOT = 's3://b/helped'"}, ["import helpers", LOAD % "helpers.ROOT"], "s3://b/helped"),
    ({"helpers__py": "ROOT = 's3://b/aliased'"}, ["import helpers as h", LOAD % "h.ROOT"], "s3://b/aliased"),
    ({"helpers__py": "ROOT = 's3://b/from'"}, ["from helpers import ROOT as where", LOAD % "where"], "s3://b/from"),
    ({"helpers__py": "ROOT = 's3://b/star'"}, ["from helpers import *", LOAD % "ROOT"], "s3://b/star"),
    ({"helpers__py": "def f(x):\n    return 's3://b/' + x"}, ["import helpers", LOAD % "helpers.f('made')"], "s3://b/made"),
    ({"run__py": "ROOT = 's3://b/run'"}, ["%run run.py", LOAD % "ROOT"], "s3://b/run"),
    ({"run__py": "ROOT = 's3://b/dot'"}, ["%run ./run.py", LOAD % "ROOT"], "s3://b/dot"),
    ({"run__py": "ROOT = 's3://b/bare'"}, ["%run run", LOAD % "ROOT"], "s3://b/bare"),
    ({"run__ipynb": notebooks.notebook("ROOT = 's3://b/nb'")}, ["%run run.ipynb", LOAD % "ROOT"], "s3://b/nb"),
    ({"run__ipynb": notebooks.notebook("%%sql\nSELECT * FROM a.b", ("markdown", "ROOT"))}, ["%run ./run"], "table:a.b"),
    ({"c__json": '{"a": {"b": ["s3://b/json"]}, "n": null, "t": true}'},
     ["import json\nwith open('c.json') as f:\n    c = json.load(f)", LOAD % "c['a']['b'][0]"], "s3://b/json"),
    ({"c__yaml": "a:\n  - &x {b: s3://b/yaml}\nd: *x"},
     ["import yaml\nc = yaml.safe_load(open('c.yaml'))", LOAD % "c['d']['b']"], "s3://b/yaml"),
    ({"c__yml": "b: s3://b/yml"}, ["import yaml\nwith open('c.yml') as f:\n    c = yaml.full_load(f.read())", LOAD % "c['b']"],
     "s3://b/yml"),
    ({"c__ini": "[a]\nRoot = s3://b\nkey: %(Root)s/ini"},
     ["import configparser\nc = configparser.ConfigParser()\nc.read('c.ini')", LOAD % "c['a']['key']"], "s3://b/ini"),
    ({"c__cfg": "[a]\nkey = s3://b/get"}, ["from configparser import ConfigParser\nc = ConfigParser()\nwith open('c.cfg') as f:\n    c.read_file(f)",
                                         LOAD % "c.get('a', 'KEY', fallback='no') if x else c.get('a', 'key')"], "s3://b/get"),
    ({"c__toml": "[a]\nb = ['s3://b/toml']"}, ["import tomllib\nwith open('c.toml', 'rb') as f:\n    c = tomllib.load(f)", LOAD % "c['a']['b'][0]"],
     "s3://b/toml"),
    ({"c__toml": "a.b = 's3://b/loads'"}, ["import toml\nc = toml.loads(open('c.toml').read())", LOAD % "c['a']['b']"], "s3://b/loads"),
    ({"__env": "ROOT=s3://b/env"}, ["import os\nfrom dotenv import load_dotenv\nload_dotenv()", LOAD % "os.environ['ROOT']"], "s3://b/env"),
    ({"my__env": "export R='s3://b'\nROOT=${R}/named"}, ["import os, dotenv\ndotenv.load_dotenv(dotenv.find_dotenv('my.env'))", LOAD % "os.getenv('ROOT')"], "s3://b/named"),
    ({"__env": "ROOT=s3://b/values"}, ["from dotenv import dotenv_values\nc = dotenv_values()", LOAD % "c['ROOT']"], "s3://b/values"),
    ({"__env": "ROOT=s3://b/magic"}, ["%load_ext dotenv\n%dotenv", "!aws s3 cp $ROOT x"], "s3://b/magic"),
    ({"c__yaml": "sources:\n  ships:\n    driver: csv\n    args: {urlpath: 's3://b/{{ day }}.csv'}\n"
                 "    parameters: {day: {default: 7}}\n  docks:\n    args:\n      urlpath: ['{{ CATALOG_DIR }}/d.csv', 's3://b/docks.csv']"},
     ["import intake\ncat = intake.open_catalog('c.yaml')", "cat.ships(day=8).read()\ncat['docks'].to_dask()"], "s3://b/docks.csv"),
    ({"catalog__yml": "_root: s3://b\nships:\n  type: pandas.CSVDataset\n  filepath: ${_root}/kedro.csv\ndocks: {table_name: docks, database: port}"},
     ["ships = catalog.load('ships')\ncontext.catalog.save('docks', ships)\ncatalog.load('nowhere')"], "s3://b/kedro.csv"),
])
def test_files_beside_a_notebook_are_drawn_in(tmp_path, files, cells, found):
    put(tmp_path, **files)
    path = notebooks.write(tmp_path / "main.ipynb", *cells)
    assert found in uris(path)
    assert found in uris("main.ipynb", cwd=tmp_path)
    for name in files:
        if name.endswith("ipynb"):
            (tmp_path / "sub").mkdir()
    assert found in uris(tmp_path)


def test_packages_below_the_folder_are_drawn_in(tmp_path):
    (tmp_path / "tools" / "deep").mkdir(parents=True)
    put(tmp_path / "tools", **{"__init____py": "ROOT = 's3://b/package'"})
    (tmp_path / "tools" / "__init__.py").write_text("ROOT = 's3://b/package'")
    (tmp_path / "tools" / "deep" / "paths.py").write_text("ROOT = 's3://b/deep'")
    path = notebooks.write(tmp_path / "a.ipynb", "import tools\nfrom tools.deep import paths", LOAD % "tools.ROOT", LOAD % "paths.ROOT")
    assert uris(path) == ["s3://b/package", "s3://b/deep"]


def test_what_catalogues_name_is_found_where_they_say(tmp_path):
    (tmp_path / "conf" / "base").mkdir(parents=True)
    (tmp_path / "conf" / "base" / "catalog.yml").write_text("ships: {type: spark.SparkDataset, filepath: 's3a://b/ships'}\nhole: {filepath: 's3://b/${x}/k'}")
    cell = ("from kedro.io import DataCatalog\nfrom kedro_datasets.pandas import CSVDataset\n"
            "own = DataCatalog({'ships': CSVDataset(filepath='s3://own/ships.csv'), 'plain': {'filepath': 's3://own/plain.csv'}})")
    path = notebooks.write(tmp_path / "a.ipynb", cell, "own.load('ships')\nown.load('plain')", "catalog.load('ships')\ncatalog.load('hole')\ncatalog.load('gone')")
    assert uris(path) == ["s3://own/ships.csv", "s3://own/plain.csv", "s3://b/ships", "s3://b/{}/k"]


@pytest.mark.parametrize("cell", [
    "%run ../secret.py", "%run nb/../../secret.py", "import sys\nsys.path.append('..')\nimport secret\nfrom secret import ROOT",
    "%run {outside}/secret.py", "from out import ROOT", "from folder.secret import ROOT", "%run out.py", "%run folder/secret.py",
    "from ..secret import ROOT", "%run ./../secret.py", "%run .\\..\\secret.py",
])
def test_nothing_outside_the_folder_is_drawn_in(tmp_path, cell):
    outside, inside = tmp_path, tmp_path / "nb"
    inside.mkdir()
    (outside / "secret.py").write_text("ROOT = 's3://secret/k'")
    (inside / "out.py").symlink_to("../secret.py")
    (inside / "folder").symlink_to("..")
    path = notebooks.write(inside / "a.ipynb", cell.replace("{outside}", str(outside)), LOAD % "ROOT")
    assert "s3://secret/k" not in uris(path)
    assert "s3://secret/k" not in uris(inside)
    assert "s3://secret/k" not in uris("a.ipynb", cwd=inside)


@pytest.mark.parametrize("name", ["/etc/hostname.json", "../c.json", "nb/../../c.json", "file:///c.json", "link.json"])
def test_no_configuration_outside_the_folder_is_read(tmp_path, name):
    (tmp_path / "c.json").write_text('{"k": "s3://secret/k"}')
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "link.json").symlink_to("../c.json")
    path = notebooks.write(tmp_path / "nb" / "a.ipynb", f"import json\nc = json.load(open('{name}'))", LOAD % "c['k']")
    assert "s3://secret/k" not in uris(path)


def test_links_that_stay_inside_the_place_are_followed(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "paths.py").write_text("ROOT = 's3://b/linked'")
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "paths.py").symlink_to("../shared/paths.py")
    path = notebooks.write(tmp_path / "nb" / "a.ipynb", "from paths import ROOT", LOAD % "ROOT")
    assert "s3://b/linked" in uris(tmp_path)  # the place that was typed is above both
    assert "s3://b/linked" not in uris(path)


def test_odd_siblings_do_no_harm(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "large.py").write_text("x = 1\n" * 800_000)
    (tmp_path / "me.py").write_text("import me\nimport you\nROOT = 's3://b/me'")
    (tmp_path / "you.py").write_text("import me\nfrom me import *")
    (tmp_path / "bad.yaml").write_text("a: [")
    (tmp_path / "self.ipynb").write_text(notebooks.notebook("%run self.ipynb\nopen('s3://b/self')"))
    path = notebooks.write(tmp_path / "a.ipynb", "import pipe, folder, large, me, you", LOAD % "me.ROOT", "%run self.ipynb",
                           "import yaml\nc = yaml.safe_load(open('bad.yaml'))", LOAD % "c['a']")
    found = uris(path, timeout=60)
    assert "s3://b/me" in found and "s3://b/self" in found


def test_siblings_are_bounded(tmp_path):
    for i in range(300):
        (tmp_path / f"m{i}.py").write_text(f"ROOT = 's3://b/{i}'")
    cells = [f"import m{i}\nopen(m{i}.ROOT)" for i in range(300)]
    found = uris(notebooks.write(tmp_path / "a.ipynb", *cells))
    assert [uri for uri in found if uri != "{}"] == [f"s3://b/{i}" for i in range(200)]


def test_rules_make_calls_of_ones_own_known(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", "import ourlib\nframe = ourlib.fetch('orders', zone='raw')\nframe.publish('s3://b/out')")
    rules = tmp_path / "calls.tsv"
    rules.write_text("# ours\nourlib.fetch\tR\t0/name\ttable\t\tframe\n.publish\tW\t0/where\tpath\n")
    assert "table:orders" not in uris(path)
    found = run_cli("analyze", "--json", "--analysis-rules", rules, path, check=True)
    assert [(r["dir"], r["uri"], r["via"]) for r in json.loads(found.stdout)[0]["references"]] == \
        [("read", "table:orders", "ourlib.fetch"), ("write", "s3://b/out", "ourlib.fetch.publish")]
    config = tmp_path / "boathouse.conf"
    config.write_text(f"[analysis]\nrules = {rules}\n")
    assert uris("--config", config, path) == ["table:orders", "s3://b/out"]
    asked = run_cli("uses", "table:orders", "--config", config, tmp_path, check=True)
    assert "exact" in asked.stdout


def test_wrong_rules_are_explained(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", "1")
    rules = tmp_path / "calls.tsv"
    rules.write_text("ourlib.fetch\tQ\t0/name\n")
    for command in (["analyze", path], ["uses", "s3://b/k", path]):
        result = run_cli(*command, "--analysis-rules", rules)
        assert result.returncode == 2 and "calls.tsv" in result.stderr and "Q" in result.stderr and result.stdout == ""
    gone = run_cli("analyze", path, "--analysis-rules", tmp_path / "gone.tsv")
    assert gone.returncode == 3 and "analysis.rules" in gone.stderr


def test_values_stand_for_what_code_cannot_tell(tmp_path):
    path = notebooks.write(tmp_path / "a.ipynb", "from config import BUCKET\nimport settings", LOAD % "f's3://{BUCKET}/a.csv'",
                           LOAD % "settings.ROOT + '/b.csv'")
    assert uris(path) == ["s3://{}/a.csv", "{}/b.csv"]
    told = run_cli("analyze", path, check=True).stdout
    assert "partial: imported config.BUCKET" in told and "partial: imported settings.ROOT" in told
    values = "config.BUCKET=lake, settings.ROOT = s3://other"
    assert uris(path, "--analysis-values", values) == ["s3://lake/a.csv", "s3://other/b.csv"]
    assert uris(path, env=clean_env(BOATHOUSE_ANALYSIS_VALUES=values)) == ["s3://lake/a.csv", "s3://other/b.csv"]
    path = notebooks.write(tmp_path / "b.ipynb", "import os", LOAD % "os.environ['DAY'] + '/a.csv'", LOAD % "os.getenv('DAY', 'x') + '/b.csv'",
                           LOAD % "WHERE + '/c.csv'", "WHERE = 's3://own'", LOAD % "WHERE + '/d.csv'", "!aws s3 cp $DAY/e.csv s3://out/")
    assert uris(path, "--analysis-values", "DAY=s3://day, WHERE=s3://where") == [
        "s3://day/a.csv", "s3://day/b.csv", "s3://where/c.csv", "s3://own/d.csv", "s3://day/e.csv", "s3://out/e.csv"]
    for wrong in ("config.BUCKET", "=x"):
        result = run_cli("analyze", path, "--analysis-values", wrong)
        assert result.returncode == 2 and "is not NAME=VALUE" in result.stderr


@pytest.fixture(scope="module")
def s3_env(moto_server):
    return clean_env(AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="secret", AWS_ENDPOINT_URL=moto_server,
                     BOATHOUSE_PROVIDER="aws", AWS_DEFAULT_REGION="us-east-1")


@pytest.fixture(scope="module")
def s3(moto_server):
    client = boto3.client("s3", endpoint_url=moto_server, aws_access_key_id="id", aws_secret_access_key="secret", region_name="us-east-1")
    objects = {
        "team/a.ipynb": notebooks.notebook("import helpers, yaml", LOAD % "helpers.ROOT", "from pkg.paths import DEEP", LOAD % "DEEP",
                                           LOAD % "yaml.safe_load(open('c.yaml'))['k']", "%run ../secret.py", LOAD % "SECRET"),
        "team/helpers.py": "ROOT = 's3://b/helped'",
        "team/pkg/paths.py": "DEEP = 's3://b/deep'",
        "team/c.yaml": "k: s3://b/yaml",
        "secret.py": "SECRET = 's3://secret/k'",
        "team/.ipynb_checkpoints/a.ipynb": notebooks.notebook(LOAD % "'s3://b/hidden'"),
        "team2/b.ipynb": notebooks.notebook(LOAD % "'s3://b/other'"),
        "team/broken.ipynb": "{",
        "team/\u00fc b+%.ipynb": notebooks.notebook(LOAD % "'s3://b/odd'"),
    }
    client.create_bucket(Bucket="analyses")
    for key, text in objects.items():
        client.put_object(Bucket="analyses", Key=key, Body=text.encode())
    return client


def test_places_on_s3_are_read_with_what_is_beside_them(s3_env, s3):
    result = run_cli("analyze", "--jsonl", "s3://analyses/team", env=s3_env)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1 and "skipped s3://analyses/team/broken.ipynb" in result.stderr
    assert [row["path"] for row in rows] == ["s3://analyses/team/a.ipynb", "s3://analyses/team/broken.ipynb", "s3://analyses/team/helpers.py",
                                             "s3://analyses/team/pkg/paths.py", "s3://analyses/team/\u00fc b+%.ipynb"]
    found = [r["uri"] for r in rows[0]["references"]]
    assert {"s3://b/helped", "s3://b/deep", "s3://b/yaml"} < set(found) and "s3://secret/k" not in found
    again = run_cli("analyze", "--jsonl", "-j", "1", "s3://analyses/team/", env=s3_env)
    assert again.stdout == result.stdout and again.stderr == result.stderr
    one = run_cli("analyze", "--jsonl", "s3://analyses/team/a.ipynb", env=s3_env, check=True)
    assert json.loads(one.stdout) == rows[0]


def test_a_question_is_answered_from_s3(s3_env, s3):
    asked = run_cli("uses", "s3://b", "s3://analyses", "--json", env=s3_env)
    assert asked.returncode == 0
    assert {(row["path"], row["uri"]) for row in json.loads(asked.stdout)} == {
        ("s3://analyses/team/a.ipynb", "s3://b/helped"), ("s3://analyses/team/a.ipynb", "s3://b/deep"),
        ("s3://analyses/team/a.ipynb", "s3://b/yaml"), ("s3://analyses/team2/b.ipynb", "s3://b/other"),
        ("s3://analyses/team/\u00fc b+%.ipynb", "s3://b/odd")}
    gone = run_cli("uses", "s3://b/other", "s3://not-there", env=s3_env)
    assert gone.returncode == 3
