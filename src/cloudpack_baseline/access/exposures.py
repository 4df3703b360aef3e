"""The exposure of a bucket: ``exposure(bucket)``.

Every answer is a projection or an intersection of the sets of requests that its statements allow
and no Deny denies; see ``docs/explanation/access.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.actions import KINDS, KNOWN
from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.grants import effective_grants, public_request
from cloudpack_baseline.access.reach import anonymous_reach
from cloudpack_baseline.access.results import Exposure
from cloudpack_baseline.access.summaries import (
    access_point_exposures,
    account_access,
    approximations,
    cloudfront_identities,
    denied_grants,
    service_access,
)
from cloudpack_baseline.access.transport import clear_text, clear_text_anonymous, lowest_tls

if TYPE_CHECKING:
    from cloudpack_baseline.access.bucket import BucketAccess

__all__ = ["exposure"]


def exposure(bucket: BucketAccess) -> Exposure:
    """Compute all access to a bucket, with a witness for each."""
    analysis = analyse(bucket)
    answers = effective_grants(analysis)
    source = next((s for s in analysis.sources if s.point is None), None)
    policy_witness = answers.policy_public
    public = public_request(answers, source)
    found_points = access_point_exposures(answers)
    if public is None:
        public = next((point.witness for point in found_points if point.public), None)
    if public is None and not answers.restricted:
        # What S3 does not know is answered to nobody today, and counts as public all the same.
        public = policy_witness
    kinds = {**KINDS, "other": KNOWN & ~(KINDS["read"] | KINDS["list"] | KINDS["write"])}
    by_access = {name: anonymous_reach(answers, name, mask) for name, mask in kinds.items()}
    block = bucket.block
    return Exposure(
        bucket=bucket.name,
        policy_public=policy_witness is not None,
        policy_public_witness=policy_witness,
        acl_public=bucket.acl_counts
        and not block.ignore_public_acls
        and any(grant.public for grant in bucket.acl),
        public=public is not None,
        public_witness=public,
        masked=tuple(
            grant
            for grant in bucket.acl
            if grant.public and bucket.acl_counts and block.ignore_public_acls
        ),
        acl_may_be_masked=bucket.acl_counts and block.ignore_public_acls,
        anonymous=anonymous_reach(answers, "anonymous", KNOWN),
        by_access=by_access,
        clear_text=clear_text(answers),
        clear_text_anonymous=clear_text_anonymous(answers),
        lowest_tls=lowest_tls(answers),
        accounts=account_access(answers),
        services=service_access(answers),
        cloudfront_identities=cloudfront_identities(answers),
        object_acls_may_grant=bucket.acl_counts and not block.ignore_public_acls,
        access_points=found_points,
        denied=denied_grants(answers),
        approximations=approximations(answers),
    )
