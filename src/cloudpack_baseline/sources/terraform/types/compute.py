"""Instances, what they are launched from, network interfaces and volumes; containers, functions.

Source: Terraform AWS provider, the resources of Amazon EC2, EC2 Auto Scaling, Amazon ECS, Amazon
EKS, AWS Lambda, Amazon EFS, Amazon MSK and Amazon MQ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    either,
    follow,
    member,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    block_of,
    each_block,
    obj,
    properties_of,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_INTERFACES = "ec2:DescribeNetworkInterfaces"
_ONCE = frozenset(("metadata_options", "placement", "iam_instance_profile", "ebs"))

# Network interfaces --------------------------------------------------------------------------


def _addresses(values: ResolvedObject, name: str, member: str) -> Resolved:
    addresses = values.get(name)
    if not isinstance(addresses, list):
        return addresses
    return ResolvedList([obj(**{member: address}) for address in addresses], NOWHERE)


@TYPES.made("aws_network_interface", "AWS::EC2::NetworkInterface")
def _interface(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {"security_groups": "GroupSet", "private_ip": "PrivateIpAddress", "attachment": ""}
    yield (
        "AWS::EC2::NetworkInterface",
        {
            **properties_of(Mapped(renames=renames), values),
            "PrivateIpAddresses": _addresses(values, "private_ips", "PrivateIpAddress"),
            "Ipv6Addresses": _addresses(values, "ipv6_addresses", "Ipv6Address"),
        },
    )
    attachment = block_of(values, "attachment")
    if attachment is not None:
        yield (
            "AWS::EC2::NetworkInterfaceAttachment",
            {"NetworkInterfaceId": values["id"], "InstanceId": follow(attachment, "instance")},
        )


TYPES.plain(
    "aws_network_interface_attachment",
    "AWS::EC2::NetworkInterfaceAttachment",
    needs=("NetworkInterfaceId",),
)


def _group_attachment(resource: TypedResource) -> None:
    interface = resource.answers.find(
        _INTERFACES, "NetworkInterfaceId", resource.subject("NetworkInterfaceId")
    )
    group = resource.object(GroupId=resource.get("SecurityGroupId"))
    if interface is not None and isinstance(groups := interface.raw("Groups"), list):
        interface["Groups"] = AnswerList([*groups, group])


TYPES["aws_network_interface_sg_attachment"] = Mapped(
    type="AWS::EC2::NetworkInterfaceAttachment", describe=_group_attachment, order=6
)

# Instances -----------------------------------------------------------------------------------


def _device(block: Resolved) -> Resolved:
    """A mapping; that of an instance store, or of no device at all, has no volume."""
    if not isinstance(block, ResolvedObject):
        return block
    virtual_name, no_device = block.get("virtual_name"), block.get("no_device")
    if isinstance(virtual_name, Unknown) or isinstance(no_device, Unknown):
        return virtual_name if isinstance(virtual_name, Unknown) else no_device
    if virtual_name or truth_of(no_device or None) is True:
        return obj(DeviceName=block.get("device_name"))
    nested = block_of(block, "ebs")
    ebs = nested if isinstance(nested, ResolvedObject) else block
    if isinstance(nested, Unknown):
        return nested
    return obj(
        DeviceName=block.get("device_name", "root"),
        Ebs=obj(
            Encrypted=ebs.get("encrypted"),
            KmsKeyId=ebs.get("kms_key_id"),
            SnapshotId=ebs.get("snapshot_id"),
            VolumeSize=ebs.get("volume_size"),
            VolumeType=ebs.get("volume_type"),
        ),
    )


def _devices(values: ResolvedObject) -> Resolved:
    devices: list[Any] = []
    for name in ("root_block_device", "ebs_block_device", "block_device_mappings"):
        blocks = values.get(name)
        if isinstance(blocks, Unknown):
            return blocks
        devices += [_device(block) for block in as_list(blocks)]
    return ResolvedList(devices, NOWHERE) if devices else None


def _launch_template(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        LaunchTemplateId=block.get("id", block.get("launch_template_id")),
        LaunchTemplateName=block.get("name", block.get("launch_template_name")),
        Version=block.get("version"),
    )


def _instance_interfaces(values: ResolvedObject) -> Resolved:
    """The interfaces that an instance names, or the one that it requests an address for."""
    named = values.get("network_interface", values.get("primary_network_interface"))
    if named is not None:
        return properties_of(Mapped(), obj(x=named))["X"]
    requested = values.get("associate_public_ip_address")
    if requested is None:
        return None
    interface = obj(
        AssociatePublicIpAddress=requested,
        DeviceIndex=0,
        SubnetId=values.get("subnet_id"),
        GroupSet=values.get("vpc_security_group_ids", values.get("security_groups")),
        PrivateIpAddress=values.get("private_ip"),
        Ipv6Addresses=_addresses(values, "ipv6_addresses", "Ipv6Address"),
        Ipv6AddressCount=values.get("ipv6_address_count"),
    )
    return ResolvedList([interface], NOWHERE)


_OF_INSTANCE = Mapped(
    renames={
        "vpc_security_group_ids": "SecurityGroupIds",
        "ami": "ImageId",
        "private_ip": "PrivateIpAddress",
        "network_interface": "",
        "primary_network_interface": "",
        "associate_public_ip_address": "",
        "root_block_device": "",
        "ebs_block_device": "",
        "ipv6_addresses": "",
    },
    converts={"launch_template": _launch_template},
    blocks=_ONCE,
)


def _instance(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::EC2::Instance",
        {
            **properties_of(_OF_INSTANCE, values),
            "NetworkInterfaces": _instance_interfaces(values),
            "BlockDeviceMappings": _devices(values),
            "Ipv6Addresses": _addresses(values, "ipv6_addresses", "Ipv6Address"),
        },
    )


for _name in ("aws_instance", "aws_spot_instance_request"):
    TYPES.made(
        _name,
        "AWS::EC2::Instance",
        attributes={"primary_network_interface_id": "eni-{logical}"},
    )(_instance)

# Launch templates ----------------------------------------------------------------------------


def _template_interfaces(values: ResolvedObject) -> Resolved:
    blocks = values.get("network_interfaces")
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    renames = {"security_groups": "Groups", "ipv6_addresses": "", "network_card_index": ""}
    interfaces = []
    for block in as_list(blocks):
        if not isinstance(block, ResolvedObject):
            return block
        properties = properties_of(Mapped(renames=renames), block)
        interfaces.append(ResolvedObject(properties, NOWHERE))
    return ResolvedList(interfaces, NOWHERE)


@TYPES.made("aws_launch_template", "AWS::EC2::LaunchTemplate", attributes={"name": "{logical}"})
def _template(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "vpc_security_group_ids": "SecurityGroupIds",
        "security_group_names": "SecurityGroups",
        "network_interfaces": "",
        "block_device_mappings": "",
        "name": "",
        "id": "",
    }
    data = {
        **properties_of(Mapped(renames=renames, blocks=_ONCE), values),
        "NetworkInterfaces": _template_interfaces(values),
        "BlockDeviceMappings": _devices(values),
    }
    yield (
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateName": values.get("name"), "LaunchTemplateData": obj(**data)},
    )


@TYPES.made("aws_launch_configuration", "AWS::AutoScaling::LaunchConfiguration", ref="name")
def _configuration(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "name": "LaunchConfigurationName",
        "root_block_device": "",
        "ebs_block_device": "",
    }
    yield (
        "AWS::AutoScaling::LaunchConfiguration",
        {
            **properties_of(Mapped(renames=renames, blocks=_ONCE), values),
            "BlockDeviceMappings": _devices(values),
        },
    )


def _mixed(value: Resolved) -> Resolved:
    template = block_of(single(value), "launch_template")
    specification = block_of(template, "launch_template_specification")
    if not isinstance(specification, ResolvedObject):
        return specification
    reference = _launch_template(specification)
    overrides = each_block(member(template, "override"), _override_of_group)
    return obj(LaunchTemplate=obj(LaunchTemplateSpecification=reference, Overrides=overrides))


def _override_of_group(values: Resolved) -> Resolved:
    specification = block_of(values, "launch_template_specification")
    return obj(
        LaunchTemplateSpecification=_launch_template(specification),
        ImageId=member(values, "image_id"),
    )


def _group_tags(value: Resolved) -> Resolved:
    return properties_of(Mapped(), obj(x=value))["X"]


TYPES.plain(
    "aws_autoscaling_group",
    "AWS::AutoScaling::AutoScalingGroup",
    {
        "name": "AutoScalingGroupName",
        "vpc_zone_identifier": "VPCZoneIdentifier",
        "launch_configuration": "LaunchConfigurationName",
        "target_group_arns": "TargetGroupARNs",
        "traffic_source": "TrafficSources",
        "tag": "Tags",
    },
    launch_template=_launch_template,
    mixed_instances_policy=_mixed,
    tag=_group_tags,
)
TYPES.setting(
    "aws_autoscaling_attachment",
    "aws_autoscaling_group",
    "autoscaling_group_name",
    {"lb_target_group_arn": "TargetGroupARNs[]"},
)


@TYPES.part(
    "aws_autoscaling_traffic_source_attachment", "aws_autoscaling_group", "autoscaling_group_name"
)
def _traffic_source(values: ResolvedObject) -> Properties:
    sources = properties_of(Mapped(), obj(x=values.get("traffic_source"))).get("X")
    return {"TrafficSources": sources}


# Fleets --------------------------------------------------------------------------------------


def _specification(values: Resolved) -> Resolved:
    """A launch specification; the provider passes on only that an address is requested."""
    if not isinstance(values, ResolvedObject):
        return values
    groups = values.get("vpc_security_group_ids")
    requested = values.get("associate_public_ip_address")
    requested = None if requested is False else requested
    interface = obj(
        AssociatePublicIpAddress=requested, Groups=groups, SubnetId=values.get("subnet_id")
    )
    return obj(
        ImageId=values.get("ami"),
        SubnetId=values.get("subnet_id"),
        SecurityGroups=each_block(groups, lambda group: obj(GroupId=group)),
        NetworkInterfaces=None if requested is None else ResolvedList([interface], NOWHERE),
        BlockDeviceMappings=_devices(values),
        IamInstanceProfile=values.get(
            "iam_instance_profile_arn", values.get("iam_instance_profile")
        ),
        KeyName=values.get("key_name"),
        Placement=obj(Tenancy=values.get("placement_tenancy")),
    )


def _launch_template_config(values: Resolved) -> Resolved:
    if not isinstance(values, ResolvedObject):
        return values
    specification = block_of(values, "launch_template_specification")
    overrides = values.get("overrides", values.get("override"))
    return obj(
        LaunchTemplateSpecification=_launch_template(specification),
        Overrides=each_block(overrides, _override),
    )


def _override(values: Resolved) -> Resolved:
    return obj(SubnetId=member(values, "subnet_id"))


@TYPES.made("aws_spot_fleet_request", "AWS::EC2::SpotFleet")
def _spot_fleet(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    config = obj(
        LaunchSpecifications=each_block(values.get("launch_specification"), _specification),
        LaunchTemplateConfigs=each_block(
            values.get("launch_template_config"), _launch_template_config
        ),
    )
    yield "AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": config}


@TYPES.made("aws_ec2_fleet", "AWS::EC2::EC2Fleet")
def _fleet(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    configs = each_block(values.get("launch_template_config"), _launch_template_config)
    yield "AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": configs}


TYPES.plain("aws_ebs_volume", "AWS::EC2::Volume")
TYPES.plain("aws_volume_attachment", "AWS::EC2::VolumeAttachment", needs=("VolumeId",))


def _metadata_defaults(resource: TypedResource) -> None:
    names = ("HttpTokens", "HttpEndpoint", "HttpPutResponseHopLimit", "InstanceMetadataTags")
    defaults = {
        name: value
        for name in names
        if (value := resource.get(name)) not in (None, "no-preference", -1)
    }
    resource.about("ec2:GetInstanceMetadataDefaults", "", AccountLevel=defaults)


TYPES["aws_ec2_instance_metadata_defaults"] = Mapped(
    describe=_metadata_defaults, describes=("ec2:GetInstanceMetadataDefaults",), order=-1
)

# Containers and functions --------------------------------------------------------------------

TYPES.plain(
    "aws_ecs_cluster",
    "AWS::ECS::Cluster",
    {"name": "ClusterName"},
    blocks=("configuration", "execute_command_configuration", "log_configuration"),
    attributes={"id": "Arn"},
)


def _awsvpc(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    public = either(block.get("assign_public_ip", False), yes="ENABLED", no="DISABLED")
    return obj(
        AwsvpcConfiguration=obj(
            Subnets=block.get("subnets"),
            SecurityGroups=block.get("security_groups"),
            AssignPublicIp=public,
        )
    )


TYPES.plain(
    "aws_ecs_service",
    "AWS::ECS::Service",
    {"name": "ServiceName", "load_balancer": "LoadBalancers"},
    network_configuration=_awsvpc,
)
TYPES.plain(
    "aws_ecs_task_definition",
    "AWS::ECS::TaskDefinition",
    {"container_definitions": "", "volume": "Volumes"},
    ref="arn",
    attributes={"arn": "{id}", "arn_without_revision": "{id}"},
)
TYPES.plain(
    "aws_eks_cluster",
    "AWS::EKS::Cluster",
    {"vpc_config": "ResourcesVpcConfig", "enabled_cluster_log_types": "Logging"},
    blocks=("vpc_config",),
    ref="name",
    enabled_cluster_log_types=lambda names: obj(
        ClusterLogging=obj(
            EnabledTypes=ResolvedList([obj(Type=name) for name in as_list(names)], NOWHERE)
        )
    ),
)


def _vpc_config(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        SubnetIds=block.get("subnet_ids"),
        SecurityGroupIds=block.get("security_group_ids"),
    )


TYPES.plain(
    "aws_lambda_function",
    "AWS::Lambda::Function",
    {"environment": ""},
    blocks=("dead_letter_config", "tracing_config"),
    vpc_config=_vpc_config,
)
TYPES.plain("aws_lambda_alias", "AWS::Lambda::Alias", ref="arn")
TYPES.plain(
    "aws_lambda_permission",
    "AWS::Lambda::Permission",
    {"principal_org_id": "PrincipalOrgID"},
    needs=("FunctionName",),
)


@TYPES.made("aws_lambda_function_url", "AWS::Lambda::Url", needs=("TargetFunctionArn",))
def _function_url(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """A URL that requires no signature; the provider lets everybody invoke it, unlike AWS."""
    function = values.get("function_name")
    kind = values.get("authorization_type")
    qualifier = values.get("qualifier")
    yield (
        "AWS::Lambda::Url",
        {"TargetFunctionArn": function, "AuthType": kind, "Qualifier": qualifier},
    )
    if why_of(kind) is not None or str(kind) == "NONE":
        yield (
            "AWS::Lambda::Permission",
            {
                "FunctionName": function,
                "Action": "lambda:InvokeFunctionUrl",
                "Principal": "*",
                "FunctionUrlAuthType": "NONE",
                "Qualifier": qualifier,
            },
        )


TYPES.plain(
    "aws_lambda_layer_version",
    "AWS::Lambda::LayerVersion",
    ref="arn",
    attributes={"layer_arn": "{id}"},
)


@TYPES.made("aws_lambda_layer_version_permission", "AWS::Lambda::LayerVersionPermission")
def _layer_permission(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """The layer is given by its name, or by its ARN without a version."""
    layer, version = values.get("layer_name"), values.get("version_number", 1)
    if isinstance(layer, str):
        name = str(layer).partition(":layer:")[2].partition(":")[0] or str(layer)
        known = 1 if isinstance(version, Unknown) else version
        layer = DocumentText(f":layer:{name}:{known}")
    yield (
        "AWS::Lambda::LayerVersionPermission",
        {
            "LayerVersionArn": layer,
            "Action": values.get("action"),
            "Principal": values.get("principal"),
            "OrganizationId": values.get("organization_id"),
        },
    )


# File systems and brokers --------------------------------------------------------------------

TYPES.plain("aws_efs_file_system", "AWS::EFS::FileSystem", {"lifecycle_policy": ""})

TYPES.setting(
    "aws_efs_file_system_policy",
    "aws_efs_file_system",
    "file_system_id",
    {"policy": "FileSystemPolicy"},
)


@TYPES.part("aws_efs_backup_policy", "aws_efs_file_system", "file_system_id")
def _file_system_backup(values: ResolvedObject) -> Properties:
    policy = block_of(values, "backup_policy")
    return {"BackupPolicy": obj(Status=follow(policy, "status"))}


TYPES.plain("aws_efs_mount_target", "AWS::EFS::MountTarget")
TYPES.plain(
    "aws_msk_cluster",
    "AWS::MSK::Cluster",
    blocks=(
        "broker_node_group_info",
        "connectivity_info",
        "public_access",
        "encryption_info",
        "encryption_in_transit",
        "client_authentication",
        "sasl",
        "tls",
    ),
)
TYPES.plain(
    "aws_mq_broker",
    "AWS::AmazonMQ::Broker",
    {"user": "", "encryption_options": "EncryptionOptions"},
    blocks=("encryption_options", "logs"),
)
