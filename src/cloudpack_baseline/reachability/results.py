"""Results: hops, packets, verdicts."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.reachability.intervals import EMPTY, Intervals
from cloudpack_baseline.reachability.ipset import Family, address_text
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.traffic import TrafficSet
from cloudpack_baseline.texts import Text, text

__all__ = ["FlowResult", "Hop", "Packet", "PacketWitness", "Verdict"]

Verdict: TypeAlias = Literal["open", "stopped", "unknown"]
"""Whether connections pass: yes, no, or unknown."""


@frozen
class Hop:
    """One step of a packet, or of the reply.

    Attributes:
        kind: ``interface``, ``security-group``, ``network-acl``, ``route-table``,
            ``internet-gateway``, ``nat-gateway``, ``peering``, ``transit-gateway``, ...
        id: its ID; several, separated by commas, if any of several groups would have
            sufficed.
        detail: the rule, ACL entry number, route or state that decides; a text if it has words.
        reply: whether it is on the path of the reply.
        rule: the rule, the number of the entry or the route in `detail`, without words.
        written_at: where a template or plan contains the rule; None: it is in none.
    """

    kind: str
    id: str
    detail: str | Text = ""
    reply: bool = False
    rule: str = ""
    written_at: Origin | None = None

    @property
    def text(self) -> Text:
        """The hop in words."""
        hop = text(f"reachability.kind-{self.kind}")
        if self.id:
            hop = text("reachability.hop", kind=hop, id=self.id)
        if self.detail:
            hop = text("reachability.hop-with-detail", hop=hop, detail=self.detail)
        return text("reachability.reply", hop=hop) if self.reply else hop

    def of_reply(self) -> Hop:
        """The same step of the reply."""
        # `evolve` takes more than twice as long, and most packets have many such steps.
        return Hop(
            self.kind,
            self.id,
            self.detail,
            reply=True,
            rule=self.rule,
            written_at=self.written_at,
        )

    def __str__(self) -> str:
        return self.text.in_language("en")


@frozen
class Packet:
    """The first packet of a connection.

    Attributes:
        source: the address of the sender in its own network.
        source_port: the client port; 0 for protocols without ports.
        destination: the destination address.
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

    @property
    def text(self) -> Text:
        """The packet in words."""
        ends = {"source": self.source, "destination": self.destination}
        traffic = self.traffic.text
        if not self.source_port:
            return text("reachability.packet", traffic=traffic, **ends)
        return text("reachability.packet-with-port", traffic=traffic, port=self.source_port, **ends)

    def __str__(self) -> str:
        return self.text.in_language("en")


@frozen
class PacketWitness:
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
    witness: PacketWitness | None = None
    stop: Hop | None = None
    reasons: tuple[StopReason, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is known to pass."""
        return self.verdict == "open"
