"""Records of EC2: EBS snapshots and AMIs, and who may use them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import Misshapen, string
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["EbsSnapshot", "Image", "SnapshotBlockPublicAccess"]

_NOT_RECORDED = Unknown.because(Why.NOT_GATHERED, operation="ec2:DescribeSnapshots")
"""Of what an earlier version did not record."""

_GRANTEES = ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn")


def _grantees(permissions: Iterable[Answer]) -> tuple[str, ...]:
    """Whom each permission means: account IDs, ARNs of organizations and units, ``all``."""
    return tuple(sorted(_grantee(permission) for permission in permissions))


def _grantee(permission: Answer) -> str:
    for name in _GRANTEES:
        if name in permission:
            return string(permission, name)
    raise Misshapen(f"a permission names none of {', '.join(_GRANTEES)}")


@frozen(kw_only=True)
class EbsSnapshot(Record):
    """A snapshot of an EBS volume that the account owns (EC2 API Reference, Snapshot).

    Attributes:
        snapshot_id: ``snap-...``.
        create_volume_permissions: the account IDs that it is shared with, and ``all`` for everyone
            (DescribeSnapshotAttribute, createVolumePermission).
        volume_id: the volume that it was taken of.
        state: ``completed`` once it can be restored.
        started_at: StartTime, the time of the data.
        encrypted: whether it is encrypted.
        kms_key_id: the ARN of the key; ``None`` if it is not encrypted.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeSnapshots",
        arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
        id="SnapshotId",
        gone="InvalidSnapshot.NotFound",
    )

    snapshot_id: str
    create_volume_permissions: Field[tuple[str, ...]] = described(
        "CreateVolumePermissions",
        operation="ec2:DescribeSnapshotAttribute",
        convert=_grantees,
        required=True,
        default=(),
    )
    volume_id: str = ""
    state: Field[str] = ""
    started_at: Field[datetime | None] = described("StartTime", default=None)
    encrypted: Field[bool] = described("Encrypted", required=True, default=_NOT_RECORDED)
    kms_key_id: Field[str | None] = None
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class SnapshotBlockPublicAccess(Record):
    """Block public access for EBS snapshots in a Region (GetSnapshotBlockPublicAccessState).

    Attributes:
        state: ``block-all-sharing`` also makes snapshots private that are public already,
            ``block-new-sharing`` does not, ``unblocked``.
    """

    api = Singular(
        "ec2:GetSnapshotBlockPublicAccessState",
        arn="arn:{partition}:ec2:{region}:{account}:snapshot-block-public-access/{region}",
        name="{region}",
    )

    state: Field[str]


@frozen(kw_only=True)
class Image(Record):
    """An Amazon Machine Image (AMI) that the account owns (EC2 API Reference, Image).

    Attributes:
        image_id: ``ami-...``.
        launch_permissions: the account IDs that it is shared with, ARNs of organizations and
            organizational units, and ``all`` for everyone (DescribeImageAttribute,
            launchPermission).
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeImages",
        arn="arn:{partition}:ec2:{region}::image/{ImageId}",
        id="ImageId",
        name="Name",
        parameters={"Owners": ["self"]},
        gone=("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"),
    )

    image_id: str
    launch_permissions: Field[tuple[str, ...]] = described(
        "LaunchPermissions",
        operation="ec2:DescribeImageAttribute",
        convert=_grantees,
        required=True,
        default=(),
    )
    tags: Field[Tags] = ()
