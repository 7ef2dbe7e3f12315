"""The original calls from the index: what they answer, how old, and that the store is asked where the index does not know."""
import urllib.parse

import pytest
from conftest import http, run_cli
from test_serve import Server

import notebooks


@pytest.fixture()
def lake(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    run_cli("scan", cwd=tmp_path, check=True)
    return tmp_path


def serve(lake, seconds="3600"):
    return Server(lake, "--scan-interval-s", "0", "--scan-fresh-s", seconds)


def get(server, call, headers=None, **query):
    return http("GET", f"{server.url}{call}?{urllib.parse.urlencode(query)}", headers=headers)


QUESTIONS = [("/api/s3", {"bucket": "datasets"}), ("/api/s3", {"bucket": "datasets", "path": "titanic/class=1", "extension": ".csv"}),
             ("/api/s3", {"bucket": "notebooks", "path": "/train", "extension": "b"}), ("/api/s3", {"bucket": "datasets", "path": "nothing"}),
             ("/api/notebook", {"bucket": "notebooks", "search_on": "iris"}), ("/api/notebook", {"bucket": "notebooks", "path": "train/", "search_on": "s3://"}),
             ("/api/notebook", {"bucket": "notebooks", "search_on": "nobody wrote this"})]


def test_index_and_store_answer_alike(lake):
    server = serve(lake)
    try:
        for path, query in QUESTIONS:
            by_index = get(server, path, **query)
            by_store = get(server, path, headers={"Cache-Control": "max-age=0, no-cache"}, **query)
            assert by_index.headers["Boathouse-Source"] == "index" and int(by_index.headers["Boathouse-Index-Age"]) < 600
            assert by_store.headers["Boathouse-Source"] == "store" and "Boathouse-Index-Age" not in by_store.headers
            assert by_index.body == by_store.body, (path, query)
        assert get(server, "/api/s3", bucket="nowhere").status == 404
    finally:
        assert server.stop() == 0


def test_what_the_scan_did_not_see_is_there_with_no_cache(lake):
    server = serve(lake)
    try:
        (lake / "lake" / "datasets" / "new.csv").write_text("a\n1\n")
        assert "new.csv" not in get(server, "/api/s3", bucket="datasets").json()
        assert "new.csv" in get(server, "/api/s3", headers={"Cache-Control": "no-cache"}, bucket="datasets").json()
    finally:
        assert server.stop() == 0


def test_a_folder_is_asked_itself_unless_the_setting_says_otherwise(lake):
    server = Server(lake, "--scan-interval-s", "0")
    try:
        assert get(server, "/api/s3", bucket="datasets").headers["Boathouse-Source"] == "store"
    finally:
        assert server.stop() == 0


def test_notebooks_that_a_scan_leaves_out_are_found_in_the_store(lake):
    notebooks.write(lake / "lake" / "notebooks" / ".ipynb_checkpoints" / "old.ipynb", "pass")
    run_cli("scan", cwd=lake, check=True)
    server = serve(lake)
    try:
        assert get(server, "/api/notebook", bucket="notebooks", search_on="iris").headers["Boathouse-Source"] == "store"
        assert get(server, "/api/notebook", bucket="notebooks", path="train", search_on="iris").headers["Boathouse-Source"] == "index"
    finally:
        assert server.stop() == 0
