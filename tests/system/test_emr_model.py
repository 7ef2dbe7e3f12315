"""What RunJobFlow is asked for, against the model of the service that AWS's own tools carry."""
import json
import re
import subprocess

import botocore.session
import botocore.validate
import pytest
from conftest import BUILD, TOP

DUMP = BUILD / "tests" / "cluster" / "dump_emr_requests"


def bodies():
    return [json.loads(line) for line in subprocess.run([str(DUMP)], capture_output=True, text=True, check=True).stdout.splitlines()]


@pytest.fixture(scope="module")
def shape():
    return botocore.session.get_session().get_service_model("emr").operation_model("RunJobFlow").input_shape


def wrong_enums(shape, value, at=""):
    """botocore's validator checks members and kinds, but neither unknown members nor enumerations."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{at}.{name} is not in the model"
            else:
                yield from wrong_enums(shape.members[name], inner, f"{at}.{name}")
    elif shape.type_name == "list":
        for i, inner in enumerate(value):
            yield from wrong_enums(shape.member, inner, f"{at}[{i}]")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{at}: {value} is none of {shape.enum}"


@pytest.mark.parametrize("i", range(13))
def test_a_body_is_as_the_model_says(shape, i):
    assert len(bodies()) == 13
    body = bodies()[i]
    report = botocore.validate.ParamValidator().validate(body, shape)
    assert not report.has_errors(), report.generate_report()
    assert list(wrong_enums(shape, body)) == []


def words_of(value):
    """Every key and every text of a body."""
    if isinstance(value, dict):
        return set(value) | {w for inner in value.values() for w in words_of(inner)}
    if isinstance(value, list):
        return {w for inner in value for w in words_of(inner)}
    return {value} if isinstance(value, str) else set()


def test_every_member_that_can_be_sent_is_in_some_body():
    source = (TOP / "src" / "cluster" / "emr_request.c").read_text()
    sent = set(re.findall(r'STR(?:_INIT)?\("([A-Z][A-Za-z0-9_]+)"\)', source))
    of_rotation = {"CONTINUE"}  # a step of AddJobFlowSteps alone
    assert len(sent) > 60 and sent - {w for body in bodies() for w in words_of(body)} <= of_rotation


def test_several_types_have_a_strategy_on_demand_and_on_spot():
    for body, key, strategy in ((8, "OnDemandSpecification", "lowest-price"), (9, "OnDemandSpecification", "lowest-price"),
                                (10, "SpotSpecification", "price-capacity-optimized"), (11, "SpotSpecification", "price-capacity-optimized")):
        workers = bodies()[body]["Instances"]["InstanceFleets"][1]
        assert len(workers["InstanceTypeConfigs"]) in (3, 7) and workers["LaunchSpecifications"] == {key: {**workers["LaunchSpecifications"][key], "AllocationStrategy": strategy}}
    scaled = bodies()[11]
    assert scaled["ManagedScalingPolicy"]["ComputeLimits"]["MaximumCapacityUnits"] == 30 and len(scaled["Instances"]["Ec2SubnetIds"]) == 2
    (primary,) = bodies()[12]["Instances"]["InstanceFleets"]
    assert primary["TargetOnDemandCapacity"] == 1 and "LaunchSpecifications" not in primary


def test_the_cluster_stays_and_keeps_its_notebooks():
    for body in bodies():
        assert body["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True
        kept = {c["Classification"]: c["Properties"] for c in body["Configurations"]}
        assert kept["jupyter-s3-conf"] == {"s3.persistence.enabled": "true", "s3.persistence.bucket": "notebooks"}
        assert {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"} in body["Tags"]
        assert body["LogUri"].startswith("s3://")


def test_the_password_is_replaced_and_only_its_hash_is_told():
    for body in bodies():
        (step,) = body["Steps"]
        assert step["ActionOnFailure"] == "TERMINATE_CLUSTER"
        assert step["HadoopJarStep"]["Args"][-1].startswith("$6$") and "chpasswd -e" in step["HadoopJarStep"]["Args"][3]


def test_spot_and_scaling():
    spot, fallback, groups = bodies()[5:8]
    workers = spot["Instances"]["InstanceFleets"][1]
    assert workers["TargetSpotCapacity"] == 3 and "TargetOnDemandCapacity" not in workers
    assert workers["LaunchSpecifications"]["SpotSpecification"]["TimeoutAction"] == "TERMINATE_CLUSTER"
    assert spot["Instances"]["InstanceFleets"][0]["TargetOnDemandCapacity"] == 1
    workers = fallback["Instances"]["InstanceFleets"][1]
    assert workers["LaunchSpecifications"]["SpotSpecification"]["TimeoutAction"] == "SWITCH_TO_ON_DEMAND"
    assert fallback["ManagedScalingPolicy"]["ComputeLimits"]["UnitType"] == "InstanceFleetUnits"
    assert groups["ManagedScalingPolicy"]["ComputeLimits"] == {"UnitType": "Instances", "MinimumCapacityUnits": 1,
                                                              "MaximumCapacityUnits": 8}


def test_several_subnets_make_fleets_and_one_makes_groups():
    one, several = bodies()[2], bodies()[3]
    assert "InstanceFleets" not in one["Instances"] and one["Instances"]["Ec2SubnetId"] == "subnet-1"
    assert "InstanceGroups" not in several["Instances"] and len(several["Instances"]["Ec2SubnetIds"]) == 2
    assert [f["TargetOnDemandCapacity"] for f in several["Instances"]["InstanceFleets"]] == [1, 4]


def test_the_idle_end_is_asked_of_releases_that_have_it():
    assert bodies()[1]["AutoTerminationPolicy"] == {"IdleTimeout": 3600}
    assert "AutoTerminationPolicy" not in bodies()[4]
