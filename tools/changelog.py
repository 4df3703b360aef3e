"""The changelog of a release, from the fragments in `changes` and what stands under Unreleased.

python tools/changelog.py [VERSION | --check]

Without a version the section is only printed; with one, it is written to CHANGELOG.md, and the
fragments are removed. With --check, only the names of the fragments are checked.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRAGMENT = re.compile(r"(?:\d+|\+[a-z0-9-]+)\.(?P<category>[a-z]+)\.md")
NO_FRAGMENTS = frozenset({"README.md", "template.md.jinja"})
START = "<!-- releases -->\n"
UNRELEASED = re.compile(r"## \[Unreleased\]\n(?P<entries>.*?)(?=^## )", re.MULTILINE | re.DOTALL)

_FIRST_NUMBER = 1_000_000
"""Larger than the number of any issue."""


def main(arguments: list[str]) -> int:
    """Check, print or write; 0 where each fragment is well named."""
    problems = [problem for file in fragments(ROOT) for problem in faults(file)]
    for problem in problems:
        print(f"WRONG  {problem}")
    if problems or "--check" in arguments:
        return 1 if problems else 0
    if arguments:
        return written(ROOT, arguments[0])
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pyproject.toml", "CHANGELOG.md"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "changes", Path(folder, "changes"))
        return written(Path(folder), "NEXT", draft=True)


def fragments(root: Path) -> list[Path]:
    """The files in `changes` that should be entries of the changelog."""
    return sorted(file for file in (root / "changes").iterdir() if file.name not in NO_FRAGMENTS)


def categories() -> frozenset[str]:
    """The categories of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return frozenset(category["directory"] for category in project["tool"]["towncrier"]["type"])


def faults(file: Path) -> Iterator[str]:
    """What keeps a file from being an entry."""
    named = FRAGMENT.fullmatch(file.name)
    if named is None or named["category"] not in categories():
        allowed = ", ".join(sorted(categories()))
        yield f"changes/{file.name}: is not NAME.CATEGORY.md with a category of {allowed}"
        return
    text = file.read_text(encoding="utf-8")
    if not text.strip():
        yield f"changes/{file.name}: is empty"
    elif text.startswith(("*", "#")) or "\n- " in text:
        yield f"changes/{file.name}: is a heading or a list; it is one entry, without a bullet"


def written(root: Path, version: str, *, draft: bool = False) -> int:
    """Run towncrier over a folder, with what stood under Unreleased as fragments."""
    changelog = root / "CHANGELOG.md"
    text, unreleased = split(changelog.read_text(encoding="utf-8"))
    changelog.write_text(text, encoding="utf-8")
    for name, entry in named(unreleased):
        (root / "changes" / name).write_text(entry + "\n", encoding="utf-8")
    command = ["-m", "towncrier", "build", "--version", version, "--yes"]
    command += ["--draft"] if draft else []
    return subprocess.run([sys.executable, *command], cwd=root, check=False).returncode


def split(changelog: str) -> tuple[str, Mapping[str, list[str]]]:
    """The changelog with the mark of towncrier, and the entries under Unreleased by category."""
    match = UNRELEASED.search(changelog)
    if match is None:
        return changelog, {}
    text = changelog[: match.start()] + START + "\n" + changelog[match.end() :]
    entries: dict[str, list[str]] = {}
    for section in re.split(r"^### ", match["entries"], flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        entries[heading.strip().lower()] = re.findall(r"^- (.*(?:\n(?!- ).+)*)", body, re.MULTILINE)
    return text.replace(START + "\n" + START, START), entries


def named(unreleased: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Fragments for entries; towncrier sorts them by the number, so that they keep their order."""
    for category, entries in unreleased.items():
        for number, entry in enumerate(entries, start=_FIRST_NUMBER):
            yield f"{number}.{category}.md", entry


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
