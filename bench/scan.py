"""A scan of 3,000 local notebooks into the catalogue by two workers, beside Python's json and ast on the same files and beside a bare
tree-sitter parse of their code, each in one process; the scan again with nothing changed, beside the way of the first service (read
all again); the size of the catalogue; the memory of a server that has it; and that of a scan, and of listing ten million keys of S3.

usage: scan.py [NOTEBOOKS [KEYS]]
The notebooks are the 120 of shared/lineage/dev (BOATHOUSE_DEV_SET), or made ones, repeated with changes: the code cells of each
copy stand in another order and name other files.

The time of the first scan is from the start of the process until it says what it found: everything can be asked for then.  The trigrams
of the search come after that, in the same process (until then it looks through what they have not reached); when they are all
there is said as well, as is the time of Python with two processes.
"""
import ast
import concurrent.futures
import contextlib
import http.server
import json
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import warnings

import tree_sitter
import tree_sitter_python

from figures import BOATHOUSE, TOP, boathouse, clean_env, figure, run, say, seconds
from make_notebooks import make

warnings.simplefilter("ignore")

DEV_SET = pathlib.Path(os.environ.get("BOATHOUSE_DEV_SET", TOP.parent / "shared" / "lineage" / "dev"))


def originals(folder):
    found = sorted(DEV_SET.rglob("*.ipynb")) if DEV_SET.is_dir() else []
    if not found:
        say("the labelled notebooks are not here: made ones are used")
        make(folder / "made", 120)
        found = sorted((folder / "made").glob("*.ipynb"))
    return [json.loads(path.read_text()) for path in found]


def fill(folder, n):
    """n notebooks in 40 folders; their bytes."""
    dice, total = random.Random(1), 0
    sources = originals(folder)
    for i in range(n):
        notebook = json.loads(json.dumps(sources[i % len(sources)]))
        cells = notebook.get("cells", [])
        tail = cells[len(cells) // 2:]
        dice.shuffle(tail)
        notebook["cells"] = cells[:len(cells) // 2] + tail
        text = json.dumps(notebook).replace(".csv", f"_{i}.csv").replace(".parquet", f"_{i}.parquet")
        path = folder / "lake" / "team" / f"user{i % 40:02d}" / f"n{i:05d}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        total += len(text)
    return total


def code_cells(path):
    for cell in json.loads(path.read_bytes()).get("cells", []):
        if cell.get("cell_type") == "code":
            yield cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def parse(path):
    for source in code_cells(path):
        try:
            ast.parse(source)
        except (SyntaxError, ValueError):
            pass


def by_python(files):
    for path in files:
        parse(path)


def by_two_pythons(files):
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        list(pool.map(parse, files, chunksize=50))


def by_seed(files):
    for path in files:
        notebook = json.loads(path.read_bytes())
        any("s3://" in "".join(c["source"]) for c in notebook.get("cells", []) if "parameters" in c.get("metadata", {}).get("tags", []))


def scan_command(folder, *options):
    return [str(a) for a in (BOATHOUSE, "scan", "--json", "--lake", folder / "lake", "--state", folder / "state", *options)]


def first_scan(folder, n):
    """Seconds until it says what it found, and until the search has its trigrams, too."""
    shutil.rmtree(folder / "state", ignore_errors=True)
    start = time.perf_counter()
    with subprocess.Popen(scan_command(folder, "--scan-workers", "2"), env=clean_env(), stdout=subprocess.PIPE) as child:
        [team] = json.loads(child.stdout.readline())
        told = time.perf_counter() - start
        with open(f"/proc/{child.pid}/stat") as stat:
            ticks = [int(value) for value in stat.read().rsplit(")", 1)[1].split()[11:13]]
    say(f"    first scan: {sum(ticks) / os.sysconf('SC_CLK_TCK'):.2f} s of processor time until it says what it found")
    assert child.returncode == 0 and team["progress"]["analyzed"] == n, team
    return told, time.perf_counter() - start


def scan_again(folder, n):
    [team] = json.loads(run(scan_command(folder)))
    assert team["progress"]["analyzed"] == 0 and team["progress"]["listed"] == n, team


def timed(what, function):
    """Its seconds; the processor time is said, for a machine that others use."""
    start = time.process_time()
    took = seconds(function)
    say(f"    {what}: {time.process_time() - start:.2f} s of processor time")
    return took


def measure_scans(folder, n):
    say(f"making {n} notebooks")
    say(f"    {fill(folder, n) / 1e6:.0f} MB")
    files = sorted((folder / "lake").rglob("*.ipynb"))
    code = [cell.encode() for path in files for cell in code_cells(path)]
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    names = ("first scan", "with trigrams", "scan again", "json + ast", "two of them", "tree-sitter", "the first service's way")
    took = {name: [] for name in names}
    for _ in range(3):
        row = [*first_scan(folder, n), seconds(lambda: scan_again(folder, n)), timed("json + ast", lambda: by_python(files)),
               seconds(lambda: by_two_pythons(files)), timed("tree-sitter", lambda: [parser.parse(c) for c in code]),
               timed("the first service's way", lambda: by_seed(files))]
        for name, value in zip(names, row):
            took[name].append(value)
    for name, values in took.items():
        say(f"    {name}: " + " ".join(f"{v:.3f}" for v in values) + " s")
    median = {name: statistics.median(values) for name, values in took.items()}
    say(f"    beside two processes of json + ast: {median['two of them'] / median['first scan']:.2f} x")
    figure("first scan, rate of json + ast", median["json + ast"] / median["first scan"], "x", ">=", 8)
    figure("time of a first scan / tree-sitter", median["first scan"] / median["tree-sitter"], "x", "<=", 1.5)
    figure("scan again, rate of reading all again", median["the first service's way"] / median["scan again"], "x", ">=", 25)
    measure_size(folder, sum(map(len, code)))


def measure_size(folder, code_bytes):
    """The goal: twice the code's text, and 300 bytes a reference."""
    path = folder / "state" / "index.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        [[n_references]] = db.execute("SELECT value FROM meta WHERE key = 'n_references'")
    size, goal = path.stat().st_size, 2 * code_bytes + 300 * n_references
    say(f"    the catalogue has {size / 1e6:.1f} MB; the code {code_bytes / 1e6:.1f} MB, {n_references} references")
    figure("catalogue / (2 x code + 300 B a reference)", size / goal, "x", "<=", 1)
    say(f"    peak memory of a scan: {peak_mb(folder):.0f} MB")


QUESTIONS = ("/v1/datasets?limit=100", "/v1/notebooks?limit=100", "/v1/notebooks?library=pandas", "/v1/analyses?by=library",
             "/v1/usage?uri=s3://bucket/data.csv", "/v1/usage?uri=iris.csv", "/v1/search?q=read_csv", "/v1/search?q=s3%3A%2F%2F",
             "/v1/search?q=import%5Cs%2Bpandas&mode=regex", "/healthz")


def memory_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def ask(server, path):
    with urllib.request.urlopen(f"http://{server.address}{path}", timeout=60) as answer:
        return answer.read()


def is_idle(path):
    """The first scan of each source is over, and the search has its trigrams."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        [[n_open, n_unindexed, n_sources]] = db.execute(
            "SELECT (SELECT count(*) FROM source WHERE scanned_ms IS NULL OR scanned_ms = 0), (SELECT count(*) FROM unindexed),"
            " (SELECT count(*) FROM source)")
    return n_sources > 0 and n_open == 0 and n_unindexed == 0


def measure_serving(what, lake, state, goal_mb):
    """A server that scans the lake itself, then answers: what it has resident when it is idle again."""
    with boathouse("--lake", lake, "--state", state, "--scan-workers", "2") as server:
        end = time.monotonic() + 300
        while not is_idle(state / "index.db"):
            assert time.monotonic() < end, "the scan does not come to its end"
            time.sleep(0.2)
        for _ in range(3):
            for path in QUESTIONS:
                ask(server, path)
        mb = memory_mb(server.child.pid)
    figure(f"memory of serving {what}", mb, "MB", "<=", goal_mb)


def measure_serving_both(folder):
    run([BOATHOUSE, "demo", "--lake", folder / "demo", "--state", folder / "demo-state"])
    measure_serving("the demo", folder / "demo", folder / "demo-state", 32)
    measure_serving("the notebooks", folder / "lake", folder / "served", 64)


def peak_mb(folder, *options, env=None):
    """Of one scan in a process of its own."""
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)")
    return float(run([sys.executable, "-c", code, BOATHOUSE, "scan", "--full", "--state", folder / "state", *(options or
                      ["--lake", folder / "lake"])], env=env))


class Pages(http.server.BaseHTTPRequestHandler):
    """ListObjectsV2 of keys data/00000000.csv ...; nothing else."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        after = query.get("continuation-token") or query.get("start-after", "")
        prefix, n = query.get("prefix", ""), self.server.n
        first = 0
        if after:
            digits = after.removeprefix("data/")[:8] if after.startswith("data/") else ("" if after < "data/" else "99999999")
            digits = digits if digits.isdigit() else ""
            first = min(int(digits.ljust(8, "0")) + (len(digits) == 8), n) if digits else 0
        most = int(query.get("max-keys", 1000))
        if "delimiter" in query and "data/".startswith(prefix) and prefix != "data/":
            body = "<CommonPrefixes><Prefix>data/</Prefix></CommonPrefixes><IsTruncated>false</IsTruncated>"
        else:
            last = min(first + most, n)
            body = "".join([self.server.row.replace("@", f"{i:08d}") for i in range(first, last)])
            more = last < n
            body += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
            if more:
                body += f"<NextContinuationToken>data/{last - 1:08d}.csv</NextContinuationToken>"
        text = f'<?xml version="1.0"?><ListBucketResult><Name>big</Name>{body}</ListBucketResult>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def measure_listing(folder, n):
    """Pages that are made as they are asked for, so the time is the server's; the memory is ours."""
    say(f"listing {n} keys")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.n = n
    server.row = ('<Contents><Key>data/@.csv</Key><LastModified>2026-11-25T09:00:00.000Z</LastModified>'
                  '<ETag>&quot;00000000000000000000000@&quot;</ETag><Size>1000</Size></Contents>')
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = clean_env(AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x",
                    AWS_REGION="us-east-1", BOATHOUSE_PROVIDER="aws", BOATHOUSE_SCAN_SOURCES="big s3://big notebooks")
    (folder / "ten").mkdir()
    mb = peak_mb(folder / "ten", "big", env=env)
    size = (folder / "ten" / "state" / "index.db").stat().st_size
    server.shutdown()
    say(f"    the catalogue has {size / 1e6:.0f} MB, {size / n:.1f} bytes a key")
    figure(f"memory of a scan of {n} keys", mb, "MB", "<=", 150)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    n_keys = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    with tempfile.TemporaryDirectory(prefix="boathouse-scan.") as name:
        folder = pathlib.Path(name)
        measure_scans(folder, n)
        measure_serving_both(folder)
        measure_listing(folder, n_keys)


if __name__ == "__main__":
    main()
