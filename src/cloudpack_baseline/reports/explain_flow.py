"""Whether a flow passes, with its packet and hops."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network.doubt import causes_of_stop
from cloudpack_baseline.checks.network.ends import DeclaredEnd, declared_ends
from cloudpack_baseline.checks.network.network_reads import network_of
from cloudpack_baseline.checks.network.segments import memberships
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.findings import causes_text
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.naming import named, names_of
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

__all__ = ["FlowQuestion", "explain_flow"]

_VERDICTS = {
    "open": "explain.open",
    "stopped": "explain.stopped-flow",
    "unknown": "explain.unknown",
}
_PORT = re.compile(r"\d+\Z", re.ASCII)


@frozen
class FlowQuestion:
    """A flow, as the user writes it.

    Attributes:
        source: a segment, a network, ``internet``, an interface or instance ID, an address
            or a CIDR block.
        target: the same.
        service: such as ``https``, ``tcp/8000-8080`` or ``icmp``; a bare number is a TCP port.
    """

    source: str
    target: str
    service: str


def explain_flow(
    snapshot: Snapshot, baseline: Baseline, question: FlowQuestion, language: Language
) -> Iterator[str]:
    """The lines that explain the flow.

    Args:
        snapshot: with the network of the accounts.
        baseline: whose segments and networks may be named.
        question: the flow.
        language: of the lines.

    Raises:
        InputError: no such end or service.
    """
    source, target = question.source, question.target
    traffic = _traffic(question.service)
    view, network, ends = _network(snapshot, baseline)
    result = network.flow(_end(source, ends, snapshot), _end(target, ends, snapshot), traffic)
    verdict = text(_VERDICTS[result.verdict])
    head = text("explain.flow", source=source, target=target, traffic=traffic.text, verdict=verdict)
    yield head.in_language(language)
    names = snapshot.derived(names_of)
    for line in _explanation(view, result):
        yield f"  {named(line, names).in_language(language)}"


def _traffic(service: str) -> TrafficSet:
    try:
        traffic = TrafficSet.parse(f"tcp/{service}" if _PORT.match(service) else service)
    except ValueError as error:
        raise InputError(str(error)) from None
    if not traffic:
        raise InputError(f"{service!r} is no traffic; name a service, such as https or tcp/8080")
    return traffic


def _network(
    snapshot: Snapshot, baseline: Baseline
) -> tuple[AccountView, Network, tuple[DeclaredEnd, ...]]:
    views = [view_of(snapshot, baseline, "segmentation", account) for account in snapshot.accounts]
    if not views:
        raise InputError("the source contains no account, so there is no network to explain")
    members = [membership for view in views for membership in memberships(view)]
    return views[0], network_of(views[0]), declared_ends(baseline, members)


def _end(name: str, ends: Iterable[DeclaredEnd], snapshot: Snapshot) -> End:
    if name == "internet":
        return Internet()
    covering = [declared for declared in ends if name in declared.covers]
    for declared in covering:
        if declared.is_segment:
            return declared.end
    blocks = [declared.end.blocks for declared in covering if isinstance(declared.end, Addresses)]
    if blocks:
        return Addresses(reduce(or_, blocks))
    ids = frozenset(_interfaces(name, snapshot))
    if ids:
        return Interfaces(ids)
    try:
        return Addresses([name])
    except ValueError:
        known = sorted({cover for declared in ends for cover in declared.covers})
        raise InputError(
            f"{name!r} is not a segment or network ({', '.join(known)}), the ID or name of an "
            "interface or instance that was read, or an address"
        ) from None


def _interfaces(name: str, snapshot: Snapshot) -> Iterator[str]:
    """The IDs of the interfaces with the ID or name, their own or their owner's."""
    names = snapshot.derived(names_of)
    for account in snapshot.accounts:
        for interface in snapshot.all(NetworkInterface, account.id):
            id_, owner = interface.network_interface_id, interface.part_of
            known_as = (id_, interface.display_name, owner, names.get(owner))
            if name in known_as:
                yield id_


def _explanation(view: AccountView, result: FlowResult) -> Iterator[Text]:
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
        for cause in causes_text(causes_of_stop(view, reason)):
            yield text("explain.cause", cause=cause)
