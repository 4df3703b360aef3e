"""Writes docs/reference/controls.md from the catalogue and the checks.

python docs/generate.py
"""

from __future__ import annotations

import inspect
import json
import re
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
    lines = [line for one in controls().values() for line in _lines(one)]
    for id_ in sorted(set(OPTIONS) - set(controls())):
        lines += [f"## {id_}", "", "Judged by no control of its own yet.", "", *_options(id_)]
    return "\n".join([_HEAD, *lines])


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
    yield ""
    yield inspect.cleandoc(check.judge.__doc__ or "").partition("\n\n")[2].replace("``", "`")
    yield ""
    yield f"To mend it: {one.remedy['en']}. {one.remedy['ja']}。"
    yield ""
    if one.id in OPTIONS:
        yield from _options(one.id)


def _options(id_: str) -> Iterator[str]:
    kind = OPTIONS[id_]
    told = _attributes(kind)
    yield f"Options, in `[controls.{id_}]`:"
    yield ""
    for option in attrs.fields(kind):
        yield f"- `{option.name}`, by default {_default(option)}: {told[option.name]}"
    yield ""


def _attributes(kind: type) -> dict[str, str]:
    """What the docstring says of each attribute, in one line."""
    said = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", said, re.MULTILINE)
    return {name: " ".join(words.split()).replace("``", "`") for name, words in entries}


def _default(option: attrs.Attribute[object]) -> str:
    held = option.default
    made = held.factory() if isinstance(held, attrs.Factory) else held
    return f"`{json.dumps(made, ensure_ascii=False)}`"


def _coded(names: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
