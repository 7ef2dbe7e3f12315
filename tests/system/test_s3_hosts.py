"""Where the bucket stands: in the path or in the host name; and what the API says of buckets that may not be read."""
import http.server
import json

import pytest
from conftest import clean_env, http as ask, run_cli, serving
from test_serve import Server

PAGE = (b"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><LastModified>2026-11-25T09:00:00.000Z</LastModified>"
        b"<ETag>&quot;e&quot;</ETag><Size>1</Size></Contents></ListBucketResult>")


class Noting(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.seen.append((self.headers["Host"], self.path.partition("?")[0]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)


@pytest.mark.parametrize("style, bucket, is_host", [
    ("never", "bucket", True), ("never", "with.dots", False), ("never", "Capital", False), ("never", "x" * 64, False),
    ("always", "bucket", False), ("auto", "bucket", False),
])
def test_the_bucket_stands_where_the_setting_says(tmp_path, style, bucket, is_host):
    with serving(Noting, seen=[]) as server:
        port = server.server_port
        env = clean_env(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_ENDPOINT_URL=f"http://localhost:{port}", AWS_REGION="us-east-1")
        run = run_cli("files", bucket, "--json", "--provider", "aws", "--aws-path-style", style, env=env, cwd=tmp_path, check=True)
        assert json.loads(run.stdout) == ["k"]
        want = (f"{bucket}.localhost:{port}", "/") if is_host else (f"localhost:{port}", f"/{bucket}")
        assert set(server.seen) == {want}


@pytest.mark.parametrize("style", ["never", "always"])
def test_a_real_server_takes_both(rados_gateway, tmp_path, style):
    """Signatures hold the host and the path: a wrong one would be refused."""
    s3 = rados_gateway.client()
    s3.create_bucket(Bucket="hosted")
    odd = ["a b/\u00fc+%.csv", "a b/..", "x//y"]
    for key in odd:
        s3.put_object(Bucket="hosted", Key=key, Body=key.encode())
    env = clean_env(**rados_gateway.env(AWS_ENDPOINT_URL=f"http://localhost:{rados_gateway.port}"))
    more = ["--provider", "aws", "--aws-path-style", style]
    listed = json.loads(run_cli("files", "hosted", "--json", *more, env=env, cwd=tmp_path, check=True).stdout)
    assert listed == sorted(odd, key=str.encode)
    run_cli("demo", "--datasets", f"host-{style}", "--notebooks", f"books-{style}", *more, env=env, cwd=tmp_path, check=True)
    found = json.loads(run_cli("notebooks", "-s", "nile", f"books-{style}", "--json", *more, env=env, cwd=tmp_path, check=True).stdout)
    assert len(found) == 2
    assert len(s3.list_objects_v2(Bucket=f"host-{style}")["Contents"]) == 7


def test_the_api_tells_missing_from_forbidden(rados_gateway, tmp_path):
    s3 = rados_gateway.client()
    s3.create_bucket(Bucket="private")
    s3.put_object(Bucket="private", Key="n.ipynb", Body=b"{}")
    other = dict(AWS_ACCESS_KEY_ID=rados_gateway.other_access_key, AWS_SECRET_ACCESS_KEY=rados_gateway.other_secret_key)
    server = Server(tmp_path, "--provider", "aws", env=clean_env(**rados_gateway.env(**other)))
    for bucket, status, code in (("private", 403, "forbidden"), ("no-such-bucket-here", 404, "not_found")):
        for call in (f"/api/s3?bucket={bucket}", f"/api/notebook?bucket={bucket}&search_on=x"):
            answer = ask("GET", server.url + call)
            assert (answer.status, answer.json()["code"], answer.headers["Content-Type"]) == (status, code, "application/problem+json")
            assert answer.json()["fix"]
    assert server.stop() == 0
