"""From a source and a baseline to an assessment: select, gather, judge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve, field

from cloudpack_baseline.attestations import (
    attestation_notes,
    judge_attestation,
    promises_within,
)
from cloudpack_baseline.baseline import Account, Baseline
from cloudpack_baseline.errors import InputError, WrongAccountError
from cloudpack_baseline.findings import Finding, Outcome, worst
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.judging import judge, missing_regions_of, reads_of, waiver_findings
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.named_files import with_files
from cloudpack_baseline.progress import JudgingProgress
from cloudpack_baseline.scope import later_controls
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.texts import LANGUAGES, Language, Text, text
from cloudpack_baseline.unread_templates import unread_findings
from cloudpack_baseline.waivers import expiry_notes
from cloudpack_baseline.whitepaper import Control

if TYPE_CHECKING:
    import boto3

    from cloudpack_baseline.sources.cloudformation.source import TemplateSource
    from cloudpack_baseline.sources.terraform.source import PlanSource

__all__ = [
    "Assessment",
    "NotRun",
    "Source",
    "assess",
    "bad_waivers",
    "evaluation_time",
    "gather",
    "gather_plan",
    "gather_template",
    "remarks",
    "utc",
]

_YEARS = range(1970, 9999)

Source: TypeAlias = "boto3.Session | Snapshot"
"""What a check reads: a session of a live (or mocked) account, or a snapshot."""


@frozen(kw_only=True, order=True)
class NotRun:
    """A control that was selected and not judged: nobody's pass.

    Attributes:
        control: its ID.
        account: the account ID.
        reason: why, as a text.
    """

    control: str
    account: str
    reason: Text = field(order=False)


@frozen(kw_only=True)
class Assessment:
    """All findings of a selection as of one time; true if everything was judged and nothing is bad.

    Attributes:
        findings: by control in the order of the catalogue, then by resource key; at the end,
            those on waivers that expired or that nothing needs (control ``waivers``), and, where
            all controls are selected, one for each attested promise, under its ID.
        not_run: selected controls that were not judged.
        notes: remarks on the whole assessment, such as waivers that soon expire.
        as_of: the time as of which ages were calculated.
        snapshot: the digest of the snapshot that was judged.
        source: the kind of the source.
        gathered: the snapshot itself.
        declared: the baseline that it was judged by.
        earlier: the assessments of earlier snapshots of the same audit period, in order.
        period_starts: when the audit period starts; ``None``: with its first snapshot.
    """

    findings: tuple[Finding, ...]
    as_of: datetime
    snapshot: str
    source: str
    not_run: tuple[NotRun, ...] = ()
    notes: tuple[Text, ...] = ()
    gathered: Snapshot | None = field(default=None, eq=False)
    declared: Baseline | None = field(default=None, eq=False)
    earlier: tuple[Assessment, ...] = field(default=(), eq=False)
    period_starts: datetime | None = field(default=None, eq=False)

    @property
    def judged(self) -> int:
        """How many findings are a judgement: pass, fail or unknown."""
        return sum(finding.outcome is not Outcome.NOT_APPLICABLE for finding in self.findings)

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of the findings; a waived failure is `Outcome.WAIVED`, not a pass."""
        return worst(
            Outcome.WAIVED if finding.waived else finding.outcome for finding in self.findings
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many findings came to what; a failure that is waived counts as ``waived`` only."""
        counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        for finding in self.findings:
            counts[(Outcome.WAIVED if finding.waived else finding.outcome).value] += 1
        return counts

    def __bool__(self) -> bool:
        """Whether all that was selected was judged, and nothing fails or is unknown.

        Waived failures do not count, but waivers that expired or that nothing needs do. A finding
        that is not applicable is an answer too: the account has no such resource. `judged` counts
        those that are more than that.
        """
        bad = self.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        return bool(self.findings) and not self.not_run and not bad

    def __repr__(self) -> str:
        """One line of at most 200 characters, worst finding first."""
        from cloudpack_baseline.reports.plain import one_line  # noqa: PLC0415 - a face

        return one_line(self.outcome, self.counts, self.findings, self._not_run())

    def text(self, language: Language = "en") -> str:
        """What fails or is unknown and the remediation, what did not run, and the totals.

        Args:
            language: ``en`` or ``ja``.

        Raises:
            InputError: another language.
        """
        from cloudpack_baseline.reports.plain import full_text  # noqa: PLC0415 - a face

        if language not in LANGUAGES:
            raise InputError(f"expected a language of {', '.join(LANGUAGES)}, got {language!r}")

        return full_text(self.findings, self.counts, self._not_run(), self.notes, language)

    def _not_run(self) -> tuple[tuple[str, str, Text], ...]:
        return tuple((missing.control, missing.account, missing.reason) for missing in self.not_run)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values: every finding, in Japanese and English.

        The format is that of ``--cloudpack-report``, see ``docs/reference/json-report.md``.
        """
        from cloudpack_baseline.reports.audit import audit_values  # noqa: PLC0415 - a face
        from cloudpack_baseline.reports.json import report  # noqa: PLC0415 - a face
        from cloudpack_baseline.reports.period import (  # noqa: PLC0415 - a face
            AuditPeriod,
            JudgedInstant,
        )

        values = report(
            self.findings,
            outcome=self.outcome.value,
            counts=self.counts,
            as_of=self.as_of,
            source=self.source,
            snapshot=self.snapshot,
            not_run=[
                (missing.control, missing.account, missing.reason) for missing in self.not_run
            ],
            notes=self.notes,
        )
        instants = [
            JudgedInstant(
                as_of=judged.as_of,
                findings=judged.findings,
                not_run=tuple(missing.control for missing in judged.not_run),
                digest=judged.snapshot,
                gathered=judged.gathered,
            )
            for judged in (*self.earlier, self)
        ]
        return values | audit_values(
            AuditPeriod(instants=tuple(instants), starts=self.period_starts),
            self.declared or Baseline(),
            values["findings"],
        )

    def require(self, *, language: Language = "en") -> None:
        """Raise unless the assessment is true.

        Args:
            language: of the message, ``en`` or ``ja``.

        Raises:
            AssertionError: with everything that fails, is unknown or did not run, and the
                remediation.
        """
        __tracebackhide__ = True
        if not self:
            raise AssertionError(self.text(language))


def assess(  # noqa: PLR0913 - two arguments; the rest are names
    source: Source,
    baseline: Baseline | None = None,
    *,
    controls: Iterable[str | Control] | None = None,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
    progress: JudgingProgress | None = None,
) -> Assessment:
    """Judge a source against controls of the white paper.

    Args:
        source: a boto3 session, from which only what the controls read is gathered, or a
            snapshot.
        baseline: what is declared; by default the values of the white paper.
        controls: control IDs, or controls of your own; by default all in the catalogue of the
            baseline.
        regions: used instead of the Regions in the baseline; for a session only.
        as_of: the time as of which ages are calculated (aware); by default the time of gathering.
        progress: is called with the control that is being judged.

    Raises:
        InputError: unknown controls, a time without a time zone, or an argument of another kind.
        SourceError: the credentials of the session are missing, rejected, or of an account that
            the baseline does not declare.
    """
    baseline, selected = _selected(_baseline(baseline), controls)
    if isinstance(source, Snapshot):
        if regions is not None:
            raise InputError("regions apply to gathering; a snapshot has its own")
        snapshot = source
    else:
        snapshot = gather(source, baseline=baseline, controls=selected, regions=regions)
    moment = evaluation_time(as_of, snapshot)
    promises = promises_within(baseline.catalogue, None) if controls is None else ()
    baseline = with_files(baseline, selected, promises)
    judged = {
        (control.id, account.id): judge(snapshot, baseline, control, account, moment)
        for control in (progress.follow(selected) if progress else selected)
        for account in snapshot.accounts
    }
    waivers = waiver_findings(snapshot, baseline, selected, judged, moment)
    # A session belongs to one account, and needs no other.
    expected = baseline.accounts if source is snapshot else {}
    not_run = tuple(_not_run(snapshot, expected, selected))
    return Assessment(
        findings=(
            *chain.from_iterable(judged.values()),
            *unread_findings(snapshot),
            *bad_waivers(waivers),
            *(judge_attestation(promise, baseline, moment.date()) for promise in promises),
        ),
        as_of=moment,
        snapshot=snapshot.digest,
        source=snapshot.source,
        not_run=not_run,
        notes=(
            *(missing_regions(snapshot, baseline) if source is snapshot else ()),
            *remarks(baseline, selected, promises, moment),
        ),
        gathered=snapshot,
        declared=baseline,
    )


def missing_regions(snapshot: Snapshot, baseline: Baseline) -> tuple[Text, ...]:
    """A remark for each account of which the snapshot lacks Regions that the baseline names."""
    if snapshot.is_planned:
        return ()
    return tuple(
        text("plugin.regions-missing", account=account.id, regions=regions)
        for account in snapshot.accounts
        if (regions := missing_regions_of(account, baseline))
    )


def bad_waivers(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings on waivers that fail: an assessment contains no others.

    A waiver that is as it should be is no evidence of the white paper.
    """
    return tuple(finding for finding in findings if finding.outcome is Outcome.FAIL)


def remarks(
    baseline: Baseline,
    controls: Collection[Control],
    promises: Collection[Control],
    as_of: datetime,
) -> tuple[Text, ...]:
    """Remarks on a whole assessment: what ``[scope] since`` leaves out, and what soon expires.

    Args:
        baseline: what is declared.
        controls: the selected controls.
        promises: the selected attested promises.
        as_of: the time of evaluation.
    """
    ids = {control.id for control in controls}
    return (
        *later_controls(controls, baseline),
        *expiry_notes(baseline, ids, as_of.date()),
        *attestation_notes(promises, baseline, as_of.date()),
    )


def _not_run(
    snapshot: Snapshot, expected: Mapping[str, Account], selected: Iterable[Control]
) -> Iterator[NotRun]:
    """The selected controls in the declared accounts that the snapshot does not hold."""
    present = {account.id for account in snapshot.accounts}
    missing = {
        account.id: text("common.account-missing", name=name, account=account.id)
        for name, account in expected.items()
        if account.id not in present
    }
    if not present and not missing:
        missing = {"": text("common.no-account")}
    for id_, reason in missing.items():
        for control in selected:
            yield NotRun(control=control.id, account=id_, reason=reason)


def gather(
    session: boto3.Session,
    *,
    baseline: Baseline | None = None,
    controls: Iterable[str | Control] | None = None,
    regions: Iterable[str] | None = None,
) -> Snapshot:
    """Read from an account what the controls need, and nothing else.

    Args:
        session: a session of the account; it is not changed. Only read-only calls are sent.
        baseline: names accounts and Regions; by default any account and every enabled Region.
        controls: control IDs, or controls of your own; by default all in the catalogue of the
            baseline.
        regions: used instead of the Regions in the baseline.

    Raises:
        InputError: unknown controls, or a string in place of a list.
        CredentialsError: credentials are missing, expired or rejected.
        WrongAccountError: the baseline does not declare the account.
    """
    from cloudpack_baseline.sources.aws import gather_account  # noqa: PLC0415 - loads boto3

    if isinstance(regions, str):
        raise InputError(f"expected a list of Regions, got the string {regions!r}")
    baseline, selected = _selected(_baseline(baseline), controls)
    if not callable(getattr(session, "client", None)):
        kind = type(session).__name__
        hint = "; read_snapshot reads a file" if isinstance(session, str | PathLike) else ""
        raise InputError(f"expected a boto3 session or a snapshot, got {kind}{hint}")
    reads = reads_of(selected, baseline)
    snapshot = gather_account(
        session,
        reads,
        regions=tuple(regions) if regions is not None else baseline.regions_of,
        name=lambda account_id: baseline.account_named(account_id)[0],
    )
    account = snapshot.accounts[0]
    if baseline.accounts and not account.name:
        declared = ", ".join(
            f"{name} ({declared_account.id})"
            for name, declared_account in baseline.accounts.items()
        )
        raise WrongAccountError(
            f"the credentials belong to account {account.id}; the baseline declares {declared}"
        )
    return snapshot


def gather_plan(
    path: str | PathLike[str],
    *,
    baseline: Baseline | None = None,
    controls: Iterable[str | Control] | None = None,
) -> Snapshot:
    """Read from a plan of Terraform or OpenTofu what the controls need.

    Args:
        path: the JSON that ``terraform show -json PLANFILE`` writes.
        baseline: names the accounts, and the Region of providers that name none.
        controls: control IDs; by default all.

    Raises:
        InputError: there is no such file, or it is no plan in JSON.
    """
    from cloudpack_baseline.sources.terraform.source import PlanSource  # noqa: PLC0415 - a run that does not need it starts sooner

    baseline, selected = _selected(_baseline(baseline), controls)
    return _gather_files(PlanSource(path=fspath(path)), baseline, selected)


def gather_template(
    path: str | PathLike[str],
    *,
    parameters: Mapping[str, str] | None = None,
    baseline: Baseline | None = None,
    controls: Iterable[str | Control] | None = None,
) -> Snapshot:
    """Read from templates of CloudFormation what the controls need.

    Args:
        path: a file, a folder or a glob.
        parameters: values of parameters by name.
        baseline: names the account and the Region of the deployment.
        controls: control IDs; by default all.

    Raises:
        InputError: there is no such template, it is broken, or it declares no such parameter.
    """
    from cloudpack_baseline.sources.cloudformation.source import (  # noqa: PLC0415 - a run that does not need it starts sooner
        TemplateSource,
    )

    baseline, selected = _selected(_baseline(baseline), controls)
    source = TemplateSource(path=fspath(path), parameters=parameters or {})
    return _gather_files(source, baseline, selected)


def _gather_files(
    source: TemplateSource | PlanSource, baseline: Baseline, controls: Iterable[Control]
) -> Snapshot:
    """What the controls need of a source whose accounts the baseline names."""
    accounts = [
        SourceAccount.of(name, account, baseline.regions)
        for name, account in baseline.accounts.items()
    ]
    with source.open(accounts or [SourceAccount(regions=baseline.regions)]) as opened:
        return opened.gather(reads_of(controls))


def _selected(
    baseline: Baseline, controls: Iterable[str | Control] | None
) -> tuple[Baseline, tuple[Control, ...]]:
    """The selected controls, and the baseline with a catalogue that contains them.

    Raises:
        InputError: unknown controls, a string in place of a list, or a control with the ID of
            another.
    """
    if controls is None or isinstance(controls, str):
        return baseline, baseline.catalogue.select(controls)
    named = list(controls)
    known = baseline.catalogue.controls.values()
    additions = [
        control for control in named if isinstance(control, Control) and control not in known
    ]
    catalogue = baseline.catalogue.extended(*additions)
    ids = [control.id if isinstance(control, Control) else control for control in named]
    return evolve(baseline, catalogue=catalogue), catalogue.select(ids)


def _baseline(baseline: object) -> Baseline:
    """The baseline itself, else the paper's own.

    Raises:
        InputError: it is something else, a path most likely.
    """
    if baseline is None:
        return Baseline()
    if not isinstance(baseline, Baseline):
        kind = type(baseline).__name__
        raise InputError(f"expected a Baseline, got {kind}; Baseline.load reads a file")
    return baseline


def evaluation_time(as_of: datetime | None, snapshot: Snapshot) -> datetime:
    """The time of evaluation: the given one, or the time of gathering, in UTC.

    Raises:
        InputError: a time without a time zone, or at the ends of time.
    """
    moment = snapshot.taken_at if as_of is None else as_of
    if not isinstance(moment, datetime):
        raise InputError(f"as_of requires a datetime, got {type(moment).__name__}")
    if moment.tzinfo is None:
        raise InputError(f"as_of requires a time zone: {moment.isoformat()}")
    in_utc = utc(moment)
    if in_utc is None:
        raise InputError(f"as_of is out of range: {moment.isoformat()}")
    return in_utc


def utc(moment: datetime) -> datetime | None:
    """The time in UTC; ``None`` at the ends of time: checks subtract from it and add to it."""
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return in_utc if in_utc.year in _YEARS else None
