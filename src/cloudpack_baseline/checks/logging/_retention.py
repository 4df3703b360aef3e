"""How long a log group keeps what it receives."""

from __future__ import annotations

from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["log_group_days", "observe_log_group"]


def log_group_days(group: LogGroup) -> Field[int | None]:
    """For how many days it keeps events; ``None``: for ever.

    One of the class DELIVERY keeps them for one day (CloudWatch Logs API Reference, LogGroup).
    """
    if group.log_group_class == "DELIVERY":
        return 1
    if isinstance(group.log_group_class, Unknown):
        return group.log_group_class
    return group.retention_in_days


def observe_log_group(group: LogGroup, days: int) -> Observation:
    """Whether it keeps events for the number of days."""
    retention = log_group_days(group)
    expected = f"retentionInDays>={days}"
    if isinstance(retention, Unknown):
        return unknown("retentionInDays", retention, expected=expected)
    if retention is None:
        return passed(text("logging.kept-for-ever"), read="retentionInDays=", expected=expected)
    read = f"retentionInDays={retention}"
    if retention >= days:
        return passed(text("logging.kept", days=retention), read=read, expected=expected)
    return failed(text("logging.kept-too-short", days=retention), read=read, expected=expected)
