"""The attributes of a plan, each with its expression in the configuration."""

from __future__ import annotations

from typing import Any, Final

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    undetermined,
)
from cloudpack_baseline.sources.terraform.plan import PlannedResource
from cloudpack_baseline.sources.terraform.schema import NESTED_BLOCKS

__all__ = [
    "ABSENT",
    "NO_CONFIGURATION",
    "NotAvailable",
    "NotConfigured",
    "PlannedAttribute",
    "argument_items",
    "block_at",
    "dotted",
    "dynamic",
    "is_block",
    "is_empty",
    "is_expression",
    "item_at",
    "scalar",
]


_UNORDERED = frozenset(
    ("ingress", "egress", "route", "origin", "setting", "entry", "listener", "inline_policy")
)
"""Blocks whose order in a plan is not that of the configuration."""


class NotConfigured:
    """The expression of an attribute that the configuration leaves out."""


class NotAvailable:
    """The expression of an attribute of which the plan has no configuration."""


ABSENT: Final = NotConfigured()


NO_CONFIGURATION: Final = NotAvailable()


@frozen
class PlannedAttribute:
    """An attribute of a plan.

    Attributes:
        path: names and places that lead to it.
        known: its value, without what is not known.
        unknown: ``True``, or objects and lists of it.
        sensitive: in the same form.
        expression: of the configuration; `ABSENT`, or `NO_CONFIGURATION`.
        is_mixed: whether the expression is that of several attributes together.
    """

    path: tuple[str | int, ...]
    known: Any
    unknown: Any
    sensitive: Any
    expression: Any
    is_mixed: bool = False

    @property
    def name(self) -> str:
        """The last name of the path."""
        return next(step for step in reversed(self.path) if isinstance(step, str))


def is_block(resource: PlannedResource, attribute: PlannedAttribute) -> bool:
    """Whether it is a nested block that the provider does not compute."""
    names = (step for step in attribute.path if isinstance(step, str))
    return ".".join(names) in NESTED_BLOCKS.get(resource.type, ())


def is_expression(expression: object) -> bool:
    """Whether it is an expression, not the expressions of a block."""
    return isinstance(expression, dict) and (
        "references" in expression or "constant_value" in expression
    )


def block_at(attribute: PlannedAttribute, known: Resolved, index: int, length: int) -> Resolved:
    """The expressions of the block at a place of a list."""
    blocks = attribute.expression
    if isinstance(blocks, dict):
        return blocks
    if not isinstance(blocks, list):
        return NO_CONFIGURATION
    if attribute.name not in _UNORDERED and len(blocks) == length:
        return blocks[index]
    fitting = [block for block in blocks if _fits(block, known)]
    distinct = [block for place, block in enumerate(fitting) if block not in fitting[:place]]
    # A dynamic block is not in the configuration of a plan.
    return distinct[0] if len(distinct) == 1 and len(blocks) >= length else NO_CONFIGURATION


def _fits(block: Resolved, known: Resolved) -> bool:
    """Whether the values may be those of the block: its constants are the same."""
    if not isinstance(block, dict) or not isinstance(known, dict):
        return False
    for name, expression in block.items():
        if isinstance(expression, dict) and "constant_value" in expression:
            value = known.get(name)
            if value is not None and _comparable(value) != _comparable(
                expression["constant_value"]
            ):
                return False
    return True


def _comparable(value: object) -> str:
    if isinstance(value, list):
        return str(sorted(map(_comparable, value)))
    return str(value).lower() if isinstance(value, bool | str) else str(value)


def dotted(path: tuple[str | int, ...]) -> str:
    """The path as Terraform writes it, such as ``rule[0].id``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def is_empty(value: object) -> bool:
    """Whether the value is one of those that stand for an attribute that is not given."""
    return value is None or (isinstance(value, str | list) and not value)


def item_at(items: list[Any], index: int) -> Resolved:
    """The item at a place; ``None``: the list ends before it."""
    return items[index] if index < len(items) else None


def argument_items(value: Resolved) -> list[Any]:
    """The items of an argument of another resource that is a list; else the value itself."""
    return list(value) if isinstance(value, ResolvedList) else [value]


def scalar(value: Resolved) -> Resolved:
    """A known value that is no list or object."""
    return DocumentText(value) if isinstance(value, str) else value


def dynamic(resource: PlannedResource, path: tuple[str | int, ...]) -> Unknown:
    """Why a block is not known: the configuration of a plan contains no dynamic blocks."""
    return undetermined(f"{resource.address}.{dotted(path)} (a dynamic block may set it)")
