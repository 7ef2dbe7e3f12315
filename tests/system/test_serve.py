"""The running server: its start and stop, access, the three services on a folder, bad input."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest

from conftest import BINARY, clean_env, http, run_cli, wait_for


class Server:
    """boathouse serve on free ports; addresses are told through --ready-fd."""

    def __init__(self, cwd, *options, env=None):
        read, write = os.pipe()
        self.log = open(pathlib.Path(cwd) / "log", "ab")
        self.start = time.monotonic()
        self.child = subprocess.Popen([BINARY, "serve", "--listen", "127.0.0.1:0", "--ready-fd", str(write), *options],
                                      cwd=cwd, pass_fds=[write], stderr=self.log, env=env or clean_env())
        os.close(write)
        with os.fdopen(read) as f:
            self.addresses = f.read().split()
        assert self.addresses, (pathlib.Path(cwd) / "log").read_text()
        self.url = "http://" + self.addresses[0]

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
        status = self.child.wait(30)
        self.log.close()
        return status


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    run_cli("demo", cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def server(lake):
    s = Server(lake)
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (lake / "log").read_text()


def test_the_original_calls_answer_on_a_folder(server):
    keys = http("GET", server.url + "/api/s3?bucket=datasets&path=&extension=csv").json()
    assert len(keys) == 5 and "iris/iris.csv" in keys
    assert http("GET", server.url + "/api/s3?bucket=datasets").json()[1] == "nile/nile.parquet"
    found = http("GET", server.url + "/api/notebook?bucket=notebooks&path=&search_on=iris").json()
    assert "s3://notebooks/explore/iris_in_r.ipynb" in found and len(found) == len(set(found)) == 7
    assert http("GET", server.url + "/api/notebook?bucket=notebooks&path=train/&search_on=iris").json() == [
        "s3://notebooks/train/iris_evaluate.ipynb", "s3://notebooks/train/iris_train.ipynb"]


@pytest.mark.parametrize("method, path, status, code", [
    ("GET", "/api/s3", 400, "invalid"),
    ("GET", "/api/s3?bucket=", 400, "invalid"),
    ("GET", "/api/s3?bucket=..", 400, "invalid"),
    ("GET", "/api/s3?bucket=%2e%2e", 400, "invalid"),
    ("GET", "/api/s3?bucket=a/b", 400, "invalid"),
    ("GET", "/api/s3?bucket=a%00b", 400, "invalid"),
    ("GET", "/api/s3?bucket=%ff", 400, "invalid"),
    ("GET", "/api/s3?bucket=%zz", 400, "invalid"),
    ("GET", "/api/s3?bucket=nope", 404, "not_found"),
    ("GET", "/api/s3?bucket=datasets&bucket=notebooks", 400, "invalid"),
    ("GET", "/api/s3?bucket=datasets&extention=csv", 400, "invalid"),
    ("GET", "/api/notebook?bucket=notebooks", 400, "invalid"),
    ("GET", "/api/notebook?bucket=notebooks&search_on=", 400, "invalid"),
    ("GET", "/api/notebook?bucket=nope&search_on=x", 404, "not_found"),
    ("POST", "/api/emr/create/0", 400, "invalid"),
    ("POST", "/api/emr/create/-1", 400, "invalid"),
    ("POST", "/api/emr/create/1.5", 400, "invalid"),
    ("POST", "/api/emr/create/1000000000", 400, "invalid"),
    ("POST", "/api/emr/create/abc", 400, "invalid"),
    ("POST", "/api/emr/create/", 400, "invalid"),
    ("GET", "/api/emr/info/j-A;rm", 400, "invalid"),
    ("GET", "/api/emr/info/j-A%22%0a", 400, "invalid"),
    ("DELETE", "/api/emr/terminate/j-a", 400, "invalid"),
    ("GET", "/api/emr/create/1", 405, "method_not_allowed"),
    ("GET", "/api/emr/info/j-ABC", 404, "not_found"),
    ("DELETE", "/api/emr/terminate/j-ABC", 404, "not_found"),
    ("GET", "/nothing/here", 404, "not_found"),
    ("GET", "/healthz/", 404, "not_found"),
    ("GET", "/api/s3?bucket=" + "x" * 9000, 414, "uri_too_long"),
])
def test_bad_input_is_a_problem_document(server, method, path, status, code):
    answer = http(method, server.url + path)
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code and problem["status"] == status and problem["type"] == "/problems/" + code
    assert problem["fix"] and problem["instance"] == "/requests/" + answer.headers["X-Request-Id"]
    if status == 405:
        assert answer.headers["Allow"] == "POST"


def test_paths_and_links_do_not_leave_the_lake(server, lake):
    (lake / "lake" / "datasets" / "out").symlink_to("/etc")
    (lake / "secret.csv").write_text("x")
    try:
        for path in ("../secret", "..%2fsecret", "/../secret", "iris/..", "%2e%2e"):
            answer = http("GET", f"{server.url}/api/s3?bucket=datasets&path={path}")
            assert (answer.status, answer.json()["code"]) == (400, "invalid"), path
        for path in ("out/", "/etc", "...", "..x/"):
            answer = http("GET", f"{server.url}/api/s3?bucket=datasets&path={path}")
            assert (answer.status, answer.json()) == (200, []), path
    finally:
        (lake / "lake" / "datasets" / "out").unlink()


def test_requests_of_pages_in_a_browser_are_refused(server):
    assert http("GET", server.url + "/healthz", headers={"Host": "evil.example"}).status == 403
    assert http("POST", server.url + "/api/emr/create/1", headers={"Origin": "http://evil.example"}).status == 403
    assert http("GET", server.url + "/healthz", headers={"Host": "localhost:1"}).status == 200


def test_the_contract_its_page_and_the_metrics_are_served(server):
    contract = http("GET", server.url + "/openapi.json").json()
    assert contract["openapi"].startswith("3.1") and "/api/s3" in contract["paths"]
    assert json.loads(run_cli("openapi", check=True).stdout) == contract
    page = http("GET", server.url + "/docs").body.decode()
    assert "/api/notebook" in page
    for outside in ("src=", "<link", "<script", "url(", "@import", 'href="http', "href=http", "href=//"):
        assert outside not in page
    metrics = http("GET", server.url + "/metrics").body.decode()
    assert 'boathouse_http_requests_total{route="s3_list",status="200"}' in metrics
    assert http("HEAD", server.url + "/healthz").body == b""
    assert http("GET", server.url + "/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/"])
def test_a_page_that_is_known_is_not_sent_again(server, path):
    first = http("GET", server.url + path)
    assert first.status == 200 and first.headers["ETag"].startswith('"')
    for tag in (first.headers["ETag"], '"x", W/' + first.headers["ETag"], "*"):
        again = http("GET", server.url + path, headers={"If-None-Match": tag})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert http("GET", server.url + path, headers={"If-None-Match": '"x"'}).body == first.body


def test_a_small_body_where_none_is_needed_is_ignored(server):
    assert http("DELETE", server.url + "/api/emr/terminate/j-ABC", body=b"{}").status == 404
    assert http("DELETE", server.url + "/api/emr/terminate/j-ABC", body=b"x" * 1025).status == 413


def test_a_broken_notebook_is_counted_and_logged(server, lake):
    broken = lake / "lake" / "notebooks" / "broken.ipynb"
    broken.write_text('{"cells": [')
    try:
        found = http("GET", server.url + "/api/notebook?bucket=notebooks&search_on=nile").json()
        assert len(found) == 2
    finally:
        broken.unlink()
    assert "event=notebook_broken" in (lake / "log").read_text()
    assert "boathouse_notebooks_broken_total 1" in http("GET", server.url + "/metrics").body.decode()


def test_a_long_list_comes_in_pieces(tmp_path):
    (tmp_path / "lake" / "big").mkdir(parents=True)
    names = [f"a_key_that_is_long_enough_{i:05}.csv" for i in range(5000)]
    for name in names:
        (tmp_path / "lake" / "big" / name).touch()
    s = Server(tmp_path, "--lake", "lake")
    answer = http("GET", s.url + "/api/s3?bucket=big")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == names
    assert s.stop() == 0
    assert "sent=yes" in (tmp_path / "log").read_text()


def test_several_addresses_are_served(lake):
    s = Server(lake, "--server-listen", "127.0.0.1:0, 127.0.0.1:0, [::1]:0")
    try:
        assert len(s.addresses) == 3
        for address in s.addresses[:2]:
            assert http("GET", f"http://{address}/healthz").status == 200
    finally:
        assert s.stop(signal.SIGINT) == 0


def test_tokens_give_roles(lake, tmp_path):
    tokens = {role: json.loads(run_cli("token", "new", "-r", role, role[0], "--json", check=True).stdout)
              for role in ("viewer", "analyst")}
    conf = tmp_path / "c.conf"
    conf.write_text("[auth]\n" + "".join(f"{t['name']} = {t['role']} {t['hash']}\n" for t in tokens.values()))
    s = Server(lake, "--config", str(conf), "--listen", "0.0.0.0:0")
    try:
        url = "http://127.0.0.1:" + s.addresses[0].rpartition(":")[2]

        def status(method, path, token=None):
            return http(method, url + path, headers={"Authorization": "Bearer " + token} if token else {}).status
        assert status("GET", "/healthz") == 200
        assert http("GET", url + "/api/s3?bucket=datasets").headers["WWW-Authenticate"] == "Bearer"
        assert status("GET", "/api/s3?bucket=datasets", "wrong") == 401
        assert status("GET", "/api/s3?bucket=datasets", tokens["viewer"]["token"]) == 200
        assert status("POST", "/api/emr/create/1", tokens["viewer"]["token"]) == 403
        assert status("GET", "/api/emr/info/j-ABC", tokens["viewer"]["token"]) == 403
        assert status("GET", "/api/emr/info/j-ABC", tokens["analyst"]["token"]) == 404
    finally:
        s.stop()
    assert not any(t["token"] in (lake / "log").read_text() for t in tokens.values())
    wrong = tmp_path / "w.conf"
    wrong.write_text("[auth]\nana = admin 1234\n")
    assert "is not NAME = ROLE HASH" in run_cli("serve", "--config", wrong, "--listen", "127.0.0.1:0", cwd=lake).stderr


def test_tls_is_spoken_with_a_certificate(lake, tmp_path):
    import ssl
    import urllib.request
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "cert"],
                   check=True, capture_output=True)
    s = Server(lake, "--server-tls-cert", str(tmp_path / "cert"), "--server-tls-key", str(tmp_path / "key"))
    try:
        context = ssl.create_default_context(cafile=tmp_path / "cert")
        with urllib.request.urlopen(f"https://{s.addresses[0]}/healthz", context=context) as r:
            assert r.status == 200
    finally:
        assert s.stop() == 0
    (tmp_path / "bad").write_text("no pem")
    bad = run_cli("serve", "--server-tls-cert", tmp_path / "bad", "--server-tls-key", tmp_path / "key",
                  "--listen", "127.0.0.1:0", cwd=lake)
    assert bad.returncode == 2 and "tls_cert" in bad.stderr


def test_a_taken_port_is_said(lake):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run_cli("serve", "--listen", "127.0.0.1:%d" % taken.getsockname()[1], cwd=lake)
    assert result.returncode == 1 and "in use" in result.stderr and "server.listen" in result.stderr


def test_kill_9_leaves_nothing_that_hinders_the_next_start(lake):
    before = sorted(p for p in (lake / "lake").rglob("*"))
    for _ in range(10):
        s = Server(lake)
        assert http("GET", s.url + "/api/s3?bucket=datasets").status == 200
        assert s.stop(signal.SIGKILL) == -9
    assert sorted(p for p in (lake / "lake").rglob("*")) == before


def test_it_is_small_and_quick(lake):
    s = Server(lake)

    def resident_kb():
        return int(next(line for line in open(f"/proc/{s.child.pid}/status") if line.startswith("VmRSS")).split()[1])
    try:
        assert http("GET", s.url + "/healthz").status == 200
        took_ms = 1000 * (time.monotonic() - s.start)
        if b"__asan_init" in BINARY.read_bytes():
            pytest.skip("a sanitized program is neither small nor quick")
        wait_for(lambda: resident_kb() <= 12 * 1024, "12 MiB once the first scan is over")
    finally:
        s.stop()
    assert took_ms <= 500  # the measured goal, 50 ms, is script/bench's; here a loaded machine must pass
