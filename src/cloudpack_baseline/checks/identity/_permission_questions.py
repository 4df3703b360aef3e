"""Questions to the access engine about what one principal may do, in terms of paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from attrs import define

from cloudpack_baseline.access import AllowedRequest, EffectivePermissions, Statement
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY, path_catalogue
from cloudpack_baseline.checks.identity._paths import AccountPrincipals, EscalationStep
from cloudpack_baseline.checks.identity._pattern_examples import (
    example_arn,
    requested_regions,
    resource_regions,
    undenied_region,
)
from cloudpack_baseline.checks.identity._policies import Principal, PrincipalPolicies
from cloudpack_baseline.checks.identity._question_budget import cost_of_question

__all__ = ["Context", "Questions"]

Context: TypeAlias = Mapping[str, str | None]

_REGION = "ap-northeast-1"


@lru_cache(maxsize=1 << 14)
def _asked(statement: Statement) -> frozenset[str]:
    """The actions of paths that a statement is about."""
    known = path_catalogue()
    named = frozenset().union(*map(known.asked_by, statement.actions))
    return known.asked_by("*") - named if statement.not_action else named


@define(eq=False)
class Questions:
    """What the policies of a principal allow, with its boundary and service control policies.

    Attributes:
        account: the account it is in.
        principal: the user or role.
        policies: its policies.
        permissions: the engine, set up for them.
        names: the actions of paths that some Allow covers.
        regions: the Regions that its policies name, or one that stands for all.
        passing: the paths that pass a role, as far as some Allow covers each of their actions.
        cost: of one question, in the budget of the account.
    """

    account: AccountPrincipals
    principal: Principal
    policies: PrincipalPolicies
    permissions: EffectivePermissions
    names: frozenset[str]
    regions: tuple[str, ...]
    passing: tuple[tuple[str, ...], ...]
    cost: int

    @classmethod
    def of(
        cls, account: AccountPrincipals, principal: Principal, policies: PrincipalPolicies
    ) -> Questions:
        """Prepare the questions; nothing is evaluated yet."""
        allows = [
            statement
            for policy in policies.documents
            for statement in policy.statements
            if statement.effect == "Allow"
        ]
        names = frozenset().union(*map(_asked, allows))
        relevant = [statement for statement in allows if _asked(statement)]
        return cls(
            account=account,
            principal=principal,
            policies=policies,
            permissions=EffectivePermissions(
                policies=policies.documents,
                boundary=policies.boundary,
                scps=account.levels,
                principal=policies.identity,
                since=account.as_of,
            ),
            names=names,
            regions=tuple(dict.fromkeys((_REGION, *_regions(account, policies, relevant)))),
            passing=tuple(_passing(names)) if "iam:PassRole" in names else (),
            cost=cost_of_question(policies.documents),
        )

    @property
    def partition(self) -> str:
        """The partition of the account."""
        return self.policies.identity.partition

    def step(
        self,
        action: str,
        resource: str,
        *contexts: Context,
        tags: Mapping[str, str] | None = None,
    ) -> EscalationStep | None:
        """The step, if the action is allowed in one of the contexts (in any, if none is given).

        One that is certain goes before one that is in doubt.

        Raises:
            TooManyQuestions: the account has no questions left.
        """
        if action not in self.names:
            return None
        doubtful: AllowedRequest | None = None
        for context in contexts or ({},):
            self.account.budget.spend(self.cost)
            allowed = self.permissions.allowed(action, resource, context, tags)
            if allowed is not None and allowed.exact:
                return _step(action, resource, allowed)
            doubtful = doubtful or allowed
        return None if doubtful is None else _step(action, resource, doubtful)

    def arn(self, template: str, region: str = _REGION) -> str:
        """The ARN of the template that nobody named."""
        return (
            template.replace("{p}", self.partition)
            .replace("{r}", region)
            .replace("{a}", self.policies.identity.account)
            .replace("{n}", NOBODY)
        )

    def chosen(self, action: str, kind: str) -> Iterator[str]:
        """Names that the principal may choose for the action: those that policies name.

        Args:
            action: the IAM action.
            kind: a template of the ARN.
        """
        for text in self._named(action):
            pattern = text.replace("${aws:username}", self.principal.name)
            regions = (_REGION, *resource_regions(pattern))
            examples = (example_arn(pattern, self.arn(kind, region)) for region in regions)
            yield from filter(None, examples)

    def _named(self, action: str) -> Iterator[str]:
        """What an Allow about the action names, or a Deny leaves out."""
        for statement in _statements(self.policies, self.account):
            leaves = (statement.effect == "Allow") is not statement.not_resource
            if leaves and action in _asked(statement):
                yield from statement.resources or ()


def _passing(names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for paths in path_catalogue().passing.values():
        yield from (actions for actions in paths if names.issuperset(actions))


def _step(action: str, resource: str, allowed: AllowedRequest) -> EscalationStep:
    return EscalationStep(action=action, resource=resource.replace(NOBODY, "*"), allowed_by=allowed)


def _regions(
    account: AccountPrincipals, policies: PrincipalPolicies, relevant: Iterable[Statement]
) -> Iterator[str]:
    """The Regions that resources of the statements name, and conditions of all statements.

    With one that is not denied, where the usual Region may be.
    """
    for statement in relevant:
        yield from chain.from_iterable(map(resource_regions, statement.resources or ()))
    for statement in _statements(policies, account):
        yield from requested_regions(statement)
    yield from undenied_region(_statements(policies, account), _REGION)


def _statements(policies: PrincipalPolicies, account: AccountPrincipals) -> Iterator[Statement]:
    """All statements: those of the boundary and of service control policies too."""
    boundary = (policies.boundary,) if policies.boundary else ()
    levels = (policy for level in account.levels for policy in level)
    for policy in (*policies.documents, *boundary, *levels):
        yield from policy.statements
