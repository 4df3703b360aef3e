"""Several policies of what has only one: which of them stays depends on the order of deployment.

Each may be the one that is in effect, so that what one of them allows counts, as any value of a
template counts that is possible. A Deny of one of them says nothing about what another one allows,
and whether it applies to the rest is in doubt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.policy_doubts import with_doubt
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_one
from cloudpack_baseline.sources.cloudformation.stack_answers import GivenAnswer, Join
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined
from cloudpack_baseline.sources.located import AnswerObject, LocatedDocument, Mark

__all__ = ["add_answer", "add_policy", "attach_policy", "either_policy"]


def add_policy(
    resource: TypedResource, operation: str, subject: str, /, at: str, **members: Resolved
) -> None:
    """Answer an operation about the policy of a subject, beside those that other resources give it.

    Args:
        resource: with the policy.
        operation: as of `TypedResource.about`.
        subject: what has the policy.
        at: the property with the policy.
        members: of the answer; one of them, or a member of one, is the policy.
    """
    resource.about(operation, subject, at=at, join=_joined(subject), **members)


def add_answer(resource: TypedResource, operation: str, subject: str, answer: AnswerObject) -> None:
    """Answer an operation about the policy of a subject as about another name of it."""
    given_answer = GivenAnswer(answer=answer, resources=(resource.name,))
    resource.answers.give(operation, subject, given_answer, _joined(subject))


def _joined(subject: str) -> Join:
    """A join of answers, each policy in which is one of two."""

    def join(known: AnswerObject, later: AnswerObject) -> AnswerObject:
        members: dict[str, Resolved] = {}
        for name in dict.fromkeys((*known, *later)):
            before, member = known.raw(name), later.raw(name)
            if isinstance(before, AnswerObject) and isinstance(member, AnswerObject):
                members[name] = join(before, member)
            else:
                first, second = _located(before, known.origin), _located(member, later.origin)
                members[name] = either_policy(first, second, subject)
        return AnswerObject(members, later.origin, {**known.marks, **later.marks})

    return join


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
    for subject in resource.subjects_of(resource.named(*as_list(subjects)), kind):
        document, arn = resource.get("PolicyDocument"), arn_of(subject)
        policy = policy_of_one(document, arn, resource.account)
        add_policy(resource, operation, subject, at="PolicyDocument", Attributes={"Policy": policy})


def either_policy(first: Resolved, second: Resolved, subject: str) -> Resolved:
    """One of two policies, as the API returns them; all of it is in doubt if one is not known.

    Args:
        first: of them; ``None``: none at all.
        second: of them, or none at all.
        subject: what has the policy.
    """
    if first == second:
        return second
    unknown = undetermined(f"the policy of {subject} (one of several)")
    try:
        first_statements, second_statements = list(_statements(first)), list(_statements(second))
    except (AttributeError, ValueError):
        return policy_text(unknown)
    only_in_first = _without(first_statements, second_statements)
    only_in_second = _without(second_statements, first_statements)
    statements = [
        *_without(first_statements, only_in_first),
        *_in_one_policy(only_in_first, unknown),
        *_in_one_policy(only_in_second, unknown),
    ]
    places = [
        (f"$.Statement[{index}]", place)
        for index, (_, place) in enumerate(statements)
        if place is not None
    ]
    document = {"Version": "2012-10-17", "Statement": [statement for statement, _ in statements]}
    return LocatedDocument(json.dumps(document, ensure_ascii=False), places)


_Placed: TypeAlias = tuple[Mapping[str, Any], Mark | Origin | None]
"""A statement, with where it is written."""


def _without(statements: list[_Placed], excluded: list[_Placed]) -> list[_Placed]:
    """The statements that say what none of the excluded ones says."""
    excluded_statements = [statement for statement, _ in excluded]
    return [placed for placed in statements if placed[0] not in excluded_statements]


def _in_one_policy(statements: list[_Placed], unknown: Unknown) -> list[_Placed]:
    """Statements of one of the policies; a Deny is in doubt, and says nothing without an Allow."""
    if not any(map(_is_allow, statements)):
        return []
    return [
        placed if _is_allow(placed) else (with_doubt(placed[0], unknown), placed[1])
        for placed in statements
    ]


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
    if policy is None:
        return
    places = dict(policy.places) if isinstance(policy, LocatedDocument) else {}
    statements = json.loads(str(policy)).get("Statement")
    is_single = isinstance(statements, dict)
    for index, statement in enumerate(as_list(statements)):
        statement.get("Effect")
        yield statement, places.get("$.Statement" if is_single else f"$.Statement[{index}]")
