"""AWS Global Accelerator: what the account has, which one Region manages for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from attrs import evolve

from cloudpack_baseline.model.globalaccelerator import (
    Accelerator,
    AcceleratorEndpointGroup,
    AcceleratorListener,
    CrossAccountAttachment,
    CustomRoutingAccelerator,
)
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import complete_each, described_gatherer
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.operations import GLOBAL_ACCELERATOR

__all__ = ["GATHERERS"]

_LISTENERS = "globalaccelerator:ListListeners"
_GROUPS = "globalaccelerator:ListEndpointGroups"

T = TypeVar("T")


def _managed(gatherer: Gatherer, calls: Calls, selected: frozenset[str]) -> Gathered:
    """Only the commercial partition has accelerators."""
    if calls.partition != "aws":
        return Gathered(())
    return gatherer.run(calls.in_region(GLOBAL_ACCELERATOR), selected)


def _accelerators(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = _managed(_ACCELERATORS, calls, selected)
    if "listeners" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_completed, calls.in_region(GLOBAL_ACCELERATOR)))


def _completed(calls: Calls, accelerator: Accelerator) -> Accelerator:
    listeners = _listed(calls, _LISTENERS, AcceleratorListener, AcceleratorArn=accelerator.arn)
    if not isinstance(listeners, Unknown):
        listeners = _all_known(partial(_with_groups, calls), listeners)
    return evolve(accelerator, listeners=listeners)


def _with_groups(calls: Calls, listener: AcceleratorListener) -> AcceleratorListener | Unknown:
    groups = _listed(calls, _GROUPS, AcceleratorEndpointGroup, ListenerArn=listener.listener_arn)
    return groups if isinstance(groups, Unknown) else evolve(listener, endpoint_groups=groups)


def _listed(calls: Calls, key: str, kind: type[T], **parameters: str) -> Field[tuple[T, ...]]:
    def made(item: Answer) -> T:
        return structured(kind, item)

    listing = calls.listing(key, **parameters)
    known, unknown = known_of(
        (converted(key, made, item) for item in listing.items), listing.unknown
    )
    return tuple(known) if unknown is None else unknown


def _all_known(complete: Callable[[T], T | Unknown], items: Iterable[T]) -> Field[tuple[T, ...]]:
    completed = []
    for item in items:
        completed_item = complete(item)
        if isinstance(completed_item, Unknown):
            return completed_item
        completed.append(completed_item)
    return tuple(completed)


_ACCELERATORS = described_gatherer(Accelerator)
_ATTACHMENTS = described_gatherer(CrossAccountAttachment)
_CUSTOM = described_gatherer(CustomRoutingAccelerator)

GATHERERS = (
    evolve(
        _ACCELERATORS,
        run=_accelerators,
        fields={**_ACCELERATORS.fields, "listeners": (_LISTENERS, _GROUPS)},
    ),
    evolve(_ATTACHMENTS, run=partial(_managed, _ATTACHMENTS)),
    evolve(_CUSTOM, run=partial(_managed, _CUSTOM)),
)
