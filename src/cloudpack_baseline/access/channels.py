"""The channels of requests, and the order of the axes of a context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Channel", "Layout"]


@frozen(kw_only=True)
class Channel:
    """The channel of a request: internet or VPC endpoint, directly or by access point.

    ``fixed`` contains the values of keys that follow from the channel.
    """

    endpoint: bool = False
    point: str | None = None
    fixed: tuple[tuple[str, str], ...] = ()
    counts: bool = True

    @property
    def origins(self) -> tuple[str, ...]:
        """The network origins of access points by which such a request can come."""
        if self.point is None:
            return ()
        return ("Internet", "VPC") if self.endpoint else ("Internet",)


@frozen(kw_only=True)
class Layout:
    """The levels of the axes."""

    caller: int
    channel: int
    secure: int
    action: int
    object: int
    keys: Mapping[str, int]
