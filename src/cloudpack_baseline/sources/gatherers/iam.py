"""AWS Identity and Access Management: the managed policies that someone has."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_USES = "PermissionsBoundaryUsageCount"
_ALL = "iam:GetAccountAuthorizationDetails"
_POLICIES = described_gatherer(ManagedPolicyDetail)


def _policies(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_ALL, "Policies", Filter=["LocalManagedPolicy", "AWSManagedPolicy"])
    boundaries: frozenset[str] = frozenset()
    if any(_USES not in item for item in listing.items):
        boundaries = _boundaries(calls)
    used = tuple(item for item in listing.items if _is_used(item, boundaries))
    listing = Listing(used, listing.unknown)
    return records_of(calls, ManagedPolicyDetail, _ALL, listing, selected)


def _is_used(item: Answer, boundaries: frozenset[str]) -> bool:
    return bool(item.get("AttachmentCount") or item.get(_USES) or item.get("Arn") in boundaries)


def _boundaries(calls: Calls) -> frozenset[str]:
    """The policies that bound someone, where no count says so: on moto, in old recordings."""
    principals = (
        calls.listing(_ALL, "UserDetailList", Filter=["User"]),
        calls.listing(_ALL, "RoleDetailList", Filter=["Role"]),
    )
    arns = (converted(_ALL, _boundary, item) for listing in principals for item in listing.items)
    return frozenset(arn for arn in arns if isinstance(arn, str))


def _boundary(principal: Answer) -> object:
    return member(principal, "PermissionsBoundary.PermissionsBoundaryArn")


GATHERERS = (evolve(_POLICIES, run=_policies),)
