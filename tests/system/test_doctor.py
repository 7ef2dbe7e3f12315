"""boathouse doctor: what is well, what is not, and a fix for each failure."""
import json

import boto3
import pytest
from conftest import clean_env, run_cli


def doctor(*options, env=None, cwd=None):
    """{check: row} and the exit status; every failure has a fix, and no secret is told."""
    run = run_cli("doctor", "--json", "--state", ".", *options, env=env, cwd=cwd)
    rows = {row["check"]: row for row in json.loads(run.stdout)}
    assert all(row["ok"] or row["fix"] for row in rows.values())
    assert (run.returncode == 0) == all(row["ok"] for row in rows.values())
    for secret in ((env or {}).get("AWS_SECRET_ACCESS_KEY"), (env or {}).get("AWS_SESSION_TOKEN")):
        assert not secret or secret not in run.stdout + run.stderr
    return rows, run.returncode


@pytest.fixture()
def moto_env(moto_server):
    return clean_env(AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="very-secret", AWS_ENDPOINT_URL=moto_server,
                     AWS_REGION="us-east-1", BOATHOUSE_PROVIDER="aws")


def test_on_aws_everything_is_well(moto_env, moto_server, tmp_path):
    s3 = boto3.client("s3", endpoint_url=moto_server, aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    s3.create_bucket(Bucket="mine")
    rows, status = doctor("--clusters-notebooks-bucket", "mine", env=moto_env, cwd=tmp_path)
    assert status == 0, rows
    assert rows["caller"]["detail"].startswith("arn:aws:")
    assert rows["notebooks bucket"]["detail"] == "mine can be listed and written"
    assert "supported until 2028-09-08" in rows["EMR release"]["detail"] and rows["clock"]["ok"] and rows["EMR"]["ok"]
    assert "Contents" not in s3.list_objects_v2(Bucket="mine")  # nothing was left behind


def test_what_is_missing_has_a_fix(moto_env, tmp_path):
    rows, status = doctor("--clusters-notebooks-bucket", "no-such-bucket", "--clusters-release", "emr-7.4.0", env=moto_env, cwd=tmp_path)
    assert status == 3 and "boathouse demo" in rows["notebooks bucket"]["fix"]
    assert rows["EMR release"]["ok"] and "not supported" in rows["EMR release"]["detail"] and "newer" in rows["EMR release"]["fix"]
    rows, status = doctor(env=dict(moto_env, AWS_ACCESS_KEY_ID=""), cwd=tmp_path)
    assert status == 4 and "aws configure" in rows["credentials"]["fix"] and "caller" not in rows
    rows, status = doctor(env=dict(moto_env, AWS_ENDPOINT_URL="http://127.0.0.1:1"), cwd=tmp_path)
    assert status == 5 and not rows["EMR"]["ok"]
    rows, status = doctor(env=dict(moto_env, AWS_ENDPOINT_URL="ftp://x"), cwd=tmp_path)
    assert status == 2 and "http://HOST:PORT" in rows["AWS"]["detail"]


def test_refused_keys_are_told_by_whom(fake_emr, moto_env, tmp_path):
    fake_emr.faults(expired_credentials=True)
    rows, status = doctor(env=dict(moto_env, AWS_ENDPOINT_URL_EMR=fake_emr.url), cwd=tmp_path)
    assert not rows["EMR"]["ok"] and "Renew" in rows["EMR"]["fix"] and status != 0


def test_a_server_that_has_s3_alone(rados_gateway, moto_server, tmp_path):
    s3 = rados_gateway.client()
    s3.create_bucket(Bucket="books")
    own = clean_env(**rados_gateway.env(), BOATHOUSE_PROVIDER="aws", BOATHOUSE_CLUSTERS_NOTEBOOKS_BUCKET="books")
    rows, status = doctor(env=own, cwd=tmp_path)
    assert rows["notebooks bucket"]["detail"] == "books can be listed and written"
    assert not rows["EMR"]["ok"] and "endpoint_url_s3" in rows["EMR"]["fix"] and status != 0
    # Its keys are none of AWS's business.
    only_s3 = clean_env(**rados_gateway.env(AWS_ENDPOINT_URL=None), AWS_ENDPOINT_URL_S3=rados_gateway.endpoint,
                        AWS_ENDPOINT_URL_EMR=moto_server, BOATHOUSE_PROVIDER="aws", BOATHOUSE_CLUSTERS_NOTEBOOKS_BUCKET="books")
    rows, status = doctor(env=only_s3, cwd=tmp_path)
    assert status == 0 and "caller" not in rows, rows
    assert "Contents" not in s3.list_objects_v2(Bucket="books")


def test_rights_that_are_missing_are_named(rados_gateway, moto_server, tmp_path):
    s3 = rados_gateway.client()
    s3.create_bucket(Bucket="shelf")
    other = dict(AWS_ACCESS_KEY_ID=rados_gateway.other_access_key, AWS_SECRET_ACCESS_KEY=rados_gateway.other_secret_key,
                 AWS_ENDPOINT_URL=None, AWS_ENDPOINT_URL_S3=rados_gateway.endpoint, AWS_ENDPOINT_URL_EMR=moto_server)
    env = clean_env(**rados_gateway.env(**other), BOATHOUSE_PROVIDER="aws", BOATHOUSE_CLUSTERS_NOTEBOOKS_BUCKET="shelf")
    rows, status = doctor(env=env, cwd=tmp_path)
    assert status == 4 and "s3:ListBucket" in rows["notebooks bucket"]["fix"]
    s3.put_bucket_policy(Bucket="shelf", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/other"]}, "Action": ["s3:ListBucket", "s3:GetObject"],
         "Resource": ["arn:aws:s3:::shelf", "arn:aws:s3:::shelf/*"]}]}))
    rows, status = doctor(env=env, cwd=tmp_path)
    assert status == 0 and "not written" in rows["notebooks bucket"]["detail"] and "s3:PutObject" in rows["notebooks bucket"]["fix"]
    assert "Contents" not in s3.list_objects_v2(Bucket="shelf")
    rows, status = doctor(env=dict(env, AWS_SECRET_ACCESS_KEY="wrong"), cwd=tmp_path)
    assert status == 4 and not rows["buckets"]["ok"]


def test_a_folder_needs_less(tmp_path):
    assert doctor(cwd=tmp_path)[0]["lake folder"]["ok"] is False
    run_cli("demo", cwd=tmp_path, check=True)
    rows, status = doctor(cwd=tmp_path)
    assert status == 0 and "EMR" not in rows and rows["notebooks bucket"]["detail"] == "notebooks can be listed and written"
    assert not list((tmp_path / "lake").rglob("*doctor*"))
