"""Amazon EBS: volumes, those of instances and of what launches them among them.

Source: AWS CloudFormation Template Reference, "AWS::EC2::Volume", "AWS::EC2::VolumeAttachment",
"AWS::EC2::Instance BlockDeviceMapping".
"""

from __future__ import annotations

import re
from functools import partial

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    is_true,
    member,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedObject,
    undetermined,
    why_of,
)

__all__ = ["TYPES", "add_root_volume", "add_volumes", "encrypts_by_default"]

TYPES = Types()

_VOLUMES = "ec2:DescribeVolumes"
_DATA_DEVICE = re.compile(r"(/dev/)?(sd|xvd)[b-z][a-z]?[0-9]*")
"""A device other than the root device, which is ``/dev/sda1`` or ``/dev/xvda`` (Amazon EC2 User
Guide, "Device names for volumes on Amazon EC2 instances")."""


@TYPES.of("AWS::EC2::Volume", _VOLUMES, prefix="vol-", attributes={"VolumeId": "{id}"})
def _volume(resource: TypedResource) -> None:
    resource.item(
        _VOLUMES,
        "KmsKeyId",
        VolumeId=resource.id,
        State="available",
        Encrypted=_is_encrypted(resource, resource.properties),
        Attachments=[],
        Tags=resource.tags(),
    )


def encrypts_by_default(resource: TypedResource) -> Resolved:
    """Whether the account encrypts every new volume and copy of a snapshot, whatever they say.

    Source: Amazon EC2 API Reference, EnableEbsEncryptionByDefault, CopySnapshot.
    """
    answer = resource.answers.subjects.get(("ec2:GetEbsEncryptionByDefault", ""))
    return False if answer is None else answer.raw("EbsEncryptionByDefault")


def _is_encrypted(resource: TypedResource, properties: Resolved) -> Resolved:
    """As the account encrypts; else as it says, or as the snapshot that it is made of."""
    by_default = encrypts_by_default(resource)
    encrypted = follow(properties, "Encrypted")
    snapshot = follow(properties, "SnapshotId")
    if is_true(by_default):
        return True
    if encrypted is None and snapshot is not None:
        return undetermined(f"Encrypted of {shown(snapshot)}")
    if encrypted is None or (isinstance(by_default, Unknown) and not is_true(encrypted)):
        return by_default
    return encrypted


@TYPES.of("AWS::EC2::Volume", _VOLUMES, order=7)
def _volume_of_snapshot(resource: TypedResource) -> None:
    """A volume of an encrypted snapshot is encrypted, whatever it says; of a plan it may be one.

    Source: Amazon EC2 API Reference, CreateVolume.
    """
    if resource.get("SnapshotId") is not None:
        resource.answers.derivations.append(partial(_as_snapshot, resource))


def _as_snapshot(resource: TypedResource) -> bool:
    """Encrypt the volume as its snapshot; returns whether that changed anything."""
    source = str(shown(resource.get("SnapshotId")))
    snapshot = resource.answers.find("ec2:DescribeSnapshots", "SnapshotId", source)
    volume = resource.answers.find(_VOLUMES, "VolumeId", resource.id)
    encrypted = None if snapshot is None else snapshot.raw("Encrypted")
    is_open = volume is not None and isinstance(volume.raw("Encrypted"), Unknown)
    if volume is None or not (encrypted is True or (is_open and encrypted is False)):
        return False
    before = volume.raw("Encrypted")
    by_default = encrypts_by_default(resource)
    resource.settle(volume, Encrypted=encrypted if encrypted is True else by_default)
    return bool(volume.raw("Encrypted") != before)


@TYPES.of("AWS::EC2::VolumeAttachment", _VOLUMES, prefix="vol-attach-", order=5)
def _volume_attachment(resource: TypedResource) -> None:
    instance = resource.object(
        InstanceId=shown(resource.get("InstanceId")), Device=shown(resource.get("Device", ""))
    )
    resource.append(_VOLUMES, "VolumeId", "Attachments", instance)


def add_root_volume(resource: TypedResource, settings: dict[str, Resolved], state: str) -> None:
    """The volume that the image alone describes: public images are not encrypted.

    Mappings of instance stores and of other devices say nothing of it; a launch template that is
    elsewhere may have any.
    """
    mappings = settings.get("BlockDeviceMappings")
    elsewhere = mappings if isinstance(mappings, Unknown) else None
    if elsewhere is not None:
        mappings = resource.get("BlockDeviceMappings")
    devices = [_device(mapping) for mapping in as_list(mappings)]
    unknown = next(
        (device for device in (elsewhere, *devices) if isinstance(device, Unknown)), None
    )
    if not any(device is True for device in devices):
        resource.item(
            _VOLUMES,
            VolumeId=f"vol-{resource.name}-root",
            State=state,
            Encrypted=_is_encrypted(resource, None) if unknown is None else unknown,
            Attachments=[{"InstanceId": resource.id}] if state == "in-use" else [],
            Tags=resource.tags(),
        )


def _device(mapping: Resolved) -> bool | Unknown:
    """Whether it is described as that of the root; why the name of the device is not known.

    A mapping that is not known is described as a gap, and so is the root with it.
    """
    if not isinstance(mapping, dict):
        return True
    if "Ebs" not in mapping:
        return False
    name = dict.get(mapping, "DeviceName", "")
    unknown = why_of(name)
    return _DATA_DEVICE.fullmatch(str(name)) is None if unknown is None else unknown


def add_volumes(resource: TypedResource, settings: dict[str, Resolved], state: str) -> None:
    """The volumes that are made with an instance, or with each that a template launches."""
    mappings = settings.get("BlockDeviceMappings")
    mappings = mappings if isinstance(mappings, list) else exact(mappings)
    if isinstance(mappings, Unknown):
        resource.answers.add_gap([_VOLUMES], mappings)
        return
    for mapping in as_list(mappings):
        if not isinstance(mapping, dict):
            why = member(mapping, "Ebs")
            resource.answers.add_gap([_VOLUMES], why)
        elif follow(mapping, "Ebs") is not None:
            ebs = follow(mapping, "Ebs")
            volume = resource.item(
                _VOLUMES,
                VolumeId=f"vol-{resource.name}-{shown(mapping.get('DeviceName'))}",
                State=state,
                Encrypted=_is_encrypted(resource, ebs),
                KmsKeyId=follow(ebs, "KmsKeyId"),
                Attachments=[
                    {"InstanceId": resource.id, "Device": shown(mapping.get("DeviceName"))}
                ]
                if state == "in-use"
                else [],
                Tags=resource.tags(),
            )
            volume.origin = resource.object_at(mapping).origin
            if isinstance(ebs, ResolvedObject) and "Encrypted" in ebs.key_marks:
                volume.marks["Encrypted"] = ebs.key_marks["Encrypted"]
