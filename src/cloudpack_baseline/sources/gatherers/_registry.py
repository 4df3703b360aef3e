"""The gatherer of each kind of record; modules are loaded when first asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["gatherer_of"]


def gatherer_of(kind: type[Record]) -> Gatherer:
    """The gatherer of the kind: in the module that is named as the kind's own.

    Raises:
        LookupError: nothing gathers it.
    """
    service = kind.__module__.rpartition(".")[2].partition("_")[0]
    name = f"cloudpack_baseline.sources.gatherers.{service}"
    if find_spec(name) is None:
        raise LookupError(f"nothing gathers {kind.__name__}")
    module = import_module(name)
    for gatherer in module.GATHERERS:
        if gatherer.kind is kind:
            found: Gatherer = gatherer
            return found
    raise LookupError(f"nothing gathers {kind.__name__}")
