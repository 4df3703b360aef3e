"""Waivers: what they cover, and whether they are themselves as they should be.

A waiver is judged as a resource of the baseline file, under the ID ``waivers``: it fails where it
expired, and where nothing that it covers fails any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from attrs import evolve

from cloudpack_baseline.baseline import Baseline, Waiver
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    failed,
    not_applicable,
    passed,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.pattern import covers, literal_prefix
from cloudpack_baseline.texts import Text, text

__all__ = ["WAIVERS", "JudgedControl", "expiry_notes", "judge_waivers", "no_waivers", "with_waiver"]

WAIVERS = "waivers"
"""The ID under which waivers are judged."""

_SOON = timedelta(days=30)
"""How long before its end a waiver is mentioned."""

_ACCOUNT_DIGITS = 12


@frozen(kw_only=True)
class JudgedControl:
    """What a control reported over an account.

    Attributes:
        control: the ID of the control.
        account: the account ID.
        findings: all of them.
        complete: whether the control is in scope, and the source contains what it reads in each
            Region that the baseline names.
        regions: the Regions that were read, where the baseline names none; empty: all that it
            names.
    """

    control: str
    account: str
    findings: tuple[Finding, ...]
    complete: bool
    regions: tuple[str, ...] = ()

    def is_decided(self, region: str = "") -> bool:
        """Whether it reported on every resource that exists.

        Args:
            region: in which the resources are; empty: in any that was read, or in none.
        """
        if region and self.regions and region not in self.regions:
            return False
        return self.complete and not any(
            finding.outcome is Outcome.UNKNOWN
            and (finding.resource.name == "*" or finding.resource.kind == "Account")
            for finding in self.findings
        )


def with_waiver(finding: Finding, waivers: Iterable[Waiver], day: date) -> Finding:
    """The finding with the first waiver in effect that covers it; only a failure has one.

    Waivers that are not in effect on the day become notes.
    """
    if finding.outcome is not Outcome.FAIL:
        return finding
    notes: list[Text] = []
    for waiver in waivers:
        if not _covers(waiver, finding):
            continue
        if waiver.is_in_effect(day):
            return evolve(finding, waiver=_worded("waived", waiver))
        notes.append(_worded(_inactive(waiver, day), waiver))
    return evolve(finding, notes=(*finding.notes, *notes)) if notes else finding


def judge_waivers(
    baseline: Baseline,
    judged: Collection[JudgedControl],
    *,
    controls: Collection[str],
    accounts: Sequence[str],
    day: date,
) -> tuple[Finding, ...]:
    """A finding for each waiver of the controls, in the account that it belongs to.

    A waiver belongs to the account in its ARN, else to that of a resource that it covers, else to
    the first one.

    Args:
        baseline: that declares the waivers.
        judged: the controls that were judged, by account.
        controls: IDs of the selected controls.
        accounts: IDs of all accounts that belong to the run, read or not; at least one.
        day: the day of evaluation (UTC).
    """
    return tuple(
        _judge(baseline, index, judged, accounts, day)
        for index, waiver in enumerate(baseline.waivers)
        if waiver.control in controls
    )


def no_waivers(account: str) -> Finding:
    """That no waiver belongs to the account."""
    resource = Resource(key=account, account=account, kind="Account")
    observation = not_applicable(text("common.no-waivers"))
    return Finding(control=WAIVERS, resource=resource, observations=[observation])


def expiry_notes(baseline: Baseline, controls: Collection[str], day: date) -> tuple[Text, ...]:
    """The waivers of the controls that are in effect for 30 more days at most."""
    return tuple(
        _worded("waiver-expires", waiver)
        for waiver in baseline.waivers
        if waiver.control in controls and waiver.is_in_effect(day) and waiver.expires - day <= _SOON
    )


def _judge(
    baseline: Baseline,
    index: int,
    judged: Iterable[JudgedControl],
    accounts: Sequence[str],
    day: date,
) -> Finding:
    waiver = baseline.waivers[index]
    entries = [entry for entry in judged if entry.control == waiver.control]
    covered = [
        (entry.account, finding)
        for entry in entries
        for finding in entry.findings
        if _covers(waiver, finding)
    ]
    owner = _account_of(waiver.resource)
    possible = [owner] if owner in accounts or (owner and not baseline.accounts) else accounts
    region = _region_of(waiver.resource)
    decided = {entry.account for entry in entries if entry.is_decided(region)}.issuperset(possible)
    origin = baseline.origin_of("waivers", index)
    observations = [
        *_of_its_period(waiver, f"{origin.path}.expires", day),
        *_of_its_use(waiver, origin.path, [finding for _, finding in covered], decided=decided),
    ]
    return Finding(
        control=WAIVERS,
        resource=Resource(
            key=f"{origin.file}#{origin.path}" if origin.file else origin.path,
            account=owner if owner in accounts else next(iter(covered), (accounts[0], None))[0],
            kind="Waiver",
            name=f"{waiver.control} {waiver.resource}",
            origin=origin,
        ),
        observations=observations,
    )


def _of_its_period(waiver: Waiver, path: str, day: date) -> Iterator[Observation]:
    read = f"{path}={waiver.expires.isoformat()}"
    expected = f"expires>={day.isoformat()}"
    if day > waiver.expires:
        yield failed(_worded("waiver-expired", waiver), read=read, expected=expected)
    elif day < waiver.approved_on:
        yield not_applicable(_worded("waiver-not-yet", waiver))
    else:
        yield passed(_worded("waiver-in-effect", waiver), read=read, expected=expected)


def _of_its_use(
    waiver: Waiver, path: str, covered: Collection[Finding], *, decided: bool
) -> Iterator[Observation]:
    """Whether anything that it covers fails; nothing where that is so, or not decided."""
    if any(finding.outcome is Outcome.FAIL for finding in covered):
        return
    read = f"{path}.resource={waiver.resource}"
    if not decided or any(finding.outcome is Outcome.UNKNOWN for finding in covered):
        yield not_applicable(text("common.waiver-undecided", control=waiver.control))
    elif covered:
        yield failed(_worded("waiver-unused", waiver), read=read)
    else:
        yield failed(_worded("waiver-idle", waiver), read=read)


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return covers(waiver.resource, finding.resource.key, finding.resource.name)


def _account_of(pattern: str) -> str:
    """The account in an ARN; empty: any."""
    try:
        account = Arn.parse(pattern).account
    except ValueError:
        return ""
    return account if account.isdigit() and len(account) == _ACCOUNT_DIGITS else ""


def _region_of(pattern: str) -> str:
    """The Region in an ARN; empty: any, or none."""
    try:
        region = Arn.parse(pattern).region
    except ValueError:
        return ""
    return region if literal_prefix(region) == region else ""


def _inactive(waiver: Waiver, day: date) -> str:
    return "waiver-expired" if day > waiver.expires else "waiver-not-yet"


def _worded(words: str, waiver: Waiver) -> Text:
    return text(
        f"common.{words}",
        control=waiver.control,
        resource=waiver.resource,
        reason=waiver.reason,
        approved_by=waiver.approved_by,
        approved_on=waiver.approved_on.isoformat(),
        expires=waiver.expires.isoformat(),
    )
