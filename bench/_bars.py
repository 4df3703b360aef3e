"""A measured figure beside its bar."""

from __future__ import annotations

__all__ = ["report_bar"]


def report_bar(name: str, measured: float, bar: float, unit: str = "s") -> bool:
    """Print one line; whether the bar was kept."""
    within_bar = measured <= bar
    print(f"{'ok  ' if within_bar else 'SLOW'}  {measured:7.3f} {unit} of {bar:g} {unit}  {name}")
    return within_bar
