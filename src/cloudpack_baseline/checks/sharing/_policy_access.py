"""What the policy of one resource allows, compared with what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from cloudpack_baseline.access import (
    AllowedSharing,
    MalformedPolicy,
    Policy,
    SharedResource,
    SharingComparison,
    parse_policy,
    undeclared_access,
)
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity.resource_control import ResourceControl
from cloudpack_baseline.checks.sharing._policy_holders import PolicyHolder
from cloudpack_baseline.checks.sharing._recipients import DeclaredRecipients
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.functions import LambdaAlias, LambdaVersion
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["PolicyAccess", "SharingContext", "names_organization"]

_CONFINEMENTS = {"elasticfilesystem:accessedviamounttarget": ("true",)}
"""Who mounts a file system through a mount target is in its VPC (Amazon EFS User Guide, "Blocking
public access")."""

_URL = "lambda:InvokeFunctionUrl"
_AUTH_TYPE = "lambda:functionurlauthtype"
_ORGANIZATION_KEYS = ("aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid")


@frozen(kw_only=True)
class PolicyAccess:
    """The access to a resource by its policy.

    Attributes:
        policy: its policy.
        certain: what the policy allows for sure.
        possible: what it allows if a setting that could not be read is open; with why.
    """

    policy: Policy
    certain: tuple[SharingComparison, ...]
    possible: tuple[tuple[SharingComparison, Unknown], ...] = ()


@frozen(kw_only=True)
class SharingContext:
    """What the policies of an account are compared with.

    Attributes:
        partition: of the account.
        organization: the ID of its organization; ``None``: unknown, or none.
        allowed: who may use resources.
        as_of: what is allowed only before does not count.
        control: what the organization denies.
    """

    partition: str
    organization: str | None
    allowed: AllowedSharing
    as_of: datetime
    control: ResourceControl

    @classmethod
    def of(cls, view: AccountView, recipients: DeclaredRecipients) -> SharingContext:
        """That of the account: what the baseline declares."""
        return cls(
            partition=view.account.partition,
            organization=next((record.id for record in view.all(Organization)), None),
            allowed=AllowedSharing(
                accounts=tuple(sorted(recipients.accounts)),
                organizations=tuple(sorted(recipients.organizations)),
                networks=view.baseline.cidrs_of(view.baseline.networks),
                confinements=_CONFINEMENTS,
            ),
            as_of=view.as_of,
            control=ResourceControl.of(view),
        )

    def access(self, holder: PolicyHolder, record: Record, document: str) -> PolicyAccess | Unknown:
        """What the document allows; unknown where it is no policy."""
        try:
            policy = parse_policy(document, kind="service")
        except MalformedPolicy as error:
            faults = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
            operation = origin.operation if (origin := record.origin_of("policy")) else ""
            return Unknown.because(Why.MALFORMED, operation=operation, detail=faults)
        resource = holder.resource(record, self.partition, self.organization)
        policy = self.control.restrict(holder.spelled_out(policy, resource), holder.service)
        if isinstance(record, LambdaFunction | LambdaAlias):
            return self._function_access(policy, resource, record.url_auth_type)
        if isinstance(record, LambdaVersion):  # only a function and its aliases have URLs
            return self._function_access(policy, resource, None)
        return PolicyAccess(policy=policy, certain=(self._compare(policy, resource),))

    def _compare(self, policy: Policy, resource: SharedResource) -> SharingComparison:
        return undeclared_access(policy, resource, self.allowed, since=self.as_of)

    def _function_access(
        self, policy: Policy, resource: SharedResource, auth_type: str | Unknown | None
    ) -> PolicyAccess:
        """A URL exists or not, and requires a signature or not (Lambda Developer Guide)."""
        if auth_type == "AWS_IAM":
            signed = evolve(resource, constants={_AUTH_TYPE: auth_type})
            return PolicyAccess(policy=policy, certain=(self._compare(policy, signed),))
        actions = tuple(action for action in resource.actions if action != _URL)
        without_url = self._compare(policy, evolve(resource, actions=actions, excluded=(_URL,)))
        if auth_type is None:
            return PolicyAccess(policy=policy, certain=(without_url,))
        url = evolve(resource, actions=(_URL,), excluded=actions, signed=False)
        by_url = self._compare(policy, evolve(url, constants={_AUTH_TYPE: "NONE"}))
        if isinstance(auth_type, Unknown):
            possible = ((by_url, auth_type),)
            return PolicyAccess(policy=policy, certain=(without_url,), possible=possible)
        return PolicyAccess(policy=policy, certain=(without_url, by_url))


def names_organization(policy: Policy) -> bool:
    """Whether a statement depends on the organization of the caller."""
    keys: Iterator[str] = (
        condition.key.lower()
        for statement in policy.statements
        for condition in statement.conditions
    )
    return any(key in _ORGANIZATION_KEYS for key in keys)
