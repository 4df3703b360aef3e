"""What the white paper promises: clauses, and the controls that judge them, as data.

Source: cloudpack security white paper, release 1.5.6. Headings are those of the paper;
all other texts are written for this package.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

from cloudpack_baseline.errors import InputError, Problem

__all__ = [
    "FIRST_VERSION",
    "PAPER",
    "Clause",
    "Control",
    "Link",
    "Relation",
    "clauses",
    "control",
    "controls",
    "no_such",
    "release",
    "select",
]

PAPER = "1.5.6"
"""The release of the paper that this version of the package knows."""


FIRST_VERSION = "0.1"
"""The version of this package that added every control whose row names none."""


def release(version: str) -> tuple[int, ...]:
    """The major and minor number of a version: (0, 2) for ``0.2`` and for ``0.2.0.dev0``."""
    return tuple(int(number) for number in version.split(".")[:2])


class Relation(StrEnum):
    """How a control is related to a clause."""

    DIRECT = "direct"
    """The white paper promises this."""
    ANALOGY = "by-analogy"
    """The white paper promises this for the network of cloudpack (chapter 4.4)."""
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
    """

    id: str
    heading: str
    heading_en: str
    kind: str


@frozen(kw_only=True)
class Link:
    """A clause that a control judges, and the relation between them."""

    clause: str
    relation: Relation


@frozen(kw_only=True)
class Control:
    """A promise that can be judged.

    Attributes:
        id: kebab-case, stable.
        theme: the folder of `checks` that judges it, and the file of its texts.
        clauses: what it judges; it is reported under the first one.
        parties: whose promise it judges (2.2.1): ``cloudpack``, ``customer`` or ``aws``.
        title: the good state in one sentence, by language.
        remedy: how the good state is reached, by language.
        since: the version of this package that added it, such as ``0.2``.
    """

    id: str
    theme: str
    clauses: tuple[Link, ...]
    parties: tuple[str, ...]
    title: Mapping[str, str]
    remedy: Mapping[str, str]
    since: str = FIRST_VERSION

    def is_later_than(self, version: str) -> bool:
        """Whether a later version of this package added it; versions are like ``0.2``."""
        return release(self.since) > release(version)


_PARTIES = ("cloudpack", "customer")
"""Of a control that names none: cloudpack builds and operates, the customer owns."""


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))


@cache
def clauses() -> Mapping[str, Clause]:
    """Every clause by its number, in the order of the white paper."""
    return {
        number: Clause(id=number, heading=row["ja"], heading_en=row["en"], kind=row["kind"])
        for number, row in _data("clauses.toml").items()
    }


@cache
def controls() -> Mapping[str, Control]:
    """Every control by its ID, by theme in the order of the white paper."""
    return {
        id_: Control(
            id=id_,
            theme=row["theme"],
            clauses=tuple(
                Link(clause=clause, relation=Relation(relation))
                for clause, relation in row["clauses"].items()
            ),
            parties=tuple(row.get("parties", _PARTIES)),
            title=row["title"],
            remedy=row["remedy"],
            since=row.get("since", FIRST_VERSION),
        )
        for id_, row in _data("controls.toml").items()
    }


def control(id_: str) -> Control:
    """The control with that ID.

    Raises:
        InputError: there is none; the message suggests the nearest IDs.
    """
    _refuse(*_unknown([id_], "control", list(controls())))
    return controls()[id_]


def select(
    ids: Iterable[str] | None = None, clause_ids: Iterable[str] | None = None
) -> tuple[Control, ...]:
    """The named controls, and those that judge a named clause or a clause below it.

    Args:
        ids: control IDs; ``None`` selects by clause only.
        clause_ids: clause numbers, such as ``5.1`` for all of chapter 5.1.

    Returns:
        The controls in the order of the catalogue; all of them if nothing is named.

    Raises:
        InputError: IDs or numbers that do not exist, all at once; a string in place of a
            list.
    """
    if ids is None and clause_ids is None:
        return tuple(controls().values())
    if isinstance(ids, str) or isinstance(clause_ids, str):
        # A text is an iterable of letters, each an id that does not exist.
        text = ids if isinstance(ids, str) else clause_ids
        raise InputError(f"expected a list of ids, got the string {text!r}")
    names, numbers = list(ids or ()), list(clause_ids or ())
    _refuse(
        *_unknown(names, "control", list(controls())),
        *_unknown(numbers, "clause", sorted(_numbers())),
    )
    return tuple(
        control
        for control in controls().values()
        if control.id in names
        or any(_within(link.clause, number) for link in control.clauses for number in numbers)
    )


def _within(clause: str, number: str) -> bool:
    return clause == number or clause.startswith(f"{number}.")


def _numbers() -> frozenset[str]:
    return frozenset(prefix for number in clauses() for prefix in _prefixes(number))


def _prefixes(number: str) -> list[str]:
    levels = number.split(".")
    return [".".join(levels[:depth]) for depth in range(1, len(levels) + 1)]


def _unknown(names: list[str], noun: str, known: list[str]) -> list[Problem]:
    return [Problem(no_such(noun, name, known)) for name in names if name not in known]


def _refuse(*problems: Problem) -> None:
    if problems:
        raise InputError(problems)


def no_such(noun: str, name: str, known: Iterable[str]) -> str:
    """A message that the name does not exist, with suggestions."""
    near = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no {noun} {name!r}{hint}"
