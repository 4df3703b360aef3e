"""Records of a small VPC for tests, each with the ids that its name gives."""

from __future__ import annotations

from cloudpack_baseline.model.ec2 import (
    Instance,
    IpPermission,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import GatewayAttachment, InternetGateway
from support import ACCOUNT, REGION

ANYWHERE = "0.0.0.0/0"
TO_GATEWAY = Route(destination_cidr_block=ANYWHERE, gateway_id="igw-1")
TO_GATEWAY_6 = Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1")
LOCAL = Route(destination_cidr_block="10.0.0.0/16", gateway_id="local")


def arn(kind, name, service="ec2"):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}/{name}"


def made(cls, kind, id_field, name, defaults, changes):  # noqa: PLR0917 - one line a record
    held = {"arn": arn(kind, name), "account": ACCOUNT, "region": REGION, "name": name}
    return cls(**(held | {id_field: name} | defaults | changes))


def vpc(name="vpc-1", **changes):
    defaults = {"cidr_blocks": ("10.0.0.0/16",), "internet_gateway_block_mode": "off"}
    return made(Vpc, "vpc", "vpc_id", name, defaults, changes)


def subnet(name="subnet-a", block="10.0.1.0/24", **changes):
    defaults = {"vpc_id": "vpc-1", "cidr_block": block}
    return made(Subnet, "subnet", "subnet_id", name, defaults, changes)


def table(name="rtb-1", routes=(), subnets=(), *, main=False, **changes):
    associations = tuple(RouteTableAssociation(subnet_id=one) for one in subnets)
    if main:
        associations = (RouteTableAssociation(main=True), *associations)
    defaults = {"vpc_id": "vpc-1", "routes": (LOCAL, *routes), "associations": associations}
    return made(RouteTable, "route-table", "route_table_id", name, defaults, changes)


def gateway(name="igw-1", vpc_id="vpc-1"):
    defaults = {"attachments": (GatewayAttachment(vpc_id=vpc_id),)}
    return made(InternetGateway, "internet-gateway", "internet_gateway_id", name, defaults, {})


def interface(name="eni-1", address="10.0.1.10", *, public=None, ipv6=(), **changes):
    held = NetworkInterfacePrivateIpAddress(
        private_ip_address=address, primary=True, public_ip=public
    )
    defaults = {
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-a",
        "groups": ("sg-1",),
        "private_ip_addresses": (held,),
        "ipv6_addresses": tuple(NetworkInterfaceIpv6Address(ipv6_address=one) for one in ipv6),
    }
    return made(
        NetworkInterface, "network-interface", "network_interface_id", name, defaults, changes
    )


def instance(name="i-1", **changes):
    defaults = {"vpc_id": "vpc-1", "subnet_id": "subnet-a"}
    return made(Instance, "instance", "instance_id", name, defaults, changes)


def group(name="sg-1", inbound=(), outbound=(), **changes):
    defaults = {
        "vpc_id": "vpc-1",
        "group_name": name,
        "ip_permissions": tuple(inbound),
        "ip_permissions_egress": tuple(outbound),
    }
    return made(SecurityGroup, "security-group", "group_id", name, defaults, changes)


def tcp(low, *peers, high=None):
    return permission("tcp", low, low if high is None else high, *peers)


def permission(protocol, low, high, *peers):
    """Peers are told apart by their form: blocks, ``pl-...`` and ``sg-...``."""
    return IpPermission(
        ip_protocol=protocol,
        from_port=low,
        to_port=high,
        ip_ranges=tuple(one for one in peers if "." in one),
        ipv6_ranges=tuple(one for one in peers if ":" in one),
        prefix_list_ids=tuple(one for one in peers if one.startswith("pl-")),
        user_id_group_pairs=tuple(
            UserIdGroupPair(group_id=one) for one in peers if one.startswith("sg-")
        ),
    )


EVERYTHING = permission("-1", None, None, ANYWHERE, "::/0")


def entry(number, block, *, allow=True, egress=False, protocol="-1", ports=None):
    low, high = ports or (None, None)
    return NetworkAclEntry(
        rule_number=number,
        egress=egress,
        protocol=protocol,
        rule_action="allow" if allow else "deny",
        cidr_block=block if "." in block else None,
        ipv6_cidr_block=block if ":" in block else None,
        from_port=low,
        to_port=high,
    )


ALLOW_ALL = tuple(
    entry(100, block, egress=egress) for block in (ANYWHERE, "::/0") for egress in (False, True)
)


def acl(name="acl-1", entries=ALLOW_ALL, subnets=(), **changes):
    defaults = {"vpc_id": "vpc-1", "entries": tuple(entries), "subnet_ids": tuple(subnets)}
    return made(NetworkAcl, "network-acl", "network_acl_id", name, defaults, changes)


def place(*groups, routes=(TO_GATEWAY, TO_GATEWAY_6)):
    """A VPC with one subnet that leads to the Internet, and the groups."""
    block = subnet(ipv6_cidr_blocks=("2001:db8:1::/64",))
    home = vpc(ipv6_cidr_blocks=("2001:db8:1::/56",))
    return (home, block, gateway(), table(routes=routes, main=True), acl(is_default=True), *groups)
