"""Which network interface is in which declared segment.

The keys of a segment are alternatives; the tags of one table all have to match. Tags are evaluated
from near to far: those of the interface, then of its instance, then of its subnet. The nearest one
for each key counts, so a bastion can be in a subnet whose tags name another segment.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_

from cloudpack_baseline.baseline import Segment
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import Instance, NetworkInterface, Subnet
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.record import Tags
from cloudpack_baseline.model.values import (
    Field,
    Truth,
    Unknown,
    Why,
    all_of,
    any_of,
    is_known,
    lift,
)

__all__ = ["Membership", "has_tags", "memberships"]

_OPEN = re.compile(r"<[^<>]+>")
"""A part of a text of a template that is known once it is deployed, as ``<parameter Env>``."""


@frozen
class Membership:
    """The segments of one interface.

    Attributes:
        interface: the interface.
        segments: names of its segments, in the order of the baseline.
        unknown: why it may be in more segments; ``None``: it is not.
    """

    interface: NetworkInterface
    segments: tuple[str, ...]
    unknown: Unknown | None = None

    @property
    def segment(self) -> str | None:
        """The one segment that it is in; ``None`` if there is none, several, or doubt."""
        return self.segments[0] if len(self.segments) == 1 and self.unknown is None else None


@frozen
class _Neighbours:
    """What an interface belongs to and is in.

    `doubt` says why its instance or subnet could not be listed; ``None``: they were. `is_planned`
    says whether texts may have parts that are not known yet.
    """

    interface: NetworkInterface
    instance: Instance | None
    subnet: Subnet | None
    doubt: Unknown | None
    is_planned: bool

    @property
    def tags(self) -> Field[Mapping[str, str]]:
        """The tags, near ones over far ones."""
        if self.doubt is not None:
            return self.doubt
        merged: dict[str, str] = {}
        for record in (self.subnet, self.instance, self.interface):
            tags: Field[Tags] = () if record is None else record.tags
            if isinstance(tags, Unknown):
                return tags
            merged |= dict(tags)
        return merged

    @property
    def names(self) -> Field[tuple[str, ...]]:
        """What patterns of names are held against."""
        if self.doubt is not None:
            return self.doubt
        interface, instance = self.interface, self.instance
        plain = [interface.name, interface.description]
        if interface.belongs_to is not None:
            plain.append(interface.belongs_to.rpartition(":")[2])
        if instance is not None:
            plain.append(instance.name)
        for record in (interface, instance):
            tags: Field[Tags] = () if record is None else record.tags
            if isinstance(tags, Unknown):
                return tags
            plain += [value for key, value in tags if key == "Name"]
        return tuple(name for name in plain if name)


def memberships(
    view: AccountView, interfaces: Iterable[NetworkInterface] | None = None
) -> tuple[Membership, ...]:
    """The segments of each interface, in the order of the interfaces.

    Args:
        view: whose baseline declares the segments.
        interfaces: by default all of the account.
    """
    instances: dict[str | None, Instance] = {
        instance.instance_id: instance for instance in view.all(Instance)
    }
    subnets = {subnet.subnet_id: subnet for subnet in view.all(Subnet)}
    placed = []
    for interface in view.all(NetworkInterface) if interfaces is None else interfaces:
        instance = instances.get(interface.instance_id)
        subnet = subnets.get(interface.subnet_id)
        doubt = _doubt(view, interface, instance, subnet)
        around = _Neighbours(interface, instance, subnet, doubt, view.snapshot.is_planned)
        placed.append(_membership(view.baseline.segments, around))
    return tuple(placed)


def _doubt(
    view: AccountView, interface: NetworkInterface, instance: Instance | None, subnet: Subnet | None
) -> Unknown | None:
    gaps = []
    if instance is None and interface.instance_id:
        gaps.append(view.gap(Instance, interface.region))
    if subnet is None:
        gaps.append(view.gap(Subnet, interface.region))
    known = [gap for gap in gaps if gap is not None]
    return reduce(or_, known) if known else None


def _membership(segments: Iterable[Segment], around: _Neighbours) -> Membership:
    inside: list[str] = []
    doubts: list[Unknown] = []
    for segment in segments:
        truth = _is_in(segment, around)
        if isinstance(truth, Unknown):
            doubts.append(truth)
        elif truth:
            inside.append(segment.name)
    return Membership(around.interface, tuple(inside), reduce(or_, doubts) if doubts else None)


def _is_in(segment: Segment, around: _Neighbours) -> Truth:
    interface = around.interface
    # Each alternative is looked at only where it is declared: an unreadable tag is no
    # doubt about a segment of subnets.
    truths: list[Truth] = [interface.subnet_id in segment.subnets]
    if segment.security_groups:
        truths.append(
            lift(
                lambda groups: not set(groups).isdisjoint(segment.security_groups), interface.groups
            )
        )
    if segment.cidrs:
        truths.append(_addressed(segment.cidrs, interface))
    if segment.tags:
        truths.append(has_tags(around.tags, segment.tags, is_planned=around.is_planned))
    if segment.names:
        truths.append(lift(lambda names: _named(segment.names, names), around.names))
    return any_of(truths)


def has_tags(
    tags: Field[Mapping[str, str]], expected: Mapping[str, str], *, is_planned: bool
) -> Truth:
    """Whether all of the expected tags are there.

    Args:
        tags: those that are there.
        expected: each with its value.
        is_planned: whether a value may have a part that is known once it is deployed.
    """
    if isinstance(tags, Unknown):
        return tags
    truths: list[Truth] = []
    for key, value in expected.items():
        actual = tags.get(key)
        if is_planned and actual != value and actual is not None and _OPEN.search(actual):
            truths.append(Unknown.because(Why.UNDETERMINED, detail=f"{key}={actual}"))
        else:
            truths.append(actual == value)
    return all_of(truths)


def _named(patterns: Iterable[str], names: Iterable[str]) -> bool:
    candidates = tuple(names)
    return any(matches(pattern, name) for pattern in patterns for name in candidates)


def _addressed(cidrs: tuple[str, ...], interface: NetworkInterface) -> Truth:
    """Whether one of its private or IPv6 addresses is in one of the blocks."""
    v4, v6 = interface.private_ip_addresses, interface.ipv6_addresses
    truths: list[Truth] = []
    if is_known(v4):
        truths += [_inside(cidrs, address.private_ip_address) for address in v4]
    else:
        truths.append(v4)
    if is_known(v6):
        truths += [_inside(cidrs, address.ipv6_address) for address in v6]
    else:
        truths.append(v6)
    return any_of(truths)


@cache
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr)


def _inside(cidrs: Iterable[str], address: str) -> bool:
    return any(ipaddress.ip_address(address) in _network(cidr) for cidr in cidrs)
