"""AWS Systems Manager: patches that are missing on managed nodes."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from cloudpack_baseline.model.filters import OPEN_PATCH_STATES
from cloudpack_baseline.model.reading import structured
from cloudpack_baseline.model.ssm_compliance import Patch, PatchCompliance
from cloudpack_baseline.model.values import Field
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    complete_each,
    described_gatherer,
)

__all__ = ["GATHERERS"]

_COMPLIANCE = described_gatherer(PatchCompliance)
_PATCHES = "ssm:DescribeInstancePatches"
_OPEN = {state.upper(): state for state in OPEN_PATCH_STATES}


def _compliance(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = _COMPLIANCE.run(calls, selected)
    if "patches" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_completed, calls))


def _completed(calls: Calls, compliance: PatchCompliance) -> PatchCompliance:
    """The compliance with the open patches; a compliant node has none."""
    if compliance.status == "COMPLIANT":
        return evolve(compliance, patches=())
    return evolve(compliance, patches=_patches(calls, compliance.name))


def _patches(calls: Calls, node: str) -> Field[tuple[Patch, ...]]:
    listing = calls.listing(_PATCHES, InstanceId=node)
    answers = (converted(_PATCHES, _patch, item) for item in listing.items)
    patches, unknown = known_of(answers, listing.unknown)
    if unknown is not None:
        return unknown
    return tuple(patch for patch in patches if patch.state in OPEN_PATCH_STATES)


def _patch(item: Answer) -> Patch:
    """The patch; AWS documents its states in two spellings, as MISSING and as Missing."""
    patch = structured(Patch, item)
    return evolve(patch, state=_OPEN.get(patch.state.replace("_", "").upper(), patch.state))


GATHERERS = (
    evolve(
        _COMPLIANCE,
        run=_compliance,
        fields={**_COMPLIANCE.fields, "patches": (_PATCHES,)},
        among={_PATCHES: (_COMPLIANCE.operations[0], "", "ResourceId")},
    ),
)
