"""Small conversions; each raises where the answer is not what AWS documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from cloudpack_baseline.sources.calls import Misshapen

__all__ = ["flag", "instant", "optional_instant", "single", "text"]

T = TypeVar("T")


def instant(value: object) -> datetime:
    """A time as boto3 parses it, or as the AWS CLI prints it (ISO 8601), in UTC.

    Raises:
        Misshapen: no time, or one without a zone.
        ValueError: a text that is no time.
    """
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise Misshapen(f"{value!r} is no time")
    if moment.tzinfo is None:
        raise Misshapen(f"{value!r} is a time without zone")
    return moment.astimezone(UTC)


def optional_instant(value: object) -> datetime | None:
    """`instant`, or ``None`` where there is none."""
    return None if value is None else instant(value)


def text(item: Mapping[str, Any], key: str) -> str:
    """The text under the key.

    Raises:
        KeyError: there is none.
        Misshapen: it is no text.
    """
    value = item[key]
    if not isinstance(value, str):
        raise Misshapen(f"{key}: is not a text")
    return value


def flag(item: Mapping[str, Any], key: str) -> bool:
    """The truth value under the key; absent means false.

    Raises:
        Misshapen: it is neither true nor false.
    """
    value = item.get(key, False)
    if not isinstance(value, bool):
        raise Misshapen(f"{key}: is not true or false")
    return value


def single(items: Iterable[T], what: str) -> T:
    """The only item.

    Raises:
        Misshapen: there is none, or there are several.
    """
    held = tuple(items)
    if len(held) != 1:
        raise Misshapen(f"{what}: {len(held)} of them, where there is one")
    return held[0]
