"""What the user declares: ``cloudpack-baseline.toml`` as frozen records.

A baseline is data: `Baseline` contains it, and `Baseline.load` reads a file. Every problem in
the file is reported at once, each with the path to its key.
"""

from __future__ import annotations

from cloudpack_baseline.baseline._find import FILE_NAME, find_baseline, nearest_baseline
from cloudpack_baseline.baseline.declarations import (
    Account,
    Attestation,
    Baseline,
    BucketDeclaration,
    Change,
    DeclaredOwner,
    Exclusion,
    Flow,
    RegisterOptions,
    Scope,
    Segment,
    Waiver,
)

__all__ = [
    "FILE_NAME",
    "Account",
    "Attestation",
    "Baseline",
    "BucketDeclaration",
    "Change",
    "DeclaredOwner",
    "Exclusion",
    "Flow",
    "RegisterOptions",
    "Scope",
    "Segment",
    "Waiver",
    "find_baseline",
    "nearest_baseline",
]
