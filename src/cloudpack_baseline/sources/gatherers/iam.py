"""AWS Identity and Access Management: the managed policies that somebody has."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_ALL = "iam:GetAccountAuthorizationDetails"
_POLICIES = described_gatherer(ManagedPolicyDetail)


def _policies(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_ALL, "Policies", Filter=["LocalManagedPolicy", "AWSManagedPolicy"])
    used = Listing(tuple(filter(_is_used, listing.items)), listing.unknown)
    return records_of(calls, ManagedPolicyDetail, _ALL, used, selected)


def _is_used(item: Answer) -> bool:
    return bool(item.get("AttachmentCount") or item.get("PermissionsBoundaryUsageCount"))


GATHERERS = (evolve(_POLICIES, run=_policies),)
