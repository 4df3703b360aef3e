"""Examples of what patterns of policies mean: Regions, and ARNs of a kind of resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from cloudpack_baseline.access import Statement
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY
from cloudpack_baseline.model.pattern import literal_prefix, matches

__all__ = [
    "example_arn",
    "example_regions",
    "requested_regions",
    "resource_regions",
    "undenied_region",
]

_COLONS = 5
_EXAMPLES = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-1",
    "ca-central-1",
    "sa-east-1",
    "me-south-1",
    "af-south-1",
    "il-central-1",
    "mx-central-1",
    "cn-north-1",
    "us-gov-west-1",
)
"""Representative Regions for a pattern: at least one of each part of the world."""


def example_regions(pattern: str) -> Iterator[str]:
    """The region that the pattern names, or examples of those that it means."""
    names = (pattern, *_EXAMPLES) if literal_prefix(pattern) == pattern else _EXAMPLES
    return (name for name in names if matches(pattern, name))


def resource_regions(pattern: str) -> Iterator[str]:
    """The Regions that the pattern of an ARN names; none if it means all, or has none."""
    for region in pattern.split(":")[3:4]:
        if set(region) - {"*"}:
            yield from example_regions(region)


def requested_regions(statement: Statement) -> Iterator[str]:
    """The Regions that conditions of the statement on aws:RequestedRegion name."""
    for condition in statement.conditions:
        if condition.key.lower() == "aws:requestedregion":
            for pattern in condition.values:
                yield from example_regions(pattern)


def undenied_region(statements: Iterable[Statement], usual: str) -> Iterator[str]:
    """A Region that no Deny names, if one names the usual Region."""
    denied: set[str] = set()
    for statement in statements:
        if statement.effect == "Deny":
            denied.update(*map(resource_regions, statement.resources or ()))
            denied.update(requested_regions(statement))
    if usual in denied:
        yield from [name for name in _EXAMPLES if name not in denied][:1]


@lru_cache(maxsize=1 << 14)
def example_arn(pattern: str, usual: str) -> str | None:
    """An ARN that the pattern means, and that differs from the usual one in a name only.

    Args:
        pattern: a pattern of the ``Resource`` of a policy.
        usual: an ARN of the kind, with `NOBODY` where there may be any name.

    Returns:
        `NOBODY` stands for what the pattern leaves open. ``None``: it means none of the kind.
    """
    start, name, _ = usual.partition(NOBODY)
    if not name:
        return None
    return _in_its_fields(pattern, start) or _across_fields(pattern, start)


def _in_its_fields(pattern: str, start: str) -> str | None:
    *fields, kind = start.split(":", _COLONS)
    *patterns, resource = pattern.split(":", _COLONS)
    if len(patterns) != len(fields) or not all(map(matches, patterns, fields)):
        return None
    completed = _completed(resource, kind)
    return None if completed is None else ":".join((*fields, completed))


def _across_fields(pattern: str, start: str) -> str | None:
    """With a wildcard that stands for several fields but not for the kind: ``*:function:f``."""
    *_, kind = start.split(":", _COLONS)
    return _completed(pattern, start) if kind in pattern else None


def _completed(pattern: str, start: str) -> str | None:
    """A text with the start that the pattern matches; ``None``: there is none."""
    places = {0}
    for character in start:
        places = {
            place if pattern[place] == "*" else place + 1
            for place in _past_stars(pattern, places)
            if place < len(pattern) and pattern[place] in ("*", "?", character)
        }
        if not places:
            return None
    return start + pattern[max(places) :].replace("*", NOBODY).replace("?", "x")


def _past_stars(pattern: str, places: set[int]) -> set[int]:
    """The places, with those after stars, which may stand for nothing."""
    return {
        reached
        for place in places
        for reached in range(place, len(pattern) - len(pattern[place:].lstrip("*")) + 1)
    }
