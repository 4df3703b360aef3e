"""The order of the pages: that of docs/index.md, in groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from posixpath import normpath

from pages import ROOT, page_name

__all__ = ["contents", "order"]

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


def order() -> list[str]:
    """The names of the pages that docs/index.md lists, in its order."""
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    return [page_name(normpath(f"docs/{path}")) for path in _LINK.findall(text)]


def contents(name: str, site: Collection[str], language: str) -> str:
    """The tables of contents that a page has: of the whole site, of its subpages, or none."""
    if name == "index":
        tops = [page for page in _sorted(site) if page != "index" and not _parent(page)]
        groups = ((group, [page for page in tops if _group(page) == group]) for group in _GROUPS)
        return "".join(_tree(group, _GROUPS[key][language]) for key, group in groups if group)
    children = [page for page in _sorted(site) if _parent(page) == name]
    return _tree(children, "") if children else ""


def _sorted(site: Iterable[str]) -> list[str]:
    listed = order()
    return sorted(site, key=lambda name: (listed.index(name) if name in listed else 999, name))


def _parent(name: str) -> str:
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
