"""Paths by which a principal grants itself more: through its policies, groups and boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.access import Policy, Statement
from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue
from cloudpack_baseline.checks.identity._paths import (
    AccountPrincipals,
    EscalationPath,
    EscalationStep,
)
from cloudpack_baseline.checks.identity._paths_at_large import identity_paths
from cloudpack_baseline.checks.identity._permission_questions import Questions
from cloudpack_baseline.checks.identity._policies import (
    NamedPolicy,
    PrincipalPolicies,
    named_actions,
)
from cloudpack_baseline.checks.identity._question_budget import TooManyQuestions
from cloudpack_baseline.model.iam_principals import GroupDetail, UserDetail
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, any_of, is_known

__all__ = [
    "boundary_context",
    "give",
    "is_wide",
    "join",
    "leading",
    "makes_administrator",
    "may_be_everything",
    "new_version",
    "paths_to_itself",
]

_EVERYTHING = Policy(
    statements=(Statement(path="$", effect="Allow", actions=("*",), resources=("*",)),),
    kind="identity",
)

_IN_DOUBT = Unknown.because(Why.UNSUPPORTED, detail="Action=*, Resource=*")

_NOBODY = UserDetail(arn="", account="", name="")
"""Policies are judged apart from whose they are."""


def may_be_everything(policies: tuple[Policy, ...]) -> bool:
    """Whether it is worth asking: some Allow is about an action that there is not."""
    return named_actions(policies, "z9q:NobodysAction")


def makes_administrator(account: AccountPrincipals, policies: PrincipalPolicies) -> Truth:
    """Whether the policies allow changing identities, which everything includes."""
    key = (policies.documents, policies.boundary)
    if key not in account.verdicts:
        account.verdicts[key] = any_of(_verdicts(account, policies))
    return account.verdicts[key]


def _verdicts(account: AccountPrincipals, policies: PrincipalPolicies) -> Iterator[Truth]:
    try:
        for path in identity_paths(Questions.of(account, _NOBODY, policies)):
            if path.steps[0].action.startswith("iam:"):
                yield path.exact or _IN_DOUBT
    except TooManyQuestions:
        yield _IN_DOUBT


def leading(steps: tuple[EscalationStep, ...], truth: Truth) -> tuple[EscalationStep, ...]:
    """The steps, which lead on if something else is true."""
    return steps if truth is True else (evolve(steps[0], leads=False), *steps[1:])


def is_wide(
    account: AccountPrincipals, boundary: Policy | None, policies: PrincipalPolicies
) -> Truth:
    """Whether someone under the boundary who is granting everything is an administrator."""
    if boundary is None:
        return True
    everything = NamedPolicy(policy=_EVERYTHING, name="")
    return makes_administrator(
        account,
        PrincipalPolicies(identity=policies.identity, named=(everything,), boundary=boundary),
    )


def paths_to_itself(questions: Questions) -> Iterator[EscalationPath]:
    """The paths by which the principal gives itself more."""
    account, policies = questions.account, questions.policies
    if not _may_change_itself(questions):
        return
    wide = is_wide(account, policies.boundary, policies)
    if wide is not False:
        for path in _more(questions):
            yield evolve(path, steps=leading(path.steps, wide))
    yield from _out_of_boundary(questions)


def _may_change_itself(questions: Questions) -> bool:
    return any(name.startswith("iam:") for name in questions.names)


def _more(questions: Questions) -> Iterator[EscalationPath]:
    principal = questions.principal
    kind = "User" if isinstance(principal, UserDetail) else "Role"
    arn, boundary = principal.arn, principal.boundary
    tags = None if principal.tags is None else dict(principal.tags)
    candidates = [give(questions, kind, arn, boundary, tags)]
    candidates += [give(questions, "Group", group.arn, None) for group in questions.policies.groups]
    candidates += _by_versions(questions)
    if isinstance(principal, UserDetail):
        candidates += _joining(questions, principal)
    yield from (EscalationPath(steps=steps) for steps in candidates if steps)


def _by_versions(questions: Questions) -> Iterator[tuple[EscalationStep, ...] | None]:
    for named in questions.policies.named:
        step = new_version(questions, named.arn)
        yield (step,) if step else None


def new_version(questions: Questions, arn: str) -> EscalationStep | None:
    """A new version of a policy of the customer's own."""
    if ":iam::aws:" in arn:
        return None
    return questions.step("iam:CreatePolicyVersion", arn) if arn else None


def boundary_context(boundary: Field[str | None]) -> dict[str, str | None]:
    """The boundary of the target as a condition key; any, if it is unknown."""
    return {"iam:PermissionsBoundary": boundary} if is_known(boundary) else {}


def attach(
    questions: Questions,
    action: str,
    target: str,
    boundary: Field[str | None],
    tags: Mapping[str, str] | None = None,
) -> tuple[EscalationStep, ...] | None:
    """Steps that attach a policy of everything to the target, which has the boundary.

    The policy is one that there is, or one that the principal may write first.
    """
    if action not in questions.names:
        return None
    fixed = boundary_context(boundary)
    step = questions.step(
        action,
        target,
        *({"iam:PolicyARN": arn, **fixed} for arn in questions.account.full_policies),
        tags=tags,
    )
    if step:
        return (step,)
    for written in _written_policies(questions):
        context = {"iam:PolicyARN": written.resource, **fixed}
        step = questions.step(action, target, context, tags=tags)
        if step:
            return (written, step)
    return None


def _written_policies(questions: Questions) -> Iterator[EscalationStep]:
    """Policies that the principal may create, or write a new version of."""
    (template,), _ = path_catalogue().resources["iam:CreatePolicy"]
    for arn in (questions.arn(template), *questions.chosen("iam:CreatePolicy", template)):
        step = questions.step("iam:CreatePolicy", arn)
        if step:
            yield step
    for arn in questions.account.directory.managed:
        step = new_version(questions, arn)
        if step:
            yield step


def _joining(questions: Questions, user: UserDetail) -> Iterator[tuple[EscalationStep, ...]]:
    """Groups in which it would be an administrator, or that it gives everything first."""
    groups = tuple(
        group
        for group in questions.account.directory.groups.values()
        if not is_known(user.groups) or group.name not in user.groups
    )
    yield from ((step,) for step in join(questions, questions.policies, groups))
    for group in groups:
        step = questions.step("iam:AddUserToGroup", group.arn)
        granting = give(questions, "Group", group.arn, None) if step else None
        if step and granting:
            yield (*granting, step)


def join(
    questions: Questions, policies: PrincipalPolicies, groups: Iterable[GroupDetail]
) -> Iterator[EscalationStep]:
    """Steps that add someone with the policies to a group, which makes it an administrator."""
    account = questions.account
    if "iam:AddUserToGroup" not in questions.names:
        return
    for group in groups:
        step = questions.step("iam:AddUserToGroup", group.arn)
        of_group = account.directory.group_policies(group) if step else None
        if step and of_group:
            administers = makes_administrator(account, policies.adding(*of_group))
            if administers is not False:
                yield from leading((step,), administers)


def give(
    questions: Questions,
    kind: str,
    arn: str,
    boundary: Field[str | None],
    tags: Mapping[str, str] | None = None,
) -> tuple[EscalationStep, ...] | None:
    """Steps that give everything to a user, role or group, which has the boundary."""
    context = boundary_context(boundary)
    put = questions.step(f"iam:Put{kind}Policy", arn, context, tags=tags)
    return (put,) if put else attach(questions, f"iam:Attach{kind}Policy", arn, boundary, tags)


def _out_of_boundary(questions: Questions) -> Iterator[EscalationPath]:
    """Paths out of a boundary that alone keeps it from everything."""
    account, policies, principal = questions.account, questions.policies, questions.principal
    boundary = principal.boundary
    if not isinstance(boundary, str):
        return
    administers = makes_administrator(account, policies.without_boundary())
    if administers is False:
        return
    kind = "User" if isinstance(principal, UserDetail) else "Role"
    wide = ({"iam:PermissionsBoundary": arn} for arn in account.full_policies)
    steps = (
        questions.step(f"iam:Delete{kind}PermissionsBoundary", principal.arn),
        questions.step(f"iam:Put{kind}PermissionsBoundary", principal.arn, *wide),
        new_version(questions, boundary),
    )
    for step in filter(None, steps):
        yield EscalationPath(steps=leading((step,), administers))
