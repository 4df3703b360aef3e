"""Holds the documentation to the code: links, examples, described keys.

That generated pages are up to date is a test (tests/test_package.py).

python docs/check.py
"""

from __future__ import annotations

import doctest
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
from block_checks import block_report
from blocks import DOCS, PAGES, ROOT, place
from twins import glossary_faults, twin_faults

from cloudpack_baseline.baseline import declarations

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"# ((?:src|tests)/\S+)\n")
"""The first line of a piece of the code."""
README = ROOT / "README.md"
KEYS = DOCS / "reference" / "baseline-file.md"


def main() -> int:
    """Check everything; 0 where nothing is wrong."""
    faults, counts = block_report()
    faults += [
        fault
        for page in PAGES
        for check in (links, quotations, doctests)
        for fault in check(page, page.read_text(encoding="utf-8"))
    ]
    faults += [*keys(KEYS.read_text(encoding="utf-8")), *commands()]
    faults += [*twin_faults(), *glossary_faults()]
    for fault in faults:
        print(f"WRONG  {fault}")
    if not faults:
        print(f"{len(PAGES)} pages: links, examples and keys are as they should be")
    print(f"blocks: {counts}")
    return 1 if faults else 0


def links(page: Path, text: str) -> Iterator[str]:
    """Links that lead to nothing in this repository."""
    for target in LINK.findall(FENCE.sub("", text)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        linked = page.parent / path if path else page
        if not linked.exists():
            yield f"{place(page)}: no such file: {target}"
        elif anchor and anchor not in anchors(linked.read_text(encoding="utf-8")):
            yield f"{place(page)}: no such heading: {target}"


def anchors(text: str) -> set[str]:
    """The headings, as links name them."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def quotations(page: Path, text: str) -> Iterator[str]:
    """Excerpts of the code that differ from the file whose path stands above them."""
    for _, piece in FENCE.findall(text):
        if quoted := QUOTED.match(piece):
            path, body = ROOT / quoted[1], piece[quoted.end() :].strip()
            if not path.exists() or body not in path.read_text(encoding="utf-8"):
                yield f"{place(page)}: {quoted[1]} does not contain: {body.splitlines()[0]}"


def doctests(page: Path, text: str) -> Iterator[str]:
    """Python sessions that print something else than the page shows."""
    test = doctest.DocTestParser().get_doctest(text, {}, place(page), str(page), 0)
    failed, _ = doctest.DocTestRunner(verbose=False).run(test)
    if failed:
        yield f"{place(page)}: {failed} examples print something else"


def keys(text: str) -> Iterator[str]:
    """Keys of the baseline file that its reference leaves out."""
    classes = [
        declaration
        for declaration in vars(declarations).values()
        if isinstance(declaration, type) and declaration.__module__ == declarations.__name__
    ]
    for kind in filter(attrs.has, classes):
        for field in attrs.fields(kind):
            name = field.name.rstrip("_")
            if field.metadata.get("in_file", True) and not re.search(rf"[`\[.]{name}[`\].]", text):
                yield f"{place(KEYS)}: says nothing of {name} ({kind.__name__})"


def commands() -> Iterator[str]:
    """A fresh machine needs two commands; .ci/run takes the second one from the README."""
    fences = FENCE.findall(README.read_text("utf-8"))
    shell = [body.strip() for kind, body in fences if kind == "sh"]
    match shell:
        case [first, second] if "\n" not in first + second:
            if not second.endswith("-s tests"):
                yield f"{place(README)}: the second command does not run the tests"
        case _:
            yield f"{place(README)}: not two commands of one line each, but {len(shell)} blocks"


if __name__ == "__main__":
    sys.exit(main())
