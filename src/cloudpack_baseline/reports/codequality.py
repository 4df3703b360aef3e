"""What fails or is unknown as a code quality report, which GitLab shows in merge requests.

Source: GitLab Docs, Code Quality, Code Quality report format.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from cloudpack_baseline.reports.ascii_json import array_lines
from cloudpack_baseline.reports.places import account_places, origins_of
from cloudpack_baseline.reports.sarif import fingerprint
from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import messages_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_SEVERITIES = {"fail": "major", "unknown": "minor"}


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """An entry for each finding; a waived failure is information, and does not go away.

    One of an account is shown where the baseline file declares the account; without such a file,
    its resource is in place of one: a file and a line are required.
    """
    accounts = account_places(values)
    return array_lines(
        _entry(finding, language, accounts)
        for finding in findings_of(values)
        if finding["outcome"] in _SEVERITIES
    )


def _entry(
    finding: Mapping[str, Any], language: Language, accounts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    declared = accounts.get(finding["resource"]["account"]) or accounts.get("") or {}
    origin = next(iter(origins_of(finding)), declared)
    path = PurePath(origin["file"]).as_posix() if origin else finding["resource"]["key"]
    resource = safe(finding["resource"]["name"] or finding["resource"]["key"])
    return {
        "check_name": finding["control"],
        "description": f"{resource}: {'; '.join(messages_of(finding, language))}",
        "fingerprint": fingerprint(finding["id"]),
        "location": {"path": safe(path), "lines": {"begin": origin.get("line") or 1}},
        "severity": "info" if finding["waived"] else _SEVERITIES[finding["outcome"]],
    }
