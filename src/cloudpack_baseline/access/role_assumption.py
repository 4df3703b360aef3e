"""Who can assume a role by its trust policy, and what is required of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve

from cloudpack_baseline.access.added_predicates import binding_tests
from cloudpack_baseline.access.axes import ABSENT, Axis
from cloudpack_baseline.access.building import build_context, named_values
from cloudpack_baseline.access.callers import Caller
from cloudpack_baseline.access.channels import Channel
from cloudpack_baseline.access.context import PolicyContext, frequent_keys
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.grants import EffectiveGrant, best_grant, grant_of, grants_at
from cloudpack_baseline.access.keys import KEYS, Key, Kind, Presence, find_key
from cloudpack_baseline.access.networks import networks_text
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import StringPredicate, equal_to, not_before
from cloudpack_baseline.access.principal_requests import PrincipalContext
from cloudpack_baseline.access.principals import principal_classes
from cloudpack_baseline.access.rules import (
    build_rule,
    predicates_of,
    read,
    statement_actions,
    statement_callers,
)
from cloudpack_baseline.access.space import classes_in, lowest_bit, mask_union
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.principal_requests import PrincipalIdentity
    from cloudpack_baseline.access.space import RequestSet

    Confinements: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]

__all__ = [
    "Assumer",
    "KeyUse",
    "TrustGrant",
    "trust_grant_for",
    "trust_of_principal",
    "who_can_assume",
]

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
    """What a condition key has to be for a principal to be allowed.

    ``required`` means that requests without the key are denied, ``confined`` that not every value
    is accepted; ``values`` are the accepted values, if only named ones are (networks as CIDR
    blocks).
    """

    required: bool
    confined: bool
    values: tuple[str, ...] = ()


@frozen(kw_only=True)
class Assumer:
    """A principal that can assume the role.

    ``principal`` is an ARN or account ID, a service or an identity provider (``*`` for any of its
    ``principal_kind``); ``whole_account`` says that every principal of the account can, so that its
    ID stands for all (if it is false, ``context`` has the ARN of one). ``keys`` says for each key
    that the policy tests, in lower case, what is required of it. ``bound`` is false for a service
    that nothing limits to a source (confused deputy). ``exceeds`` names the confinements outside
    which a request is allowed, ``admits`` the accepted tokens. ``exact`` is false if the answer
    depends on a statement that cannot be evaluated exactly. ``surely`` is the same principal with
    what it is allowed whatever such statements mean; None: nothing depends on them, or all does.
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
    exceeds: frozenset[str] = frozenset()
    admits: frozenset[str] = frozenset()
    exact: bool = True
    surely: Assumer | None = None

    def needs(self, key: str) -> bool:
        """Whether the key has to be there with one of certain values."""
        use = self.keys.get(key.lower())
        return use is not None and use.required and use.confined


def _find_known_key(name: str, context: PolicyContext) -> Key | None:
    key = find_key(name)
    if key is not None:
        return None if key.id.startswith("s3:") else context.as_settled(key)
    provider, colon, claim = name.rpartition(":")
    if colon and (provider.lower() == "saml" or "." in provider):
        several = claim.lower() in {"amr", "edupersonaffiliation", "edupersonorgdn"}
        return Key(name.lower(), name, Kind.TEXT, Presence.FEDERATED, several)
    return None


def who_can_assume(  # noqa: PLR0913 - what the role is in, and what is asked
    trust: Policy,
    *,
    account: str,
    organization: str | None = None,
    partition: str = "aws",
    since: datetime | None = None,
    confinements: Confinements | None = None,
    tokens: Mapping[str, tuple[str, str]] | None = None,
    ignoring_case: Collection[str] = (),
) -> tuple[Assumer, ...]:
    """Every principal that can assume the role of an account with this trust policy.

    The principals of the role's account, as a whole, are given as its account ID. Principals other
    than services and identity providers also need permission from their own account. What the
    policy allows only before ``since`` (with a time zone) does not count.

    Args:
        trust: the trust policy.
        account: the account of the role.
        organization: its organization, if it is known.
        partition: its partition.
        since: a time with a time zone.
        confinements: by a name that the caller chooses, patterns by condition key: whether a
            request is allowed of which no key has a value that its patterns match.
        tokens: by a name, a condition key and its value: whether such a request is
            allowed.
        ignoring_case: the names of confinements whose patterns match in upper and lower case.
    """
    classes = principal_classes((trust,), owner=account, partition=partition)
    providers = _unnamed_providers(trust, account, partition)
    # Who brings the token of a provider calls unsigned.
    callers = tuple(
        evolve(caller, signed=False) if caller.kind == "federated" else caller
        for caller in dict.fromkeys((*classes, *providers))
    )
    questions = _questions(confinements or {}, tokens or {}, since, ignoring_case)
    analysis = _analyse(trust, callers, account, organization, questions)
    return tuple(_summarize_assumers(analysis))


@frozen
class _Questions:
    """What is evaluated besides who is allowed, as tests by condition key (in lower case)."""

    confinements: Mapping[str, Mapping[str, StringPredicate]]
    tokens: Mapping[str, tuple[str, StringPredicate]]
    since: datetime | None = None

    @property
    def tests(self) -> Iterator[tuple[str, StringPredicate]]:
        """All tests with their keys."""
        for tests in self.confinements.values():
            yield from tests.items()
        yield from self.tokens.values()


def _questions(
    confinements: Confinements,
    tokens: Mapping[str, tuple[str, str]],
    since: datetime | None,
    ignoring_case: Collection[str] = (),
) -> _Questions:
    return _Questions(
        {
            name: {
                key.lower(): StringPredicate(
                    tuple(glob(((text, False),), fold=name in ignoring_case) for text in texts)
                )
                for key, texts in patterns.items()
            }
            for name, patterns in confinements.items()
        },
        {name: (key.lower(), equal_to(value)) for name, (key, value) in tokens.items()},
        since,
    )


@frozen(kw_only=True)
class TrustGrant:
    """A grant of a trust policy to one principal.

    ``direct`` says that the policy allows the principal itself or everyone, so that a principal of
    the role's account needs no permission in its own policies; otherwise it allows the account,
    which delegates the permission. ``exact`` is false if it depends on a statement that cannot be
    evaluated exactly.
    """

    statement: str
    path: str
    direct: bool
    exact: bool


def trust_grant_for(  # noqa: PLR0913 - the account of the role, and who the principal is
    trust: Policy,
    arn: str,
    *,
    account: str,
    organization: str | None = None,
    since: datetime | None = None,
    identity: PrincipalIdentity | None = None,
) -> TrustGrant | None:
    """How a user or role gets into the role of an account; None: it does not.

    With an ``identity``, conditions on the principal's tags, its ID and its organization are
    compared with those that it has.
    """
    caller = _principal_caller(arn, account)
    questions = _questions({}, {}, since)
    analysis = _analyse(trust, (caller,), account, organization, questions, identity)
    direct = {s.path for s in trust.statements if _means_directly(s, caller)}
    box = {analysis.context.layout.action: 1}
    possible: TrustGrant | None = None
    for is_direct in (True, False):
        grants = [g for g in analysis.grants if (g.rule.path in direct) is is_direct]
        best = best_grant(grants, box)
        if best is None:
            continue
        rule, exact = best[0].rule, best[2]
        trust_grant = TrustGrant(
            statement=rule.label, path=rule.path, direct=is_direct, exact=exact
        )
        if exact:
            return trust_grant
        possible = possible or trust_grant
    return possible


def _principal_caller(arn: str, role_account: str | None = None) -> Caller:
    """The principal; without the account of the role, as one that does not own the role."""
    account = arn.split(":")[4]
    return Caller(kind="account", name=arn, account=account, arn=arn, owner=account == role_account)


def trust_of_principal(trust: Policy, arn: str, role: str) -> Policy:
    """What the trust policy of a role says to one principal, as a policy of that principal.

    Together with its own policies, it says which requests both sides allow.

    Args:
        trust: the trust policy.
        arn: the ARN of the user or role that assumes the role.
        role: the ARN of the role that is assumed.
    """
    caller = _principal_caller(arn)
    statements = tuple(
        evolve(statement, principal=None, not_principal=False, resources=(role,))
        for statement in trust.statements
        if statement_callers(statement, (caller,))[0]
    )
    return evolve(trust, statements=statements, kind="identity")


def _means_directly(statement: Statement, caller: Caller) -> bool:
    element = statement.principal
    if element is None or statement.not_principal:
        return True
    return element.everyone or caller.arn in element.names


@frozen
class _TrustAnalysis:
    """What a trust policy grants, the tests that bind a service to a source, and what is asked."""

    context: PolicyContext
    grants: Sequence[EffectiveGrant]
    bindings: Mapping[str, Sequence[Predicate]]
    questions: _Questions


def _analyse(  # noqa: PLR0913, PLR0917 - who assumes what, and what is asked
    trust: Policy,
    callers: tuple[Caller, ...],
    account: str,
    organization: str | None,
    questions: _Questions,
    identity: PrincipalIdentity | None = None,
) -> _TrustAnalysis:
    channels = (Channel(), Channel(endpoint=True))
    owners = (account, organization, account, organization)
    context = (
        PolicyContext(callers, channels, *owners)
        if identity is None
        else PrincipalContext(callers, channels, *owners, principal=identity)
    )
    frequent = frequent_keys((trust,))
    pending = [
        read(
            context,
            trust,
            statement,
            "trust",
            callers=statement_callers(statement, callers),
            channels=0b11,
            known=lambda name: _find_known_key(name, context) if name.lower() in frequent else None,
            actions=statement_actions(statement, ACTIONS),
        )
        for statement in trust.statements
    ]
    tests = predicates_of(pending)
    bindings = binding_tests(tests)
    every_action = (1 << len(ACTIONS)) - 1
    build_context(
        context,
        _with_single_values(tests, bindings, questions),
        objects=Axis("role", [None, "role"]),
        action_count=len(ACTIONS),
        object_actions=every_action,
        bucket_actions=0,
        actions_of=lambda _: every_action,
        since=None if questions.since is None else not_before(questions.since),
    )
    rules = [build_rule(context, statement) for statement in pending]
    denies = [rule for rule in rules if not rule.allows]
    high, low, _ = subtract(context.space, context.valid, denies, rules=len(rules))
    grants = [grant_of(rule, high, low) for rule in rules if rule.allows]
    return _TrustAnalysis(context, grants, bindings, questions)


def _with_single_values(
    tests: Sequence[tuple[Key, Predicate | None]],
    bindings: Mapping[str, Sequence[Predicate]],
    questions: _Questions,
) -> list[tuple[Key, Predicate | None]]:
    """The tests, and one for each value that is reported, that binds, or that is asked about."""
    keys = {key.id: key for key, _ in tests}
    if "aws:principalorgpaths" in keys:  # which distinguishes organizations by their IDs, too
        keys["aws:principalorgid"] = KEYS["aws:principalorgid"]
    single = (
        (key, value)
        for key, test in tests
        if test is not None and key.kind is Kind.TEXT and not key.several
        for value in named_values((test,))
    )
    binding = ((keys[name], test) for name, several in bindings.items() for test in several)
    questioned = ((keys[name], test) for name, test in questions.tests if name in keys)
    return [*tests, *single, *binding, *questioned]


def _unnamed_providers(trust: Policy, account: str, partition: str) -> Iterator[Caller]:
    """Whom everyone, or everyone but someone, takes in: users of any identity provider.

    A provider has to be registered in the account, save for those that AWS knows; those that
    conditions describe are distinguished.
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


def _action_of(caller: Caller) -> int:
    if caller.kind == "anonymous":
        return 0
    if caller.kind != "federated":
        return 1
    return 2 if ":saml-provider/" in caller.name else 4


def _summarize_assumers(analysis: _TrustAnalysis) -> list[Assumer]:
    layout = analysis.context.layout
    groups: dict[tuple[str, str, int], int] = {}
    for index, caller in enumerate(analysis.context.callers):
        name = caller.session or caller.arn or caller.name
        if caller.kind == "account" and caller.sample:
            name = "*" if caller.stranger else caller.account or name
        elif caller.kind in {"federated", "service"} and caller.stranger:
            name = "*"
        key = (caller.kind, name, _action_of(caller))
        groups[key] = groups.get(key, 0) | 1 << index
    assumers: list[Assumer] = []
    for (_, name, action), mask in groups.items():
        box = {layout.caller: mask, layout.action: action}
        grants = grants_at(analysis.grants, layout.caller, mask)
        best = best_grant(grants, box) if action else None
        if best is not None:
            assumers.append(_with_what_is_sure(evolve(analysis, grants=grants), name, best, box))
    return _without_covered(assumers)


def _without_covered(assumers: list[Assumer]) -> list[Assumer]:
    """A named principal says nothing new beside its whole account on the same terms."""
    whole_accounts = [(a.account, a.action, a.keys) for a in assumers if a.principal == a.account]
    return [
        a
        for a in assumers
        if a.principal == a.account or (a.account, a.action, a.keys) not in whole_accounts
    ]


def _with_what_is_sure(
    analysis: _TrustAnalysis,
    name: str,
    best: tuple[EffectiveGrant, RequestSet, bool],
    box: Mapping[int, int],
) -> Assumer:
    assumer = _assumer(analysis, name, best, box)
    certain = [EffectiveGrant(grant.rule, grant.low, grant.low) for grant in analysis.grants]
    if not assumer.exact or all(grant.within(box).exact for grant in analysis.grants):
        return assumer
    return evolve(assumer, surely=_assumer(evolve(analysis, grants=certain), name, best, box))


def _assumer(
    analysis: _TrustAnalysis,
    name: str,
    best: tuple[EffectiveGrant, RequestSet, bool],
    box: Mapping[int, int],
) -> Assumer:
    context, layout = analysis.context, analysis.context.layout
    grant, sample, sure = best
    classes = sample.pick() or {}
    callers = box[layout.caller]
    caller = context.callers[classes.get(layout.caller, lowest_bit(callers))]
    granted = [grant.high.within(box) for grant in analysis.grants]
    granted = [requests for requests in granted if requests]
    unbound = {
        layout.keys[key]: ~mask_union(map(context.axes[key].where, tests))
        for key, tests in analysis.bindings.items()
    }
    return Assumer(
        principal_kind=caller.kind,
        principal=name,
        account=None if caller.stranger else caller.account,
        action=ACTIONS[lowest_bit(box[layout.action])],
        keys={
            key: _key_use(context, key, granted)
            for key in context.keys
            if key != "aws:securetransport"
        },
        context=_sample_context(context, caller, classes),
        statement=grant.rule.label,
        path=grant.rule.path,
        whole_account=_is_whole(context, callers, granted),
        exceeds=frozenset(_exceeded(analysis, granted)),
        admits=frozenset(_admitted(analysis, granted)),
        bound=caller.kind != "service" or not any(requests.within(unbound) for requests in granted),
        exact=sure,
    )


def _exceeded(analysis: _TrustAnalysis, granted: Sequence[RequestSet]) -> Iterator[str]:
    context = analysis.context
    for name, tests in analysis.questions.confinements.items():
        outside = {
            context.layout.keys[key]: ~context.axes[key].where(test)
            for key, test in tests.items()
            if key in context.keys
        }
        if any(requests.within(outside) for requests in granted):
            yield name


def _admitted(analysis: _TrustAnalysis, granted: Sequence[RequestSet]) -> Iterator[str]:
    context = analysis.context
    for name, (key, test) in analysis.questions.tokens.items():
        box: dict[int, int] = {}
        if key in context.keys:
            axis = context.axes[key]
            box[context.layout.keys[key]] = axis.where(test) & axis.every_value[test][0] & ~ABSENT
        if any(requests.within(box) for requests in granted):
            yield name


def _is_whole(context: PolicyContext, callers: int, granted: Sequence[RequestSet]) -> bool:
    """Whether all these callers are allowed, including one that represents others."""
    passing = classes_in(granted, context.layout.caller)
    return not callers & ~passing and any(
        caller.sample and callers >> i & 1 for i, caller in enumerate(context.callers)
    )


def _key_use(context: PolicyContext, key: str, granted: Sequence[RequestSet]) -> KeyUse:
    axis = context.axes[key]
    mask = classes_in(granted, context.layout.keys[key])
    present = mask & ~ABSENT
    places = [place for place in range(len(axis.samples)) if present >> place & 1]
    values: tuple[str, ...] = ()
    if axis.spans:
        values = tuple(text for texts in networks_text(axis.spans_of(present)) for text in texts)
    elif axis.named.issuperset(samples := [axis.samples[place] for place in places]):
        values = tuple(sorted(map(str, samples)))
    return KeyUse(
        required=not mask & ABSENT,
        confined=present != axis.present,
        values=values,
    )


def _sample_context(
    context: PolicyContext, caller: Caller, classes: Mapping[int, int]
) -> dict[str, str | tuple[str, ...]]:
    """The condition keys of a request by the caller in these classes."""
    values = {
        name: value
        for name in ("aws:PrincipalArn", "aws:PrincipalAccount")
        if isinstance(value := caller.value(name.lower()), (str, tuple))
    }
    return values | context.sample_values(classes)
