"""The ends of flows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.ipset import IpSet

__all__ = ["Addresses", "End", "Interfaces", "Internet"]


def _ip_set(blocks: IpSet | Iterable[str]) -> IpSet:
    return blocks if isinstance(blocks, IpSet) else IpSet.parse(blocks)


def _optional(blocks: IpSet | Iterable[str] | None) -> IpSet | None:
    return None if blocks is None else _ip_set(blocks)


def _names(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(ids)


@frozen
class Internet:
    """Hosts on the internet: all of them, or those within the blocks."""

    blocks: IpSet | None = field(default=None, converter=_optional)


@frozen
class Addresses:
    """A declared network outside, by its CIDR blocks.

    It is assumed to exist: whether it connects through the internet, a VPN, Direct Connect or a
    transit gateway follows from the routes. In `Network.flow`, a single address may also be that of
    an interface; its public address is then evaluated as seen from the internet.
    """

    blocks: IpSet = field(converter=_ip_set)


@frozen
class Interfaces:
    """Network interfaces by id: a segment."""

    ids: frozenset[str] = field(converter=_names)


End: TypeAlias = Internet | Addresses | Interfaces
"""Any end of a flow."""
