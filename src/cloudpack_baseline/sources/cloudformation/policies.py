"""Policy documents of templates as texts of the API, unknown parts included.

A statement of which a part is not known is widened to everything that it may mean, under a
condition that nobody can decide: the access engine then answers "possibly", and what its neighbour
statements certainly allow stays certain. The condition key names what is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Cause, Origin, Unknown
from cloudpack_baseline.sources.cloudformation.policy_bounds import bounds_of
from cloudpack_baseline.sources.cloudformation.policy_doubts import undecided, with_doubt
from cloudpack_baseline.sources.cloudformation.policy_drafts import (
    as_meant,
    document_as_meant,
    of_bucket,
    parsed_document,
)
from cloudpack_baseline.sources.cloudformation.policy_patterns import may_be_named
from cloudpack_baseline.sources.cloudformation.policy_principals import by_principal
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedObject,
    as_text,
    placeholder,
    why_of,
    with_members,
)
from cloudpack_baseline.sources.located import LocatedDocument, Mark

__all__ = [
    "IDENTITY_POLICY",
    "RESOURCE_POLICY",
    "TRUST_POLICY",
    "partly_known_policy",
    "policy_text",
    "with_statement",
]

RESOURCE_POLICY = ("Principal", "Action", "Resource")
IDENTITY_POLICY = ("Action", "Resource")
TRUST_POLICY = ("Principal", "Action")

_NAMED = ("arn:", "execute-api:/")
"""What the name of a resource begins with, or of a part of the API that a policy belongs to."""
_ELEMENTS = (
    ("Principal", "NotPrincipal"),
    ("Action", "NotAction"),
    ("Resource", "NotResource"),
)


def policy_text(
    document: Resolved,
    elements: Iterable[str] = RESOURCE_POLICY,
    *,
    bucket: str = "",
) -> Resolved:
    """A policy document as the API returns it; one of which nothing is known may say anything.

    Args:
        document: the resolved property: an object, or JSON in a string.
        elements: those that every statement of such a policy has.
        bucket: the name of the bucket whose policy it is.
    """
    if isinstance(document, str):
        if (unknown := why_of(document)) is None:
            meant = document_as_meant(str(document), elements, bucket)
            text = str(document) if meant is None else policy_text(meant, elements)
            if isinstance(document, LocatedDocument):
                return LocatedDocument(text, document.places)
            return text
        document = partly_known_policy(document, unknown)
    if isinstance(document, Unknown):
        document = {"Version": "2012-10-17", "Statement": document}
    if not isinstance(document, Mapping):
        return document
    plain = {key: _plain(value) for key, value in document.items() if key != "Statement"}
    anything = dict.fromkeys(elements, "*")
    located = list(_statements(_of_bucket(document.get("Statement"), bucket), anything))
    statements = [statement for statement, _ in located]
    is_single = isinstance(document.get("Statement"), Mapping) and len(statements) == 1
    plain["Statement"] = statements[0] if is_single else statements
    paths = ("$.Statement" if is_single else f"$.Statement[{i}]" for i in range(len(located)))
    places = ((path, mark) for path, (_, mark) in zip(paths, located, strict=True) if mark)
    return LocatedDocument(json.dumps(plain, ensure_ascii=False), places)


def _of_bucket(statements: Resolved, bucket: str) -> Resolved:
    if isinstance(statements, list):
        return [_of_bucket(statement, bucket) for statement in statements]
    return of_bucket(statements, bucket) if isinstance(statements, Mapping) else statements


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


def partly_known_policy(document: str, unknown: Unknown) -> Resolved:
    """A policy in a text of which parts are not known, such as that of ``Fn::Sub``.

    A part within a string leaves the other strings known. Outside of one it may be anything.
    """
    try:
        return _partly_known(parsed_document(str(document)), unknown)
    except ValueError:
        return unknown


def _partly_known(value: Resolved, unknown: Unknown) -> Resolved:
    if isinstance(value, list):
        return [_partly_known(entry, unknown) for entry in value]
    if isinstance(value, dict):
        if any(_causes_in(name, unknown) for name in value):
            return unknown
        return {name: _partly_known(member, unknown) for name, member in value.items()}
    causes = _causes_in(value, unknown) if isinstance(value, str) else ()
    return DocumentText(value, Unknown(causes)) if causes else value


def _causes_in(text: str, unknown: Unknown) -> tuple[Cause, ...]:
    """Why parts of the text are not known; a placeholder shows where they are."""
    if "<" not in text:
        return ()
    shown_causes = tuple(
        cause for cause in unknown.causes if placeholder(Unknown((cause,))) in text
    )
    return shown_causes or unknown.causes


def _statements(
    value: Resolved,
    anything: Mapping[str, str],
) -> Iterator[tuple[Any, Mark | None]]:
    """The statements as JSON, each with its position, if it has one."""
    several = value if isinstance(value, list) else [value]
    # Positions in a text are by number, so what comes on top is last.
    on_top = (*_certain_denies(several, anything), *_of_any_name(several, anything))
    certain = (_without_exceptions(statement, anything) for statement in several)
    for statement in (*certain, *on_top):
        mark = statement.mark if isinstance(statement, ResolvedObject) else None
        for plain in _meanings(statement, anything):
            yield plain, mark if mark and (mark.line or mark.path) else None


def _certain_denies(
    statements: Iterable[Resolved], anything: Mapping[str, str]
) -> Iterator[Resolved]:
    """What a Deny certainly denies, of those that name something in doubt as well."""
    for statement in statements:
        if not isinstance(statement, Mapping) or str(statement.get("Effect")) != "Deny":
            continue
        names = as_meant(statement, anything).get("Resource")
        if isinstance(names, list) and _open_part("Resource", names) is not None:
            known = [name for name in names if _open_part("Resource", [name]) is None]
            if known:
                yield with_members(statement, Resource=known)


def _of_any_name(statements: Iterable[Resolved], anything: Mapping[str, str]) -> Iterator[Resolved]:
    """What statements of a principal say of resources whose names are not known in full.

    An Allow may be about them, and a Deny of all but them too. The policy of a resource is about
    what has it.
    """
    for statement in statements:
        element = _open_element(statement, anything)
        patterns = may_be_named(statement, element) if element else {}
        if patterns:
            unknown = next(iter(patterns.values()))
            named = {element: [*patterns]} if element == "Resource" else {}
            yield with_doubt(with_members(statement, **named), unknown)


def _without_exceptions(statement: Resolved, anything: Mapping[str, str]) -> Resolved:
    """The statement; a Deny of all but some, without what these may be."""
    if _open_element(statement, anything) != "NotResource":
        return statement
    patterns = may_be_named(statement, "NotResource")
    names = statement["NotResource"]
    known = names if isinstance(names, list) else [names]
    return with_members(statement, NotResource=[*known, *patterns]) if patterns else statement


def _open_element(statement: Resolved, anything: Mapping[str, str]) -> str:
    """The element that names more than its text, if a policy of a principal allows more then."""
    if "Principal" in anything or not isinstance(statement, Mapping):
        return ""
    element = "NotResource" if str(statement.get("Effect")) == "Deny" else "Resource"
    return element if element in statement else ""


def _meanings(
    statement: Resolved,
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
        yield {"Effect": effect, **anything, "Condition": undecided(unknown)}


def _statement(
    statement: Mapping[str, Any], open_effect: Unknown | None = None
) -> Iterator[dict[str, Any]]:
    effect = statement.get("Effect")
    if (unknown := why_of(effect)) is not None:
        for either in ("Allow", "Deny"):
            yield from _statement({**statement, "Effect": either}, unknown)
        return
    for part, bounds in by_principal(statement):
        yield _widened_statement(part, bounds, open_effect)


def _widened_statement(
    statement: Mapping[str, Any], bounds: Mapping[str, Any], open_effect: Unknown | None
) -> dict[str, Any]:
    """The statement, with everything that its unknown parts may mean.

    Args:
        statement: with a known effect.
        bounds: values of keys that requests have to have in any case.
        open_effect: why the effect may be the other one.
    """
    causes = _widened(statement)
    if open_effect is not None:
        causes["Effect"] = ("Effect", open_effect)
    replaced = causes.keys() - {"Effect"}
    plain = {key: _plain(value) for key, value in statement.items() if key not in replaced}
    for name, (element, _unknown) in causes.items():
        if name not in ("Condition", "Effect"):
            plain[element] = "*"
    condition = _known_condition(statement.get("Condition"))
    if within := bounds_of(statement.get("Condition")):
        condition["ArnLike"] = within | condition.get("ArnLike", {})
    if causes.keys() & {"Principal", "NotPrincipal"}:
        condition = _without_tokens(condition)
    for _element, unknown in causes.values():
        condition = _merged(condition, undecided(unknown))
    if bounds:
        condition = _merged(condition, {"StringEquals": bounds})
    if condition:
        plain["Condition"] = condition
    return plain


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


def _open_part(name: str, value: Resolved) -> Unknown | None:
    """Why the element may mean more than its text.

    A resource that is named by the same unknown parts as in the resource itself matches it as a
    text, so only a resource without any known part is widened.
    """
    unknown = why_of(value)
    if unknown is None or name not in ("Resource", "NotResource"):
        return unknown
    texts = value if isinstance(value, list) else [value]
    if all(isinstance(text, str) and str(text).startswith(_NAMED) for text in texts):
        return None
    return unknown


def _open_condition(condition: Resolved) -> Unknown | None:
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


def _open_test(value: Resolved) -> Unknown | None:
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


def _known_condition(condition: Resolved) -> dict[str, Resolved]:
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


def _merged(condition: dict[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **condition,
        **{operator: {**condition.get(operator, {}), **keys} for operator, keys in further.items()},
    }


def _plain(value: Resolved) -> Resolved:
    """The value as JSON writes it; scalars of a policy are compared as texts."""
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Unknown):
        return None
    return str(value) if isinstance(value, str) else value if value is None else _scalar(value)


def _scalar(value: object) -> Resolved:
    return value if isinstance(value, bool | int) else as_text(value)
