"""The resource control policies that apply to the resources of an account.

They only restrict access, so a policy that could not be read never makes a finding pass.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from cloudpack_baseline.access import Condition, Policy, Statement
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity.service_control import (
    organization_members,
    resource_control_levels,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ResourceControlPolicy,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import Text, text

__all__ = ["RESOURCE_CONTROL", "ResourceControl"]

RESOURCE_CONTROL = (
    reads(Organization),
    reads(OrganizationAccount),
    reads(ResourceControlPolicy),
)
"""What `ResourceControl` needs."""

_SERVICES = frozenset(("ecr", "kms", "s3", "secretsmanager", "sqs", "sts"))
"""Services whose resources they restrict (AWS Organizations User Guide, "Resource control
policies"); those that were added later are left out, which is the side of exposure."""

_ORGANIZATION_KEY = "aws:principalorgid"
_VERSION = "2012-10-17"


@frozen(kw_only=True)
class ResourceControl:
    """What the resource control policies of an organization deny.

    Attributes:
        statements: their Deny statements, those of all levels.
        unread: the ID of the organization whose policies could not be read; empty: they were read,
            or there are none.
    """

    statements: tuple[Statement, ...] = ()
    unread: str = ""

    @classmethod
    def of(cls, view: AccountView) -> ResourceControl:
        """That which restricts the resources of the account.

        A member account cannot read the policies, so its management account has to be in the
        snapshot.
        """
        levels = resource_control_levels(view)
        if isinstance(levels, Unknown):
            names = (organization.id for organization in view.all(Organization))
            return cls(unread=next(names, ""))
        members = {
            organization.id: organization_members(view, organization)
            for organization in view.all(Organization)
        }
        return cls(
            statements=tuple(
                _by_account(statement, members)
                for level in levels
                for policy in level
                for statement in policy.statements
                if statement.effect == "Deny"
            )
        )

    def restrict(self, policy: Policy, service: str) -> Policy:
        """The policy of a resource, with what is denied in addition.

        Args:
            policy: of the resource.
            service: as its actions begin, such as ``s3``.
        """
        if not self.statements or service not in _SERVICES:
            return policy
        if policy.kind == "trust":
            denied = [
                evolve(statement, resources=None)
                for statement in self.statements
                if statement.resources == ("*",)
            ]
            return _with(policy, tuple(denied))
        return _with(policy, self.statements)

    def restrict_bucket(self, policy: Policy | None) -> Policy | None:
        """The policy of a bucket, with what is denied in addition; ``None``: neither exists."""
        if policy is None and not self.statements:
            return None
        return self.restrict(policy or Policy(statements=(), version=_VERSION), "s3")

    def notes(self, service: str) -> tuple[Text, ...]:
        """That policies which were not read may prevent access to resources of the service."""
        if not self.unread or service not in _SERVICES:
            return ()
        return (text("identity.resource-control-unread", organization=self.unread),)


def _by_account(statement: Statement, members: Mapping[str, tuple[str, ...]]) -> Statement:
    """The statement with the accounts of an organization in place of its ID, if all are known.

    So an account that a policy names is known to be outside. Both keys are in the same requests.
    """
    return evolve(
        statement,
        conditions=tuple(_accounts_of(condition, members) for condition in statement.conditions),
    )


def _accounts_of(condition: Condition, members: Mapping[str, tuple[str, ...]]) -> Condition:
    accounts = [members.get(organization, ()) for organization in condition.values]
    if condition.key.lower() != _ORGANIZATION_KEY or not all(accounts):
        return condition
    return evolve(
        condition,
        key="aws:PrincipalAccount",
        values=tuple(dict.fromkeys(id_ for ids in accounts for id_ in ids)),
    )


def _with(policy: Policy, denied: tuple[Statement, ...]) -> Policy:
    """The policy with further statements, unless ``${...}`` would change its meaning."""
    if policy.version != _VERSION and "${" in repr(policy.statements):
        return policy
    return evolve(policy, statements=(*policy.statements, *denied), version=_VERSION)
