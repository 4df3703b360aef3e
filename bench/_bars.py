"""A measured figure beside its bar."""

from __future__ import annotations

__all__ = ["told"]


def told(name: str, measured: float, bar: float, unit: str = "s") -> bool:
    """Print one line; whether the bar was kept."""
    kept = measured <= bar
    print(f"{'ok  ' if kept else 'SLOW'}  {measured:7.3f} {unit} of {bar:g} {unit}  {name}")
    return kept
