"""The data source ``aws_iam_policy_document``: its blocks as a policy document.

Source: Terraform AWS provider, aws_iam_policy_document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import (
    ResolvedList,
    ResolvedObject,
    undetermined,
)
from cloudpack_baseline.sources.terraform.mapping import NOWHERE, obj

__all__ = ["policy_document"]

_SOURCES = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


def policy_document(values: ResolvedObject) -> Any:  # noqa: ANN401 - an object, or unknown
    """The document; parts that are known after apply stay unknown."""
    if any(values.get(name) for name in _SOURCES):
        return undetermined("a policy document that is combined from others")
    statements = values.get("statement")
    if isinstance(statements, Unknown):
        return statements
    return obj(
        Version=values.get("version") or "2012-10-17",
        Statement=ResolvedList(map(_statement, statements or []), NOWHERE),
    )


def _statement(block: Any) -> Any:  # noqa: ANN401 - an object, or unknown
    if not isinstance(block, ResolvedObject):
        return block
    return ResolvedObject(dict(_elements(block)), NOWHERE)


def _elements(block: ResolvedObject) -> Iterator[tuple[str, Any]]:
    if block.get("sid"):
        yield "Sid", block["sid"]
    yield "Effect", block.get("effect") or "Allow"
    for name, element in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if block.get(name):
            yield element, block[name]
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(name):
            yield element, _principals(block[name])
    if block.get("condition"):
        yield "Condition", _conditions(block["condition"])


def _principals(blocks: Any) -> Any:  # noqa: ANN401 - an object, or unknown
    if not isinstance(blocks, list):
        return blocks
    by_type: dict[str, Any] = {}
    for block in blocks:
        if not isinstance(block, ResolvedObject) or isinstance(block.get("type"), Unknown):
            return block if isinstance(block, Unknown) else block.get("type")
        identifiers = block.get("identifiers")
        kind = str(block.get("type"))
        if isinstance(identifiers, Unknown):
            by_type[kind] = identifiers
        elif not isinstance(by_type.get(kind), Unknown):
            by_type[kind] = ResolvedList([*by_type.get(kind, ()), *(identifiers or ())], NOWHERE)
    if list(by_type.get("*", ())) == ["*"] and len(by_type) == 1:
        return "*"
    return ResolvedObject(by_type, NOWHERE)


def _conditions(blocks: Any) -> Any:  # noqa: ANN401 - an object, or unknown
    if not isinstance(blocks, list):
        return blocks
    operators: dict[str, Any] = {}
    for block in blocks:
        if not isinstance(block, ResolvedObject):
            return block
        test, variable = block.get("test"), block.get("variable")
        if isinstance(test, Unknown) or isinstance(variable, Unknown):
            return test if isinstance(test, Unknown) else variable
        keys = operators.setdefault(str(test), ResolvedObject({}, NOWHERE))
        keys[str(variable)] = block.get("values")
    return ResolvedObject(operators, NOWHERE)
