"""Which conditions of a template can hold together: its scenarios.

Every value that a free parameter is compared with is tried, and one that equals none of them;
a comparison that stays open is tried both ways. Scenarios in which all conditions are alike
are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType
from typing import TypeAlias

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.cloudformation.intrinsics import Resolver
from cloudpack_baseline.sources.cloudformation.nodes import (
    DocumentError,
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.parameters import Parameter
from cloudpack_baseline.sources.cloudformation.values import Resolved, as_text, is_exact, why_of

__all__ = ["MOST_SCENARIOS", "Scenario", "Scenarios", "mentioned_names", "scenarios_of"]

MOST_SCENARIOS = 64
"""Scenarios that are judged; of 155 published templates the worst has 10 open conditions."""

_MOST_TRIALS = 4096
"""Assignments that are tried, alike ones included."""

_MOST_EVALUATIONS = 100_000
"""Conditions that are evaluated in all trials together: about two seconds. The most trials are
possible with up to 24 conditions."""

_MOST_RESOURCES = 6_000
"""Resources that are judged in all scenarios together. 93 have the most scenarios, the 500 that
AWS accepts in a stack have 12."""

_LEAST_SCENARIOS = 2

_MOST_CHOICES = 16
"""Combinations of allowed values that are scenarios of their own, beside the conditions."""

_MOST_CHOICE_RESOURCES = 3_000
"""Resources that are gathered in all these combinations together: about a second."""

_MOST_CHOICE_TRIALS = 512
"""Assignments that these values may make of those for the conditions."""

_Key: TypeAlias = tuple[tuple[bool, ...], tuple[str, ...]]
"""The truth of each condition, and the values of the parameters that choose."""


@frozen(kw_only=True)
class Scenario:
    """One way in which a template can be deployed.

    Attributes:
        conditions: the truth of each condition.
        parameters: the values that follow for free parameters.
        excluded: the values that free parameters cannot have.
        open_conditions: those conditions that differ between scenarios, for its name.
        choosing: the parameters of which each allowed value is a scenario, for its name; not those
            whose value the conditions tell.
    """

    conditions: Mapping[str, bool]
    parameters: Mapping[str, str] = field(factory=dict)
    excluded: Mapping[str, frozenset[str]] = field(factory=dict)
    open_conditions: tuple[str, ...] = ()
    choosing: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[tuple[str, str], ...]:
        """(condition, ``true`` or ``false``) of each open condition, and (parameter, value)."""
        truths = ((name, str(self.conditions[name]).lower()) for name in self.open_conditions)
        return (*truths, *((name, self.parameters[name]) for name in self.choosing))


@frozen(kw_only=True)
class Scenarios:
    """The scenarios of a template, and whether there are more than were tried."""

    scenarios: tuple[Scenario, ...]
    is_bounded: bool = False


class _Open(Exception):  # noqa: N818 - it asks for a decision, nothing failed
    """A comparison that neither side decides."""

    def __init__(self, comparison: tuple[str, str]) -> None:
        super().__init__(comparison)
        self.comparison = comparison


def scenarios_of(  # noqa: PLR0913 - sections of a template, and two limits of the scenarios
    conditions: Mapping[str, Node],
    rules: Iterable[Node],
    resolver: Resolver,
    free: Iterable[Parameter],
    *,
    resources: int = 1,
    choosing: Mapping[str, int] = MappingProxyType({}),
) -> Scenarios:
    """All distinct scenarios.

    Args:
        conditions: the section Conditions.
        rules: the rules of the section Rules.
        resolver: with the values of parameters that are known.
        free: the parameters that are not.
        resources: the number that each scenario has, which bounds the scenarios.
        choosing: the parameters that choose a property, with a rank; each value that one of these
            allows is a scenario, as far as there are few, those of the lowest rank first. The
            others stay unknown.

    Raises:
        DocumentError: conditions refer to each other in a circle, or to none.
    """
    free = tuple(free)
    literals = _compared_literals(conditions.values())
    candidates = {
        parameter.name: _candidates(parameter, literals.get(parameter.name, ()))
        for parameter in free
    }
    candidates = {name: values for name, values in candidates.items() if values}
    most_choices = min(_MOST_CHOICES, _MOST_CHOICE_RESOURCES // max(1, resources))
    chosen_parameters = _chosen_parameters(free, choosing, candidates, most_choices)
    candidates |= {parameter.name: parameter.allowed for parameter in chosen_parameters}
    choices = tuple(parameter.name for parameter in chosen_parameters)
    rules = tuple(rules)
    by_key: dict[_Key, list[dict[str, str | None]]] = {}
    trials = 0
    bounded = False
    for values in product(*candidates.values()):
        assignment = dict(zip(candidates, values, strict=True))
        chosen = {name: value for name, value in assignment.items() if value is not None}
        trial = evolve(resolver, parameters={**resolver.parameters, **chosen})
        differing_from = {
            _pair(_key(resolver.parameters[name]), literal): False
            for name, value in assignment.items()
            if value is None
            for literal in candidates[name]
            if literal is not None
        }
        for truth in _truths(conditions, rules, trial, differing_from):
            trials += 1
            chosen_values = tuple(str(assignment[name]) for name in choices)
            by_key.setdefault((truth, chosen_values), []).append(assignment)
        if trials >= _MOST_TRIALS or trials * len(conditions) >= _MOST_EVALUATIONS:
            bounded = True
            break
    if not by_key:
        raise DocumentError("the rules of the template forbid every deployment")
    names = tuple(conditions)
    differing = tuple(
        name for index, name in enumerate(names) if len({truth[index] for truth, _ in by_key}) > 1
    )
    limit = _most_scenarios(resources)
    if len(by_key) > limit:
        by_key, choices = _by_truth(by_key), ()
    undecided = _undecided(by_key, choices)
    scenarios = tuple(
        Scenario(
            conditions=dict(zip(names, truth, strict=True)),
            parameters=_shared(assignments),
            excluded=_excluded(assignments, candidates),
            open_conditions=tuple(sorted(differing)),
            choosing=tuple(name for name in choices if name in undecided),
        )
        for (truth, _), assignments in list(by_key.items())[:limit]
    )
    return Scenarios(scenarios=scenarios, is_bounded=bounded or len(by_key) > limit)


def _chosen_parameters(
    free: Iterable[Parameter],
    choosing: Mapping[str, int],
    candidates: Mapping[str, tuple[str | None, ...]],
    most_choices: int,
) -> tuple[Parameter, ...]:
    """The parameters of which each allowed value is tried.

    Those of the lowest rank come first, and of these those with the fewest values.
    """
    choices, trials = 1, prod(map(len, candidates.values()))
    chosen: list[Parameter] = []
    eligible = [
        parameter for parameter in free if parameter.name in choosing and _is_choice(parameter)
    ]
    eligible.sort(key=lambda parameter: (choosing[parameter.name], len(parameter.allowed)))
    for parameter in eligible:
        number = len(parameter.allowed)
        trials_each = 1 if parameter.name in candidates else number
        if choices * number <= most_choices and trials * trials_each <= _MOST_CHOICE_TRIALS:
            choices, trials = choices * number, trials * trials_each
            chosen.append(parameter)
    return tuple(sorted(chosen, key=lambda parameter: parameter.name))


def _undecided(by_key: Iterable[_Key], choices: tuple[str, ...]) -> frozenset[str]:
    """The parameters whose values the truth of the conditions does not tell."""
    values_by_truth: dict[tuple[bool, ...], list[set[str]]] = {}
    for truth, values in by_key:
        value_sets = values_by_truth.setdefault(truth, [set() for _ in choices])
        for value_set, value in zip(value_sets, values, strict=True):
            value_set.add(value)
    return frozenset(
        name
        for value_sets in values_by_truth.values()
        for name, value_set in zip(choices, value_sets, strict=True)
        if len(value_set) > 1
    )


def _is_choice(parameter: Parameter) -> bool:
    return bool(parameter.allowed) and not parameter.is_list and not parameter.is_stored


def _by_truth(
    by_key: Mapping[_Key, list[dict[str, str | None]]],
) -> dict[_Key, list[dict[str, str | None]]]:
    """The assignments by the truth of the conditions alone."""
    by_truth: dict[_Key, list[dict[str, str | None]]] = {}
    for (truth, _), assignments in by_key.items():
        by_truth.setdefault((truth, ()), []).extend(assignments)
    return by_truth


def _most_scenarios(resources: int) -> int:
    return min(MOST_SCENARIOS, max(_LEAST_SCENARIOS, _MOST_RESOURCES // max(1, resources)))


def _shared(assignments: list[dict[str, str | None]]) -> dict[str, str]:
    """The values that every one of the assignments has."""
    first, *further = assignments
    return {
        name: value
        for name, value in first.items()
        if value is not None and all(assignment[name] == value for assignment in further)
    }


def _excluded(
    assignments: list[dict[str, str | None]], candidates: Mapping[str, tuple[str | None, ...]]
) -> dict[str, frozenset[str]]:
    """The values that none of the assignments has, of parameters that may have any other."""
    excluded = {
        name: frozenset(
            value
            for value in values
            if value is not None and all(assignment[name] != value for assignment in assignments)
        )
        for name, values in candidates.items()
    }
    return {name: values for name, values in excluded.items() if values}


def _candidates(parameter: Parameter, literals: Iterable[str]) -> tuple[str | None, ...]:
    """The values that distinguish conditions; ``None`` is any other value.

    Args:
        parameter: of the template.
        literals: those that stand in a comparison with it.
    """
    distinguishing = sorted(literals)
    if not distinguishing:
        return ()
    if parameter.allowed and not parameter.is_stored:
        return parameter.allowed
    return (*distinguishing, None)


def _compared_literals(conditions: Iterable[Node]) -> Mapping[str, set[str]]:
    """The literals that stand in comparisons with each name."""
    literals: dict[str, set[str]] = {}
    for operands in _comparisons(conditions):
        values = [as_text(item.value) for item in operands.items if isinstance(item, Scalar)]
        for name in mentioned_names(operands):
            literals.setdefault(name, set()).update(values)
    return literals


def _comparisons(nodes: Iterable[Node]) -> Iterator[NodeSequence]:
    """The operands of each Fn::Equals, at any depth."""
    for node in nodes:
        if isinstance(node, NodeMapping):
            operands = node.entries.get("Fn::Equals")
            if isinstance(operands, NodeSequence):
                yield operands
            yield from _comparisons(node.entries.values())
        elif isinstance(node, NodeSequence):
            yield from _comparisons(node.items)


def mentioned_names(node: Node) -> Iterator[str]:
    """What may be the name of a parameter in the node."""
    if isinstance(node, Scalar):
        yield node.source
        yield from _VARIABLE.findall(node.source)
        return
    for child in node.items if isinstance(node, NodeSequence) else node.entries.values():
        yield from mentioned_names(child)


_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


def _truths(
    conditions: Mapping[str, Node],
    rules: tuple[Node, ...],
    resolver: Resolver,
    decided: dict[tuple[str, str], bool],
) -> Iterator[tuple[bool, ...]]:
    """The truth of all conditions, for each answer to the comparisons that stay open."""
    pending = [decided]
    tried = 0
    while pending and tried < _MOST_TRIALS:
        decided = pending.pop()
        tried += 1
        evaluation = _Evaluation(conditions, resolver, decided)
        try:
            truth = tuple(evaluation.condition(name) for name in conditions)
            if all(evaluation.permits(rule) for rule in rules):
                yield truth
        except _Open as question:
            # Depth first, true before false: the order of scenarios is that of the file.
            pending += [{**decided, question.comparison: answer} for answer in (False, True)]


class _Evaluation:
    """Conditions under one answer to each open comparison."""

    def __init__(
        self,
        conditions: Mapping[str, Node],
        resolver: Resolver,
        decided: Mapping[tuple[str, str], bool],
    ) -> None:
        self._conditions = conditions
        self._resolver = resolver
        self._decided = decided
        self._truth: dict[str, bool] = {}
        self._open: list[str] = []

    def condition(self, name: str, mark: Mark | None = None) -> bool:
        if name not in self._truth:
            node = self._conditions.get(name)
            if node is None:
                raise DocumentError(f"there is no condition {name!r}", mark)
            if name in self._open:
                circle = " -> ".join([*self._open, name])
                raise DocumentError(
                    f"conditions refer to each other in a circle: {circle}", node.mark
                )
            self._open.append(name)
            self._truth[name] = self.is_true(node)
            self._open.pop()
        return self._truth[name]

    def permits(self, rule: Node) -> bool:
        """Whether the rule lets the stack be created."""
        if not isinstance(rule, NodeMapping):
            return True
        condition = rule.entries.get("RuleCondition")
        if condition is not None and not self.is_true(condition):
            return True
        assertions = rule.entries.get("Assertions")
        return all(
            self.is_true(assertion.entries["Assert"])
            for assertion in (assertions.items if isinstance(assertions, NodeSequence) else ())
            if isinstance(assertion, NodeMapping) and "Assert" in assertion.entries
        )

    def is_true(self, node: Node) -> bool:
        if isinstance(node, NodeMapping) and len(node.entries) == 1:
            ((name, argument),) = node.entries.items()
            operands = argument.items if isinstance(argument, NodeSequence) else (argument,)
            if name == "Condition" and isinstance(argument, Scalar):
                return self.condition(argument.source, argument.mark)
            if name in _FUNCTIONS:
                function, number = _FUNCTIONS[name]
                if len(operands) < number:
                    raise DocumentError(f"{name} takes {number} arguments", argument.mark)
                return function(self, operands)
            if name in _OF_MEMBERS:
                # CloudFormation compares what it reads in the account at deployment.
                return self._ask(f"{name} at line {node.mark.line}", "true")
        return self._equal(self._resolver.value(node), "true")

    def compared(self, operands: Sequence[Node]) -> bool:
        """Fn::Equals."""
        first, second = map(self._resolver.value, operands[:2])
        return self._equal(first, second)

    def contained(self, operands: Sequence[Node]) -> bool:
        """Fn::Contains."""
        items, item = map(self._resolver.value, operands[:2])
        return self._contains(items, item)

    def _contains(self, items: Resolved, item: Resolved) -> bool:
        if isinstance(items, list):
            return any(self._equal(member, item) for member in items)
        return self._ask(_key(items), _key(item))

    def _equal(self, first: Resolved, second: Resolved) -> bool:
        if is_exact(first) and is_exact(second):
            return _key(first) == _key(second)
        if _key(first) == _key(second):
            return True
        return self._ask(_key(first), _key(second))

    def _ask(self, first: str, second: str) -> bool:
        comparison = _pair(first, second)
        if comparison not in self._decided:
            raise _Open(comparison)
        return self._decided[comparison]


def _pair(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first <= second else (second, first)


_FUNCTIONS: Mapping[str, tuple[Callable[[_Evaluation, Sequence[Node]], bool], int]] = {
    "Fn::And": (lambda evaluation, operands: all(map(evaluation.is_true, operands)), 0),
    "Fn::Or": (lambda evaluation, operands: any(map(evaluation.is_true, operands)), 0),
    "Fn::Not": (lambda evaluation, operands: not evaluation.is_true(operands[0]), 1),
    "Fn::Equals": (_Evaluation.compared, 2),
    "Fn::Contains": (_Evaluation.contained, 2),
}
"""What each function does, and how many arguments it takes at least."""

_OF_MEMBERS = frozenset(("Fn::EachMemberEquals", "Fn::EachMemberIn"))


def _key(value: Resolved) -> str:
    unknown = why_of(value)
    if unknown is not None and not isinstance(value, str):
        return f"<{unknown.causes[0].detail}>"
    return as_text(value) if not isinstance(value, (list, dict)) else repr(value)
