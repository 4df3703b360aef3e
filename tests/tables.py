"""Whether the tables of the package are those of their sources."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("cloudpack_baseline")))


def stale_tables(folder: Path = PACKAGE) -> Iterator[Path]:
    """The TOML files whose JSON is missing or differs."""
    for path in sorted(folder.rglob("*.toml")):
        written = path.with_suffix(".json")
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        if not written.exists() or json.loads(written.read_text(encoding="utf-8")) != rows:
            yield path
