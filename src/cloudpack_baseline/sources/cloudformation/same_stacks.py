"""Whether stacks describe the same in two scenarios, so that one of them is enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.cloudformation.choices import SIZES
from cloudpack_baseline.sources.cloudformation.stacks import StackPlace
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.located import is_same

__all__ = ["describe_the_same"]


def describe_the_same(
    first: Iterable[tuple[Stack, StackPlace]], second: Iterable[tuple[Stack, StackPlace]]
) -> bool:
    """Whether no resource of the stacks differs in what is read of it.

    Args:
        first: the stacks in one scenario, with the place of each.
        second: the stacks in another one.
    """
    stacks, others = tuple(first), tuple(second)
    return len(stacks) == len(others) and all(
        place == other_place and _is_same_stack(stack, other)
        for (stack, place), (other, other_place) in zip(stacks, others, strict=True)
    )


def _is_same_stack(stack: Stack, other: Stack) -> bool:
    return (
        stack.template.root is other.template.root
        and stack.names.unnamed == other.names.unnamed
        and [*stack.resources] == [*other.resources]
        and all(map(_is_same_resource, stack.resources.values(), other.resources.values()))
    )


def _is_same_resource(resource: TemplateResource, other: TemplateResource) -> bool:
    if resource is other:
        return True
    try:
        return resource.id == other.id and is_same(_read(resource), _read(other))
    except Misshapen:
        return False


def _read(resource: TemplateResource) -> dict[str, Any]:
    return {name: value for name, value in resource.properties().items() if name not in SIZES}
