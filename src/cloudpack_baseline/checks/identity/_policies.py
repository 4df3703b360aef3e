"""The policies of a user or role, those of its groups, and its permissions boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.access import (
    NO_ORGANIZATION,
    AllowedRequest,
    MalformedPolicy,
    Policy,
    PrincipalIdentity,
    means_action,
    parse_policy,
)
from cloudpack_baseline.access.policy import PolicyKind
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity.permission_reads import POLICY_READS
from cloudpack_baseline.checks.request_texts import located
from cloudpack_baseline.findings import Observation, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import AllowedAccess, WitnessRequest, WitnessStatement

__all__ = [
    "POLICY_READS",
    "SERVICE_LINKED",
    "NamedPolicy",
    "PolicyDirectory",
    "Principal",
    "PrincipalPolicies",
    "allowed_actions",
    "describe_grant",
    "granted_request",
    "named_actions",
    "origin_of_grant",
    "parse_document",
    "principal_kind",
]

Principal: TypeAlias = UserDetail | RoleDetail

SERVICE_LINKED = "/aws-service-role/"
"""The path of roles that only AWS can change and assume."""

_OPERATION = "iam:GetAccountAuthorizationDetails"


def parse_document(
    document: str, kind: PolicyKind, owner: str, operation: str = _OPERATION
) -> Policy | Unknown:
    """The policy; unknown where the document is none.

    Args:
        document: JSON text.
        kind: ``identity``, ``trust``, or ``resource`` if it names principals and resources.
        owner: whose it is, for the cause.
        operation: the call that returned it, for the cause.
    """
    try:
        return parse_policy(document, kind=kind)
    except MalformedPolicy as error:
        faults = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        return Unknown.because(Why.MALFORMED, operation=operation, detail=f"{owner}: {faults}")


def named_actions(policies: Iterable[Policy], action: str) -> bool:
    """Whether some Allow is about the action."""
    return any(
        statement.effect == "Allow" and means_action(statement, action)
        for policy in policies
        for statement in policy.statements
    )


@frozen(kw_only=True)
class NamedPolicy:
    """A policy of a principal, with the name that a report gives it.

    Attributes:
        policy: the statements.
        name: its kind and name, and the group it comes from.
        arn: that of a managed policy.
        owner: the record that contains it; ``None``: it is made up.
        owner_field: the field of it.
        kind: ``managed``, ``inline`` or ``resource-policy``.
        policy_name: its own name; empty if it is that of a resource.
        group: the name of the group that it comes from; empty if it comes from none.
    """

    policy: Policy
    name: Text | str
    arn: str = ""
    owner: Record | None = None
    owner_field: str = ""
    kind: str = "resource-policy"
    policy_name: str = ""
    group: str = ""

    def statement(self, path: str, label: str = "") -> Text:
        """One of its statements, as reports name it: with its place in a template or plan."""
        place = located(label or path, self.origin_of(path))
        return text("identity.statement", policy=self.name, path=place)

    def origin_of(self, path: str) -> Origin | None:
        """Where a template or plan contains the statement; in an account, the owner says enough."""
        origin = None if self.owner is None else self.owner.origin_of(self.owner_field, path)
        return origin if origin is not None and origin.file else None


@frozen(kw_only=True)
class PrincipalPolicies:
    """The policies of a principal, as far as they were read.

    Attributes:
        identity: the principal, in the form of the engine.
        named: the policies that allow and deny.
        boundary: its permissions boundary; ``None``: it has none.
        groups: the groups of a user.
        missing: policies and groups that the answer names but does not contain.
        unknown: why there may be other policies, or another boundary; ``None``: these are all.
    """

    identity: PrincipalIdentity
    named: tuple[NamedPolicy, ...]
    boundary: Policy | None = None
    groups: tuple[GroupDetail, ...] = ()
    missing: tuple[Text, ...] = ()
    unknown: Unknown | None = None

    @property
    def documents(self) -> tuple[Policy, ...]:
        """The policies without their names."""
        return tuple(named.policy for named in self.named)

    def adding(self, *policies: Policy) -> PrincipalPolicies:
        """The same with further policies."""
        further = (NamedPolicy(policy=policy, name="") for policy in policies)
        return evolve(self, named=(*self.named, *further))

    def without_boundary(self) -> PrincipalPolicies:
        """The same without the boundary."""
        return evolve(self, boundary=None)

    def report_unread(self, why: Unknown) -> Observation:
        """That not all of it could be read, for the reason."""
        if self.missing:
            return unknown(text("identity.not-in-answer", missing=self.missing), why)
        return unknown("Policies", why)


def describe_grant(policies: PrincipalPolicies, allowed: AllowedRequest) -> Text:
    """The statement that allows the request, as a report names it."""
    sid = "" if allowed.statement == allowed.path else f" ({allowed.statement})"
    return policies.named[allowed.policy].statement(allowed.path, f"{allowed.path}{sid}")


def origin_of_grant(policies: PrincipalPolicies, allowed: AllowedRequest) -> Origin | None:
    """Where a template or plan contains the statement that allows the request."""
    return policies.named[allowed.policy].origin_of(allowed.path)


def principal_kind(principal: Principal) -> str:
    """Whether it is a ``user`` or a ``role``."""
    return "user" if isinstance(principal, UserDetail) else "role"


def allowed_actions(principal: Principal, actions: Iterable[str]) -> AllowedAccess:
    """That the user or role can do the actions, as data."""
    return AllowedAccess(
        principal_kind=principal_kind(principal),
        principal=principal.arn,
        actions=tuple(dict.fromkeys(actions)),
    )


def granted_request(
    policies: PrincipalPolicies, principal: Principal, allowed: AllowedRequest
) -> WitnessRequest:
    """The request with the statement that allows it, as data."""
    named = policies.named[allowed.policy]
    statement = WitnessStatement(
        policy=named.kind,
        policy_name=named.policy_name,
        policy_arn=named.arn,
        group=named.group,
        sid="" if allowed.statement == allowed.path else allowed.statement,
        path=allowed.path,
        origin=named.origin_of(allowed.path),
    )
    return WitnessRequest(
        principal_kind=principal_kind(principal),
        principal=principal.arn,
        action=allowed.action,
        resource=allowed.resource,
        context=allowed.context,
        statements=(statement,),
    )


@frozen(kw_only=True)
class _Missing:
    """What the answer names, but does not contain."""

    name: Text
    unknown: Unknown


@frozen(kw_only=True)
class PolicyDirectory:
    """The policies and groups of an account, by name.

    Attributes:
        managed: managed policies by ARN.
        details: their records, by ARN.
        groups: groups by name.
        gaps: by kind, why there may be more; ``None``: there are no more.
        organization: the ID of the account's organization, or ``NO_ORGANIZATION``; ``None``: it
            was not read.
    """

    managed: Mapping[str, Policy | Unknown]
    details: Mapping[str, ManagedPolicyDetail]
    groups: Mapping[str, GroupDetail]
    gaps: Mapping[type[GroupDetail | ManagedPolicyDetail], Unknown | None]
    organization: str | None = None

    @classmethod
    def of(cls, view: AccountView) -> PolicyDirectory:
        """That of the account; each policy is parsed once."""
        return cls(
            managed={detail.arn: _document(detail) for detail in view.all(ManagedPolicyDetail)},
            details={detail.arn: detail for detail in view.all(ManagedPolicyDetail)},
            groups={group.name: group for group in view.all(GroupDetail)},
            gaps={kind: view.gap(kind) for kind in (GroupDetail, ManagedPolicyDetail)},
            organization=_organization(view),
        )

    def policies_of(self, principal: Principal) -> PrincipalPolicies:
        """The policies of the principal, as far as they were read."""
        groups, missing_groups = self._groups(principal)
        boundary = self._boundary(principal)
        entries = (*self._all_policies(principal, groups), *missing_groups, boundary)
        missing = [entry for entry in entries if isinstance(entry, _Missing)]
        unread = [entry for entry in entries if isinstance(entry, Unknown)]
        unread += [entry.unknown for entry in missing]
        named = tuple(entry for entry in entries if isinstance(entry, NamedPolicy))
        return PrincipalPolicies(
            identity=self._identity(principal, tuple(entry.policy for entry in named)),
            named=named,
            boundary=boundary if isinstance(boundary, Policy) else None,
            groups=groups,
            missing=tuple(entry.name for entry in missing) if len(missing) == len(unread) else (),
            unknown=reduce(or_, unread) if unread else None,
        )

    def _identity(self, principal: Principal, policies: tuple[Policy, ...]) -> PrincipalIdentity:
        # The id of a role's session is that of the role and the name of the session.
        suffix = "" if isinstance(principal, UserDetail) else ":*"
        return PrincipalIdentity(
            account=principal.account,
            arn=principal.arn,
            organization=self.organization,
            tags=None if principal.tags is None else dict(principal.tags),
            session_tags=_may_tag_sessions(principal, policies),
            user_id=f"{principal.id}{suffix}" if principal.id else None,
        )

    def group_policies(self, group: GroupDetail) -> tuple[Policy, ...] | None:
        """What a group gives to its members; ``None``: not all of it was read."""
        entries = tuple(self._policies(group, group))
        policies = tuple(entry.policy for entry in entries if isinstance(entry, NamedPolicy))
        return policies if len(policies) == len(entries) else None

    def _groups(
        self, principal: Principal
    ) -> tuple[tuple[GroupDetail, ...], list[Unknown | _Missing]]:
        names = principal.groups if isinstance(principal, UserDetail) else ()
        if isinstance(names, Unknown):
            return (), [names]
        groups = tuple(self.groups[name] for name in names if name in self.groups)
        missing = [
            self._missing(GroupDetail, text("identity.missing-group", name=name))
            for name in names
            if name not in self.groups
        ]
        return groups, missing

    def _boundary(self, principal: Principal) -> Policy | Unknown | _Missing | None:
        if principal.boundary is None or isinstance(principal.boundary, Unknown):
            return principal.boundary
        boundary = self.managed.get(principal.boundary)
        if boundary is None:
            name = text("identity.missing-boundary", arn=principal.boundary)
            return self._missing(ManagedPolicyDetail, name)
        return boundary

    def _all_policies(
        self, principal: Principal, groups: Iterable[GroupDetail]
    ) -> Iterator[NamedPolicy | Unknown | _Missing]:
        yield from self._policies(principal, None)
        for group in groups:
            yield from self._policies(group, group)

    def _policies(
        self, owner: Principal | GroupDetail, group: GroupDetail | None
    ) -> Iterator[NamedPolicy | Unknown | _Missing]:
        if isinstance(owner.inline_policies, Unknown):
            yield owner.inline_policies
        else:
            for place, inline in enumerate(owner.inline_policies):
                yield _inline(inline, owner, place, group)
        if isinstance(owner.attached_policies, Unknown):
            yield owner.attached_policies
        else:
            for arn in owner.attached_policies:
                yield self._managed(arn, group)

    def _managed(self, arn: str, group: GroupDetail | None) -> NamedPolicy | Unknown | _Missing:
        policy = self.managed.get(arn)
        if policy is None:
            return self._missing(ManagedPolicyDetail, text("identity.missing-policy", arn=arn))
        if isinstance(policy, Unknown):
            return policy
        return NamedPolicy(
            policy=policy,
            name=_name("managed", arn.rpartition("/")[2], group),
            arn=arn,
            owner=self.details[arn],
            owner_field="document[0]",
            kind="managed",
            policy_name=arn.rpartition("/")[2],
            group=group.name if group else "",
        )

    def _missing(
        self, kind: type[GroupDetail | ManagedPolicyDetail], name: Text
    ) -> Unknown | _Missing:
        gap = self.gaps[kind]
        if gap is not None:
            return gap
        detail = str(dict(name.parameters).popitem()[1])
        return _Missing(
            name=name,
            unknown=Unknown.because(Why.NOT_PROVIDED, operation=_OPERATION, detail=detail),
        )


def _document(detail: ManagedPolicyDetail) -> Policy | Unknown:
    if isinstance(detail.document, Unknown):
        return detail.document
    return parse_document(detail.document, "identity", detail.arn)


def _inline(
    inline: InlinePolicy, owner: Principal | GroupDetail, place: int, group: GroupDetail | None
) -> NamedPolicy | Unknown:
    policy = parse_document(inline.document, "identity", f"{owner.arn} {inline.name}")
    if isinstance(policy, Unknown):
        return policy
    return NamedPolicy(
        policy=policy,
        name=_name("inline", inline.name, group),
        owner=owner,
        owner_field=f"inline_policies[{place}]",
        kind="inline",
        policy_name=inline.name,
        group=group.name if group else "",
    )


def _name(kind: str, name: str, group: GroupDetail | None) -> Text:
    if group is None:
        return text(f"identity.{kind}", name=name)
    return text(f"identity.{kind}-of-group", name=name, group=group.name)


def _organization(view: AccountView) -> str | None:
    if view.gap(Organization) is not None:
        return None
    return next((organization.id for organization in view.all(Organization)), NO_ORGANIZATION)


def _may_tag_sessions(principal: Principal, policies: tuple[Policy, ...]) -> bool:
    """Whether its sessions may bring tags of their own (IAM User Guide, "Session tags").

    Those of a role may where its trust policy allows sts:TagSession; those of a user only by
    way of sts:GetFederationToken.
    """
    if isinstance(principal, UserDetail):
        needed = ("sts:GetFederationToken", "sts:TagSession")
        return all(named_actions(policies, action) for action in needed)
    if isinstance(principal.trust, Unknown):
        return True
    trust = parse_document(principal.trust, "trust", principal.arn)
    return isinstance(trust, Unknown) or named_actions((trust,), "sts:TagSession")
