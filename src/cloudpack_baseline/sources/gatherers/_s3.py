"""What buckets, access points and the account's settings have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cloudpack_baseline.model.reading import flag
from cloudpack_baseline.model.s3 import PublicAccessBlock
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.calls import Answer, converted

__all__ = ["block_of", "gone", "told_by"]

T = TypeVar("T")

_GONE = frozenset(("NoSuchAccessPoint", "NoSuchBucket"))


def block_of(answer: Answer) -> PublicAccessBlock:
    """The four settings of a ``PublicAccessBlockConfiguration``; one left out is off.

    Raises:
        KeyError: the answer has none.
        Misshapen: a setting is neither true nor false.
    """
    held = answer["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_public_acls=flag(held, "BlockPublicAcls"),
        ignore_public_acls=flag(held, "IgnorePublicAcls"),
        block_public_policy=flag(held, "BlockPublicPolicy"),
        restrict_public_buckets=flag(held, "RestrictPublicBuckets"),
    )


def gone(answer: object) -> bool:
    """Whether the bucket or access point was deleted since it was listed."""
    return isinstance(answer, Unknown) and any(cause.code in _GONE for cause in answer.causes)


def told_by(
    key: str, convert: Callable[[Answer], T], answer: Answer | Unknown | None
) -> T | Unknown | None:
    """The value in an answer; ``None`` where there is no such thing, unknown where unread."""
    if answer is None or isinstance(answer, Unknown):
        return answer
    return converted(key, convert, answer)
