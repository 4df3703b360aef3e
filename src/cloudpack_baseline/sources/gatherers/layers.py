"""AWS Lambda: every version of every layer, each of which has a policy of its own."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from cloudpack_baseline.model.layers import LayerVersion
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_LAYERS = "lambda:ListLayers"
_VERSIONS = "lambda:ListLayerVersions"
_POLICY = "lambda:GetLayerVersionPolicy"


def _versions(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_LAYERS)
    names, unknown = known_of(
        (converted(_LAYERS, _layer_name, layer) for layer in listing.items), listing.unknown
    )
    gathered = Gathered((), unknown)
    for name, versions in zip(names, calls.map(partial(_listed, calls), names), strict=True):
        answered = {_POLICY: partial(_policy, name)}
        gathered += records_of(
            calls, LayerVersion, _VERSIONS, versions, selected, answered=answered
        )
    return gathered


def _layer_name(layer: Answer) -> str:
    return string(layer, "LayerName")


def _listed(calls: Calls, name: str) -> Listing:
    return calls.listing(_VERSIONS, LayerName=name)


def _policy(name: str, calls: Calls, version: ListedItem) -> Reply:
    number = version.item.get("Version")
    absent = ("ResourceNotFoundException",)
    return calls.get(_POLICY, absent=absent, LayerName=name, VersionNumber=number)


# A policy is identified by two parameters, so a script cannot ask about it.
GATHERERS = (
    evolve(
        described_gatherer(LayerVersion),
        run=_versions,
        operations=(_LAYERS, _VERSIONS),
        among={_VERSIONS: (_LAYERS, "", "LayerName")},
    ),
)
