"""Several policies of what has only one: which of them stays depends on the order of deployment.

Each may be the one that is in effect, so that what one of them allows counts, as any value of a
template counts that is possible. A Deny of one of them says nothing about what another one allows,
and whether it applies to the rest is in doubt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.policies import policy_text, with_doubt
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined
from cloudpack_baseline.sources.located import AnswerObject, LocatedDocument, Mark

__all__ = ["add_policy", "attach_policy", "either_policy"]


def add_policy(  # noqa: PLR0913 - what is answered, and where it is written
    resource: TypedResource,
    operation: str,
    subject: str,
    policy: Resolved,
    *,
    at: str,
    within: tuple[str, ...] = ("Policy",),
) -> None:
    """Describe the policy of a subject, beside those that other resources give it.

    Args:
        resource: with the policy.
        operation: whose answer contains the policy.
        subject: what has it.
        policy: as the API returns it.
        at: the property with the policy.
        within: the members of the answer, from the outermost, of which the last is the policy.
    """
    answer = resource.answers.subjects.get((operation, subject))
    known: Any = answer
    for name in within:
        known = known.raw(name) if isinstance(known, AnswerObject) else None
    if answer is not None and known is not None:
        known, policy = _located(known, answer.origin), _located(policy, resource.origin)
        policy = either_policy(known, policy, subject)
    for name in reversed(within):
        policy = {name: policy}
    resource.about(operation, subject, at=at, **policy)


def attach_policy(
    resource: TypedResource,
    operation: str,
    kind: str,
    subjects: Resolved,
    arn_of: Callable[[str], str] = str,
) -> None:
    """Describe the ``PolicyDocument`` of a resource as a policy of its subjects.

    Args:
        resource: with the policy.
        operation: whose answer contains the policy among ``Attributes``.
        kind: the property that names the subjects.
        subjects: what they are; none: what has no name.
        arn_of: the ARN of a subject.
    """
    for subject in resource.subjects_of(as_list(subjects) or [resource.unnamed], kind):
        document, arn = resource.get("PolicyDocument"), arn_of(subject)
        policy = policy_of_one(document, arn, resource.account)
        add_policy(
            resource,
            operation,
            subject,
            policy,
            at="PolicyDocument",
            within=("Attributes", "Policy"),
        )


def either_policy(first: Resolved, second: Resolved, subject: str) -> Resolved:
    """One of two policies, as the API returns them; all of it is in doubt if one is not known.

    Args:
        first: of them.
        second: of them.
        subject: what has the policy.
    """
    if first == second:
        return second
    unknown = undetermined(f"one of several policies of {subject}")
    try:
        several = [list(_statements(policy)) for policy in (first, second)]
    except (AttributeError, ValueError):
        return policy_text(unknown)
    first_own, second_own = _without(*several), _without(*reversed(several))
    common = _without(several[0], first_own)
    statements: list[Mapping[str, Any]] = []
    places: list[tuple[str, Mark | Origin]] = []
    for own in (common, first_own, second_own):
        has_allow = any(map(_is_allow, own))
        for statement, place in own:
            is_certain = own is common or _is_allow((statement, place))
            if not (is_certain or has_allow):
                continue
            if place is not None:
                places.append((f"$.Statement[{len(statements)}]", place))
            statements.append(statement if is_certain else with_doubt(statement, unknown))
    document = {"Version": "2012-10-17", "Statement": statements}
    return LocatedDocument(json.dumps(document, ensure_ascii=False), places)


_Placed: TypeAlias = tuple[Mapping[str, Any], Mark | Origin | None]
"""A statement, with where it is written."""


def _without(statements: list[_Placed], others: list[_Placed]) -> list[_Placed]:
    """The statements that say what none of the others says."""
    said = [statement for statement, _ in others]
    return [each for each in statements if each[0] not in said]


def _is_allow(placed: _Placed) -> bool:
    return placed[0].get("Effect") == "Allow"


def _located(policy: Resolved, origin: Origin | None) -> Resolved:
    if isinstance(policy, LocatedDocument) and origin is not None:
        return policy.within(origin)
    return policy


def _statements(policy: Resolved) -> Iterator[_Placed]:
    """The statements of a policy in a text, each with where it is written.

    Raises:
        AttributeError: it is no policy.
        ValueError: it is no JSON.
    """
    places = dict(policy.places) if isinstance(policy, LocatedDocument) else {}
    statements = json.loads(str(policy)).get("Statement")
    is_single = isinstance(statements, dict)
    for index, statement in enumerate(as_list(statements)):
        statement.get("Effect")
        yield statement, places.get("$.Statement" if is_single else f"$.Statement[{index}]")
