"""AWS Lambda: every version of every layer, each of which has a policy of its own."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.layers import LayerVersion
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_below,
)

__all__ = ["GATHERERS"]

_LAYERS = "lambda:ListLayers"
_VERSIONS = "lambda:ListLayerVersions"
_POLICY = "lambda:GetLayerVersionPolicy"


def _versions(calls: Calls, selected: frozenset[str]) -> Gathered:
    return records_below(
        calls,
        LayerVersion,
        _LAYERS,
        "LayerName",
        _VERSIONS,
        selected=selected,
        answered={_POLICY: _policy},
    )


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
