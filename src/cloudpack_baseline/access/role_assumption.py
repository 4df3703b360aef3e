"""Who can assume a role, by its trust policy, and what each has to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from cloudpack_baseline.access.actions import matches
from cloudpack_baseline.access.added_predicates import (
    account_patterns,
    binding_tests,
    identity_patterns,
    sample_accounts,
    sample_services,
)
from cloudpack_baseline.access.axes import ABSENT, Axis
from cloudpack_baseline.access.callers import Caller, UndecidedValue, callers, covers, exempts
from cloudpack_baseline.access.context import (
    Channel,
    PendingStatement,
    PolicyContext,
    Rule,
    frequent_keys,
    named_values,
)
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.grants import EffectiveGrant, pick
from cloudpack_baseline.access.keys import Key, Kind, Presence, find_key
from cloudpack_baseline.access.networks import networks_text
from cloudpack_baseline.access.policy import PrincipalElement
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.access.summaries import is_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["Assumer", "KeyUse", "TrustGrant", "trust_grant_for", "who_can_assume"]

ACTIONS: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
)

_ANY: Final = "z9q-any-provider"
"""The name of a provider that no policy names."""

_KNOWN_PROVIDERS: Final = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)


@frozen(kw_only=True)
class KeyUse:
    """What a condition key has to be for somebody to get in.

    ``required`` means that requests without the key are refused, ``confined`` that not every value
    will do; ``values`` are the values that will, where only named ones do (networks as CIDRs);
    ``patterns`` are the patterns that the policy holds against the key.
    """

    required: bool
    confined: bool
    values: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@frozen(kw_only=True)
class Assumer:
    """Somebody who can assume the role.

    ``principal`` is an ARN or account id, a service or an identity provider (``*`` for any of its
    ``principal_kind``); ``whole_account`` says that every principal of the account comes in, so
    that its id stands for all (where it is false, ``context`` has the ARN of one). ``keys`` tells
    of each key that the policy tests, in lower case, what is asked of it.
    ``bound`` is false for a service that nothing binds to a source (confused deputy). ``exact``
    is false where the answer rests on a statement that could not be taken exactly.
    """

    principal_kind: str
    principal: str
    account: str | None
    action: str
    keys: Mapping[str, KeyUse]
    context: Mapping[str, str | tuple[str, ...]]
    statement: str
    path: str
    bound: bool = True
    whole_account: bool = False
    exact: bool = True

    def needs(self, key: str) -> bool:
        """Whether the key has to be there with one of certain values."""
        use = self.keys.get(key.lower())
        return use is not None and use.required and use.confined


def _find_known_key(name: str) -> Key | None:
    key = find_key(name)
    if key is not None:
        return None if key.id.startswith("s3:") else key
    provider, colon, claim = name.rpartition(":")
    if colon and (provider.lower() == "saml" or "." in provider):
        several = claim.lower() in {"amr", "edupersonaffiliation", "edupersonorgdn"}
        return Key(name.lower(), name, Kind.TEXT, Presence.FEDERATED, several)
    return None


def who_can_assume(
    trust: Policy,
    *,
    account: str,
    organization: str | None = None,
    partition: str = "aws",
) -> tuple[Assumer, ...]:
    """Everybody who can assume the role of an account with this trust policy.

    Principals of the role's own account, as a whole, are told as its account id. Principals other
    than services and identity providers need leave of their own account too.
    """
    cast = _principal_classes(trust, account, partition)
    policy_context, pending, bindings = _trust_context(trust, cast, account, organization)
    return tuple(
        _summarize_assumers(
            policy_context, [_rule(policy_context, item) for item in pending], bindings
        )
    )


@frozen(kw_only=True)
class TrustGrant:
    """That one principal gets in by a trust policy.

    ``direct`` says that the policy lets in itself or everybody, so that a principal of the role's
    account needs no leave by its own policies; else its account is let in, which passes the leave
    on. ``exact`` is false where a statement decides that could not be taken exactly.
    """

    statement: str
    path: str
    direct: bool
    exact: bool


def trust_grant_for(
    trust: Policy, arn: str, *, account: str, organization: str | None = None
) -> TrustGrant | None:
    """How a user or role gets into the role of an account; None: it does not."""
    account_of_principal = arn.split(":")[4]
    caller = Caller(
        kind="account",
        name=arn,
        account=account_of_principal,
        arn=arn,
        owner=account_of_principal == account,
    )
    policy_context, pending, _ = _trust_context(trust, (caller,), account, organization)
    grants = _effective_grants(policy_context, [_rule(policy_context, item) for item in pending])
    direct = {item.statement.path for item in pending if _means_directly(item.statement, caller)}
    box = {policy_context.layout.action: 1}
    grants_by_directness = [
        [grant for grant in grants if (grant.rule.path in direct) is is_direct]
        for is_direct in (True, False)
    ]
    best = [pick((grant, box) for grant in is_direct) for is_direct in grants_by_directness]
    entries = [
        TrustGrant(
            statement=candidate[0].rule.label,
            path=candidate[0].rule.path,
            direct=is_direct,
            exact=candidate[2],
        )
        for candidate, is_direct in zip(best, (True, False), strict=True)
        if candidate is not None
    ]
    return next((candidate for candidate in entries if candidate.exact), next(iter(entries), None))


def _means_directly(statement: Statement, caller: Caller) -> bool:
    element = statement.principal
    if element is None or statement.not_principal:
        return True
    return element.everyone or "*" in element.aws or caller.arn in element.names


def _trust_context(
    trust: Policy, cast: tuple[Caller, ...], account: str, organization: str | None
) -> tuple[PolicyContext, list[PendingStatement], dict[str, list[Predicate]]]:
    policy_context = PolicyContext(
        cast, (Channel(), Channel(endpoint=True)), account, organization, account, organization
    )
    frequent = frequent_keys((trust,))
    pending = [
        _pending(policy_context, trust, statement, frequent) for statement in trust.statements
    ]
    tests = [t for item in pending for d in item.normalized for t in d.tests]
    bindings = binding_tests(tests)
    predicates: list[tuple[Key, Predicate | None]] = [(t.key, t.predicate) for t in tests]
    for name, bindings_of_key in bindings.items():
        key = find_key(name)
        predicates += [(key, test) for test in bindings_of_key if key is not None]
    for test in tests:
        if test.predicate is not None and test.key.kind is Kind.TEXT and not test.key.several:
            predicates += [(test.key, value) for value in named_values((test.predicate,))]
    full = (1 << len(ACTIONS)) - 1
    policy_context.build(
        predicates,
        objects=Axis("role", [None, "role"]),
        action_count=len(ACTIONS),
        object_actions=full,
        bucket_actions=0,
        actions_of=lambda _: full,
    )
    return policy_context, pending, bindings


def _principal_classes(trust: Policy, account: str, partition: str) -> tuple[Caller, ...]:
    elements = [s.principal for s in trust.statements if s.principal is not None]
    accounts, split = account_patterns((trust,))
    arns, names = identity_patterns((trust,), account, partition) if split else ({}, ())
    classes = callers(
        elements,
        owner=account,
        partition=partition,
        accounts=accounts,
        samples=sample_accounts((trust,), partition),
        services=sample_services((trust,)),
        arn_tests=arns,
        name_tests=names,
        split=split,
    )
    classes = tuple(dict.fromkeys((*classes, *_unnamed_providers(trust, account, partition))))
    # Who brings the token of a provider calls unsigned.
    return tuple(evolve(c, signed=False) if c.kind == "federated" else c for c in classes)


def _unnamed_providers(trust: Policy, account: str, partition: str) -> Iterator[Caller]:
    """Whom everybody, or everybody but somebody, takes in: users of any identity provider.

    A provider has to be registered in the account, save for those that AWS knows; those that
    conditions tell of are told apart.
    """
    if not any(
        s.effect == "Allow" and (s.not_principal or s.principal is None or s.principal.everyone)
        for s in trust.statements
    ):
        return
    base = f"arn:{partition}:iam::{account}:"
    yield Caller(kind="federated", name=f"{base}saml-provider/{_ANY}", stranger=True)
    yield Caller(kind="federated", name=f"{base}oidc-provider/{_ANY}", stranger=True)
    keys = (c.key.lower().rpartition(":")[0] for s in trust.statements for c in s.conditions)
    for provider in dict.fromkeys(key for key in keys if "." in key):
        known = provider in _KNOWN_PROVIDERS
        yield Caller(
            kind="federated", name=provider if known else f"{base}oidc-provider/{provider}"
        )


def _pending(
    policy_context: PolicyContext, trust: Policy, statement: Statement, frequent: frozenset[str]
) -> PendingStatement:
    # A trust policy names principals in every statement.
    element = statement.principal or PrincipalElement(everyone=True)
    full = (1 << len(policy_context.callers)) - 1
    spares = exempts if statement.not_principal and statement.effect == "Deny" else covers
    named = sum(
        1 << i for i, caller in enumerate(policy_context.callers) if spares(element, caller)
    )
    named = full & ~named if statement.not_principal else named
    normalized = policy_context.normalized(
        statement,
        (named, named),
        3,
        variables=trust.variables,
        known=lambda name: _find_known_key(name) if name.lower() in frequent else None,
    )
    mask = sum(
        1 << i
        for i, name in enumerate(ACTIONS)
        if any(matches(text, name) for text in statement.actions)
    )
    if statement.not_action:
        mask ^= (1 << len(ACTIONS)) - 1
    return PendingStatement(statement, "trust", normalized, mask)


def _rule(policy_context: PolicyContext, item: PendingStatement) -> Rule:
    low = high = RequestSet.nothing(policy_context.space)
    for target in item.normalized:
        sets = policy_context.sets(
            target, {policy_context.layout.action: (item.actions, item.actions)}
        )
        low, high = low | sets[0], high | sets[1]
    reasons = dict.fromkeys(reason for target in item.normalized for reason in target.inexactness)
    statement = item.statement
    return Rule(
        statement.label,
        "trust",
        statement.path,
        statement.effect == "Allow",
        low,
        high,
        tuple(reasons),
    )


def _effective_grants(policy_context: PolicyContext, rules: Sequence[Rule]) -> list[EffectiveGrant]:
    denies = [rule for rule in rules if not rule.allows]
    high, low, _ = subtract(policy_context.space, policy_context.valid, denies, rules=len(rules))
    grants = []
    for rule in rules:
        if rule.allows:
            possible, sure = high & rule.high, low & rule.low
            grants.append(EffectiveGrant(rule, possible, possible if sure == possible else sure))
    return grants


def _action_of(caller: Caller) -> int:
    if caller.kind == "anonymous":
        return 0
    if caller.kind != "federated":
        return 1
    return 2 if ":saml-provider/" in caller.name else 4


def _summarize_assumers(
    policy_context: PolicyContext,
    rules: Sequence[Rule],
    bindings: Mapping[str, Sequence[Predicate]],
) -> list[Assumer]:
    grants = _effective_grants(policy_context, rules)
    groups: dict[tuple[str, str, int], int] = {}
    for index, caller in enumerate(policy_context.callers):
        name = caller.session or caller.arn or caller.name
        if caller.kind == "account" and caller.sample:
            name = "*" if caller.stranger else caller.account or name
        elif caller.kind in {"federated", "service"} and caller.stranger:
            name = "*"
        key = (caller.kind, name, _action_of(caller))
        groups[key] = groups.get(key, 0) | 1 << index
    assumers: list[Assumer] = []
    for (_, name, action), mask in groups.items():
        box = {policy_context.layout.caller: mask, policy_context.layout.action: action}
        best = pick((grant, box) for grant in grants) if action else None
        if best is not None:
            assumers.append(_assumer(policy_context, name, best, box, grants, bindings))
    return _without_covered(assumers)


def _without_covered(assumers: list[Assumer]) -> list[Assumer]:
    """A named principal says nothing new beside its whole account on the same terms."""
    whole_accounts = [(a.account, a.action, a.keys) for a in assumers if a.principal == a.account]
    return [
        a
        for a in assumers
        if a.principal == a.account or (a.account, a.action, a.keys) not in whole_accounts
    ]


def _assumer(  # noqa: PLR0913, PLR0917 - what one answer is cut from
    policy_context: PolicyContext,
    name: str,
    best: tuple[EffectiveGrant, RequestSet, bool],
    box: Mapping[int, int],
    grants: Sequence[EffectiveGrant],
    bindings: Mapping[str, Sequence[Predicate]],
) -> Assumer:
    grant, sample, sure = best
    picked = sample.pick() or {}
    first = (
        box[policy_context.layout.caller] & -box[policy_context.layout.caller]
    ).bit_length() - 1
    caller = policy_context.callers[picked.get(policy_context.layout.caller, first)]
    granted = [
        requests for requests in (further.high.within(box) for further in grants) if requests
    ]
    unbound = {
        policy_context.layout.keys[key]: ~_bound(policy_context.axes[key], tests)
        for key, tests in bindings.items()
    }
    return Assumer(
        principal_kind=caller.kind,
        principal=name,
        account=None if caller.stranger else caller.account,
        action=ACTIONS[(box[policy_context.layout.action]).bit_length() - 1],
        keys={
            key: _key_use(policy_context, key, granted)
            for key in policy_context.keys
            if key != "aws:securetransport"
        },
        context=_context(policy_context, caller, picked),
        statement=grant.rule.label,
        path=grant.rule.path,
        whole_account=_is_whole(policy_context, box[policy_context.layout.caller], granted),
        bound=caller.kind != "service" or not any(requests.within(unbound) for requests in granted),
        exact=sure,
    )


def _is_whole(policy_context: PolicyContext, callers: int, granted: Sequence[RequestSet]) -> bool:
    passing = 0
    for requests in granted:
        passing |= requests.classes(policy_context.layout.caller)
    return not callers & ~passing and any(
        caller.sample and callers >> i & 1 for i, caller in enumerate(policy_context.callers)
    )


def _bound(axis: Axis, tests: Sequence[Predicate]) -> int:
    mask = 0
    for test in tests:
        mask |= axis.where(test)
    return mask


def _key_use(policy_context: PolicyContext, key: str, granted: Sequence[RequestSet]) -> KeyUse:
    axis = policy_context.axes[key]
    level = policy_context.layout.keys[key]
    mask = 0
    for requests in granted:
        mask |= requests.classes(level)
    present = mask & ~ABSENT
    values: tuple[str, ...] = ()
    if axis.spans:
        spans = [span for i, group in enumerate(axis.spans) if present >> i & 1 for span in group]
        values = tuple(text for texts in networks_text(spans) for text in texts)
    elif all(
        is_named(axis.some_value, axis.samples[i])
        for i in range(1, len(axis.samples))
        if present >> i & 1
    ):
        values = tuple(
            sorted(str(axis.samples[i]) for i in range(1, len(axis.samples)) if present >> i & 1)
        )
    patterns = dict.fromkeys(
        pattern.text
        for test in axis.some_value
        if isinstance(test, StringPredicate)
        for pattern in test.patterns
    )
    return KeyUse(
        required=not mask & ABSENT,
        confined=present != axis.present,
        values=values,
        patterns=tuple(patterns),
    )


def _context(
    policy_context: PolicyContext, caller: Caller, picked: Mapping[int, int]
) -> dict[str, str | tuple[str, ...]]:
    context: dict[str, str | tuple[str, ...]] = {}
    for name in ("aws:PrincipalArn", "aws:PrincipalAccount"):
        value = caller.value(name.lower())
        if value is not None and not isinstance(value, UndecidedValue):
            context[name] = value
    for name, key in policy_context.keys.items():
        sample = policy_context.axes[name].samples[picked.get(policy_context.layout.keys[name], 0)]
        if isinstance(sample, (str, tuple)):
            context[key.name] = sample
    return context
