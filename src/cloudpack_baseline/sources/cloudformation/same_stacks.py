"""Whether stacks describe the same in two scenarios, so that one of them is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.cloudformation.choices import SIZES
from cloudpack_baseline.sources.cloudformation.stack_trees import StackPlace
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.located import is_same

__all__ = ["describe_the_same"]


def describe_the_same(
    first: Sequence[tuple[Stack, StackPlace]], second: Sequence[tuple[Stack, StackPlace]]
) -> bool:
    """Whether no resource of the stacks differs in what is read of it.

    Args:
        first: the stacks in one scenario, with the place of each.
        second: the stacks in another one.
    """
    return [place for _, place in first] == [place for _, place in second] and all(
        _is_same_stack(stack_in_first, stack_in_second)
        for (stack_in_first, _), (stack_in_second, _) in zip(first, second, strict=True)
    )


def _is_same_stack(first: Stack, second: Stack) -> bool:
    return first is second or (
        first.template.root is second.template.root
        and first.names.unnamed == second.names.unnamed
        and [*first.resources] == [*second.resources]
        and all(map(_is_same_resource, first.resources.values(), second.resources.values()))
    )


def _is_same_resource(first: TemplateResource, second: TemplateResource) -> bool:
    if first is second:
        return True
    try:
        return first.id == second.id and is_same(_properties_read(first), _properties_read(second))
    except Misshapen:
        return False


def _properties_read(resource: TemplateResource) -> dict[str, Any]:
    return {name: value for name, value in resource.properties().items() if name not in SIZES}
