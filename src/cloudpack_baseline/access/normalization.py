"""Statements before they become boxes: callers, channels, actions and keys, tests.

The variables of a statement are replaced by their values for its callers and channels, so one
statement may give several normalized statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from cloudpack_baseline.access.callers import MAYBE_ABSENT, UndecidedValue
from cloudpack_baseline.access.keys import Key, Presence
from cloudpack_baseline.access.policy import UNDETERMINED, Operator, find_operator
from cloudpack_baseline.access.predicates import equal_to, make_predicate
from cloudpack_baseline.access.variables import FREE, Variable, replace, split
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cloudpack_baseline.access.axes import Masks
    from cloudpack_baseline.access.caller_values import CallerValues
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.policy import Condition, Statement
    from cloudpack_baseline.access.predicates import Predicate, Value
    from cloudpack_baseline.access.variables import Free, Part

__all__ = [
    "Inexactness",
    "NormalizedStatement",
    "Test",
    "normalize",
    "null_mask",
    "resource_parts",
    "split_by_samples",
    "variable_groups",
    "verdict",
]


@frozen
class Inexactness:
    """Why a statement could not be evaluated exactly.

    Attributes:
        path: to the cause in the document.
        reason: ``unknown-operator``, ``unknown-key``, ``undetermined`` or ``undecided-value``.
        detail: of ``undetermined``: what is known only at deployment.
    """

    path: str
    reason: str
    detail: str = ""


@frozen
class Test:
    """A condition on a key that has an axis; without a predicate it is Null."""

    key: Key
    operator: Operator
    predicate: Predicate | None
    words: frozenset[str] = frozenset()


@define
class NormalizedStatement:
    """One statement with one assignment of its variables.

    ``callers`` and ``channels`` are masks (certainly, possibly); ``unsure`` says that some
    condition may or may not match, so that the statement certainly matches nothing.
    """

    callers: Masks
    channels: int
    environment: dict[str, str | Free | None]
    tests: list[Test] = field(factory=list)
    never: bool = False
    inexactness: list[Inexactness] = field(factory=list)
    uncertain: bool = False

    def unsure(self, path: str, reason: str, detail: str = "") -> None:
        """Note a condition that may or may not match."""
        self.uncertain = True
        self.inexactness.append(Inexactness(path, reason, detail))


Values = tuple["str | Free | None", ...]
"""What the variables of a statement are, in the order of their keys."""

_GROUPS: Final = 48
"""The maximum number of assignments of a statement's variables for each channel: one for each named
user of a policy that is full of them."""


def variable_groups(  # noqa: PLR0913 - what a variable may depend on
    texts: Iterable[str],
    *,
    variables: bool,
    callers: Sequence[Caller],
    callers_mask: Masks,
    channels: int,
    settle: Callable[[str, Caller, int], str | Free | None],
) -> list[NormalizedStatement]:
    """Split callers and channels by the values of the variables for them."""
    keys = sorted(
        {
            piece.key
            for text in texts
            for piece in split(text, variables=variables)
            if isinstance(piece, Variable)
        }
    )
    if not keys:
        return [NormalizedStatement(callers_mask, channels, {})]
    result: list[NormalizedStatement] = []
    for channel in _bits(channels):
        settled = {
            index: tuple(settle(key, callers[index], channel) for key in keys)
            for index in _bits(callers_mask[1])
        }
        if len(set(settled.values())) > _GROUPS:
            # Too many to follow: of signed requests only what is absent is kept.
            settled = {
                index: values if callers[index].kind == "anonymous" else _open(values)
                for index, values in settled.items()
            }
        groups: dict[Values, int] = {}
        for index, values in settled.items():
            groups[values] = groups.get(values, 0) | 1 << index
        for values, high in groups.items():
            low = high & callers_mask[0]
            result.append(
                NormalizedStatement((low, high), 1 << channel, dict(zip(keys, values, strict=True)))
            )
    return result


def _open(values: Values) -> Values:
    return tuple(None if value is None else FREE for value in values)


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def split_by_samples(
    settlement: NormalizedStatement, samples: Mapping[str, tuple[Key, str]]
) -> list[NormalizedStatement]:
    """Split an assignment by whether its free variables have their sample values.

    If they all do, the statement is exact, so a request that it certainly matches, or certainly
    does not, can be shown. In the other assignments, some variable has another value.

    Args:
        settlement: an assignment of the variables of a statement, before its conditions are read.
        samples: for free variables, the key and a value that stands for any.
    """
    free = {
        name: samples[name]
        for name, value in settlement.environment.items()
        if value is FREE and name in samples
    }
    if not free:
        return [settlement]
    environment = {**settlement.environment, **{name: text for name, (_, text) in free.items()}}
    sampled = evolve(settlement, environment=environment, tests=[], inexactness=[])
    sampled.tests += [Test(key, _EQUALS, equal_to(text)) for key, text in free.values()]
    unsampled = [
        evolve(settlement, tests=[Test(key, _NOT_EQUALS, equal_to(text))], inexactness=[])
        for key, text in free.values()
    ]
    return [sampled, *unsampled]


_EQUALS: Final = Operator("string", "equals")
_NOT_EQUALS: Final = Operator("string", "equals", negated=True)


def normalize(  # noqa: PLR0913 - what a statement is read against
    target: NormalizedStatement,
    statement: Statement,
    callers: CallerValues,
    *,
    variables: bool,
    known: Callable[[str], Key | None],
    constant: Callable[[str], str | None],
) -> None:
    """Fill in the conditions of a statement.

    ``known`` finds a key that has an axis (or is settled by the caller), ``constant`` the value of
    one that is the same in all requests.
    """
    for condition in statement.conditions:
        path = f"{statement.path}.Condition.{condition.operator}"
        operator = find_operator(condition.operator)
        if operator is None:
            target.unsure(path, "unknown-operator")
            continue
        if condition.key.startswith(UNDETERMINED):
            detail = condition.key.removeprefix(UNDETERMINED)
            target.unsure(statement.path, "undetermined", detail)
            continue
        key = known(condition.key)
        if key is None:
            target.unsure(f"{path}.{condition.key}", "unknown-key")
            continue
        _condition(
            target,
            condition,
            operator,
            key,
            callers,
            f"{path}.{condition.key}",
            variables=variables,
            constant=constant,
        )


def _condition(  # noqa: PLR0913, PLR0917 - what one condition is read against
    target: NormalizedStatement,
    condition: Condition,
    operator: Operator,
    key: Key,
    callers: CallerValues,
    path: str,
    *,
    variables: bool,
    constant: Callable[[str], str | None],
) -> None:
    test = make_test(key, operator, condition.values, target.environment, variables=variables)
    if _unreadable(test.predicate, condition.values):
        target.inexactness.append(Inexactness(path, "undecided-value"))
    if key.presence is Presence.CONSTANT:
        _narrow_constant(target, test, constant(key.id))
    elif key.presence is Presence.IDENTITY:
        target.callers = _narrow_callers(target.callers, test, callers)
    else:
        target.tests.append(test)


def _unreadable(predicate: Predicate | None, values: tuple[str, ...]) -> bool:
    return bool(values) and (
        bool(getattr(predicate, "maybe", ())) or bool(getattr(predicate, "unsure", False))
    )


def make_test(
    key: Key,
    operator: Operator,
    texts: tuple[str, ...],
    environment: dict[str, str | Free | None],
    *,
    variables: bool,
) -> Test:
    """The test of one condition in given circumstances."""
    if operator.family == "null":
        return Test(key, operator, None, frozenset(text.lower() for text in texts))
    allowed = variables and operator.family in {"string", "arn", "bool"}
    values: list[Value] = []
    for text in texts:
        value = replace(split(text, variables=allowed), environment)
        if value is not None:
            values.append(value)
    return Test(key, operator, make_predicate(operator, values))


def null_mask(words: frozenset[str], absent: int, full: int) -> int:
    """The classes that Null matches."""
    return (absent if "true" in words else 0) | (full & ~absent if "false" in words else 0)


def verdict(test: Test, value: str | tuple[str, ...] | UndecidedValue | None) -> tuple[bool, bool]:
    """Whether a condition matches, certainly and possibly, for one value of its key."""
    operator = test.operator
    if value is MAYBE_ABSENT:
        return False, True
    if test.predicate is None:
        holds = ("true" if value is None else "false") in test.words
        return holds, holds
    if value is None:
        holds = operator.quantifier == "forallvalues" or (
            operator.quantifier != "foranyvalue" and (operator.negated or operator.if_exists)
        )
        return holds, holds
    if isinstance(value, UndecidedValue):
        return _verdict_of_unknown(test, value)
    pairs = [
        test.predicate.verdict(item) for item in ((value,) if isinstance(value, str) else value)
    ]
    # "Every value fails" is the negation of "some value passes", and the other way round.
    all_values = (operator.quantifier == "forallvalues") != operator.negated and bool(
        operator.quantifier
    )
    quantify = all if all_values else any
    low, high = quantify(low for low, _ in pairs), quantify(high for _, high in pairs)
    return (not high, not low) if operator.negated else (low, high)


def _verdict_of_unknown(test: Test, value: UndecidedValue) -> tuple[bool, bool]:
    if test.predicate is not None and value.is_none_of(test.predicate):
        return test.operator.negated, test.operator.negated
    return False, True


def _narrow_constant(target: NormalizedStatement, test: Test, value: str | None) -> None:
    low, high = verdict(test, value)
    if not high:
        target.never = True
    elif not low:
        target.callers = (0, target.callers[1])


def _narrow_callers(masks: Masks, test: Test, callers: CallerValues) -> Masks:
    low_mask = high_mask = 0
    for value, bearers in callers.groups(test.key.id, test.predicate):
        low, high = verdict(test, value)
        low_mask |= bearers if low else 0
        high_mask |= bearers if high else 0
    return masks[0] & low_mask, masks[1] & high_mask


def resource_parts(text: str, *, variables: bool) -> tuple[Part, ...]:
    """A resource's text as parts; variables count in the last part of an ARN only."""
    if not variables or "${" not in text:
        return ((text, False),)
    head, tail = _arn_tail(text)
    return ((head, False), *split(tail, variables=True))


def _arn_tail(text: str) -> tuple[str, str]:
    """All but the last part of an ARN, and that part; of another text, nothing and the whole."""
    pieces = text.split(":", 5)
    if len(pieces) < 6:  # noqa: PLR2004 - an ARN has six parts
        return "", text
    return ":".join(pieces[:5]) + ":", pieces[5]
