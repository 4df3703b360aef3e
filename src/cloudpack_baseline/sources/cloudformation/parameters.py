"""The values of parameters and pseudo parameters: given, by default, or not known.

Source: AWS CloudFormation User Guide, "Parameters", "Pseudo parameters reference",
"Rules".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.nodes import (
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    as_text,
    concatenated,
    undetermined,
)

__all__ = [
    "Parameter",
    "parameter_value",
    "parameters_of",
    "parse_parameter_values",
    "partition_of_region",
    "pseudo_parameters",
]

_START = Mark(0, 0)
_OF_AWS = "/aws/service/"
"""The public parameters of Systems Manager, such as the latest image of an operating system."""


@frozen(kw_only=True)
class Parameter:
    """A declared parameter.

    Attributes:
        name: its name.
        type: as ``String``, ``CommaDelimitedList``, ``AWS::SSM::Parameter::Value<String>``.
        default: the default as a text; ``None``: there is none.
        allowed: AllowedValues as texts; empty: any.
        no_echo: whether its value must not be printed.
    """

    name: str
    type: str = "String"
    default: str | None = None
    allowed: tuple[str, ...] = ()
    no_echo: bool = False

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return self.type == "CommaDelimitedList" or "List<" in self.type

    @property
    def is_stored(self) -> bool:
        """Whether the value names a parameter of Systems Manager that holds the real one."""
        return self.type.startswith("AWS::SSM::Parameter::Value<")


def parameters_of(section: Node | None) -> dict[str, Parameter]:
    """The declared parameters by name."""
    entries = section.entries if isinstance(section, NodeMapping) else {}
    return {
        name: Parameter(
            name=name,
            type=_text(node, "Type") or "String",
            default=_text(node, "Default"),
            allowed=tuple(_texts(node.entries.get("AllowedValues"))),
            no_echo=(_text(node, "NoEcho") or "").lower() == "true",
        )
        for name, node in entries.items()
        if isinstance(node, NodeMapping)
    }


def _text(node: NodeMapping, key: str) -> str | None:
    entry = node.entries.get(key)
    if isinstance(entry, Scalar) and entry.value is not None:
        return entry.source if not isinstance(entry.value, str) else entry.value
    if isinstance(entry, NodeSequence):
        return ",".join(_texts(entry))
    return None


def _texts(node: Node | None) -> Iterator[str]:
    for item in node.items if isinstance(node, NodeSequence) else ():
        if isinstance(item, Scalar):
            yield item.value if isinstance(item.value, str) else item.source


def parameter_value(parameter: Parameter, supplied: Resolved) -> Resolved:
    """The value of the parameter in a stack that is created with the supplied value.

    Args:
        parameter: the declared parameter.
        supplied: a string, the resolved value that another stack passes, or ``None``.
    """
    if supplied is not None and not isinstance(supplied, str):
        return supplied
    if isinstance(supplied, DocumentText) and supplied.unknown is not None:
        return supplied.unknown if parameter.is_list else supplied
    text = parameter.default if supplied is None else supplied
    if text is None and len(parameter.allowed) == 1:
        text = parameter.allowed[0]
    if text is None or parameter.is_stored or parameter.no_echo:
        is_public = parameter.is_stored and (text or "").startswith(_OF_AWS)
        unknown = undetermined(f"parameter {parameter.name}{f' ({text})' if is_public else ''}")
        return unknown if parameter.is_list else concatenated([unknown])
    if parameter.is_list:
        return ResolvedList((DocumentText(item.strip()) for item in text.split(",")), _START)
    return DocumentText(text)


def pseudo_parameters(account: str, region: str, stack: str) -> dict[str, Any]:
    """The pseudo parameters of a stack; an empty account or region is not known."""
    partition = partition_of_region(region) if region else "aws"
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    known_region = DocumentText(region) if region else concatenated([undetermined("AWS::Region")])
    known_account = (
        DocumentText(account) if account else concatenated([undetermined("AWS::AccountId")])
    )
    place = ["arn:", partition, ":cloudformation:", known_region, ":", known_account]
    stack_id = concatenated([*place, f":stack/{stack}/", undetermined("id")])
    return {
        "AWS::AccountId": known_account,
        "AWS::NotificationARNs": undetermined("AWS::NotificationARNs"),
        "AWS::Partition": DocumentText(partition),
        "AWS::Region": known_region,
        "AWS::StackId": stack_id,
        "AWS::StackName": DocumentText(stack),
        "AWS::URLSuffix": DocumentText(suffix),
    }


def partition_of_region(region: str) -> str:
    """The partition of a Region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def parse_parameter_values(content: str, file: str) -> Mapping[str, str]:
    """Given values: CloudFormation's parameter file in JSON, or lines of ``Key=Value``.

    The JSON forms are a list of ``{"ParameterKey": ..., "ParameterValue": ...}``, a list of
    ``"Key=Value"``, ``{"Parameters": {...}}`` and a plain object.

    Raises:
        InputError: none of these forms.
    """
    if content.lstrip()[:1] not in ("{", "["):
        return dict(_pairs(content.splitlines(), file))
    try:
        document = json.loads(content)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise InputError(Problem("is not JSON", file=file, line=line)) from None
    if isinstance(document, dict):
        values = document.get("Parameters", document)
        if isinstance(values, dict):
            return {str(key): _given_text(value) for key, value in values.items()}
    elif isinstance(document, list) and all(isinstance(row, str) for row in document):
        return dict(_pairs(document, file))
    elif isinstance(document, list) and all(
        isinstance(row, dict) and "ParameterKey" in row for row in document
    ):
        return {
            str(row["ParameterKey"]): _given_text(row["ParameterValue"])
            for row in document
            if "ParameterValue" in row
        }
    raise InputError(
        Problem("expected a list of ParameterKey and ParameterValue, or Key=Value", file=file)
    )


def _given_text(value: object) -> str:
    return ",".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


def _pairs(lines: list[str], file: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, separator, value = stripped.partition("=")
        if not separator:
            raise InputError(
                Problem(f"expected Key=Value, got {stripped[:40]!r}", file=file, line=number)
            )
        yield key.strip(), value.strip().strip('"')
