"""Policy documents as records.

Source: IAM User Guide, "IAM JSON policy elements reference".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from attrs import field

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "TEXT_FAMILIES",
    "UNDETERMINED",
    "Condition",
    "Operator",
    "Policy",
    "PrincipalElement",
    "Statement",
    "account_of",
    "find_operator",
    "undetermined_parts",
]

UNDETERMINED: Final = "cloudpack-baseline:undetermined/"
"""What the key of a condition begins with that stands for a part which is known only at deployment;
the rest of the key names the part."""

Effect = Literal["Allow", "Deny"]
PolicyKind = Literal["resource", "service", "identity", "trust"]
Quantifier = Literal["", "forallvalues", "foranyvalue"]

TEXT_FAMILIES: Final = frozenset({"arn", "binary", "string"})
"""The families of operators that compare texts."""


@frozen
class Operator:
    """A condition operator: its family (``string``, ``arn``, ...), relation and modifiers.

    ``relation`` is ``equals``, ``like``, ``less``, ``less-equal``, ``greater``, ``greater-equal``
    or ``null``; ``negated`` is true for the operators that say Not.
    """

    family: str
    relation: str
    negated: bool = False
    fold: bool = False
    quantifier: Quantifier = ""
    if_exists: bool = False


_COMPARISONS = {
    "equals": ("equals", False),
    "notequals": ("equals", True),
    "lessthan": ("less", False),
    "lessthanequals": ("less-equal", False),
    "greaterthan": ("greater", False),
    "greaterthanequals": ("greater-equal", False),
}

_OPERATORS: dict[str, Operator] = {
    "stringequals": Operator("string", "equals"),
    "stringnotequals": Operator("string", "equals", negated=True),
    "stringequalsignorecase": Operator("string", "equals", fold=True),
    "stringnotequalsignorecase": Operator("string", "equals", negated=True, fold=True),
    "stringlike": Operator("string", "like"),
    "stringnotlike": Operator("string", "like", negated=True),
    "arnequals": Operator("arn", "like"),
    "arnlike": Operator("arn", "like"),
    "arnnotequals": Operator("arn", "like", negated=True),
    "arnnotlike": Operator("arn", "like", negated=True),
    "binaryequals": Operator("binary", "equals"),
    "bool": Operator("bool", "equals"),
    "ipaddress": Operator("ip", "equals"),
    "notipaddress": Operator("ip", "equals", negated=True),
    "null": Operator("null", "null"),
    **{
        family + name: Operator(family, relation, negated=negated)
        for family in ("numeric", "date")
        for name, (relation, negated) in _COMPARISONS.items()
    },
}


@lru_cache(maxsize=1024)
def find_operator(name: str) -> Operator | None:
    """The operator of this name, or None if there is none."""
    lower = name.lower()
    quantifier, colon, base = lower.rpartition(":")
    if colon and quantifier not in {"forallvalues", "foranyvalue"}:
        return None
    bare = base.removesuffix("ifexists")
    operator = _OPERATORS.get(bare)
    if operator is None or (operator.relation == "null" and (colon or bare != base)):
        return None
    return Operator(
        operator.family,
        operator.relation,
        operator.negated,
        operator.fold,
        quantifier,  # type: ignore[arg-type]  # one of the two, just tested
        bare != base,
    )


@frozen(kw_only=True)
class Condition:
    """One key of one operator in a Condition block; ``operator`` is as written."""

    operator: str
    key: str
    values: tuple[str, ...]


_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_ROOT: Final = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):root", re.ASCII)


def account_of(entry: str) -> str | None:
    """The account that an AWS principal means as a whole: by its ID or its root's ARN."""
    if _ACCOUNT.fullmatch(entry):
        return entry
    root = _ROOT.fullmatch(entry)
    return root[1] if root else None


@frozen(kw_only=True)
class PrincipalElement:
    """A Principal or NotPrincipal element.

    ``accounts`` are the accounts that ``aws`` means as a whole.
    """

    everyone: bool = False
    aws: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    accounts: frozenset[str] = field(init=False, eq=False, repr=False)
    names: frozenset[str] = field(init=False, eq=False, repr=False)

    @accounts.default
    def _accounts(self) -> frozenset[str]:
        return frozenset(filter(None, map(account_of, self.aws)))

    @names.default
    def _names(self) -> frozenset[str]:
        return frozenset(self.aws)


@frozen(kw_only=True)
class Statement:
    """One statement; ``path`` leads to it in its document.

    ``principal`` and ``resources`` are None where a policy of its kind has none.
    """

    path: str
    effect: Effect
    actions: tuple[str, ...]
    sid: str | None = None
    principal: PrincipalElement | None = None
    not_principal: bool = False
    not_action: bool = False
    resources: tuple[str, ...] | None = None
    not_resource: bool = False
    conditions: tuple[Condition, ...] = ()

    @property
    def label(self) -> str:
        """Its Sid, or its path where it has none."""
        return self.sid or self.path


@frozen(kw_only=True)
class Policy:
    """A whole document. ``variables`` says whether ``${...}`` is a variable in it."""

    statements: tuple[Statement, ...]
    kind: PolicyKind = "resource"
    version: str = "2008-10-17"

    @property
    def variables(self) -> bool:
        """Policy variables exist from version 2012-10-17 on."""
        return self.version == "2012-10-17"


def undetermined_parts(policies: Iterable[Policy]) -> tuple[str, ...]:
    """What is known only at deployment of the policies, each part once."""
    keys = (
        condition.key
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
    )
    parts = (key.removeprefix(UNDETERMINED) for key in keys if key.startswith(UNDETERMINED))
    return tuple(dict.fromkeys(parts))
