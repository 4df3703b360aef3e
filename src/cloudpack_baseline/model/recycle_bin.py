"""Records of the Recycle Bin: what can still be restored after it was deleted."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record

__all__ = ["RecycledImage", "RecycledSnapshot"]


@frozen(kw_only=True)
class RecycledSnapshot(Record):
    """A snapshot in the Recycle Bin (EC2 API Reference, SnapshotRecycleBinInfo).

    Attributes:
        snapshot_id: ``snap-...``.
    """

    api = Listed(
        "ec2:ListSnapshotsInRecycleBin",
        arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
        id="SnapshotId",
    )

    snapshot_id: str


@frozen(kw_only=True)
class RecycledImage(Record):
    """An AMI in the Recycle Bin (EC2 API Reference, ImageRecycleBinInfo).

    Attributes:
        image_id: ``ami-...``.
    """

    api = Listed(
        "ec2:ListImagesInRecycleBin",
        arn="arn:{partition}:ec2:{region}::image/{ImageId}",
        id="ImageId",
    )

    image_id: str
