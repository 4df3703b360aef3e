"""Why it is unknown whether a connection passes."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from attrs import field
from attrs.validators import in_

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Cause, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["STOP_REASONS", "StopReason", "in_order"]

STOP_REASONS = frozenset(
    {
        "acl-not-recorded",
        "acl-unreadable",
        "addresses-unknown",
        "appliance",
        "block-public-access-unreadable",
        "groups-unknown",
        "nat-not-followed",
        "nat64-not-known",
        "on-premises",
        "peer-groups-unknown",
        "peer-not-recorded",
        "prefix-list-unreadable",
        "route-table-not-recorded",
        "route-table-unreadable",
        "security-group-not-recorded",
        "security-group-unreadable",
        "several-paths",
        "subnet-not-recorded",
        "subnet-of-not-recorded",
        "target-not-followed",
        "target-not-recorded",
        "targets-unknown",
        "transit-unreadable",
        "vpc-not-recorded",
    }
)
"""IDs of reasons; the sentences are the texts ``reachability.reason-ID``."""


@frozen(order=True)
class StopReason:
    """One reason for not knowing.

    Attributes:
        id: one of `STOP_REASONS`.
        subject: the ID of the resource that the sentence names.
        causes: what went wrong when it was read, where that is the reason.
    """

    id: str = field(validator=in_(STOP_REASONS))
    subject: str = ""
    causes: tuple[Cause, ...] = ()

    @classmethod
    def of(cls, name: str, subject: str, unknown: Unknown | None = None) -> StopReason:
        """A reason about one resource, with the causes of the unknown value."""
        return cls(name, subject, unknown.causes if unknown is not None else ())

    @classmethod
    def malformed(cls, name: str, subject: str, error: ValueError) -> StopReason:
        """A reason about one resource, of which a value is none that AWS has."""
        return cls(name, subject, (Cause(why=Why.MALFORMED, detail=str(error)),))

    @property
    def text(self) -> Text:
        """The sentence."""
        return text(f"reachability.reason-{self.id}", subject=self.subject or '""')

    def __str__(self) -> str:
        return self.text.in_language("en")


_ORDER = attrgetter("id", "subject", "causes")
"""As `StopReason` is ordered, in a tenth of the time."""


def in_order(reasons: Iterable[StopReason]) -> tuple[StopReason, ...]:
    """The reasons, sorted."""
    return tuple(sorted(reasons, key=_ORDER))
