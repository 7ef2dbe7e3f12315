"""The EMR of our own with faults: AWS's tools against it, its shapes beside moto's and the model's, and our client on it.

The ten faults: an answer that is lost, throttled but created, a new cluster that the list does not have yet, stuck in
BOOTSTRAPPING, error codes, no capacity in a subnet, rates, expired credentials, protection, cut and slow answers.
"""
import concurrent.futures
import json
import subprocess
import sys
import time

import boto3
import botocore.exceptions
import botocore.session
import pytest
from conftest import clean_env, http, run_cli
from test_serve import Server

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1"}
GROUPS = [{"Name": "primary", "InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1, "Market": "ON_DEMAND"},
          {"Name": "core", "InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": 2, "Market": "ON_DEMAND"}]
FLEETS = [{"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}]},
          {"InstanceFleetType": "CORE", "TargetSpotCapacity": 3, "InstanceTypeConfigs": [{"InstanceType": "m5.2xlarge"}]}]


def create(emr, name="lab", n_steps=1, **instances):
    instances = instances or {"InstanceGroups": GROUPS, "KeepJobFlowAliveWhenNoSteps": True}
    step = {"Name": "harden", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
    return emr.run_job_flow(Name=name, ReleaseLabel="emr-7.13.0", ServiceRole="EMR_DefaultRole", JobFlowRole="EMR_EC2_DefaultRole",
                            Applications=[{"Name": "Spark"}], Steps=[step] * n_steps, Instances=instances)["JobFlowId"]


def aws(url, *args):
    run = subprocess.run([sys.executable, "-m", "awscli", "emr", *args, "--endpoint-url", url, "--output", "json"],
                         capture_output=True, text=True, env=clean_env(**KEYS), timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout) if run.stdout.strip() else None


def test_the_aws_command_line_works_on_it(fake_emr):
    cluster = aws(fake_emr.url, "create-cluster", "--name", "cli", "--release-label", "emr-7.13.0", "--applications", "Name=Spark",
                  "--service-role", "EMR_DefaultRole", "--ec2-attributes", "InstanceProfile=EMR_EC2_DefaultRole",
                  "--instance-groups", "InstanceGroupType=MASTER,InstanceCount=1,InstanceType=m5.xlarge",
                  "InstanceGroupType=CORE,InstanceCount=2,InstanceType=m5.xlarge",
                  "--steps", "Type=CUSTOM_JAR,Name=harden,Jar=command-runner.jar,Args=[true]")["ClusterId"]
    fake_emr.advance(185)
    told = aws(fake_emr.url, "describe-cluster", "--cluster-id", cluster)["Cluster"]
    assert told["Status"]["State"] == "RUNNING" and told["Name"] == "cli"
    assert [g["InstanceGroupType"] for g in told["InstanceGroups"]] == ["MASTER", "CORE"]
    assert [c["Id"] for c in aws(fake_emr.url, "list-clusters", "--active")["Clusters"]] == [cluster]
    (step,) = aws(fake_emr.url, "list-steps", "--cluster-id", cluster)["Steps"]
    assert step["Name"] == "harden" and step["Status"]["State"] == "RUNNING"
    instances = aws(fake_emr.url, "list-instances", "--cluster-id", cluster)["Instances"]
    assert len(instances) == 3 and {i["Status"]["State"] for i in instances} == {"RUNNING"}
    aws(fake_emr.url, "terminate-clusters", "--cluster-ids", cluster)
    assert aws(fake_emr.url, "describe-cluster", "--cluster-id", cluster)["Cluster"]["Status"]["State"] == "TERMINATING"
    fake_emr.advance(60)
    assert [c["Id"] for c in aws(fake_emr.url, "list-clusters", "--terminated")["Clusters"]] == [cluster]


def test_boto3_pages_through_it(fake_emr):
    emr = fake_emr.client()
    made = {create(emr, f"c{i}", n_steps=0) for i in range(51)}
    assert {c["Id"] for page in emr.get_paginator("list_clusters").paginate() for c in page["Clusters"]} == made
    groups = [GROUPS[0], GROUPS[1] | {"InstanceCount": 120}]
    large = create(emr, "large", n_steps=60, InstanceGroups=groups, KeepJobFlowAliveWhenNoSteps=True)
    steps = [s["Id"] for page in emr.get_paginator("list_steps").paginate(ClusterId=large) for s in page["Steps"]]
    assert steps == [f"s-{i:013}" for i in range(60, 0, -1)]
    pages = list(emr.get_paginator("list_instances").paginate(ClusterId=large))
    assert len(pages) == 3 and len({i["Id"] for page in pages for i in page["Instances"]}) == 121
    core = emr.list_instances(ClusterId=large, InstanceGroupTypes=["MASTER"])["Instances"]
    assert len(core) == 1
    fleets = create(emr, "fleets", InstanceFleets=FLEETS, KeepJobFlowAliveWhenNoSteps=True)
    assert [f["TargetSpotCapacity"] for f in emr.list_instance_fleets(ClusterId=fleets)["InstanceFleets"]] == [0, 3]
    assert [i["Market"] for i in emr.list_instances(ClusterId=fleets)["Instances"]] == ["ON_DEMAND"] + ["SPOT"] * 3


def raw(url, operation, **body):
    """The JSON itself: botocore's parser leaves out what the model does not know."""
    answer = http("POST", url + "/", json.dumps(body).encode(),
                  {"X-Amz-Target": f"ElasticMapReduce.{operation}", "Content-Type": "application/x-amz-json-1.1",
                   "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/elasticmapreduce/aws4_request, "
                   "SignedHeaders=host, Signature=0"})
    assert answer.status == 200, answer.body
    return answer.json()


def faults_of(shape, value, at):
    """Where an answer differs from the model: unknown members, other kinds, words that are no enum's."""
    kinds = {"string": str, "integer": int, "long": int, "double": (int, float), "timestamp": (int, float), "boolean": bool}
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{at}.{name} is not in the model"
            else:
                yield from faults_of(shape.members[name], inner, f"{at}.{name}")
    elif shape.type_name == "list":
        for i, inner in enumerate(value):
            yield from faults_of(shape.member, inner, f"{at}[{i}]")
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from faults_of(shape.value, inner, f"{at}.{name}")
    elif not isinstance(value, kinds[shape.type_name]):
        yield f"{at}: {value!r} is no {shape.type_name}"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{at}: {value} is none of {shape.enum}"


def leaves(value, at=""):
    """The kind of each value, by its place."""
    if isinstance(value, dict):
        return {k: v for name, inner in value.items() for k, v in leaves(inner, f"{at}.{name}").items()}
    if isinstance(value, list):
        return {k: v for inner in value for k, v in leaves(inner, at + "[]").items()}
    return {at: "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__}


CALLS = [("DescribeCluster", True), ("ListClusters", False), ("ListSteps", True), ("ListInstances", True), ("ListInstanceGroups", True),
         ("ListBootstrapActions", True), ("GetBlockPublicAccessConfiguration", False)]


@pytest.mark.parametrize("operation, is_of_cluster", CALLS)
def test_its_answers_are_as_the_model_and_moto_have_them(fake_emr, moto_server, operation, is_of_cluster):
    model = botocore.session.get_session().get_service_model("emr").operation_model(operation)
    told = {}
    for name, url in (("fake", fake_emr.url), ("moto", moto_server)):
        emr = boto3.client("emr", region_name="us-east-1", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing")
        cluster = create(emr)
        fake_emr.advance(1000)
        told[name] = raw(url, operation, **({"ClusterId": cluster} if is_of_cluster else {}))
        emr.terminate_job_flows(JobFlowIds=[cluster])
    assert list(faults_of(model.output_shape, told["fake"], operation)) == []
    fake, moto = leaves(told["fake"]), leaves(told["moto"])
    both = fake.keys() & moto.keys()
    assert both or operation in ("ListBootstrapActions", "GetBlockPublicAccessConfiguration")  # of which moto tells nothing
    assert {at: fake[at] for at in both} == {at: moto[at] for at in both}


def test_every_state_is_as_the_model_has_it(fake_emr):
    emr = fake_emr.client()
    model = botocore.session.get_session().get_service_model("emr")
    fake_emr.faults(error_code="BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE")
    broken = create(emr, "broken")
    fake_emr.faults(error_code="")
    good = create(emr, "good")
    seen = set()
    for _ in range(30):
        fake_emr.advance(20)
        for cluster in (broken, good):
            for operation in ("DescribeCluster", "ListSteps", "ListInstances"):
                answer = raw(fake_emr.url, operation, ClusterId=cluster)
                assert list(faults_of(model.operation_model(operation).output_shape, answer, operation)) == []
                seen.add(answer["Cluster"]["Status"]["State"] if operation == "DescribeCluster" else "")
        if fake_emr.state()["n_live"] == 1 and "WAITING" in seen:
            emr.terminate_job_flows(JobFlowIds=[good])
    assert seen - {""} == {"STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"}
    details = emr.describe_cluster(ClusterId=broken)["Cluster"]["Status"]["ErrorDetails"]
    assert details[0]["ErrorCode"] == "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE"


@pytest.fixture()
def server(fake_emr, tmp_path):
    s = Server(tmp_path, "--provider", "aws", "--aws-stall-timeout-ms", "5000", "--clusters-sync-s", "1", "--clusters-max-clusters", "0", env=clean_env(**KEYS, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (tmp_path / "log").read_text()


def until(ask, wanted, what, seconds=20):
    """The service looks at clusters every second here; a call of it does not wait for that."""
    end = time.monotonic() + seconds
    while True:
        told = ask()
        if told[what] == wanted:
            return told
        assert time.monotonic() < end, told
        time.sleep(0.05)


def test_our_client_follows_a_cluster_through_its_life(fake_emr, server, tmp_path):
    cluster = http("POST", server.url + "/api/emr/create/3").json()["ClusterId"]

    def info():
        return http("GET", f"{server.url}/api/emr/info/{cluster}").json()
    first = info()
    assert (first["ClusterStatus"], first["JupyterHub"], first["JupyterPW"]) == ("STARTING", "", "")
    fake_emr.advance(60)
    assert until(info, "BOOTSTRAPPING", "ClusterStatus")["JupyterHub"].startswith("https://ip-")
    assert info()["JupyterPW"] == ""
    fake_emr.advance(180)
    told = []
    with concurrent.futures.ThreadPoolExecutor() as pool:
        while not any("already shown" in t for t in told):
            told += [f.result()["JupyterPW"] for f in [pool.submit(info) for _ in range(8)]]
    (password,) = {t for t in told if t and " " not in t}
    assert told.count(password) == 1 and len(password) == 20
    until(info, "WAITING", "ClusterStatus")
    assert password not in str(fake_emr.client().list_steps(ClusterId=cluster)) and password not in (tmp_path / "log").read_text()
    assert not any(password.encode() in f.read_bytes() for f in (tmp_path / "state").rglob("*") if f.is_file())
    assert http("DELETE", f"{server.url}/api/emr/terminate/{cluster}").json()["Status"] == "TERMINATING"
    fake_emr.advance(1)
    until(info, "TERMINATING", "ClusterStatus")
    fake_emr.advance(60)
    until(info, "TERMINATED", "ClusterStatus")


@pytest.mark.parametrize("fault", [{"lose_answers": 1}, {"throttle_but_create": 1}, {"truncate_answers": True}])
def test_an_unclear_answer_makes_one_cluster_which_is_found(fake_emr, server, fault):
    fake_emr.faults(**fault)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(http, "POST", server.url + "/api/emr/create/1")
        until(lambda: fake_emr.state()["calls"], 1, "RunJobFlow")
        fake_emr.faults(truncate_answers=False)
        (cluster,) = fake_emr.client().list_clusters()["Clusters"]
        assert answer.result().status == 200 and answer.result().json()["ClusterId"] == cluster["Id"]
    assert fake_emr.state()["n_live"] == 1 and fake_emr.state()["calls"]["RunJobFlow"] == 1


def test_the_same_key_gives_the_same_cluster(fake_emr, server):
    def create(n, key):
        return http("POST", f"{server.url}/api/emr/create/{n}", headers={"Idempotency-Key": key})
    with concurrent.futures.ThreadPoolExecutor() as pool:
        ids = {f.result().json()["ClusterId"] for f in [pool.submit(create, 2, "one") for _ in range(8)]}
    assert len(ids) == 1 and fake_emr.state()["calls"]["RunJobFlow"] == 1
    assert create(3, "one").status == 422
    assert create(2, "two").json()["ClusterId"] not in ids


def test_boto3_makes_two_where_we_make_one(fake_emr):
    """The reason why our client never repeats RunJobFlow: the fault is one that AWS's own client runs into."""
    fake_emr.faults(throttle_but_create=1)
    create(fake_emr.client(retries={"mode": "standard", "max_attempts": 2}))
    assert fake_emr.state()["n_live"] == 2


def test_faults_of_one_cluster_are_told_as_states(fake_emr, server):
    fake_emr.faults(stuck_bootstrapping=True)
    stuck = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    fake_emr.faults(stuck_bootstrapping=False, error_code="INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ")
    failed = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    fake_emr.advance(24 * 3600)
    for cluster, state in ((stuck, "BOOTSTRAPPING"), (failed, "TERMINATED_WITH_ERRORS")):
        until(lambda: http("GET", f"{server.url}/api/emr/info/{cluster}").json(), state, "ClusterStatus")


def test_capacity_may_lack_in_one_subnet_only(fake_emr):
    emr = fake_emr.client()
    fake_emr.faults(no_capacity_subnet="subnet-a")
    in_a = create(emr, InstanceGroups=GROUPS, Ec2SubnetId="subnet-a")
    in_b = create(emr, InstanceGroups=GROUPS, Ec2SubnetId="subnet-b")
    fake_emr.advance(300)
    assert emr.describe_cluster(ClusterId=in_a)["Cluster"]["Status"]["State"] == "TERMINATED_WITH_ERRORS"
    assert emr.describe_cluster(ClusterId=in_b)["Cluster"]["Status"]["State"] == "WAITING"


def test_a_new_cluster_is_not_in_the_list_at_once(fake_emr):
    emr = fake_emr.client()
    fake_emr.faults(invisible_ms=120000)
    cluster = create(emr)
    assert emr.list_clusters()["Clusters"] == [] and emr.describe_cluster(ClusterId=cluster)["Cluster"]["Id"] == cluster
    fake_emr.advance(120)
    assert [c["Id"] for c in emr.list_clusters()["Clusters"]] == [cluster]


def test_questions_never_reach_emr(fake_emr, server):
    cluster = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    fake_emr.faults(token_buckets=True)
    assert [http("GET", f"{server.url}/api/emr/info/{cluster}").status for _ in range(200)] == [200] * 200
    assert fake_emr.state()["calls"]["DescribeCluster"] < 30


def test_expired_credentials_are_told(fake_emr, server):
    fake_emr.faults(expired_credentials=True)
    answer = http("POST", server.url + "/api/emr/create/1")
    assert (answer.status, answer.json()["code"]) == (502, "credentials")
    assert fake_emr.state()["n_live"] == 0


def test_a_protected_cluster_is_not_ended(fake_emr, server):
    cluster = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    fake_emr.client().set_termination_protection(JobFlowIds=[cluster], TerminationProtected=True)
    assert http("DELETE", f"{server.url}/api/emr/terminate/{cluster}").status == 409
    assert fake_emr.state()["n_live"] == 1


def test_answers_that_come_byte_by_byte_are_read(fake_emr, server):
    fake_emr.faults(slow_answers=True)
    cluster = http("POST", server.url + "/api/emr/create/1").json()["ClusterId"]
    assert fake_emr.client().describe_cluster(ClusterId=cluster)["Cluster"]["Id"] == cluster


@pytest.mark.parametrize("backend", ["fake", "moto"])
def test_the_commands_work_on_both(fake_emr, moto_server, notebooks_bucket, tmp_path, backend):
    env = clean_env(**KEYS, AWS_ENDPOINT_URL=fake_emr.url if backend == "fake" else moto_server)

    def run(*args):
        return run_cli("clusters", *args, "--provider", "aws", "--json", env=env, cwd=tmp_path)
    cluster = json.loads(run("create", "2").stdout)["ClusterId"]
    assert json.loads(run("info", cluster).stdout)["ClusterStatus"] in ("STARTING", "WAITING")
    assert run("terminate", cluster).returncode == 0
    assert json.loads(run("info", cluster).stdout)["ClusterStatus"] in ("TERMINATING", "TERMINATED")
    assert run("info", "j-NOSUCHCLUSTER").returncode == 3


def test_the_lists_of_the_command_line_are_whole(fake_emr, tmp_path):
    env = clean_env(**KEYS, AWS_ENDPOINT_URL=fake_emr.url)
    emr = fake_emr.client()
    groups = [GROUPS[0], GROUPS[1] | {"InstanceCount": 120}]
    large = create(emr, "large", n_steps=60, InstanceGroups=groups, KeepJobFlowAliveWhenNoSteps=True)
    ended = create(emr, "ended", n_steps=0)
    emr.terminate_job_flows(JobFlowIds=[ended])
    fake_emr.advance(200)

    def run(*args):
        return json.loads(run_cli("clusters", *args, "--provider", "aws", "--json", env=env, cwd=tmp_path, check=True).stdout)
    assert [c["id"] for c in run("list")] == [large]
    assert {c["id"]: "ended_at" in c for c in run("list", "--all")} == {large: False, ended: True}
    nodes = run("nodes", large)
    told = [i for page in emr.get_paginator("list_instances").paginate(ClusterId=large) for i in page["Instances"]]
    assert [n["id"] for n in nodes] == [i["Id"] for i in told] and len(nodes) == 121
    assert nodes[0]["host"] == told[0]["PrivateDnsName"] and nodes[0]["type"] == "m5.xlarge"
    steps = run("steps", large)
    assert len(steps) == 60 and steps[-1]["state"] == "RUNNING" and "started_at" in steps[-1]
    table = run_cli("clusters", "list", "--provider", "aws", env=env, cwd=tmp_path, check=True).stdout
    assert "CLUSTER" in table and large in table and "RUNNING" in table
    assert run_cli("clusters", "steps", "j-NOSUCHCLUSTER", "--provider", "aws", env=env, cwd=tmp_path).returncode == 3
