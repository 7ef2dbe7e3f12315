"""The running server keeps its contract: schemathesis makes requests from it and checks the answers."""
import copy
import subprocess
import sys

import boto3
import pytest
import yaml
from conftest import TOP, clean_env, http, run_cli
from test_serve import Server


def test_schemathesis_finds_no_failure(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    run_cli("scan", cwd=tmp_path, check=True)
    server = Server(tmp_path)
    try:
        # Without a provider the calls about clusters are 501, which counts as a failure there.
        run = subprocess.run([sys.executable, "-m", "schemathesis.cli", "--config-file", TOP / "tests" / "system" / "schemathesis.toml",
                              "run", server.url + "/openapi.json", "--max-examples", "10",
                              "--exclude-path-regex", "^/(api/emr|v1/(clusters|orphans|events|budget|cluster-templates))", "--seed", "7"],
                             capture_output=True, text=True, cwd=tmp_path, env=clean_env(), timeout=280)
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    finally:
        assert server.stop() == 0


def test_schemathesis_finds_no_failure_about_clusters(tmp_path, moto_server):
    keys = {"region_name": "us-east-1", "endpoint_url": moto_server, "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    boto3.client("s3", **keys).create_bucket(Bucket="contract-notebooks")
    env = clean_env(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_REGION="us-east-1", AWS_ENDPOINT_URL=moto_server)
    (tmp_path / "b.conf").write_text('[templates]\nsmall = {"description": "One.", "size": {"workers": 1}}\n')
    server = Server(tmp_path, "--provider", "aws", "--clusters-max-nodes", "3", "--clusters-max-clusters", "0", "--clusters-sync-s", "1",
                    "--clusters-notebooks-bucket", "contract-notebooks", "--config", "b.conf", env=env)
    try:
        made = http("POST", server.url + "/v1/clusters", b"{}", {"Idempotency-Key": "first", "Content-Type": "application/json"}).json()
        told = http("GET", f"{server.url}/v1/clusters/{made['id']}?wait_s=20&until=provisioning").json()
        # Ids that there are, and no waiting: a list of seconds to wait would be waited out.
        (tmp_path / "ids.toml").write_text(f'[parameters]\ncluster = "{made["id"]}"\ntemplate = "small"\nemr_id = "{told["provider"]["cluster_id"]}"\n'
                                           'wait_s = 0\npage_token = ""\n')
        run = subprocess.run([sys.executable, "-m", "schemathesis.cli", "--config-file", tmp_path / "ids.toml", "run", server.url + "/openapi.json",
                              "--max-examples", "6", "--include-path-regex", "^/(api/emr|v1/(clusters|orphans|events|budget|cluster-templates))", "--seed", "7",
                              "--phases", "coverage,fuzzing", "--header", "Idempotency-Key: contract",
                              # The settings allow fewer nodes than the contract; one key is good for one body.
                              "--exclude-checks", "positive_data_acceptance"],
                             capture_output=True, text=True, cwd=tmp_path, env=clean_env(), timeout=280)
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    finally:
        assert server.stop() == 0
    assert "Sanitizer" not in (tmp_path / "log").read_text()


def test_the_contract_is_valid(tmp_path):
    import json

    from openapi_spec_validator import validate
    validate(json.loads(run_cli("openapi", check=True).stdout))


THING = ("components", "schemas", "Thing", "properties")
CALL = ("paths", "/things/{name}", "post")


@pytest.mark.parametrize("place, value, says", [
    ((*THING, "ratio"), {"type": "number"}, "no check for number"),
    ((*THING, "label"), {"type": "string", "maxLength": 8, "format": "date"}, "format"),
    ((*THING, "bucket", "pattern"), "^x$", "pattern ^x$"),
    (("components", "schemas", "Thing", "additionalProperties"), True, "additionalProperties"),
    (("components", "schemas", "Thing", "required"), ["gone"], "required member"),
    ((*CALL, "x-max-body-bytes"), 0, "x-max-body-bytes"),
    ((*CALL, "requestBody", "content"), {"text/plain": {}}, "application/json"),
    ((*CALL, "x-role"), "boss", "x-role"),
    ((*CALL, "parameters"), [{"name": "name", "in": "header", "schema": {"type": "string", "maxLength": 1}}], "name"),
])
def test_a_contract_that_promises_what_is_not_checked_breaks_the_build(tmp_path, place, value, says):
    contract = copy.deepcopy(yaml.safe_load((TOP / "tests" / "api" / "bodies.yaml").read_text()))
    at = contract
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = value
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(contract, sort_keys=False))
    run = subprocess.run([sys.executable, TOP / "tools" / "gen_api.py", tmp_path / "c.yaml", tmp_path / "o.c", tmp_path / "o.h"],
                         capture_output=True, text=True)
    assert run.returncode == 1 and says in run.stderr and "Traceback" not in run.stderr, run.stderr


def test_bodies_are_described_for_people(tmp_path):
    subprocess.run([sys.executable, TOP / "tools" / "gen_api.py", TOP / "tests" / "api" / "bodies.yaml", tmp_path / "o.c", tmp_path / "o.h"], check=True)
    rows = (tmp_path / "o.c").read_text().split("api_docs_page_bytes[] = {")[1].split("}")[0]
    page = bytes(int(n) for n in rows.replace("\n", "").split(",") if n).decode()
    assert "<code>/size/nodes</code><td>required<td>integer, 1 to 20" in page and "one of round, square" in page
