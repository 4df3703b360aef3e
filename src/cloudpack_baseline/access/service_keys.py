"""The condition keys of single services, and which actions carry them.

Source: Service Authorization Reference, by way of ``condition_keys.txt``, which is generated.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from attrs import field, frozen

from cloudpack_baseline.access.keys import Key, Kind, Presence
from cloudpack_baseline.access.patterns import Pattern, glob

__all__ = ["RESOURCE_TAGS", "find_service_key", "is_carried"]

RESOURCE_TAGS: Final = "resourcetag/"
"""How the families of keys end that hold the tags of the resource, in lower case."""


@frozen(kw_only=True)
class _Reference:
    """The reference: keys by name, and for each action the keys by patterns of resources."""

    keys: dict[str, Key] = field(factory=dict)
    carried: dict[str, list[tuple[Pattern, frozenset[str]]]] = field(factory=dict)


@cache
def _reference() -> _Reference:
    text = files(__package__).joinpath("condition_keys.txt").read_text(encoding="utf-8")
    keys, carried = text.split("\n\n", 1)
    reference = _Reference()
    for line in keys.splitlines()[1:]:
        name, kind, *more = line.split()
        reference.keys[name.lower()] = Key(
            name.lower(), name, Kind(kind), Presence.OPTIONAL, "several" in more
        )
    for line in carried.splitlines():
        action, template, *names = line.split()
        row = (_pattern(template), frozenset(name.lower() for name in names))
        reference.carried.setdefault(action.lower(), []).append(row)
    return reference


def _pattern(template: str) -> Pattern:
    for name in "pran":
        template = template.replace(f"{{{name}}}", "*")
    return glob(((template, False),))


@lru_cache(maxsize=2048)
def find_service_key(name: str) -> Key | None:
    """The key of a service by this name, in any case; None if the reference has none."""
    lower = name.lower()
    keys = _reference().keys
    if not lower.endswith("/") and lower in keys:
        return keys[lower]
    family, slash, tag = lower.partition("/")
    parent = keys.get(family + "/") if slash and tag else None
    if parent is None:
        return None
    return Key(lower, parent.name + name.partition("/")[2], parent.kind, parent.presence)


@lru_cache(maxsize=8192)
def is_carried(key: str, action: str, resource: str) -> bool:
    """Whether requests for the action on the resource may carry the key (in lower case).

    An action that the reference does not list carries the keys of its service.
    """
    rows = _reference().carried.get(action.lower())
    service, _, _ = key.partition(":")
    if rows is None:
        return service == action.partition(":")[0].lower()
    family, slash, _ = key.partition("/")
    return any(family + slash in keys and pattern.matches(resource) for pattern, keys in rows)
