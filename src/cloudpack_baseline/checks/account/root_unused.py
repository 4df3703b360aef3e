"""Whether the root user is unused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from cloudpack_baseline.baseline.options.account import RootUnusedOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.cloudtrail_events import RootSession
from cloudpack_baseline.model.iam_credentials import ROOT_USER, CredentialReportEntry
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["root_unused"]

_LAST_USES = (
    "password_last_used",
    "access_key_1_last_used_date",
    "access_key_2_last_used_date",
)
_TIME_ZONES = (UTC, timezone(timedelta(hours=9)))
"""A declared day is one of either: tickets name days in Japan, AWS reports times in UTC."""


@check(
    reads(CredentialReportEntry),
    reads(RootSession),
    reads(Organization),
    subjects=(CredentialReportEntry,),
    absence="always",
)
def root_unused(view: AccountView) -> Iterator[Finding]:
    """Reads the last uses of the root user's password and access keys in the credential report.

    The row ``<root_account>`` (GetCredentialReport) has the last use of each, and the report may
    be four hours old. A use counts if it is within the audit period and after the account was
    built: the first days after its creation. A declared use does not count; earlier ones are then
    not visible in the report. Sessions of central root access (``AssumeRoot``, LookupEvents) count
    as uses. They are recorded for 90 days in the management account; a note says so if it was not
    read.
    """
    entries = [entry for entry in view.all(CredentialReportEntry) if entry.name == ROOT_USER]
    for entry in entries:
        yield view.finding(entry, *_judge(view, entry), notes=_notes(view))
    if not entries and view.gap(CredentialReportEntry) is None:
        why = Unknown.because(
            Why.NOT_PROVIDED, operation="iam:GetCredentialReport", detail=f"no row {ROOT_USER}"
        )
        yield view.account_finding(unknown(ROOT_USER, why))


def _judge(view: AccountView, entry: CredentialReportEntry) -> Iterator[Observation]:
    start = _start(view, entry)
    yield from _sessions(view, start)
    last_uses: list[datetime] = []
    for field in _LAST_USES:
        last_use: datetime | Unknown | None = getattr(entry, field)
        if isinstance(last_use, Unknown):
            yield unknown(field, last_use, expected=_expected(field, start))
        elif last_use is not None:
            last_uses.append(last_use)
            if last_use > start:
                yield _recent(view, field, last_use, start, text(f"account.root-used-{field}"))
    if not last_uses:
        yield passed(text("account.root-never-used"))
    elif max(last_uses) <= start:
        yield passed(text("account.root-unused", day=max(last_uses).date().isoformat()))


def _sessions(view: AccountView, start: datetime) -> Iterator[Observation]:
    """Privileged sessions for the root user, as far as their accounts were read."""
    for scope in view.snapshot.accounts:
        for session in view.snapshot.all(RootSession, scope.id):
            yield from _session(view, session, start)
        if scope.id == _manager(view):
            gap = view.gap(RootSession, account=scope.id)
            if gap is not None:
                yield unknown("AssumeRoot", gap, expected=_expected("AssumeRoot", start))


def _session(view: AccountView, session: RootSession, start: datetime) -> Iterator[Observation]:
    target, started_at = session.target_account, session.event_time
    if isinstance(target, Unknown):
        yield unknown("targetPrincipal", target)
    elif target != view.account.id:
        return
    elif isinstance(started_at, Unknown):
        yield unknown("EventTime", started_at)
    elif started_at > start:
        words = text("account.root-session", account=session.account, region=session.region)
        yield _recent(view, "AssumeRoot", started_at, start, words)


def _manager(view: AccountView) -> str:
    """The management account that can start sessions here; empty: none, or it is not known."""
    managers = (organization.management_account for organization in view.all(Organization))
    return next((manager for manager in managers if manager != view.account.id), "")


def _notes(view: AccountView) -> tuple[Text, ...]:
    manager = _manager(view)
    if not manager or any(scope.id == manager for scope in view.snapshot.accounts):
        return ()
    return (text("account.root-sessions-not-read", account=manager),)


def _expected(name: str, start: datetime) -> str:
    return f"{name}<={start:%Y-%m-%dT%H:%M:%SZ}"


def _start(view: AccountView, entry: CredentialReportEntry) -> datetime:
    """From when on uses count: of the audit period, or since the account was built."""
    options = view.baseline.options(RootUnusedOptions)
    start = view.as_of - timedelta(days=options.days)
    created_at = entry.user_creation_time
    if isinstance(created_at, Unknown) or created_at is None:
        return start  # building could only excuse
    return max(start, created_at + timedelta(days=options.building_days))


def _recent(
    view: AccountView, name: str, used_at: datetime, start: datetime, words: Text
) -> Observation:
    """A use within the period: declared, or a failure in these words."""
    read, expected = f"{name}={used_at:%Y-%m-%dT%H:%M:%SZ}", _expected(name, start)
    days = {used_at.astimezone(zone).date() for zone in _TIME_ZONES}
    for use in view.baseline.options(RootUnusedOptions).uses:
        if use.on in days and use.account in (None, view.account.id):
            message = text(
                "account.root-declared-use",
                day=use.on.isoformat(),
                reason=use.reason,
                ticket=use.ticket,
            )
            return passed(message, read=read, expected=expected)
    return failed(words, read=read, expected=expected)
