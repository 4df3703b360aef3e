"""Who may use a resource by its policy, beyond those that it may be shared with.

Resources of all services but Amazon S3: a key, a queue, a function and so on.

Source: IAM User Guide, "Cross-account resource access in IAM"; AWS KMS Developer Guide, "Condition
keys for AWS KMS" (kms:CallerAccount).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import evolve

from cloudpack_baseline.access.added_predicates import binding_tests
from cloudpack_baseline.access.axes import ABSENT, text_axis
from cloudpack_baseline.access.building import build_context, named_values
from cloudpack_baseline.access.channels import Channel
from cloudpack_baseline.access.context import PolicyContext, frequent_keys
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.grants import (
    EffectiveGrant,
    best_grant,
    grant_of,
    grants_without,
    unreported,
)
from cloudpack_baseline.access.keys import Key, Kind, Presence, find_key
from cloudpack_baseline.access.networks import networks_text, parse_network, union
from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    StringPredicate,
    equal_to,
    not_before,
)
from cloudpack_baseline.access.principals import caller_groups, principal_classes
from cloudpack_baseline.access.requests import RequestWitness
from cloudpack_baseline.access.resources import ResourceTest, resource_test
from cloudpack_baseline.access.results import Approximation
from cloudpack_baseline.access.rules import (
    PendingStatement,
    build_rule,
    predicates_of,
    read,
    statement_actions,
    statement_callers,
)
from cloudpack_baseline.access.service_keys import find_service_key, is_carried
from cloudpack_baseline.access.shared_resources import (
    AllowedSharing,
    SharedResource,
    SharingComparison,
    UndeclaredAccess,
)
from cloudpack_baseline.access.source_binding import sources_bound_by, unbound_box
from cloudpack_baseline.access.space import RequestSet, classes_in
from cloudpack_baseline.access.witnesses import complete_classes, request_at
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.normalization import NormalizedStatement
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.rules import Rule

__all__ = ["undeclared_access"]

_ORG_ID: Final = "aws:principalorgid"
_ORG_PATHS: Final = "aws:principalorgpaths"
_SOURCE_IP: Final = "aws:sourceip"
_ENDPOINTS: Final = ("aws:sourcevpc", "aws:sourcevpce")
_ENDPOINT_ACCOUNT: Final = "aws:vpceaccount"
_ENDPOINT_ORG_ID: Final = "aws:vpceorgid"
_ENDPOINT_ORG_PATHS: Final = "aws:vpceorgpaths"
_ALIASES: Final = {"kms:calleraccount": "aws:PrincipalAccount"}
"""Keys of services that are a global key by another name."""
_ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"
"""How the family of keys begins that the reference lists with a placeholder."""


def undeclared_access(
    policy: Policy,
    resource: SharedResource,
    allowed: AllowedSharing,
    *,
    since: datetime | None = None,
) -> SharingComparison:
    """Compare what the policy of a resource allows with whom it may be shared with.

    Services that the policy names have access; services in general, only if they are limited to a
    source. So do requests through VPCs and VPC endpoints that the policy names, and through VPC
    endpoints of an expected account or organization. What the policy allows only before ``since``
    (with a time zone) does not count.

    Raises:
        ValueError: a network is not a CIDR block.
    """
    analysis = _analyse(_with_global_keys(policy), resource, allowed, since)
    undeclared = tuple(_undeclared(analysis))
    return SharingComparison(
        undeclared=undeclared,
        recipients=tuple(_recipients(analysis)),
        unbound_services=tuple(_unbound_services(analysis)),
        deputy_sources=tuple(_deputy_sources(analysis)),
        approximations=()
        if all(access.exact for access in undeclared)
        else tuple(_approximations(analysis)),
    )


@frozen(kw_only=True)
class _SharingAnalysis:
    """What the policy grants, in the space of its requests.

    Attributes:
        resource: what the policy belongs to.
        allowed: whose requests are expected.
        context: callers and axes.
        actions: those of the resource, and those that the policy names beside them.
        rules: the statements.
        skipped: Denies that were too complex.
        grants: what each Allow grants after the Denies.
        bindings: by key, the tests that bind a service to a source.
    """

    resource: SharedResource
    allowed: AllowedSharing
    context: PolicyContext
    actions: tuple[str, ...]
    rules: tuple[Rule, ...]
    skipped: tuple[Rule, ...]
    grants: tuple[EffectiveGrant, ...]
    bindings: Mapping[str, Sequence[Predicate]]

    def callers(self, test: Callable[[Caller], bool]) -> int:
        """The mask of callers that pass a test."""
        return sum(1 << i for i, caller in enumerate(self.context.callers) if test(caller))

    def is_expected(self, caller: Caller) -> bool:
        """Whether it belongs to the owner or to an expected account."""
        return caller.owner or (not caller.stranger and caller.account in self.allowed.accounts)


def _with_global_keys(policy: Policy) -> Policy:
    """The policy with the global names of keys that services name otherwise."""
    statements = (
        evolve(
            statement,
            conditions=tuple(
                evolve(condition, key=_ALIASES.get(condition.key.lower(), condition.key))
                for condition in statement.conditions
            ),
        )
        for statement in policy.statements
    )
    return evolve(policy, statements=tuple(statements))


def _analyse(
    policy: Policy, resource: SharedResource, allowed: AllowedSharing, since: datetime | None
) -> _SharingAnalysis:
    classes = principal_classes((policy,), owner=resource.account, partition=resource.partition)
    callers = tuple(c for c in classes if not (resource.signed and c.kind == "anonymous"))
    owner = resource.account, resource.organization
    context = PolicyContext(callers, (Channel(), Channel(endpoint=True)), *owner, *owner)
    actions = tuple(dict.fromkeys((*resource.actions, *_named_actions(policy, resource))))
    pending = list(_read(context, policy, resource, actions))
    tests = predicates_of(pending)
    bindings = binding_tests(tests)
    added = _added(tests, bindings, resource, allowed)
    _build(context, resource, [*tests, *added], pending, actions, since)
    rules = tuple(build_rule(context, statement) for statement in pending)
    denies = [rule for rule in rules if not rule.allows]
    possible = context.valid.within(dict(_constant_classes(context, resource)))
    high, low, skipped = subtract(context.space, possible, denies, rules=len(rules))
    return _SharingAnalysis(
        resource=resource,
        allowed=allowed,
        context=context,
        actions=actions,
        rules=rules,
        skipped=tuple(skipped),
        grants=tuple(grant_of(rule, high, low) for rule in rules if rule.allows),
        bindings=bindings,
    )


def _named_actions(policy: Policy, resource: SharedResource) -> Iterator[str]:
    """Actions that the policy names and the reference does not list for the resource."""
    known = {action.lower() for action in (*resource.actions, *resource.excluded)}
    services = {action.partition(":")[0] for action in resource.actions}
    for statement in policy.statements:
        for action in statement.actions:
            service, colon, name = action.lower().partition(":")
            exact = colon and not set(name) & set("*?")
            if exact and service in services and action.lower() not in known:
                yield action


def _read(
    context: PolicyContext, policy: Policy, resource: SharedResource, actions: Sequence[str]
) -> Iterator[PendingStatement]:
    frequent = frequent_keys((policy,))
    place = (resource.arn, resource.child_prefix or f"{resource.arn}/")

    def known(name: str) -> Key | None:
        return _find_known_key(name, context) if name.lower() in frequent else None

    for statement in policy.statements:
        yield read(
            context,
            policy,
            statement,
            "policy",
            callers=statement_callers(statement, context.callers),
            channels=0b11,
            known=known,
            resources=None
            if statement.resources is None
            else partial(_test_resources, policy, statement, place),
            actions=statement_actions(statement, actions),
        )


def _test_resources(
    policy: Policy, statement: Statement, place: tuple[str, str], settlement: NormalizedStatement
) -> ResourceTest:
    return resource_test(statement, settlement.environment, variables=policy.variables, place=place)


def _find_known_key(name: str, context: PolicyContext) -> Key | None:
    key = find_key(name)
    if key is None:
        return _find_key_of_service(name)
    if key.id.startswith("s3:") or key.presence is Presence.FEDERATED:
        return None
    return context.as_settled(key)


def _find_key_of_service(name: str) -> Key | None:
    if name.lower().startswith(_ENCRYPTION_CONTEXT):
        return Key(name.lower(), name, Kind.TEXT, Presence.OPERATION)
    return find_service_key(name)


def _added(
    tests: Sequence[tuple[Key, Predicate | None]],
    bindings: Mapping[str, Sequence[Predicate]],
    resource: SharedResource,
    allowed: AllowedSharing,
) -> Iterator[tuple[Key, Predicate | None]]:
    """Tests that distinguish what is expected, what is constant, and what binds a service."""
    keys = {key.id: key for key, _ in tests}
    for name, several in bindings.items():
        yield from ((keys[name], test) for test in several)
    for name, predicate in _expected_values(allowed, resource):
        if name in keys:
            yield keys[name], predicate
    for key, test_of_key in tests:
        if key.id in _ENDPOINTS and test_of_key is not None:
            yield from ((key, value) for value in named_values((test_of_key,)))


def _expected_values(
    allowed: AllowedSharing, resource: SharedResource
) -> Iterator[tuple[str, Predicate]]:
    yield from _expected_memberships(allowed, resource)
    if allowed.networks:
        yield _SOURCE_IP, _addresses_of(allowed)
    values = [*allowed.confinements.items(), *((k, (v,)) for k, v in resource.constants.items())]
    for name, texts in values:
        yield from ((name, equal_to(text)) for text in texts)


def _expected_memberships(
    allowed: AllowedSharing, resource: SharedResource
) -> Iterator[tuple[str, Predicate]]:
    """Tests on the organization of the caller, and on whose VPC endpoint it uses."""
    for organization in allowed.organizations:
        yield _ORG_ID, equal_to(organization)
        yield _ORG_PATHS, _paths_of(organization)
        yield _ENDPOINT_ORG_ID, equal_to(organization)
        yield _ENDPOINT_ORG_PATHS, _paths_of(organization)
    for account in (resource.account, *allowed.accounts):
        yield _ENDPOINT_ACCOUNT, equal_to(account)


def _paths_of(organization: str) -> StringPredicate:
    return StringPredicate((glob(((f"{organization}/*", False),)),))


def _addresses_of(allowed: AllowedSharing) -> AddressPredicate:
    return AddressPredicate(union(parse_network(text) for text in allowed.networks))


def _build(  # noqa: PLR0913, PLR0917 - all that the axes are cut by
    context: PolicyContext,
    resource: SharedResource,
    tests: Sequence[tuple[Key, Predicate | None]],
    pending: Sequence[PendingStatement],
    actions: Sequence[str],
    since: datetime | None,
) -> None:
    children = [test.keys for statement in pending for test in statement.resources if test]
    every_action = (1 << len(actions)) - 1
    build_context(
        context,
        tests,
        objects=text_axis("child", list(dict.fromkeys(children)), empty=False),
        action_count=len(actions),
        object_actions=every_action,
        bucket_actions=every_action,
        actions_of=lambda key: _carriers(key, actions, resource.arn),
        since=None if since is None else not_before(since),
    )


def _carriers(key: Key, actions: Sequence[str], arn: str) -> int:
    """The actions whose requests may carry a key of a service."""
    if key.id.startswith(_ENCRYPTION_CONTEXT):
        return -1  # all of them
    return sum(1 << i for i, name in enumerate(actions) if is_carried(key.id, name, arn))


def _constant_classes(
    context: PolicyContext, resource: SharedResource
) -> Iterator[tuple[int, int]]:
    """The box of the requests that there are: with constant keys, and children if it has any."""
    for name, value in resource.constants.items():
        if name in context.axes:
            yield context.layout.keys[name], _classes_of(context, name, (value,)) | ABSENT
    if not resource.child_prefix:
        yield context.layout.object, ABSENT


def _classes_of(context: PolicyContext, key: str, values: Iterable[str]) -> int:
    """The classes of single values of a key, each of which has its own."""
    values = tuple(values)
    samples = context.axes[key].samples
    return sum(1 << place for place, sample in enumerate(samples) if sample in values)


def _expected_requests(analysis: _SharingAnalysis) -> RequestSet:
    """Every request that need not be reported."""
    context, layout = analysis.context, analysis.context.layout
    named_services = analysis.callers(lambda c: c.kind == "service" and not c.stranger)
    services = analysis.callers(lambda c: c.kind == "service")
    expected = RequestSet.nothing(context.space)
    for box in (
        {layout.caller: analysis.callers(analysis.is_expected)},
        {layout.caller: named_services},
        *_confined_boxes(analysis),
    ):
        expected |= RequestSet.box(context.space, box)
    unbound = RequestSet.box(context.space, unbound_box(context, analysis.bindings))
    return expected | (~unbound).within({layout.caller: services})


def _confined_boxes(analysis: _SharingAnalysis) -> Iterator[dict[int, int]]:
    """The boxes of requests that a condition key makes acceptable, whoever sends them."""
    context, allowed = analysis.context, analysis.allowed
    levels, axes = context.layout.keys, context.axes
    for name, test in _expected_memberships(allowed, analysis.resource):
        if name in axes:
            yield {levels[name]: axes[name].where(test)}
    if allowed.networks and _SOURCE_IP in axes:
        yield {levels[_SOURCE_IP]: axes[_SOURCE_IP].where(_addresses_of(allowed))}
    for name in _ENDPOINTS:
        if name in axes:
            named = axes[name].named
            places = (place for place, sample in enumerate(axes[name].samples) if sample in named)
            yield {levels[name]: sum(1 << place for place in places)}
    for name, values in allowed.confinements.items():
        if name in axes:
            yield {levels[name]: _classes_of(context, name, values)}


def _undeclared(analysis: _SharingAnalysis) -> Iterator[UndeclaredAccess]:
    layout = analysis.context.layout
    beyond = grants_without(analysis.grants, _expected_requests(analysis))
    # Whoever may come in unsigned may come in as anyone else: reported once.
    for is_broad in (_is_anonymous, _is_any_account):
        box = {layout.caller: analysis.callers(is_broad)}
        yield from _summaries(analysis, beyond, box[layout.caller])
        beyond = unreported(beyond, box, analysis.context)
    yield from _summaries(analysis, beyond, -1)


def _summaries(
    analysis: _SharingAnalysis, grants: Sequence[EffectiveGrant], among: int
) -> Iterator[UndeclaredAccess]:
    """A summary for each group of callers that has access."""
    for (kind, name), group in caller_groups(analysis.context.callers).items():
        callers = group & among
        box = {analysis.context.layout.caller: callers}
        access = _summarize(analysis, grants, box) if callers else None
        if access is not None:
            yield evolve(access, principal_kind=kind, principal=name)


def _is_anonymous(caller: Caller) -> bool:
    return caller.kind == "anonymous"


def _is_any_account(caller: Caller) -> bool:
    return caller.kind == "account" and caller.stranger


def _summarize(
    analysis: _SharingAnalysis, grants: Sequence[EffectiveGrant], box: Mapping[int, int]
) -> UndeclaredAccess | None:
    """The requests in a box; the name of the principal is still missing."""
    best = best_grant(grants, box)
    if best is None:
        return None
    grant, requests, sure = best
    granted = [inside for inside in (grant.high.within(box) for grant in grants) if inside]
    mask = classes_in(granted, analysis.context.layout.action)
    return UndeclaredAccess(
        principal_kind="",
        principal="",
        actions=tuple(name for i, name in enumerate(analysis.actions) if mask >> i & 1),
        witness=_witness(analysis, requests, grant.rule),
        organizations=_organizations(analysis, granted),
        networks=_networks(analysis, granted),
        exact=sure,
    )


def _witness(analysis: _SharingAnalysis, requests: RequestSet, rule: Rule) -> RequestWitness:
    context, resource = analysis.context, analysis.resource
    picked = requests.pick() or {}
    # The resource itself where the policy allows it, else what is in it.
    places = {context.layout.object: picked.get(context.layout.object, 0)}
    classes = complete_classes(context.layout, {**picked, **places})
    child = context.axes["object"].samples[classes[context.layout.object]]
    request = request_at(
        context,
        classes,
        action=analysis.actions[classes[context.layout.action]],
        resource=resource.arn if child is None else f"{resource.child_prefix}{child}",
        region=resource.region,
    )
    values = {name: value for name, value in request.context.items() if not name.startswith("s3:")}
    return RequestWitness(
        request=evolve(request, context=values),
        statement=rule.label,
        source="policy",
        path=rule.path,
    )


def _organizations(analysis: _SharingAnalysis, granted: Iterable[RequestSet]) -> tuple[str, ...]:
    """The organizations whose members alone are allowed; none if others are too."""
    if _ORG_ID not in analysis.context.axes:
        return ()
    axis = analysis.context.axes[_ORG_ID]
    mask = classes_in(granted, analysis.context.layout.keys[_ORG_ID])
    samples = [sample for place, sample in enumerate(axis.samples) if place and mask >> place & 1]
    if mask & ABSENT or not axis.named.issuperset(samples):
        return ()
    return tuple(sorted(map(str, samples)))


def _networks(analysis: _SharingAnalysis, granted: Iterable[RequestSet]) -> tuple[str, ...]:
    """The networks from which alone requests are allowed; none if others are too."""
    if _SOURCE_IP not in analysis.context.axes:
        return ()
    axis = analysis.context.axes[_SOURCE_IP]
    mask = classes_in(granted, analysis.context.layout.keys[_SOURCE_IP])
    if mask & ABSENT or mask == axis.present:
        return ()
    ipv4, ipv6 = networks_text(axis.spans_of(mask))
    return (*ipv4, *ipv6)


def _recipients(analysis: _SharingAnalysis) -> Iterator[str]:
    """The expected accounts, beside the owner's, that have access."""
    level = analysis.context.layout.caller
    partners = set(analysis.allowed.accounts) - {analysis.resource.account}
    for (kind, name), callers in caller_groups(analysis.context.callers).items():
        is_partner = kind == "account" and name in partners
        if is_partner and any(grant.high.within({level: callers}) for grant in analysis.grants):
            yield name


def _unbound_services(analysis: _SharingAnalysis) -> Iterator[str]:
    context = analysis.context
    unbound = unbound_box(context, analysis.bindings)
    for index, caller in enumerate(context.callers):
        box = {**unbound, context.layout.caller: 1 << index}
        is_named = caller.kind == "service" and not caller.stranger
        if is_named and any(grant.high.within(box) for grant in analysis.grants):
            yield caller.name


def _deputy_sources(analysis: _SharingAnalysis) -> Iterator[str]:
    context, layout = analysis.context, analysis.context.layout
    services = analysis.callers(lambda caller: caller.kind == "service")
    allowed = analysis.allowed
    expected = {analysis.resource.account, *allowed.accounts, *allowed.organizations}
    # Several keys and ARNs may name a source; a Deny of one of them leaves the others.
    boxes: dict[str, list[dict[int, int]]] = {}
    for key, tests in analysis.bindings.items():
        for test in tests:
            box = {layout.caller: services, layout.keys[key]: context.axes[key].where(test)}
            for source in sources_bound_by(key, test):
                boxes.setdefault(source, []).append(box)
    for source, boxes_of_source in boxes.items():
        if source not in expected and any(
            grant.high.within(box) for box in boxes_of_source for grant in analysis.grants
        ):
            yield source


def _approximations(analysis: _SharingAnalysis) -> Iterator[Approximation]:
    for rule in analysis.rules:
        if rule.inexactness or rule in analysis.skipped or rule.low != rule.high:
            yield Approximation(
                statement=rule.label,
                source="policy",
                inexactness=rule.inexactness,
                questions=("sharing",),
            )
