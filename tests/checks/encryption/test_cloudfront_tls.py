"""cloudfront-tls (2.2.2, 3.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_cloudfront_tls
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    ViewerCertificate,
    VpcOrigin,
)
from cloudpack_baseline.testing import records
from support import denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("cloudfront:ListDistributions")


def behavior(policy="redirect-to-https", path="*"):
    return CacheBehavior(target="web", path_pattern=path, viewer_protocol_policy=policy)


def origin(policy="https-only", *versions, domain="web.example.com", vpc_origin=None):
    return DistributionOrigin(
        id="web",
        domain_name=domain,
        protocol_policy=policy,
        ssl_protocols=versions or ("TLSv1.2",),
        vpc_origin=vpc_origin,
    )


def certificate(policy="TLSv1.2_2021", *, is_default=False):
    return ViewerCertificate(is_default=is_default, minimum_protocol_version=policy)


FINE = records.record(
    Distribution,
    "distribution/E1",
    service="cloudfront",
    region="",
    content_origins=(origin(),),
    cache_behaviors=(behavior(),),
    viewer_certificate=certificate(),
)


def vpc_origin(policy="https-only", *versions):
    return records.record(
        VpcOrigin,
        "vpcorigin/vo_1",
        service="cloudfront",
        region="",
        vpc_origin_id="vo_1",
        protocol_policy=policy,
        ssl_protocols=versions or ("TLSv1.2",),
    )


def judged(distribution, *others, baseline=None, **changes):
    snapshot = world("cloudfront-tls", distribution, *others, **changes)
    return only(check_cloudfront_tls(snapshot, baseline))


def outcome(distribution, *others, **changes):
    return judged(distribution, *others, **changes).outcome


def test_a_distribution_with_tls_everywhere_passes():
    assert outcome(FINE) is PASS


@pytest.mark.parametrize(
    ("enabled", "expected"), [(False, NOT_APPLICABLE), (True, FAIL), (UNREAD, FAIL)]
)
def test_a_distribution_that_is_disabled_is_not_judged(enabled, expected):
    open_to_http = evolve(FINE, cache_behaviors=(behavior("allow-all"),), enabled=enabled)
    finding = judged(open_to_http)
    assert finding.outcome is expected
    if expected is NOT_APPLICABLE:
        (observation,) = finding.observations
        assert observation.message.id == "encryption.disabled-distribution"


@pytest.mark.parametrize(
    ("viewer_certificate", "expected"),
    [
        (certificate("TLSv1.2_2018"), PASS),
        (certificate("TLSv1.3_2025"), PASS),
        (certificate("TLSv1.1_2016"), FAIL),
        (certificate("TLSv1_2016"), FAIL),
        (certificate("TLSv1"), FAIL),
        (certificate("SSLv3"), FAIL),
        (certificate("TLSv1.2_2021", is_default=True), FAIL),
        (None, UNKNOWN),
        (UNREAD, UNKNOWN),
    ],
)
def test_the_versions_for_viewers(viewer_certificate, expected):
    assert outcome(evolve(FINE, viewer_certificate=viewer_certificate)) is expected


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        (("https-only",), PASS),
        (("redirect-to-https", "https-only"), PASS),
        (("allow-all", "https-only"), FAIL),
        (("https-only", "allow-all"), FAIL),
        (("",), UNKNOWN),
    ],
)
def test_every_cache_behavior_counts(policies, expected):
    behaviors = tuple(behavior(policy, f"/{policy}") for policy in policies)
    finding = judged(evolve(FINE, cache_behaviors=behaviors))
    assert finding.outcome is expected
    if expected is FAIL:
        assert "/allow-all" in finding.observations[0].message.in_language("en")


@pytest.mark.parametrize("field", ["cache_behaviors", "content_origins"])
def test_what_was_not_read_is_unknown(field):
    assert outcome(evolve(FINE, **{field: UNREAD})) is UNKNOWN


@pytest.mark.parametrize(
    ("policy", "versions", "expected"),
    [
        ("https-only", ("TLSv1.2",), PASS),
        ("match-viewer", ("TLSv1.2",), PASS),
        ("http-only", ("TLSv1.2",), FAIL),
        ("https-only", ("TLSv1.1", "TLSv1.2"), FAIL),
        ("https-only", ("SSLv3", "TLSv1.2"), FAIL),
        ("match-viewer", ("TLSv1",), FAIL),
    ],
)
def test_a_custom_origin_and_a_vpc_origin(policy, versions, expected):
    assert outcome(evolve(FINE, content_origins=(origin(policy, *versions),))) is expected
    private = evolve(FINE, content_origins=(origin(None, vpc_origin="vo_1"),))
    assert outcome(private, vpc_origin(policy, *versions)) is expected


def test_what_an_answer_lacks_names_the_listing():
    older = evolve(FINE, viewer_certificate=None, cache_behaviors=(behavior(""),))
    operations = [
        cause.operation
        for observation in judged(older).observations
        for cause in observation.causes
    ]
    assert operations == ["cloudfront:ListDistributions"] * 2


def test_an_origin_over_http_is_named():
    web = evolve(FINE, content_origins=(origin("http-only"),))
    (observation,) = (
        observation for observation in judged(web).observations if observation.outcome is FAIL
    )
    assert observation.read == "OriginProtocolPolicy=http-only"
    assert observation.expected == "OriginProtocolPolicy=https-only"


def test_an_origin_without_versions_is_unknown():
    bare = evolve(origin(), ssl_protocols=())
    assert outcome(evolve(FINE, content_origins=(bare,))) is UNKNOWN


@pytest.mark.parametrize(
    "domain",
    [
        "docs.s3-website-us-east-1.amazonaws.com",
        "docs.s3-website.ap-northeast-3.amazonaws.com",
        "docs.s3-website.cn-north-1.amazonaws.com.cn",
    ],
)
def test_a_website_endpoint_of_s3_speaks_only_http(domain):
    website = origin("http-only", domain=domain)
    finding = judged(evolve(FINE, content_origins=(website,)))
    assert finding.outcome is PASS
    assert NOT_APPLICABLE in {observation.outcome for observation in finding.observations}


def test_a_host_that_only_looks_like_a_website_endpoint_is_judged():
    other = origin("http-only", domain="docs.s3-website-us-east-1.example.com")
    assert outcome(evolve(FINE, content_origins=(other,))) is FAIL


def test_a_bucket_is_reached_as_viewers_reach_it():
    bucket = evolve(origin(None), ssl_protocols=())
    assert outcome(evolve(FINE, content_origins=(bucket,))) is PASS


class TestVpcOrigin:
    PRIVATE = evolve(FINE, content_origins=(origin(None, vpc_origin="vo_1"),))

    @pytest.mark.parametrize("field", ["protocol_policy", "ssl_protocols"])
    def test_one_that_was_not_read_is_unknown(self, field):
        assert outcome(self.PRIVATE, evolve(vpc_origin(), **{field: UNREAD})) is UNKNOWN

    @pytest.mark.parametrize("gaps", [{}, {"VpcOrigin": denied("cloudfront:ListVpcOrigins")}])
    def test_one_that_is_not_among_the_records_is_unknown(self, gaps):
        changed_vpc_origin = evolve(vpc_origin(), vpc_origin_id="vo_2")
        finding = judged(self.PRIVATE, changed_vpc_origin, gaps=gaps)
        assert finding.outcome is UNKNOWN
        assert finding.observations[0].causes[0].operation == "cloudfront:ListVpcOrigins"


def test_the_baseline_says_which_versions_are_accepted():
    strict = {"controls": {"cloudfront-tls": {"protocols": ["TLSv1.3"]}}}
    finding = judged(FINE, baseline=Baseline.from_mapping(strict))
    assert [observation.outcome for observation in finding.observations] == [FAIL, FAIL, PASS]


def test_an_account_without_distributions():
    assert only(check_cloudfront_tls(world("cloudfront-tls"))).outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("cache_behaviors", evolve(behavior(), viewer_protocol_policy=UNREAD)),
        ("content_origins", evolve(origin(), protocol_policy=UNREAD)),
        ("content_origins", evolve(origin(), ssl_protocols=UNREAD)),
    ],
)
def test_an_unread_part_hides_no_failure_beside_it(field, part):
    open_part = behavior("allow-all") if field == "cache_behaviors" else origin("http-only")
    assert outcome(evolve(FINE, **{field: (part,)})) is UNKNOWN
    assert outcome(evolve(FINE, **{field: (part, open_part)})) is FAIL


def test_unread_versions_do_not_matter_where_there_is_no_tls():
    plain = evolve(origin("http-only"), ssl_protocols=UNREAD)
    assert outcome(evolve(FINE, content_origins=(plain,))) is FAIL
