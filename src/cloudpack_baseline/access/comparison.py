"""The access to a bucket, compared with what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.blocked import (
    BlockedDeclaration,
    blocked_declarations,
    lists_undeclared_keys,
)
from cloudpack_baseline.access.declarations import (
    always_allowed,
    declared_by_cloudfront,
    declared_requests,
    extra_values,
)
from cloudpack_baseline.access.distributions import sent_for_nobody
from cloudpack_baseline.access.excess import (
    Deputy,
    ExcessAccess,
    excess_access,
    undeclared_deputies,
)
from cloudpack_baseline.access.grants import effective_grants
from cloudpack_baseline.access.results import Approximation
from cloudpack_baseline.access.summaries import approximations
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.declarations import Declaration

__all__ = ["Comparison", "compare", "compare_access"]


@frozen(kw_only=True)
class Comparison:
    """Access beyond the declarations, and declared access that is blocked.

    ``whole_listings`` are the indices of declarations for certain objects whose listing also shows
    the keys of others.
    """

    excess: tuple[ExcessAccess, ...]
    blocked: tuple[BlockedDeclaration, ...]
    deputies: tuple[Deputy, ...] = ()
    whole_listings: tuple[int, ...] = ()
    approximations: tuple[Approximation, ...] = ()


def compare_access(
    bucket: BucketAccess,
    declarations: Sequence[Declaration] = (),
    *,
    since: datetime | None = None,
    distributions: Mapping[str, Sequence[str]] | None = None,
    kinds_of_principals: Container[str] | None = None,
) -> Comparison:
    """Compare the access to a bucket with the declarations.

    The owner's account always has access, and so do services that are limited to a source account,
    ARN or organization (CloudFront only if declared). Without a declaration, the bucket is private.
    What is allowed only before ``since`` (with a time zone) does not count.

    ``distributions`` are the ARNs of the CloudFront distributions that have the bucket as origin,
    by account, for accounts of which all distributions are known: where a statement does not name
    CloudFront but everyone or all services, no other distribution of these accounts counts, nor do
    those of accounts and organizations that are declared for the same access.

    ``kinds_of_principals`` limits the excess access to these kinds, such as ``anonymous``.

    Raises:
        ValueError: a declared network is not a CIDR block.
    """
    if bucket.grants_nothing and not declarations:
        return Comparison(excess=(), blocked=())
    distributions = distributions or {}
    analysis = analyse(bucket, extra_values(bucket, declarations, since, distributions))
    answers = effective_grants(analysis)
    declared = always_allowed(analysis)
    unnamed = sent_for_nobody(analysis, distributions)
    for declaration in declarations:
        declared |= declared_requests(analysis, declaration)
        unnamed |= declared_by_cloudfront(analysis, declaration)
    return Comparison(
        excess=tuple(excess_access(answers, declared, unnamed, kinds_of_principals)),
        blocked=tuple(
            blocked
            for index, declaration in enumerate(declarations)
            for blocked in blocked_declarations(answers, index, declaration)
        ),
        deputies=tuple(undeclared_deputies(answers, declarations)),
        whole_listings=tuple(
            index
            for index, declaration in enumerate(declarations)
            if lists_undeclared_keys(answers, declaration)
        ),
        approximations=approximations(answers),
    )


compare = compare_access
"""The earlier name of `compare_access`."""
