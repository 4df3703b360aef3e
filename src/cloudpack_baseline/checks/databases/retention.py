"""How long automated backups are retained."""

from __future__ import annotations

from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.model.described import description_of
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["retention"]


def retention(record: Record, field: str, days: Field[int], expected: int) -> Observation:
    """Whether automated backups are retained for as many days as expected.

    Args:
        record: a database, a cache or a file system.
        field: its field with the days, for the name in the API and the origin.
        days: the value of the field; 0: there are no automated backups.
        expected: the number of daily generations.
    """
    path, origin = description_of(type(record), field).path, record.origin_of(field)
    name = path.rpartition(".")[2]
    if isinstance(days, Unknown):
        return unknown(name, days, expected=f">= {expected}", origin=origin)
    if days >= expected:
        return passed(text("databases.retention", days=days), read=days, origin=origin)
    message = text("databases.retention-short", days=days, expected=expected)
    return failed(
        text("databases.retention-off") if days == 0 else message,
        read=f"{name}={days}",
        expected=f"{name}>={expected}",
        origin=origin,
    )
