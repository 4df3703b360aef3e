"""Amazon S3: buckets with all their settings, bucket policies and access points.

Source: AWS CloudFormation Template Reference, "Amazon S3 resource types".
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list
from cloudpack_baseline.sources.cloudformation.values import why_of

__all__ = ["TYPES"]

TYPES = Types()

_LIST = "s3:ListBuckets"
_OWNER = {"ID": "the owner of the bucket", "Type": "CanonicalUser"}
_FULL = {"Grantee": _OWNER, "Permission": "FULL_CONTROL"}
_ALL_USERS = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
_AUTHENTICATED = {
    "Type": "Group",
    "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}
_LOG_DELIVERY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
_CANNED = {
    "Private": (),
    "PublicRead": ((_ALL_USERS, "READ"),),
    "PublicReadWrite": ((_ALL_USERS, "READ"), (_ALL_USERS, "WRITE")),
    "AuthenticatedRead": ((_AUTHENTICATED, "READ"),),
    "LogDeliveryWrite": ((_LOG_DELIVERY, "WRITE"), (_LOG_DELIVERY, "READ_ACP")),
    "BucketOwnerRead": (),
    "BucketOwnerFullControl": (),
    "AwsExecRead": (),
}
"""Amazon S3 User Guide, "Canned ACL"."""


@TYPES.of(
    "AWS::S3::Bucket",
    _LIST,
    "s3:GetPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketAcl",
    "s3:GetBucketVersioning",
    "s3:GetBucketEncryption",
    "s3:GetBucketWebsite",
    "s3:GetBucketLogging",
    "s3:GetBucketReplication",
    ref="BucketName",
    attributes={
        "Arn": "arn:{partition}:s3:::{id}",
        "DomainName": "{id}.s3.amazonaws.com",
        "RegionalDomainName": "{id}.s3.{region}.amazonaws.com",
        "WebsiteURL": "http://{id}.s3-website-{region}.amazonaws.com",
        "DualStackDomainName": "{id}.s3.dualstack.{region}.amazonaws.com",
    },
)
def _bucket(resource: TypedResource) -> None:
    """New buckets have Block Public Access on and ACLs off (April 2023)."""
    resource.item(_LIST, Name=resource.id, BucketRegion=resource.region)
    block = resource.get("PublicAccessBlockConfiguration")
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    settings = (
        dict.fromkeys(names, True)
        if block is None
        else block
        if isinstance(block, Unknown)
        else {name: block.get(name, False) for name in names}
    )
    resource.about("s3:GetPublicAccessBlock", resource.id, PublicAccessBlockConfiguration=settings)
    ownership = resource.get("OwnershipControls")
    rules = [{"ObjectOwnership": "BucketOwnerEnforced"}] if ownership is None else _rules(ownership)
    resource.about("s3:GetBucketOwnershipControls", resource.id, OwnershipControls={"Rules": rules})
    resource.about(
        "s3:GetBucketAcl", resource.id, Owner=_OWNER, Grants=_grants(resource.get("AccessControl"))
    )
    versioning = resource.get("VersioningConfiguration")
    if versioning is not None:
        resource.about("s3:GetBucketVersioning", resource.id, Status=_member(versioning, "Status"))
    else:
        resource.about("s3:GetBucketVersioning", resource.id)
    _optional_settings(resource)


def _optional_settings(resource: TypedResource) -> None:
    """What is not configured has no answer: `transport` gives the error that AWS gives."""
    encryption = resource.get("BucketEncryption")
    if encryption is not None:
        rules = _member(encryption, "ServerSideEncryptionConfiguration")
        rules = [
            {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            if isinstance(rule, dict) and "ServerSideEncryptionByDefault" in rule
            else rule
            for rule in as_list(rules)
        ]
        resource.about(
            "s3:GetBucketEncryption",
            resource.id,
            ServerSideEncryptionConfiguration={"Rules": rules},
        )
    else:
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        resource.about(
            "s3:GetBucketEncryption",
            resource.id,
            ServerSideEncryptionConfiguration={"Rules": [default]},
        )
    website = resource.get("WebsiteConfiguration")
    if website is not None:
        index = _member(website, "IndexDocument")
        resource.about(
            "s3:GetBucketWebsite",
            resource.id,
            IndexDocument=None if index is None else {"Suffix": index},
            RedirectAllRequestsTo=_member(website, "RedirectAllRequestsTo"),
        )
    logging = resource.get("LoggingConfiguration")
    target = None if logging is None else _member(logging, "DestinationBucketName")
    enabled = (
        None
        if logging is None
        else {
            "TargetBucket": target or resource.id,
            "TargetPrefix": _member(logging, "LogFilePrefix") or "",
        }
    )
    resource.about("s3:GetBucketLogging", resource.id, LoggingEnabled=enabled)
    replication = resource.get("ReplicationConfiguration")
    if replication is not None:
        rules = [
            rule if not isinstance(rule, dict) else {**rule, "ID": rule.get("Id", "")}
            for rule in as_list(_member(replication, "Rules"))
        ]
        resource.about(
            "s3:GetBucketReplication", resource.id, ReplicationConfiguration={"Rules": rules}
        )


def _member(value: Any, name: str) -> Any:  # noqa: ANN401 - any value
    return value.get(name) if isinstance(value, dict) else value


def _rules(value: Any) -> Any:  # noqa: ANN401 - any value
    return _member(value, "Rules")


def _grants(canned: Any) -> Any:  # noqa: ANN401 - a name, or unknown
    unknown = why_of(canned)
    if unknown is not None:
        return unknown
    grants = _CANNED.get(str(canned or "Private"), ())
    return [_FULL, *({"Grantee": grantee, "Permission": name} for grantee, name in grants)]


@TYPES.of("AWS::S3::BucketPolicy", "s3:GetBucketPolicy", prefix="policy-", order=1)
def _bucket_policy(resource: TypedResource) -> None:
    document = policy_text(resource.get("PolicyDocument"))
    resource.about("s3:GetBucketPolicy", resource.get("Bucket"), Policy=document)
