"""Whether accounts are emptied and closed after their contract ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cloudpack_baseline.baseline.options.account import AccountDecommissionedOptions, EndedContract
from cloudpack_baseline.checks.account._leftovers import KINDS, gaps, leftovers
from cloudpack_baseline.checks.check import AccountView, Check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Resource,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.organizations import OrganizationAccount
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["account_decommissioned"]

_CLOSED = ("PENDING_CLOSURE", "SUSPENDED", "CLOSED")


@frozen(kw_only=True)
class _Deadlines:
    """The days of a contract that ended.

    Attributes:
        contract: the contract.
        today: the day of evaluation, in the time zone of the options.
        deletion: the last day for the deletion of resources (5.4).
        closing: the last day for closing the account (5.3.3, 5.4).
    """

    contract: EndedContract
    today: date
    deletion: date
    closing: date

    def worded(self, words: str, day: date | None = None) -> Text:
        """The text with the days."""
        return text(
            f"account.{words}",
            ends=self.contract.ends.isoformat(),
            deadline=self.deletion.isoformat(),
            limit=self.closing.isoformat(),
            day=(day or self.today).isoformat(),
        )


def _judge(view: AccountView) -> Iterator[Finding]:
    options = view.baseline.options(AccountDecommissionedOptions)
    findings = [
        finding
        for contract in options.contracts
        for finding in _of_contract(view, options, _deadlines(view, options, contract))
    ]
    if not findings:
        yield view.account_finding(not_applicable(text("account.no-contract-end")))
    yield from findings


account_decommissioned = Check(
    reads=(*map(reads, KINDS), reads(OrganizationAccount)),
    subjects=(),
    judge=_judge,
    evidence=(
        "Reads the ends of contracts from the baseline, and what is left in their accounts: "
        "servers, volumes, networks, databases, caches, buckets, file systems, tables, streams, "
        "queues, topics, functions, images, secrets, keys, log groups, load balancers, "
        "distributions, hosted zones, their snapshots and backups, and the Recycle Bin. Keys that "
        "are scheduled for deletion count as deleted, registered domains are the customer's, and "
        "resources of other kinds are not seen. A closed account cannot be read: the management "
        "account describes its ``State`` (ListAccountsForParent), and no field contains the day, "
        "so it is declared. Days are counted from the day after the end of the contract."
    ),
    absence="always",
    declared="contracts",
    planned=False,
)


def _deadlines(
    view: AccountView, options: AccountDecommissionedOptions, contract: EndedContract
) -> _Deadlines:
    zone = datetime.strptime(options.utc_offset, "%z").tzinfo
    deletion = contract.ends + timedelta(days=options.deletion_days)
    return _Deadlines(
        contract=contract,
        today=view.as_of.astimezone(zone).date(),
        deletion=deletion,
        closing=(contract.deleted_on or deletion) + timedelta(days=options.closing_days),
    )


def _of_contract(
    view: AccountView, options: AccountDecommissionedOptions, days: _Deadlines
) -> Iterator[Finding]:
    """What the view shows of the account of the contract."""
    account = days.contract.account
    if account == view.account.id:
        yield from _of_open_account(view, options, days)
        return
    members = [member for member in view.all(OrganizationAccount) if member.id == account]
    for member in members:
        yield view.finding(member, *_of_member(member, days))
    if not members and _is_unread(view, account) and days.today > days.contract.ends:
        resource = Resource(key=account, account=account, kind="Account")
        yield view.finding(resource, *_of_unread_account(days))


def _is_unread(view: AccountView, account: str) -> bool:
    """Whether no account of the snapshot shows it; the first account reports that."""
    if view.account != view.snapshot.accounts[0]:
        return False
    return not any(
        scope.id == account
        or any(member.id == account for member in view.snapshot.all(OrganizationAccount, scope.id))
        for scope in view.snapshot.accounts
    )


# -- an account that can be read is not closed


def _of_open_account(
    view: AccountView, options: AccountDecommissionedOptions, days: _Deadlines
) -> Iterator[Finding]:
    if days.today <= days.deletion:
        locks = [
            text("account.vault-lock", vault=vault.name)
            for vault in view.all(BackupVault)
            if vault.locked is not False
        ]
        announced = view.account_finding(not_applicable(days.worded("contract-runs")))
        yield view.finding(announced.resource, *announced.observations, notes=locks)
        return
    remaining = list(leftovers(view, options.exempt))
    unread = list(gaps(view))
    for record, why in remaining:
        message = days.worded("left")
        yield view.finding(record, failed(message) if why is None else unknown(message, why))
    for kind, gap in unread:
        listing = Resource.listing(kind.__name__, view.account.id, "")
        yield view.finding(listing, unknown(kind.__name__, gap))
    emptied = [] if remaining or unread else [passed(text("account.nothing-left"))]
    yield view.account_finding(*emptied, *_of_deletion(days), _of_open_state(days))


def _of_deletion(days: _Deadlines) -> Iterator[Observation]:
    deleted_on = days.contract.deleted_on
    if deleted_on is not None and deleted_on > days.deletion:
        yield failed(
            days.worded("deleted-late", deleted_on),
            read=f"deleted_on={deleted_on}",
            expected=f"deleted_on<={days.deletion}",
        )


def _of_open_state(days: _Deadlines) -> Observation:
    """The closing of an account that is open."""
    closed_on = days.contract.closed_on
    if closed_on is not None and closed_on <= days.today:
        return failed(days.worded("open-though-closed", closed_on), read=f"closed_on={closed_on}")
    if days.today > days.closing:
        return failed(days.worded("not-closed"))
    return passed(days.worded("to-be-closed"))


# -- an account that the management account describes


def _of_member(member: OrganizationAccount, days: _Deadlines) -> Iterator[Observation]:
    if isinstance(member.state, Unknown):
        yield unknown("State", member.state)
        return
    if days.today <= days.contract.ends and member.state not in _CLOSED:
        yield not_applicable(days.worded("contract-runs"))
        return
    yield from _of_deletion(days)
    if member.state not in _CLOSED:
        yield _of_open_state(days)
    elif days.contract.closed_on is not None:
        yield _of_closing_day(days, days.contract.closed_on)
    elif days.today <= days.deletion:
        yield failed(days.worded("closed-early"), read=f"State={member.state}")
    elif days.today <= days.closing:
        yield passed(days.worded("closed-in-time"), read=f"State={member.state}")
    else:
        yield _unknown_closing(days, "closing-day")


def _of_closing_day(days: _Deadlines, closed_on: date) -> Observation:
    read = f"closed_on={closed_on}"
    expected = f"{days.deletion}<closed_on<={days.closing}"
    if closed_on <= days.deletion:
        return failed(days.worded("closed-early"), read=read, expected=expected)
    if closed_on > days.closing:
        return failed(days.worded("closed-late", closed_on), read=read, expected=expected)
    return passed(days.worded("closed-in-time"), read=read, expected=expected)


def _of_unread_account(days: _Deadlines) -> Iterator[Observation]:
    """An account that nobody shows: what is declared about it has to do."""
    yield from _of_deletion(days)
    closed_on = days.contract.closed_on
    if closed_on is not None and closed_on <= days.today:
        yield _of_closing_day(days, closed_on)
    else:
        yield _unknown_closing(days, "closing-unread")


def _unknown_closing(days: _Deadlines, words: str) -> Observation:
    why = Unknown.because(Why.NOT_PROVIDED, operation="organizations:ListAccountsForParent")
    return unknown(days.worded(words), why)
