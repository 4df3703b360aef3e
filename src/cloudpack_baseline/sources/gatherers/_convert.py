"""Small conversions; each raises where the answer is not what AWS documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

__all__ = ["flag", "instant", "optional_instant", "text"]


def instant(value: object) -> datetime:
    """A time as boto3 parses it, or as the AWS CLI prints it (ISO 8601), in UTC.

    Raises:
        TypeError: no time.
        ValueError: a time without a zone.
    """
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError(f"no time, but {type(value).__name__}")
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)


def optional_instant(value: object) -> datetime | None:
    """`instant`, or ``None`` where there is none."""
    return None if value is None else instant(value)


def text(item: Mapping[str, Any], key: str) -> str:
    """The text under the key.

    Raises:
        KeyError: there is none.
        TypeError: it is no text.
    """
    value = item[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text, but {type(value).__name__}")
    return value


def flag(item: Mapping[str, Any], key: str) -> bool:
    """The truth value under the key; absent means false.

    Raises:
        TypeError: it is neither true nor false.
    """
    value = item.get(key, False)
    if not isinstance(value, bool):
        raise TypeError(f"{key} is neither true nor false, but {type(value).__name__}")
    return value
