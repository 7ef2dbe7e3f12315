"""50,000 keys on a real S3 server, put there by AWS's own tools: the aws command line and boto3, and all of them listed."""
import concurrent.futures
import subprocess
import sys

import pytest
from conftest import clean_env, http, run_cli
from test_serve import Server

N_EACH = 25000


def name(who, i):
    return f"{who}/part={i % 50}/{i // 50:05} \u00e9+.csv"


def put_by_command_line(gateway, folder, n):
    for i in range(n):
        path = folder / "files" / name("cli", i)
        if i < 50:
            path.parent.mkdir(parents=True)
        path.write_bytes(b"%d" % i)
    config = folder / "config"
    config.write_text("[default]\ns3 =\n  max_concurrent_requests = 24\n  addressing_style = path\n")
    env = clean_env(**gateway.env(AWS_REQUEST_CHECKSUM_CALCULATION="when_required")) | {"AWS_CONFIG_FILE": str(config)}
    run = subprocess.run([sys.executable, "-m", "awscli", "s3", "sync", "--only-show-errors", folder / "files", "s3://fifty"],
                         env=env, capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stderr[-2000:]


def put_by_boto3(gateway, n):
    s3 = gateway.client()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda i: s3.put_object(Bucket="fifty", Key=name("boto3", i), Body=b"%d" % i), range(n)))


@pytest.fixture(scope="module")
def fifty(rados_gateway, tmp_path_factory):
    rados_gateway.client().create_bucket(Bucket="fifty")
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        cli = beside.submit(put_by_command_line, rados_gateway, tmp_path_factory.mktemp("fifty"), N_EACH)
        put_by_boto3(rados_gateway, N_EACH)
        cli.result()
    return sorted((name(who, i) for who in ("cli", "boto3") for i in range(N_EACH)), key=str.encode)


def test_all_of_fifty_thousand_keys_are_listed(fifty, rados_gateway, tmp_path):
    env = clean_env(**rados_gateway.env())
    server = Server(tmp_path, "--provider", "aws", env=env)
    assert http("GET", server.url + "/api/s3?bucket=fifty", timeout=300).json() == fifty
    some = http("GET", server.url + "/api/s3?bucket=fifty&path=cli/part=7/&extension=.csv").json()
    assert some == [k for k in fifty if k.startswith("cli/part=7/")] and len(some) == N_EACH // 50
    assert server.stop() == 0
    files = run_cli("files", "fifty", "--provider", "aws", "--json", env=env, cwd=tmp_path, check=True)
    assert files.stdout.count("\u00e9+.csv") == 2 * N_EACH
    told = subprocess.run([sys.executable, "-m", "awscli", "s3", "ls", "--recursive", "--summarize", "s3://fifty/cli/"],
                          env=env, capture_output=True, text=True, timeout=300)
    assert f"Total Objects: {N_EACH}" in told.stdout
