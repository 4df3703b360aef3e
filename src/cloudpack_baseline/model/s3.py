"""Records of Amazon S3."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "AccessPoint",
    "AccountPublicAccessBlock",
    "Bucket",
    "Encryption",
    "Grant",
    "Logging",
    "ObjectOwnership",
    "PublicAccessBlock",
    "ReplicationRule",
    "Versioning",
    "Website",
]

ObjectOwnership: TypeAlias = Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]
Versioning: TypeAlias = Literal["Enabled", "Suspended"]


@frozen(kw_only=True, order=True)
class Grant:
    """A grant of an ACL (Amazon S3 API Reference, Grant).

    Attributes:
        grantee: a canonical user id, a group URI, or an e-mail address.
        grantee_type: ``CanonicalUser``, ``Group`` or ``AmazonCustomerByEmail``.
        permission: ``FULL_CONTROL``, ``READ``, ``WRITE``, ``READ_ACP`` or ``WRITE_ACP``.
    """

    grantee: str
    grantee_type: str
    permission: str


@frozen(kw_only=True)
class PublicAccessBlock:
    """The four settings of Block Public Access (PublicAccessBlockConfiguration)."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False


@frozen(kw_only=True)
class Website:
    """What a website endpoint serves (GetBucketWebsite).

    Attributes:
        index_document: IndexDocument.Suffix.
        redirect_to: RedirectAllRequestsTo.HostName, of a website that only redirects.
    """

    index_document: str | None = None
    redirect_to: str | None = None


@frozen(kw_only=True)
class Encryption:
    """The default encryption of new objects (ServerSideEncryptionByDefault).

    Attributes:
        algorithm: SSEAlgorithm: ``AES256``, ``aws:kms``, ``aws:kms:dsse``, ...
        kms_key: KMSMasterKeyID: an ARN, an id or an alias; ``None``: the key that AWS manages.
    """

    algorithm: str
    kms_key: str | None = None


@frozen(kw_only=True)
class Logging:
    """Server access logging (LoggingEnabled).

    Attributes:
        target_bucket: the name of the bucket that receives the logs.
        target_prefix: what their keys begin with.
    """

    target_bucket: str
    target_prefix: str = ""


@frozen(kw_only=True)
class ReplicationRule:
    """A rule of a replication configuration (ReplicationRule, Destination).

    Attributes:
        enabled: Status is ``Enabled``.
        bucket: the ARN of the destination bucket.
        account: Destination.Account; told only where the replicas change their owner.
        id: of the rule.
    """

    enabled: bool
    bucket: str
    account: str | None = None
    id: str = ""


@frozen(kw_only=True)
class Bucket(Record):
    """A general purpose bucket.

    Attributes:
        owner: the canonical user id of the owner (GetBucketAcl, Owner).
        policy: the bucket policy as AWS stores it, JSON text; ``None``: there is none.
        acl: the effective grants of the bucket ACL, sorted.
        ownership: ObjectOwnership; ``None``: never configured (an old bucket).
        public_access_block: of the bucket; ``None``: never configured.
        versioning: Status; ``None``: never configured.
        website: ``None``: no website.
        encryption: ``None``: never configured; S3 encrypts new objects by its own keys (SSE-S3).
        logging: ``None``: no server access logs.
        replication: the rules, in their order; ``None``: never configured.
    """

    owner: Field[str] = ""
    policy: Field[str | None] = None
    acl: Field[tuple[Grant, ...]] = ()
    ownership: Field[ObjectOwnership | None] = None
    public_access_block: Field[PublicAccessBlock | None] = None
    versioning: Field[Versioning | None] = None
    website: Field[Website | None] = None
    encryption: Field[Encryption | None] = None
    logging: Field[Logging | None] = None
    replication: Field[tuple[ReplicationRule, ...] | None] = None


@frozen(kw_only=True)
class AccountPublicAccessBlock(Record):
    """Block Public Access of the account (S3 Control, GetPublicAccessBlock).

    Attributes:
        settings: ``None``: never configured.
        organization: the settings that the organization enforces
            (DescribeEffectivePolicy, S3_POLICY); ``None``: none, or no organization.
    """

    settings: Field[PublicAccessBlock | None] = None
    organization: Field[PublicAccessBlock | None] = None


@frozen(kw_only=True)
class AccessPoint(Record):
    """An access point of a bucket (S3 Control, ListAccessPoints and GetAccessPoint).

    Attributes:
        bucket: the bucket's name.
        bucket_account: the account that owns the bucket.
        network_origin: ``Internet`` or ``VPC``.
        vpc: the VPC of an access point of VPC origin.
        policy: its policy, JSON text; ``None``: there is none.
        public_access_block: its own settings, fixed at creation.
    """

    bucket: str
    bucket_account: str = ""
    network_origin: Field[str] = "Internet"
    vpc: str | None = None
    policy: Field[str | None] = None
    public_access_block: Field[PublicAccessBlock | None] = None
