"""Records of Amazon EFS."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["FileSystem"]


@frozen(kw_only=True)
class FileSystem(Record):
    """A file system (Amazon EFS API Reference, FileSystemDescription).

    Attributes:
        policy: Policy, a JSON string (DescribeFileSystemPolicy); ``None``: it has none.
        tags: its tags.
    """

    api = Listed(
        "efs:DescribeFileSystems",
        arn="FileSystemArn",
        id="FileSystemId",
        name="Name",
        gone="FileSystemNotFound",
    )

    policy: Field[str | None] = described(
        "Policy", operation="efs:DescribeFileSystemPolicy", absent="PolicyNotFound", default=None
    )
    tags: Field[Tags] = ()
