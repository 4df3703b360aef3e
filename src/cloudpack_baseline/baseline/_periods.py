"""How long waivers and attestations can be valid."""

from __future__ import annotations

from datetime import date, timedelta

from cloudpack_baseline.whitepaper import Promise

__all__ = ["a_year_after", "latest_expiry"]


def a_year_after(day: date) -> date:
    """The same day of the next year; of a leap day, February 28."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        # February 29, or the last year there is.
        return day.replace(year=day.year + 1, day=28) if day.year < date.max.year else date.max


def latest_expiry(promise: Promise, day: date) -> date:
    """The last day of an attestation of the promise that begins on the day."""
    days = promise.valid_days
    if days is None or (date.max - day).days < days:
        return date.max
    return day + timedelta(days=days)
