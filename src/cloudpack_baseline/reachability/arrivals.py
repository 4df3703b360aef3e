"""Traffic that arrives at each of many targets, from a few sources.

The matrix answers for all pairs of its ends. If each server is a target, that would be every pair
of servers. Here the sources stay segments, so the cost grows with the number of targets.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Atoms
from cloudpack_baseline.reachability.bulk import Bulk, Row, atoms_of
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun
from cloudpack_baseline.reachability.ends import Addresses, End, Interfaces, Internet
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import FAMILIES
from cloudpack_baseline.reachability.matrix import outside_of
from cloudpack_baseline.reachability.network import Network
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import ALL_TRAFFIC, NO_TRAFFIC, TrafficSet

__all__ = ["Arrivals", "Sample", "arrivals_of"]

_Pair: TypeAlias = tuple[str, str]
_Masks: TypeAlias = dict[_Pair, int]
_Senders: TypeAlias = dict[_Pair, list[tuple[int, str, str]]]
_Steps: TypeAlias = list[tuple[int, int, int]]

Sample: TypeAlias = tuple[TrafficSet, str, str]
"""Traffic from one interface to another."""


@frozen(eq=False)
class Arrivals:
    """Arriving traffic, by source and target; build it with `arrivals_of`.

    What comes from interfaces is computed when it is first needed, and so is what comes from
    outside: the former takes long, and many questions are about the latter only.
    """

    _question: _ArrivalQuestion

    def between(self, source: str, target: str) -> tuple[TrafficSet, TrafficSet]:
        """What surely, and what perhaps, passes from the source to the target."""
        pair, passing = (source, target), self._from(source)
        return passing.sure.get(pair, NO_TRAFFIC), passing.maybe.get(pair, NO_TRAFFIC)

    def sample(self, source: str, target: str, traffic: TrafficSet) -> Sample | None:
        """One pair of interfaces and one kind of packet of the traffic that passes, or may.

        ``None``: there is none, or the source is outside.
        """
        for passing, sender, receiver in self._from(source).samples.get((source, target), ()):
            common = (passing & traffic).kinds
            if common:
                kind = TrafficSet(Intervals(((common.first, common.first),)))
                return kind, sender, receiver
        return None

    def _from(self, source: str) -> _Passing:
        return self._outside if source in self._question.outside else self._inside

    @functools.cached_property
    def _inside(self) -> _Passing:
        return _passing_inside(self._question)

    @functools.cached_property
    def _outside(self) -> _Passing:
        return _passing_outside(self._question)


def arrivals_of(
    network: Network,
    sources: Mapping[str, End],
    targets: Mapping[str, Iterable[str]],
    traffic: TrafficSet = ALL_TRAFFIC,
) -> Arrivals:
    """What arrives from each source at each target.

    Args:
        network: the network.
        sources: ends by name.
        targets: IDs of network interfaces by name. The interfaces of one target do not
            count as reaching it.
        traffic: what is asked for; targets whose groups admit none of it are left out.
    """
    net = network.topology
    closed = _closed_groups(net, traffic)
    receiving = {
        name: frozenset(ids)
        for name, ids in targets.items()
        if any(_may_receive(net, interface, closed) for interface in ids)
    }
    return Arrivals(_ArrivalQuestion.of(net, sources, receiving))


def _closed_groups(net: Topology, traffic: TrafficSet) -> frozenset[str]:
    """The groups that surely admit none of the traffic."""
    return frozenset(
        name
        for name, group in net.groups.items()
        if not isinstance(group.inbound, StopReason)
        and not any(rule.traffic & traffic for rule in group.inbound)
    )


def _may_receive(net: Topology, interface_id: str, closed: frozenset[str]) -> bool:
    """Whether any group of the interface may admit something."""
    return any(
        run.undivided.unfiltered
        or isinstance(run.undivided.groups, StopReason)
        or not closed.issuperset(run.undivided.groups)
        for run in net.ends.runs_of(interface_id)
    )


@frozen(eq=False)
class _Passing:
    """What passes, by (source, target); pairs without any are omitted.

    Attributes:
        sure: what certainly passes.
        maybe: what may or may not pass, depending on what the records do not contain.
        samples: for sources inside: (traffic, sending interface, receiving interface).
    """

    sure: Mapping[_Pair, TrafficSet]
    maybe: Mapping[_Pair, TrafficSet]
    samples: Mapping[_Pair, tuple[Sample, ...]]

    @classmethod
    def of(cls, atoms: Atoms, sure: _Masks, maybe: _Masks, samples: _Senders) -> _Passing:
        undecided = {pair: mask & ~sure.get(pair, 0) for pair, mask in maybe.items()}
        return cls(
            {pair: atoms.traffic(mask) for pair, mask in sure.items() if mask},
            {pair: atoms.traffic(mask) for pair, mask in undecided.items() if mask},
            {
                pair: tuple(
                    (atoms.traffic(mask), sender, receiver) for mask, sender, receiver in passing
                )
                for pair, passing in samples.items()
            },
        )


@frozen(eq=False)
class _ArrivalQuestion:
    """The question.

    Attributes:
        net: the network.
        outside: the sources outside, by name.
        names: the names of the sources inside, by interface.
        targets: the names of the targets, by interface.
        interfaces: the interfaces of each target, by its name.
    """

    net: Topology
    outside: Mapping[str, Internet | Addresses]
    names: Mapping[str, list[str]]
    targets: Mapping[str, list[str]]
    interfaces: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, net: Topology, sources: Mapping[str, End], targets: Mapping[str, frozenset[str]]
    ) -> _ArrivalQuestion:
        outside: dict[str, Internet | Addresses] = {}
        names: dict[str, list[str]] = {}
        for name, end in sources.items():
            if isinstance(end, Interfaces):
                for interface in end.ids:
                    names.setdefault(interface, []).append(name)
            else:
                outside[name] = end
        by_interface: dict[str, list[str]] = {}
        for name, ids in targets.items():
            for interface in ids:
                by_interface.setdefault(interface, []).append(name)
        return cls(net, outside, names, by_interface, targets)

    @property
    def layout(self) -> dict[tuple[str, ...], list[EndpointRun]]:
        """The endpoints of sources and targets, by the names of their sources."""
        layout: dict[tuple[str, ...], list[EndpointRun]] = {}
        for interface in sorted({*self.names, *self.targets}):
            key = tuple(self.names.get(interface, ()))
            layout.setdefault(key, []).extend(self.net.ends.runs_of(interface))
        return layout


def _passing_inside(question: _ArrivalQuestion) -> _Passing:
    """What passes from interfaces."""
    net = question.net
    atoms = atoms_of(net)
    sure: _Masks = {}
    maybe: _Masks = {}
    samples: _Senders = {}
    possible_samples: _Senders = {}
    layout = question.layout
    segments = list(layout.values())
    is_vague = net.ends.is_vague(itertools.chain(*segments))
    for family in FAMILIES if question.targets else ():
        bulk = Bulk(net, family, doubtful=False, atoms=atoms, layout=segments)
        _inside(bulk, list(layout), question, sure, samples)
        if is_vague or bulk.saw_doubt:
            bulk = Bulk(net, family, doubtful=True, atoms=atoms, layout=segments)
            _inside(bulk, list(layout), question, maybe, possible_samples)
    for pair, passing in possible_samples.items():
        samples.setdefault(pair, []).extend(passing)  # what surely passes comes first
    return _Passing.of(atoms, sure, maybe, samples)


def _passing_outside(question: _ArrivalQuestion) -> _Passing:
    """What passes from outside of all recorded VPCs."""
    atoms = atoms_of(question.net)
    sure: _Masks = {}
    maybe: _Masks = {}
    for name, end in question.outside.items():
        _outside(atoms, question, (name, end), (sure, maybe))
    return _Passing.of(atoms, sure, maybe, {})


def _inside(
    bulk: Bulk,
    names: Iterable[tuple[str, ...]],
    question: _ArrivalQuestion,
    masks: _Masks,
    samples: _Senders,
) -> None:
    targets = bulk.placed_of(question.targets)
    if not targets:
        return
    own_bits = _own(bulk, question)
    fields = {
        source_field.guard: (source_field, sources)
        for source_field, sources in zip(bulk.fields, names, strict=True)
    }
    for _, row in bulk.rows(targets):
        known: dict[object, _Steps] = {}
        answered: set[tuple[str, int]] = set()
        for place in row.places:
            steps = _steps(row, place, known)
            receiver = bulk.end(place).interface_id
            if (receiver, id(steps)) in answered:
                continue  # a further part of an unknown address
            answered.add((receiver, id(steps)))
            for target in question.targets[receiver]:
                for guard, mask, bits in _reached(bulk, steps, own_bits[target]):
                    source_field, sources = fields[guard]
                    for source in sources:
                        pair = source, target
                        fresh = mask & ~masks.get(pair, 0)
                        if fresh:
                            masks[pair] = masks.get(pair, 0) | fresh
                            sender = bulk.first_source(bits & source_field.bits).interface_id
                            samples.setdefault(pair, []).append((fresh, sender, receiver))


def _own(bulk: Bulk, question: _ArrivalQuestion) -> dict[str, int]:
    """The bits of the interfaces of each target."""
    return {
        target: functools.reduce(operator.or_, map(bulk.bits_of, interfaces), 0)
        for target, interfaces in question.interfaces.items()
    }


def _steps(row: Row, place: int, known: dict[object, _Steps]) -> _Steps:
    """What reaches the place."""
    key = row.likeness(place)
    if key not in known:
        known[key] = list(row.steps(place))
    return known[key]


def _reached(bulk: Bulk, steps: _Steps, own_bits: int) -> Iterator[tuple[int, int, int]]:
    """Each field that reaches the place: its spare bit, the traffic, and who sends it."""
    masks_by_senders: dict[int, int] = {}
    for low, high, bits in steps:
        senders = bits & ~own_bits
        if senders:
            masks_by_senders[senders] = masks_by_senders.get(senders, 0) | (1 << high) - (1 << low)
    for bits, mask in masks_by_senders.items():
        guards = bulk.present(bits)
        while guards:
            guard = guards & -guards
            guards ^= guard
            yield guard, mask, bits


def _outside(
    atoms: Atoms,
    question: _ArrivalQuestion,
    source: tuple[str, Internet | Addresses],
    totals: tuple[_Masks, _Masks],
) -> None:
    name, end = source
    net = question.net
    outside = outside_of(net, end)
    for interface, targets in question.targets.items():
        for endpoint in net.ends.distinct_of(interface):
            masks = outside.traffic(atoms, endpoint, egress=False)
            for total, mask in zip(totals, masks, strict=True):
                for target in targets if mask else ():
                    total[name, target] = total.get((name, target), 0) | mask
