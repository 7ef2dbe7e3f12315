"""Requests that are no HTTP, or more of it than fits: each gets a whole answer or an end, at once, and nothing is executed."""
import socket

import pytest
from conftest import http
from test_serve import Server

# name: bytes (HOST is filled in), the right status.
HTML = {
    "no version": (b"GET /healthz\r\nHOST\r\n", 400), "http/2": (b"GET /healthz HTTP/2.0\r\nHOST\r\n", 505),
    "h2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "length is no number": (b"POST /api/emr/create/1 HTTP/1.1\r\nHOSTContent-Length: abc\r\n\r\n", 400),
    "length below zero": (b"POST /api/emr/create/1 HTTP/1.1\r\nHOSTContent-Length: -1\r\n\r\n", 400),
    "broken chunk": (b"POST /api/emr/create/1 HTTP/1.1\r\nHOSTTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "field without colon": (b"GET /healthz HTTP/1.1\r\nHOSTnocolon\r\n\r\n", 400),
    "url of 1 MB": (b"GET /" + b"a" * 1000000 + b" HTTP/1.1\r\nHOST\r\n", 414),
    "url of 8 MB": (b"GET /" + b"a" * 8000000 + b" HTTP/1.1\r\nHOST\r\n", 414),
    "field of 1 MB": (b"GET /healthz HTTP/1.1\r\nHOSTX: " + b"a" * 1000000 + b"\r\n\r\n", 431),
    "8,000 fields": (b"GET /healthz HTTP/1.1\r\nHOST" + b"".join(b"X-%d: %s\r\n" % (i, b"b" * 1000) for i in range(8000)) + b"\r\n", 431),
}
PROBLEMS = {
    "url of 10 KB": (b"GET /" + b"a" * 10000 + b" HTTP/1.1\r\nHOST\r\n", 414),
    "field of 20 KB": (b"GET /healthz HTTP/1.1\r\nHOSTX: " + b"a" * 20000 + b"\r\n\r\n", 431),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400), "blank in the url": (b"GET /hea lthz HTTP/1.1\r\nHOST\r\n", 400),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHOSTHOST\r\n", 400), "blank in a name": (b"GET /healthz HTTP/1.1\r\nHOSTX y: 1\r\n\r\n", 400),
    "unknown coding": (b"POST /api/emr/create/1 HTTP/1.1\r\nHOSTTransfer-Encoding: gzip\r\n\r\nzz", 400),
    "two lengths": (b"POST /api/emr/create/1 HTTP/1.1\r\nHOSTContent-Length: 1\r\nContent-Length: 2\r\n\r\nzz", 400),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("malformed")
    (folder / "lake").mkdir()
    s = Server(folder, "--lake", "lake")
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (folder / "log").read_text()


def exchange(server, request):
    """What comes back until the end of the connection; a reset or silence for 10 s fails."""
    host, _, port = server.addresses[0].rpartition(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=10) as s:
        try:
            s.sendall(request.replace(b"HOST", b"Host: " + server.addresses[0].encode() + b"\r\n"))
        except BrokenPipeError:
            pass  # it was refused before all was sent
        while True:
            piece = s.recv(65536)
            answer += piece
            head, _, body = answer.partition(b"\r\n\r\n")
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), None)
            if not piece or (b"close" not in head and len(body) == length):
                return head.decode(), body, length


@pytest.mark.parametrize("name", HTML)
def test_what_cannot_be_read_is_answered_and_closed(server, name):
    request, status = HTML[name]
    head, body, length = exchange(server, request)
    # Of a wrong Content-Length libmicrohttpd sends the head twice.
    assert head.startswith(f"HTTP/1.1 {status} ") and "close" in head
    assert len(body) == length or "length" in name
    assert http("GET", server.url + "/healthz").status == 200


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_can_be_read_and_is_wrong_is_a_problem(server, name):
    request, status = PROBLEMS[name]
    head, body, length = exchange(server, request)
    assert head.startswith(f"HTTP/1.1 {status} ") and "application/problem+json" in head and len(body) == length


def test_none_of_them_was_taken_for_a_call(server):
    metrics = http("GET", server.url + "/metrics").body.decode()
    assert 'route="emr_create",status="200"' not in metrics and 'route="emr_create",status="501"' not in metrics
