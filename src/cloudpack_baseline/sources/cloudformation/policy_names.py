"""Policies of principals about resources whose names are fixed at deployment only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.open_names import OpenName, OpenNames
from cloudpack_baseline.sources.cloudformation.policy_doubts import with_doubt
from cloudpack_baseline.sources.cloudformation.typed import as_list
from cloudpack_baseline.sources.cloudformation.values import undetermined, with_members

__all__ = ["with_open_names"]


def with_open_names(statement: Mapping[str, Any], names: OpenNames) -> Iterator[Mapping[str, Any]]:
    """The statement of a principal, and what it may say of resources whose names are not known.

    Args:
        statement: resolved.
        names: of the resources.
    """
    element = "Resource" if "Resource" in statement else "NotResource"
    resources = as_list(statement.get(element))
    texts = [str(text) for text in resources if isinstance(text, str)]
    covered, possible = names.meant_by(texts)
    if covered:
        arns = [name.arn for name in covered]
        statement = with_members(statement, **{element: [*resources, *arns]})
    if not possible:
        yield statement
        return
    arns, unknown = [name.arn for name in possible], _why(texts, possible[0])
    if element == "Resource":
        yield statement
        yield with_doubt(with_members(statement, Resource=arns), unknown)
    else:
        excepted = [*as_list(statement[element]), *arns]
        yield with_members(statement, NotResource=excepted)
        yield with_doubt(statement, unknown)


def _why(texts: Iterable[str], name: OpenName) -> Unknown:
    """Why the statement may not be about the resource."""
    text = next(text for text in texts if name.may_be(text))
    return undetermined(f"whether {text} names {name.arn.split(':', 5)[-1]}")
