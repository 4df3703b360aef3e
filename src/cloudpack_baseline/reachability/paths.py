"""Where a packet goes: from a subnet to an address, by the routes on the way.

A `Path` is one direction only; a connection needs one each way. Where the records
leave open which way it is, there are several paths, and one counts as passable only
if all are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from cloudpack_baseline.model.ec2_gateways import (
    TransitGatewayAttachment,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.ipset import INTERNET, Family, IpSet, address_text
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.tables import Entry, Table
from cloudpack_baseline.reachability.topology import Site, Topology
from cloudpack_baseline.texts import Text, text

__all__ = [
    "Arrival",
    "Crossing",
    "Path",
    "References",
    "from_gateway",
    "from_transit",
    "paths",
]

Arrival: TypeAlias = Literal[
    "vpc", "internet", "nat", "egress-only", "on-premises", "service", "stopped", "unknown"
]
"""Where a path leads: a subnet of a VPC, the Internet in one of three ways, a network
behind a VPN or Direct Connect, an AWS service; nowhere; or nobody knows."""

References: TypeAlias = Literal["both", "inbound", "none"]
"""Whether security groups at the ends may refer to each other: in rules of both
directions, in inbound rules only, or not at all."""

_ON_PREMISES = frozenset(
    {"vpn", "vpn-concentrator", "direct-connect-gateway", "connect", "client-vpn"}
)


@frozen
class Crossing:
    """A subnet's border that a packet crosses: its ACL is asked.

    Attributes:
        site: the subnet.
        egress: whether the packet leaves; then the ACL sees the destination, else the
            source.
    """

    site: Site
    egress: bool


@frozen
class Path:
    """One path of a packet.

    Attributes:
        arrival: where it leads.
        hops: routes and gateways on the way; the last one stops it where it is stopped.
        crossings: the borders on the way, in order.
        site: the subnet it arrives in (``vpc``), or that of the NAT gateway (``nat``).
        gateway: the last gateway.
        group_references: whether security groups at its ends may refer to each other.
        reasons: why it is not certain; empty if it is.
    """

    arrival: Arrival
    hops: tuple[Hop, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    site: Site | None = None
    gateway: str = ""
    group_references: References = "both"
    reasons: tuple[StopReason, ...] = ()

    def after(self, hops: Iterable[Hop], crossings: Iterable[Crossing] = ()) -> Path:
        """The same with an earlier part before it."""
        return evolve(self, hops=(*hops, *self.hops), crossings=(*crossings, *self.crossings))


def _stopped(hop: Hop) -> tuple[Path, ...]:
    return (Path("stopped", (hop,)),)


def _unknown(hop: Hop, reason: StopReason) -> tuple[Path, ...]:
    return (Path("unknown", (hop,), reasons=(reason,)),)


def paths(net: Topology, site: Site, family: Family, address: int) -> tuple[Path, ...]:
    """Every way that a packet from the subnet to the address may take; at least one."""
    if address in site.blocks.family(family):
        return (Path("vpc", site=site),)
    return _walk(net, site.table, family, address, _Start(site))


@frozen
class _Start:
    """Where a packet is when it is routed.

    Attributes:
        site: the subnet that it leaves, or is handed over in.
        inside: False when it came through a transit gateway, which has its interface in
            the subnet: the ACL is then asked only if it goes on to another subnet, and
            only gateways that take foreign packets can be used.
        translated: True when it comes from a NAT gateway, which leads to an Internet
            gateway only.
    """

    site: Site
    inside: bool = True
    translated: bool = False

    def leave(self) -> tuple[Crossing, ...]:
        return (Crossing(self.site, egress=True),)


def _walk(
    net: Topology, table: Table, family: Family, address: int, start: _Start
) -> tuple[Path, ...]:
    if table.doubt:
        return _unknown(Hop("route-table", table.table_id), table.doubt)
    entry = table.find(family, address)
    certain = tuple(
        path
        for candidate in (entry, *(entry.rivals if entry else ()))
        for path in _follow(net, table, candidate, family, address, start)
    )
    if not table.vague:
        return certain
    guesses = [
        evolve(path, reasons=(*path.reasons, reason))
        for vague, reason in table.vague
        if not (vague.kind == "vpce" and address not in INTERNET.family(family))
        for path in _follow(net, table, vague, family, address, start)
    ]
    return (*certain, *guesses)


def _follow(  # noqa: PLR0913, PLR0917 - a packet's state
    net: Topology,
    table: Table,
    entry: Entry | None,
    family: Family,
    address: int,
    start: _Start,
) -> tuple[Path, ...]:
    if entry is None:
        return _stopped(Hop("route-table", table.table_id, text("reachability.no-route")))
    hop = Hop("route-table", table.table_id, entry.text)
    if not entry.active or (start.translated and entry.kind in _NOT_FROM_NAT):
        return _stopped(hop)
    step = _STEPS.get(entry.kind, _other)
    return tuple(path.after((hop,)) for path in step(net, start, entry, family, address))


_NOT_FROM_NAT = frozenset({"nat", "tgw", "pcx", "vgw"})


def _described(entry: Entry | None) -> str | Text:
    return entry.text if entry else text("reachability.no-route")


def _into(net: Topology, vpc_id: str, start: _Start, family: Family, address: int) -> Path:
    """Delivery inside a VPC."""
    target = net.site_at(vpc_id, family, address)
    if target is None:
        # Nothing but the end of a connection is asked for here, so its subnet must be.
        reason = StopReason.of("subnet-of-not-recorded", address_text(family, address))
        return Path("unknown", (Hop("vpc", vpc_id),), reasons=(reason,))
    if target is start.site:
        return Path("vpc", site=target)
    return Path("vpc", (), (*start.leave(), Crossing(target, egress=False)), target)


def _local(
    net: Topology, start: _Start, _entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    return (_into(net, start.site.vpc_id, start, family, address),)


def _not_usable(net: Topology, start: _Start, hop: Hop) -> tuple[Path, ...]:
    """What stops a packet at a gateway of a VPC: it serves that VPC's own addresses only."""
    if not net.attaches(hop.id, start.site.vpc_id):
        return _stopped(
            evolve(hop, detail=text("reachability.not-attached", vpc=start.site.vpc_id))
        )
    if not start.inside:
        return _stopped(evolve(hop, detail=_FOREIGN))
    return ()


_FOREIGN = text("reachability.foreign")


def _internet_gateway(
    net: Topology, start: _Start, entry: Entry, _family: Family, _address: int
) -> tuple[Path, ...]:
    hop = Hop("internet-gateway", entry.target)
    if stop := _not_usable(net, start, hop):
        return stop
    return (Path("internet", (hop,), start.leave(), start.site, entry.target),)


def _egress_only(
    net: Topology, start: _Start, entry: Entry, _family: Family, _address: int
) -> tuple[Path, ...]:
    hop = Hop("egress-only-internet-gateway", entry.target)
    if stop := _not_usable(net, start, hop):
        return stop
    return (Path("egress-only", (hop,), start.leave(), start.site, entry.target),)


def _nat(
    net: Topology, start: _Start, entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    hop = Hop("nat-gateway", entry.target)
    nat = net.nats.get(entry.target)
    if nat is None:
        return _unknown(hop, StopReason.of("target-not-recorded", entry.target))
    if nat.state != "available":
        return _stopped(evolve(hop, detail=text("reachability.state", state=nat.state)))
    if nat.connectivity_type != "public" or nat.availability_mode != "zonal" or family != 4:  # noqa: PLR2004 - version of IP
        return _unknown(hop, StopReason.of("nat-not-followed", entry.target))
    nat_site = net.sites.get(nat.subnet_id or "")
    if nat_site is None:
        return _unknown(hop, StopReason.of("subnet-not-recorded", nat.subnet_id or entry.target))
    enter = () if nat_site is start.site else (*start.leave(), Crossing(nat_site, egress=False))
    if nat_site.vpc_id != start.site.vpc_id:
        return _stopped(evolve(hop, detail=text("reachability.not-of-vpc", vpc=start.site.vpc_id)))
    return tuple(
        _translated(path, nat_site, entry.target).after((hop,), enter)
        for path in _walk(net, nat_site.table, family, address, _Start(nat_site, translated=True))
    )


_NO_ROUTE_OUT = text("reachability.no-route-to-gateway")


def _translated(path: Path, nat_site: Site, nat_id: str) -> Path:
    """What the NAT gateway makes of the way out of its own subnet."""
    if path.arrival == "internet":
        return evolve(path, arrival="nat", site=nat_site, gateway=nat_id)
    if path.arrival == "unknown":
        return path
    if path.arrival == "vpc":
        reason = StopReason.of("nat-inside", nat_id)
        return evolve(path, arrival="unknown", reasons=(reason,))
    stop = Hop("nat-gateway", nat_id, _NO_ROUTE_OUT)
    return evolve(path, arrival="stopped", hops=(*path.hops, stop))


def _appliance(
    net: Topology, start: _Start, entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    """An interface, instance or firewall that forwards, or the destination itself."""
    for endpoint in net.ends_of(entry.target):
        if endpoint.family == family and endpoint.low <= address <= endpoint.high:
            return (_into(net, endpoint.site.vpc_id, start, family, address),)
    hop = Hop("appliance", entry.target)
    reason = StopReason.of("appliance", entry.target)
    appliance_site = net.site_of_target(entry.target)
    enter = (
        (*start.leave(), Crossing(appliance_site, egress=False))
        if appliance_site and appliance_site is not start.site
        else ()
    )
    final = net.site_at(start.site.vpc_id, family, address)
    if appliance_site is None or final is None:
        # It may send the packet anywhere, so only the way to it is known.
        return (Path("unknown", (hop,), enter, None, entry.target, "none", (reason,)),)
    leave = (
        ()
        if appliance_site is final
        else (Crossing(appliance_site, egress=True), Crossing(final, egress=False))
    )
    path = Path("vpc", (hop,), (*enter, *leave), final, entry.target, "none", (reason,))
    return (path,)


def _endpoint(
    net: Topology, start: _Start, entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    """A gateway endpoint leads to its service; any other kind is a firewall."""
    endpoint = net.endpoints.get(entry.target)
    if endpoint is None and not entry.destination.startswith("pl-"):
        return _appliance(net, start, entry, family, address)
    if endpoint is not None and endpoint.vpc_endpoint_type != "Gateway":
        return _appliance(net, start, entry, family, address)
    hop = Hop("gateway-endpoint", entry.target)
    if not start.inside:
        return _stopped(evolve(hop, detail=_FOREIGN))
    return (Path("service", (hop,), start.leave(), start.site, entry.target),)


def _vpn_gateway(
    net: Topology, start: _Start, entry: Entry, _family: Family, _address: int
) -> tuple[Path, ...]:
    hop = Hop("vpn-gateway", entry.target)
    if stop := _not_usable(net, start, hop):
        return stop
    return (Path("on-premises", (hop,), start.leave(), start.site, entry.target),)


def _peering(  # noqa: PLR0911 - a return a rule
    net: Topology, start: _Start, entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    hop = Hop("peering", entry.target)
    record = net.peerings.get(entry.target)
    if record is None:
        return _unknown(hop, StopReason.of("target-not-recorded", entry.target))
    if record.status != "active":
        return _stopped(evolve(hop, detail=text("reachability.state", state=record.status)))
    if not start.inside:
        return _stopped(evolve(hop, detail=_FOREIGN))
    sides = {record.requester.vpc_id: record.accepter, record.accepter.vpc_id: record.requester}
    far_side = sides.get(start.site.vpc_id)
    if far_side is None:
        return _stopped(evolve(hop, detail=text("reachability.not-of-vpc", vpc=start.site.vpc_id)))
    far_blocks = _blocks_of(net, far_side, family)
    if far_blocks is not None and address not in far_blocks.family(family):
        return _stopped(
            evolve(hop, detail=text("reachability.address-not-in-vpc", vpc=far_side.vpc_id))
        )
    if far_side.vpc_id not in net.vpcs:
        return (Path("unknown", (hop,), start.leave(), reasons=(_peer(far_side.vpc_id),)),)
    references: References = "both" if _same_region(net, record) else "none"
    path = _into(net, far_side.vpc_id, start, family, address)
    return (
        evolve(path, hops=(hop, *path.hops), group_references=references, gateway=entry.target),
    )


def _blocks_of(net: Topology, side: VpcPeeringConnectionVpcInfo, family: Family) -> IpSet | None:
    """The blocks of one side; None where neither its VPC nor the connection tells them."""
    vpc = net.vpcs.get(side.vpc_id)
    if vpc is None:
        return IpSet.parse((*side.cidr_blocks, *side.ipv6_cidr_blocks)) or None
    blocks = vpc.cidr_blocks if family == 4 else vpc.ipv6_cidr_blocks  # noqa: PLR2004 - version of IP
    return None if isinstance(blocks, Unknown) else IpSet.parse(blocks)


def _peer(vpc_id: str) -> StopReason:
    return StopReason.of("peer-not-recorded", vpc_id)


def _same_region(net: Topology, record: VpcPeeringConnection) -> bool:
    regions = [
        side.region or (net.vpcs[side.vpc_id].region if side.vpc_id in net.vpcs else "")
        for side in (record.requester, record.accepter)
    ]
    return regions[0] == regions[1]


def _transit(
    net: Topology, start: _Start, entry: Entry, family: Family, address: int
) -> tuple[Path, ...]:
    hop = Hop("transit-gateway", entry.target)
    if not start.inside:
        # A packet that came from the gateway and is sent back to it goes round in a ring.
        return _stopped(evolve(hop, detail=text("reachability.came-from-there")))
    gateway_attachments = [
        attachment
        for attachment in net.attachments.values()
        if attachment.transit_gateway_id == entry.target
    ]
    attachments = [
        attachment
        for attachment in gateway_attachments
        if attachment.resource_type == "vpc" and attachment.resource_id == start.site.vpc_id
    ]
    live = [attachment for attachment in attachments if attachment.state in _LIVE]
    if not attachments:
        if gateway_attachments:
            return _stopped(
                evolve(hop, detail=text("reachability.vpc-not-attached", vpc=start.site.vpc_id))
            )
        return _unknown(hop, StopReason.of("target-not-recorded", entry.target))
    return tuple(
        path.after((hop,))
        for attachment in live or attachments[:1]
        for path in _through_attachment(net, start, attachment, family, address)
    )


def _through_attachment(
    net: Topology,
    start: _Start,
    attachment: TransitGatewayAttachment,
    family: Family,
    address: int,
) -> tuple[Path, ...]:
    name = attachment.transit_gateway_attachment_id
    hop = Hop("transit-gateway-attachment", name)
    if attachment.state not in _LIVE:
        return _stopped(evolve(hop, detail=text("reachability.state", state=attachment.state)))
    if stop := _no_ipv6(attachment, hop, family):
        return stop
    if isinstance(attachment.subnet_ids, Unknown):
        reason = StopReason.of("transit-unreadable", name, attachment.subnet_ids)
        return _unknown(hop, reason)
    doors = _in_zone(net, attachment.subnet_ids, start.site.zone)
    if not doors:
        unseen = [subnet_id for subnet_id in attachment.subnet_ids if subnet_id not in net.sites]
        if unseen:
            return _unknown(hop, StopReason.of("subnet-not-recorded", unseen[0]))
        return _stopped(
            evolve(hop, detail=text("reachability.no-subnet-in-zone", zone=start.site.zone))
        )
    door = doors[0]
    enter = (*start.leave(), Crossing(door, egress=False))
    return tuple(
        path.after((hop,), enter)
        for path in from_transit(net, name, family, address, start.site.zone)
    )


_LIVE = ("available", "modifying")


def _no_ipv6(attachment: TransitGatewayAttachment, hop: Hop, family: Family) -> tuple[Path, ...]:
    """What stops a packet of IPv6 at an attachment that does not, or may not, carry it."""
    support = attachment.ipv6_support
    if family == 4 or support == "enable":  # noqa: PLR2004 - version of IP
        return ()
    if support == "disable":
        return _stopped(evolve(hop, detail=text("reachability.no-ipv6")))
    unread = support if isinstance(support, Unknown) else None
    return _unknown(hop, StopReason.of("transit-unreadable", hop.id, unread))


def _in_zone(net: Topology, subnet_ids: Iterable[str], zone: str) -> list[Site]:
    sites = (net.sites[name] for name in subnet_ids if name in net.sites)
    return [site for site in sites if site.zone == zone]


def from_transit(
    net: Topology, attachment_id: str, family: Family, address: int, zone: str = ""
) -> tuple[Path, ...]:
    """The ways of a packet that entered a transit gateway through the attachment.

    `zone` is the sender's Availability Zone, which the gateway prefers; empty for any.
    """
    table_id = net.associations.get(attachment_id)
    hop = Hop("transit-gateway-route-table", table_id if isinstance(table_id, str) else "")
    if table_id is None:
        return _stopped(
            Hop("transit-gateway-attachment", attachment_id, text("reachability.no-transit-table"))
        )
    if isinstance(table_id, StopReason):
        return _unknown(hop, table_id)
    table = net.transit_tables.get(table_id)
    doubt = StopReason.of("target-not-recorded", table_id) if table is None else table.doubt
    if table is None or doubt:
        return _unknown(hop, doubt or StopReason.of("target-not-recorded", table_id))
    entry = table.find(family, address)
    if entry is None or not entry.active:
        return _stopped(evolve(hop, detail=entry.text if entry else text("reachability.no-route")))
    routes = [
        path.after((evolve(hop, detail=entry.text),))
        for target in entry.targets
        for path in _out_of_transit(net, attachment_id, target, family, address, zone)
    ]
    return tuple(routes)


def _out_of_transit(  # noqa: PLR0911, PLR0913, PLR0917 - a packet's state; a return a rule
    net: Topology, came_by: str, attachment_id: str, family: Family, address: int, zone: str
) -> tuple[Path, ...]:
    hop = Hop("transit-gateway-attachment", attachment_id)
    attachment = net.attachments.get(attachment_id)
    if attachment is None:
        return _unknown(hop, StopReason.of("target-not-recorded", attachment_id))
    if attachment.state not in _LIVE:
        return _stopped(evolve(hop, detail=text("reachability.state", state=attachment.state)))
    if attachment.resource_type in _ON_PREMISES:
        return (Path("on-premises", (hop,), gateway=attachment_id),)
    if attachment.resource_type != "vpc":
        return _unknown(hop, StopReason.of("target-not-followed", attachment_id))
    if attachment.resource_id not in net.vpcs:
        return _unknown(hop, _peer(attachment.resource_id))
    if isinstance(attachment.subnet_ids, Unknown):
        return _unknown(
            hop, StopReason.of("transit-unreadable", attachment_id, attachment.subnet_ids)
        )
    if stop := _no_ipv6(attachment, hop, family):
        return stop
    doors = [net.sites[name] for name in attachment.subnet_ids if name in net.sites]
    if attachment.appliance_mode_support == "disable":
        # In appliance mode the gateway keeps a connection in one zone, and not in the sender's.
        doors = _in_zone(net, attachment.subnet_ids, zone) or doors
    if not doors:
        return _unknown(hop, StopReason.of("subnet-not-recorded", attachment_id))
    choices = _references(net, came_by, attachment_id)
    return tuple(
        evolve(path, hops=(hop, *path.hops), group_references=references)
        for door in doors
        for path in _through_door(net, door, family, address)
        for references in (choices if path.group_references != "none" else _NO_REFERENCES)
    )


def _through_door(net: Topology, door: Site, family: Family, address: int) -> tuple[Path, ...]:
    start = _Start(door, inside=False)
    if address in door.blocks.family(family):
        return (Path("vpc", site=door),)
    return _walk(net, door.table, family, address, start)


_NO_REFERENCES: tuple[References, ...] = ("none",)


def _references(net: Topology, *attachment_ids: str) -> tuple[References, ...]:
    """Whether groups may refer to each other: gateway and attachments allow it.

    Both answers where nothing denies it and the records do not hold all that must allow it.
    """
    supports: list[object] = []
    for name in attachment_ids:
        end = net.attachments.get(name)
        gateway = net.transits.get(end.transit_gateway_id) if end else None
        supports += [
            record and record.security_group_referencing_support for record in (end, gateway)
        ]
    if "disable" in supports:
        return _NO_REFERENCES
    return ("inbound",) if set(supports) == {"enable"} else ("none", "inbound")


def _other(
    _net: Topology, _start: _Start, entry: Entry, _family: Family, _address: int
) -> tuple[Path, ...]:
    hop = Hop("route-target", entry.target)
    return _unknown(hop, StopReason.of("target-not-followed", entry.target))


def from_gateway(
    net: Topology, gateway_id: str, site: Site, family: Family, address: int
) -> tuple[Path, ...]:
    """The ways of a packet that came in by a gateway, to an address in the subnet."""
    enter = Crossing(site, egress=False)
    table = net.gateway_tables.get(gateway_id)
    if table is None:
        return (Path("vpc", (), (enter,), site, gateway_id, "none"),)
    hop = Hop("route-table", table.table_id)
    if table.doubt:
        return _unknown(hop, table.doubt)
    entry = table.find(family, address)
    if entry is None or not entry.active:
        return _stopped(evolve(hop, detail=entry.text if entry else text("reachability.no-route")))
    steered = (evolve(hop, detail=entry.text),)
    if entry.kind == "local":
        return (Path("vpc", steered, (enter,), site, gateway_id, "none"),)
    mine = net.ends_of(entry.target)
    if any(end.family == family and end.low <= address <= end.high for end in mine):
        return (Path("vpc", steered, (enter,), site, gateway_id, "none"),)
    reason = StopReason.of("appliance", entry.target)
    return (Path("vpc", steered, (), site, gateway_id, "none", (reason,)),)


_STEPS = {
    "local": _local,
    "igw": _internet_gateway,
    "eigw": _egress_only,
    "nat": _nat,
    "eni": _appliance,
    "vpce": _endpoint,
    "vgw": _vpn_gateway,
    "pcx": _peering,
    "tgw": _transit,
}
