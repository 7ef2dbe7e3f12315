"""1,000 live clusters in the fake EMR: how long the list takes, and how often EMR is asked.

One cluster is made through the service; its row is copied in the ledger, and clusters with those rows' markers are made in
the fake, because EMR's own rates would make 1,000 launches take an hour.  Then the list is asked for as often as it takes, while
the reconciler works, and the calls that reach EMR are counted over WATCHED_S seconds.
"""
import http.client
import json
import pathlib
import sqlite3
import statistics
import tempfile
import time
import urllib.parse
import urllib.request

from figures import BUILD, Started, boathouse, clean_env, figure, say

N, ASKED, WATCHED_S = 1000, 2000, 120
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def post(url, target, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/x-amz-json-1.1", **target})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def emr(url, operation, **body):
    return post(url, {"X-Amz-Target": f"ElasticMapReduce.{operation}"}, body)


def marker(i):
    return "01ARZ3NDEKTSV4RRFFQ6" + "".join(DIGITS[(i >> shift) & 31] for shift in (25, 20, 15, 10, 5, 0))


class Asking:
    """One connection that is kept, as a page's would be."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc or address, timeout=30)

    def bytes(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {data[:300]}")
        return data

    def __call__(self, *args, **headers):
        return json.loads(self.bytes(*args, **headers))


def resident_mib(pid):
    (line,) = [line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def wait(look, what):
    end = time.monotonic() + 120
    while not look():
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain: {what}")
        time.sleep(0.05)


def copy_rows(db, fake):
    """The one row N - 1 times more, each with a cluster of its own in the fake."""
    ledger = sqlite3.connect(db)
    (row,) = ledger.execute("SELECT * FROM row").fetchall()
    names = [c[1] for c in ledger.execute("PRAGMA table_info(row)")]
    row = dict(zip(names, row))
    (first,) = emr(fake, "ListClusters")["Clusters"]
    base, own = first["Name"].rsplit(" id=", 1)
    for i in range(1, N):
        made = emr(fake, "RunJobFlow", Name=f"{base} id={marker(i)}", ReleaseLabel="emr-7.14.0", ServiceRole="r", JobFlowRole="p",
                   Applications=[{"Name": "JupyterHub"}],
                   Instances={"KeepJobFlowAliveWhenNoSteps": True, "InstanceGroups": [
                       {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]})["JobFlowId"]
        copy = {**row, "id": "clu_" + marker(i), "name": f"lab-{i}", "remote": made, "created_ms": row["created_ms"] + i}
        ledger.execute(f"INSERT INTO row({', '.join(names)}) VALUES({', '.join('?' * len(names))})", [copy[n] for n in names])
    ledger.commit()
    ledger.close()
    return own


def main():
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory() as folder, Started([BUILD / "tests" / "fake" / "serve_emr"]) as fake:
        def advance(seconds):
            post(f"{fake.address}/fake/clock", {}, {"advance_ms": seconds * 1000})
        options = ["--provider", "aws", "--state", f"{folder}/state", "--clusters-max-clusters", "0"]
        env = clean_env(**keys, AWS_ENDPOINT_URL_EMR=fake.address)
        with boathouse(*options, "--clusters-sync-s", "1", env=env) as server:
            ask = Asking(server.address)
            cluster = ask("POST", "/v1/clusters", json.dumps({"size": {"workers": 2}}), **{"Idempotency-Key": "k", "Content-Type": "application/json"})["id"]
            wait(lambda: ask("GET", f"/v1/clusters/{cluster}")["phase"] == "provisioning", "provisioning")
            advance(300)
            wait(lambda: ask("GET", f"/v1/clusters/{cluster}")["phase"] == "ready", "ready")
        copy_rows(pathlib.Path(folder) / "state" / "clusters.db", fake.address)
        advance(300)
        with boathouse(*options, env=env) as server:
            ask = Asking(server.address)
            if len(ask("GET", "/v1/clusters?limit=1000")["items"]) != N:
                raise SystemExit("there are not so many clusters")
            took_ms = []
            for _ in range(ASKED):
                start = time.perf_counter()
                ask.bytes("GET", "/v1/clusters")
                took_ms.append((time.perf_counter() - start) * 1000)
            took_ms.sort()
            say(f"    list of 100 of {N}: median {statistics.median(took_ms):.2f}, 90 of 100 {took_ms[int(ASKED * .9)]:.2f}, slowest {took_ms[-1]:.2f} ms")

            def calls():
                with urllib.request.urlopen(f"{fake.address}/fake/state", timeout=30) as answer:
                    return json.load(answer)["calls"]
            time.sleep(5)  # until what the rate lets go at once is used up
            before, begun = calls(), time.monotonic()
            time.sleep(WATCHED_S)
            after, minutes = calls(), (time.monotonic() - begun) / 60
            say(f"    resident {resident_mib(server.child.pid):.1f} MiB")
            say("    calls a minute: " + ", ".join(f"{name} {(after[name] - before[name]) / minutes:.1f}" for name in after))
            figure(f"list of clusters, {N} live, 99 of 100", took_ms[int(ASKED * .99) - 1], "ms", "<=", 5)
            figure("ListClusters a minute", (after["ListClusters"] - before["ListClusters"]) / minutes, "calls", "<=", 4.5)
            figure("DescribeCluster a minute", (after["DescribeCluster"] - before["DescribeCluster"]) / minutes, "calls", "<=", 30)


if __name__ == "__main__":
    main()
