"""What a run tells at its beginning and its end: header, summary, report, exit status."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest

from cloudpack_baseline._pytest.plan import CURRENT, Plan, Target
from cloudpack_baseline._pytest.settings import FILED_SOURCES, argument_path
from cloudpack_baseline._pytest.verdict import Verdict
from cloudpack_baseline.assessment import Assessment, NotRun, idle_waivers, instant
from cloudpack_baseline.reports.columns import aligned
from cloudpack_baseline.texts import Text, catalogue, text

if TYPE_CHECKING:
    from cloudpack_baseline._pytest.plugin import BaselinePlugin
    from cloudpack_baseline.baseline import Waiver
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["NOTES", "header", "judged_nothing", "summarize", "why_nothing", "write_report"]

NOTES = 20
_SOON = timedelta(days=30)
"""How long before its end a waiver is told of."""


def header(plan: Plan, config: pytest.Config) -> str:
    """One line: what is judged, against what."""
    language = plan.settings.language
    moment = plan.settings.as_of
    told = text(
        "plugin.header",
        source=_source(plan, config),
        file=os.path.relpath(plan.anchor, config.invocation_params.dir),
        moment=_shown(moment) if moment else text("plugin.moment-of-gathering"),
        controls=_controls(plan),
    )
    return f"cloudpack-baseline: {told.in_language(language)}"


def _controls(plan: Plan) -> str | Text:
    held = plan.settings.controls
    if plan.settings.narrowed:
        return ", ".join(one.id for one in held)
    return text("plugin.all-controls", number=len(held))


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _source(plan: Plan, config: pytest.Config) -> str:
    """As the user writes it: files from here, and no password of a URL."""
    kind, colon, rest = plan.settings.source.partition(":")
    parts = urlsplit(rest)
    if kind in FILED_SOURCES:
        rest = os.path.relpath(rest, config.invocation_params.dir)
    elif parts.username is not None:
        rest = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return f"{kind}{colon}{rest}"


# -- exit status


def judged_nothing(plugin: BaselinePlugin, exitstatus: int) -> bool:
    """Whether the run would be green, or empty, though nothing was judged and all was asked."""
    fine = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if exitstatus not in fine or any(one.judged for one in plugin.told.values()):
        return False
    return not _narrowed(plugin)


def _narrowed(plugin: BaselinePlugin) -> bool:
    """Whether the user asked for less than everything."""
    config = plugin.config
    by_id = any(
        "::" in argument and argument_path(config, argument) == plugin.plan.anchor
        for argument in config.args
    )
    options = ("keyword", "markexpr", "lf", "stepwise", "deselect")
    return (
        by_id
        or plugin.plan.settings.narrowed
        or any(config.getoption(name, None) for name in options)
    )


def why_nothing(plugin: BaselinePlugin) -> str:
    """Why nothing was judged, in one line."""
    if plugin.told:
        reason = text("plugin.nothing-applies")
    elif plugin.collected:
        reason = text("plugin.nothing-ran", file=plugin.plan.anchor.name)
    else:
        reason = text("plugin.nothing-collected", file=plugin.plan.anchor.name)
    told = text("plugin.nothing-judged", reason=reason)
    return f"cloudpack-baseline: {told.in_language(plugin.plan.settings.language)}"


# -- summary


def summarize(plugin: BaselinePlugin, reporter: pytest.TerminalReporter) -> None:
    """The table of controls and outcomes and the notes, or that nothing was judged."""
    language = plugin.plan.settings.language
    if plugin.empty:
        reporter.write_line(why_nothing(plugin), red=True)
    if not any(one.judged for one in plugin.told.values()) or plugin.snapshot is None:
        return
    reporter.write_sep("=", "cloudpack-baseline")
    for line in _table(plugin):
        reporter.write_line(line)
    for note in _notes(plugin, plugin.snapshot):
        reporter.write_line(text("plugin.note", note=note).in_language(language))
    reporter.write_line(_identity(plugin, plugin.snapshot).in_language(language))


def _identity(plugin: BaselinePlugin, snapshot: Snapshot) -> Text:
    return text(
        "plugin.summary",
        moment=_shown(instant(plugin.plan.settings.as_of, snapshot)),
        source=_source(plugin.plan, plugin.config),
        digest=snapshot.digest,
    )


def _table(plugin: BaselinePlugin) -> list[str]:
    language = plugin.plan.settings.language
    heads = [text("plugin.control"), *(text(f"report.{one.slug}") for one in Verdict)]
    rows = [[one.in_language(language) for one in heads]]
    for control in plugin.plan.settings.controls:
        held = [one.counts for target, one in plugin.told.items() if target.control == control.id]
        if held:
            sums = [str(sum(counts[one.value] for counts in held)) for one in Verdict]
            rows.append([control.id, *sums])
    return aligned(rows, right=1)


def _notes(plugin: BaselinePlugin, snapshot: Snapshot) -> Iterator[str]:
    language = plugin.plan.settings.language
    yield from (one.in_language(language) for one in _notes_of_run(plugin, snapshot))
    notes = [note for one in plugin.told.values() for note in one.notes]
    yield from notes[:NOTES]
    if len(notes) > NOTES:
        yield text("plugin.notes-left-out", number=len(notes) - NOTES).in_language(language)


def _notes_of_run(plugin: BaselinePlugin, snapshot: Snapshot) -> Iterator[Text]:
    day = instant(plugin.plan.settings.as_of, snapshot).date()
    ran = {target.control for target in plugin.told}
    for one in plugin.plan.baseline.waivers:
        if one.control in ran and one.expires < day:
            yield _waiver("plugin.waiver-expired", one)
        elif one.control in ran and one.expires - day <= _SOON:
            yield _waiver("plugin.waiver-expires", one)
    yield from _idle_waivers(plugin)
    for account in snapshot.accounts:
        if account.regions_off:
            yield text("plugin.regions-off", account=account.id, regions=account.regions_off)
    if snapshot.assumptions:
        told = tuple(_assumption(one) for one in snapshot.assumptions)
        yield text("plugin.assumed", assumptions=told)


def _idle_waivers(plugin: BaselinePlugin) -> tuple[Text, ...]:
    waived = {one.control for one in plugin.plan.baseline.waivers}
    held = [one for one in plugin.told if one.control in waived]
    findings = [finding for target in held for finding in plugin.judge(target).findings]
    return idle_waivers(plugin.plan.baseline, findings, _whole(plugin))


def _whole(plugin: BaselinePlugin) -> frozenset[str]:
    """The controls that were judged in every account."""
    left = {target.control for target in plugin.plan.targets if target not in plugin.told}
    return frozenset(target.control for target in plugin.told) - left


def _assumption(id_: str) -> Text | str:
    # A snapshot of another version may name one that this version has no words for.
    return text(f"assumptions.{id_}") if id_ in catalogue("assumptions") else id_


def _waiver(id_: str, one: Waiver) -> Text:
    return text(
        id_,
        control=one.control,
        resource=one.resource,
        approved_by=one.approved_by,
        expires=one.expires.isoformat(),
    )


# -- report


def assessment(plugin: BaselinePlugin) -> Assessment:
    """All that was judged, and every selected control that was not."""
    snapshot, plan = plugin.snapshot, plugin.plan
    findings = [
        finding
        for target in plan.targets
        if target in plugin.told
        for finding in plugin.judge(target).findings
    ]
    given = plan.settings.as_of or datetime.now(UTC)
    return Assessment(
        findings=tuple(findings),
        as_of=given if snapshot is None else instant(plan.settings.as_of, snapshot),
        snapshot="" if snapshot is None else snapshot.digest,
        source="" if snapshot is None else snapshot.source,
        not_run=tuple(
            NotRun(
                control=target.control,
                account=_account(target, snapshot),
                reason=_why_not_run(plugin, target),
            )
            for target in plan.targets
            if target not in plugin.told
        ),
        notes=idle_waivers(plan.baseline, findings, _whole(plugin)),
    )


def _account(target: Target, snapshot: Snapshot | None) -> str:
    if target.account != CURRENT or snapshot is None:
        return target.account
    return ", ".join(one.id for one in snapshot.accounts)


def _why_not_run(plugin: BaselinePlugin, target: Target) -> Text:
    if plugin.fault:
        return text("plugin.gathering-failed", fault=tuple(plugin.fault.split("\n")))
    if plugin.collected is not None and target not in plugin.collected:
        return text("plugin.left-out")
    return text("common.interrupted")


def write_report(plugin: BaselinePlugin) -> None:
    """Write ``--cloudpack-report``."""
    path = plugin.plan.settings.report
    if path is None:
        return
    from cloudpack_baseline.reports.json import report_bytes  # noqa: PLC0415 - rare

    try:
        path.write_bytes(report_bytes(assessment(plugin)))
    except OSError as error:
        pytest.exit(f"cloudpack-baseline: {path}: cannot be written: {error.strerror}", 4)
