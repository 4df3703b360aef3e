"""Principals of policies of templates of which a part is not known.

Who a principal belongs to is often known although its name is not: a service of the Region that
the template is deployed to, a role of a known account whose name contains a parameter, or an
account that a mapping names for each Region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.policy_doubts import with_doubt
from cloudpack_baseline.sources.cloudformation.values import (
    ChosenText,
    Resolved,
    placeholder,
    undetermined,
    why_of,
    with_members,
)

__all__ = ["by_principal"]

_REGIONAL = re.compile(
    rf"[a-z0-9.-]+\.{re.escape(placeholder(undetermined('AWS::Region')))}\.amazonaws\.com(?:\.cn)?"
)
"""A service of a Region that is not known."""
_OF_ACCOUNT = re.compile(r"arn:[^:<]+:(?:iam|sts)::(\d{12}):.+", re.DOTALL)
"""A principal of which the account is known, whatever follows it."""


def by_principal(
    statement: Mapping[str, Any],
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The statement for its known principals, for possible ones, and for the others.

    Yields:
        A statement, and the values of keys that requests have to have for it to apply.
    """
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or why_of(principal) is None:
        yield statement, {}
        return
    known: dict[str, list[Resolved]] = {}
    unlimited: dict[str, list[Resolved]] = {}
    limited: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    for kind, names in principal.items():
        for name in names if isinstance(names, list) else [names]:
            if (known_name := _known(kind, name)) is not None:
                known.setdefault(kind, []).append(known_name)
            elif (limited_statement := _limited(statement, kind, name)) is None:
                unlimited.setdefault(kind, []).append(name)
            elif limited_statement not in limited:
                limited.append(limited_statement)
    if known:
        yield with_members(statement, Principal=known), {}
    yield from limited
    if unlimited:
        yield with_members(statement, Principal=unlimited), {}


def _limited(
    statement: Mapping[str, Any], kind: str, name: Resolved
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """The statement for all that a name may be; ``None``: it may be anybody."""
    if isinstance(name, ChosenText):
        possible = _possible(statement, name.unknown)
        return with_members(possible, Principal={kind: [*name.choices]}), {}
    if not (account := _account(kind, name)):
        return None
    everybody = DocumentText("*", why_of(name))
    bounds = {"aws:PrincipalAccount": account}
    return with_members(statement, Principal={"AWS": everybody}), bounds


def _possible(statement: Mapping[str, Any], unknown: Unknown) -> Mapping[str, Any]:
    """The statement about each of several principals, one of which is meant.

    What a possible value allows counts; what it denies is in doubt.
    """
    is_allow = str(statement.get("Effect")) == "Allow"
    return statement if is_allow else with_doubt(statement, unknown)


def _known(kind: str, name: Resolved) -> Resolved:
    """The principal, if it is the same in every deployment, but for the Region of a service."""
    if why_of(name) is None:
        return name
    is_regional = kind == "Service" and isinstance(name, str) and _REGIONAL.fullmatch(name)
    return DocumentText(str(name)) if is_regional else None


def _account(kind: str, name: Resolved) -> str:
    """The account that the principal is in; empty: it is not known."""
    match = _OF_ACCOUNT.fullmatch(name) if kind == "AWS" and isinstance(name, str) else None
    return match[1] if match else ""
