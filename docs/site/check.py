"""Holds the built site to the package: python docs/site/check.py [FOLDER]."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from api_pages import MODULES, public_names
from build import missing
from hatch_build import LongDescription
from pages import LANGUAGES, ROOT

from cloudpack_baseline._version import DOCUMENTATION
from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.whitepaper import builtin

_HEAD_LINES = 4
_ADDRESSES = {"a": "href", "link": "href", "img": "src", "script": "src", "form": "action"}


class Parsed(HTMLParser):
    """A page: its language, its addresses and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.anchors = {"", "top"}
        self.addresses: list[str] = []
        self.translations: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what the tag says."""
        values = {name: value or "" for name, value in attrs}
        self.anchors.add(values.get("id", ""))
        if tag == "html":
            self.language = values.get("lang", "")
        if address := values.get(_ADDRESSES.get(tag, "")):
            self.addresses.append(address)
        if tag == "a" and "hreflang" in values:
            self.translations[values["hreflang"]] = values["href"]


def main() -> int:
    """Check everything; 0 where nothing is wrong."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site").resolve()
    pages = {file: Parsed(file.read_text("utf-8")) for file in sorted(site.rglob("*.html"))}
    wrong = [*links(site, pages), *languages(site, pages), *names(site), *control_pages(site)]
    wrong += long_description(site, pages)
    wrong += [f"{page}: is not in Japanese" for page in missing()]
    for problem in wrong:
        print(f"WRONG  {problem}")
    if not wrong:
        print(f"{len(pages)} pages: links, languages and public names are as they should be")
    return 1 if wrong else 0


def links(site: Path, pages: dict[Path, Parsed]) -> Iterator[str]:
    """Addresses that lead to nothing in the site, and what would be loaded from elsewhere."""
    for file, page in pages.items():
        for address in page.addresses:
            url = urlsplit(address)
            if url.scheme or url.netloc:
                continue
            target = (file.parent / unquote(url.path)).resolve() if url.path else file
            place = file.relative_to(site)
            if not target.is_file():
                yield f"{place}: no such file: {address}"
            elif target in pages and unquote(url.fragment) not in pages[target].anchors:
                yield f"{place}: no such anchor: {address}"


def languages(site: Path, pages: dict[Path, Parsed]) -> Iterator[str]:
    """Pages whose language is not that of their folder, or without a switch to the same page."""
    for file, page in pages.items():
        language, *path = file.relative_to(site).parts
        if language not in LANGUAGES:
            continue
        expected = {code: site.joinpath(code, *path) for code in LANGUAGES}
        targets = {
            code: (file.parent / address).resolve() for code, address in page.translations.items()
        }
        if page.language != language:
            yield f"{file.relative_to(site)}: its language is {page.language}"
        if targets != expected:
            yield f"{file.relative_to(site)}: its translations are {page.translations}"


def names(site: Path) -> Iterator[str]:
    """Public names without an entry in the inventory."""
    for language in LANGUAGES:
        inventory = (site / language / "objects.inv").read_bytes().split(b"\n", _HEAD_LINES)
        entries = zlib.decompress(inventory[_HEAD_LINES]).decode()
        documented = set(re.findall(r"^(\S+) py:", entries, re.MULTILINE))
        for module in MODULES.values():
            for name in public_names(module):
                if f"{module}.{name}" not in documented:
                    yield f"{language}: {module}.{name} is not documented"


def long_description(site: Path, pages: dict[Path, Parsed]) -> Iterator[str]:
    """Links on the page of a package index that lead to nothing in the site."""
    for address in LongDescription(str(ROOT), {}).links():
        name, _, anchor = address.partition("#")
        file = site / name
        if not file.is_file() or (anchor and anchor not in pages[file].anchors):
            yield f"the long description links to {address}, which the site does not have"


def control_pages(site: Path) -> Iterator[str]:
    """Controls without the page that reports link to."""
    for control in builtin().controls:
        for language in LANGUAGES:
            address = str(control_page(control, language)).removeprefix(DOCUMENTATION)
            if not (site / address).is_file():
                yield f"{control}: there is no {address}"


if __name__ == "__main__":
    sys.exit(main())
