"""Links of a page, changed from paths in the repository to pages and files of the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import normpath, relpath

from pages import ROOT, Page, page_name

__all__ = ["FILES", "anchors", "linked", "prose"]

FILES = "files"
"""The folder of the site's sources with copies of linked files of the repository."""
_FENCE = re.compile(r"\s*(?:[-*+]\s+|\d+\.\s+)?(`{3,}|~{3,})")
_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_TARGET = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")
_HEADING = re.compile(r"#{1,6} +(.*?)\s*$")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def linked(
    page: Page, site: Mapping[str, Page], english: Mapping[str, Page]
) -> tuple[str, set[str]]:
    """The Markdown of a page for the site, and the files of the repository that it links to.

    Args:
        page: the page.
        site: all pages in the language of the site.
        english: all pages in English: an anchor of one leads to the heading of its translation.
    """
    files: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        target = match[1]
        if re.match(r"[a-z]+:|#", target):
            return target
        path, _, anchor = target.partition("#")
        resolved = normpath(PurePosixPath(page.path).parent / path)
        name = page_name(resolved)
        if name in site:
            heading = _translated(anchor, site[name], english[name])
            return _relative(page, f"{name}.md") + (f"#{heading}" if anchor else "")
        if (ROOT / resolved).is_file():
            files.add(resolved)
        return _relative(page, f"{FILES}/{resolved}")

    def changed(text: str) -> str:
        return _outside_spans(text, lambda words: _TARGET.sub(replaced, words))

    pieces = (changed(text) if is_prose else text for is_prose, text in _pieces(page.text))
    return "".join(pieces), files


def _relative(page: Page, path: str) -> str:
    return relpath(path, PurePosixPath(page.name).parent)


def _translated(anchor: str, page: Page, english: Page) -> str:
    headings = anchors(page.text)
    originals = anchors(english.text)
    if anchor in headings or anchor not in originals or len(headings) != len(originals):
        return anchor
    return headings[originals.index(anchor)]


def anchors(text: str) -> list[str]:
    """The anchors of the headings, in order, as GitHub and MyST make them."""
    slugs: list[str] = []
    for line in prose(text).splitlines():
        if heading := _HEADING.match(line):
            words = _LINK.sub(r"\1", heading[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            repeated = slugs.count(slug)
            slugs.append(f"{slug}-{repeated}" if repeated else slug)
    return slugs


def prose(text: str) -> str:
    """The text without its fenced code."""
    return "".join(piece for is_prose, piece in _pieces(text) if is_prose)


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    pieces, start = [], 0
    for span in _SPAN.finditer(text):
        pieces += [change(text[start : span.start()]), span[0]]
        start = span.end()
    return "".join([*pieces, change(text[start:])])


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is prose and not fenced code."""
    fence, lines = "", list[str]()
    for line in text.splitlines(keepends=True):
        if fence:
            lines.append(line)
            if line.strip() == fence:
                yield False, "".join(lines)
                fence, lines = "", []
        elif opened := _FENCE.match(line):
            yield True, "".join(lines)
            fence, lines = opened[1], [line]
        else:
            lines.append(line)
    yield not fence, "".join(lines)
