"""Paths to administrator rights: their steps and their ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import field

from cloudpack_baseline.access import AllowedRequest, Assumer, Policy, TrustGrant, who_can_assume
from cloudpack_baseline.checks.identity._policies import PolicyDirectory, Principal
from cloudpack_baseline.checks.identity._question_budget import QuestionBudget
from cloudpack_baseline.checks.identity._role_bearers import RoleBearers
from cloudpack_baseline.checks.identity.service_control import Levels
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Field, Truth, Unknown

__all__ = ["AccountPrincipals", "Administrator", "EscalationPath", "EscalationStep"]


@frozen(kw_only=True)
class EscalationStep:
    """One action of a path.

    Attributes:
        action: the IAM action.
        resource: the ARN of the resource; ``*`` if the caller chooses the name.
        allowed_by: the request that is allowed; ``None`` if a trust policy alone suffices.
        trust_grant: how a trust policy allows the principal, if the step assumes a role.
        leads: whether it is certain that the step leads on, and not only that it is allowed.
    """

    action: str
    resource: str
    allowed_by: AllowedRequest | None
    trust_grant: TrustGrant | None = None
    leads: bool = True

    @property
    def exact(self) -> bool:
        """Whether every statement that decides it could be evaluated exactly."""
        return (
            self.leads
            and (self.allowed_by is None or self.allowed_by.exact)
            and (self.trust_grant is None or self.trust_grant.exact)
        )


@frozen(kw_only=True)
class Administrator:
    """A principal that is allowed every action on every resource, or is declared to be.

    Attributes:
        principal: the user or role.
        services: for a role, the service principals that its trust policy allows.
        saml_providers: for a role, the ARNs of the SAML providers whose users it allows.
        possible_assumers: service principals and SAML providers that it allows or not, by a part
            that cannot be evaluated exactly.
        unknown: why it may not be one; ``None``: it is one.
        escalates: whether it is none itself, but has a path to administrator rights.
    """

    principal: Principal
    services: frozenset[str] = frozenset()
    saml_providers: tuple[str, ...] = ()
    possible_assumers: frozenset[str] = frozenset()
    unknown: Unknown | None = None
    escalates: bool = False


@frozen(kw_only=True)
class EscalationPath:
    """A path to administrator rights.

    Attributes:
        steps: the actions; all of them are allowed. Empty: nobody asked which there are.
        at_large: whether they are allowed on resources that nobody named.
        towards: the administrator it leads to.
        unknown: why it may lead nowhere; ``None``: it leads on.
    """

    steps: tuple[EscalationStep, ...]
    at_large: bool = False
    towards: Administrator | None = None
    unknown: Unknown | None = None

    @property
    def exact(self) -> bool:
        """Whether it is certain to be one."""
        certain = self.unknown is None and (self.towards is None or self.towards.unknown is None)
        return certain and all(step.exact for step in self.steps)

    @property
    def end(self) -> str:
        """What is reported once: the administrator, or the resource of the first step."""
        return self.towards.principal.arn if self.towards else self.steps[0].resource


@frozen(kw_only=True)
class AccountPrincipals:
    """The account that paths lead through.

    Attributes:
        partition: the partition of its ARNs.
        directory: its policies and groups.
        principals: all users and roles that can be changed.
        administrators: those that are allowed everything.
        bearers: what runs with its roles.
        trusts: the trust policy of each role, by ARN.
        full_policies: ARNs of managed policies that make an administrator.
        levels: the service control policies that apply; empty: none were read.
        as_of: grants that ended before this time do not count.
        verdicts: whether policies under a boundary make an administrator, cached.
        budget: how many questions may still be asked.
    """

    partition: str
    directory: PolicyDirectory
    principals: tuple[Principal, ...]
    administrators: tuple[Administrator, ...]
    trusts: Mapping[str, Field[Policy]]
    full_policies: tuple[str, ...]
    bearers: RoleBearers = field(factory=RoleBearers)
    levels: Levels = ()
    as_of: datetime | None = None
    verdicts: dict[object, Truth] = field(factory=dict)
    budget: QuestionBudget = field(factory=QuestionBudget)

    def target(self, principal: Principal) -> Administrator:
        """The principal as the end of a path, with those that its trust policy allows."""
        trust = self.trusts.get(principal.arn)
        if not isinstance(trust, Policy):
            return Administrator(principal=principal)
        assumers = who_can_assume(
            trust, account=principal.account, partition=self.partition, since=self.as_of
        )
        certain = [assumer for assumer in assumers if assumer.exact]
        services, providers = _services(certain), _saml_providers(certain)
        possible = {*_services(assumers), *_saml_providers(assumers)}
        return Administrator(
            principal=principal,
            services=services,
            saml_providers=providers,
            possible_assumers=frozenset(possible - services - set(providers)),
        )


def _services(assumers: Iterable[Assumer]) -> frozenset[str]:
    return frozenset(
        assumer.principal
        for assumer in assumers
        if assumer.principal_kind == "service" or assumer.principal == _COGNITO
    )


def _saml_providers(assumers: Iterable[Assumer]) -> tuple[str, ...]:
    return tuple(assumer.principal for assumer in assumers if _SAML in assumer.principal)


_COGNITO = "cognito-identity.amazonaws.com"
_SAML = ":saml-provider/"
