"""s3-exposure (5.1.2)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_s3_exposure
from cloudpack_baseline.access import Approximation
from cloudpack_baseline.access.normalization import Inexactness
from cloudpack_baseline.checks.approximations import describe_approximations
from cloudpack_baseline.checks.identity.resource_control import ResourceControl
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import (
    AccessPoint,
    AccountPublicAccessBlock,
    Bucket,
    Grant,
    MultiRegionAccessPoint,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, only, world

OWNER = "a" * 64
OFFICE = ["203.0.113.0/28", "2001:db8:10::/48"]
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
ALL_ON = PublicAccessBlock(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=True,
)
PRIVATE_GRANT = Grant(grantee=OWNER, grantee_type="CanonicalUser", permission="FULL_CONTROL")
PUBLIC_GRANT = Grant(grantee=ALL_USERS, grantee_type="Group", permission="READ")
UNREAD = denied()


def allow(**changes):
    plain = {
        "Sid": "LetIn",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::docs/*",
    }
    return plain | changes


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket(**changes):
    plain = {
        "arn": "arn:aws:s3:::docs",
        "account": ACCOUNT,
        "region": REGION,
        "name": "docs",
        "owner": OWNER,
        "acl": (PRIVATE_GRANT,),
        "ownership": "BucketOwnerEnforced",
    }
    return Bucket(**(plain | changes))


def account_block(settings=None, organization=None):
    return AccountPublicAccessBlock(
        arn=f"arn:aws:iam::{ACCOUNT}:root",
        account=ACCOUNT,
        settings=settings,
        organization=organization,
    )


def judged(one, *, declared=None, account=None, points=(), gaps=None):
    rows = {"buckets": [{"name": "docs", **declared}]} if declared else {}
    baseline = Baseline.from_mapping({"networks": {"office": OFFICE}, **rows})
    records = (one, account or account_block(), *points)
    return only(check_s3_exposure(world("s3-exposure", *records, gaps=gaps), baseline))


def said(finding, language="en"):
    return " | ".join(
        observation.message.in_language(language) for observation in finding.observations
    )


OPEN = policy(allow())
OFFICE_ONLY = policy(allow(Condition={"IpAddress": {"aws:SourceIp": OFFICE}}))


def test_a_bucket_without_policy_is_private():
    finding = judged(bucket())
    assert finding.outcome is Outcome.PASS
    assert "private" in said(finding)


def test_a_public_bucket_fails_with_a_request_that_shows_it():
    finding = judged(bucket(policy=OPEN))
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.expected == "private"
    assert "s3:GetObject" in observation.read
    assert observation.witness.command.startswith("curl ")
    assert any("LetIn" in step.in_language("en") for step in observation.witness.steps)
    assert "entire internet" in said(finding)
    assert "インターネット全体" in said(finding, "ja")


def test_halves_of_the_internet_are_all_of_it():
    halves = allow(Condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}})
    finding = judged(bucket(policy=policy(halves)))
    assert finding.outcome is Outcome.FAIL
    assert "0.0.0.0/0" in said(finding)


MEMBER_OF = records.record(
    Organization, "organization", region="", id="o-abcde12345", management_account="999988887777"
)


@pytest.mark.parametrize(
    ("changes", "outcome", "is_noted"),
    [
        ({"policy": OPEN}, Outcome.FAIL, True),
        # Beside an ACL of an object that nobody knows.
        ({"policy": OPEN, "ownership": "ObjectWriter"}, Outcome.FAIL, True),
        ({"ownership": "ObjectWriter"}, Outcome.UNKNOWN, False),
        ({}, Outcome.PASS, False),
    ],
)
def test_policies_of_the_organization_that_were_not_read_are_noted_at_a_failure(
    changes, outcome, is_noted
):
    finding = judged(bucket(**changes), points=[MEMBER_OF])
    assert finding.outcome is outcome
    noted = [note.id for note in finding.notes]
    assert ("identity.resource-control-unread" in noted) is is_noted


def test_bounds_of_a_bucket_on_its_own():
    snapshot = world("s3-exposure", bucket(policy=OPEN), account_block())
    view = view_of(snapshot, Baseline(), "s3-exposure", snapshot.accounts[0])
    (record,) = view.all(Bucket)
    assert access_bounds(view, record) == access_bounds(view, record, ResourceControl.of(view))


def test_a_declared_public_bucket_passes_and_no_further_access():
    declared = {"exposure": ["public"]}
    assert judged(bucket(policy=OPEN), declared=declared).outcome is Outcome.PASS
    listing = policy(allow(), allow(Action="s3:ListBucket", Resource="arn:aws:s3:::docs"))
    finding = judged(bucket(policy=listing), declared=declared)
    assert finding.outcome is Outcome.FAIL
    assert "s3:ListBucket" in said(finding)
    both = declared | {"access": ["read", "list"]}
    assert judged(bucket(policy=listing), declared=both).outcome is Outcome.PASS


def test_only_the_declared_objects():
    declared = {"exposure": ["public"], "objects": ["site/*"]}
    assert judged(bucket(policy=OPEN), declared=declared).outcome is Outcome.FAIL
    site = policy(allow(Resource="arn:aws:s3:::docs/site/*"))
    assert judged(bucket(policy=site), declared=declared).outcome is Outcome.PASS


def test_a_bucket_for_the_office_alone():
    declared = {"exposure": ["networks"], "networks": ["office"]}
    assert judged(bucket(policy=OFFICE_ONLY), declared=declared).outcome is Outcome.PASS
    # Not declared: the office is surplus, told with its networks.
    finding = judged(bucket(policy=OFFICE_ONLY))
    assert finding.outcome is Outcome.FAIL
    assert "203.0.113.0/28" in said(finding)
    wider = policy(allow(Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/27"]}}))
    finding = judged(bucket(policy=wider), declared=declared)
    assert finding.outcome is Outcome.FAIL
    assert "203.0.113.16/28" in said(finding)


def test_a_declared_network_that_cannot_get_in_is_a_note():
    declared = {"exposure": ["networks"], "networks": ["office"]}
    narrow = policy(allow(Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/28"]}}))
    finding = judged(bucket(policy=narrow), declared=declared)
    assert finding.outcome is Outcome.PASS
    assert "2001:db8:10::/48" in finding.notes[0].in_language("en")
    assert "定義されている" in finding.notes[0].in_language("ja")


def test_a_deny_counts():
    deny = allow(
        Sid="OfficeOnly",
        Effect="Deny",
        Action="s3:*",
        Resource=["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
        Condition={"NotIpAddress": {"aws:SourceIp": OFFICE}},
    )
    declared = {"exposure": ["networks"], "networks": ["office"]}
    assert judged(bucket(policy=policy(allow(), deny)), declared=declared).outcome is Outcome.PASS


def test_accounts():
    other = "111122223333"
    shared = policy(allow(Principal={"AWS": f"arn:aws:iam::{other}:root"}))
    finding = judged(bucket(policy=shared))
    assert finding.outcome is Outcome.FAIL
    assert other in said(finding)
    declared = {"exposure": ["accounts"], "accounts": [other]}
    assert judged(bucket(policy=shared), declared=declared).outcome is Outcome.PASS


def test_cloudfront():
    source = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
    service = {"Principal": {"Service": "cloudfront.amazonaws.com"}}
    bound = allow(**service, Condition={"StringEquals": {"aws:SourceArn": source}})
    declared = {"exposure": ["cloudfront"]}
    assert judged(bucket(policy=policy(bound)), declared=declared).outcome is Outcome.PASS
    assert judged(bucket(policy=policy(bound))).outcome is Outcome.FAIL
    finding = judged(bucket(policy=policy(allow(**service))), declared=declared)
    assert finding.outcome is Outcome.FAIL
    assert "cloudfront.amazonaws.com" in said(finding)


def test_the_older_identity_of_cloudfront_is_noted():
    identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2ABC"
    finding = judged(
        bucket(policy=policy(allow(Principal={"AWS": identity}))),
        declared={"exposure": ["cloudfront"]},
    )
    assert finding.outcome is Outcome.PASS
    assert "E2ABC" in finding.notes[0].in_language("en")


def test_services_pass_when_bound():
    logs = {"Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    assert judged(bucket(policy=policy(allow(**logs)))).outcome is Outcome.FAIL
    bound = allow(**logs, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    assert judged(bucket(policy=policy(bound))).outcome is Outcome.PASS


OWN = Organization(
    arn=f"arn:aws:organizations::{ACCOUNT}:organization/o-ownownowno",
    account=ACCOUNT,
    name="o-ownownowno",
    id="o-ownownowno",
    management_account=ACCOUNT,
)


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, "account 999999999999"),
        ({"StringEquals": {"aws:SourceOrgID": "o-zzzzzzzzzz"}}, "organization o-zzzzzzzzzz"),
        ({"StringLike": {"aws:SourceOrgPaths": "o-zzzzzzzzzz/*"}}, "organization o-zzzzzzzzzz"),
        ({"StringEquals": {"aws:SourceOrgID": "o-ownownowno"}}, None),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, None),
    ],
)
def test_on_whose_behalf_a_service_has_access_is_noted(condition, named):
    logs = {"Principal": {"Service": "config.amazonaws.com"}, "Action": "s3:PutObject"}
    document = policy(allow(**logs, Condition=condition), allow(**logs, Condition=condition))
    finding = judged(bucket(policy=document), points=(OWN,))
    assert finding.outcome is Outcome.PASS
    notes = [note.in_language("en") for note in finding.notes]
    expected = "the service config.amazonaws.com can access it on behalf of"
    assert notes == ([f"{expected} {named}, which is not declared"] if named else [])


def test_an_organization_that_is_declared_is_not_noted():
    logs = {"Principal": {"Service": "config.amazonaws.com"}, "Action": "s3:PutObject"}
    condition = {"StringEquals": {"aws:SourceOrgID": "o-zzzzzzzzzz"}}
    finding = judged(
        bucket(policy=policy(allow(**logs, Condition=condition))),
        declared={"exposure": ["accounts"], "organizations": ["o-zzzzzzzzzz"], "access": ["read"]},
    )
    assert not any("on behalf" in note.in_language("en") for note in finding.notes)


@pytest.mark.parametrize("level", ["bucket", "account", "organization"])
def test_blocks_of_every_level_shut_a_public_bucket(level):
    bucket_record = bucket(policy=OPEN, public_access_block=ALL_ON if level == "bucket" else None)
    account = account_block(
        ALL_ON if level == "account" else None, ALL_ON if level == "organization" else None
    )
    finding = judged(bucket_record, account=account)
    assert finding.outcome is Outcome.PASS
    assert "RestrictPublicBuckets" in finding.notes[0].in_language("en")


def test_a_service_that_is_let_in_by_name_is_not_masked():
    named = allow(Principal={"Service": "sns.amazonaws.com"})
    finding = judged(bucket(policy=policy(named), public_access_block=ALL_ON))
    assert finding.outcome is Outcome.FAIL


def test_a_public_acl_fails_unless_it_is_masked_or_not_evaluated():
    grants = (PRIVATE_GRANT, PUBLIC_GRANT)
    finding = judged(bucket(acl=grants, ownership="ObjectWriter"))
    assert finding.outcome is Outcome.FAIL
    steps = finding.observations[0].witness.steps
    assert steps[-1].in_language("en") == "allowed by ACL READ"
    assert judged(bucket(acl=grants)).outcome is Outcome.PASS
    masked = judged(bucket(acl=grants, ownership="ObjectWriter", public_access_block=ALL_ON))
    assert masked.outcome is Outcome.PASS
    assert "AllUsers READ" in masked.notes[0].in_language("en")


@pytest.mark.parametrize("ownership", [None, "ObjectWriter", "BucketOwnerPreferred"])
def test_object_acls_that_count_make_a_private_bucket_unknown(ownership):
    finding = judged(bucket(ownership=ownership))
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].causes[0].operation == "s3:GetObjectAcl"
    for language in ("en", "ja"):
        assert "BucketOwnerEnforced" in said(finding, language)
        assert "IgnorePublicAcls" in said(finding, language)
    assert judged(bucket(ownership=ownership, public_access_block=ALL_ON)).outcome is Outcome.PASS
    public = judged(bucket(ownership=ownership, policy=OPEN), declared={"exposure": ["public"]})
    assert public.outcome is Outcome.PASS
    part = {"exposure": ["public"], "objects": ["site/*"]}
    assert judged(bucket(ownership=ownership), declared=part).outcome is Outcome.UNKNOWN


def _except(name):
    """Every setting but one, which was not read."""
    return evolve(ALL_ON, **{name: UNREAD})


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"policy": UNREAD}, Outcome.UNKNOWN),
        ({"policy": UNREAD, "acl": (PUBLIC_GRANT,), "ownership": "ObjectWriter"}, Outcome.UNKNOWN),
        ({"acl": UNREAD, "ownership": "ObjectWriter"}, Outcome.UNKNOWN),
        # The policy lets everybody in, whatever the ACL says.
        ({"acl": UNREAD, "policy": OPEN}, Outcome.FAIL),
        ({"ownership": UNREAD}, Outcome.UNKNOWN),
        ({"ownership": UNREAD, "acl": (PUBLIC_GRANT,)}, Outcome.UNKNOWN),
        ({"ownership": UNREAD, "public_access_block": ALL_ON}, Outcome.PASS),
        ({"public_access_block": UNREAD}, Outcome.PASS),
        (
            {"public_access_block": UNREAD, "acl": (PUBLIC_GRANT,), "ownership": "ObjectWriter"},
            Outcome.UNKNOWN,
        ),
        ({"public_access_block": UNREAD, "policy": OPEN}, Outcome.UNKNOWN),
        # Of the four settings, one decides about policies and one about ACLs.
        (
            {"public_access_block": _except("restrict_public_buckets"), "policy": OPEN},
            Outcome.UNKNOWN,
        ),
        ({"public_access_block": _except("block_public_policy"), "policy": OPEN}, Outcome.PASS),
        (
            {
                "public_access_block": PublicAccessBlock(ignore_public_acls=UNREAD),
                "policy": OPEN,
            },
            Outcome.FAIL,
        ),
        # Blocks do not touch what is no public policy: a fixed network.
        ({"public_access_block": UNREAD, "policy": OFFICE_ONLY}, Outcome.FAIL),
        ({"owner": UNREAD}, Outcome.PASS),
    ],
)
def test_what_could_not_be_read(changes, outcome):
    finding = judged(bucket(**changes))
    assert finding.outcome is outcome
    if outcome is Outcome.UNKNOWN:
        assert "s3:GetBucketPolicy" in said(finding)


def test_unread_blocks_of_the_account_matter_only_where_something_is_public():
    account = account_block(UNREAD)
    assert judged(bucket(policy=OPEN), account=account).outcome is Outcome.UNKNOWN
    assert judged(bucket(), account=account).outcome is Outcome.PASS


@pytest.mark.parametrize("gap", [None, UNREAD])
def test_a_missing_record_of_the_accounts_blocks_is_not_taken_as_off(gap):
    baseline = Baseline()
    gaps = {} if gap is None else {"AccountPublicAccessBlock": gap}
    snapshot = world("s3-exposure", bucket(policy=OPEN), gaps=gaps)
    assert only(check_s3_exposure(snapshot, baseline)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"Statement": 7}', '{"Statement": [{}]}'])
def test_an_odd_policy_touches_only_its_own_bucket(text):
    bucket_record = bucket(arn="arn:aws:s3:::other", name="other")
    snapshot = world("s3-exposure", bucket(policy=text), bucket_record, account_block())
    outcomes = {
        finding.resource.name: finding.outcome for finding in check_s3_exposure(snapshot).findings
    }
    assert outcomes == {"docs": Outcome.UNKNOWN, "other": Outcome.PASS}


def test_a_statement_that_stands_alone_is_read():
    text = json.dumps({"Version": "2012-10-17", "Statement": allow()})
    assert judged(bucket(policy=text)).outcome is Outcome.FAIL


def test_an_odd_grant_is_unknown():
    odd = Grant(grantee=OWNER, grantee_type="CanonicalUser", permission="SOMETHING")
    finding = judged(bucket(acl=(odd,), ownership="ObjectWriter", public_access_block=ALL_ON))
    assert finding.outcome is Outcome.UNKNOWN
    assert "SOMETHING" in said(finding)
    assert finding.observations[0].causes[0].operation == "s3:GetBucketAcl"


def test_a_document_that_is_none_is_named_by_its_call():
    finding = judged(bucket(policy="{"))
    assert finding.observations[0].causes[0].operation == "s3:GetBucketPolicy"
    finding = delegated_to("{")
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].causes[0].operation == "s3control:GetAccessPointPolicy"
    delegated = policy(allow(Condition=BY_ACCOUNT))
    finding = judged(bucket(policy=delegated), points=[multi_region(policy="{")])
    operation = "s3control:GetMultiRegionAccessPointPolicy"
    assert finding.observations[0].causes[0].operation == operation


def test_the_request_is_sent_to_the_region_of_the_bucket():
    for region in (REGION, ""):
        witness = judged(bucket(policy=OPEN, region=region)).observations[0].witness
        assert [request.region for request in witness.requests] == [region]


def point(**changes):
    plain = {
        "arn": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p",
        "account": ACCOUNT,
        "region": REGION,
        "name": "p",
        "bucket": "docs",
        "public_access_block": ALL_ON,
    }
    return AccessPoint(**(plain | changes))


def test_access_points():
    delegated = policy(
        allow(
            Action="s3:*",
            Resource=["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
            Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}},
        )
    )
    resource = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p/object/*"
    wide = policy(allow(Resource=resource))
    off = PublicAccessBlock()
    open_point = point(policy=wide, public_access_block=off)
    assert judged(bucket(policy=delegated), points=[open_point]).outcome is Outcome.FAIL
    elsewhere = point(policy=wide, public_access_block=off, bucket="other")
    assert judged(bucket(policy=delegated), points=[elsewhere]).outcome is not Outcome.FAIL
    for unread in ({"policy": UNREAD}, {"public_access_block": UNREAD}, {"network_origin": UNREAD}):
        finding = judged(bucket(), points=[point(**unread)])
        assert finding.outcome is Outcome.PASS, unread
        finding = judged(bucket(policy=delegated), points=[point(**unread)])
        assert finding.outcome is Outcome.UNKNOWN, unread
    finding = judged(bucket(policy=delegated), gaps={"AccessPoint": UNREAD})
    assert finding.outcome is Outcome.UNKNOWN


def delegated_to(point_policy, **changes):
    delegated = policy(
        allow(
            Action="s3:*",
            Resource=["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
            Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}},
        )
    )
    return judged(bucket(policy=delegated), points=[point(policy=point_policy, **changes)])


def test_the_block_of_an_access_point_counts_as_that_of_a_bucket():
    objects = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p/object/*"
    wide = policy(allow(Resource=objects))
    finding = delegated_to(wide)
    assert finding.outcome is Outcome.PASS
    assert "RestrictPublicBuckets" in " ".join(note.in_language("en") for note in finding.notes)
    off = PublicAccessBlock()
    assert "entire internet" in said(delegated_to(wide, public_access_block=off))
    of_vpc = {"network_origin": "VPC", "vpc": "vpc-1"}
    assert "through VPC endpoints (vpc-1)" in said(
        delegated_to(wide, public_access_block=off, **of_vpc)
    )
    for_service = policy(allow(Resource=objects, Principal={"Service": "sns.amazonaws.com"}))
    assert delegated_to(for_service).outcome is Outcome.FAIL


@pytest.mark.parametrize("origin", ["Internet", "VPC"])
def test_the_network_origin_of_an_access_point(origin):
    resources = ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]
    wide = policy(allow(Resource=f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p/object/*"))
    own = {"s3:DataAccessPointAccount": ACCOUNT, "s3:AccessPointNetworkOrigin": origin}
    condition = {"StringEquals": own}
    delegated = policy(allow(Action="s3:*", Resource=resources, Condition=condition))
    of_internet = point(policy=wide, public_access_block=PublicAccessBlock())
    of_vpc = evolve(of_internet, network_origin="VPC", vpc="vpc-1")
    for one, expected in ((of_internet, origin == "Internet"), (of_vpc, origin == "VPC")):
        finding = judged(bucket(policy=delegated), points=[one])
        assert (finding.outcome is Outcome.FAIL) is expected


def multi_region(**changes):
    plain = {
        "arn": f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw.mrap",
        "account": ACCOUNT,
        "region": "",
        "name": "everywhere",
        "alias": "mfzwi23gnjvgw.mrap",
        "buckets": ("docs", "docs-2"),
        "public_access_block": PublicAccessBlock(),
    }
    return MultiRegionAccessPoint(**(plain | changes))


BY_ACCOUNT = {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}
BY_ARN = {"ArnLike": {"s3:DataAccessPointArn": f"arn:aws:s3::{ACCOUNT}:accesspoint/*.mrap"}}


@pytest.mark.parametrize("condition", [BY_ACCOUNT, BY_ARN])
def test_multi_region_access_points(condition):
    resources = ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]
    delegated = policy(allow(Action="s3:*", Resource=resources, Condition=condition))
    objects = f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw.mrap/object/*"
    wide = policy(allow(Resource=objects))

    def outcome(*points, **fields):
        return judged(bucket(policy=delegated), points=list(points), **fields).outcome

    assert outcome() is Outcome.PASS
    assert outcome(multi_region()) is Outcome.PASS
    assert outcome(multi_region(policy=wide)) is Outcome.FAIL
    assert outcome(multi_region(policy=wide, buckets=("other",))) is Outcome.PASS
    assert outcome(multi_region(policy=wide, public_access_block=ALL_ON)) is Outcome.PASS
    for unread in ({"policy": UNREAD}, {"public_access_block": UNREAD}, {"policy": "{"}):
        assert outcome(multi_region(**unread)) is Outcome.UNKNOWN
    assert outcome(gaps={"MultiRegionAccessPoint": UNREAD}) is Outcome.UNKNOWN
    private = judged(bucket(), points=[multi_region(policy=UNREAD)])
    assert private.outcome is Outcome.PASS


def test_multi_region_access_points_that_nobody_asked_for_are_noted():
    gap = Unknown.because(Why.NOT_PROVIDED, operation="s3control:ListMultiRegionAccessPoints")
    gaps = {"MultiRegionAccessPoint": gap}
    noted = judged(bucket(policy=policy(allow(Condition=BY_ACCOUNT))), gaps=gaps)
    assert noted.outcome is Outcome.PASS
    assert "Multi-Region" in " ".join(note.in_language("en") for note in noted.notes)
    assert judged(bucket(policy=policy(allow(Condition=BY_ARN))), gaps=gaps).outcome is (
        Outcome.UNKNOWN
    )
    by_name = f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw"
    named = {"ArnLike": {"s3:DataAccessPointArn": by_name}}
    assert judged(bucket(policy=policy(allow(Condition=named))), gaps=gaps).outcome is (
        Outcome.UNKNOWN
    )
    assert not judged(bucket(), gaps=gaps).notes
    partly = {"MultiRegionAccessPoint": gap | UNREAD}
    delegated = bucket(policy=policy(allow(Condition=BY_ACCOUNT)))
    assert judged(delegated, gaps=partly).outcome is Outcome.UNKNOWN


LOGS = "arn:aws:s3:::docs/{}AWSLogs/{}/*"
DELIVERY = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
DELIVERING = {"AWS": "arn:aws:iam::582318560864:root"}


@pytest.mark.parametrize("principal", [DELIVERY, DELIVERING])
@pytest.mark.parametrize("prefix", ["", "lb/"])
def test_load_balancer_logs_are_bound_by_their_folder(principal, prefix):
    def judged_logs(account, **fields):
        resource = LOGS.format(prefix, account)
        statement = allow(Principal=principal, Action="s3:PutObject", Resource=resource, **fields)
        return judged(bucket(policy=policy(statement)))

    finding = judged_logs(ACCOUNT)
    assert finding.outcome is Outcome.PASS
    assert not finding.notes
    (note,) = judged_logs("210987654321").notes
    assert "210987654321" in note.in_language("en")
    allow_statement = allow(Principal=principal, Action="s3:PutObject")
    assert judged(bucket(policy=policy(allow_statement))).outcome is Outcome.FAIL
    reading = allow(Principal=principal, Resource=LOGS.format(prefix, ACCOUNT))
    assert judged(bucket(policy=policy(reading))).outcome is Outcome.FAIL


def test_an_account_of_elastic_load_balancing_is_named():
    finding = judged(bucket(policy=policy(allow(Principal=DELIVERING, Action="s3:PutObject"))))
    assert "Elastic Load Balancing" in said(finding)
    assert "582318560864" in said(finding)


ODD = {"StringFancy": {"aws:Whatever": "x"}}
AT = "Condition.StringFancy: unknown operator"


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        ([allow(Condition=ODD)], ["$.Statement[0]"]),
        ([allow(), allow(Sid="Stop", Effect="Deny", Condition=ODD)], ["$.Statement[1]"]),
        # Whatever the Deny may do: what it may do it to is in doubt itself.
        (
            [allow(Condition=ODD), allow(Sid="Stop", Effect="Deny", Condition=ODD)],
            ["$.Statement[0]"],
        ),
        (
            [allow(), *(allow(Sid=name, Effect="Deny", Condition=ODD) for name in "ab")],
            ["$.Statement[1]", "$.Statement[2]"],
        ),
    ],
)
def test_a_doubt_is_told_by_the_statement_that_causes_it(statements, where):
    finding = judged(bucket(policy=policy(*statements)))
    assert finding.outcome is Outcome.UNKNOWN
    causes = ", ".join(f"{one}.{AT}" for one in where)
    assert said(finding).endswith(f" parts that cannot be evaluated exactly: {causes}")
    assert "未知の条件演算子" in said(finding, "ja")
    (cause,) = finding.observations[0].causes
    assert cause.detail == causes.replace(", ", "; ")


def test_a_doubt_in_the_policy_of_an_access_point_names_the_point():
    reasons = (Inexactness("$.Statement[0].Condition.X", "unknown-operator"),)
    inexact = [
        Approximation(statement="Sid", source="mine", inexactness=reasons, questions=()),
        Approximation(statement="Sid", source="mine", inexactness=reasons, questions=()),
        Approximation(statement="$.Statement[3]", source="policy", inexactness=(), questions=()),
    ]
    told = describe_approximations(inexact)
    assert [one if isinstance(one, str) else one.in_language("ja") for one in told] == [
        "mine $.Statement[0].Condition.X: 未知の条件演算子",
        "$.Statement[3]",
    ]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["docs", "docs*"], "docs"),
        (["d*", "doc*"], "doc*"),
        (["*", "d?cs"], "d?cs"),
        (["other"], "docs"),
    ],
)
def test_the_longest_literal_prefix_wins(names, chosen):
    rows = [{"name": name, "exposure": ["public"]} for name in names]
    assert Baseline.from_mapping({"buckets": rows}).bucket("docs").name == chosen


def test_buckets_that_could_not_be_listed_are_unknown():
    gap = Unknown.because(Why.FAILED, operation="s3:ListBuckets", code="ReadTimeoutError")
    snapshot = world("s3-exposure", account_block(), gaps={"Bucket": gap})
    assert only(check_s3_exposure(snapshot)).outcome is Outcome.UNKNOWN


def test_long_lists_are_shortened():
    blocks = [f"203.0.{index}.0/32" for index in range(20)]
    narrow = allow(Condition={"IpAddress": {"aws:SourceIp": blocks}})
    finding = judged(bucket(policy=policy(narrow)))
    assert "14 more" in said(finding)
    assert "ほか 14 件" in said(finding, "ja")
    six = allow(Condition={"IpAddress": {"aws:SourceIp": blocks[:6]}})
    assert "more" not in said(judged(bucket(policy=policy(six))))


def test_a_vpc_endpoint_is_a_way_in_of_its_own():
    endpoint = allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    finding = judged(bucket(policy=policy(endpoint)))
    assert finding.outcome is Outcome.FAIL
    assert "VPC endpoints" in said(finding)


def test_any_service_is_told_as_such():
    services = allow(Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    finding = judged(bucket(policy=policy(services)))
    assert finding.outcome is Outcome.FAIL
    assert "any AWS service" in said(finding)


def test_a_block_of_the_organization_that_could_not_be_read_could_only_excuse():
    account = account_block(organization=denied("organizations:DescribeEffectivePolicy"))
    finding = judged(bucket(policy=OPEN), account=account)
    assert finding.outcome is Outcome.FAIL
    assert "organizations:DescribeEffectivePolicy" in finding.notes[0].in_language("en")
    assert judged(bucket(), account=account).notes == ()
    assert judged(bucket(), account=account).outcome is Outcome.PASS


def test_a_fixed_network_is_not_masked_by_restrict_public_buckets():
    finding = judged(bucket(policy=OFFICE_ONLY, public_access_block=ALL_ON))
    assert finding.outcome is Outcome.FAIL
    assert finding.notes == ()


def test_a_witness_shows_what_matters_of_its_request():
    steps = judged(bucket(policy=OFFICE_ONLY)).observations[0].witness.steps
    told = [step.in_language("en") for step in steps]
    assert told[0].startswith("with aws:SourceIp = 203.0.113.")
    assert told[-1] == "allowed by the bucket policy, LetIn"
    assert not any("aws:userid" in one for one in told)


def test_a_template_says_where_it_opens_the_bucket():
    placed = Origin(file="site.yaml", line=12)
    record = bucket(policy=policy(allow()), origins=(("policy", placed),))
    planned = world("s3-exposure", record, account_block(), source="template")
    (observation, *_) = only(check_s3_exposure(planned)).observations
    assert observation.origin == placed
    (observation, *_) = judged(record).observations
    assert observation.origin != placed


def test_a_template_says_where_an_acl_opens_the_bucket():
    placed = Origin(file="site.yaml", line=14)
    shared = {"acl": (PUBLIC_GRANT,), "ownership": "ObjectWriter"}
    record = bucket(**shared, origins=(("acl", placed),))
    planned = world("s3-exposure", record, account_block(), source="template")
    (observation, *_) = only(check_s3_exposure(planned)).observations
    assert observation.origin == placed


def test_a_bucket_that_was_not_read_in_full_has_no_notes():
    listing = policy(allow(), allow(Action="s3:ListBucket", Resource="arn:aws:s3:::docs"))
    site = {"exposure": ["public"], "access": ["read", "list"], "objects": ["site/*"]}
    assert judged(bucket(policy=listing), declared=site).notes
    assert not judged(bucket(policy=listing), declared=site, account=account_block(UNREAD)).notes
