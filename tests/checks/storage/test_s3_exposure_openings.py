"""s3-exposure (5.1.2): for whom a bucket can be declared, and what is noted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.storage.test_s3_exposure import OFFICE, account_block, allow, bucket, policy, said
from cloudpack_baseline import Baseline, Outcome, check_s3_exposure
from cloudpack_baseline.checks.storage.declared_exposure import exposure_texts, shown_exposure
from cloudpack_baseline.model.s3 import PublicAccessBlock
from cloudpack_baseline.witnesses import AllowedAccess
from support import ACCOUNT, NOW, only, world

OTHER = "111122223333"
ORGANIZATION = "o-abcdef1234"
WHOLE = ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]


def judged(statements, *rows, **changes):
    baseline = Baseline.from_mapping(
        {
            "networks": {"office": OFFICE},
            "buckets": [{"name": "docs", **row} for row in rows],
        }
    )
    bucket_record = bucket(policy=policy(*statements), **changes)
    return only(check_s3_exposure(world("s3-exposure", bucket_record, account_block()), baseline))


def noted(finding, language="en"):
    return " | ".join(note.in_language(language) for note in finding.notes)


def by(key, value, operator="StringEquals"):
    return allow(Condition={operator: {key: value}})


def test_an_office_and_an_endpoint():
    either = [
        by("aws:SourceIp", OFFICE, "IpAddress"),
        by("aws:SourceVpce", "vpce-0a1"),
        by("aws:SourceVpc", "vpc-0b2"),
    ]
    places = {"exposure": ["networks"], "networks": ["office"]}
    assert judged(either, {**places, "endpoints": ["vpce-0a1", "vpc-0b2"]}).outcome is Outcome.PASS
    finding = judged(either, {**places, "endpoints": ["vpce-0a1"]})
    assert finding.outcome is Outcome.FAIL
    assert "VPC endpoints (vpc-0b2)" in said(finding)
    assert "VPC エンドポイント(vpc-0b2)" in said(finding, "ja")


def test_an_endpoint_that_is_shut_is_a_note():
    declared = {"exposure": ["networks"], "endpoints": ["vpce-0a1", "vpce-0c3"]}
    finding = judged([by("aws:SourceVpce", "vpce-0a1")], declared)
    assert finding.outcome is Outcome.PASS
    assert "reading is blocked: vpce-0c3" in noted(finding)


def test_an_organization():
    members = [by("aws:PrincipalOrgID", ORGANIZATION)]
    declared = {"exposure": ["accounts"], "organizations": [ORGANIZATION]}
    assert judged(members, declared).outcome is Outcome.PASS
    finding = judged(members)
    assert finding.outcome is Outcome.FAIL
    assert f"any AWS account in organization {ORGANIZATION}" in said(finding)
    assert f"組織 {ORGANIZATION} の任意の AWS アカウントが" in said(finding, "ja")


def test_one_bucket_for_several_things():
    statements = [
        allow(Resource="arn:aws:s3:::docs/site/*"),
        allow(
            Principal={"AWS": OTHER}, Action="s3:PutObject", Resource="arn:aws:s3:::docs/incoming/*"
        ),
    ]
    site = {"exposure": ["public"], "objects": ["site/*"]}
    partner = {
        "exposure": ["accounts"],
        "accounts": [OTHER],
        "access": ["write"],
        "objects": ["incoming/*"],
    }
    assert judged(statements, site, partner).outcome is Outcome.PASS
    finding = judged(statements, site)
    assert finding.outcome is Outcome.FAIL
    assert finding.observations[0].expected == "public access=read objects=site/*"
    # Neither table alone says that everybody may write.
    worse = [*statements, allow(Action="s3:PutObject", Resource="arn:aws:s3:::docs/incoming/*")]
    assert judged(worse, site, partner).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("operator", "days", "outcome"),
    [
        ("DateLessThan", -1, Outcome.PASS),
        ("DateLessThan", 1, Outcome.FAIL),
        ("DateGreaterThan", 1, Outcome.FAIL),
        ("DateGreaterThan", -1, Outcome.FAIL),
    ],
)
def test_what_has_expired_opens_nothing(operator, days, outcome):
    moment = f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    finding = judged([by("aws:CurrentTime", moment, operator)])
    assert finding.outcome is outcome


def test_the_time_of_a_grant_to_come_is_shown():
    moment = f"{NOW + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    (observation,) = judged([by("aws:CurrentTime", moment, "DateGreaterThan")]).observations
    steps = [step.in_language("en") for step in observation.witness.steps]
    assert any(step.startswith("with aws:CurrentTime = ") and step > moment for step in steps)


LOGS = {"Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": OTHER}},
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT, OTHER]}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{OTHER}:trail/*"}},
    ],
)
def test_a_service_that_acts_for_another_account_is_noted(condition):
    finding = judged([allow(**LOGS, Condition=condition)])
    assert finding.outcome is Outcome.PASS
    assert f"logging.s3.amazonaws.com can access it on behalf of account {OTHER}" in noted(finding)
    declared = {"exposure": ["accounts"], "accounts": [OTHER]}
    assert "on behalf" not in noted(judged([allow(**LOGS, Condition=condition)], declared))
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert noted(judged([allow(**LOGS, Condition=own)])) == ""


def test_a_service_that_acts_for_anybody_is_told_what_it_lacks():
    assert "has no aws:SourceAccount or aws:SourceArn" in said(judged([allow(**LOGS)]))


def test_cloudfront_of_a_declared_account():
    source = f"arn:aws:cloudfront::{OTHER}:distribution/E1"
    statement = allow(
        Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceArn": source}},
    )
    finding = judged([statement], {"exposure": ["cloudfront"]})
    assert finding.outcome is Outcome.FAIL
    assert "an undeclared CloudFront distribution" in said(finding)
    shared = {"exposure": ["cloudfront", "accounts"], "accounts": [OTHER]}
    assert judged([statement], shared).outcome is Outcome.PASS


def test_what_shuts_the_declared_is_named():
    deny = allow(
        Sid="V4Only",
        Effect="Deny",
        Action="s3:*",
        Resource=WHOLE,
        Condition={"NotIpAddress": {"aws:SourceIp": OFFICE[:1]}},
    )
    declared = {"exposure": ["networks"], "networks": ["office"]}
    finding = judged([allow(), deny], declared)
    assert finding.outcome is Outcome.PASS
    assert f"reading is blocked: {OFFICE[1]}; blocked by V4Only" in noted(finding)
    assert "拒否しているのは V4Only" in noted(finding, "ja")


def test_restricted_buckets_shut_the_declared_public():
    on = PublicAccessBlock(restrict_public_buckets=True)
    finding = judged([allow()], {"exposure": ["public"]}, public_access_block=on)
    assert noted(finding).endswith("blocked by RestrictPublicBuckets")


def test_object_acls_of_a_public_bucket_open_nothing_more():
    others = {"exposure": ["accounts"], "accounts": [OTHER]}
    finding = judged([allow()], {"exposure": ["public"]}, others, ownership="ObjectWriter")
    assert finding.outcome is Outcome.PASS
    assert judged([], others, ownership="ObjectWriter").outcome is Outcome.UNKNOWN


def test_a_part_of_everybody_is_noted():
    halves = [by("aws:SourceIp", ["0.0.0.0/0"], "IpAddress")]
    finding = judged(halves, {"exposure": ["public"]})
    assert finding.outcome is Outcome.PASS
    assert "reading is blocked: ::/0" in noted(finding)


def test_a_listing_shows_all_names():
    listing = allow(Action="s3:ListBucket", Resource=WHOLE[0])
    site = allow(Resource="arn:aws:s3:::docs/site/*")
    declared = {"exposure": ["public"], "access": ["read", "list"], "objects": ["site/*"]}
    assert "returns the names of all" in noted(judged([site, listing], declared))
    inside = listing | {"Condition": {"StringLike": {"s3:prefix": "site/*"}}}
    assert "returns the names of all" not in noted(judged([site, inside], declared))


def test_ignored_acls_of_objects_may_name_accounts():
    on = PublicAccessBlock(ignore_public_acls=True)
    finding = judged([], ownership="ObjectWriter", public_access_block=on)
    assert finding.outcome is Outcome.PASS
    assert "set BucketOwnerEnforced to rule" in noted(finding)
    assert "settles it" not in noted(judged([], public_access_block=on))


def test_an_open_bucket_is_told_in_both_languages():
    for language, words in (("en", "can read objects"), ("ja", "オブジェクトを読み取れる")):
        assert words in said(judged([allow()]), language)


@pytest.mark.parametrize(
    ("statement", "row", "words"),
    [
        (
            allow(),
            {"exposure": ["public"], "objects": ["site/*"]},
            "anonymous users can read objects other than site/*",
        ),
        (
            allow(Principal={"AWS": OTHER}, Action="s3:PutObject"),
            {"exposure": ["accounts"], "accounts": [OTHER], "access": ["write"], "objects": ["a*"]},
            f"AWS account {OTHER} can write to objects other than a*",
        ),
        (
            allow(),
            {"exposure": ["accounts"], "accounts": [OTHER], "objects": ["a*"]},
            "anonymous users can read objects (s3:GetObject)",
        ),
        (
            allow(Principal={"AWS": OTHER}),
            {"exposure": ["accounts"], "accounts": [ACCOUNT], "objects": ["a*"]},
            f"AWS account {OTHER} can read objects (s3:GetObject)",
        ),
    ],
)
def test_more_objects_than_the_declared(statement, row, words):
    assert words in said(judged([statement], row))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, "any VPC endpoint except vpce-1"),
        ({"StringLike": {"aws:SourceVpc": "vpc-1*"}}, "certain VPC endpoints"),
        ({"Null": {"aws:SourceVpce": "false"}}, "any VPC endpoint"),
    ],
)
def test_endpoints_are_told_by_what_bounds_them(condition, words):
    only_there = {"Null": {"aws:SourceVpce": "false"}} | condition
    assert f"(s3:GetObject) through {words};" in said(judged([allow(Condition=only_there)]))


def test_networks_and_endpoints_are_told_together():
    either = allow(
        Condition={
            "IpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"},
        }
    )
    message = said(judged([either]))
    assert "from 198.51.100.0/24, and through any VPC endpoint" in message


@pytest.mark.parametrize(
    ("statement", "words", "fields"),
    [
        (allow(), "anonymous users can read objects", {"from_anywhere": True}),
        (
            by("aws:SourceIp", "198.51.100.0/24", "IpAddress"),
            "(s3:GetObject) from 198.51.100.0/24;",
            {"from_anywhere": False, "networks": ("198.51.100.0/24",)},
        ),
        (
            by("aws:SourceVpce", "vpce-1"),
            "(s3:GetObject) through VPC endpoints (vpce-1);",
            {"from_anywhere": False, "endpoints": ("vpce-1",)},
        ),
        (
            allow(Principal={"AWS": OTHER}),
            f"AWS account {OTHER} can read objects (s3:GetObject);",
            {"principal_kind": "account", "principal": OTHER},
        ),
    ],
)
def test_who_has_access_from_where_in_words_and_as_data(statement, words, fields):
    finding = judged([statement])
    callers = {"principal_kind": "anonymous", "principal": "anonymous"} | fields
    assert words in said(finding)
    assert finding.observations[0].allowed == AllowedAccess(actions=("s3:GetObject",), **callers)


def test_anybody_who_signs():
    message = said(judged([by("aws:PrincipalTag/team", "red")]))
    assert "any AWS account can read objects" in message
    assert "anonymous" not in message


@pytest.mark.parametrize(
    ("declared", "english", "japanese", "shown"),
    [
        ({}, "private", "非公開", "private"),
        (
            {"exposure": ["public"]},
            "public (reading)",
            "全体に公開(読み取り)",
            "public access=read",
        ),
        (
            {"exposure": ["networks"], "networks": ["office"], "access": ["read", "list"]},
            "networks office (reading, listing)",
            "ネットワーク office(読み取り、一覧取得)",
            "networks networks=office access=read,list",
        ),
        (
            {"exposure": ["public"], "objects": ["site/*"]},
            "public (reading of site/*)",
            "全体に公開(site/* の読み取り)",
            "public access=read objects=site/*",
        ),
        (
            {"exposure": ["accounts", "cloudfront"], "accounts": ["111122223333"]},
            "CloudFront, accounts 111122223333 (reading)",
            "CloudFront、アカウント 111122223333(読み取り)",
            "accounts cloudfront accounts=111122223333 access=read",
        ),
    ],
)
def test_what_is_declared_is_said_in_both_languages(declared, english, japanese, shown):
    baseline = Baseline.from_mapping(
        {"networks": {"office": ["198.51.100.0/24"]}, "buckets": [{"name": "docs", **declared}]}
    )
    (exposure,) = exposure_texts(baseline.openings("docs"))
    assert exposure.in_language("en") == english
    assert shown_exposure(baseline.openings("docs")) == shown
    assert exposure.in_language("ja") == japanese


def test_several_tables_of_a_bucket_in_one_line():
    rows = [{"exposure": ["public"]}, {"exposure": ["accounts"], "accounts": [OTHER]}]
    baseline = Baseline.from_mapping({"buckets": [{"name": "docs", **row} for row in rows]})
    assert shown_exposure(baseline.openings("docs")) == (
        f"public access=read; accounts accounts={OTHER} access=read"
    )
