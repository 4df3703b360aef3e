"""What runs in a VPC beside instances: functions, services of containers, file systems, brokers.

Source: AWS CloudFormation Template Reference, "AWS Lambda", "Amazon ECS", "Amazon EFS", "Amazon
MSK" and "Amazon MQ" resource types.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interface,
    add_interfaces,
    group_ids,
)
from cloudpack_baseline.sources.cloudformation.targets import HEALTH, register_addresses
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, why_of

__all__ = ["TYPES"]

TYPES = Types()

_INTERFACES = "ec2:DescribeNetworkInterfaces"


@TYPES.of(
    "AWS::Lambda::Function",
    _INTERFACES,
    ref="FunctionName",
    attributes={"Arn": "arn:{partition}:lambda:{region}:{account}:function:{id}"},
    order=4,
)
def _function(resource: TypedResource) -> None:
    """A function in a VPC; any other one has no interface there."""
    config = resource.get("VpcConfig")
    subnets = follow(config, "SubnetIds")
    if subnets is None or subnets == []:
        return
    settings = InterfaceSettings(
        type="lambda",
        description=f"AWS Lambda VPC ENI-{resource.id}",
        requester="awslambda",
        groups=group_ids(resource.answers, follow(config, "SecurityGroupIds")),
    )
    add_interfaces(resource, subnets, settings)


@TYPES.of("AWS::ECS::Service", _INTERFACES, HEALTH, ref="ServiceArn", order=4)
def _service(resource: TypedResource) -> None:
    """Its tasks have interfaces in the mode ``awsvpc``; a task stands for all of them."""
    config = follow(resource.get("NetworkConfiguration"), "AwsvpcConfiguration")
    if config is None:
        return
    assigned = follow(config, "AssignPublicIp")
    public: Resolved = why_of(assigned)
    settings = InterfaceSettings(
        description=f"ECS service {resource.name}",
        requester="amazon-ecs",
        groups=group_ids(resource.answers, follow(config, "SecurityGroups")),
        public=str(assigned) == "ENABLED" if public is None else public,
    )
    interfaces = add_interfaces(resource, follow(config, "Subnets"), settings)
    for balancer in as_list(resource.get("LoadBalancers")):
        register_addresses(resource, follow(balancer, "TargetGroupArn"), interfaces)


@TYPES.of("AWS::EFS::MountTarget", _INTERFACES, prefix="fsmt-", order=4)
def _mount_target(resource: TypedResource) -> None:
    settings = InterfaceSettings(
        type="efs",
        description=f"EFS mount target for {shown(resource.get('FileSystemId'))}",
        requester="amazon-efs",
        groups=group_ids(resource.answers, resource.get("SecurityGroups")),
        address=exact(resource.get("IpAddress")),
    )
    subnet = str(shown(resource.get("SubnetId")))
    add_interface(resource, f"eni-{resource.name}", subnet, settings)


@TYPES.of("AWS::MSK::Cluster", _INTERFACES, order=4)
def _kafka(resource: TypedResource) -> None:
    brokers = resource.get("BrokerNodeGroupInfo")
    settings = InterfaceSettings(
        description=f"MSK cluster {resource.name}",
        requester="amazon-msk",
        groups=group_ids(resource.answers, follow(brokers, "SecurityGroups")),
    )
    add_interfaces(resource, follow(brokers, "ClientSubnets"), settings)


@TYPES.of("AWS::AmazonMQ::Broker", _INTERFACES, order=4)
def _broker(resource: TypedResource) -> None:
    subnets = resource.get("SubnetIds")
    if subnets is None:
        return
    settings = InterfaceSettings(
        description=f"Amazon MQ broker {resource.name}",
        requester="amazon-mq",
        groups=group_ids(resource.answers, resource.get("SecurityGroups")),
        public=truth_of(resource.get("PubliclyAccessible")),
    )
    add_interfaces(resource, subnets, settings)
