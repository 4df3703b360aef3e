"""Builds the documentation site: python docs/site/build.py [FOLDER].

One folder of pages a language, ready for any web server; nothing is read from the network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from api_pages import api_pages
from control_pages import control_pages
from examples import example_pages
from inventories import write_inventories
from links import FILES, linked
from navigation import contents
from pages import ENGLISH_ONLY, LANGUAGES, ROOT, Page, pages

from cloudpack_baseline._version import DOCUMENTATION

HERE = Path(__file__).parent
_OTHER_LANGUAGE = re.compile(r"^\[(?:English|日本語)\]\(.*\)\n\n", re.MULTILINE)
"""The link that README and SECURITY have instead of the switch between the languages."""

_CONTROL = re.compile(r"^## ([a-z0-9-]+)$", re.MULTILINE)
_CONTROL_LINK = {
    "en": r"## \1\n\n[All about \1](controls/\1.md): examples and remediation.",
    "ja": r"## \1\n\n[\1 の詳細](controls/\1.md): 出力例と対処方法",
}
"""A heading of the overview of the controls, and the link to the page that only the site has."""


def main() -> int:
    """Build the site; 0 if Sphinx had nothing to warn of."""
    output = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site").resolve()
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SITE_INVENTORIES"] = folder
        write_inventories(Path(folder))
        runs = [_build(language, Path(folder) / language, output) for language in LANGUAGES]
        failures = [run.args[-1] for run in runs if run.wait()]
    if failures:
        return 1
    _finish(output)
    return 0


def site_pages(language: str) -> dict[str, Page]:
    """All pages that are written in Markdown, by their names."""
    return pages(language, control_pages()) | {page.name: page for page in example_pages(language)}


def missing(language: str = "ja") -> list[str]:
    """The pages that have no text in the language."""
    pages_of_site = site_pages(language).values()
    return [
        page.name
        for page in pages_of_site
        if page.language != language and page.name not in ENGLISH_ONLY
    ]


def _build(language: str, source: Path, output: Path) -> subprocess.Popen[bytes]:
    assemble(language, source)
    english = [page.name for page in site_pages(language).values() if page.language == "en"]
    fallback = " ".join(english) if language != "en" else ""
    arguments = ["-b", "html", "-W", "--keep-going", "-q", "-c", str(HERE)]
    environment = {**os.environ, "SITE_LANGUAGE": language, "SITE_FALLBACK": fallback}
    folders = [str(source), str(output / language)]
    doctrees = ["-d", f"{source}.doctrees"]
    command = [sys.executable, "-m", "sphinx", *arguments, *doctrees, *folders]
    return subprocess.Popen(command, env=environment)


def assemble(language: str, source: Path) -> None:
    """Write the sources of the site in a language."""
    site = site_pages(language)
    english = site_pages("en")
    names = [*site, *(api := api_pages(language))]
    files: set[str] = set()
    for name, page in site.items():
        text, links = linked(page, site, english)
        files |= links
        if name == "reference/controls":
            text = _CONTROL.sub(_CONTROL_LINK[language], text)
        if "/" not in name:
            text = _OTHER_LANGUAGE.sub("", text)
        _write(source / f"{name}.md", text + contents(name, names, language))
    for name, text in api.items():
        _write(source / f"{name}.rst", text)
    for path in files:
        _write(source / FILES / path, (ROOT / path).read_text(encoding="utf-8"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _finish(output: Path) -> None:
    shutil.copy(HERE / "templates" / "root.html", output / "index.html")
    (output / ".nojekyll").touch()
    for file in (ROOT / "docs" / "reference").glob("*.schema.json"):
        if address := json.loads(file.read_text(encoding="utf-8")).get("$id"):
            _write(output / address.removeprefix(DOCUMENTATION), file.read_text(encoding="utf-8"))
    print(f"site: {output}; pages without a Japanese text: {len(missing())}")


if __name__ == "__main__":
    sys.exit(main())
