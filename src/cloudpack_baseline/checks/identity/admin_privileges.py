"""The check of ``admin-privileges``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import evolve

from cloudpack_baseline.access import FullAdmin, Policy, PrincipalIdentity, has_full_admin
from cloudpack_baseline.baseline.options.identity import AdminPrivilegesOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._escalation import escalation_paths, paths_of_each
from cloudpack_baseline.checks.identity._path_reports import (
    report_doubt,
    report_full_admin,
    report_paths,
)
from cloudpack_baseline.checks.identity._paths import (
    AccountPrincipals,
    Administrator,
    EscalationPath,
)
from cloudpack_baseline.checks.identity._paths_to_itself import (
    makes_administrator,
    may_be_everything,
)
from cloudpack_baseline.checks.identity._policies import (
    POLICY_READS,
    SERVICE_LINKED,
    NamedPolicy,
    PolicyDirectory,
    Principal,
    PrincipalPolicies,
)
from cloudpack_baseline.checks.identity._question_budget import QUESTIONS, QuestionBudget
from cloudpack_baseline.checks.identity._role_bearers import BEARER_READS, RoleBearers
from cloudpack_baseline.checks.identity._role_trust_policy import service_linked, trust_policy
from cloudpack_baseline.checks.identity.service_control import SERVICE_CONTROL, service_control
from cloudpack_baseline.checks.missing import why_not_described
from cloudpack_baseline.findings import Finding, Observation, Resource, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["admin_privileges", "declared_administrators"]

_PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cdk": (
            "arn:*:iam::*:role/cdk-*-cfn-exec-role-*",
            "arn:*:iam::*:role/cdk-*-deploy-role-*",
        ),
        "control-tower": (
            "arn:*:iam::*:role/AWSAFTExecution",
            "arn:*:iam::*:role/AWSControlTowerExecution",
            "arn:*:iam::*:role/OrganizationAccountAccessRole",
            "arn:*:iam::*:role/aws-controltower-AdministratorExecutionRole",
            "arn:*:iam::*:role/stacksets-exec-*",
        ),
        "identity-center": (
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AWSAdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_*",
            "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AWSAdministratorAccess_*",
        ),
    }
)
"""The administrators that each tool creates, by the names that it gives them."""

_FULL_POLICIES = ("AdministratorAccess", "IAMFullAccess")
"""Policies of AWS that make an administrator, attached to someone or not."""


@check(
    *POLICY_READS,
    *SERVICE_CONTROL,
    *BEARER_READS,
    subjects=(UserDetail, RoleDetail),
    by_parts=True,
)
def admin_privileges(view: AccountView) -> Iterator[Finding]:
    """Evaluates the policies of each user and role, its groups and its boundary together.

    Statements that together allow every action on every resource count as ``*``
    (GetAccountAuthorizationDetails). Service control policies do not change that.

    The access engine evaluates paths to administrator rights step by step, with conditions,
    boundaries and, if the management account is in the snapshot, service control policies:

    - without limiting the resource: actions that change identities, such as
      ``iam:AttachUserPolicy``; and ``iam:PassRole`` with any action of any service that takes a
      role (from the service models), unless the caller cannot control what is done with it;
    - running the caller's code on a function, instance, stack with a service role, build project,
      state machine or notebook whose role is an administrator, such as
      ``lambda:UpdateFunctionCode``. Where these could not be read, and for other services, the
      actions are a path if their resource is not limited;
    - attaching or writing policies of the principal itself and its groups, also in two steps;
      creating versions of the customer managed policies that it has; joining a group that grants
      what is missing; and deleting or widening a boundary;
    - to each administrator of the account, declared or not: its access keys and login profile,
      its trust policy, the metadata of its SAML provider, assuming it if its trust policy allows
      the principal, and passing it to a service that its trust policy allows;
    - in the same ways, to each user and role that has a path itself;
    - granting more to another user or role, and acting as it by one of these paths;
    - creating a role, user or group without a boundary, and granting it everything.

    Versions of a policy other than the default are not read.
    """
    situation = _Situation.of(view)
    principals: tuple[Principal, ...] = (*view.all(UserDetail), *view.all(RoleDetail))
    for principal in principals:
        yield Finding(
            control=view.control,
            resource=Resource.of(principal),
            observations=tuple(situation.observe(principal)),
        )


@frozen(kw_only=True)
class _Situation:
    """What is known of the account before its principals are judged.

    Attributes:
        account: what paths lead through.
        policies: those of each principal that can be changed, by ARN.
        full: what each of them is allowed, where that is everything.
        declared: ARNs of the declared administrators.
        paths: those of each that is no administrator.
        is_planned: whether the policies are those of a template or plan.
    """

    account: AccountPrincipals
    policies: Mapping[str, PrincipalPolicies]
    full: Mapping[str, FullAdmin | None]
    declared: frozenset[str]
    is_planned: bool
    paths: Mapping[str, tuple[EscalationPath, ...]] = MappingProxyType({})

    @classmethod
    def of(cls, view: AccountView) -> _Situation:
        """Read the policies of the account, and find its administrators."""
        directory = PolicyDirectory.of(view)
        everybody: tuple[Principal, ...] = (*view.all(UserDetail), *view.all(RoleDetail))
        principals = tuple(
            entry for entry in everybody if not entry.path.startswith(SERVICE_LINKED)
        )
        policies = {entry.arn: directory.policies_of(entry) for entry in principals}
        patterns = declared_administrators(view.baseline.options(AdminPrivilegesOptions))
        situation = cls(
            account=_account(view, directory, principals),
            policies=policies,
            full={arn: _full_admin(view, documents) for arn, documents in policies.items()},
            declared=frozenset(
                entry.arn
                for entry in principals
                if any(covers(pattern, entry.arn, entry.name) for pattern in patterns)
            ),
            is_planned=view.snapshot.is_planned,
        )
        administrators = tuple(filter(None, map(situation._administrator, principals)))
        account = evolve(situation.account, administrators=administrators)
        known = {administrator.principal.arn for administrator in administrators}
        others = (principal for principal in principals if principal.arn not in known)
        return evolve(situation, paths=paths_of_each(account, others, policies))

    def _administrator(self, principal: Principal) -> Administrator | None:
        policies, full = self.policies[principal.arn], self.full[principal.arn]
        declared = principal.arn in self.declared
        if not (
            policies.unknown is not None
            or full is not None
            or (declared and escalation_paths(self.account, principal, policies))
        ):
            return None
        boundary = principal.boundary if isinstance(principal.boundary, Unknown) else None
        why = boundary if declared else _why_unsure(policies, full)
        return evolve(self.account.target(principal), unknown=why)

    def observe(self, principal: Principal) -> Iterator[Observation]:
        """What is to be said of a principal."""
        if principal.arn not in self.policies:
            yield service_linked()
        elif principal.arn in self.declared:
            yield passed(text("identity.admin-declared"))
        else:
            yield from self._judge(principal)

    def _judge(self, principal: Principal) -> Iterator[Observation]:
        policies, full = self.policies[principal.arn], self.full[principal.arn]
        if policies.unknown is not None and not self._is_certain(principal, policies, full):
            # What was not read may allow more, or deny what was read.
            yield policies.report_unread(policies.unknown)
        elif full is not None:
            yield (
                report_full_admin(policies, principal, full)
                if full.exact
                else report_doubt(policies, "Action=*, Resource=*")
            )
        elif principal.is_elsewhere and not policies.documents:
            yield unknown("Policies", why_not_described(principal))
        else:
            yield from report_paths(policies, principal, self.paths[principal.arn])

    def _is_certain(
        self, principal: Principal, policies: PrincipalPolicies, full: FullAdmin | None
    ) -> bool:
        """Whether policies of a template make an administrator, whatever others elsewhere allow.

        That one of these denies everything again is no reason to leave it open.
        """
        bound = principal.boundary is None or policies.boundary is not None
        return self.is_planned and bound and full is not None and full.exact


def declared_administrators(options: AdminPrivilegesOptions) -> tuple[str, ...]:
    """Patterns of the ARNs and names of principals that may be administrators."""
    presets = (pattern for name in options.presets for pattern in _PRESETS[name])
    return (*options.principals, *presets)


def _full_admin(view: AccountView, policies: PrincipalPolicies) -> FullAdmin | None:
    """What the policies allow, where that is everything."""
    if not may_be_everything(policies.documents):
        return None
    verdict = has_full_admin(
        policies.documents,
        boundary=policies.boundary,
        principal=policies.identity,
        since=view.as_of,
    )
    return verdict if verdict.full else None


def _account(
    view: AccountView, directory: PolicyDirectory, principals: tuple[Principal, ...]
) -> AccountPrincipals:
    levels = service_control(view)
    account = AccountPrincipals(
        partition=view.account.partition,
        directory=directory,
        principals=principals,
        administrators=(),
        bearers=RoleBearers.of(view),
        trusts={
            entry.arn: trust_policy(entry) for entry in principals if isinstance(entry, RoleDetail)
        },
        full_policies=tuple(
            f"arn:{view.account.partition}:iam::aws:policy/{name}" for name in _FULL_POLICIES
        ),
        # What was not read could only excuse.
        levels=() if isinstance(levels, Unknown) else levels,
        as_of=view.as_of,
        budget=_question_budget(view),
    )
    attachable = tuple(
        arn
        for arn, policy in directory.managed.items()
        if isinstance(policy, Policy)
        and makes_administrator(account, _alone(view.account.id, view.account.partition, policy))
        is True
    )
    return evolve(
        account, full_policies=tuple(dict.fromkeys((*account.full_policies, *attachable)))
    )


def _question_budget(view: AccountView) -> QuestionBudget:
    """That of a template or plan, of which each scenario has the same part."""
    if not view.snapshot.is_planned:
        return QuestionBudget()
    first = view.first or view.snapshot
    return QuestionBudget(QUESTIONS // (1 + len(first.alternatives)))


def _alone(account: str, partition: str, policy: Policy) -> PrincipalPolicies:
    """Someone who has the one policy."""
    identity = PrincipalIdentity(
        account=account, arn=f"arn:{partition}:iam::{account}:user/example"
    )
    return PrincipalPolicies(identity=identity, named=(NamedPolicy(policy=policy, name=""),))


def _why_unsure(policies: PrincipalPolicies, full: FullAdmin | None) -> Unknown | None:
    """Why it may be no administrator."""
    if policies.unknown is not None:
        return policies.unknown
    if full is not None and not full.exact:
        return Unknown.because(Why.UNSUPPORTED, detail="Action=*, Resource=*")
    return None
