"""Policy documents of templates as texts of the API, unknown parts included.

A statement of which a part is not known is widened to everything that it may mean, under a
condition that nobody can decide: the access engine then answers "possibly", and what its neighbour
statements certainly allow stays certain. The condition key names what is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Cause, Origin, Unknown
from cloudpack_baseline.sources.cloudformation.policy_drafts import (
    as_meant,
    parsed_document,
    text_as_meant,
)
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    ResolvedObject,
    as_text,
    placeholder,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.located import LocatedDocument, Mark

__all__ = [
    "IDENTITY_POLICY",
    "RESOURCE_POLICY",
    "TRUST_POLICY",
    "UNDETERMINED",
    "attach_policy",
    "policy_here",
    "policy_of_one",
    "policy_text",
    "statement_here",
    "with_statement",
]

_Changes: TypeAlias = Mapping[str, Callable[[Any], Any]]
"""What is made of the value of an element of a statement, by the element's name."""

_Doubtful: TypeAlias = Callable[[Any, Any], tuple[Any, ...]]
"""The statements that a statement becomes with its changes: a certain one, and what is in doubt."""

UNDETERMINED = "cloudpack-baseline:undetermined/"
"""What the key of a condition begins with that nobody can decide, as the access engine knows it;
the rest of the key names what is not known."""

RESOURCE_POLICY = ("Principal", "Action", "Resource")
IDENTITY_POLICY = ("Action", "Resource")
TRUST_POLICY = ("Principal", "Action")

_ELEMENTS = (
    ("Principal", "NotPrincipal"),
    ("Action", "NotAction"),
    ("Resource", "NotResource"),
)


def policy_text(
    document: Any,  # noqa: ANN401 - a resolved value
    elements: Iterable[str] = RESOURCE_POLICY,
) -> Any:  # noqa: ANN401 - text, or unknown
    """A policy document as the API returns it; one of which nothing is known may say anything.

    Args:
        document: the resolved property: an object, or JSON in a string.
        elements: those that every statement of such a policy has.
    """
    if isinstance(document, str):
        if (unknown := why_of(document)) is None:
            meant = text_as_meant(str(document), elements)
            if isinstance(document, LocatedDocument):
                return LocatedDocument(meant, document.places)
            return meant
        document = _with_open_texts(document, unknown)
    if isinstance(document, Unknown):
        document = {"Version": "2012-10-17", "Statement": document}
    if not isinstance(document, Mapping):
        return document
    plain = {key: _plain(value) for key, value in document.items() if key != "Statement"}
    anything = dict.fromkeys(elements, "*")
    located = list(_statements(document.get("Statement"), anything))
    statements = [statement for statement, _ in located]
    is_single = isinstance(document.get("Statement"), Mapping) and len(statements) == 1
    plain["Statement"] = statements[0] if is_single else statements
    paths = ("$.Statement" if is_single else f"$.Statement[{i}]" for i in range(len(located)))
    places = ((path, mark) for path, (_, mark) in zip(paths, located, strict=True) if mark)
    return LocatedDocument(json.dumps(plain, ensure_ascii=False), places)


def with_statement(document: str | None, statement: Mapping[str, Any], origin: Origin) -> str:
    """A policy with a further statement, which another resource adds.

    Args:
        document: the policy so far; ``None``: there is none.
        statement: resolved.
        origin: of the resource, in the file of the statement.
    """
    if isinstance(statement, ResolvedObject):
        origin = statement.mark.within(origin)
    further = json.loads(policy_text({"Version": "2012-10-17", "Statement": [statement]}))
    known = {"Version": "2012-10-17", "Statement": []} if document is None else json.loads(document)
    before = known["Statement"] if isinstance(known["Statement"], list) else [known["Statement"]]
    statements = [*before, *further["Statement"]]
    places: list[tuple[str, Mark | Origin]] = []
    if isinstance(document, LocatedDocument):
        single = "$.Statement[0]"
        places += (
            (single if path == "$.Statement" else path, place) for path, place in document.places
        )
    places += ((f"$.Statement[{i}]", origin) for i in range(len(before), len(statements)))
    text = json.dumps({**known, "Statement": statements}, ensure_ascii=False)
    return LocatedDocument(text, places)


def _with_open_texts(document: str, unknown: Unknown) -> Any:  # noqa: ANN401 - JSON, or unknown
    """A policy in a text of which parts are not known, such as that of ``Fn::Sub``.

    A part within a string leaves the other strings known. Outside of one it may be anything.
    """
    try:
        return _opened(parsed_document(str(document)), unknown)
    except ValueError:
        return unknown


def _opened(value: Any, unknown: Unknown) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_opened(entry, unknown) for entry in value]
    if isinstance(value, dict):
        if any(_causes_in(name, unknown) for name in value):
            return unknown
        return {name: _opened(member, unknown) for name, member in value.items()}
    causes = _causes_in(value, unknown) if isinstance(value, str) else ()
    return DocumentText(value, Unknown(causes)) if causes else value


def _causes_in(text: str, unknown: Unknown) -> tuple[Cause, ...]:
    """Why parts of the text are not known; a placeholder shows where they are."""
    if "<" not in text:
        return ()
    shown = tuple(cause for cause in unknown.causes if placeholder(Unknown((cause,))) in text)
    return shown or unknown.causes


def policy_of_one(document: Any) -> Any:  # noqa: ANN401 - a resolved value; a text, or unknown
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
    subjects: Any,  # noqa: ANN401 - one, or a list
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
    document: Any,  # noqa: ANN401 - the same
    account: str,
    region: str,
    elements: Iterable[str] = RESOURCE_POLICY,
) -> Any:  # noqa: ANN401 - the same
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


def statement_here(statement: Any, account: str, region: str) -> Any:  # noqa: ANN401 - the same
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
    statement: Any,  # noqa: ANN401 - the same
    changed: Any,  # noqa: ANN401 - the same
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


def _doubt(name: Any, account: str, region: str) -> Unknown | None:  # noqa: ANN401 - the same
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
    operator, keys = next(iter(_undecided(unknown).items()))
    known = condition.get(operator, {})
    tests = {**known, **keys} if isinstance(known, Mapping) else keys
    return _replaced(statement, {**statement, "Condition": {**condition, operator: tests}})


def _replaced(statement: Mapping[str, Any], changed: dict[str, Any]) -> Mapping[str, Any]:
    """The changed statement, with the position of the statement."""
    if isinstance(statement, ResolvedObject):
        return ResolvedObject(changed, statement.mark, statement.key_marks)
    return changed


def _here(account: str, region: str, resource: Any) -> Any:  # noqa: ANN401 - a resolved value
    """The resource, and the same where the stack is, as far as that is not known."""
    if not isinstance(resource, str | list):
        return resource
    entries = resource if isinstance(resource, list) else [resource]
    names = [name for entry in entries for name in (entry, *_places_of(entry, account, region))]
    return resource if len(names) == len(entries) else names


def _places_of(name: Any, account: str, region: str) -> Iterator[DocumentText]:  # noqa: ANN401 - the same
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
    document: Any,  # noqa: ANN401 - the same
    changes: _Changes,
    elements: Iterable[str] = RESOURCE_POLICY,
    doubtful: _Doubtful = lambda _, changed: (changed,),
) -> Any:  # noqa: ANN401 - the same
    """The policy with changes to elements of each statement that name resources."""
    if isinstance(document, str) and (unknown := why_of(document)) is not None:
        document = _with_open_texts(document, unknown)
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


def _changed(document: Any, changes: _Changes, doubtful: _Doubtful) -> Any:  # noqa: ANN401 - the same
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


def _with_resource(statement: Any, changes: _Changes) -> Any:  # noqa: ANN401 - the same
    if isinstance(statement, Mapping) and not changes.keys().isdisjoint(statement):
        changed = {
            name: changes[name](value) if name in changes else value
            for name, value in statement.items()
        }
        return _replaced(statement, changed)
    return statement


def _statements(
    value: Any,  # noqa: ANN401 - a resolved value
    anything: Mapping[str, str],
) -> Iterator[tuple[Any, Mark | None]]:
    """The statements as JSON, each with its position, if it has one."""
    for statement in value if isinstance(value, list) else [value]:
        mark = statement.mark if isinstance(statement, ResolvedObject) else None
        for plain in _meanings(statement, anything):
            yield plain, mark if mark and (mark.line or mark.path) else None


def _meanings(
    statement: Any,  # noqa: ANN401 - a resolved value
    anything: Mapping[str, str],
) -> Iterator[Any]:
    if isinstance(statement, Mapping):
        yield from _statement(as_meant(statement, anything))
    elif (unknown := why_of(statement)) is not None:
        yield from _undecided_statements(unknown, anything)
    else:
        yield _plain(statement)


def _undecided_statements(
    unknown: Unknown, anything: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """A statement of which nothing is known may allow, and may deny."""
    for effect in ("Allow", "Deny"):
        yield {"Effect": effect, **anything, "Condition": _undecided(unknown)}


def _statement(
    statement: Mapping[str, Any], open_effect: Unknown | None = None
) -> Iterator[dict[str, Any]]:
    effect = statement.get("Effect")
    if (unknown := why_of(effect)) is not None:
        for either in ("Allow", "Deny"):
            yield from _statement({**statement, "Effect": either}, unknown)
        return
    causes = _widened(statement)
    if open_effect is not None:
        causes["Effect"] = ("Effect", open_effect)
    replaced = causes.keys() - {"Effect"}
    plain = {key: _plain(value) for key, value in statement.items() if key not in replaced}
    for name, (element, _unknown) in causes.items():
        if name not in ("Condition", "Effect"):
            plain[element] = "*"
    condition = _known_condition(statement.get("Condition"))
    if causes.keys() & {"Principal", "NotPrincipal"}:
        condition = _without_tokens(condition)
    for _element, unknown in causes.values():
        condition = _merged(condition, _undecided(unknown))
    if condition:
        plain["Condition"] = condition
    yield plain


def _widened(statement: Mapping[str, Any]) -> dict[str, tuple[str, Unknown]]:
    """The elements that are not known in full, with what replaces them and why."""
    causes: dict[str, tuple[str, Unknown]] = {}
    for element, negated in _ELEMENTS:
        for name in (element, negated):
            unknown = _open_part(name, statement.get(name))
            if unknown is not None:
                causes[name] = (element, unknown)
    unknown = _open_condition(statement.get("Condition"))
    if unknown is not None:
        causes["Condition"] = ("Condition", unknown)
    return causes


def _open_part(name: str, value: Any) -> Unknown | None:  # noqa: ANN401 - a resolved value
    """Why the element may mean more than its text.

    A resource that is named by the same unknown parts as in the resource itself matches it as a
    text, so only a resource without any known part is widened.
    """
    unknown = why_of(value)
    if unknown is None or name not in ("Resource", "NotResource"):
        return unknown
    texts = value if isinstance(value, list) else [value]
    if all(isinstance(text, str) and str(text).startswith("arn:") for text in texts):
        return None
    return unknown


def _open_condition(condition: Any) -> Unknown | None:  # noqa: ANN401 - a resolved value
    """Why a condition may test for something else than its text."""
    if not isinstance(condition, Mapping):
        return why_of(condition)
    tests = [
        unknown
        for keys in condition.values()
        for value in (keys.values() if isinstance(keys, Mapping) else (keys,))
        if (unknown := _open_test(value)) is not None
    ]
    return tests[0] if tests else None


def _open_test(value: Any) -> Unknown | None:  # noqa: ANN401 - a resolved value
    """Why the value of a key is not known, beside the Region of an ARN.

    That is the Region of the stack, whatever it is, and says nothing about whose the ARN is.
    """
    for text in value if isinstance(value, list) else [value]:
        unknown = why_of(text)
        if unknown is not None and not (
            str(text).startswith("arn:")
            and all(cause.detail == "AWS::Region" for cause in unknown.causes)
        ):
            return unknown
    return None if isinstance(value, list | str) else why_of(value)


def _known_condition(condition: Any) -> dict[str, Any]:  # noqa: ANN401 - a resolved value
    """The operators and keys of a condition whose values are known."""
    known: dict[str, Any] = {}
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        if isinstance(keys, Mapping):
            exact = {key: _plain(value) for key, value in keys.items() if _open_test(value) is None}
            if exact:
                known[operator] = exact
    return known


def _without_tokens(condition: Mapping[str, Any]) -> dict[str, Any]:
    """The condition without claims of tokens: "everybody" has none of a certain provider."""
    plain = {
        operator: {key: value for key, value in keys.items() if not _is_claim(key)}
        for operator, keys in condition.items()
    }
    return {operator: keys for operator, keys in plain.items() if keys}


def _is_claim(key: str) -> bool:
    provider = key.rpartition(":")[0].lower()
    return "." in provider or provider == "saml"


def _undecided(unknown: Unknown) -> dict[str, Any]:
    detail = unknown.causes[0].detail or unknown.causes[0].why.value
    return {"StringEquals": {f"{UNDETERMINED}{detail}": "true"}}


def _merged(condition: dict[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **condition,
        **{operator: {**condition.get(operator, {}), **keys} for operator, keys in further.items()},
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a resolved value
    """The value as JSON writes it; scalars of a policy are compared as texts."""
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Unknown):
        return None
    return str(value) if isinstance(value, str) else value if value is None else _scalar(value)


def _scalar(value: object) -> Any:  # noqa: ANN401 - a scalar
    return value if isinstance(value, bool | int) else as_text(value)
