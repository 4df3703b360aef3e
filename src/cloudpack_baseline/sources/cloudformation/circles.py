"""Circles of references between resources, which CloudFormation refuses to deploy."""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.nodes import DocumentError
from cloudpack_baseline.sources.cloudformation.references import circle_among
from cloudpack_baseline.sources.cloudformation.template import Stack

__all__ = ["reject_circles"]


def reject_circles(stack: Stack) -> None:
    """Check that no resource depends on itself.

    Raises:
        DocumentError: resources depend on each other in a circle.
    """
    if not stack.template.may_have_circles:
        return
    nodes = {logical_id: resource.node for logical_id, resource in stack.resources.items()}
    circle = circle_among(nodes, stack.scenario.conditions)
    if circle:
        path = " -> ".join(circle)
        mark = stack.resources[circle[0]].mark
        raise DocumentError(f"resources depend on each other in a circle: {path}", mark)
