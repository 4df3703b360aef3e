"""Snapshots and images, and whom they are shared with: no CloudFormation type makes them.

Source: Terraform AWS provider, the resources of these names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list, shown
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import Mapped, Mappings

__all__ = ["TYPES"]

TYPES = Mappings()

_SNAPSHOTS = "ec2:DescribeSnapshots"
_OF_SNAPSHOT = "ec2:DescribeSnapshotAttribute"
_IMAGES = "ec2:DescribeImages"
_OF_IMAGE = "ec2:DescribeImageAttribute"

# EBS snapshots -------------------------------------------------------------------------------


def _snapshot(resource: TypedResource) -> None:
    resource.item(
        _SNAPSHOTS,
        SnapshotId=resource.id,
        VolumeId=shown(resource.get("VolumeId")),
        State="pending",
        Tags=resource.tags(),
    )
    resource.about(_OF_SNAPSHOT, resource.id, CreateVolumePermissions=AnswerList())


for _name in ("aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import"):
    TYPES[_name] = Mapped(describe=_snapshot, describes=(_SNAPSHOTS, _OF_SNAPSHOT), order=0)


def _snapshot_permission(resource: TypedResource) -> None:
    """Of a snapshot elsewhere, the permission is enough to judge it."""
    snapshot = resource.subject("SnapshotId")
    if (_OF_SNAPSHOT, snapshot) not in resource.answers.subjects:
        resource.elsewhere(_SNAPSHOTS, SnapshotId=snapshot)
        resource.about(_OF_SNAPSHOT, snapshot, CreateVolumePermissions=AnswerList())
    permission = {"UserId": resource.get("AccountId")}
    resource.append_about(_OF_SNAPSHOT, snapshot, "CreateVolumePermissions", permission)


TYPES["aws_snapshot_create_volume_permission"] = Mapped(
    describe=_snapshot_permission,
    describes=(_SNAPSHOTS, _OF_SNAPSHOT),
    needs=("SnapshotId",),
    order=1,
)

# AMIs ----------------------------------------------------------------------------------------


def _image(resource: TypedResource) -> None:
    resource.item(
        _IMAGES,
        ImageId=resource.id,
        Name=shown(resource.get("Name")),
        ImdsSupport=resource.get("ImdsSupport"),
        Tags=resource.tags(),
    )
    resource.about(_OF_IMAGE, resource.id, LaunchPermissions=AnswerList())


for _name in ("aws_ami", "aws_ami_copy", "aws_ami_from_instance"):
    TYPES[_name] = Mapped(describe=_image, describes=(_IMAGES, _OF_IMAGE), order=0)

_GRANTEES = {
    "AccountId": "UserId",
    "Group": "Group",
    "OrganizationArn": "OrganizationArn",
    "OrganizationalUnitArn": "OrganizationalUnitArn",
}


def _launch_permission(resource: TypedResource) -> None:
    image = resource.subject("ImageId")
    if (_OF_IMAGE, image) not in resource.answers.subjects:
        resource.elsewhere(_IMAGES, ImageId=image, Name=image)
        resource.about(_OF_IMAGE, image, LaunchPermissions=AnswerList())
    permission = {
        member: resource.get(name)
        for name, member in _GRANTEES.items()
        if resource.get(name) is not None
    }
    resource.append_about(_OF_IMAGE, image, "LaunchPermissions", permission)


TYPES["aws_ami_launch_permission"] = Mapped(
    describe=_launch_permission, describes=(_IMAGES, _OF_IMAGE), needs=("ImageId",), order=1
)

# Snapshots of databases ------------------------------------------------------------------------


def _database_snapshot(kind: str, name: str) -> Callable[[TypedResource], None]:
    """Describes the snapshots of instances or clusters.

    Args:
        kind: ``DBSnapshot`` or ``DBClusterSnapshot``.
        name: the property that names the snapshot.
    """
    database = "DBInstanceIdentifier" if kind == "DBSnapshot" else "DBClusterIdentifier"
    part = "snapshot" if kind == "DBSnapshot" else "cluster-snapshot"

    def describe(resource: TypedResource) -> None:
        identifier = shown(resource.get(name, resource.name))
        place = f"{resource.partition}:rds:{resource.region}:{resource.account}"
        described = {
            f"{kind}Identifier": identifier,
            f"{kind}Arn": f"arn:{place}:{part}:{identifier}",
            database: shown(resource.get(database.replace("DB", "Db"), identifier)),
        }
        resource.item(f"rds:Describe{kind}s", SnapshotType="manual", **described)
        restoring = {"AttributeName": "restore", "AttributeValues": _recipients(resource)}
        result: dict[str, Any] = {f"{kind}AttributesResult": {f"{kind}Attributes": [restoring]}}
        resource.about(f"rds:Describe{kind}Attributes", identifier, **result)

    return describe


def _recipients(resource: TypedResource) -> Any:  # noqa: ANN401 - a list, or unknown
    accounts = resource.get("SharedAccounts")
    return accounts if isinstance(accounts, Unknown) else as_list(accounts)


for _name, _kind, _property in (
    ("aws_db_snapshot", "DBSnapshot", "DbSnapshotIdentifier"),
    ("aws_db_snapshot_copy", "DBSnapshot", "TargetDbSnapshotIdentifier"),
    ("aws_db_cluster_snapshot", "DBClusterSnapshot", "DbClusterSnapshotIdentifier"),
    ("aws_rds_cluster_snapshot_copy", "DBClusterSnapshot", "TargetDbClusterSnapshotIdentifier"),
):
    TYPES[_name] = Mapped(
        describe=_database_snapshot(_kind, _property),
        describes=(f"rds:Describe{_kind}s", f"rds:Describe{_kind}Attributes"),
    )
