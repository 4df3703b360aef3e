"""The segments and flows that ``init`` suggests: a tag of the servers, and what passes now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.baseline import Baseline, Segment
from cloudpack_baseline.baseline.formats import INTERNET
from cloudpack_baseline.baseline.initial import InitialFlow, TagValues
from cloudpack_baseline.checks.network.matrix import segment_matrix
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.ec2 import SecurityGroup
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import INTERNET as PUBLIC_ADDRESSES
from cloudpack_baseline.reachability import NO_TRAFFIC, IpSet, TrafficSet

__all__ = ["TAGGED", "passing_flows", "segmenting_tag"]

TAGGED = frozenset(("Instance", "DBInstance", "DBCluster"))
"""The kinds of records that a segment consists of."""
_TAG_VALUES = 8
"""More values than this, and a tag names things rather than segments of a network."""
_NETWORKS = 20
"""More networks than this are no offices: nobody would name each."""
_SERVICES = 5
"""More services than this are an open door rather than a flow: nobody would declare each."""


def segmenting_tag(snapshot: Snapshot) -> TagValues | None:
    """The tag that most servers and databases have, with few values; ``None``: there is none."""
    counts: dict[str, Counter[str]] = {}
    for record in snapshot.records:
        if type(record).__name__ not in TAGGED:
            continue
        for key, value in _tags(record).items():
            if value and key != "Name" and not key.startswith("aws:"):
                counts.setdefault(key, Counter())[value] += 1
    fitting = {key: values for key, values in counts.items() if 1 < len(values) <= _TAG_VALUES}
    if not fitting:
        return None
    key = min(fitting, key=lambda key: (-fitting[key].total(), len(fitting[key]), key))
    servers = [_tags(record) for record in snapshot.records if type(record).__name__ == "Instance"]
    served = frozenset(tags[key] for tags in servers if key in tags)
    return TagValues(key=key, values=tuple(sorted(fitting[key].items())), served=served)


def _tags(record: object) -> Mapping[str, str]:
    tags = getattr(record, "tags", ())
    return dict(tags) if isinstance(tags, tuple) else {}


def passing_flows(snapshot: Snapshot, tag: TagValues) -> Iterator[InitialFlow]:
    """What passes now between the suggested segments, and from outside to them.

    What only some networks may send is from these networks, and not from the internet.
    """
    segments = tuple(Segment(name=value, tags={tag.key: value}) for value, _ in tag.values)
    blocks = _admitted_blocks(snapshot)
    baseline = Baseline(segments=segments, networks={block: (block,) for block in blocks})
    passing = _passing(snapshot, baseline)
    by_services: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for source in dict.fromkeys(source for source, _ in passing):
        services = {
            target: traffic.pieces
            for (start, target), traffic in passing.items()
            if start == source and traffic
        }
        if source in blocks:
            by_services.setdefault(tuple(services.items()), []).append(source)
            continue
        for target, names in services.items():
            yield _initial_flow(source, target, names)
    for targets, networks in by_services.items():
        for target, names in targets:
            yield evolve(_initial_flow("", target, names), networks=tuple(networks))


def _initial_flow(source: str, target: str, names: tuple[str, ...]) -> InitialFlow:
    services = names if len(names) <= _SERVICES else ()
    return InitialFlow(source=source, target=target, services=services, passing=len(names))


def _passing(snapshot: Snapshot, baseline: Baseline) -> dict[tuple[str, str], TrafficSet]:
    """What passes undeclared; from a network, what does not pass from all of the internet."""
    passing: dict[tuple[str, str], TrafficSet] = {}
    for account in snapshot.accounts:
        matrix = segment_matrix(view_of(snapshot, baseline, "segmentation", account))
        for ends, cell in matrix.cells.items():
            passing[ends] = passing.get(ends, NO_TRAFFIC) | cell.excess
    return {
        (source, target): traffic - passing.get((INTERNET, target), NO_TRAFFIC)
        if source in baseline.networks
        else traffic
        for (source, target), traffic in passing.items()
    }


def _admitted_blocks(snapshot: Snapshot) -> tuple[str, ...]:
    """The CIDR blocks on the internet that rules admit; none where they are too many to name."""
    blocks = {
        block
        for account in snapshot.accounts
        for group in snapshot.all(SecurityGroup, account.id)
        for rule in (() if isinstance(group.ip_permissions, Unknown) else group.ip_permissions)
        for block in (*rule.ip_ranges, *rule.ipv6_ranges)
    }
    public = sorted(block for block in blocks if not IpSet.parse([block]) - PUBLIC_ADDRESSES)
    return tuple(public) if len(public) <= _NETWORKS else ()
