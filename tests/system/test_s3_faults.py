"""The S3 store against a server that misbehaves as S3 does on bad days."""
import hashlib
import http.server
import re
import socket
import struct

import pytest
from conftest import serving
from test_s3 import drive

BODY = bytes(i * 7 % 251 for i in range(300_000)).replace(b"\x00", b"a").decode("latin-1").encode("ascii", "replace")
ETAG = hashlib.md5(BODY).hexdigest()


class Faulty(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def do_GET(self):
        s = self.server
        s.seen.append(dict(self.headers) | {"path": self.path})
        fault = s.faults.pop(0) if s.faults else None
        first = int(re.match(r"bytes=(\d+)-", self.headers.get("Range", "bytes=0-"))[1])
        head = dict(ETag=f'"{s.etag}"', Last_Modified="Wed, 25 Nov 2026 09:00:00 GMT")
        status = 200
        if "Range" in self.headers:
            head["Content_Range"] = f"bytes {first}-{len(BODY) - 1}/{len(BODY)}"
            status = 206
        if fault in ("SlowDown", "InternalError"):
            self.reply(503 if fault == "SlowDown" else 500, f"<Error><Code>{fault}</Code></Error>".encode())
        elif fault == "reset":
            self.reset()
        elif fault == "cut":
            self.reply(status, BODY[first:first + 70_000], **head, Content_Length=str(len(BODY) - first))
            self.reset()
        elif fault == "changed":
            self.reply(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        elif fault == "whole":
            self.reply(200, BODY, **head)
        elif fault == "damaged":
            self.reply(status, BODY[:-1] + b"?", **head)
        elif fault == "kms":
            self.reply(status, BODY[:-1] + b"?", **head, x_amz_server_side_encryption="aws:kms")
        elif fault and fault.startswith("region:"):
            self.reply(301, b"<Error><Code>PermanentRedirect</Code></Error>", x_amz_bucket_region=fault[7:])
        elif fault and fault.startswith("malformed:"):
            self.reply(400, f"<Error><Code>AuthorizationHeaderMalformed</Code><Region>{fault[10:]}</Region></Error>".encode())
        else:
            self.reply(status, BODY[first:], **head)


class Settings:
    """What drive() wants to know of a server."""

    def __init__(self, url):
        self.url = url

    def env(self, **more):
        return dict(AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="secret", AWS_ENDPOINT_URL_S3=self.url, AWS_REGION="us-east-1", **more)


@pytest.fixture()
def faulty():
    with serving(Faulty, seen=[], faults=[], etag=ETAG) as server:
        server.settings = Settings(server.url)
        yield server


def get(faulty, *faults, args=()):
    faulty.faults, faulty.seen[:] = list(faults), []
    objects, err = drive(faulty.settings, "get", "bucket", "key", *args)
    return objects[0]["body"] if objects else err


@pytest.mark.parametrize("faults", [["SlowDown", "SlowDown"], ["InternalError"], ["reset"], ["reset", "SlowDown"]])
def test_what_may_pass_is_asked_again(faulty, faults):
    assert get(faulty, *faults) == BODY.decode()
    assert len(faulty.seen) == len(faults) + 1


def test_patience_has_an_end(faulty):
    assert "SlowDown" in get(faulty, *["SlowDown"] * 20)
    assert len(faulty.seen) == 4


def test_an_answer_that_breaks_off_is_continued(faulty):
    assert get(faulty, "cut", "cut", "cut") == BODY.decode()
    assert [s.get("Range") for s in faulty.seen] == [None, "bytes=70000-", "bytes=140000-", "bytes=210000-"]
    assert [s.get("If-Match") for s in faulty.seen[1:]] == [f'"{ETAG}"'] * 3
    assert get(faulty, "cut", args=("10000", "0")) == BODY[10000:].decode()
    assert faulty.seen[1]["Range"] == "bytes=80000-"


def test_an_object_that_changed_meanwhile_is_not_mixed(faulty):
    assert get(faulty, "cut", "changed").startswith("precondition_failed")


def test_a_server_without_ranges_is_not_believed(faulty):
    assert get(faulty, "cut", "whole").startswith("unsupported")
    assert get(faulty, "whole", args=("5", "0")).startswith("unsupported")


def test_an_answer_that_always_breaks_off_is_given_up(faulty):
    faulty.etag = ""
    assert get(faulty, "cut").startswith("upstream") and len(faulty.seen) == 1


def test_damaged_bytes_are_refused(faulty):
    assert get(faulty, "damaged").startswith("upstream") and "ETag" in get(faulty, "damaged")
    assert get(faulty, "kms") == (BODY[:-1] + b"?").decode()
    faulty.etag = ETAG + "-2"
    assert get(faulty, "damaged") == (BODY[:-1] + b"?").decode()


@pytest.mark.parametrize("fault", ["region:eu-west-1", "malformed:eu-west-1"])
def test_a_bucket_elsewhere_is_signed_for_its_region(faulty, fault):
    assert get(faulty, fault) == BODY.decode()
    assert [re.search(r"/(\w+-\w+-\d)/s3/", s["Authorization"])[1] for s in faulty.seen] == ["us-east-1", "eu-west-1"]


def test_a_region_that_is_none_is_not_followed(faulty):
    get(faulty, "region:evil.example.org/")
    assert len(faulty.seen) == 1
