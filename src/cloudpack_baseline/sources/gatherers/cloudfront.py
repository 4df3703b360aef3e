"""Amazon CloudFront: distributions, and how their requests are logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

from attrs import evolve

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudfront import Delivery, Distribution, RealtimeLogConfig, VpcOrigin
from cloudpack_baseline.model.reading import single, string, structured
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    complete_each,
    described_gatherer,
)
from cloudpack_baseline.sources.regions import CLOUDFRONT_REGIONS

__all__ = ["GATHERERS"]

T = TypeVar("T")

_REALTIME = "cloudfront:GetRealtimeLogConfig"
_DISTRIBUTIONS = described_gatherer(Distribution)
_VPC_ORIGINS = described_gatherer(VpcOrigin)
_SOURCES = "logs:DescribeDeliverySources"
_DELIVERIES = "logs:DescribeDeliveries"
_DESTINATIONS = "logs:DescribeDeliveryDestinations"
_DELIVERY_OPERATIONS = (_SOURCES, _DELIVERIES, _DESTINATIONS)
"""What `_log_deliveries` calls, each only where the one before gave something."""

_Deliveries: TypeAlias = Mapping[str, tuple[Delivery, ...]]
"""By the ARN of the resource whose access logs are delivered."""


def _distributions(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Every distribution of the account; none where the partition has no CloudFront."""
    home = CLOUDFRONT_REGIONS.get(calls.partition)
    if home is None:
        return Gathered(())
    calls = calls.in_region(home)
    gathered = _DISTRIBUTIONS.run(calls, selected)
    deliveries: Field[_Deliveries] = _not_gathered(_DELIVERY_OPERATIONS[0])
    if "deliveries" in selected:
        deliveries = _log_deliveries(calls) if gathered.records else {}
    return complete_each(calls, gathered, partial(_completed, calls, selected, deliveries))


def _vpc_origins(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Every VPC origin of the account; none where the partition has no CloudFront."""
    home = CLOUDFRONT_REGIONS.get(calls.partition)
    return Gathered(()) if home is None else _VPC_ORIGINS.run(calls.in_region(home), selected)


def _not_gathered(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def _completed(
    calls: Calls,
    selected: frozenset[str],
    deliveries: Field[_Deliveries],
    distribution: Distribution,
) -> Distribution:
    """The distribution with its logs."""
    realtime: Field[tuple[RealtimeLogConfig, ...]] = _not_gathered(_REALTIME)
    if "realtime_log_configs" in selected:
        realtime = _realtime(calls, distribution)
    return evolve(
        distribution,
        deliveries=(
            deliveries if isinstance(deliveries, Unknown) else deliveries.get(distribution.arn, ())
        ),
        realtime_log_configs=realtime,
    )


def _realtime(calls: Calls, distribution: Distribution) -> Field[tuple[RealtimeLogConfig, ...]]:
    """The configurations that are named; each call is for one of them."""
    if isinstance(distribution.cache_behaviors, Unknown):
        return distribution.cache_behaviors
    arns = {behavior.realtime_log_config for behavior in distribution.cache_behaviors}
    configs: list[RealtimeLogConfig] = []
    for arn in sorted(filter(None, arns)):
        answer = calls.get(_REALTIME, absent=("NoSuchRealtimeLogConfig",), ARN=arn)
        if answer is None:
            continue
        config = answer if isinstance(answer, Unknown) else converted(_REALTIME, _config, answer)
        if isinstance(config, Unknown):
            return config
        configs.append(config)
    return tuple(configs)


def _config(answer: Answer) -> RealtimeLogConfig:
    return structured(RealtimeLogConfig, answer["RealtimeLogConfig"])


def _log_deliveries(calls: Calls) -> Field[_Deliveries]:
    """The deliveries of access logs, by the resource that they are of.

    A source that is ``INACTIVE`` sends nothing.
    """
    sources = _all_of(calls.listing(_SOURCES), _SOURCES, _source)
    if isinstance(sources, Unknown):
        return sources
    resources = {name: resource for name, resource in sources if resource}
    return _deliveries_of(calls, resources) if resources else {}


def _source(item: Answer) -> tuple[str, str]:
    """Its name, and the resource whose access logs it sends; empty where it sends none."""
    sends = string(item, "logType") == "ACCESS_LOGS" and item.get("status") != "INACTIVE"
    resource = single(item["resourceArns"], "resourceArns") if sends else ""
    return string(item, "name"), resource


def _deliveries_of(calls: Calls, resources: Mapping[str, str]) -> Field[_Deliveries]:
    listed = _all_of(calls.listing(_DELIVERIES), _DELIVERIES, _delivery)
    if isinstance(listed, Unknown):
        return listed
    of_resources = [
        (resources[source], delivery) for source, delivery in listed if source in resources
    ]
    places: Field[Mapping[str, str | None]] = _places(calls) if of_resources else {}
    by_resource: dict[str, tuple[Delivery, ...]] = {}
    for resource, delivery in of_resources:
        place = places if isinstance(places, Unknown) else places.get(delivery.destination)
        by_resource[resource] = (*by_resource.get(resource, ()), evolve(delivery, resource=place))
    return by_resource


def _delivery(item: Answer) -> tuple[str, Delivery]:
    delivery = Delivery(
        destination=string(item, "deliveryDestinationArn"),
        type=string(item, "deliveryDestinationType"),
    )
    return string(item, "deliverySourceName"), delivery


def _places(calls: Calls) -> Field[Mapping[str, str | None]]:
    """The buckets of the destinations of this account, by their ARN."""
    destinations = _all_of(calls.listing(_DESTINATIONS), _DESTINATIONS, _destination)
    return destinations if isinstance(destinations, Unknown) else dict(destinations)


def _destination(item: Answer) -> tuple[str, str | None]:
    configuration = item.get("deliveryDestinationConfiguration") or {}
    resource = configuration.get("destinationResourceArn")
    return string(item, "arn"), str(Arn.parse(resource)) if resource else None


def _all_of(
    listing: Listing, key: str, convert: Callable[[Answer], tuple[str, T]]
) -> Field[tuple[tuple[str, T], ...]]:
    """All items, or why they are not known to be all."""
    converted_items = (converted(key, convert, item) for item in listing.items)
    items, unknown = known_of(converted_items, listing.unknown)
    return items if unknown is None else unknown


GATHERERS = (
    evolve(
        _DISTRIBUTIONS,
        run=_distributions,
        fields={
            **_DISTRIBUTIONS.fields,
            "deliveries": _DELIVERY_OPERATIONS,
            "realtime_log_configs": (_REALTIME,),
        },
    ),
    evolve(_VPC_ORIGINS, run=_vpc_origins),
)
