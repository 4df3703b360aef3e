"""Policy documents that AWS would reject, as their authors mean them.

A deployment fails at such a document, so no account has it. It is judged as what it is meant to
say, because the next version of the template will say that, and a principal that opens everything
has to be found before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from cloudpack_baseline.access.parsing import is_principal, is_service
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    is_exact,
    undetermined,
    why_of,
    with_members,
)

__all__ = ["as_meant", "document_as_meant", "of_bucket", "of_resource", "parsed_document"]

_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])')
"""A text, or a comma before a closing bracket."""
_MAY_NAME = re.compile(r"arn:|\*|execute-api:/|\$\{[^}]*:")
"""What a resource begins with, or what a pattern or a policy variable that names one does."""
_OF_BUCKET = re.compile(r"(arn:[^:]*:s3:::)((?:<[^>]*>|[^/])*)(.*)", re.DOTALL)
"""A bucket or its objects: what precedes the name, the name or a pattern, and the rest. In the
name, what is not known is in angle brackets."""
_ANY_ARN = re.compile(r"arn(?::[^:]*){4}:(.*)", re.DOTALL)
_NAMES = {"AWS": is_principal, "Service": is_service}
"""Whether AWS takes a text for a name, by kind of principal."""
_ANY_ACCOUNT = re.compile(r"arn:[^:]+:(?:iam|sts)::[^:]*[*?][^:]*(?::.*)?", re.DOTALL)


def parsed_document(text: str) -> object:
    """The JSON of a policy; a comma that follows the last item of a list is ignored.

    Raises:
        ValueError: it is no JSON otherwise, or nests too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nests too deeply") from None
    except ValueError:
        return json.loads(_TRAILING_COMMA.sub(_kept, text))


def _kept(match: re.Match[str]) -> str:
    return match.group(1) or ""


def document_as_meant(
    text: str, elements: Iterable[str], bucket: str = ""
) -> Mapping[str, Any] | None:
    """The policy in a text with `as_meant` statements; ``None``: the text means the same.

    Args:
        text: JSON.
        elements: those that every statement of such a policy has.
        bucket: the name of the bucket whose policy it is.
    """
    elements = tuple(elements)
    try:
        document = parsed_document(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    statements = document.get("Statement")
    several = statements if isinstance(statements, list) else [statements]
    meant = [
        as_meant(of_bucket(statement, bucket), elements)
        if isinstance(statement, dict)
        else statement
        for statement in several
    ]
    is_literal = meant == several and all(why_of(statement) is None for statement in meant)
    if is_literal and _TRAILING_COMMA.sub(_kept, text) == text:
        return None
    return {**document, "Statement": meant[0] if several is not statements else meant}


def as_meant(statement: Mapping[str, Any], elements: Iterable[str]) -> Mapping[str, Any]:
    """The statement with an effect, and with principals as IAM reads them.

    One without an effect is meant to allow. What a policy of its kind does not have says nothing:
    the resource of a trust policy is the role, and the principal of an identity policy its holder.
    A statement of a trust policy that names no action is about assuming the role.

    The policy of a resource is about the resource: so is a statement of it whose resource is none,
    such as a reference that nothing resolved. An Allow that names no action or no resource allows
    all, in the policy of a principal as well. What a Deny without them denies is in doubt, and so
    is whether a Deny with such a resource is about it.

    A principal has to be ``*`` or an object, and its ARN cannot contain a wildcard (IAM User Guide,
    "AWS JSON policy elements: Principal"). An Allow with one in place of the account is meant for
    everybody; a Deny with one denies nobody. A name that AWS rejects is in doubt; the other names
    of its list are not.
    """
    elements = {*elements}
    misplaced = {"Principal", "Resource"} - elements
    statement = {
        "Effect": "Allow",
        **{name: value for name, value in statement.items() if _plainly(name) not in misplaced},
    }
    if "Resource" in misplaced and not {"Action", "NotAction"} & {*statement}:
        statement["Action"] = "sts:AssumeRole*"
    if "Resource" in elements:
        if "Principal" in elements:
            statement = _about_the_resource(statement)
        statement = _complete(statement)
    principal = statement.get("Principal")
    if isinstance(principal, list) or (isinstance(principal, str) and principal not in {"", "*"}):
        if why_of(principal) is not None:
            return statement
        principal = {"AWS": principal}
    if not isinstance(principal, Mapping):
        return statement
    named = principal.get("AWS")
    effect = statement.get("Effect")
    if (str(effect) == "Allow" or why_of(effect) is not None) and named is not None:
        widened = [_widened(name) for name in (named if isinstance(named, list) else [named])]
        principal = {**principal, "AWS": widened if isinstance(named, list) else widened[0]}
    in_doubt = {kind: _in_doubt(kind, names) for kind, names in principal.items()}
    return {**statement, "Principal": in_doubt}


def of_bucket(statement: Mapping[str, Any], bucket: str) -> Mapping[str, Any]:
    """The statement of a bucket policy, about the bucket.

    S3 accepts no policy that names another bucket only, so a name that is known after deployment
    only is that of the bucket, or it is meant to be. Whether a Deny with such a name denies
    anything is in doubt, and so is what an Allow covers whose only names may be of objects or not.

    Args:
        statement: resolved, or of a text.
        bucket: the name of the bucket, or what stands for it; empty: of another policy.
    """
    if not bucket:
        return statement
    has_objects = any(match and match[3] for match in map(_named_bucket, _resources(statement)))

    def meant(resource: Resolved) -> str:
        match = _named_bucket(resource)
        if match is None or not (has_objects or is_exact(resource)):
            return _everything(f"the resource {resource}", is_certain=False)
        return DocumentText(f"{match[1]}{bucket}{match[3]}")

    def name_of(resource: Resolved) -> str | None:
        match = _named_bucket(resource)
        return None if match is None else match[2]

    return _about(statement, name_of, partial(_covers, bucket), meant)


def of_resource(statement: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The statement of the policy of a resource, about the resource or parts of it.

    An Allow that names another one, or one that is known after deployment only, is meant to be
    about the resource. Whether such a Deny is about it is in doubt.

    Args:
        statement: resolved, or of a text.
        name: the last part of the ARN of the resource, such as ``table/orders``.
    """
    return _about(statement, _last_part, partial(_covers_part_of, name), lambda _resource: "*")


def _about(
    statement: Mapping[str, Any],
    name_of: Callable[[Resolved], str | None],
    is_about: Callable[[str], bool],
    meant: Callable[[Resolved], str],
) -> Mapping[str, Any]:
    """The statement, with what is meant in place of names of something else.

    Args:
        statement: resolved, or of a text.
        name_of: the name in a resource; ``None``: it has another form, such as ``*``.
        is_about: whether a name is that of what has the policy, or of a part of it.
        meant: what a resource is meant to be in an Allow.
    """
    resources = _resources(statement)
    names = [name for resource in resources if (name := name_of(resource)) is not None]
    if len(names) < len(resources):
        return statement
    are_about = [is_about(name) for name in names]
    is_certain = any(are_about)
    others = [
        not (about or (is_certain and _is_known(resource, name)))
        for resource, name, about in zip(resources, names, are_about, strict=True)
    ]
    if not any(others):
        return statement
    is_allow = str(statement.get("Effect", "Allow")) == "Allow"
    renamed = [
        resource
        if not is_other
        else meant(resource)
        if is_allow
        else _everything(f"the resource {resource}", is_certain=False)
        for resource, is_other in zip(resources, others, strict=True)
    ]
    return with_members(statement, Resource=renamed)


def _resources(statement: Mapping[str, Any]) -> list[Resolved]:
    resources = statement.get("Resource")
    return resources if isinstance(resources, list) else [resources]


def _is_known(resource: Resolved, name: str) -> bool:
    """Whether every part of the name in the resource is known."""
    return is_exact(resource) or "<" not in name


def _covers_part_of(name: str, pattern: str) -> bool:
    """Whether a pattern covers a name, or something that begins with the name as a path does."""
    return any(
        matches(pattern[:end], name)
        for end in range(1, len(pattern) + 1)
        if pattern[end:][:1] in {"", "/", ":"} or pattern[end - 1] == "*"
    )


def _covers(bucket: str, pattern: str) -> bool:
    return fnmatchcase(bucket, pattern.replace("[", "[[]"))


def _named_bucket(resource: Resolved) -> re.Match[str] | None:
    """The parts of an ARN of a bucket or of objects; ``None``: it is another resource."""
    return _OF_BUCKET.fullmatch(resource) if isinstance(resource, str) else None


def _last_part(resource: Resolved) -> str | None:
    match = _ANY_ARN.fullmatch(resource) if isinstance(resource, str) else None
    return None if match is None else match[1]


def _about_the_resource(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement of a policy of a resource."""
    changed = {**statement}
    is_allow = str(statement["Effect"]) == "Allow"
    # An Allow with a NotResource of "*" would allow nothing.
    names = {"Resource"} if is_allow else {"Resource", "NotResource"}
    for name in names & {*statement}:
        resources = statement[name]
        several = resources if isinstance(resources, list) else [resources]
        if why_of(resources) is None and any(map(_names_nothing, several)):
            changed[name] = [
                _meant(resource, is_certain=is_allow) if _names_nothing(resource) else resource
                for resource in several
            ]
    return changed


def _complete(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement with an action and a resource."""
    is_allow = str(statement["Effect"]) == "Allow"
    missing = [name for name in ("Action", "Resource") if not {name, f"Not{name}"} & {*statement}]
    return {
        **statement,
        **{name: _everything(f"the missing {name}", is_certain=is_allow) for name in missing},
    }


def _meant(resource: str, *, is_certain: bool) -> str:
    """All, for what names nothing; in a Deny, that is in doubt."""
    return _everything(f"the resource {resource}", is_certain=is_certain)


def _everything(detail: str, *, is_certain: bool) -> str:
    return "*" if is_certain else DocumentText("*", undetermined(detail))


def _names_nothing(resource: Resolved) -> bool:
    """Whether a resource is no ARN, no path of an API, and no policy variable."""
    return isinstance(resource, str) and _MAY_NAME.match(resource) is None


def _plainly(element: str) -> str:
    return element.removeprefix("Not")


def _widened(name: Resolved) -> Resolved:
    """Everybody, if an ARN has a wildcard in place of the account."""
    is_text = isinstance(name, str) and why_of(name) is None
    return "*" if is_text and _ANY_ACCOUNT.fullmatch(name) else name


def _in_doubt(kind: str, names: Resolved) -> Resolved:
    """The names, of which those that AWS rejects may mean anybody."""
    if isinstance(names, list):
        return [_in_doubt(kind, name) for name in names]
    takes = _NAMES.get(kind)
    is_text = isinstance(names, str) and why_of(names) is None
    if takes is None or not is_text or takes(str(names)):
        return names
    return DocumentText(names, undetermined(f"the principal {names}"))
