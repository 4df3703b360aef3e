"""The check of ``cloudtrail-enabled``."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._management_events import MANAGEMENT_READS, ManagementEvents
from cloudpack_baseline.checks.logging.recorders import recorders_elsewhere, recorders_unread
from cloudpack_baseline.findings import Finding, Resource, failed, passed, unknown
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.values import Origin, Unknown, Why, any_of
from cloudpack_baseline.texts import text

__all__ = ["cloudtrail_enabled"]


@check(*MANAGEMENT_READS, subjects=(Trail,), absence="always")
def cloudtrail_enabled(view: AccountView) -> Iterator[Finding]:
    """Reads what trails and event data stores record in each Region of the account.

    Together they have to record all management events, reads and writes (GetEventSelectors,
    GetEventDataStore): active trails whose log files were delivered without an error within a day
    (GetTrailStatus), and enabled event data stores. Trails of the organization count, also those
    whose home Region is not read (DescribeTrails with shadow trails). A member account cannot
    read their selectors: ``HasCustomEventSelectors=false`` means all management events, unless
    their own account is in the snapshot. Events of global services such as IAM count in their
    Region (us-east-1). Where the baseline names Regions, the others need a multi-Region trail, and
    so do the Regions that a template is not deployed in.
    """
    events = ManagementEvents.of(view)
    for region in view.account.regions:
        yield from _in_region(view, events, region)
    if view.snapshot.is_planned:
        yield from _of_one_region(view, events)
    elif view.baseline.regions_of(view.account.id) is not None:
        yield _elsewhere(view, events)


def _in_region(view: AccountView, events: ManagementEvents, region: str) -> Iterator[Finding]:
    recorded = events.recorded(region)
    resource = Resource(
        key=f"{view.account.id}:{region}",
        account=view.account.id,
        region=region,
        kind="Region",
        name=region,
    )
    if isinstance(recorded, Unknown):
        if view.gap(Trail, region) is None:  # else the listing is a finding of its own
            yield view.finding(resource, unknown("EventSelectors", recorded))
    elif recorded:
        names = events.names(region)
        message = text("logging.management-events", recorders=names)
        yield view.finding(resource, passed(message, read=", ".join(names)))
    else:
        observation = failed(
            text("logging.management-events-missing"),
            read="; ".join(events.shortcomings(region)),
            origin=_origin(view, "logging"),
        )
        yield view.finding(resource, observation, notes=recorders_elsewhere(view))


def _of_one_region(view: AccountView, events: ManagementEvents) -> Iterator[Finding]:
    """That no trail of a template records the Regions that the template is not deployed in."""
    everywhere = events.recorded_everywhere()
    expected, origin = "IsMultiRegionTrail=true", _origin(view, "multi_region")
    if everywhere is False:
        message, read = text("logging.management-events-one-region"), "IsMultiRegionTrail=false"
        observation = failed(message, read=read, expected=expected, origin=origin)
        yield view.account_finding(observation)
    # What is not known of the selectors is a finding of its Region already.
    elif isinstance(everywhere, Unknown) and all(
        events.recorded(region) is True for region in view.account.regions
    ):
        yield view.account_finding(
            unknown("IsMultiRegionTrail", everywhere, expected=expected, origin=origin)
        )


def _origin(view: AccountView, field: str) -> Origin | None:
    """Where a template or plan contains a setting of the first trail."""
    if not view.snapshot.is_planned:
        return None
    return next((trail.origin_of(field) for trail in view.all(Trail)), None)


def _elsewhere(view: AccountView, events: ManagementEvents) -> Finding:
    """Regions that are not read: only a multi-Region trail or store is seen from here."""
    recorded = any_of((events.recorded_everywhere(), *recorders_unread(view)))
    regions = view.account.regions
    if recorded is True:
        return view.account_finding(passed(text("logging.management-events-everywhere")))
    why = Unknown.because(Why.NOT_GATHERED, detail="Trail (other Regions)")
    if isinstance(recorded, Unknown):
        why |= recorded
    return view.account_finding(
        unknown(text("logging.management-events-elsewhere", regions=regions), why)
    )
