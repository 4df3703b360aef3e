"""Paths without a limited resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cloudpack_baseline.checks.identity._path_catalogue import NOBODY, RunningPath, path_catalogue
from cloudpack_baseline.checks.identity._paths import EscalationPath, EscalationStep
from cloudpack_baseline.checks.identity._permission_questions import Context, Questions

__all__ = [
    "ANY_SERVICE",
    "attaching",
    "document_step",
    "identity_paths",
    "passing_steps",
    "paths_at_large",
    "running_steps",
    "steps_on_one",
]

_BOUNDED = ("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy")
ANY_SERVICE = frozenset({"*"})
_NO_TAGS: Mapping[str, str] = {}
_OWN_DOCUMENT = "arn:{p}:ssm:{r}:{a}:document/{n}"


def paths_at_large(questions: Questions) -> Iterator[EscalationPath]:
    """The paths that are open on resources at large."""
    yield from identity_paths(questions)
    for running in path_catalogue().running:
        if running.only_read or running.runs_on in questions.account.bearers.known:
            continue  # what runs with an administrator's role is known by name
        steps = _running_at_large(questions, running)
        if steps:
            yield EscalationPath(steps=steps, at_large=True)
    (role,), _ = path_catalogue().resources["iam:PassRole"]
    for steps in passing_steps(questions, questions.arn(role), ANY_SERVICE, tags=_NO_TAGS):
        yield EscalationPath(steps=steps, at_large=True)


def identity_paths(questions: Questions) -> Iterator[EscalationPath]:
    """The paths that change identities at large."""
    for action in path_catalogue().identity:
        step = _on_nobody(questions, action)
        if step:
            yield EscalationPath(steps=(step,), at_large=True)


def _on_nobody(questions: Questions, action: str) -> EscalationStep | None:
    """The action on an identity that nobody named, and nobody bounds."""
    contexts: tuple[Context, ...] = ()
    if action.startswith("iam:Attach"):
        contexts = attaching(questions, None)
    elif action in _BOUNDED:
        contexts = ({"iam:PermissionsBoundary": None},)
    (template,), _ = path_catalogue().resources[action]
    return questions.step(action, questions.arn(template), *contexts, tags=_NO_TAGS)


def attaching(questions: Questions, boundary: str | None) -> tuple[Context, ...]:
    """Contexts in which a policy of everything is attached to someone with the boundary."""
    return tuple(
        {"iam:PolicyARN": arn, "iam:PermissionsBoundary": boundary}
        for arn in questions.account.full_policies
    )


def _running_at_large(questions: Questions, path: RunningPath) -> tuple[EscalationStep, ...] | None:
    if not questions.names.issuperset(path.actions):
        return None
    for region in questions.regions:
        steps = _all_open(questions, path, region)
        if steps is None:
            continue
        if not path.documents:
            return steps
        document = document_step(questions, path, region)
        if document:
            return (*steps, document)
    return None


def _all_open(
    questions: Questions, path: RunningPath, region: str
) -> tuple[EscalationStep, ...] | None:
    steps: list[EscalationStep] = []
    for action in path.actions:
        context = path.context if action == path.actions[0] else {}
        for template in path_catalogue().resources[action][0]:
            arn = questions.arn(template, region)
            step = questions.step(action, arn, context, tags=_NO_TAGS)
            if step is None:
                return None
            steps.append(step)
    return tuple(steps)


def document_step(questions: Questions, path: RunningPath, region: str) -> EscalationStep | None:
    """The document by which the last action runs what the caller says."""
    action = path.actions[-1]
    of_account = questions.arn(_OWN_DOCUMENT, region)
    of_aws = of_account.replace(f":{questions.policies.identity.account}:", "::")
    documents = [of_account]
    documents += [
        arn.replace(NOBODY, name) for name in path.documents for arn in (of_aws, of_account)
    ]
    return next(filter(None, (questions.step(action, arn) for arn in documents)), None)


def passing_steps(
    questions: Questions,
    role: str,
    services: frozenset[str],
    tags: Mapping[str, str] | None = None,
) -> Iterator[tuple[EscalationStep, ...]]:
    """Steps that pass the role to a service that its trust policy allows (``*``: any)."""
    known = path_catalogue()
    for actions in questions.passing:
        principals = known.principals(actions[0], questions.partition)
        if "*" not in services:
            principals = tuple(
                spelling
                for service in sorted(services)
                if known.is_passed_to(actions[0], service)
                for spelling in known.spellings(service, questions.partition)
            )
        contexts = [{"iam:PassedToService": principal} for principal in principals]
        passed = questions.step("iam:PassRole", role, *contexts, tags=tags) if contexts else None
        steps = running_steps(questions, actions) if passed else None
        if passed and steps:
            yield (passed, *steps)


def running_steps(
    questions: Questions, actions: Sequence[str]
) -> tuple[EscalationStep, ...] | None:
    """The steps by which a service runs what the principal says; None: one is not open.

    Actions on the same kind of resource have to be allowed on the same one.
    """
    kinds: dict[tuple[str, ...], list[str]] = {}
    for action in actions:
        templates, joint = path_catalogue().resources[action]
        for alternatives in [(template,) for template in templates] if joint else [templates]:
            kinds.setdefault(alternatives, []).append(action)
    steps: list[EscalationStep] = []
    for alternatives, names in kinds.items():
        attempts = (steps_on_one(questions, names, template) for template in alternatives)
        open_steps = next(filter(None, attempts), None)
        if open_steps is None:
            return None
        steps += open_steps
    return tuple(steps)


def steps_on_one(
    questions: Questions, actions: Sequence[str], template: str
) -> list[EscalationStep] | None:
    """The actions on one resource of the kind: on nobody's, else on one that a policy names."""
    usual = (questions.arn(template, region) for region in questions.regions)
    chosen = (name for action in actions for name in questions.chosen(action, template))
    for resource in dict.fromkeys((*usual, *chosen)):
        steps = [step for action in actions if (step := questions.step(action, resource))]
        if len(steps) == len(actions):
            return steps
    return None
