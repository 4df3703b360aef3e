"""Checks: pure functions that compare records with the white paper and the baseline.

There is one folder for each theme of the catalogue. A check has the name of its control, in
snake_case, and is in a module of that name, or in the ``settings`` of the theme. The index says
which module to load (`docs/generate.py` writes it).
"""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView, Check, check
from cloudpack_baseline.checks.index import CheckEntry, check_of, entry_of

__all__ = ["AccountView", "Check", "CheckEntry", "check", "check_of", "entry_of"]
