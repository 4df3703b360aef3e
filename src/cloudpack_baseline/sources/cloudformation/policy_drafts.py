"""Policy documents that AWS would reject, as their authors mean them.

A deployment fails at such a document, so no account has it. It is judged as what it is meant to
say, because the next version of the template will say that, and a principal that opens everything
has to be found before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cloudpack_baseline.access.parsing import is_principal, is_service
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    undetermined,
    why_of,
    with_members,
)

__all__ = ["as_meant", "document_as_meant", "of_bucket", "parsed_document"]

_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])')
"""A text, or a comma before a closing bracket."""
_MAY_NAME = re.compile(r"arn:|\*|execute-api:|\$\{[^}]*:")
"""What a resource begins with, or what a pattern or a policy variable that names one does."""
_OF_BUCKET = re.compile(r"(arn:[^:]*:s3:::)([^/]*)(.*)", re.DOTALL)
"""A bucket or its objects: what precedes the name, the name or a pattern, and the rest."""
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

    S3 accepts no policy that names another bucket only. Where the name is known after deployment
    only, the one in the policy has to be that of the bucket; else it is meant to be. Whether a
    Deny with another name denies anything is in doubt.

    Args:
        statement: resolved, or of a text.
        bucket: the name of the bucket, or what stands for it; empty: of another policy.
    """
    resources = statement.get("Resource")
    several = resources if isinstance(resources, list) else [resources]
    names = [_named_bucket(resource) for resource in several]
    if not bucket or not all(names) or any(_matches(match, bucket) for match in names if match):
        return statement
    is_allow = str(statement.get("Effect", "Allow")) == "Allow"
    renamed = [
        DocumentText(f"{match[1]}{bucket}{match[3]}")
        if is_allow
        else _everything(f"the resource {match[0]}", is_certain=False)
        for match in names
        if match
    ]
    return with_members(statement, Resource=renamed)


def _named_bucket(resource: Resolved) -> re.Match[str] | None:
    """The parts of a known ARN of a bucket or of objects; ``None``: it is another resource."""
    if not isinstance(resource, str) or why_of(resource) is not None:
        return None
    return _OF_BUCKET.fullmatch(resource)


def _matches(name: re.Match[str], bucket: str) -> bool:
    return fnmatchcase(bucket, name[2].replace("[", "[[]"))


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
