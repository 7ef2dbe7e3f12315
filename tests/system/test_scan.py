"""boathouse scan on a folder that stands for S3: what changed is read, what is gone leaves, and nothing is lost by a kill."""
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from conftest import BINARY, Process, clean_env, http, run_cli, wait_for

KILLS = int(os.environ.get("BOATHOUSE_KILLS", "20"))


def notebook(*uris):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "import pandas as pd\n"}]
    for uri in uris:
        cells.append({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
                      "source": f"df = pd.read_csv('{uri}')\n" + "x = [i * 2 for i in range(10)]\n" * 20})
    return json.dumps({"cells": cells, "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
                       "nbformat": 4, "nbformat_minor": 5})


class Lake:
    """A lake and its catalogue in a folder of their own."""

    def __init__(self, folder):
        self.folder = folder
        self.lake = folder / "lake"
        self.lake.mkdir(parents=True)

    def put(self, key, text):
        path = self.lake / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def scan(self, *args, state="state"):
        result = run_cli("scan", "--json", *args, "--state", self.folder / state, cwd=self.folder)
        return result, json.loads(result.stdout) if result.stdout else None

    def rows(self, sql, *values, state="state"):
        with sqlite3.connect(f"file:{self.folder / state / 'index.db'}?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()

    def references(self, state="state"):
        found = {uri: set() for uri, in self.rows("SELECT uri FROM notebook", state=state)}
        for uri, place in self.rows("SELECT n.uri, p.uri FROM ref r JOIN notebook n ON n.id = r.notebook JOIN place p ON p.id = r.place",
                                    state=state):
            found[uri].add(place)
        return found


@pytest.fixture()
def lake(tmp_path):
    return Lake(tmp_path)


def test_only_what_changed_is_read(lake):
    for i in range(30):
        lake.put(f"team/user{i % 3}/n{i:02}.ipynb", notebook(f"s3://data/{i}.csv"))
    lake.put("team/user0/.ipynb_checkpoints/n00-checkpoint.ipynb", notebook("s3://data/hidden.csv"))
    lake.put("data/sales/2024.csv", "a,b\n1,2\n")
    _, [data, team] = lake.scan()
    assert (team["progress"]["notebooks"], team["progress"]["analyzed"]) == (30, 30)
    assert data["progress"]["datasets"] == 1
    assert lake.references() == {f"s3://team/user{i % 3}/n{i:02}.ipynb": {f"s3://data/{i}.csv"} for i in range(30)}
    assert lake.rows("SELECT DISTINCT name.text FROM notebook JOIN name ON name.id = notebook.owner ORDER BY 1") == [
        ("user0",), ("user1",), ("user2",)]

    version = lake.rows("SELECT value FROM meta WHERE key = 'data_version'")
    _, [data, team] = lake.scan()
    assert team["progress"]["analyzed"] == 0 and team["progress"]["changed"] == 0
    assert lake.rows("SELECT value FROM meta WHERE key = 'data_version'") == version, "nothing changed, but something was written"

    lake.put("team/user0/n00.ipynb", notebook("s3://data/other.csv"))
    lake.put("team/user9/new.ipynb", notebook("s3://data/new.csv"))
    (lake.lake / "team/user1/n01.ipynb").unlink()
    _, [data, team] = lake.scan()
    assert (team["progress"]["analyzed"], team["progress"]["removed"], team["progress"]["changed"]) == (2, 1, 2)
    found = lake.references()
    assert found["s3://team/user0/n00.ipynb"] == {"s3://data/other.csv"}
    assert found["s3://team/user9/new.ipynb"] == {"s3://data/new.csv"}
    assert "s3://team/user1/n01.ipynb" not in found and len(found) == 30

    _, [data, team] = lake.scan("--full")
    assert team["progress"]["analyzed"] == 30


def test_a_notebook_that_cannot_be_read_is_kept_with_its_error_until_it_can(lake):
    lake.put("team/good.ipynb", notebook("s3://data/a.csv"))
    lake.put("team/bad.ipynb", notebook("s3://data/b.csv")[:-200])
    result, [team] = lake.scan()
    assert result.returncode == 0 and team["progress"]["broken"] == 1 and team["progress"]["errors"] == {"parse": 1}
    (error, code), = lake.rows("SELECT error, error_code FROM notebook WHERE uri = 's3://team/bad.ipynb'")
    assert code and "line" in error
    [(kind, data)] = lake.rows("SELECT type, data FROM scan_event WHERE type = 'error'")
    assert json.loads(data)["uri"] == "s3://team/bad.ipynb" and json.loads(data)["code"] == "parse"
    lake.put("team/bad.ipynb", notebook("s3://data/b.csv"))
    _, [team] = lake.scan()
    assert team["progress"]["analyzed"] == 1
    assert lake.rows("SELECT error_code FROM notebook WHERE uri = 's3://team/bad.ipynb'") == [(None,)]


def test_a_source_that_cannot_be_listed_does_not_empty_the_catalogue(lake, tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook("s3://data/a.csv"))
    result, [books] = lake.scan(folder)
    assert books["progress"]["notebooks"] == 1 and books["source"].endswith("books")
    folder.rename(tmp_path / "away")
    result, [books] = lake.scan(books["source"])
    assert result.returncode == 3 and books["state"] == "failed" and books["code"] == "not_found"
    assert lake.references() == {f"file:{folder}/a.ipynb": {"s3://data/a.csv"}}
    (tmp_path / "away").rename(folder)
    (folder / "a.ipynb").unlink()
    lake.scan(books["source"])
    assert lake.references() == {}


def test_a_folder_that_may_not_be_read_keeps_what_is_known_of_it(lake):
    if os.geteuid() == 0:
        pytest.skip("the superuser may read every folder")
    lake.put("team/open/a.ipynb", notebook("s3://data/a.csv"))
    lake.put("team/shut/b.ipynb", notebook("s3://data/b.csv"))
    lake.scan()
    (lake.lake / "team/shut").chmod(0)
    _, [team] = lake.scan()
    (lake.lake / "team/shut").chmod(0o755)
    assert team["progress"]["errors"] == {"forbidden": 1} and len(lake.references()) == 2


def test_sources_of_the_configuration_come_and_go(lake, tmp_path):
    lake.put("team/a/n.ipynb", notebook("s3://data/a.csv"))
    lake.put("team/b/n.ipynb", notebook("s3://data/b.csv"))
    conf = tmp_path / "boathouse.conf"
    conf.write_text("[scan]\nsources = only-a s3://team/a notebooks 60\n")
    _, scans = lake.scan("--config", conf)
    assert [s["source"] for s in scans] == ["only-a"] and set(lake.references()) == {"s3://team/a/n.ipynb"}
    conf.write_text("[scan]\nsources = only-a s3://team/b notebooks 60,\n  data s3://team/b datasets\n")
    _, scans = lake.scan("--config", conf)
    assert [s["source"] for s in scans] == ["data", "only-a"] and set(lake.references()) == {"s3://team/b/n.ipynb"}
    conf.write_text("[scan]\nsources = x s3://team/b, y s3://team\n")
    result, _ = lake.scan("--config", conf)
    assert result.returncode == 1 and "overlap" in result.stderr
    conf.write_text("[scan]\nsources = s3://team/b\n")
    result, _ = lake.scan("--config", conf)
    assert result.returncode == 2 and "NAME PLACE" in result.stderr


def check_claims(lake, versions):
    """The index is whole, and every notebook in it says what that version of the file says."""
    with sqlite3.connect(lake.folder / "state" / "index.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        etags = dict(db.execute("SELECT uri, etag FROM notebook").fetchall())
    for uri, places in lake.references().items():
        assert versions[uri, etags[uri]] == places, uri


def etag_of(path):
    st = path.stat()
    return f"{st.st_size:x}-{st.st_mtime_ns:x}-{st.st_ino:x}"


def test_killed_at_any_moment_the_catalogue_is_right_and_the_next_scan_completes_it(lake):
    """SIGKILL at random moments; BOATHOUSE_KILLS says how often."""
    dice = random.Random(17)
    versions = {}

    def write(i, version):
        key, uris = f"team/u{i % 7}/n{i:03}.ipynb", {f"s3://data/{i}/{version}-{k}.csv" for k in range(3)}
        lake.put(key, notebook(*sorted(uris)))
        versions[f"s3://{key}", etag_of(lake.lake / key)] = uris

    for i in range(150):
        write(i, 0)
    lake.put("data/t/year=2023/a.csv", "a,b\n1,2\n")
    argv = [str(BINARY), "scan", "--state", str(lake.folder / "state"), "--scan-workers", "2"]
    begin = time.monotonic()
    subprocess.run(argv, cwd=lake.folder, env=clean_env(), check=True, capture_output=True)
    whole = time.monotonic() - begin
    shutil.rmtree(lake.folder / "state")
    killed = round_ = 0
    while killed < KILLS and round_ < 10 * KILLS:
        round_ += 1
        child = subprocess.Popen(argv, cwd=lake.folder, env=clean_env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(dice.random() * whole)
            whole *= 0.8  # it ended before: later scans have less to do than the first
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            killed += 1
            whole *= 1.1
        if (lake.folder / "state" / "index.db").exists() and lake.rows("SELECT 1 FROM sqlite_schema WHERE name = 'listing'"):
            check_claims(lake, versions)
        for i in dice.sample(range(150), 30):
            write(i, round_ + 1)
        gone = lake.lake / f"team/u{round_ % 7}/n{(round_ % 7) + 7 * (round_ % 20):03}.ipynb"
        gone.unlink(missing_ok=True)
        lake.put(f"data/t/year={2000 + round_ % 30}/b.csv", "a,b\n1,2\n" * (round_ + 1))
    assert killed == KILLS
    result, _ = lake.scan()
    assert result.returncode == 0, result.stderr
    check_claims(lake, versions)
    lake.scan(state="fresh")
    assert lake.references() == lake.references(state="fresh")
    for sql in ("SELECT uri, etag, n_cells FROM notebook ORDER BY uri", "SELECT uri, n_objects, size_bytes FROM dataset ORDER BY uri",
                "SELECT sum(n) FROM listing", "SELECT count(*) FROM ref"):
        assert lake.rows(sql) == lake.rows(sql, state="fresh"), sql
    assert lake.rows("SELECT count(*) FROM scan WHERE state < 2") == [(0,)], "a scan that was killed still runs"


def test_what_a_scan_told_is_found_before_the_search_has_its_trigrams(lake):
    for i in range(60):
        lake.put(f"team/n{i:03}.ipynb", notebook(*(f"s3://data/{i}-{k}.csv" for k in range(40))))

    def found(text):
        result = run_cli("search", text, "--json", "--state", lake.folder / "state", cwd=lake.folder)
        return [(hit["notebook"], hit["cell"], hit["line"]) for hit in json.loads(result.stdout)["items"]]
    argv = [str(BINARY), "scan", "--json", "--state", str(lake.folder / "state")]
    with subprocess.Popen(argv, cwd=lake.folder, env=clean_env(), stdout=subprocess.PIPE, text=True) as child:
        assert json.loads(child.stdout.readline())[0]["state"] == "done"
        child.send_signal(signal.SIGKILL)
    texts = ("s3://data/17-3.csv", "s3://data/59", "range(10)", "s3://data/60")
    before = [found(text) for text in texts]
    assert [len(hits) for hits in before] == [1, 40, 100, 0]
    result, [team] = lake.scan()
    assert result.returncode == 0 and team["progress"]["analyzed"] == 0
    assert lake.rows("SELECT count(*) FROM unindexed") == [(0,)] and lake.rows("SELECT count(*) > 100 FROM posting") == [(1,)]
    assert [found(text) for text in texts] == before


def test_two_scans_of_one_source_do_not_run_together(lake):
    for i in range(120):
        lake.put(f"team/n{i:03}.ipynb", notebook(*(f"s3://data/{i}-{k}.csv" for k in range(20))))
    argv = [str(BINARY), "scan", "--json", "--state", str(lake.folder / "state"), "--scan-workers", "1"]
    children = [subprocess.Popen(argv, cwd=lake.folder, env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for _ in range(4)]
    ids = []
    for child in children:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
        ids.append(json.loads(out)[0]["id"])
    assert lake.rows("SELECT sum(n) FROM listing") == [(120,)]
    runs = lake.rows("SELECT id, started_ms, ended_ms, state FROM scan ORDER BY started_ms")
    assert all(state == 2 for *_, state in runs) and {i for i, *_ in runs} >= set(ids)
    for (_, _, ended, _), (_, started, _, _) in zip(runs, runs[1:]):
        assert started >= ended, "two ran at once"


@pytest.fixture()
def server(lake, tmp_path):
    for i in range(10):
        lake.put(f"team/n{i}.ipynb", notebook(f"s3://data/{i}.csv"))
    lake.put("team/bad.ipynb", "{")
    process = Process([BINARY, "serve", "--listen", "127.0.0.1:0", "--state", lake.folder / "state", "--lake", lake.lake,
                       "--ready-fd", "1", "--scan-interval-s", "3600"], tmp_path / "log", env=clean_env(), cwd=lake.folder)
    line = wait_for(lambda: [x for x in process.text().splitlines() if x.startswith("127.0.0.1:")], "the server")[0]
    yield f"http://{line}"
    assert process.stop() == 0, process.text()
    assert "Sanitizer" not in process.text(), process.text()


def ended(url, scan_id):
    scan = http("GET", f"{url}/v1/scans/{scan_id}").json()
    return scan if scan["state"] in ("done", "failed", "cancelled") else None


def events(answer):
    found = []
    for block in answer.body.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "event" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_the_server_scans_every_bucket_when_it_starts(server, lake):
    first = wait_for(lambda: http("GET", f"{server}/v1/scans?source=team").json()["items"], "the first scan")[-1]
    scan = wait_for(lambda: ended(server, first["id"]), "its end")
    assert scan["state"] == "done" and scan["trigger"] == "interval" and scan["progress"]["notebooks"] == 11
    [team] = http("GET", f"{server}/v1/sources").json()["items"]
    assert team["name"] == "team" and team["uri"] == "s3://team" and team["is_from_config"] and team["last_scan_id"] == scan["id"]
    assert http("DELETE", f"{server}/v1/sources/team").status == 409
    wait_for(lambda: lake.rows("SELECT count(*) FROM unindexed") == [(0,)], "the trigrams of the search")
    assert lake.rows("SELECT count(*) > 0 FROM posting") == [(1,)]


def test_scans_are_started_and_followed_by_the_api(server, lake):
    wait_for(lambda: http("GET", f"{server}/v1/sources/team").json()["scanned_at"], "the first scan")
    lake.put("team/n0.ipynb", notebook("s3://data/changed.csv"))
    answer = http("POST", f"{server}/v1/scans", json.dumps({"source": "team", "full": True}).encode(),
                  {"Content-Type": "application/json"})
    assert answer.status == 202, answer.body
    scan_id = answer.json()["id"]
    assert answer.headers["Location"] == f"/v1/scans/{scan_id}"
    scan = wait_for(lambda: ended(server, scan_id), "its end")
    assert scan["progress"]["analyzed"] == 11 and scan["progress"]["errors"] == {"parse": 1} and scan["error"] is None
    stream = http("GET", scan["events"])
    assert stream.headers["Content-Type"] == "text/event-stream"
    told = events(stream)
    assert [kind for _, kind, _ in told][-2:] == ["error", "end"] and told[-2][2]["uri"] == "s3://team/bad.ipynb"
    assert [i for i, _, _ in told] == sorted({i for i, _, _ in told})
    rest = events(http("GET", scan["events"], headers={"Last-Event-ID": str(told[-2][0])}))
    assert rest == told[-1:]
    assert events(http("GET", f"{scan['events']}?after={told[-2][0]}")) == rest
    assert http("GET", scan["events"], headers={"Last-Event-ID": str(told[-1][0])}).status == 204
    assert http("GET", scan["events"], headers={"Last-Event-ID": "x"}).status == 400
    assert http("GET", f"{server}/v1/scans/999999/events").status == 404


def test_sources_are_added_and_removed_by_the_api(server, lake):
    def post(path, **body):
        return http("POST", f"{server}/v1/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    lake.put("more/x/n.ipynb", notebook("s3://data/x.csv"))
    wait_for(lambda: http("GET", f"{server}/v1/sources/team").json()["scanned_at"], "the first scan")
    made = post("sources", name="x", uri="s3://more/x/", wants=["notebooks"])
    assert made.status == 201 and made.json()["uri"] == "s3://more/x" and made.json()["wants"] == ["notebooks"]
    assert post("sources", name="y", uri="s3://more").status == 409, "it overlaps"
    assert post("sources", name="team", uri="s3://other").status == 409, "it is one of the configuration"
    assert post("sources", name="z", uri="/etc").status == 400
    assert post("scans", source="nobody").status == 404
    scan_id = post("scans", source="x").json()["id"]
    scan = wait_for(lambda: ended(server, scan_id), "its end")
    assert scan["progress"]["notebooks"] == 1 and "s3://more/x/n.ipynb" in lake.references()
    page = http("GET", f"{server}/v1/sources?limit=1").json()
    assert [s["name"] for s in page["items"]] == ["team"]
    page = http("GET", f"{server}/v1/sources?limit=1&page_token={page['next_page_token']}").json()
    assert [s["name"] for s in page["items"]] == ["x"] and page["next_page_token"] is None
    assert http("DELETE", f"{server}/v1/sources/x").json() == {"status": "removed"}
    assert http("GET", f"{server}/v1/sources/x").status == 404 and "s3://more/x/n.ipynb" not in lake.references()


def code(text):
    return notebook().replace("import pandas as pd\\n", json.dumps(text)[1:-1])


def test_what_changes_beside_a_notebook_has_it_analysed_again(lake):
    read = "\nimport pandas as pd\npd.read_csv(%s + '/a.csv')"
    lake.put("team/a/main.ipynb", code("import helpers" + read % "helpers.ROOT"))
    lake.put("team/a/helpers.py", "from settings import ROOT")
    lake.put("team/a/settings.py", "ROOT = 's3://first'")
    lake.put("team/a/z.ipynb", code("import json\nc = json.load(open('conf/c.json'))" + read % "c['root']"))
    lake.put("team/a/conf/c.json", '{"root": "s3://conf"}')
    lake.put("team/b/early.ipynb", code("from late.paths import ROOT" + read % "ROOT"))
    lake.put("team/b/run.ipynb", code("%run other.py\n" + read % "ROOT"))
    lake.put("team/b/plain.ipynb", notebook("s3://plain/a.csv"))
    places = lambda name: {p for p in lake.references()[f"s3://team/{name}.ipynb"] if p.startswith(("s3:", "{}"))}
    analyzed = lambda: lake.scan()[1][0]["progress"]["analyzed"]
    assert analyzed() == 7  # five notebooks, two modules
    assert places("a/main") == {"s3://first/a.csv"} and places("a/z") == {"s3://conf/a.csv"}
    assert places("b/early") == {"{}/a.csv"} and places("b/run") == {"{}/a.csv"}
    assert analyzed() == 0

    lake.put("team/a/settings.py", "ROOT = 's3://second'")
    assert analyzed() == 3  # itself, what imports it, and what imports that
    assert places("a/main") == {"s3://second/a.csv"}
    lake.put("team/a/conf/c.json", '{"root": "s3://other"}')
    assert analyzed() == 1 and places("a/z") == {"s3://other/a.csv"}

    lake.put("team/b/late/paths.py", "ROOT = 's3://late'")  # what was looked for comes
    lake.put("team/b/other.py", "ROOT = 's3://ran'")
    assert analyzed() == 4
    assert places("b/early") == {"s3://late/a.csv"} and places("b/run") == {"s3://ran/a.csv"}
    (lake.lake / "team/b/other.py").unlink()  # and goes
    assert analyzed() == 1 and places("b/run") == {"{}/a.csv"}
    lake.put("team/b/late/unasked.json", "{}")
    lake.put("team/a/other.py", "x = 1")
    assert analyzed() == 1  # nobody asked for these in that folder
    assert lake.rows("SELECT count(*) FROM stale") == [(0,)]
    checked = run_cli("index", "check", "--state", lake.folder / "state", cwd=lake.folder)
    assert checked.returncode == 0, checked.stderr


def test_notebooks_that_a_killed_scan_left_stale_are_analysed_by_the_next(lake):
    lake.put("team/main.ipynb", code("import helpers\nopen(helpers.ROOT)"))
    lake.put("team/helpers.py", "ROOT = 's3://b/first'")
    lake.scan()
    with sqlite3.connect(lake.folder / "state" / "index.db") as db:
        db.execute("INSERT INTO stale SELECT id FROM notebook WHERE uri LIKE '%main.ipynb'")
    assert lake.scan()[1][0]["progress"]["analyzed"] == 1
    assert lake.rows("SELECT count(*) FROM stale") == [(0,)]
    os.unlink(lake.lake / "team" / "main.ipynb")
    lake.scan()
    assert lake.rows("SELECT count(*) FROM sibling") == [(0,)]
