"""The findings of the scenarios of a template as those of the template."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from attrs import evolve

from cloudpack_baseline.findings import Finding, Outcome, worst
from cloudpack_baseline.texts import Text, text

__all__ = ["Scenario", "is_of_account", "worst_of_scenarios"]

Scenario = tuple[tuple[str, str], ...]
"""The truth of the conditions that may go either way: (condition, ``true`` or ``false``)."""


def worst_of_scenarios(
    by_scenario: Iterable[tuple[Scenario, tuple[Finding, ...]]],
) -> tuple[Finding, ...]:
    """The worst finding about each resource, sorted by resource key.

    A finding that does not hold in every scenario names the first one in which it does. A scenario
    without any subject has no say where another has one. A resource whose name depends on the
    scenario is one all the same.
    """
    by_scenario = tuple(by_scenario)
    merged = [
        _worst(entries, everywhere=len(entries) == len(by_scenario))
        for entries in _by_resource(by_scenario)
    ]
    subjects = [finding for finding in merged if not is_of_account(finding)]
    return tuple(sorted(subjects or merged, key=lambda finding: finding.resource.key))


_Entries = list[tuple[Scenario, Finding]]


def _by_resource(
    by_scenario: Iterable[tuple[Scenario, tuple[Finding, ...]]],
) -> list[_Entries]:
    """The findings about each resource: by its key, else by its place in the template."""
    resources: list[_Entries] = []
    by_key: dict[str, _Entries] = {}
    by_place: dict[Hashable, list[_Entries]] = {}
    for scenario, findings in by_scenario:
        matched = {id(by_key.get(finding.resource.key)) for finding in findings}
        for finding in sorted(findings, key=lambda finding: finding.resource.key):
            entries = by_key.get(finding.resource.key)
            if entries is None:
                at_place = by_place.setdefault(_place(finding), [])
                entries = next((known for known in at_place if id(known) not in matched), [])
                matched.add(id(entries))
                if not entries:
                    resources.append(entries)
                    at_place.append(entries)
                by_key[finding.resource.key] = entries
            entries.append((scenario, finding))
    return resources


def _place(finding: Finding) -> Hashable:
    """Where the resource is written; its key, if that is not known."""
    origin = finding.resource.origin
    if origin is None or not origin.path:
        return finding.resource.key
    return finding.resource.kind, origin.file, origin.line, origin.path


def is_of_account(finding: Finding) -> bool:
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
