"""The tables of this package: written by hand as TOML, and read as JSON.

`docs/generate.py` writes the JSON of each file beside it. Each run reads several tables, and Python
takes twenty times as long for TOML.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

__all__ = ["read_table"]


def read_table(package: str, name: str) -> dict[str, Any]:
    """The table of ``NAME.toml`` in the package.

    Raises:
        FileNotFoundError: there is no such table.
    """
    source = files(package).joinpath(f"{name}.json").read_text(encoding="utf-8")
    rows: dict[str, Any] = json.loads(source)
    return rows
