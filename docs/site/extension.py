"""Sphinx extension: switch of languages, anchors, tables for the keyboard, search."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from api_pages import MODULES, public_names
from docutils import nodes
from inventories import documented_names
from navigation import children, groups, parent
from search_index import explain_terms, page_entry
from sphinx import addnodes, package_dir
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

_STEMMERS = Path(package_dir) / "search" / "minified-js"
_WRAPPER = re.compile(r'<div class="table-wrapper[^"]*"')
_EMPTY_HEADER = re.compile(r'<th class="head[^"]*"><p></p></th>')
_PRE = '<pre tabindex="0">'
_TYPES = {name.rpartition(".")[2]: name for name in documented_names()}
_TYPES["boto3.Session"] = "boto3.session.Session"
_FALLBACK = "このページの日本語版はありません。以下は英語版です。"
_TABLE = {"en": "Table, scrollable", "ja": "表(横にスクロールできます)"}


class ReadableAnchors(SphinxTransform):
    """Sections have the anchors that links name, and not ``id1`` for a heading in Japanese."""

    default_priority = 200

    def apply(self) -> None:
        """Put the slug of MyST before the ID that docutils made."""
        for section in self.document.findall(nodes.section):
            slug = section.get("slug")
            if slug and slug not in self.document.ids:
                section["ids"].insert(0, slug)
                self.document.ids[slug] = section


class SearchIndex:
    """What the pages of one build say, for the search in the browser."""

    def __init__(self) -> None:
        self._pages: list[dict[str, Any]] = []

    def add(
        self,
        app: Sphinx,
        name: str,
        _template: str,
        _context: dict[str, Any],
        document: nodes.document | None,
    ) -> None:
        """Add a page; one that Sphinx makes without a document, such as the index, is left out."""
        if document is not None:
            self._pages.append(page_entry(document, name, app.builder.get_target_uri(name)))

    def write(self, app: Sphinx, error: Exception | None) -> None:
        """Write the index, and what the search needs of Sphinx, once the build is done."""
        if error is not None:
            return
        static = Path(app.outdir) / "_static"
        explain_terms(self._pages)
        index = json.dumps(self._pages, ensure_ascii=False, separators=(",", ":"))
        (static / "search-index.js").write_text(f"const SITE_INDEX = {index};\n", "utf-8")
        for name in ("base-stemmer.js", "english-stemmer.js"):
            shutil.copy(_STEMMERS / name, static / name)


def setup(app: Sphinx) -> Mapping[str, bool]:
    """Connect the extension."""
    app.add_transform(ReadableAnchors)
    app.connect("builder-inited", _without_own_search)
    app.connect("builder-inited", _plain_types)
    app.connect("autodoc-process-signature", _plain_defaults)
    app.connect("autodoc-process-docstring", _without_type, priority=400)  # before napoleon
    app.connect("missing-reference", _full_name, priority=400)  # before intersphinx
    index = SearchIndex()
    app.connect("html-page-context", _page)
    app.connect("html-page-context", index.add)
    app.connect("build-finished", index.write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}


def _without_own_search(app: Sphinx) -> None:
    app.builder.search = False


def _plain_types(_app: Sphinx) -> None:
    """Take the checks of values out of the types of declarations: they are no part of a type."""
    for module in MODULES.values():
        for name in public_names(module):
            documented = getattr(import_module(module), name)
            for annotated in filter(
                _is_annotated, (documented, getattr(documented, "__init__", 0))
            ):
                hints = get_type_hints(annotated)
                annotated.__annotations__ = {key: hints[key] for key in annotated.__annotations__}


def _is_annotated(documented: object) -> bool:
    return "Annotated[" in str(getattr(documented, "__annotations__", ""))


def _plain_defaults(*event: object) -> tuple[str, str | None] | None:
    """A default that a factory makes has no name."""
    signature, returned = event[-2:]
    if isinstance(signature, str):
        return signature.replace(" = NOTHING", " = ..."), returned
    return None


def _without_type(_app: Sphinx, what: str, *arguments: list[str]) -> None:
    """Napoleon takes ``Whether it passes: ...`` for a type, unless a line is before it."""
    if what in {"property", "attribute", "data"}:
        arguments[-1].insert(0, "\\ ")  # nothing, to reStructuredText


def _full_name(
    _app: Sphinx, _environment: BuildEnvironment, node: addnodes.pending_xref, _content: nodes.Node
) -> None:
    """Signatures that are written as text have types as their modules name them."""
    node["reftarget"] = _TYPES.get(node["reftarget"], node["reftarget"])


def _page(
    app: Sphinx, name: str, _template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    language = app.config.language
    address = app.builder.get_target_uri(name)
    root = "../" * (address.count("/") + 1)
    context["site_languages"] = {code: f"{root}{code}/{address}" for code in ("en", "ja")}
    context["toctree"] = lambda **_: "".join(_tree(app, name))
    if document is not None:
        in_english = name in os.environ["SITE_FALLBACK"].split()
        body = context["body"].replace('<dl class="py', '<dl lang="en" class="py')
        context["body"] = _body(body, language, in_english=in_english)


def _tree(app: Sphinx, name: str) -> Iterator[str]:
    """The navigation.

    Sphinx would copy all headings of the site for each page, which takes longer than the rest of
    the build, and list all controls beside each page.
    """
    titles = app.env.titles
    for caption, pages in groups(titles, app.config.language):
        yield f'<p class="caption" role="heading"><span class="caption-text">{caption}</span></p>'
        yield from _entries(app, pages, name, 1)


def _entries(app: Sphinx, pages: Iterable[str], name: str, level: int) -> Iterator[str]:
    yield "<ul>"
    for page in pages:
        current = " current" if page in {name, parent(name)} else ""
        address = "#" if page == name else app.builder.get_relative_uri(name, page)
        title = escape(app.env.titles[page].astext())
        yield f'<li class="toctree-l{level}{current}">'
        yield f'<a class="reference internal{current}" href="{address}">{title}</a>'
        below = children(page, app.env.titles) if current else []
        yield from _entries(app, below, name, level + 1) if below else ()
        yield "</li>"
    yield "</ul>"


def _body(body: str, language: str, *, in_english: bool) -> str:
    label = f'tabindex="0" role="group" aria-label="{_TABLE[language]}"'
    body = _WRAPPER.sub(rf"\g<0> {label}", body).replace("<pre>", _PRE)
    body = _EMPTY_HEADER.sub("<td></td>", body)
    if in_english:
        body = f'<p class="fallback">{_FALLBACK}</p><div lang="en">{body}</div>'
    return body
