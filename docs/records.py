"""Writes reference/records.md from the declarations of the records.

python docs/records.py
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.described import Listed, description_of, descriptions
from cloudpack_baseline.model.reading import is_field
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.gatherers import gatherer_of

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parent / "reference" / "records.md"

HEAD = """\
# Records

What a snapshot contains: one record for each resource, and one for the settings of an account or \
a Region. The gatherers, the least-privilege policy and this page follow from the same \
declarations. Each record also has `arn`, `account`, `region`, `name` and its origin.

A path is one of JMESPath into the item of the listing, or into the response of the operation that \
stands before it. A field with `?` can be unknown without costing the record.

The page is written by `docs/records.py`.
"""


def page() -> str:
    """The page, from the declarations."""
    sections = (line for kind in _kinds() for line in _section(kind))
    return "\n".join((HEAD, *sections))


def _kinds() -> Iterator[type[Record]]:
    for name in sorted(catalogue.MODULES):
        module = importlib.import_module(f"cloudpack_baseline.model.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Record) and kind.__module__ == module.__name__:
                yield kind


def _section(kind: type[Record]) -> Iterator[str]:
    summary, meanings = _documentation(kind)
    gatherer = gatherer_of(kind)
    operations = ", ".join(f"`{key}`" for key in gatherer.operations)
    place = "in each Region" if gatherer.regional else "once an account"
    yield f"## {kind.__name__}\n"
    yield f"{summary} Read {place} by {operations}.\n"
    fields = [field.name for field in attrs.fields(kind) if not field.inherited]
    if fields:
        yield "| field | in the response | meaning |"
        yield "|---|---|---|"
    for name in fields:
        mark = "?" if is_field(kind, name) else ""
        yield f"| `{name}`{mark} | {_source(kind, name)} | {meanings.get(name, '')} |"
    yield ""


def _source(kind: type[Record], name: str) -> str:
    if name not in descriptions(kind):
        operations = gatherer_of(kind).fields.get(name, ())
        return ", ".join(f"`{key}`" for key in operations) or "derived"
    one = description_of(kind, name)
    path = f"`{one.path}`" if one.path else "(several members)"
    path = path.replace("||", "\\|\\|")
    in_listing = isinstance(kind.api, Listed) and not one.operation
    return path if in_listing or not one.operation else f"`{one.operation}` {path}"


def _documentation(kind: type[Record]) -> tuple[str, Mapping[str, str]]:
    text = inspect.getdoc(kind) or ""
    summary = " ".join(text.partition("\n\n")[0].split())
    listed = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", text, re.MULTILINE)
    meanings = {name: " ".join(words.replace("``", "`").split()) for name, words in listed}
    return summary, {name: words.replace("|", "\\|") for name, words in meanings.items()}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
