"""deploy/aws: the template is what CloudFormation takes, nothing of it is open to the world, and the policies are one."""
import json
import pathlib
import subprocess
import sys

import boto3
import yaml
from conftest import TOP, clean_env, run_cli

TEMPLATE = TOP / "deploy" / "aws" / "boathouse.yaml"
KEYS = {"region_name": "us-east-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def test_cfn_lint_finds_nothing(tmp_path):
    run = subprocess.run([str(pathlib.Path(sys.executable).parent / "cfn-lint"), "--regions", "us-east-1", "eu-west-1", "--", str(TEMPLATE)], capture_output=True, text=True,
                         cwd=tmp_path, env=clean_env(), timeout=180)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_stack_is_made_and_nothing_of_it_is_open(moto_server):
    def client(name):
        return boto3.client(name, endpoint_url=moto_server, **KEYS)
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    parameters = {"VpcId": vpc, "SubnetId": subnet, "NotebooksBucketName": "team-notebooks", "DatasetsBucketName": "team-datasets", "ImageId": image}
    cloud = client("cloudformation")
    cloud.create_stack(StackName="boathouse", TemplateBody=TEMPLATE.read_text(), Capabilities=["CAPABILITY_IAM"],
                       Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
    (stack,) = cloud.describe_stacks(StackName="boathouse")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in cloud.describe_stack_resources(StackName="boathouse")["StackResources"]}
    groups = ec2.describe_security_groups(GroupIds=[resources[g] for g in ("BoathouseGroup", "PrimaryGroup", "WorkerGroup", "AccessGroup")])
    rules = [rule for g in groups["SecurityGroups"] for rule in g["IpPermissions"]]
    assert [(r["FromPort"], r["IpRanges"], r["Ipv6Ranges"]) for r in rules] == [(9443, [], [])]
    assert "team-notebooks" in [b["Name"] for b in client("s3").list_buckets()["Buckets"]]
    cloud.delete_stack(StackName="boathouse")


def template():
    class Loader(yaml.SafeLoader):
        pass
    Loader.add_multi_constructor("!", lambda loader, suffix, node: node.value)
    return yaml.load(TEMPLATE.read_text(), Loader)["Resources"]


def test_the_bucket_is_versioned_encrypted_and_private():
    bucket = template()["NotebooksBucket"]
    assert bucket["DeletionPolicy"] == "Retain" and bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert list(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == [True] * 4


def actions(policy):
    told = {}
    for s in policy["Statement"]:
        told[s["Sid"]] = sorted([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    return told


def test_the_command_prints_the_policy_of_the_template(tmp_path):
    roles = template()["BoathouseRole"]["Properties"]["Policies"]
    in_template = actions(roles[0]["PolicyDocument"])
    del in_template["ReadEncrypted"]  # of the template's own key
    run = run_cli("iam-policy", "--provider", "aws", "--clusters-notebooks-bucket", "team-notebooks", "--clusters-service-role", "R", cwd=tmp_path,
                  env=clean_env(), check=True)
    printed = json.loads(run.stdout)
    assert actions(printed) == in_template == actions(json.loads((TOP / "deploy" / "aws" / "policy.json").read_text()))
    assert "arn:aws:s3:::team-notebooks" in run.stdout and "role/R" in run.stdout
