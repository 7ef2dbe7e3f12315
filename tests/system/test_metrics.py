"""What /metrics counts: requests, calls of S3, EMR and STS by operation and result, broken notebooks; and its format."""
import re

import boto3
import pytest
from conftest import clean_env, http
from test_serve import Server

LINE = re.compile(r'([a-z_]+)(\{(?:[a-z_]+="[^"\\\n]*",?)*\})? (-?[0-9.e+-]+|\+Inf)$')


def metrics(url):
    """{name{labels}: value}; the format is checked on the way."""
    values, kinds = {}, {}
    for line in http("GET", url + "/metrics").body.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = LINE.match(line).groups()
            base = re.sub("_(bucket|sum|count)$", "", name)
            assert kinds.get(name) in ("counter", "gauge") or kinds.get(base) == "histogram", line
            assert name + (labels or "") not in values, line
            values[name + (labels or "")] = float(value)
    return values


def calls(values, what="calls_total"):
    pattern = re.compile(r'boathouse_outbound_%s\{service="(.*?)",operation="(.*?)"(?:,result="(.*?)")?\}' % what)
    return {tuple(filter(None, m.groups())): v for m, v in ((pattern.fullmatch(k), v) for k, v in values.items()) if m}


@pytest.fixture()
def server(moto_server, notebooks_bucket, tmp_path):
    config = tmp_path / "aws-config"
    config.write_text("[profile team]\nrole_arn = arn:aws:iam::123456789012:role/team\nsource_profile = base\nregion = us-east-1\n"
                      "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret\n")
    s3 = boto3.client("s3", endpoint_url=moto_server, aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    s3.create_bucket(Bucket="measured")
    for i in range(5):
        s3.put_object(Bucket="measured", Key=f"n{i}.ipynb", Body=b'{"cells": []}' if i else b'{"cells": [')
    env = clean_env(AWS_ENDPOINT_URL=moto_server, AWS_PROFILE="team") | {"AWS_CONFIG_FILE": str(config)}
    s = Server(tmp_path, "--provider", "aws", env=env)
    yield s
    assert s.stop() == 0


def by_requests(values):
    """Without what the service does by itself: it looks at clusters, and takes keys for that."""
    looks = ("ListClusters", "DescribeCluster", "ListInstances", "ListSteps")
    return {k: n for k, n in calls(values).items() if k[1] not in looks or k[2] == "refused"}


def test_calls_are_counted_by_operation_and_result(server):
    before = metrics(server.url)
    assert by_requests(before) == {} and before["boathouse_http_requests_in_flight"] == 1
    assert http("GET", server.url + "/api/notebook?bucket=measured&search_on=x").json() == []
    assert http("GET", server.url + "/api/s3?bucket=nosuchbucket").status == 404
    cluster = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    assert http("DELETE", f"{server.url}/api/emr/terminate/{cluster}").status == 200
    assert http("GET", f"{server.url}/api/emr/info/j-NOSUCHCLUSTER").status == 404
    after = metrics(server.url)
    counted = by_requests(after)
    assert counted.pop(("s3", "ListObjectsV2", "ok")) >= 1
    assert counted.pop(("elasticmapreduce", "TerminateJobFlows", "ok")) >= 1
    assert counted == {("sts", "AssumeRole", "ok"): 1, ("s3", "GetObject", "ok"): 5, ("s3", "ListObjectsV2", "refused"): 1,
                       ("s3", "HeadBucket", "ok"): 1, ("elasticmapreduce", "RunJobFlow", "ok"): 1, ("elasticmapreduce", "DescribeCluster", "refused"): 1}
    assert after["boathouse_notebooks_broken_total"] == 1
    took = calls(after, "call_duration_seconds_count")
    assert took[("s3", "GetObject")] == 5 and calls(after, "call_duration_seconds_sum")[("s3", "GetObject")] > 0
    assert after['boathouse_http_requests_total{route="emr_create",status="200"}'] == 1


def test_repeated_and_lost_calls_are_counted(fake_emr, tmp_path):
    env = clean_env(AWS_ENDPOINT_URL=fake_emr.url, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1")
    server = Server(tmp_path, "--provider", "aws", env=env)
    fake_emr.faults(lose_answers=1)
    assert http("POST", server.url + "/api/emr/create/1").status in (200, 502)  # found by its mark, or not yet
    fake_emr.faults(token_buckets=True)
    statuses = [http("GET", server.url + "/api/emr/info/j-NOSUCHCLUSTER").status for _ in range(11)]
    assert set(statuses) == {404, 429} and statuses[0] == 404 and statuses[-1] == 429
    values = metrics(server.url)
    counted = calls(values)
    assert counted[("elasticmapreduce", "RunJobFlow", "no_answer")] == 1 and ("elasticmapreduce", "RunJobFlow", "ok") not in counted
    assert counted[("elasticmapreduce", "DescribeCluster", "refused")] == statuses.count(404)
    assert counted[("elasticmapreduce", "DescribeCluster", "throttled")] >= statuses.count(429)
    assert calls(values, "repeats_total")[("elasticmapreduce", "DescribeCluster")] >= 3
    assert calls(values, "repeats_total")[("elasticmapreduce", "RunJobFlow")] == 0
    assert server.stop() == 0
