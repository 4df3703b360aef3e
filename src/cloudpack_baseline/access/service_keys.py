"""Service-specific condition keys, and the actions that support them.

Source: Service Authorization Reference, through ``condition_keys.txt``, which is generated.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from cloudpack_baseline.access.keys import Key, Kind, Presence, find_key
from cloudpack_baseline.access.patterns import Pattern, glob
from cloudpack_baseline.immutable import frozen

__all__ = ["RESOURCE_TAGS", "find_service_key", "is_carried", "is_of_service", "services_of"]

RESOURCE_TAGS: Final = "resourcetag/"
"""How the families of keys end that hold the tags of the resource, in lower case."""


@frozen(kw_only=True)
class _Reference:
    """The lines of the reference, parsed where they are needed: of keys and of actions."""

    keys: dict[str, list[str]]
    carried: dict[str, list[str]]


@cache
def _reference() -> _Reference:
    text = files(__package__).joinpath("condition_keys.txt").read_text(encoding="utf-8")
    keys, rows = text.split("\n\n", 1)
    carried: dict[str, list[str]] = {}
    for line in rows.splitlines():
        action, _, names = line.partition(" ")
        carried.setdefault(action.lower(), []).append(names)
    lines = (line.split() for line in keys.splitlines()[1:])
    return _Reference(keys={line[0].lower(): line for line in lines}, carried=carried)


@cache
def _carriers(action: str) -> list[tuple[Pattern, frozenset[str]]] | None:
    """The keys that an action (in lower case) carries, by patterns of resources."""
    rows = _reference().carried.get(action)
    if rows is None:
        return None
    split = (row.lower().split() for row in rows)
    return [(_pattern(template), frozenset(names)) for template, *names in split]


def _pattern(template: str) -> Pattern:
    for name in "pran":
        template = template.replace(f"{{{name}}}", "*")
    return glob(((template, False),))


@lru_cache(maxsize=2048)
def find_service_key(name: str) -> Key | None:
    """The key of a service by this name, in any case; None if the reference has none."""
    lower = name.lower()
    family, slash, tag = lower.partition("/")
    line = _reference().keys.get(family + slash)
    if line is None or bool(slash) is not bool(tag):
        return None
    spelling, kind, *attributes = line
    full_name = spelling + name.partition("/")[2]
    return Key(lower, full_name, Kind(kind), Presence.OPERATION, "several" in attributes)


def is_of_service(name: str) -> bool:
    """Whether only requests to certain services carry the key.

    A key of the caller's credentials, such as ec2:SourceInstanceARN, is in requests to any service.
    """
    key = find_key(name)
    of_operation = key is None or key.presence is Presence.OPERATION
    return of_operation and find_service_key(name) is not None


def services_of(key: Key) -> tuple[str, ...]:
    """The prefixes of the actions that carry the key of a service."""
    family, slash, _ = key.id.partition("/")
    line = _reference().keys[family + slash]
    named = (word.removeprefix("of=") for word in line if word.startswith("of="))
    return tuple(next(named, key.id.partition(":")[0]).split(","))


@lru_cache(maxsize=8192)
def is_carried(key: str, action: str, resource: str) -> bool:
    """Whether requests for the action on the resource may carry the key (in lower case).

    An action that the reference does not list carries the keys of its service.
    """
    rows = _carriers(action.lower())
    if rows is None:
        service_key = find_service_key(key)
        return service_key is not None and action.partition(":")[0].lower() in services_of(
            service_key
        )
    family, slash, _ = key.partition("/")
    return any(family + slash in keys and pattern.matches(resource) for pattern, keys in rows)
