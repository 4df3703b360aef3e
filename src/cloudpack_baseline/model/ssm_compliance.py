"""Records of AWS Systems Manager: patch compliance."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, derived, described
from cloudpack_baseline.model.filters import OPEN_PATCH_STATES
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["OPEN_PATCH_STATES", "Patch", "PatchCompliance"]


@frozen(kw_only=True)
class Patch:
    """A patch that is not in effect (PatchComplianceData).

    Attributes:
        title: Title.
        severity: as the operating system says: ``Critical``, ``Important``, ...
        state: one of `OPEN_PATCH_STATES`.
    """

    title: str
    severity: str = ""
    state: str


@frozen(kw_only=True)
class PatchCompliance(Record):
    """The patch compliance of a managed node (ResourceComplianceSummaryItem).

    It has no ARN; `arn` is made up, and `name` is the ID of the instance.

    Attributes:
        status: ``COMPLIANT`` or ``NON_COMPLIANT``.
        scanned_at: ExecutionSummary.ExecutionTime.
        patches: the patches that are not in effect (DescribeInstancePatches), read if `status` is
            ``NON_COMPLIANT``.
    """

    api = Listed(
        "ssm:ListResourceComplianceSummaries",
        arn="arn:{partition}:ssm:{region}:{account}:patch-compliance/{ResourceId}",
        id="ResourceId",
    )

    status: Field[str] = described("Status")
    scanned_at: Field[datetime | None] = described("ExecutionSummary.ExecutionTime", default=None)
    patches: Field[tuple[Patch, ...]] = derived(
        Unknown.because(Why.NOT_GATHERED, operation="ssm:DescribeInstancePatches")
    )
