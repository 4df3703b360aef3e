"""Which distributions of CloudFront lead to a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.storage._s3_domains import bucket_at
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.cloudfront import CacheBehavior, Distribution, DistributionOrigin
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Truth, Unknown, Why, all_of, any_of, is_known, lift

__all__ = [
    "ORIGIN_READS",
    "SigningDistributions",
    "answers_requests",
    "behaviors_to",
    "distributions_of",
    "has_origin",
    "signing_distributions",
]

ORIGIN_READS = (reads(Distribution),)
"""What `signing_distributions` needs."""

_BY_FUNCTION = Unknown.because(
    Why.NOT_PROVIDED, operation="cloudfront:GetFunction", detail="functions that select the origin"
)
"""A function may select an origin that no cache behavior names (CloudFront Developer Guide,
"Helper methods for origin modification", selectRequestOriginById)."""


@frozen
class SigningDistributions:
    """The distributions that may sign their requests to a bucket.

    Attributes:
        certain: the ARNs of those that lead to the bucket, by account, for accounts of which all
            distributions are known.
        possible: the same, and for other accounts those that certainly lead to it.
        doubt: why the two differ; ``None``: they are the same.
    """

    certain: dict[str, tuple[str, ...]]
    possible: dict[str, tuple[str, ...]]
    doubt: Unknown | None


def signing_distributions(view: AccountView, bucket: Bucket) -> SigningDistributions:
    """The distributions with the bucket as an origin, of each account that was read.

    CloudFront signs requests to the REST endpoint of a bucket only: a website endpoint is a custom
    origin, for which there is no origin access control (CloudFront Developer Guide, "Restrict
    access to an Amazon S3 origin"). Of a template, only what it contains is known: a distribution
    of another one may lead to the bucket.
    """
    certain, possible, doubts = {}, {}, []
    for account in view.snapshot.accounts:
        leading, causes = _leading(view, bucket, account.id)
        possible[account.id] = leading
        if causes:
            doubts += causes
        else:
            certain[account.id] = leading
    return SigningDistributions(certain, possible, reduce(or_, doubts) if doubts else None)


def _leading(
    view: AccountView, bucket: Bucket, account: str
) -> tuple[tuple[str, ...], list[Unknown]]:
    """The distributions of the account that lead to the bucket, and why there may be others."""
    gap = view.gap(Distribution, account=account)
    causes = [] if gap is None else [gap]
    if view.snapshot.is_planned:
        causes.append(Unknown.because(Why.NOT_PROVIDED, detail="distributions of other templates"))
    arns = []
    for distribution in view.snapshot.all(Distribution, account):
        leads = _signs(distribution, bucket)
        if leads is True:
            arns.append(distribution.arn)
        elif isinstance(leads, Unknown):
            causes.append(leads)
    return tuple(arns), causes


def _signs(distribution: Distribution, bucket: Bucket) -> Truth:
    origins = distribution.content_origins
    if not isinstance(origins, Unknown):
        by_rest = tuple(origin for origin in origins if not isinstance(origin.protocol_policy, str))
        distribution = evolve(distribution, content_origins=by_rest)
    if has_origin(distribution, bucket.name) is False:
        return False  # without following each cache behavior
    leads = any_of(leads for _, leads in behaviors_to(distribution, bucket.name))
    return all_of((answers_requests(distribution), _BY_FUNCTION if leads is False else leads))


def distributions_of(view: AccountView) -> Iterator[Distribution]:
    """The distributions of every account that was read."""
    for account in view.snapshot.accounts:
        yield from view.snapshot.all(Distribution, account.id)


def behaviors_to(distribution: Distribution, bucket: str) -> Iterator[tuple[CacheBehavior, Truth]]:
    """The cache behaviors, and whether each leads to the bucket.

    Where they are unknown, one stands for all, which may lead to any origin.
    """
    if isinstance(distribution.cache_behaviors, Unknown):
        may_lead = all_of((distribution.cache_behaviors, has_origin(distribution, bucket)))
        yield CacheBehavior(target=""), may_lead
        return
    for behavior in distribution.cache_behaviors:
        yield behavior, _leads(distribution, behavior, bucket)


def answers_requests(distribution: Distribution) -> Truth:
    """Whether it answers requests; one that was disabled does until that is deployed."""
    deploying = lift(lambda status: status != "Deployed", distribution.status)
    return any_of((distribution.enabled, deploying))


def _leads(distribution: Distribution, behavior: CacheBehavior, bucket: str) -> Truth:
    if isinstance(distribution.content_origins, Unknown):
        return distribution.content_origins
    known_groups = distribution.origin_groups if is_known(distribution.origin_groups) else ()
    groups = {group.id: group.members for group in known_groups}
    targets = groups.get(behavior.target, (behavior.target,))
    origins = [origin for origin in distribution.content_origins if origin.id in targets]
    if not origins and isinstance(distribution.origin_groups, Unknown):
        return all_of((distribution.origin_groups, has_origin(distribution, bucket)))
    return any_of(_is_bucket(origin, bucket) for origin in origins)


def has_origin(distribution: Distribution, bucket: str) -> Truth:
    """Whether the bucket is one of its origins."""
    if isinstance(distribution.content_origins, Unknown):
        return distribution.content_origins
    return any_of(_is_bucket(origin, bucket) for origin in distribution.content_origins)


def _is_bucket(origin: DistributionOrigin, bucket: str) -> Truth:
    if origin.domain_name == bucket:
        # DNS may point a host to the bucket that is named like it.
        return Unknown.because(Why.UNSUPPORTED, detail=f"the bucket behind {bucket}")
    return lift(lambda name: name == bucket, bucket_at(origin.domain_name, origin.path))
