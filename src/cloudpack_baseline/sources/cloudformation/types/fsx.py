"""Amazon FSx: file systems, and volumes of NetApp ONTAP and OpenZFS.

Source: AWS CloudFormation Template Reference, "Amazon FSx resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, follow, shown

__all__ = ["TYPES"]

TYPES = Types()

_SYSTEMS = "fsx:DescribeFileSystems"
_VOLUMES = "fsx:DescribeVolumes"
_ARN = "arn:{partition}:fsx:{region}:{account}:"


@TYPES.of(
    "AWS::FSx::FileSystem",
    _SYSTEMS,
    prefix="fs-",
    attributes={"ResourceARN": f"{_ARN}file-system/{{id}}"},
)
def _file_system(resource: TypedResource) -> None:
    resource.item(
        _SYSTEMS,
        "FileSystemType",
        FileSystemId=resource.id,
        ResourceARN=resource.attribute("ResourceARN"),
        Lifecycle="AVAILABLE",
        LustreConfiguration=_deployment(resource),
        Tags=resource.tags(),
    )


def _deployment(resource: TypedResource) -> object:
    """The type of deployment of a file system for Lustre, which is scratch by default."""
    if str(resource.get("FileSystemType")) != "LUSTRE":
        return None
    given = follow(resource.get("LustreConfiguration"), "DeploymentType")
    return {"DeploymentType": "SCRATCH_1" if given is None else given}


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
