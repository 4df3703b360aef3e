"""All policies of one bucket over one space: each statement as the set of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field, frozen

from cloudpack_baseline.access.actions import (
    ACTIONS,
    KNOWN,
    ON_BUCKET,
    ON_OBJECT,
    actions_mask,
    bits,
    matches,
    unknown_action,
)
from cloudpack_baseline.access.added_predicates import (
    account_patterns,
    binding_tests,
    identity_patterns,
    own_access_points,
    sample_accounts,
    sample_services,
)
from cloudpack_baseline.access.axes import text_axis
from cloudpack_baseline.access.callers import callers, covers, exempts
from cloudpack_baseline.access.context import (
    Channel,
    PendingStatement,
    PolicyContext,
    Rule,
    frequent_keys,
)
from cloudpack_baseline.access.denies import STEPS, subtract
from cloudpack_baseline.access.fixed_values import fixed_principals, fixed_values
from cloudpack_baseline.access.keys import AP_KEYS, Presence, actions_of, find_key
from cloudpack_baseline.access.policy import PrincipalElement
from cloudpack_baseline.access.resources import resource_test
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cloudpack_baseline.access.axes import Masks
    from cloudpack_baseline.access.bucket import AccessPoint, BucketAccess
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate, StringPredicate
    from cloudpack_baseline.access.requests import Request

__all__ = ["Analysis", "ExtraValues", "PolicySource", "analyse"]

_ACL_ACTIONS: Final = {
    "READ": bits(("ListBucket", "ListBucketVersions", "ListBucketMultipartUploads")),
    "WRITE": bits(("PutObject",)),
    "READ_ACP": bits(("GetBucketAcl",)),
    "WRITE_ACP": bits(("PutBucketAcl",)),
}
_TIME: Final = "aws:currenttime"
_FULL_CONTROL: Final = sum(_ACL_ACTIONS.values())


@frozen(kw_only=True)
class ExtraValues:
    """Values to be told apart besides those of the policies.

    ``since`` is a test on aws:CurrentTime: requests of other times are past and do not count.
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
    point: AccessPoint | None = None
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
            return covers(named, caller, canonical) or any(
                _passes(predicate, caller.value(key)) for key, predicate in trusted.items()
            )

        box = {layout.caller: ~self.callers(is_trusted)}
        for key, predicate in trusted.items():
            level = layout.keys.get(key)
            if level is not None:
                box[level] = ~self.context.axes[key].where(predicate)
        return box


def _passes(predicate: Predicate, value: object) -> bool:
    if value is None or not isinstance(value, (str, tuple)):
        return False
    return any(
        predicate.verdict(item)[0] for item in ((value,) if isinstance(value, str) else value)
    )


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
            sources.append(
                PolicySource(
                    f"access point {point.name}",
                    point.policy,
                    point.arn,
                    point.arn + "/object/",
                    point,
                    trusted,
                )
            )
    return tuple(sources)


def _groups(bucket: BucketAccess) -> set[str]:
    """The grantees that are groups, by URI or by name."""
    names = {"AllUsers", "AuthenticatedUsers", "LogDelivery"}
    return {g.grantee for g in bucket.acl if "://" in g.grantee or g.grantee in names}


def _principal_classes(
    bucket: BucketAccess, sources: Sequence[PolicySource], extras: ExtraValues
) -> tuple[Caller, ...]:
    policies = [source.policy for source in sources]
    elements = [s.principal for p in policies for s in p.statements if s.principal is not None]
    acl = {grant.grantee for grant in bucket.acl} - _groups(bucket)
    canonical = tuple(sorted((acl - {bucket.owner_canonical_id}) | set(extras.canonical)))
    elements.append(PrincipalElement(canonical=tuple(c for c in canonical if c)))
    fresh, services = sample_services(policies)
    accounts, split = account_patterns(policies)
    arns, names = (
        identity_patterns(policies, bucket.owner_account, bucket.partition) if split else ({}, ())
    )
    return callers(
        elements,
        owner=bucket.owner_account,
        partition=bucket.partition,
        accounts=(*extras.accounts, *accounts),
        samples=sample_accounts(policies, bucket.partition),
        services=(fresh, (*services, *extras.services)),
        arn_tests=arns,
        name_tests=names,
        split=split,
        owner_canonical=bucket.owner_canonical_id,
    )


def analyse(bucket: BucketAccess, extras: ExtraValues | None = None) -> Analysis:
    """Lay out the space of a bucket and make every statement a set in it."""
    extras = extras or ExtraValues()
    sources = _sources(bucket)
    context = PolicyContext(
        _principal_classes(bucket, sources, extras),
        _channels(bucket, bucket.policy),
        bucket.owner_account,
        bucket.owner_org_id,
        bucket.owner_account,
        bucket.owner_org_id,
    )
    unknown = _unknown_actions(source.policy for source in sources)
    frequent = frequent_keys(source.policy for source in sources)
    pending = [
        _pending(bucket, context, source, statement, unknown, frequent)
        for source in sources
        for statement in source.policy.statements
    ]
    bindings = binding_tests(t for item in pending for d in item.normalized for t in d.tests)
    _build(bucket, context, sources, pending, extras, len(unknown), frequent, bindings)
    if extras.since is not None and _TIME in context.axes:
        time = {context.layout.keys[_TIME]: context.axes[_TIME].where(extras.since)}
        context.valid = context.valid.within(time)
    analysis = Analysis(
        bucket,
        context,
        (*ACTIONS, *unknown),
        sources,
        {},
        {},
        _acl_rules(bucket, context),
        bindings=bindings,
    )
    for item in pending:
        rule = _rule(context, item)
        table = analysis.allows if rule.allows else analysis.denies
        table.setdefault(item.source, []).append(rule)
    _subtract(analysis)
    return analysis


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


def _pending(  # noqa: PLR0913, PLR0917 - what a statement is read against
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
        settled = key.id == "aws:resourceorgid" and context.resource_org is not None
        return evolve(key, presence=Presence.CONSTANT) if settled else key

    variables = source.policy.variables
    channels = sum(
        1 << index
        for index, channel in enumerate(context.channels)
        if source.point is None or channel.point == source.point.name
    )
    normalized = context.normalized(
        statement,
        _caller_masks(bucket, context, statement),
        channels,
        variables=variables,
        known=known,
    )
    pending = PendingStatement(statement, source.name, normalized, _action_mask(statement, unknown))
    for target in normalized:
        test = resource_test(
            statement, source.arn, source.object_prefix, target.environment, variables=variables
        )
        bucket_mask = (int(test.bucket[0]), int(test.bucket[1]))
        pending.resources.append((bucket_mask, test.keys))
    return pending


def _caller_masks(bucket: BucketAccess, context: PolicyContext, statement: Statement) -> Masks:
    element = statement.principal
    full = (1 << len(context.callers)) - 1
    if element is None or (element.everyone and not statement.not_principal):
        return full, full
    canonical = bucket.owner_canonical_id
    spares = exempts if statement.not_principal and statement.effect == "Deny" else covers
    named = sum(1 << i for i, c in enumerate(context.callers) if spares(element, c, canonical))
    mask = full & ~named if statement.not_principal else named
    return mask, mask


def _action_mask(statement: Statement, unknown: tuple[str, ...]) -> int:
    mask = actions_mask(statement.actions)
    matched = sum(
        1 << len(ACTIONS) + index
        for index, name in enumerate(unknown)
        if any(matches(pattern, name) for pattern in statement.actions)
    )
    if not statement.not_action:
        return mask | matched
    unnamed = ((1 << len(unknown)) - 1) << len(ACTIONS)
    # What S3 does not know is not granted by leaving something else out.
    return KNOWN & ~mask | (unnamed & ~matched if statement.effect == "Deny" else 0)


def _build(  # noqa: PLR0913, PLR0917 - all that the axes are cut by
    bucket: BucketAccess,
    context: PolicyContext,
    sources: Sequence[PolicySource],
    pending: Sequence[PendingStatement],
    extras: ExtraValues,
    unknown: int,
    frequent: frozenset[str],
    bindings: dict[str, list[Predicate]],
) -> None:
    tests = [(t.key, t.predicate) for item in pending for d in item.normalized for t in d.tests]
    for source in sources:
        tests += _named(source.trusted.items(), frequent)
    tests += _named(extras.tests, None)
    if extras.since is not None and any(key.id == _TIME for key, _ in tests):
        tests += _named([(_TIME, extras.since)], None)
    tests += _named(((key, t) for key, predicates in bindings.items() for t in predicates), None)
    if any(channel.point in {"own", "foreign"} for channel in context.channels):
        tests += _named(own_access_points(bucket.owner_account), None)
    objects = [keys for item in pending for _, keys in item.resources]
    strange = ((1 << unknown) - 1) << len(ACTIONS)
    context.build(
        tests,
        objects=text_axis("object", list(dict.fromkeys((*objects, *extras.objects))), empty=False),
        action_count=len(ACTIONS) + unknown,
        object_actions=ON_OBJECT | strange,
        bucket_actions=ON_BUCKET | strange,
        actions_of=lambda key: bits(actions_of(key)) | strange,
    )


def _named(
    pairs: Iterable[tuple[str, Predicate]], frequent: frozenset[str] | None
) -> list[tuple[Key, Predicate | None]]:
    tests: list[tuple[Key, Predicate | None]] = []
    for name, predicate in pairs:
        key = find_key(name)
        on_axis = key is not None and key.presence is not Presence.IDENTITY
        if key is not None and on_axis and (frequent is None or name in frequent):
            tests.append((key, predicate))
    return tests


def _rule(context: PolicyContext, item: PendingStatement) -> Rule:
    low = high = RequestSet.nothing(context.space)
    objects = context.axes["object"]
    for target, (bucket, keys) in zip(item.normalized, item.resources, strict=True):
        sure, possible = objects.some_value[keys]
        places = (sure | bucket[0], possible | bucket[1])
        if item.statement.not_resource:
            places = (objects.full & ~places[1], objects.full & ~places[0])
        sets = context.sets(
            target,
            {
                context.layout.action: (item.actions, item.actions),
                context.layout.object: places,
            },
        )
        low |= sets[0]
        high |= sets[1]
    # One object where both are the same, so that the rest is worked out once.
    low = high if low == high else low
    reasons = dict.fromkeys(reason for target in item.normalized for reason in target.inexactness)
    statement = item.statement
    return Rule(
        statement.label,
        item.source,
        statement.path,
        statement.effect == "Allow",
        low,
        high,
        tuple(reasons),
    )


def _acl_rules(bucket: BucketAccess, context: PolicyContext) -> list[Rule]:
    rules: list[Rule] = []
    for index, grant in enumerate(bucket.acl if bucket.acl_counts else ()):
        if grant.public and bucket.block.ignore_public_acls:
            continue
        mask = sum(
            1 << i for i, c in enumerate(context.callers) if _granted(grant.grantee, c, bucket)
        )
        actions = _ACL_ACTIONS.get(grant.permission, _FULL_CONTROL)
        layout = context.layout
        box = RequestSet.box(context.space, {layout.caller: mask, layout.action: actions})
        rules.append(
            Rule(
                f"ACL {grant.permission}",
                "acl",
                f"$.Grants[{index}]",
                allows=True,
                low=box,
                high=box,
                public_acl=grant.public,
            )
        )
    return rules


def _granted(grantee: str, caller: Caller, bucket: BucketAccess) -> bool:
    group = grantee.rpartition("/")[2]
    if group == "AllUsers":
        return caller.kind != "service"
    if group == "AuthenticatedUsers":
        return caller.kind in {"account", "canonical"}
    if caller.owner and grantee == bucket.owner_canonical_id:
        return True
    return caller.kind == "canonical" and caller.name == grantee


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
