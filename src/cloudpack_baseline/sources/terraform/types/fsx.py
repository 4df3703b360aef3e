"""Amazon FSx: file systems, and volumes of NetApp ONTAP and OpenZFS.

Source: Terraform AWS provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cloudpack_baseline.sources.cloudformation.values import ResolvedObject
from cloudpack_baseline.sources.terraform.mapping import (
    Mapped,
    Mappings,
    Properties,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_TAGS = Mapped()


_CONFIGURATIONS = {
    "WINDOWS": "WindowsConfiguration",
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
}


def _file_system(kind: str, values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::FSx::FileSystem",
        {
            "FileSystemType": kind,
            _CONFIGURATIONS[kind]: obj(
                DeploymentType=values.get("deployment_type"),
                AutomaticBackupRetentionDays=values.get("automatic_backup_retention_days"),
            ),
            "Tags": properties_of(_TAGS, values).get("Tags"),
        },
    )


for _kind in _CONFIGURATIONS:
    TYPES.made(f"aws_fsx_{_kind.lower()}_file_system", "AWS::FSx::FileSystem")(
        partial(_file_system, _kind)
    )


def _volume(kind: str, values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield "AWS::FSx::Volume", {"VolumeType": kind, "Name": values.get("name")}


for _kind in ("ontap", "openzfs"):
    TYPES.made(f"aws_fsx_{_kind}_volume", "AWS::FSx::Volume")(partial(_volume, _kind.upper()))
