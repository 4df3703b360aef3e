"""What a check is, and the account view that it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TypeVar

from attrs import frozen

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["AccountView", "Check", "check"]

R = TypeVar("R", bound=Record)


@frozen(kw_only=True)
class AccountView:
    """What a check may look at: one account of a snapshot, and what the user declared.

    Attributes:
        control: the id of the control that is judged.
        snapshot: all accounts, where a check needs another one.
        account: the account that is judged.
        baseline: what the user declared.
        as_of: the instant that ages are counted to (UTC).
    """

    control: str
    snapshot: Snapshot
    account: AccountScope
    baseline: Baseline
    as_of: datetime

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """The account's records of the kind, in canonical order."""
        return self.snapshot.all(kind, self.account.id)

    def gap(self, kind: type[Record], region: str | None = None) -> Unknown | None:
        """Why there may be more records of the kind; ``None``: there are no more.

        Args:
            kind: the record class.
            region: the region that is asked about; ``None``: any.
        """
        covered = self.snapshot.covered(kind, self.account.id)
        holes = [
            one.unknown
            for one in covered
            if one.unknown is not None and (region is None or one.region in (region, "", "*"))
        ]
        if not covered:
            holes = [Unknown.because(Why.NOT_GATHERED, detail=kind.__name__)]
        return reduce(or_, holes) if holes else None


@frozen(kw_only=True)
class Check:
    """A control's check.

    Attributes:
        control: the control's id.
        reads: the kinds and fields that it looks at; nothing else is gathered for it.
        subjects: those kinds that its findings are about: a listing of theirs that is
            not complete is a finding of its own.
        judge: the check itself: findings, one a resource.
    """

    control: str
    reads: tuple[Read, ...]
    subjects: tuple[type[Record], ...]
    judge: Callable[[AccountView], Iterable[Finding]]


def check(
    *reads: Read, subjects: Iterable[type[Record]] = ()
) -> Callable[[Callable[[AccountView], Iterable[Finding]]], Check]:
    """Make a check of a function; the control's id is its name in kebab-case.

    Args:
        reads: what it looks at.
        subjects: the kinds its findings are about; by default all that it reads.
    """

    def make(judge: Callable[[AccountView], Iterable[Finding]]) -> Check:
        return Check(
            control=judge.__name__.replace("_", "-"),
            reads=reads,
            subjects=tuple(subjects) or tuple(one.kind for one in reads),
            judge=judge,
        )

    return make
