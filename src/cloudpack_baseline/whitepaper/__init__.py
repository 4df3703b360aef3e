"""What the white paper promises: clauses, promises, and the controls that judge them, as data.

Source: cloudpack security white paper, release 1.5.6. Headings are those of the paper;
all other texts are written for this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial

from cloudpack_baseline.tables import read_table
from cloudpack_baseline.whitepaper.catalogue import Catalogue, additions_of, is_within, no_such
from cloudpack_baseline.whitepaper.declared import attested, attested_promises, declarations
from cloudpack_baseline.whitepaper.installed import extended_by
from cloudpack_baseline.whitepaper.reading import catalogue_from_rows, read_catalogue
from cloudpack_baseline.whitepaper.records import (
    FIRST_VERSION,
    PAPER,
    Clause,
    Control,
    Link,
    Promise,
    References,
    Relation,
    release,
)

__all__ = [
    "FIRST_VERSION",
    "PAPER",
    "Catalogue",
    "Clause",
    "Control",
    "Link",
    "Promise",
    "References",
    "Relation",
    "additions_of",
    "attested",
    "attested_promises",
    "builtin",
    "clauses",
    "control",
    "control_of",
    "controls",
    "declarations",
    "installed",
    "is_within",
    "no_such",
    "promises",
    "read_catalogue",
    "release",
    "select",
]


@cache
def builtin() -> Catalogue:
    """The catalogue of the white paper."""
    return catalogue_from_rows(partial(read_table, __name__))


def installed() -> Catalogue:
    """The catalogue of the white paper, with those of installed packages.

    Packages add theirs with an entry point in the group ``cloudpack_baseline.catalogues``.

    Raises:
        InputError: a package cannot be loaded, or repeats an ID.
    """
    return extended_by(builtin())


def clauses() -> Mapping[str, Clause]:
    """Every clause of the white paper by its number, in its order."""
    return builtin().clauses


def promises() -> Mapping[str, Promise]:
    """Every promise of the white paper by its ID, in its order."""
    return builtin().promises


def controls() -> Mapping[str, Control]:
    """Every control of the white paper by its ID, by theme in its order."""
    return builtin().controls


def control_of(id_: str) -> Control:
    """The control of the white paper with that ID, or what is judged about the baseline file.

    Raises:
        InputError: there is none; the message suggests the nearest IDs.
    """
    return declarations().get(id_) or builtin().control(id_)


control = control_of
"""The earlier name of `control_of`."""


def select(
    ids: Iterable[str] | None = None, clause_ids: Iterable[str] | None = None
) -> tuple[Control, ...]:
    """The named controls of the white paper; see `Catalogue.select`."""
    return builtin().select(ids, clause_ids)
