"""What a bucket lets in, held against what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.answers import let_in
from cloudpack_baseline.access.declarations import always_wanted, declared_set, extras_for
from cloudpack_baseline.access.others import approximations
from cloudpack_baseline.access.results import Approximation
from cloudpack_baseline.access.shut import Shut, lists_others, shut_of
from cloudpack_baseline.access.surplus import Deputy, Surplus, deputies_of, surplus_of

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

    surplus: tuple[Surplus, ...]
    shut: tuple[Shut, ...]
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
    analysis = analyse(bucket, extras_for(bucket, declarations, since))
    answers = let_in(analysis)
    wanted = always_wanted(analysis)
    for declaration in declarations:
        wanted |= declared_set(analysis, declaration)
    return Comparison(
        surplus=tuple(surplus_of(answers, wanted)),
        shut=tuple(
            shut
            for index, declaration in enumerate(declarations)
            for shut in shut_of(answers, index, declaration)
        ),
        deputies=tuple(deputies_of(answers, declarations)),
        whole_listings=tuple(
            index
            for index, declaration in enumerate(declarations)
            if lists_others(answers, declaration)
        ),
        approximations=approximations(answers),
    )
