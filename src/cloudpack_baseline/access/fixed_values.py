"""The meaning of public in AWS: which values of which keys limit a grant.

Source: Amazon S3 User Guide, "The meaning of public".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.networks import parse_network, prefix_length, union
from cloudpack_baseline.access.patterns import literal_text
from cloudpack_baseline.access.policy import TEXT_FAMILIES, PrincipalElement, find_operator
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    Value,
    string_pattern,
)
from cloudpack_baseline.access.variables import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudpack_baseline.access.patterns import Pattern
    from cloudpack_baseline.access.policy import Operator, Policy
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["TRUST_KEYS", "fixed_principals", "fixed_values"]

TRUST_KEYS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""The keys whose fixed values make a grant not public."""

_DIGITS: Final = 12
_WIDEST: Final = {4: 8, 6: 32}
_ACCESS_POINT: Final = re.compile(r"arn:[^:*?]+:s3:[^:*?]*:\d{12}:accesspoint/.*", re.DOTALL)
_PROVIDER: Final = re.compile(r"arn:[^:*?]+:iam::\d{12}:.+", re.ASCII | re.DOTALL)
_OF_ANYBODY: Final = frozenset({"aws:principalaccount", "aws:userid"})
_ROLE_SESSION: Final = re.compile(r"AROA[^:]*:.*", re.DOTALL)


def fixed_principals(policy: Policy) -> PrincipalElement:
    """All principals that the policy names, whether it allows them or not.

    A web identity provider (``graph.facebook.com``) limits nothing: anyone can have a login there.
    A provider that an account has registered belongs to that account.
    """
    entries_by_kind: dict[str, list[str]] = {
        "aws": [],
        "services": [],
        "federated": [],
        "canonical": [],
    }
    for element in filter(None, (statement.principal for statement in policy.statements)):
        for name, entries in entries_by_kind.items():
            entries.extend(getattr(element, name))
    return PrincipalElement(
        aws=tuple(entry for entry in entries_by_kind["aws"] if entry != "*"),
        services=tuple(entries_by_kind["services"]),
        federated=tuple(name for name in entries_by_kind["federated"] if _PROVIDER.fullmatch(name)),
        canonical=tuple(entries_by_kind["canonical"]),
    )


def fixed_values(policy: Policy, *, of_bucket: bool = True) -> dict[str, Predicate]:
    """For each trust key the test on its fixed values in the whole policy.

    ``of_bucket`` is false for the policy of an access point, where an access point's name has to
    be fixed too.
    """
    texts: dict[str, list[tuple[Operator, str]]] = {}
    for statement in policy.statements:
        for condition in statement.conditions:
            key = condition.key.lower()
            operator = find_operator(condition.operator)
            if key in TRUST_KEYS and operator is not None and operator.family != "null":
                texts.setdefault(key, []).extend((operator, text) for text in condition.values)
    return {
        key: _ranges(pairs)
        if key == "aws:sourceip"
        else StringPredicate(
            tuple(_patterns(key, pairs, variables=policy.variables, of_bucket=of_bucket))
        )
        for key, pairs in texts.items()
    }


def _ranges(pairs: Iterable[tuple[Operator, str]]) -> AddressPredicate:
    intervals = []
    for operator, text in pairs:
        # A string operator compares with one address as written.
        if operator.family != "ip" and "/" in text:
            continue
        try:
            interval = parse_network(text)
        except ValueError:
            continue
        family, length = prefix_length(interval)
        if length >= _WIDEST[family]:
            intervals.append(interval)
    return AddressPredicate(union(intervals))


def _patterns(
    key: str, pairs: Iterable[tuple[Operator, str]], *, variables: bool, of_bucket: bool
) -> Iterable[Pattern]:
    for operator, text in pairs:
        if operator.family == "numeric" and operator.relation == "equals" and text.isdigit():
            yield literal_text(((text.zfill(_DIGITS), True),))
        if operator.family not in TEXT_FAMILIES:
            continue
        pieces = split(text, variables=variables)
        if not all(isinstance(piece, tuple) for piece in pieces):
            continue
        pattern, _ = string_pattern(operator, Value(pieces))  # type: ignore[arg-type]  # no variable
        if pattern is not None and _is_fixed(key, pattern, text, of_bucket=of_bucket):
            yield pattern


def _is_fixed(key: str, pattern: Pattern, text: str, *, of_bucket: bool) -> bool:
    if key == "s3:dataaccesspointarn" and of_bucket and _ACCESS_POINT.fullmatch(text):
        return True
    # What all unsigned requests carry is nobody's identity.
    if key in _OF_ANYBODY and text.lower() == "anonymous":
        return False
    if key == "aws:userid" and _ROLE_SESSION.fullmatch(text):
        return False
    return pattern.fixed
