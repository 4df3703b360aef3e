"""The actions that the policy of a resource can allow.

Source: Service Authorization Reference, through ``resource_actions.txt``, which is generated.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["actions_on", "actions_without_effect"]


@cache
def _table() -> dict[str, tuple[str, ...]]:
    text = files(__package__).joinpath("resource_actions.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines()[1:])
    return {kind: tuple(actions) for kind, *actions in rows}


def actions_on(kind: str) -> tuple[str, ...]:
    """The IAM actions of requests about a kind of resource, the most typical ones first.

    Args:
        kind: service and resource, such as ``kms:key``.

    Raises:
        KeyError: the table has no such kind.
    """
    return _table()[kind]


def actions_without_effect(kind: str) -> tuple[str, ...]:
    """The IAM actions on a kind of resource that other accounts cannot be allowed.

    Args:
        kind: as of `actions_on`.
    """
    return _table().get(f"{kind}/without-effect", ())
