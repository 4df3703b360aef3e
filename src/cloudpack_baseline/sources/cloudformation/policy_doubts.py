"""Statements of policies of which it is not known whether they are in effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import with_members

__all__ = ["UNDETERMINED", "undecided", "with_doubt"]

UNDETERMINED = "cloudpack-baseline:undetermined/"
"""What the key of a condition begins with that nobody can decide, as the access engine knows it;
the rest of the key names what is not known."""


def undecided(unknown: Unknown) -> dict[str, Any]:
    """The condition that nobody can decide, which names what is not known."""
    detail = unknown.causes[0].detail or unknown.causes[0].why.value
    return {"StringEquals": {f"{UNDETERMINED}{detail}": "true"}}


def with_doubt(statement: Mapping[str, Any], unknown: Unknown) -> Mapping[str, Any]:
    """The statement under a condition that nobody can decide.

    Args:
        statement: resolved; one whose condition has another shape is kept.
        unknown: why it is in doubt.
    """
    condition = statement.get("Condition", {})
    if not isinstance(condition, Mapping):
        return statement
    operator, keys = next(iter(undecided(unknown).items()))
    known = condition.get(operator, {})
    tests = {**known, **keys} if isinstance(known, Mapping) else keys
    return with_members(statement, Condition={**condition, operator: tests})
