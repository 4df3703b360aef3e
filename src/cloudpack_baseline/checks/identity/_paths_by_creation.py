"""Paths by which a principal creates an administrator: a role, a user or a group by its name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue
from cloudpack_baseline.checks.identity._paths import EscalationPath, EscalationStep
from cloudpack_baseline.checks.identity._paths_at_large import ANY_SERVICE, passing_steps
from cloudpack_baseline.checks.identity._paths_to_itself import give, join
from cloudpack_baseline.checks.identity._paths_to_others import is_admitted
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.checks.identity._policies import PrincipalPolicies
from cloudpack_baseline.model.iam_principals import UserDetail

__all__ = ["paths_by_creation"]


def paths_by_creation(questions: Questions) -> Iterator[EscalationPath]:
    """The paths by what the principal creates: unbounded, granting everything, and acted as."""
    for steps in chain(_by_role(questions), _by_user(questions), _by_group(questions)):
        yield EscalationPath(steps=steps)


def _created(questions: Questions, kind: str) -> Iterator[tuple[str, tuple[EscalationStep, ...]]]:
    """What it can create without a boundary, or free from it, with the steps to it."""
    action = f"iam:Create{kind}"
    if action not in questions.names:
        return
    (template,), _ = path_catalogue().resources[action]
    # What grants everything may be allowed on fewer names than the creation is.
    naming = (action, f"iam:Put{kind}Policy", f"iam:Attach{kind}Policy")
    named = chain.from_iterable(questions.chosen(name, template) for name in naming)
    for arn in dict.fromkeys((questions.arn(template), *named)):
        step = questions.step(action, arn, {"iam:PermissionsBoundary": None})
        bounded = None if step else questions.step(action, arn)
        freed = questions.step(f"iam:Delete{kind}PermissionsBoundary", arn) if bounded else None
        if step:
            yield arn, (step,)
        elif bounded and freed:
            yield arn, (bounded, freed)


def _by_role(questions: Questions) -> Iterator[tuple[EscalationStep, ...]]:
    """It writes the trust policy, and in one account being named there is enough to assume it."""
    for arn, created in _created(questions, "Role"):
        granting = give(questions, "Role", arn, None)
        if granting is None:
            continue
        if is_admitted(questions, arn):
            yield (*created, *granting)
        else:
            for steps in passing_steps(questions, arn, ANY_SERVICE):
                yield (*created, *granting, *steps)


def _users(
    questions: Questions,
) -> Iterator[tuple[str, tuple[EscalationStep, ...], EscalationStep]]:
    """Users that it can create and sign in as: the ARN, the steps before and the last one."""
    for arn, created in _created(questions, "User"):
        # A user that was just created has no password to change.
        for action in ("iam:CreateAccessKey", "iam:CreateLoginProfile"):
            step = questions.step(action, arn)
            if step:
                yield arn, created, step
                break


def _by_user(questions: Questions) -> Iterator[tuple[EscalationStep, ...]]:
    nothing = PrincipalPolicies(identity=questions.policies.identity, named=())
    groups = questions.account.directory.groups.values()
    for arn, created, signed_in in _users(questions):
        granting = give(questions, "User", arn, None)
        if granting:
            yield (*created, *granting, signed_in)
        for step in join(questions, nothing, groups):
            yield (*created, step, signed_in)


def _by_group(questions: Questions) -> Iterator[tuple[EscalationStep, ...]]:
    for arn, created in _created(questions, "Group"):
        granting = give(questions, "Group", arn, None)
        step = questions.step("iam:AddUserToGroup", arn) if granting else None
        if not (granting and step):
            continue
        if isinstance(questions.principal, UserDetail):
            yield (*created, *granting, step)
        for _, user, signed_in in _users(questions):
            yield (*created, *granting, *user, step, signed_in)
