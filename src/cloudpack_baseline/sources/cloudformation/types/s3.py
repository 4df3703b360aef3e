"""Amazon S3: buckets with all their settings, bucket policies and access points.

Source: AWS CloudFormation Template Reference, "Amazon S3 resource types".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.policies import partly_known_policy, policy_text
from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    is_true,
    listed,
    member,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    as_text,
    is_exact,
    why_of,
    with_members,
)
from cloudpack_baseline.sources.located import AnswerObject, LocatedDocument

__all__ = ["OWNER_ID", "TYPES", "public_access_block"]

TYPES = Types()

_LIST = "s3:ListBuckets"
_POLICY = "s3:GetBucketPolicy"
_POLICY_STATUS = "s3:GetBucketPolicyStatus"
"""Whether S3 takes the policy of a bucket for public."""
_BLOCK_SETTINGS = (
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
)
OWNER_ID = "the owner of the bucket"
"""The canonical user of the account, whose ID no template has."""
_OWNER = {"ID": OWNER_ID, "Type": "CanonicalUser"}
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

_WITHOUT_ACLS = frozenset(("Private", "BucketOwnerRead", "BucketOwnerFullControl"))
_LIMITING_KEYS = ("aws:source", "aws:principal", "aws:userid", "s3:dataaccesspoint")
_PUBLIC_ACLS = frozenset(("PublicRead", "PublicReadWrite", "AuthenticatedRead"))


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
    "s3:GetObjectLockConfiguration",
    "s3:GetBucketLifecycleConfiguration",
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
    """A new bucket blocks public access and has no ACLs (since April 2023).

    S3 rejects a canned ACL, or a policy that is public on its face, on such a bucket. A template
    with one and without the settings that allow it describes a bucket of before.
    """
    resource.item(_LIST, Name=resource.id, BucketRegion=resource.region)
    canned = _canned_acl(resource)
    public_access_block(resource, resource.id, canned)
    ownership = resource.get("OwnershipControls")
    if ownership is not None:
        resource.about(
            "s3:GetBucketOwnershipControls",
            resource.id,
            at="OwnershipControls",
            OwnershipControls={"Rules": listed(member(ownership, "Rules"))},
        )
    elif why_of(canned) is not None or canned in _WITHOUT_ACLS:
        unknown = why_of(canned)
        rules = [{"ObjectOwnership": "BucketOwnerEnforced" if unknown is None else unknown}]
        resource.about(
            "s3:GetBucketOwnershipControls", resource.id, OwnershipControls={"Rules": rules}
        )
    resource.about(
        "s3:GetBucketAcl", resource.id, at="AccessControl", Owner=_OWNER, Grants=_grants(canned)
    )
    _versioning(resource)
    _encryption(resource)
    _website(resource)
    _logging(resource)
    _replication(resource)
    _lifecycle(resource)


def public_access_block(resource: TypedResource, bucket: str, canned: Resolved = "Private") -> None:
    """The settings of the bucket, or of one whose policy the resource is."""
    block = resource.get("PublicAccessBlockConfiguration")
    if block is None:
        status = resource.answers.subjects.get((_POLICY_STATUS, bucket))
        if canned in _PUBLIC_ACLS or (status is not None and status.raw("IsPublic")):
            return
        block = why_of(canned)
    settings = _block_settings(block)
    resource.about("s3:GetPublicAccessBlock", bucket, PublicAccessBlockConfiguration=settings)


def _block_settings(block: Resolved) -> Resolved:
    """The four settings; one that is not given is off, all of them absent are on."""
    if block is None:
        return dict.fromkeys(_BLOCK_SETTINGS, True)
    if not isinstance(block, Mapping):
        return block
    return {name: block.get(name, False) for name in _BLOCK_SETTINGS}


def _is_public(document: Resolved) -> bool:
    """Whether a statement allows everybody, and no condition limits it to a network or account.

    Principals that are not known are not everybody on the face of the policy.
    """
    if isinstance(document, str) and (unknown := why_of(document)) is not None:
        document = partly_known_policy(document, unknown)
    if isinstance(document, Unknown):
        return False
    if isinstance(document, Mapping):
        statements = as_list(document.get("Statement"))
        document = {**document, "Statement": list(filter(_has_known_principals, statements))}
    try:
        statements = json.loads(str(policy_text(document))).get("Statement")
    except (AttributeError, RecursionError, ValueError):
        return False
    return any(
        statement.get("Effect") == "Allow" and _is_for_all(statement) and not _is_limited(statement)
        for statement in as_list(statements)
        if isinstance(statement, dict)
    )


def _has_known_principals(statement: Resolved) -> bool:
    if not isinstance(statement, Mapping):
        return why_of(statement) is None
    return is_exact(statement.get("Principal")) and is_exact(statement.get("NotPrincipal"))


def _is_for_all(statement: Mapping[str, Any]) -> bool:
    """Whether its principals are everybody, or everybody but some."""
    principal = statement.get("Principal")
    names = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return "*" in as_list(names) or "NotPrincipal" in statement


def _is_limited(statement: Mapping[str, Any]) -> bool:
    """Whether a condition is about who calls, or from where.

    Source: Amazon S3 User Guide, "The meaning of public".
    """
    conditions = statement.get("Condition")
    tests = conditions.values() if isinstance(conditions, Mapping) else ()
    keys = (key.lower() for test in tests if isinstance(test, Mapping) for key in test)
    return any(key.startswith(_LIMITING_KEYS) for key in keys)


def _canned_acl(resource: TypedResource) -> Resolved:
    canned = resource.get("AccessControl", "Private")
    if isinstance(canned, str | Unknown):
        return canned
    return Unknown.because(Why.MALFORMED, detail="AccessControl: is not a string")


def _grants(canned: Resolved) -> Resolved:
    unknown = why_of(canned)
    if unknown is not None:
        return unknown
    grants = _CANNED.get(str(canned))
    if grants is None:
        return Unknown.because(Why.MALFORMED, detail=f"no such AccessControl: {canned}")
    return [_FULL, *({"Grantee": grantee, "Permission": name} for grantee, name in grants)]


def _versioning(resource: TypedResource) -> None:
    versioning = resource.get("VersioningConfiguration")
    # Object Lock turns versioning on, and keeps it on.
    locked = is_true(resource.get("ObjectLockEnabled"))
    status = "Enabled" if locked else None
    if versioning is not None:
        status = member(versioning, "Status")
    resource.about(
        "s3:GetBucketVersioning", resource.id, at="VersioningConfiguration", Status=status
    )
    lock = resource.get("ObjectLockConfiguration")
    if lock is not None or locked:
        resource.about(
            "s3:GetObjectLockConfiguration",
            resource.id,
            at="ObjectLockConfiguration",
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"} if lock is None else lock,
        )


_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
"""S3 API Reference, ServerSideEncryptionByDefault; the deployment of any other one fails."""


def _default_encryption(default: Resolved) -> Resolved:
    algorithm = member(default, "SSEAlgorithm")
    if algorithm is None or algorithm in _ALGORITHMS or why_of(algorithm) is not None:
        return default
    detail = f"SSEAlgorithm={as_text(algorithm)}"
    return Unknown.because(Why.MALFORMED, detail=detail)


def _encryption(resource: TypedResource) -> None:
    """S3 encrypts new objects with its own keys where no default is configured."""
    encryption = resource.get("BucketEncryption")
    rules: Any = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    if encryption is not None:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": _default_encryption(
                    rule["ServerSideEncryptionByDefault"]
                ),
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            if isinstance(rule, dict) and "ServerSideEncryptionByDefault" in rule
            else rule
            for rule in as_list(member(encryption, "ServerSideEncryptionConfiguration"))
        ]
    resource.about(
        "s3:GetBucketEncryption",
        resource.id,
        at="BucketEncryption",
        ServerSideEncryptionConfiguration={"Rules": rules},
    )


def _website(resource: TypedResource) -> None:
    website = resource.get("WebsiteConfiguration")
    if website is not None:
        index = member(website, "IndexDocument")
        resource.about(
            "s3:GetBucketWebsite",
            resource.id,
            at="WebsiteConfiguration",
            IndexDocument=None if index is None else {"Suffix": index},
            RedirectAllRequestsTo=member(website, "RedirectAllRequestsTo"),
        )


def _logging(resource: TypedResource) -> None:
    """Without a destination, a bucket stores the logs about itself."""
    logging = resource.get("LoggingConfiguration")
    enabled = None
    if logging is not None:
        enabled = {
            "TargetBucket": member(logging, "DestinationBucketName", resource.id),
            "TargetPrefix": member(logging, "LogFilePrefix", ""),
            "TargetObjectKeyFormat": member(logging, "TargetObjectKeyFormat"),
        }
        enabled = {name: value for name, value in enabled.items() if value is not None}
    resource.about(
        "s3:GetBucketLogging", resource.id, at="LoggingConfiguration", LoggingEnabled=enabled
    )


def _replication(resource: TypedResource) -> None:
    replication = resource.get("ReplicationConfiguration")
    if replication is not None:
        rules = [
            {**rule, "ID": rule.get("Id", "")} if isinstance(rule, dict) else rule
            for rule in as_list(member(replication, "Rules"))
        ]
        resource.about(
            "s3:GetBucketReplication",
            resource.id,
            at="ReplicationConfiguration",
            ReplicationConfiguration={"Role": member(replication, "Role"), "Rules": rules},
        )


def _lifecycle(resource: TypedResource) -> None:
    lifecycle = resource.get("LifecycleConfiguration")
    if lifecycle is not None:
        rules = [
            _lifecycle_rule(rule) if isinstance(rule, dict) else rule
            for rule in as_list(member(lifecycle, "Rules"))
        ]
        resource.about(
            "s3:GetBucketLifecycleConfiguration",
            resource.id,
            at="LifecycleConfiguration",
            Rules=rules,
        )


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as the API describes it, which groups what CloudFormation has side by side."""
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    noncurrent = rule.get("NoncurrentVersionExpiration")
    days = rule.get("NoncurrentVersionExpirationInDays")
    if noncurrent is None and days is not None:
        noncurrent = {"NoncurrentDays": days}
    transitions = [*as_list(rule.get("Transition")), *as_list(rule.get("Transitions"))]
    tags = as_list(rule.get("TagFilters"))
    described = {
        "ID": rule.get("Id"),
        "Status": rule.get("Status"),
        "Prefix": rule.get("Prefix", ""),
        "Filter": {"And": {"Prefix": rule.get("Prefix", ""), "Tags": tags}}
        if tags
        else {"Prefix": rule.get("Prefix", "")},
        "Expiration": {name: value for name, value in expiration.items() if value is not None}
        or None,
        "NoncurrentVersionExpiration": noncurrent,
        "Transitions": [
            {
                "Days": transition.get("TransitionInDays"),
                "StorageClass": transition.get("StorageClass"),
            }
            if isinstance(transition, dict)
            else transition
            for transition in transitions
        ]
        or None,
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return {name: value for name, value in described.items() if value is not None}


@TYPES.of("AWS::S3::BucketPolicy", _POLICY, prefix="policy-", order=-1)
def _bucket_policy(resource: TypedResource) -> None:
    """A bucket has one policy: which of several stays depends on the order of deployment."""
    for bucket in resource.subjects("Bucket"):
        policy = resource.get("PolicyDocument")
        name = resource.answers.shared_names.get(bucket)
        document = policy_text(
            policy if name is None else _renamed(policy, name, bucket), bucket=bucket
        )
        add_policy(resource, _POLICY, bucket, at="PolicyDocument", Policy=document)
        is_public = _is_public(resource.get("PolicyDocument"))
        resource.about(_POLICY_STATUS, bucket, join=_one_is_public, IsPublic=is_public)


def _renamed(value: Resolved, name: str, bucket: str) -> Resolved:
    """The policy of a bucket whose name another one has already, which is known by its ID."""
    if isinstance(value, Mapping):
        return with_members(value, **{key: _renamed(value[key], name, bucket) for key in value})
    if isinstance(value, list):
        return [_renamed(entry, name, bucket) for entry in as_list(value)]
    if not isinstance(value, str):
        return value
    text = re.sub(rf"(:s3:::){re.escape(name)}(?=[/\"]|$)", rf"\1{bucket}", value)
    if isinstance(value, LocatedDocument):
        return LocatedDocument(text, value.places)
    return DocumentText(text, why_of(value))


def _one_is_public(known: AnswerObject, later: AnswerObject) -> AnswerObject:
    """Whether one of the policies of a bucket is public: any of them may be the one that stays."""
    return known if known.raw("IsPublic") else later


# Access points ---------------------------------------------------------------------------


@TYPES.of(
    "AWS::S3::AccessPoint",
    "s3control:ListAccessPoints",
    "s3control:GetAccessPoint",
    "s3control:GetAccessPointPolicy",
    ref="Name",
    attributes={
        "Arn": "arn:{partition}:s3:{region}:{account}:accesspoint/{id}",
        "Alias": "{id}-s3alias",
    },
)
def _access_point(resource: TypedResource) -> None:
    """The settings that block public access are on by default, and fixed at creation."""
    vpc = resource.get("VpcConfiguration")
    resource.item(
        "s3control:ListAccessPoints",
        "VpcConfiguration",
        Name=resource.id,
        Bucket=resource.get("Bucket", resource.unnamed),
        NetworkOrigin="Internet" if vpc is None else "VPC",
        AccessPointArn=resource.attribute("Arn"),
        Alias=resource.attribute("Alias"),
    )
    block = _block_settings(resource.get("PublicAccessBlockConfiguration"))
    resource.about("s3control:GetAccessPoint", resource.id, PublicAccessBlockConfiguration=block)
    policy = resource.get("Policy")
    if policy is not None:
        resource.about(
            "s3control:GetAccessPointPolicy",
            resource.id,
            Policy=policy_here(
                policy, resource.account, resource.region, name=f"accesspoint/{resource.id}"
            ),
        )


@TYPES.of(
    "AWS::S3::MultiRegionAccessPoint",
    "s3control:ListMultiRegionAccessPoints",
    ref="Name",
    attributes={"Alias": "{logical}.mrap"},
)
def _multi_region_access_point(resource: TypedResource) -> None:
    resource.item(
        "s3control:ListMultiRegionAccessPoints",
        "Regions",
        Name=resource.id,
        Alias=resource.attribute("Alias"),
        PublicAccessBlock=_block_settings(resource.get("PublicAccessBlockConfiguration")),
    )


@TYPES.of(
    "AWS::S3::MultiRegionAccessPointPolicy",
    "s3control:GetMultiRegionAccessPointPolicy",
    prefix="policy-",
)
def _multi_region_access_point_policy(resource: TypedResource) -> None:
    policy = policy_here(resource.get("Policy"), resource.account, resource.region)
    (point,) = resource.subjects("MrapName")
    add_policy(
        resource,
        "s3control:GetMultiRegionAccessPointPolicy",
        point,
        at="Policy",
        Policy={"Established": {"Policy": policy}},
    )
