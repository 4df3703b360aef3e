"""CloudWatch Logs: the log deliveries of CloudFront distributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import TypeAlias, TypeVar

from attrs import evolve

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudfront import Delivery
from cloudpack_baseline.model.reading import single, string
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Listing, converted

__all__ = ["DELIVERIES", "Deliveries", "log_deliveries"]

_SOURCES = "logs:DescribeDeliverySources"
_DELIVERIES = "logs:DescribeDeliveries"
_DESTINATIONS = "logs:DescribeDeliveryDestinations"
T = TypeVar("T")

DELIVERIES = (_SOURCES, _DELIVERIES, _DESTINATIONS)
"""What `log_deliveries` calls, each only where the one before gave something."""

Deliveries: TypeAlias = Mapping[str, tuple[Delivery, ...]]
"""By the ARN of the resource whose access logs are delivered."""


def log_deliveries(calls: Calls) -> Field[Deliveries]:
    """The deliveries of access logs, by the resource that they are of.

    A source that is ``INACTIVE`` sends nothing.
    """
    sources = _all_of(calls.listing(_SOURCES), _SOURCES, _source)
    if isinstance(sources, Unknown):
        return sources
    resources = {name: resource for name, resource in sources if resource}
    return _of(calls, resources) if resources else {}


def _source(item: Answer) -> tuple[str, str]:
    """Its name, and the resource whose access logs it sends; empty where it sends none."""
    sends = string(item, "logType") == "ACCESS_LOGS" and item.get("status") != "INACTIVE"
    resource = single(item["resourceArns"], "resourceArns") if sends else ""
    return string(item, "name"), resource


def _of(calls: Calls, resources: Mapping[str, str]) -> Field[Deliveries]:
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
    converted_items = [converted(key, convert, item) for item in listing.items]
    unread = [item for item in (*converted_items, listing.unknown) if isinstance(item, Unknown)]
    if unread:
        return reduce(or_, unread)
    return tuple(item for item in converted_items if not isinstance(item, Unknown))
