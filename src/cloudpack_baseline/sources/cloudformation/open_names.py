"""Resources whose names are fixed at deployment only, and what policies may say of them.

A role that is named by a parameter may be the one that a policy names in a literal ARN. One without
a name gets one of its stack, its logical ID and random characters (CloudFormation Template
Reference, "Name type"), which a pattern such as ``role/app-*`` may cover.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.sources.cloudformation.policy_patterns import pattern_of
from cloudpack_baseline.sources.cloudformation.values import (
    ChosenText,
    Resolved,
)

__all__ = ["OpenName", "OpenNames", "generated_name", "named_later", "open_name"]


@frozen(kw_only=True)
class OpenName:
    """A resource whose name is not known.

    Attributes:
        arn: of the resource, as answers contain it.
        patterns: of the ARNs that it may have.
        certain: an ARN of which only the random characters are not known; empty: there is none.
        word: what a pattern contains that is meant for it; empty: any may be.
    """

    arn: str
    patterns: tuple[str, ...]
    certain: str = ""
    word: str = ""

    def is_covered(self, pattern: str) -> bool:
        """Whether the pattern covers the resource, whatever its name is, but not by its text."""
        return matches(pattern, self.certain) and not matches(pattern, self.arn)

    def may_have(self, arn: str) -> bool:
        """Whether the resource may get the ARN, which is not that of answers."""
        return (
            self.word in arn
            and arn != self.arn
            and any(matches(name, arn) and not _is_deeper(arn, name) for name in self.patterns)
        )

    def may_be(self, pattern: str) -> bool:
        """Whether the pattern may cover the resource, but does not by its text."""
        return (
            self.word in pattern
            and any(_meet(pattern, name) for name in self.patterns)
            and not matches(pattern, self.arn)
        )


@frozen
class OpenNames:
    """The resources of an account whose names are not known.

    Attributes:
        names: in the order of the files.

    The places of names are those in `names`.
    """

    names: tuple[OpenName, ...] = ()
    _meant: dict[str, tuple[list[int], list[int]]] = field(
        factory=dict, init=False, eq=False, repr=False
    )

    def meant_by(self, patterns: Iterable[str]) -> tuple[list[OpenName], list[OpenName]]:
        """The names that patterns cover, and those that they may cover, but not by their texts.

        Args:
            patterns: of ARNs.
        """
        patterns = frozenset(patterns)
        if "*" in patterns:
            return [], []  # whatever the names are
        meant = [*map(self._meant_by, patterns)]
        covered = {place for places, _ in meant for place in places}
        possible = {place for _, places in meant for place in places} - covered
        return [self.names[place] for place in sorted(covered)], [
            self.names[place] for place in sorted(possible)
        ]

    def _meant_by(self, pattern: str) -> tuple[list[int], list[int]]:
        """The places of the names, found once: many statements have the same patterns."""
        if pattern not in self._meant:
            self._meant[pattern] = (
                ([], self._of_arn(pattern))
                if literal_prefix(pattern) == pattern
                else self._of_pattern(pattern)
            )
        return self._meant[pattern]

    def _of_arn(self, arn: str) -> list[int]:
        """The places of the names of resources that may get the ARN."""
        service = _service(arn)
        places = {
            place
            for (of_service, length), by_ending in self._endings.items()
            if not service or of_service in ("", service)
            for place in by_ending.get(arn[len(arn) - length :], ())
        }
        return [place for place in places if self.names[place].may_have(arn)]

    def _of_pattern(self, pattern: str) -> tuple[list[int], list[int]]:
        """The places of the names that the pattern covers, and of those that it may cover."""
        service = _service(pattern)
        places = [
            place
            for of_service, of_names in self._services.items()
            if not service or of_service in ("", service)
            for place in of_names
        ]
        return [place for place in places if self.names[place].is_covered(pattern)], [
            place for place in places if self.names[place].may_be(pattern)
        ]

    @cached_property
    def _services(self) -> Mapping[str, Sequence[int]]:
        """The places of the names by service; those of any by an empty text."""
        services: dict[str, list[int]] = {}
        for place, name in enumerate(self.names):
            spelt = {*map(_service, name.patterns), _service(name.certain or name.arn)}
            services.setdefault(spelt.pop() if len(spelt) == 1 else "", []).append(place)
        return services

    @cached_property
    def _endings(self) -> Mapping[tuple[str, int], Mapping[str, Sequence[int]]]:
        """The places of the names by service, and by what ARNs of them end with and its length."""
        endings: dict[tuple[str, int], dict[str, list[int]]] = {}
        for service, places in self._services.items():
            for place in places:
                for pattern in self.names[place].patterns:
                    ending = _WILDCARD.split(pattern)[-1]
                    by_ending = endings.setdefault((service, len(ending)), {})
                    by_ending.setdefault(ending, []).append(place)
        return endings


_WILDCARD = re.compile("[*?]")
_SERVICE = re.compile("(?:[^:*?]*:){3}")


def _service(pattern: str) -> str:
    """What ARNs of the pattern start with, up to their service; empty: it is not spelt out."""
    spelt = _SERVICE.match(pattern)
    return "" if spelt is None else spelt[0]


def open_name(arn: Resolved) -> OpenName | None:
    """The resource whose ARN is known in part; ``None``: all of it is known, or nothing."""
    if isinstance(arn, ChosenText):
        return OpenName(arn=str(arn), patterns=arn.choices)
    opened = pattern_of(arn)
    if opened is None:
        return None
    pattern, _ = opened
    return OpenName(arn=str(arn), patterns=(pattern,))


def named_later(arn: Resolved, identifier: str, name: str) -> OpenName | None:
    """The resource that an identifier stands for until its name is known.

    Args:
        arn: as answers contain it.
        identifier: that stands for the name.
        name: a pattern of the name.

    Returns:
        ``None``: the ARN does not end with the identifier.
    """
    before = _before(arn, identifier)
    if before is None:
        return None
    return OpenName(arn=str(arn), patterns=(f"{before}{name}",))


def generated_name(arn: Resolved, identifier: str, stack: str, logical_id: str) -> OpenName | None:
    """The same for a resource that CloudFormation names.

    The stack may have another name than is assumed. Only a pattern with the logical ID is taken to
    be about such a name: else any, such as that of the roles of a tool, might be.
    """
    before = _before(arn, identifier)
    if before is None:
        return None
    word = f"-{logical_id[:_KEPT]}"
    return OpenName(
        arn=str(arn),
        patterns=(f"{before}*{word}*",),
        certain=f"{before}{stack}-{logical_id}-{_RANDOM}",
        word=word,
    )


_RANDOM = "<random>"
"""Stands for the characters that CloudFormation chooses."""

_KEPT = 20
"""Characters of a logical ID that a generated name keeps, however short names have to be."""


def _before(arn: Resolved, identifier: str) -> str | None:
    """What precedes the identifier in an ARN that ends with it."""
    if not isinstance(arn, str) or not arn.startswith("arn:") or not arn.endswith(identifier):
        return None
    return arn.removesuffix(identifier)


def _meet(pattern: str, name: str) -> bool:
    """Whether the pattern of a policy and that of a resource have an ARN in common."""
    start, name_start = literal_prefix(pattern), literal_prefix(name)
    if not (start.startswith(name_start) or name_start.startswith(start)):
        return False
    return not _is_deeper(pattern, name) and _have_common(pattern, name)


def _is_deeper(pattern: str, name: str) -> bool:
    """Whether a pattern has more slashes than the resource, whose path is known: no name has."""
    if pattern.count("/") <= name.count("/"):
        return False
    path = name.rpartition("/")[0]
    return bool(path) and literal_prefix(path) == path


_RUNS = re.compile(r"\*+")


@cache
def _have_common(first: str, second: str) -> bool:
    """Whether some text matches both; the work grows with the length of the first one.

    A bit stands for each place in the second one that a start of the first one may lead to.
    """
    text = _RUNS.sub("*", second)
    stars = sum(1 << place for place, sign in enumerate(text) if sign == "*")
    end = 1 << len(text)
    reached = 1 | (stars & 1) << 1
    for character in _RUNS.sub("*", first):
        if character == "*":
            reached = 2 * end - (reached & -reached)  # any place from the first one on
        else:
            accepting = _accepting(text, character)
            reached = (reached & accepting) << 1 | reached & stars
            reached |= (reached & stars) << 1
        if not reached:
            return False
    return bool(reached & end)


@cache
def _accepting(pattern: str, character: str) -> int:
    """The places of the pattern at which the character may follow."""
    return sum(
        1 << place
        for place, sign in enumerate(pattern)
        if sign in ("?", character) or (character == "?" and sign != "*")
    )
