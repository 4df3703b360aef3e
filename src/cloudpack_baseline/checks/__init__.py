"""Checks: pure functions that hold records against the white paper and the baseline.

A folder a theme of the catalogue. A check is named as its control, in snake_case; it stands in
a module of that name beside the helpers of its theme, or in the theme's ``settings``. The
index says which module to load (`docs/generate.py` writes it).
"""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView, Check, check
from cloudpack_baseline.checks.index import CheckEntry, check_of, entry_of

__all__ = ["AccountView", "Check", "CheckEntry", "check", "check_of", "entry_of"]
