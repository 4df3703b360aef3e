"""What the reachability engine returns, as data of findings."""

from __future__ import annotations

from collections.abc import Mapping

from cloudpack_baseline.findings import Witness
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.reachability import FlowResult, Hop, Packet, TrafficSet
from cloudpack_baseline.texts import text
from cloudpack_baseline.witnesses import (
    HopResource,
    PortRange,
    WitnessHop,
    WitnessPacket,
)

__all__ = ["packet_witness", "port_ranges"]

_ICMP, _PORTED = ("icmp", "icmpv6"), ("tcp", "udp")


def packet_witness(snapshot: Snapshot, result: FlowResult) -> Witness | None:
    """The packet and its hops, as a finding's witness; ``None``: there is none."""
    if result.witness is None:
        return None
    packet, hops = result.witness.packet, result.witness.hops
    return Witness(
        summary=text("network.packet", packet=packet.text),
        steps=tuple(hop.text for hop in hops),
        packet=_packet(packet, tuple(_hop(snapshot, hop) for hop in hops)),
    )


def port_ranges(traffic: TrafficSet) -> tuple[PortRange, ...]:
    """The protocols and ports of the traffic."""
    if traffic.is_all:
        return (PortRange(protocol="all"),)
    return tuple(map(_port_range, traffic.pieces))


def _port_range(piece: str) -> PortRange:
    """A piece of traffic: ``udp``, ``tcp/80-443``, or ``icmp/3/4`` with the type and code."""
    protocol, *numbers = piece.split("/")
    from_port, to_port, from_code, to_code = (
        bound for span in (*numbers, "", "")[:2] for bound in _bounds(span)
    )
    return PortRange(
        protocol=protocol,
        from_port=from_port,
        to_port=to_port,
        from_code=from_code,
        to_code=to_code,
    )


def _bounds(span: str) -> tuple[int | None, int | None]:
    """The first and last number of ``80-443`` or ``443``; none of an empty string."""
    if not span:
        return None, None
    first, _, last = span.partition("-")
    return int(first), int(last or first)


def _packet(packet: Packet, hops: tuple[WitnessHop, ...]) -> WitnessPacket:
    _, number, code = packet.traffic.sample()
    protocol = packet.traffic.pieces[0].partition("/")[0]
    is_icmp, has_ports = protocol in _ICMP, protocol in _PORTED
    return WitnessPacket(
        source=packet.source,
        destination=packet.destination,
        protocol=protocol,
        source_port=packet.source_port or None,
        destination_port=number if has_ports else None,
        icmp_type=number if is_icmp else None,
        icmp_code=code if is_icmp else None,
        hops=hops,
    )


def _hop(snapshot: Snapshot, hop: Hop) -> WitnessHop:
    records = snapshot.derived(_records_by_id)
    return WitnessHop(
        kind=hop.kind,
        resources=tuple(_resource(id_, records.get(id_)) for id_ in hop.id.split(",") if id_),
        rule=hop.rule,
        detail=hop.detail,
        is_reply=hop.reply,
        origin=_in_file(hop.written_at),
    )


def _resource(id_: str, record: Record | None) -> HopResource:
    if record is None:
        return HopResource(id=id_)
    name = "" if record.display_name == id_ else record.display_name
    return HopResource(id=id_, name=name, origin=_in_file(record.origin))


def _in_file(origin: Origin | None) -> Origin | None:
    return origin if origin and origin.file else None


def _records_by_id(snapshot: Snapshot) -> Mapping[str, Record]:
    """The records of the network by ID, which ends the ARN, or is the name in a template.

    Two templates may use one logical ID; then neither is named.
    """
    records: dict[str, Record] = {}
    ambiguous: set[str] = set()
    for record in snapshot.records:
        if record.arn and ":ec2:" not in record.arn:
            continue
        id_ = record.arn.rpartition("/")[2] if record.arn else record.name
        if id_ in records:
            ambiguous.add(id_)
        records[id_] = record
    return {id_: record for id_, record in records.items() if id_ not in ambiguous}
