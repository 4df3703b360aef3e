"""Where a packet goes: from a subnet to an address, along routes and gateways.

A `Path` has one direction; a connection needs one in each direction. If the records do not
determine the path, there are several, and a connection certainly passes only if it passes on all of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import evolve

from cloudpack_baseline.model import ec2, ec2_gateways
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.ipset import INTERNET, IPV4, IPV6, Family, IpSet, address_text
from cloudpack_baseline.reachability.nat64 import in_family, is_embedded
from cloudpack_baseline.reachability.nat_gateways import nat_addresses
from cloudpack_baseline.reachability.path import (
    Arrival,
    Crossing,
    Path,
    References,
    Start,
    Transit,
    Translation,
    stopped_path,
    unknown_path,
)
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Entry, Table
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import TrafficSet
from cloudpack_baseline.texts import text

__all__ = ["from_gateway", "from_transit", "paths"]


_ON_PREMISES = frozenset(
    {"vpn", "vpn-concentrator", "direct-connect-gateway", "connect", "client-vpn"}
)
_NAT_CARRIES = TrafficSet.parse("tcp, udp, icmp")
_NAT64_CARRIES = TrafficSet.parse("tcp, udp")
"""ICMPv6 is other traffic than the ICMP that it becomes, so that it is not followed."""


def paths(net: Topology, site: Site, family: Family, address: int) -> tuple[Path, ...]:
    """Every path that a packet from the subnet to the address may take; at least one."""
    if address in site.blocks.family(family):
        return (Path("vpc", site=site),)
    return _walk(net, site.table, Start(site, family, address))


def _walk(net: Topology, table: Table, start: Start) -> tuple[Path, ...]:
    if table.doubt:
        return unknown_path(Hop("route-table", table.table_id), table.doubt)
    entry = table.find(start.family, start.address)
    certain = tuple(
        path
        for candidate in (entry, *(entry.rivals if entry else ()))
        for path in _follow(net, table, candidate, start)
    )
    if not table.vague:
        return certain
    on_internet = start.address in INTERNET.family(start.family)
    guesses = [
        evolve(path, reasons=(*path.reasons, reason))
        for vague, reason in table.vague
        if not (vague.kind == "vpce" and not on_internet)
        for path in _follow(net, table, vague, start)
    ]
    return (*certain, *guesses)


def _follow(net: Topology, table: Table, entry: Entry | None, start: Start) -> tuple[Path, ...]:
    hop = _routed(Hop("route-table", table.table_id), entry)
    if entry is None or not entry.active:
        return stopped_path(hop)
    step = _STEPS.get(entry.kind, _other)
    return tuple(path.after((hop,)) for path in step(net, start, entry))


def _routed(hop: Hop, entry: Entry | None) -> Hop:
    """The hop of a route table with the route that it takes."""
    if entry is None:
        return evolve(hop, detail=text("reachability.no-route"))
    return evolve(hop, detail=entry.text, rule=entry.shown, written_at=entry.written_at)


def _into(net: Topology, vpc_id: str, start: Start) -> Path:
    """Delivery inside a VPC."""
    target = net.site_at(vpc_id, start.family, start.address)
    if target is None:
        # Only the end of a connection matters here, so its subnet has to be there.
        subject = address_text(start.family, start.address)
        reason = StopReason.of("subnet-of-not-recorded", subject, net.gap(ec2.Subnet, None))
        return Path("unknown", (Hop("vpc", vpc_id),), reasons=(reason,))
    return Path("vpc", (), start.enter(target), target)


def _local(net: Topology, start: Start, _entry: Entry) -> tuple[Path, ...]:
    return (_into(net, start.site.vpc_id, start),)


def _out_by(arrival: Arrival, kind: str) -> Callable[[Topology, Start, Entry], tuple[Path, ...]]:
    """The step through a gateway of a VPC: it serves that VPC's own addresses only."""

    def leave(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:
        hop = Hop(kind, entry.target)
        if not net.attaches(entry.target, start.site.vpc_id):
            detail = text("reachability.not-attached", vpc=start.site.vpc_id)
            return stopped_path(evolve(hop, detail=detail))
        if not start.inside:
            return stopped_path(evolve(hop, detail=_FOREIGN))
        return (Path(arrival, (hop,), start.leave(), start.site, entry.target),)

    return leave


_FOREIGN = text("reachability.foreign")


def _nat(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:  # noqa: PLR0911 - one return for each reason to stop
    hop = Hop("nat-gateway", entry.target)
    nat = net.nats.get(entry.target)
    if nat is None:
        return unknown_path(hop, net.not_recorded(entry.target, ec2_gateways.NatGateway))
    if nat.state != "available":
        return stopped_path(evolve(hop, detail=text("reachability.state", state=nat.state)))
    if entry.target in start.nats:
        return stopped_path(evolve(hop, detail=text("reachability.came-from-there")))
    if start.family == IPV6 and not is_embedded(IPV6, start.address):
        return stopped_path(evolve(hop, detail=text("reachability.no-nat-of-ipv6")))
    if nat.vpc_id != start.site.vpc_id:
        detail = text("reachability.not-of-vpc", vpc=start.site.vpc_id)
        return stopped_path(evolve(hop, detail=detail))
    site = net.nat_site(nat)
    if isinstance(site, StopReason):
        return unknown_path(hop, site)
    nats = (*start.nats, entry.target)
    behind = Start(site, IPV4, in_family(start.address, IPV4), nats=nats)
    carries = _NAT_CARRIES if start.family == IPV4 else _NAT64_CARRIES
    return tuple(
        _from_nat(path, site, address, nat, carries).after((hop,), start.enter(site))
        for path in _walk(net, site.table, behind)
        for address in nat_addresses(nat)
    )


def _from_nat(
    path: Path,
    site: Site,
    address: int | StopReason,
    nat: ec2_gateways.NatGateway,
    carries: TrafficSet,
) -> Path:
    """The path that leads on from a NAT gateway."""
    if path.arrival == "internet" and nat.connectivity_type != "public":
        stop = Hop("nat-gateway", nat.nat_gateway_id, text("reachability.no-public-address"))
        return evolve(path, arrival="stopped", hops=(*path.hops, stop))
    if path.arrival == "stopped" and len(path.hops) == 1:
        stop = Hop("nat-gateway", nat.nat_gateway_id, text("reachability.nat-without-route"))
        return evolve(path, hops=(*path.hops, stop))
    if isinstance(address, StopReason):
        if path.arrival != "internet":
            path = evolve(path, reasons=(*path.reasons, address))
        address = site.blocks.v4.first if site.blocks.v4 else 0
    for hop in path.hops:
        if hop.kind == "peering":
            reason = StopReason.of("nat-not-followed", hop.id)
            path = evolve(path, reasons=(*path.reasons, reason))
    return path.translated(Translation(site, IPV4, address, carries=carries))


def _appliance(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:
    """An interface, instance or firewall that forwards, or the destination itself."""
    family, address = start.family, start.address
    for endpoint in net.ends.of(entry.target):
        is_own = endpoint.low <= address <= endpoint.high and not endpoint.is_embedded
        if endpoint.family == family and is_own:
            return (_into(net, endpoint.site.vpc_id, start),)
    hop, reason = Hop("appliance", entry.target), StopReason.of("appliance", entry.target)
    if not net.forwards(entry.target):
        return stopped_path(evolve(hop, detail=_CHECKED))
    site = net.site_of_target(entry.target)
    final = net.site_at(start.site.vpc_id, family, address)
    enter = () if site is None else start.enter(site)
    if site is None or final is None:
        # It may send the packet anywhere, so only the way to it is known.
        reasons: tuple[StopReason, ...] = (reason,)
        if site is None and entry.target in net.interfaces:
            reasons += (net.subnet_not_recorded(net.interfaces[entry.target].subnet_id),)
        onward = Path("unknown", gateway=entry.target, reasons=reasons)
    else:
        leave = Start(site, family, address).enter(final)
        onward = Path("vpc", (), leave, final, entry.target, reasons=(reason,))
    # It forwards with the sender's address, or with its own, as a NAT instance does.
    plain = evolve(onward, group_references="none")
    as_nat = (
        onward.translated(Translation(endpoint.site, family, endpoint.low, endpoint.groups))
        for endpoint in net.appliance_ends(entry.target)
        if endpoint.family == family and not endpoint.is_embedded
    )
    return tuple(path.after((hop,), enter) for path in (plain, *as_nat))


_CHECKED = text("reachability.source-dest-check")
"""An interface that checks source and destination drops what is not its own (Amazon EC2 User
Guide, "Elastic network interfaces")."""


def _endpoint(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:
    """A gateway endpoint leads to its service; any other kind is a firewall."""
    endpoint = net.endpoints.get(entry.target)
    if endpoint is None and not entry.destination.startswith("pl-"):
        return _appliance(net, start, entry)
    if endpoint is not None and endpoint.vpc_endpoint_type != "Gateway":
        return _appliance(net, start, entry)
    hop = Hop("gateway-endpoint", entry.target)
    if not start.inside:
        return stopped_path(evolve(hop, detail=_FOREIGN))
    return (Path("service", (hop,), start.leave(), start.site, entry.target),)


def _peering(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:  # noqa: PLR0911 - one return for each reason to stop
    hop = Hop("peering", entry.target)
    record = net.peerings.get(entry.target)
    if record is None:
        return unknown_path(hop, net.not_recorded(entry.target, ec2_gateways.VpcPeeringConnection))
    if record.status != "active":
        return stopped_path(evolve(hop, detail=text("reachability.state", state=record.status)))
    if not start.inside:
        return stopped_path(evolve(hop, detail=_FOREIGN))
    sides = {record.requester.vpc_id: record.accepter, record.accepter.vpc_id: record.requester}
    far_side = sides.get(start.site.vpc_id)
    if far_side is None:
        detail = text("reachability.not-of-vpc", vpc=start.site.vpc_id)
        return stopped_path(evolve(hop, detail=detail))
    far_blocks = _blocks_of(net, far_side, start.family)
    if far_blocks is not None and start.address not in far_blocks.family(start.family):
        detail = text("reachability.address-not-in-vpc", vpc=far_side.vpc_id)
        return stopped_path(evolve(hop, detail=detail))
    if far_side.vpc_id not in net.vpcs:
        return (Path("unknown", (hop,), start.leave(), reasons=(_peer(net, far_side.vpc_id),)),)
    references: References = "both" if _same_region(net, record) else "none"
    path = _into(net, far_side.vpc_id, start)
    return (
        evolve(path, hops=(hop, *path.hops), group_references=references, gateway=entry.target),
    )


def _blocks_of(
    net: Topology, side: ec2_gateways.VpcPeeringConnectionVpcInfo, family: Family
) -> IpSet | None:
    """The blocks of one side; None if neither its VPC nor the connection contains them."""
    vpc = net.vpcs.get(side.vpc_id)
    if vpc is None:
        named = IpSet.parse((*side.cidr_blocks, *side.ipv6_cidr_blocks))
        return named if named.family(family) else None
    blocks = vpc.cidr_blocks if family == IPV4 else vpc.ipv6_cidr_blocks
    return None if isinstance(blocks, Unknown) else IpSet.parse(blocks)


def _peer(net: Topology, peer_id: str) -> StopReason:
    return StopReason.of("peer-not-recorded", peer_id, net.gap(ec2.Vpc, None))


def _same_region(net: Topology, record: ec2_gateways.VpcPeeringConnection) -> bool:
    regions = [
        side.region or (net.vpcs[side.vpc_id].region if side.vpc_id in net.vpcs else "")
        for side in (record.requester, record.accepter)
    ]
    return regions[0] == regions[1]


def _transit(net: Topology, start: Start, entry: Entry) -> tuple[Path, ...]:
    hop = Hop("transit-gateway", entry.target)
    if not start.inside:
        # A packet that came from the gateway and is sent back to it goes round in a ring.
        return stopped_path(evolve(hop, detail=text("reachability.came-from-there")))
    of_gateway = [
        attachment
        for attachment in net.attachments.values()
        if attachment.transit_gateway_id == entry.target
    ]
    attachments = [
        attachment
        for attachment in of_gateway
        if attachment.resource_type == "vpc" and attachment.resource_id == start.site.vpc_id
    ]
    live = [attachment for attachment in attachments if attachment.state in _LIVE]
    if not attachments:
        unread = net.gap(ec2_gateways.TransitGatewayAttachment, None)
        if of_gateway and unread is None:
            detail = text("reachability.vpc-not-attached", vpc=start.site.vpc_id)
            return stopped_path(evolve(hop, detail=detail))
        reason = net.not_recorded(entry.target, ec2_gateways.TransitGatewayAttachment)
        return unknown_path(hop, reason)
    return tuple(
        path.after((hop,))
        for attachment in live or attachments[:1]
        for path in _through_attachment(net, start, attachment)
    )


def _through_attachment(
    net: Topology, start: Start, attachment: ec2_gateways.TransitGatewayAttachment
) -> tuple[Path, ...]:
    name = attachment.transit_gateway_attachment_id
    hop = Hop("transit-gateway-attachment", name)
    if stop := _attachment_stops(attachment, hop, start.family):
        return stop
    if isinstance(attachment.subnet_ids, Unknown):
        return unknown_path(hop, StopReason.of("transit-unreadable", name, attachment.subnet_ids))
    doors = _in_zone(net, attachment.subnet_ids, start.site.zone)
    if not doors and start.site.is_filtered:  # a regional NAT gateway is in every zone
        if unseen := [subnet for subnet in attachment.subnet_ids if subnet not in net.sites]:
            return unknown_path(hop, net.subnet_not_recorded(unseen[0]))
        detail = text("reachability.no-subnet-in-zone", zone=start.site.zone)
        return stopped_path(evolve(hop, detail=detail))
    transit = Transit(
        attachment.transit_gateway_id,
        name,
        start.family,
        start.address,
        start.site.zone,
        start.nats,
    )
    enter = start.leave() if not doors else _to_door(start, doors[0])
    return tuple(path.after((hop,), enter) for path in from_transit(net, transit))


def _to_door(start: Start, door: Site) -> tuple[Crossing, ...]:
    """The borders to the gateway's interface: inbound is asked even in the sender's subnet."""
    return (*start.leave(), Crossing(door, egress=False))


_LIVE = ("available", "modifying")


def _attachment_stops(
    attachment: ec2_gateways.TransitGatewayAttachment, hop: Hop, family: Family
) -> tuple[Path, ...]:
    """What stops a packet at an attachment that is not live, or may not carry IPv6."""
    if attachment.state not in _LIVE:
        return stopped_path(evolve(hop, detail=text("reachability.state", state=attachment.state)))
    support = attachment.ipv6_support
    if family == IPV4 or attachment.resource_type != "vpc" or support == "enable":
        return ()
    if support == "disable":
        return stopped_path(evolve(hop, detail=text("reachability.no-ipv6")))
    unread = support if isinstance(support, Unknown) else None
    return unknown_path(hop, StopReason.of("transit-unreadable", hop.id, unread))


def _in_zone(net: Topology, subnet_ids: Iterable[str], zone: str) -> list[Site]:
    sites = (net.sites[name] for name in subnet_ids if name in net.sites)
    return [site for site in sites if site.zone == zone]


def from_transit(net: Topology, transit: Transit) -> tuple[Path, ...]:
    """The paths of a packet that entered a transit gateway through an attachment."""
    table_id = net.associations.get((transit.gateway, transit.attachment))
    hop = Hop("transit-gateway-route-table", table_id if isinstance(table_id, str) else "")
    if table_id is None:
        detail = text("reachability.no-transit-table")
        return stopped_path(Hop("transit-gateway-attachment", transit.attachment, detail))
    if isinstance(table_id, StopReason):
        return unknown_path(hop, table_id)
    table = net.transit_tables.get(table_id)
    if table is None:
        reason = net.not_recorded(table_id, ec2_gateways.TransitGatewayRouteTable)
        return unknown_path(hop, reason)
    if table.doubt:
        return unknown_path(hop, table.doubt)
    entry = table.find(transit.family, transit.address)
    hop = _routed(hop, entry)
    if entry is None or not entry.active:
        return stopped_path(hop)
    return tuple(
        path.after((hop,))
        for target in entry.targets
        for path in _out_of_transit(net, transit, target)
    )


def _out_of_transit(net: Topology, transit: Transit, attachment_id: str) -> tuple[Path, ...]:
    hop = Hop("transit-gateway-attachment", attachment_id)
    attachment = net.attachments.get((transit.gateway, attachment_id))
    if attachment is None:
        reason = net.not_recorded(attachment_id, ec2_gateways.TransitGatewayAttachment)
        return unknown_path(hop, reason)
    if stop := _attachment_stops(attachment, hop, transit.family):
        return stop
    if attachment.resource_type in _ON_PREMISES:
        path = Path("on-premises", (hop,), gateway=attachment_id, transit=transit.gateway)
        return (path,)
    if attachment.resource_type == "peering":
        return _over_transit_peering(net, transit, attachment, hop)
    if attachment.resource_type != "vpc":
        return unknown_path(hop, StopReason.of("target-not-followed", attachment_id))
    return _into_attached_vpc(net, transit, attachment, hop)


def _over_transit_peering(
    net: Topology, transit: Transit, near: ec2_gateways.TransitGatewayAttachment, hop: Hop
) -> tuple[Path, ...]:
    """On to the other transit gateway, whose record of the attachment has the same ID."""
    name = near.transit_gateway_attachment_id
    far = next(
        (
            attachment
            for (gateway, attachment_id), attachment in net.attachments.items()
            if attachment_id == name and gateway != transit.gateway
        ),
        None,
    )
    if far is None:
        return unknown_path(hop, _peer(net, near.resource_id))
    if far.transit_gateway_id in transit.passed:
        return stopped_path(evolve(hop, detail=text("reachability.came-from-there")))
    if stop := _attachment_stops(far, hop, transit.family):
        return stop
    onward = evolve(
        transit,
        gateway=far.transit_gateway_id,
        attachment=name,
        passed=(*transit.passed, transit.gateway),
    )
    return tuple(
        evolve(path, hops=(hop, *path.hops), group_references="none")
        for path in from_transit(net, onward)
    )


def _into_attached_vpc(
    net: Topology, transit: Transit, attachment: ec2_gateways.TransitGatewayAttachment, hop: Hop
) -> tuple[Path, ...]:
    if attachment.resource_id not in net.vpcs:
        return unknown_path(hop, _peer(net, attachment.resource_id))
    subnet_ids = attachment.subnet_ids
    if isinstance(subnet_ids, Unknown):
        return unknown_path(hop, StopReason.of("transit-unreadable", hop.id, subnet_ids))
    doors = [net.sites[name] for name in subnet_ids if name in net.sites]
    if attachment.appliance_mode_support == "disable":
        # In appliance mode the gateway keeps a connection in one zone, and not in the sender's.
        doors = _in_zone(net, subnet_ids, transit.zone) or doors
    if not doors:
        return unknown_path(hop, net.subnet_not_recorded(attachment.transit_gateway_attachment_id))
    ends = (transit.attachment, attachment.transit_gateway_attachment_id)
    choices = _references(net, transit.gateway, *ends)
    return tuple(
        evolve(path, hops=(hop, *path.hops), group_references=references)
        for door in doors
        for path in _through_door(net, door, transit)
        for references in (choices if path.group_references != "none" else _NO_REFERENCES)
    )


def _through_door(net: Topology, door: Site, transit: Transit) -> tuple[Path, ...]:
    if transit.address in door.blocks.family(transit.family):
        return (Path("vpc", site=door),)
    start = Start(door, transit.family, transit.address, inside=False, nats=transit.nats)
    return _walk(net, door.table, start)


_NO_REFERENCES: tuple[References, ...] = ("none",)


def _references(net: Topology, gateway_id: str, *attachment_ids: str) -> tuple[References, ...]:
    """Whether groups may refer to each other: gateway and attachments allow it.

    Both answers where nothing denies it and the records do not hold all that must allow it.
    """
    records = [net.transits.get(gateway_id)] + [
        net.attachments.get((gateway_id, name)) for name in attachment_ids
    ]
    supports = [record and record.security_group_referencing_support for record in records]
    if "disable" in supports:
        return _NO_REFERENCES
    return ("inbound",) if set(supports) == {"enable"} else ("none", "inbound")


def _other(_net: Topology, _start: Start, entry: Entry) -> tuple[Path, ...]:
    hop = Hop("route-target", entry.target)
    return unknown_path(hop, StopReason.of("target-not-followed", entry.target))


def from_gateway(
    net: Topology, gateway_id: str, site: Site, family: Family, address: int
) -> tuple[Path, ...]:
    """The paths of a packet that came in by a gateway, to an address in the subnet."""
    enter = (Crossing(site, egress=False),) if site.is_filtered else ()
    arrived = Path("vpc", (), enter, site, gateway_id, group_references="none")
    table = net.gateway_tables.get(gateway_id)
    if table is None:
        return (arrived,)
    if table.doubt:
        return unknown_path(Hop("route-table", table.table_id), table.doubt)
    entry = table.find(family, address)
    hop = _routed(Hop("route-table", table.table_id), entry)
    if entry is None or not entry.active:
        return stopped_path(hop)
    ends = net.ends.of(entry.target)
    if entry.kind == "local" or any(
        end.family == family and end.low <= address <= end.high for end in ends
    ):
        return (arrived.after((hop,)),)
    if not net.forwards(entry.target):
        return stopped_path(evolve(Hop("appliance", entry.target), detail=_CHECKED))
    reason = StopReason.of("appliance", entry.target)
    return (evolve(arrived, hops=(hop,), crossings=(), reasons=(reason,)),)


_STEPS: dict[str, Callable[[Topology, Start, Entry], tuple[Path, ...]]] = {
    "local": _local,
    "igw": _out_by("internet", "internet-gateway"),
    "eigw": _out_by("egress-only", "egress-only-internet-gateway"),
    "nat": _nat,
    "eni": _appliance,
    "vpce": _endpoint,
    "vgw": _out_by("on-premises", "vpn-gateway"),
    "pcx": _peering,
    "tgw": _transit,
}
