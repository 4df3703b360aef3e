"""What the policies of one principal allow, with its boundary and service control policies.

Actions and resources are open sets here: any service, any ARN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from cloudpack_baseline.access._spelling import EXAMPLES, spelled, usual_resources
from cloudpack_baseline.access.action_classes import action_axis, action_test
from cloudpack_baseline.access.axes import ABSENT, Axis, text_axis
from cloudpack_baseline.access.building import build_context
from cloudpack_baseline.access.callers import Caller
from cloudpack_baseline.access.channels import Channel
from cloudpack_baseline.access.context import PolicyContext, frequent_keys
from cloudpack_baseline.access.denies import UNBOUND, subtract
from cloudpack_baseline.access.keys import SOURCE_IP, VIA_SERVICE, Key, Kind, Presence, find_key
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import StringPredicate, equal_to, not_before
from cloudpack_baseline.access.resources import resource_test
from cloudpack_baseline.access.rules import build_rule, predicates_of, read
from cloudpack_baseline.access.service_keys import (
    find_service_key,
    is_of_service,
    services_of,
)
from cloudpack_baseline.access.space import RequestSet, TooComplex
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.axes import Masks
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.rules import PendingStatement, Rule
    from cloudpack_baseline.access.variables import Free

__all__ = [
    "IAM_KEYS",
    "NO_ORGANIZATION",
    "AllowedRequest",
    "PrincipalContext",
    "PrincipalIdentity",
    "PrincipalRequests",
    "action_test",
    "allowed_request",
    "of_any_resource",
    "pair",
    "requests_of",
]

_STEPS: Final = 20_000
"""The work for one boundary or level of service control policies, as for one Deny."""
_CARRIERS: Final = {
    "iam:passedtoservice": ("iam:PassRole",),
    "iam:policyarn": (
        "iam:AttachUserPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachGroupPolicy",
        "iam:DetachUserPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachGroupPolicy",
    ),
    "iam:permissionsboundary": (
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DeleteUserPermissionsBoundary",
        "iam:DeleteUserPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachUserPolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
        "iam:UpdateAssumeRolePolicy",
    ),
}
"""Condition keys of IAM's own, and the actions that carry them (Service Authorization Reference,
"Actions, resources, and condition keys for AWS IAM")."""
IAM_KEYS: Final = {
    name.lower(): Key(name.lower(), name, Kind.TEXT, Presence.OPERATION)
    for name in ("iam:PassedToService", "iam:PolicyARN", "iam:PermissionsBoundary")
}
_TAG: Final = "aws:principaltag/"
NO_ORGANIZATION: Final = ""
"""In place of an organization's id: the account is in none."""


def _tags_by_key(tags: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return None if tags is None else {key.lower(): value for key, value in tags.items()}


@frozen(kw_only=True)
class PrincipalIdentity:
    """The principal of the policies: its ARN (user or role) and account, if they are known.

    ``tags`` are its own, with keys in any case; None: unknown. With ``session_tags``, its sessions
    may have further tags, and other values of these. ``organization`` is the ID of its
    organization, or ``NO_ORGANIZATION``; ``user_id`` a pattern of ``aws:userid``.
    """

    account: str = "123456789012"
    arn: str | None = None
    organization: str | None = None
    tags: Mapping[str, str] | None = field(default=None, converter=_tags_by_key, hash=False)
    session_tags: bool = True
    user_id: str | None = None

    @property
    def partition(self) -> str:
        """That of its ARN."""
        return self.arn.split(":", 2)[1] if self.arn else "aws"


@frozen(kw_only=True)
class AllowedRequest:
    """Something that a principal can do: an action on a resource in a context.

    ``statement`` and ``path`` name the statement that allows it, ``policy`` is the place of its
    policy in the row that was given; ``exact`` is false where the answer rests on a statement that
    could not be evaluated exactly.
    """

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]]
    statement: str
    path: str
    policy: int = 0
    exact: bool = True


@define(eq=False)
class PrincipalContext(PolicyContext):
    """The requests of one principal, whose tags may be known."""

    principal: PrincipalIdentity = field(factory=PrincipalIdentity)

    def settle(self, name: str, caller: Caller, channel: int) -> str | Free | None:
        """What a variable is: a tag that no session can change is settled."""
        key = find_key(name)
        tags = self.principal.tags
        if key is None or tags is None or self.principal.session_tags or not _is_tag(key):
            return super().settle(name, caller, channel)
        return tags.get(key.id.removeprefix(_TAG))

    def samples(self, names: Iterable[str]) -> dict[str, tuple[Key, str]]:
        """A value of each variable that is not settled: what someone can do, can be shown."""
        keys = {name: find_key(name) or find_service_key(name) for name in names}
        return {
            name: (of_any_resource(key), self._sample(key))
            for name, key in keys.items()
            if key is not None and key.presence in _SAMPLED and not key.several
        }

    def _sample(self, key: Key) -> str:
        if key.id.endswith("account"):
            return self.owner_account
        if key.id.endswith("orgid"):
            return self.owner_org or "o-exampleorgid"
        return (self.principal.tags or {}).get(key.id.removeprefix(_TAG), "example")

    def caller_mask(self, key: Key, caller: Caller) -> int | None:
        """The classes of a key of callers, tags included."""
        if key.presence is Presence.USER_ID and self.principal.user_id is not None:
            return self.axes[key.id].where(_matching(self.principal.user_id))
        if key.presence is Presence.ORGANIZATION and self.principal.organization == NO_ORGANIZATION:
            return ABSENT
        tags = self.principal.tags
        if tags is None or not _is_tag(key):
            return super().caller_mask(key, caller)
        value = tags.get(key.id.removeprefix(_TAG))
        if self.principal.session_tags:
            # A session changes what the role's tag is, and takes none away.
            return None if value is None else ~ABSENT
        return ABSENT if value is None else self.class_of_value(key.id, value)

    def added_predicates(self, key: str) -> list[Predicate]:
        """Those of any context, and for the key of a tag the equality to the tag's value."""
        value = (self.principal.tags or {}).get(key.removeprefix(_TAG))
        of_tag = [equal_to(value)] if value is not None and key.startswith(_TAG) else []
        user_id = self.principal.user_id
        of_user = [_matching(user_id)] if user_id is not None and key == "aws:userid" else []
        return [*super().added_predicates(key), *of_tag, *of_user]


def _matching(pattern: str) -> StringPredicate:
    return StringPredicate((glob(((pattern, False),)),))


_SAMPLED: Final = frozenset(
    {
        Presence.CONSTANT,
        Presence.OPERATION,
        Presence.OPTIONAL,
        Presence.ORGANIZATION,
        Presence.SIGNED,
        Presence.USER_ID,
    }
)
"""The keys whose values someone chooses, or that depend on the resource."""


def of_any_resource(key: Key) -> Key:
    """The key as one of any resource: whose it is depends on the resource."""
    return evolve(key, presence=Presence.ALWAYS) if key.presence is Presence.CONSTANT else key


def _is_tag(key: Key) -> bool:
    return key.id.startswith(_TAG)


@define(eq=False)
class PrincipalRequests:
    """The requests of one principal that no Deny, boundary or service control policy denies.

    ``allows`` are the Allow statements of its own policies, each with the place of its policy;
    ``written`` are the actions as written in policies.
    """

    context: PolicyContext
    actions: Axis
    high: RequestSet
    low: RequestSet
    principal: PrincipalIdentity
    allows: list[tuple[int, Rule]] = field(factory=list)
    written: tuple[str, ...] = ()

    def action(self, index: int) -> str:
        """The action at that place of the axis, as written."""
        return spelled(str(self.actions.samples[index]), self.written)

    def actions_of(self, name: str) -> int:
        """The class that the action is of."""
        mask = self.actions.present
        for test, (low, _) in self.actions.some_value.items():
            mask &= low if test.verdict(name.lower())[0] else ~low
        return mask

    def places(self, resource: str) -> int:
        """The classes that the resource is of."""
        objects = self.context.axes["object"]
        certain = loose = objects.present
        for test, (low, high) in objects.some_value.items():
            sure, possible = test.verdict(resource)
            certain &= (low if sure else ~low) & (high if possible else ~high)
            loose &= (high if sure else -1) & (-1 if possible else ~low)
        # Where there were too many classes, those that it may be of.
        return certain or loose


def requests_of(  # noqa: PLR0913, PLR0917 - every policy that has a say
    policies: Sequence[Policy],
    boundary: Policy | None,
    scps: Sequence[Sequence[Policy]],
    principal: PrincipalIdentity,
    tests: Sequence[tuple[Key, Predicate]] = (),
    extra_actions: Sequence[str] = (),
    resource: str | None = None,
    since: datetime | None = None,
) -> PrincipalRequests:
    """Build the space of requests of a principal, and make every statement a set of them.

    ``tests`` and ``extra_actions`` are distinguished in addition to the policies. With a
    ``resource``, only requests for that resource count; with ``since``, only requests from then on.
    """
    layers: list[Sequence[Policy]] = [policies, *([(boundary,)] if boundary else []), *scps]
    context = _context(principal)
    frequent = frequent_keys(policy for layer in layers for policy in layer)
    pending = [
        [
            _read(context, policy, statement, frequent)
            for policy in layer
            for statement in policy.statements
        ]
        for layer in layers
    ]
    statements = [statement for layer in pending for statement in layer]
    predicates = predicates_of(statements)
    used = {key.id for key, _ in predicates}
    predicates += [(key, test) for key, test in tests if key.id in used or key is SOURCE_IP]
    predicates.append((VIA_SERVICE, None))
    carriers = dict(_carriers(key for key, _ in predicates))
    actions = action_axis(
        [
            *(action_test(pending.statement.actions) for pending in statements),
            *(action_test((name,)) for name in extra_actions),
            *carriers.values(),
        ]
    )
    build_context(
        context,
        predicates,
        objects=_resource_axis(statements, resource),
        action_count=len(actions.samples),
        object_actions=actions.present,
        bucket_actions=0,
        actions_of=lambda key: (
            actions.some_value[carriers[key.id]][1] if key.id in carriers else actions.present
        ),
        since=None if since is None else not_before(since),
    )
    for pending_statement in statements:
        pending_statement.actions = _actions(actions, pending_statement.statement)
    rules = [[build_rule(context, pending) for pending in layer] for layer in pending]
    high, low = _open_requests(context, rules)
    places = (place for place, policy in enumerate(policies) for _ in policy.statements)
    return PrincipalRequests(
        context,
        actions,
        high,
        low,
        principal,
        [(place, rule) for place, rule in zip(places, rules[0], strict=True) if rule.allows],
        (*(name for pending in statements for name in pending.statement.actions), *extra_actions),
    )


def _carriers(keys: Iterable[Key]) -> Iterator[tuple[str, StringPredicate]]:
    """The actions that carry the keys of IAM and of other services, for each that is used."""
    for key in dict.fromkeys(keys):
        if key.id in _CARRIERS:
            yield key.id, action_test(_CARRIERS[key.id])
        elif is_of_service(key.id):
            yield key.id, action_test(f"{prefix}:*" for prefix in services_of(key))


def _context(principal: PrincipalIdentity) -> PrincipalContext:
    caller = Caller(
        kind="account",
        name=principal.arn or f"arn:aws:iam::{principal.account}:role/example",
        account=principal.account,
        arn=principal.arn,
        owner=True,
        sample=principal.arn is None,
    )
    channels = (Channel(), Channel(endpoint=True))
    return PrincipalContext(
        (caller,), channels, principal.account, principal.organization, principal=principal
    )


def _read(
    context: PolicyContext, policy: Policy, statement: Statement, frequent: frozenset[str]
) -> PendingStatement:
    def known(name: str) -> Key | None:
        key = find_key(name) or IAM_KEYS.get(name.lower()) or find_service_key(name)
        if key is None or name.lower() not in frequent:
            return None
        return of_any_resource(key)

    variables = policy.variables
    return read(
        context,
        policy,
        statement,
        "identity",
        callers=(1, 1),
        channels=0b11,
        known=known,
        resources=lambda settlement: resource_test(
            statement, settlement.environment, variables=variables
        ),
    )


def _actions(axis: Axis, statement: Statement) -> Masks:
    sure, possible = axis.some_value[action_test(statement.actions)]
    if statement.not_action:
        return axis.present & ~possible, axis.present & ~sure
    return sure, possible


def _resource_axis(statements: Sequence[PendingStatement], resource: str | None) -> Axis:
    """The classes of resources; of one resource alone, what each test says of it."""
    tests = [test.keys for pending in statements for test in pending.resources if test]
    if resource is None:
        return text_axis("resource", list(dict.fromkeys(tests)), empty=False, prefix="arn:")
    axis = Axis("resource", [None, resource])
    for test in tests:
        sure, possible = test.verdict(resource)
        axis.some_value[test] = axis.every_value[test] = (sure << 1, possible << 1)
    return axis


def _open_requests(
    context: PolicyContext, rules: Sequence[Sequence[Rule]]
) -> tuple[RequestSet, RequestSet]:
    """What no Deny stops and each layer beyond the first allows: possibly and surely."""
    flat = [rule for layer in rules for rule in layer]
    denies = [rule for rule in flat if not rule.allows]
    high, low, _ = subtract(context.space, context.valid, denies, rules=len(flat))
    for layer in rules[1:]:
        context.space.allow(_STEPS)
        try:
            high, low = _both_allow(high, low, layer)
        except TooComplex:
            low = RequestSet.nothing(context.space)
    context.space.allow(UNBOUND)
    return high, low


def _both_allow(
    high: RequestSet, low: RequestSet, layer: Sequence[Rule]
) -> tuple[RequestSet, RequestSet]:
    """What a boundary or a level of SCPs leaves."""
    allowed, sure = high - high, low - low
    for rule in layer:
        if rule.allows:
            allowed, sure = allowed | (high & rule.high), sure | (low & rule.low)
    return allowed, sure


def allowed_request(
    case: PrincipalRequests, box: Mapping[int, int], about: tuple[str, str] | None = None
) -> AllowedRequest | None:
    """What the first statement allows of the box; ``about`` is the action and resource to show."""
    best: AllowedRequest | None = None
    for policy, rule in case.allows:
        inside = (case.high & rule.high).within(box)
        if not inside:
            continue
        sure = (case.low & rule.low).within(box)
        if sure:
            return _describe(case, sure, (policy, rule), about, exact=True)
        best = best or _describe(case, inside, (policy, rule), about, exact=False)
    return best


def _describe(
    case: PrincipalRequests,
    requests: RequestSet,
    by: tuple[int, Rule],
    about: tuple[str, str] | None,
    *,
    exact: bool,
) -> AllowedRequest:
    layout = case.context.layout
    picked = requests.pick() or {}
    action, resource = about or pair(
        case, picked.get(layout.action, 1), 1 << picked.get(layout.object, 1)
    )
    policy, rule = by
    return AllowedRequest(
        action=action,
        resource=resource,
        context=case.context.sample_values(picked),
        statement=rule.label,
        path=rule.path,
        policy=policy,
        exact=exact,
    )


def pair(case: PrincipalRequests, index: int, places: int) -> tuple[str, str]:
    """An action of the class and a resource of the classes, the one about the other if possible."""
    action = case.action(index)
    examples = (name for name in reversed(EXAMPLES) if case.actions_of(name) >> index & 1)
    for name in (action, *examples):
        for resource in usual_resources(name, case.principal.partition, case.principal.account):
            if case.places(resource) & places:
                return name, resource
    first = (places & -places).bit_length() - 1
    return action, str(case.context.axes["object"].samples[first])
