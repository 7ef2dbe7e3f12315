"""Clients of the three original services (tests/system/original), unchanged, on a folder, on radosgw, on moto and on the fake EMR.

One server listens on three ports, as the three services did.
"""
import json
import pathlib
import subprocess
import sys
import time

import pytest
from conftest import FakeEmr, clean_env, http
from test_serve import Server

CLIENTS = pathlib.Path(__file__).parent / "original"
DATASETS = {"iris/iris.csv": b"5.1\n", "iris/iris.parquet": b"PAR1", "iris/2024/iris.csv": b"4.9\n", "irises.csv": b"x\n",
            "titanic/ti tanic \u00fc+%.csv": b"1\n"}


def notebook(source, tags):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}]}).encode()


NOTEBOOKS = {"jupyter/jovyan/train.ipynb": notebook(['data = "s3://datasets/iris/"\n', "k = 3"], ["parameters"]),
             "jupyter/jovyan/deep/plot.ipynb": notebook('path = "s3://datasets/iris/iris.csv"', ["x", "parameters"]),
             "jupyter/jovyan/other.ipynb": notebook('data = "s3://datasets/titanic/"', ["parameters"]),
             "jupyter/jovyan/untagged.ipynb": notebook('data = "s3://datasets/iris/"', []),
             "jupyter/jovyan/broken.ipynb": b'{"cells": [{"source": "s3://datasets/iris/'}


class World:
    """A server with something behind it; start() may be told where."""

    def __init__(self, name, folder, gateway=None, emr_url=None, fake=None):
        self.has_clusters = emr_url is not None
        self.fake = fake
        options = ["--server-listen", "127.0.0.1:0, 127.0.0.1:0, 127.0.0.1:0"]
        if gateway is None:
            self._fill_folder(folder / "lake")
            env = clean_env()
        else:
            self._fill_s3(gateway.client())
            env = clean_env(**gateway.env(AWS_ENDPOINT_URL=None), AWS_ENDPOINT_URL_S3=gateway.endpoint, AWS_ENDPOINT_URL_EMR=emr_url)
            options += ["--provider", "aws"]
        self.server = Server(folder, *options, env=env)
        self.urls = ["http://" + a for a in self.server.addresses]
        self.log = folder / "log"

    def _fill_folder(self, lake):
        for bucket, objects in (("datasets", DATASETS), ("notebooks", NOTEBOOKS)):
            for key, body in objects.items():
                path = lake / bucket / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)

    def _fill_s3(self, s3):
        for bucket, objects in (("datasets", DATASETS), ("notebooks", NOTEBOOKS)):
            s3.create_bucket(Bucket=bucket)
            for left in s3.list_objects_v2(Bucket=bucket).get("Contents", []):  # of other tests
                s3.delete_object(Bucket=bucket, Key=left["Key"])
            for key, body in objects.items():
                s3.put_object(Bucket=bucket, Key=key, Body=body)

    def run(self, service, client, *args):
        """The lines that a client script prints; the fake's clock goes on meanwhile."""
        child = subprocess.Popen([sys.executable, CLIENTS / client, self.urls[service], *args], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, env=clean_env())
        end = time.monotonic() + 60
        while True:
            try:
                out, err = child.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > end:
                    child.kill()
                    raise AssertionError("the client does not end") from None
                if self.fake:
                    self.fake.advance(30)
        assert child.returncode == 0, err
        return out.splitlines()


@pytest.fixture(scope="module", params=["folder", "radosgw+moto", "radosgw+fake"])
def world(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("original")
    fake = FakeEmr() if "fake" in request.param else None
    gateway = request.getfixturevalue("rados_gateway") if "radosgw" in request.param else None
    emr_url = fake.url if fake else request.getfixturevalue("moto_server") if "moto" in request.param else None
    w = World(request.param, folder, gateway, emr_url, fake)
    yield w
    assert w.server.stop() == 0
    assert "Sanitizer" not in w.log.read_text()
    if fake:
        fake.stop()


def test_a_cluster_is_made_waited_for_and_ended(world):
    if not world.has_clusters:
        pytest.skip("clusters on this machine have tests of their own, test_local_cluster.py")
    same, hub, ended, last = world.run(0, "make_cluster.py", "3")
    assert same in ("True RUNNING", "True WAITING")
    url, user, *password = hub.split()
    assert url.startswith("https://") and url.endswith(":9443") and user == "jovyan"
    # The well-known one is never told; the new one when it is set, which moto's clusters never are.
    assert password in ([], [p for p in password if len(p) == 20])
    assert json.loads(ended)["Status"] == "TERMINATING" and "/api/emr/info/j-" in json.loads(ended)["CheckClusterStatus"]
    assert last in ("TERMINATING", "TERMINATED")


@pytest.mark.parametrize("path, extension, want", [
    ("iris/", ".csv", ["iris/2024/iris.csv", "iris/iris.csv"]),
    ("iris", "csv", ["iris/2024/iris.csv", "iris/iris.csv", "irises.csv"]),
    ("titanic/", "", ["titanic/ti tanic \u00fc+%.csv"]), ("", ".parquet", ["iris/iris.parquet"]), ("nothing/", ".csv", []),
])
def test_files_are_found(world, path, extension, want):
    assert world.run(1, "find_datasets.py", "datasets", path, extension) == want


def test_notebooks_are_found_by_their_parameters(world):
    found = world.run(2, "find_analyses.py", "notebooks", "jupyter/", "s3://datasets/iris")
    assert found == ["s3://notebooks/jupyter/jovyan/deep/plot.ipynb", "s3://notebooks/jupyter/jovyan/train.ipynb"]
    assert world.run(2, "find_analyses.py", "notebooks", "", "s3://datasets/nile") == []
    assert "jupyter/jovyan/broken.ipynb" in world.log.read_text()
