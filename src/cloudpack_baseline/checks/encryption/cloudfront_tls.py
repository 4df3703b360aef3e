"""Whether CloudFront speaks current versions of TLS with viewers and with origins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.baseline.options.encryption import CloudfrontTlsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.cloudfront import Distribution, DistributionOrigin, VpcOrigin
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["cloudfront_tls"]

_WEBSITE = re.compile(r".+\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?", re.IGNORECASE)
"""A website endpoint of S3, in both spellings (Amazon S3 User Guide, Website endpoints)."""


@check(reads(Distribution), reads(VpcOrigin, "protocol_policy"), subjects=(Distribution,))
def cloudfront_tls(view: AccountView) -> Iterator[Finding]:
    """Reads how viewers and origins of each enabled distribution are connected (ListDistributions).

    Every cache behavior has to redirect to HTTPS or to require it (``ViewerProtocolPolicy``), and
    the versions that viewers and custom origins may use have to be accepted ones (``protocols``;
    ``MinimumProtocolVersion``, ``OriginSslProtocols``). The default certificate of CloudFront
    accepts TLSv1 whatever is set (Amazon CloudFront Developer Guide, "Supported protocols and
    ciphers between viewers and CloudFront"). A custom origin must not be reached over HTTP only;
    VPC origins are read by GetVpcOrigin. Website endpoints of S3 support only HTTP, so they are not
    evaluated.
    """
    for distribution in view.all(Distribution):
        yield view.finding(distribution, *_observe(view, distribution))


def _observe(view: AccountView, distribution: Distribution) -> Iterator[Observation]:
    if distribution.enabled is False:
        yield not_applicable(text("encryption.disabled-distribution"))
        return
    yield _viewer_certificate(view, distribution)
    yield from _cache_behaviors(distribution)
    origins = distribution.content_origins
    if isinstance(origins, Unknown):
        yield unknown("Origins", origins)
        return
    for origin in origins:
        for observation in _origin(view, origin):
            yield evolve(observation, origin=origin.written_at)


def _accepted(view: AccountView) -> tuple[str, ...]:
    return view.baseline.options(CloudfrontTlsOptions).protocols


def _viewer_certificate(view: AccountView, distribution: Distribution) -> Observation:
    """Whether viewers can connect by accepted versions only."""
    certificate, origin = distribution.viewer_certificate, distribution.origin
    expected = f"MinimumProtocolVersion={' | '.join(_accepted(view))}"
    if certificate is None:
        certificate = Unknown.because(Why.NOT_GATHERED, operation="cloudfront:ListDistributions")
    if isinstance(certificate, Unknown):
        return unknown("ViewerCertificate", certificate, expected=expected, origin=origin)
    origin = certificate.written_at or origin
    if certificate.is_default:
        read = "CloudFrontDefaultCertificate=true"
        message = text("encryption.default-certificate")
        return failed(message, read=read, expected=expected, origin=origin)
    policy = certificate.minimum_protocol_version
    read = f"MinimumProtocolVersion={policy}"
    if policy.partition("_")[0] in _accepted(view):
        message = text("encryption.viewer-versions", policy=policy)
        return passed(message, read=read, expected=expected, origin=origin)
    message = text("encryption.viewer-versions-not", policy=policy)
    return failed(message, read=read, expected=expected, origin=origin)


def _cache_behaviors(distribution: Distribution) -> Iterator[Observation]:
    behaviors = distribution.cache_behaviors
    expected = "ViewerProtocolPolicy=redirect-to-https | https-only"
    if isinstance(behaviors, Unknown):
        yield unknown("CacheBehaviors", behaviors, expected=expected, origin=distribution.origin)
        return
    for behavior in behaviors:
        policy, path = behavior.viewer_protocol_policy, behavior.path_pattern
        origin = behavior.written_at or distribution.origin
        read = f"ViewerProtocolPolicy={policy}"
        if policy == "":
            policy = Unknown.because(Why.NOT_GATHERED, operation="cloudfront:ListDistributions")
        if isinstance(policy, Unknown):
            name = f"ViewerProtocolPolicy ({path})"
            yield unknown(name, policy, expected=expected, origin=origin)
        elif policy == "allow-all":
            message = text("encryption.viewer-http", path=path)
            yield failed(message, read=read, expected=expected, origin=origin)
        else:
            message = text("encryption.viewer-https", path=path)
            yield passed(message, read=read, expected=expected, origin=origin)


def _origin(view: AccountView, origin: DistributionOrigin) -> Iterator[Observation]:
    """How CloudFront connects to an origin; an S3 bucket is reached as viewers reach it."""
    if origin.vpc_origin is not None:
        yield from _vpc_origin(view, origin, origin.vpc_origin)
    elif _WEBSITE.fullmatch(origin.domain_name):
        yield not_applicable(text("encryption.website-origin", origin=origin.domain_name))
    elif origin.protocol_policy is not None:
        yield _connection(view, origin, origin.protocol_policy, origin.ssl_protocols)


def _vpc_origin(
    view: AccountView, origin: DistributionOrigin, vpc_origin_id: str
) -> Iterator[Observation]:
    for vpc_origin in view.all(VpcOrigin):
        if vpc_origin.vpc_origin_id != vpc_origin_id:
            continue
        yield _connection(view, origin, vpc_origin.protocol_policy, vpc_origin.ssl_protocols)
        return
    yield unknown(f"VpcOrigin {vpc_origin_id}", why_missing(view, VpcOrigin, vpc_origin_id))


def _connection(
    view: AccountView,
    origin: DistributionOrigin,
    policy: Field[str],
    versions: Field[tuple[str, ...]],
) -> Observation:
    """Whether an origin is reached over TLS, by accepted versions only.

    ``match-viewer`` is as safe as the cache behaviors, which are evaluated.
    """
    name, accepted = origin.domain_name, _accepted(view)
    if isinstance(policy, Unknown):
        return unknown(f"OriginProtocolPolicy ({name})", policy)
    if policy == "http-only":
        message = text("encryption.origin-http", origin=name)
        return failed(
            message,
            read=f"OriginProtocolPolicy={policy}",
            expected="OriginProtocolPolicy=https-only",
        )
    expected = f"OriginSslProtocols={' | '.join(accepted)}"
    if not isinstance(versions, Unknown) and not versions:
        versions = Unknown.because(Why.NOT_GATHERED, detail=f"OriginSslProtocols ({name})")
    if isinstance(versions, Unknown):
        return unknown(f"OriginSslProtocols ({name})", versions, expected=expected)
    read = (FieldValue("OriginSslProtocols", tuple(versions)),)
    old = tuple(version for version in versions if version not in accepted)
    if old:
        message = text("encryption.origin-old", origin=name, versions=old)
        return failed(message, read=read, expected=expected)
    return passed(text("encryption.origin-tls", origin=name), read=read, expected=expected)
