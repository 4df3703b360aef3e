"""Amazon SQS: queues, which are listed by their URLs."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_QUEUES = "sqs:ListQueues"


def _queues(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_QUEUES)
    items = tuple(
        url
        if isinstance(url, Mapping)  # a template knows the name beside the URL
        else {"QueueUrl": url, "QueueName": str(url).rpartition("/")[2]}
        for url in listing.items
    )
    return records_of(calls, Queue, _QUEUES, Listing(items, listing.unknown), selected)


GATHERERS = (evolve(described_gatherer(Queue), run=_queues),)
