"""What decides about requests to a bucket, as records.

Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "Controlling
ownership of objects", "Access control list overview", "Managing access points".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from cloudpack_baseline.access.policy import Policy

__all__ = [
    "ALL_USERS",
    "AUTHENTICATED_USERS",
    "LOG_DELIVERY",
    "AccessPointAccess",
    "AclGrant",
    "BucketAccess",
    "Ownership",
    "PublicAccessSettings",
]

ALL_USERS: Final = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS: Final = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY: Final = "http://acs.amazonaws.com/groups/s3/LogDelivery"

Ownership = Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]
Permission = Literal["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"]


@frozen(kw_only=True)
class AclGrant:
    """A grant of a bucket's ACL; ``grantee`` is a group's URI or a canonical user ID."""

    grantee: str
    permission: Permission

    @property
    def public(self) -> bool:
        """Whether it grants to everyone, or to everyone with an AWS account."""
        return self.grantee.rpartition("/")[2] in {"AllUsers", "AuthenticatedUsers"}


@frozen
class PublicAccessSettings:
    """The four settings of one level; all off where none is configured."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    def __or__(self, level: PublicAccessSettings) -> PublicAccessSettings:
        """The settings where both levels apply."""
        return PublicAccessSettings(
            self.block_public_acls or level.block_public_acls,
            self.ignore_public_acls or level.ignore_public_acls,
            self.block_public_policy or level.block_public_policy,
            self.restrict_public_buckets or level.restrict_public_buckets,
        )


@frozen(kw_only=True)
class AccessPointAccess:
    """An access point of the bucket; ``vpc_id`` is set where ``network_origin`` is VPC."""

    name: str
    account: str
    arn: str
    network_origin: Literal["Internet", "VPC"] = "Internet"
    vpc_id: str | None = None
    policy: Policy | None = None
    block: PublicAccessSettings | None = None


@frozen(kw_only=True)
class BucketAccess:
    """Everything that decides over the requests to one bucket.

    ``ownership`` is None where none is configured (as on old buckets: ObjectWriter);
    ``organization_block`` is the organization's block, all four settings or none.
    """

    name: str
    owner_account: str
    partition: str = "aws"
    region: str | None = None
    owner_canonical_id: str | None = None
    owner_org_id: str | None = None
    policy: Policy | None = None
    acl: tuple[AclGrant, ...] = ()
    ownership: Ownership | None = None
    account_block: PublicAccessSettings | None = None
    bucket_block: PublicAccessSettings | None = None
    organization_block: PublicAccessSettings | bool | None = None
    access_points: tuple[AccessPointAccess, ...] = ()

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return f"arn:{self.partition}:s3:::{self.name}"

    @property
    def block(self) -> PublicAccessSettings:
        """The settings in effect for the bucket itself."""
        effective = self.organization_block
        if not isinstance(effective, PublicAccessSettings):
            effective = PublicAccessSettings(*(bool(effective),) * 4)
        for block in (self.account_block, self.bucket_block):
            effective = effective | block if block else effective
        return effective

    def block_of(self, point: AccessPointAccess) -> PublicAccessSettings:
        """The settings in effect for requests through an access point: those of all levels."""
        return self.block | point.block if point.block else self.block

    @property
    def acl_counts(self) -> bool:
        """Whether ACLs are evaluated at all."""
        return self.ownership != "BucketOwnerEnforced"

    @property
    def grants_nothing(self) -> bool:
        """Whether no statement of any policy allows anything, and no ACL is evaluated."""
        policies = (self.policy, *(point.policy for point in self.access_points))
        allowing = (
            statement
            for policy in policies
            for statement in (policy.statements if policy else ())
            if statement.effect == "Allow"
        )
        return not (self.acl and self.acl_counts) and next(allowing, None) is None
