"""All policies of one bucket over one space: each statement as the set of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field

from cloudpack_baseline.access.acl import acl_rules, named_grantees
from cloudpack_baseline.access.actions import (
    ACTIONS,
    KNOWN,
    ON_BUCKET,
    ON_OBJECT,
    action_matches,
    actions_mask,
    bits,
    unknown_action,
)
from cloudpack_baseline.access.added_predicates import binding_tests, own_access_points
from cloudpack_baseline.access.axes import text_axis
from cloudpack_baseline.access.building import build_context
from cloudpack_baseline.access.callers import names_caller
from cloudpack_baseline.access.channels import Channel
from cloudpack_baseline.access.context import PolicyContext, frequent_keys
from cloudpack_baseline.access.denies import STEPS, subtract
from cloudpack_baseline.access.fixed_values import fixed_principals, fixed_values
from cloudpack_baseline.access.keys import AP_KEYS, Presence, actions_with_key, find_key
from cloudpack_baseline.access.log_delivery import log_folders
from cloudpack_baseline.access.policy import PrincipalElement
from cloudpack_baseline.access.principals import principal_classes
from cloudpack_baseline.access.resources import resource_test
from cloudpack_baseline.access.rules import build_rule, predicates_of, read, statement_callers
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cloudpack_baseline.access.bucket import AccessPointAccess, BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate, StringPredicate
    from cloudpack_baseline.access.requests import Request
    from cloudpack_baseline.access.rules import PendingStatement, Rule
    from cloudpack_baseline.access.space import RequestSet

__all__ = ["Analysis", "ExtraValues", "PolicySource", "analyse"]


@frozen(kw_only=True)
class ExtraValues:
    """Values to distinguish in addition to those of the policies.

    ``since`` is a test on aws:CurrentTime: requests at earlier times do not count.
    """

    accounts: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    tests: tuple[tuple[str, Predicate], ...] = ()
    objects: tuple[StringPredicate, ...] = ()
    since: Predicate | None = None


@define(eq=False)
class PolicySource:
    """One policy of the bucket or of an access point."""

    name: str
    policy: Policy
    arn: str
    object_prefix: str
    point: AccessPointAccess | None = None
    trusted: dict[str, Predicate] = field(factory=dict)
    box: dict[int, int] | None = None


@define(eq=False)
class Analysis:
    """The sets of one bucket.

    ``open_high`` and ``open_low`` are the requests that no Deny of the bucket policy stops,
    possibly and surely; ``skipped`` the Denies that grew too complex and were left out.
    """

    bucket: BucketAccess
    context: PolicyContext
    actions: tuple[str, ...]
    sources: tuple[PolicySource, ...]
    allows: dict[str, list[Rule]]
    denies: dict[str, list[Rule]]
    acl: list[Rule]
    open_high: dict[str, RequestSet] = field(factory=dict)
    open_low: dict[str, RequestSet] = field(factory=dict)
    skipped: list[Rule] = field(factory=list)
    bindings: dict[str, list[Predicate]] = field(factory=dict)
    log_folders: dict[str, StringPredicate] = field(factory=dict)
    requests: dict[RequestSet, Request] = field(factory=dict)

    def rules(self) -> Iterable[Rule]:
        """All statements and grants."""
        for table in (self.allows, self.denies):
            for rules in table.values():
                yield from rules
        yield from self.acl

    def callers(self, test: Callable[[Caller], bool]) -> int:
        """The mask of callers that pass a test."""
        return sum(1 << i for i, caller in enumerate(self.context.callers) if test(caller))

    def trust(self, source: PolicySource) -> dict[int, int]:
        """The box of requests without a trusted value: where grants are public."""
        if source.box is None:
            source.box = self._trust(source)
        return source.box

    def _trust(self, source: PolicySource) -> dict[int, int]:
        layout = self.context.layout
        trusted = source.trusted
        named = fixed_principals(source.policy)
        canonical = self.bucket.owner_canonical_id

        def is_trusted(caller: Caller) -> bool:
            return names_caller(named, caller, canonical) or any(
                _passes(predicate, caller.value(key)) for key, predicate in trusted.items()
            )

        box = {layout.caller: ~self.callers(is_trusted)}
        for key, predicate in trusted.items():
            level = layout.keys.get(key)
            if level is not None:
                box[level] = ~self.context.axes[key].where(predicate)
        return box


def _passes(predicate: Predicate, value: object) -> bool:
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return any(predicate.verdict(text)[0] for text in texts)


def _channels(bucket: BucketAccess, policy: Policy | None) -> tuple[Channel, ...]:
    channels = [Channel(), Channel(endpoint=True)]
    for point in bucket.access_points:
        fixed = {
            "s3:dataaccesspointarn": point.arn,
            "s3:dataaccesspointaccount": point.account,
            "s3:accesspointnetworkorigin": point.network_origin,
        }
        if point.network_origin == "Internet":
            channels.append(Channel(point=point.name, fixed=tuple(fixed.items())))
        elif point.vpc_id:
            fixed["aws:sourcevpc"] = point.vpc_id
        channels.append(Channel(endpoint=True, point=point.name, fixed=tuple(fixed.items())))
    tested = {c.key.lower() for s in (policy.statements if policy else ()) for c in s.conditions}
    if tested & AP_KEYS:
        channels += [
            Channel(endpoint=e, point=p, counts=p == "foreign")
            for p in ("own", "foreign")
            for e in (False, True)
        ]
    return tuple(channels)


def _sources(bucket: BucketAccess) -> tuple[PolicySource, ...]:
    sources: list[PolicySource] = []
    if bucket.policy is not None:
        trusted = fixed_values(bucket.policy)
        sources.append(
            PolicySource("policy", bucket.policy, bucket.arn, bucket.arn + "/", trusted=trusted)
        )
    for point in bucket.access_points:
        if point.policy is not None:
            trusted = fixed_values(point.policy, of_bucket=False)
            name, prefix = f"access point {point.name}", f"{point.arn}/object/"
            sources.append(PolicySource(name, point.policy, point.arn, prefix, point, trusted))
    return tuple(sources)


def analyse(bucket: BucketAccess, extras: ExtraValues | None = None) -> Analysis:
    """Lay out the space of a bucket and make every statement a set in it."""
    extras = extras or ExtraValues()
    sources = _sources(bucket)
    policies = [source.policy for source in sources]
    context = _context(bucket, policies, extras)
    unknown = _unknown_actions(policies)
    frequent = frequent_keys(policies)
    pending = [
        _read(bucket, context, source, statement, unknown, frequent)
        for source in sources
        for statement in source.policy.statements
    ]
    tests = predicates_of(pending)
    bindings = binding_tests(tests)
    for source in sources:
        tests += _tests_on_axes((k, t) for k, t in source.trusted.items() if k in frequent)
    tests += _tests_on_axes(extras.tests)
    tests += _tests_on_axes(
        (key, t) for key, tests_of_key in bindings.items() for t in tests_of_key
    )
    if any(channel.point in {"own", "foreign"} for channel in context.channels):
        tests += _tests_on_axes(own_access_points(bucket.owner_account))
    folders = log_folders(policies, context.callers)
    extras = evolve(extras, objects=(*extras.objects, *folders.values()))
    _build(context, tests, pending, extras, len(unknown))
    analysis = Analysis(
        bucket,
        context,
        (*ACTIONS, *unknown),
        sources,
        {},
        {},
        acl_rules(bucket, context),
        bindings=bindings,
        log_folders=folders,
    )
    for statement in pending:
        rule = build_rule(context, statement)
        table = analysis.allows if rule.allows else analysis.denies
        table.setdefault(rule.source, []).append(rule)
    _subtract(analysis)
    return analysis


def _context(
    bucket: BucketAccess, policies: Sequence[Policy], extras: ExtraValues
) -> PolicyContext:
    canonical = (named_grantees(bucket) | set(extras.canonical)) - {bucket.owner_canonical_id}
    classes = principal_classes(
        policies,
        owner=bucket.owner_account,
        partition=bucket.partition,
        elements=(PrincipalElement(canonical=tuple(sorted(filter(None, canonical)))),),
        accounts=extras.accounts,
        services=extras.services,
        owner_canonical=bucket.owner_canonical_id,
    )
    owner = bucket.owner_account, bucket.owner_org_id
    # The owner is that of the callers to distinguish, and of the resource.
    return PolicyContext(classes, _channels(bucket, bucket.policy), *owner, *owner)


def _unknown_actions(policies: Iterable[Policy]) -> tuple[str, ...]:
    names = {
        name: None
        for policy in policies
        for statement in policy.statements
        if statement.effect == "Allow" and not statement.not_action
        for name in map(unknown_action, statement.actions)
        if name is not None
    }
    return tuple(names)


def _read(  # noqa: PLR0913, PLR0917 - what a statement is read against
    bucket: BucketAccess,
    context: PolicyContext,
    source: PolicySource,
    statement: Statement,
    unknown: tuple[str, ...],
    frequent: frozenset[str],
) -> PendingStatement:
    def known(name: str) -> Key | None:
        key = find_key(name)
        if key is None or key.presence is Presence.FEDERATED or name.lower() not in frequent:
            return None
        return context.as_settled(key)

    place = (source.arn, source.object_prefix)
    variables = source.policy.variables
    return read(
        context,
        source.policy,
        statement,
        source.name,
        callers=statement_callers(statement, context.callers, bucket.owner_canonical_id),
        channels=sum(
            1 << index
            for index, channel in enumerate(context.channels)
            if source.point is None or channel.point == source.point.name
        ),
        known=known,
        resources=lambda settlement: resource_test(
            statement, settlement.environment, variables=variables, place=place
        ),
        actions=_action_mask(statement, unknown),
    )


def _action_mask(statement: Statement, unknown: tuple[str, ...]) -> int:
    mask = actions_mask(statement.actions)
    # Actions that S3 does not know have the bits after those that it does.
    matched = sum(
        1 << len(ACTIONS) + index
        for index, name in enumerate(unknown)
        if any(action_matches(pattern, name) for pattern in statement.actions)
    )
    if not statement.not_action:
        return mask | matched
    # What S3 does not know is not granted by leaving something else out.
    denied = ((1 << len(unknown)) - 1) << len(ACTIONS) if statement.effect == "Deny" else 0
    return KNOWN & ~mask | (denied & ~matched)


def _tests_on_axes(
    pairs: Iterable[tuple[str, Predicate]],
) -> list[tuple[Key, Predicate | None]]:
    """The tests whose keys have an axis, by the keys' names; callers settle the others."""
    keys = ((find_key(name), predicate) for name, predicate in pairs)
    return [
        (key, predicate) for key, predicate in keys if key and key.presence is not Presence.IDENTITY
    ]


def _build(
    context: PolicyContext,
    tests: Sequence[tuple[Key, Predicate | None]],
    pending: Sequence[PendingStatement],
    extras: ExtraValues,
    unknown: int,
) -> None:
    objects = [test.keys for statement in pending for test in statement.resources if test]
    # An action that S3 does not know may be about anything and carry any key.
    unknown_mask = ((1 << unknown) - 1) << len(ACTIONS)
    build_context(
        context,
        tests,
        objects=text_axis("object", list(dict.fromkeys((*objects, *extras.objects))), empty=False),
        action_count=len(ACTIONS) + unknown,
        object_actions=ON_OBJECT | unknown_mask,
        bucket_actions=ON_BUCKET | unknown_mask,
        actions_of=lambda key: bits(actions_with_key(key)) | unknown_mask,
        since=extras.since,
    )


def _subtract(analysis: Analysis) -> None:
    """Take the Denies of each policy from all requests."""
    context = analysis.context
    count = sum(1 for _ in analysis.rules())
    sources = dict.fromkeys(("policy", *(source.name for source in analysis.sources)))
    for source in sources:
        high, low, skipped = subtract(
            context.space,
            context.valid,
            analysis.denies.get(source, ()),
            rules=count,
            steps=STEPS // len(sources),
        )
        analysis.open_high[source], analysis.open_low[source] = high, low
        analysis.skipped += skipped
