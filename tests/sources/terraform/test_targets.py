"""What a plan registers with target groups: Auto Scaling groups and services of Amazon ECS."""

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.elbv2 import TargetGroup
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder

TARGETS = ["aws_lb_target_group.t.arn"]
SUBNET = ["aws_subnet.s.id"]


def base():
    """A target group, a subnet and a launch template."""
    plan = PlanBuilder().add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
    plan.add(
        "aws_subnet.s",
        {"cidr_block": "10.0.0.0/24"},
        ["id", "vpc_id"],
        {"vpc_id": ["aws_vpc.v.id"]},
    )
    plan.add("aws_launch_template.l", {"image_id": "ami-1"}, ["id"])
    return plan.add(
        "aws_lb_target_group.t",
        {"name": "t", "port": 80, "protocol": "HTTP"},
        ["id", "arn", "vpc_id"],
        {"vpc_id": ["aws_vpc.v.id"]},
    )


def with_group(plan, values=None, unknown=None, references=None):
    """An Auto Scaling group."""
    return plan.add(
        "aws_autoscaling_group.g",
        {"launch_template": [{"version": "$Latest"}]} | (values or {}),
        {"id": True, "name": True, "launch_template": [{"id": True}], "vpc_zone_identifier": True}
        | (unknown or {}),
        {
            "launch_template": [{"id": ["aws_launch_template.l.id"]}],
            "vpc_zone_identifier": SUBNET,
        }
        | (references or {}),
    )


def targets(folder, plan):
    """The IDs of the targets of the group; ``None`` if they are not known."""
    with parse_source(f"plan:{plan.write(folder)}").open() as opened:
        snapshot = opened.gather(reads_of(select(["admin-ingress"])))
    (group,) = (record for record in snapshot.records if isinstance(record, TargetGroup))
    if isinstance(group.targets, Unknown):
        return None
    return [target.id for target in group.targets]


SOURCE = {"traffic_source": [{"type": "elbv2"}]}
HIDDEN = {"traffic_source": [{"identifier": True}]}
NAMED = {"traffic_source": [{"identifier": TARGETS}]}


@pytest.mark.parametrize(
    ("values", "unknown", "references", "registered"),
    [
        ({}, {"target_group_arns": True}, {"target_group_arns": TARGETS}, True),
        (SOURCE, HIDDEN, NAMED, True),
        ({}, {"traffic_source": True}, {"traffic_source": [{"identifier": TARGETS}]}, False),
        ({}, {"target_group_arns": True, "traffic_source": True}, {}, False),
        ({}, {}, {}, False),
    ],
)
def test_a_group_registers_its_instances(tmp_path, values, unknown, references, registered):
    plan = with_group(base(), values, unknown, references)
    assert targets(tmp_path, plan) == (["i-aws_autoscaling_group.g"] if registered else None)


ATTACHED = {"autoscaling_group_name": ["aws_autoscaling_group.g.name"]}


@pytest.mark.parametrize(
    ("kind", "values", "unknown", "references"),
    [
        (
            "aws_autoscaling_attachment",
            {},
            {"lb_target_group_arn": True},
            {"lb_target_group_arn": TARGETS},
        ),
        ("aws_autoscaling_traffic_source_attachment", SOURCE, HIDDEN, NAMED),
    ],
)
def test_an_attachment_registers_the_instances_of_its_group(
    tmp_path, kind, values, unknown, references
):
    hidden = unknown | {"autoscaling_group_name": True}
    plan = with_group(base()).add(f"{kind}.a", values, hidden, references | ATTACHED)
    assert targets(tmp_path, plan) == ["i-aws_autoscaling_group.g"]


@pytest.mark.parametrize("balanced", [True, False])
def test_a_service_registers_its_tasks(tmp_path, balanced):
    port = {"load_balancer": [{"container_name": "c", "container_port": 80}]} if balanced else {}
    hidden = {"load_balancer": [{"target_group_arn": True}]} if balanced else {}
    named = {"load_balancer": [{"target_group_arn": TARGETS}]} if balanced else {}
    plan = base().add(
        "aws_ecs_service.s",
        {"name": "s", "network_configuration": [{"assign_public_ip": False}], **port},
        {"id": True, "network_configuration": [{"subnets": True}], **hidden},
        {"network_configuration": [{"subnets": SUBNET}], **named},
    )
    registered = targets(tmp_path, plan)
    assert (registered is not None) == balanced
    assert not balanced or len(registered) == 1
