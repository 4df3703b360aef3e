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
    "Grant",
    "ObjectOwnership",
    "PublicAccessBlock",
]

ObjectOwnership: TypeAlias = Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]


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
class Bucket(Record):
    """A general purpose bucket.

    Attributes:
        owner: the canonical user id of the owner (GetBucketAcl, Owner).
        policy: the bucket policy as AWS stores it, JSON text; ``None``: there is none.
        acl: the effective grants of the bucket ACL, sorted.
        ownership: ObjectOwnership; ``None``: never configured (an old bucket).
        public_access_block: of the bucket; ``None``: never configured.
    """

    owner: Field[str] = ""
    policy: Field[str | None] = None
    acl: Field[tuple[Grant, ...]] = ()
    ownership: Field[ObjectOwnership | None] = None
    public_access_block: Field[PublicAccessBlock | None] = None


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
