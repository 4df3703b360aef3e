"""Amazon EFS: file systems.

Source: AWS CloudFormation Template Reference, "Amazon Elastic File System resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_POLICY = "efs:DescribeFileSystemPolicy"


@TYPES.of(
    "AWS::EFS::FileSystem",
    "efs:DescribeFileSystems",
    _POLICY,
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
    policy = resource.get("FileSystemPolicy")
    if policy is not None:
        resource.about(_POLICY, resource.id, at="FileSystemPolicy", Policy=policy_text(policy))
