"""The intrinsic functions of CloudFormation over one scenario of conditions.

Source: AWS CloudFormation User Guide, "Intrinsic function reference", "Pseudo parameters
reference", "AWS::LanguageExtensions transform", "Dynamic references".
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import DocumentFloat, DocumentInteger, DocumentText
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.nodes import (
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.parameters import partition_of_region
from cloudpack_baseline.sources.cloudformation.transforms import (
    TRANSFORM_FUNCTION,
    changed_by_macros,
)
from cloudpack_baseline.sources.cloudformation.values import (
    NO_VALUE,
    ChosenText,
    ResolvedList,
    ResolvedObject,
    as_text,
    concatenated,
    is_exact,
    literal,
    placeholder,
    undetermined,
    why_of,
)

__all__ = ["LOOP", "Names", "Resolver"]

Value: TypeAlias = Any
"""A scalar, `ResolvedObject`, `ResolvedList`, `PartialText`, `Unknown` or `NO_VALUE`."""

_MOST_BLOCKS = 256
"""Blocks that Fn::Cidr makes at most (CloudFormation Template Reference)."""

_ROLE_ACCOUNT = 4
"""The place of the account in the ARN of a role."""

LOOP = "Fn::ForEach::"
"""What the key of a loop begins with. Those over what is known are expanded before."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


class Names(Protocol):
    """What names in a template stand for, beside parameters."""

    def resource(self, logical_id: str) -> Value | None:
        """What ``Ref`` of the resource returns; ``None``: there is no such resource."""

    def attribute(self, logical_id: str, attribute: str) -> Value | None:
        """What ``Fn::GetAtt`` returns; ``None``: there is no such resource."""

    def exported(self, name: str) -> Value | None:
        """What ``Fn::ImportValue`` returns; ``None``: no given template exports the name."""

    def stack_output(self, stack: str, output: str, region: str, account: str) -> Value | None:
        """What ``Fn::GetStackOutput`` returns; ``None``: no given template is that stack.

        Args:
            stack: its name.
            output: the name of the output.
            region: of the stack; empty: that of the stack that refers to it.
            account: of the stack; empty: that of the stack that refers to it.
        """


_MOST_CHOICES = 100
"""Of a text; there are fewer Regions."""


class _Zones(ResolvedList):
    """Availability Zones, of which a Region has some number that is not known."""


class _ArgumentError(ValueError):
    """The arguments of a function are not what its documentation says."""


@frozen(kw_only=True)
class Resolver:
    """Resolves nodes to values.

    Attributes:
        parameters: the values of parameters and pseudo parameters.
        names: resources, attributes and exports.
        mappings: the node of each mapping.
        conditions: the truth of each condition in this scenario.
    """

    parameters: Mapping[str, Value]
    names: Names
    mappings: Mapping[str, Node] = field(factory=dict)
    conditions: Mapping[str, bool] = field(factory=dict)

    def value(self, node: Node) -> Value:
        """The value of the node; a function with bad arguments is unknown, and says why."""
        if isinstance(node, Scalar):
            return _static(node)
        if isinstance(node, NodeSequence):
            return self._sequence(node)
        name = function_of(node)
        if name is None:
            return self._mapping(node)
        if name not in _FUNCTIONS:
            return undetermined(f"{name} at line {node.mark.line}")
        try:
            return getattr(self, _FUNCTIONS[name])(node.entries[name])
        except _ArgumentError as error:
            detail = f"{name} at line {node.mark.line}: {error}"
            return Unknown.because(Why.MALFORMED, detail=detail)

    def _sequence(self, node: NodeSequence) -> ResolvedList:
        resolved = [(self.value(item), item.mark) for item in node.items]
        present = [(value, mark) for value, mark in resolved if value is not NO_VALUE]
        return ResolvedList(
            (value for value, _ in present), node.mark, (mark for _, mark in present)
        )

    def _mapping(self, node: NodeMapping) -> ResolvedObject | Unknown:
        entries: dict[str, Value] = {}
        if TRANSFORM_FUNCTION in node.entries and len(node.entries) > 1:
            return self._transform(node.entries[TRANSFORM_FUNCTION])  # it may add any member
        for key, entry in node.entries.items():
            if key.startswith(LOOP):
                return undetermined(f"the members that {key} adds")
            value = self.value(entry)
            if value is not NO_VALUE:
                entries[key] = value
        return ResolvedObject(entries, node.mark, dict(node.key_marks))

    # References ------------------------------------------------------------------------

    def _ref(self, node: Node) -> Value:
        name = self._name(node)
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.parameters:
            return self.parameters[name]
        value = self.names.resource(name)
        return _missing(f"parameter or resource {name!r}") if value is None else value

    def _name(self, node: Node) -> str:
        name = self.value(node)
        if not is_exact(name) or not isinstance(name, str):
            raise _ArgumentError("a name is expected")
        return name

    def _get_att(self, node: Node) -> Value:
        if isinstance(node, Scalar):
            logical_id, _, attribute = node.source.partition(".")
        elif isinstance(node, NodeSequence) and len(node.items) >= 2:  # noqa: PLR2004 - id and name
            logical_id = self._name(node.items[0])
            attribute = ".".join(self._name(item) for item in node.items[1:])
        else:
            raise _ArgumentError("a logical id and an attribute are expected")
        value = self.names.attribute(logical_id, attribute)
        return _missing(f"resource {logical_id!r}") if value is None else value

    def _import_value(self, node: Node) -> Value:
        name = self.value(node)
        if is_exact(name):
            value = self.names.exported(as_text(name))
            if value is not None:
                return value
        return concatenated([undetermined(f"import {as_text(name)}")])

    def _get_stack_output(self, node: Node) -> Value:
        """The output of another stack, also of another account, which the role is of."""
        if not isinstance(node, NodeMapping):
            raise _ArgumentError("an object is expected")
        names = ("StackName", "OutputName", "Region", "RoleArn")
        arguments = [
            self.value(node.entries[name]) if name in node.entries else "" for name in names
        ]
        stack, output, region, role = map(as_text, arguments)
        if is_exact(arguments):
            account = role.split(":")[_ROLE_ACCOUNT] if role.count(":") > _ROLE_ACCOUNT else role
            value = self.names.stack_output(stack, output, region, account)
            if value is not None:
                return value
        return concatenated([undetermined(f"output {output} of {stack}")])

    # Texts -----------------------------------------------------------------------------

    def _sub(self, node: Node) -> Value:
        replacements: dict[str, Value] = {}
        template = node
        if isinstance(node, NodeSequence):
            if len(node.items) != 2 or not isinstance(node.items[1], NodeMapping):  # noqa: PLR2004 - text, map
                raise _ArgumentError("a text and a map are expected")
            template = node.items[0]
            replacements = {key: self.value(entry) for key, entry in node.items[1].entries.items()}
        if not isinstance(template, Scalar):
            raise _ArgumentError("a text is expected")
        text = template.value if isinstance(template.value, str) else template.source
        return concatenated(self._pieces(text, replacements))

    def _pieces(self, text: str, replacements: Mapping[str, Value]) -> Iterator[Value]:
        end = 0
        for match in _VARIABLE.finditer(text):
            yield text[end : match.start()]
            name, end = match.group(1).strip(), match.end()
            if name.startswith("!"):
                yield f"${{{name[1:]}}}"
            elif name in replacements:
                yield replacements[name]
            else:
                yield self._variable(name)
        yield text[end:]

    def _variable(self, name: str) -> Value:
        scalar = Scalar(name, name, _NOWHERE)
        known = name in self.parameters or name.startswith("AWS::")
        value = self._ref(scalar) if known or "." not in name else self._get_att(scalar)
        if value is NO_VALUE:
            return ""
        if isinstance(value, (list, dict)):
            raise _ArgumentError(f"${{{name}}} is not a text")
        return value

    def _join(self, node: Node) -> Value:
        delimiter, items = self._arguments(node, 2)
        if isinstance(items, Unknown):
            return concatenated([items])
        if not isinstance(items, list):
            raise _ArgumentError("a list is expected")
        pieces: list[Value] = []
        for item in items:
            pieces.extend((delimiter, item) if pieces else (item,))
        return concatenated(pieces)

    def _split(self, node: Node) -> Value:
        delimiter, text = self._arguments(node, 2)
        if isinstance(text, Unknown):
            return text
        if not (isinstance(delimiter, str) and isinstance(text, str) and delimiter):
            raise _ArgumentError("a delimiter and a text are expected")
        unknown = why_of(text)
        if unknown is not None:
            # The unknown part may hold the delimiter, so not even the number of parts is known.
            return unknown
        return ResolvedList(map(DocumentText, text.split(delimiter)), node.mark)

    def _base64(self, node: Node) -> Value:
        text = self.value(node)
        if not is_exact(text):
            return concatenated([text])
        return DocumentText(base64.b64encode(as_text(text).encode()).decode())

    def _to_json_string(self, node: Node) -> Value:
        value = self.value(node)
        unknown = why_of(value)
        if unknown is not None:
            return unknown
        return DocumentText(json.dumps(value, separators=(",", ":")))

    # Lists -----------------------------------------------------------------------------

    def _select(self, node: Node) -> Value:
        index, items = self._arguments(node, 2)
        unknown = items if isinstance(items, Unknown) else why_of(index)
        if unknown is not None:
            return unknown
        if not isinstance(items, list) or not as_text(index).isdigit():
            raise _ArgumentError("an index and a list are expected")
        position = int(as_text(index))
        if position >= len(items):
            raise _ArgumentError(f"index {position} of a list of {len(items)}")
        return items[position]

    def _length(self, node: Node) -> Value:
        items = self.value(node)
        if isinstance(items, Unknown):
            return items
        if not isinstance(items, list):
            raise _ArgumentError("a list is expected")
        if isinstance(items, _Zones):
            return undetermined("the number of zones")
        return DocumentInteger(len(items))

    def _get_azs(self, node: Node) -> Value:
        region = self.value(node)
        region = self.parameters.get("AWS::Region", "") if region == "" else region
        # Which zones an account has is known there only; that they differ is known here.
        zones = [
            concatenated([undetermined(f"zone {index} of {as_text(region)}")]) for index in range(6)
        ]
        return _Zones(zones, node.mark)

    def _cidr(self, node: Node) -> Value:
        if not isinstance(node, NodeSequence) or len(node.items) not in (2, 3):
            raise _ArgumentError("a block, a number and a size are expected")
        block, count, *bits = (self.value(item) for item in node.items)
        unknown = why_of([block, count, *bits])
        if unknown is not None:
            return unknown
        try:
            network = ipaddress.ip_network(as_text(block), strict=False)
            default_size = 8 if isinstance(network, ipaddress.IPv4Network) else 64
            size = int(as_text(bits[0])) if bits else default_size
            subnets = network.subnets(new_prefix=network.max_prefixlen - size)
            number = int(as_text(count))
            if not 1 <= number <= _MOST_BLOCKS:
                raise _ArgumentError(f"the number of blocks is from 1 to {_MOST_BLOCKS}")
            blocks = [DocumentText(str(next(subnets))) for _ in range(number)]
        except (ValueError, StopIteration):
            raise _ArgumentError(f"{as_text(block)} cannot be divided so") from None
        return ResolvedList(blocks, node.mark)

    # Choices ---------------------------------------------------------------------------

    def _if(self, node: Node) -> Value:
        if not isinstance(node, NodeSequence) or len(node.items) != 3:  # noqa: PLR2004 - three arguments
            raise _ArgumentError("a condition and two values are expected")
        name = self._name(node.items[0])
        if name not in self.conditions:
            raise _ArgumentError(f"there is no condition {name!r}")
        return self.value(node.items[1 if self.conditions[name] else 2])

    def _find_in_map(self, node: Node) -> Value:
        if not isinstance(node, NodeSequence) or len(node.items) not in (3, 4):
            raise _ArgumentError("a mapping and two keys are expected")
        keys = [self.value(item) for item in node.items[:3]]
        unknown = why_of(keys)
        if unknown is not None:
            return self._common_entry(node, keys, unknown)
        mapping, top, second = (as_text(key) for key in keys)
        entry = _entry(_entry(self.mappings.get(mapping), top), second)
        if entry is not None:
            return self.value(entry)
        default = self._default(node)
        if default is None:
            raise _ArgumentError(f"there is no {mapping}.{top}.{second}")
        return self.value(default)

    def _common_entry(self, node: NodeSequence, keys: list[Value], unknown: Unknown) -> Value:
        """The value of the entries that the keys may lead to; if they differ, why it is open."""
        if not is_exact(keys[0]):
            return unknown
        entries = [*self._different_entries(as_text(keys[0]), keys[1:])]
        if (default := self._default(node)) is not None:
            entries.append(default)
        values = [self.value(entry) for entry in entries[: _MOST_CHOICES + 1]]
        if values and all(value == values[0] for value in values):
            return values[0]
        are_texts = all(isinstance(value, str) and is_exact(value) for value in values)
        if not are_texts or not 0 < len(values) <= _MOST_CHOICES:
            return unknown
        return ChosenText(placeholder(unknown), unknown, dict.fromkeys(map(as_text, values)))

    def _different_entries(self, mapping: str, keys: list[Value]) -> tuple[Node, ...]:
        """Entries that the keys may lead to: one of each value, of no more than is of use."""
        known = (mapping, *((is_exact(key), as_text(key)) for key in keys))
        if known not in self._looked_up:
            different: list[tuple[Node, Value]] = []
            for entry in self._entries(self.mappings.get(mapping), keys):
                value = self.value(entry)
                if all(value != different_value for _, different_value in different):
                    different.append((entry, value))
                if len(different) > _MOST_CHOICES:
                    break
            self._looked_up[known] = tuple(entry for entry, _ in different)
        return self._looked_up[known]

    @cached_property
    def _looked_up(self) -> dict[tuple[object, ...], tuple[Node, ...]]:
        """What `_different_entries` returned: many resources look up the same."""
        return {}

    def _entries(self, node: Node | None, keys: list[Value]) -> Iterator[Node]:
        """What the keys lead to; one that is not known leads to each entry.

        The Region leads to those of the partition, which is known.
        """
        if node is None or not keys:
            if node is not None:
                yield node
            return
        if is_exact(keys[0]):
            yield from self._entries(_entry(node, as_text(keys[0])), keys[1:])
            return
        is_region = keys[0] == self.parameters.get("AWS::Region")
        partition = self.parameters.get("AWS::Partition") if is_region else None
        for name in node.entries if isinstance(node, NodeMapping) else ():
            if partition in (None, partition_of_region(name)):
                yield from self._entries(_entry(node, name), keys[1:])

    @staticmethod
    def _default(node: NodeSequence) -> Node | None:
        options = node.items[3] if len(node.items) == 4 else None  # noqa: PLR2004 - with options
        return _entry(options, "DefaultValue")

    def _of_account(self, _node: Node) -> Value:
        return undetermined("what CloudFormation reads in the account")

    def _transform(self, node: Node) -> Unknown:
        return changed_by_macros(node, f"at line {node.mark.line}")

    def _arguments(self, node: Node, number: int) -> tuple[Value, ...]:
        if not isinstance(node, NodeSequence) or len(node.items) != number:
            raise _ArgumentError(f"{number} arguments are expected")
        return tuple(self.value(item) for item in node.items)


def function_of(node: NodeMapping) -> str | None:
    """The function that the mapping calls; ``None``: it is an object."""
    if len(node.entries) != 1:
        return None
    (name,) = node.entries
    return name if name in _FUNCTIONS or name.startswith("Fn::") else None


def _missing(name: str) -> str:
    """What a reference to nothing in the template returns: a text, as of a parameter.

    CloudFormation rejects such a template. As part of a larger one it says what it says.
    """
    return concatenated([Unknown.because(Why.MALFORMED, detail=f"there is no {name}")])


def _entry(node: Node | None, key: str) -> Node | None:
    return node.entries.get(key) if isinstance(node, NodeMapping) else None


def _static(node: Scalar) -> Value:
    value = node.value
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, float):
        return DocumentFloat(value)
    return value if value is None or isinstance(value, bool) else DocumentInteger(value)


_NOWHERE = Mark(0, 0)

_FUNCTIONS: Mapping[str, str] = {
    "Ref": "_ref",
    "Fn::GetAtt": "_get_att",
    "Fn::ImportValue": "_import_value",
    "Fn::GetStackOutput": "_get_stack_output",
    "Fn::Sub": "_sub",
    "Fn::Join": "_join",
    "Fn::Split": "_split",
    "Fn::Base64": "_base64",
    "Fn::ToJsonString": "_to_json_string",
    "Fn::Select": "_select",
    "Fn::Length": "_length",
    "Fn::GetAZs": "_get_azs",
    "Fn::Cidr": "_cidr",
    "Fn::If": "_if",
    "Fn::FindInMap": "_find_in_map",
    TRANSFORM_FUNCTION: "_transform",
    "Fn::RefAll": "_of_account",
    "Fn::ValueOf": "_of_account",
    "Fn::ValueOfAll": "_of_account",
}
"""The method of `Resolver` that evaluates each function."""
