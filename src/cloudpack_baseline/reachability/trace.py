"""One packet at a time: every check in order, three-valued, with the hops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import SecurityGroup
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.filters import GroupRule
from cloudpack_baseline.reachability.forwarding import Forwarding
from cloudpack_baseline.reachability.intervals import EMPTY, Intervals
from cloudpack_baseline.reachability.ipset import Family, address_text
from cloudpack_baseline.reachability.path import Crossing
from cloudpack_baseline.reachability.plans import Border, Plan, Spot, Step
from cloudpack_baseline.reachability.public_access import allowance
from cloudpack_baseline.reachability.reasons import StopReason, in_order
from cloudpack_baseline.reachability.results import FlowResult, Hop, Packet, PacketWitness, Verdict
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import (
    CLIENT_PORTS,
    TCP,
    UDP,
    TrafficSet,
    of_family,
    reply_space,
)
from cloudpack_baseline.texts import text

__all__ = ["Peer", "Trial", "best", "group_step", "hand_on", "packet_of", "spot_of", "try_plan"]


@frozen(eq=False)
class Peer:
    """An end of a connection as the groups of the other end see it.

    Attributes:
        address: its address.
        groups: its security groups; a reason if they are unknown; none outside.
        endpoint: the endpoint of the interface; None outside the records.
        doubt: why it may come from another address; None if it does not.
    """

    address: int
    groups: tuple[str, ...] | StopReason
    endpoint: Endpoint | None = None
    doubt: StopReason | None = None


@frozen(eq=False)
class Trial:
    """What became of one packet under one plan."""

    steps: tuple[Step, ...]
    ports: Intervals
    packet: Packet

    @property
    def verdict(self) -> Verdict:
        """Stopped by one step that stops it, else unknown by one that is."""
        passes = [step.passes for step in self.steps]
        if False in passes:
            return "stopped"
        return "unknown" if None in passes else "open"

    @property
    def doubts(self) -> set[StopReason]:
        """Why its path or steps are unknown, even if one of them stops it."""
        return {reason for step in self.steps for reason in step.reasons}

    @property
    def result(self) -> FlowResult:
        """The answer to a question about this packet alone."""
        hops: list[Hop] = []
        stop = None
        for step in self.steps:
            hops.append(step.hop)
            if step.passes is False:
                stop = step.hop
                break
        verdict = self.verdict
        return FlowResult(
            verdict,
            EMPTY if verdict == "stopped" else self.ports,
            PacketWitness(self.packet, tuple(hops)),
            stop,
            in_order(self.doubts) if verdict == "unknown" else (),
        )


_ORDER: dict[Verdict, int] = {"open": 0, "unknown": 1, "stopped": 2}


def best(results: Iterable[FlowResult]) -> FlowResult:
    """The most open of several packets' results; stopped where there is none."""
    tried = list(results)
    if not tried:
        return FlowResult("stopped", stop=Hop("interface", "", text("reachability.no-address")))
    top = min(tried, key=lambda result: _ORDER[result.verdict])
    if top.verdict == "stopped":
        # The packet that came furthest is the most informative.
        return max(tried, key=lambda result: len(result.witness.hops) if result.witness else 0)
    ports = EMPTY
    reasons: set[StopReason] = set()
    for result in tried:
        if result.verdict == top.verdict:
            ports |= result.client_ports
            reasons.update(result.reasons)
    return evolve(top, client_ports=ports, reasons=in_order(reasons))


def together(trials: Sequence[Trial]) -> FlowResult:
    """One packet under several plans: certain only where all agree."""
    results = [trial.result for trial in trials]
    verdicts = {result.verdict for result in results}
    if len(verdicts) == 1:
        ports = results[0].client_ports
        for result in results[1:]:
            ports &= result.client_ports
        reasons = {reason for result in results for reason in result.reasons}
        return evolve(results[0], client_ports=ports, reasons=in_order(reasons))
    unsure = min(results, key=lambda result: _ORDER[result.verdict])
    reasons = {
        reason
        for trial, result in zip(trials, results, strict=True)
        for reason in trial.doubts or ((_LEFT_OPEN,) if result.stop else ())
    }
    return evolve(unsure, verdict="unknown", stop=None, reasons=in_order(reasons))


_LEFT_OPEN = StopReason("several-paths")


def spot_of(endpoint: Endpoint, address: int | None = None) -> Spot:
    """The place of an endpoint."""
    number = endpoint.low if address is None else address
    return Spot(endpoint.site, endpoint.family, number, endpoint.leaves_by_gateway)


def group_step(  # noqa: PLR0913 - an end, its peer, the packet and its direction
    net: Topology, endpoint: Endpoint, peer: Peer, kind: int, *, egress: bool, references: bool
) -> Step:
    """What the security groups of an endpoint say of a packet to (egress) or from a peer."""
    direction = text(f"reachability.{'outbound' if egress else 'inbound'}")
    if endpoint.unfiltered:
        return Step(
            Hop(
                "security-group",
                "",
                text(
                    "reachability.no-groups", direction=direction, interface=endpoint.interface_id
                ),
            )
        )
    if isinstance(endpoint.groups, StopReason):
        return Step(Hop("security-group", "", direction), None, (endpoint.groups,))
    doubts: list[StopReason] = []
    for group_id in endpoint.groups:
        group = net.groups.get(group_id)
        if group is None:
            unread = net.gap(SecurityGroup, None)
            doubts.append(StopReason.of("security-group-not-recorded", group_id, unread))
            continue
        rules = group.rules(egress=egress)
        if isinstance(rules, StopReason):
            doubts.append(rules)
            continue
        for rule in rules:
            if kind in rule.traffic:
                admission = _rule_admits(rule, endpoint, peer, references=references)
                if admission is True:
                    return Step(
                        Hop(
                            "security-group",
                            group_id,
                            text("reachability.rule", direction=direction, rule=rule.text),
                            rule=rule.shown,
                            written_at=rule.permission.written_at,
                        )
                    )
                doubts += admission
    hop = Hop(
        "security-group",
        ",".join(endpoint.groups),
        text("reachability.no-rule", direction=direction),
    )
    return Step(hop, None, tuple(doubts)) if doubts else Step(hop, passes=False)


def _rule_admits(
    rule: GroupRule, endpoint: Endpoint, peer: Peer, *, references: bool
) -> Literal[True] | tuple[StopReason, ...]:
    """True, or the reasons why it may (none if it does not)."""
    peers = rule.peers.family(endpoint.packet_family)
    doubts = rule.vague
    if peer.doubt:
        doubts = (*doubts, peer.doubt) if peers else doubts
    elif peer.address in peers:
        return True
    if references and rule.groups:
        if isinstance(peer.groups, StopReason):
            doubts = (*doubts, peer.groups)
        elif rule.groups.intersection(peer.groups):
            return True
    return doubts


def _border_step(border: Border, kind: int) -> Step:
    acl, egress = border.crossing.site.acl, border.crossing.egress
    direction = text(f"reachability.{'outbound' if egress else 'inbound'}")
    place = text(
        "reachability.at-subnet", direction=direction, subnet=border.crossing.site.subnet_id
    )
    if acl.doubt:
        return Step(Hop("network-acl", acl.acl_id, place), None, (acl.doubt,))
    entry = acl.entry(border.family, border.peer, kind, egress=egress)
    decided_by = (
        text("reachability.acl-implicit-deny", place=place)
        if entry is None
        else text("reachability.acl-entry", place=place, number=entry.text)
    )
    hop = Hop(
        "network-acl",
        acl.acl_id,
        decided_by,
        rule=str(entry.number) if entry else "",
        written_at=entry.written_at if entry else None,
    )
    return Step(hop, passes=entry is not None and entry.allow)


def _reply_step(border: Border, kind: int, ports: Intervals) -> tuple[Step, Intervals]:
    """An ACL and the reply: with ports, some client port must be left."""
    # Each ACL on the way narrows the client ports; the packet shown uses the lowest that is left.
    space = reply_space(kind)
    if space is None:
        return Step(
            Hop(
                "network-acl",
                border.crossing.site.acl.acl_id,
                text("reachability.no-reply"),
                reply=True,
            )
        ), ports
    protocol = kind // 65536
    if protocol not in (TCP, UDP):
        step = _border_step(border, space[0])
        return evolve(step, hop=step.hop.of_reply()), ports
    admitted = border.admitted()
    if not isinstance(admitted, StopReason):
        ports &= admitted.ports(protocol)
    lowest = protocol * 65536 + ports.first if ports else space[0]
    step = _border_step(border, lowest)
    hop = step.hop.of_reply()
    if isinstance(admitted, StopReason):
        return evolve(step, hop=hop), ports
    if not ports:
        return Step(
            evolve(hop, detail=text("reachability.no-client-port", entry=hop.detail)), passes=False
        ), ports
    return Step(hop), ports


def try_plan(  # noqa: PLR0913, PLR0917 - both ends of a packet, and the packet
    net: Topology,
    plan: Plan,
    family: Family,
    source: Peer,
    target: Peer,
    kind: int,
) -> Trial:
    """One packet under one plan; `source` or `target` may be outside."""
    steps: list[Step] = []
    outbound, inbound = plan.group_references == "both", plan.group_references != "none"
    if source.endpoint:
        steps += _end(source.endpoint)
        steps.append(
            group_step(net, source.endpoint, target, kind, egress=True, references=outbound)
        )
    forward_steps = [step for step in plan.steps if not step.hop.reply]
    leave = [border for border in plan.forward if border.crossing.egress][:1]
    steps += [_border_step(border, kind) for border in leave]
    steps += forward_steps
    steps += [_border_step(border, kind) for border in plan.forward if border not in leave]
    if kind not in plan.limit or kind not in of_family(family):
        steps.append(Step(Hop("protocol", "", text("reachability.not-carried")), passes=False))
    if target.endpoint:
        sender = _sender(plan, source, target.endpoint)
        # An appliance that translates may be in a group that the target refers to.
        inbound = inbound or sender.doubt is not None
        steps.append(
            group_step(net, target.endpoint, sender, kind, egress=False, references=inbound)
        )
        steps += _end(target.endpoint)
    back, ports = _way_back(plan, kind)
    chosen = ports.first if ports else 0
    packet = packet_of(family, source.address, target.address, chosen, kind)
    return Trial((*steps, *back), ports, packet)


_UNTRANSLATED = StopReason("nat64-not-known")


def _sender(plan: Plan, source: Peer, target: Endpoint) -> Peer:
    """The sender that the groups of the target see."""
    if target.is_embedded and (plan.sender is None or plan.sender.family != target.packet_family):
        return Peer(source.address, _UNTRANSLATED, doubt=_UNTRANSLATED)
    return Peer(plan.sender.address, plan.sender.groups) if plan.sender else source


def hand_on(  # noqa: PLR0913, PLR0917 - a packet, and how it came to the load balancer
    net: Topology,
    forwarding: Forwarding,
    arriving: Trial | None,
    client: Peer,
    target: Endpoint,
    kind: int,
) -> Trial:
    """One packet that a load balancer, or accelerator, hands on under the client's address."""
    words = text("reachability.forwards-as", traffic=forwarding.delivered.text)
    hop = Hop("load-balancer", forwarding.interface_id, words)
    doubts: tuple[StopReason, ...] = (forwarding.doubt,) if forwarding.doubt else ()
    if not forwarding.listened:
        allowed = allowance(net, target.site, "inbound")
        doubts += (allowed,) if isinstance(allowed, StopReason) else ()
    steps = [*(arriving.steps if arriving else ()), Step(hop, None if doubts else True, doubts)]
    ports = CLIENT_PORTS if kind // 65536 in (TCP, UDP) else EMPTY
    entry = net.interfaces[forwarding.interface_id]
    replies: list[Step] = []
    if entry.subnet_id != target.site.subnet_id or not forwarding.listened:
        into = Border(Crossing(target.site, egress=False), target.family, client.address)
        steps.append(_border_step(into, kind))
        back = Border(Crossing(target.site, egress=True), target.family, client.address)
        reply, ports = _reply_step(back, kind, ports)
        replies.append(reply)
    steps.append(group_step(net, target, client, kind, egress=False, references=False))
    chosen = ports.first if ports else 0
    packet = packet_of(target.family, client.address, target.low, chosen, kind)
    return Trial((*steps, *_end(target), *replies), ports, packet)


def packet_of(family: Family, source: int, destination: int, client_port: int, kind: int) -> Packet:
    """The first packet of a connection, with addresses as numbers."""
    protocol, port = divmod(kind, 65536)
    traffic = (
        TrafficSet.of(protocol, port)
        if protocol in (TCP, UDP)
        else TrafficSet.of(protocol, port // 256, port % 256)
    )
    return Packet.of(family, source, destination, client_port, traffic)


def _end(endpoint: Endpoint) -> list[Step]:
    hop = Hop("interface", endpoint.interface_id, address_text(endpoint.family, endpoint.low))
    if endpoint.sure:
        return [Step(hop)]
    return [Step(hop, None, (StopReason.of("addresses-unknown", endpoint.interface_id),))]


def _way_back(plan: Plan, kind: int) -> tuple[list[Step], Intervals]:
    ported = kind // 65536 in (TCP, UDP)
    ports = CLIENT_PORTS if ported else EMPTY
    steps = []
    for borders in plan.translated:
        nat_ports = CLIENT_PORTS
        for border in borders:
            step, nat_ports = _reply_step(border, kind, nat_ports)
            steps.append(step)
    for border in plan.reply:
        step, ports = _reply_step(border, kind, ports)
        steps.append(step)
    return [*(step for step in plan.steps if step.hop.reply), *steps], ports
