"""From records of S3 to the input of the access engine.

What could not be read is evaluated both ways, as open and as closed as it could be. An answer that
is the same both ways is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import get_args

from attrs import asdict, evolve, fields

from cloudpack_baseline import access
from cloudpack_baseline.access.bucket import Permission
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity.resource_control import ResourceControl
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read, reads
from cloudpack_baseline.model.s3 import (
    AccessPoint,
    AccountPublicAccessBlock,
    Bucket,
    Grant,
    MultiRegionAccessPoint,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Field, Unknown, Why, is_known

__all__ = ["ACCESS_READS", "AccessBounds", "access_bounds", "bucket_points"]

ACCESS_READS: tuple[Read, ...] = (
    reads(Bucket, "owner", "policy", "acl", "ownership", "public_access_block"),
    reads(AccountPublicAccessBlock, "organization"),
    reads(AccessPoint, "policy", "public_access_block"),
    reads(MultiRegionAccessPoint, "policy"),
)
"""What `access_bounds` needs."""

_BLOCK_SETTINGS = tuple(field.name for field in fields(access.PublicAccessSettings))

_PERMISSIONS: Mapping[str, Permission] = {name: name for name in get_args(Permission)}


@frozen
class AccessBounds:
    """The access to a bucket, as far as it is known.

    Attributes:
        lower: with everything unread as closed as it could be; ``None`` if the policy itself
            is unknown, so that nothing is certain.
        upper: with everything unread as open as it could be; ``None`` if that could be
            anything.
        unknown: why the two differ; ``None``: everything was read, and they are the same.
        excuse: why Block Public Access of the organization, which could only excuse, could not
            be read; ``None``: it was read.
        unread: why there may be Multi-Region Access Points that matter, which nobody was asked
            for; ``None``: there is no such doubt.
    """

    lower: access.BucketAccess | None
    upper: access.BucketAccess | None
    unknown: Unknown | None
    excuse: Unknown | None = None
    unread: Unknown | None = None

    @property
    def doubt(self) -> Unknown:
        """Why the two differ; no cause where they do not."""
        return Unknown(()) if self.unknown is None else self.unknown


def access_bounds(
    view: AccountView, bucket: Bucket, control: ResourceControl | None = None
) -> AccessBounds:
    """The access to the bucket, from its settings and those of its account and organization.

    Args:
        view: the account of the bucket.
        bucket: its record.
        control: the resource control policies of the account; ``None``: read from the view.
    """
    policy = _policy(bucket.policy, "s3:GetBucketPolicy")
    if isinstance(policy, Unknown):
        return AccessBounds(None, None, policy)
    policy = (control or ResourceControl.of(view)).restrict_bucket(policy)
    levels = _levels(view, bucket)
    excuse = levels["organization"] if isinstance(levels["organization"], Unknown) else None
    if excuse is not None:
        levels["organization"] = None
    acl = _acl(bucket.acl)
    doubts: list[object] = [*map(_block_doubt, levels.values()), acl, bucket.ownership]
    points, point_doubt = _points(view, bucket)
    multi_region, multi_region_doubt = _multi_region_points(view, bucket)
    unread = None
    if not _tells_points_apart(bucket.policy):
        point_doubt = multi_region_doubt = None
    if multi_region_doubt is not None and _is_only_noted(multi_region_doubt, bucket.policy):
        unread, multi_region_doubt = multi_region_doubt, None
    point_doubts = [doubt for doubt in (point_doubt, multi_region_doubt) if doubt is not None]
    base = access.BucketAccess(
        name=bucket.name,
        owner_account=bucket.account,
        partition=view.account.partition,
        region=bucket.region or None,
        owner_canonical_id=bucket.owner if is_known(bucket.owner) and bucket.owner else None,
        policy=policy,
        acl=acl if is_known(acl) else (),
        access_points=(*points, *multi_region),
    )
    lower = _resolved(base, levels, bucket, unread_is_open=False)
    unknowns = [doubt for doubt in (*doubts, *point_doubts) if isinstance(doubt, Unknown)]
    if not unknowns:
        return AccessBounds(lower, lower, None, excuse, unread)
    # A hidden ACL may grant anything; hidden levels and ownership have an open extreme.
    bounded = is_known(acl) and not point_doubts
    upper = _resolved(base, levels, bucket, unread_is_open=True) if bounded else None
    return AccessBounds(lower, upper, reduce(or_, unknowns), excuse, unread)


def _tells_points_apart(policy: Field[str | None]) -> bool:
    """Whether it matters what access points allow.

    A request through an access point needs the bucket's policy too: where that does not
    look at the access point, it allows no more through one than directly.
    """
    return isinstance(policy, str) and "dataaccesspoint" in policy.lower()


def _levels(view: AccountView, bucket: Bucket) -> dict[str, Field[PublicAccessBlock | None]]:
    account: Field[PublicAccessBlock | None]
    organization: Field[PublicAccessBlock | None]
    blocks = view.all(AccountPublicAccessBlock)
    if blocks:
        account, organization = blocks[0].settings, blocks[0].organization
    else:
        missing = view.gap(AccountPublicAccessBlock)
        account = organization = (
            Unknown.because(Why.NOT_GATHERED, detail="AccountPublicAccessBlock")
            if missing is None
            else missing
        )
    return {"organization": organization, "account": account, "bucket": bucket.public_access_block}


def _resolved(
    base: access.BucketAccess,
    levels: dict[str, Field[PublicAccessBlock | None]],
    bucket: Bucket,
    *,
    unread_is_open: bool,
) -> access.BucketAccess:
    """The access with what was not read taken as open, or as closed."""
    ownership = bucket.ownership
    if isinstance(ownership, Unknown):
        ownership = "ObjectWriter" if unread_is_open else "BucketOwnerEnforced"
    blocks = {name: _block(level, unread=not unread_is_open) for name, level in levels.items()}
    return evolve(
        base,
        ownership=ownership,
        organization_block=blocks["organization"],
        account_block=blocks["account"],
        bucket_block=blocks["bucket"],
    )


def _block(
    level: Field[PublicAccessBlock | None], *, unread: bool
) -> access.PublicAccessSettings | None:
    """The settings, with each one that was not read taken as on or as off."""
    if level is None:
        return None
    read = {} if isinstance(level, Unknown) else asdict(level, recurse=False)
    known = {name: is_on for name, is_on in read.items() if is_known(is_on)}
    return access.PublicAccessSettings(**dict.fromkeys(_BLOCK_SETTINGS, unread) | known)


def _block_doubt(level: Field[PublicAccessBlock | None]) -> Unknown | None:
    """Why settings of the level are not known; ``None``: all of them are."""
    if level is None or isinstance(level, Unknown):
        return level
    unread = [is_on for is_on in asdict(level, recurse=False).values() if not is_known(is_on)]
    return reduce(or_, unread) if unread else None


def _policy(text: Field[str | None], operation: str) -> access.Policy | Unknown | None:
    if text is None or isinstance(text, Unknown):
        return text
    try:
        return access.parse_policy(text)
    except access.MalformedPolicy as error:
        detail = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        return Unknown.because(Why.MALFORMED, operation=operation, detail=detail)


def _acl(acl: Field[tuple[Grant, ...]]) -> Field[tuple[access.AclGrant, ...]]:
    if isinstance(acl, Unknown):
        return acl
    grants = []
    for grant in acl:
        permission = _PERMISSIONS.get(grant.permission)
        if permission is None:
            why, detail = Why.MALFORMED, grant.permission
            return Unknown.because(why, operation="s3:GetBucketAcl", detail=detail)
        grants.append(access.AclGrant(grantee=grant.grantee, permission=permission))
    return tuple(grants)


def _points(
    view: AccountView, bucket: Bucket
) -> tuple[tuple[access.AccessPointAccess, ...], Unknown | None]:
    """The access points of the bucket, and why there may be more, or other ones."""
    points: list[access.AccessPointAccess] = []
    doubts: list[Unknown] = []
    for point in view.all(AccessPoint):
        if point.bucket != bucket.name:
            continue
        converted = _point(point)
        if isinstance(converted, Unknown):
            doubts.append(converted)
        else:
            points.append(converted)
    gap = view.gap(AccessPoint)
    if gap is not None:
        doubts.append(gap)
    return tuple(points), reduce(or_, doubts) if doubts else None


def _multi_region_points(
    view: AccountView, bucket: Bucket
) -> tuple[tuple[access.AccessPointAccess, ...], Unknown | None]:
    """The Multi-Region Access Points of the bucket, and why there may be more, or other ones."""
    points: list[access.AccessPointAccess] = []
    doubts: list[Unknown | None] = [view.gap(MultiRegionAccessPoint)]
    for point in view.all(MultiRegionAccessPoint):
        if bucket.name not in point.buckets:
            continue
        converted = _multi_region_point(point)
        if isinstance(converted, Unknown):
            doubts.append(converted)
        else:
            points.append(converted)
    causes = [doubt for doubt in doubts if doubt is not None]
    return tuple(points), reduce(or_, causes) if causes else None


def bucket_points(
    view: AccountView, bucket: Bucket
) -> Iterator[tuple[AccessPoint | MultiRegionAccessPoint, access.AccessPointAccess | Unknown]]:
    """The access points of the bucket that have a policy, and what each allows.

    Settings that were not read are taken as open.
    """
    for point in view.all(AccessPoint):
        if point.bucket == bucket.name and point.policy is not None:
            is_read = _block_doubt(point.public_access_block) is None
            yield point, _point(point if is_read else evolve(point, public_access_block=None))
    for multi_region in view.all(MultiRegionAccessPoint):
        if bucket.name in multi_region.buckets and multi_region.policy is not None:
            yield multi_region, _multi_region_point(multi_region)


_MULTI_REGION = re.compile(r"\.mrap\b|:s3::[^:\"]*:accesspoint/", re.IGNORECASE)
_NEVER_ASKED = frozenset((Why.NOT_PROVIDED, Why.NOT_GATHERED))


def _is_only_noted(unread: Unknown, policy: Field[str | None]) -> bool:
    """Whether Multi-Region Access Points were never read, and the policy names none.

    Answers that were recorded for an earlier version hold no listing of them: a note says so.
    """
    names_one = isinstance(policy, str) and _MULTI_REGION.search(policy) is not None
    return not names_one and all(cause.why in _NEVER_ASKED for cause in unread.causes)


def _multi_region_point(point: MultiRegionAccessPoint) -> access.AccessPointAccess | Unknown:
    policy = _policy(point.policy, "s3control:GetMultiRegionAccessPointPolicy")
    block = point.public_access_block
    unread = [field for field in (policy, _block_doubt(block)) if isinstance(field, Unknown)]
    if isinstance(policy, Unknown) or unread:
        return reduce(or_, unread)
    return access.AccessPointAccess(
        name=point.alias,
        account=point.account,
        arn=point.arn,
        policy=policy,
        block=_block(block, unread=False),
    )


def _point(point: AccessPoint) -> access.AccessPointAccess | Unknown:
    policy = _policy(point.policy, "s3control:GetAccessPointPolicy")
    block, network = point.public_access_block, point.network_origin
    if isinstance(policy, Unknown):
        return policy
    unread = _block_doubt(block)
    if unread is not None:
        return unread
    if isinstance(network, Unknown):
        return network
    return access.AccessPointAccess(
        name=point.name,
        account=point.account,
        arn=point.arn,
        network_origin="VPC" if network == "VPC" else "Internet",
        vpc_id=point.vpc,
        policy=policy,
        block=_block(block, unread=False),
    )
