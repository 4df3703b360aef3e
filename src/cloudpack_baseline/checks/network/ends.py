"""The ends of declared flows: segments, networks, and the rest of the internet.

Networks may overlap, so the outside is divided into parts that no declaration distinguishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cloudpack_baseline.baseline import Baseline, Flow
from cloudpack_baseline.checks.network.segments import Membership
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability import Addresses, End, Interfaces, Internet, IpSet, TrafficSet

__all__ = ["INTERNET", "DeclaredEnd", "allowed", "declared_ends", "judges_egress", "required"]

INTERNET = "internet"


@frozen
class DeclaredEnd:
    """One end.

    Attributes:
        name: as shown: a segment, one network or several joined by ``&``, ``internet``.
        covers: the names by which a flow may declare it.
        end: for the engine.
    """

    name: str
    covers: frozenset[str]
    end: End

    @property
    def is_empty(self) -> bool:
        """Whether it is a segment that no network interface is in."""
        return isinstance(self.end, Interfaces) and not self.end.ids

    @property
    def is_segment(self) -> bool:
        """Whether it is a segment, not a part of the outside."""
        return isinstance(self.end, Interfaces)


def declared_ends(baseline: Baseline, memberships: Iterable[Membership]) -> tuple[DeclaredEnd, ...]:
    """Segments in the order of the file, then the parts of the outside, the internet last."""
    members: dict[str, list[str]] = {segment.name: [] for segment in baseline.segments}
    for membership in memberships:
        for name in membership.segments:
            members[name].append(membership.interface.network_interface_id)
    segments = [
        DeclaredEnd(name, frozenset((name,)), Interfaces(frozenset(ids)))
        for name, ids in members.items()
    ]
    return (*segments, *_outside(baseline.networks))


def _outside(networks: Mapping[str, tuple[str, ...]]) -> Iterable[DeclaredEnd]:
    areas: list[tuple[tuple[str, ...], IpSet]] = []
    undeclared = IpSet.everything()
    for name, cidrs in networks.items():
        blocks = IpSet.parse(cidrs)
        cut: list[tuple[tuple[str, ...], IpSet]] = []
        for names, area in areas:
            cut += [(names, area - blocks), ((*names, name), area & blocks)]
        areas = [*cut, ((name,), blocks & undeclared)]
        undeclared -= blocks
    for names, blocks in areas:
        if blocks:
            yield DeclaredEnd(" & ".join(names), frozenset((*names, INTERNET)), Addresses(blocks))
    yield DeclaredEnd(INTERNET, frozenset((INTERNET,)), Internet(undeclared))


def allowed(flows: Iterable[Flow], source: DeclaredEnd, target: DeclaredEnd) -> TrafficSet:
    """What the flows declare from one end to the other."""
    services = [
        service for flow in flows if _between(flow, source, target) for service in flow.services
    ]
    return TrafficSet.parse(services) if services else TrafficSet()


def required(
    flows: Iterable[Flow], source: DeclaredEnd, target: DeclaredEnd
) -> Iterable[tuple[str, bool]]:
    """Each service declared from just the one end to just the other, and whether it is required."""
    for flow in flows:
        if source.name in flow.from_ and target.name in flow.to:
            for service in flow.services:
                yield service, flow.required


def judges_egress(baseline: Baseline) -> bool:
    """Whether outgoing connections are judged: from the first flow on that is declared outwards."""
    segments = {segment.name for segment in baseline.segments}
    return any(not segments.issuperset(flow.to) for flow in baseline.flows)


def _between(flow: Flow, source: DeclaredEnd, target: DeclaredEnd) -> bool:
    # What is open to the internet is open to everyone, including the declared segments.
    starts = source.covers | {INTERNET}
    return not starts.isdisjoint(flow.from_) and not target.covers.isdisjoint(flow.to)
