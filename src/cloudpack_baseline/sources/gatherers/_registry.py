"""The gatherer of each kind of record; modules are loaded when they are first needed."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["gatherer_of"]


def gatherer_of(kind: type[Record]) -> Gatherer:
    """The gatherer of the kind.

    It follows from the declaration of the kind, unless the module with the name of its service
    defines one in code.

    Raises:
        LookupError: there is no gatherer.
    """
    return _gatherer(cast("Hashable", kind))


@cache
def _gatherer(kind: Any) -> Gatherer:  # noqa: ANN401 - a record class, which is hashable
    service = kind.__module__.rpartition(".")[2].partition("_")[0]
    name = f"cloudpack_baseline.sources.gatherers.{service}"
    if find_spec(name) is not None:
        gatherers: tuple[Gatherer, ...] = import_module(name).GATHERERS
        for gatherer in gatherers:
            if gatherer.kind is kind:
                return gatherer
    return described_gatherer(kind)
