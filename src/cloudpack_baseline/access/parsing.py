"""From JSON text, or what a parser made of it, to a ``Policy``; every fault with its path."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.policy import Condition, Policy, PrincipalElement, Statement
from cloudpack_baseline.access.problems import MalformedPolicy, PolicyProblem

if TYPE_CHECKING:
    from cloudpack_baseline.access.policy import PolicyKind

__all__ = ["parse_policy"]

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
_ACCOUNT_DIGITS: Final = 12
_SHOWN: Final = 60
_PLAIN: Final = (str, bool, int, float, dt.date)


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

    def tell(self, path: str, english: str, japanese: str) -> None:
        self.problems.append(PolicyProblem(path=path, message_en=english, message_ja=japanese))

    def mapping(self, value: object, path: str) -> Mapping[str, object]:
        if isinstance(value, _Object):
            for name in value.twice:
                self.tell(f"{path}.{_short(name)}", "occurs twice", "キーが重複している")
            return value
        if not isinstance(value, Mapping):
            self.tell(path, "is not an object", "オブジェクトではない")
            return {}
        for name in value:
            if not isinstance(name, str):
                self.tell(f"{path}.{_short(name)}", "is not a text key", "キーが文字列ではない")
        return {name: item for name, item in value.items() if isinstance(name, str)}

    def texts(self, value: object, path: str, *, loose: bool = False) -> tuple[str, ...]:
        """A text or a list of texts; ``loose`` takes booleans and numbers too."""
        many = value if isinstance(value, (list, tuple)) else [value]
        found: list[str] = []
        for index, item in enumerate(many):
            if isinstance(item, str) or (loose and isinstance(item, _PLAIN)):
                found.append(_text(item))
            else:
                here = f"{path}[{index}]" if many is value else path
                self.tell(here, "is not a text", "文字列ではない")
        return tuple(found)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
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
            text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str
        )
    except RecursionError:
        reader.tell("$", "is nested too deeply", "入れ子が深すぎる")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        reader.tell("$", f"is not JSON: {error.msg} at {where}", f"JSON として読めない ({where})")
    return None


def parse_policy(document: str | Mapping[str, object], *, kind: PolicyKind = "resource") -> Policy:
    """Read a policy: JSON text, or the mapping that a parser made of it.

    ``kind`` says which elements belong: a bucket's policy (``resource``) names principals and
    resources, one of a user or role (``identity``) no principals, a ``trust`` policy no resources.

    Raises:
        MalformedPolicy: with every fault and its path. Unknown operators and keys of conditions
            are no faults: the analysis takes them on the side of exposure and says so.
    """
    reader = _Reader()
    value = _load(document, reader) if isinstance(document, str) else document
    if not reader.problems:
        policy = _policy(value, kind, reader)
    if reader.problems:
        raise MalformedPolicy(tuple(reader.problems))
    return policy


def _policy(value: object, kind: PolicyKind, reader: _Reader) -> Policy:
    document = reader.mapping(value, "$")
    for name in document.keys() - {"Version", "Id", "Statement"}:
        reader.tell(f"$.{_short(name)}", "is no element of a policy", "ポリシーの要素ではない")
    version = document.get("Version", _VERSIONS[0])
    # YAML reads the version as a date.
    version = version.isoformat() if isinstance(version, dt.date) else version
    if not isinstance(version, str) or version not in _VERSIONS:
        version = _VERSIONS[0]
        reader.tell("$.Version", "is no version of the policy language", "未知のバージョンである")
    statements = document.get("Statement")
    if "Statement" not in document:
        reader.tell("$.Statement", "is missing", "指定がない")
        return Policy(statements=(), kind=kind, version=version)
    many = statements if isinstance(statements, (list, tuple)) else [statements]
    return Policy(
        statements=tuple(
            _statement(item, f"$.Statement[{index}]" if many is statements else "$.Statement",
                       kind, reader)
            for index, item in enumerate(many)
        ),
        kind=kind,
        version=version,
    )  # fmt: skip


def _statement(value: object, path: str, kind: PolicyKind, reader: _Reader) -> Statement:
    block = reader.mapping(value, path)
    for name in block.keys() - _STATEMENT_KEYS:
        reader.tell(f"{path}.{_short(name)}", "is no element of a statement", "未知の要素である")
    effect = block.get("Effect")
    if effect not in ("Allow", "Deny"):
        reader.tell(f"{path}.Effect", "is neither Allow nor Deny", "Allow でも Deny でもない")
    sid = block.get("Sid")
    if sid is not None and not isinstance(sid, str):
        reader.tell(f"{path}.Sid", "is not a text", "文字列ではない")
    actions, not_action = _either(block, "Action", path, reader, needed=True)
    resources, not_resource = _either(
        block, "Resource", path, reader, needed=kind != "trust", forbidden=kind == "trust"
    )
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
        reader.tell(f"{path}.Not{name}", f"stands beside {name}", f"{name} と併用できない")
    elif not present and needed:
        reader.tell(f"{path}.{name}", "is missing", "指定がない")
    return present[0] if present else None


def _either(  # noqa: PLR0913 - an element and the rules for it
    block: Mapping[str, object],
    name: str,
    path: str,
    reader: _Reader,
    *,
    needed: bool,
    forbidden: bool = False,
) -> tuple[tuple[str, ...] | None, bool]:
    word = _chosen(block, name, path, reader, needed=needed)
    if word is None:
        return None, False
    if forbidden:
        reader.tell(f"{path}.{word}", "does not belong here", "この種類のポリシーでは使えない")
    return reader.texts(block[word], f"{path}.{word}"), word != name


def _principal(
    block: Mapping[str, object], path: str, kind: PolicyKind, reader: _Reader
) -> tuple[PrincipalElement | None, bool]:
    word = _chosen(block, "Principal", path, reader, needed=kind != "identity")
    if word is None:
        return None, False
    here = f"{path}.{word}"
    if kind == "identity":
        reader.tell(here, "does not belong here", "この種類のポリシーでは使えない")
    value = block[word]
    if value == "*":
        return PrincipalElement(everyone=True), word != "Principal"
    if isinstance(value, str):
        reader.tell(here, 'is neither "*" nor an object', "「*」でもオブジェクトでもない")
        return None, False
    found: dict[str, tuple[str, ...]] = {}
    for name, item in reader.mapping(value, here).items():
        if name not in _PRINCIPAL_KEYS:
            reader.tell(f"{here}.{_short(name)}", "is no kind of principal", "未知の種類である")
            continue
        texts = reader.texts(item, f"{here}.{name}", loose=True)
        found[_PRINCIPAL_KEYS[name]] = tuple(_account(text) for text in texts)
    aws = found.get("aws", ())
    return PrincipalElement(everyone="*" in aws, **found), word != "Principal"


def _account(text: str) -> str:
    # YAML reads an account id as a number and takes its leading zeros away.
    return text.zfill(_ACCOUNT_DIGITS) if text.isdigit() and len(text) < _ACCOUNT_DIGITS else text


def _conditions(value: object, path: str, reader: _Reader) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for operator, block in reader.mapping(value, path).items():
        here = f"{path}.{_short(operator)}"
        for key, values in reader.mapping(block, here).items():
            texts = reader.texts(values, f"{here}.{_short(key)}", loose=True)
            found.append(Condition(operator=operator, key=key, values=texts))
    return tuple(found)
