"""Judging one control in one account: scope, check, gaps in what was read, waivers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter

import attrs
from attrs import evolve

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import AccountView, CheckEntry, check_of, entry_of
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    causes_text,
    not_applicable,
    unknown,
)
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import NOT_DESCRIBED, Cause, Origin, Unknown, Why
from cloudpack_baseline.naming import names_of, with_names
from cloudpack_baseline.network_parts import ChangedPart, changed_parts, part_around
from cloudpack_baseline.scenarios import is_of_account, worst_of_scenarios
from cloudpack_baseline.scope import in_scope, out_of_scope
from cloudpack_baseline.texts import Parameter, Text, text
from cloudpack_baseline.unread_templates import (
    settled,
    unread_places,
    with_unread_templates,
    without_unread_templates,
)
from cloudpack_baseline.waivers import JudgedControl, judge_waivers, with_waiver
from cloudpack_baseline.whitepaper import Control

__all__ = ["judge", "missing_regions_of", "reads_of", "view_of", "waiver_findings"]


def reads_of(controls: Iterable[Control], baseline: Baseline | None = None) -> tuple[Read, ...]:
    """What the controls read, together.

    Args:
        controls: any of the catalogue.
        baseline: controls that its ``[scope]`` leaves out read nothing, nor do those that need a
            declaration that it does not contain.
    """
    if baseline is not None:
        controls = [
            control
            for control in in_scope(controls, baseline)
            if _undeclared(control, entry_of(control), baseline) is None
        ]
    return merged(read for control in controls for read in entry_of(control).to_gather())


def view_of(
    snapshot: Snapshot,
    baseline: Baseline,
    control: Control | str,
    account: AccountScope,
    as_of: datetime | None = None,
) -> AccountView:
    """What the check of the control can read; by default as of the time of gathering."""
    judged = control if isinstance(control, Control) else baseline.catalogue.control(control)
    return AccountView(
        control=judged.id,
        judged=judged,
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
    by_scenario = [(snapshot.scenario, findings)]
    for place, alternative in enumerate(snapshot.alternatives):
        if account not in alternative.accounts:
            continue
        if not _differs(alternative, snapshot, control, account):
            continue
        is_connected = entry_of(control).connected
        changed = snapshot.derived(changed_parts)[place] if is_connected else None
        if changed is None:
            judged = _judge(alternative, baseline, control, account, as_of, snapshot)
        else:
            of_changed = _judge(changed.snapshot, baseline, control, account, as_of)
            judged = _beside_the_unchanged(changed, findings, of_changed)
        by_scenario.append((alternative.scenario, judged))
    return worst_of_scenarios(by_scenario) if len(by_scenario) > 1 else findings


def _beside_the_unchanged(
    changed: ChangedPart, findings: Iterable[Finding], of_changed: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings of what changed, and those of the first scenario about what did not."""
    known = tuple(finding for finding in findings if finding.resource.key in changed.unchanged)
    further = (finding for finding in of_changed if not (known and is_of_account(finding)))
    return (*known, *further)


def _differs(
    alternative: Snapshot, snapshot: Snapshot, control: Control, account: AccountScope
) -> bool:
    """Whether anything that the check of the control reads differs."""
    return alternative.unread != snapshot.unread or any(
        alternative.covered(kind, account.id) != snapshot.covered(kind, account.id)
        or not _are_alike(
            alternative.named(kind, account.id), snapshot.named(kind, account.id), fields
        )
        for kind, fields in entry_of(control).reads.items()
    )


def _are_alike(
    records: tuple[Record, ...], alternatives: tuple[Record, ...], fields: Collection[str]
) -> bool:
    """Whether records differ at most in fields that need separate calls and are not read."""
    if len(records) != len(alternatives):
        return False
    return all(
        first is second or _same_read(first, second, fields)
        for first, second in zip(records, alternatives, strict=True)
    )


def _same_read(first: Record, second: Record, fields: Collection[str]) -> bool:
    if type(first) is not type(second):
        return False
    unread = {
        name
        for name, description in descriptions(type(first)).items()
        if description.operation and not description.always_read and name not in fields
    }
    names = (attribute.name for attribute in attrs.fields(type(first)))
    read = attrgetter(*(name for name in names if name not in unread and name != "origins"))
    return bool(read(first) == read(second)) and (
        first.origins == second.origins or _origins(first, unread) == _origins(second, unread)
    )


def _origins(record: Record, unread: Collection[str]) -> list[tuple[str, Origin]]:
    """The origins of the fields that are read, and of the statements in them."""
    return [entry for entry in record.origins if _FIELD.split(entry[0])[0] not in unread]


_FIELD = re.compile(r"[$[]")
"""What ends the name of a field in `Record.origins`."""


def _judge(  # noqa: PLR0913, PLR0917 - what is judged, and the first scenario
    snapshot: Snapshot,
    baseline: Baseline,
    control: Control,
    account: AccountScope,
    as_of: datetime,
    first: Snapshot | None = None,
) -> tuple[Finding, ...]:
    view = evolve(view_of(snapshot, baseline, control, account, as_of), first=first)
    entry = entry_of(control)
    reason = (
        out_of_scope(control, baseline)
        or _undeclared(control, entry, baseline)
        or _cannot_tell(entry, snapshot, account)
    )
    if reason is None and snapshot.is_planned and not entry.planned:
        reason = text("common.after-deployment")
    if reason is not None:
        return (view.account_finding(not_applicable(reason)),)
    findings = _beside_unread_templates(entry, control, view)
    if snapshot.is_planned:
        findings = [
            _of_plan(finding, snapshot.source)
            for finding in findings
            if not _is_left_open(finding, entry)
        ]
    if not findings:
        existing = tuple(kind for kind in entry.subjects if snapshot.has(kind, account.id))
        message = (
            text("common.none-concerned", kinds=existing)
            if existing
            else text("common.nothing", kinds=entry.subjects)
        )
        return (view.account_finding(not_applicable(message)),)
    waivers = [waiver for waiver in baseline.waivers if waiver.control == control.id]
    names = snapshot.derived(names_of)
    return tuple(
        with_waiver(with_names(finding, names), waivers, as_of.date())
        for finding in sorted(findings, key=lambda finding: finding.resource.key)
    )


def _beside_unread_templates(
    entry: CheckEntry, control: Control, view: AccountView
) -> list[Finding]:
    """The findings; of a resource that no unread template can change, as if there were none."""
    templates = [
        template for template in view.snapshot.unread if template.account == view.account.id
    ]
    if not templates:
        return _findings(entry, control, view)
    alone = _findings(
        entry,
        control,
        evolve(
            view,
            snapshot=view.snapshot.derived(without_unread_templates),
            first=None if view.first is None else view.first.derived(without_unread_templates),
        ),
    )
    unchanged = settled(alone, view.snapshot.derived(unread_places)[view.account.id])
    open_keys = {finding.resource.key for finding in alone} - {
        finding.resource.key for finding in unchanged
    }
    counts_absence = entry.absence == "always"
    if alone and not open_keys and not counts_absence:
        return unchanged
    if entry.connected and open_keys:
        view = evolve(view, snapshot=part_around(view.snapshot, open_keys), first=None)
    together = _findings(entry, control, view)
    return [*with_unread_templates(unchanged, together, templates, counts_absence=counts_absence)]


def _findings(entry: CheckEntry, control: Control, view: AccountView) -> list[Finding]:
    """What the listings lack, and what the check finds."""
    findings = [*_gaps(entry, view)]
    if entry.applies_to(view):
        assumed = _assumed(entry, view.snapshot, view.account)
        findings += (
            finding
            for finding in check_of(control).judge(view)
            if finding.resource.key not in assumed
        )
    return findings


_OF_THE_TEMPLATE = frozenset((Why.UNDETERMINED, Why.UNSUPPORTED, Why.MALFORMED))
"""Why something that the template does say is not known: until it is deployed, or at all."""


def _is_left_open(finding: Finding, entry: CheckEntry) -> bool:
    """Whether it is about a resource elsewhere of which the template does not say enough.

    Enough is what fails, what is not known before it is deployed, and, if each part counts by
    itself, what passes.
    """
    if not _is_elsewhere(finding) or finding.outcome is Outcome.FAIL:
        return False
    if finding.outcome is Outcome.PASS:
        return not entry.by_parts
    return not any(
        cause.why in _OF_THE_TEMPLATE
        for observation in finding.observations
        for cause in observation.causes
    )


def _is_elsewhere(finding: Finding) -> bool:
    """Whether the template contains only a part of its resource, such as its policy."""
    return finding.resource.origin is not None and finding.resource.origin.elsewhere


def _of_plan(finding: Finding, source: str) -> Finding:
    """The finding; what no template or plan can describe is not applicable, instead of unknown.

    What passes although its resource is elsewhere says so in a note. What is malformed is the value
    in the file, not a response of AWS.
    """
    if any(
        cause.why is Why.MALFORMED
        for observation in finding.observations
        for cause in observation.causes
    ):
        finding = evolve(
            finding,
            observations=tuple(
                evolve(observation, message=_of_file(observation.message))
                for observation in finding.observations
            ),
        )
    if finding.outcome is Outcome.PASS and _is_elsewhere(finding):
        return evolve(finding, notes=(*finding.notes, text("common.in-part", source=source)))
    if not any(map(_is_beyond, finding.observations)):
        return finding
    return evolve(
        finding,
        observations=tuple(
            _beyond(observation.causes, source) if _is_beyond(observation) else observation
            for observation in finding.observations
        ),
    )


def _of_file(message: Text) -> Text:
    """The message, with values of a file where it has responses of operations."""
    return Text(
        "causes.malformed-value" if message.id == "causes.malformed" else message.id,
        tuple((name, _part_of_file(value)) for name, value in message.parameters),
    )


def _part_of_file(value: Parameter) -> Parameter:
    if isinstance(value, tuple):
        return tuple(_of_file(part) if isinstance(part, Text) else part for part in value)
    return _of_file(value) if isinstance(value, Text) else value


def _is_beyond(observation: Observation) -> bool:
    """Whether it is not known only because no template or plan describes it."""
    causes = observation.causes
    return bool(causes) and all(cause.detail == NOT_DESCRIBED for cause in causes)


def _beyond(causes: Iterable[Cause], source: str) -> Observation:
    operations = tuple(dict.fromkeys(cause.operation for cause in causes))
    return not_applicable(text("common.not-described", source=source, operations=operations))


def waiver_findings(
    snapshot: Snapshot,
    baseline: Baseline,
    controls: Iterable[Control],
    findings: Mapping[tuple[str, str], tuple[Finding, ...]],
    as_of: datetime,
) -> tuple[Finding, ...]:
    """A finding for each waiver of the controls; its account is the one that it belongs to.

    Args:
        snapshot: that was judged.
        baseline: that declares the waivers.
        controls: the selected controls.
        findings: of each control that was judged, by its ID and the account ID.
        as_of: the time of evaluation.
    """
    waived = {waiver.control for waiver in baseline.waivers}
    selected = [control for control in controls if control.id in waived]
    judged = [
        JudgedControl(
            control=control.id,
            account=account.id,
            findings=findings[control.id, account.id],
            complete=_is_complete(snapshot, baseline, control, account),
            regions=() if baseline.regions_of(account.id) else account.regions,
        )
        for control in selected
        for account in snapshot.accounts
        if (control.id, account.id) in findings
    ]
    declared = sorted(account.id for account in baseline.accounts.values())
    accounts = declared or [account.id for account in snapshot.accounts]
    if not accounts:
        return ()
    return judge_waivers(
        baseline,
        judged,
        controls={control.id for control in selected},
        accounts=accounts,
        day=as_of.date(),
    )


def _undeclared(control: Control, entry: CheckEntry, baseline: Baseline) -> Text | None:
    """That the baseline does not declare what the control is about."""
    options = baseline.controls.get(control.id)
    if not entry.declared or getattr(options, entry.declared, None):
        return None
    return text("common.not-declared", control=control.id, key=entry.declared)


def _is_complete(
    snapshot: Snapshot, baseline: Baseline, control: Control, account: AccountScope
) -> bool:
    """Whether the control was judged over the whole account, as far as it could be read."""
    blind = (
        coverage.cannot_tell
        for kind in entry_of(control).reads
        for coverage in snapshot.covered(kind, account.id)
    )
    return (
        not snapshot.is_planned  # what a template lacks may exist in the account
        and out_of_scope(control, baseline) is None
        and _undeclared(control, entry_of(control), baseline) is None
        and not any(blind)
        and not missing_regions_of(account, baseline)
    )


def missing_regions_of(account: AccountScope, baseline: Baseline) -> tuple[str, ...]:
    """The Regions that the baseline names and that were not gathered, sorted.

    An account without any Region was gathered for controls that read none.
    """
    if not (account.regions or account.regions_off):
        return ()
    gathered = {*account.regions, *account.regions_off}
    return tuple(sorted({*(baseline.regions_of(account.id) or ())} - gathered))


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
        if snapshot.is_assumed(kind, account.id)
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
