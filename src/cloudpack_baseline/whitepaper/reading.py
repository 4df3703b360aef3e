"""A catalogue from a folder of TOML files: clauses, promises, controls, cross-references."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.whitepaper.catalogue import Catalogue, no_such
from cloudpack_baseline.whitepaper.records import (
    FIRST_VERSION,
    Clause,
    Control,
    Link,
    Promise,
    References,
    Relation,
)

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["catalogue_from_rows", "read_catalogue"]

_PARTIES = ("cloudpack", "customer")
"""Of a control that names none: cloudpack builds and operates, the customer owns."""


def read_catalogue(folder: Traversable) -> Catalogue:
    """The catalogue of the TOML files in the folder; a file that is not there is empty.

    The files are ``clauses.toml``, ``promises.toml``, ``controls.toml`` and
    ``cross_references.toml``. A control without a title is one of the catalogue that this one
    extends: its row names further clauses.

    Raises:
        InputError: everything that is wrong with a file; a control or a promise names a clause or
            promise that does not exist.
    """
    return catalogue_from_rows(partial(_rows, folder))


def catalogue_from_rows(rows_of: Callable[[str], Mapping[str, Any]]) -> Catalogue:
    """The catalogue of tables, by the names of the files of `read_catalogue`.

    Raises:
        InputError: a control or a promise names a clause or promise that does not exist.
    """
    promised = Catalogue(
        clauses={number: _clause(number, row) for number, row in rows_of("clauses").items()},
        promises={
            promise.id: promise
            for number, rows in rows_of("promises").items()
            for promise in (_promise(number, name, row) for name, row in rows.items())
        },
    )
    for promise in promised.promises.values():
        if promise.clause not in promised.clauses:
            fault = no_such("clause", promise.clause, promised.clauses)
            raise InputError(f"promise {promise.id}: {fault}")
    rows = rows_of("controls")
    links = {id_: _links(id_, row, promised) for id_, row in rows.items()}
    references = rows_of("cross_references")
    return evolve(
        promised,
        controls={
            id_: _control(id_, row, links[id_]) for id_, row in rows.items() if "title" in row
        },
        links={id_: links[id_] for id_, row in rows.items() if "title" not in row},
        references={
            id_: _references(row)
            for table in ("clauses", "controls")
            for id_, row in references.get(table, {}).items()
        },
        caution=references.get("caution", {}),
    )


def _rows(folder: Traversable, name: str) -> dict[str, Any]:
    file = folder.joinpath(f"{name}.toml")
    if not file.is_file():
        return {}
    from cloudpack_baseline.whitepaper.row_problems import (  # noqa: PLC0415 - builtin() needs none
        row_problems,
    )

    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:  # UnicodeDecodeError and TOMLDecodeError
        raise InputError(Problem(f"not valid TOML: {error}", file=str(file))) from error
    if problems := tuple(row_problems(name, rows, str(file))):
        raise InputError(problems)
    return rows


def _clause(number: str, row: Mapping[str, Any]) -> Clause:
    return Clause(
        id=number,
        heading=row["ja"],
        heading_en=row["en"],
        kind=row["kind"],
        reason=row.get("reason", {}),
        table_heading=row.get("table_ja", row["ja"]),
    )


def _promise(clause: str, name: str, row: Mapping[str, Any]) -> Promise:
    return Promise(
        id=f"{clause}.{name}",
        clause=clause,
        text={"ja": row["ja"], "en": row["en"]},
        parties=tuple(row["parties"] if "parties" in row else [row["party"]]),
        kind=row["kind"],
        valid_days=row.get("valid_days"),
        best_practice=row.get("best_practice", False),
    )


def _control(id_: str, row: Mapping[str, Any], links: tuple[Link, ...]) -> Control:
    return Control(
        id=id_,
        theme=row["theme"],
        clauses=links,
        parties=tuple(row.get("parties", _PARTIES)),
        title=row["title"],
        remedy=row["remedy"],
        since=row.get("since", FIRST_VERSION),
    )


def _links(control: str, row: Mapping[str, Any], catalogue: Catalogue) -> tuple[Link, ...]:
    """The links to the clauses and promises that the keys name."""
    try:
        return tuple(
            catalogue.link(key, Relation(relation)) for key, relation in row["clauses"].items()
        )
    except InputError as error:
        raise InputError(f"control {control}: {error}") from None


def _references(row: Mapping[str, Any]) -> References:
    return References(
        pci_dss=tuple(row.get("pci_dss", ())),
        iso_27001=tuple(row.get("iso_27001", ())),
        note=row.get("note", {}),
    )
