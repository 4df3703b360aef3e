"""Subnets, each with the route table and the network ACL that apply to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.filters import Acl, compile_acl
from cloudpack_baseline.reachability.ipset import IpSet
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.tables import Table

__all__ = [
    "Gap",
    "Site",
    "Steering",
    "acl_index",
    "cidr_blocks_of",
    "no_gap",
    "site_of",
    "vpc_span",
]


Gap: TypeAlias = Callable[[type[Record], Record | None], Unknown | None]
"""Why there may be more records of a kind, in the account and region of a record or, without
one, anywhere; ``None``: there are no more."""


_ANYWHERE = IpSet.parse(
    ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "2000::/3")
)
"""Where a subnet of unknown blocks may lie (Amazon VPC User Guide, "VPC CIDR blocks")."""


def no_gap(_kind: type[Record], _near: Record | None) -> Unknown | None:
    """The gap of records that are complete."""
    return None


@frozen(eq=False)
class Site:
    """A subnet with its route table and its network ACL.

    Attributes:
        subnet_id: ``subnet-...``.
        vpc_id: its VPC.
        zone: its Availability Zone, by ID if the records contain it.
        blocks: its addresses, as far as they are known.
        table: its route table.
        acl: its network ACL.
        is_filtered: False for a regional NAT gateway, which is in no subnet.
        span: where interfaces of unknown addresses may be.
    """

    subnet_id: str
    vpc_id: str
    zone: str
    blocks: IpSet
    table: Table
    acl: Acl
    is_filtered: bool = True
    span: IpSet = _ANYWHERE


def cidr_blocks_of(vpcs: Mapping[str, ec2.Vpc], vpc_id: str) -> tuple[str, ...]:
    """The blocks of both families of a VPC, as far as they were read."""
    if vpc_id not in vpcs:
        return ()
    families = vpcs[vpc_id].cidr_blocks, vpcs[vpc_id].ipv6_cidr_blocks
    return tuple(
        block for blocks in families if not isinstance(blocks, Unknown) for block in blocks
    )


@frozen
class Steering:
    """Which table steers what; `blind` holds VPCs whose associations are not known."""

    subnets: Mapping[str, Table]
    mains: Mapping[str, Table]
    gateways: Mapping[str, Table]
    blind: Mapping[str, StopReason]

    @classmethod
    def of(cls, records: Iterable[ec2.RouteTable], tables: Mapping[str, Table]) -> Steering:
        """The steering by the associations of the route tables."""
        subnets, mains, gateways, blind = {}, {}, {}, {}
        for record in records:
            table = tables[record.route_table_id]
            if isinstance(record.associations, Unknown):
                reason = StopReason.of(
                    "route-table-unreadable", record.route_table_id, record.associations
                )
                blind[record.vpc_id] = reason
                continue
            for association in record.associations:
                if association.state not in ("associated", "associating"):
                    continue
                if association.subnet_id:
                    subnets[association.subnet_id] = table
                elif association.gateway_id:
                    gateways[association.gateway_id] = table
                elif association.main:
                    mains[record.vpc_id] = table
        return cls(subnets, mains, gateways, blind)

    def table(self, subnet: ec2.Subnet, gap: Gap) -> Table:
        """The table of the subnet: its own, else its VPC's main one."""
        if subnet.subnet_id in self.subnets:
            return self.subnets[subnet.subnet_id]
        if subnet.vpc_id in self.blind:
            return Table(subnet.subnet_id, doubt=self.blind[subnet.vpc_id])
        # A table that was not listed may be the subnet's own.
        unread = gap(ec2.RouteTable, subnet)
        if subnet.vpc_id in self.mains and unread is None:
            return self.mains[subnet.vpc_id]
        reason = StopReason.of("route-table-not-recorded", subnet.subnet_id, unread)
        return Table(subnet.subnet_id, doubt=reason)


def acl_index(records: Iterable[ec2.NetworkAcl]) -> dict[str, Acl]:
    """By subnet ID, and by VPC ID for the default ACL."""
    acls: dict[str, Acl] = {}
    for record in records:
        acl = compile_acl(record)
        if record.is_default is True:
            acls[record.vpc_id] = acl
        if not isinstance(record.subnet_ids, Unknown):
            acls.update(dict.fromkeys(record.subnet_ids, acl))
    for record in records:
        unread = record.subnet_ids
        if isinstance(unread, Unknown):
            # It may be the ACL of any subnet of its VPC.
            reason = StopReason.of("acl-unreadable", record.network_acl_id, unread)
            acls[record.vpc_id] = Acl(record.network_acl_id, doubt=reason)
    return acls


def vpc_span(vpcs: Mapping[str, ec2.Vpc], vpc_id: str) -> IpSet:
    """Where the addresses of a VPC may be."""
    vpc = vpcs.get(vpc_id)
    families = (vpc.cidr_blocks, vpc.ipv6_cidr_blocks) if vpc else ()
    is_known = bool(families) and not any(isinstance(blocks, Unknown) for blocks in families)
    return IpSet.parse(cidr_blocks_of(vpcs, vpc_id)) if is_known else _ANYWHERE


def _span(subnet: ec2.Subnet, blocks: IpSet, of_vpc: IpSet) -> IpSet:
    """The blocks of the subnet; of the VPC, for a family whose block is unknown."""
    v4 = of_vpc.v4 if isinstance(subnet.cidr_block, Unknown) else blocks.v4
    v6 = of_vpc.v6 if isinstance(subnet.ipv6_cidr_blocks, Unknown) else blocks.v6
    return IpSet(v4, v6)


def site_of(
    subnet: ec2.Subnet, steering: Steering, acls: Mapping[str, Acl], gap: Gap, of_vpc: IpSet
) -> Site:
    """The subnet with the table and the ACL that apply to it."""
    # An ACL that was not listed may be the subnet's, in place of the default one.
    unread = gap(ec2.NetworkAcl, subnet)
    acl = acls.get(subnet.subnet_id) or (acls.get(subnet.vpc_id) if unread is None else None)
    if acl is None:
        doubt = StopReason.of("acl-not-recorded", subnet.subnet_id, unread)
        acl = Acl(subnet.subnet_id, doubt=doubt)
    blocks = [subnet.cidr_block] if isinstance(subnet.cidr_block, str) else []
    if not isinstance(subnet.ipv6_cidr_blocks, Unknown):
        blocks += subnet.ipv6_cidr_blocks
    addresses = IpSet.parse(blocks)
    return Site(
        subnet.subnet_id,
        subnet.vpc_id,
        subnet.availability_zone_id or subnet.availability_zone,
        addresses,
        steering.table(subnet, gap),
        acl,
        span=_span(subnet, addresses, of_vpc),
    )
