"""The pages of the site in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

__all__ = ["LANGUAGES", "ROOT", "Page", "page_name", "pages"]

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ja")
ENGLISH_ONLY = frozenset({"changelog", "changes"})
"""Pages without a translation; docs/explanation/deviations.md says why."""
_TOP = {"README": "index", "docs/index": "index", "CHANGELOG": "changelog", "SECURITY": "security"}


@frozen
class Page:
    """A page of the site in one language.

    Attributes:
        name: its address below the folder of the language, without suffix.
        path: its path in the repository, where the links in its text start.
        text: its Markdown.
        language: the language of the text.
    """

    name: str
    path: str
    text: str
    language: str


def page_name(path: str) -> str:
    """The name of the page at a path of the repository: the same in each language."""
    stem = path.removesuffix(".md").removesuffix(".ja")
    if stem.startswith(("changes", "examples")):
        return stem.removesuffix("/README").rstrip("/")
    return _TOP.get(stem) or stem.removeprefix("docs/").removeprefix("ja/")


def pages(language: str, generated: Mapping[str, str]) -> dict[str, Page]:
    """The pages in a language by their names; in English where there is no translation.

    Args:
        language: ``en`` or ``ja``.
        generated: pages that only the site shows: Markdown by path below ``docs/``.
    """
    return _by_name(_pages("en", generated)) | _by_name(_pages(language, generated))


def _by_name(several: Iterable[Page]) -> dict[str, Page]:
    return {page.name: page for page in several}


def _pages(language: str, generated: Mapping[str, str]) -> Iterator[Page]:
    for file in _files(language):
        path = file.relative_to(ROOT).as_posix()
        yield Page(page_name(path), path, file.read_text(encoding="utf-8"), language)
    for path, text in generated.items():
        if path.startswith("ja/") == (language == "ja"):
            yield Page(page_name(f"docs/{path}"), f"docs/{path}", text, language)


def _files(language: str) -> Iterator[Path]:
    suffix = "" if language == "en" else f".{language}"
    for name in ("README", "CHANGELOG", "SECURITY", "changes/README"):
        yield from ROOT.glob(f"{name}{suffix}.md")
    folder = ROOT / "docs" if language == "en" else ROOT / "docs" / language
    for file in sorted(folder.rglob("*.md")):
        if file.relative_to(folder).parts[0] not in {"ja", "site", "index.md"}:
            yield file
