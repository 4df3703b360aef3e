"""What the search of the site reads: each page with the text of its sections."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

__all__ = ["page_entry"]

_KEYWORDS = Path(__file__).with_name("keywords.toml")
_GLOSSARY = "reference/glossary"
_LONG_CODE = 600
"""Characters after which a piece of code is left out of the index."""
_LISTS = ("changelog", "examples/", "reference/access-cases", "reference/texts", "reference/api/")
"""Pages that list everything: another page that has the words comes before them."""


def page_entry(document: nodes.document, name: str, address: str) -> dict[str, Any]:
    """A page: address, title, words that it does not contain, weight, and its sections."""
    title = next(document.findall(nodes.title))
    return {
        "address": address,
        "title": _text(title),
        "keywords": " ".join(_keywords().get(name, [])),
        "weight": 0.5 if name.startswith(_LISTS) else 1,
        "sections": list(_rows(document) if name == _GLOSSARY else _sections(document)),
    }


@cache
def _keywords() -> dict[str, list[str]]:
    return tomllib.loads(_KEYWORDS.read_text(encoding="utf-8"))


def _sections(document: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Anchor, heading and text of each section and of each documented name."""
    for part in document.findall(lambda node: isinstance(node, (nodes.section, addnodes.desc))):
        heading = part.next_node(nodes.title) or part.next_node(addnodes.desc_signature)
        ids = part["ids"] or heading["ids"]
        yield (ids[0] if ids else "", _heading(heading), _text_of(part, heading))


def _rows(document: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Anchor, term and text of each row of the glossary."""
    for section in document.findall(nodes.section):
        for body in section.findall(nodes.tbody):
            if body.parent.parent.parent is section or body.parent.parent.parent.parent is section:
                for row in body.findall(nodes.row):
                    cells = [_text(cell) for cell in row.findall(nodes.entry)]
                    yield section["ids"][0], cells[0], " ".join(cells[1:])


def _heading(node: nodes.Element) -> str:
    if isinstance(node, addnodes.desc_signature):
        return " ".join(_text(part) for part in node.findall(addnodes.desc_name))
    return _text(node)


def _text_of(part: nodes.Element, heading: nodes.Element) -> str:
    pieces = (_text(node) for node in _leaves(part, heading))
    return " ".join(piece for piece in pieces if piece)


def _leaves(part: nodes.Element, heading: nodes.Element) -> Iterator[nodes.Node]:
    """The paragraphs and pieces of code of a section without those of the sections in it."""
    for child in part.children:
        if child is heading or isinstance(child, (nodes.section, addnodes.desc, nodes.comment)):
            continue
        if isinstance(child, nodes.literal_block) and len(child.astext()) > _LONG_CODE:
            continue
        if isinstance(child, nodes.TextElement):
            yield child
        elif isinstance(child, nodes.Element):
            yield from _leaves(child, heading)


def _text(node: nodes.Node) -> str:
    return re.sub(r"\s+", " ", node.astext()).strip()
