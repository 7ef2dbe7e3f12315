"""The running server keeps its contract: schemathesis makes requests from it and checks the answers."""
import subprocess
import sys

from conftest import clean_env, run_cli
from test_serve import Server


def test_schemathesis_finds_no_failure(tmp_path):
    run_cli("demo", cwd=tmp_path, check=True)
    server = Server(tmp_path)
    try:
        # Without a provider the calls about clusters are 501, which counts as a failure there.
        run = subprocess.run([sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json", "--max-examples", "40",
                              "--exclude-path-regex", "^/api/emr/", "--seed", "7"],
                             capture_output=True, text=True, cwd=tmp_path, env=clean_env(), timeout=280)
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    finally:
        assert server.stop() == 0


def test_schemathesis_finds_no_failure_about_clusters(tmp_path, moto_server):
    env = clean_env(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_REGION="us-east-1", AWS_ENDPOINT_URL=moto_server)
    server = Server(tmp_path, "--provider", "aws", "--clusters-max-nodes", "3", env=env)
    try:
        run = subprocess.run([sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json", "--max-examples", "20",
                              "--include-path-regex", "^/api/emr/", "--seed", "7", "--phases", "examples,coverage,fuzzing",
                              # The settings allow fewer nodes than the contract: moto takes its time for each.
                              "--exclude-checks", "positive_data_acceptance"],
                             capture_output=True, text=True, cwd=tmp_path, env=clean_env(), timeout=280)
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    finally:
        assert server.stop() == 0


def test_the_contract_is_valid(tmp_path):
    import json

    from openapi_spec_validator import validate
    validate(json.loads(run_cli("openapi", check=True).stdout))
