"""What a user or role holds: its own policies, those of its groups, and its boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import TypeAlias

from attrs import frozen

from cloudpack_baseline.access import Holder, MalformedPolicy, Policy, parse_policy
from cloudpack_baseline.checks._check import World
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["HOLDINGS", "SERVICE_LINKED", "Holdings", "Principal", "parsed"]

Principal: TypeAlias = UserDetail | RoleDetail

HOLDINGS = (
    reads(UserDetail),
    reads(RoleDetail),
    reads(GroupDetail),
    reads(ManagedPolicyDetail),
)
"""What `Holdings` needs."""

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
        faults = "; ".join(f"{one.path}: {one.message_en}" for one in error.problems)
        return Unknown.because(Why.MALFORMED, operation=operation, detail=f"{where}: {faults}")


@frozen(kw_only=True)
class Holdings:
    """The policies of a principal.

    Attributes:
        holder: whose they are.
        policies: what allows and denies.
        boundary: what it cannot go beyond; ``None``: nothing.
        unknown: why there may be other policies, or another boundary; ``None``: these are all.
    """

    holder: Holder
    policies: tuple[Policy, ...]
    boundary: Policy | None
    unknown: Unknown | None

    @classmethod
    def of(cls, world: World, one: Principal) -> Holdings:
        """What the principal holds, as far as it was read."""
        managed = {policy.arn: policy for policy in world.all(ManagedPolicyDetail)}
        read = tuple(_policies(world, one, managed))
        bounds = tuple(_managed(world, managed, [one.boundary] if one.boundary else []))
        unread = [policy for policy in (*read, *bounds) if isinstance(policy, Unknown)]
        return cls(
            holder=Holder(account=one.account, arn=one.arn),
            policies=tuple(policy for policy in read if isinstance(policy, Policy)),
            boundary=next((policy for policy in bounds if isinstance(policy, Policy)), None),
            unknown=reduce(or_, unread) if unread else None,
        )


def _policies(
    world: World, one: Principal, managed: dict[str, ManagedPolicyDetail]
) -> Iterator[Policy | Unknown]:
    yield from _inline(one.inline_policies, one.arn)
    yield from _managed(world, managed, one.attached_policies)
    if isinstance(one, RoleDetail):
        return
    groups = {group.name: group for group in world.all(GroupDetail)}
    for name in one.groups:
        group = groups.get(name)
        if group is None:
            yield _missing(world, GroupDetail, name)
        else:
            yield from _inline(group.inline_policies, group.arn)
            yield from _managed(world, managed, group.attached_policies)


def _inline(held: Field[tuple[InlinePolicy, ...]], arn: str) -> Iterator[Policy | Unknown]:
    if isinstance(held, Unknown):
        yield held
        return
    for one in held:
        yield parsed(one.document, "identity", f"{arn} {one.name}")


def _managed(
    world: World, managed: dict[str, ManagedPolicyDetail], arns: Iterable[str]
) -> Iterator[Policy | Unknown]:
    for arn in arns:
        policy = managed.get(arn)
        if policy is None:
            yield _missing(world, ManagedPolicyDetail, arn)
        elif isinstance(policy.document, Unknown):
            yield policy.document
        else:
            yield parsed(policy.document, "identity", arn)


def _missing(world: World, kind: type[GroupDetail | ManagedPolicyDetail], name: str) -> Unknown:
    gap = world.gap(kind)
    if gap is not None:
        return gap
    return Unknown.because(Why.FAILED, operation=_OPERATION, code="NoSuchEntity", detail=name)
