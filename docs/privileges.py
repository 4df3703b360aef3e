"""Writes reference/least-privilege.md from the table of operations.

python docs/privileges.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cloudpack_baseline.sources.operations import OPERATIONS

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parent / "reference" / "least-privilege.md"

HEAD = """\
# Operations and IAM actions

Every AWS operation that a run may send, and the IAM actions that it needs. A run sends \
only those that the selected controls read; `cloudpack-baseline policy` prints the policy \
for a selection. Each action is of the access level List or Read in the Service \
Authorization Reference.

The page is written by `docs/privileges.py`.

| operation | IAM actions |
|---|---|
"""


def page() -> str:
    """The page, from the table."""
    return HEAD + "".join(f"{line}\n" for line in _rows())


def _rows() -> Iterator[str]:
    for key in sorted(OPERATIONS):
        actions = ", ".join(f"`{action}`" for action in OPERATIONS[key].actions)
        yield f"| `{key}` | {actions or 'none: every caller may'} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
