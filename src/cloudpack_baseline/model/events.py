"""Records of Amazon EventBridge."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["EventBus"]


@frozen(kw_only=True)
class EventBus(Record):
    """An event bus (Amazon EventBridge API Reference, EventBus).

    Attributes:
        policy: Policy, a JSON string; ``None``: it has none.
    """

    api = Listed("events:ListEventBuses", arn="Arn", name="Name")

    policy: Field[str | None] = None
