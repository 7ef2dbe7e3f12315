"""Fixtures of the system tests: the real program, and real servers behind it.

Every server listens on 127.0.0.1 at a free port, and is stopped by the process id that started it.
BOATHOUSE names the program to test, by default build/boathouse.
"""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("BOATHOUSE", TOP / "build" / "boathouse"))
BUILD = pathlib.Path(os.environ.get("BOATHOUSE_BUILD", BINARY.parent))
DEV_SET = pathlib.Path(os.environ.get("BOATHOUSE_DEV_SET", TOP.parent / "shared" / "lineage" / "dev"))

sys.path.insert(0, str(pathlib.Path(__file__).parent))


# Modules that take longest, longest first: where several workers share the tests (script/test), none may begin last.
LONGEST = ("test_local_cluster", "test_many_keys", "test_python_ast", "test_snippets", "test_contract", "test_kill", "test_scan",
           "test_spark", "test_discovery_spark", "test_emr_fake")


def pytest_collection_modifyitems(items):
    order = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.module.__name__, len(LONGEST)))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def clean_env(**more):
    """An environment in which no credentials or settings of this machine are seen."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BOATHOUSE"))}
    keep.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/nonexistent", AWS_SHARED_CREDENTIALS_FILE="/nonexistent")
    keep.update({k: v for k, v in more.items() if v is not None})
    return keep


def run_cli(*args, env=None, cwd=None, check=False, stdin=None, timeout=120):
    """Run one command of the program to its end; the result has returncode, stdout and stderr as text."""
    result = subprocess.run([str(BINARY), *map(str, args)], env=env or clean_env(), cwd=cwd, input=stdin,
                            capture_output=True, text=True, timeout=timeout)
    if check:
        assert result.returncode == 0, result.stderr
    assert "Sanitizer" not in result.stderr, result.stderr
    return result


def wait_for(condition, what, seconds=30):
    """Poll until condition() is true; a bounded wait on something that another process does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A program that was started here and is ended by its own id, never by its name."""

    def __init__(self, argv, log, env=None, cwd=None):
        self.log = pathlib.Path(log)
        self._out = open(self.log, "wb")
        self.child = subprocess.Popen(list(map(str, argv)), stdout=self._out, stderr=subprocess.STDOUT, env=env, cwd=cwd)

    @property
    def pid(self):
        return self.child.pid

    def text(self):
        return self.log.read_text(errors="replace")

    def stop(self, how=signal.SIGTERM, seconds=30):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
                self._out.close()
                raise AssertionError(f"it did not stop within {seconds} s:\n{self.text()[-2000:]}") from None
        self._out.close()
        return self.child.returncode


class Answer:
    """What a request gave: status, headers, body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


@contextlib.contextmanager
def serving(handler, **state):
    """A loopback server of a http.server handler class; state becomes attributes of the server, besides its url."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.url = f"http://127.0.0.1:{server.server_port}"
    for name, value in state.items():
        setattr(server, name, value)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def http(method, url, body=None, headers=None, timeout=60):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as r:
            return Answer(r.status, r.headers, r.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read())


@pytest.fixture(scope="session")
def dev_set():
    """The labelled notebooks, where they are at hand."""
    if not DEV_SET.is_dir():
        pytest.skip("the labelled notebooks (shared/lineage/dev) are not here")
    return DEV_SET


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory):
    """The address of a moto server: EMR, S3, STS, SQS, without signatures being checked."""
    port = free_port()
    process = Process([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
                      tmp_path_factory.mktemp("moto") / "log", env=clean_env())
    wait_for(lambda: listens(port), "moto")
    yield f"http://127.0.0.1:{port}"
    process.stop()


@pytest.fixture(scope="session")
def notebooks_bucket(moto_server):
    """The bucket in which clusters keep notebooks: without it none is made."""
    answer = http("PUT", moto_server + "/notebooks", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request"})
    assert answer.status == 200, answer.body
    return "notebooks"


class FakeEmr:
    """tests/fake/serve_emr: an EMR of our own with a virtual clock and faults; it ends with its standard input."""

    def __init__(self):
        self.child = subprocess.Popen([BUILD / "tests" / "fake" / "serve_emr"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.child.stdout.readline().strip()
        assert self.url, "serve_emr did not start"

    def _post(self, what, values):
        answer = http("POST", f"{self.url}/fake/{what}", json.dumps(values).encode())
        assert answer.status == 200, answer.body
        return answer.json()

    def faults(self, **values):
        return self._post("faults", values)

    def times(self, **values):
        return self._post("times", values)

    def advance(self, seconds):
        return self._post("clock", {"advance_ms": int(seconds * 1000)})

    def state(self):
        return http("GET", self.url + "/fake/state").json()

    def client(self, **config):
        import boto3
        from botocore.config import Config
        return boto3.client("emr", region_name="us-east-1", endpoint_url=self.url, aws_access_key_id="testing",
                            aws_secret_access_key="testing", config=Config(**config))

    def stop(self):
        self.child.stdin.close()
        assert self.child.wait(30) == 0
        self.child.stdout.close()


@pytest.fixture()
def fake_emr():
    """A fake EMR of one test alone: faults and clock are its own."""
    emr = FakeEmr()
    yield emr
    emr.stop()


@pytest.fixture(scope="session")
def rados_gateway(tmp_path_factory):
    """A real S3 server, strict about signatures and rights; see radosgw.py."""
    import radosgw
    if radosgw.missing():
        pytest.skip(f"not installed: {radosgw.missing()} (apt-get install radosgw ceph-mon ceph-osd ceph-common)")
    with radosgw.RadosGateway(tmp_path_factory.mktemp("rgw")) as gateway:
        yield gateway
