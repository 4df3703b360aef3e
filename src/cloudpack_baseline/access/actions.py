"""S3 actions as bit sets: which actions a pattern matches, and which resource each has."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access._s3_actions import BUCKET_ACTIONS, OBJECT_ACTIONS, OTHER_ACTIONS
from cloudpack_baseline.access.patterns import glob

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ACTIONS",
    "KINDS",
    "KNOWN",
    "ON_BUCKET",
    "ON_OBJECT",
    "action_matches",
    "actions_mask",
    "bits",
    "names",
    "unknown_action",
]

# The most typical actions first: witnesses use the first possible one.
_FIRST: Final = (
    "GetObject",
    "ListBucket",
    "PutObject",
    "DeleteObject",
    "GetObjectVersion",
    "ListBucketVersions",
    "ListBucketMultipartUploads",
    "GetBucketLocation",
    "GetBucketAcl",
    "GetObjectAcl",
)

ACTIONS: Final = tuple(dict.fromkeys((*_FIRST, *sorted(OBJECT_ACTIONS), *sorted(BUCKET_ACTIONS))))
"""The actions that fit a bucket or an object; their order is that of the bits."""

_BIT: Final = {f"s3:{name}".lower(): 1 << index for index, name in enumerate(ACTIONS)}
_OTHER: Final = frozenset(f"s3:{name}".lower() for name in OTHER_ACTIONS)


def bits(names: Iterable[str]) -> int:
    """The mask of S3 actions by name, without the service's prefix."""
    mask = 0
    for name in names:
        mask |= _BIT[f"s3:{name}".lower()]
    return mask


KNOWN: Final = (1 << len(ACTIONS)) - 1
ON_BUCKET: Final = bits(BUCKET_ACTIONS)
ON_OBJECT: Final = bits(OBJECT_ACTIONS)

KINDS: Final = {
    "read": bits(("GetObject",)),
    "list": bits(("ListBucket", "ListBucketVersions", "ListBucketMultipartUploads")),
    "write": bits(("PutObject", "DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload")),
}
"""What a user may declare, as actions."""


@lru_cache(maxsize=4096)
def names(mask: int) -> tuple[str, ...]:
    """The known actions of a mask, without the service's prefix."""
    return tuple(name for index, name in enumerate(ACTIONS) if mask >> index & 1)


@lru_cache(maxsize=4096)
def action_matches(pattern: str, action: str) -> bool:
    """Whether an action pattern means the action (``s3:GetObject``); case does not matter."""
    return glob(((pattern.lower(), False),)).matches(action.lower())


@lru_cache(maxsize=4096)
def _mask(pattern: str) -> int:
    lower = pattern.lower()
    if "*" not in lower and "?" not in lower:
        return _BIT.get(lower, 0)
    compiled = glob(((lower, False),))
    mask = 0
    for name, bit in _BIT.items():
        if compiled.matches(name):
            mask |= bit
    return mask


def actions_mask(patterns: Iterable[str]) -> int:
    """All actions that some of the patterns means."""
    mask = 0
    for pattern in patterns:
        mask |= _mask(pattern)
    return mask


@lru_cache(maxsize=4096)
def unknown_action(pattern: str) -> str | None:
    """An action of this pattern, if no known S3 action is one; else None."""
    if _mask(pattern):
        return None
    lower = pattern.lower()
    compiled = glob(((lower, False),))
    if any(compiled.matches(name) for name in _OTHER):
        return None
    return lower.replace("*", "").replace("?", "x")
