"""Records of Amazon GuardDuty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["Detector", "DetectorAdministrator"]


def _enabled(features: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(
        sorted(
            string(feature, "Name") for feature in features if feature.get("Status") == "ENABLED"
        )
    )


@frozen(kw_only=True)
class DetectorAdministrator:
    """The administrator account of a detector (GuardDuty API Reference, Administrator).

    Attributes:
        account: its ID.
        status: RelationshipStatus: ``Enabled`` if it sees the findings.
    """

    account: str = described("AccountId")
    status: str = described("RelationshipStatus", default="")


@frozen(kw_only=True)
class Detector(Record):
    """The detector of an account in a Region (GuardDuty API Reference, GetDetector).

    Attributes:
        status: ``DISABLED`` where it is suspended.
        features: names of the optional features that are enabled, sorted.
        administrator: the account that manages it (GetAdministratorAccount); ``None``: none.
    """

    api = Listed(
        "guardduty:ListDetectors",
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{DetectorId}",
        id="DetectorId",
    )

    status: Field[Literal["ENABLED", "DISABLED"]] = described(
        "Status", operation="guardduty:GetDetector"
    )
    features: Field[tuple[str, ...]] = described(
        "Features", operation="guardduty:GetDetector", convert=_enabled, default=()
    )
    administrator: Field[DetectorAdministrator | None] = described(
        "Administrator",
        operation="guardduty:GetAdministratorAccount",
        omitted=None,
        default=Unknown.because(Why.NOT_GATHERED, operation="guardduty:GetAdministratorAccount"),
    )
