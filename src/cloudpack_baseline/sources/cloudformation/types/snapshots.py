"""Amazon EBS snapshots: block public access.

Source: AWS CloudFormation Template Reference, AWS::EC2::SnapshotBlockPublicAccess.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()


@TYPES.of("AWS::EC2::SnapshotBlockPublicAccess", "ec2:GetSnapshotBlockPublicAccessState")
def _block_public_access(resource: TypedResource) -> None:
    """The state of the Region."""
    state = resource.get("State")
    resource.about("ec2:GetSnapshotBlockPublicAccessState", "", at="State", State=state)
