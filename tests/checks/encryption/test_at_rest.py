"""ebs-encryption and rds-encryption (2.2.2, 3.3): volumes, databases, and snapshots of both."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    Outcome,
    api,
    check_ebs_encryption,
    check_rds_encryption,
)
from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.rds import (
    DBCluster,
    DBInstance,
    DBSnapshot,
    ManualDBClusterSnapshot,
    ManualDBSnapshot,
)
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
KEYS = f"arn:aws:kms:{REGION}:{ACCOUNT}:"
OWN, OTHER, ALIAS = f"{KEYS}key/own", f"{KEYS}key/other", f"{KEYS}alias/own"


def declared(control, *keys):
    return Baseline.from_mapping({"controls": {control: {"kms_keys": list(keys)}}})


def volume(**fields):
    fields = {"encrypted": True, "kms_key_id": OWN, "state": "in-use"} | fields
    return records.record(Volume, "volume/vol-1", service="ec2", volume_id="vol-1", **fields)


def database(kind=DBInstance, **fields):
    resource = "db:shop" if kind is DBInstance else "cluster:shop"
    fields = {"name": "shop", "engine": "aurora-mysql", "storage_encrypted": True} | fields
    return records.record(kind, resource, service="rds", **fields)


def alias(target):
    return records.record(KmsAlias, "alias/own", service="kms", target_key_id=target)


@pytest.mark.parametrize(
    ("encrypted", "outcome"),
    [(True, PASS), (False, FAIL), (denied("ec2:DescribeVolumes"), UNKNOWN)],
)
def test_a_volume(encrypted, outcome):
    snapshot = world("ebs-encryption", volume(encrypted=encrypted, kms_key_id=None))
    assert only(check_ebs_encryption(snapshot)).outcome is outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("deleting", NOT_APPLICABLE),
        ("deleted", NOT_APPLICABLE),
        ("available", FAIL),
        (denied("ec2:DescribeVolumes"), FAIL),
    ],
)
def test_a_volume_that_is_being_deleted_is_not_judged(state, outcome):
    snapshot = world("ebs-encryption", volume(encrypted=False, state=state))
    finding = only(check_ebs_encryption(snapshot))
    assert (finding.resource.kind, finding.outcome) == ("Volume", outcome)


@pytest.mark.parametrize(
    ("key", "outcome"),
    [(OWN, PASS), (OTHER, FAIL), (None, FAIL), (denied("ec2:DescribeVolumes"), UNKNOWN)],
)
def test_a_declared_key_has_to_encrypt_a_volume(key, outcome):
    snapshot = world("ebs-encryption", volume(kms_key_id=key))
    assert only(check_ebs_encryption(snapshot, declared("ebs-encryption", OWN))).outcome is outcome


def test_an_unencrypted_volume_is_reported_without_its_key():
    snapshot = world("ebs-encryption", volume(encrypted=False, kms_key_id=None))
    (observation,) = only(
        check_ebs_encryption(snapshot, declared("ebs-encryption", OWN))
    ).observations
    assert (observation.read, observation.expected) == ("Encrypted=false", "Encrypted=true")


@pytest.mark.parametrize(("target", "outcome"), [("own", PASS), ("other", FAIL)])
def test_a_key_that_is_declared_by_its_alias(target, outcome):
    snapshot = world("ebs-encryption", volume(), alias(target))
    finding = only(check_ebs_encryption(snapshot, declared("ebs-encryption", ALIAS)))
    assert finding.outcome is outcome


@pytest.mark.parametrize(("keys", "outcome"), [((), PASS), ((ALIAS,), UNKNOWN)])
def test_aliases_count_only_where_keys_are_declared(keys, outcome):
    gaps = {"KmsAlias": denied("kms:ListAliases")}
    snapshot = world("ebs-encryption", volume(), gaps=gaps)
    finding = only(check_ebs_encryption(snapshot, declared("ebs-encryption", *keys)))
    assert finding.outcome is outcome


@pytest.mark.parametrize("kind", [DBInstance, DBCluster])
@pytest.mark.parametrize(
    ("storage_type", "encrypted", "outcome"),
    [
        ("sse-rds", False, PASS),
        ("sse-kms", True, PASS),
        ("none", False, FAIL),
        (None, True, PASS),
        (None, False, FAIL),
        (None, denied("rds:DescribeDBInstances"), UNKNOWN),
        (denied("rds:DescribeDBInstances"), True, UNKNOWN),
    ],
)
def test_the_type_of_encryption_decides_if_it_is_in_the_answer(
    kind, storage_type, encrypted, outcome
):
    record = database(kind, storage_encryption_type=storage_type, storage_encrypted=encrypted)
    assert only(check_rds_encryption(world("rds-encryption", record))).outcome is outcome


@pytest.mark.parametrize(
    ("storage_type", "key", "outcome"),
    [
        ("sse-rds", None, FAIL),
        ("sse-kms", OWN, PASS),
        ("sse-kms", "own", PASS),
        ("sse-kms", OTHER, FAIL),
        (None, OWN, PASS),
    ],
)
def test_a_declared_key_has_to_encrypt_a_database(storage_type, key, outcome):
    record = database(storage_encryption_type=storage_type, kms_key_id=key)
    snapshot = world("rds-encryption", record)
    assert only(check_rds_encryption(snapshot, declared("rds-encryption", OWN))).outcome is outcome


def test_a_database_that_was_recorded_before_is_unknown():
    record = records.record(DBInstance, "db:shop", service="rds", engine="mysql")
    assert only(check_rds_encryption(world("rds-encryption", record))).outcome is UNKNOWN


class TestMembers:
    """A member of a cluster is judged through its cluster."""

    def outcomes(self, *databases, **changes):
        findings = check_rds_encryption(world("rds-encryption", *databases, **changes)).findings
        return {finding.resource.kind: finding.outcome for finding in findings}

    @pytest.mark.parametrize(("encrypted", "outcome"), [(True, PASS), (False, FAIL)])
    def test_the_cluster_counts(self, encrypted, outcome):
        member = database(cluster="shop", storage_encrypted=not encrypted)
        cluster = database(DBCluster, storage_encrypted=encrypted)
        assert self.outcomes(member, cluster) == {
            "DBInstance": NOT_APPLICABLE,
            "DBCluster": outcome,
        }

    def test_a_cluster_of_the_same_name_in_another_region_does_not_count(self):
        cluster = database(DBCluster)
        elsewhere = evolve(
            cluster, region="us-east-1", arn=cluster.arn.replace(REGION, "us-east-1")
        )
        outcomes = self.outcomes(database(cluster="shop"), elsewhere)
        assert outcomes == {"DBInstance": UNKNOWN, "DBCluster": PASS}

    @pytest.mark.parametrize("cluster", ["shop", denied("rds:DescribeDBInstances")])
    def test_a_cluster_that_is_not_among_the_records_is_unknown(self, cluster):
        assert self.outcomes(database(cluster=cluster)) == {"DBInstance": UNKNOWN}

    def test_why_the_clusters_were_not_listed_is_named(self):
        gaps = {"DBCluster": denied("rds:DescribeDBClusters")}
        snapshot = world("rds-encryption", database(cluster="shop"), gaps=gaps)
        (finding,) = (
            finding
            for finding in check_rds_encryption(snapshot).findings
            if finding.resource.kind == "DBInstance"
        )
        assert finding.observations[0].causes[0].actions == ("rds:DescribeDBClusters",)


@pytest.mark.parametrize("control", ["ebs-encryption", "rds-encryption"])
def test_an_account_without_such_a_resource(control):
    check = getattr(api, f"check_{control.replace('-', '_')}")
    assert only(check(world(control))).outcome is NOT_APPLICABLE


def ebs_snapshot(**fields):
    fields = {"snapshot_id": "snap-1", "encrypted": True, "state": "completed"} | fields
    return records.record(EbsSnapshot, "snapshot/snap-1", service="ec2", **fields)


def db_snapshot(**fields):
    fields = {"database": "shop", "status": "available"} | fields
    kind = "cluster-snapshot" if fields.get("of_cluster") else "snapshot"
    return records.record(DBSnapshot, f"{kind}:shop-1", service="rds", **fields)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, PASS),
        ({"encrypted": False}, FAIL),
        ({"encrypted": False, "state": "pending"}, FAIL),
        ({"encrypted": False, "state": denied("ec2:DescribeSnapshots")}, FAIL),
        ({"encrypted": False, "state": "error"}, NOT_APPLICABLE),
        ({"encrypted": denied("ec2:DescribeSnapshots")}, UNKNOWN),
    ],
)
def test_a_snapshot_of_a_volume(fields, outcome):
    finding = only(check_ebs_encryption(world("ebs-encryption", ebs_snapshot(**fields))))
    assert (finding.resource.kind, finding.outcome) == ("EbsSnapshot", outcome)


@pytest.mark.parametrize(("key", "outcome"), [(OWN, PASS), (OTHER, FAIL)])
def test_a_declared_key_has_to_encrypt_a_snapshot_of_a_volume(key, outcome):
    snapshot = world("ebs-encryption", ebs_snapshot(kms_key_id=key))
    assert only(check_ebs_encryption(snapshot, declared("ebs-encryption", OWN))).outcome is outcome


@pytest.mark.parametrize(
    ("fields", "outcome", "read"),
    [
        ({"encrypted": True}, PASS, "Encrypted=true"),
        ({"encrypted": False}, FAIL, "Encrypted=false"),
        ({"encrypted": False, "storage_encryption_type": "sse-rds"}, PASS, None),
        ({"encrypted": False, "storage_encryption_type": "none"}, FAIL, None),
        ({"of_cluster": True, "storage_encrypted": True}, PASS, "StorageEncrypted=true"),
        ({"of_cluster": True, "storage_encrypted": False}, FAIL, "StorageEncrypted=false"),
        ({"of_cluster": True, "encrypted": True}, UNKNOWN, None),
        ({"storage_encrypted": True}, UNKNOWN, None),
        ({"encrypted": False, "status": "failed"}, NOT_APPLICABLE, None),
    ],
)
def test_a_snapshot_of_a_database(fields, outcome, read):
    finding = only(check_rds_encryption(world("rds-encryption", db_snapshot(**fields))))
    assert (finding.resource.kind, finding.outcome) == ("DBSnapshot", outcome)
    if read is not None:
        assert finding.observations[0].read == read


@pytest.mark.parametrize(
    ("kind", "fields", "outcome"),
    [
        (ManualDBSnapshot, {"encrypted": True}, PASS),
        (ManualDBSnapshot, {"encrypted": False}, FAIL),
        (ManualDBSnapshot, {"encrypted": False, "storage_encryption_type": "sse-rds"}, PASS),
        (ManualDBSnapshot, {}, UNKNOWN),
        (ManualDBSnapshot, {"encrypted": False, "status": "failed"}, NOT_APPLICABLE),
        (ManualDBClusterSnapshot, {"storage_encrypted": True}, PASS),
        (ManualDBClusterSnapshot, {"storage_encrypted": False}, FAIL),
        (ManualDBClusterSnapshot, {}, UNKNOWN),
    ],
)
def test_a_manual_snapshot_of_a_database(kind, fields, outcome):
    fields = {"status": "available"} | fields
    snapshot = records.record(kind, "snapshot:shop-1", service="rds", **fields)
    finding = only(check_rds_encryption(world("rds-encryption", snapshot)))
    assert (finding.resource.kind, finding.outcome) == (kind.__name__, outcome)


@pytest.mark.parametrize(("key", "outcome"), [(OWN, PASS), (OTHER, FAIL), (None, FAIL)])
def test_a_declared_key_has_to_encrypt_a_snapshot_of_a_database(key, outcome):
    snapshot = world("rds-encryption", db_snapshot(encrypted=True, kms_key_id=key))
    assert only(check_rds_encryption(snapshot, declared("rds-encryption", OWN))).outcome is outcome


@pytest.mark.parametrize(
    ("control", "check", "kind", "listing"),
    [
        ("ebs-encryption", check_ebs_encryption, "EbsSnapshot", "ec2:DescribeSnapshots"),
        ("rds-encryption", check_rds_encryption, "DBSnapshot", "rds:DescribeDBSnapshots"),
        ("rds-encryption", check_rds_encryption, "ManualDBSnapshot", "rds:DescribeDBSnapshots"),
    ],
)
def test_snapshots_that_could_not_be_listed(control, check, kind, listing):
    finding = only(check(world(control, gaps={kind: denied(listing)})))
    assert finding.outcome is UNKNOWN
