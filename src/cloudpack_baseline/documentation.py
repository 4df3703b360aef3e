"""The addresses of pages of the documentation."""

from __future__ import annotations

from cloudpack_baseline._version import DOCUMENTATION
from cloudpack_baseline.texts import Language
from cloudpack_baseline.whitepaper import builtin

__all__ = ["control_page"]


def control_page(control: str, language: Language = "en") -> str | None:
    """The page about a control of the white paper; ``None`` if it is one of your own.

    Args:
        control: the ID of the control.
        language: of the page.
    """
    known = control in builtin().controls
    return f"{DOCUMENTATION}{language}/reference/controls/{control}.html" if known else None
