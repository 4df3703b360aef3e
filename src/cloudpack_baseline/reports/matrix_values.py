"""The segment matrices as JSON values, for reports, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks.network.matrix import Cell, SegmentMatrix, segment_matrix
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.reachability import TrafficSet

__all__ = ["matrices_of", "matrix_from", "matrix_values"]


def matrices_of(
    snapshot: Snapshot, baseline: Baseline, accounts: Collection[str]
) -> Iterator[SegmentMatrix]:
    """The matrices of the accounts, whose networks were read."""
    for account in snapshot.accounts:
        if account.id in accounts:
            yield segment_matrix(view_of(snapshot, baseline, "segmentation", account))


def matrix_values(matrix: SegmentMatrix) -> dict[str, Any]:
    """The matrix as JSON values; traffic as ``services`` of a flow spells it.

    Returns:
        ``account``, ``names``, ``unplaced``, and ``cells``: each with ``source``, ``target`` and
        ``traffic``: for each kind of it what passes.
    """
    return {
        "account": matrix.account,
        "names": list(matrix.names),
        "unplaced": matrix.unplaced,
        "cells": [
            {
                "source": source,
                "target": target,
                "traffic": {kind: str(traffic) for kind, traffic in cell.parts},
            }
            for (source, target), cell in matrix.cells.items()
        ],
    }


def matrix_from(values: Mapping[str, Any]) -> SegmentMatrix:
    """The matrix that the values were made of."""
    return SegmentMatrix(
        account=values["account"],
        names=tuple(values["names"]),
        unplaced=values["unplaced"],
        cells={
            (entry["source"], entry["target"]): Cell(
                **{kind: TrafficSet.parse(traffic) for kind, traffic in entry["traffic"].items()}
            )
            for entry in values["cells"]
        },
    )
