"""A baseline as JSON values, for reports, and back: so that its verdicts can be repeated."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Union, cast, get_args, get_origin

import attrs

from cloudpack_baseline.baseline._lines import FileLayout
from cloudpack_baseline.baseline._structure import fields_in_file
from cloudpack_baseline.baseline.declarations import Baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.whitepaper import Catalogue

__all__ = ["from_values", "to_values"]


def to_values(baseline: Baseline) -> dict[str, Any]:
    """What is declared, as JSON values: the keys of the file, dates as ISO 8601, no defaults.

    How the accounts are read (``role_arn``, ``profile``, ``external_id``) is left out.

    Returns:
        ``declared``; ``layout``: where the tables of its file are, or null; and ``files``: the
        digest of each file that it names, or why it could not be read.
    """
    # Nothing is judged by how accounts are read, and it is nobody else's business.
    accounts = {
        name: attrs.evolve(account, role_arn=None, profile=None, external_id=None)
        for name, account in baseline.accounts.items()
    }
    return {
        "declared": _plain(attrs.evolve(baseline, accounts=accounts)),
        "layout": _layout(baseline.layout) if baseline.layout else None,
        "files": {
            name: {"sha256": file.sha256, "problem": file.problem}
            for name, file in sorted(baseline.files.items())
        },
    }


def from_values(values: Mapping[str, Any], catalogue: Catalogue) -> Baseline:
    """The baseline that the values were made of, as far as it is judged by.

    Args:
        values: as `to_values` returns them.
        catalogue: the clauses and controls in force.

    Raises:
        InputError: they are no such values.
    """
    try:
        declared = _with_dates(Baseline, values["declared"], catalogue.options)
        files = {
            name: StoredFile(sha256=file["sha256"], problem=file["problem"])
            for name, file in values["files"].items()
        }
        layout = _layout_of(values["layout"]) if values["layout"] else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the report has no baseline that can be read: {error}") from None
    baseline = Baseline.from_mapping(declared, catalogue=catalogue)
    return attrs.evolve(baseline, files=files, layout=layout)


def _layout(layout: FileLayout) -> dict[str, Any]:
    return {
        "file": layout.file,
        "prefix": list(layout.prefix),
        "lines": [[list(steps), line] for steps, line in layout.lines.items()],
    }


def _layout_of(values: Mapping[str, Any]) -> FileLayout:
    return FileLayout(
        file=values["file"],
        prefix=tuple(values["prefix"]),
        lines={tuple(steps): line for steps, line in values["lines"]},
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of a baseline
    if attrs.has(type(value)):
        return {
            name: _plain(declared)
            for name, (attribute, _) in fields_in_file(cast("type", type(value))).items()
            if (declared := getattr(value, attribute.name)) != _default(attribute)
        }
    if isinstance(value, Mapping):
        return {key: _plain(declared) for key, declared in value.items()}
    if isinstance(value, tuple):
        return [_plain(declared) for declared in value]
    return value.isoformat() if isinstance(value, date) else value


def _default(attribute: attrs.Attribute[Any]) -> object:
    default = attribute.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type,union-attr]  # attrs types Factory as a function


def _with_dates(annotation: Any, value: Any, options: Mapping[str, type]) -> Any:  # noqa: ANN401 - any annotation
    """The value with dates where the annotation has them; all else as it is."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType, Annotated):
        return _with_dates(arguments[0], value, options)
    if origin is tuple:
        return [_with_dates(arguments[0], entry, options) for entry in value]
    if origin is Mapping:
        return {key: _with_dates(arguments[1], entry, options) for key, entry in value.items()}
    if annotation is date:
        return date.fromisoformat(value)
    if not attrs.has(annotation):
        return value
    record = dict(value)
    for name, (attribute, inner) in fields_in_file(cast("type", annotation)).items():
        if name not in record:
            continue
        if kinds := attribute.metadata.get("tables"):
            kinds = {**kinds, **options}
            tables = record[name].items()
            record[name] = {key: _with_dates(kinds[key], table, options) for key, table in tables}
        else:
            record[name] = _with_dates(inner, record[name], options)
    return record
