"""Network interfaces that the resources of a template will have.

What AWS creates with a resource is described as EC2 would describe it, so that packets are followed
to it and from it. An address that the template does not name is chosen within the subnet.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import DEFAULT_SUBNET, DEFAULT_VPC
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.addresses import nth_from_the_end, public_address
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined, why_of

__all__ = [
    "INTERFACES",
    "InterfaceSettings",
    "add_interface",
    "add_interfaces",
    "find_group",
    "flattened",
    "group_id_of",
    "group_ids",
    "vpc_of",
]

INTERFACES = "ec2:DescribeNetworkInterfaces"
_SUBNETS = "ec2:DescribeSubnets"
_GROUPS = "ec2:DescribeSecurityGroups"
_VPCS = "ec2:DescribeVpcs"


@frozen(kw_only=True)
class InterfaceSettings:
    """What an interface is like.

    Attributes:
        type: InterfaceType.
        description: Description, by which databases and load balancers are recognized.
        requester: RequesterId.
        groups: IDs of its security groups; unknown, or ``None``: the default group of the VPC.
        public: whether it gets a public IPv4 address, or that address.
        requested: whether it requests that address itself, which its subnet then does not decide.
        address: its private IPv4 address; ``None``: AWS chooses one.
        secondary: its further private IPv4 addresses.
        ipv6: its IPv6 addresses; a number if AWS chooses so many; ``None``: the subnet decides.
        instance: the ID of the instance that it is attached to.
        source_dest_check: off for appliances that forward.
        attached: whether something answers at it.
        tags: TagSet.
    """

    type: str = "interface"
    description: str = ""
    requester: str = ""
    groups: Resolved = None
    public: bool | str | Unknown = False
    requested: bool | Unknown = False
    address: Resolved = None
    secondary: tuple[Resolved, ...] = ()
    ipv6: Resolved = None
    instance: str = ""
    source_dest_check: Resolved = True
    attached: bool = True
    tags: Resolved = None


def add_interfaces(
    resource: TypedResource, subnets: Resolved, settings: InterfaceSettings, name: str = ""
) -> tuple[str, ...]:
    """Add an interface in each of the subnets.

    Args:
        resource: what they belong to.
        subnets: IDs of subnets, or why they are not known; ``None``: the default one.
        settings: of each.
        name: of the resource; by default its own.

    Returns:
        Their IDs.
    """
    name = name or resource.name
    ids = [shown(subnet) for subnet in flattened(subnets)] or [DEFAULT_SUBNET]
    names = [f"eni-{name}"] if len(ids) == 1 else [f"eni-{name}-{subnet}" for subnet in ids]
    for interface, subnet in zip(names, ids, strict=True):
        add_interface(resource, interface, subnet, settings)
    return tuple(names)


def add_interface(
    resource: TypedResource, interface: str, subnet: str, settings: InterfaceSettings
) -> None:
    """Add the interface of that ID in the subnet.

    A default may leave the subnet empty, since the stack that nests the template names it.
    """
    subnet = subnet or "<no subnet>"
    groups = settings.groups
    vpc = vpc_of(resource.answers, subnet, groups)
    if groups is None and settings.type == "interface":
        groups = [f"sg-default-of-{vpc}"]
    attachment = {"InstanceId": settings.instance} if settings.instance else None
    resource.item(
        INTERFACES,
        NetworkInterfaceId=interface,
        VpcId=vpc,
        SubnetId=subnet,
        OwnerId=resource.account,
        InterfaceType=settings.type,
        Description=settings.description,
        RequesterId=settings.requester,
        Status="in-use" if settings.attached else "available",
        SourceDestCheck=settings.source_dest_check,
        Groups=groups
        if isinstance(groups, Unknown)
        else [{"GroupId": group} for group in groups or ()],
        PrivateIpAddresses=_ipv4(resource.answers, subnet, interface, settings),
        Ipv6Addresses=_ipv6(resource.answers, subnet, settings),
        Attachment=attachment,
        Association=_association(requested=settings.requested),
        TagSet=resource.tags() if settings.tags is None else settings.tags,
    )


def _association(*, requested: bool | Unknown) -> Resolved:
    if isinstance(requested, Unknown):
        return {"IpOwnerId": requested}
    return {"IpOwnerId": "amazon"} if requested else None


def _ipv4(
    answers: StackAnswers, subnet: str, interface: str, settings: InterfaceSettings
) -> list[dict[str, Resolved]] | Unknown:
    address = settings.address
    if address is None:
        address = _chosen(answers, subnet, "CidrBlock")
    if address is None:
        return []
    unknown = why_of([address, settings.public, *settings.secondary])
    if unknown is not None:
        return unknown
    public = settings.public
    primary: dict[str, Resolved] = {"PrivateIpAddress": str(address), "Primary": True}
    if public:
        ip = public if isinstance(public, str) else public_address(interface)
        primary["Association"] = {"PublicIp": ip}
    further = [{"PrivateIpAddress": str(secondary)} for secondary in settings.secondary]
    return [primary, *further]


def _ipv6(
    answers: StackAnswers, subnet: str, settings: InterfaceSettings
) -> list[dict[str, Resolved]] | Unknown:
    count = settings.ipv6
    if count is None:
        item = answers.find(_SUBNETS, "SubnetId", subnet)
        count = truth_of(None if item is None else item.raw("AssignIpv6AddressOnCreation"))
    unknown = why_of(count)
    if unknown is not None:
        return unknown
    if isinstance(count, list):
        return [{"Ipv6Address": str(address)} for address in count]
    if count is False or str(count) == "0":
        return []
    address = _chosen(answers, subnet, "Ipv6CidrBlock")
    return address if isinstance(address, Unknown) else [{"Ipv6Address": str(address)}]


def _chosen(answers: StackAnswers, subnet: str, key: str) -> str | Unknown | None:
    """An address in a block of the subnet; ``None``: it has no such block."""
    item = answers.find(_SUBNETS, "SubnetId", subnet)
    block = None if item is None else item.raw(key)
    if item is not None and key == "Ipv6CidrBlock":
        associated = item.raw("Ipv6CidrBlockAssociationSet") or ()
        block = next((entry.raw(key) for entry in associated), None)
    if isinstance(block, Unknown):
        return block
    if item is not None and block is None and key == "CidrBlock":
        return None
    place = answers.chosen_addresses.get((subnet, key), 0)
    answers.chosen_addresses[subnet, key] = place + 1
    try:
        address = None if block is None else nth_from_the_end(str(block), place)
    except ValueError:
        address = None
    return undetermined(f"an address of {subnet}") if address is None else address


def vpc_of(answers: StackAnswers, subnet: str, groups: Resolved = None) -> str:
    """The VPC of the subnet, if it is described here; else that of one of the groups."""
    item = answers.find(_SUBNETS, "SubnetId", subnet)
    known = [] if item is None else [item.raw("VpcId")]
    for group in groups if isinstance(groups, list) else ():
        described = answers.find(_GROUPS, "GroupId", str(group))
        known += [] if described is None else [described.raw("VpcId")]
    if subnet == DEFAULT_SUBNET:
        known.append(DEFAULT_VPC)
    return str(next(iter(known), f"<VPC of {subnet}>"))


def flattened(value: Resolved) -> Iterator[Resolved]:
    """The items of a list of which some may be lists themselves, as of a parameter."""
    for item in as_list(value):
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


def group_ids(answers: StackAnswers, *values: Resolved) -> Resolved:
    """The IDs of security groups, by ID or by name; ``None``: none is named.

    A group that is not known is one that is not described, so that it may admit anything.
    """
    ids = [group_id_of(answers, shown(group)) for value in values for group in flattened(value)]
    return list(dict.fromkeys(ids)) or None


def group_id_of(answers: StackAnswers, group: object) -> str:
    """The ID of the security group of that ID or name."""
    item = find_group(answers, str(group))
    return str(group if item is None else item.raw("GroupId"))


def find_group(answers: StackAnswers, group: str) -> Resolved:
    """The security group of that ID or name; ``None``: it is not described here."""
    by_id = answers.find(_GROUPS, "GroupId", group)
    return answers.find(_GROUPS, "GroupName", group) if by_id is None else by_id
