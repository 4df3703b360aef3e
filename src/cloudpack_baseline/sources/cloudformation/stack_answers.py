"""What the resources of one account and Region answer.

Which of two resources that set the same stays depends on the order of deployment, not on that of
the file. What both say is certain; the rest is not known, with both of them named. So no answer
replaces another one in silence: whoever gives it says how two of them join, if not like that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.open_names import OpenName, OpenNames
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["GivenAnswer", "Join", "StackAnswers", "extending"]

Join: TypeAlias = Callable[[AnswerObject, AnswerObject], AnswerObject]
"""Makes one answer of an earlier one and a later one."""


@frozen(kw_only=True)
class GivenAnswer:
    """An answer about a subject.

    Attributes:
        answer: of the operation.
        resources: the names of the resources that give it.
        is_default: whether that of another resource replaces it, such as of a part of this one.
    """

    answer: AnswerObject
    resources: tuple[str, ...]
    is_default: bool = False


class StackAnswers:
    """What the resources of one account and region answer.

    Attributes:
        items: of listings, by operation.
        subjects: of operations about one subject, by operation and subject; see `give`.
        shared_names: the name of each bucket that another one has already, by its ID.
        gaps: what is missing of an operation's answers.
        chosen_addresses: how many addresses were chosen in each subnet and kind of block.
        of_account: those of all Regions of the account, for services that have no Regions.
        naming: what yields the resources whose names are not known; asked once.
        unknown_parts: of what has a part of which nothing is known: the type of the part, the key
            by which it is listed, and its ID.
        derivations: what sets members of answers that depend on other answers, and returns whether
            it changed any; see `derive`.
    """

    def __init__(self, of_account: list[StackAnswers] | None = None) -> None:
        self.of_account = [] if of_account is None else of_account
        self.of_account.append(self)
        self.items: dict[str, list[AnswerObject]] = {}
        self._subjects: dict[tuple[str, str], AnswerObject] = {}
        self.subjects: Mapping[tuple[str, str], AnswerObject] = MappingProxyType(self._subjects)
        self.shared_names: dict[str, str] = {}
        self.gaps: dict[str, Unknown] = {}
        self.naming: list[Callable[[], Iterable[OpenName]]] = []
        self.unknown_parts: set[tuple[str, str, str]] = set()
        self.derivations: list[Callable[[], bool]] = []
        self.chosen_addresses: dict[tuple[str, str], int] = {}
        self._given_answers: dict[tuple[str, str], GivenAnswer] = {}
        self._settled: dict[tuple[int, str], tuple[str, ...]] = {}
        self._claims: dict[tuple[str, str], dict[str, str]] = {}
        self._indexes: dict[tuple[str, str], tuple[int, dict[str, AnswerObject]]] = {}

    @property
    def operations(self) -> frozenset[str]:
        """The operations that have an answer, or would have one if it were known."""
        return frozenset(
            key.partition(" ")[0]
            for key in (*self.items, *self.gaps, *(operation for operation, _ in self.subjects))
        )

    @cached_property
    def open_names(self) -> OpenNames:
        """The resources of the account whose names are not known."""
        sources = (source for answers in self.of_account for source in answers.naming)
        return OpenNames(tuple(name for source in sources for name in source()))

    def derive(self) -> None:
        """Repeat the derivations until they change nothing, whatever order they are in.

        A copy of a copy depends on both; of a circle, which AWS rejects, one turn counts.
        """
        derivations = self.derivations
        for _ in self.derivations:
            changes = sum(derivation() for derivation in derivations)
            if not changes:
                return
            derivations = derivations[::-1]  # a long chain that is written backwards

    def give(
        self, operation: str, subject: str, given_answer: GivenAnswer, join: Join | None = None
    ) -> AnswerObject:
        """Answer an operation about one subject; returns the answer that is in effect.

        Args:
            operation: of the API.
            subject: what it is about; empty for an operation that names none.
            given_answer: the answer.
            join: makes one answer of two; without it, a resource replaces its own, and what
                another one says differently is not known.
        """
        key = operation, subject
        known = self._given_answers.get(key)
        if known is not None:
            given_answer = _joined(known, given_answer, join)
        self._given_answers[key] = given_answer
        self._subjects[key] = given_answer.answer
        return given_answer.answer

    def withdraw(self, operation: str, subject: str, resource: str) -> None:
        """Take back what the resource answers about a subject, unless another one says it too."""
        given_answer = self._given_answers.get((operation, subject))
        if given_answer is not None and given_answer.resources == (resource,):
            del self._given_answers[operation, subject], self._subjects[operation, subject]

    def settle(self, answer: AnswerObject, resource: str, members: Mapping[str, Resolved]) -> None:
        """Set members of an answer of another resource, which has them by default.

        What two resources set differently is not known.
        """
        for name, value in members.items():
            key = id(answer), name
            resources = tuple(dict.fromkeys((*self._settled.get(key, ()), resource)))
            is_first = len(resources) == 1
            answer[name] = value if is_first else _one_of(name, answer.raw(name), value, resources)
            self._settled[key] = resources

    def claim(self, kind: str, subject: str, name: str, resource: str) -> Mapping[str, str]:
        """Say that the subject has something of which it has one; returns all that are claimed.

        Args:
            kind: of what it has, such as ``RouteTableId``.
            subject: what has it.
            name: what it has.
            resource: the name of the resource that says so.

        Returns:
            The resource that claims each name, this one included.
        """
        claims = self._claims.setdefault((kind, subject), {})
        claims.setdefault(name, resource)
        return claims

    def find(self, operation: str, key: str, identifier: str) -> AnswerObject | None:
        """The item of the listing that has the identifier under the key."""
        is_global = operation.startswith(("iam:", "s3:ListBuckets"))
        for answers in self.of_account if is_global else (self,):
            item = answers.find_here(operation, key, identifier)
            if item is not None:
                return item
        return None

    def find_here(self, operation: str, key: str, identifier: str) -> AnswerObject | None:
        """The same, in the Region alone."""
        items = self.items.get(operation, [])
        size, index = self._indexes.get((operation, key), (0, {}))
        # Items are only ever added, so the index is completed by those since the last look.
        for item in items[size:]:
            index.setdefault(str(item.raw(key)), item)
        self._indexes[operation, key] = len(items), index
        return index.get(identifier)

    def add_gap(self, operations: Iterable[str], unknown: Unknown) -> None:
        """Say that the answers of the operations lack something."""
        # Most operations have the same gap: an earlier one is kept with what it became.
        joined: dict[int, tuple[Unknown | None, Unknown]] = {id(None): (None, unknown)}
        for operation in operations:
            known = self.gaps.get(operation)
            if known is not None and id(known) not in joined:
                joined[id(known)] = known, known | unknown
            self.gaps[operation] = joined[id(known)][1]


def extending(members: str) -> Join:
    """A join of answers that have a list each, which one resource after the other extends."""

    def join(known: AnswerObject, later: AnswerObject) -> AnswerObject:
        later[members] = _listed(
            item
            for value in (known.raw(members), later.raw(members))
            for item in (list.__iter__(value) if isinstance(value, list) else (value,))
        )
        return later

    return join


def _listed(items: Iterable[Resolved]) -> AnswerList | Unknown:
    """The list; one with an item of which nothing is known may have any."""
    items = tuple(items)
    unknowns = (item for item in items if isinstance(item, Unknown))
    return next(unknowns, AnswerList(items))


def _joined(known: GivenAnswer, later: GivenAnswer, join: Join | None) -> GivenAnswer:
    if known.is_default is not later.is_default:
        return later if known.is_default else known
    resources = tuple(dict.fromkeys((*known.resources, *later.resources)))
    if join is not None:
        answer = join(known.answer, later.answer)
    elif resources == later.resources:
        answer = later.answer
    else:
        answer = _one_of_objects(known.answer, later.answer, resources)
    return evolve(later, answer=answer, resources=resources)


def _one_of_objects(
    known: AnswerObject, later: AnswerObject, resources: tuple[str, ...]
) -> AnswerObject:
    members = {
        name: _one_of(name, known.raw(name), later.raw(name), resources)
        for name in dict.fromkeys((*known, *later))
    }
    return AnswerObject(members, later.origin, {**known.marks, **later.marks})


def _one_of(name: str, known: Resolved, later: Resolved, resources: tuple[str, ...]) -> Resolved:
    """What is certain of a member that is one of two."""
    if known == later:
        return later
    if isinstance(known, AnswerObject) and isinstance(later, AnswerObject):
        return _one_of_objects(known, later, resources)
    if isinstance(known, AnswerList) and isinstance(later, AnswerList) and len(known) == len(later):
        pairs = zip(known.raw(), later.raw(), strict=True)
        return _listed(_one_of(name, *pair, resources) for pair in pairs)
    return undetermined(f"{name} (set by {' and '.join(resources)})")
