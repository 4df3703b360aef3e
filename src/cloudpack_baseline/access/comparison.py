"""What a bucket lets in, held against what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.blocked import (
    BlockedDeclaration,
    blocked_declarations,
    lists_undeclared_keys,
)
from cloudpack_baseline.access.declarations import always_allowed, declared_requests, extra_values
from cloudpack_baseline.access.excess import (
    Deputy,
    ExcessAccess,
    excess_access,
    undeclared_deputies,
)
from cloudpack_baseline.access.grants import effective_grants
from cloudpack_baseline.access.results import Approximation
from cloudpack_baseline.access.summaries import approximations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.declarations import Declaration

__all__ = ["Comparison", "compare"]


@frozen(kw_only=True)
class Comparison:
    """What gets in beyond the declared, and what of the declared does not.

    ``whole_listings`` are the indices of declarations for some objects, whose listing shows the
    keys of others too.
    """

    excess: tuple[ExcessAccess, ...]
    blocked: tuple[BlockedDeclaration, ...]
    deputies: tuple[Deputy, ...] = ()
    whole_listings: tuple[int, ...] = ()
    approximations: tuple[Approximation, ...] = ()


def compare(
    bucket: BucketAccess,
    declarations: Sequence[Declaration] = (),
    *,
    since: datetime | None = None,
) -> Comparison:
    """Hold what a bucket lets in against the declared.

    The owner's account may always come in, and services that are bound to a source account, ARN or
    organization (CloudFront only where declared). No declaration means a private bucket. What
    could get in only before ``since`` (with its time zone) does not count.

    Raises:
        ValueError: a declared network is no CIDR.
    """
    analysis = analyse(bucket, extra_values(bucket, declarations, since))
    answers = effective_grants(analysis)
    declared = always_allowed(analysis)
    for declaration in declarations:
        declared |= declared_requests(analysis, declaration)
    return Comparison(
        excess=tuple(excess_access(answers, declared)),
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
