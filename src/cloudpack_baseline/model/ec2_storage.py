"""Records of Amazon EBS."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["Volume"]


@frozen(kw_only=True)
class Volume(Record):
    """A volume (EC2 API Reference, Volume).

    Attributes:
        volume_id: ``vol-...``.
        state: such as ``in-use``, ``available``, ``deleting``.
        encrypted: whether it is encrypted.
        kms_key_id: the ARN of the key; ``None`` if it is not encrypted.
        created_at: CreateTime.
        instances: IDs of the instances that it is attached to, sorted.
        devices: the devices as which it is attached, such as ``/dev/xvda``, sorted.
        tags: Tags.
    """

    api = Listed(
        "ec2:DescribeVolumes",
        arn="arn:{partition}:ec2:{region}:{account}:volume/{VolumeId}",
        id="VolumeId",
    )

    volume_id: str
    state: Field[str] = ""
    encrypted: Field[bool] = described("Encrypted", required=True, default=False)
    kms_key_id: Field[str | None] = None
    created_at: Field[datetime | None] = described("CreateTime", default=None)
    instances: Field[tuple[str, ...]] = described(
        "Attachments[].InstanceId", unordered=True, default=()
    )
    devices: Field[tuple[str, ...]] = described("Attachments[].Device", unordered=True, default=())
    tags: Field[Tags] = ()
