"""What `boathouse scan` and /v1/datasets say of a folder, for tests against what real writers put there."""
import contextlib
import pathlib
import urllib.parse

import pytest

from conftest import http, run_cli
from test_serve import Server


class Catalogue:
    """A server on a state of its own, which scans of folders on the command line fill."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.server = Server(self.folder, "--scan-interval-s", "0")

    def get(self, path, **query):
        answer = http("GET", f"{self.server.url}{path}?{urllib.parse.urlencode(query)}")
        assert answer.status == 200, answer.body
        return answer.json()

    def scan(self, place, *options):
        done = run_cli("scan", place, *options, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done

    def discover(self, folder, *options, place=None):
        """The datasets of the folder, scanned now, by what stands behind the folder in their uris."""
        place = place or f"file:{folder}"
        self.scan(place if place.startswith("s3:") else folder, *options)
        page = self.get("/v1/datasets", q=place, limit=1000)
        found = page["items"]
        while "next_page_token" in page:
            page = self.get("/v1/datasets", q=place, limit=1000, page_token=page["next_page_token"])
            found += page["items"]
        inside = [d for d in found if d["uri"] == place or d["uri"].startswith(place + "/")]
        assert len({d["uri"] for d in inside}) == len(inside), "a uri came twice"
        absent = {"error": "", "compression": "", "n_rows": -1}
        return {d["uri"].removeprefix(place).lstrip("/"): {**absent, **self.get(f"/v1/datasets/{d['id']}")} for d in inside}


@contextlib.contextmanager
def catalogue(folder):
    c = Catalogue(folder)
    try:
        yield c
    finally:
        assert c.server.stop() == 0
    assert "Sanitizer" not in (c.folder / "log").read_text()


@pytest.fixture(scope="module")
def discover(tmp_path_factory):
    """discover(FOLDER): see Catalogue."""
    with catalogue(tmp_path_factory.mktemp("catalogue")) as c:
        yield c.discover


def partitions(dataset):
    """Sorted tuples of raw values, None for null."""
    return sorted((tuple(p["values"]) for p in dataset["partitions"]), key=repr)


def columns(dataset, is_partition=None):
    """Names of columns with their types."""
    return {c["name"]: c["type"] for c in dataset["columns"] if is_partition is None or c["is_partition"] == is_partition}
