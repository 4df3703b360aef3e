"""Resource patterns, limited to one bucket or access point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.normalization import resource_parts
from cloudpack_baseline.access.patterns import MANY, Pattern, glob, remainder
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.access.variables import replace
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloudpack_baseline.access.policy import Statement
    from cloudpack_baseline.access.variables import Free

__all__ = ["ResourceTest", "resource_test"]


@frozen
class ResourceTest:
    """Whether a statement's resources mean the bucket, surely and possibly, and which keys."""

    bucket: tuple[bool, bool]
    keys: StringPredicate


def resource_test(
    statement: Statement,
    environment: Mapping[str, str | Free | None],
    *,
    variables: bool,
    place: tuple[str, str] | None = None,
) -> ResourceTest:
    """The test for the resources of a statement.

    Args:
        statement: the statement.
        environment: the values of variables.
        variables: whether the policy has variables.
        place: the ARN of a bucket or access point and the prefix of its objects; the test then
            applies to the rest of the ARN. None: to the whole ARN.
    """
    sure, maybe = _patterns(statement, environment, variables=variables)
    if place is None:
        return ResourceTest((False, False), StringPredicate(tuple(sure), tuple(maybe)))
    arn, prefix = place
    bucket = any(pattern.matches(arn) for pattern in sure)
    keys = StringPredicate(
        tuple(remaining for pattern in sure for remaining in remainder(pattern, prefix)),
        tuple(remaining for pattern in maybe for remaining in remainder(pattern, prefix)),
    )
    return ResourceTest((bucket, bucket or any(p.matches(arn) for p in maybe)), keys)


def _patterns(
    statement: Statement, environment: Mapping[str, str | Free | None], *, variables: bool
) -> tuple[list[Pattern], list[Pattern]]:
    """The patterns of a statement's resources: those that are settled, and those that may be."""
    sure: list[Pattern] = []
    maybe: list[Pattern] = []
    for text in statement.resources or ():
        value = replace(resource_parts(text, variables=variables), environment)
        if value is None:
            continue
        if value.open:
            maybe.append(Pattern((*glob(value.segments).tokens, MANY)))
        else:
            sure.append(glob(value.segments))
    return sure, maybe
