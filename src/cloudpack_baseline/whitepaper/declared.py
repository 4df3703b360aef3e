"""What is judged about the baseline file itself: no controls of the white paper."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from cloudpack_baseline.whitepaper.records import Control

__all__ = ["declarations"]


@cache
def declarations() -> Mapping[str, Control]:
    """Controls without a clause, by ID: ``waivers``."""
    file = files("cloudpack_baseline.whitepaper").joinpath("declarations.toml")
    return {
        id_: Control(
            id=id_, theme="", clauses=(), parties=(), title=row["title"], remedy=row["remedy"]
        )
        for id_, row in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }
