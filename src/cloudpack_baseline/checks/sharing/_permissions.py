"""Checks that only declared recipients are in the permissions of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.checks.check import AccountView, Check
from cloudpack_baseline.checks.sharing._recipients import DeclaredRecipients
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record

__all__ = ["shared_as_declared"]


def shared_as_declared(kinds: Iterable[type[Record]], field: str, *, evidence: str) -> Check:
    """A finding for each record: only declared recipients are in the field.

    Args:
        kinds: the record classes.
        field: their field with the recipients, as of `DeclaredRecipients.fault`.
        evidence: what counts as evidence, in English.
    """
    kinds = tuple(kinds)

    def judge(view: AccountView) -> Iterator[Finding]:
        recipients = DeclaredRecipients.of(view)
        for kind in kinds:
            for record in view.all(kind):
                yield view.finding(record, *recipients.observe(record, field))

    return Check(
        reads=(*(reads(kind, field) for kind in kinds), reads(Organization)),
        subjects=kinds,
        judge=judge,
        evidence=evidence,
    )
