"""The commands on an S3 server: the same answers as on a folder."""
import json
import subprocess

import boto3
import pytest

from conftest import BUILD, clean_env, run_cli

DRIVE = BUILD / "tests" / "store" / "drive_s3"


@pytest.fixture(scope="module")
def env(moto_server):
    return clean_env(AWS_ACCESS_KEY_ID="id", AWS_SECRET_ACCESS_KEY="secret", AWS_ENDPOINT_URL=moto_server,
                     BOATHOUSE_PROVIDER="aws", AWS_DEFAULT_REGION="us-east-1")


@pytest.fixture(scope="module")
def s3(moto_server):
    return boto3.client("s3", endpoint_url=moto_server, aws_access_key_id="id", aws_secret_access_key="secret",
                        region_name="us-east-1")


def test_the_demo_is_put_and_found(env, s3):
    names = ["--datasets", "demo-data", "--notebooks", "demo-books"]
    first = json.loads(run_cli("demo", *names, "--json", env=env, check=True).stdout)
    assert all(row["added"] for row in first)
    s3.put_object(Bucket="demo-data", Key="iris/iris.csv", Body=b"mine")
    again = json.loads(run_cli("demo", *names, "--json", env=env, check=True).stdout)
    assert not any(row["added"] for row in again)
    assert s3.get_object(Bucket="demo-data", Key="iris/iris.csv")["Body"].read() == b"mine"
    found = json.loads(run_cli("notebooks", "-s", "s3://demo-data/iris", "demo-books", "--json", env=env, check=True).stdout)
    assert "s3://demo-books/explore/iris_overview.ipynb" in found


def test_all_pages_and_odd_keys_are_listed(env, s3):
    odd = ["a b", "\u00fc+%", "x//y", "..", "a&b=c?d#e", "-", "~"]
    s3.create_bucket(Bucket="many")
    for key in odd + [f"n/{i:05}.csv" for i in range(1100)]:
        s3.put_object(Bucket="many", Key=key, Body=b"")
    keys = json.loads(run_cli("files", "many", "--json", env=env, check=True).stdout)
    assert keys == sorted(odd + [f"n/{i:05}.csv" for i in range(1100)], key=lambda k: k.encode())
    assert run_cli("files", "missing", env=env).returncode == 3


def test_an_object_is_removed(env, s3):
    s3.create_bucket(Bucket="emptied")
    s3.put_object(Bucket="emptied", Key="a b/+", Body=b"x")

    def remove(bucket, key):
        return subprocess.run([str(DRIVE), "remove", bucket, key], env=env, capture_output=True, text=True, timeout=60)
    assert remove("emptied", "a b/+").returncode == 0
    assert "Contents" not in s3.list_objects_v2(Bucket="emptied")
    assert remove("emptied", "a b/+").returncode == 0
    assert remove("nobucket", "k").stderr.startswith("not_found")


def test_the_doctor_finds_credentials_buckets_and_emr(env, tmp_path):
    result = run_cli("doctor", "--json", "--state", tmp_path, env=env)
    checks = {row["check"]: row for row in json.loads(result.stdout)}
    assert checks["credentials"]["ok"] and "environment" in checks["credentials"]["detail"]
    assert checks["clock"]["ok"] and checks["EMR"]["ok"] and checks["buckets"]["ok"]
    assert "secret" not in result.stdout
    broken = run_cli("doctor", "--state", tmp_path / "none", env=dict(env, AWS_ACCESS_KEY_ID=""))
    assert broken.returncode != 0 and "FAIL" in broken.stdout and "fix" in broken.stdout
