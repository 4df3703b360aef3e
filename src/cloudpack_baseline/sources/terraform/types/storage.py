"""Amazon S3: a bucket and the resources that configure it.

Source: Terraform AWS provider, the resources ``aws_s3_*``.
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, is_true
from cloudpack_baseline.sources.cloudformation.values import (
    ResolvedList,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    obj,
    pascal,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_BUCKET = "aws_s3_bucket"
_BLOCK = (
    "block_public_acls",
    "ignore_public_acls",
    "block_public_policy",
    "restrict_public_buckets",
)


def _canned(value: Any) -> Any:  # noqa: ANN401 - a name
    """``public-read`` as ``PublicRead``."""
    return pascal(str(value).replace("-", "_"))


def _versioning(value: Any) -> Any:  # noqa: ANN401 - a block
    """The block of the bucket itself: ``enabled``; suspended where it is false."""
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    enabled = block.get("enabled", False)
    if why_of(enabled) is not None:
        return obj(Status=why_of(enabled))
    return obj(Status="Enabled" if is_true(enabled) else "Suspended")


def _encryption(value: Any) -> Any:  # noqa: ANN401 - a block
    block = single(value)
    rules = block.get("rule") if isinstance(block, ResolvedObject) else block
    return _encryption_rules(rules)


def _encryption_rules(rules: Any) -> Any:  # noqa: ANN401 - blocks
    if not isinstance(rules, list):
        return None
    made = []
    for rule in rules:
        default = single(rule.get("apply_server_side_encryption_by_default"))
        if isinstance(default, ResolvedObject):
            default = obj(
                SSEAlgorithm=default.get("sse_algorithm"),
                KMSMasterKeyID=default.get("kms_master_key_id"),
            )
        made.append(
            obj(
                ServerSideEncryptionByDefault=default,
                BucketKeyEnabled=rule.get("bucket_key_enabled"),
            )
        )
    return obj(ServerSideEncryptionConfiguration=ResolvedList(made, NOWHERE))


def _logging(value: Any) -> Any:  # noqa: ANN401 - a block
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        DestinationBucketName=block.get("target_bucket"), LogFilePrefix=block.get("target_prefix")
    )


def _website(value: Any) -> Any:  # noqa: ANN401 - a block
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    index = single(block.get("index_document"))
    if isinstance(index, ResolvedObject):
        index = index.get("suffix")
    redirect = single(block.get("redirect_all_requests_to"))
    if isinstance(redirect, ResolvedObject):
        redirect = obj(HostName=redirect.get("host_name"), Protocol=redirect.get("protocol"))
    return obj(IndexDocument=index, RedirectAllRequestsTo=redirect)


TYPES.plain(
    _BUCKET,
    "AWS::S3::Bucket",
    {
        "bucket": "BucketName",
        "acl": "AccessControl",
        "versioning": "VersioningConfiguration",
        "server_side_encryption_configuration": "BucketEncryption",
        "logging": "LoggingConfiguration",
        "website": "WebsiteConfiguration",
        "object_lock_enabled": "ObjectLockEnabled",
        "policy": "",
        "grant": "",
        "lifecycle_rule": "",
        "replication_configuration": "",
        "object_lock_configuration": "",
        "cors_rule": "",
    },
    acl=_canned,
    versioning=_versioning,
    server_side_encryption_configuration=_encryption,
    logging=_logging,
    website=_website,
)


@TYPES.part("aws_s3_bucket_public_access_block", _BUCKET, "bucket")
def _public_access_block(values: ResolvedObject) -> Properties:
    settings = {pascal(name): values.get(name, False) for name in _BLOCK}
    return {"PublicAccessBlockConfiguration": ResolvedObject(settings, NOWHERE)}


@TYPES.part("aws_s3_bucket_versioning", _BUCKET, "bucket")
def _bucket_versioning(values: ResolvedObject) -> Properties:
    block = single(values.get("versioning_configuration"))
    status = block.get("status") if isinstance(block, ResolvedObject) else block
    return {"VersioningConfiguration": obj(Status=None if status == "Disabled" else status)}


@TYPES.part("aws_s3_bucket_server_side_encryption_configuration", _BUCKET, "bucket")
def _bucket_encryption(values: ResolvedObject) -> Properties:
    return {"BucketEncryption": _encryption_rules(values.get("rule"))}


@TYPES.part("aws_s3_bucket_ownership_controls", _BUCKET, "bucket")
def _ownership(values: ResolvedObject) -> Properties:
    rule = single(values.get("rule"))
    ownership = rule.get("object_ownership") if isinstance(rule, ResolvedObject) else rule
    rules = ResolvedList([obj(ObjectOwnership=ownership)], NOWHERE)
    return {"OwnershipControls": obj(Rules=rules)}


@TYPES.part("aws_s3_bucket_acl", _BUCKET, "bucket")
def _acl(values: ResolvedObject) -> Properties:
    acl = values.get("acl")
    return {} if acl is None else {"AccessControl": acl if why_of(acl) else _canned(acl)}


@TYPES.part("aws_s3_bucket_logging", _BUCKET, "bucket")
def _bucket_logging(values: ResolvedObject) -> Properties:
    return {"LoggingConfiguration": _logging(values)}


@TYPES.part("aws_s3_bucket_website_configuration", _BUCKET, "bucket")
def _bucket_website(values: ResolvedObject) -> Properties:
    return {"WebsiteConfiguration": _website(values)}


TYPES.plain("aws_s3_bucket_policy", "AWS::S3::BucketPolicy", {"policy": "PolicyDocument"})


def _account_block(resource: TypedResource) -> None:
    """Block Public Access of the account, which no CloudFormation type sets."""
    settings = {name: resource.get(name, False) for name in map(pascal, _BLOCK)}
    resource.about(
        "s3control:GetPublicAccessBlock",
        resource.account,
        PublicAccessBlockConfiguration=settings,
    )


TYPES["aws_s3_account_public_access_block"] = Mapped(describe=_account_block)
