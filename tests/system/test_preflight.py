"""What is refused before it costs money, by real calls: EC2, S3 and EMR played by moto."""
import boto3
import pytest
from conftest import clean_env, run_cli
from test_clusters_v1 import ask
from test_serve import Server

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


class Account:
    """Two VPCs with a subnet each, groups that are closed or open, and a bucket."""

    def __init__(self, url):
        def client(name):
            return boto3.client(name, region_name="us-east-1", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing")
        self.url, self.emr, ec2, s3 = url, client("emr"), client("ec2"), client("s3")
        self.vpcs = [ec2.create_vpc(CidrBlock=f"10.{i}.0.0/16")["Vpc"]["VpcId"] for i in (7, 8)]
        self.subnets = [ec2.create_subnet(VpcId=v, CidrBlock=f"10.{i}.1.0/24")["Subnet"]["SubnetId"] for v, i in zip(self.vpcs, (7, 8))]
        self.subnets.append(ec2.create_subnet(VpcId=self.vpcs[0], CidrBlock="10.7.2.0/24")["Subnet"]["SubnetId"])

        def group(name, vpc, *rules):
            made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            if rules:
                ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(rules))
            return made

        def rule(first, last, **ranges):
            return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **ranges}
        world, world6 = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
        self.closed = group("closed", self.vpcs[0], rule(9443, 9443, IpRanges=[{"CidrIp": "10.0.0.0/8"}]))
        self.hub = group("hub", self.vpcs[0], rule(9443, 9443, **world))
        self.hub6 = group("hub6", self.vpcs[0], rule(8000, 9000, **world6))
        self.everything = group("everything", self.vpcs[0], {"IpProtocol": "-1", **world})
        self.ssh = group("ssh", self.vpcs[0], rule(22, 22, **world))
        self.web = group("web", self.vpcs[0], rule(80, 80, **world))
        self.far = group("far", self.vpcs[1])
        s3.create_bucket(Bucket="preflight-notebooks")

    def guard(self):
        """EMR's block public access, which moto cannot switch off again."""
        self.emr.put_block_public_access_configuration(BlockPublicAccessConfiguration={
            "BlockPublicSecurityGroupRules": True, "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}]})


@pytest.fixture(scope="module")
def account(moto_server):
    return Account(moto_server)


@pytest.fixture(scope="module")
def server(account, tmp_path_factory):
    folder = tmp_path_factory.mktemp("preflight")
    s = Server(folder, "--provider", "aws", "--clusters-sync-s", "1", "--clusters-max-clusters", "0", "--clusters-notebooks-bucket", "preflight-notebooks",
               env=clean_env(**KEYS, AWS_ENDPOINT_URL=account.url))
    yield s
    assert s.stop() == 0
    assert "Sanitizer" not in (folder / "log").read_text()


def network(subnets=(), groups=()):
    return {"network": {"subnet_ids": list(subnets), "additional_security_groups": list(groups)}, "lifecycle": {"max_lifetime_s": 3600}}


def test_what_is_doubtful_is_made_and_the_doubt_stays_with_it(account, server):
    body = {**network([account.subnets[0]], [account.ssh]), "release": "emr-7.4.0"}
    plan = ask(server, "POST", "/v1/clusters?dry_run=true", body).json()
    assert plan["errors"] == [] and [w["code"] for w in plan["warnings"]] == ["release-old", "public-access-allowed"]
    made = ask(server, "POST", "/v1/clusters", body, Idempotency_Key="good")
    assert made.status == 202
    told = ask(server, "GET", f"/v1/clusters/{made.json()['id']}?wait_s=20&until=provisioning").json()
    assert told["provider"]["cluster_id"] in [c["Id"] for c in account.emr.list_clusters()["Clusters"]]
    events = ask(server, "GET", f"/v1/clusters/{told['id']}/events").json()["items"]
    assert [e["data"]["message"] for e in events if e["type"] == "preflight"] == [w["message"] for w in plan["warnings"]]


CASES = {
    "all is well": (lambda a: network(a.subnets[::2], [a.closed, a.ssh]), [], []),
    "the hub is open": (lambda a: network([a.subnets[0]], [a.hub]), ["public-exposure"], []),
    "Livy is open by IPv6": (lambda a: network([], [a.hub6]), ["public-exposure"], []),
    "all ports are open": (lambda a: network([], [a.everything]), ["public-exposure"], []),
    "a port that EMR refuses is open": (lambda a: network([], [a.web]), ["public-exposure"], []),
    "subnets of two VPCs": (lambda a: network(a.subnets[:2]), ["several-vpcs"], []),
    "a group of another VPC": (lambda a: network([a.subnets[0]], [a.far]), ["several-vpcs"], []),
    "no such subnet": (lambda a: network(["subnet-0123456789abcdef0"]), ["no-such-subnet"], []),
    "no such group": (lambda a: network([], ["sg-0123456789abcdef0"]), ["no-such-group"], []),
    "no such bucket": (lambda a: {**network(), "notebooks": {"bucket": "preflight-nowhere"}}, ["bucket-unusable"], []),
    "no JupyterHub": (lambda a: {**network(), "release": "emr-spark-8.1.0"}, ["release-unsupported"], []),
    "out of support": (lambda a: {**network(), "release": "emr-7.4.0"}, [], ["release-old"]),
    "a machine that is too new": (lambda a: {**network(), "release": "emr-7.0.0", "size": {"primary": "m8i.xlarge"}}, [], ["release-old", "type-unsupported"]),
    "two at once": (lambda a: {**network(a.subnets[:2]), "release": "emr-spark-8.1.0"}, ["release-unsupported", "several-vpcs"], []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_with_its_fix(account, server, name):
    body, errors, warnings = CASES[name]
    account.guard()
    plan = ask(server, "POST", "/v1/clusters?dry_run=true", body(account)).json()
    assert [e["code"] for e in plan["errors"]] == errors, plan["errors"]
    assert [w["code"] for w in plan["warnings"] if w["code"] != "release-not-idle"] == warnings, plan["warnings"]
    assert all(f["fix"] and f["message"] for f in plan["errors"] + plan["warnings"])
    if errors:
        refused = ask(server, "POST", "/v1/clusters", body(account), Idempotency_Key=name)
        assert refused.status == 400 and errors[0] in refused.json()["detail"] and refused.json()["fix"]
        assert len(errors) < 2 or "1 more" in refused.json()["fix"]


def test_the_guard_of_the_fake_is_asked_too(account, fake_emr, tmp_path):
    s = Server(tmp_path, "--provider", "aws", "--clusters-notebooks-bucket", "preflight-notebooks",
               env=clean_env(**KEYS, AWS_ENDPOINT_URL=account.url, AWS_ENDPOINT_URL_EMR=fake_emr.url))
    try:
        for group, errors in ((account.ssh, []), (account.web, ["public-exposure"]), (account.hub6, ["public-exposure"])):
            plan = ask(s, "POST", "/v1/clusters?dry_run=true", network([account.subnets[0]], [group])).json()
            assert ([e["code"] for e in plan["errors"]], plan["warnings"]) == (errors, [])
    finally:
        assert s.stop() == 0


def test_the_command_is_refused_as_well(account, tmp_path):
    run = run_cli("clusters", "create", "2", "--provider", "aws", "--clusters-notebooks-bucket", "preflight-nowhere", "--json", cwd=tmp_path,
                  env=clean_env(**KEYS, AWS_ENDPOINT_URL=account.url))
    assert run.returncode == 2 and "preflight-nowhere" in run.stderr and "aws s3 mb" in run.stderr
