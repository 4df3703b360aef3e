"""Records of Amazon Data Lifecycle Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["LifecyclePolicy"]

_POLICY = "dlm:GetLifecyclePolicy"
_NOT_GATHERED = Unknown.because(Why.NOT_GATHERED, operation=_POLICY)


def _items(details: Answer, name: str) -> list[Any]:
    return list(details.get(name) or ())


def _copy_targets(details: Answer) -> tuple[str, ...]:
    """The Regions and Outposts of all copy rules."""
    return tuple(sorted(set(_targets(details))))


def _targets(details: Answer) -> Iterator[str]:
    for schedule in _items(details, "Schedules"):
        for rule in _items(schedule, "CrossRegionCopyRules"):
            yield str(rule.get("Target") or rule["TargetRegion"])
    for action in _items(details, "Actions"):
        yield from (str(copy["Target"]) for copy in _items(action, "CrossRegionCopy"))
    yield from (str(target["TargetRegion"]) for target in _items(details, "CrossRegionCopyTargets"))


def _shared_accounts(details: Answer) -> tuple[str, ...]:
    accounts = {
        str(account)
        for schedule in _items(details, "Schedules")
        for rule in _items(schedule, "ShareRules")
        for account in rule["TargetAccounts"]
    }
    return tuple(sorted(accounts))


@frozen(kw_only=True)
class LifecyclePolicy(Record):
    """A lifecycle policy for snapshots and AMIs (Amazon DLM API Reference, PolicyDetails).

    Attributes:
        state: ``ENABLED``, ``DISABLED``, or ``ERROR`` if it creates nothing any more.
        copy_targets: the Regions or ARNs of Outposts that it copies to: of CrossRegionCopyRules,
            CrossRegionCopy and CrossRegionCopyTargets (GetLifecyclePolicy).
        shared_accounts: ShareRules, TargetAccounts (GetLifecyclePolicy).
    """

    api = Listed(
        "dlm:GetLifecyclePolicies",
        arn="arn:{partition}:dlm:{region}:{account}:policy/{PolicyId}",
        id="PolicyId",
        absent="EndpointConnectionError",
        gone="ResourceNotFoundException",
    )

    state: Field[str]
    copy_targets: Field[tuple[str, ...]] = described(
        "Policy.PolicyDetails",
        required=True,
        operation=_POLICY,
        convert=_copy_targets,
        default=_NOT_GATHERED,
    )
    shared_accounts: Field[tuple[str, ...]] = described(
        "Policy.PolicyDetails",
        required=True,
        operation=_POLICY,
        convert=_shared_accounts,
        default=_NOT_GATHERED,
    )
