"""Amazon EFS: file systems.

Source: AWS CloudFormation Template Reference, "Amazon Elastic File System resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_resources import policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, follow

__all__ = ["TYPES"]

TYPES = Types()

_POLICY = "efs:DescribeFileSystemPolicy"
_BACKUP = "efs:DescribeBackupPolicy"


@TYPES.of(
    "AWS::EFS::FileSystem",
    "efs:DescribeFileSystems",
    _POLICY,
    _BACKUP,
    prefix="fs-",
    attributes={
        "Arn": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
        "FileSystemId": "{id}",
    },
)
def _file_system(resource: TypedResource) -> None:
    resource.item(
        "efs:DescribeFileSystems",
        "KmsKeyId",
        FileSystemId=resource.id,
        FileSystemArn=resource.attribute("Arn"),
        Name=resource.name,
        Encrypted=resource.get("Encrypted", False),
        Tags=resource.tags("FileSystemTags"),
    )
    backup, zone = resource.get("BackupPolicy"), resource.get("AvailabilityZoneName")
    if backup is not None or zone not in (None, ""):
        # One Zone file systems are backed up by default (EFS API Reference, CreateFileSystem).
        status = {"Status": "ENABLED" if backup is None else follow(backup, "Status")}
        resource.about(_BACKUP, resource.id, at="BackupPolicy", BackupPolicy=status)
    policy = resource.get("FileSystemPolicy")
    if policy is not None:
        policy = policy_of_one(policy, resource.attribute("Arn"), resource.account)
        resource.about(_POLICY, resource.id, at="FileSystemPolicy", Policy=policy)
