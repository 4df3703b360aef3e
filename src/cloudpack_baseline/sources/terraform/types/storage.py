"""Amazon S3: a bucket and the resources that configure it.

Source: Terraform AWS provider, the resources ``aws_s3_*``. A setting may be an argument of the
bucket (before version 4 of the provider), or a resource of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    either,
    follow,
    member,
    shown,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.types.s3 import OWNER_ID
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    undetermined,
    why_of,
)
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Addition,
    Mapped,
    Mappings,
    Properties,
    block_of,
    obj,
    pascal,
    properties_of,
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


def _canned(value: Resolved) -> Resolved:
    """``public-read`` as ``PublicRead``."""
    return pascal(str(value).replace("-", "_"))


def _acl_properties(acl: Resolved) -> Properties:
    if acl is None:
        return {}
    return {"AccessControl": acl if why_of(acl) is not None else _canned(acl)}


# Settings as the bucket and its parts have them -----------------------------------------------


def _versioning(value: Resolved) -> Resolved:
    """The block of the bucket itself: ``enabled``; suspended where it is false."""
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    status = either(block.get("enabled", False), yes="Enabled", no="Suspended")
    return obj(Status=status, MfaDelete=block.get("mfa_delete"))


def _encryption_rules(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    rules = []
    for rule in blocks:
        default = block_of(rule, "apply_server_side_encryption_by_default")
        if isinstance(default, ResolvedObject):
            default = obj(
                SSEAlgorithm=default.get("sse_algorithm"),
                KMSMasterKeyID=default.get("kms_master_key_id"),
            )
        encrypted = obj(
            ServerSideEncryptionByDefault=default,
            BucketKeyEnabled=member(rule, "bucket_key_enabled"),
        )
        rules.append(rule if isinstance(rule, Unknown) else encrypted)
    return obj(ServerSideEncryptionConfiguration=ResolvedList(rules, NOWHERE))


def _encryption(value: Resolved) -> Resolved:
    block = single(value)
    return _encryption_rules(block.get("rule") if isinstance(block, ResolvedObject) else block)


def _logging(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(
        DestinationBucketName=block.get("target_bucket"), LogFilePrefix=block.get("target_prefix")
    )


def _website(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    index = single(block.get("index_document"))
    if isinstance(index, ResolvedObject):
        index = index.get("suffix")
    redirect = single(block.get("redirect_all_requests_to"))
    if isinstance(redirect, ResolvedObject):
        redirect = obj(HostName=redirect.get("host_name"), Protocol=redirect.get("protocol"))
    elif isinstance(redirect, str):
        protocol, _, host = str(redirect).rpartition("://")
        redirect = obj(HostName=host, Protocol=protocol or None)
    return obj(IndexDocument=index, RedirectAllRequestsTo=redirect)


def _lifecycle(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    rules = [_lifecycle_rule(rule) if isinstance(rule, ResolvedObject) else rule for rule in blocks]
    return obj(Rules=ResolvedList(rules, NOWHERE))


def _lifecycle_rule(rule: ResolvedObject) -> ResolvedObject:
    status = rule.get("status")
    if status is None:
        status = either(rule.get("enabled", False), yes="Enabled", no="Disabled")
    condition = block_of(rule, "filter")
    combined = block_of(condition, "and")
    blocks = [block for block in (rule, condition, combined) if isinstance(block, ResolvedObject)]
    unknown = next((block for block in (condition, combined) if isinstance(block, Unknown)), None)
    prefix = next((block["prefix"] for block in blocks if "prefix" in block), None)
    expiration = block_of(rule, "expiration")
    noncurrent = block_of(rule, "noncurrent_version_expiration")
    aborted = block_of(rule, "abort_incomplete_multipart_upload")
    days = rule.get("abort_incomplete_multipart_upload_days")
    return obj(
        Id=rule.get("id"),
        Status=status,
        Prefix=prefix if unknown is None else unknown,
        TagFilters=ResolvedList(_tag_filters(blocks), NOWHERE) or None,
        ExpirationInDays=_positive(member(expiration, "days")),
        ExpirationDate=member(expiration, "date"),
        ExpiredObjectDeleteMarker=member(expiration, "expired_object_delete_marker"),
        NoncurrentVersionExpiration=obj(
            NoncurrentDays=noncurrent.get("noncurrent_days", noncurrent.get("days")),
            NewerNoncurrentVersions=noncurrent.get("newer_noncurrent_versions"),
        )
        if isinstance(noncurrent, ResolvedObject)
        else noncurrent,
        Transitions=_transitions(rule.get("transition")),
        AbortIncompleteMultipartUpload=obj(
            DaysAfterInitiation=member(aborted, "days_after_initiation", days)
        )
        if aborted is not None or _positive(days) is not None
        else None,
    )


def _positive(days: Resolved) -> Resolved:
    return None if days == 0 else days


def _tag_filters(blocks: list[ResolvedObject]) -> Iterator[Any]:
    for block in blocks:
        tags = block.get("tags")
        tag = block_of(block, "tag")
        if isinstance(tags, dict):
            yield from (obj(Key=key, Value=value) for key, value in tags.items())
        if tag is not None:
            yield obj(Key=member(tag, "key"), Value=member(tag, "value"))


def _transitions(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    transitions = [
        obj(TransitionInDays=member(block, "days"), StorageClass=member(block, "storage_class"))
        for block in blocks
    ]
    return ResolvedList(transitions, NOWHERE) or None


_REPLICATION = Mapped(
    renames={"replica_kms_key_id": "ReplicaKmsKeyID", "account_id": "Account"},
    blocks=frozenset(
        (
            "destination",
            "filter",
            "and",
            "delete_marker_replication",
            "existing_object_replication",
            "source_selection_criteria",
            "encryption_configuration",
            "access_control_translation",
            "metrics",
            "replication_time",
        )
    ),
)


def _replication(role: Resolved, rules: Resolved) -> Resolved:
    return obj(Role=role, Rules=properties_of(_REPLICATION, obj(x=rules)).get("X"))


def _inline_replication(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return _replication(block.get("role"), block.get("rules"))


def _lock(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    retention = block_of(block_of(block, "rule"), "default_retention")
    if isinstance(retention, ResolvedObject):
        retention = obj(
            Mode=retention.get("mode"),
            Days=_positive(retention.get("days")),
            Years=_positive(retention.get("years")),
        )
    return obj(
        ObjectLockEnabled=block.get("object_lock_enabled", "Enabled"),
        Rule=None if retention is None else obj(DefaultRetention=retention),
    )


def _grant(grantee: Resolved, permission: Resolved) -> Resolved:
    described = obj(
        Type=member(grantee, "type"),
        ID=member(grantee, "id"),
        URI=member(grantee, "uri"),
        EmailAddress=member(grantee, "email_address"),
    )
    return obj(Grantee=described, Permission=permission)


def _inline_grants(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    grants: list[Any] = []
    for block in blocks:
        if not isinstance(block, ResolvedObject):
            return block
        permissions = block.get("permissions")
        if isinstance(permissions, Unknown):
            return permissions
        grants += [_grant(block, permission) for permission in as_list(permissions)]
    return ResolvedList(grants, NOWHERE)


# The bucket ----------------------------------------------------------------------------------

_OF_BUCKET = Mapped(
    renames={
        "bucket": "BucketName",
        "versioning": "VersioningConfiguration",
        "server_side_encryption_configuration": "BucketEncryption",
        "logging": "LoggingConfiguration",
        "website": "WebsiteConfiguration",
        "replication_configuration": "ReplicationConfiguration",
        "lifecycle_rule": "LifecycleConfiguration",
        "acl": "",
        "policy": "",
        "grant": "",
        "object_lock_configuration": "",
        "cors_rule": "",
    },
    converts={
        "versioning": _versioning,
        "server_side_encryption_configuration": _encryption,
        "logging": _logging,
        "website": _website,
        "replication_configuration": _inline_replication,
        "lifecycle_rule": _lifecycle,
    },
)


def _bucket(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    properties = properties_of(_OF_BUCKET, values)
    lock = block_of(values, "object_lock_configuration")
    if lock is not None:
        properties["ObjectLockConfiguration"] = _lock(lock)
        properties["ObjectLockEnabled"] = True
    if "grant" in values:
        properties["Grants"] = _inline_grants(values["grant"])
    yield "AWS::S3::Bucket", {**properties, **_acl_properties(values.get("acl"))}
    if "policy" in values:
        yield (
            "AWS::S3::BucketPolicy",
            {"Bucket": values["id"], "PolicyDocument": values["policy"]},
        )


def _describe_bucket(resource: TypedResource) -> None:
    """A bucket; the grants of its ACL, if they are given one by one."""
    resource_types()["AWS::S3::Bucket"].describe(resource)
    grants = resource.get("Grants")
    if grants is None:
        return
    owner = resource.get("OwnerId", OWNER_ID)
    public, doubt = _public(grants), _doubt(grants, owner)
    described = grants
    if doubt is not None:  # whoever that is, a grant for everybody decides
        described = public or doubt
    resource.about("s3:GetBucketAcl", resource.id, Owner={"ID": shown(owner)}, Grants=described)
    # S3 rejects grants on a bucket that has no ACLs, and public ones that the bucket blocks.
    withdraw = resource.answers.withdraw
    if resource.get("OwnershipControls") is None:
        withdraw("s3:GetBucketOwnershipControls", resource.id, resource.name)
    if resource.get("PublicAccessBlockConfiguration") is None and public:
        withdraw("s3:GetPublicAccessBlock", resource.id, resource.name)


def _doubt(grants: Resolved, owner: Resolved) -> Unknown | None:
    """Why a user with a grant may be the owner of the bucket, if one of the IDs is not known."""
    users = (follow(grant, "Grantee", "ID") for grant in as_list(grants))
    further_users = (user for user in users if user is not None and shown(user) != shown(owner))
    doubts = (why_of([user, owner]) for user in further_users)
    return next((doubt for doubt in doubts if doubt is not None), None)


def _public(grants: Resolved) -> ResolvedList:
    """The grants that are for everybody, or for everybody with an AWS account."""
    public = [
        grant
        for grant in as_list(grants)
        if str(follow(grant, "Grantee", "URI")).endswith(("/AllUsers", "/AuthenticatedUsers"))
    ]
    return ResolvedList(public, NOWHERE)


TYPES[_BUCKET] = Mapped(
    type="AWS::S3::Bucket",
    renames={"bucket": "BucketName"},
    make=_bucket,
    describe=_describe_bucket,
    order=0,
    ref="bucket",
)


@TYPES.part("aws_s3_bucket_public_access_block", _BUCKET, "bucket")
def _public_access_block(values: ResolvedObject) -> Properties:
    settings = {pascal(name): values.get(name) for name in _BLOCK}
    return {"PublicAccessBlockConfiguration": ResolvedObject(settings, NOWHERE)}


@TYPES.part("aws_s3_bucket_versioning", _BUCKET, "bucket")
def _bucket_versioning(values: ResolvedObject) -> Properties:
    block = block_of(values, "versioning_configuration")
    if not isinstance(block, ResolvedObject):
        return {"VersioningConfiguration": block}
    status = block.get("status")
    deletion = block.get("mfa_delete")
    status = None if str(status) == "Disabled" else status
    return {"VersioningConfiguration": obj(Status=status, MfaDelete=deletion)}


@TYPES.part("aws_s3_bucket_server_side_encryption_configuration", _BUCKET, "bucket")
def _bucket_encryption(values: ResolvedObject) -> Properties:
    return {"BucketEncryption": _encryption_rules(values.get("rule"))}


@TYPES.part("aws_s3_bucket_ownership_controls", _BUCKET, "bucket")
def _ownership(values: ResolvedObject) -> Properties:
    rule = block_of(values, "rule")
    rules = ResolvedList([obj(ObjectOwnership=member(rule, "object_ownership"))], NOWHERE)
    return {"OwnershipControls": obj(Rules=rules)}


@TYPES.part("aws_s3_bucket_acl", _BUCKET, "bucket")
def _acl(values: ResolvedObject) -> Properties:
    policy = block_of(values, "access_control_policy")
    if "acl" in values:
        return _acl_properties(values["acl"])
    if policy is None:  # one of both is set: a dynamic block is not in the configuration
        return {"AccessControl": undetermined("access_control_policy (a dynamic block sets it)")}
    grants = member(policy, "grant")
    if not isinstance(grants, list):
        return {"Grants": grants}
    described = [
        _grant(block_of(grant, "grantee"), member(grant, "permission")) for grant in grants
    ]
    owner = member(block_of(policy, "owner"), "id")
    grants = {"Grants": ResolvedList(described, NOWHERE)}
    return grants if owner is None else {**grants, "OwnerId": owner}


@TYPES.part("aws_s3_bucket_logging", _BUCKET, "bucket")
def _bucket_logging(values: ResolvedObject) -> Properties:
    return {"LoggingConfiguration": _logging(values)}


@TYPES.part("aws_s3_bucket_website_configuration", _BUCKET, "bucket")
def _bucket_website(values: ResolvedObject) -> Properties:
    return {"WebsiteConfiguration": _website(values)}


@TYPES.part("aws_s3_bucket_lifecycle_configuration", _BUCKET, "bucket")
def _bucket_lifecycle(values: ResolvedObject) -> Properties:
    return {"LifecycleConfiguration": _lifecycle(values.get("rule"))}


@TYPES.part("aws_s3_bucket_replication_configuration", _BUCKET, "bucket")
def _bucket_replication(values: ResolvedObject) -> Properties:
    replication = _replication(values.get("role"), values.get("rule"))
    return {"ReplicationConfiguration": replication}


@TYPES.part("aws_s3_bucket_object_lock_configuration", _BUCKET, "bucket")
def _bucket_lock(values: ResolvedObject) -> Properties:
    return {"ObjectLockConfiguration": _lock(values)}


TYPES.plain("aws_s3_bucket_policy", "AWS::S3::BucketPolicy", {"policy": "PolicyDocument"})

# Access points ---------------------------------------------------------------------------------

TYPES.plain(
    "aws_s3_access_point",
    "AWS::S3::AccessPoint",
    {"endpoints": ""},
    blocks=("public_access_block_configuration", "vpc_configuration"),
    ref="name",
)


def _point_policy(values: ResolvedObject) -> Iterator[Addition]:
    arn = values.get("access_point_arn")
    policy = {"Policy": values.get("policy")}
    yield Addition("aws_s3_access_point", arn, policy)


TYPES["aws_s3control_access_point_policy"] = Mapped(
    additions=_point_policy, part_of=("aws_s3_access_point",)
)


@TYPES.made("aws_s3control_multi_region_access_point", "AWS::S3::MultiRegionAccessPoint")
def _multi_region(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    details = block_of(values, "details")
    mapped = Mapped(
        renames={"region": "Regions", "public_access_block": "PublicAccessBlockConfiguration"},
        blocks=frozenset(("public_access_block",)),
    )
    names = ("region", "public_access_block", "name")
    known = details if isinstance(details, ResolvedObject) else obj(**dict.fromkeys(names, details))
    yield "AWS::S3::MultiRegionAccessPoint", properties_of(mapped, known)


@TYPES.made(
    "aws_s3control_multi_region_access_point_policy", "AWS::S3::MultiRegionAccessPointPolicy"
)
def _multi_region_policy(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    details = block_of(values, "details")
    yield (
        "AWS::S3::MultiRegionAccessPointPolicy",
        {"MrapName": follow(details, "name"), "Policy": follow(details, "policy")},
    )


# The account -----------------------------------------------------------------------------------


def _account_block(resource: TypedResource) -> None:
    """Block Public Access of the account, which no CloudFormation type sets."""
    settings = {name: resource.get(name, False) for name in map(pascal, _BLOCK)}
    resource.about(
        "s3control:GetPublicAccessBlock",
        "",
        PublicAccessBlockConfiguration=settings,
    )


TYPES["aws_s3_account_public_access_block"] = Mapped(
    describe=_account_block, describes=("s3control:GetPublicAccessBlock",)
)
