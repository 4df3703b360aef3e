"""elasticache-encryption (2.2.2, 3.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_elasticache_encryption
from cloudpack_baseline.model.elasticache import CacheCluster, ReplicationGroup, ServerlessCache
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("elasticache:DescribeReplicationGroups")
OWN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/own"
DECLARED = Baseline.from_mapping({"controls": {"elasticache-encryption": {"kms_keys": [OWN]}}})
ENCRYPTED = {
    "at_rest_encryption_enabled": True,
    "transit_encryption_enabled": True,
    "transit_encryption_mode": "required",
}


def cache(kind, resource, **fields):
    return records.record(
        kind, resource, service="elasticache", name=resource.rpartition(":")[2], **fields
    )


GROUP = cache(ReplicationGroup, "replicationgroup:shop", kms_key_id=OWN, **ENCRYPTED)
CLUSTER = cache(CacheCluster, "cluster:shop", engine="redis", **ENCRYPTED)
SERVERLESS = cache(ServerlessCache, "serverlesscache:shop", engine="valkey", kms_key_id=OWN)


def outcome(record, baseline=None):
    snapshot = world("elasticache-encryption", record)
    return only(check_elasticache_encryption(snapshot, baseline)).outcome


@pytest.mark.parametrize("record", [GROUP, CLUSTER])
@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("at_rest_encryption_enabled", True, PASS),
        ("at_rest_encryption_enabled", False, FAIL),
        ("at_rest_encryption_enabled", UNREAD, UNKNOWN),
        ("transit_encryption_enabled", False, FAIL),
        ("transit_encryption_enabled", UNREAD, UNKNOWN),
        ("transit_encryption_mode", "preferred", FAIL),
        ("transit_encryption_mode", None, PASS),
        ("transit_encryption_mode", UNREAD, UNKNOWN),
    ],
)
def test_a_setting(record, field, value, expected):
    assert outcome(evolve(record, **{field: value})) is expected


@pytest.mark.parametrize(
    ("storage_type", "expected"),
    [("none", FAIL), ("sse-elasticache", PASS), ("sse-kms", PASS), (UNREAD, UNKNOWN)],
)
def test_the_type_of_encryption_decides_if_it_is_in_the_answer(storage_type, expected):
    group = evolve(
        GROUP,
        storage_encryption_type=storage_type,
        at_rest_encryption_enabled=storage_type != "sse-elasticache",
    )
    assert outcome(group) is expected


def test_the_mode_is_not_reported_without_encryption_in_transit():
    group = evolve(GROUP, transit_encryption_enabled=False, transit_encryption_mode="preferred")
    finding = only(check_elasticache_encryption(world("elasticache-encryption", group)))
    assert [
        observation.expected for observation in finding.observations if observation.outcome is FAIL
    ] == ["TransitEncryptionEnabled=true"]


@pytest.mark.parametrize("record", [GROUP, SERVERLESS])
@pytest.mark.parametrize(
    ("key", "expected"), [(OWN, PASS), (None, FAIL), (f"{OWN}2", FAIL), (UNREAD, UNKNOWN)]
)
def test_a_declared_key_has_to_encrypt_it(record, key, expected):
    changed = evolve(record, kms_key_id=key)
    assert outcome(changed, DECLARED) is expected
    assert outcome(changed) is PASS


def test_the_key_of_a_cluster_without_a_group_is_unknown():
    assert outcome(CLUSTER, DECLARED) is UNKNOWN


@pytest.mark.parametrize(("transit", "expected"), [(True, PASS), (False, FAIL)])
def test_memcached_is_judged_in_transit(transit, expected):
    cluster = evolve(
        CLUSTER,
        engine="memcached",
        at_rest_encryption_enabled=False,
        transit_encryption_enabled=transit,
    )
    assert outcome(cluster) is expected
    finding = only(check_elasticache_encryption(world("elasticache-encryption", cluster), DECLARED))
    assert finding.outcome is expected
    assert "encryption.memcached" in [
        observation.message.id for observation in finding.observations
    ]


@pytest.mark.parametrize(("group", "expected"), [("shop", NOT_APPLICABLE), (UNREAD, UNKNOWN)])
def test_a_member_is_judged_through_its_group(group, expected):
    member = evolve(CLUSTER, replication_group=group, at_rest_encryption_enabled=False)
    finding = only(check_elasticache_encryption(world("elasticache-encryption", member)))
    assert finding.outcome is expected
    messages = {observation.message.id for observation in finding.observations}
    assert ("encryption.group-member" in messages) is (expected is NOT_APPLICABLE)


def test_caches_that_were_recorded_before_are_unknown():
    assert outcome(cache(CacheCluster, "cluster:shop", engine="redis")) is UNKNOWN


@pytest.mark.parametrize("kind", ["ReplicationGroup", "CacheCluster", "ServerlessCache"])
def test_a_listing_that_was_denied_is_unknown(kind):
    snapshot = world("elasticache-encryption", gaps={kind: UNREAD})
    assert only(check_elasticache_encryption(snapshot)).outcome is UNKNOWN


def test_an_account_without_caches():
    snapshot = world("elasticache-encryption")
    assert only(check_elasticache_encryption(snapshot)).outcome is NOT_APPLICABLE
