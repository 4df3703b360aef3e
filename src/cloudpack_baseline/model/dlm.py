"""Records of Amazon Data Lifecycle Manager."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LifecyclePolicy"]


@frozen(kw_only=True)
class LifecyclePolicy(Record):
    """A policy that creates snapshots or images on a schedule (LifecyclePolicySummary).

    Attributes:
        state: ``ENABLED``, ``DISABLED``, or ``ERROR`` if it creates nothing any more.
    """

    api = Listed(
        "dlm:GetLifecyclePolicies",
        arn="arn:{partition}:dlm:{region}:{account}:policy/{PolicyId}",
        id="PolicyId",
        absent="EndpointConnectionError",
    )

    state: Field[str]
