"""What is judged about the baseline file itself: no controls of the white paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cloudpack_baseline.tables import read_table
from cloudpack_baseline.whitepaper.catalogue import Catalogue
from cloudpack_baseline.whitepaper.records import Control, Link, Promise, Relation

__all__ = ["attested", "attested_promises", "declarations"]


@cache
def declarations() -> Mapping[str, Control]:
    """Controls without a clause, by ID: ``waivers`` and ``unread-templates``."""
    return {
        id_: Control(
            id=id_, theme="", clauses=(), parties=(), title=row["title"], remedy=row["remedy"]
        )
        for id_, row in _rows().items()
        if "title" in row
    }


def attested(catalogue: Catalogue) -> Mapping[str, Control]:
    """The promises of the catalogue that are attested, each as a control, by its ID."""
    remedy = _rows()["attestations"]["remedy"]
    return {
        id_: _control(promise, catalogue, remedy)
        for id_, promise in attested_promises(catalogue).items()
    }


def attested_promises(catalogue: Catalogue) -> Mapping[str, Promise]:
    """The promises of the catalogue that are attested, by ID."""
    return {
        id_: promise for id_, promise in catalogue.promises.items() if promise.kind == "attested"
    }


def _control(promise: Promise, catalogue: Catalogue, remedy: Mapping[str, str]) -> Control:
    clause = catalogue.clauses[promise.clause]
    link = Link(
        clause=clause.id,
        relation=Relation.DIRECT,
        promise=promise.id,
        heading={"ja": clause.heading, "en": clause.heading_en},
    )
    return Control(
        id=promise.id,
        theme="",
        clauses=(link,),
        parties=promise.parties,
        title=promise.text,
        remedy=remedy,
    )


@cache
def _rows() -> Mapping[str, Any]:
    return read_table("cloudpack_baseline.whitepaper", "declarations")
