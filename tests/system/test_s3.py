"""The S3 store against a real S3 server: keys of every kind, pages, ranges, conditions, rights."""
import concurrent.futures
import hashlib
import json
import subprocess

import pytest
from conftest import BUILD, clean_env

DRIVE = BUILD / "tests" / "store" / "drive_s3"
ODD_KEYS = ["a b", " lead", "trail ", "ü/ß.ipynb", "日本/語", "a+b", "100%", "a%2Fb", "..", "../x", "a/../b", "a//b", "/a", "a/",
            "q?x=1&y", "h#a", "quote'\"", "<tag>&amp;", "tab\tnew\nline", "~-_.!*()", "x" * 1000, "semi;colon=eq", "em\u2014dash 😀"]


@pytest.fixture(scope="module")
def s3(rados_gateway):
    client = rados_gateway.client()
    client.create_bucket(Bucket="odd")
    for key in ODD_KEYS:
        client.put_object(Bucket="odd", Key=key, Body=key.encode())
    client.create_bucket(Bucket="many")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda i: client.put_object(Bucket="many", Key=f"p{i % 7}/k{i:05}", Body=b""), range(3500)))
    return rados_gateway


def drive(s3, *args, **env):
    out = subprocess.run([str(DRIVE), *args], capture_output=True, timeout=120, env=clean_env(**s3.env(**env)))
    text = out.stderr.decode()
    assert out.returncode in (0, 1) and "Sanitizer" not in text, text
    return [json.loads(line) for line in out.stdout.decode().splitlines()], text


def keys(s3, *args, **env):
    return [o["key"] for o in drive(s3, *args, **env)[0]]


def test_every_key_is_listed_as_it_is(s3):
    assert keys(s3, "list", "odd", "") == sorted(ODD_KEYS, key=str.encode)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_object_of_any_key_is_read(s3, key):
    (got,), _ = drive(s3, "get", "odd", key)
    assert got["body"] == key and got["size"] == len(key.encode())
    assert got["etag"] == hashlib.md5(key.encode()).hexdigest() and got["time"] > 1.6e12
    assert drive(s3, "head", "odd", key)[0][0]["etag"] == got["etag"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_object_of_any_key_is_written(s3, key):
    drive(s3, "make", "written")
    _, err = drive(s3, "put", "written", key, "new " + key)
    assert err == ""
    assert s3.client().get_object(Bucket="written", Key=key)["Body"].read().decode() == "new " + key
    assert "conflict" in drive(s3, "put", "written", key, "other", "new")[1]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_object_of_any_key_is_removed(s3, key):
    s3.client().create_bucket(Bucket="removed")
    for k in (key, key + "x" if len(key) < 1000 else key[1:]):
        s3.client().put_object(Bucket="removed", Key=k, Body=b"b")
    assert drive(s3, "remove", "removed", key) == ([], "")
    left = [o["Key"] for o in s3.client().list_objects_v2(Bucket="removed")["Contents"]]
    assert key not in left and left
    assert drive(s3, "remove", "removed", key) == ([], "")  # once more is no failure


def test_all_pages_come(s3):
    want = sorted(f"p{i % 7}/k{i:05}" for i in range(3500))
    assert keys(s3, "list", "many", "") == want
    assert sorted(keys(s3, "list", "many", "", "any")) == want
    assert keys(s3, "list", "many", "p3/k0") == [k for k in want if k.startswith("p3/k0")]
    assert drive(s3, "list", "many", "", "flat")[0] == [
        {"key": f"p{i}/", "etag": "", "size": 0, "time": 0, "is_prefix": True} for i in range(7)]


def test_parts_and_conditions(s3):
    s3.client().put_object(Bucket="odd", Key="digits", Body=b"0123456789")
    etag = hashlib.md5(b"0123456789").hexdigest()
    body = lambda *args: drive(s3, "get", "odd", "digits", *args)[0][0].get("body")
    assert body("2", "3") == "234" and body("8", "0") == "89" and body("8", "50") == "89" and body("0", "1") == "0"
    assert drive(s3, "get", "odd", "digits", "2", "3")[0][0]["size"] == 10
    assert "range_not_satisfiable" in drive(s3, "get", "odd", "digits", "10", "0")[1]
    assert body("0", "0", etag) is None
    assert body("0", "0", "other") == "0123456789"
    assert "precondition_failed" in drive(s3, "get", "odd", "digits", "0", "0", "", "other")[1]


@pytest.mark.parametrize("verb, args, says", [
    ("list", ["nobucket", ""], "not_found"), ("get", ["nobucket", "k"], "not_found"), ("get", ["odd", "nokey"], "not_found"),
    ("head", ["odd", "nokey"], "not_found"), ("head", ["nobucket", "k"], "not_found"), ("remove", ["nobucket", "k"], "not_found"), ("list", ["..", ""], "invalid"),
    ("list", ["a/b", ""], "invalid"), ("list", ["%2e%2e", ""], "invalid"), ("make", ["My_Bucket"], "invalid"), ("get", ["odd", "x" * 1025], "invalid"),
])
def test_what_is_not_there_or_cannot_be(s3, verb, args, says):
    objects, err = drive(s3, verb, *args)
    assert objects == [] and err.startswith(says), err


def test_rights_and_signatures_are_the_server_s_to_judge(s3):
    assert drive(s3, "list", "odd", "", AWS_SECRET_ACCESS_KEY="wrong")[1].startswith("credentials")
    assert drive(s3, "list", "odd", "", AWS_ACCESS_KEY_ID="nobody")[1].startswith("credentials")
    other = dict(AWS_ACCESS_KEY_ID=s3.other_access_key, AWS_SECRET_ACCESS_KEY=s3.other_secret_key)
    for args in (["list", "odd", ""], ["get", "odd", "a b"], ["head", "odd", "a b"], ["put", "odd", "k", "b"], ["remove", "odd", "a b"]):
        assert drive(s3, *args, **other)[1].startswith("forbidden"), args
    assert "a b" in keys(s3, "list", "odd", "")
    assert drive(s3, "buckets", **other)[0] == []
    assert set(drive(s3, "buckets")[0]) >= {"odd", "many"}
