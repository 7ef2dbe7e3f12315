"""A cluster of this machine with two workers, warm: from the request to ready, beside the start of a bare jupyterhub
(the same programs, no Spark), in turns of one run.  Medians of three."""
import json
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

from figures import BOATHOUSE, boathouse, clean_env, figure, run, say

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
ENVIRONMENTS = pathlib.Path(os.environ.get("BOATHOUSE_TEST_ENVIRONMENTS", CACHE / "boathouse" / "environments"))
ROUNDS = 3


def ask(address, method, path, body=None, **headers):
    request = urllib.request.Request(f"http://{address}{path}", json.dumps(body).encode() if body is not None else None, method=method,
                                     headers={"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.loads(answer.read())


def until(address, cluster, phase):
    while True:
        told = ask(address, "GET", f"/v1/clusters/{cluster}?until={phase}&wait_s=60")
        if told["phase"] == phase:
            return told
        assert told["phase"] not in ("failed", "terminated"), told["phase_reason"]


def cluster(address, i):
    start = time.perf_counter()
    made = ask(address, "POST", "/v1/clusters", {"size": {"workers": 2}}, **{"Idempotency-Key": f"bench-{i}"})["id"]
    until(address, made, "ready")
    took = time.perf_counter() - start
    ask(address, "DELETE", f"/v1/clusters/{made}")
    until(address, made, "terminated")
    return took


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def bare(environment, folder, i):
    """jupyterhub with its defaults, until its API answers through the proxy."""
    places = json.loads((environment / "places.json").read_text())
    home = folder / f"bare{i}"
    home.mkdir()
    port, hub, api = free_port(), free_port(), free_port()
    (home / "jupyterhub_config.py").write_text(
        f"c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'\nc.JupyterHub.hub_bind_url = 'http://127.0.0.1:{hub}'\n"
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\nc.Authenticator.allow_all = True\n"
        f"c.ConfigurableHTTPProxy.command = ['{places['node']}', '{environment}/node_modules/configurable-http-proxy/bin/configurable-http-proxy']\n")
    start = time.perf_counter()
    with open(home / "log", "w") as log:
        child = subprocess.Popen([environment / "bin" / "jupyterhub"], cwd=home, env=clean_env(), stdout=log, stderr=log)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/hub/api/", timeout=5).read()
            break
        except OSError:
            assert child.poll() is None, (home / "log").read_text()[-2000:]
            time.sleep(0.05)
    took = time.perf_counter() - start
    child.terminate()
    child.wait(60)
    return took


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    options = ("--lake", folder / "lake", "--state", folder / "state", "--local-environments", ENVIRONMENTS)
    (folder / "state").mkdir()
    run([BOATHOUSE, "demo", "--lake", folder / "lake"])
    run([BOATHOUSE, "doctor", "--prepare-local", *options])
    environment = max((e for e in ENVIRONMENTS.iterdir() if (e / "whole").exists()), key=lambda e: (e / "whole").stat().st_mtime)
    with boathouse(*map(str, options)) as server:
        took = {"cluster": [], "bare": []}
        for i in range(ROUNDS):
            took["cluster"].append(cluster(server.address, i))
            took["bare"].append(bare(environment, folder, i))
for what, values in took.items():
    say(f"    {what}: " + " ".join(f"{v:.1f}" for v in values) + " s")
figure("a local cluster with two workers, ready", statistics.median(took["cluster"]), "s", "<=", 20)
figure("a bare jupyterhub in the same run", statistics.median(took["bare"]), "s", "<=", 20)
