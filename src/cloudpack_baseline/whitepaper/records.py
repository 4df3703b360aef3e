"""The records of a catalogue: clauses, promises, controls, and how they are related."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import Factory, field

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from cloudpack_baseline.texts import Language

__all__ = [
    "FIRST_VERSION",
    "PAPER",
    "Clause",
    "Control",
    "Kind",
    "Link",
    "Party",
    "Promise",
    "References",
    "Relation",
    "release",
]

PAPER = "1.5.6"
"""The release of the paper that this version of the package knows."""

FIRST_VERSION = "0.1"
"""The version of this package that added every control whose row names none."""

Kind: TypeAlias = Literal["judged", "attested", "mixed", "informative"]
"""How a clause or promise is decided: by controls, by attestations, by both, or not at all."""

Party: TypeAlias = Literal["aws", "cloudpack", "customer"]


def release(version: str) -> tuple[int, ...]:
    """The major and minor number of a version: (0, 2) for ``0.2`` and for ``0.2.0.dev0``."""
    return tuple(int(number) for number in version.split(".")[:2])


class Relation(StrEnum):
    """How a control is related to a clause."""

    DIRECT = "direct"
    """The white paper promises this."""
    ANALOGY = "by-analogy"
    """The white paper promises this for the network of cloudpack (chapter 4.4), or promises what
    can hardly be kept without it. It can break a promise, but never shows alone that it is kept."""
    BEST_PRACTICE = "best-practice"
    """Systems follow AWS best practices (2.2.2, 3.3)."""


@frozen(kw_only=True)
class Clause:
    """A heading of the paper.

    Attributes:
        id: its number, such as ``5.3.2``.
        heading: the heading in the white paper, in Japanese.
        heading_en: an English translation.
        kind: ``judged``, ``attested``, ``mixed`` or ``informative``.
        reason: why an informative clause promises nothing, by language.
        table_heading: the heading as the table of chapter 7 spells it.
    """

    id: str
    heading: str
    heading_en: str
    kind: str
    reason: Mapping[str, str] = field(factory=dict)
    table_heading: str = field(default=Factory(lambda clause: clause.heading, takes_self=True))

    def heading_in(self, language: Language) -> str:
        """The heading in the language."""
        return self.heading if language == "ja" else self.heading_en


@frozen(kw_only=True)
class Promise:
    """Something that a clause promises, in our own words.

    Attributes:
        id: the number of the clause and a name, such as ``4.1.4.education``.
        clause: the number of the clause.
        text: the promise in one sentence, by language.
        parties: who is responsible for it (2.2.1): ``aws``, ``cloudpack``, ``customer``.
        kind: ``judged`` by controls, ``attested``, or an ``informative`` duty.
        valid_days: how many days an attestation of it can be valid; ``None``: it is not attested.
        best_practice: whether it is that systems follow best practices, so that every control
            with that relation counts for it.
    """

    id: str
    clause: str
    text: Mapping[str, str]
    parties: tuple[str, ...]
    kind: str
    valid_days: int | None = None
    best_practice: bool = False


@frozen(kw_only=True)
class Link:
    """A clause that a control judges, and the relation between them.

    Attributes:
        clause: the number of the clause.
        relation: how the control is related to it.
        promise: the ID of the promise, where the clause has several that it could be.
        heading: the heading of the clause, by language.
    """

    clause: str
    relation: Relation
    promise: str = ""
    heading: Mapping[str, str] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True)
class Control:
    """A promise that can be judged.

    Attributes:
        id: kebab-case, stable.
        theme: the folder of `checks` that judges it, and the file of its texts.
        clauses: what it judges; it is reported under the first one.
        parties: whose promise it judges (2.2.1): ``cloudpack``, ``customer`` or ``aws``.
        title: the good state in one sentence, by language.
        remedy: how the good state is reached, by language; empty: the title says all.
        since: the version of this package that added it, such as ``0.2``.
        check: the `checks.Check` that judges it, where it is not one of this package.
        options: the class of its table ``[controls.ID]``, where it is not one of this package.
    """

    id: str
    theme: str
    clauses: tuple[Link, ...]
    parties: tuple[str, ...]
    title: Mapping[str, str]
    remedy: Mapping[str, str]
    since: str = FIRST_VERSION
    check: Any = field(default=None, repr=False)
    options: type[Any] | None = field(default=None, repr=False)

    @property
    def advice(self) -> Mapping[str, str]:
        """The remedy; without one, the good state, which is what has to be reached."""
        return self.remedy or self.title

    def is_later_than(self, version: str) -> bool:
        """Whether a later version of this package added it; versions are like ``0.2``."""
        return release(self.since) > release(version)


@frozen(kw_only=True)
class References:
    """What a clause, promise or control supports in other standards: numbers only.

    Attributes:
        pci_dss: requirements of PCI DSS v4.0.1.
        iso_27001: controls of ISO/IEC 27001:2022 Annex A.
        note: what limits the match, by language.
    """

    pci_dss: tuple[str, ...] = ()
    iso_27001: tuple[str, ...] = ()
    note: Mapping[str, str] = field(factory=dict)
