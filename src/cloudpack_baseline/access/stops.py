"""What a single Deny takes from what the other statements let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.answers import real
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.requests import request_in

if TYPE_CHECKING:
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.requests import Request

__all__ = ["stopped_by"]


def stopped_by(bucket: BucketAccess, path: str) -> Request | None:
    """A request that an Allow of the bucket policy lets in and that this Deny alone stops.

    Args:
        bucket: whose policy has the statement.
        path: of the Deny in the policy, as ``$.Statement[2]``.
    """
    analysis = analyse(bucket)
    allows, denies = analysis.allows.get("policy", []), analysis.denies.get("policy", [])
    others = [rule for rule in denies if rule.path != path]
    open_without, _, _ = subtract(
        analysis.world.space, analysis.world.valid, others, rules=len(allows) + len(denies)
    )
    box = real(analysis)
    for deny in (rule for rule in denies if rule.path == path):
        for allow in allows:
            hit = (open_without & allow.low & deny.low).within(box)
            if hit:
                return request_in(analysis, hit)
    return None
