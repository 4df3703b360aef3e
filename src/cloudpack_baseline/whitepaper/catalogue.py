"""A catalogue: what a paper promises, and the controls that judge it, as one value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from attrs import evolve, field

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.whitepaper.records import (
    Clause,
    Control,
    Link,
    Promise,
    References,
    Relation,
)

__all__ = ["Catalogue", "additions_of", "is_within", "no_such"]


@frozen(kw_only=True)
class Catalogue:
    """Clauses, their promises, the controls that judge them, and cross-references.

    Attributes:
        clauses: by number, in the order of the paper.
        promises: by ID, in the order of the paper.
        controls: by ID, by theme in the order of the paper.
        links: further clauses that controls of another catalogue judge, by the ID of the control.
        references: by the ID of a clause, promise or control.
        caution: what the cross-references are not, by language.
    """

    clauses: Mapping[str, Clause] = field(factory=dict, repr=False)
    promises: Mapping[str, Promise] = field(factory=dict, repr=False)
    controls: Mapping[str, Control] = field(factory=dict, repr=False)
    links: Mapping[str, tuple[Link, ...]] = field(factory=dict, repr=False)
    references: Mapping[str, References] = field(factory=dict, repr=False)
    caution: Mapping[str, str] = field(factory=dict, repr=False)

    @property
    def options(self) -> Mapping[str, type[Any]]:
        """The classes of options that controls bring, by the ID of the control."""
        return {
            control.id: control.options
            for control in self.controls.values()
            if control.options is not None
        }

    def extended(self, *additions: Catalogue | Control) -> Catalogue:
        """This catalogue with those of others, and with single controls, after its own.

        Args:
            additions: catalogues, and controls that bring their own check.

        Raises:
            InputError: a clause, promise or control exists already, or a catalogue links a
                control that does not exist.
        """
        extended = self
        for addition in additions:
            catalogue = (
                _of_control(addition, extended) if isinstance(addition, Control) else addition
            )
            extended = extended._with(catalogue)
        return extended

    def _with(self, addition: Catalogue) -> Catalogue:
        for noun in ("clause", "promise", "control"):
            twice = getattr(self, f"{noun}s").keys() & getattr(addition, f"{noun}s").keys()
            _refuse(*(Problem(f"there is already a {noun} {name!r}") for name in sorted(twice)))
        _refuse(*_unknown(list(addition.links), "control", list(self.controls)))
        promises = {**self.promises, **addition.promises}
        named = [
            link.promise
            for control in addition.controls.values()
            for link in control.clauses
            if link.promise
        ]
        _refuse(*_unknown(named, "promise", list(promises)))
        linked = {
            id_: evolve(self.controls[id_], clauses=(*self.controls[id_].clauses, *links))
            for id_, links in addition.links.items()
        }
        return Catalogue(
            clauses={**self.clauses, **addition.clauses},
            promises=promises,
            controls={**self.controls, **linked, **addition.controls},
            links=self.links,
            references={**self.references, **addition.references},
            caution=self.caution or addition.caution,
        )

    def control(self, id_: str) -> Control:
        """The control with that ID.

        Raises:
            InputError: there is none; the message suggests the nearest IDs.
        """
        _refuse(*_unknown([id_], "control", list(self.controls)))
        return self.controls[id_]

    def select(
        self, ids: Iterable[str] | None = None, clause_ids: Iterable[str] | None = None
    ) -> tuple[Control, ...]:
        """The named controls, and those that judge a named clause or a clause below it.

        A best practice also judges the clauses that promise best practices (2.2.2 and 3.3).

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
            return tuple(self.controls.values())
        if isinstance(ids, str) or isinstance(clause_ids, str):
            # A text is an iterable of letters, each an id that does not exist.
            text = ids if isinstance(ids, str) else clause_ids
            raise InputError(f"expected a list of ids, got the string {text!r}")
        names, numbers = list(ids or ()), list(clause_ids or ())
        _refuse(
            *_unknown(names, "control", list(self.controls)),
            *_unknown(numbers, "clause", sorted(self._numbers()) if numbers else []),
        )
        return tuple(
            control
            for control in self.controls.values()
            if control.id in names or self.judges_within(control, numbers)
        )

    def judges_within(self, control: Control, numbers: Sequence[str]) -> bool:
        """Whether the control names one of the clauses or one below it, or counts for it."""
        if not numbers:  # each assessment of single controls asks this of every other one
            return False
        clauses = {
            *(link.clause for link in control.clauses),
            *(promise.clause for promise in self.judged_promises(control)),
        }
        return any(is_within(clause, number) for number in numbers for clause in clauses)

    def clauses_within(self, numbers: Iterable[str] | None) -> tuple[Clause, ...]:
        """The named clauses and those below them, in order; all of them for ``None``.

        Raises:
            InputError: numbers that do not exist.
        """
        if numbers is None:
            return tuple(self.clauses.values())
        named = list(numbers)
        _refuse(*_unknown(named, "clause", sorted(self._numbers())))
        return tuple(
            clause
            for clause in self.clauses.values()
            if any(is_within(clause.id, number) for number in named)
        )

    def promises_of(self, clause: str) -> tuple[Promise, ...]:
        """What the clause itself promises; the clauses below it have their own promises."""
        return tuple(promise for promise in self.promises.values() if promise.clause == clause)

    def promise_of(self, link: Link) -> Promise | None:
        """The promise of its clause that a link is about; ``None``: none, or it is ambiguous.

        A link that names none is about the only promise of its clause that it can be about.
        """
        if link.promise:
            return self.promises[link.promise]
        promises = [
            promise for promise in self.promises_of(link.clause) if _concerns(link, promise)
        ]
        return promises[0] if len(promises) == 1 else None

    def judged_promises(self, control: Control) -> tuple[Promise, ...]:
        """The promises that the outcome of the control counts for.

        A control that is a best practice counts for the promises to follow best practices, also
        where it names another clause: that one did not promise it.
        """
        promises = {
            promise.id: promise for link in control.clauses if (promise := self.promise_of(link))
        }
        if any(link.relation is Relation.BEST_PRACTICE for link in control.clauses):
            promises |= {
                promise.id: promise for promise in self.promises.values() if promise.best_practice
            }
        return tuple(promises.values())

    def link(self, judged: Clause | Promise | str, relation: Relation) -> Link:
        """A link to a clause or promise.

        Args:
            judged: it, or its number or ID in this catalogue; a promise is of a clause in it.
            relation: of the control that judges it.

        Raises:
            InputError: there is none.
        """
        promise = judged if isinstance(judged, Promise) else self.promises.get(str(judged))
        number = promise.clause if promise else judged
        clause = number if isinstance(number, Clause) else self.clauses.get(str(number))
        if clause is None:
            known = [*self.clauses, *self.promises]
            raise InputError(no_such("clause or promise", str(number), known))
        return Link(
            clause=clause.id,
            relation=relation,
            promise=promise.id if promise else "",
            heading={"ja": clause.heading, "en": clause.heading_en},
        )

    def links_to(self, clause: str) -> tuple[tuple[Control, Link], ...]:
        """The controls that judge the clause, each with its link."""
        return tuple(
            (control, link)
            for control in self.controls.values()
            for link in control.clauses
            if link.clause == clause
        )

    def _numbers(self) -> frozenset[str]:
        return frozenset(prefix for number in self.clauses for prefix in _prefixes(number))


def additions_of(answer: object, hook: str) -> Iterator[Catalogue | Control]:
    """What a hook returns: a control, a catalogue, or several of them.

    Args:
        answer: that it returns.
        hook: its name, for the message.

    Raises:
        InputError: it returns something else.
    """
    several = isinstance(answer, Iterable) and not isinstance(answer, str)
    for addition in cast("Iterable[object]", answer) if several else (answer,):
        if not isinstance(addition, Catalogue | Control):
            kind = type(addition).__name__
            raise InputError(f"{hook}: expected a Catalogue or Control, got {kind}")
        yield addition


def _of_control(control: Control, known: Catalogue) -> Catalogue:
    """A catalogue of the control alone, with those of its clauses that are not known."""
    clauses = {
        link.clause: Clause(
            id=link.clause,
            heading=link.heading["ja"],
            heading_en=link.heading["en"],
            kind="judged",
        )
        for link in control.clauses
        if link.clause not in known.clauses
    }
    return Catalogue(clauses=clauses, controls={control.id: control})


def _concerns(link: Link, promise: Promise) -> bool:
    """Whether a link that names no promise can be about this one of its clause."""
    match link.relation:
        case Relation.DIRECT:
            return promise.kind == "judged"
        case Relation.ANALOGY:
            return promise.kind != "informative"
        case Relation.BEST_PRACTICE:
            return promise.best_practice


def is_within(clause: str, number: str) -> bool:
    """Whether the clause is the numbered one, or below it."""
    return clause == number or clause.startswith(f"{number}.")


def _prefixes(number: str) -> list[str]:
    levels = number.split(".")
    return [".".join(levels[:depth]) for depth in range(1, len(levels) + 1)]


def _unknown(names: list[str], noun: str, known: list[str]) -> list[Problem]:
    return [Problem(no_such(noun, name, known)) for name in names if name not in known]


def _refuse(*problems: Problem) -> None:
    if problems:
        raise InputError(problems)


def no_such(noun: str, name: str, known: Iterable[str]) -> str:
    """A message that the name does not exist, and names that are similar, regardless of case."""
    names = {entry.lower(): entry for entry in known}
    close = difflib.get_close_matches(name.lower(), list(names), n=3, cutoff=0.5)
    near = [names[entry] for entry in close]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no {noun} {name!r}{hint}"
