"""Clusters on this machine.

The first half has an environment whose programs are small stand-ins, for what happens when processes end, are killed, or
never answer.  The second half is real: JupyterHub and Spark from their packages, installed once for all runs into
BOATHOUSE_TEST_ENVIRONMENTS (by default a folder of the user's cache; minutes, and some 500 MB of downloads, the first time).
"""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time

import pytest
from conftest import TOP, clean_env, http, run_cli, wait_for
from test_serve import Server

SOURCES = TOP / "src" / "cluster" / "local"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
ENVIRONMENTS = pathlib.Path(os.environ.get("BOATHOUSE_TEST_ENVIRONMENTS", CACHE / "boathouse" / "environments"))

# Answers as JupyterHub and as Spark's master do when they are ready; "die" and "mute" say how it fails.
STAND_IN = """#!/usr/bin/python3
import http.server, json, os, pathlib, signal, sys, time
def take_password(*ignored):
    pathlib.Path("password").rename("taken")
if "Worker" in " ".join(sys.argv):
    time.sleep(600)
if (pathlib.Path(os.environ["BOATHOUSE_CLUSTER"]).parents[1] / "die").exists() and "jupyterhub" in sys.argv[0]:
    sys.exit("no hub today")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"version": "6", "aliveworkers": 64 if "Master" in " ".join(sys.argv) else 0}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
if "--webui-port" in sys.argv:
    port = int(sys.argv[sys.argv.index("--webui-port") + 1])
else:
    port = json.loads(pathlib.Path("settings.json").read_text())["hub_port"]
    take_password()
    signal.signal(signal.SIGUSR2, take_password)
if os.fork() == 0:  # as a kernel: the child of a child, of its own session
    os.setsid()
    time.sleep(600)
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def key_of_environment(python="python3"):
    parts = [python.encode(), *((SOURCES / name).read_bytes() for name in ("requirements.txt", "package.json", "package-lock.json", "places.py"))]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


def make_stand_in(environments):
    folder = environments / key_of_environment()
    for path in ("bin/jupyterhub", "java/bin/java"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(STAND_IN)
        (folder / path).chmod(0o755)
    (folder / "places.json").write_text(json.dumps({"java_home": str(folder / "java"), "node": "/nonexistent", "npm": "/nonexistent",
                                                    "spark_home": str(folder / "spark"), "python": "/usr/bin/python3"}))
    (folder / "whole").write_text("1\n")


def processes_of(folder):
    """Those that have the cluster in their environment, without zombies."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"BOATHOUSE_CLUSTER={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def cmdline(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Local:
    """A server with a lake, and its clusters."""

    def __init__(self, folder, environments):
        self.folder, self.options = folder, ("--local-environments", environments)
        run_cli("demo", cwd=folder, check=True)
        self.server = self.start()

    def start(self):
        return Server(self.folder, *self.options)

    def create(self, n=1):
        answer = http("POST", f"{self.server.url}/api/emr/create/{n}")
        assert answer.status == 200, answer.body
        return answer.json()["ClusterId"]

    def info(self, cluster):
        answer = http("GET", f"{self.server.url}/api/emr/info/{cluster}")
        assert answer.status == 200, answer.body
        return answer.json()

    def until(self, cluster, state, seconds=60):
        """Until it is in this state; what info said of the hub on the way, which tells the password once."""
        seen = {}

        def look():
            info = self.info(cluster)
            if info["JupyterPW"] and not info["JupyterPW"].startswith("("):
                seen.update(info)
            assert info["ClusterStatus"] == state or info["ClusterStatus"] not in ("TERMINATED", "TERMINATED_WITH_ERRORS"), (info, self.status(cluster))
            return info["ClusterStatus"] == state
        wait_for(look, f"{cluster} {state}", seconds)
        return seen

    def ask(self, method, path, body=None):
        answer = http(method, self.server.url + path, body and json.dumps(body).encode(), {"Content-Type": "application/json"} if body else {})
        assert answer.status == 200, answer.body
        return answer.json()

    def change_while_it_lives(self, cluster, seen):
        """Fewer and more workers, and another password."""
        path = f"/v1/clusters/{cluster}"
        for n in (1, 2):
            self.ask("PATCH", path, {"size": {"workers": n}})
            wait_for(lambda n=n: len([p for p in processes_of(self.path(cluster)) if b"deploy.worker" in cmdline(p)]) == n, f"{n} workers")
            wait_for(lambda n=n: self.status(cluster)["n_workers"] == n, f"{n} told")
        changed = self.ask("POST", path + "/credentials?rotate=true")
        assert changed["user"] == seen["JupyterUN"] and changed["password"] != seen["JupyterPW"]
        assert "already shown" in self.info(cluster)["JupyterPW"]
        types = [e["type"] for e in self.ask("GET", path + "/events")["items"]]
        assert types.count("resized") == 2 and "rotation_asked" in types and "password_rotated" in types
        return changed["password"]

    def path(self, cluster):
        return self.folder / "state" / "local" / "clusters" / cluster

    def status(self, cluster):
        return json.loads((self.path(cluster) / "status.json").read_text())

    def end(self, cluster):
        answer = http("DELETE", f"{self.server.url}/api/emr/terminate/{cluster}")
        assert answer.status == 200, answer.body

    def stop(self):
        """The server, and whatever a failed test left."""
        for cluster in (self.folder / "state" / "local" / "clusters").glob("j-*"):
            pid = json.loads((cluster / "status.json").read_text())["pid"]
            if pid in [int(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()] and processes_of(cluster):
                os.kill(pid, signal.SIGTERM)
                wait_for(lambda c=cluster: not processes_of(c), "its end")
            assert "Sanitizer" not in (cluster / "supervisor.log").read_text()
        assert self.server.stop() == 0


@pytest.fixture
def small(tmp_path):
    make_stand_in(tmp_path / "environments")
    local = Local(tmp_path, tmp_path / "environments")
    yield local
    local.stop()


def test_a_cluster_lives_and_ends_with_all_its_processes(small):
    cluster = small.create(3)
    seen = small.until(cluster, "WAITING")
    assert seen["JupyterHub"].startswith("http://127.0.0.1:") and seen["JupyterUN"] == "jovyan" and len(seen["JupyterPW"]) >= 16
    assert len(processes_of(small.path(cluster))) == 2 * 2 + 3  # hub and master with a child each, three workers
    assert (small.path(cluster) / "taken").read_text() == seen["JupyterPW"]
    written = b"".join(p.read_bytes() for p in (small.folder / "state").rglob("*") if p.is_file() and p.name != "taken")
    assert seen["JupyterPW"].encode() not in written
    small.change_while_it_lives(cluster, seen)
    assert (small.path(cluster) / "status.json").stat().st_mode & 0o777 == 0o600
    small.end(cluster)
    small.until(cluster, "TERMINATED")
    assert processes_of(small.path(cluster)) == []
    assert not (small.path(cluster) / "password").exists()


def test_a_killed_server_leaves_clusters_running_and_finds_them_again(small):
    cluster = small.create()
    small.until(cluster, "WAITING")
    before = sorted(processes_of(small.path(cluster)))
    assert [c["id"] for c in json.loads(run_cli("clusters", "list", "--json", cwd=small.folder, check=True).stdout)] == [cluster]
    small.server.stop(signal.SIGKILL)
    small.server = small.start()
    assert small.info(cluster)["ClusterStatus"] == "WAITING"
    assert sorted(processes_of(small.path(cluster))) == before
    small.end(cluster)
    small.until(cluster, "TERMINATED")


def test_the_end_of_a_hub_is_seen_and_told(small):
    cluster = small.create()
    small.until(cluster, "WAITING")
    hub = next(p for p in processes_of(small.path(cluster)) if b"bin/jupyterhub" in pathlib.Path(f"/proc/{p}/cmdline").read_bytes()
               and os.getsid(p) != p)
    os.kill(hub, signal.SIGKILL)
    wait_for(lambda: small.info(cluster)["ClusterStatus"] == "TERMINATED_WITH_ERRORS", "the failure")
    status = small.status(cluster)
    assert status["error_code"] == "jupyterhub-ended" and "signal 9" in status["error_data"] and "logs/jupyterhub.log" in status["error_data"]
    assert processes_of(small.path(cluster)) == []


def test_a_killed_supervisor_is_seen_and_its_processes_end(small):
    cluster = small.create()
    small.until(cluster, "WAITING")
    os.kill(small.status(cluster)["pid"], signal.SIGKILL)
    wait_for(lambda: small.info(cluster)["ClusterStatus"] == "TERMINATED_WITH_ERRORS", "the failure")
    assert small.status(cluster)["error_code"] == "supervisor-lost"
    wait_for(lambda: processes_of(small.path(cluster)) == [], "the end of its processes")


def test_a_hub_that_does_not_start_says_where_its_log_is(small):
    (small.folder / "state" / "local" / "die").touch()
    cluster = small.create()
    wait_for(lambda: small.info(cluster)["ClusterStatus"] == "TERMINATED_WITH_ERRORS", "the failure")
    assert "jupyterhub ended with status 1" in small.status(cluster)["error_data"]
    assert "no hub today" in (small.path(cluster) / "logs" / "jupyterhub.log").read_text()


def test_an_end_during_the_start_ends_it(small):
    cluster = small.create()
    small.end(cluster)
    small.until(cluster, "TERMINATED")
    assert processes_of(small.path(cluster)) == []


def test_an_environment_that_cannot_be_made_is_explained(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    answer = run_cli("doctor", "--prepare-local", "--local-python", "/nonexistent/python", cwd=tmp_path)
    assert answer.returncode != 0
    assert "/nonexistent/python" in answer.stdout and "[local] python" in answer.stdout


# ---- the real programs ----

CELLS = ["spark.sparkContext.master",
         "nile = spark.read.parquet('s3://datasets/nile/nile.parquet')\nprint(nile.count())",
         "nile.groupBy((nile.year / 10).cast('int').alias('decade')).avg('flow')"
         ".write.mode('overwrite').parquet('s3://datasets/nile_decades/')",
         "import pandas as pd\nprint(len(pd.read_parquet('s3://datasets/nile_decades/')), len(pd.read_csv('s3://datasets/iris/iris.csv')))"]


STRANGER = """
import sys
from pyspark import SparkConf, SparkContext
conf = SparkConf().setMaster(sys.argv[1]).setAppName("stranger").set("spark.driver.host", "127.0.0.1").set("spark.ui.enabled", "false")
print(SparkContext(conf=conf).parallelize(range(10)).count())
"""


def java_of(environment):
    places = json.loads((environment / "places.json").read_text())
    return {"JAVA_HOME": places["java_home"], "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": places["python"]}


def hub(environment, seen, *args, stdin=None, password=None):
    """What hub_client.py says, as JSON; None when it was not let in."""
    result = subprocess.run([str(environment / "bin" / "python"), str(TOP / "tests" / "system" / "hub_client.py"), seen["JupyterHub"],
                             seen["JupyterUN"], *args], env=clean_env(HUB_PASSWORD=password or seen["JupyterPW"]), input=stdin,
                            capture_output=True, text=True, timeout=300)
    assert result.returncode == 0 or "not logged in: 403" in result.stderr, result.stderr
    return json.loads(result.stdout) if result.returncode == 0 else None


def test_a_day_with_jupyterhub_and_spark(tmp_path):
    local = Local(tmp_path, ENVIRONMENTS)
    try:
        run_cli("doctor", "--prepare-local", "--local-environments", ENVIRONMENTS, cwd=tmp_path, check=True, timeout=1200)
        environment = ENVIRONMENTS / key_of_environment()
        start = time.monotonic()
        cluster = local.create(2)
        seen = local.until(cluster, "WAITING", 180)
        print(f"ready after {time.monotonic() - start:.1f} s")
        assert hub(environment, seen, "list", "", password="jupyter") is None
        outputs = hub(environment, seen, "run", "spark/decades.ipynb", "pysparkkernel", stdin=json.dumps(CELLS))
        assert [o["error"] for o in outputs] == [None] * len(CELLS)
        last = [o["text"].splitlines()[-1:] for o in outputs]  # Spark may warn before
        assert last[0][0].startswith("'spark://127.0.0.1:") and last[1] == ["100"] and last[3] == ["11 150"]
        # Whoever has not the secret gets no executor.
        stranger = subprocess.run([str(environment / "bin" / "python"), "-c", STRANGER, last[0][0].strip("'")], capture_output=True, text=True,
                                  env=clean_env(**java_of(environment)), timeout=120)
        assert stranger.returncode != 0, stranger.stdout
        assert json.loads((local.path(cluster) / "activity.json").read_text())["active_ms"] > 0
        changed = local.change_while_it_lives(cluster, seen)
        assert hub(environment, seen, "list", "") is None and "spark" in hub(environment, seen, "list", "", password=changed)
        local.end(cluster)
        local.until(cluster, "TERMINATED")
        assert processes_of(local.path(cluster)) == []

        run_cli("scan", cwd=tmp_path, check=True)
        graph = json.loads(run_cli("lineage", "--json", "s3://datasets/nile_decades", cwd=tmp_path, check=True).stdout)
        text = json.dumps(graph)
        assert "notebooks/spark/decades.ipynb" in text and "s3://datasets/nile/nile.parquet" in text

        cluster = local.create(1)
        seen = local.until(cluster, "WAITING", 180)
        assert "spark/decades.ipynb" in hub(environment, seen, "list", "spark")
        local.end(cluster)
        local.until(cluster, "TERMINATED")
    finally:
        local.stop()
