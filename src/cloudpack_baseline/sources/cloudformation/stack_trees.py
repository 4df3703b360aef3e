"""A template that is deployed, and the tree of stacks that it becomes in one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.cloudformation.conditions import Scenario
from cloudpack_baseline.sources.cloudformation.template import Stack, Template

__all__ = ["Identity", "Root", "StackPlace", "StackTree"]


@frozen(kw_only=True)
class StackPlace:
    """Where a stack is deployed.

    Attributes:
        account: the account ID, or the placeholder where none is named.
        region: empty where it is not known.
        partition: such as ``aws``.
        stack: the name of the stack.
    """

    account: str
    region: str
    partition: str
    stack: str


@frozen(kw_only=True)
class Root:
    """A template that is deployed on its own, not by another one.

    Attributes:
        template: the template.
        place: where it is deployed.
        parameters: the values of parameters.
    """

    template: Template
    place: StackPlace
    parameters: Mapping[str, Any]

    @property
    def identity(self) -> Identity:
        """What distinguishes it from the other templates of a run."""
        place = self.place
        return (place.account, place.region, place.stack, self.template.file)


Identity: TypeAlias = tuple[str, ...]
"""What distinguishes the stacks of a run: where the root is deployed, and the nested stacks."""


class StackTree:
    """A root with the stacks that it nests, as a run builds them.

    Attributes:
        stacks: with the place of each.
        built: each stack by its path below the root.
        chosen: by the same path: the place of the scenario of the stack, of that many.
        claims: the names that its resources claim, with whether each is theirs.
        requirements: the values that its scenarios need.
        is_complete: whether all of it is built.
    """

    def __init__(self) -> None:
        self.stacks: list[tuple[Stack, StackPlace]] = []
        self.built: dict[tuple[str, ...], Stack] = {}
        self.chosen: dict[tuple[str, ...], tuple[int, int]] = {}
        self.claims: list[tuple[tuple[str, str, StackPlace, str], bool]] = []
        self.requirements: list[tuple[Scenario, Mapping[str, Any], StackPlace]] = []
        self.is_complete = False

    @property
    def is_alone(self) -> bool:
        """Whether it reads nothing that the stacks of other roots export."""
        templates = [stack.template for stack, _ in self.stacks]
        return not any(template.imports or template.output_references for template in templates)
