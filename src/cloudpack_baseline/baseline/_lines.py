"""Line numbers of TOML tables, which tomllib does not keep."""

from __future__ import annotations

import re

__all__ = ["line_of"]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def line_of(source: str, path: str) -> int:
    """The line (from 1) of the header of the innermost table that holds the key.

    Args:
        source: the text of the file.
        path: as ``waivers[2].expires``; prefix included.

    Returns:
        0 where no header leads to it (a key at the top, an inline table at the top).
    """
    best = 0
    seen: dict[str, int] = {}
    wanted = _headers_towards(path)
    for number, line in enumerate(source.splitlines(), start=1):
        match = _HEADER.match(line)
        if match is None:
            continue
        *outer, last = (part.strip().strip("\"'") for part in match[2].split("."))
        name = ""
        for part in outer:
            name = _under(name, part)
            # A table below a list of tables belongs to the last of them.
            name += f"[{seen[name]}]" if name in seen else ""
        name = _under(name, last)
        if match[1] == "[[":
            seen[name] = seen.get(name, -1) + 1
            name = f"{name}[{seen[name]}]"
        if name in wanted:
            best = number
    return best


def _under(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part


def _headers_towards(path: str) -> frozenset[str]:
    found, reached = [], ""
    for name, index in _STEP.findall(path):
        reached += f"[{index}]" if index else f".{name}" if reached else name
        found.append(reached)
    return frozenset(found)
