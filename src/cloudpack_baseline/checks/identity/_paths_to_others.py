"""Paths by which a principal acts as someone else who is an administrator, or is made one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from attrs import evolve

from cloudpack_baseline.access import (
    EffectivePermissions,
    Policy,
    Statement,
    trust_grant_for,
    trust_of_principal,
)
from cloudpack_baseline.checks.identity._paths import Administrator, EscalationPath, EscalationStep
from cloudpack_baseline.checks.identity._paths_at_large import passing_steps
from cloudpack_baseline.checks.identity._paths_by_running import running_on
from cloudpack_baseline.checks.identity._paths_to_itself import (
    boundary_context,
    give,
    is_wide,
    join,
    leading,
    new_version,
)
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.checks.identity._policies import Principal
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.values import Truth, Unknown, is_known

__all__ = ["is_admitted", "paths_by_others", "paths_towards"]

_GIVING = ("iam:CreatePolicyVersion", "iam:AddUserToGroup")
_CREDENTIALS = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")


def paths_towards(questions: Questions, target: Administrator) -> Iterator[EscalationPath]:
    """The paths to an administrator; the first certain one is the last."""
    for steps in _becoming(questions, target):
        path = EscalationPath(steps=steps, towards=target)
        yield path
        if path.exact:
            return
    trust = questions.account.trusts.get(target.principal.arn)
    if isinstance(trust, Unknown):
        towards = evolve(target, unknown=trust)
        step = questions.step("sts:AssumeRole", target.principal.arn)
        if step:
            yield EscalationPath(steps=(step,), towards=towards)
        for steps in _by_assumers(questions, target.principal, frozenset(("*",))):
            yield EscalationPath(steps=steps, towards=towards)


def _by_assumers(
    questions: Questions, role: Principal, assumers: frozenset[str]
) -> Iterator[tuple[EscalationStep, ...]]:
    """Steps by which services and SAML providers act as the role."""
    for provider in sorted(filter(lambda assumer: ":saml-provider/" in assumer, assumers)):
        step = questions.step("iam:UpdateSAMLProvider", provider)
        if step:
            yield (step,)
    yield from passing_steps(questions, role.arn, assumers, _tags(role))


def _becoming(questions: Questions, target: Administrator) -> Iterator[tuple[EscalationStep, ...]]:
    principal = target.principal
    if isinstance(principal, UserDetail):
        yield from _as_user(questions, principal)
        return
    yield from _as_role(questions, principal)
    yield from running_on(questions, principal.arn)
    assumers = target.services.union(target.saml_providers)
    yield from _by_assumers(questions, principal, assumers)
    for first, *later_steps in _by_assumers(questions, principal, target.possible_assumers):
        yield (evolve(first, leads=False), *later_steps)


def _as_user(questions: Questions, user: UserDetail) -> Iterator[tuple[EscalationStep, ...]]:
    for action in _CREDENTIALS:
        step = questions.step(action, user.arn, tags=_tags(user))
        if step:
            yield (step,)


def _tags(principal: Principal) -> dict[str, str] | None:
    return None if principal.tags is None else dict(principal.tags)


def _as_role(questions: Questions, role: RoleDetail) -> Iterator[tuple[EscalationStep, ...]]:
    assumed = _assuming(questions, role)
    if assumed:
        yield (assumed,)
    step = questions.step(
        "iam:UpdateAssumeRolePolicy",
        role.arn,
        boundary_context(role.boundary),
        tags=_tags(role),
    )
    if step:
        yield (step,)


def _assuming(questions: Questions, role: RoleDetail) -> EscalationStep | None:
    trust = questions.account.trusts[role.arn]
    if isinstance(trust, Unknown):
        return None
    step = questions.step("sts:AssumeRole", role.arn, tags=_tags(role))
    if not (step or _admits(trust, questions.principal.arn)):
        return None
    identity = questions.policies.identity
    grant = trust_grant_for(
        trust,
        questions.principal.arn,
        account=role.account,
        organization=identity.organization or None,
        since=questions.account.as_of,
        identity=identity,
    )
    if grant is None:
        return None
    if step is not None and _agree(questions, trust, role):
        return evolve(step, trust_grant=grant)
    principal_trust = trust_of_principal(trust, questions.principal.arn, role.arn)
    if grant.direct and is_admitted(questions, role.arn, principal_trust, _tags(role)):
        return EscalationStep(
            action="sts:AssumeRole", resource=role.arn, allowed_by=None, trust_grant=grant
        )
    return None


def _agree(questions: Questions, trust: Policy, role: RoleDetail) -> bool:
    """Whether one request may meet the conditions of both sides.

    It is asked only where both have conditions on a key, or the trust policy on the role's tags.
    """
    keys = _keys((trust,))
    if not keys:
        return True
    policies = questions.policies
    boundary = (policies.boundary,) if policies.boundary else ()
    levels = chain.from_iterable(questions.account.levels)
    of_role = any(key.startswith("aws:resourcetag/") for key in keys)
    if not of_role and keys.isdisjoint(_keys((*policies.documents, *boundary, *levels))):
        return True
    permissions = EffectivePermissions(
        policies=policies.documents,
        boundary=policies.boundary,
        scps=(
            *questions.account.levels,
            (trust_of_principal(trust, questions.principal.arn, role.arn),),
        ),
        principal=policies.identity,
        since=questions.account.as_of,
    )
    return permissions.allowed("sts:AssumeRole", role.arn, tags=_tags(role)) is not None


def _keys(policies: Iterable[Policy]) -> frozenset[str]:
    return frozenset(
        condition.key.lower()
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
    )


def _admits(trust: Policy, arn: str) -> bool:
    return any(
        statement.effect == "Allow"
        and (
            statement.not_principal
            or statement.principal is None
            or statement.principal.everyone
            or arn in statement.principal.aws
        )
        for statement in trust.statements
    )


def is_admitted(
    questions: Questions,
    arn: str,
    trust: Policy | None = None,
    tags: Mapping[str, str] | None = None,
) -> bool:
    """Whether nothing stops the principal from assuming a role whose trust policy names it.

    The conditions of the trust policy count if it is given, with the tags of the role. The
    boundary of a user takes nothing from what a policy of the resource gives it by name, that
    of a role does (IAM User Guide, "Permissions boundaries for IAM entities").
    """
    assume = Statement(path="$", effect="Allow", actions=("sts:AssumeRole",), resources=(arn,))
    policies = questions.policies
    boundary = policies.boundary
    if boundary is not None and isinstance(questions.principal, UserDetail):
        boundary = evolve(boundary, statements=(*boundary.statements, assume))
    # It needs no permission of its own, but what denies it counts.
    denies = (
        evolve(policy, statements=tuple(s for s in policy.statements if s.effect == "Deny"))
        for policy in policies.documents
    )
    permissions = EffectivePermissions(
        policies=(*denies, trust or Policy(statements=(assume,), kind="identity")),
        boundary=boundary,
        scps=questions.account.levels,
        principal=policies.identity,
        since=questions.account.as_of,
    )
    return permissions.allowed("sts:AssumeRole", arn, tags=tags) is not None


def paths_by_others(questions: Questions) -> Iterator[EscalationPath]:
    """Grant more to another principal, and act as it or let a service act as it."""
    for kind, record in (("User", UserDetail), ("Role", RoleDetail)):
        actions = {f"iam:Attach{kind}Policy", f"iam:Put{kind}Policy", *_GIVING}
        if not questions.names & actions:
            continue
        for recipient in questions.account.principals:
            if not isinstance(recipient, record) or recipient.arn == questions.principal.arn:
                continue
            yield from _by_recipient(questions, recipient, kind)


def _by_recipient(
    questions: Questions, recipient: Principal, kind: str
) -> Iterator[EscalationPath]:
    granting = _granting(questions, recipient, kind)
    wide = _has_wide_boundary(questions, recipient)
    if granting is None or wide is False:
        return
    granting = leading(granting, wide)
    for steps in _becoming(questions, questions.account.target(recipient)):
        yield EscalationPath(steps=(*granting, *steps))


def _has_wide_boundary(questions: Questions, recipient: Principal) -> Truth:
    if recipient.boundary is None:
        return True
    if isinstance(recipient.boundary, Unknown):
        return False  # what it may do is unknown: paths to it are followed as such
    boundary = questions.account.directory.managed.get(recipient.boundary)
    if not isinstance(boundary, Policy):
        return False
    return is_wide(questions.account, boundary, questions.policies)


def _granting(
    questions: Questions, recipient: Principal, kind: str
) -> tuple[EscalationStep, ...] | None:
    granting = give(questions, kind, recipient.arn, recipient.boundary, tags=_tags(recipient))
    if granting:
        return granting
    directory = questions.account.directory
    attached = recipient.attached_policies if is_known(recipient.attached_policies) else ()
    steps = [new_version(questions, arn) for arn in attached]
    if isinstance(recipient, UserDetail):
        steps += join(questions, directory.policies_of(recipient), directory.groups.values())
    return next(((step,) for step in steps if step), None)
