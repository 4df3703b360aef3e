"""s3-exposure of buckets that are open to services on behalf of an account (5.1.2)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_s3_exposure
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    OriginGroup,
)
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.snapshot import AccountScope
from support import ACCOUNT, REGION, denied, only, world

OTHER = "999988887777"
UNREAD = denied("cloudfront:ListDistributions")
CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
DOCS = DistributionOrigin(id="docs", domain_name="docs.s3.ap-northeast-1.amazonaws.com")
SITE = DistributionOrigin(
    id="docs",
    domain_name="docs.s3-website-ap-northeast-1.amazonaws.com",
    protocol_policy="http-only",
)
ALIAS = DistributionOrigin(id="docs", domain_name="point-abc-s3alias.s3.us-east-1.amazonaws.com")
WEB = DistributionOrigin(id="web", domain_name="www.example.jp", protocol_policy="https-only")
TO_WEB = CacheBehavior(target="web")


def arn(name, account=ACCOUNT):
    return f"arn:aws:cloudfront::{account}:distribution/{name}"


def distribution(name="E1", account=ACCOUNT, **changes):
    fields = {
        "arn": arn(name, account),
        "account": account,
        "name": name,
        "content_origins": (DOCS,),
        "cache_behaviors": (CacheBehavior(target="docs"),),
    }
    return Distribution(**(fields | changes))


def allow(condition, principal="*"):
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::docs/*",
        "Condition": condition,
    }


def of_account(account=ACCOUNT):
    return {"StringEquals": {"aws:SourceAccount": account}}


def of_source(pattern):
    return {"ArnLike": {"aws:SourceArn": pattern}}


def snapshot(statements, *distributions, gaps=None, **changes):
    bucket = Bucket(
        arn="arn:aws:s3:::docs",
        account=ACCOUNT,
        region=REGION,
        name="docs",
        owner="a" * 64,
        ownership="BucketOwnerEnforced",
        policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
    )
    block = AccountPublicAccessBlock(arn=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT)
    return world("s3-exposure", bucket, block, *distributions, gaps=gaps, **changes)


def judged(*statements, distributions=(), declared=None, **changes):
    rows = {"buckets": [{"name": "docs", **declared}]} if declared else {}
    account_snapshot = snapshot(statements, *distributions, **changes)
    return only(check_s3_exposure(account_snapshot, Baseline.from_mapping(rows)))


def notes(finding):
    return " | ".join(note.in_language("en") for note in finding.notes)


@pytest.mark.parametrize(
    "condition",
    [
        of_account(),
        of_source(f"arn:aws:*:*:{ACCOUNT}:*"),
        of_source(f"arn:aws:sns:ap-northeast-1:{ACCOUNT}:topic"),
        of_source("arn:aws:s3:::logs"),
        of_source(arn("E1")),
        of_account() | of_source(f"arn:aws:cloudfront::{ACCOUNT}:*"),
    ],
)
def test_services_on_behalf_of_an_account_without_distributions_need_no_declaration(condition):
    assert judged(allow(condition)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (of_account(), Outcome.FAIL),
        (of_source(f"arn:aws:*:*:{ACCOUNT}:*"), Outcome.FAIL),
        (of_source(arn("E1")), Outcome.FAIL),
        (of_account() | of_source(arn("E1")), Outcome.FAIL),
        (of_source(arn("E2")), Outcome.PASS),
        (of_account() | of_source(arn("E2")), Outcome.PASS),
        (of_source(f"arn:aws:sns:*:{ACCOUNT}:*"), Outcome.PASS),
    ],
)
def test_a_distribution_with_the_bucket_as_an_origin_publishes_it(condition, outcome):
    finding = judged(allow(condition), distributions=[distribution()])
    assert finding.outcome is outcome
    assert (arn("E1") in notes(finding)) == (outcome is Outcome.FAIL)
    declared = {"exposure": ["cloudfront"]}
    finding = judged(allow(of_account()), distributions=[distribution()], declared=declared)
    assert finding.outcome is Outcome.PASS
    assert arn("E1") not in notes(finding)


def test_the_witness_is_a_distribution_that_exists():
    condition = of_source(f"arn:aws:cloudfront::{ACCOUNT}:distribution/*")
    finding = judged(allow(condition), distributions=[distribution("E7")])
    (observation,) = finding.observations
    assert ("aws:SourceArn", (arn("E7"),)) in observation.witness.requests[0].context


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.FAIL),
        ({"content_origins": (DOCS, WEB)}, Outcome.FAIL),
        ({"content_origins": (SITE,)}, Outcome.PASS),
        ({"content_origins": (WEB,), "cache_behaviors": (TO_WEB,)}, Outcome.PASS),
        # A function may select the origin.
        (
            {"content_origins": (DOCS, WEB), "cache_behaviors": (TO_WEB,)},
            Outcome.UNKNOWN,
        ),
        (
            {"content_origins": (DOCS, WEB), "cache_behaviors": (TO_WEB,), "enabled": False},
            Outcome.PASS,
        ),
        (
            {
                "origin_groups": (OriginGroup(id="both", members=("web", "docs")),),
                "cache_behaviors": (CacheBehavior(target="both"),),
            },
            Outcome.FAIL,
        ),
        ({"enabled": False}, Outcome.PASS),
        ({"enabled": False, "status": "InProgress"}, Outcome.FAIL),
        ({"content_origins": (ALIAS,)}, Outcome.UNKNOWN),
        ({"content_origins": UNREAD}, Outcome.UNKNOWN),
        ({"cache_behaviors": UNREAD}, Outcome.UNKNOWN),
    ],
)
def test_only_what_leads_to_the_bucket_counts(changes, outcome):
    finding = judged(allow(of_account()), distributions=[distribution(**changes)])
    assert finding.outcome is outcome


def test_an_origin_that_only_a_function_may_select_names_the_call():
    unused = distribution(content_origins=(DOCS, WEB), cache_behaviors=(TO_WEB,))
    (observation,) = judged(allow(of_account()), distributions=[unused]).observations
    (cause,) = observation.causes
    assert cause.operation == "cloudfront:GetFunction"
    published = judged(allow(of_account()), distributions=[unused, distribution("E2")])
    assert published.outcome is Outcome.FAIL


def test_cache_behaviors_that_could_not_be_read_are_named():
    unread = distribution(cache_behaviors=UNREAD)
    (observation,) = judged(allow(of_account()), distributions=[unread]).observations
    assert observation.causes == UNREAD.causes
    # None of its origins is the bucket.
    elsewhere = evolve(unread, content_origins=(WEB,))
    assert judged(allow(of_account()), distributions=[elsewhere]).outcome is Outcome.PASS


def test_distributions_that_could_not_be_read():
    gaps = {"Distribution": UNREAD}
    finding = judged(allow(of_account()), gaps=gaps)
    assert finding.outcome is Outcome.UNKNOWN
    (observation,) = finding.observations
    assert "cloudfront:ListDistributions" in observation.message.in_language("en")
    assert judged(allow(of_account()), distributions=[distribution()], gaps=gaps).outcome is (
        Outcome.FAIL
    )
    harmless = allow(of_source(f"arn:aws:sns:*:{ACCOUNT}:*"))
    assert judged(harmless, allow({}, {"AWS": ACCOUNT}), gaps=gaps).outcome is Outcome.PASS
    finding = judged(allow(of_account()), allow({}, {"AWS": OTHER}), gaps=gaps)
    outcomes = [observation.outcome for observation in finding.observations]
    assert sorted(outcomes) == ["fail", "unknown"]
    assert judged(allow(of_account()), source="template").outcome is Outcome.UNKNOWN


def test_a_statement_that_names_cloudfront_opens_the_bucket():
    for condition in (of_account(), of_source(arn("E1"))):
        assert judged(allow(condition, CLOUDFRONT)).outcome is Outcome.FAIL
        assert judged(allow(condition), allow(condition, CLOUDFRONT)).outcome is Outcome.FAIL
    assert judged(allow(of_account(), CLOUDFRONT), gaps={"Distribution": UNREAD}).outcome is (
        Outcome.FAIL
    )


def test_another_account_or_an_organization():
    assert judged(allow(of_account(OTHER))).outcome is Outcome.FAIL
    organization = {"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}}
    assert judged(allow(organization)).outcome is Outcome.FAIL
    declared = {"exposure": ["accounts"], "accounts": [OTHER]}
    both_accounts = {"StringEquals": {"aws:SourceAccount": [ACCOUNT, OTHER]}}
    for condition in (of_account(OTHER), both_accounts, of_source(arn("E1", OTHER))):
        assert judged(allow(condition), declared=declared).outcome is Outcome.PASS
        assert judged(allow(condition, CLOUDFRONT), declared=declared).outcome is Outcome.FAIL
    finding = judged(allow(both_accounts), declared=declared, distributions=[distribution()])
    assert finding.outcome is Outcome.FAIL
    declared = {"exposure": ["accounts"], "organizations": ["o-abcdefghij"]}
    assert judged(allow(organization), declared=declared).outcome is Outcome.PASS


def test_distributions_of_another_account_that_was_read():
    alone = snapshot([allow(of_account(OTHER))])
    covered = tuple(evolve(coverage, account=OTHER) for coverage in alone.coverage)
    scopes = (*alone.accounts, AccountScope(id=OTHER, regions=(REGION,)))
    two_accounts = evolve(alone, accounts=scopes, coverage=(*alone.coverage, *covered))
    assert check_s3_exposure(two_accounts, Baseline()).outcome is Outcome.PASS
    records = (*two_accounts.records, distribution(account=OTHER))
    published = evolve(two_accounts, records=records)
    assert check_s3_exposure(published, Baseline()).outcome is Outcome.FAIL
