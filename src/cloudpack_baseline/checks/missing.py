"""Why a record that another one names is not among the records."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["why_missing", "why_not_described"]


def why_not_described(record: Record) -> Unknown:
    """Why a setting of a record is not known that a template lacks, and describes only in part."""
    return Unknown.because(Why.NOT_PROVIDED, detail=record.name)


def why_missing(
    view: AccountView, kind: type[Record], name: str, *, region: str = "", code: str = ""
) -> Unknown:
    """Why the record is missing: its listing is incomplete, or does not contain it.

    Args:
        view: the account.
        kind: the class of the record.
        name: its name, as the other record has it.
        region: its Region; empty: any.
        code: the error code of AWS for a resource that does not exist.
    """
    gap = view.gap(kind, region)
    if gap is not None:
        return gap
    operation = kind.api.operations[0] if kind.api else ""
    if not code:
        return Unknown.because(Why.NOT_PROVIDED, operation=operation, detail=name)
    return Unknown.because(Why.FAILED, operation=operation, code=code, detail=name)
