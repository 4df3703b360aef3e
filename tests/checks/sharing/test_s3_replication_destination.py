"""s3-replication-destination (5.4, 5.6)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_s3_replication_destination
from cloudpack_baseline.model.s3 import Bucket, ReplicationRule
from cloudpack_baseline.model.snapshot import AccountScope
from support import ACCOUNT, REGION, denied, only, world

OSAKA = "ap-northeast-3"
OTHER = "111122223333"
STRANGER = "999988887777"


def bucket(name="data", **changes):
    fields = {"arn": f"arn:aws:s3:::{name}", "account": ACCOUNT, "region": REGION, "name": name}
    return Bucket(**(fields | changes))


def rule(name, **changes):
    return ReplicationRule(**({"enabled": True, "bucket": f"arn:aws:s3:::{name}"} | changes))


def judged(*rules, others=(), baseline=None, **changes):
    snapshot = world(
        "s3-replication-destination", bucket(replication=tuple(rules)), *others, **changes
    )
    return next(
        finding
        for finding in check_s3_replication_destination(snapshot, baseline).findings
        if finding.resource.name == "data"
    )


def outcome(*rules, **changes):
    return judged(*rules, **changes).outcome


def declared(**keys):
    return Baseline.from_mapping({"controls": {"s3-replication-destination": keys}})


def test_a_bucket_of_the_account():
    here, far = bucket("copy", region=OSAKA), bucket("far", region="us-east-1")
    assert outcome(rule("copy"), others=[here]) is Outcome.PASS
    finding = judged(rule("copy"), rule("far"), others=[here, far])
    assert finding.outcome is Outcome.FAIL
    assert finding.observations[0].read == "BucketRegion=us-east-1"
    assert finding.observations[0].expected == f"BucketRegion={REGION} | {OSAKA}"


def test_the_customer_chooses_the_regions():
    baseline = Baseline.from_mapping({"controls": {"approved-regions": {"regions": ["us-east-1"]}}})
    far, here = bucket("far", region="us-east-1"), bucket("copy", region=OSAKA)
    assert outcome(rule("far"), others=[far], baseline=baseline) is Outcome.PASS
    assert outcome(rule("copy"), others=[here], baseline=baseline) is Outcome.FAIL


@pytest.mark.parametrize("rules", [(), (rule("anything", enabled=False, account=STRANGER),)])
def test_nothing_is_copied(rules):
    finding = judged(*rules)
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert [entry.message.id for entry in finding.observations] == ["sharing.no-replication"]


def test_replication_was_never_configured_or_not_read():
    def only_of(held):
        snapshot = world("s3-replication-destination", bucket(replication=held))
        return only(check_s3_replication_destination(snapshot)).outcome

    assert only_of(None) is Outcome.NOT_APPLICABLE
    assert only_of(denied("s3:GetBucketReplication")) is Outcome.UNKNOWN


def test_an_account_that_nobody_declared():
    finding = judged(rule("copy", account=STRANGER))
    assert finding.outcome is Outcome.FAIL
    assert finding.observations[0].read == f"Destination.Account={STRANGER}"


def test_an_account_that_is_declared():
    region_unknown = judged(rule("copy", account=OTHER), baseline=declared(accounts=[OTHER]))
    assert region_unknown.outcome is Outcome.UNKNOWN
    assert region_unknown.observations[0].message.id == "sharing.destination-place"
    baseline = declared(accounts=[OTHER], buckets={"copy": OSAKA, "far": "us-east-1"})
    assert outcome(rule("copy", account=OTHER), baseline=baseline) is Outcome.PASS
    assert outcome(rule("far", account=OTHER), baseline=baseline) is Outcome.FAIL
    assert outcome(rule("copy", account=STRANGER), baseline=baseline) is Outcome.FAIL


def test_an_account_of_the_file():
    baseline = Baseline.from_mapping(
        {
            "accounts": {"main": {"id": ACCOUNT}, "archive": {"id": OTHER}},
            "controls": {"s3-replication-destination": {"buckets": {"copy": OSAKA}}},
        }
    )
    assert outcome(rule("copy", account=OTHER), baseline=baseline) is Outcome.PASS


def test_a_bucket_that_nobody_knows():
    finding = judged(rule("copy"))
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].message.id == "sharing.destination-owner"
    assert outcome(rule("copy"), baseline=declared(buckets={"copy": OSAKA})) is Outcome.PASS


def test_a_bucket_of_another_account_that_was_read():
    theirs = bucket("copy", account=OTHER, region=OSAKA)
    accounts = tuple(AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, OTHER))
    assert outcome(rule("copy"), others=[theirs], accounts=accounts) is Outcome.PASS


def test_a_bucket_whose_region_was_not_told():
    here = [bucket("copy", region="")]
    finding = judged(rule("copy"), others=here)
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].message.id == "sharing.destination-not-provided"
    baseline = declared(buckets={"copy": OSAKA})
    assert outcome(rule("copy"), others=here, baseline=baseline) is Outcome.PASS
    baseline = declared(buckets={"copy": "us-east-1"})
    assert outcome(rule("copy"), others=here, baseline=baseline) is Outcome.FAIL


@pytest.mark.parametrize(
    "target",
    [
        "copy",
        f"arn:aws:s3-outposts:{REGION}:{ACCOUNT}:outpost/op-1/bucket/copy",
    ],
)
def test_a_destination_of_another_kind(target):
    odd = ReplicationRule(enabled=True, bucket=target)
    assert outcome(odd) is Outcome.UNKNOWN
    # What fails beside it fails.
    assert outcome(odd, rule("copy", account=STRANGER)) is Outcome.FAIL


def test_rules_of_one_destination_are_told_once():
    bucket_record = bucket("copy")
    assert (
        len(judged(rule("copy", id="a"), rule("copy", id="b"), others=[bucket_record]).observations)
        == 1
    )
