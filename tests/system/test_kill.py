"""kill -9 at any moment: server and writer are killed while they work, a hundred times on a folder and a hundred times on S3.

Each time the server must start again at once, and every object must be whole or absent, never a part.
"""
import hashlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
import urllib.request

import pytest
from conftest import BINARY, clean_env, http, run_cli
from test_serve import Server

KILLS, SECONDS = 100, 60  # on each kind of store; a slow machine ends by the clock
QUESTIONS = ["/api/s3?bucket=datasets", "/api/notebook?bucket=notebooks&search_on=iris", "/healthz", "/readyz", "/metrics"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """What boathouse demo writes: {bucket: {key: MD5}}."""
    folder = tmp_path_factory.mktemp("demo")
    run_cli("demo", cwd=folder, check=True)
    return FolderLake(folder).objects(), folder / "lake"


class FolderLake:
    options = []

    def __init__(self, folder):
        self.lake = folder / "lake"
        self.env = clean_env()

    def objects(self):
        """Every object as the program names them: hidden files are none."""
        found = {}
        for bucket in sorted(p for p in self.lake.iterdir() if not p.name.startswith(".")):
            files = (p for p in bucket.rglob("*") if p.is_file() and not p.name.startswith("."))
            found[bucket.name] = {str(p.relative_to(bucket)): hashlib.md5(p.read_bytes()).hexdigest() for p in files}
        return found

    def remove(self, bucket, key):
        (self.lake / bucket / key).unlink()

    def fill(self, demo_lake):
        shutil.copytree(demo_lake, self.lake, dirs_exist_ok=True)


class S3Lake:
    options = ["--provider", "aws"]

    def __init__(self, gateway):
        self.s3 = gateway.client()
        self.env = clean_env(**gateway.env())

    def objects(self):
        return {bucket: {o["Key"]: o["ETag"].strip('"') for o in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
                for bucket in ("datasets", "notebooks")}

    def remove(self, bucket, key):
        self.s3.delete_object(Bucket=bucket, Key=key)

    def fill(self, demo_lake):
        for bucket in ("datasets", "notebooks"):
            self.s3.create_bucket(Bucket=bucket)
            for o in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                self.s3.delete_object(Bucket=bucket, Key=o["Key"])
        for path in (p for p in demo_lake.rglob("*") if p.is_file()):
            bucket, _, key = str(path.relative_to(demo_lake)).partition("/")
            self.s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


def has_unnamed_files(folder):
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except OSError:
        return False
    return True


def ask_until_it_dies(url, dice, answers):
    """A client that is in the middle of a request whenever the server dies."""
    while True:
        try:
            with urllib.request.urlopen(url + dice.choice(QUESTIONS), timeout=10) as r:
                r.read()
                answers.append(r.status)
        except OSError:
            return
        except Exception:  # http.client's own for an answer that broke off
            return


def kill_once(folder, lake, dice, answers):
    server = Server(folder, *lake.options, env=lake.env)
    assert http("GET", server.url + "/healthz").status == 200
    clients = [threading.Thread(target=ask_until_it_dies, args=(server.url, random.Random(dice.random()), answers)) for _ in range(4)]
    for c in clients:
        c.start()
    writer = subprocess.Popen([BINARY, "demo", *lake.options], cwd=folder, env=lake.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        writer.wait(dice.uniform(0, 0.25))
    except subprocess.TimeoutExpired:
        writer.kill()
    was_writing = writer.wait() == -signal.SIGKILL
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    for c in clients:
        c.join(30)
        assert not c.is_alive(), "a client hangs"
    return was_writing


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_killed_at_any_moment_it_starts_again_and_nothing_is_damaged(kind, demo, tmp_path, request, record_property):
    want, demo_lake = demo
    lake = FolderLake(tmp_path) if kind == "folder" else S3Lake(request.getfixturevalue("rados_gateway"))
    lake.fill(demo_lake)
    dice, answers, n_while_writing, n = random.Random(20261125), [], 0, 0
    end = time.monotonic() + SECONDS
    while n < KILLS and time.monotonic() < end:
        for bucket, objects in lake.objects().items():
            for key in dice.sample(sorted(objects), len(objects) // 2):
                lake.remove(bucket, key)
        left = sum(len(objects) for objects in lake.objects().values())
        was_writing = kill_once(tmp_path, lake, dice, answers)
        n += 1
        after = lake.objects()
        n_while_writing += was_writing and left < sum(len(objects) for objects in after.values())
        for bucket, objects in after.items():
            damaged = {key for key, md5 in objects.items() if want[bucket].get(key) != md5}
            assert not damaged, (n, bucket, damaged)
    record_property("kills", n)
    record_property("kills_while_writing", n_while_writing)
    print(f"{kind}: {n} kills, {n_while_writing} of them after some objects of a demo were written, {len(answers)} answers")
    if kind == "folder" and has_unnamed_files(tmp_path):
        assert not [p for p in (tmp_path / "lake").rglob(".*") if p.is_file()], "unfinished writes were left behind"
    assert n >= KILLS // 2 and n_while_writing > 0 and answers
    # What was lost is written again, and the listing shows nothing of what was left behind.
    run_cli("demo", *lake.options, cwd=tmp_path, env=lake.env, check=True)
    assert lake.objects() == want
    server = Server(tmp_path, *lake.options, env=lake.env)
    for bucket in want:
        assert http("GET", f"{server.url}/api/s3?bucket={bucket}").json() == sorted(want[bucket], key=str.encode)
    assert server.stop() == 0
    assert "Sanitizer" not in (tmp_path / "log").read_text()
