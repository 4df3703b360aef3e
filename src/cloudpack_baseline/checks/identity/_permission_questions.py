"""Questions to the access engine about what one principal may do, in terms of paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from attrs import define, evolve

from cloudpack_baseline.access import AllowedRequest, EffectivePermissions, Statement
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY, path_catalogue
from cloudpack_baseline.checks.identity._paths import AccountPrincipals, EscalationStep
from cloudpack_baseline.checks.identity._policies import Principal, PrincipalPolicies
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.pattern import matches

__all__ = ["Context", "Questions", "example_regions"]

Context: TypeAlias = Mapping[str, str | None]

_REGION = "ap-northeast-1"
_COLONS = 5
_EXAMPLES = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-1",
    "ca-central-1",
    "sa-east-1",
    "me-south-1",
    "af-south-1",
    "il-central-1",
    "cn-north-1",
    "us-gov-west-1",
)
"""Representative Regions for a pattern: at least one of each part of the world."""


@lru_cache(maxsize=1 << 14)
def _asked(statement: Statement) -> frozenset[str]:
    """The actions of paths that an Allow is about."""
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
    """

    account: AccountPrincipals
    principal: Principal
    policies: PrincipalPolicies
    permissions: EffectivePermissions
    names: frozenset[str]
    regions: tuple[str, ...]
    passing: tuple[tuple[str, ...], ...]

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
            regions=tuple(
                dict.fromkeys((_REGION, *_regions(relevant), *_locked(policies, account)))
            ),
            passing=tuple(_passing(names)) if "iam:PassRole" in names else (),
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
        """
        if action not in self.names:
            return None
        doubtful: AllowedRequest | None = None
        for context in contexts or ({},):
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
        """Names that the principal may choose for the action: one for each that an Allow names.

        Args:
            action: the IAM action.
            kind: a template of the ARN.
        """
        usual = Arn.parse(self.arn(kind)) if kind != "*" else None
        for statement in self._allows(action):
            for text in statement.resources or ():
                name = text.replace("${aws:username}", self.principal.name)
                if usual is None or not name.startswith("arn:") or "${" in name:
                    continue
                chosen = _choose(Arn.parse(name), usual) if name.count(":") >= _COLONS else None
                if chosen is not None:
                    yield str(chosen)

    def _allows(self, action: str) -> Iterator[Statement]:
        for policy in self.policies.documents:
            for statement in policy.statements:
                if statement.effect == "Allow" and action in _asked(statement):
                    yield statement


def _passing(names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for paths in path_catalogue().passing.values():
        yield from (actions for actions in paths if names.issuperset(actions))


def _step(action: str, resource: str, allowed: AllowedRequest) -> EscalationStep:
    return EscalationStep(action=action, resource=resource.replace(NOBODY, "*"), allowed_by=allowed)


def example_regions(pattern: str) -> Iterator[str]:
    """The region that the pattern names, or examples of those that it means."""
    names = (pattern, *_EXAMPLES) if set("*?").isdisjoint(pattern) else _EXAMPLES
    return (name for name in names if matches(pattern, name))


def _regions(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in statements:
        for text in statement.resources or ():
            region = text.split(":", 4)[3:4]
            if region not in ([], [""], ["*"]):
                yield from example_regions(*region)


def _locked(policies: PrincipalPolicies, account: AccountPrincipals) -> Iterator[str]:
    """Regions that conditions on aws:RequestedRegion name, those of wildcards by an example."""
    boundary = (policies.boundary,) if policies.boundary else ()
    levels = (policy for level in account.levels for policy in level)
    for policy in (*policies.documents, *boundary, *levels):
        for statement in policy.statements:
            for condition in statement.conditions:
                if condition.key.lower() == "aws:requestedregion":
                    for value in condition.values:
                        yield from example_regions(value)


def _choose(pattern: Arn, usual: Arn) -> Arn | None:
    """An ARN that the pattern means, as usual where it leaves a choice; None: of another kind."""
    resource = pattern.resource.replace("*", NOBODY).replace("?", "x")
    kind = usual.resource.partition(NOBODY)[0]
    regions = (
        [usual.region] if matches(pattern.region, usual.region) else example_regions(pattern.region)
    )
    chosen = evolve(usual, region=next(iter(regions), ""), resource=resource)
    fits = all(
        matches(getattr(pattern, name), getattr(chosen, name))
        for name in ("partition", "service", "region", "account")
    )
    return chosen if fits and resource.startswith(kind) else None
