"""Paths by what runs with a role already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import evolve

from cloudpack_baseline.checks.identity._path_catalogue import NOBODY, RunningPath, path_catalogue
from cloudpack_baseline.checks.identity._paths import EscalationPath, EscalationStep
from cloudpack_baseline.checks.identity._paths_at_large import document_step, steps_on_one
from cloudpack_baseline.checks.identity._permission_questions import Context, Questions
from cloudpack_baseline.checks.identity._role_bearers import RoleBearer
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["running_on", "unread_paths"]

_NOT_ASKED = frozenset({Why.NOT_GATHERED, Why.NOT_PROVIDED})
"""Why a kind is unknown that nobody tried to read: it is only asked about at large."""


def running_on(questions: Questions, role: str) -> Iterator[tuple[EscalationStep, ...]]:
    """Steps that run something of the caller's on what has the role."""
    for bearer in questions.account.bearers.by_role.get(role, ()):
        for path in _open_paths(questions, bearer.kind):
            steps = _steps(questions, path, bearer)
            if steps:
                yield steps


def unread_paths(questions: Questions) -> Iterator[EscalationPath]:
    """The paths on single resources of which nobody could read with which role they run."""
    bearers = questions.account.bearers
    # Few principals have an action on what runs, and an account may run thousands of instances.
    some_open = any(_is_open(questions, path) for path in path_catalogue().running)
    for bearer, why in bearers.undecided if some_open else ():
        for path in _open_paths(questions, bearer.kind) if _was_asked(why) else ():
            steps = _steps(questions, path, bearer)
            if steps:
                yield EscalationPath(steps=steps, unknown=why)
    for kind, why in bearers.unread.items():
        if not _was_asked(why):
            continue
        for path in _open_paths(questions, kind):
            needed = _needed(path)
            named = [
                step
                for action, template in needed
                for step in steps_on_one(questions, [action], template) or ()
            ]
            if len(named) == len(needed):
                yield EscalationPath(steps=tuple(named), unknown=why)


def _was_asked(why: Unknown) -> bool:
    return any(cause.why not in _NOT_ASKED for cause in why.causes)


def _open_paths(questions: Questions, kind: str) -> Iterator[RunningPath]:
    return (
        path
        for path in path_catalogue().running
        if path.runs_on == kind and _is_open(questions, path)
    )


def _is_open(questions: Questions, path: RunningPath) -> bool:
    return questions.names.issuperset(path.actions)


def _steps(
    questions: Questions, path: RunningPath, bearer: RoleBearer
) -> tuple[EscalationStep, ...] | None:
    region = Arn.parse(bearer.arn).region
    needed = _needed(path)
    steps: list[EscalationStep] = []
    for action, template in needed:
        kind = questions.arn(template, region).replace(NOBODY, "*")
        resource = next(filter(partial(matches, kind), (bearer.arn, *bearer.related)), None)
        if resource is None:
            steps += steps_on_one(questions, [action], template) or ()
        else:
            tags = bearer.tags if resource == bearer.arn else None
            context = {**bearer.context, **(path.context if action == path.actions[0] else {})}
            steps += filter(None, [_step(questions, action, resource, context, tags)])
    if path.documents:
        steps += filter(None, [document_step(questions, path, region)])
    complete = len(needed) + bool(path.documents)
    return tuple(steps) if len(steps) == complete else None


def _step(
    questions: Questions,
    action: str,
    resource: str,
    context: Context,
    tags: Mapping[str, str] | None,
) -> EscalationStep | None:
    """The step on the resource; one that only some tags would allow leads on if it has them."""
    if tags is not None:
        return questions.step(action, resource, context, tags=tags)
    step = questions.step(action, resource, context, tags={})
    if step is not None:
        return step
    tagged = questions.step(action, resource, context)
    return None if tagged is None else evolve(tagged, leads=False)


def _needed(path: RunningPath) -> tuple[tuple[str, str], ...]:
    """Each action with the templates of what it has to be allowed on."""
    return tuple(
        (action, template) for action in path.actions for template in _templates(path, action)
    )


def _templates(path: RunningPath, action: str) -> tuple[str, ...]:
    """What the action is about."""
    if path.resource and action == path.actions[-1]:
        return (path.resource,)
    templates, _ = path_catalogue().resources[action]
    return templates
