"""Circles of references between resources, which CloudFormation refuses to deploy."""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.document import DocumentError
from cloudpack_baseline.sources.cloudformation.references import circle_of, names_within
from cloudpack_baseline.sources.cloudformation.template import Stack

__all__ = ["reject_circles"]


def reject_circles(stack: Stack) -> None:
    """Check that no resource depends on itself.

    Raises:
        DocumentError: resources depend on each other in a circle.
    """
    if not stack.template.may_have_circles:
        return
    graph = {
        logical_id: sorted(
            names_within(resource.node, stack.scenario.conditions) & stack.resources.keys()
        )
        for logical_id, resource in stack.resources.items()
    }
    circle = circle_of(graph)
    if circle:
        path = " -> ".join(circle)
        mark = stack.resources[circle[0]].mark
        raise DocumentError(f"resources depend on each other in a circle: {path}", mark)
