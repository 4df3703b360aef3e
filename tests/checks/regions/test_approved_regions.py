"""approved-regions (5.6)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_approved_regions
from cloudpack_baseline.checks.regions._data_kinds import DATA_KINDS
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.regions import AccountRegion
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import record
from support import ACCOUNT, REGION, denied, world

OSAKA, ABROAD, MANAGER = "ap-northeast-3", "us-east-1", "111122223333"
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)


def judge(*resources, options=None, **changes):
    baseline = Baseline.from_mapping({"controls": {"approved-regions": options or {}}})
    return check_approved_regions(world("approved-regions", *resources, **changes), baseline)


def outcome(resource, *others, **changes):
    findings = judge(resource, *others, **changes).findings
    (finding,) = (finding for finding in findings if finding.resource.key == resource.key)
    return finding.outcome


def table(region):
    return record(DynamoDBTable, "table/carts", service="dynamodb", region=region)


@pytest.mark.parametrize(("region", "expected"), [(REGION, PASS), (OSAKA, PASS), (ABROAD, FAIL)])
def test_a_table_or_its_replica(region, expected):
    assert outcome(table(region)) is expected


def test_the_customer_chooses():
    assert outcome(table(ABROAD), options={"regions": [ABROAD]}) is PASS
    assert outcome(table(REGION), options={"regions": [ABROAD]}) is FAIL


@pytest.mark.parametrize("pattern", ["carts", "car*", "arn:aws:dynamodb:us-east-1:*"])
def test_a_resource_that_may_be_elsewhere(pattern):
    assert outcome(table(ABROAD), options={"exempt": [pattern]}) is NOT_APPLICABLE
    assert outcome(table(ABROAD), options={"exempt": ["other"]}) is FAIL


def test_a_bucket():
    assert outcome(records.bucket("logs", region=REGION)) is PASS
    assert outcome(records.bucket("logs", region=ABROAD)) is FAIL
    assert outcome(records.bucket("logs", region="")) is UNKNOWN
    for region, expected in (("", NOT_APPLICABLE), (REGION, PASS), (ABROAD, FAIL)):
        assert outcome(records.bucket("logs", region=region), source="template") is expected
    (finding,) = judge(records.bucket("logs", region=""), source="template").findings
    assert finding.observations[0].message.id == "regions.undetermined"


def test_replicas_of_secrets_are_found_in_their_region():
    both = [
        record(Secret, "secret:db", service="secretsmanager", region=region)
        for region in (REGION, ABROAD)
    ]
    outcomes = [finding.outcome for finding in judge(*both).findings]
    assert outcomes.count(FAIL) == outcomes.count(PASS) == 1


def key(kind):
    settings = {"key_manager": "CUSTOMER", "key_spec": "SYMMETRIC_DEFAULT"}
    settings |= {"key_state": "Enabled", "key_material": "AWS_KMS"}
    return record(
        KmsKey, "key/1", service="kms", region=ABROAD, multi_region_key_type=kind, **settings
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("REPLICA", FAIL),
        ("PRIMARY", FAIL),
        (None, NOT_APPLICABLE),
        (denied("kms:DescribeKey"), UNKNOWN),
    ],
)
def test_a_key(kind, expected):
    assert outcome(key(kind)) is expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0, NOT_APPLICABLE), (1, FAIL), (denied("backup:ListBackupVaults"), UNKNOWN)],
)
def test_a_vault(points, expected):
    vault = record(BackupVault, "vault", service="backup", region=ABROAD, recovery_points=points)
    assert outcome(vault) is expected


@pytest.mark.parametrize(
    ("name", "region", "expected"),
    [
        ("/app", ABROAD, FAIL),
        ("/aws/lambda/us-east-1.edge", "eu-west-1", NOT_APPLICABLE),
        ("aws-waf-logs-cdn", "us-east-1", NOT_APPLICABLE),
        ("aws-waf-logs-cdn", "eu-west-1", FAIL),
        ("/aws/route53/example.jp", "us-east-1", NOT_APPLICABLE),
        ("/aws/cloudfront/function/f", "us-east-1", NOT_APPLICABLE),
        ("/aws/lambda/app", "us-east-1", FAIL),
    ],
)
def test_a_log_group(name, region, expected):
    group = record(LogGroup, f"log-group:{name}", service="logs", region=region, name=name)
    assert outcome(group) is expected


def test_a_listing_that_was_denied():
    gap = {"DynamoDBTable": denied("dynamodb:ListTables")}
    findings = judge(gaps=gap).findings
    (finding,) = (finding for finding in findings if finding.resource.kind == "DynamoDBTable")
    assert finding.outcome is UNKNOWN


def test_each_kind_is_named_once():
    kinds = [data.kind for data in DATA_KINDS]
    assert len(kinds) == len(set(kinds)) > 20


# --- Regions


def region(name=ABROAD, status="opt-in-not-required"):
    return record(AccountRegion, f"region/{name}", region=name, name=name, opt_in_status=status)


def test_a_region_that_was_not_read():
    assert outcome(region()) is UNKNOWN
    assert outcome(region(OSAKA)) is NOT_APPLICABLE
    assert outcome(region(status="not-opted-in")) is NOT_APPLICABLE
    assert outcome(region(status=denied("ec2:DescribeRegions"))) is UNKNOWN


def test_a_region_that_was_read():
    scope = AccountScope(id=ACCOUNT, regions=(REGION, ABROAD))
    assert outcome(region(), accounts=(scope,)) is PASS


@pytest.mark.parametrize(
    ("unused", "expected"), [([ABROAD], PASS), (["*"], PASS), (["eu-west-1"], UNKNOWN)]
)
def test_a_region_that_is_attested_to_be_unused(unused, expected):
    assert outcome(region(), options={"unused": unused}) is expected


def test_the_kinds_that_are_not_read_are_told():
    finding = next(
        finding for finding in judge(region(REGION)).findings if finding.resource.name == REGION
    )
    assert "Amazon MSK" in finding.notes[0].in_language("en")


# --- service control policies

DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def condition(*regions, operator="StringNotEquals"):
    return {"Condition": {operator: {"aws:RequestedRegion": list(regions)}}}


def organized(document, *, targets=("r-1",), gap=None):
    """A snapshot of the account and of its management account, with one policy."""
    management = {"account": MANAGER, "region": ""}
    things = [
        region(),
        record(Organization, "o", id="o-exampleorgid", management_account=MANAGER, region=""),
        record(
            OrganizationAccount,
            "a",
            id=ACCOUNT,
            path=("r-1", "ou-1", ACCOUNT),
            service_control=True,
            **management,
        ),
        record(
            ServiceControlPolicy,
            "full",
            document=FULL,
            targets=("r-1", "ou-1", ACCOUNT),
            **management,
        ),
        record(ServiceControlPolicy, "own", document=document, targets=targets, **management),
    ]
    scopes = (AccountScope(id=ACCOUNT, regions=(REGION,)), AccountScope(id=MANAGER))
    snapshot = world("approved-regions", *things, accounts=scopes)
    elsewhere = tuple(
        evolve(each, account=MANAGER, unknown=gap if each.kind == "ServiceControlPolicy" else None)
        for each in snapshot.coverage
    )
    snapshot = evolve(snapshot, coverage=(*snapshot.coverage, *elsewhere))
    findings = check_approved_regions(snapshot).findings
    (finding,) = (finding for finding in findings if finding.resource.key == region().key)
    return finding.outcome


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


FULL = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
EXCEPT = {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "cloudfront:*"], "Resource": "*"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (document(DENY | condition(REGION, OSAKA)), PASS),
        (document(EXCEPT | condition(REGION)), PASS),
        (json.dumps({"Version": "2012-10-17", "Statement": EXCEPT | condition(REGION)}), PASS),
        (document(DENY | condition("ap-*", operator="StringNotLike")), PASS),
        (document(DENY | condition(REGION, ABROAD)), UNKNOWN),
        (document(DENY | condition("us-*", operator="StringLike")), PASS),
        (document(EXCEPT | {"NotAction": ["s3:*"]} | condition(REGION)), UNKNOWN),
        (json.dumps({"Version": "2012-10-17"}), UNKNOWN),
        (FULL, UNKNOWN),
    ],
)
def test_what_a_policy_denies(policy, expected):
    assert organized(policy) is expected


# Typed anew, so that the check cannot lose one of them unnoticed.
@pytest.mark.parametrize(
    "action",
    [
        "s3:CreateBucket",
        "ec2:CreateVolume",
        "ec2:RunInstances",
        "rds:CreateDBInstance",
        "rds:CreateDBCluster",
        "dynamodb:CreateTable",
        "elasticfilesystem:CreateFileSystem",
        "secretsmanager:CreateSecret",
        "logs:CreateLogGroup",
        "sqs:CreateQueue",
    ],
)
def test_each_action_that_creates_data_has_to_be_denied(action):
    but_one = EXCEPT | {"NotAction": [action]} | condition(REGION)
    assert organized(document(but_one)) is UNKNOWN


def test_a_policy_that_is_attached_nowhere_or_elsewhere():
    policy = document(DENY | condition(REGION))
    assert organized(policy, targets=()) is UNKNOWN
    assert organized(policy, targets=("ou-2",)) is UNKNOWN
    assert organized(policy, targets=("ou-1",)) is PASS
    assert organized(policy, gap=denied("organizations:ListPolicies")) is UNKNOWN
