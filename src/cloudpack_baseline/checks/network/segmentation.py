"""Segments, and what passes between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._unfollowed_paths import UnfollowedPaths
from cloudpack_baseline.checks.network.doubt import missing, why_undecided
from cloudpack_baseline.checks.network.ends import (
    DeclaredEnd,
    allowed,
    declared_ends,
    judges_egress,
    required,
)
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS, network_of
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness, port_ranges
from cloudpack_baseline.checks.network.segments import Membership, memberships
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Resource,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import FlowResult, Network, TrafficSet
from cloudpack_baseline.reachability.endpoints import is_host
from cloudpack_baseline.texts import Text, abridged, text
from cloudpack_baseline.witnesses import PassingTraffic

__all__ = ["segmentation"]


@check(*NETWORK_READS, subjects=(NetworkInterface,), absence="segments")
def segmentation(view: AccountView) -> Iterator[Finding]:
    """Evaluates routes, gateways, network ACLs and security groups of all VPCs.

    Both the first packet and the reply have to pass. Each network interface has to be in exactly
    one of the declared ``[[segments]]``. Everything that passes from a segment, a declared network
    or the internet to another segment has to be declared in ``[[flows]]``. A flow that is declared
    and does not pass is reported, and fails if it is ``required``. Outgoing connections are
    evaluated only if a flow to the outside is declared; otherwise they are shown.
    """
    if not view.baseline.segments:
        yield view.account_finding(not_applicable(text("network.no-segments")))
        return
    placed = memberships(view, _ends_of_connections(view))
    unfollowed = UnfollowedPaths.of(view)
    for membership in placed:
        interface = membership.interface
        yield view.finding(interface, _place(membership), notes=unfollowed.notes(interface))
    ends = declared_ends(view.baseline, placed)
    unseen = _unseen(view, placed)
    yield from _without_interfaces(view, ends, unseen)
    yield from _pairs(
        _SegmentQuestion(view, network_of(view), ends, judges_egress(view.baseline), unseen)
    )


def _ends_of_connections(view: AccountView) -> Iterable[NetworkInterface]:
    return [interface for interface in view.all(NetworkInterface) if is_host(interface)]


def _place(membership: Membership) -> Observation:
    interface, segments = membership.interface, membership.segments
    name = interface.network_interface_id
    if interface.description:
        name = f"{name} ({interface.description})"
    if len(segments) > 1:
        return failed(text("network.in-several", name=name, segments=segments))
    if membership.unknown is not None:
        cause = causes_text(membership.unknown.causes)
        message = text("network.in-doubt", name=name, cause=cause)
        return unknown(message, membership.unknown)
    if not segments:
        return failed(text("network.in-none", name=name))
    return passed(text("network.in-segment", segment=segments[0]))


def _unseen(view: AccountView, placed: Iterable[Membership]) -> Unknown | None:
    """Why segments may have more interfaces than were read or placed; ``None``: they do not."""
    unknowns = [membership.unknown for membership in placed if membership.unknown is not None]
    gap = view.gap(NetworkInterface)
    unknowns += [] if gap is None else [gap]
    unknowns += [
        Unknown.because(Why.NOT_GATHERED, detail=f"NetworkInterface ({region})")
        for region in view.account.regions_off
    ]
    return reduce(or_, unknowns) if unknowns else None


def _without_interfaces(
    view: AccountView, ends: Iterable[DeclaredEnd], unseen: Unknown | None
) -> Iterator[Finding]:
    """The segments that no interface is in: they may be misspelt, and judge nothing."""
    account = view.account.id
    segments = [end for end in ends if end.is_segment]
    for end in segments:
        if end.is_empty:
            message = text("network.segment-empty", segment=end.name)
            key = f"{account}:segment/{end.name}"
            subject = Resource(key=key, account=account, kind="Segment", name=end.name)
            yield view.finding(
                subject,
                not_applicable(message) if unseen is None else unknown(message, unseen),
            )
    elsewhere = any(
        isinstance(record, NetworkInterface) and record.account != account
        for record in view.snapshot.records
    )
    if all(end.is_empty for end in segments) and unseen is None and not elsewhere:
        nothing = missing(None, NetworkInterface, "NetworkInterface")
        yield view.account_finding(unknown(text("network.segments-empty"), nothing))


@frozen
class _SegmentQuestion:
    """What the pairs of ends are asked."""

    view: AccountView
    network: Network
    ends: tuple[DeclaredEnd, ...]
    judges_egress: bool
    unseen: Unknown | None


@frozen
class _Pair:
    """One pair of ends, with what passes, what may pass and what is declared."""

    source: DeclaredEnd
    target: DeclaredEnd
    passes: TrafficSet
    doubtful: TrafficSet
    declared: TrafficSet

    @property
    def names(self) -> dict[str, str]:
        return {"source": self.source.name, "target": self.target.name}


def _pairs(question: _SegmentQuestion) -> Iterator[Finding]:
    matrix = question.network.matrix({end.name: end.end for end in question.ends})
    flows = question.view.baseline.flows
    for source in question.ends:
        for target in question.ends:
            if source is target or not (source.is_segment or target.is_segment):
                continue
            key = (source.name, target.name)
            pair = _Pair(
                source, target, matrix[key], matrix.doubtful(key), allowed(flows, source, target)
            )
            yield _pair(question, pair)


def _pair(question: _SegmentQuestion, pair: _Pair) -> Finding:
    view = question.view
    observations = list(_observations(question, pair))
    dead = list(_dead(question, pair))
    observations += [observation for observation in dead if isinstance(observation, Observation)]
    notes = [observation for observation in dead if isinstance(observation, Text)]
    if not observations:
        observations = list(_without_excess(question, pair))
    name = f"{pair.source.name}->{pair.target.name}"
    account = view.account.id
    flow = Resource(key=f"{account}:{name}", account=account, kind="Flow", name=name)
    return view.finding(flow, *observations, notes=notes)


def _is_shown_only(question: _SegmentQuestion, pair: _Pair) -> bool:
    return not pair.target.is_segment and not question.judges_egress


def _observations(question: _SegmentQuestion, pair: _Pair) -> Iterator[Observation]:
    if _is_shown_only(question, pair):
        return
    excess = pair.passes - pair.declared
    if excess:
        result = _asked(question, pair, excess)
        yield failed(
            text("network.excess", traffic=excess.text, **pair.names),
            read=excess.text,
            expected=pair.declared.text,
            witness=packet_witness(question.view.snapshot, result),
            allowed=PassingTraffic(
                source=pair.source.name,
                target=pair.target.name,
                ports=port_ranges(excess),
                expected=port_ranges(pair.declared),
            ),
        )
    doubt = pair.doubtful - pair.declared
    if doubt:
        result = _asked(question, pair, doubt)
        reasons = abridged(reason.text for reason in result.reasons)
        message = text("network.in-question", traffic=doubt.text, reasons=reasons, **pair.names)
        yield unknown(message, why_undecided(question.view, result.reasons))


def _asked(question: _SegmentQuestion, pair: _Pair, traffic: TrafficSet) -> FlowResult:
    return question.network.flow(pair.source.end, pair.target.end, traffic)


def _dead(question: _SegmentQuestion, pair: _Pair) -> Iterator[Observation | Text]:
    """Declared services of which nothing passes: notes, and findings where required."""
    flows = question.view.baseline.flows
    for service, is_required in required(flows, pair.source, pair.target):
        traffic = TrafficSet.parse(service)
        if traffic & pair.passes:
            continue
        if is_required:
            yield _missing(question, pair, service, traffic)
        elif not traffic & pair.doubtful and question.unseen is None:
            yield text("network.dead", traffic=service, **pair.names)


def _missing(
    question: _SegmentQuestion, pair: _Pair, service: str, traffic: TrafficSet
) -> Observation:
    """A required service of which nothing is known to pass: a failure, or unknown."""
    doubt = traffic & pair.doubtful
    result = _asked(question, pair, doubt or traffic)
    if doubt:
        reasons = abridged(reason.text for reason in result.reasons)
        message = text(
            "network.required-in-question", traffic=service, reasons=reasons, **pair.names
        )
        return unknown(message, why_undecided(question.view, result.reasons))
    if question.unseen is not None:
        return unknown(text("network.interfaces-unread", **pair.names), question.unseen)
    return failed(
        text("network.dead-required", traffic=service, **pair.names),
        read=result.stop or "",
        expected=service,
        witness=packet_witness(question.view.snapshot, result),
    )


def _without_excess(question: _SegmentQuestion, pair: _Pair) -> Iterator[Observation]:
    """What is said of a pair where nothing undeclared passes, as far as was read."""
    for end in (pair.source, pair.target):
        if end.is_empty and question.unseen is None:
            yield not_applicable(text("network.segment-empty", segment=end.name))
            return
    if _is_shown_only(question, pair) and (pair.passes or pair.doubtful):
        yield from _shown(pair)
    elif question.unseen is not None:
        yield unknown(text("network.interfaces-unread", **pair.names), question.unseen)
    elif pair.doubtful:
        # What is in doubt here is declared, so it may pass or not.
        yield passed(text("network.at-most-declared", traffic=pair.doubtful.text, **pair.names))
    elif pair.passes:
        yield passed(text("network.as-declared", traffic=pair.passes.text, **pair.names))
    else:
        yield passed(text("network.nothing-passes", **pair.names))


def _shown(pair: _Pair) -> Iterator[Observation]:
    """Outgoing connections while none are declared."""
    for message, traffic in (
        ("egress", pair.passes),
        ("egress-in-question", pair.doubtful),
    ):
        if traffic:
            yield not_applicable(text(f"network.{message}", traffic=traffic.text, **pair.names))
