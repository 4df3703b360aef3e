"""What benches share: a measured figure beside its bar, and data that repeats."""

from __future__ import annotations

import random

__all__ = ["report_bar", "seeded"]


def report_bar(name: str, measured: float, bar: float, unit: str = "s") -> bool:
    """Print one line; whether the bar was kept."""
    within_bar = measured <= bar
    print(f"{'ok  ' if within_bar else 'SLOW'}  {measured:7.3f} {unit} of {bar:g} {unit}  {name}")
    return within_bar


def seeded(seed: int) -> random.Random:
    """The same numbers in each run, so that two runs measure the same data."""
    return random.Random(seed)  # noqa: S311 - the data to measure is no secret
