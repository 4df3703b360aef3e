"""Which macros may change what a template contains, and how much of it.

A macro processes what stands beside it (CloudFormation User Guide, "Perform custom processing on
CloudFormation templates with template macros"): in the section Transform the template, in
``Fn::Transform`` the object that the function is in.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.values import undetermined

__all__ = ["TRANSFORM_FUNCTION", "changed_by_macros", "open_macros"]

TRANSFORM_FUNCTION = "Fn::Transform"

_INCLUDE = "AWS::Include"

_KNOWN_MACROS = frozenset(
    (
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::Serverless-2016-10-31",
        "AWS::ServiceCatalog",
    )
)
"""What they do is read, or changes nothing that a control reads (CloudFormation Template Reference,
"Transform reference"): a hook of a deployment, the function that rotates a secret, and the outputs
of provisioned products, which are texts that are not known."""

_DECIDING_SECTIONS = ("Parameters", "Mappings", "Conditions", "Globals")
"""Sections that many resources may refer to."""


def changed_by_macros(argument: Node, place: str) -> Unknown:
    """What becomes of the object that ``Fn::Transform`` is in.

    Args:
        argument: of the function.
        place: of the object, in words.
    """
    names = _macros(argument)
    if len(names) > 1:
        return undetermined(f"what the macros {' and '.join(names)} make {place}")
    macro = f"the macro {names[0]}" if names else "a macro"
    return undetermined(f"what {macro} makes {place}")


def _macros(node: Node | None) -> tuple[str, ...]:
    """The macros that a section Transform, or the argument of ``Fn::Transform``, names."""
    if node is None:
        return ()
    items = node.items if isinstance(node, NodeSequence) else (node,)
    return tuple(map(_name, items))


def _name(item: Node) -> str:
    name = item.entries.get("Name") if isinstance(item, NodeMapping) else item
    if isinstance(name, Scalar) and name.value:
        return name.source
    return "whose name is not known"


def open_macros(root: NodeMapping) -> tuple[str, ...]:
    """The macros that may add any resource to a template, or change any in it.

    Args:
        root: the template.
    """
    names = (name for name in _far_reaching(root) if name not in _KNOWN_MACROS)
    return tuple(dict.fromkeys(names))


def _far_reaching(root: NodeMapping) -> Iterator[str]:
    yield from _macros(root.entries.get("Transform"))
    resources = root.entries.get("Resources")
    yield from _within(root)
    yield from _within(resources)
    for resource in resources.entries.values() if isinstance(resources, NodeMapping) else ():
        if not type_of(resource):
            yield from _within(resource)  # what is included may have any type
    for name in _DECIDING_SECTIONS:
        # What is included is added to the section: a reference to it is one to what is not there.
        yield from (macro for macro in _within(root.entries.get(name)) if macro != _INCLUDE)


def _within(node: Node | None) -> tuple[str, ...]:
    return _macros(node.entries.get(TRANSFORM_FUNCTION)) if isinstance(node, NodeMapping) else ()
