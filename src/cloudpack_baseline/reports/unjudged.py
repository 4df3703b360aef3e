"""Controls that were selected and not judged, as files show them: never in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.findings import Observation, Outcome
from cloudpack_baseline.reports.words import label
from cloudpack_baseline.texts import LANGUAGES, Language, text
from cloudpack_baseline.whitepaper import builtin

__all__ = ["findings_of", "unjudged_lines"]

_FEW = 6
"""The controls that a line names; of more, it gives the number."""


def findings_of(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The findings, then one that is unknown for each control that was not judged in an account.

    Formats of other tools have no place for what did not run; a file without it looks green.
    """
    yield from values["findings"]
    for missing in values["not_run"]:
        yield _unknown(missing["control"], missing["account"], missing["reason"])


def unjudged_lines(values: Mapping[str, Any], language: Language) -> list[str]:
    """What was not judged, a line for each account and reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for missing in values["not_run"]:
        group = missing["account"], missing["reason"][language]
        groups.setdefault(group, []).append(missing["control"])
    return [
        label("unjudged", language, account=account or "-", reason=reason, controls=_few(controls))
        for (account, reason), controls in groups.items()
    ]


def _few(controls: list[str]) -> str:
    names = ", ".join(controls[:_FEW])
    return names if len(controls) <= _FEW else f"{names}, ... ({len(controls)})"


def _unknown(control: str, account: str, reason: Mapping[str, str]) -> dict[str, Any]:
    known = builtin().controls.get(control)
    message = text("common.verbatim", en=reason["en"], ja=reason["ja"])
    observation = Observation(outcome=Outcome.UNKNOWN, message=message)
    name = dict.fromkeys(LANGUAGES, control)
    return {
        "id": f"{control}:{account}:not-run",
        "control": control,
        "title": known.title if known else name,
        "clauses": {link.clause: link.relation.value for link in known.clauses} if known else {},
        "link": control_page(control),
        "resource": {
            "key": account or control,
            "arn": "",
            "account": account,
            "region": "",
            "kind": "Account",
            "name": "",
        },
        "outcome": "unknown",
        "waived": False,
        "waiver": None,
        "observations": [observation.to_json()],
        "notes": [],
        "remedy": known.remedy if known else name,
    }
