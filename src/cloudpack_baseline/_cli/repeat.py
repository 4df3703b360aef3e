"""``cloudpack-baseline repeat``: judge again what a report is about, and compare each verdict."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline._cli.colours import always, show
from cloudpack_baseline._version import __version__
from cloudpack_baseline.assessment import Assessment
from cloudpack_baseline.attestations import judge_attestation
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.baseline.portable import from_values
from cloudpack_baseline.errors import CloudpackError, InputError, Problem
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.periods import assess_period, rounds
from cloudpack_baseline.reports.html_findings import anchor_of, outcome_of
from cloudpack_baseline.reports.recipe import RecordedVerdicts, recorded_verdicts
from cloudpack_baseline.sources.files import FileFault, read_file
from cloudpack_baseline.sources.recording import read_snapshot
from cloudpack_baseline.texts import printable
from cloudpack_baseline.waivers import WAIVERS
from cloudpack_baseline.whitepaper import attested

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Judge the snapshots as the report says, and print each verdict that differs.

    Raises:
        InputError: no such report or snapshot, or not the snapshots that the report is about.
        CloudpackError: a verdict differs.
    """
    recorded = _recorded(Path(arguments.report))
    states = rounds(read_snapshot(path) for path in arguments.snapshot)
    is_whole = _check_digests(recorded.recipe, states)
    baseline = from_values(recorded.recipe["baseline"], catalogue_of(arguments))
    values = _assessment(recorded.recipe, states if is_whole else states[-1:], baseline).to_json()
    unread = frozenset(_without_files(recorded.recipe, baseline))
    differences = [*_differing_findings(recorded, values, unread)]
    if is_whole and not unread:
        differences += _differing_marks(recorded, values)
    if recorded.recipe["version"] != __version__:
        print(
            f"the report was written by version {recorded.recipe['version']}, this is {__version__}"
        )
    for control in sorted(unread):
        print(f"{control}: not repeated, a file that it reads is not in this folder")
    show(map(printable, differences), arguments, always("red"))
    number = len(recorded.outcomes)
    if differences:
        raise CloudpackError(f"{len(differences)} of {number} verdicts differ")
    marks = f" and {len(recorded.marks)} marks" if is_whole and not unread else ""
    line = f"the same: {number} verdicts{marks}, snapshot {recorded.recipe['snapshot']}"
    show([line], arguments, always("green"))


def _recorded(path: Path) -> RecordedVerdicts:
    try:
        return recorded_verdicts(read_file(path).decode("utf-8"))
    except (FileFault, UnicodeDecodeError) as error:
        raise InputError(Problem(str(error), file=str(path))) from None
    except InputError as error:
        raise InputError(Problem(str(error), file=str(path))) from None


def _check_digests(recipe: Mapping[str, Any], states: Iterable[Snapshot]) -> bool:
    """Whether the states are all that the report is about, not only the newest one.

    Raises:
        InputError: they are others.
    """
    digests = [state.digest for state in states]
    if digests[-1] != recipe["snapshot"]:
        raise InputError(
            f"the report is about snapshot {recipe['snapshot']}, not about {digests[-1]}"
        )
    return bool(digests == recipe["snapshots"])


def _assessment(
    recipe: Mapping[str, Any], states: Collection[Snapshot], baseline: Baseline
) -> Assessment:
    """What is judged again: the controls and promises of the report."""
    as_of = datetime.fromisoformat(recipe["as_of"])
    controls = [id_ for id_ in recipe["controls"] if id_ != WAIVERS]
    start = recipe["period_starts"]
    starts = datetime.fromisoformat(start) if start else None
    assessment = assess_period(states, baseline, controls=controls, as_of=as_of, starts=starts)
    promises = attested(baseline.catalogue)
    judged = (
        judge_attestation(promises[id_], baseline, as_of.date()) for id_ in recipe["promises"]
    )
    return evolve(assessment, findings=(*assessment.findings, *judged))


def _without_files(recipe: Mapping[str, Any], baseline: Baseline) -> Iterator[str]:
    """The controls whose files are not here as they were: a report has only their digests."""
    for id_ in recipe["controls"]:
        options = baseline.controls.get(id_)
        names = (*getattr(options, "files", ()), *getattr(options, "snapshots", ()))
        if any(_is_elsewhere(name, baseline) for name in names):
            yield id_


def _is_elsewhere(name: str, baseline: Baseline) -> bool:
    from cloudpack_baseline.sources.stored import read_stored  # noqa: PLC0415 - most runs do without it

    recorded = baseline.files.get(name)
    return recorded is not None and recorded.sha256 != read_stored(Path(name)).sha256


def _differing_findings(
    recorded: RecordedVerdicts, values: Mapping[str, Any], unread: Collection[str]
) -> Iterator[str]:
    not_run = {tuple(entry) for entry in recorded.recipe["not_run"]}
    unseen = dict(recorded.outcomes)
    for finding in values["findings"]:
        before = unseen.pop(anchor_of(finding["id"]), None)
        outcome = outcome_of(finding)
        account = finding["resource"]["account"]
        is_skipped = (finding["control"], account) in not_run or finding["control"] in unread
        if before != outcome and not is_skipped:
            yield f"{finding['id']}: {before or 'absent'} in the report, {outcome} now"
    if not unread:
        for anchor, before in unseen.items():
            yield f"#{anchor}: {before} in the report, absent now"


def _differing_marks(recorded: RecordedVerdicts, values: Mapping[str, Any]) -> Iterator[str]:
    for row in values["rows"]:
        before = recorded.marks.get(row["clause"])
        if before != row["mark"]:
            yield f"{row['clause']}: {before} in the report, {row['mark']} now"
