"""A scan of 3,000 local notebooks into the catalogue, beside Python's json and ast on the same files; the scan again with nothing
changed, beside the way of the first service (read all again); and the memory of listing ten million keys of S3.

usage: scan.py [NOTEBOOKS [KEYS]]
The notebooks are the 120 of shared/lineage/dev (BOATHOUSE_DEV_SET), or made ones, repeated with changes: the code cells of each
copy stand in another order and name other files.  Python uses two processes.
"""
import concurrent.futures
import ast
import http.server
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import urllib.parse

from figures import BOATHOUSE, TOP, clean_env, figure, in_turns, run, say
from make_notebooks import make

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


def parse(path):
    for cell in json.loads(path.read_bytes()).get("cells", []):
        if cell.get("cell_type") == "code":
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            try:
                ast.parse(source)
            except (SyntaxError, ValueError):
                pass


def by_python(files):
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        list(pool.map(parse, files, chunksize=50))


def by_seed(files):
    for path in files:
        notebook = json.loads(path.read_bytes())
        any("s3://" in "".join(c["source"]) for c in notebook.get("cells", []) if "parameters" in c.get("metadata", {}).get("tags", []))


def scan(folder, *options):
    return json.loads(run([BOATHOUSE, "scan", "--json", "--lake", folder / "lake", "--state", folder / "state", *options]))


def measure_scans(folder, n):
    say(f"making {n} notebooks")
    say(f"    {fill(folder, n) / 1e6:.0f} MB")
    files = sorted((folder / "lake").rglob("*.ipynb"))

    def cold():
        shutil.rmtree(folder / "state", ignore_errors=True)
        [team] = scan(folder, "--scan-workers", "2")
        assert team["progress"]["analyzed"] == n, team
        say(f"    {team['progress']}")

    def again():
        [team] = scan(folder)
        assert team["progress"]["analyzed"] == 0 and team["progress"]["listed"] == n, team
    took = in_turns(3, **{"first scan": cold, "Python json + ast, 2 processes": lambda: by_python(files), "scan again": again,
                          "the first service's way": lambda: by_seed(files)})
    figure("first scan, rate of Python's", took["Python json + ast, 2 processes"] / took["first scan"], "x", ">=", 8)
    figure("scan again, rate of reading all again", took["the first service's way"] / took["scan again"], "x", ">=", 25)
    size = (folder / "state" / "index.db").stat().st_size
    say(f"    the catalogue has {size / 1e6:.1f} MB; peak memory of a scan {peak_mb(folder):.0f} MB")


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
        measure_listing(folder, n_keys)


if __name__ == "__main__":
    main()
