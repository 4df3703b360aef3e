"""NAT gateways: where they are, and the addresses that they send from."""

from __future__ import annotations

from collections.abc import Mapping

from cloudpack_baseline.model import ec2, ec2_gateways
from cloudpack_baseline.reachability.filters import Acl, PrefixLists
from cloudpack_baseline.reachability.ipset import IpSet, parse_address
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Gap, Site, cidr_blocks_of
from cloudpack_baseline.reachability.tables import Table, compile_table

__all__ = ["nat_addresses", "regional_site"]


def regional_site(
    nat: ec2_gateways.NatGateway,
    table: Table | None,
    vpcs: Mapping[str, ec2.Vpc],
    attached: Mapping[str, frozenset[str]],
    gap: Gap,
) -> Site:
    """The place of a regional NAT gateway.

    Args:
        nat: the gateway.
        table: its route table; without a record, that leads to the internet gateway.
        vpcs: by ID.
        attached: the IDs of VPCs by the ID of the gateway that is attached to them.
        gap: why there may be more records of a kind.
    """
    if table is None and nat.vpc_id not in vpcs:
        reason = StopReason.of("vpc-not-recorded", nat.vpc_id, gap(ec2.Vpc, None))
        table = Table(nat.nat_gateway_id, doubt=reason)
    if table is None:
        gateways = sorted(name for name, vpc_ids in attached.items() if nat.vpc_id in vpc_ids)
        routes = [
            ec2.Route(destination_cidr_block="0.0.0.0/0", gateway_id=name)
            for name in gateways
            if name.startswith("igw-")
        ]
        unread = None if routes else gap(ec2_gateways.InternetGateway, nat)
        record = ec2.RouteTable(
            arn="",
            account=nat.account,
            region=nat.region,
            route_table_id=nat.nat_gateway_id,
            vpc_id=nat.vpc_id,
            routes=tuple(routes) if unread is None else unread,
        )
        table = compile_table(record, cidr_blocks_of(vpcs, nat.vpc_id), PrefixLists({}))
    acl = Acl(nat.nat_gateway_id)
    return Site(nat.nat_gateway_id, nat.vpc_id, "", IpSet(), table, acl, is_filtered=False)


def nat_addresses(nat: ec2_gateways.NatGateway) -> tuple[int | StopReason, ...]:
    """The private addresses that it sends from; a reason if they are unknown."""
    private = [address.private_ip for address in nat.addresses if address.private_ip]
    if not private:
        return (StopReason.of("addresses-unknown", nat.nat_gateway_id),)
    return tuple(parse_address(address)[1] for address in private)
