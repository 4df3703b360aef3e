"""The fenced blocks of the pages, those in lists included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

__all__ = ["DOCS", "PAGES", "ROOT", "Block", "all_blocks", "blocks", "place"]

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<kind>[\w-]*)\n(?P<text>.*?)^(?P=indent)(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)


@attrs.frozen
class Block:
    """A fenced block.

    Attributes:
        page: the page that it stands on.
        line: the line of its fence, from 1.
        kind: the language after the fence, such as ``toml``.
        text: what it contains, not indented.
    """

    page: Path
    line: int
    kind: str
    text: str

    @property
    def place(self) -> str:
        """``PAGE:LINE``, from the root of the repository."""
        return f"{place(self.page)}:{self.line}"


def place(page: Path) -> str:
    """The page, from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        indented = re.compile(f"^{fence['indent']}", re.MULTILINE)
        yield Block(page, line, fence["kind"], indented.sub("", fence["text"]))


def all_blocks() -> Iterator[Block]:
    """The blocks of every page."""
    for page in PAGES:
        yield from blocks(page)
