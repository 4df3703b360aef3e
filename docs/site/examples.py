"""A page for each example of the repository, with its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pages import ROOT, Page

__all__ = ["example_pages"]

_TITLES = {"en": "Example: {name}", "ja": "例: {name}"}
_LONG = 20_000
"""Bytes from which on a file is not shown."""
_LANGUAGES = {
    ".py": "python",
    ".toml": "toml",
    ".yaml": "yaml",
    ".js": "javascript",
    ".json": "json",
}


def example_pages(language: str) -> Iterator[Page]:
    """A page for each folder of ``examples/``."""
    for folder in sorted((ROOT / "examples").iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            name = f"examples/{folder.name}"
            text = "\n".join(_lines(folder, language))
            yield Page(name, f"{name}/README.md", text, _language(folder, language))


def _language(folder: Path, language: str) -> str:
    """The language of what the page says; code has none."""
    translated = (folder / f"README.{language}.md").exists()
    return language if translated or not (folder / "README.md").exists() else "en"


def _lines(folder: Path, language: str) -> Iterator[str]:
    readme = folder / "README.md"
    translated = folder / f"README.{language}.md"
    if translated.exists() or readme.exists():
        yield (translated if translated.exists() else readme).read_text(encoding="utf-8")
    else:
        yield f"# {_TITLES[language].format(name=folder.name)}"
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix in _LANGUAGES:
            yield from ("", f"## {file.name}", "")
            yield from _shown(file)


def _shown(file: Path) -> Iterator[str]:
    if file.stat().st_size > _LONG:
        yield f"[{file.name}]({file.name})"
    else:
        text = file.read_text(encoding="utf-8").rstrip()
        yield from (f"````{_LANGUAGES[file.suffix]}", text, "````")
