"""What other projects document, as far as this site refers to it.

``inventories/PROJECT.txt`` holds the entries as they are in the ``objects.inv`` of the project,
uncompressed. ``python docs/site/inventories.py`` reads the newest ``objects.inv`` from the network
and renews them; what a project no longer documents is printed and removed.
"""

from __future__ import annotations

import sys
import urllib.request
import zlib
from pathlib import Path

__all__ = ["PROJECTS", "documented_names", "write_inventories"]

PROJECTS = {
    "python": "docs.python.org/3/",
    "boto3": "boto3.amazonaws.com/v1/documentation/api/latest/",
    "pytest": "docs.pytest.org/en/stable/",
    "attrs": "www.attrs.org/en/stable/",
}
"""Where the documentation of each project is, under ``https://``."""

_LISTS = Path(__file__).with_name("inventories")
_HEAD = "# Sphinx inventory version 2\n# Project: {}\n# Version: \n# zlib\n"
_HEAD_LINES = 4


def documented_names() -> list[str]:
    """The names in the lists."""
    return [name for project in PROJECTS for name in _names(project)]


def _names(project: str) -> list[str]:
    lines = (_LISTS / f"{project}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" ")[0] for line in lines]


def write_inventories(folder: Path) -> None:
    """Write ``PROJECT.inv`` for Sphinx, which reads them from there and not from the network."""
    folder.mkdir(parents=True, exist_ok=True)
    for project in PROJECTS:
        body = (_LISTS / f"{project}.txt").read_bytes()
        inventory = _HEAD.format(project).encode() + zlib.compress(body)
        (folder / f"{project}.inv").write_bytes(inventory)


def main() -> int:
    """Renew the entries; 1 if a project no longer has one of them."""
    return max(_renewed(project, place) for project, place in PROJECTS.items())


def _renewed(project: str, place: str) -> int:
    names = _names(project)
    with urllib.request.urlopen(f"https://{place}objects.inv") as answer:
        entries = _entries(answer.read())
    missing = sorted(set(names) - set(entries))
    for name in missing:
        print(f"{project}: {name} is no longer documented")
    lines = [entries[name] for name in names if name in entries]
    (_LISTS / f"{project}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return 1 if missing else 0


def _entries(inventory: bytes) -> dict[str, str]:
    body = inventory.split(b"\n", _HEAD_LINES)[_HEAD_LINES]
    lines = zlib.decompress(body).decode().splitlines()
    return {line.split(" ")[0]: line for line in lines}


if __name__ == "__main__":
    sys.exit(main())
