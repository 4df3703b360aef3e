"""A JSON report that was stored, as far as it is evaluated again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from cloudpack_baseline.immutable import frozen

__all__ = ["OpenIssue", "StoredReport", "parse_report"]

_SETTLED = ("pass", "not applicable")


@frozen
class OpenIssue:
    """A finding that did not pass and was not waived, or a control that did not run.

    Attributes:
        id: of the finding; of what did not run, control and account.
        account: the account ID; empty: it belongs to no account.
        outcome: as the report words it.
    """

    id: str
    account: str
    outcome: str


@frozen
class StoredReport:
    """A report.

    Attributes:
        as_of: its time of evaluation.
        accounts: the IDs of the accounts with findings.
        issues: in the order of the report.
    """

    as_of: datetime
    accounts: frozenset[str]
    issues: tuple[OpenIssue, ...]


def parse_report(data: bytes) -> StoredReport | None:
    """The report; ``None``: the data is none."""
    try:
        return _report(json.loads(data))
    except (RecursionError, ValueError):
        return None


def _report(values: object) -> StoredReport:
    """The report of the values.

    Raises:
        ValueError: they are none.
    """
    match values:
        case {"as_of": str(as_of), "findings": [*findings], "not_run": [*not_run]}:
            moment = datetime.fromisoformat(as_of)
            resources = [_finding(finding) for finding in findings]
            return StoredReport(
                as_of=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
                accounts=frozenset(account for account, _ in resources),
                issues=(
                    *(issue for _, issue in resources if issue is not None),
                    *_missing(not_run),
                ),
            )
    raise ValueError("not a report")


def _finding(values: object) -> tuple[str, OpenIssue | None]:
    """The account of a finding, and what is open about it."""
    match values:
        case {"id": str(id_), "outcome": str(outcome), "resource": {"account": str(account)}}:
            waived = isinstance(values, dict) and values.get("waived") is True
            issue = OpenIssue(id_, account, outcome)
            return account, None if waived or outcome in _SETTLED else issue
    raise ValueError("not a finding")


def _missing(entries: list[object]) -> Iterator[OpenIssue]:
    """What did not run is nobody's pass."""
    for entry in entries:
        match entry:
            case {"control": str(control), "account": str(account)}:
                yield OpenIssue(f"{control}:{account}", account, "unknown")
            case _:
                raise ValueError("not a control that did not run")
