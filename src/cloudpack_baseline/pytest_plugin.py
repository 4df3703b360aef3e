"""The pytest plugin: options and registration only.

This module is loaded into every pytest run of an environment where the package is
installed; it imports the standard library and pytest, nothing else.
"""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    parser.getgroup("cloudpack-baseline").addoption(
        "--cloudpack-baseline", action="store_true", help="judge the declared AWS accounts"
    )
