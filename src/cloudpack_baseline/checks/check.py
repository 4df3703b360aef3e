"""What a check is, and the account view that it judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import reduce
from inspect import cleandoc
from operator import or_
from typing import TypeVar

from attrs import field

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.findings import Finding, Observation, Resource, not_applicable, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import Control, control_of

__all__ = ["AccountView", "Check", "check"]

R = TypeVar("R", bound=Record)


@frozen(kw_only=True)
class AccountView:
    """What a check can read: one account of a snapshot, and what the user declares.

    Attributes:
        control: the ID of the control that is judged.
        snapshot: all accounts, if a check needs another one.
        account: the account that is judged.
        baseline: what the user declares.
        as_of: the time as of which ages are calculated (UTC).
        judged: the control; by default the one of the white paper with that ID.
        first: the snapshot of the first scenario, whose derived values serve the others where
            nothing that they rest on differs; ``None``: it is the snapshot itself.
    """

    control: str
    snapshot: Snapshot
    account: AccountScope
    baseline: Baseline
    as_of: datetime
    judged: Control | None = None
    first: Snapshot | None = None

    @property
    def definition(self) -> Control:
        """The control that is judged."""
        return self.judged or control_of(self.control)

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """The account's records of the kind, in canonical order."""
        return self.snapshot.all(kind, self.account.id)

    def named(self, kind: str) -> tuple[Record, ...]:
        """The account's records of the kind, which is named as its class."""
        return self.snapshot.named(kind, self.account.id)

    def gap(
        self, kind: type[Record] | str, region: str | None = None, *, account: str | None = None
    ) -> Unknown | None:
        """Why there may be more records of the kind; ``None``: there are no more.

        A Region that was not read is a gap.

        Args:
            kind: the record class, or its name.
            region: the Region; ``None`` or empty: any.
            account: the account; by default that of the view.
        """
        name = kind if isinstance(kind, str) else kind.__name__
        covered = self.snapshot.covered(name, self.account.id if account is None else account)
        listings = [
            coverage for coverage in covered if not region or coverage.region in (region, "", "*")
        ]
        if not listings:
            detail = f"{name} ({region})" if covered else name
            return Unknown.because(Why.NOT_GATHERED, detail=detail)
        causes = [coverage.unknown for coverage in listings if coverage.unknown is not None]
        return reduce(or_, causes) if causes else None

    def is_reported(self, kind: type[Record], region: str) -> bool:
        """Whether a gap of the kind in the region is a finding of every control over it.

        It is where its listing failed, or where the kind was not read at all.
        """
        covered = self.snapshot.covered(kind, self.account.id)
        return not covered or any(coverage.region in (region, "", "*") for coverage in covered)

    def finding(
        self,
        subject: Record | Resource,
        *observations: Observation,
        notes: Iterable[Text] = (),
    ) -> Finding:
        """A finding of the control about a record, or about another resource."""
        return Finding(
            control=self.control,
            judged=self.judged,
            resource=subject if isinstance(subject, Resource) else Resource.of(subject),
            observations=observations,
            notes=tuple(notes),
        )

    def judged_elsewhere(self, owner: str) -> Observation | None:
        """An observation about a resource that another account shares; ``None``: it is not shared.

        It is judged in the account of its owner, if the snapshot contains that account; otherwise,
        it is unknown.

        Args:
            owner: the ID of the account that owns it; empty: the account of the view.
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


def _names(kinds: Iterable[type[Record] | str]) -> tuple[str, ...]:
    return tuple(kind if isinstance(kind, str) else kind.__name__ for kind in kinds)


@frozen(kw_only=True)
class Check:
    """How a control is judged.

    Attributes:
        reads: the kinds and fields that it reads; nothing else is gathered for it.
        subjects: the names of the kinds that its findings are about; an incomplete listing of them
            is a separate finding.
        judge: the check itself, which returns one finding for each resource.
        evidence: what counts as evidence, in English.
        absence: when it has findings although no record of its subjects exists: ``always``, or the
            table of the baseline that must declare something, such as ``segments``; empty: never.
        later: further subjects that were not gathered from the first: a snapshot without them
            is judged by the others.
        planned: whether resources of templates are judged, before they are deployed; not where the
            check judges results, or what another template may add, such as alarms.
        by_parts: whether each statement, rule or listener counts by itself, so that those of a
            template can pass although the resource that they belong to is not in it.
        connected: whether a finding depends on nothing but what the network connects with its
            resource: what nothing connects is judged separately, and once for all scenarios.
        settings: the fields that decide, (class, name), where they are declared; empty: the check
            computes from all that it reads.
        declared: the option of the control that must declare something; otherwise nothing is read,
            and it is not applicable. Empty: none.
    """

    reads: tuple[Read, ...]
    subjects: tuple[str, ...] = field(converter=_names)
    judge: Callable[[AccountView], Iterable[Finding]]
    evidence: str
    absence: str = ""
    later: tuple[str, ...] = field(default=(), converter=_names)
    planned: bool = True
    by_parts: bool = False
    connected: bool = False
    declared: str = ""
    settings: tuple[tuple[type[Record], str], ...] = ()


def check(  # noqa: PLR0913 - a declaration: each argument is an attribute of `Check`
    *reads: Read,
    subjects: Iterable[type[Record] | str] = (),
    absence: str = "",
    later: Iterable[type[Record] | str] = (),
    planned: bool = True,
    by_parts: bool = False,
    connected: bool = False,
) -> Callable[[Callable[[AccountView], Iterable[Finding]]], Check]:
    """Make a check from a function with the ID of the control in snake_case as its name.

    Its docstring says what counts as evidence; the title of the control is in the catalogue.

    Args:
        reads: the kinds and fields that it reads.
        subjects: the kinds that its findings are about, or their names, so that the classes are not
            loaded; by default all that it reads.
        absence: when it has findings although no record of its subjects exists; see `Check`.
        later: further subjects that were not gathered from the first; see `Check`.
        planned: whether resources of templates are judged; see `Check`.
        by_parts: whether what a template says of a resource elsewhere can pass; see `Check`.
        connected: whether only what the network connects with a resource counts; see `Check`.
    """

    def make(judge: Callable[[AccountView], Iterable[Finding]]) -> Check:
        return Check(
            reads=reads,
            subjects=tuple(subjects) or tuple(read.name for read in reads),
            judge=judge,
            evidence=cleandoc(judge.__doc__ or ""),
            absence=absence,
            later=later,
            planned=planned,
            by_parts=by_parts,
            connected=connected,
        )

    return make
