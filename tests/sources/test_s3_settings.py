"""How the settings of buckets are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket, Encryption, Logging, ReplicationRule, Website
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gatherers import gatherer_of
from support import ACCOUNT, REGION

SETTINGS = ("versioning", "website", "encryption", "logging", "replication")
USUAL = {
    "GetBucketVersioning": {"Status": "Enabled"},
    "GetBucketWebsite": "NoSuchWebsiteConfiguration",
    "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
    "GetBucketReplication": "ReplicationConfigurationNotFoundError",
}


def made(session, name):
    s3 = session.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def gathered(session):
    snapshot = gather_account(session, [reads(Bucket, *SETTINGS)])
    (account,) = snapshot.accounts
    return {bucket.name: bucket for bucket in snapshot.all(Bucket, account.id)}


def test_settings_of_a_bucket(session):
    made(session, "target")
    s3 = made(session, "full")
    s3.put_bucket_versioning(Bucket="full", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_versioning(Bucket="target", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_website(
        Bucket="full", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/own"}
    s3.put_bucket_encryption(
        Bucket="full",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::target/*",
    }
    s3.put_bucket_policy(Bucket="target", Policy=json.dumps({"Statement": [allowed]}))
    s3.put_bucket_logging(
        Bucket="full",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "target", "TargetPrefix": "full/"}},
    )
    replicated = {
        "ID": "to-target",
        "Priority": 1,
        "Filter": {},
        "Status": "Disabled",
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::target", "Account": "111122223333"},
    }
    s3.put_bucket_replication(
        Bucket="full",
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replicate",
            "Rules": [replicated],
        },
    )
    full = gathered(session)["full"]
    assert full.versioning == "Enabled"
    assert full.website == Website(index_document="index.html")
    assert full.encryption == Encryption(algorithm="aws:kms", kms_key="alias/own")
    assert full.logging == Logging(target_bucket="target")
    assert full.replication == (
        ReplicationRule(
            id="to-target", enabled=False, bucket="arn:aws:s3:::target", account="111122223333"
        ),
    )
    assert full.origin_of("versioning").operation == "s3:GetBucketVersioning"
    # What nobody asked for costs no call, and says so.
    assert isinstance(full.policy, Unknown)
    assert full.origin_of("policy").operation == "s3:GetBucketPolicy"


def test_a_bucket_without_settings(session):
    made(session, "bare")
    bare = gathered(session)["bare"]
    assert (bare.versioning, bare.website, bare.logging, bare.replication) == (None,) * 4
    assert bare.encryption in (None, Encryption(algorithm="AES256"))


def test_a_website_that_only_redirects(session):
    s3 = made(session, "moved")
    s3.put_bucket_website(
        Bucket="moved",
        WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "www.example.jp"}},
    )
    assert gathered(session)["moved"].website == Website(redirect_to="www.example.jp")


class Answers:
    """A transport: one bucket, and what each operation answers (a code: the error)."""

    assumptions = frozenset()

    def __init__(self, **answers):
        self.answers = answers

    def pages(self, operation, region, parameters):  # noqa: ARG002 - the protocol's
        if operation.name == "ListBuckets":
            yield {"Buckets": [{"Name": "one", "BucketRegion": REGION}]}
            return
        held = self.answers.get(operation.name, {})
        if isinstance(held, str):
            raise CallError(held)
        yield held

    def release(self, client, region):
        pass


def bucket(**answers):
    calls = Calls(
        transport=Answers(**(USUAL | answers)), account=ACCOUNT, partition="aws", region=REGION
    )
    (record,) = gatherer_of(Bucket).run(calls, frozenset(SETTINGS)).records
    return record


def test_absent_codes_mean_that_there_is_none():
    without = bucket(GetBucketVersioning={})
    assert all(getattr(without, name) is None for name in SETTINGS)
    assert bucket().replication is None


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("GetBucketVersioning", "versioning"),
        ("GetBucketWebsite", "website"),
        ("GetBucketEncryption", "encryption"),
        ("GetBucketLogging", "logging"),
        ("GetBucketReplication", "replication"),
    ],
)
def test_what_is_refused_is_unknown_and_names_its_call(operation, field):
    unknown = getattr(bucket(**{operation: "AccessDenied"}), field)
    assert isinstance(unknown, Unknown)
    (cause,) = unknown.causes
    assert (cause.why, cause.operation) == (Why.DENIED, f"s3:{operation}")


@pytest.mark.parametrize(
    ("operation", "field", "answer"),
    [
        ("GetBucketVersioning", "versioning", {"Status": "enabled"}),
        ("GetBucketWebsite", "website", {"RedirectAllRequestsTo": {}}),
        ("GetBucketEncryption", "encryption", {}),
        ("GetBucketLogging", "logging", {"LoggingEnabled": {}}),
        ("GetBucketReplication", "replication", {"ReplicationConfiguration": {"Rules": [{}]}}),
        (
            "GetBucketReplication",
            "replication",
            {"ReplicationConfiguration": {"Rules": [{"Status": "On", "Destination": {}}]}},
        ),
    ],
)
def test_an_odd_answer_is_unknown(operation, field, answer):
    unknown = getattr(bucket(**{operation: answer}), field)
    assert isinstance(unknown, Unknown)
    assert unknown.causes[0].why is Why.MALFORMED


def test_a_rule_that_only_bars_ways_of_encrypting_names_no_default():
    answer = {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}]
        }
    }
    assert bucket(GetBucketEncryption=answer).encryption is None
