"""The commands, as they are typed: output for people, JSON, exit statuses, messages."""
import hashlib
import json
import re

import pytest

from conftest import run_cli


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    run_cli("demo", cwd=folder, check=True)
    return folder


def test_help_says_what_there_is():
    every = run_cli("--help", check=True).stdout
    for line in every.splitlines():
        match = re.match(r"  ([a-z]+(?: [a-z]+)?)  +[A-Z]", line)
        if match:
            page = run_cli(*match[1].split(), "--help", check=True).stdout
            assert page.startswith(f"usage: boathouse {match[1]} [OPTION...]")
            assert all(len(row) <= 80 for row in page.splitlines()), match[1]
    assert run_cli().returncode == 2
    assert run_cli("--version", check=True).stdout == run_cli("version", check=True).stdout


@pytest.mark.parametrize("words, status, message, fix", [
    (["servee"], 2, "there is no command servee", "Did you mean boathouse serve?"),
    (["files"], 2, "files needs BUCKET", None),
    (["files", "datasets", "--extensio", "x"], 2, "files has no option --extensio", "Did you mean --extension?"),
    (["files", "nope"], 3, "there is no bucket nope", None),
    (["files", "../datasets"], 2, "no bucket can have the name", None),
    (["notebooks", "--search-on", "x"], 2, "notebooks --search-on needs a bucket", None),
    (["notebooks", "notebooks"], 3, "there is no index yet", "boathouse scan"),
    (["clusters", "create", "1.5"], 2, "NODES is a whole number", None),
    (["clusters", "info", "j-A;rm"], 2, "is no cluster id", None),
    (["clusters", "info", "j-ABC"], 3, "there is no cluster j-ABC", None),
    (["config", "--log-level", "loud"], 2, "one of debug|info|warn|error|off is needed", None),
    (["serve", "--listen", "0.0.0.0:0"], 2, "is not a loopback address", "Make a token"),
    (["serve", "--listen", "nowhere:x"], 2, "is not a loopback address", None),
])
def test_wrong_use_is_explained(lake, words, status, message, fix):
    result = run_cli(*words, cwd=lake)
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("boathouse: ") and message in result.stderr
    assert "\nfix: " in result.stderr and (fix is None or fix in result.stderr)


def test_the_demo_touches_nothing_that_is_there(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    mine = tmp_path / "lake" / "datasets" / "iris" / "iris.csv"
    mine.write_text("mine")
    (tmp_path / "lake" / "datasets" / "nile" / "nile.parquet").unlink()
    again = json.loads(run_cli("demo", "--json", cwd=tmp_path, check=True).stdout)
    assert [row["key"] for row in again if row["added"]] == ["nile/nile.parquet"]
    assert mine.read_text() == "mine"


def test_files_and_notebooks_are_found(lake):
    table = run_cli("files", "datasets", "titanic", "-e", "csv", cwd=lake, check=True).stdout.splitlines()
    assert table[0].split() == ["KEY", "BYTES", "MODIFIED"] and len(table) == 5
    keys = json.loads(run_cli("files", "datasets", "--json", cwd=lake, check=True).stdout)
    assert "iris/iris.csv" in keys and keys == sorted(keys)
    found = json.loads(run_cli("notebooks", "-s", "iris", "notebooks", "--json", cwd=lake, check=True).stdout)
    assert "s3://notebooks/train/iris_train.ipynb" in found and "s3://notebooks/forecast/nile_forecast.ipynb" not in found
    assert run_cli("files", "datasets", "-e", "none", cwd=lake).returncode == 1
    nothing = run_cli("notebooks", "-s", "none", "notebooks", "--json", cwd=lake)
    assert nothing.returncode == 1 and json.loads(nothing.stdout) == []


def test_a_broken_notebook_is_named_and_skipped(lake):
    broken = lake / "lake" / "notebooks" / "broken.ipynb"
    broken.write_text('{"cells": [')
    try:
        result = run_cli("notebooks", "-s", "nile", "notebooks", cwd=lake, check=True)
        assert "skipped broken.ipynb: " in result.stderr and "nile_forecast" in result.stdout
    finally:
        broken.unlink()


def test_settings_come_from_four_places(tmp_path):
    conf = tmp_path / "my.conf"
    conf.write_text("lake = /from/file\nstate = /from/file\n[log]\nlevel = warn\n[auth]\nana = admin "
                    + hashlib.sha256(b"x").hexdigest() + "\n")
    import conftest
    env = conftest.clean_env(BOATHOUSE_LAKE="/from/env", BOATHOUSE_CONFIG=str(conf))
    shown = run_cli("config", "--json", "--log-level", "error", env=env, check=True).stdout
    assert hashlib.sha256(b"x").hexdigest() not in shown
    rows = {row["name"]: row for row in json.loads(shown)["settings"]}
    assert (rows["lake"]["value"], rows["lake"]["origin"]) == ("/from/env", "BOATHOUSE_LAKE")
    assert (rows["state"]["value"], rows["state"]["origin"]) == ("/from/file", f"{conf}:2")
    assert (rows["log.level"]["value"], rows["log.level"]["source"]) == ("error", "option")
    assert (rows["provider"]["value"], rows["provider"]["source"]) == ("local", "default")
    assert rows["auth.tokens"]["value"] == "ana admin ***"


def test_a_token_is_random_and_its_hash_is_of_it():
    one, two = (json.loads(run_cli("token", "new", "-r", "viewer", "ana", "--json", check=True).stdout) for _ in range(2))
    assert one["token"] != two["token"] and len(one["token"]) == 67
    assert one["hash"] == hashlib.sha256(one["token"].encode()).hexdigest()
    assert run_cli("token", "new", "-r", "boss", "ana").returncode == 2
    assert run_cli("token", "new", "-r", "admin", "a b").returncode == 2


def test_completion_knows_the_commands():
    import subprocess
    script = run_cli("completion", "bash", check=True).stdout
    probe = script + "\nCOMP_WORDS=(boathouse cl) COMP_CWORD=1; _boathouse; echo ${COMPREPLY[*]}" \
        "\nCOMP_WORDS=(boathouse clusters '') COMP_CWORD=2; _boathouse; echo ${COMPREPLY[*]}" \
        "\nCOMP_WORDS=(boathouse files --ext) COMP_CWORD=2; _boathouse; echo ${COMPREPLY[*]}" \
        "\nCOMP_WORDS=(boathouse clusters info --js) COMP_CWORD=3; _boathouse; echo ${COMPREPLY[*]}\n"
    said = subprocess.run(["bash", "-c", probe], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == ["clusters", "create info list nodes steps events extend cost diagnose orphans notebooks releases "
                    "templates budget adopt types terminate", "--extension", "--json"]
    for shell in ("zsh", "fish"):
        assert "terminate" in run_cli("completion", shell, check=True).stdout
    assert run_cli("completion", "tcsh").returncode == 2


def test_names_cannot_drive_the_terminal(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    (tmp_path / "lake" / "datasets" / "a\x1b[31mb\n").write_text("x")
    out = run_cli("files", "datasets", "a", cwd=tmp_path, check=True).stdout
    assert "\x1b" not in out and "a\\x1b[31mb\\x0a" in out
