"""Why something is unknown, if a listing has a gap or lacks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network.segments import Membership
from cloudpack_baseline.model.ec2 import NetworkAcl, RouteTable, SecurityGroup, Subnet, Vpc
from cloudpack_baseline.model.ec2_gateways import (
    NatGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    VpcBlockPublicAccessOptions,
    VpcPeeringConnection,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Truth, Unknown, Why
from cloudpack_baseline.reachability import StopReason

__all__ = ["causes_of_stop", "is_in", "missing", "why_undecided"]

_KINDS: Mapping[str, tuple[type[Record], ...]] = MappingProxyType(
    {
        "acl-not-recorded": (NetworkAcl,),
        "block-public-access-unreadable": (VpcBlockPublicAccessOptions,),
        "peer-not-recorded": (Vpc,),
        "peer-groups-unknown": (RouteTable, Subnet),
        "route-table-not-recorded": (RouteTable,),
        "security-group-not-recorded": (SecurityGroup,),
        "subnet-not-recorded": (Subnet,),
        "subnet-of-not-recorded": (Subnet,),
        "vpc-not-recorded": (Vpc,),
    }
)
"""The kinds whose records would decide, by the reason that the engine gives."""

_TARGETS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "nat-": NatGateway,
        "pcx-": VpcPeeringConnection,
        "tgw-": TransitGatewayAttachment,
        "tgw-rtb-": TransitGatewayRouteTable,
    }
)
"""The kinds of targets of routes, by how their IDs begin."""


def missing(gap: Unknown | None, kind: type[Record], detail: str) -> Unknown:
    """The gap of the kind's listing; without one, that the listing does not hold the record."""
    if gap is not None:
        return gap
    operation = kind.api.operations[0] if kind.api else ""
    return Unknown.because(Why.NOT_PROVIDED, operation=operation, detail=detail)


def why_undecided(view: AccountView, reasons: Iterable[StopReason]) -> Unknown:
    """Why the engine could not decide: the calls that failed, else its own words."""
    reasons = tuple(reasons)
    causes = tuple(cause for reason in reasons for cause in _causes(view, reason))
    if causes:
        return Unknown(causes)
    return Unknown.because(Why.UNSUPPORTED, detail="; ".join(map(str, reasons)))


def causes_of_stop(view: AccountView, reason: StopReason) -> tuple[Cause, ...]:
    """The calls that would decide: those that failed, or whose answers lack the record."""
    return reason.causes or _causes(view, reason)


def _kinds_of(reason: StopReason) -> tuple[type[Record], ...]:
    if reason.id != "target-not-recorded":
        return _KINDS.get(reason.id, ())
    starts = [start for start in _TARGETS if reason.subject.startswith(start)]
    return (_TARGETS[max(starts, key=len)],) if starts else ()


def _causes(view: AccountView, reason: StopReason) -> tuple[Cause, ...]:
    kinds = _kinds_of(reason)
    gaps = tuple(gap for kind in kinds if (gap := view.gap(kind)) is not None)
    if reason.causes or gaps:
        return (*reason.causes, *(cause for gap in gaps for cause in gap.causes))
    if kinds and reason.id != "peer-groups-unknown":
        return missing(None, kinds[0], reason.subject or kinds[0].__name__).causes
    return ()


def is_in(membership: Membership, names: Collection[str]) -> Truth:
    """Whether the interface is in one of the named segments."""
    if not set(membership.segments).isdisjoint(names):
        return True
    return False if membership.unknown is None else membership.unknown
