"""JSON in ASCII with sorted keys: the same values give the same bytes, and none of them acts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

__all__ = ["array_lines", "document"]

# Without indentation the encoder is the one in C, which is ten times as fast.


def document(values: Any) -> bytes:  # noqa: ANN401 - JSON values
    """The values in one line."""
    return json.dumps(values, ensure_ascii=True, sort_keys=True).encode() + b"\n"


def array_lines(entries: Iterable[Any]) -> bytes:
    """An array with one entry a line; entries are made one after the other, to save memory."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True, sort_keys=True) for entry in entries)
    return f"[\n{lines}\n]\n".encode() if lines else b"[]\n"
