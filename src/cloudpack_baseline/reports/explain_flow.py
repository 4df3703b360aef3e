"""Whether a flow passes: its packet and hops, or the stop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from attrs import frozen

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.network.ends import DeclaredEnd, declared_ends
from cloudpack_baseline.checks.network.network_reads import network_of
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.reachability import (
    Addresses,
    End,
    FlowResult,
    Interfaces,
    Internet,
    Network,
    TrafficSet,
)
from cloudpack_baseline.texts import Language, Text, text

__all__ = ["Asked", "explain_flow"]

_VERDICTS = {
    "open": "explain.open",
    "stopped": "explain.stopped-flow",
    "unknown": "explain.unknown",
}
_PORT = re.compile(r"\d+\Z", re.ASCII)


@frozen
class Asked:
    """A flow by the words of whoever asks.

    Attributes:
        source: a segment, a network, ``internet``, an interface or instance id, an address
            or a CIDR block.
        target: the same.
        service: as ``https``, ``tcp/8000-8080``, ``icmp``; a bare number is a TCP port.
    """

    source: str
    target: str
    service: str


def explain_flow(
    snapshot: Snapshot, baseline: Baseline, asked: Asked, language: Language
) -> Iterator[str]:
    """The lines that explain the flow.

    Args:
        snapshot: with the network of the accounts.
        baseline: whose segments and networks may be named.
        asked: the flow.
        language: of the lines.

    Raises:
        InputError: no such end or service.
    """
    source, target, service = asked.source, asked.target, asked.service
    traffic = _traffic(service)
    network, ends = _network(snapshot, baseline)
    result = network.flow(_end(source, ends, snapshot), _end(target, ends, snapshot), traffic)
    verdict = text(_VERDICTS[result.verdict])
    head = text("explain.flow", source=source, target=target, traffic=str(traffic), verdict=verdict)
    yield head.in_language(language)
    yield from (f"  {line.in_language(language)}" for line in _told(result))


def _traffic(service: str) -> TrafficSet:
    try:
        return TrafficSet.parse(f"tcp/{service}" if _PORT.match(service) else service)
    except ValueError as error:
        raise InputError(str(error)) from None


def _network(snapshot: Snapshot, baseline: Baseline) -> tuple[Network, tuple[DeclaredEnd, ...]]:
    views = [
        AccountView(
            control="segmentation",
            snapshot=snapshot,
            account=account,
            baseline=baseline,
            as_of=snapshot.taken_at,
        )
        for account in snapshot.accounts
    ]
    found = [membership for view in views for membership in memberships(view)]
    return network_of(views[0]), declared_ends(baseline, found)


def _end(name: str, ends: Iterable[DeclaredEnd], snapshot: Snapshot) -> End:
    if name == "internet":
        return Internet()
    inside = [one for one in ends if name in one.covers]
    segments = [one.end for one in inside if one.is_segment]
    if segments:
        return segments[0]
    blocks = [one.end.blocks for one in inside if isinstance(one.end, Addresses)]
    if blocks:
        return Addresses(reduce(or_, blocks))
    ids = frozenset(_interfaces(name, snapshot))
    if ids:
        return Interfaces(ids)
    try:
        return Addresses([name])
    except ValueError:
        known = sorted({cover for one in ends for cover in one.covers})
        raise InputError(
            f"{name!r} is no segment or network ({', '.join(known)}), no id of an interface or "
            "instance that was read, and no address"
        ) from None


def _interfaces(name: str, snapshot: Snapshot) -> Iterator[str]:
    for account in snapshot.accounts:
        for one in snapshot.all(NetworkInterface, account.id):
            owner = (one.belongs_to or "").rpartition(":")[2]
            if name in (one.network_interface_id, one.instance_id, owner):
                yield one.network_interface_id


def _told(result: FlowResult) -> Iterator[Text]:
    if result.witness is not None:
        yield text("explain.packet", packet=result.witness.packet.text)
        for hop in result.witness.hops:
            yield text("explain.hop", hop=hop.text)
    if result.stop is not None:
        yield text("explain.stop", hop=result.stop.text)
    if result.verdict == "open" and result.client_ports:
        ports = ", ".join(f"{low}-{high}" for low, high in result.client_ports)
        yield text("explain.client-ports", ports=ports)
    for reason in result.reasons:
        yield text("explain.reason", reason=reason.text)
