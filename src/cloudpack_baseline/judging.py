"""Judging one control in one account: scope, check, gaps in what was read, waivers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from attrs import evolve

from cloudpack_baseline.baseline import Baseline, Waiver
from cloudpack_baseline.checks import AccountView, CheckEntry, check_of, entry_of
from cloudpack_baseline.findings import (
    Finding,
    Outcome,
    Resource,
    causes_text,
    not_applicable,
    unknown,
)
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.naming import names_of, with_names
from cloudpack_baseline.scenarios import worst_of_scenarios
from cloudpack_baseline.scope import in_scope, out_of_scope
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import Control

__all__ = ["judge", "reads_of", "unused_waivers", "view_of"]


def reads_of(controls: Iterable[Control], baseline: Baseline | None = None) -> tuple[Read, ...]:
    """What the controls read, together.

    Args:
        controls: any of the catalogue.
        baseline: controls that its ``[scope]`` leaves out read nothing.
    """
    selected = controls if baseline is None else in_scope(controls, baseline)
    return merged(read for control in selected for read in entry_of(control.id).to_gather())


def view_of(
    snapshot: Snapshot,
    baseline: Baseline,
    control: str,
    account: AccountScope,
    as_of: datetime | None = None,
) -> AccountView:
    """What the check of the control can read; by default as of the time of gathering."""
    return AccountView(
        control=control,
        snapshot=snapshot,
        account=account,
        baseline=baseline,
        as_of=snapshot.taken_at if as_of is None else as_of,
    )


def judge(
    snapshot: Snapshot,
    baseline: Baseline,
    control: Control,
    account: AccountScope,
    as_of: datetime,
) -> tuple[Finding, ...]:
    """The findings of one control in one account, sorted by resource key; at least one.

    Of the scenarios of a template, the worst finding about each resource counts, and names its
    scenario where they differ.
    """
    findings = _judge(snapshot, baseline, control, account, as_of)
    others = [
        alternative
        for alternative in snapshot.alternatives
        if account in alternative.accounts and _differs(alternative, snapshot, control, account)
    ]
    if not others:
        return findings
    by_scenario = [(snapshot.scenario, findings)]
    by_scenario += [
        (alternative.scenario, _judge(alternative, baseline, control, account, as_of))
        for alternative in others
    ]
    return worst_of_scenarios(by_scenario)


def _differs(
    alternative: Snapshot, snapshot: Snapshot, control: Control, account: AccountScope
) -> bool:
    """Whether anything that the check of the control reads differs."""
    kinds = entry_of(control.id).reads
    return any(
        alternative.named(kind, account.id) != snapshot.named(kind, account.id)
        or alternative.covered(kind, account.id) != snapshot.covered(kind, account.id)
        for kind in kinds
    )


def _judge(
    snapshot: Snapshot,
    baseline: Baseline,
    control: Control,
    account: AccountScope,
    as_of: datetime,
) -> tuple[Finding, ...]:
    view = view_of(snapshot, baseline, control.id, account, as_of)
    entry = entry_of(control.id)
    reason = out_of_scope(control, baseline) or _cannot_tell(entry, snapshot, account)
    if reason is not None:
        return (view.account_finding(not_applicable(reason)),)
    findings = [*_gaps(entry, view)]
    if entry.applies_to(view):
        assumed = _assumed(entry, snapshot, account)
        findings += (
            finding
            for finding in check_of(control.id).judge(view)
            if finding.resource.key not in assumed
        )
    if not findings:
        message = text("common.nothing", kinds=entry.subjects)
        return (view.account_finding(not_applicable(message)),)
    waivers = [waiver for waiver in baseline.waivers if waiver.control == control.id]
    names = snapshot.derived(names_of)
    return tuple(
        _with_waiver(with_names(finding, names), waivers, as_of.date())
        for finding in sorted(findings, key=lambda finding: finding.resource.key)
    )


def _cannot_tell(entry: CheckEntry, snapshot: Snapshot, account: AccountScope) -> Text | None:
    """That the source can provide none of the subjects."""
    subjects = [(kind, snapshot.covered(kind, account.id)) for kind in entry.subjects]
    for _kind, covered in subjects:
        if not covered or not all(coverage.cannot_tell for coverage in covered):
            return None
    kinds = tuple(kind for kind, _ in subjects)
    return text("common.cannot-tell", source=snapshot.source, kind=kinds) if kinds else None


def _assumed(entry: CheckEntry, snapshot: Snapshot, account: AccountScope) -> frozenset[str]:
    """The keys of records that a source assumes, because it cannot provide their kind."""
    return frozenset(
        record.key
        for kind in entry.subjects
        if all(coverage.cannot_tell for coverage in snapshot.covered(kind, account.id))
        for record in snapshot.named(kind, account.id)
    )


def _gaps(entry: CheckEntry, view: AccountView) -> Iterator[Finding]:
    """An unknown for each listing of subjects that is not complete."""
    for kind in (*entry.subjects, *entry.later):
        covered = view.snapshot.covered(kind, view.account.id)
        if not covered and kind not in entry.later:
            yield _gap(view, kind, "", Unknown.because(Why.NOT_GATHERED, detail=kind))
        for coverage in covered:
            if coverage.unknown is not None and not coverage.cannot_tell:
                yield _gap(view, kind, coverage.region, coverage.unknown)


def _gap(view: AccountView, kind: str, region: str, why: Unknown) -> Finding:
    message = text("common.listing", kind=kind, cause=causes_text(why.causes))
    listing = Resource.listing(kind, view.account.id, region)
    return view.finding(listing, unknown(message, why))


# -- waivers


def _with_waiver(finding: Finding, waivers: Iterable[Waiver], day: date) -> Finding:
    if finding.outcome is not Outcome.FAIL:
        return finding
    notes: list[Text] = []
    for waiver in waivers:
        if not covers(waiver.resource, finding.resource.key, finding.resource.name):
            continue
        terms = {
            "reason": waiver.reason,
            "approved_by": waiver.approved_by,
            "approved_on": waiver.approved_on.isoformat(),
            "expires": waiver.expires.isoformat(),
        }
        if waiver.approved_on <= day <= waiver.expires:
            return evolve(finding, waiver=text("common.waived", **terms))
        reason = "waiver-expired" if day > waiver.expires else "waiver-not-yet"
        notes.append(text(f"common.{reason}", **terms))
    return evolve(finding, notes=(*finding.notes, *notes)) if notes else finding


def unused_waivers(
    baseline: Baseline, findings: Iterable[Finding], controls: Collection[str]
) -> tuple[Text, ...]:
    """The waivers that match no resource: misspelt, or of something that is gone.

    Args:
        baseline: that declares them.
        findings: of at least these controls.
        controls: those that were judged in every account.
    """
    resources: dict[str, list[Resource]] = {}
    incomplete: set[str] = set()
    for finding in findings:
        resources.setdefault(finding.control, []).append(finding.resource)
        if finding.outcome is Outcome.UNKNOWN and finding.resource.name == "*":
            incomplete.add(finding.control)  # what was not listed may be what is meant
    return tuple(
        text("common.waiver-idle", control=waiver.control, resource=waiver.resource)
        for waiver in baseline.waivers
        if waiver.control in controls
        and waiver.control not in incomplete
        and not any(
            covers(waiver.resource, resource.key, resource.name)
            for resource in resources.get(waiver.control, ())
        )
    )
