"""The data source ``aws_iam_policy_document``: its blocks as a policy document.

Source: Terraform AWS provider, aws_iam_policy_document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.policy_drafts import parsed_document
from cloudpack_baseline.sources.cloudformation.typed import as_list
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import LocatedDocument, Mark
from cloudpack_baseline.sources.terraform.mapping import NOWHERE

__all__ = ["located_document", "policy_document", "statements_of"]

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_policy_documents", "override_json")


def policy_document(values: ResolvedObject, address: str) -> Resolved:
    """The document; parts that are known after apply stay unknown.

    Statements follow those of the source documents. A statement replaces one of the same Sid that
    comes before it; the override documents come last.

    Args:
        values: of the data source.
        address: of the data source, for the places of the statements.
    """
    statements: list[Any] = []
    for document in _documents(values, _SOURCES):
        statements = _merged(statements, statements_of(document))
    blocks = enumerate(as_list(values.get("statement")))
    declared = (_statement(block, f"{address}.statement[{index}]") for index, block in blocks)
    statements = _merged(statements, declared)
    for document in _documents(values, _OVERRIDES):
        statements = _merged(statements, statements_of(document))
    elements = {
        "Version": values.get("version", "2012-10-17"),
        "Statement": ResolvedList(statements, NOWHERE),
    }
    return ResolvedObject(elements, Mark(0, 0, address))


def located_document(document: str, place: str, blocks: int = 0) -> LocatedDocument:
    """A policy document that the plan contains as a text.

    Args:
        document: JSON.
        place: the attribute, or the data source whose text it is.
        blocks: the statements of the data source, if it is one.
    """
    places = [("$", Mark(0, 0, place))]
    if blocks and len(statements_of(document)) == blocks:
        places += (
            (f"$.Statement[{index}]", Mark(0, 0, f"{place}.statement[{index}]"))
            for index in range(blocks)
        )
    return LocatedDocument(document, places)


def _documents(values: ResolvedObject, names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        documents = values.get(name)
        if documents is not None:
            yield from documents if isinstance(documents, list) else [documents]


def statements_of(document: Resolved) -> list[Any]:
    """The statements of a policy document; one that is unknown, if it is not known."""
    if isinstance(document, str):
        unknown = why_of(document)
        document = unknown if unknown is not None else _parsed(str(document))
    if isinstance(document, dict):
        document = document.get("Statement")
    if document is None:
        return []
    return list(document) if isinstance(document, list) else [document]


def _parsed(text: str) -> Resolved:
    try:
        return parsed_document(text)
    except (ValueError, RecursionError):
        return undetermined("a policy document (it is not JSON)")


def _merged(statements: list[Any], further: Iterable[Any]) -> list[Any]:
    merged = list(statements)
    for statement in further:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        places = [
            place
            for place, known in enumerate(merged)
            if isinstance(sid, str) and isinstance(known, dict) and known.get("Sid") == sid
        ]
        if places:
            merged[places[0]] = statement
        else:
            merged.append(statement)
    return merged


def _statement(block: Resolved, place: str) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    return ResolvedObject(dict(_elements(block)), Mark(0, 0, place))


def _elements(block: ResolvedObject) -> Iterator[tuple[str, Any]]:
    if "sid" in block:
        yield "Sid", block["sid"]
    yield "Effect", block.get("effect", "Allow")
    for name, element in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if name in block:
            yield element, block[name]
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if name in block:
            yield element, _principals(block[name])
    if "condition" in block:
        yield "Condition", _conditions(block["condition"])


def _principals(blocks: Resolved) -> Resolved:
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
            by_type[kind] = ResolvedList([*by_type.get(kind, ()), *as_list(identifiers)], NOWHERE)
    if list(by_type.get("*", ())) == ["*"] and len(by_type) == 1:
        return "*"
    return ResolvedObject(by_type, NOWHERE)


def _conditions(blocks: Resolved) -> Resolved:
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
