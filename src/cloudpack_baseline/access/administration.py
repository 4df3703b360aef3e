"""Who is as good as an administrator: by holding everything, or by ways to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from cloudpack_baseline.access.holders import Case, Holder, action_test, case_of, pair
from cloudpack_baseline.access.space import RequestSet, classes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.policy import Policy

__all__ = ["ESCALATIONS", "NOBODY", "FullAdmin", "at_large", "has_full_admin", "regions_of"]

ESCALATIONS: Final = (
    ("iam:CreatePolicyVersion",),
    ("iam:SetDefaultPolicyVersion",),
    ("iam:AttachUserPolicy",),
    ("iam:AttachRolePolicy",),
    ("iam:AttachGroupPolicy",),
    ("iam:PutUserPolicy",),
    ("iam:PutRolePolicy",),
    ("iam:PutGroupPolicy",),
    ("iam:AddUserToGroup",),
    ("iam:UpdateAssumeRolePolicy",),
    ("iam:CreateAccessKey",),
    ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",),
    ("iam:DeleteRolePermissionsBoundary",),
    ("iam:DeleteUserPermissionsBoundary",),
    ("sts:AssumeRole",),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    ("iam:PassRole", "ec2:RunInstances"),
    ("iam:PassRole", "cloudformation:CreateStack"),
    ("iam:PassRole", "ecs:RunTask"),
    ("iam:PassRole", "glue:CreateDevEndpoint"),
    ("iam:PassRole", "glue:CreateJob", "glue:StartJobRun"),
    ("iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"),
    ("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    ("iam:PassRole", "scheduler:CreateSchedule"),
    ("iam:PassRole", "states:CreateStateMachine"),
    ("lambda:UpdateFunctionCode",),
    ("ssm:SendCommand",),
    ("ssm:StartSession",),
)
"""Actions that together let a principal give itself more: on resources at large they are as good
as administration."""
NOBODY: Final = "z9q-nobodys-name"
"""What no policy names: whatever is allowed on it is allowed on things at large."""
_RESOURCES: Final = {
    "cloudformation": ("stack/{name}/1",),
    "codebuild": ("project/{name}",),
    "datapipeline": ("pipeline/{name}",),
    "ec2": ("instance/{name}",),
    "ec2:RunInstances": (
        "instance/{name}",
        "image/{name}",
        "network-interface/{name}",
        "security-group/{name}",
        "subnet/{name}",
        "volume/{name}",
    ),
    "ecs": ("task-definition/{name}:1",),
    "glue": ("job/{name}",),
    "lambda": ("function:{name}",),
    "sagemaker": ("notebook-instance/{name}",),
    "scheduler": ("schedule/default/{name}",),
    "states": ("stateMachine:{name}",),
}
"""What the actions of ``ESCALATIONS`` are about, by action or by service; an instance is not
launched unless all that belongs to it may be used (Service Authorization Reference)."""
_WITHOUT_RESOURCE: Final = frozenset(
    {"datapipeline:CreatePipeline", "glue:CreateDevEndpoint", "lambda:CreateEventSourceMapping"}
)
_REGION: Final = "ap-northeast-1"
_REGIONS: Final = re.compile(r"(?<=:)[a-z]{2,4}(?:-[a-z]+)+-[1-9](?=:)", re.ASCII)


@frozen(kw_only=True)
class FullAdmin:
    """Whether policies amount to everything on everything.

    ``full``: for each action and resource there is a context in which it is allowed;
    ``unconditional``: it is so in every context. ``missing`` is an action and resource that are
    not allowed. ``escalations`` are sets of actions, allowed on resources at large, by which the
    principal can give itself the rest. ``grants`` are the statements that it takes for what is
    full: the place of each one's policy, and its path.
    """

    full: bool
    unconditional: bool
    missing: tuple[str, str] | None
    escalations: tuple[tuple[str, ...], ...]
    grants: tuple[tuple[int, str], ...] = ()
    exact: bool = True


def has_full_admin(
    policies: Sequence[Policy],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
    since: datetime | None = None,
) -> FullAdmin:
    """Whether the policies amount to ``*`` on ``*``, however pieced together.

    What is allowed only before ``since`` (with its time zone) does not count.
    """
    names = tuple(dict.fromkeys(name for group in ESCALATIONS for name in group))
    case = case_of(policies, boundary, scps, holder or Holder(), extra_actions=names, since=since)
    granted = [case.high & rule.high for _, rule in case.allows]
    sure = [case.low & rule.low for _, rule in case.allows]
    missing = _missing(case, granted)
    return FullAdmin(
        full=missing is None,
        unconditional=missing is None and _is_everything(case, sure),
        missing=missing,
        escalations=tuple(
            group for group in ESCALATIONS if all(_at_large(case, granted, name) for name in group)
        ),
        grants=() if missing else _grants(case, granted),
        exact=missing is not None or _missing(case, sure) is None,
    )


def _is_everything(case: Case, sets: Iterable[RequestSet]) -> bool:
    """Whether the sets together hold every request."""
    remaining = case.context.valid
    for requests in sets:
        remaining -= requests
    return not remaining


def _grants(case: Case, granted: Sequence[RequestSet]) -> tuple[tuple[int, str], ...]:
    """The one statement that allows everything, or those that do together, in their order."""
    for (place, rule), requests in zip(case.allows, granted, strict=True):
        if _missing(case, (requests,)) is None:
            return ((place, rule.path),)
    grants = []
    allowed = RequestSet.nothing(case.context.space)
    for (place, rule), requests in zip(case.allows, granted, strict=True):
        if not requests <= allowed:
            grants.append((place, rule.path))
        allowed |= requests
    return tuple(grants)


def at_large(action: str, holder: Holder, region: str = _REGION) -> tuple[str, ...]:
    """ARNs that nobody named, of every kind that an action of ``ESCALATIONS`` has to be let on."""
    if action in _WITHOUT_RESOURCE:
        return ("*",)
    service, _, name = action.partition(":")
    arn = f"arn:{holder.partition}:"
    if service in {"iam", "sts"}:
        return (f"{arn}iam::{holder.account}:{_iam_kind(name)}/{NOBODY}",)
    # Commands and sessions run on instances.
    service = "ec2" if service == "ssm" else service
    kinds = _RESOURCES.get(action) or _RESOURCES[service]
    return tuple(
        # Images are of other accounts, or of none.
        f"{arn}{service}:{region}:{'' if kind.startswith('image/') else holder.account}:"
        + kind.format(name=NOBODY)
        for kind in kinds
    )


def _iam_kind(name: str) -> str:
    if "Group" in name:
        return "group"
    if "Role" in name:
        return "role"
    if "PolicyVersion" in name:
        return "policy"
    return "user"


def regions_of(policies: Iterable[Policy]) -> tuple[str, ...]:
    """The regions that resources name, or one that stands for all."""
    texts = (
        text
        for policy in policies
        for statement in policy.statements
        for text in statement.resources or ()
    )
    return tuple(dict.fromkeys((_REGION, *(r for text in texts for r in _REGIONS.findall(text)))))


def _at_large(case: Case, granted: Sequence[RequestSet], action: str) -> bool:
    layout = case.context.layout
    box = {layout.action: case.actions.some_value[action_test((action,))][1]}
    places = classes_in((requests.within(box) for requests in granted), layout.object)
    return all(case.places(arn) & places for arn in at_large(action, case.holder))


def _missing(case: Case, granted: Sequence[RequestSet]) -> tuple[str, str] | None:
    """An action and a resource that no context allows."""
    layout, objects = case.context.layout, case.context.axes["object"]
    # Projections of the sets, never their union, which may be large.
    for index in range(1, len(case.actions.samples)):
        lacking = objects.present
        for requests in granted:
            lacking &= ~requests.within({layout.action: 1 << index}).classes(layout.object)
            if not lacking:
                break
        else:
            return pair(case, index, lacking)
    return None
