"""Holds the documentation to the code: links, examples, generated pages, keys that are told.

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
from generate import FILES
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
    wrong = [
        told
        for one in PAGES
        for check in (links, quotations, doctests)
        for told in check(one, one.read_text(encoding="utf-8"))
    ]
    wrong += [*keys(KEYS.read_text(encoding="utf-8")), *generated(), *commands()]
    wrong += [*twin_faults(), *glossary_faults()]
    faults, counts = block_report()
    wrong += faults
    for told in wrong:
        print(f"WRONG  {told}")
    if not wrong:
        print(
            f"{len(PAGES)} pages: links, examples, keys and generated pages are as they should be"
        )
    print(f"blocks: {counts}")
    return 1 if wrong else 0


def links(one: Path, text: str) -> Iterator[str]:
    """Links that lead to nothing in this repository."""
    for target in LINK.findall(FENCE.sub("", text)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        found = one.parent / path if path else one
        if not found.exists():
            yield f"{place(one)}: no such file: {target}"
        elif anchor and anchor not in anchors(found.read_text(encoding="utf-8")):
            yield f"{place(one)}: no such heading: {target}"


def anchors(text: str) -> set[str]:
    """The headings, as links name them."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def quotations(one: Path, text: str) -> Iterator[str]:
    """Pieces of the code, each below the path of its file, that it does not hold as quoted."""
    for _, piece in FENCE.findall(text):
        if quoted := QUOTED.match(piece):
            path, body = ROOT / quoted[1], piece[quoted.end() :].strip()
            if not path.exists() or body not in path.read_text(encoding="utf-8"):
                yield f"{place(one)}: {quoted[1]} does not hold: {body.splitlines()[0]}"


def doctests(one: Path, text: str) -> Iterator[str]:
    """Sessions that go another way than told."""
    test = doctest.DocTestParser().get_doctest(text, {}, place(one), str(one), 0)
    failed, _ = doctest.DocTestRunner(verbose=False).run(test)
    if failed:
        yield f"{place(one)}: {failed} examples went another way"


def keys(text: str) -> Iterator[str]:
    """Keys of the baseline file that its reference leaves out."""
    classes = [
        held
        for held in vars(declarations).values()
        if isinstance(held, type) and held.__module__ == declarations.__name__
    ]
    for kind in filter(attrs.has, classes):
        for field in attrs.fields(kind):
            name = field.name.rstrip("_")
            if field.metadata.get("in_file", True) and not re.search(rf"[`\[.]{name}[`\].]", text):
                yield f"{place(KEYS)}: says nothing of {name} ({kind.__name__})"


def generated() -> Iterator[str]:
    """Files that are not what their generator writes."""
    for path, expected in FILES.items():
        if path.read_text(encoding="utf-8") != expected():
            yield f"{place(path)}: is out of date; run: python docs/generate.py"


def commands() -> Iterator[str]:
    """A fresh machine needs two commands; .ci/run takes the second one from the README."""
    held = [body.strip() for kind, body in FENCE.findall(README.read_text("utf-8")) if kind == "sh"]
    if len(held) != 2 or any("\n" in one for one in held):  # noqa: PLR2004 - two
        yield f"{place(README)}: not two commands of one line each, but {len(held)} blocks"
    elif not held[1].endswith("-s tests"):
        yield f"{place(README)}: the second command does not run the tests"


if __name__ == "__main__":
    sys.exit(main())
