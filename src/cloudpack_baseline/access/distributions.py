"""Which requests CloudFront sends, where it is known which distributions have the bucket as origin.

CloudFront signs its requests on behalf of the distribution, and sends them to its origins only
(CloudFront Developer Guide, "Restrict access to an Amazon S3 origin").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.axes import ABSENT
from cloudpack_baseline.access.patterns import arn
from cloudpack_baseline.access.predicates import StringPredicate, equal_to
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.bucket import BucketAccess
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.rules import Rule

__all__ = [
    "CLOUDFRONT_SERVICE",
    "arns_like",
    "distribution_tests",
    "from_cloudfront",
    "names_cloudfront",
    "never_sent",
    "sent_for",
    "sent_for_nobody",
]

CLOUDFRONT_SERVICE: Final = "cloudfront.amazonaws.com"
"""The principal of distributions with origin access control."""
_ARN: Final = "aws:sourcearn"
_ACCOUNT: Final = ("aws:sourceaccount", "aws:sourceowner")
"""The keys of the account; the second is the older one."""
_ORGANIZATION: Final = "aws:sourceorgid"


def arns_like(texts: Iterable[str]) -> StringPredicate:
    """A test for the ARNs that match one of the patterns (``*`` and ``?``)."""
    patterns = (arn(((text, False),)) for text in texts)
    return StringPredicate(tuple(pattern for pattern in patterns if pattern is not None))


_OF_CLOUDFRONT: Final = arns_like(("arn:*:cloudfront:*:*:*",))


def _of_account(account: str) -> StringPredicate:
    return arns_like((f"arn:*:cloudfront:*:{account}:*",))


def distribution_tests(
    bucket: BucketAccess,
    distributions: Mapping[str, Sequence[str]],
    accounts: Iterable[str],
    organizations: Iterable[str],
    declared_keys: set[str],
) -> Iterable[tuple[str, Predicate]]:
    """The values to distinguish, of the keys that the policies or declarations test.

    ``accounts`` and ``organizations`` are declared, and ``declared_keys`` tested for that.
    """
    accounts = (*distributions, *accounts)
    tested = declared_keys | {
        condition.key.lower()
        for policy in (bucket.policy, *(point.policy for point in bucket.access_points))
        for statement in (policy.statements if policy else ())
        for condition in statement.conditions
    }
    if _ARN in tested:
        yield _ARN, _OF_CLOUDFRONT
        for account in accounts:
            yield _ARN, _of_account(account)
        for arns in filter(None, distributions.values()):
            yield _ARN, arns_like(arns)
    for key in tested.intersection(_ACCOUNT):
        for account in accounts:
            yield key, equal_to(account)
    if _ORGANIZATION in tested:
        for organization in organizations:
            yield _ORGANIZATION, equal_to(organization)


def never_sent(analysis: Analysis) -> RequestSet:
    """Requests of CloudFront on behalf of a resource of another service: there are none."""
    context, level = analysis.context, analysis.context.layout.keys.get(_ARN)
    if level is None:
        return RequestSet.nothing(context.space)
    elsewhere = ~context.axes[_ARN].where(_OF_CLOUDFRONT) & ~ABSENT
    return RequestSet.box(context.space, {**from_cloudfront(analysis), level: elsewhere})


def sent_for_nobody(analysis: Analysis, distributions: Mapping[str, Sequence[str]]) -> RequestSet:
    """Requests of CloudFront on behalf of distributions that do not have the bucket as origin.

    ``distributions`` are, by account, the ARNs of those that do.
    """
    context, keys = analysis.context, analysis.context.layout.keys
    requests = RequestSet.nothing(context.space)
    for account, arns in distributions.items():
        box = from_cloudfront(analysis)
        if _ARN in context.axes:
            axis = context.axes[_ARN]
            no_origin = ~axis.where(arns_like(arns)) if arns else ~0
            of_account = axis.where(_of_account(account)) & no_origin
            requests |= RequestSet.box(context.space, {**box, keys[_ARN]: of_account})
            box[keys[_ARN]] = no_origin
        elif arns:
            continue
        for key in context.axes.keys() & _ACCOUNT:
            of_account = context.axes[key].where(equal_to(account))
            requests |= RequestSet.box(context.space, box | {keys[key]: of_account})
    return requests


def sent_for(
    analysis: Analysis, accounts: Iterable[str], organizations: Iterable[str]
) -> Iterable[dict[int, int]]:
    """Boxes of the requests of CloudFront on behalf of accounts and organizations."""
    axes, keys = analysis.context.axes, analysis.context.layout.keys
    box = from_cloudfront(analysis)
    for account in accounts:
        if _ARN in axes:
            yield box | {keys[_ARN]: axes[_ARN].where(_of_account(account))}
        for key in axes.keys() & _ACCOUNT:
            yield box | {keys[key]: axes[key].where(equal_to(account))}
    if _ORGANIZATION in axes:
        for organization in organizations:
            of_organization = axes[_ORGANIZATION].where(equal_to(organization))
            yield box | {keys[_ORGANIZATION]: of_organization}


def from_cloudfront(analysis: Analysis) -> dict[int, int]:
    """The box of all requests of CloudFront as a service."""
    callers = analysis.callers(lambda c: c.kind == "service" and c.name == CLOUDFRONT_SERVICE)
    return {analysis.context.layout.caller: callers}


def names_cloudfront(analysis: Analysis, rule: Rule) -> bool:
    """Whether the statement of the rule names CloudFront as its principal."""
    return any(
        source.name == rule.source and statement.path == rule.path
        for source in analysis.sources
        for statement in source.policy.statements
        if statement.principal is not None and CLOUDFRONT_SERVICE in statement.principal.services
    )
