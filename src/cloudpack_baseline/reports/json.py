"""An assessment as JSON: every finding, in both languages, and whatever did not run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cloudpack_baseline._version import __version__
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.codec import encode, to_bytes
from cloudpack_baseline.texts import Language, Text, in_each_language
from cloudpack_baseline.whitepaper import PAPER

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["SCHEMA", "render", "report", "report_bytes"]

SCHEMA = 3
"""2: an observation has ``expected`` in place of ``wanted``.

3: what observations and witnesses say in words is there as fields too.
"""


def report_bytes(values: Mapping[str, Any]) -> bytes:
    r"""A report as canonical JSON: the same assessment gives the same bytes.

    What could act on a terminal or turn the direction of writing is escaped, such as ``\u202e``,
    and so is ``##``, which begins a command in logs of GitHub Actions and Azure Pipelines.
    """
    characters = to_bytes(values).decode()
    if not characters.isprintable():
        for character in set(characters):
            if not character.isprintable():
                characters = characters.replace(character, _escape(character))
    return characters.replace("##", r"#\u0023").encode() + b"\n"


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report itself; it has the texts of every language."""
    del language
    return report_bytes(values)


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


def report(
    findings: Iterable[Finding],
    *,
    as_of: datetime,
    not_run: Iterable[tuple[str, str, Text]],
    notes: Iterable[Text],
    **summary: object,
) -> dict[str, Any]:
    """The report as JSON values.

    Args:
        findings: all of them.
        as_of: the time as of which ages were calculated.
        not_run: control, account and reason of what was selected but not judged.
        notes: remarks on the whole.
        summary: ``source``, ``snapshot``, ``outcome`` and ``counts``, as they are.
    """
    return {
        "schema": SCHEMA,
        "generator": {"name": "cloudpack-baseline", "version": __version__},
        "paper": PAPER,
        "as_of": encode(as_of),
        **summary,
        "findings": [finding.to_json() for finding in findings],
        "not_run": [
            {"control": control_id, "account": account, "reason": in_each_language(reason)}
            for control_id, account, reason in not_run
        ],
        "notes": [in_each_language(note) for note in notes],
    }
