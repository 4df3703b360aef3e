"""What the search of the site reads: each page with the text of its sections."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

from docutils import nodes
from sphinx import addnodes

__all__ = ["explain_terms", "page_entry"]

_KEYWORDS = Path(__file__).with_name("keywords.toml")
_GLOSSARY = "reference/glossary"
_LONG_CODE = 600
"""Characters after which a piece of code is left out of the index."""
_WEIGHTS = {
    "changelog": 0.5,
    "examples/": 0.5,
    "reference/access-cases": 0.5,
    "reference/api/": 0.25,
    "reference/glossary": 1.4,
    "reference/records": 0.5,
    "reference/texts": 0.3,
}
"""Of pages that list everything: others come before them, but none before a definition."""


def page_entry(document: nodes.document, name: str, address: str) -> dict[str, Any]:
    """A page: address, title, words that it does not contain, weight, and its sections."""
    is_glossary = name == _GLOSSARY
    title = next(document.findall(nodes.title))
    return {
        "address": address,
        "title": _text(title),
        "keywords": [*_keywords().get(name, [])],
        "weight": next((_WEIGHTS[start] for start in _WEIGHTS if name.startswith(start)), 1),
        "sections": list(_rows(document) if is_glossary else _sections(document)),
        "defines": is_glossary,
        "explained": list(_terms(document)) if is_glossary else [],
    }


@cache
def _keywords() -> dict[str, list[str]]:
    return tomllib.loads(_KEYWORDS.read_text(encoding="utf-8"))


def _sections(document: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Anchor, heading and text of each section and of each documented name."""
    for section in document.findall(lambda node: isinstance(node, (nodes.section, addnodes.desc))):
        heading = section.next_node(nodes.title) or section.next_node(addnodes.desc_signature)
        ids = section["ids"] or heading["ids"]
        yield (ids[0] if ids else "", _heading(heading), _text_of(section, heading))


def explain_terms(entries: list[dict[str, Any]]) -> None:
    """Give each page the terms that the glossary says it explains, as keywords."""
    pages = {entry["address"]: entry for entry in entries}
    for entry in entries:
        for address, terms in entry.pop("explained", []):
            page = pages[normpath(f"{dirname(entry['address'])}/{address.partition('#')[0]}")]
            page["keywords"] += terms


def _terms(document: nodes.document) -> Iterator[tuple[str, list[str]]]:
    """Where the glossary says that a term is explained, and the term in both languages."""
    for row in _body_rows(document):
        cells = list(row.findall(nodes.entry))
        for link in cells[-1].findall(nodes.reference):
            yield link["refuri"], [_text(cell) for cell in cells[:2]]


def _rows(document: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Anchor, term and text of each row of the glossary."""
    for section in document.findall(nodes.section):
        for table in section.children:
            for row in [] if isinstance(table, nodes.section) else _body_rows(table):
                term, *cells = (_text(cell) for cell in row.findall(nodes.entry))
                yield section["ids"][0], term, " ".join(cells)


def _body_rows(node: nodes.Node) -> Iterator[nodes.row]:
    return (row for body in node.findall(nodes.tbody) for row in body.findall(nodes.row))


def _heading(node: nodes.Element) -> str:
    if isinstance(node, addnodes.desc_signature):
        return " ".join(_text(name_node) for name_node in node.findall(addnodes.desc_name))
    return _text(node)


def _text_of(section: nodes.Element, heading: nodes.Element) -> str:
    pieces = (_text(node) for node in _leaves(section, heading))
    return " ".join(piece for piece in pieces if piece)


def _leaves(section: nodes.Element, heading: nodes.Element) -> Iterator[nodes.Node]:
    """The paragraphs and pieces of code of a section without those of the sections in it."""
    for child in section.children:
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
