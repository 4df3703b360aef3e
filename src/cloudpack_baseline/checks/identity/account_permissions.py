"""What the users and roles of an account are allowed to do, for controls on single actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property, reduce
from itertools import chain
from operator import or_

from attrs import evolve

from cloudpack_baseline.access import (
    AllowedRequest,
    EffectivePermissions,
    Policy,
    PrincipalElement,
    Statement,
    means_action,
)
from cloudpack_baseline.baseline.options.identity import AdminPrivilegesOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY
from cloudpack_baseline.checks.identity._pattern_examples import (
    example_arn,
    requested_regions,
    resource_regions,
)
from cloudpack_baseline.checks.identity._policies import (
    SERVICE_LINKED,
    NamedPolicy,
    PolicyDirectory,
    Principal,
    PrincipalPolicies,
    allowed_actions,
    describe_grant,
    granted_request,
    origin_of_grant,
)
from cloudpack_baseline.checks.identity.admin_privileges import declared_administrators
from cloudpack_baseline.checks.identity.permission_reads import PERMISSION_READS
from cloudpack_baseline.checks.identity.service_control import service_control
from cloudpack_baseline.findings import FieldValue, Observation, Witness, failed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.texts import Text, abridged, text

__all__ = [
    "PERMISSION_READS",
    "Ability",
    "AccountPermissions",
    "ActionRequest",
    "GrantedPrincipals",
    "GrantedRequest",
    "PrincipalPermissions",
    "ResourcePolicy",
    "granted_to",
    "permission_witness",
    "principals_granted",
]

_RESERVED = ("aws", "amazon", "amzn")
"""How names of documents begin that only AWS creates (Systems Manager API Reference,
CreateDocument); those that matter are named by requests."""


@frozen(kw_only=True)
class ActionRequest:
    """An action, and templates of the ARNs of resources, one of which has to be allowed.

    Attributes:
        action: such as ``ssm:StartSession``.
        resources: with ``{p}`` for the partition, ``{r}`` for the Region, ``{a}`` for the account
            and ``{n}`` for any name.
        context: values of condition keys.
    """

    action: str
    resources: tuple[str, ...]
    context: tuple[tuple[str, str | None], ...] = ()


@frozen(kw_only=True)
class Ability:
    """What takes one or several requests, all of which have to be allowed.

    Attributes:
        requests: the first one names it in reports.
    """

    requests: tuple[ActionRequest, ...]

    @property
    def name(self) -> str:
        """The action that names it."""
        return self.requests[0].action


@frozen(kw_only=True)
class GrantedRequest:
    """A request of an ability that the policies allow."""

    action: str
    resource: str
    allowed: AllowedRequest


@frozen(kw_only=True)
class PrincipalPermissions:
    """A user or role with what its policies allow.

    Attributes:
        principal: the user or role.
        policies: its policies.
        permissions: the engine, set up for them.
        declared: whether the baseline declares it for the control, or as an administrator.
    """

    principal: Principal
    policies: PrincipalPolicies
    permissions: EffectivePermissions
    declared: bool

    def granted(
        self, ability: Ability, regions: Collection[str]
    ) -> tuple[GrantedRequest, ...] | None:
        """An allowed request for each of those of the ability; ``None``: it has it nowhere.

        A Region in which all of them are certain goes before others. An empty one is the Region
        of a template that does not say where it is deployed: that may be any that a policy names.
        """
        if not all(self._may_allow(request.action) for request in ability.requests):
            return None
        doubtful: tuple[GrantedRequest, ...] | None = None
        named = () if all(regions) else self._named_regions
        for region in dict.fromkeys((*regions, *named)):
            requests = (self._request(request, region) for request in ability.requests)
            granted = tuple(request for request in requests if request is not None)
            if len(granted) < len(ability.requests):
                continue
            if all(request.allowed.exact for request in granted):
                return granted
            doubtful = doubtful or granted
        return doubtful

    def _may_allow(self, action: str) -> bool:
        """Whether an Allow is about the action."""
        return any(means_action(statement, action) for statement in self._allows())

    def _request(self, request: ActionRequest, region: str) -> GrantedRequest | None:
        doubtful: GrantedRequest | None = None
        for template in request.resources:
            for resource in self._resources(request.action, template, region):
                allowed = self.permissions.allowed(request.action, resource, dict(request.context))
                if allowed is None:
                    continue
                granted = GrantedRequest(
                    action=request.action,
                    resource=resource.replace(NOBODY, "*"),
                    allowed=allowed,
                )
                if allowed.exact:
                    return granted
                doubtful = doubtful or granted
        return doubtful

    def _allows(self) -> Iterator[Statement]:
        for policy in self.policies.documents:
            yield from (entry for entry in policy.statements if entry.effect == "Allow")

    def _resources(self, action: str, template: str, region: str) -> Iterator[str]:
        """A resource that no policy names, and examples of those that an Allow names."""
        identity = self.policies.identity
        usual = (
            template.replace("{p}", identity.partition)
            .replace("{r}", region)
            .replace("{a}", identity.account)
            .replace("{n}", NOBODY)
        )
        yield usual
        named = (
            pattern
            for statement in self._statements()
            if means_action(statement, action) or statement.not_action
            for pattern in statement.resources or ()
        )
        for pattern in dict.fromkeys(named):
            example = example_arn(pattern, usual)
            if example is not None and not _is_reserved(example, usual):
                yield example

    @cached_property
    def _named_regions(self) -> tuple[str, ...]:
        """The Regions that resources and conditions of statements name, or examples of them."""
        return tuple(
            dict.fromkeys(
                region
                for statement in self._statements()
                for region in chain(
                    *map(resource_regions, statement.resources or ()), requested_regions(statement)
                )
            )
        )

    def _statements(self) -> Iterator[Statement]:
        """All statements: what a Deny or a limit leaves is named there."""
        boundary = self.policies.boundary
        limits = (policy for level in self.permissions.scps for policy in level)
        for policy in (*self.policies.documents, *([boundary] if boundary else []), *limits):
            yield from policy.statements


def _is_reserved(document: str, usual: str) -> bool:
    """Whether only AWS creates documents of the name."""
    start = usual.partition(NOBODY)[0]
    return ":ssm:" in usual and document.removeprefix(start).lower().startswith(_RESERVED)


@frozen(kw_only=True)
class ResourcePolicy:
    """The policy of a resource, the account that the resource is in, and its record."""

    policy: Policy
    account: str
    owner: Record | None = None


@frozen(kw_only=True)
class AccountPermissions:
    """The users and roles of an account, without service-linked roles.

    Attributes:
        principals: each with its permissions.
        levels_unknown: why service control policies could not be read; ``None``: they were, or
            there are none.
    """

    principals: tuple[PrincipalPermissions, ...]
    levels_unknown: Unknown | None

    @classmethod
    def of(
        cls,
        view: AccountView,
        declared: Iterable[str],
        *,
        resource_policy: ResourcePolicy | None = None,
    ) -> AccountPermissions:
        """Those of the account of the view; nothing is evaluated yet.

        Args:
            view: the account.
            declared: ARNs or names of principals, or patterns.
            resource_policy: that of the resource that all requests are about, if it has one.
        """
        directory = PolicyDirectory.of(view)
        levels = service_control(view)
        everybody: tuple[Principal, ...] = (*view.all(UserDetail), *view.all(RoleDetail))
        patterns = (
            *declared,
            *declared_administrators(view.baseline.options(AdminPrivilegesOptions)),
        )
        principals = []
        for principal in everybody:
            if principal.path.startswith(SERVICE_LINKED):
                continue
            policies = _with_grants(directory.policies_of(principal), resource_policy)
            scps = () if isinstance(levels, Unknown) else levels
            principals.append(
                PrincipalPermissions(
                    principal=principal,
                    policies=policies,
                    permissions=_effective(view, policies, scps, resource_policy),
                    declared=any(
                        covers(pattern, principal.arn, principal.name) for pattern in patterns
                    ),
                )
            )
        unknown_levels = levels if isinstance(levels, Unknown) else None
        return cls(principals=tuple(principals), levels_unknown=unknown_levels)


def _effective(
    view: AccountView,
    policies: PrincipalPolicies,
    levels: Iterable[tuple[Policy, ...]],
    resource_policy: ResourcePolicy | None,
) -> EffectivePermissions:
    limits = [*levels]
    if resource_policy is not None:
        limits.append((_as_limit(resource_policy, policies),))
    return EffectivePermissions(
        policies=policies.documents,
        boundary=policies.boundary,
        scps=tuple(limits),
        principal=policies.identity,
        since=view.as_of,
    )


_EVERYTHING = Statement(path="$", effect="Allow", actions=("*",), resources=("*",))


def _as_limit(resource: ResourcePolicy, policies: PrincipalPolicies) -> Policy:
    """What the policy of a resource leaves to the principal, as a policy that limits it.

    In the account of the resource, that is all that it does not deny; in another one, only what
    it allows.
    """
    policy = resource.policy
    denies = (
        evolve(statement, principal=None)
        for statement in policy.statements
        if statement.effect == "Deny" and _is_denied(statement, policies)
    )
    allows: Iterable[Statement] = (_EVERYTHING,)
    if resource.account != policies.identity.account:
        allows = (
            evolve(statement, principal=None)
            for statement in policy.statements
            if statement.effect == "Allow" and _may_be_allowed(statement, policies)
        )
    return Policy(statements=(*allows, *denies), kind="identity", version=policy.version)


def _may_be_allowed(statement: Statement, policies: PrincipalPolicies) -> bool:
    """Whether an Allow may be about the principal of another account."""
    return statement.not_principal or _is_named(statement, policies)


def _is_denied(statement: Statement, policies: PrincipalPolicies) -> bool:
    """Whether a Deny surely is about the principal."""
    return _is_named(statement, policies) is not statement.not_principal


def _is_named(statement: Statement, policies: PrincipalPolicies) -> bool:
    element = statement.principal or PrincipalElement()
    arn, account = policies.identity.arn, policies.identity.account
    return element.everyone or arn in element.aws or account in element.accounts


def _with_grants(policies: PrincipalPolicies, resource: ResourcePolicy | None) -> PrincipalPolicies:
    """The policies, with what the policy of a resource of the account allows by itself.

    A grant to the account as a whole only lets the policies of its principals decide.
    """
    if resource is None or resource.account != policies.identity.account:
        return policies
    policy = resource.policy
    grants = tuple(
        evolve(statement, principal=None)
        for statement in policy.statements
        if statement.effect == "Allow" and _is_granted(statement, policies.identity.arn)
    )
    if not grants:
        return policies
    granting = Policy(statements=grants, kind="identity", version=policy.version)
    named = NamedPolicy(
        policy=granting,
        name=text("identity.resource-policy"),
        owner=resource.owner,
        owner_field="policy",
    )
    return evolve(policies, named=(*policies.named, named))


def _is_granted(statement: Statement, arn: str | None) -> bool:
    element = statement.principal or PrincipalElement()
    return not statement.not_principal and (element.everyone or arn in element.aws)


@frozen(kw_only=True)
class GrantedPrincipals:
    """Who has one of some abilities without being declared.

    Attributes:
        certain: those that surely have one, each with the requests.
        unknown: why others may have one; ``None``: nobody else has.
    """

    certain: tuple[tuple[PrincipalPermissions, tuple[GrantedRequest, ...]], ...]
    unknown: Unknown | None

    @property
    def names(self) -> tuple[str | Text, ...]:
        """The first of those that surely have one, and how many more there are."""
        return abridged(entry.principal.name for entry, _ in self.certain)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that they are allowed."""
        return tuple(dict.fromkeys(requests[0].action for _, requests in self.certain))

    @property
    def origin(self) -> Origin | None:
        """Where a template or plan contains the statement that allows the first one."""
        principal, requests = self.certain[0]
        return origin_of_grant(principal.policies, requests[0].allowed)

    @property
    def witness(self) -> Witness:
        """The requests of the first one."""
        return permission_witness(*self.certain[0])


def principals_granted(
    view: AccountView,
    account: AccountPermissions,
    abilities: Iterable[Ability],
    regions: Iterable[str],
) -> GrantedPrincipals:
    """Who has one of the abilities without being declared."""
    abilities, regions = tuple(abilities), tuple(regions)
    gaps = (view.gap(kind) for kind in (UserDetail, RoleDetail))
    doubts = [gap for gap in gaps if gap is not None]
    granted = []
    for principal in account.principals:
        if principal.declared:
            continue
        if principal.policies.unknown is not None:
            doubts.append(principal.policies.unknown)
            continue
        for ability in abilities:
            requests = principal.granted(ability, regions)
            if requests is not None and _is_certain(requests):
                granted.append((principal, requests))
            elif requests is not None:
                detail = f"{principal.principal.name}: {ability.name}"
                doubts.append(Unknown.because(Why.UNSUPPORTED, detail=detail))
    if granted and account.levels_unknown is not None:
        doubts.append(account.levels_unknown)
        granted = []
    return GrantedPrincipals(
        certain=tuple(granted), unknown=reduce(or_, doubts) if doubts else None
    )


def granted_to(
    principal: PrincipalPermissions,
    granted: Iterable[tuple[GrantedRequest, ...]],
    levels_unknown: Unknown | None,
    words: str,
) -> Observation:
    """That the principal has abilities which it should not have.

    Args:
        principal: the user or role.
        granted: the requests of each ability, at least one.
        levels_unknown: why service control policies could not be read.
        words: the ID of the text, with ``actions``; with ``-in-doubt`` and ``-unless-denied`` for
            what cannot be decided.
    """
    abilities = sorted(granted, key=lambda requests: not _is_certain(requests))
    actions = tuple(dict.fromkeys(requests[0].action for requests in abilities))
    first = abilities[0]
    if not _is_certain(first):
        detail = describe_grant(principal.policies, first[0].allowed).in_language("en")
        why = Unknown.because(Why.UNSUPPORTED, detail=detail)
        return unknown(text(f"{words}-in-doubt", actions=actions), why)
    if levels_unknown is not None:
        return unknown(text(f"{words}-unless-denied", actions=actions), levels_unknown)
    return failed(
        text(words, actions=actions),
        read=tuple(FieldValue("Action", (action,)) for action in actions),
        origin=origin_of_grant(principal.policies, first[0].allowed),
        witness=permission_witness(principal, first),
        allowed=allowed_actions(principal.principal, actions),
    )


def _is_certain(requests: Iterable[GrantedRequest]) -> bool:
    return all(request.allowed.exact for request in requests)


def permission_witness(
    principal: PrincipalPermissions, requests: Iterable[GrantedRequest]
) -> Witness:
    """The requests of an ability, with the statements that allow them."""
    requests = tuple(requests)
    first = requests[0]
    summary = text(
        "identity.request",
        principal=principal.principal.arn,
        action=first.action,
        resource=first.resource,
    )
    steps = []
    for request in requests:
        step = text("identity.step", action=request.action, resource=request.resource)
        by = describe_grant(principal.policies, request.allowed)
        steps.append(text("identity.step-by", step=step, by=by))
    context = (
        text("identity.context", key=key, value=value)
        for request in requests
        for key, value in sorted(request.allowed.context.items())
    )
    return Witness(
        summary=summary,
        steps=(*steps, *dict.fromkeys(context)),
        requests=tuple(
            evolve(
                granted_request(principal.policies, principal.principal, request.allowed),
                action=request.action,
                resource=request.resource,
            )
            for request in requests
        ),
    )
