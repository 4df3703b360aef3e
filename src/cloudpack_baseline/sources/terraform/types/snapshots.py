"""Snapshots and images, and whom they are shared with: no CloudFormation type makes them.

Source: Terraform AWS provider, the resources of these names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    exact,
    follow,
    is_true,
    shown,
)
from cloudpack_baseline.sources.cloudformation.types.volumes import encrypts_by_default
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined
from cloudpack_baseline.sources.located import AnswerList, AnswerObject
from cloudpack_baseline.sources.terraform.mapping import Mapped, Mappings

__all__ = ["TYPES"]

TYPES = Mappings()

_SNAPSHOTS = "ec2:DescribeSnapshots"
_OF_SNAPSHOT = "ec2:DescribeSnapshotAttribute"
_IMAGES = "ec2:DescribeImages"
_OF_IMAGE = "ec2:DescribeImageAttribute"

# EBS snapshots -------------------------------------------------------------------------------


def _encryption(resource: TypedResource, operation: str, key: str, source: object) -> Resolved:
    """That of what the snapshot is taken of, unless it has one of its own."""
    encrypted = resource.get("Encrypted")
    if isinstance(encrypted, Unknown):
        return encrypted
    if resource.get("KmsKeyId") is not None or is_true(encrypted):
        return True
    item = resource.answers.find(operation, key, str(source))
    members = () if item is None else (item.raw("Encrypted"), item.raw("StorageEncrypted"))
    known = [member for member in members if member is not None]
    return known[0] if known else undetermined(f"the encryption of {shown(source)}")


def _derive(
    resource: TypedResource, item: AnswerObject, name: str, value: Callable[[], Resolved]
) -> None:
    """Set the member of an item, as often as what it depends on changes."""

    def derivation() -> bool:
        before, item[name] = item.raw(name), value()
        return bool(item.raw(name) != before)

    resource.answers.derivations.append(derivation)


def _snapshot(resource: TypedResource) -> None:
    volume = resource.get("VolumeId")
    _add_snapshot(
        resource,
        resource.id,
        partial(_encryption, resource, "ec2:DescribeVolumes", "VolumeId", volume),
    )


def _copy(resource: TypedResource) -> None:
    """A copy is encrypted if the account encrypts by default, whatever it says."""
    if is_true(encrypts_by_default(resource)):
        _add_snapshot(resource, resource.id, lambda: True)
    else:
        source = resource.get("SourceSnapshotId")
        _add_snapshot(resource, resource.id, _of_snapshot(resource, source))


def _import(resource: TypedResource) -> None:
    _add_snapshot(resource, resource.id, _of_snapshot(resource, "a disk image"))


def _of_snapshot(resource: TypedResource, source: object) -> Callable[[], Resolved]:
    return partial(_encryption, resource, _SNAPSHOTS, "SnapshotId", source)


def _add_snapshot(
    resource: TypedResource, snapshot: str, encrypted: Callable[[], Resolved]
) -> None:
    item = resource.item(
        _SNAPSHOTS,
        SnapshotId=snapshot,
        VolumeId=shown(resource.get("VolumeId")),
        State="pending",
        Tags=resource.tags(),
    )
    _derive(resource, item, "Encrypted", encrypted)
    resource.about(_OF_SNAPSHOT, snapshot, CreateVolumePermissions=AnswerList())


for _name, _describe, _order in (
    ("aws_ebs_snapshot", _snapshot, 5),
    ("aws_ebs_snapshot_copy", _copy, 6),
    ("aws_ebs_snapshot_import", _import, 5),
):
    TYPES[_name] = Mapped(describe=_describe, describes=(_SNAPSHOTS, _OF_SNAPSHOT), order=_order)


def _snapshot_permission(resource: TypedResource) -> None:
    """Of a snapshot elsewhere, the permission is enough to judge it."""
    snapshot = resource.subject("SnapshotId")
    if (_OF_SNAPSHOT, snapshot) not in resource.answers.subjects:
        unknown = undetermined(f"the encryption of {snapshot}")
        resource.elsewhere(_SNAPSHOTS, SnapshotId=snapshot, Encrypted=unknown)
        resource.about(_OF_SNAPSHOT, snapshot, CreateVolumePermissions=AnswerList())
    permission = {"UserId": resource.get("AccountId")}
    resource.append_about(_OF_SNAPSHOT, snapshot, "CreateVolumePermissions", permission)


TYPES["aws_snapshot_create_volume_permission"] = Mapped(
    describe=_snapshot_permission,
    describes=(_SNAPSHOTS, _OF_SNAPSHOT),
    needs=("SnapshotId",),
    order=7,
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


def _image_of_instance(resource: TypedResource) -> None:
    """An image of an instance has snapshots of its volumes, encrypted as these are."""
    _image(resource)
    _add_snapshot(resource, _snapshot_of(resource.id), partial(_of_volumes, resource))


def _of_volumes(resource: TypedResource) -> Resolved:
    instance = str(shown(resource.get("SourceInstanceId")))
    volumes = [
        volume.raw("Encrypted")
        for volume in resource.answers.items.get("ec2:DescribeVolumes", ())
        if any(
            str(follow(attachment, "InstanceId")) == instance
            for attachment in as_list(volume.raw("Attachments"))
        )
    ]
    bare = next((encrypted for encrypted in volumes if encrypted is False), None)
    unknown = next((exact(encrypted) for encrypted in volumes if encrypted is not True), None)
    if not volumes:
        unknown = undetermined(f"the volumes of {instance}")
    return bare if bare is not None else True if unknown is None else unknown


def _image_copy(resource: TypedResource) -> None:
    """A copy of an image has copies of its snapshots.

    They are encrypted if the copy says so, or as those of the image: CopyImage leaves them as they
    are (Amazon EC2 API Reference), and does not say that an account may encrypt them by default.
    """
    _image(resource)
    source = _snapshot_of(resource.get("SourceAmiId"))
    _add_snapshot(resource, _snapshot_of(resource.id), _of_snapshot(resource, source))


def _snapshot_of(image: object) -> str:
    return f"the snapshots of {shown(image)}"


TYPES["aws_ami"] = Mapped(describe=_image, describes=(_IMAGES, _OF_IMAGE), order=0)
for _name, _describe, _order in (
    ("aws_ami_from_instance", _image_of_instance, 6),
    ("aws_ami_copy", _image_copy, 7),
):
    TYPES[_name] = Mapped(
        describe=_describe,
        describes=(_IMAGES, _OF_IMAGE, _SNAPSHOTS, _OF_SNAPSHOT),
        order=_order,
    )

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
    describe=_launch_permission, describes=(_IMAGES, _OF_IMAGE), needs=("ImageId",), order=8
)

# Snapshots of databases ------------------------------------------------------------------------


@frozen(kw_only=True)
class _DatabaseSnapshot:
    """How the API describes the snapshots of instances, or those of clusters.

    Attributes:
        kind: the word in the names of operations and members.
        part: the word in ARNs.
        encrypted: the member that says whether a snapshot, or its source, is encrypted.
        sources: the operation that lists what snapshots are taken of.
        source: the member that names one of those.
    """

    kind: str
    part: str
    encrypted: str
    sources: str
    source: str

    @property
    def listing(self) -> str:
        """The operation that lists the snapshots."""
        return f"rds:Describe{self.kind}s"

    @property
    def attributes(self) -> str:
        """The operation that describes whom a snapshot is shared with."""
        return f"rds:Describe{self.kind}Attributes"

    def describe(self, resource: TypedResource) -> None:
        """A snapshot of a database."""
        source = resource.get(self.source.replace("DB", "Db"))
        identifier = shown(resource.get(f"Db{self.kind[2:]}Identifier", resource.name))
        encrypted = partial(_encryption, resource, self.sources, self.source, source)
        self._add(resource, identifier, encrypted, source)

    def describe_copy(self, resource: TypedResource) -> None:
        """A copy of a snapshot."""
        name = f"Db{self.kind[2:]}Identifier"
        source = resource.get(f"Source{name}")
        identifier = shown(resource.get(f"Target{name}", resource.name))
        listed_by = f"{self.kind}Identifier"
        encrypted = partial(_encryption, resource, self.listing, listed_by, source)
        self._add(resource, identifier, encrypted, source)

    def _add(
        self,
        resource: TypedResource,
        identifier: object,
        encrypted: Callable[[], Resolved],
        source: object,
    ) -> None:
        place = f"{resource.partition}:rds:{resource.region}:{resource.account}"
        described = {
            f"{self.kind}Identifier": identifier,
            f"{self.kind}Arn": f"arn:{place}:{self.part}:{identifier}",
            self.source: shown(source),
        }
        item = resource.item(self.listing, SnapshotType="manual", **described)
        _derive(resource, item, self.encrypted, encrypted)
        for of in _DATABASE_SNAPSHOTS:  # the API lists both kinds, of which a plan may have one
            resource.answers.items.setdefault(of.listing, [])
        restoring = {"AttributeName": "restore", "AttributeValues": _recipients(resource)}
        members: dict[str, Any] = {
            f"{self.kind}AttributesResult": {f"{self.kind}Attributes": [restoring]}
        }
        resource.about(self.attributes, identifier, **members)


def _recipients(resource: TypedResource) -> Resolved:
    accounts = resource.get("SharedAccounts")
    return accounts if isinstance(accounts, Unknown) else as_list(accounts)


_OF_INSTANCE = _DatabaseSnapshot(
    kind="DBSnapshot",
    part="snapshot",
    encrypted="Encrypted",
    sources="rds:DescribeDBInstances",
    source="DBInstanceIdentifier",
)
_OF_CLUSTER = _DatabaseSnapshot(
    kind="DBClusterSnapshot",
    part="cluster-snapshot",
    encrypted="StorageEncrypted",
    sources="rds:DescribeDBClusters",
    source="DBClusterIdentifier",
)

_DATABASE_SNAPSHOTS = (_OF_INSTANCE, _OF_CLUSTER)

# Copies follow the snapshots, and those follow the databases. The API of Amazon RDS describes
# the snapshots of Amazon Neptune and Amazon DocumentDB as well.
for _type, _of, _describe, _order in (
    ("aws_db_snapshot", _OF_INSTANCE, _OF_INSTANCE.describe, 6),
    ("aws_db_cluster_snapshot", _OF_CLUSTER, _OF_CLUSTER.describe, 6),
    ("aws_docdb_cluster_snapshot", _OF_CLUSTER, _OF_CLUSTER.describe, 6),
    ("aws_neptune_cluster_snapshot", _OF_CLUSTER, _OF_CLUSTER.describe, 6),
    ("aws_db_snapshot_copy", _OF_INSTANCE, _OF_INSTANCE.describe_copy, 7),
    ("aws_rds_cluster_snapshot_copy", _OF_CLUSTER, _OF_CLUSTER.describe_copy, 7),
):
    TYPES[_type] = Mapped(describe=_describe, describes=(_of.listing, _of.attributes), order=_order)
