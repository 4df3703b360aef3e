"""IAM: roles, users, groups and policies.

Source: Terraform AWS provider, the resources ``aws_iam_*``.
"""

from __future__ import annotations

from cloudpack_baseline.sources.terraform.mapping import Mappings

__all__ = ["TYPES"]

TYPES = Mappings()

TYPES.plain(
    "aws_iam_role",
    "AWS::IAM::Role",
    {
        "name": "RoleName",
        "assume_role_policy": "AssumeRolePolicyDocument",
        "inline_policy": "Policies",
    },
)
TYPES.plain("aws_iam_user", "AWS::IAM::User", {"name": "UserName"})
TYPES.plain("aws_iam_group", "AWS::IAM::Group", {"name": "GroupName"})
