"""Checks: pure functions that hold records against the white paper and the baseline.

A folder a theme of the catalogue; each check is in the module that is named as its control, in
snake_case, beside the helpers of its theme.
"""

from __future__ import annotations

from importlib import import_module

from cloudpack_baseline.checks.check import AccountView, Check, check
from cloudpack_baseline.whitepaper import control

__all__ = ["AccountView", "Check", "check", "check_of"]


def check_of(control_id: str) -> Check:
    """The check that judges the control.

    Raises:
        InputError: there is no such control.
    """
    name = control_id.replace("-", "_")
    module = import_module(f"{__name__}.{control(control_id).theme}.{name}")
    judging: Check = getattr(module, name)
    return judging
