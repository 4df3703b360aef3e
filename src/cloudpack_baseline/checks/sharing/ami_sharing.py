"""Whether AMIs are shared with declared accounts and organizations only."""

from __future__ import annotations

from cloudpack_baseline.checks.sharing._permissions import shared_as_declared
from cloudpack_baseline.model.ec2_images import Image

__all__ = ["ami_sharing"]

ami_sharing = shared_as_declared(
    (Image,),
    "launch_permissions",
    evidence="""Reads ``LaunchPermissions`` of each AMI of the account (DescribeImageAttribute).

Block public access for AMIs does not count: an AMI that is public already stays public.""",
)
