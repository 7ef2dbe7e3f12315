"""The calls about clusters with EMR behind them: as the clients of the original services made them."""
import json
import re

import boto3
import pytest
from conftest import clean_env, http, run_cli
from test_serve import Server

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def env(moto_server, notebooks_bucket):
    return clean_env(**CREDENTIALS, AWS_ENDPOINT_URL=moto_server)


@pytest.fixture(scope="module")
def emr(moto_server):
    return boto3.client("emr", region_name="us-east-1", endpoint_url=moto_server, aws_access_key_id="testing",
                        aws_secret_access_key="testing")


@pytest.fixture(scope="module")
def server(tmp_path_factory, env):
    folder = tmp_path_factory.mktemp("emr")
    # moto knows the releases up to 7.13.0 by their form alone.
    s = Server(folder, "--provider", "aws", "--clusters-sync-s", "1", "--clusters-max-clusters", "0", env=env)
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (folder / "log").read_text()


def test_a_cluster_is_made_looked_at_and_ended(server, emr):
    made = http("POST", server.url + "/api/emr/create/3")
    assert made.status == 200, made.body
    assert set(made.json()) == {"ClusterId", "CheckClusterStatus", "TerminateCluster"}
    cluster = made.json()["ClusterId"]
    assert made.json()["CheckClusterStatus"] == f"{server.url}/api/emr/info/{cluster}"
    assert made.json()["TerminateCluster"] == f"curl -X DELETE {server.url}/api/emr/terminate/{cluster}"

    known = emr.describe_cluster(ClusterId=cluster)["Cluster"]
    assert re.fullmatch(r"lab-[0-9A-Z]{8} dp=[a-z0-9]{12} id=[0-9A-HJKMNP-TV-Z]{26}", known["Name"])
    assert {a["Name"] for a in known["Applications"]} == {"JupyterHub", "Spark", "Hadoop", "Livy"}
    groups = emr.list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    assert {g["InstanceGroupType"]: g["RequestedInstanceCount"] for g in groups} == {"MASTER": 1, "CORE": 2}

    info = http("GET", made.json()["CheckClusterStatus"]).json()
    assert list(info) == ["ClusterId", "ClusterStatus", "JupyterHub", "JupyterUN", "JupyterPW"]
    assert info["ClusterId"] == cluster and info["ClusterStatus"] == known["Status"]["State"]
    assert info["JupyterHub"] == f"https://{known['MasterPublicDnsName']}:9443"
    # moto runs no steps: the default password was not replaced, so none is told.
    assert (info["JupyterUN"], info["JupyterPW"]) == ("jovyan", "")

    ended = http("DELETE", f"{server.url}/api/emr/terminate/{cluster}")
    assert ended.json() == {"ClusterId": cluster, "Status": "TERMINATING",
                            "CheckClusterStatus": f"{server.url}/api/emr/info/{cluster}"}
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"] in ("TERMINATING", "TERMINATED")


@pytest.mark.parametrize("n", ["0", "-1", "1.5", "1000000000", "abc", "21"])
def test_a_wrong_number_of_nodes_makes_nothing(server, emr, n):
    before = len(emr.list_clusters()["Clusters"])
    answer = http("POST", f"{server.url}/api/emr/create/{n}")
    assert answer.status == 400 and answer.json()["code"] == "invalid"
    assert len(emr.list_clusters()["Clusters"]) == before


@pytest.mark.parametrize("cluster", ["%22", "j-A%0A", "j-A;rm", "j-abc", "x"])
def test_a_wrong_id_is_refused(server, cluster):
    assert http("GET", f"{server.url}/api/emr/info/{cluster}").status == 400
    assert http("DELETE", f"{server.url}/api/emr/terminate/{cluster}").status == 400


def test_an_unknown_cluster_is_404(server):
    for method, call in (("GET", "info"), ("DELETE", "terminate")):
        answer = http(method, f"{server.url}/api/emr/{call}/j-NOSUCHCLUSTER")
        assert answer.status == 404, answer.body
        assert answer.json()["code"] == "not_found"


def test_a_protected_cluster_is_a_conflict(server, emr):
    cluster = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=True)
    answer = http("DELETE", f"{server.url}/api/emr/terminate/{cluster}")
    assert answer.status == 409 and "rotect" in answer.json()["fix"]
    emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    assert http("DELETE", f"{server.url}/api/emr/terminate/{cluster}").status == 200


def test_the_command_line_makes_the_same_calls(env, tmp_path):
    def run(*args):
        return run_cli("clusters", *args, "--provider", "aws", "--json", env=env, cwd=tmp_path)

    made = run("create", "2")
    assert made.returncode == 0, made.stderr
    cluster = json.loads(made.stdout)["ClusterId"]
    assert json.loads(run("info", cluster).stdout)["JupyterUN"] == "jovyan"
    assert run("terminate", cluster).returncode == 0
    assert run("info", "j-NOSUCHCLUSTER").returncode == 3


def test_a_release_without_jupyterhub_is_refused_at_start(env, tmp_path):
    run = run_cli("clusters", "create", "2", "--provider", "aws", "--clusters-release", "emr-spark-8.1.0", env=env, cwd=tmp_path)
    assert run.returncode == 2 and "JupyterHub" in run.stderr
