"""Amazon GuardDuty: detectors.

Source: AWS CloudFormation Template Reference, "Amazon GuardDuty resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, either

__all__ = ["TYPES"]

TYPES = Types()


@TYPES.of("AWS::GuardDuty::Detector", "guardduty:ListDetectors", "guardduty:GetDetector")
def _detector(resource: TypedResource) -> None:
    enabled = resource.get("Enable")
    resource.item("guardduty:ListDetectors", DetectorId=resource.id)
    resource.about(
        "guardduty:GetDetector",
        resource.id,
        at="Enable",
        Status=None if enabled is None else either(enabled, yes="ENABLED", no="DISABLED"),
        Features=as_list(resource.get("Features")),
    )
