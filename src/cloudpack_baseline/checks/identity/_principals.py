"""What a user or role holds: its own policies, those of its groups, and its boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.access import (
    Capability,
    Holder,
    MalformedPolicy,
    Policy,
    Statement,
    parse_policy,
)
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Observation, unknown
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = [
    "HOLDINGS",
    "SERVICE_LINKED",
    "Directory",
    "Held",
    "Holdings",
    "Principal",
    "allowed_by",
    "means_action",
    "named_actions",
    "parsed",
]

Principal: TypeAlias = UserDetail | RoleDetail

HOLDINGS = (
    reads(UserDetail),
    reads(RoleDetail),
    reads(GroupDetail),
    reads(ManagedPolicyDetail),
)
"""What `Directory` needs."""

SERVICE_LINKED = "/aws-service-role/"
"""The path of roles that only AWS can change and assume."""

_OPERATION = "iam:GetAccountAuthorizationDetails"


def parsed(document: str, kind: str, where: str, operation: str = _OPERATION) -> Policy | Unknown:
    """The policy; unknown where it is none.

    Args:
        document: JSON text.
        kind: ``identity`` or ``trust``.
        where: whose it is, for the cause.
        operation: what told it, for the cause.
    """
    try:
        return parse_policy(document, kind="trust" if kind == "trust" else "identity")
    except MalformedPolicy as error:
        faults = "; ".join(f"{one.path}: {one.message}" for one in error.problems)
        return Unknown.because(Why.MALFORMED, operation=operation, detail=f"{where}: {faults}")


@lru_cache(maxsize=8192)
def _means(patterns: tuple[str, ...], action: str) -> bool:
    return any(matches(one.lower(), action.lower()) for one in patterns)


def means_action(statement: Statement, action: str) -> bool:
    """Whether the statement is about the action, on whatever resource and condition."""
    return _means(statement.actions, action) is not statement.not_action


def named_actions(policies: Iterable[Policy], action: str) -> bool:
    """Whether some Allow is about the action."""
    return any(
        statement.effect == "Allow" and means_action(statement, action)
        for policy in policies
        for statement in policy.statements
    )


@frozen(kw_only=True)
class Held:
    """A policy that a principal holds.

    Attributes:
        policy: it.
        name: it in words: of which kind, and by which group.
        arn: of a managed policy.
    """

    policy: Policy
    name: Text
    arn: str = ""

    def statement(self, path: str) -> Text:
        """One of its statements, in words."""
        return text("identity.statement", policy=self.name, path=path)


@frozen(kw_only=True)
class Holdings:
    """The policies of a principal.

    Attributes:
        holder: whose they are.
        held: what allows and denies.
        boundary: what it cannot go beyond; ``None``: nothing.
        groups: those that it is in.
        missing: policies and groups that the answer names, but does not tell.
        unknown: why there may be other policies, or another boundary; ``None``: these are all.
    """

    holder: Holder
    held: tuple[Held, ...]
    boundary: Policy | None = None
    groups: tuple[GroupDetail, ...] = ()
    missing: tuple[Text, ...] = ()
    unknown: Unknown | None = None

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Those that allow and deny."""
        return tuple(one.policy for one in self.held)

    def doubt(self, why: Unknown) -> Observation:
        """That it was not all told, for the reason."""
        if self.missing:
            return unknown(text("identity.not-in-answer", missing=self.missing), why)
        return unknown("Policies", why)


def allowed_by(held: Holdings, found: Capability) -> Text:
    """The statement that lets the principal do it, in words."""
    path = found.path if found.statement == found.path else f"{found.path} ({found.statement})"
    return held.held[found.policy].statement(path)


@frozen(kw_only=True)
class _Missing:
    """What the answer names, but does not tell."""

    name: Text
    unknown: Unknown


@frozen(kw_only=True)
class Directory:
    """The policies and groups of an account, by name.

    Attributes:
        managed: by ARN.
        groups: by name.
        gaps: by kind, why there may be more; ``None``: there are no more.
    """

    managed: Mapping[str, Policy | Unknown]
    groups: Mapping[str, GroupDetail]
    gaps: Mapping[type[GroupDetail | ManagedPolicyDetail], Unknown | None]

    @classmethod
    def of(cls, view: AccountView) -> Directory:
        """That of the account; each policy is read but once."""
        return cls(
            managed={one.arn: _document(one) for one in view.all(ManagedPolicyDetail)},
            groups={one.name: one for one in view.all(GroupDetail)},
            gaps={kind: view.gap(kind) for kind in (GroupDetail, ManagedPolicyDetail)},
        )

    def holdings(self, one: Principal) -> Holdings:
        """What the principal holds, as far as it was read."""
        groups, strays = self._groups(one)
        boundary = self._boundary(one)
        found = (*self._policies(one, groups), *strays, boundary)
        missing = [part for part in found if isinstance(part, _Missing)]
        unread = [part for part in found if isinstance(part, Unknown)]
        unread += [part.unknown for part in missing]
        held = tuple(part for part in found if isinstance(part, Held))
        return Holdings(
            holder=_holder(one, held),
            held=held,
            boundary=boundary if isinstance(boundary, Policy) else None,
            groups=groups,
            missing=tuple(part.name for part in missing) if len(missing) == len(unread) else (),
            unknown=reduce(or_, unread) if unread else None,
        )

    def group_policies(self, group: GroupDetail) -> tuple[Policy, ...] | None:
        """What a group gives to its members; ``None``: not all of it was told."""
        found = tuple(self._of(group, group))
        held = tuple(part.policy for part in found if isinstance(part, Held))
        return held if len(held) == len(found) else None

    def _groups(self, one: Principal) -> tuple[tuple[GroupDetail, ...], list[Unknown | _Missing]]:
        names = one.groups if isinstance(one, UserDetail) else ()
        found = tuple(self.groups[name] for name in names if name in self.groups)
        strays = [
            self._missing(GroupDetail, text("identity.missing-group", name=name))
            for name in names
            if name not in self.groups
        ]
        return found, strays

    def _boundary(self, one: Principal) -> Policy | Unknown | _Missing | None:
        if one.boundary is None:
            return None
        found = self.managed.get(one.boundary)
        if found is None:
            name = text("identity.missing-boundary", arn=one.boundary)
            return self._missing(ManagedPolicyDetail, name)
        return found

    def _policies(
        self, one: Principal, groups: Iterable[GroupDetail]
    ) -> Iterator[Held | Unknown | _Missing]:
        yield from self._of(one, None)
        for group in groups:
            yield from self._of(group, group)

    def _of(
        self, one: Principal | GroupDetail, group: GroupDetail | None
    ) -> Iterator[Held | Unknown | _Missing]:
        if isinstance(one.inline_policies, Unknown):
            yield one.inline_policies
        else:
            for inline in one.inline_policies:
                yield _inline(inline, one.arn, group)
        for arn in one.attached_policies:
            yield self._managed(arn, group)

    def _managed(self, arn: str, group: GroupDetail | None) -> Held | Unknown | _Missing:
        policy = self.managed.get(arn)
        if policy is None:
            return self._missing(ManagedPolicyDetail, text("identity.missing-policy", arn=arn))
        if isinstance(policy, Unknown):
            return policy
        return Held(policy=policy, name=_named("managed", arn.rpartition("/")[2], group), arn=arn)

    def _missing(
        self, kind: type[GroupDetail | ManagedPolicyDetail], name: Text
    ) -> Unknown | _Missing:
        gap = self.gaps[kind]
        if gap is not None:
            return gap
        what = str(dict(name.parameters).popitem()[1])
        return _Missing(
            name=name, unknown=Unknown.because(Why.NOT_TOLD, operation=_OPERATION, detail=what)
        )


def _document(one: ManagedPolicyDetail) -> Policy | Unknown:
    held: Field[str] = one.document
    return held if isinstance(held, Unknown) else parsed(held, "identity", one.arn)


def _inline(one: InlinePolicy, arn: str, group: GroupDetail | None) -> Held | Unknown:
    policy = parsed(one.document, "identity", f"{arn} {one.name}")
    if isinstance(policy, Unknown):
        return policy
    return Held(policy=policy, name=_named("inline", one.name, group))


def _named(kind: str, name: str, group: GroupDetail | None) -> Text:
    if group is None:
        return text(f"identity.{kind}", name=name)
    return text(f"identity.{kind}-of-group", name=name, group=group.name)


def _holder(one: Principal, held: tuple[Held, ...]) -> Holder:
    return Holder(
        account=one.account,
        arn=one.arn,
        tags=None if one.tags is None else dict(one.tags),
        session_tags=_may_tag_sessions(one, tuple(part.policy for part in held)),
    )


def _may_tag_sessions(one: Principal, policies: tuple[Policy, ...]) -> bool:
    """Whether its sessions may bring tags of their own (IAM User Guide, "Session tags").

    Those of a role may where its trust policy allows sts:TagSession; those of a user only by
    way of sts:GetFederationToken.
    """
    if isinstance(one, UserDetail):
        both = ("sts:GetFederationToken", "sts:TagSession")
        return all(named_actions(policies, action) for action in both)
    if isinstance(one.trust, Unknown):
        return True
    trust = parsed(one.trust, "trust", one.arn)
    return isinstance(trust, Unknown) or named_actions((trust,), "sts:TagSession")
