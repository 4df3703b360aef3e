"""Checks: pure functions that hold records against the white paper and the baseline.

A module a theme; each check is named as its control, in snake_case.
"""

from __future__ import annotations

from importlib import import_module

from cloudpack_baseline.checks._check import Check, World, check
from cloudpack_baseline.whitepaper import control

__all__ = ["Check", "World", "check", "check_of"]


def check_of(id_: str) -> Check:
    """The check that judges the control.

    Raises:
        InputError: there is no such control.
    """
    theme = import_module(f"cloudpack_baseline.checks.{control(id_).theme}")
    found: Check = getattr(theme, id_.replace("-", "_"))
    return found
