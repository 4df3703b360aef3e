"""Ways by which a principal gives itself more than it holds."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from cloudpack_baseline.access import Capability, Policy, may
from cloudpack_baseline.access.identity import ESCALATIONS
from cloudpack_baseline.checks._principals import Holdings
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.pattern import matches

__all__ = ["Escalation", "escalations"]

_NAME = "z9q-nobodys-name"
"""What no policy names: whatever is allowed on it is allowed on things at large."""

_RESOURCES = {
    "cloudformation": f"stack/{_NAME}/1",
    "codebuild": f"project/{_NAME}",
    "datapipeline": f"pipeline/{_NAME}",
    "ec2": f"instance/{_NAME}",
    "ecs": f"task-definition/{_NAME}:1",
    "glue": f"devEndpoint/{_NAME}",
    "lambda": f"function:{_NAME}",
    "sagemaker": f"notebook-instance/{_NAME}",
    "states": f"stateMachine:{_NAME}",
}
_REGION = "ap-northeast-1"


@frozen
class Escalation:
    """Actions that together are a way to everything.

    ``exact`` is false where a statement that could not be taken exactly decides it.
    """

    actions: tuple[str, ...]
    exact: bool


def escalations(held: Holdings) -> Iterator[Escalation]:
    """The ways that are open on resources at large; the first of them is worth telling.

    Each action is asked for on a resource of its own kind that no policy names: allowed
    on ``arn:aws:iam::ACCOUNT:*`` is as good as on ``*``, allowed on one role is not.
    """
    for group in ESCALATIONS:
        # Asking exactly is dear; most principals hold none of the actions by any statement.
        if all(_is_named(held.policies, action) for action in group):
            found = [_can(held, action) for action in group]
            if all(found):
                exact = all(one.exact for one in found if one is not None)
                yield Escalation(group, exact)


def _is_named(policies: tuple[Policy, ...], action: str) -> bool:
    return any(
        statement.effect == "Allow"
        and statement.not_action
        is not any(matches(one.lower(), action.lower()) for one in statement.actions)
        for policy in policies
        for statement in policy.statements
    )


def _can(held: Holdings, action: str) -> Capability | None:
    resource = _resource(action, held)
    return may(held.policies, action, resource=resource, boundary=held.boundary, holder=held.holder)


def _resource(action: str, held: Holdings) -> str:
    """The ARN of a resource that nobody named, of the kind that the action is about."""
    service, _, name = action.partition(":")
    partition = Arn.parse(held.holder.arn).partition if held.holder.arn else "aws"
    account = held.holder.account
    if service in ("iam", "sts"):
        return str(Arn(partition, "iam", "", account, f"{_iam_kind(name)}/{_NAME}"))
    if service == "ssm":
        # Commands and sessions run on instances.
        service = "ec2"
    return str(Arn(partition, service, _REGION, account, _RESOURCES[service]))


def _iam_kind(name: str) -> str:
    if "Group" in name:
        return "group"
    if "Role" in name:
        return "role"
    if "PolicyVersion" in name:
        return "policy"
    return "user"
