"""The stacks of templates in each combination of their scenarios.

Stacks depend on each other if one nests the other, or imports what it exports: of those, every
combination of scenarios is tried. Of others, each scenario is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TypeAlias

from attrs import field

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.cloudformation.conditions import MOST_SCENARIOS, Scenarios
from cloudpack_baseline.sources.cloudformation.stack_trees import Identity, Root, StackPlace
from cloudpack_baseline.sources.cloudformation.stacks import StackRun
from cloudpack_baseline.sources.cloudformation.template import Stack, Template
from cloudpack_baseline.sources.cloudformation.values import as_text

__all__ = ["Deployment", "Deployments", "deployments_of"]

_Choose: TypeAlias = Callable[[Identity, int], int]
"""The place of the scenario of a stack, of that many."""

_MOST_TRIALS = 512
"""Combinations that are tried, those included that contradict themselves."""


@frozen(kw_only=True)
class Deployment:
    """All stacks of a run in one scenario each.

    Attributes:
        stacks: with the place of each.
        scenario: the conditions that differ between deployments, with their truth.
        missing: names that its stacks imported so far, and that none of them exports.
    """

    stacks: tuple[tuple[Stack, StackPlace], ...]
    scenario: tuple[tuple[str, str], ...] = ()
    missing: AbstractSet[str] = field(factory=set, eq=False, repr=False)


@frozen(kw_only=True)
class Deployments:
    """The stacks of templates in all scenarios.

    Attributes:
        deployments: one for each scenario; at least one.
        faults: what is wrong with templates that are left out.
        exports: the names that stacks export in some scenario.
        is_bounded: whether there are more scenarios than these.
    """

    deployments: tuple[Deployment, ...]
    faults: tuple[InputError, ...] = ()
    exports: frozenset[str] = frozenset()
    is_bounded: bool = False

    def is_possible(self, deployment: Deployment) -> bool:
        """Whether CloudFormation would accept all imports, once the stacks were read.

        A name that is exported in another scenario is not exported by a stack elsewhere.
        """
        return self.exports.isdisjoint(deployment.missing)


def deployments_of(roots: Iterable[Root], templates: Iterable[Template]) -> Deployments:
    """The stacks in each scenario of their conditions.

    Args:
        roots: the templates that are deployed on their own.
        templates: all templates, those of nested stacks included.
    """
    return _Planning(tuple(roots), tuple(templates)).deployments()


class _Planning:
    """What is found out about the scenarios of a run.

    Args:
        roots: the templates that are deployed on their own.
        templates: all templates.
    """

    def __init__(self, roots: tuple[Root, ...], templates: tuple[Template, ...]) -> None:
        self._roots = roots
        self._templates = templates
        self._known: dict[tuple[object, ...], Scenarios] = {}
        self._faults: dict[str, InputError] = {}
        self._is_bounded = False

    def deployments(self) -> Deployments:
        """One for each combination."""
        first = self._run(_first, self._roots)
        groups = self._groups(first)
        combinations = [self._combinations(group, first) for group in groups]
        group_of = {root.identity: place for place, group in enumerate(groups) for root in group}

        def choose(number: int, identity: Identity, scenarios: int) -> int:
            of_group = combinations[group_of[identity[: len(self._roots[0].identity)]]]
            return of_group[number if number < len(of_group) else 0](identity, scenarios)

        number = max(map(len, combinations), default=1)
        further = range(1 if first.is_consistent else 0, number)
        runs = [first] if first.is_consistent else []
        runs += [self._run(partial(choose, place), self._roots, first) for place in further]
        return Deployments(
            deployments=tuple(
                Deployment(
                    stacks=tuple(run.stacks),
                    scenario=tuple(sorted(run.scenario.items())),
                    missing=run.missing,
                )
                for run in runs
            ),
            exports=frozenset().union(*(run.exports for run in runs)),
            faults=tuple(self._faults.values()),
            is_bounded=self._is_bounded,
        )

    def _run(
        self, choose: _Choose, roots: Iterable[Root], first: StackRun | None = None
    ) -> StackRun:
        is_shared = len(self._roots) > 1
        run = StackRun(self._templates, choose, self._known, is_shared=is_shared, first=first)
        for root in roots:
            try:
                run.add(root)
            except InputError as error:
                self._faults[str(error)] = error
        self._is_bounded |= run.is_bounded
        return run

    def _groups(self, run: StackRun) -> list[tuple[Root, ...]]:
        """The roots that depend on each other, by what their stacks import."""
        group_of = {root.identity: [root] for root in self._roots}
        if len(self._roots) > 1:
            exporters = {
                name: root for root, stack in self._built(run) for name, _ in stack.exports()
            }
            for root, stack in self._built(run):
                for node in stack.template.imports if exporters else ():
                    exporter = exporters.get(as_text(stack.resolver.value(node)))
                    if exporter is not None:
                        _join(group_of, root, exporter)
                for node in stack.template.output_references:
                    name = as_text(stack.resolver.value(node))
                    for referred in self._roots:
                        if referred.place.stack == name:
                            _join(group_of, root, referred)
        return list({id(group): tuple(group) for group in group_of.values()}.values())

    def _built(self, run: StackRun) -> Iterator[tuple[Root, Stack]]:
        """The stacks of a run, each with the root that it is of."""
        roots = {root.identity: root for root in self._roots}
        for identity, tree in run.trees.items():
            for stack, _ in tree.stacks:
                yield roots[identity], stack

    def _combinations(self, group: tuple[Root, ...], first: StackRun) -> list[_Choose]:
        """The combinations of the scenarios of stacks that depend on each other."""
        trees = [first.trees[root.identity] for root in group]
        numbers = [number for tree in trees for _, number in tree.chosen.values()]
        if len(numbers) <= 1:
            return [_same(place) for place in range(max(numbers, default=1))]
        return self._tried(group) or self._diagonal(group)

    def _tried(self, group: tuple[Root, ...]) -> list[_Choose]:
        """Each combination that does not contradict itself; none, if there are too many."""
        combinations: list[_Choose] = []
        prefix: dict[Identity, int] = {}
        for _ in range(_MOST_TRIALS):
            run = self._run(_chosen_of(prefix), group)
            if run.is_consistent:
                combinations.append(_chosen_of(dict(prefix)))
            chosen = list(run.chosen.items())
            while chosen and chosen[-1][1][0] + 1 >= chosen[-1][1][1]:
                chosen.pop()
            if not chosen:
                return combinations
            prefix = {identity: place for identity, (place, _) in chosen}
            prefix[chosen[-1][0]] += 1
            if len(combinations) > MOST_SCENARIOS:
                break
        return []

    def _diagonal(self, group: tuple[Root, ...]) -> list[_Choose]:
        """Each scenario of each stack at least once."""
        self._is_bounded = True
        number, maximum = 0, 1
        while number < maximum:
            run = self._run(_same(number), group)
            maximum = max(maximum, *(scenarios for _, scenarios in run.chosen.values()))
            number += 1
        return [_same(place) for place in range(number)]


def _first(_identity: Identity, _scenarios: int) -> int:
    return 0


def _same(place: int) -> _Choose:
    """The scenario at the place, in each stack."""
    return lambda _, scenarios: place % scenarios


def _chosen_of(prefix: dict[Identity, int]) -> _Choose:
    """The scenarios that were chosen, and the first one of each stack that follows."""
    return lambda identity, _: prefix.get(identity, 0)


def _join(group_of: dict[Identity, list[Root]], first: Root, second: Root) -> None:
    """Make one group of two."""
    joined, further = group_of[first.identity], group_of[second.identity]
    if joined is not further:
        joined += further
        for root in further:
            group_of[root.identity] = joined
