"""The cloudpack security white paper as checks over AWS.

The names below are loaded when they are first used, so that importing the package
costs next to nothing.
"""

from __future__ import annotations

__all__: list[str] = []
