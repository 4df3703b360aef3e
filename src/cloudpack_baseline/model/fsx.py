"""Records of Amazon FSx."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["FsxBackup", "FsxFileSystem", "FsxVolume"]

_NOT_OFFERED = "EndpointConnectionError"
_CONFIGURATIONS = ("Windows", "Lustre", "Ontap", "OpenZFS")
_RETENTION = " || ".join(
    f"{type_}Configuration.AutomaticBackupRetentionDays" for type_ in _CONFIGURATIONS
)


@frozen(kw_only=True)
class FsxFileSystem(Record):
    """A file system (Amazon FSx API Reference, FileSystem).

    Attributes:
        file_system_id: ``fs-...``.
        type: FileSystemType: ``WINDOWS``, ``LUSTRE``, ``ONTAP`` or ``OPENZFS``.
        lifecycle: such as ``AVAILABLE``, ``DELETING``.
        deployment_type: of Lustre: ``SCRATCH_2``, ``PERSISTENT_2``, ...
        automatic_backup_retention_days: for how many days automatic daily backups are kept; 0:
            there are none; ``None`` if the API does not say.
        created_at: CreationTime.
        tags: its tags.
    """

    api = Listed(
        "fsx:DescribeFileSystems", arn="ResourceARN", id="FileSystemId", absent=_NOT_OFFERED
    )

    file_system_id: str
    type: Field[str] = described("FileSystemType")
    lifecycle: Field[str] = "AVAILABLE"
    deployment_type: Field[str | None] = described(
        "LustreConfiguration.DeploymentType", default=None
    )
    automatic_backup_retention_days: Field[int | None] = described(_RETENTION, default=None)
    created_at: Field[datetime | None] = described("CreationTime", default=None)
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class FsxVolume(Record):
    """A volume of FSx for NetApp ONTAP or OpenZFS (Amazon FSx API Reference, Volume).

    Attributes:
        volume_id: ``fsvol-...``.
        type: VolumeType: ``ONTAP`` or ``OPENZFS``.
        lifecycle: such as ``CREATED``, ``DELETING``.
        is_root: whether it is the root volume of a storage virtual machine, without data.
        created_at: CreationTime.
    """

    api = Listed(
        "fsx:DescribeVolumes", arn="ResourceARN", id="VolumeId", name="Name", absent=_NOT_OFFERED
    )

    volume_id: str
    type: Field[str] = described("VolumeType")
    lifecycle: Field[str] = "CREATED"
    is_root: Field[bool] = described("OntapConfiguration.StorageVirtualMachineRoot", default=False)
    created_at: Field[datetime | None] = described("CreationTime", default=None)


@frozen(kw_only=True)
class FsxBackup(Record):
    """A backup of a file system or a volume, also by AWS Backup (Amazon FSx API Reference, Backup).

    Attributes:
        file_system: the ID of the file system.
        volume: the ID of the volume, if it is a backup of one.
        lifecycle: ``AVAILABLE`` if it can be restored.
        created_at: CreationTime.
    """

    api = Listed("fsx:DescribeBackups", arn="ResourceARN", id="BackupId", absent=_NOT_OFFERED)

    file_system: str = described("FileSystem.FileSystemId || Volume.FileSystemId", default="")
    volume: str | None = described("Volume.VolumeId", default=None)
    lifecycle: Field[str]
    created_at: Field[datetime | None] = described("CreationTime", default=None)
