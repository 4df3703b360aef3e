"""Select, gather, judge, waive: from a source and a baseline to an assessment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, field, frozen

from cloudpack_baseline.baseline import Baseline, Exclusion, Waiver
from cloudpack_baseline.checks import AccountView, CheckEntry, check_of, entry_of
from cloudpack_baseline.errors import InputError, WrongAccountError
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    causes_text,
    unknown,
    worst,
)
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Language, Text, text
from cloudpack_baseline.whitepaper import Control, select

if TYPE_CHECKING:
    import boto3

__all__ = [
    "Assessment",
    "NotRun",
    "Source",
    "assess",
    "gather",
    "idle_waivers",
    "judge",
    "wanted_by",
]

Source: TypeAlias = "boto3.Session | Snapshot"
"""What a check reads: a session of a live (or mocked) account, or a snapshot."""


@frozen(kw_only=True, order=True)
class NotRun:
    """A control that was selected and not judged: nobody's pass.

    Attributes:
        control: its id.
        account: the account id.
        reason: why, as a text.
    """

    control: str
    account: str
    reason: Text = field(order=False)


@frozen(kw_only=True)
class Assessment:
    """All findings of a selection at one instant; true if nothing fails or is unknown.

    Attributes:
        findings: by control in the catalogue's order, then by resource key.
        not_run: selected controls that were not judged.
        notes: worth telling of the whole, as waivers that meet nothing.
        as_of: the instant that ages were counted to.
        snapshot: the digest of the snapshot that was judged.
        source: the kind of source that told it.
    """

    findings: tuple[Finding, ...]
    as_of: datetime
    snapshot: str
    source: str
    not_run: tuple[NotRun, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def judged(self) -> int:
        """How many findings are a judgement: pass, fail or unknown."""
        return sum(one.outcome is not Outcome.NOT_APPLICABLE for one in self.findings)

    @property
    def outcome(self) -> Outcome:
        """The worst outcome; a waived failure counts as a pass."""
        return worst(Outcome.PASS if one.waived else one.outcome for one in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings came to what: the outcomes, and ``waived`` apart."""
        held = dict.fromkeys([*(one.value for one in Outcome), "waived"], 0)
        for one in self.findings:
            held["waived" if one.waived else one.outcome.value] += 1
        return held

    def __bool__(self) -> bool:
        """Whether nothing fails (waived ones aside) and nothing is unknown."""
        return self.outcome not in (Outcome.FAIL, Outcome.UNKNOWN)

    def __repr__(self) -> str:
        """One line of at most 200 characters, worst finding first."""
        from cloudpack_baseline.reports.plain import one_line  # noqa: PLC0415 - a face

        return one_line(self)

    def require(self, *, language: Language = "en") -> None:
        """Raise unless the assessment is true.

        Args:
            language: of the message, ``en`` or ``ja``.

        Raises:
            AssertionError: with everything that fails or is unknown, and how to mend it.
        """
        if not self:
            from cloudpack_baseline.reports.plain import full_text  # noqa: PLC0415 - a face

            raise AssertionError(full_text(self, language))


def assess(
    source: Source,
    baseline: Baseline | None = None,
    *,
    controls: Iterable[str] | None = None,
    regions: Iterable[str] | None = None,
    as_of: datetime | None = None,
) -> Assessment:
    """Judge a source against controls of the white paper.

    Args:
        source: a boto3 session, of which just what the controls read is gathered, or a snapshot.
        baseline: what was declared; by default the paper's own.
        controls: control ids; by default all.
        regions: instead of those that the baseline names; for a session only.
        as_of: the instant that ages are counted to (aware); by default that of the gathering.

    Raises:
        InputError: unknown controls, a time without zone, or an argument of another kind.
        SourceError: the session's credentials are missing, refused, or of an account that
            the baseline does not declare.
    """
    baseline = _baseline(baseline)
    selected = select(controls)
    if isinstance(source, Snapshot):
        if regions is not None:
            raise InputError("regions belong to a gathering; a snapshot has its own")
        snapshot = source
    else:
        ids = [one.id for one in selected]
        snapshot = gather(source, baseline=baseline, controls=ids, regions=regions)
    moment = instant(as_of, snapshot)
    findings = [
        finding
        for control in selected
        for account in snapshot.accounts
        for finding in judge(snapshot, baseline, control, account, moment)
    ]
    not_run = tuple(_undeclared(snapshot, baseline, selected))
    whole = {one.id for one in selected} - {one.control for one in not_run}
    return Assessment(
        findings=tuple(findings),
        as_of=moment,
        snapshot=snapshot.digest,
        source=snapshot.source,
        not_run=not_run,
        notes=idle_waivers(baseline, findings, whole),
    )


def gather(
    session: boto3.Session,
    *,
    baseline: Baseline | None = None,
    controls: Iterable[str] | None = None,
    regions: Iterable[str] | None = None,
) -> Snapshot:
    """Read from an account what the controls need, and nothing else.

    Args:
        session: of the account; it is not changed. Only read-only calls are sent.
        baseline: names the accounts and regions; by default any account, every enabled region.
        controls: control ids; by default all.
        regions: instead of those that the baseline names.

    Raises:
        InputError: unknown controls; a text in the place of a list.
        CredentialsError: no, expired or refused credentials.
        WrongAccountError: the account is none of those that the baseline declares.
    """
    from cloudpack_baseline.sources.aws import gather_account  # noqa: PLC0415 - loads boto3

    if isinstance(regions, str):
        raise InputError(f"expected a list of regions, got the text {regions!r}")
    baseline = _baseline(baseline)
    if not callable(getattr(session, "client", None)):
        kind = type(session).__name__
        raise InputError(f"expected a boto3 session or a snapshot, got {kind}")
    wanted = wanted_by(select(controls))
    snapshot = gather_account(
        session,
        wanted,
        regions=tuple(regions) if regions is not None else baseline.regions_of,
        name=lambda account_id: baseline.account_named(account_id)[0],
    )
    account = snapshot.accounts[0]
    if baseline.accounts and not account.name:
        declared = ", ".join(f"{name} ({one.id})" for name, one in baseline.accounts.items())
        raise WrongAccountError(
            f"the credentials are of account {account.id}; the baseline declares {declared}"
        )
    return snapshot


def _baseline(given: object) -> Baseline:
    """The given baseline, else the paper's own.

    Raises:
        InputError: it is something else, a path most likely.
    """
    if given is None:
        return Baseline()
    if not isinstance(given, Baseline):
        kind = type(given).__name__
        raise InputError(f"expected a Baseline, got {kind}; Baseline.load reads a file")
    return given


def instant(as_of: datetime | None, snapshot: Snapshot) -> datetime:
    """The instant to judge at: the given one, else that of the gathering, in UTC.

    Raises:
        InputError: a time without zone.
    """
    if as_of is None:
        return snapshot.taken_at
    if as_of.tzinfo is None:
        raise InputError(f"as_of needs a time zone: {as_of.isoformat()}")
    return as_of.astimezone(UTC)


def wanted_by(controls: Iterable[Control]) -> tuple[Read, ...]:
    """What the controls read, together."""
    return merged(read for control in controls for read in entry_of(control.id).to_gather())


def judge(
    snapshot: Snapshot,
    baseline: Baseline,
    control: Control,
    account: AccountScope,
    as_of: datetime,
) -> tuple[Finding, ...]:
    """The findings of one control in one account, sorted by resource key; at least one."""
    entry = entry_of(control.id)
    if (excluded := _excluded(baseline, control)) is not None:
        return (_whole(control, account, excluded),)
    if (blind := _cannot_tell(entry, snapshot, account)) is not None:
        return (_whole(control, account, blind),)
    view = AccountView(
        control=control.id, snapshot=snapshot, account=account, baseline=baseline, as_of=as_of
    )
    findings = [*_gaps(entry, view)]
    if entry.applies_to(view):
        findings += check_of(control.id).judge(view)
    if not findings:
        message = text("common.nothing", kinds=entry.subjects)
        return (_whole(control, account, message),)
    day = as_of.date()
    return tuple(
        _waived(finding, baseline.waivers, day)
        for finding in sorted(findings, key=lambda finding: finding.resource.key)
    )


def _excluded(baseline: Baseline, control: Control) -> Text | None:
    """Why the control is left out: each of its clauses is; told of the first of them."""
    left_out = [_exclusion(baseline, link.clause) for link in control.clauses]
    one = left_out[0]
    if one is None or None in left_out:
        return None
    return text("common.excluded", clause=one.clause, reason=one.reason)


def _exclusion(baseline: Baseline, clause: str) -> Exclusion | None:
    wide = (one for one in baseline.scope.exclude if f"{clause}.".startswith(f"{one.clause}."))
    return next(wide, None)


def _cannot_tell(entry: CheckEntry, snapshot: Snapshot, account: AccountScope) -> Text | None:
    for kind in entry.reads:
        covered = snapshot.covered(kind, account.id)
        if covered and all(coverage.cannot_tell for coverage in covered):
            return text("common.cannot-tell", source=snapshot.source, kind=kind)
    return None


def _whole(control: Control, account: AccountScope, message: Text) -> Finding:
    """What is said of the account as a whole, where there is nothing to judge."""
    return Finding(
        control=control.id,
        resource=Resource(key=account.id, account=account.id, kind="Account", name=account.name),
        observations=(Observation(outcome=Outcome.NOT_APPLICABLE, message=message),),
    )


def _gaps(entry: CheckEntry, view: AccountView) -> Iterator[Finding]:
    """An unknown for each listing of subjects that is not complete."""
    for kind in entry.subjects:
        covered = view.snapshot.covered(kind, view.account.id)
        if not covered:
            yield _gap(view, kind, "", Unknown.because(Why.NOT_GATHERED, detail=kind))
        for coverage in covered:
            if coverage.unknown is not None:
                yield _gap(view, kind, coverage.region, coverage.unknown)


def _gap(view: AccountView, kind: str, region: str, why: Unknown) -> Finding:
    message = text("common.listing", kind=kind, cause=causes_text(why.causes))
    listing = Resource.listing(kind, view.account.id, region)
    return view.finding(listing, unknown(message, why))


def _waived(finding: Finding, waivers: Iterable[Waiver], day: date) -> Finding:
    if finding.outcome is not Outcome.FAIL:
        return finding
    notes: list[Text] = []
    for one in waivers:
        if one.control != finding.control or not matches(one.resource, finding.resource.key):
            continue
        told = {
            "reason": one.reason,
            "approved_by": one.approved_by,
            "approved_on": one.approved_on.isoformat(),
            "expires": one.expires.isoformat(),
        }
        if one.approved_on <= day <= one.expires:
            return evolve(finding, waiver=text("common.waived", **told))
        late = "waiver-expired" if day > one.expires else "waiver-not-yet"
        notes.append(text(f"common.{late}", **told))
    return evolve(finding, notes=(*finding.notes, *notes)) if notes else finding


def idle_waivers(
    baseline: Baseline, findings: Iterable[Finding], controls: Collection[str]
) -> tuple[Text, ...]:
    """The waivers that meet no resource: misspelt, or of something that is gone.

    Args:
        baseline: that declares them.
        findings: of at least these controls.
        controls: those that were judged in every account.
    """
    held = tuple(findings)
    in_part = {one.control for one in held if one.outcome is Outcome.UNKNOWN and _is_gap(one)}

    def meets(one: Waiver, finding: Finding) -> bool:
        return one.control == finding.control and matches(one.resource, finding.resource.key)

    return tuple(
        text("common.waiver-idle", control=one.control, resource=one.resource)
        for one in baseline.waivers
        if one.control in controls
        and one.control not in in_part
        and not any(meets(one, finding) for finding in held)
    )


def _is_gap(finding: Finding) -> bool:
    """Whether it stands for things that could not be listed."""
    return finding.resource.name == "*"


def _undeclared(
    snapshot: Snapshot, baseline: Baseline, selected: Iterable[Control]
) -> Iterator[NotRun]:
    """The declared accounts that the snapshot does not hold."""
    held = {one.id for one in snapshot.accounts}
    for name, account in baseline.accounts.items():
        if account.id not in held:
            reason = text("common.account-missing", name=name, account=account.id)
            for control in selected:
                yield NotRun(control=control.id, account=account.id, reason=reason)
