"""EC2's VPCs, subnets, routes, filters, network interfaces and instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from attrs import evolve

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.ec2 import (
    Instance,
    IpPermission,
    ManagedPrefixList,
    MetadataOptions,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupVpcAssociation,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.reading import Misshapen, flag, string
from cloudpack_baseline.model.record import Record, Tags, tags_from
from cloudpack_baseline.model.values import Field, Origin, Unknown
from cloudpack_baseline.sources.calls import (
    Answer,
    Calls,
    Gathered,
    Listing,
    both,
    converted,
)
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS", "all_of", "common", "names_of", "tags"]

T = TypeVar("T")

_VPCS = "ec2:DescribeVpcs"
_SUBNETS = "ec2:DescribeSubnets"
_TABLES = "ec2:DescribeRouteTables"
_ACLS = "ec2:DescribeNetworkAcls"
_GROUPS = "ec2:DescribeSecurityGroups"
_GROUP_VPCS = "ec2:DescribeSecurityGroupVpcAssociations"
_LISTS = "ec2:DescribeManagedPrefixLists"
_ENTRIES = "ec2:GetManagedPrefixListEntries"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_INSTANCES = "ec2:DescribeInstances"


def common(  # noqa: PLR0913 - what every record starts with
    calls: Calls, item: Answer, key: str, kind: str, id_: str, *, owner: str = "OwnerId"
) -> dict[str, Any]:
    """The fields of every record; the ARN names the owner, who may be another account."""
    account = item.get(owner) or calls.account
    return {
        "arn": str(Arn(calls.partition, "ec2", calls.region, account, f"{kind}/{id_}")),
        "account": calls.account,
        "region": calls.region,
        "name": dict(tags(item)).get("Name") or id_,
        "origin": Origin(operation=key),
    }


def tags(item: Answer) -> Tags:
    """The tags of an item; network interfaces call them otherwise."""
    return tags_from(item.get("Tags") or item.get("TagSet"))


def names_of(items: Iterable[Answer] | None, key: str) -> tuple[str, ...]:
    """One text of each item, in their order."""
    return tuple(string(item, key) for item in items or ())


def all_of(key: str, listing: Listing, convert: Callable[[tuple[Answer, ...]], T]) -> T | Unknown:
    """The converted items of a listing; unknown if any of it could not be read."""
    if listing.unknown is not None:
        return listing.unknown
    return converted(key, lambda _: convert(listing.items), {})


def _block_mode(item: Answer) -> str | None:
    states = item.get("BlockPublicAccessStates") or {}
    mode: str | None = states.get("InternetGatewayBlockMode")
    return mode


def _associated(items: Iterable[Answer] | None, block: str, state: str) -> tuple[str, ...]:
    return tuple(
        string(item, block)
        for item in items or ()
        if (item.get(state) or {}).get("State", "associated") in ("associated", "associating")
    )


def _vpcs(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_VPCS, lambda item: _vpc(calls, item))


def _vpc(calls: Calls, item: Answer) -> Vpc:
    id_ = string(item, "VpcId")
    blocks = _associated(item.get("CidrBlockAssociationSet"), "CidrBlock", "CidrBlockState")
    first = (item["CidrBlock"],) if item.get("CidrBlock") else ()
    return Vpc(
        **common(calls, item, _VPCS, "vpc", id_),
        vpc_id=id_,
        owner_id=item.get("OwnerId", ""),
        cidr_blocks=tuple(dict.fromkeys(first + blocks)),
        ipv6_cidr_blocks=_associated(
            item.get("Ipv6CidrBlockAssociationSet"), "Ipv6CidrBlock", "Ipv6CidrBlockState"
        ),
        is_default=flag(item, "IsDefault"),
        instance_tenancy=item.get("InstanceTenancy", "default"),
        internet_gateway_block_mode=_block_mode(item),
        tags=tags(item),
    )


def _subnets(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_SUBNETS, lambda item: _subnet(calls, item))


def _subnet(calls: Calls, item: Answer) -> Subnet:
    id_ = string(item, "SubnetId")
    return Subnet(
        **common(calls, item, _SUBNETS, "subnet", id_),
        subnet_id=id_,
        vpc_id=string(item, "VpcId"),
        owner_id=item.get("OwnerId", ""),
        availability_zone=item.get("AvailabilityZone", ""),
        availability_zone_id=item.get("AvailabilityZoneId", ""),
        cidr_block=item.get("CidrBlock"),
        ipv6_cidr_blocks=_associated(
            item.get("Ipv6CidrBlockAssociationSet"), "Ipv6CidrBlock", "Ipv6CidrBlockState"
        ),
        map_public_ip_on_launch=flag(item, "MapPublicIpOnLaunch"),
        assign_ipv6_address_on_creation=flag(item, "AssignIpv6AddressOnCreation"),
        default_for_az=flag(item, "DefaultForAz"),
        internet_gateway_block_mode=_block_mode(item),
        tags=tags(item),
    )


def _tables(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_TABLES, lambda item: _table(calls, item))


def _table(calls: Calls, item: Answer) -> RouteTable:
    id_ = string(item, "RouteTableId")
    return RouteTable(
        **common(calls, item, _TABLES, "route-table", id_),
        route_table_id=id_,
        vpc_id=string(item, "VpcId"),
        owner_id=item.get("OwnerId", ""),
        associations=converted(
            _TABLES, lambda held: tuple(map(_association, held["Associations"])), item
        ),
        routes=converted(_TABLES, lambda held: tuple(map(_route, held["Routes"])), item),
        propagating_vgws=names_of(item.get("PropagatingVgws"), "GatewayId"),
        tags=tags(item),
    )


def _association(item: Answer) -> RouteTableAssociation:
    return RouteTableAssociation(
        main=flag(item, "Main"),
        subnet_id=item.get("SubnetId"),
        gateway_id=item.get("GatewayId"),
        state=(item.get("AssociationState") or {}).get("State", "associated"),
    )


def _route(item: Answer) -> Route:
    destination = {
        "destination_cidr_block": item.get("DestinationCidrBlock"),
        "destination_ipv6_cidr_block": item.get("DestinationIpv6CidrBlock"),
        "destination_prefix_list_id": item.get("DestinationPrefixListId"),
    }
    if not any(destination.values()):
        raise Misshapen("a route without destination")
    others = ("CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn", "IpAddress")
    return Route(
        **destination,
        gateway_id=item.get("GatewayId"),
        nat_gateway_id=item.get("NatGatewayId"),
        transit_gateway_id=item.get("TransitGatewayId"),
        vpc_peering_connection_id=item.get("VpcPeeringConnectionId"),
        egress_only_internet_gateway_id=item.get("EgressOnlyInternetGatewayId"),
        network_interface_id=item.get("NetworkInterfaceId"),
        instance_id=item.get("InstanceId"),
        other_target=next((item[name] for name in others if item.get(name)), None),
        origin=item.get("Origin", "CreateRoute"),
        state=item.get("State", "active"),
    )


def _acls(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_ACLS, lambda item: _acl(calls, item))


def _acl(calls: Calls, item: Answer) -> NetworkAcl:
    id_ = string(item, "NetworkAclId")
    return NetworkAcl(
        **common(calls, item, _ACLS, "network-acl", id_),
        network_acl_id=id_,
        vpc_id=string(item, "VpcId"),
        owner_id=item.get("OwnerId", ""),
        is_default=flag(item, "IsDefault"),
        subnet_ids=names_of(item.get("Associations"), "SubnetId"),
        entries=converted(_ACLS, lambda held: tuple(map(_entry, held["Entries"])), item),
        tags=tags(item),
    )


def _entry(item: Answer) -> NetworkAclEntry:
    ports = item.get("PortRange") or {}
    icmp = item.get("IcmpTypeCode") or {}
    return NetworkAclEntry(
        rule_number=int(item["RuleNumber"]),
        egress=flag(item, "Egress"),
        protocol=str(item["Protocol"]),
        rule_action=string(item, "RuleAction"),
        cidr_block=item.get("CidrBlock"),
        ipv6_cidr_block=item.get("Ipv6CidrBlock"),
        from_port=ports.get("From"),
        to_port=ports.get("To"),
        icmp_type=icmp.get("Type"),
        icmp_code=icmp.get("Code"),
    )


def _groups(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_GROUPS, lambda item: _group(calls, item))


def _group(calls: Calls, item: Answer) -> SecurityGroup:
    id_ = string(item, "GroupId")
    held = common(calls, item, _GROUPS, "security-group", id_)
    return SecurityGroup(
        **held | {"name": item.get("GroupName") or id_},
        group_id=id_,
        group_name=item.get("GroupName", ""),
        vpc_id=item.get("VpcId", ""),
        owner_id=item.get("OwnerId", ""),
        description=item.get("Description", ""),
        ip_permissions=_permissions(item, "IpPermissions"),
        ip_permissions_egress=_permissions(item, "IpPermissionsEgress"),
        tags=tags(item),
    )


def _permissions(item: Answer, key: str) -> Field[tuple[IpPermission, ...]]:
    return converted(_GROUPS, lambda held: tuple(map(_permission, held[key])), item)


def _permission(item: Answer) -> IpPermission:
    return IpPermission(
        ip_protocol=string(item, "IpProtocol"),
        from_port=item.get("FromPort"),
        to_port=item.get("ToPort"),
        ip_ranges=names_of(item.get("IpRanges"), "CidrIp"),
        ipv6_ranges=names_of(item.get("Ipv6Ranges"), "CidrIpv6"),
        prefix_list_ids=names_of(item.get("PrefixListIds"), "PrefixListId"),
        user_id_group_pairs=tuple(map(_pair, item.get("UserIdGroupPairs") or ())),
    )


def _pair(item: Answer) -> UserIdGroupPair:
    return UserIdGroupPair(
        group_id=string(item, "GroupId"),
        user_id=item.get("UserId"),
        vpc_id=item.get("VpcId"),
        vpc_peering_connection_id=item.get("VpcPeeringConnectionId"),
        peering_status=item.get("PeeringStatus"),
    )


def _group_vpcs(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_GROUP_VPCS, lambda item: _group_vpc(calls, item))


def _group_vpc(calls: Calls, item: Answer) -> SecurityGroupVpcAssociation:
    group, vpc = string(item, "GroupId"), string(item, "VpcId")
    id_ = f"{group}/vpc/{vpc}"
    return SecurityGroupVpcAssociation(
        **common(calls, item, _GROUP_VPCS, "security-group", id_, owner="GroupOwnerId"),
        group_id=group,
        vpc_id=vpc,
        state=item.get("State", "associated"),
    )


def _lists(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    found = calls.records(_LISTS, lambda item: _list(calls, item))
    return evolve(found, records=tuple(calls.map(lambda one: _filled(calls, one), found.records)))


def _list(calls: Calls, item: Answer) -> ManagedPrefixList:
    id_ = string(item, "PrefixListId")
    held = common(calls, item, _LISTS, "prefix-list", id_)
    return ManagedPrefixList(
        **held
        | {
            "arn": item.get("PrefixListArn") or held["arn"],
            "name": item.get("PrefixListName", id_),
        },
        prefix_list_id=id_,
        prefix_list_name=item.get("PrefixListName", ""),
        owner_id=item.get("OwnerId", ""),
        address_family=item.get("AddressFamily", "IPv4"),
        tags=tags(item),
    )


def _filled(calls: Calls, record: Record) -> Record:
    """The list with its entries."""
    if not isinstance(record, ManagedPrefixList):  # pragma: no cover - only lists are given
        return record
    listing = calls.listing(_ENTRIES, PrefixListId=record.prefix_list_id)
    return evolve(record, entries=all_of(_ENTRIES, listing, lambda items: names_of(items, "Cidr")))


def _interfaces(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_INTERFACES, lambda item: _interface(calls, item))


def _interface(calls: Calls, item: Answer) -> NetworkInterface:
    id_ = string(item, "NetworkInterfaceId")
    attachment = item.get("Attachment") or {}
    return NetworkInterface(
        **common(calls, item, _INTERFACES, "network-interface", id_),
        network_interface_id=id_,
        vpc_id=string(item, "VpcId"),
        subnet_id=string(item, "SubnetId"),
        owner_id=item.get("OwnerId", ""),
        availability_zone=item.get("AvailabilityZone", ""),
        interface_type=item.get("InterfaceType", "interface"),
        description=item.get("Description", ""),
        requester_id=item.get("RequesterId", ""),
        requester_managed=flag(item, "RequesterManaged"),
        status=item.get("Status", ""),
        source_dest_check=item.get("SourceDestCheck", True),
        groups=converted(_INTERFACES, lambda held: names_of(held["Groups"], "GroupId"), item),
        private_ip_addresses=converted(_INTERFACES, _private_addresses, item),
        ipv6_addresses=converted(
            _INTERFACES, lambda held: tuple(map(_six, held.get("Ipv6Addresses") or ())), item
        ),
        ipv4_prefixes=names_of(item.get("Ipv4Prefixes"), "Ipv4Prefix"),
        ipv6_prefixes=names_of(item.get("Ipv6Prefixes"), "Ipv6Prefix"),
        attachment_id=attachment.get("AttachmentId"),
        instance_id=attachment.get("InstanceId"),
        instance_owner_id=attachment.get("InstanceOwnerId"),
        tags=tags(item),
    )


def _private_addresses(item: Answer) -> tuple[NetworkInterfacePrivateIpAddress, ...]:
    listed = item.get("PrivateIpAddresses") or ()
    if not listed and item.get("PrivateIpAddress"):
        listed = [{"PrivateIpAddress": item["PrivateIpAddress"], "Primary": True}]
    # The interface's own association is the primary address's; moto tells it there only.
    own = {"Association": item["Association"]} if item.get("Association") else {}
    return tuple(_private_address((own if one.get("Primary") else {}) | one) for one in listed)


def _private_address(item: Answer) -> NetworkInterfacePrivateIpAddress:
    association = item.get("Association") or {}
    return NetworkInterfacePrivateIpAddress(
        private_ip_address=string(item, "PrivateIpAddress"),
        primary=flag(item, "Primary"),
        public_ip=association.get("PublicIp"),
        allocation_id=association.get("AllocationId"),
        ip_owner_id=association.get("IpOwnerId"),
    )


def _six(item: Answer) -> NetworkInterfaceIpv6Address:
    return NetworkInterfaceIpv6Address(
        ipv6_address=string(item, "Ipv6Address"), is_primary_ipv6=flag(item, "IsPrimaryIpv6")
    )


def _instances(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    listing = calls.listing(_INSTANCES)
    records: list[Record] = []
    unknown = listing.unknown
    for reservation in listing.items:
        items = converted(_INSTANCES, _reserved, reservation)
        for item in () if isinstance(items, Unknown) else items:
            made = converted(_INSTANCES, lambda held: _instance(calls, held), item)
            if isinstance(made, Unknown):
                unknown = both(unknown, made)
            else:
                records.append(made)
        unknown = both(unknown, items if isinstance(items, Unknown) else None)
    return Gathered(tuple(records), unknown)


def _reserved(reservation: Answer) -> list[Answer]:
    """The instances, each with the owner, whom only the reservation names."""
    owner = {"OwnerId": reservation.get("OwnerId")}
    return [owner | item for item in reservation.get("Instances") or ()]


def _instance(calls: Calls, item: Answer) -> Instance:
    id_ = string(item, "InstanceId")
    return Instance(
        **common(calls, item, _INSTANCES, "instance", id_),
        instance_id=id_,
        instance_type=item.get("InstanceType", ""),
        image_id=item.get("ImageId", ""),
        state=string(item["State"], "Name"),
        platform=item.get("Platform"),
        key_name=item.get("KeyName"),
        vpc_id=item.get("VpcId"),
        subnet_id=item.get("SubnetId"),
        tenancy=(item.get("Placement") or {}).get("Tenancy", "default"),
        iam_instance_profile=(item.get("IamInstanceProfile") or {}).get("Arn"),
        network_interface_ids=names_of(item.get("NetworkInterfaces"), "NetworkInterfaceId"),
        security_groups=names_of(item.get("SecurityGroups"), "GroupId"),
        metadata_options=_metadata(item.get("MetadataOptions")),
        tags=tags(item),
    )


def _metadata(item: Answer | None) -> MetadataOptions | None:
    if not item:
        return None
    return MetadataOptions(
        http_tokens=item.get("HttpTokens", "optional"),
        http_endpoint=item.get("HttpEndpoint", "enabled"),
        http_put_response_hop_limit=int(item.get("HttpPutResponseHopLimit", 1)),
        state=item.get("State", "applied"),
    )


GATHERERS = (
    Gatherer(kind=Vpc, run=_vpcs, operations=(_VPCS,)),
    Gatherer(kind=Subnet, run=_subnets, operations=(_SUBNETS,)),
    Gatherer(kind=RouteTable, run=_tables, operations=(_TABLES,)),
    Gatherer(kind=NetworkAcl, run=_acls, operations=(_ACLS,)),
    Gatherer(kind=SecurityGroup, run=_groups, operations=(_GROUPS,)),
    Gatherer(kind=SecurityGroupVpcAssociation, run=_group_vpcs, operations=(_GROUP_VPCS,)),
    Gatherer(kind=ManagedPrefixList, run=_lists, operations=(_LISTS, _ENTRIES)),
    Gatherer(kind=NetworkInterface, run=_interfaces, operations=(_INTERFACES,)),
    Gatherer(kind=Instance, run=_instances, operations=(_INSTANCES,)),
)
