"""Whether the root user is unused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from cloudpack_baseline.baseline import RootUnusedOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.iam_credentials import ROOT_USER, CredentialReportEntry
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["root_unused"]

_LAST_USES = (
    "password_last_used",
    "access_key_1_last_used_date",
    "access_key_2_last_used_date",
)
_TIME_ZONES = (UTC, timezone(timedelta(hours=9)))
"""A declared day is one of either: tickets name days in Japan, AWS reports times in UTC."""


@check(reads(CredentialReportEntry), absence="always")
def root_unused(view: AccountView) -> Iterator[Finding]:
    """Reads the last uses of the root user's password and access keys in the credential report.

    The row ``<root_account>`` (GetCredentialReport) has the last use of each, and the report may
    be four hours old. A use counts if it is within the audit period and after the account was
    built: the first days after its creation. A declared use does not count; earlier ones are then
    not visible in the report. Privileged tasks of central root access (``sts:AssumeRoot``) do not
    appear in it.
    """
    entries = [entry for entry in view.all(CredentialReportEntry) if entry.name == ROOT_USER]
    for entry in entries:
        yield view.finding(entry, *_judge(view, entry))
    if not entries and view.gap(CredentialReportEntry) is None:
        why = Unknown.because(
            Why.NOT_TOLD, operation="iam:GetCredentialReport", detail=f"no row {ROOT_USER}"
        )
        yield view.account_finding(unknown(ROOT_USER, why))


def _judge(view: AccountView, entry: CredentialReportEntry) -> Iterator[Observation]:
    start = _start(view, entry)
    expected = f"<={start:%Y-%m-%dT%H:%M:%SZ}"
    last_uses: list[datetime] = []
    for field in _LAST_USES:
        last_use: datetime | Unknown | None = getattr(entry, field)
        if isinstance(last_use, Unknown):
            yield unknown(field, last_use, expected=field + expected)
        elif last_use is not None:
            last_uses.append(last_use)
            if last_use > start:
                yield _recent(view, field, last_use, field + expected)
    if not last_uses:
        yield passed(text("account.root-never-used"))
    elif max(last_uses) <= start:
        yield passed(text("account.root-unused", day=max(last_uses).date().isoformat()))


def _start(view: AccountView, entry: CredentialReportEntry) -> datetime:
    """From when on uses count: of the audit period, or since the account was built."""
    options = view.baseline.options(RootUnusedOptions)
    start = view.as_of - timedelta(days=options.days)
    created_at = entry.user_creation_time
    if isinstance(created_at, Unknown) or created_at is None:
        return start  # building could only excuse
    return max(start, created_at + timedelta(days=options.building_days))


def _recent(view: AccountView, field: str, last_use: datetime, expected: str) -> Observation:
    read = f"{field}={last_use:%Y-%m-%dT%H:%M:%SZ}"
    days = {last_use.astimezone(zone).date() for zone in _TIME_ZONES}
    for use in view.baseline.options(RootUnusedOptions).uses:
        if use.on in days and use.account in (None, view.account.id):
            message = text(
                "account.root-declared-use",
                day=use.on.isoformat(),
                reason=use.reason,
                ticket=use.ticket,
            )
            return passed(message, read=read, expected=expected)
    return failed(text(f"account.root-used-{field}"), read=read, expected=expected)
