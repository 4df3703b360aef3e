"""What questions are answered with: hops, packets, verdicts."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from cloudpack_baseline.reachability.intervals import EMPTY, Intervals
from cloudpack_baseline.reachability.ipset import Family, address_text
from cloudpack_baseline.reachability.reasons import Reason
from cloudpack_baseline.reachability.traffic import TrafficSet

__all__ = ["FlowResult", "Hop", "Packet", "Verdict", "Witness"]

Verdict: TypeAlias = Literal["open", "stopped", "unknown"]
"""Whether connections pass: yes, no, or the records do not tell."""


@frozen
class Hop:
    """One step of a packet, or of the reply.

    Attributes:
        kind: ``interface``, ``security-group``, ``network-acl``, ``route-table``,
            ``internet-gateway``, ``nat-gateway``, ``peering``, ``transit-gateway``, ...
        id: the id of what stands there; several, parted by commas, where one of
            several groups would have done.
        detail: the rule, ACL entry number, route or state that decides.
        reply: whether it is on the way back.
    """

    kind: str
    id: str
    detail: str = ""
    reply: bool = False

    def __str__(self) -> str:
        way = "reply: " if self.reply else ""
        return f"{way}{self.kind} {self.id}" + (f": {self.detail}" if self.detail else "")


@frozen
class Packet:
    """The first packet of a connection.

    Attributes:
        source: the sender's address, as its own network knows it.
        source_port: the client port; 0 for protocols without ports.
        destination: the address it is sent to.
        traffic: protocol and destination port, or ICMP type.
    """

    source: str
    source_port: int
    destination: str
    traffic: TrafficSet

    @classmethod
    def of(
        cls, family: Family, source: int, destination: int, port: int, traffic: TrafficSet
    ) -> Packet:
        """From addresses as numbers."""
        return cls(address_text(family, source), port, address_text(family, destination), traffic)

    def __str__(self) -> str:
        port = f" port {self.source_port}" if self.source_port else ""
        return f"{self.source}{port} -> {self.destination} {self.traffic}"


@frozen
class Witness:
    """A packet and the steps that it and its reply take.

    Attributes:
        packet: the packet.
        hops: its steps; they end at the one that stops it, if one does.
    """

    packet: Packet
    hops: tuple[Hop, ...]


@frozen
class FlowResult:
    """Whether a flow passes.

    Attributes:
        verdict: ``open`` if at least one connection passes, ``stopped`` if none can,
            ``unknown`` if what could decide it is not in the records.
        client_ports: the client ports whose replies come back (TCP, UDP).
        witness: a packet with its hops; of a stopped flow, up to the stop. None where
            there is not even a packet to try.
        stop: the hop that stops it; None unless stopped.
        reasons: why it is unknown; empty otherwise.
    """

    verdict: Verdict
    client_ports: Intervals = EMPTY
    witness: Witness | None = None
    stop: Hop | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is known to pass."""
        return self.verdict == "open"
