"""The findings as the page shows them: by control, and once for all that differ in the resource.

What is said of many resources is said once, so that 10,000 findings stay a small page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from cloudpack_baseline.reports.words import place_of

__all__ = [
    "DIFFERENT",
    "IN_FULL",
    "PICTURES",
    "anchor_of",
    "groups_of",
    "outcome_of",
    "with_picture",
]

_ORDER = ("fail", "unknown", "waived", "pass", "not applicable")
_BAD = ("fail", "unknown", "waived")

DIFFERENT = 1_500
"""The number of bad findings that say something of their own up to which all are shown in full."""

IN_FULL = 300
"""How many of more than `DIFFERENT` are shown in full, shared among the controls: 10,000 of them
with their packets would be 30 MB."""

PICTURES = 200
"""The maximum number of pictures of paths in a page; every path is there in words too."""


def anchor_of(id_: str) -> str:
    """The place of a finding in the page: a function of its ID, so that links stay valid."""
    digest = hashlib.sha256(id_.encode("utf-8", "backslashreplace")).hexdigest()
    return f"f-{digest[:12]}"


def groups_of(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the page shows of each control; those with a failure come first.

    Args:
        values: of the report.

    Returns:
        By the ID of the control: ``first``, a finding of it; ``counts`` by outcome; ``is_open``,
        whether anything is bad; ``is_judged``, whether anything
        was judged by AWS state; and ``alike``: findings, worst first, each with ``shown`` (the
        outcome), ``bad`` and ``members``: all findings that say the same. Where there are too
        many, one for each outcome is ``brief``: its members have their own ``message``.
    """
    by_control: dict[str, list[Mapping[str, Any]]] = {}
    for finding in values["findings"]:
        by_control.setdefault(finding["control"], []).append(finding)
    groups = {id_: _group(findings) for id_, findings in by_control.items()}
    bad = [sum(finding["bad"] for finding in group["alike"]) for group in groups.values()]
    if sum(bad) > DIFFERENT:
        limit = max(IN_FULL // sum(map(bool, bad)), 1)
        for group in groups.values():
            group["alike"] = _shortened(group["alike"], limit)
    return dict(sorted(groups.items(), key=lambda entry: _ORDER.index(entry[1]["worst"])))


def outcome_of(finding: Mapping[str, Any]) -> str:
    """The outcome of a finding; a waived failure is ``waived``."""
    return "waived" if finding["waived"] else str(finding["outcome"])


def _group(findings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    findings = sorted(findings, key=lambda finding: _ORDER.index(outcome_of(finding)))
    counts = Counter(map(outcome_of, findings))
    alike: dict[str, dict[str, Any]] = {}
    for finding in findings:
        observations = [
            {**observation, "place": place_of(observation["origin"])}
            for observation in finding["observations"]
        ]
        outcome = outcome_of(finding)
        key = repr((outcome, *map(_said, observations), finding["waiver"], finding["notes"]))
        if key not in alike:
            bad = outcome in _BAD
            alike[key] = {**finding, "shown": outcome, "bad": bad, "observations": observations}
            alike[key] |= {"members": [], "brief": False}
        member = {"anchor": anchor_of(finding["id"]), "resource": finding["resource"]}
        alike[key]["members"].append(member)
    worst = outcome_of(findings[0])
    return {
        "first": findings[0],
        "worst": worst,
        "counts": {name: counts[name] for name in _ORDER if counts[name]},
        "is_open": worst in _BAD,
        "is_judged": worst != "not applicable" and findings[0]["resource"]["kind"] != "Promise",
        "alike": list(alike.values()),
    }


def _shortened(alike: Sequence[Mapping[str, Any]], limit: int) -> list[Mapping[str, Any]]:
    """The first bad findings in full, and the others by their first message alone."""
    bad = [finding for finding in alike if finding["bad"]]
    brief: dict[str, dict[str, Any]] = {}
    for finding in bad[limit:]:
        nothing: dict[str, Any] = {"observations": [], "waiver": None, "notes": [], "members": []}
        group = brief.setdefault(finding["shown"], {**finding, **nothing, "brief": True})
        message = finding["observations"][0]["message"]
        group["members"] += [{**member, "message": message} for member in finding["members"]]
    return [*bad[:limit], *brief.values(), *(finding for finding in alike if not finding["bad"])]


def _said(observation: Mapping[str, Any]) -> tuple[object, ...]:
    """All that the page shows of an observation."""
    names = ("message", "read", "expected", "place", "witness")
    return tuple(observation[name] for name in names)


def with_picture(groups: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The observations whose picture the page shows: packets that get through, at most `PICTURES`.

    Returns:
        The observations themselves, of the groups.
    """
    observations = (
        observation
        for group in groups.values()
        for finding in group["alike"]
        if finding["bad"]
        for observation in finding["observations"]
        if observation["witness"] and observation["witness"]["packet"]
    )
    return list(islice(observations, PICTURES))
