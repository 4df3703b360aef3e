"""Amazon EC2: network interfaces, instances and what they are launched from.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types", "Amazon EC2 Auto
Scaling resource types".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.model.ec2 import DEFAULT_SUBNET, DEFAULT_VPC
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interface,
    add_interfaces,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.metadata_options import (
    metadata_options,
    template_metadata_options,
)
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.targets import HEALTH, register_target
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    listed,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.types.volumes import add_root_volume, add_volumes
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedObject,
    undetermined,
    with_members,
)
from cloudpack_baseline.sources.located import AnswerObject

__all__ = [
    "TYPES",
    "add_launched",
    "add_unnamed_template",
    "name_of_launch",
    "over_template",
    "template_data",
]

TYPES = Types()

_INTERFACES = "ec2:DescribeNetworkInterfaces"
_INSTANCES = "ec2:DescribeInstances"
_TEMPLATES = "ec2:DescribeLaunchTemplateVersions"
_VOLUMES = "ec2:DescribeVolumes"
_SUBNETS = "ec2:DescribeSubnets"
_VPCS = "ec2:DescribeVpcs"


# Network interfaces --------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::NetworkInterface",
    _INTERFACES,
    prefix="eni-",
    attributes={"Id": "{id}"},
    order=3,
)
def _interface(resource: TypedResource) -> None:
    """Nothing answers at it until it is attached."""
    listed = as_list(resource.get("PrivateIpAddresses"))
    listed = sorted(listed, key=lambda entry: truth_of(follow(entry, "Primary")) is not True)
    addresses = [exact(follow(entry, "PrivateIpAddress")) for entry in listed]
    if resource.get("PrivateIpAddress") is not None:
        addresses.insert(0, exact(resource.get("PrivateIpAddress")))
    settings = InterfaceSettings(
        type=str(shown(resource.get("InterfaceType", "interface"))),
        description=str(shown(resource.get("Description", ""))),
        groups=group_ids(resource.answers, resource.get("GroupSet")),
        address=addresses[0] if addresses else None,
        secondary=tuple(addresses[1:]),
        ipv6=_ipv6_of(resource.properties),
        source_dest_check=resource.get("SourceDestCheck", True),
        attached=False,
    )
    add_interface(resource, resource.id, str(shown(resource.get("SubnetId"))), settings)


def _ipv6_of(properties: Resolved) -> Resolved:
    addresses = follow(properties, "Ipv6Addresses")
    if isinstance(addresses, list):
        return [follow(entry, "Ipv6Address") for entry in addresses]
    return addresses if addresses is not None else follow(properties, "Ipv6AddressCount")


@TYPES.of("AWS::EC2::NetworkInterfaceAttachment", _INTERFACES, prefix="eni-attach-", order=5)
def _interface_attachment(resource: TypedResource) -> None:
    _attach(
        resource.answers, resource.get("NetworkInterfaceId"), str(shown(resource.get("InstanceId")))
    )


def _attach(answers: StackAnswers, interface: Resolved, instance: str) -> None:
    item = answers.find(_INTERFACES, "NetworkInterfaceId", str(interface))
    if item is not None:
        attachment = AnswerObject({"InstanceId": instance}, item.origin)
        answers.settle(item, instance, {"Status": "in-use", "Attachment": attachment})


# Instances -----------------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::Instance",
    _INSTANCES,
    _INTERFACES,
    _VOLUMES,
    prefix="i-",
    attributes={"InstanceId": "{id}", "VpcId": ""},
    order=4,
)
def _instance(resource: TypedResource) -> None:
    template = template_data(resource.answers, resource.get("LaunchTemplate"))
    settings = _with_known_interfaces(
        over_template(template, _with_interfaces(resource.properties))
    )
    interfaces = list(_instance_interfaces(resource, resource.id, settings))
    subnet = _own_subnet(settings)
    _add_instance(resource, resource.id, settings, subnet, interfaces, resource.tags())
    # Those of its launch template are described with the template.
    add_volumes(resource, resource.properties, "in-use")
    image = template.raw("ImageId") if isinstance(template, AnswerObject) else None
    if image is None or resource.get("ImageId") is not None:
        add_root_volume(resource, settings, "in-use")


def template_data(answers: StackAnswers, reference: Resolved) -> Resolved:
    """What the launch template says; unknown if it is not described here."""
    if reference is None:
        return {}
    for name in ("LaunchTemplateId", "LaunchTemplateName"):
        identifier = follow(reference, name)
        item = answers.find(_TEMPLATES, name, str(identifier))
        if identifier is not None and item is not None:
            return item.raw("LaunchTemplateData")
    names = [follow(reference, name) for name in ("LaunchTemplateId", "LaunchTemplateName")]
    named = next((shown(name) for name in names if name is not None), "")
    return undetermined(f"launch template {named}")


def over_template(template: Resolved, properties: Mapping[str, Resolved]) -> dict[str, Resolved]:
    """The properties of an instance over those of its launch template."""
    if isinstance(template, Unknown):
        names = (
            *("SecurityGroupIds", "MetadataOptions", "NetworkInterfaces", "ImageId"),
            *("KeyName", "IamInstanceProfile", "BlockDeviceMappings"),
        )
        return {**dict.fromkeys(names, template), **properties}
    values = {name: template.raw(name) for name in template} if template else {}
    return {**values, **properties}


def _instance_interfaces(
    resource: TypedResource, instance: str, settings: dict[str, Resolved]
) -> Iterator[str]:
    """Its interfaces: those that it names, or one in its subnet."""
    specified = settings.get("NetworkInterfaces")
    specified = specified if isinstance(specified, list) else exact(specified)
    if isinstance(specified, list) and specified:
        for place, entry in enumerate(as_list(specified)):
            yield from _specified_interface(resource, instance, settings, entry, place)
        return
    subnet = settings.get("SubnetId")
    named = (settings.get("SecurityGroupIds"), settings.get("SecurityGroups"))
    yield from add_interfaces(
        resource,
        subnet,
        InterfaceSettings(
            groups=_groups(resource, specified, named),
            public=_is_public(resource, subnet, specified),
            requested=_is_requested(specified),
            address=exact(settings.get("PrivateIpAddress")),
            ipv6=_ipv6_of(settings),
            instance=instance,
            source_dest_check=settings.get("SourceDestCheck", True),
        ),
    )


def _groups(resource: TypedResource, specified: Resolved, named: tuple[Resolved, ...]) -> Resolved:
    """The groups that are named beside the interfaces; those may name others if not known."""
    if isinstance(specified, Unknown) and all(names in (None, specified) for names in named):
        return specified
    return group_ids(resource.answers, *named)


def _specified_interface(
    resource: TypedResource,
    instance: str,
    settings: dict[str, Resolved],
    entry: Resolved,
    place: int,
) -> Iterator[str]:
    """An interface that exists already, or one that is made with the instance."""
    get = entry.raw if isinstance(entry, AnswerObject) else lambda name: follow(entry, name)
    existing = get("NetworkInterfaceId")
    if existing is not None:
        _attach(resource.answers, existing, instance)
        yield str(shown(existing))
        return
    subnet = get("SubnetId")
    subnet = settings.get("SubnetId") if subnet is None else subnet
    groups = get("GroupSet") if get("Groups") is None else get("Groups")
    interface = f"eni-{resource.name}" if place == 0 else f"eni-{resource.name}-{place}"
    ids = group_ids(resource.answers, groups)
    add_interface(
        resource,
        interface,
        str(DEFAULT_SUBNET if subnet is None else shown(subnet)),
        InterfaceSettings(
            groups=ids or group_ids(resource.answers, settings.get("SecurityGroupIds")),
            public=_is_public(resource, subnet, get("AssociatePublicIpAddress")),
            requested=_is_requested(get("AssociatePublicIpAddress")),
            address=exact(get("PrivateIpAddress")),
            ipv6=_ipv6_of(entry),
            instance=instance,
            source_dest_check=settings.get("SourceDestCheck", True),
        ),
    )
    item = resource.answers.find(_INTERFACES, "NetworkInterfaceId", interface)
    if item is not None:
        item.origin = resource.object_at(entry).origin
    yield interface


def _is_requested(requested: Resolved) -> bool | Unknown:
    """Whether an interface requests a public address."""
    return truth_of(None if isinstance(requested, list) else requested)


def _is_public(resource: TypedResource, subnet: Resolved, requested: Resolved) -> Resolved:
    """Whether it gets a public address: as it requests, else as its subnet says."""
    if requested is not None and not isinstance(requested, list):
        return truth_of(requested)
    item = resource.answers.find(_SUBNETS, "SubnetId", str(subnet))
    if item is None:
        name = DEFAULT_SUBNET if subnet is None else shown(subnet)
        return undetermined(f"MapPublicIpOnLaunch of {name}")
    return truth_of(item.raw("MapPublicIpOnLaunch"))


def _own_subnet(settings: dict[str, Resolved]) -> Resolved:
    """The subnet of its first interface."""
    subnet = settings.get("SubnetId")
    specified = settings.get("NetworkInterfaces")
    if subnet is None and isinstance(specified, list):
        entries = (entry for entry in as_list(specified) if isinstance(entry, dict))
        subnet = next((dict.get(entry, "SubnetId") for entry in entries), None)
    return subnet


def _add_instance(  # noqa: PLR0913, PLR0917 - what an instance consists of
    resource: TypedResource,
    instance: str,
    settings: dict[str, Resolved],
    subnet: Resolved,
    interfaces: list[str],
    tags: Resolved,
) -> None:
    first = resource.answers.find(_INTERFACES, "NetworkInterfaceId", next(iter(interfaces), ""))
    subnet = first.raw("SubnetId") if subnet is None and first is not None else subnet
    vpc: Resolved = vpc_of(resource.answers, str(shown(subnet)))
    is_placed_elsewhere = isinstance(settings.get("NetworkInterfaces"), Unknown)
    if vpc.startswith("<") and (vpc != DEFAULT_VPC or is_placed_elsewhere):
        vpc = undetermined(f"the VPC of {instance}")
    groups = None if first is None else first.raw("Groups")
    item = resource.object(
        InstanceId=instance,
        OwnerId=resource.account,
        ImageId=shown(settings.get("ImageId")),
        State={"Name": "running"},
        VpcId=vpc,
        SubnetId=exact(subnet),
        Placement={"Tenancy": _tenancy(resource, settings, str(vpc))},
        NetworkInterfaces=[{"NetworkInterfaceId": interface} for interface in interfaces],
        SecurityGroups=groups,
        MetadataOptions=metadata_options(resource.answers, settings),
        KeyName=settings.get("KeyName"),
        IamInstanceProfile=_instance_profile(settings, instance),
        Platform=undetermined(f"the operating system of {instance}"),
        Tags=tags,
    )
    resource.item(_INSTANCES, Instances=[item])


def _instance_profile(settings: dict[str, Resolved], instance: str) -> Resolved:
    """Which profile it is, and the role of that, is not followed; none is none."""
    if settings.get("IamInstanceProfile") is None:
        return None
    return undetermined(f"the role of {instance}")


def _tenancy(resource: TypedResource, settings: dict[str, Resolved], vpc_id: str) -> Resolved:
    """Its own; a VPC with dedicated tenancy makes it dedicated."""
    tenancy = settings.get("Tenancy", follow(settings.get("Placement"), "Tenancy"))
    host = settings.get("HostId", settings.get("HostResourceGroupArn"))
    if tenancy is None and host is not None:
        return "host"
    vpc = resource.answers.find(_VPCS, "VpcId", vpc_id)
    of_vpc = None if vpc is None else vpc.raw("InstanceTenancy")
    if tenancy in (None, "default") and of_vpc is not None:
        return of_vpc
    return "default" if tenancy is None else tenancy


# Launch templates ----------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::LaunchTemplate",
    _TEMPLATES,
    _VOLUMES,
    prefix="lt-",
    attributes={
        "LaunchTemplateId": "{id}",
        "LatestVersionNumber": "1",
        "DefaultVersionNumber": "1",
    },
    order=3,
)
def _launch_template(resource: TypedResource) -> None:
    data = resource.get("LaunchTemplateData", {})
    if isinstance(data, dict):
        add_volumes(resource, data, "available")
        mappings = data.get("BlockDeviceMappings")
        if data.get("ImageId") is not None and not isinstance(mappings, Unknown):
            add_root_volume(resource, data, "available")
        data = _with_metadata(resource.answers, _with_interfaces(data))
    else:
        resource.answers.add_gap([_VOLUMES], follow(data, "BlockDeviceMappings"))
    resource.item(
        _TEMPLATES,
        LaunchTemplateId=resource.id,
        LaunchTemplateName=shown(resource.get("LaunchTemplateName", resource.name)),
        VersionNumber=1,
        DefaultVersion=True,
        LaunchTemplateData=data,
    )


def _with_interfaces(settings: dict[str, Resolved]) -> dict[str, Resolved]:
    """The settings, in which interfaces are a list, and so are the groups of each."""
    interfaces = listed(settings.get("NetworkInterfaces"))
    if not isinstance(interfaces, list):
        return settings
    entries = [_with_groups(entry) for entry in interfaces]
    return with_members(settings, NetworkInterfaces=entries)


def _with_known_interfaces(settings: dict[str, Resolved]) -> dict[str, Resolved]:
    """The settings, in which interfaces are not known if one of them is not."""
    interfaces = settings.get("NetworkInterfaces")
    if not isinstance(interfaces, list):
        return {**settings, "NetworkInterfaces": exact(interfaces)}
    entries = as_list(interfaces)
    unknown = [follow(entry, "SubnetId") for entry in entries if not isinstance(entry, Mapping)]
    return {**settings, "NetworkInterfaces": unknown[0]} if unknown else settings


def _with_groups(interface: Resolved) -> Resolved:
    if not isinstance(interface, Mapping) or "Groups" not in interface:
        return interface
    return with_members(interface, Groups=listed(interface["Groups"]))


def _with_metadata(answers: StackAnswers, data: dict[str, Resolved]) -> dict[str, Resolved]:
    """The settings with the options that result from them, at the same place."""
    return with_members(data, MetadataOptions=template_metadata_options(answers, data))


@TYPES.of(
    "AWS::AutoScaling::LaunchConfiguration",
    _TEMPLATES,
    _VOLUMES,
    ref="LaunchConfigurationName",
    order=3,
)
def _launch_configuration(resource: TypedResource) -> None:
    """The older kind of launch template, with the same settings under other names."""
    interface = {
        "AssociatePublicIpAddress": resource.get("AssociatePublicIpAddress"),
        "Groups": resource.get("SecurityGroups"),
    }
    data = {
        "ImageId": resource.get("ImageId"),
        "MetadataOptions": resource.get("MetadataOptions"),
        "NetworkInterfaces": [
            {name: value for name, value in interface.items() if value is not None}
        ],
        "BlockDeviceMappings": resource.get("BlockDeviceMappings"),
        "Placement": {"Tenancy": resource.get("PlacementTenancy", "default")},
    }
    data["MetadataOptions"] = template_metadata_options(resource.answers, data)
    add_volumes(resource, data, "available")
    add_root_volume(resource, data, "available")
    add_unnamed_template(resource, resource.id, data)


def add_unnamed_template(
    resource: TypedResource, template_id: str, settings: Mapping[str, Resolved]
) -> None:
    """Add the launch template that something else is in all but name.

    Args:
        resource: that launches instances.
        template_id: stands for the ID and for the name.
        settings: of the instances; ``None``: not set.
    """
    resource.item(
        _TEMPLATES,
        LaunchTemplateId=template_id,
        LaunchTemplateName=template_id,
        VersionNumber=1,
        DefaultVersion=True,
        LaunchTemplateData={name: value for name, value in settings.items() if value is not None},
    )


@TYPES.of(
    "AWS::AutoScaling::AutoScalingGroup",
    _INSTANCES,
    _INTERFACES,
    HEALTH,
    ref="AutoScalingGroupName",
    order=4,
)
def _group(resource: TypedResource) -> None:
    """One instance stands for those of each launch template of the group, in all its subnets."""
    subnets = [*flattened(resource.get("VPCZoneIdentifier"))]
    target_groups = [*_target_groups(resource)]
    for number, settings in enumerate(_settings_of_group(resource)):
        launched = evolve(resource, name=name_of_launch(resource, number))
        instance = add_launched(launched, settings, subnets, _launched_tags(resource))
        for target_group in target_groups:
            register_target(launched, target_group, instance)


def name_of_launch(resource: TypedResource, number: int) -> str:
    """The name of what a group or a fleet launches; a hyphen counts the interfaces of each."""
    return f"{resource.name}.{number}" if number else resource.name


def _settings_of_group(resource: TypedResource) -> Iterator[dict[str, Resolved]]:
    """The settings of the instances that a group launches, once for each that differ."""
    nothing = ResolvedObject({}, resource.properties.mark)
    mixed = follow(resource.get("MixedInstancesPolicy"), "LaunchTemplate")
    reference = resource.get("LaunchTemplate")
    configuration = resource.get("LaunchConfigurationName")
    if reference is None and configuration is not None:
        reference = {"LaunchTemplateName": configuration}
    if reference is None:
        reference = follow(mixed, "LaunchTemplateSpecification")
    if reference is None and resource.get("InstanceId") is None:
        # AWS requires one of them, so that this one is where it cannot be seen.
        reference = undetermined(f"launch template of {resource.name}")
    launches: list[tuple[Resolved, Resolved]] = []
    for override in as_list(follow(mixed, "Overrides")) or [nothing]:
        own = follow(override, "LaunchTemplateSpecification")
        launch = (reference if own is None else own, follow(override, "ImageId"))
        if launch not in launches:
            launches.append(launch)
    for launched_from, image in launches:
        is_unknown = isinstance(launched_from, Unknown)
        template = launched_from if is_unknown else template_data(resource.answers, launched_from)
        own_settings = {} if image is None else {"ImageId": image}
        yield {**over_template(template, nothing), **own_settings}


def _target_groups(resource: TypedResource) -> Iterator[Resolved]:
    """The target groups of an Auto Scaling group, which either property names."""
    yield from flattened(resource.get("TargetGroupARNs"))
    for source in as_list(resource.get("TrafficSources")):
        yield follow(source, "Identifier")


def add_launched(
    resource: TypedResource,
    settings: dict[str, Resolved],
    subnets: Iterable[Resolved],
    tags: Resolved,
) -> str:
    """Add an instance that stands for all that are launched; returns its ID.

    Args:
        resource: that launches them.
        settings: those of its launch template, and its own.
        subnets: in which they may be; none: that of the settings, or the default one.
        tags: of the instances.
    """
    subnets = list(subnets) or _subnets_of(settings)
    instance = f"i-{resource.name}"
    interfaces: list[str] = []
    for place, subnet in enumerate(subnets or [None]):
        of_subnet = {**settings, "SubnetId": subnet}
        interfaces += _launched_interface(resource, instance, of_subnet, place, tags)
    only = subnets[0] if len(subnets) == 1 else None
    _add_instance(resource, instance, settings, only, interfaces, tags)
    return instance


def _subnets_of(settings: dict[str, Resolved]) -> list[Resolved]:
    """The subnet of a network interface in a launch template, for a group that names none."""
    entry = next(iter(as_list(settings.get("NetworkInterfaces"))), None)
    subnet = follow(entry, "SubnetId")
    return [] if subnet is None else [subnet]


def _launched_interface(
    resource: TypedResource,
    instance: str,
    settings: dict[str, Resolved],
    place: int,
    tags: Resolved,
) -> list[str]:
    """The interface of an instance in one of the subnets."""
    specified = settings.get("NetworkInterfaces")
    specified = specified if isinstance(specified, list) else exact(specified)
    entries = as_list(specified) if isinstance(specified, list) else []
    entry = next((entry for entry in entries if isinstance(entry, dict)), {})
    groups = dict.get(entry, "Groups")
    named = (settings.get("SecurityGroupIds"), settings.get("SecurityGroups"))
    requested = specified if isinstance(specified, Unknown) else None
    subnet = settings["SubnetId"]
    interface = f"eni-{resource.name}-{place}" if place else f"eni-{resource.name}"
    ids = group_ids(resource.answers, groups, *named)
    add_interface(
        resource,
        interface,
        str(DEFAULT_SUBNET if subnet is None else shown(subnet)),
        InterfaceSettings(
            groups=specified if isinstance(specified, Unknown) else ids,
            public=_is_public(
                resource, subnet, dict.get(entry, "AssociatePublicIpAddress", requested)
            ),
            ipv6=_ipv6_of(entry),
            instance=instance,
            tags=tags,
        ),
    )
    return [interface]


def _launched_tags(resource: TypedResource) -> Resolved:
    """The tags that instances get."""
    tags = resource.get("Tags", [])
    if not isinstance(tags, list):
        return tags
    return [
        {"Key": tag.get("Key"), "Value": tag.get("Value", "")}
        for tag in tags
        if isinstance(tag, dict) and truth_of(tag.get("PropagateAtLaunch")) is True
    ]
