"""What a check is, and the account view that it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import reduce
from inspect import cleandoc
from operator import or_
from typing import TypeVar

from attrs import frozen

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.findings import Finding, Observation, Resource, not_applicable, unknown
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

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

    def gap(
        self, kind: type[Record], region: str | None = None, *, account: str | None = None
    ) -> Unknown | None:
        """Why there may be more records of the kind; ``None``: there are no more.

        A region that nobody read is a gap.

        Args:
            kind: the record class.
            region: the region that is asked about; ``None`` or empty: any.
            account: the account that is asked about; by default that of the view.
        """
        covered = self.snapshot.covered(kind, self.account.id if account is None else account)
        listings = [
            coverage for coverage in covered if not region or coverage.region in (region, "", "*")
        ]
        if not listings:
            detail = f"{kind.__name__} ({region})" if covered else kind.__name__
            return Unknown.because(Why.NOT_GATHERED, detail=detail)
        causes = [coverage.unknown for coverage in listings if coverage.unknown is not None]
        return reduce(or_, causes) if causes else None

    def finding(
        self,
        subject: Record | Resource,
        *observations: Observation,
        notes: Iterable[Text] = (),
    ) -> Finding:
        """A finding of the control about a record, or about another resource."""
        return Finding(
            control=self.control,
            resource=subject if isinstance(subject, Resource) else Resource.of(subject),
            observations=observations,
            notes=tuple(notes),
        )

    def judged_elsewhere(self, owner: str) -> Observation | None:
        """What is said of a thing that another account shares; ``None``: it is the account's own.

        Its owner settles it. It is judged there if the snapshot holds that account; if not,
        nobody here can tell.

        Args:
            owner: the id of the account that owns it; empty: the account of the view.
        """
        if owner in ("", self.account.id):
            return None
        message = text("common.elsewhere", account=owner)
        if any(account.id == owner for account in self.snapshot.accounts):
            return not_applicable(message)
        return unknown(message, Unknown.because(Why.NOT_GATHERED, detail=owner))

    def account_finding(self, *observations: Observation) -> Finding:
        """A finding of the control about the account as a whole."""
        return self.finding(
            Resource(
                key=self.account.id,
                account=self.account.id,
                kind="Account",
                name=self.account.name,
            ),
            *observations,
        )


@frozen(kw_only=True)
class Check:
    """How a control is judged.

    Attributes:
        reads: the kinds and fields that it looks at; nothing else is gathered for it.
        subjects: those kinds that its findings are about: a listing of theirs that is
            not complete is a finding of its own.
        judge: the check itself: findings, one a resource.
        evidence: what counts as evidence, in English.
        absence: when it has findings though no record of its subjects exists: ``always``, or
            the table of the baseline that must declare something, as ``segments``; empty: never.
    """

    reads: tuple[Read, ...]
    subjects: tuple[type[Record], ...]
    judge: Callable[[AccountView], Iterable[Finding]]
    evidence: str
    absence: str = ""


def check(
    *reads: Read, subjects: Iterable[type[Record]] = (), absence: str = ""
) -> Callable[[Callable[[AccountView], Iterable[Finding]]], Check]:
    """Make a check of a function, whose name is the control's id in snake_case.

    Its docstring says what counts as evidence; the control's title stands in the catalogue.

    Args:
        reads: the kinds and fields that it looks at.
        subjects: the kinds that its findings are about; by default all that it reads.
        absence: when it has findings though no record of its subjects exists; see `Check`.
    """

    def make(judge: Callable[[AccountView], Iterable[Finding]]) -> Check:
        return Check(
            reads=reads,
            subjects=tuple(subjects) or tuple(read.kind for read in reads),
            judge=judge,
            evidence=cleandoc(judge.__doc__ or ""),
            absence=absence,
        )

    return make
