"""From JSON text, or its parsed form, to a ``Policy``; every problem with its path."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cloudpack_baseline.access.policy import Condition, Policy, PrincipalElement, Statement
from cloudpack_baseline.access.problems import MalformedPolicy, PolicyProblem

if TYPE_CHECKING:
    from cloudpack_baseline.access.policy import PolicyKind

__all__ = ["is_principal", "is_service", "parse_policy"]

_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_STATEMENT_KEYS: Final = frozenset(
    [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ]
)
_PRINCIPAL_KEYS: Final = {
    "AWS": "aws",
    "Service": "services",
    "Federated": "federated",
    "CanonicalUser": "canonical",
}
_ATTACHED: Final = ("resource", "service")
"""The kinds of policies that are attached to a resource."""
_ACCOUNT_DIGITS: Final = 12
_LEAST_DIGITS: Final = 9
"""Of an account ID that lost its leading zeros: fewer digits are some other number."""
_ARN_COLONS: Final = 5
_WITHOUT_ARN: Final = re.compile(r"\*|[0-9]{12}|A(?:IDA|ROA)[A-Z0-9]+")
"""Everybody, an account ID, or the unique ID of a deleted user or role."""
_MOST_STATEMENTS: Final = 600
"""As many as a key policy has, of 32 KB with 60 characters a statement. Only the access policy of a
domain of OpenSearch Service, of 100 KB, can have more; that is then unknown."""
_SHOWN: Final = 60
_PLAIN: Final = (str, bool, int, float, dt.date)


class _Number(str):
    """A number as written in the JSON text: of any size, and distinct from a string."""

    __slots__ = ()


class _Object(dict[str, object]):
    """A JSON object that remembers keys which occurred twice."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.twice: list[str] = []
        if len(self) < len(pairs):
            count = Counter(name for name, _ in pairs)
            self.twice = sorted(name for name, times in count.items() if times > 1)


class _Reader:
    """Gathers the problems of one document while it is read."""

    def __init__(self) -> None:
        self.problems: list[PolicyProblem] = []

    def report(self, path: str, fault: str, detail: str = "") -> None:
        self.problems.append(PolicyProblem(path=path, fault=fault, detail=detail))

    def mapping(self, value: object, path: str) -> Mapping[str, object]:
        if isinstance(value, _Object):
            for name in value.twice:
                self.report(f"{path}.{_short(name)}", "occurs-twice")
            return value
        if not isinstance(value, Mapping):
            self.report(path, "is-not-an-object")
            return {}
        for name in value:
            if not isinstance(name, str):
                self.report(f"{path}.{_short(name)}", "has-a-key-that-is-not-a-string")
        return {name: item for name, item in value.items() if isinstance(name, str)}

    def texts(self, value: object, path: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        return self._each(value, path, lambda item: item if _is_text(item) else None)

    def values(self, value: object, path: str) -> tuple[str, ...]:
        """The values of a condition: texts, booleans and numbers, one or a list of them."""
        return self._each(value, path, lambda item: _text(item) if _is_plain(item) else None)

    def principals(self, value: object, path: str) -> tuple[str, ...]:
        """AWS principals: texts, and account IDs that YAML took for numbers.

        Whoever an ARN names is in an account, so that AWS rejects ``arn:aws:iam::root``. Other
        texts are an account ID, or what is left of a deleted user or role (IAM User Guide,
        "AWS JSON policy elements: Principal").
        """
        names = self._each(value, path, lambda item: item if _is_text(item) else _account(item))
        if any(map(_lacks_account, names)):
            self.report(path, "has-an-ARN-without-an-account")
        for name in names:
            if not _lacks_account(name) and not is_principal(name):
                self.report(path, "has-a-text-that-is-no-principal", _short(name))
        return names

    def services(self, value: object, path: str) -> tuple[str, ...]:
        """Names of services.

        A wildcard cannot match part of a name (IAM User Guide, "AWS JSON policy elements:
        Principal").
        """
        names = self.texts(value, path)
        if not all(map(is_service, names)):
            self.report(path, "has-a-wildcard-in-a-name")
        return names

    def _each(self, value: object, path: str, read: Callable[[Any], str | None]) -> tuple[str, ...]:
        values = value if isinstance(value, (list, tuple)) else [value]
        texts: list[str] = []
        for index, item in enumerate(values):
            text = read(item)
            if text is None:
                position = f"{path}[{index}]" if values is value else path
                self.report(position, "is-not-a-string")
            else:
                texts.append(text)
        return tuple(texts)

    def reject_empty_exception(self, word: str, value: object, path: str) -> None:
        """Report a negated element that excepts nothing.

        An empty Principal, Action or Resource is valid and does not affect the policy (IAM User
        Guide, "IAM Access Analyzer policy check reference", empty array); what a negated one does
        is not documented.
        """
        if word.startswith("Not") and value in ({}, [], ()):
            self.report(path, "is-empty")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, _Number)


def _is_plain(value: object) -> bool:
    return isinstance(value, _PLAIN)


def _account(value: object) -> str | None:
    """The account ID that YAML made a number of, taking its leading zeros away."""
    digits = value if isinstance(value, _Number) else _text(value) if type(value) is int else ""
    fits = digits.isdigit() and _LEAST_DIGITS <= len(digits) <= _ACCOUNT_DIGITS
    return digits.zfill(_ACCOUNT_DIGITS) if fits else None


def is_principal(name: str) -> bool:
    """Whether AWS takes the text for one of its principals."""
    if name.startswith("arn:"):
        return not _lacks_account(name)
    return _WITHOUT_ARN.fullmatch(name) is not None


def is_service(name: str) -> bool:
    """Whether AWS takes the text for a service, or for all of them."""
    return "*" not in name or name == "*"


def _lacks_account(name: str) -> bool:
    """Whether the name is an ARN without an account; one with a wildcard names nobody."""
    segments = name.split(":", _ARN_COLONS)
    if segments[0] != "arn" or "*" in name:
        return False
    return len(segments) <= _ARN_COLONS or not segments[_ARN_COLONS - 1]


def _text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > 10_000:  # noqa: PLR2004 - str() refuses
        return hex(value)
    return str(value)


def _load(text: str, reader: _Reader) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except RecursionError:
        reader.report("$", "is-nested-too-deeply")
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        reader.report("$", "is-not-JSON", f"{error.msg} at {position}")
    return None


def parse_policy(document: str | Mapping[str, object], *, kind: PolicyKind = "resource") -> Policy:
    """Read a policy: JSON text, or the mapping that a parser made of it.

    ``kind`` says which elements belong: a bucket's policy (``resource``) names principals and
    resources, one of a user or role (``identity``) no principals, a ``trust`` policy no resources.
    Policies of other services (``service``) are like that of a bucket, but may leave the resource
    out: it is then what they are attached to (Amazon ECR, Amazon EFS).

    Raises:
        MalformedPolicy: with every fault and its path. Unknown operators and keys of conditions
            are no faults: the analysis takes them on the side of exposure and says so.
    """
    if isinstance(document, str):
        return _parsed(document, kind)
    reader = _Reader()
    policy = _policy(document, kind, reader)
    if reader.problems:
        raise MalformedPolicy(tuple(reader.problems))
    return policy


@lru_cache(maxsize=4096)  # several controls read the same policies, in each scenario of a template
def _parsed(document: str, kind: PolicyKind) -> Policy:
    reader = _Reader()
    value = _load(document, reader)
    if not reader.problems:
        policy = _policy(value, kind, reader)
    if reader.problems:
        raise MalformedPolicy(tuple(reader.problems))
    return policy


def _policy(value: object, kind: PolicyKind, reader: _Reader) -> Policy:
    document = reader.mapping(value, "$")
    for name in sorted(document.keys() - {"Version", "Id", "Statement"}):
        reader.report(f"$.{_short(name)}", "is-not-an-element-of-a-policy")
    version = document.get("Version", _VERSIONS[0])
    # YAML reads the version as a date.
    version = version.isoformat() if isinstance(version, dt.date) else version
    if not isinstance(version, str) or version not in _VERSIONS:
        version = _VERSIONS[0]
        reader.report("$.Version", "is-not-a-version-of-the-policy-language")
    statements = document.get("Statement")
    if "Statement" not in document:
        reader.report("$.Statement", "is-missing")
        return Policy(statements=(), kind=kind, version=version)
    blocks = statements if isinstance(statements, (list, tuple)) else [statements]
    if len(blocks) > _MOST_STATEMENTS:
        reader.report("$.Statement", "has-too-many-members", f"{len(blocks):,}")
        return Policy(statements=(), kind=kind, version=version)
    return Policy(
        statements=tuple(
            _statement(
                item,
                f"$.Statement[{index}]" if blocks is statements else "$.Statement",
                kind,
                reader,
            )
            for index, item in enumerate(blocks)
        ),
        kind=kind,
        version=version,
    )


def _statement(value: object, path: str, kind: PolicyKind, reader: _Reader) -> Statement:
    block = reader.mapping(value, path)
    for name in sorted(block.keys() - _STATEMENT_KEYS):
        reader.report(f"{path}.{_short(name)}", "is-not-an-element-of-a-statement")
    effect = block.get("Effect")
    if effect not in ("Allow", "Deny"):
        reader.report(f"{path}.Effect", "is-neither-Allow-nor-Deny")
    sid = block.get("Sid")
    if sid is not None and not _is_text(sid):
        reader.report(f"{path}.Sid", "is-not-a-string")
    actions, not_action = _either(block, "Action", path, kind, reader)
    resources, not_resource = _either(block, "Resource", path, kind, reader)
    principal, not_principal = _principal(block, path, kind, reader)
    return Statement(
        path=path,
        effect="Deny" if effect == "Deny" else "Allow",
        sid=sid if isinstance(sid, str) else None,
        principal=principal,
        not_principal=not_principal,
        actions=actions or (),
        not_action=not_action,
        resources=resources,
        not_resource=not_resource,
        conditions=_conditions(block.get("Condition", {}), f"{path}.Condition", reader),
    )


def _chosen(  # the positive or the negated element, and no more than one of them
    block: Mapping[str, object], name: str, path: str, reader: _Reader, *, needed: bool
) -> str | None:
    present = [word for word in (name, f"Not{name}") if word in block]
    if len(present) > 1:
        reader.report(f"{path}.Not{name}", "stands-beside", name)
    elif not present and needed:
        reader.report(f"{path}.{name}", "is-missing")
    return present[0] if present else None


def _either(
    block: Mapping[str, object], name: str, path: str, kind: PolicyKind, reader: _Reader
) -> tuple[tuple[str, ...] | None, bool]:
    forbidden = (kind, name) == ("trust", "Resource")
    optional = forbidden or (kind, name) == ("service", "Resource")
    word = _chosen(block, name, path, reader, needed=not optional)
    if word is None:
        return None, False
    if forbidden:
        reader.report(f"{path}.{word}", "does-not-belong-here")
    if kind in _ATTACHED:
        reader.reject_empty_exception(word, block[word], f"{path}.{word}")
    return reader.texts(block[word], f"{path}.{word}"), word != name


def _principal(
    block: Mapping[str, object], path: str, kind: PolicyKind, reader: _Reader
) -> tuple[PrincipalElement | None, bool]:
    word = _chosen(block, "Principal", path, reader, needed=kind != "identity")
    if word is None:
        return None, False
    element_path = f"{path}.{word}"
    if kind == "identity":
        reader.report(element_path, "does-not-belong-here")
    value = block[word]
    if value == "*":
        return PrincipalElement(everyone=True), word != "Principal"
    if isinstance(value, str):
        reader.report(element_path, "is-neither-a-star-nor-an-object")
        return None, False
    if kind in _ATTACHED:
        reader.reject_empty_exception(word, value, element_path)
    if value == [] and word == "Principal":
        return PrincipalElement(), False
    entries: dict[str, tuple[str, ...]] = {}
    for name, item in reader.mapping(value, element_path).items():
        if name not in _PRINCIPAL_KEYS:
            reader.report(f"{element_path}.{_short(name)}", "is-not-a-kind-of-principal")
            continue
        if kind in _ATTACHED:
            reader.reject_empty_exception(word, item, f"{element_path}.{name}")
        read = {"AWS": reader.principals, "Service": reader.services}.get(name, reader.texts)
        entries[_PRINCIPAL_KEYS[name]] = read(item, f"{element_path}.{name}")
    aws = entries.get("aws", ())
    return PrincipalElement(everyone="*" in aws, **entries), word != "Principal"


def _conditions(value: object, path: str, reader: _Reader) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for operator, block in reader.mapping(value, path).items():
        operator_path = f"{path}.{_short(operator)}"
        for key, values in reader.mapping(block, operator_path).items():
            texts = reader.values(values, f"{operator_path}.{_short(key)}")
            conditions.append(Condition(operator=operator, key=key, values=texts))
    return tuple(conditions)
