"""The findings of the scenarios of a template as those of the template."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from cloudpack_baseline.findings import Finding, Outcome, worst
from cloudpack_baseline.texts import Text, text

__all__ = ["Scenario", "worst_of_scenarios"]

Scenario = tuple[tuple[str, str], ...]
"""The truth of the conditions that may go either way: (condition, ``true`` or ``false``)."""


def worst_of_scenarios(
    by_scenario: Iterable[tuple[Scenario, tuple[Finding, ...]]],
) -> tuple[Finding, ...]:
    """The worst finding about each resource, sorted by resource key.

    A finding that does not hold in every scenario names the first one in which it does. A scenario
    without any subject has no say where another has one.
    """
    by_scenario = tuple(by_scenario)
    by_resource: dict[str, list[tuple[Scenario, Finding]]] = {}
    for scenario, findings in by_scenario:
        for finding in findings:
            by_resource.setdefault(finding.resource.key, []).append((scenario, finding))
    merged = [
        _worst(entries, everywhere=len(entries) == len(by_scenario))
        for entries in by_resource.values()
    ]
    subjects = [finding for finding in merged if not _is_of_account(finding)]
    return tuple(sorted(subjects or merged, key=lambda finding: finding.resource.key))


def _is_of_account(finding: Finding) -> bool:
    """Whether it says that there is no subject."""
    return finding.outcome is Outcome.NOT_APPLICABLE and finding.resource.kind == "Account"


def _worst(entries: list[tuple[Scenario, Finding]], *, everywhere: bool) -> Finding:
    outcome = worst(finding.outcome for _, finding in entries)
    scenario, finding = next(entry for entry in entries if entry[1].outcome is outcome)
    if everywhere and all(other.outcome is outcome for _, other in entries):
        return finding
    return evolve(finding, notes=(*finding.notes, _note(scenario)))


def _note(scenario: Scenario) -> Text:
    conditions = tuple(f"{name}={truth}" for name, truth in scenario)
    return text("common.scenario", conditions=conditions)
