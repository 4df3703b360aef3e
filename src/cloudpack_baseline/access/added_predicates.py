"""Tests that an analysis adds by itself, to distinguish certain values and callers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.axes import build_axis
from cloudpack_baseline.access.callers import SERVICES
from cloudpack_baseline.access.keys import KEYS, Presence, find_key
from cloudpack_baseline.access.patterns import (
    ANYTHING,
    MANY,
    ONE,
    Pattern,
    arn,
    glob,
    literal_text,
    remainder,
    string_classes,
)
from cloudpack_baseline.access.policy import TEXT_FAMILIES, find_operator
from cloudpack_baseline.access.predicates import (
    NumberPredicate,
    StringPredicate,
    equal_to,
    make_predicate,
    read_number,
    string_pattern,
)
from cloudpack_baseline.access.variables import Variable, replace, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Condition, Operator, Policy
    from cloudpack_baseline.access.predicates import Predicate, Value

__all__ = [
    "ORGANIZATION_KEYS",
    "account_patterns",
    "binding_tests",
    "identity_patterns",
    "own_access_points",
    "sample_accounts",
    "sample_services",
    "source_named",
]

_ACCOUNTS: Final = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_ARN_PARTS: Final = 6
_DIGITS: Final = 12
_SERVICE_KEYS: Final = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})
_WORDS: Final = TEXT_FAMILIES | {"bool"}
_NOT_SAMPLED: Final = TEXT_FAMILIES | {"null"}
_USER_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""IAM User Guide, "IAM and AWS STS quotas": names of users."""
_SPLITTING: Final = frozenset({"aws:principalarn", "aws:principaltype", "aws:username"})


def own_access_points(account: str) -> tuple[tuple[str, Predicate], ...]:
    """Access points of this account, by the two keys that identify them."""
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
        isinstance(piece, Variable) and piece.key in _SPLITTING
        for text in texts
        if "${" in text
        for piece in split(text, variables=True)
    )


def sample_accounts(
    policies: Sequence[Policy], partition: str = "aws", named: Iterable[str] = ()
) -> tuple[str, ...]:
    """An account for each class that patterns of accounts (``1111*``) distinguish.

    An account in ``named`` represents only itself, so another one represents its class.
    """
    tests: dict[Pattern, None] = {}
    for _, condition in _conditions(policies):
        operator = find_operator(condition.operator)
        key = condition.key.lower()
        if operator is None or key not in {"aws:principalaccount", "aws:principalarn"}:
            continue
        for text in condition.values:
            patterns = (
                _account_tests(operator, text)
                if key == "aws:principalaccount"
                else _accounts_of_arns(operator, text, partition)
            )
            tests |= dict.fromkeys(patterns)
    rows = [(test,) for test in tests if not test.fixed and test != ANYTHING]
    rows += [(test,) for test in tests if test.fixed and len(test.tokens) == _DIGITS]
    if not rows:
        return ()
    account_id = (Pattern((ONE,) * _DIGITS),)
    rows += [
        (literal_text(((account, True),)),)
        for account in dict.fromkeys(named)
        if any(test.matches(account) for test in tests if not test.fixed and test != ANYTHING)
    ]
    classes = string_classes([*rows, account_id], alphabet="2109345678") or []
    return tuple(word for word, vector in classes if vector >> len(rows) & 1)


def _account_tests(operator: Operator, text: str) -> Iterable[Pattern]:
    if operator.family in {"date", "numeric"}:
        number = read_number(text)
        if number is None:
            return
        # The accounts on both sides of a number, and the number itself.
        for near in (int(number) - 1, int(number), int(number) + 1):
            if near >= 0:
                yield literal_text(((f"{near:0{_DIGITS}}", True),))
    elif set(text) & set("*?"):
        yield glob(((text, False),))


def _accounts_of_arns(operator: Operator, text: str, partition: str) -> Iterable[Pattern]:
    """How the accounts of ARNs begin that a pattern may match."""
    if operator.family == "arn":
        pieces = text.split(":", 5)
        if len(pieces) == _ARN_PARTS:
            yield glob(((pieces[4], False),))
        return
    for pattern in remainder(glob(((text, False),)), f"arn:{partition}:iam::"):
        tokens = pattern.tokens
        end = next(
            (i for i, t in enumerate(tokens) if isinstance(t, str) and not t.isdigit()), len(tokens)
        )
        # A star may end within the account, or go on beyond it.
        for place in {end, *(i + 1 for i in range(end) if tokens[i] == MANY)}:
            yield Pattern(tokens[:place])


def sample_services(policies: Sequence[Policy]) -> tuple[str | None, tuple[str, ...]]:
    """A service that no condition names, if there is one, and those that conditions distinguish."""
    rows: dict[Pattern, None] = {}
    for policy, condition in _conditions(policies):
        operator = find_operator(condition.operator)
        if operator is None or operator.family not in TEXT_FAMILIES:
            continue
        for text in condition.values if condition.key.lower() in _SERVICE_KEYS else ():
            value = replace(split(text, variables=policy.variables), {})
            rows |= dict.fromkeys(_pattern(operator, value))
    if not rows:
        return None, ()
    tests = [(row,) for row in rows]
    is_service = 1 << len(tests)
    classes_found = (
        string_classes([*tests, (Pattern((ONE, MANY, *".amazonaws.com")),)], empty=False) or []
    )
    classes = {vector: word for word, vector in classes_found if vector & is_service}
    usual = {_vector(tests, name) | is_service: name for name in reversed(SERVICES)}
    # Whoever no condition names; failing that, one of those whom all conditions mean.
    unnamed = is_service if is_service in classes else next(iter(usual))
    fresh = usual.get(unnamed) or classes.get(unnamed)
    # Services are written in lower case, where the case does not matter.
    lower = {word: word.lower() for word in classes.values()}
    named = [
        lower[word] if _vector(tests, lower[word]) | is_service == vector else word
        for vector, word in classes.items()
        if vector != unnamed
    ]
    exact = [row.exact for row in rows if row.exact is not None]
    return fresh, tuple(dict.fromkeys((*exact, *named)))


def _vector(tests: Sequence[Sequence[Pattern]], text: str) -> int:
    return sum(1 << i for i, row in enumerate(tests) if any(p.matches(text) for p in row))


def identity_patterns(
    policies: Sequence[Policy], owner: str, named: Iterable[str], partition: str = "aws"
) -> tuple[dict[str, list[Pattern]], tuple[Pattern, ...]]:
    """The tests on aws:PrincipalArn by account (``""``: any other) and those on aws:username.

    ``named`` are the accounts that policies name, as principals or in conditions.
    """
    accounts = {"": None}
    if any(
        "${" in text
        for _, condition in _conditions(policies)
        if condition.key.lower() == "aws:principalarn"
        for text in condition.values
    ):
        apart = (owner, *named)
        accounts |= dict.fromkeys((*apart, *sample_accounts(policies, partition, apart)))
    arns: dict[str, list[Pattern]] = {account: [] for account in accounts}
    names: list[Pattern] = list(_sample_names(policies))
    for policy, condition in _conditions(policies):
        operator = find_operator(condition.operator)
        key = condition.key.lower()
        if operator is None or operator.family not in _WORDS:
            continue
        for text in condition.values:
            pieces = split(text, variables=policy.variables)
            for account in accounts if key == "aws:principalarn" else ():
                known = {
                    "aws:principalaccount": account or "210987654321",
                    "aws:resourceaccount": owner,
                    "s3:resourceaccount": owner,
                }
                arns[account] += _pattern(operator, replace(pieces, known))
            if key == "aws:username":
                names += _pattern(operator, replace(pieces, {}))
    return arns, tuple(names)


def _sample_names(policies: Sequence[Policy]) -> Iterable[Pattern]:
    """A user name for each class that tests of numbers, addresses and truth values distinguish.

    A user may be named ``10.0.0.1``, ``5`` or ``true``.
    """
    key = KEYS["aws:username"]
    tests: dict[str, list[Predicate]] = {}
    names: list[object] = []
    for policy, condition in _conditions(policies):
        operator = find_operator(condition.operator)
        if operator is None or operator.family in _NOT_SAMPLED or find_key(condition.key) != key:
            continue
        texts = (split(text, variables=policy.variables) for text in condition.values)
        values = [value for text in texts if (value := replace(text, {})) is not None]
        tests.setdefault(operator.family, []).append(make_predicate(operator, values))
        names += [value.text for value in values]
    for of_family in tests.values():
        names += build_axis(key, of_family).samples
    for name in names:
        if isinstance(name, str) and _USER_NAME.fullmatch(name):
            yield literal_text(((name, True),))


def _pattern(operator: Operator, value: Value | None) -> list[Pattern]:
    return [] if value is None else [string_pattern(operator, value)[0] or ANYTHING]


_OF_ACCOUNT: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:.*", re.ASCII | re.DOTALL)
_OF_BUCKET: Final = re.compile(r"arn:[^:]*:s3:[^:]*:[^:]*:[^:*?/]+", re.ASCII)
"""Names of buckets are unique, and their ARNs have neither Region nor account: the documentation of
event notifications writes ``arn:aws:s3:*:*:bucket``."""
ORGANIZATION_KEYS: Final = ("aws:sourceorgid", "aws:sourceorgpaths")
"""The keys of a calling service whose values begin with an organization."""
_SEPARATE_SOURCES: Final = 20
"""More tests on one key would exceed the steps for patterns (`patterns.STEPS`) in long lists."""
_OF_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]+(/.*)?", re.ASCII | re.DOTALL)


def binding_tests(
    tests: Iterable[tuple[Key, Predicate | None]],
) -> dict[str, list[Predicate]]:
    """For each key of a calling service the tests on values that bind it to someone.

    Each account or organization of a list has its own test, unless there are more than
    `_SEPARATE_SOURCES`.
    """
    bindings: dict[str, list[Predicate]] = {}
    for key, predicate in tests:
        if key.presence is not Presence.DEPUTY:
            continue
        if isinstance(predicate, NumberPredicate) and predicate.relation == "equals":
            bindings.setdefault(key.id, []).append(predicate)
        if isinstance(predicate, StringPredicate):
            binding_patterns = tuple(p for p in predicate.patterns if _binds(key.id, p))
            for patterns in _by_source(key.id, binding_patterns):
                bindings.setdefault(key.id, []).append(StringPredicate(patterns))
    return bindings


def _by_source(key: str, patterns: tuple[Pattern, ...]) -> Iterable[tuple[Pattern, ...]]:
    groups: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        groups.setdefault(source_named(key, pattern.text), []).append(pattern)
    if len(groups) > _SEPARATE_SOURCES:
        return [patterns]
    return map(tuple, groups.values())


def source_named(key: str, source: str) -> str:
    """The account or organization that a value of a key of a calling service names.

    It is empty for an ARN without an account.
    """
    if key in ORGANIZATION_KEYS:
        return source.partition("/")[0]
    return f"{source}::::".split(":")[4] if key == "aws:sourcearn" else source


def _binds(key: str, pattern: Pattern) -> bool:
    if key == "aws:sourcearn":
        named = _OF_ACCOUNT.fullmatch(pattern.text) or _OF_BUCKET.fullmatch(pattern.text)
        return pattern.fixed or bool(named)
    if key == "aws:sourceorgpaths":
        return bool(_OF_ORGANIZATION.fullmatch(pattern.text))
    return pattern.fixed
