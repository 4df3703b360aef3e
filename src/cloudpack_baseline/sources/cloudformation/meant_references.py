"""References that a template writes as plain texts, such as ``SubnetId: PublicSubnet``.

A logical ID is no ID and no ARN that AWS gives, so a deployment fails at one in their place. It is
read as the reference that it is meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import is_

from attrs import evolve

from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)

__all__ = ["with_meant_references"]

_OF_IDS = re.compile(r".*(?:Id|Ids|Subnets|SecurityGroups|GroupSet)", re.DOTALL)
"""The properties that take IDs of Amazon EC2."""
_OF_ARNS = re.compile(r".*(?:Arn|Arns)", re.DOTALL)
_WITH_ARNS = ("AWS::ElasticLoadBalancingV2::", "AWS::SNS::Topic")
"""The types whose ``Ref`` is an ARN."""
_ATTRIBUTE = re.compile(r"(\w+)\.(Arn|GroupId)")


def with_meant_references(root: NodeMapping) -> NodeMapping:
    """The template with a ``Ref`` or ``Fn::GetAtt`` in place of such texts.

    Args:
        root: of a template that has a section ``Resources``.
    """
    section = root.entries["Resources"]
    if not isinstance(section, NodeMapping):
        return root
    types = {name: type_of(node) for name, node in section.entries.items()}
    meant = _MeantReferences(
        ids={name for name, kind in types.items() if kind.startswith("AWS::EC2::")},
        arns={name for name, kind in types.items() if kind.startswith(_WITH_ARNS)},
        names=set(types),
    )
    resources = {name: _with_properties(meant, node) for name, node in section.entries.items()}
    if _are_same(resources, section.entries):
        return root
    return evolve(root, entries={**root.entries, "Resources": evolve(section, entries=resources)})


def _with_properties(meant: _MeantReferences, node: Node) -> Node:
    properties = node.entries.get("Properties") if isinstance(node, NodeMapping) else None
    if not isinstance(node, NodeMapping) or not isinstance(properties, NodeMapping):
        return node
    with_references = meant.object(properties)
    if with_references is properties:
        return node
    return evolve(node, entries={**node.entries, "Properties": with_references})


class _MeantReferences:
    """What texts of a template may be meant to refer to."""

    def __init__(self, ids: set[str], arns: set[str], names: set[str]) -> None:
        self._ids = ids
        self._arns = arns
        self._names = names

    def object(self, node: NodeMapping) -> NodeMapping:
        """The object with these references, unless an intrinsic function returns it."""
        if any(name == "Ref" or name.startswith("Fn::") for name in node.entries):
            return node
        entries = {name: self._value(name, value) for name, value in node.entries.items()}
        return node if _are_same(entries, node.entries) else evolve(node, entries=entries)

    def _value(self, name: str, node: Node) -> Node:
        if isinstance(node, NodeMapping):
            return self.object(node)
        if isinstance(node, NodeSequence):
            items = tuple(self._value(name, item) for item in node.items)
            is_same = all(map(is_, items, node.items))
            return node if is_same else evolve(node, items=items)
        return self._reference(name, node) if isinstance(node.value, str) else node

    def _reference(self, name: str, node: Scalar) -> Node:
        text = node.source
        if (text in self._ids and _OF_IDS.fullmatch(name)) or (
            text in self._arns and _OF_ARNS.fullmatch(name)
        ):
            return NodeMapping({"Ref": node}, {"Ref": node.mark}, node.mark)
        attribute = _ATTRIBUTE.fullmatch(text)
        if attribute and attribute[1] in self._names and _takes(name, attribute[2]):
            return NodeMapping({"Fn::GetAtt": node}, {"Fn::GetAtt": node.mark}, node.mark)
        return node


def _takes(name: str, attribute: str) -> bool:
    pattern = _OF_ARNS if attribute == "Arn" else _OF_IDS
    return pattern.fullmatch(name) is not None


def _are_same(entries: Mapping[str, Node], before: Mapping[str, Node]) -> bool:
    return all(entries[name] is node for name, node in before.items())
