"""Records of EC2: instances, VPCs, security groups, network ACLs, routes.

Names are those of the EC2 API in snake case. Lists that AWS sends without order keep the order of
the answer. Blocks and addresses are strings as AWS writes them. A field is typed ``Field`` if it
needs a separate call, or if a template may not determine it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.addresses import CidrBlock, IpAddress, cidr_block
from cloudpack_baseline.model.described import Answer, Listed, derived, described
from cloudpack_baseline.model.reading import Misshapen, member, string, structured
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why

__all__ = [
    "DEFAULT_SUBNET",
    "DEFAULT_VPC",
    "OTHER_ROUTES",
    "OTHER_RULES",
    "Instance",
    "IpPermission",
    "ManagedPrefixList",
    "MetadataOptions",
    "NetworkAcl",
    "NetworkAclEntry",
    "NetworkInterface",
    "NetworkInterfaceIpv6Address",
    "NetworkInterfacePrivateIpAddress",
    "Route",
    "RouteTable",
    "RouteTableAssociation",
    "SecurityGroup",
    "SecurityGroupVpcAssociation",
    "Subnet",
    "UserIdGroupPair",
    "Vpc",
]

DEFAULT_SUBNET = "<default subnet>"
"""The ID of the subnet of what a template places nowhere; it is one of the default VPC."""

DEFAULT_VPC = "<default VPC>"
"""The ID of the VPC of what a template places nowhere; it is known in the account only."""

OTHER_RULES = "<other rules>"
"""The prefix list of the rules of a group that a template only adds rules to."""

OTHER_ROUTES = "<other routes>"
"""The prefix list and the gateway of the routes of a table that a template only adds routes to."""


def _associated(items: Iterable[Answer], block: str, state: str) -> tuple[str, ...]:
    return tuple(
        cidr_block(string(item, block))
        for item in items
        if (member(item, f"{state}.State") or "associated") in ("associated", "associating")
    )


def _ipv4_blocks(vpc: Answer) -> tuple[str, ...]:
    items = member(vpc, "CidrBlockAssociationSet") or ()
    blocks = _associated(items, "CidrBlock", "CidrBlockState")
    first = (cidr_block(string(vpc, "CidrBlock")),) if vpc.get("CidrBlock") else ()
    return tuple(dict.fromkeys(first + blocks))


def _ipv6_blocks(items: Iterable[Answer]) -> tuple[str, ...]:
    return _associated(items, "Ipv6CidrBlock", "Ipv6CidrBlockState")


@frozen(kw_only=True)
class Vpc(Record):
    """A VPC (DescribeVpcs).

    Attributes:
        vpc_id: ``vpc-...``.
        owner_id: the account that owns it.
        cidr_blocks: its associated IPv4 blocks, starting with the primary block.
        ipv6_cidr_blocks: its associated IPv6 blocks.
        is_default: whether it is the Region's default VPC.
        internet_gateway_block_mode: BlockPublicAccessStates, the effective VPC Block Public Access;
            None if the answer does not contain it.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeVpcs",
        arn="arn:{partition}:ec2:{region}:{account}:vpc/{VpcId}",
        id="VpcId",
        owner="OwnerId",
    )

    vpc_id: str
    owner_id: str = ""
    cidr_blocks: Field[tuple[CidrBlock, ...]] = described("", convert=_ipv4_blocks, default=())
    ipv6_cidr_blocks: Field[tuple[CidrBlock, ...]] = described(
        "Ipv6CidrBlockAssociationSet", convert=_ipv6_blocks, default=()
    )
    is_default: Field[bool] = False
    internet_gateway_block_mode: Field[str | None] = described(
        "BlockPublicAccessStates.InternetGatewayBlockMode", default=None
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class Subnet(Record):
    """A subnet (DescribeSubnets).

    Attributes:
        subnet_id: ``subnet-...``.
        vpc_id: its VPC.
        owner_id: the account that owns it.
        availability_zone: the zone's name, which differs between accounts.
        availability_zone_id: the zone's ID, the same in every account.
        cidr_block: its IPv4 block; None if it is IPv6-only.
        ipv6_cidr_blocks: its associated IPv6 blocks.
        map_public_ip_on_launch: whether new interfaces get a public IPv4 address.
        assign_ipv6_address_on_creation: whether new interfaces get an IPv6 address.
        internet_gateway_block_mode: as in `Vpc`.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeSubnets",
        arn="arn:{partition}:ec2:{region}:{account}:subnet/{SubnetId}",
        id="SubnetId",
        owner="OwnerId",
    )

    subnet_id: str
    vpc_id: str
    owner_id: str = ""
    availability_zone: str = ""
    availability_zone_id: str = ""
    cidr_block: Field[CidrBlock | None] = None
    ipv6_cidr_blocks: Field[tuple[CidrBlock, ...]] = described(
        "Ipv6CidrBlockAssociationSet", convert=_ipv6_blocks, default=()
    )
    map_public_ip_on_launch: Field[bool] = False
    assign_ipv6_address_on_creation: Field[bool] = False
    internet_gateway_block_mode: Field[str | None] = described(
        "BlockPublicAccessStates.InternetGatewayBlockMode", default=None
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class Route:
    """One route of a route table. Exactly one destination and one target are given.

    Attributes:
        destination_cidr_block: IPv4 destination.
        destination_ipv6_cidr_block: IPv6 destination.
        destination_prefix_list_id: ``pl-...``; expands to the list's entries.
        gateway_id: ``local``, ``igw-...``, ``vgw-...`` or ``vpce-...``.
        nat_gateway_id: ``nat-...``.
        transit_gateway_id: ``tgw-...``.
        vpc_peering_connection_id: ``pcx-...``.
        egress_only_internet_gateway_id: ``eigw-...``.
        network_interface_id: ``eni-...``, an appliance.
        instance_id: ``i-...``, the appliance's instance.
        other_target: the ID of any other kind of target (carrier or local gateway,
            core network, ...).
        origin: ``CreateRouteTable``, ``CreateRoute``, ``EnableVgwRoutePropagation`` or
            ``Advertisement``.
        state: ``active``, ``blackhole`` or ``filtered``.
        written_at: where a template or plan contains it.
    """

    destination_cidr_block: CidrBlock | None = None
    destination_ipv6_cidr_block: CidrBlock | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    other_target: str | None = described(
        "CarrierGatewayId || LocalGatewayId || CoreNetworkArn || OdbNetworkArn || IpAddress",
        default=None,
    )
    origin: str = "CreateRoute"
    state: str = "active"
    written_at: Origin | None = None


def _routes(items: Iterable[Answer]) -> tuple[Route, ...]:
    routes = tuple(structured(Route, item) for item in items)
    for route in routes:
        if not (
            route.destination_cidr_block
            or route.destination_ipv6_cidr_block
            or route.destination_prefix_list_id
        ):
            raise Misshapen("a route without destination")
    return routes


@frozen(kw_only=True)
class RouteTableAssociation:
    """What a route table applies to: a subnet, a gateway, or (main) the rest of the VPC."""

    main: bool = False
    subnet_id: str | None = None
    gateway_id: str | None = None
    state: str = described("AssociationState.State", default="associated")


@frozen(kw_only=True)
class RouteTable(Record):
    """A route table (DescribeRouteTables).

    Attributes:
        route_table_id: ``rtb-...``.
        vpc_id: its VPC.
        owner_id: the account that owns it.
        associations: the subnets and gateways that it applies to.
        routes: its routes, propagated ones included.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeRouteTables",
        arn="arn:{partition}:ec2:{region}:{account}:route-table/{RouteTableId}",
        id="RouteTableId",
        owner="OwnerId",
    )

    route_table_id: str
    vpc_id: str
    owner_id: str = ""
    associations: Field[tuple[RouteTableAssociation, ...]] = described(
        "Associations", required=True, default=()
    )
    routes: Field[tuple[Route, ...]] = described(
        "Routes", convert=_routes, required=True, default=()
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class NetworkAclEntry:
    """One numbered rule of a network ACL.

    Attributes:
        rule_number: rules are tried in ascending order, 32767 is the implicit deny.
        egress: whether it is for traffic that leaves the subnet.
        protocol: a protocol number as text, ``-1`` for all.
        rule_action: ``allow`` or ``deny``.
        cidr_block: the IPv4 peer.
        ipv6_cidr_block: the IPv6 peer.
        from_port: the first destination port (TCP, UDP); None for every port.
        to_port: the last destination port.
        icmp_type: ICMP type, -1 for all; None where not given.
        icmp_code: ICMP code, -1 for all.
        written_at: where a template or plan contains it.
    """

    rule_number: int
    egress: bool
    protocol: str
    rule_action: str
    cidr_block: CidrBlock | None = None
    ipv6_cidr_block: CidrBlock | None = None
    from_port: int | None = described("PortRange.From", default=None)
    to_port: int | None = described("PortRange.To", default=None)
    icmp_type: int | None = described("IcmpTypeCode.Type", default=None)
    icmp_code: int | None = described("IcmpTypeCode.Code", default=None)
    written_at: Origin | None = None


@frozen(kw_only=True)
class NetworkAcl(Record):
    """A network ACL (DescribeNetworkAcls).

    Attributes:
        network_acl_id: ``acl-...``.
        vpc_id: its VPC.
        owner_id: the account that owns it.
        is_default: whether subnets without an association use it.
        subnet_ids: the associated subnets.
        entries: its rules of both directions.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeNetworkAcls",
        arn="arn:{partition}:ec2:{region}:{account}:network-acl/{NetworkAclId}",
        id="NetworkAclId",
        owner="OwnerId",
    )

    network_acl_id: str
    vpc_id: str
    owner_id: str = ""
    is_default: Field[bool] = False
    subnet_ids: Field[tuple[str, ...]] = described("Associations[].SubnetId", default=())
    entries: Field[tuple[NetworkAclEntry, ...]] = described("Entries", required=True, default=())
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class UserIdGroupPair:
    """A security group that a rule refers to, perhaps across a peering connection.

    Attributes:
        group_id: ``sg-...``.
        user_id: the account of the group.
        vpc_id: the VPC of the group, where it is another one.
        vpc_peering_connection_id: the peering connection, where there is one.
        peering_status: its status; a deleted one makes the reference stale.
    """

    group_id: str
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None


@frozen(kw_only=True)
class IpPermission:
    """One rule of a security group: a protocol with ports, and the peers.

    Attributes:
        ip_protocol: ``tcp``, ``udp``, ``icmp``, ``icmpv6``, a number, or ``-1`` for all.
        from_port: first port, or ICMP type; -1 or None for all.
        to_port: last port, or ICMP code; -1 or None for all.
        ip_ranges: IPv4 blocks.
        ipv6_ranges: IPv6 blocks.
        prefix_list_ids: managed prefix lists.
        user_id_group_pairs: security groups.
        written_at: where a template or plan contains it.
    """

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[CidrBlock, ...] = described("IpRanges[].CidrIp", default=())
    ipv6_ranges: tuple[CidrBlock, ...] = described("Ipv6Ranges[].CidrIpv6", default=())
    prefix_list_ids: tuple[str, ...] = described("PrefixListIds[].PrefixListId", default=())
    user_id_group_pairs: tuple[UserIdGroupPair, ...] = ()
    written_at: Origin | None = None


@frozen(kw_only=True)
class SecurityGroup(Record):
    """A security group (DescribeSecurityGroups).

    Attributes:
        group_id: ``sg-...``.
        group_name: its name; ``default`` is the default group of the VPC.
        vpc_id: its VPC.
        owner_id: the account that owns it.
        description: its description.
        ip_permissions: the inbound rules.
        ip_permissions_egress: the outbound rules.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeSecurityGroups",
        arn="arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}",
        id="GroupId",
        owner="OwnerId",
        name="GroupName",
    )

    group_id: str
    group_name: str = ""
    vpc_id: str = ""
    owner_id: str = ""
    description: str = ""
    ip_permissions: Field[tuple[IpPermission, ...]] = described(
        "IpPermissions", required=True, default=()
    )
    ip_permissions_egress: Field[tuple[IpPermission, ...]] = described(
        "IpPermissionsEgress", required=True, default=()
    )
    tags: Field[Tags] = ()

    @property
    def display_name(self) -> str:
        """The tag ``Name``, else the group name."""
        return self.group_name if self.name == self.group_id and self.group_name else self.name


@frozen(kw_only=True)
class SecurityGroupVpcAssociation(Record):
    """Another VPC in which a security group can be used.

    Attributes:
        group_id: ``sg-...``.
        vpc_id: the other VPC.
        state: ``associated`` if it is in effect.
    """

    api = Listed(
        "ec2:DescribeSecurityGroupVpcAssociations",
        arn="arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}/vpc/{VpcId}",
        name="GroupId",
        owner="GroupOwnerId",
    )

    group_id: str
    vpc_id: str
    state: str = "associated"


@frozen(kw_only=True)
class ManagedPrefixList(Record):
    """A prefix list (DescribeManagedPrefixLists, GetManagedPrefixListEntries).

    Attributes:
        prefix_list_id: ``pl-...``.
        prefix_list_name: its name; ``com.amazonaws...`` for AWS services.
        owner_id: the account that owns it; ``AWS`` for those of AWS.
        entries: its blocks.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeManagedPrefixLists",
        arn="arn:{partition}:ec2:{region}:{account}:prefix-list/{PrefixListId}",
        id="PrefixListId",
        owner="OwnerId",
        name="PrefixListName",
    )

    prefix_list_id: str
    prefix_list_name: str = ""
    owner_id: str = ""
    entries: Field[tuple[CidrBlock, ...]] = described(
        "Entries[].Cidr", operation="ec2:GetManagedPrefixListEntries", always_read=True, default=()
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class NetworkInterfacePrivateIpAddress:
    """A private IPv4 address and the public one that belongs to it.

    Attributes:
        private_ip_address: the private address.
        primary: whether it is the interface's first.
        public_ip: the public or Elastic IP address; None without one.
    """

    private_ip_address: IpAddress
    primary: bool = False
    public_ip: IpAddress | None = described("Association.PublicIp", default=None)


@frozen(kw_only=True)
class NetworkInterfaceIpv6Address:
    """An IPv6 address of a network interface."""

    ipv6_address: IpAddress


def _private_addresses(interface: Answer) -> tuple[NetworkInterfacePrivateIpAddress, ...]:
    items = member(interface, "PrivateIpAddresses") or ()
    if not items and interface.get("PrivateIpAddress"):
        items = [{"PrivateIpAddress": interface["PrivateIpAddress"], "Primary": True}]
    # The interface's own association is the primary address's; moto answers it there only.
    association = member(interface, "Association")
    of_primary = {"Association": association} if association else {}
    return tuple(
        structured(
            NetworkInterfacePrivateIpAddress,
            (of_primary if item.get("Primary") else {}) | item,
        )
        for item in items
    )


@frozen(kw_only=True)
class NetworkInterface(Record):
    """A network interface (DescribeNetworkInterfaces): the unit of reachability.

    Attributes:
        network_interface_id: ``eni-...``.
        vpc_id: its VPC.
        subnet_id: its subnet.
        owner_id: the account that owns it.
        availability_zone: its zone.
        interface_type: ``interface``, ``lambda``, ``network_load_balancer``,
            ``vpc_endpoint``, ``natGateway``, ``transit_gateway``, ...
        description: its description, which names load balancers, endpoints and databases.
        requester_id: the service that created it (``amazon-elb``, ``amazon-rds``, ...).
        status: ``in-use``, ``available``, ...
        source_dest_check: off for appliances that forward.
        groups: its security groups.
        private_ip_addresses: its IPv4 addresses.
        ipv6_addresses: its IPv6 addresses.
        ipv4_prefixes: delegated IPv4 blocks.
        ipv6_prefixes: delegated IPv6 blocks.
        attachment_id: ``eni-attach-...``; None if it is attached to nothing.
        instance_id: the instance that it is attached to.
        public_ip_owner: whose its public IPv4 address is: ``amazon`` for one that EC2 assigned
            when it was created, or an account for an Elastic IP address; ``None``: it has none.
        belongs_to: ARN of the resource it was derived from, where no interface was
            described (a database under moto).
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeNetworkInterfaces",
        arn="arn:{partition}:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
        id="NetworkInterfaceId",
        owner="OwnerId",
    )

    network_interface_id: str
    vpc_id: str
    subnet_id: str
    owner_id: str = ""
    availability_zone: str = ""
    interface_type: str = "interface"
    description: str = ""
    requester_id: str = ""
    status: str = "in-use"
    source_dest_check: Field[bool] = described(
        "SourceDestCheck",
        omitted=Unknown.because(Why.NOT_PROVIDED, operation="ec2:DescribeNetworkInterfaces"),
        default=True,
    )
    groups: Field[tuple[str, ...]] = described("Groups[].GroupId", required=True, default=())
    private_ip_addresses: Field[tuple[NetworkInterfacePrivateIpAddress, ...]] = described(
        "", convert=_private_addresses, default=()
    )
    ipv6_addresses: Field[tuple[NetworkInterfaceIpv6Address, ...]] = ()
    ipv4_prefixes: Field[tuple[CidrBlock, ...]] = described("Ipv4Prefixes[].Ipv4Prefix", default=())
    ipv6_prefixes: Field[tuple[CidrBlock, ...]] = described("Ipv6Prefixes[].Ipv6Prefix", default=())
    attachment_id: str | None = described("Attachment.AttachmentId", default=None)
    instance_id: str | None = described("Attachment.InstanceId", default=None)
    public_ip_owner: Field[str | None] = described("Association.IpOwnerId", default=None)
    belongs_to: str | None = derived(None)
    tags: Field[Tags] = described("TagSet", default=())

    @property
    def part_of(self) -> str:
        """Its instance, or what it belongs to."""
        return self.instance_id or (self.belongs_to or "").rpartition(":")[2]


@frozen(kw_only=True)
class MetadataOptions:
    """How an instance serves its metadata.

    Attributes:
        http_tokens: ``required`` or ``optional``.
        http_endpoint: ``enabled`` or ``disabled``.
        state: ``applied`` or ``pending``.
    """

    http_tokens: str = "optional"
    http_endpoint: str = "enabled"
    state: str = "applied"


_NOT_RECORDED = Unknown.because(Why.NOT_GATHERED, operation="ec2:DescribeInstances")
"""A field in a snapshot from before there was the field."""


@frozen(kw_only=True)
class Instance(Record):
    """An instance (DescribeInstances).

    Attributes:
        instance_id: ``i-...``.
        state: ``running``, ``stopped``, ``terminated``, ...
        vpc_id: its VPC; None outside a VPC.
        subnet_id: its subnet.
        tenancy: ``default``, ``dedicated`` or ``host``.
        network_interface_ids: its network interfaces.
        security_groups: the groups of its first interface.
        source_dest_check: off for one that forwards.
        metadata_options: how it serves metadata; None where AWS does not say.
        key_name: KeyName: the key pair that it was launched with; None: none.
        platform: ``windows``; None: another operating system.
        launched_at: LaunchTime.
        root_device: RootDeviceName, such as ``/dev/xvda``.
        instance_profile: the ARN of IamInstanceProfile; None: none.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeInstances",
        arn="arn:{partition}:ec2:{region}:{account}:instance/{InstanceId}",
        id="InstanceId",
        owner="OwnerId",
    )

    instance_id: str
    state: str = described("State.Name", required=True, default="running")
    vpc_id: Field[str | None] = None
    subnet_id: Field[str | None] = None
    tenancy: Field[str] = described("Placement.Tenancy", default="default")
    network_interface_ids: Field[tuple[str, ...]] = described(
        "NetworkInterfaces[].NetworkInterfaceId", default=()
    )
    security_groups: Field[tuple[str, ...]] = described("SecurityGroups[].GroupId", default=())
    source_dest_check: Field[bool] = described(
        "SourceDestCheck",
        omitted=Unknown.because(Why.NOT_PROVIDED, operation="ec2:DescribeInstances"),
        default=_NOT_RECORDED,
    )
    metadata_options: Field[MetadataOptions | None] = None
    key_name: Field[str | None] = described("KeyName", omitted=None, default=_NOT_RECORDED)
    platform: Field[str | None] = described("Platform", omitted=None, default=_NOT_RECORDED)
    launched_at: Field[datetime | None] = described("LaunchTime", default=None)
    root_device: Field[str | None] = described("RootDeviceName", default=None)
    instance_profile: Field[str | None] = described(
        "IamInstanceProfile.Arn", omitted=None, default=_NOT_RECORDED
    )
    tags: Field[Tags] = ()
