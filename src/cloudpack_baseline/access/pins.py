"""Tests that an analysis adds by itself, so that certain values and callers are told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.keys import Presence, find_key
from cloudpack_baseline.access.patterns import ANYTHING, ONE, Pattern, arn, glob, string_classes
from cloudpack_baseline.access.policy import find_operator
from cloudpack_baseline.access.predicates import StringPredicate, equal_to, string_pattern
from cloudpack_baseline.access.variables import Variable, replace, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.drafts import Test
    from cloudpack_baseline.access.policy import Condition, Operator, Policy
    from cloudpack_baseline.access.predicates import Predicate, Value

__all__ = [
    "account_patterns",
    "binding_tests",
    "identity_patterns",
    "own_access_points",
    "sample_accounts",
]

_ACCOUNTS: Final = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_ARN_PARTS: Final = 6
_SPLITTING: Final = frozenset({"aws:principalarn", "aws:principaltype", "aws:username"})


def own_access_points(account: str) -> tuple[tuple[str, Predicate], ...]:
    """Access points of this account, by the two keys that tell."""
    pattern = arn(((f"arn:*:s3:*:{account}:accesspoint/*", False),))
    return (
        ("s3:dataaccesspointaccount", equal_to(account)),
        ("s3:dataaccesspointarn", StringPredicate((pattern,) if pattern else ())),
    )


def _conditions(policies: Iterable[Policy]) -> Iterable[tuple[Policy, Condition]]:
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                yield policy, condition


def account_patterns(policies: Sequence[Policy]) -> tuple[tuple[str, ...], bool]:
    """The accounts that tests on callers name, and whether some test takes accounts apart."""
    accounts: dict[str, None] = {}
    takes_apart = any(_has_identity_variable(policy) for policy in policies)
    for _, condition in _conditions(policies):
        key = find_key(condition.key)
        if key is not None and key.presence is Presence.IDENTITY:
            takes_apart |= key.id in _SPLITTING
            for text in condition.values:
                accounts.update(dict.fromkeys(_ACCOUNTS.findall(text)))
    return tuple(accounts), takes_apart


def _has_identity_variable(policy: Policy) -> bool:
    if not policy.variables:
        return False
    texts = [text for statement in policy.statements for text in statement.resources or ()]
    texts += [text for _, condition in _conditions((policy,)) for text in condition.values]
    return any(
        isinstance(part, Variable) and part.key in _SPLITTING
        for text in texts
        if "${" in text
        for part in split(text, variables=True)
    )


def sample_accounts(policies: Sequence[Policy]) -> tuple[str, ...]:
    """An account for each class that patterns of accounts (``1111*``) tell apart."""
    texts: dict[str, None] = {}
    for _, condition in _conditions(policies):
        key = condition.key.lower()
        for text in condition.values:
            parts = text.split(":", 5)
            if key == "aws:principalaccount":
                texts[text] = None
            elif key == "aws:principalarn" and len(parts) == _ARN_PARTS:
                texts[parts[4]] = None
    tests = [(glob(((text, False),)),) for text in texts if set(text) & set("*?") and text != "*"]
    if not tests:
        return ()
    whole = (Pattern((ONE,) * 12),)
    classes = string_classes([*tests, whole], alphabet="2109345678") or []
    return tuple(word for word, vector in classes if vector >> len(tests) & 1)


def identity_patterns(
    policies: Sequence[Policy], owner: str
) -> tuple[dict[str, list[Pattern]], tuple[Pattern, ...]]:
    """The tests on aws:PrincipalArn by account (``""``: any other) and those on aws:username."""
    accounts = ["", owner, *account_patterns(policies)[0], *sample_accounts(policies)]
    arns: dict[str, list[Pattern]] = {account: [] for account in accounts}
    names: list[Pattern] = []
    for policy, condition in _conditions(policies):
        operator = find_operator(condition.operator)
        key = condition.key.lower()
        if operator is None or operator.family not in {"string", "arn", "binary"}:
            continue
        for text in condition.values:
            parts = split(text, variables=policy.variables)
            for account in accounts if key == "aws:principalarn" else ():
                known = {"aws:principalaccount": account or "210987654321",
                         "aws:resourceaccount": owner, "s3:resourceaccount": owner}  # fmt: skip
                arns[account] += _pattern(operator, replace(parts, known))
            if key == "aws:username":
                names += _pattern(operator, replace(parts, {}))
    return arns, tuple(names)


def _pattern(operator: Operator, value: Value | None) -> list[Pattern]:
    return [] if value is None else [string_pattern(operator, value)[0] or ANYTHING]


_OF_ACCOUNT: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:.*", re.ASCII | re.DOTALL)
_OF_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]+(/.*)?", re.ASCII | re.DOTALL)


def binding_tests(tests: Iterable[Test]) -> dict[str, list[Predicate]]:
    """For each key of a calling service the tests on values that bind it to somebody."""
    found: dict[str, list[Predicate]] = {}
    for test in tests:
        if test.key.presence is Presence.DEPUTY and isinstance(test.predicate, StringPredicate):
            kept = tuple(p for p in test.predicate.patterns if _binds(test.key.id, p))
            if kept:
                found.setdefault(test.key.id, []).append(StringPredicate(kept))
    return found


def _binds(key: str, pattern: Pattern) -> bool:
    if key == "aws:sourcearn":
        return pattern.fixed or bool(_OF_ACCOUNT.fullmatch(pattern.text))
    if key == "aws:sourceorgpaths":
        return bool(_OF_ORGANIZATION.fullmatch(pattern.text))
    return pattern.fixed
