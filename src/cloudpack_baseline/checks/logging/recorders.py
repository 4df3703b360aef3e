"""What records events of CloudTrail in an account: trails, and event data stores."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import causes_text
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    EventDataStore,
    EventSelector,
    Trail,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, all_of, lift
from cloudpack_baseline.texts import Text, text

__all__ = [
    "RECORDER_READS",
    "Recorder",
    "owner_of",
    "recorders",
    "recorders_elsewhere",
    "recorders_unread",
]

RECORDER_READS = (
    reads(Trail, "logging", "event_selectors", "advanced_selectors"),
    reads(EventDataStore),
    reads(Organization),
)
"""What `recorders` needs."""


@frozen(kw_only=True)
class Recorder:
    """A trail or an event data store.

    Attributes:
        record: the trail, as its own account sees it if that was read, or the store.
        region: where it is.
        multi_region: whether it records every region.
        recording: whether it records events of the account, and does so now.
        event_selectors: which events.
        advanced_selectors: or these.
    """

    record: Trail | EventDataStore
    region: str
    multi_region: Truth
    recording: Truth
    event_selectors: Field[tuple[EventSelector, ...]] = ()
    advanced_selectors: Field[tuple[AdvancedSelector, ...]] = ()


def recorders(view: AccountView) -> Iterator[Recorder]:
    """All known recorders, with those of the organization if a read account can see them.

    A store records events only while its status is ``ENABLED``.
    """
    for trail in view.all(Trail):
        yield _trail(_as_owned(view, trail))
    for account in view.snapshot.accounts:
        for store in view.snapshot.all(EventDataStore, account.id):
            yield _store(view, store)


def owner_of(record: Trail | EventDataStore) -> str:
    """The account that it belongs to: that of the organization, if it is the organization's."""
    try:
        return Arn.parse(record.arn).account
    except ValueError:  # a record without an ARN is of its account
        return record.account


def _as_owned(view: AccountView, trail: Trail) -> Trail:
    """The trail as its own account sees it, where that account was read too."""
    trails = view.snapshot.all(Trail, owner_of(trail))
    return next((owned for owned in trails if owned.arn == trail.arn), trail)


def _trail(trail: Trail) -> Recorder:
    return Recorder(
        record=trail,
        region=trail.region,
        multi_region=trail.multi_region,
        recording=trail.logging,
        event_selectors=trail.event_selectors,
        advanced_selectors=trail.advanced_selectors,
    )


def _store(view: AccountView, store: EventDataStore) -> Recorder:
    enabled = lift(lambda status: status == "ENABLED", store.status)
    return Recorder(
        record=store,
        region=store.region,
        multi_region=store.multi_region,
        recording=all_of((enabled, _takes_events_of(view, store))),
        advanced_selectors=store.advanced_selectors,
    )


def _takes_events_of(view: AccountView, store: EventDataStore) -> Truth:
    """Whether the store takes events of the account, be it in another one."""
    if owner_of(store) == view.account.id:
        return True
    if store.account == view.account.id:
        return store.organization
    return all_of((store.organization, _in_same_organization(view, store.account)))


def _in_same_organization(view: AccountView, account: str) -> Truth:
    """Whether the account is in the organization of the account of the view."""
    organizations = _organization(view, view.account.id), _organization(view, account)
    unknown = [id_ for id_ in organizations if isinstance(id_, Unknown)]
    return unknown[0] if unknown else organizations[0] == organizations[1] is not None


def _organization(view: AccountView, account: str) -> Field[str | None]:
    """The ID of the organization that the account is in; ``None``: in none."""
    for organization in view.snapshot.all(Organization, account):
        return organization.id
    return view.gap(Organization, account=account)


def recorders_unread(view: AccountView, region: str = "") -> Iterator[Unknown]:
    """Why there may be another recorder in the account that records the Region.

    Multi-Region trails are listed in every Region; stores only in their own.

    Args:
        view: the account.
        region: the Region; empty: any.
    """
    gaps = [view.gap(Trail, region)]
    gaps += [view.gap(EventDataStore, name) for name in {region, *view.account.regions}]
    yield from (gap for gap in gaps if gap is not None)


def recorders_elsewhere(view: AccountView) -> Iterator[Text]:
    """What could not be seen from the account and its regions, and might record it as well.

    A member account sees no store of its organization (AWS CloudTrail User Guide,
    Understanding organization event data stores).
    """
    if view.baseline.regions_of(view.account.id) is not None:
        yield text("logging.stores-elsewhere", regions=view.account.regions)
    gap = view.gap(Organization)
    if gap is not None:
        yield text("logging.stores-organization-unread", cause=causes_text(gap.causes))
    for organization in view.all(Organization):
        unread = _management_gap(view, organization.management_account)
        if unread is not None:
            yield text(
                "logging.stores-organization",
                account=organization.management_account,
                cause=causes_text(unread.causes),
            )


def _management_gap(view: AccountView, account: str) -> Unknown | None:
    """Why the stores of the organization were not all seen; ``None``: they were."""
    if account == view.account.id:
        return None
    for scope in view.snapshot.accounts:
        if scope.id == account:
            return evolve(view, account=scope).gap(EventDataStore)
    return Unknown.because(Why.NOT_PROVIDED, detail=f"account {account} was not read")
