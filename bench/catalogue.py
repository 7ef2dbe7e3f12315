"""The questions of the API at 1,000,000 notebooks and 10,000,000 objects, over HTTP, beside nginx's "return" in the same run; and
the search beside ripgrep on the files of 3,000 notebooks.

usage: catalogue.py [NOTEBOOKS [OBJECTS [FILES]]]
The catalogue is made once (make_catalogue.c) and kept in BOATHOUSE_BENCH_CACHE or ~/.cache/boathouse-bench: 5 minutes and 5 GB for
the million on a quiet machine.  Asked by one wrk thread over one connection, each question once, so that no kept answer helps; the
kept ones are asked over 64 connections.
"""
import hashlib
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from figures import BUILD, TOP, Started, boathouse, clean_env, figure, in_turns, run, say

LINES_OF_CODE = 10
SECONDS, ROUNDS = 3, 5
HERE = pathlib.Path(__file__).parent

# As in names.h.
AREAS = "sales finance marketing logistics risk churn pricing fraud supply hr weather sensors clicks search ads payments accounts inventory returns support".split()
THINGS = ("orders customers events sessions invoices features scores forecasts labels snapshots metrics visits products stores reviews balances "
          "readings routes tickets users").split()

dice = random.Random(20261125)


def dataset(number):
    return f"s3://corp-lake-{number % 25:02d}/{AREAS[number // 7 % 20]}/{THINGS[number % 20]}/v{number:07d}"


def any_dataset(n):
    """One in four is one of the hundred that most notebooks use."""
    return dataset(dice.randrange(min(100, n) if dice.random() < 0.25 else n))


def questions(n_datasets):
    """name: (a question by chance, the most that the 99th of 100 may take in ms; None: told only)"""
    number = lambda: dice.randrange(n_datasets)  # noqa: E731
    inside = lambda: dice.choice(["", "", f"/part-{dice.randrange(100):05d}.parquet", "/day=2026-01-01"])  # noqa: E731
    page = lambda: dice.randrange(20, 51)  # noqa: E731
    filters = lambda: dice.choice([f"bucket=corp-lake-{number() % 25:02d}&sort=modified", "sort=size", "sort=users", "unused=true",  # noqa: E731
                                   f"q=v{number():07d}", f"min_bytes={number()}"])
    return {
        "usage": (lambda: f"/v1/usage?uri={any_dataset(n_datasets)}{inside()}&limit={page()}", 2),
        "usage of a folder": (lambda: f"/v1/usage?uri={dataset(number()).rsplit('/', dice.randrange(1, 3))[0]}&limit={page()}", None),
        "datasets": (lambda: f"/v1/datasets?{filters()}&limit={page()}", 2),
        "datasets by column": (lambda: f"/v1/datasets?column={dice.choice(THINGS)}_{dice.choice(AREAS)}&limit={page()}&min_bytes={number()}", None),
        "lineage": (lambda: f"/v1/lineage?uri={any_dataset(n_datasets)}&depth={dice.randrange(3, 7)}&max_nodes={dice.randrange(40, 51)}", 2),
        "what breaks": (lambda: f"/v1/impact?uri={any_dataset(n_datasets)}&max_nodes={dice.randrange(300, 501)}", None),
        "analyses": (lambda: f"/v1/analyses?by={dice.choice(['dataset', 'owner', 'library', 'month'])}&limit={dice.randrange(20, 101)}", None),
        "search": (lambda: "/v1/search?q=" + dice.choice([
            f"{dice.choice(THINGS)}_{number() % 1000}%20%3D%20pandas.train", f"{dice.choice(AREAS)}_{dice.choice(THINGS)},%200.{number() % 100000}",
            f"nothing_{number()}", "pandas"]) + f"&limit={page()}", 20),
    }


def make(n_notebooks, n_objects):
    """The folder with the index, made if it is not there."""
    sources = b"".join((TOP / p).read_bytes() for p in ["bench/make_catalogue.c", "bench/names.h", "src/index/schema.c"])
    cache = pathlib.Path(os.environ.get("BOATHOUSE_BENCH_CACHE", pathlib.Path.home() / ".cache" / "boathouse-bench"))
    folder = cache / f"catalogue-{n_notebooks}-{n_objects}-{hashlib.sha256(sources).hexdigest()[:12]}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        say(f"making a catalogue of {n_notebooks} notebooks and {n_objects} objects in {folder}")
        start = time.monotonic()
        run([BUILD / "bench" / "make_catalogue", part / "index.db", n_notebooks, n_objects, LINES_OF_CODE])
        part.rename(folder)
        say(f"    took {time.monotonic() - start:.0f} s")
    subprocess.run(["cat", folder / "index.db"], stdout=subprocess.DEVNULL, check=True)  # into the system's cache, as in a server that runs
    size = (folder / "index.db").stat().st_size
    say(f"    {folder}: {size / 1e6:.0f} MB, {size / n_notebooks:.0f} bytes a notebook")
    return folder


def ask(address, paths, connections, folder):
    """(median ms, 99th of 100 ms, requests a second)"""
    (folder / "paths").write_text("".join(p + "\n" for p in paths))
    out = run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", HERE / "wrk_questions.lua", f"http://{address}"],
              env=clean_env(QUESTIONS=str(folder / "paths"))).decode()
    [line] = [text.split()[1:] for text in out.splitlines() if text.startswith("RESULT")]
    median, p99, n, failed, took = map(int, line)
    assert failed == 0 and n > 0, out
    return median / 1e3, p99 / 1e3, n / (took / 1e6)


class Nginx:
    """Answers body to everything, on one event thread."""

    def __init__(self, folder, body):
        self.folder, self.address = folder, f"127.0.0.1:{20000 + os.getpid() % 10000}"
        (folder / "logs").mkdir()
        text = body.replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
        (folder / "nginx.conf").write_text(f"""worker_processes 1; daemon off; pid nginx.pid; error_log logs/error.log;
events {{ worker_connections 256; }}
http {{ access_log off; keepalive_requests 100000000; geo $dollar {{ default "$"; }}
client_body_temp_path tmp1; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
server {{ listen {self.address}; location / {{ default_type application/json; return 200 '{text}'; }} }} }}""")

    def __enter__(self):
        self.child = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{self.address}/", timeout=5).read()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx did not start")

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(30)


def measure_questions(server, folder, n_datasets):
    """Each kind and nginx in turns; the median of the rounds counts."""
    kinds = questions(n_datasets)
    took = {name: [] for name in [*kinds, "nginx"]}
    with Nginx(folder, '{"items": []}') as nginx:
        for _ in range(ROUNDS):
            for name, (question, _) in kinds.items():
                took[name].append(ask(server.address, [question() for _ in range(20000)], 1, folder))
            took["nginx"].append(ask(nginx.address, ["/"], 1, folder))
    p99 = {name: statistics.median(p for _, p, _ in rounds) for name, rounds in took.items()}
    for name, rounds in took.items():
        say(f"    {name}: median {statistics.median(m for m, _, _ in rounds):.2f} ms, 99 of 100 "
            + " ".join(f"{p:.2f}" for _, p, _ in rounds) + f" ms, {statistics.median(r for _, _, r in rounds):.0f} a second")
    for name, (_, most) in kinds.items():
        if most:
            figure(f"{name} (p99; nginx return {p99['nginx']:.2f} ms)", p99[name], "ms", "<=", most)


def measure_kept(server, folder, n_datasets):
    """The same question again and again, whose answer is as long as nginx's."""
    path = f"/v1/usage?uri={dataset(7)}&limit=4"
    body = urllib.request.urlopen(f"http://{server.address}{path}", timeout=60).read().decode()
    assert len(body) < 3900, "longer than a text of nginx's configuration may be"
    ours, theirs = [], []
    with Nginx(folder, body) as nginx:
        assert urllib.request.urlopen(f"http://{nginx.address}/", timeout=60).read().decode() == body
        for _ in range(ROUNDS):
            ours.append(ask(server.address, [path], 64, folder)[2])
            theirs.append(ask(nginx.address, ["/"], 64, folder)[2])
    say(f"    the same answer of {len(body)} bytes: " + ", ".join(f"{o:.0f} beside {t:.0f}" for o, t in zip(ours, theirs)) + " a second")
    figure("cached answer / nginx return", statistics.median(ours) / statistics.median(theirs), "x", ">=", 0.4)


def memory(server):
    text = pathlib.Path(f"/proc/{server.child.pid}/status").read_text()
    kb = {name: int(line.split()[1]) for line in text.splitlines() for name in ["RssAnon", "RssFile", "VmHWM"] if line.startswith(name)}
    say(f"    memory of the server: {kb['RssAnon'] / 1024:.0f} MB its own, {kb['RssFile'] / 1024:.0f} MB of files")
    return kb["RssAnon"] / 1024


def measure_ripgrep(folder, n_files):
    from scan import fill, scan
    fill(folder, n_files)
    scan(folder)
    needle = "read_csv("
    with boathouse("--lake", folder / "lake", "--state", folder / "state", "--server-threads", "1") as server:
        paths = iter([f"/v1/search?q=read_csv%28&limit={n}" for n in range(1, 51)])
        took = in_turns(7, **{
            "ripgrep over the files": lambda: run(["rg", "-j2", "-F", "-l", needle, folder / "lake"]),
            "search, over HTTP": lambda: urllib.request.urlopen(f"http://{server.address}{next(paths)}", timeout=60).read()})
    figure("ripgrep over the files / search", took["ripgrep over the files"] / took["search, over HTTP"], "x", ">=", 20)


def main():
    n_notebooks, n_objects, n_files = [int(a) for a in sys.argv[1:] + ["1000000", "10000000", "3000"][len(sys.argv) - 1:]]
    index = make(n_notebooks, n_objects)
    n_datasets = (n_objects + 99) // 100
    with tempfile.TemporaryDirectory(prefix="boathouse-catalogue.") as name:
        folder = pathlib.Path(name)
        for part in ["one", "two", "lake", "files"]:
            (folder / part).mkdir()
        with boathouse("--lake", folder / "lake", "--state", index, "--server-threads", "1") as server:
            measure_questions(server, folder / "one", n_datasets)
            measure_kept(server, folder / "two", n_datasets)
            memory(server)
        measure_ripgrep(folder / "files", n_files)


if __name__ == "__main__":
    main()
