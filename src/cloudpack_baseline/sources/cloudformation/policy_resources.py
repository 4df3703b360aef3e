"""Policies of templates whose resources are where the stack is, which may not be known.

An ARN that spells out an account or a Region may be that of what the stack has, and may be that of
something else. It is taken for both, as far as that allows no fewer requests; what may allow fewer
is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.open_names import OpenNames
from cloudpack_baseline.sources.cloudformation.policies import (
    IDENTITY_POLICY,
    RESOURCE_POLICY,
    partly_known_policy,
    policy_text,
)
from cloudpack_baseline.sources.cloudformation.policy_doubts import with_doubt
from cloudpack_baseline.sources.cloudformation.policy_drafts import of_resource, parsed_document
from cloudpack_baseline.sources.cloudformation.policy_names import with_open_names
from cloudpack_baseline.sources.cloudformation.typed import (
    as_list,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    Resolved,
    placeholder,
    undetermined,
    why_of,
    with_members,
)
from cloudpack_baseline.sources.located import LocatedDocument

__all__ = [
    "named_account",
    "policy_here",
    "policy_of_one",
    "policy_of_principal",
    "statements_here",
    "with_stack_account",
]


@frozen
class _Reading:
    """How a policy is read that names resources.

    Attributes:
        meanings: what the value of an element of a statement may name, by the element.
        doubt: why a name may not be that of what the policy is about; ``None``: it is.
        owner: the account that a statement shows to be that of the stack; empty: it shows none.
        name: of what has the policy, as of `policy_here`.
        open_names: as of `policy_of_principal`.
    """

    meanings: Mapping[str, Callable[[Resolved], Resolved]]
    doubt: Callable[[Resolved], Unknown | None]
    owner: Callable[[Resolved], str]
    name: str = ""
    open_names: OpenNames = field(factory=OpenNames)


def policy_of_one(document: Resolved, arn: Resolved, account: str) -> Resolved:
    """The policy of a resource that a policy can only be about, as the API returns it.

    An Allow names the resource by an ARN that is not known before it is deployed, such as one with
    an account, so each is taken to be about it. A Deny is certainly about it only if it names it.

    Args:
        document: the resolved property.
        arn: of the resource, as far as it is known.
        account: of the stack, or the placeholder.
    """
    name = str(shown(arn))
    match = _ARN.fullmatch(name)
    arns, meant = {name}, partial(_here, "", "")
    if match is not None:
        region = match["region"] if _REGION.fullmatch(match["region"]) else ""
        arns |= {str(place) for place in _places_of(name, "", region)}
        meant = partial(_here, match["account"], region)
    reading = _Reading(
        {"Resource": lambda _: "*", "NotResource": meant},
        partial(_doubt_about, frozenset(arns)),
        partial(_owner, account, named_account(name)),
    )
    return _with_resources(document, reading)


def with_stack_account(
    statement: Mapping[str, Any], arn: Resolved, account: str
) -> Mapping[str, Any]:
    """The statement, with the account of the resource as that of the stack, if that names none.

    Args:
        statement: resolved.
        arn: of the resource; an ARN without an account shows nothing.
        account: of the stack, or the placeholder.
    """
    return _with_stack_callers(statement, _owner(account, named_account(str(shown(arn))), {}))


def _owner(account: str, named: str, statement: Resolved) -> str:
    """The account that ARNs of a statement about a resource of the stack agree on.

    A policy can only name what has it, so the account of its resources is that of the stack, as far
    as the statement has an effect.

    Args:
        account: of the stack, or the placeholder.
        named: the account that the name of the resource contains; or empty.
        statement: resolved.
    """
    if account != PLACEHOLDER_ACCOUNT:
        return ""
    if named not in ("", PLACEHOLDER_ACCOUNT) or not isinstance(statement, Mapping):
        return named
    owners = {named_account(str(shown(name))) for name in as_list(statement.get("Resource"))}
    return owners.pop() if len(owners) == 1 else ""


def named_account(arn: str) -> str:
    """The account that an ARN spells out; empty: it spells out none."""
    match = _ARN.fullmatch(arn)
    return match["account"] if match is not None and _ACCOUNT.fullmatch(match["account"]) else ""


def _with_stack_callers(statement: Mapping[str, Any], owner: str) -> Mapping[str, Any]:
    """The statement, whose callers of the account are callers of the account of the stack."""
    if not owner:
        return statement
    callers = {"Principal", "NotPrincipal", "Condition"} & statement.keys()
    pattern = re.compile(rf"(?<!\d){owner}(?!\d)")
    return with_members(
        statement, **{element: _replaced(pattern, statement[element]) for element in callers}
    )


def _replaced(pattern: re.Pattern[str], value: Resolved) -> Resolved:
    if isinstance(value, Mapping):
        return {key: _replaced(pattern, member) for key, member in value.items()}
    if isinstance(value, list):
        return [_replaced(pattern, entry) for entry in value]
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    text = pattern.sub(PLACEHOLDER_ACCOUNT, str(value))
    if text == str(value):
        return value
    unknown = why_of(value)
    return text if unknown is None else DocumentText(text, unknown)


def _doubt_about(arns: frozenset[str], name: Resolved) -> Unknown | None:
    """Why a name of a policy may not cover the resource that has one of the ARNs."""
    text = str(shown(name))
    is_named = any(matches(text, arn) for arn in arns)
    return None if is_named else undetermined(f"the resource {text}")


def policy_here(
    document: Resolved,
    account: str,
    region: str,
    elements: Iterable[str] = RESOURCE_POLICY,
    *,
    name: str = "",
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
        name: the last part of the ARN of what has the policy; empty: it is about several things.
    """
    if region and account != PLACEHOLDER_ACCOUNT and not name:
        return policy_text(document, elements)
    elements = tuple(elements)
    reading = _reading_here(account if "Principal" in elements else "", account, region, name)
    return _with_resources(document, reading, elements)


def policy_of_principal(
    document: Resolved, account: str, region: str, open_names: OpenNames
) -> Resolved:
    """The policy of a principal; see `policy_here`.

    Args:
        document: the resolved property.
        account: of the stack, or the placeholder.
        region: of the stack; empty: it is not known.
        open_names: the resources whose names are not known, which it may be about.
    """
    if not open_names.names:
        return policy_here(document, account, region, IDENTITY_POLICY)
    reading = evolve(_reading_here("", account, region, ""), open_names=open_names)
    return _with_resources(document, reading, IDENTITY_POLICY)


def statements_here(
    statement: Resolved, account: str, region: str, *, name: str = ""
) -> tuple[Resolved, ...]:
    """A statement of such a policy, resolved: a certain one, and what is in doubt."""
    return _statements_read(_reading_here(account, account, region, name), statement)


def _reading_here(callers_account: str, account: str, region: str, name: str) -> _Reading:
    """How the policy of a resource or of a principal is read; the latter names no callers."""
    places = partial(_here, account, region)
    return _Reading(
        {"Resource": places, "NotResource": places},
        partial(_doubt, account, region),
        partial(_owner, callers_account, ""),
        name,
    )


_NARROWING = {"Deny": "Resource", "Allow": "NotResource"}
"""The element of a statement that, if it names more, leaves fewer requests allowed."""


def _statements_read(reading: _Reading, statement: Resolved) -> tuple[Resolved, ...]:
    """What a statement comes to: a certain one, and what is in doubt."""
    first, *further = _statements_of_places(reading, statement)
    if not reading.open_names.names or not isinstance(first, Mapping):
        return first, *further
    return *with_open_names(first, reading.open_names), *further


def _statements_of_places(reading: _Reading, statement: Resolved) -> tuple[Resolved, ...]:
    if isinstance(statement, Mapping):
        statement = _with_stack_callers(statement, reading.owner(statement))
        statement = of_resource(statement, reading.name) if reading.name else statement
    changed = _with_resource(statement, reading.meanings)
    effect = str(statement.get("Effect")) if isinstance(statement, Mapping) else ""
    element = _NARROWING.get(effect, "")
    names = as_list(statement[element]) if element and element in statement else []
    doubts = [reading.doubt(name) for name in names]
    unknown = next((doubt for doubt in doubts if doubt is not None), None)
    if unknown is None:
        return (changed,)
    meant = reading.meanings[element]
    certain = [
        place
        for name, doubt in zip(names, doubts, strict=True)
        for place in (as_list(meant(name)) if doubt is None else [name])
    ]
    narrow = with_members(statement, **{element: certain})
    plain, doubtful = (narrow, changed) if effect == "Deny" else (changed, narrow)
    return plain, with_doubt(doubtful, unknown)


def _doubt(account: str, region: str, name: Resolved) -> Unknown | None:
    """Why an ARN that spells out its account or its Region may be of another one."""
    match = _ARN.fullmatch(str(name)) if isinstance(name, str) else None
    if match is None:
        return None
    owner, named = match["account"], match["region"]
    if account == PLACEHOLDER_ACCOUNT != owner and _ACCOUNT.fullmatch(owner):
        return undetermined("AWS::AccountId")
    return undetermined("AWS::Region") if not region and _REGION.fullmatch(named) else None


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
    document: Resolved, reading: _Reading, elements: Iterable[str] = RESOURCE_POLICY
) -> Resolved:
    """The policy with each statement as it is read."""
    if isinstance(document, str) and (unknown := why_of(document)) is not None:
        document = partly_known_policy(document, unknown)
    if isinstance(document, str):
        try:
            parsed = parsed_document(str(document))
        except ValueError:
            return str(document)
        changed = _changed(parsed, reading)
        if changed is parsed:
            return policy_text(document, elements)
        policy = policy_text(changed, elements)
        places = document.places if isinstance(document, LocatedDocument) else ()
        return LocatedDocument(policy, places) if isinstance(policy, str) else policy
    return policy_text(_changed(document, reading), elements)


def _changed(document: Resolved, reading: _Reading) -> Resolved:
    """The document as it is read; the same object if that changes nothing."""
    if not isinstance(document, Mapping):
        return document
    statements = document.get("Statement")
    several = statements if isinstance(statements, list) else [statements]
    changed = [_statements_read(reading, statement) for statement in several]
    # Positions in the text are by number, so what comes on top is last.
    first = [certain for certain, *_ in changed]
    added = [statement for _, *further in changed for statement in further]
    return document if first + added == several else {**document, "Statement": first + added}


def _with_resource(
    statement: Resolved, meanings: Mapping[str, Callable[[Resolved], Resolved]]
) -> Resolved:
    if isinstance(statement, Mapping) and not meanings.keys().isdisjoint(statement):
        changed = {
            name: meaning(statement[name])
            for name, meaning in meanings.items()
            if name in statement
        }
        return with_members(statement, **changed)
    return statement
