"""Amazon FSx: file systems, and volumes of NetApp ONTAP and OpenZFS.

Source: AWS CloudFormation Template Reference, "Amazon FSx resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, member, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()

_SYSTEMS = "fsx:DescribeFileSystems"
_VOLUMES = "fsx:DescribeVolumes"
_ARN = "arn:{partition}:fsx:{region}:{account}:"
_RETENTION = "AutomaticBackupRetentionDays"
_DEFAULTS: dict[str, dict[str, Resolved]] = {
    "WindowsConfiguration": {_RETENTION: 30},
    "LustreConfiguration": {_RETENTION: 0, "DeploymentType": "SCRATCH_1"},
    "OntapConfiguration": {_RETENTION: 30},
    "OpenZFSConfiguration": {_RETENTION: 30},
}
"""The defaults of the settings that are read, by their property (FSx API Reference,
CreateFileSystem)."""


@TYPES.of(
    "AWS::FSx::FileSystem",
    _SYSTEMS,
    prefix="fs-",
    attributes={"ResourceARN": f"{_ARN}file-system/{{id}}"},
)
def _file_system(resource: TypedResource) -> None:
    kind = str(resource.get("FileSystemType"))
    resource.item(
        _SYSTEMS,
        "FileSystemType",
        FileSystemId=resource.id,
        ResourceARN=resource.attribute("ResourceARN"),
        Lifecycle="AVAILABLE",
        Tags=resource.tags(),
        **{name: _settings(resource, name) for name in _DEFAULTS if name.upper().startswith(kind)},
    )


def _settings(resource: TypedResource, name: str) -> Resolved:
    configuration = resource.get(name)
    settings = {
        setting: default if (value := member(configuration, setting)) is None else value
        for setting, default in _DEFAULTS[name].items()
    }
    return resource.object_at(configuration, **settings)


@TYPES.of(
    "AWS::FSx::Volume",
    _VOLUMES,
    prefix="fsvol-",
    attributes={"ResourceARN": f"{_ARN}volume/{{id}}", "VolumeId": "{id}"},
)
def _volume(resource: TypedResource) -> None:
    resource.item(
        _VOLUMES,
        VolumeId=resource.id,
        ResourceARN=resource.attribute("ResourceARN"),
        Name=shown(resource.get("Name", resource.name)),
        VolumeType=resource.get("VolumeType", "ONTAP"),
        Lifecycle="CREATED",
    )
