"""What the reachability engine needs from an account."""

from __future__ import annotations

from functools import cache, reduce
from operator import or_

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model import ec2, ec2_gateways, elbv2, globalaccelerator
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Network
from cloudpack_baseline.reachability.sites import Gap

__all__ = ["NETWORK_READS", "gaps_of", "network_of"]

NETWORK_READS: tuple[Read, ...] = (
    *map(
        reads,
        (
            ec2.Instance,
            ec2.ManagedPrefixList,
            ec2.NetworkAcl,
            ec2.NetworkInterface,
            ec2.RouteTable,
            ec2.SecurityGroup,
            ec2.SecurityGroupVpcAssociation,
            ec2.Subnet,
            ec2.Vpc,
            ec2_gateways.EgressOnlyInternetGateway,
            ec2_gateways.InternetGateway,
            ec2_gateways.NatGateway,
            ec2_gateways.TransitGateway,
            ec2_gateways.TransitGatewayAttachment,
            ec2_gateways.TransitGatewayRouteTable,
            ec2_gateways.VpcBlockPublicAccessOptions,
            ec2_gateways.VpcEndpoint,
            ec2_gateways.VpcPeeringConnection,
            ec2_gateways.VpnConnection,
            ec2_gateways.VpnGateway,
        ),
    ),
    reads(globalaccelerator.Accelerator, "listeners"),
    reads(globalaccelerator.CrossAccountAttachment),
    reads(globalaccelerator.CustomRoutingAccelerator),
    reads(elbv2.LoadBalancer, "cross_zone", "listeners"),
    reads(elbv2.TargetGroup, "cross_zone", "preserve_client_ip", "targets"),
)
"""Every kind of record that a route, a filter or an interface may need."""


def network_of(view: AccountView, stand_ins: tuple[ec2.NetworkInterface, ...] = ()) -> Network:
    """The network of everything that was gathered: paths may lead through other accounts.

    Args:
        view: the account.
        stand_ins: interfaces that are not among the records.
    """
    snapshot = view.snapshot if view.first is None else view.first
    if snapshot is not view.snapshot and not _is_same(snapshot, view.snapshot):
        snapshot = view.snapshot
    networks = snapshot.derived(_networks)
    if stand_ins not in networks:
        records = (*snapshot.records, *stand_ins)
        networks[stand_ins] = Network.from_records(records, gaps_of(snapshot))
    return networks[stand_ins]


def _networks(_snapshot: Snapshot) -> dict[tuple[ec2.NetworkInterface, ...], Network]:
    """The networks of a snapshot so far, by the interfaces that were added to its records."""
    return {}


def _is_same(first: Snapshot, snapshot: Snapshot) -> bool:
    """Whether the networks of two scenarios are the same."""
    kinds = [read.name for read in NETWORK_READS]
    return (
        first.coverage == snapshot.coverage
        and first.accounts == snapshot.accounts
        and all(
            first.named(kind, account.id) == snapshot.named(kind, account.id)
            for kind in kinds
            for account in snapshot.accounts
        )
    )


def gaps_of(snapshot: Snapshot) -> Gap:
    """Why there may be more records of a kind: the causes of what is not in the records."""
    listings: dict[str, list[Coverage]] = {}
    for coverage in snapshot.coverage:
        listings.setdefault(coverage.kind, []).append(coverage)
    gathered = {coverage.account for coverage in snapshot.coverage}

    @cache
    def unread(kind: str, account: str, region: str) -> Unknown | None:
        matching = [
            coverage
            for coverage in listings.get(kind, ())
            if not account or (coverage.account == account and coverage.region in (region, "", "*"))
        ]
        causes = [coverage.unknown for coverage in matching if coverage.unknown is not None]
        if not matching and (not account or account in gathered):
            causes = [Unknown.because(Why.NOT_GATHERED, detail=f"{kind} {region}".strip())]
        return reduce(or_, causes) if causes else None

    def gap(kind: type[Record], near: Record | None) -> Unknown | None:
        account, region = (near.account, near.region) if near else ("", "")
        return unread(kind.__name__, account, region)

    return gap
