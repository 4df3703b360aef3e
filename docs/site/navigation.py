"""The order of the pages: that of docs/index.md, in groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from posixpath import normpath

from pages import ROOT, page_name

__all__ = ["children", "contents", "groups", "parent"]

_LINK = re.compile(r"\]\(([^)#\s]+)")
_GROUPS = {
    "tutorial": {"en": "Learn", "ja": "チュートリアル"},
    "how-to": {"en": "Do", "ja": "手順"},
    "reference": {"en": "Look up", "ja": "リファレンス"},
    "explanation": {"en": "Understand", "ja": "解説"},
    "examples": {"en": "Examples", "ja": "例"},
    "": {"en": "Project", "ja": "プロジェクト"},
}
_PARENTS = ("reference/controls", "reference/python-api")
"""Pages with pages below them."""


@cache
def _order() -> list[str]:
    """The names of the pages that docs/index.md lists, in its order."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    return [page_name(normpath(f"docs/{path}")) for path in _LINK.findall(text)]


def groups(site: Collection[str], language: str) -> Iterator[tuple[str, list[str]]]:
    """The captions of the groups, each with the names of its pages, in order."""
    tops = [page for page in _sorted(site) if page != "index" and not parent(page)]
    for group, captions in _GROUPS.items():
        if several := [page for page in tops if _group(page) == group]:
            yield captions[language], several


def children(name: str, site: Collection[str]) -> list[str]:
    """The names of the pages below a page."""
    return [page for page in _sorted(site) if parent(page) == name]


def contents(name: str, site: Collection[str], language: str) -> str:
    """The tables of contents that a page has: of the whole site, of its subpages, or none."""
    if name == "index":
        return "".join(_tree(several, caption) for caption, several in groups(site, language))
    below = children(name, site)
    return _tree(below, "") if below else ""


def _sorted(site: Iterable[str]) -> list[str]:
    listed = _order()
    return sorted(site, key=lambda name: (listed.index(name) if name in listed else 999, name))


def parent(name: str) -> str:
    """The name of the page above it; empty if there is none."""
    return next((parent for parent in _PARENTS if name.startswith(f"{parent}/")), "")


def _group(name: str) -> str:
    first = name.split("/", maxsplit=1)[0]
    return first if first in _GROUPS else ""


def _tree(names: Iterable[str], caption: str) -> str:
    return "\n".join(_lines(names, caption))


def _lines(names: Iterable[str], caption: str) -> Iterator[str]:
    yield from ("", "```{toctree}", ":hidden:")
    if caption:
        yield f":caption: {caption}"
    yield from ("", *(f"/{name}" for name in names), "```", "")
