"""What a single Deny denies of what the other statements allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.grants import existing_requests
from cloudpack_baseline.access.witnesses import sample_request

if TYPE_CHECKING:
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.requests import Request

__all__ = ["denied_by"]


def denied_by(bucket: BucketAccess, path: str) -> Request | None:
    """A request that an Allow of the bucket policy allows and only this Deny denies.

    Args:
        bucket: the bucket with the policy.
        path: the path of the Deny in the policy, such as ``$.Statement[2]``.
    """
    analysis = analyse(bucket)
    allows, denies = analysis.allows.get("policy", []), analysis.denies.get("policy", [])
    remaining_denies = [rule for rule in denies if rule.path != path]
    open_without, _, _ = subtract(
        analysis.context.space,
        analysis.context.valid,
        remaining_denies,
        rules=len(allows) + len(denies),
    )
    box = existing_requests(analysis)
    for deny in (rule for rule in denies if rule.path == path):
        for allow in allows:
            stopped = (open_without & allow.low & deny.low).within(box)
            if stopped:
                return sample_request(analysis, stopped)
    return None
