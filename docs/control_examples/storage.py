"""States of the controls of storage."""

from __future__ import annotations

from cloudpack_baseline.model.s3 import (
    Logging,
    PublicAccessBlock,
    Website,
)
from cloudpack_baseline.testing.records import account_public_access_block, bucket
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "s3-exposure",
        common=(account_public_access_block(),),
        passing=(bucket("docs"),),
        failing=(
            bucket(
                "docs",
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::docs/*",
                },
            ),
        ),
    ),
    Example(
        "s3-public-access-block",
        common=(bucket("data"),),
        passing=(
            account_public_access_block(
                settings=PublicAccessBlock(
                    block_public_acls=True,
                    ignore_public_acls=True,
                    block_public_policy=True,
                    restrict_public_buckets=True,
                )
            ),
        ),
        failing=(account_public_access_block(settings=None),),
    ),
    Example(
        "s3-acl-disabled",
        passing=(bucket("orders", ownership="BucketOwnerEnforced"),),
        failing=(bucket("orders", ownership="ObjectWriter"),),
    ),
    Example(
        "s3-versioning",
        passing=(bucket("orders", versioning="Enabled"),),
        failing=(bucket("orders", versioning="Suspended"),),
    ),
    Example(
        "s3-access-logging",
        common=(bucket("logs"),),
        passing=(bucket("data", logging=Logging(target_bucket="logs")),),
        failing=(bucket("data", logging=None),),
        baseline="""\
[[buckets]]
name = "logs"
logs = true
""",
    ),
    Example(
        "s3-website",
        passing=(bucket("data", website=None),),
        failing=(bucket("data", website=Website(index_document="index.html")),),
    ),
)
