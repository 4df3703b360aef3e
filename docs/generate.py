"""Writes docs/reference/controls.md from the catalogue and the checks.

python docs/generate.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import attrs

from cloudpack_baseline.baseline._options import OPTIONS
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.sources.gathering import operations_of
from cloudpack_baseline.sources.operations import actions_of
from cloudpack_baseline.whitepaper import Control, clauses, controls

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parent / "reference" / "controls.md"

_HEAD = """\
# Controls

Made by `docs/generate.py` from the catalogue and the checks; edit those. The relation \
of a control to a clause is *direct* (the paper promises this), *by analogy* (the paper \
promises it of cloudpack's own network) or *best practice*.
"""


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for one in controls().values() for line in _lines(one))])


def _lines(one: Control) -> Iterator[str]:
    check = check_of(one.id)
    yield f"## {one.id}"
    yield ""
    yield f"{one.title['en']}. {one.title['ja']}。"
    yield ""
    for link in one.clauses:
        clause = clauses()[link.clause]
        relation = link.relation.value.replace("-", " ")
        yield f"- **Clause** {clause.id} {clause.heading_en} ({clause.heading}), {relation}"
    yield f"- **Reads** {', '.join(f'`{read.kind.__name__}`' for read in check.reads)}"
    yield f"- **Calls** {_coded(operations_of(check.reads))}"
    yield f"- **IAM actions** {_coded(actions_of(operations_of(check.reads)))}"
    yield f"- **Python** `check_{one.id.replace('-', '_')}`"
    if one.id in OPTIONS:
        options = attrs.fields(OPTIONS[one.id])
        told = ", ".join(f"`{option.name} = {option.default}`" for option in options)
        yield f"- **Options** in `[controls.{one.id}]`: {told}"
    yield ""
    yield inspect.cleandoc(check.judge.__doc__ or "").partition("\n\n")[2].replace("``", "`")
    yield ""
    yield f"To mend it: {one.remedy['en']}. {one.remedy['ja']}。"
    yield ""


def _coded(names: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
