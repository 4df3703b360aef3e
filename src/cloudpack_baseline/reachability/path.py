"""One path of a packet: its hops, the borders that it crosses, and the NATs on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.ipset import Family
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.traffic import ALL_TRAFFIC, TrafficSet

__all__ = [
    "Arrival",
    "Crossing",
    "Path",
    "References",
    "Start",
    "Transit",
    "Translation",
    "stopped_path",
    "unknown_path",
]


Arrival: TypeAlias = Literal[
    "vpc", "internet", "egress-only", "on-premises", "service", "stopped", "unknown"
]
"""Where a path leads: a subnet of a VPC, the internet in one of two ways, a network
behind a VPN or Direct Connect, an AWS service; nowhere; or nobody knows."""


References: TypeAlias = Literal["both", "inbound", "none"]
"""Whether security groups at the ends may refer to each other: in rules of both
directions, in inbound rules only, or not at all."""


@frozen
class Translation:
    """What a NAT gateway or NAT instance makes of the sender of a packet.

    Attributes:
        site: its subnet, where replies return to.
        family: the version of IP behind it; NAT64 changes it.
        address: the source address that everything behind it sees.
        groups: the security groups that this address belongs to.
        carries: the traffic that it translates.
    """

    site: Site
    family: Family
    address: int
    groups: tuple[str, ...] | StopReason = ()
    carries: TrafficSet = ALL_TRAFFIC


@frozen
class Crossing:
    """The border of a subnet that a packet crosses, where its ACL applies.

    Attributes:
        site: the subnet.
        egress: whether the packet leaves; the ACL then sees the destination, otherwise the
            source.
        translation: the last NAT that has translated it; None if none has.
    """

    site: Site
    egress: bool
    translation: Translation | None = None


@frozen
class Path:
    """One path of a packet.

    Attributes:
        arrival: where it leads.
        hops: routes and gateways on it; the last one stops it where it is stopped.
        crossings: the borders on it, in order.
        site: the subnet it arrives in (``vpc``), or that it leaves the VPC from.
        gateway: the last gateway, or attachment of a transit gateway.
        transit: the transit gateway of that attachment; empty without one.
        group_references: whether security groups at its ends may refer to each other.
        reasons: why it is not certain; empty if it is.
        translations: the NATs on it, in order.
    """

    arrival: Arrival
    hops: tuple[Hop, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    site: Site | None = None
    gateway: str = ""
    transit: str = ""
    group_references: References = "both"
    reasons: tuple[StopReason, ...] = ()
    translations: tuple[Translation, ...] = ()

    @property
    def through_nat_gateway(self) -> bool:
        """Whether it leads through a NAT gateway, which only senders behind it may use."""
        return any(hop.kind == "nat-gateway" for hop in self.hops)

    def after(self, hops: Iterable[Hop], crossings: Iterable[Crossing] = ()) -> Path:
        """The same with an earlier part before it."""
        # Many paths are made of few, and to name the attributes takes a third of `evolve`.
        return Path(
            self.arrival,
            (*hops, *self.hops),
            (*crossings, *self.crossings),
            self.site,
            self.gateway,
            self.transit,
            self.group_references,
            self.reasons,
            self.translations,
        )

    def translated(self, translation: Translation) -> Path:
        """The same behind a NAT; what later NATs translate again is theirs."""
        crossings = (
            crossing if crossing.translation else evolve(crossing, translation=translation)
            for crossing in self.crossings
        )
        # A rule may refer to the group of a NAT instance, but no NAT sends by such a rule.
        references: References = "none" if self.group_references == "none" else "inbound"
        return evolve(
            self,
            crossings=tuple(crossings),
            group_references=references,
            translations=(translation, *self.translations),
        )


def stopped_path(hop: Hop) -> tuple[Path, ...]:
    """The only path, which ends at the hop."""
    return (Path("stopped", (hop,)),)


def unknown_path(hop: Hop, reason: StopReason) -> tuple[Path, ...]:
    """The only path, whose continuation after the hop is unknown."""
    return (Path("unknown", (hop,), reasons=(reason,)),)


@frozen
class Start:
    """Where a packet is when it is routed, and where to.

    Attributes:
        site: the subnet that it leaves, or is handed over in.
        family: the version of IP.
        address: its destination.
        inside: False when it came through a transit gateway, which has its interface in
            the subnet: the ACL is then asked only if it goes on to another subnet, and
            only gateways that take foreign packets can be used.
        nats: the NAT gateways that it has passed, so that no packet goes in circles.
    """

    site: Site
    family: Family
    address: int
    inside: bool = True
    nats: tuple[str, ...] = ()

    def leave(self) -> tuple[Crossing, ...]:
        """The border out of the subnet."""
        return (Crossing(self.site, egress=True),) if self.site.is_filtered else ()

    def enter(self, site: Site) -> tuple[Crossing, ...]:
        """The borders from where it is into a subnet of the same VPC."""
        if site is self.site:
            return ()
        return (*self.leave(), *((Crossing(site, egress=False),) if site.is_filtered else ()))


@frozen
class Transit:
    """A packet inside a transit gateway.

    Attributes:
        gateway: the transit gateway.
        attachment: the attachment that it came by.
        family: the version of IP.
        address: its destination.
        zone: the sender's Availability Zone, which the gateway prefers; empty for any.
        nats: the NAT gateways that it has passed.
        passed: the transit gateways that it has passed, over peering.
    """

    gateway: str
    attachment: str
    family: Family
    address: int
    zone: str = ""
    nats: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
