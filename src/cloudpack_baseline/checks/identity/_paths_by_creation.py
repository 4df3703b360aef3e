"""Paths by which a principal creates an administrator: a role, a user or a group by its name."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.identity._path_catalogue import catalogue
from cloudpack_baseline.checks.identity._paths import Path, Step
from cloudpack_baseline.checks.identity._paths_to_itself import attach
from cloudpack_baseline.checks.identity._paths_to_others import is_admitted
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.model.iam_principals import UserDetail

__all__ = ["paths_by_creation"]


def paths_by_creation(questions: Questions) -> Iterator[Path]:
    """The paths by what the principal creates: unbounded, given everything, and acted as."""
    yield from _by_role(questions)
    yield from _by_user(questions)
    if isinstance(questions.principal, UserDetail):
        yield from _by_group(questions)


def _created(questions: Questions, kind: str) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """What it can create without a boundary, or frees of it, with the steps so far."""
    action = f"iam:Create{kind}"
    if action not in questions.names:
        return
    (template,), _ = catalogue().resources[action]
    for arn in (questions.arn(template), *questions.chosen(action, template)):
        step = questions.step(action, arn, {"iam:PermissionsBoundary": None})
        if step:
            yield arn, (step,)
            continue
        bounded = questions.step(action, arn)
        freed = questions.step(f"iam:Delete{kind}PermissionsBoundary", arn) if bounded else None
        if bounded and freed:
            yield arn, (bounded, freed)


def _given(questions: Questions, kind: str, arn: str) -> tuple[Step, ...] | None:
    put = questions.step(f"iam:Put{kind}Policy", arn, {"iam:PermissionsBoundary": None})
    return (put,) if put else attach(questions, f"iam:Attach{kind}Policy", arn, None)


def _by_role(questions: Questions) -> Iterator[Path]:
    """The trust policy names the principal, and in one account that is enough to assume it."""
    for arn, steps in _created(questions, "Role"):
        given = _given(questions, "Role", arn)
        if given and is_admitted(questions, arn):
            yield Path(kind="own", steps=(*steps, *given))


def _by_user(questions: Questions) -> Iterator[Path]:
    for arn, steps in _created(questions, "User"):
        given = _given(questions, "User", arn)
        if given is None:
            continue
        for action in ("iam:CreateAccessKey", "iam:CreateLoginProfile"):
            step = questions.step(action, arn)
            if step:
                yield Path(kind="own", steps=(*steps, *given, step))


def _by_group(questions: Questions) -> Iterator[Path]:
    for arn, steps in _created(questions, "Group"):
        given = _given(questions, "Group", arn)
        step = questions.step("iam:AddUserToGroup", arn) if given else None
        if given and step:
            yield Path(kind="own", steps=(*steps, *given, step))
