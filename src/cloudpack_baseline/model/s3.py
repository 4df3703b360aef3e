"""Records of Amazon S3."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import Misshapen, single, string, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "NO_BLOCK",
    "AccessPoint",
    "AccountPublicAccessBlock",
    "Bucket",
    "DefaultRetention",
    "Encryption",
    "Grant",
    "LifecycleRule",
    "Logging",
    "MultiRegionAccessPoint",
    "ObjectOwnership",
    "PublicAccessBlock",
    "ReplicationRule",
    "Versioning",
    "Website",
]

NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
"""The error that means that Block Public Access was never configured."""

ObjectOwnership: TypeAlias = Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]
Versioning: TypeAlias = Literal["Enabled", "Suspended"]


def _not_recorded(operation: str) -> Unknown:
    """The field in a snapshot from before there was the field."""
    return Unknown.because(Why.NOT_GATHERED, operation=operation)


@frozen(kw_only=True, order=True)
class Grant:
    """A grant of an ACL (Amazon S3 API Reference, Grant).

    Attributes:
        grantee: a canonical user ID, a group URI, or an e-mail address.
        grantee_type: ``CanonicalUser``, ``Group`` or ``AmazonCustomerByEmail``.
        permission: ``FULL_CONTROL``, ``READ``, ``WRITE``, ``READ_ACP`` or ``WRITE_ACP``.
    """

    grantee: str = described("Grantee.ID || Grantee.URI || Grantee.EmailAddress")
    grantee_type: str = described("Grantee.Type")
    permission: str


@frozen(kw_only=True)
class PublicAccessBlock:
    """The four settings of Block Public Access (PublicAccessBlockConfiguration)."""

    block_public_acls: Field[bool] = False
    ignore_public_acls: Field[bool] = False
    block_public_policy: Field[bool] = False
    restrict_public_buckets: Field[bool] = False


def _suffix(index_document: Answer) -> str:
    return string(index_document, "Suffix")


def _host_name(redirect: Answer) -> str:
    return string(redirect, "HostName")


@frozen(kw_only=True)
class Website:
    """What a website endpoint serves (GetBucketWebsite).

    Attributes:
        index_document: IndexDocument.Suffix.
        redirect_to: RedirectAllRequestsTo.HostName, of a website that only redirects.
    """

    index_document: str | None = described("IndexDocument", convert=_suffix, default=None)
    redirect_to: str | None = described("RedirectAllRequestsTo", convert=_host_name, default=None)


@frozen(kw_only=True)
class Encryption:
    """The default encryption of new objects (ServerSideEncryptionByDefault).

    Attributes:
        algorithm: SSEAlgorithm: ``AES256``, ``aws:kms``, ``aws:kms:dsse``, ...
        kms_key: KMSMasterKeyID: an ARN, an ID or an alias; ``None``: the key that AWS manages.
    """

    algorithm: str = described("SSEAlgorithm")
    kms_key: str | None = described("KMSMasterKeyID", default=None)


@frozen(kw_only=True)
class Logging:
    """Server access logging (LoggingEnabled).

    Attributes:
        target_bucket: the name of the bucket that receives the logs.
    """

    target_bucket: str


def _is_enabled(status: object) -> bool:
    if status not in ("Enabled", "Disabled"):
        raise Misshapen(f"no such Status: {status!r}")
    return status == "Enabled"


@frozen(kw_only=True)
class ReplicationRule:
    """A rule of a replication configuration (ReplicationRule, Destination).

    Attributes:
        enabled: Status is ``Enabled``.
        bucket: the ARN of the destination bucket.
        account: Destination.Account; present only if the replicas change their owner.
        id: of the rule.
    """

    enabled: bool = described("Status", convert=_is_enabled)
    bucket: str = described("Destination.Bucket")
    account: str | None = described("Destination.Account", default=None)
    id: str = described("ID", default="")


@frozen(kw_only=True)
class LifecycleRule:
    """A rule of a lifecycle configuration (Amazon S3 API Reference, LifecycleRule).

    Attributes:
        enabled: Status is ``Enabled``.
        prefix: what the keys begin with.
        tagged: whether it is limited to objects with tags.
        days: Expiration.Days: after how many days objects expire; ``None``: not by age.
        date: Expiration.Date: from when on objects expire.
        noncurrent_days: NoncurrentVersionExpiration.NoncurrentDays, for old versions.
        id: of the rule.
    """

    enabled: bool = described("Status", convert=_is_enabled)
    prefix: str = described("Filter.Prefix || Filter.And.Prefix || Prefix", default="")
    tagged: bool = described("Filter.Tag || Filter.And.Tags", convert=bool, default=False)
    days: int | None = described("Expiration.Days", default=None)
    date: datetime | None = described("Expiration.Date", default=None)
    noncurrent_days: int | None = described(
        "NoncurrentVersionExpiration.NoncurrentDays", default=None
    )
    id: str = described("ID", default="")


@frozen(kw_only=True)
class DefaultRetention:
    """How Object Lock protects new objects (Amazon S3 API Reference, DefaultRetention).

    Attributes:
        mode: ``COMPLIANCE``, which nobody can shorten, or ``GOVERNANCE``.
        days: for how many days, if not in years.
        years: for how many years.
    """

    mode: Literal["GOVERNANCE", "COMPLIANCE"] = described("Mode")
    days: int | None = described("Days", default=None)
    years: int | None = described("Years", default=None)

    @property
    def total_days(self) -> int:
        """For how many days."""
        return self.days or (self.years or 0) * 365


def _ownership(ownerships: Iterable[ObjectOwnership]) -> ObjectOwnership:
    ownership = single(ownerships, "OwnershipControls.Rules")
    if ownership not in get_args(ObjectOwnership):
        raise Misshapen(f"no such ObjectOwnership: {ownership!r}")
    return ownership


def _encryption(rules: Iterable[Answer]) -> Encryption | None:
    """One rule at most names the default; others only bar kinds of encryption."""
    key = "ApplyServerSideEncryptionByDefault"
    defaults = [rule[key] for rule in rules if key in rule]
    return structured(Encryption, single(defaults, key)) if defaults else None


@frozen(kw_only=True)
class Bucket(Record):
    """A general purpose bucket.

    Attributes:
        owner: the canonical user ID of the owner (GetBucketAcl, Owner).
        policy: the bucket policy as AWS stores it, a JSON string; ``None``: there is none.
        acl: the effective grants of the bucket ACL, sorted.
        ownership: ObjectOwnership; ``None``: never configured (an old bucket).
        public_access_block: of the bucket; ``None``: never configured.
        versioning: Status; ``None``: never configured.
        website: ``None``: no website.
        encryption: ``None``: never configured; S3 encrypts new objects with its own keys (SSE-S3).
        logging: ``None``: no server access logs.
        replication: the rules, in their order; ``None``: never configured.
        mfa_delete: MFADelete: whether deleting versions requires the MFA device of the root user.
        lifecycle: the rules; empty: never configured. It is read of buckets only that receive logs
            of trails or of Session Manager.
        default_retention: Object Lock, by default for new objects; ``None``: none. It is read as
            `lifecycle`.
    """

    api = Listed(
        "s3:ListBuckets",
        arn="arn:{partition}:s3:::{Name}",
        id="Name",
        region="BucketRegion",
        gone="NoSuchBucket",
        regional=False,
    )

    owner: Field[str] = described(
        "Owner.ID", operation="s3:GetBucketAcl", required=True, default=""
    )
    policy: Field[str | None] = described(
        "Policy",
        operation="s3:GetBucketPolicy",
        absent="NoSuchBucketPolicy",
        required=True,
        default=None,
    )
    acl: Field[tuple[Grant, ...]] = described(
        "Grants", operation="s3:GetBucketAcl", required=True, unordered=True, default=()
    )
    ownership: Field[ObjectOwnership | None] = described(
        "OwnershipControls.Rules[].ObjectOwnership",
        operation="s3:GetBucketOwnershipControls",
        absent="OwnershipControlsNotFoundError",
        convert=_ownership,
        required=True,
        default=None,
    )
    public_access_block: Field[PublicAccessBlock | None] = described(
        "PublicAccessBlockConfiguration",
        operation="s3:GetPublicAccessBlock",
        absent=NO_BLOCK,
        required=True,
        default=None,
    )
    versioning: Field[Versioning | None] = described(
        "Status", operation="s3:GetBucketVersioning", default=None
    )
    website: Field[Website | None] = described(
        "", operation="s3:GetBucketWebsite", absent="NoSuchWebsiteConfiguration", default=None
    )
    encryption: Field[Encryption | None] = described(
        "ServerSideEncryptionConfiguration.Rules",
        operation="s3:GetBucketEncryption",
        absent="ServerSideEncryptionConfigurationNotFoundError",
        convert=_encryption,
        required=True,
        default=None,
    )
    logging: Field[Logging | None] = described(
        "LoggingEnabled", operation="s3:GetBucketLogging", default=None
    )
    replication: Field[tuple[ReplicationRule, ...] | None] = described(
        "ReplicationConfiguration.Rules",
        operation="s3:GetBucketReplication",
        absent="ReplicationConfigurationNotFoundError",
        required=True,
        default=None,
    )
    mfa_delete: Field[bool] = described(
        "MFADelete",
        operation="s3:GetBucketVersioning",
        convert=_is_enabled,
        omitted=False,
        default=_not_recorded("s3:GetBucketVersioning"),
    )
    lifecycle: Field[tuple[LifecycleRule, ...]] = described(
        "Rules",
        operation="s3:GetBucketLifecycleConfiguration",
        absent="NoSuchLifecycleConfiguration",
        omitted=(),
        default=_not_recorded("s3:GetBucketLifecycleConfiguration"),
    )
    default_retention: Field[DefaultRetention | None] = described(
        "ObjectLockConfiguration.Rule.DefaultRetention",
        operation="s3:GetObjectLockConfiguration",
        absent="ObjectLockConfigurationNotFoundError",
        omitted=None,
        default=_not_recorded("s3:GetObjectLockConfiguration"),
    )


def _enforced(content: str) -> PublicAccessBlock | None:
    """All four settings or none (AWS Organizations User Guide, Amazon S3 policy syntax)."""
    attributes = json.loads(content).get("s3_attributes", {})
    configuration = attributes.get("public_access_block_configuration")
    if configuration is None:
        return None
    if configuration not in ("all", "none"):
        raise Misshapen(f"no such public_access_block_configuration: {configuration!r}")
    enforced = configuration == "all"
    return PublicAccessBlock(
        block_public_acls=enforced,
        ignore_public_acls=enforced,
        block_public_policy=enforced,
        restrict_public_buckets=enforced,
    )


@frozen(kw_only=True)
class AccountPublicAccessBlock(Record):
    """Block Public Access of the account (S3 Control, GetPublicAccessBlock).

    Attributes:
        settings: ``None``: never configured.
        organization: the settings that the organization enforces
            (DescribeEffectivePolicy, S3_POLICY); ``None``: none, or no organization.
    """

    api = Singular(
        "s3control:GetPublicAccessBlock",
        arn="arn:{partition}:iam::{account}:root",
        name="{account}",
        absent=NO_BLOCK,
        regional=False,
    )

    settings: Field[PublicAccessBlock | None] = described(
        "PublicAccessBlockConfiguration", required=True, default=None
    )
    organization: Field[PublicAccessBlock | None] = described(
        "EffectivePolicy.PolicyContent",
        operation="organizations:DescribeEffectivePolicy",
        absent=("AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"),
        convert=_enforced,
        required=True,
        default=None,
    )


@frozen(kw_only=True)
class AccessPoint(Record):
    """An access point of a bucket (S3 Control, ListAccessPoints and GetAccessPoint).

    Attributes:
        bucket: the name of the bucket.
        network_origin: ``Internet`` or ``VPC``.
        vpc: the VPC of an access point with VPC origin.
        policy: its policy, a JSON string; ``None``: there is none.
        public_access_block: its settings, fixed at creation.
    """

    api = Listed(
        "s3control:ListAccessPoints",
        arn="AccessPointArn",
        id="Name",
        name="Name",
        gone=("NoSuchAccessPoint", "NoSuchBucket"),
        regional=False,
    )

    bucket: str
    network_origin: Field[str] = described("NetworkOrigin", required=True, default="Internet")
    vpc: str | None = described("VpcConfiguration.VpcId", default=None)
    policy: Field[str | None] = described(
        "Policy",
        operation="s3control:GetAccessPointPolicy",
        absent="NoSuchAccessPointPolicy",
        required=True,
        default=None,
    )
    public_access_block: Field[PublicAccessBlock | None] = described(
        "PublicAccessBlockConfiguration",
        operation="s3control:GetAccessPoint",
        required=True,
        default=None,
    )


@frozen(kw_only=True)
class MultiRegionAccessPoint(Record):
    """A Multi-Region Access Point (S3 Control, ListMultiRegionAccessPoints, in us-west-2).

    Attributes:
        alias: its name in ARNs, such as ``mfzwi23gnjvgw.mrap``.
        buckets: the names of its buckets.
        policy: its established policy, a JSON string; ``None``: there is none.
        public_access_block: its own settings, fixed at creation.
    """

    api = Listed(
        "s3control:ListMultiRegionAccessPoints",
        arn="arn:{partition}:s3::{account}:accesspoint/{Alias}",
        id="Name",
        name="Name",
        gone="NoSuchMultiRegionAccessPoint",
        regional=False,
    )

    alias: str = described("Alias")
    buckets: tuple[str, ...] = described("Regions[].Bucket", default=())
    policy: Field[str | None] = described(
        "Policy.Established.Policy",
        operation="s3control:GetMultiRegionAccessPointPolicy",
        required=False,
        default=None,
    )
    public_access_block: Field[PublicAccessBlock | None] = described(
        "PublicAccessBlock", default=None
    )
