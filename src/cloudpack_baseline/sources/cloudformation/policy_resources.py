"""Policies of templates whose resources are where the stack is, which may not be known.

An ARN that spells out an account or a Region may be that of what the stack has, and may be that of
something else. It is taken for both, as far as that allows no fewer requests; what may allow fewer
is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.policies import (
    RESOURCE_POLICY,
    opened,
    policy_text,
    undecided,
)
from cloudpack_baseline.sources.cloudformation.policy_drafts import parsed_document
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    Resolved,
    ResolvedObject,
    placeholder,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import LocatedDocument

__all__ = ["attach_policy", "policy_here", "policy_of_one", "statement_here"]

_Changes: TypeAlias = Mapping[str, Callable[[Resolved], Any]]
"""What is made of the value of an element of a statement, by the element's name."""

_Doubtful: TypeAlias = Callable[[Resolved, Resolved], tuple[Resolved, ...]]
"""The statements that a statement becomes with its changes: a certain one, and what is in doubt."""


def policy_of_one(document: Resolved) -> Resolved:
    """The policy of a resource that a policy can only be about, as the API returns it.

    Its statements name the resource by an ARN that is not known before it is deployed, such as one
    with an account, so each is taken to be about it.
    """
    changes: _Changes = {"Resource": lambda _: "*", "NotResource": partial(_here, "", "")}
    return _with_resources(document, changes)


def attach_policy(
    resource: TypedResource,
    operation: str,
    kind: str,
    subjects: Resolved,
) -> None:
    """Describe the ``PolicyDocument`` of a resource as the policy of its subjects.

    Args:
        resource: with the policy.
        operation: whose answer contains the policy among ``Attributes``.
        kind: the property that names the subjects.
        subjects: what they are; none: what has no name.
    """
    policy = policy_of_one(resource.get("PolicyDocument"))
    for subject in resource.subjects_of(as_list(subjects) or [resource.unnamed], kind):
        resource.about(operation, subject, at="PolicyDocument", Attributes={"Policy": policy})


def policy_here(
    document: Resolved,
    account: str,
    region: str,
    elements: Iterable[str] = RESOURCE_POLICY,
) -> Resolved:
    """A policy as the API returns it; what it names is where the stack is.

    Where the account or the Region of a stack is not known, an ARN of the policy with an account or
    a Region is also taken to be that of what the stack has. Whether it is stays open where fewer
    requests would be allowed then: in a Deny, and in what an Allow excepts.

    Args:
        document: the resolved property.
        account: of the stack, or the placeholder.
        region: of the stack; empty: it is not known.
        elements: as of `policy_text`.
    """
    if region and account != PLACEHOLDER_ACCOUNT:
        return policy_text(document, elements)
    further = partial(_doubtful_statement, account, region)
    return _with_resources(document, _changes_here(account, region), elements, further)


def statement_here(statement: Resolved, account: str, region: str) -> Resolved:
    """A statement of such a policy, resolved; see `policy_here`."""
    return _with_resource(statement, _changes_here(account, region))


def _changes_here(account: str, region: str) -> _Changes:
    here = partial(_here, account, region)
    return {"Resource": here, "NotResource": here}


_NARROWING = {"Deny": "Resource", "Allow": "NotResource"}
"""The element of a statement that, if it names more, leaves fewer requests allowed."""


def _doubtful_statement(
    account: str,
    region: str,
    statement: Resolved,
    changed: Resolved,
) -> tuple[Any, ...]:
    """The statements, the first one certain, if the account or the Region may be another one."""
    effect = str(statement.get("Effect")) if isinstance(statement, Mapping) else ""
    element = _NARROWING.get(effect, "")
    names = as_list(statement[element]) if element and element in statement else []
    spelled_out = {
        str(name): unknown
        for name in names
        if (unknown := _doubt(name, account, region)) is not None
    }
    if not spelled_out:
        return (changed,)
    here = partial(_here, account, region)
    certain = [
        place
        for name in names
        for place in ([name] if str(name) in spelled_out else as_list(here(name)))
    ]
    narrow = _replaced(statement, {**statement, element: certain})
    plain, doubtful = (narrow, changed) if effect == "Deny" else (changed, narrow)
    return plain, _in_doubt(doubtful, next(iter(spelled_out.values())))


def _doubt(name: Resolved, account: str, region: str) -> Unknown | None:
    """Why an ARN that spells out its account or its Region may be of another one."""
    match = _ARN.fullmatch(str(name)) if isinstance(name, str) else None
    if match is None:
        return None
    owner, named = match["account"], match["region"]
    if account == PLACEHOLDER_ACCOUNT != owner and _ACCOUNT.fullmatch(owner):
        return undetermined("AWS::AccountId")
    return undetermined("AWS::Region") if not region and _REGION.fullmatch(named) else None


def _in_doubt(statement: Mapping[str, Any], unknown: Unknown) -> Mapping[str, Any]:
    condition = statement.get("Condition", {})
    if not isinstance(condition, Mapping):
        return statement
    operator, keys = next(iter(undecided(unknown).items()))
    known = condition.get(operator, {})
    tests = {**known, **keys} if isinstance(known, Mapping) else keys
    return _replaced(statement, {**statement, "Condition": {**condition, operator: tests}})


def _replaced(statement: Mapping[str, Any], changed: dict[str, Any]) -> Mapping[str, Any]:
    """The changed statement, with the position of the statement."""
    if isinstance(statement, ResolvedObject):
        return ResolvedObject(changed, statement.mark, statement.key_marks)
    return changed


def _here(account: str, region: str, resource: Resolved) -> Resolved:
    """The resource, and the same where the stack is, as far as that is not known."""
    if not isinstance(resource, str | list):
        return resource
    entries = resource if isinstance(resource, list) else [resource]
    names = [name for entry in entries for name in (entry, *_places_of(entry, account, region))]
    return resource if len(names) == len(entries) else names


def _places_of(name: Resolved, account: str, region: str) -> Iterator[DocumentText]:
    """The ARN with what stands for the account and the Region of the stack."""
    match = _ARN.fullmatch(str(name))
    if not isinstance(name, str) or match is None:
        return
    named, owner = match["region"], match["account"]
    if account == PLACEHOLDER_ACCOUNT and _ACCOUNT.fullmatch(owner):
        owner = account
    # The Region of a listing is empty; that of an ARN shows that it is not known.
    regions = ("", placeholder(undetermined("AWS::Region"))) if named and not region else (named,)
    for place in regions:
        text = f"{match['service']}:{place}:{owner}:{match['name']}"
        if text != name:
            yield DocumentText(text, why_of(name))


_ARN = re.compile(
    r"(?P<service>arn:[^:]*:[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<name>.*)", re.DOTALL
)
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")


def _with_resources(
    document: Resolved,
    changes: _Changes,
    elements: Iterable[str] = RESOURCE_POLICY,
    doubtful: _Doubtful = lambda _, changed: (changed,),
) -> Resolved:
    """The policy with changes to elements of each statement that name resources."""
    if isinstance(document, str) and (unknown := why_of(document)) is not None:
        document = opened(document, unknown)
    if isinstance(document, str):
        try:
            parsed = parsed_document(str(document))
        except ValueError:
            return str(document)
        changed = _changed(parsed, changes, doubtful)
        if changed is parsed:
            return policy_text(document, elements)
        policy = policy_text(changed, elements)
        places = document.places if isinstance(document, LocatedDocument) else ()
        return LocatedDocument(policy, places) if isinstance(policy, str) else policy
    return policy_text(_changed(document, changes, doubtful), elements)


def _changed(document: Resolved, changes: _Changes, doubtful: _Doubtful) -> Resolved:
    """The document with the changes; the same object if they change nothing."""
    if not isinstance(document, Mapping):
        return document
    statements = document.get("Statement")
    several = statements if isinstance(statements, list) else [statements]
    changed = [doubtful(statement, _with_resource(statement, changes)) for statement in several]
    # Positions in the text are by number, so what comes on top is last.
    first = [certain for certain, *_ in changed]
    added = [statement for _, *further in changed for statement in further]
    return document if first + added == several else {**document, "Statement": first + added}


def _with_resource(statement: Resolved, changes: _Changes) -> Resolved:
    if isinstance(statement, Mapping) and not changes.keys().isdisjoint(statement):
        changed = {
            name: changes[name](value) if name in changes else value
            for name, value in statement.items()
        }
        return _replaced(statement, changed)
    return statement
