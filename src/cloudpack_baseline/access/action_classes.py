"""The actions of all services, divided into classes that no policy distinguishes.

Patterns of different services never overlap, so each service that a pattern names is divided by
itself, and all others together: hundreds of patterns stay small problems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access._spelling import EXAMPLES
from cloudpack_baseline.access.axes import Axis
from cloudpack_baseline.access.patterns import MANY, ONE, Pattern, glob, remainder, string_classes
from cloudpack_baseline.access.predicates import StringPredicate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["action_axis", "action_test"]

_ALPHABET: Final = "xabcdefghijklmnopqrstuvwyz0123456789-:"
_STEPS: Final = 180_000
"""The search in one service, or among all that no pattern names, may go three times as far as that
for a condition key: AWS managed policies with 150 patterns of a service need it (0.1 s)."""
_VALID: Final = (Pattern((ONE, MANY, ":", ONE, MANY)),)

Row = tuple[Pattern, ...]
Classes = list[tuple[str, int]]
"""Actions that represent their classes, and the rows that each passes, as bits."""


def action_test(patterns: Iterable[str]) -> StringPredicate:
    """The actions that some of the patterns means; case does not matter."""
    return StringPredicate(tuple(glob(((text.lower(), False),)) for text in patterns))


def action_axis(tests: Sequence[StringPredicate]) -> Axis:
    """Cut all actions by the tests."""
    tests = list(dict.fromkeys(tests))
    rows = [test.patterns for test in tests]
    patterns = _by_service(rows)
    wild = patterns.pop(None)
    services = sorted(filter(None, patterns))
    pieces = [_of_service(service, patterns[service], wild) for service in services]
    pieces.append(_of_other_services(services, wild))
    exact = all(piece is not None for piece in pieces)
    classes: dict[int, str] = {}
    for piece in pieces:
        for word, vector in piece or ():
            classes.setdefault(vector, word)
    if not exact:
        loose = [tuple(pattern.loosened() for pattern in row) for row in rows]
        loose_classes = string_classes(loose, empty=False, alphabet=_ALPHABET) or []
        classes = {vector: word for word, vector in reversed(loose_classes)}
    _prefer_examples(classes, rows)
    words = [word if ":" in word else f"{word}:x" for word in classes.values()]
    axis = Axis("action", [None, *words])
    for index, test in enumerate(tests):
        mask = sum((vector >> index & 1) << place for place, vector in enumerate(classes, 1))
        axis.some_value[test] = axis.every_value[test] = (mask if exact else 0, mask)
    return axis


def _service_of(pattern: Pattern) -> str | None:
    """The service that a pattern names; None if it has a wildcard before the colon."""
    if ":" not in pattern.tokens:
        return None
    name = pattern.tokens[: pattern.tokens.index(":")]
    return "".join(map(str, name)) if all(isinstance(char, str) for char in name) else None


def _by_service(rows: Sequence[Row]) -> dict[str | None, dict[int, list[Pattern]]]:
    """The patterns by the service that they name, and by their rows."""
    patterns: dict[str | None, dict[int, list[Pattern]]] = {None: {}}
    for place, row in enumerate(rows):
        for pattern in row:
            of_service = patterns.setdefault(_service_of(pattern), {})
            of_service.setdefault(place, []).append(pattern)
    return patterns


def _of_service(
    service: str, named: Mapping[int, Sequence[Pattern]], wild: Mapping[int, Sequence[Pattern]]
) -> Classes | None:
    """The classes of a service that a pattern names; None where they are too many."""
    prefix = f"{service}:"
    # Rows without a pattern of the service are passed by none of its actions.
    places = sorted({*named, *wild})
    rows = [
        tuple(
            rest_pattern
            for pattern in (*named.get(place, ()), *wild.get(place, ()))
            for rest_pattern in remainder(pattern, prefix)
        )
        for place in places
    ]
    alphabet = _ALPHABET.replace(":", "")
    words = string_classes(rows, empty=False, alphabet=alphabet, steps=_STEPS)
    return words and [(prefix + word, _spread(vector, places)) for word, vector in words]


def _spread(vector: int, places: Sequence[int]) -> int:
    """The bits of a vector moved to the places of their rows."""
    return sum(1 << place for index, place in enumerate(places) if vector >> index & 1)


def _of_other_services(
    services: Iterable[str], wild: Mapping[int, Sequence[Pattern]]
) -> Classes | None:
    """The classes of services that no pattern names."""
    named = tuple(Pattern((*f"{service}:", MANY)) for service in services)
    places = sorted(wild)
    # What has neither a wildcard nor a colon is no action.
    rows = [tuple(p for p in wild[place] if p.exact is None) for place in places]
    simple = all(p.head is not None for row in rows for p in row)
    # Bits after those of the rows: whether the service is named, and whether it is an action.
    markers = [named] if simple else [named, _VALID]
    words = string_classes([*rows, *markers], empty=False, alphabet=_ALPHABET, steps=_STEPS)
    if words is None:
        return None
    unnamed = [(word, vector) for word, vector in words if not vector >> len(rows) & 1]
    # A service's name begins with a letter.
    return [
        (word, _spread(vector, places))
        for word, vector in unnamed
        if (word[0].isalpha() if simple else vector >> len(rows) + 1)
    ]


def _prefer_examples(classes: dict[int, str], rows: Sequence[Row]) -> None:
    """Represent a class by an action that exists."""
    for name in map(str.lower, EXAMPLES):
        vector = sum(1 << i for i, row in enumerate(rows) if any(p.matches(name) for p in row))
        if vector in classes:
            classes[vector] = name
