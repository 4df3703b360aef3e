"""The check of ``findings-routed``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.baseline.options.logging import FindingsRoutedOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._event_patterns import selects
from cloudpack_baseline.checks.logging._receivers import RECEIVER_READS, reaches_somebody
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.notifications import NotificationConfiguration, NotificationRule
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.securityhub import FindingAggregator, SecurityHub
from cloudpack_baseline.model.values import (
    Truth,
    Unknown,
    Why,
    all_of,
    any_of,
    is_known,
    lift,
    negate,
)
from cloudpack_baseline.texts import Text, text

__all__ = ["findings_routed"]

_GUARDDUTY = {"source": "aws.guardduty", "detail-type": "GuardDuty Finding"}
_CSPM = {"source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported"}
_SECURITY_HUB = {"source": "aws.securityhub", "detail-type": "Findings Imported V2"}
"""The events of findings (Amazon EventBridge Events Reference)."""


@check(
    reads(Detector, "administrator", "status"),
    reads(EventRule, "targets"),
    reads(SecurityHub, "enabled"),
    reads(FindingAggregator, "to_region", "linking_mode", "regions"),
    reads(NotificationConfiguration, "channels", "rules"),
    *RECEIVER_READS,
    subjects=(Detector,),
    planned=False,
)
def findings_routed(view: AccountView) -> Iterator[Finding]:
    """Reads where the findings of each GuardDuty detector go.

    One of these is enough: an enabled rule of the default event bus that selects findings of
    GuardDuty, or of Security Hub where it is enabled (also in the Region that a finding
    aggregator copies them to), with a target that reaches a person (ListRules,
    ListTargetsByRule, ListSubscriptions); a notification configuration of AWS User Notifications
    with a channel; or a declared administrator account (GetAdministratorAccount,
    ``RelationshipStatus=Enabled``). An administrator account in the snapshot is judged there. A
    topic reaches a person through a confirmed subscription, not a pending one; what functions and
    queues do has to be declared. Filters of rules on severity are not evaluated.
    """
    for detector in view.all(Detector):
        yield view.finding(detector, _observe(view, detector))


@frozen(kw_only=True)
class _Route:
    """A way of findings to a person, in words, and whether it is one."""

    name: Text
    works: Truth


def _observe(view: AccountView, detector: Detector) -> Observation:
    if detector.status == "DISABLED":
        return not_applicable(text("logging.detector-suspended"))
    if isinstance(detector.status, Unknown):
        return unknown("Status", detector.status)
    elsewhere = _judged_by_administrator(view, detector)
    return _routed(view, detector) if elsewhere is None else elsewhere


def _routed(view: AccountView, detector: Detector) -> Observation:
    routes = tuple(_routes(view, detector))
    reached = any_of(route.works for route in routes)
    names = tuple(route.name for route in routes)
    if reached is True:
        working = tuple(route.name for route in routes if route.works is True)
        return passed(text("logging.findings-routed", routes=working))
    if isinstance(reached, Unknown):
        cause = causes_text(reached.causes)
        return unknown(text("logging.findings-unread", cause=cause), reached)
    if names:
        return failed(text("logging.findings-lost", routes=names))
    return failed(text("logging.findings-not-routed"))


def _judged_by_administrator(view: AccountView, detector: Detector) -> Observation | None:
    administrator = detector.administrator
    if isinstance(administrator, Unknown) or administrator is None:
        return None
    accounts = {account.id for account in view.snapshot.accounts}
    if administrator.status != "Enabled" or administrator.account not in accounts:
        return None
    return not_applicable(text("logging.findings-judged", account=administrator.account))


def _routes(view: AccountView, detector: Detector) -> Iterator[_Route]:
    yield from _to_administrator(view, detector)
    yield from _rules(view, detector.region, _GUARDDUTY)
    yield from _through_security_hub(view, detector.region)
    yield from _notifications(view, detector.region)


def _to_administrator(view: AccountView, detector: Detector) -> Iterator[_Route]:
    administrator = detector.administrator
    declared = view.baseline.options(FindingsRoutedOptions).administrators
    if isinstance(administrator, Unknown):
        yield _Route(name=text("logging.administrator", account="?"), works=administrator)
    elif administrator is not None and administrator.account in declared:
        name = text("logging.administrator", account=administrator.account)
        yield _Route(name=name, works=administrator.status == "Enabled")
    elif administrator is not None and administrator.status == "Enabled":
        name = text("logging.administrator", account=administrator.account)
        detail = f"administrator account {administrator.account}"
        yield _Route(name=name, works=Unknown.because(Why.NOT_GATHERED, detail=detail))


def _rules(
    view: AccountView, region: str, event: Mapping[str, str], *, forwards: bool = True
) -> Iterator[_Route]:
    """The rules of the Region that select the event.

    A bus that passes events on to one that passes them on is not followed.
    """
    for rule in view.all(EventRule):
        if rule.region != region or rule.event_pattern is None:
            continue
        enabled = lift(lambda state: state.startswith("ENABLED"), rule.state)
        pattern = rule.event_pattern
        selected = pattern if isinstance(pattern, Unknown) else selects(pattern, event)
        works = all_of((enabled, selected))
        if works is not False:
            targets = _targets(view, rule, event, forwards=forwards)
            yield _Route(
                name=text("logging.rule", name=rule.name, region=region),
                works=all_of((works, targets)),
            )
    gap = view.gap(EventRule, region)
    if gap is not None:
        yield _Route(name=text("logging.rule", name="?", region=region), works=gap)


def _targets(
    view: AccountView, rule: EventRule, event: Mapping[str, str], *, forwards: bool
) -> Truth:
    if isinstance(rule.targets, Unknown):
        return rule.targets
    return any_of(_reaches(view, arn, event, forwards=forwards) for arn in rule.targets)


def _reaches(view: AccountView, arn: str, event: Mapping[str, str], *, forwards: bool) -> Truth:
    """Whether a target reaches a person, through the bus of another Region if need be."""
    default_bus = f":{view.account.id}:event-bus/default"
    if forwards and arn.endswith(default_bus):
        region = arn.split(":")[3]
        return any_of(route.works for route in _rules(view, region, event, forwards=False))
    receivers = view.baseline.options(FindingsRoutedOptions).receivers
    return reaches_somebody(view, arn, receivers)


def _through_security_hub(view: AccountView, region: str) -> Iterator[_Route]:
    for place in sorted({region, *_aggregated_to(view, region)}):
        for hub in view.all(SecurityHub):
            if hub.region == place:
                for enabled, event in ((hub.cspm, _CSPM), (hub.enabled, _SECURITY_HUB)):
                    for route in _rules(view, place, event) if enabled is not False else ():
                        yield _Route(name=route.name, works=all_of((enabled, route.works)))


def _aggregated_to(view: AccountView, region: str) -> Iterator[str]:
    """The Regions to which the findings of the Region are surely copied."""
    for aggregator in view.all(FindingAggregator):
        named = lift(lambda regions: region in regions, aggregator.regions)
        modes = {
            "ALL_REGIONS": True,
            "ALL_REGIONS_EXCEPT_SPECIFIED": negate(named),
            "SPECIFIED_REGIONS": named,
        }
        mode = aggregator.linking_mode
        if is_known(mode) and is_known(aggregator.to_region) and modes.get(mode) is True:
            yield aggregator.to_region


def _notifications(view: AccountView, region: str) -> Iterator[_Route]:
    for configuration in view.all(NotificationConfiguration):
        active = lift(lambda status: status.endswith("ACTIVE"), configuration.status)
        rules = configuration.rules
        selected: Truth = (
            rules if isinstance(rules, Unknown) else any(_notifies(rule, region) for rule in rules)
        )
        channels = lift(bool, configuration.channels)
        if selected is not False:
            name = text("logging.notification", name=configuration.name)
            yield _Route(name=name, works=all_of((active, selected, channels)))
    gap = view.gap(NotificationConfiguration)
    if gap is not None:
        yield _Route(name=text("logging.notification", name="?"), works=gap)


def _notifies(rule: NotificationRule, region: str) -> bool:
    return region in rule.regions and {
        "source": rule.source,
        "detail-type": rule.event_type,
    } in (_GUARDDUTY, _CSPM, _SECURITY_HUB)
