"""Records of Amazon EventBridge."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["EventBus", "EventRule"]


@frozen(kw_only=True)
class EventBus(Record):
    """An event bus (Amazon EventBridge API Reference, EventBus).

    Attributes:
        policy: Policy, a JSON string; ``None``: it has none.
    """

    api = Listed("events:ListEventBuses", arn="Arn", name="Name")

    policy: Field[str | None] = None


@frozen(kw_only=True)
class EventRule(Record):
    """A rule of the default event bus (Amazon EventBridge API Reference, Rule).

    Attributes:
        state: ``DISABLED``, ``ENABLED`` or a value that begins with it.
        event_pattern: a JSON string; ``None``: a schedule.
        targets: the ARNs of the targets (ListTargetsByRule). They are read of rules only that
            are about security findings.
    """

    api = Listed("events:ListRules", arn="Arn", id="Name", name="Name")

    state: Field[str] = described("State", default="ENABLED")
    event_pattern: Field[str | None] = described("EventPattern", default=None)
    targets: Field[tuple[str, ...]] = described(
        "Targets[].Arn", operation="events:ListTargetsByRule", unordered=True
    )
