"""The long description: the README with links that work on a package index."""

from __future__ import annotations

import re
import runpy
from pathlib import Path, PurePosixPath
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_TARGET = re.compile(r"(?<=\]\()(?!https?://|#)([^)\s]+)(?=\))")
_PAGES = {
    "README": "index",
    "docs/index": "index",
    "CHANGELOG": "changelog",
    "SECURITY": "security",
}
"""Pages of the site with another name than their file."""


class LongDescription(MetadataHookInterface):
    """Sets the field ``readme`` of the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read the README, and point its links to the documentation site."""
        text = long_description(Path(self.root))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}

    def links(self) -> list[str]:
        """The addresses on the site that the long description links to."""
        return [address(target) for target in _TARGET.findall(_readme(Path(self.root)))]


def long_description(root: Path) -> str:
    """The README of a folder, with the addresses of the site in place of relative links."""
    version = runpy.run_path(str(root / "src" / "cloudpack_baseline" / "_version.py"))
    site = version["DOCUMENTATION"]
    return _TARGET.sub(lambda target: f"{site}{address(target[1])}", _readme(root))


def _readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def address(target: str) -> str:
    """The address on the site of a file of the repository: a page, or a picture on a page."""
    path, separator, anchor = target.partition("#")
    file = PurePosixPath(path)
    if file.suffix in {".svg", ".png"}:
        return f"en/_images/{file.name}"
    stem = path.removesuffix(".md")
    language = "ja" if stem.endswith(".ja") or stem.startswith("docs/ja/") else "en"
    stem = stem.removesuffix(".ja")
    page = _PAGES.get(stem) or stem.removeprefix("docs/").removeprefix("ja/")
    return f"{language}/{page}.html{separator}{anchor}"
