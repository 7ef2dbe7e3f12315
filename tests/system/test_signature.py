"""Our signatures against those of botocore: a thousand random requests with keys, queries and headers
of every kind."""
import datetime
import json
import random
import subprocess
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import BUILD

SIGN = BUILD / "tests" / "aws" / "sign_requests"
PIECES = ["a", "Z9", " ", "  ", "ü", "日本", "😀", "+", "%", "%2F", "..", ".", "//", "/", "~", "-_.", "&", "=", "?", "#", ";", ":", "@",
          "!*'()", "\"", "<>", "\\", "|", "^", "`", "{}", "[]", "$", ",", "\t", "\x7f", "é"]
NOW = datetime.datetime(2026, 11, 25, 9, 0, 0, tzinfo=datetime.timezone.utc)


def word(rng, most=6):
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(0, most)))


def random_request(rng):
    is_s3 = rng.random() < 0.8
    headers = [[name, value] for name, value in (("Content-Type", "text/csv; charset=utf-8"), ("If-None-Match", "*"), ("Range", "bytes=0-9"),
                                                 ("X-Amz-Meta-A", "two  blanks   here "), ("X-Amz-Target", "X.Y")) if rng.random() < 0.3]
    return {"method": rng.choice(["GET", "PUT", "POST", "HEAD", "DELETE"]), "service": "s3" if is_s3 else rng.choice(["elasticmapreduce", "sts"]),
            "host": rng.choice(["127.0.0.1:9000", "b.s3.eu-west-1.amazonaws.com", "localhost"]), "path": "/" + word(rng) if is_s3 else "/",
            "query": [[word(rng) or "q", word(rng)] for _ in range(rng.randint(0, 5))], "headers": headers, "body": word(rng, 20),
            "region": rng.choice(["us-east-1", "eu-west-1", "cn-north-1"]), "access_key": "AKIDEXAMPLE",
            "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token": rng.choice(["", "tok/en+=="]),
            "unix_ms": int(NOW.timestamp() * 1000)}


def botocores(r):
    query = "&".join(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}" for k, v in r["query"])
    url = f"http://{r['host']}{urllib.parse.quote(r['path'], safe='/-_.~')}" + (f"?{query}" if query else "")
    request = AWSRequest(r["method"], url, headers=dict(r["headers"]), data=r["body"].encode())
    signer = botocore.auth.S3SigV4Auth if r["service"] == "s3" else botocore.auth.SigV4Auth
    signer(Credentials(r["access_key"], r["secret_key"], r["token"] or None), r["service"], r["region"]).add_auth(request)
    return request.headers["Authorization"]


def test_a_thousand_signatures_are_those_of_botocore(monkeypatch):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW)
    rng = random.Random(20261125)
    requests = [random_request(rng) for _ in range(1000)]
    out = subprocess.run([str(SIGN)], input="".join(json.dumps(r) + "\n" for r in requests).encode(), capture_output=True, timeout=60)
    assert out.returncode == 0, out.stderr.decode()
    ours = out.stdout.decode().splitlines()
    assert len(ours) == len(requests)
    for request, line in zip(requests, ours):
        path, query, authorization = line.split("\t")
        assert authorization == botocores(request), (request, path, query)


def test_signatures_differ_when_anything_differs():
    rng = random.Random(1)
    request = random_request(rng) | {"service": "s3", "path": "/a"}
    changed = [request, request | {"path": "/b"}, request | {"body": request["body"] + "x"}, request | {"method": "PATCH"},
               request | {"region": "eu-west-3"}, request | {"host": "other"}, request | {"query": request["query"] + [["x", ""]]},
               request | {"headers": request["headers"] + [["X-New", ""]]}, request | {"secret_key": "y"}, request | {"unix_ms": 0}]
    out = subprocess.run([str(SIGN)], input="".join(json.dumps(r) + "\n" for r in changed).encode(), capture_output=True, timeout=60, check=True)
    signatures = [line.rsplit("Signature=", 1)[1] for line in out.stdout.decode().splitlines()]
    assert len(set(signatures)) == len(changed)
