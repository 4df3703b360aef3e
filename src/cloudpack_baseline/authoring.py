"""The names for controls of your own: see ``docs/how-to/own-control.md``.

A control is a check with what the catalogue says of it: an ID, the clauses that it judges, its
title and remediation in Japanese and English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from cloudpack_baseline.checks.check import AccountView, Check, check
from cloudpack_baseline.checks.settings import (
    Setting,
    at_most,
    each,
    in_each_region,
    includes,
    one_of,
)
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import (
    Catalogue,
    Clause,
    Control,
    Link,
    Promise,
    Relation,
    builtin,
    declarations,
    read_catalogue,
)

__all__ = [
    "AccountView",
    "Catalogue",
    "Check",
    "Clause",
    "Control",
    "Finding",
    "Observation",
    "Promise",
    "Relation",
    "Setting",
    "Unknown",
    "at_most",
    "bilingual",
    "control",
    "each",
    "failed",
    "in_each_region",
    "includes",
    "not_applicable",
    "one_of",
    "passed",
    "read_catalogue",
    "reads",
    "unknown",
]

_KEBAB_CASE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

Judged: TypeAlias = "Clause | Promise | str"
"""What a control judges: a clause or promise, or the number or ID of one in the catalogue."""


def control(  # noqa: PLR0913 - what the catalogue says of a control
    id_: str,
    judges: Judged | Iterable[Judged],
    *reading: Read,
    title: Text,
    remedy: Text | None = None,
    relation: Relation = Relation.DIRECT,
    parties: Iterable[str] = ("cloudpack", "customer"),
    options: type[Any] | None = None,
    catalogue: Catalogue | None = None,
    **of_check: Any,  # noqa: ANN401 - as `check` takes them
) -> Callable[[Check | Callable[[AccountView], Iterable[Finding]]], Control]:
    """Make a control from a function of the account view, or from a check such as `each`.

    The docstring of the function says what counts as evidence.

    Args:
        id_: in kebab-case; unlike those of all other controls.
        judges: the clause or promise, or several: yours, or the number or ID in the catalogue.
        reading: what the function reads, see `reads`.
        title: the good state in one sentence, see `bilingual`.
        remedy: how the good state is reached; by default reports show the title in its place.
        relation: how the control is related to what it judges.
        parties: whose promise it judges.
        options: a frozen attrs class; the baseline file sets it in ``[controls.ID]``, and
            ``view.baseline.options(CLASS)`` returns it.
        catalogue: that contains what is given by number or ID; by default the white paper.
        of_check: ``subjects``, ``absence`` and ``later`` of the function, see `Check`.

    Raises:
        InputError: a clause or promise that does not exist, an ID that is not in kebab-case or
            is reserved, or a function that reads nothing.
    """
    if not _KEBAB_CASE.fullmatch(id_):
        raise InputError(f"control {id_!r}: expected an ID in kebab-case, such as bucket-name")
    if id_ in declarations():
        raise InputError(f"control {id_!r}: the ID is reserved")

    def make(judge: Check | Callable[[AccountView], Iterable[Finding]]) -> Control:
        if not isinstance(judge, Check) and not reading:
            raise InputError(f"control {id_}: name what it reads, such as reads(Bucket)")
        judged = judge if isinstance(judge, Check) else check(*reading, **of_check)(judge)
        return Control(
            id=id_,
            theme="",
            clauses=tuple(_links(judges, relation, catalogue or builtin())),
            parties=tuple(parties),
            title=_words(title),
            remedy=_words(remedy) if remedy else {},
            check=judged,
            options=options,
        )

    return make


def bilingual(en: str, ja: str = "") -> Text:
    """A text in English and Japanese; without Japanese, the English stands for both."""
    return text("common.verbatim", en=en, ja=ja or en)


def _words(words: Text) -> dict[str, str]:
    return {"ja": words.in_language("ja"), "en": words.in_language("en")}


def _links(
    judges: Judged | Iterable[Judged], relation: Relation, catalogue: Catalogue
) -> Iterable[Link]:
    several = [judges] if isinstance(judges, Clause | Promise | str) else judges
    return [catalogue.link(judged, relation) for judged in several]
