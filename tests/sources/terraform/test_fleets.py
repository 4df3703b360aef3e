"""Fleets of plans: launch specifications of the provider, and launch templates."""

import pytest

from sources.terraform.plans import PlanBuilder, outcomes
from sources.terraform.test_network_types import VPC, network, with_internet

SUBNET = ["aws_subnet.s.id"]
WEB = ["aws_security_group.web.id"]
SSH = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}


def net(*, public=False):
    plan = with_internet(network(map_public_ip_on_launch=public))
    return plan.add(
        "aws_security_group.web", {"ingress": [SSH], "egress": []}, ["id"], {"vpc_id": VPC}
    )


def specified(plan, **values):
    return plan.add(
        "aws_spot_fleet_request.f",
        {"launch_specification": [{"ami": "ami-1", **values}]},
        {"id": True, "launch_specification": [{"subnet_id": True, "vpc_security_group_ids": True}]},
        {"launch_specification": [{"subnet_id": SUBNET, "vpc_security_group_ids": WEB}]},
    )


@pytest.mark.parametrize(
    ("public", "requested", "outcome"),
    [
        (False, None, "pass"),
        (False, False, "pass"),
        (False, True, "fail"),
        (True, None, "fail"),
        # The provider passes on only that an address is requested.
        (True, False, "fail"),
    ],
)
def test_who_reaches_the_instances_of_a_specification(tmp_path, public, requested, outcome):
    plan = specified(net(public=public), associate_public_ip_address=requested)
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {outcome}


@pytest.mark.parametrize(
    ("devices", "outcome"),
    [
        ({}, "fail"),
        ({"root_block_device": [{"encrypted": True}]}, "pass"),
        ({"root_block_device": [{"encrypted": False}]}, "fail"),
    ],
)
def test_volumes_and_tokens_of_a_specification(tmp_path, devices, outcome):
    plan = specified(net(), **devices)
    assert set(outcomes(tmp_path, plan, "ebs-encryption").values()) == {outcome}
    assert set(outcomes(tmp_path, plan, "imdsv2").values()) == {"fail"}


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize(
    ("address", "override"),
    [("aws_spot_fleet_request.f", "overrides"), ("aws_ec2_fleet.f", "override")],
)
def test_who_reaches_the_instances_of_a_template(tmp_path, address, override, public):
    plan = net(public=public).add(
        "aws_launch_template.t",
        {"image_id": "ami-1", "metadata_options": [{"http_tokens": "required"}]},
        ["id", "vpc_security_group_ids"],
        {"vpc_security_group_ids": WEB},
    )
    specification = "launch_template_specification"
    key = "id" if override == "overrides" else "launch_template_id"
    block = {specification: [{"version": "1"}], override: [{}]}
    unknown = {specification: [{key: True}], override: [{"subnet_id": True}]}
    references = {
        specification: [{key: ["aws_launch_template.t.id"]}],
        override: [{"subnet_id": SUBNET}],
    }
    plan.add(
        address,
        {"launch_template_config": [block]},
        {"id": True, "launch_template_config": [unknown]},
        {"launch_template_config": [references]},
    )
    expected = "fail" if public else "pass"
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {expected}
    assert set(outcomes(tmp_path, plan, "imdsv2").values()) == {"pass"}


@pytest.mark.parametrize("address", ["aws_spot_fleet_request.f", "aws_ec2_fleet.f"])
def test_a_fleet_that_is_known_after_apply(tmp_path, address):
    plan = net().add(
        address, {}, ["id", "launch_template_config"], {"launch_template_config": ["local.configs"]}
    )
    assert set(outcomes(tmp_path, plan, "imdsv2").values()) == {"unknown"}


def test_a_specification_that_is_known_after_apply(tmp_path):
    plan = net().add(
        "aws_spot_fleet_request.f",
        {"launch_specification": [{}]},
        {"id": True, "launch_specification": [True]},
        {"launch_specification": ["local.specifications"]},
    )
    assert set(outcomes(tmp_path, plan, "imdsv2").values()) == {"unknown"}


LAUNCH = {"image_id": "ami-1", "metadata_options": [{"http_tokens": "required"}]}
OPTIONAL = {"image_id": "ami-1", "metadata_options": [{"http_tokens": "optional"}]}
TO_OTHER = {"launch_template_specification": [{"launch_template_name": "other"}]}


@pytest.mark.parametrize(
    ("overrides", "outcome"),
    [
        ([], "pass"),
        ([{"instance_type": "m5.large"}, {"instance_type": "m6i.large"}], "pass"),
        ([{"instance_type": "m5.large"}, TO_OTHER], "fail"),
        ([TO_OTHER, TO_OTHER], "fail"),
        ([{"launch_template_specification": [{"launch_template_name": "x"}]}], "unknown"),
    ],
)
def test_the_overrides_of_a_group(tmp_path, overrides, outcome):
    plan = PlanBuilder()
    for name, values in (("web", LAUNCH), ("other", OPTIONAL)):
        plan.add(f"aws_launch_template.{name}", {"name": name, **values}, ["id", "arn"])
    block = {
        "launch_template_specification": [{"launch_template_name": "web"}],
        "override": overrides,
    }
    plan.add(
        "aws_autoscaling_group.g",
        {"name": "g", "mixed_instances_policy": [{"launch_template": [block]}]},
        ["id", "arn"],
    )
    assert outcomes(tmp_path, plan, "imdsv2")["aws_autoscaling_group.g"] == outcome
