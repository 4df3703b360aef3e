"""rds-auto-minor-version (5.1.1, 4.7.2)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Outcome, check_rds_auto_minor_version
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.testing import records
from support import REGION, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CONTROL = "rds-auto-minor-version"
UNREAD = denied("rds:DescribeDBClusters")


def instance(name="shop-1", **fields):
    fields = {"name": name, "engine": "mysql", "auto_minor_version_upgrade": True} | fields
    return records.record(DBInstance, f"db:{name}", service="rds", **fields)


def cluster(**fields):
    fields = {"name": "shop", "engine": "aurora-mysql", "auto_minor_version_upgrade": True} | fields
    return records.record(DBCluster, "cluster:shop", service="rds", **fields)


def judged(*databases, **changes):
    findings = check_rds_auto_minor_version(world(CONTROL, *databases, **changes)).findings
    return {finding.resource.name: finding for finding in findings}


def outcome(database, *others):
    return judged(database, *others)[database.name].outcome


def member(name, setting):
    return instance(name, engine="aurora-mysql", cluster="shop", auto_minor_version_upgrade=setting)


@pytest.mark.parametrize("database", [instance(), cluster(), cluster(engine="postgres")])
@pytest.mark.parametrize(("setting", "expected"), [(True, PASS), (False, FAIL), (UNREAD, UNKNOWN)])
def test_the_setting_of_a_database(database, setting, expected):
    changed = evolve(database, auto_minor_version_upgrade=setting)
    finding = judged(changed)[changed.name]
    assert finding.outcome is expected
    assert "member" not in finding.observations[0].message.id


@pytest.mark.parametrize(
    ("of_cluster", "of_members", "expected"),
    [
        (True, (True, True), PASS),
        (True, (True, False), FAIL),
        (False, (True, True), FAIL),
        (True, (True, UNREAD), UNKNOWN),
        (False, (True, UNREAD), FAIL),
    ],
)
def test_an_aurora_cluster_and_its_members(of_cluster, of_members, expected):
    names = [f"shop-{index}" for index in range(len(of_members))]
    members = [member(name, setting) for name, setting in zip(names, of_members, strict=True)]
    findings = judged(
        cluster(auto_minor_version_upgrade=of_cluster, members=tuple(names)), *members
    )
    assert findings["shop"].outcome is expected
    assert {findings[name].outcome for name in names} == {NOT_APPLICABLE}


def test_a_member_that_is_off_is_named():
    finding = judged(cluster(members=("shop-1",)), member("shop-1", False))["shop"]
    assert "shop-1" in finding.observations[0].message.in_language("en")


def test_members_of_a_multi_az_cluster_do_not_count():
    assert outcome(cluster(engine="mysql", members=("shop-1",)), member("shop-1", False)) is PASS


@pytest.mark.parametrize(
    ("gaps", "code"),
    [
        ({}, "DBInstanceNotFound"),
        ({"DBInstance": denied("rds:DescribeDBInstances")}, "AccessDenied"),
    ],
)
def test_a_member_that_is_not_among_the_records_is_unknown(gaps, code):
    finding = judged(cluster(members=("shop-1",)), gaps=gaps)["shop"]
    (observation,) = (
        observation for observation in finding.observations if observation.outcome is UNKNOWN
    )
    (cause,) = observation.causes
    assert (cause.operation, cause.code) == ("rds:DescribeDBInstances", code)
    assert "DBInstance shop-1" in observation.message.in_language("en")


def test_a_member_of_another_region_does_not_count():
    changed_member = evolve(member("shop-1", False), region="us-east-1")
    assert outcome(cluster(members=("shop-1",)), changed_member) is UNKNOWN


def test_unknown_members():
    assert outcome(cluster(members=UNREAD)) is UNKNOWN


@pytest.mark.parametrize(
    ("fields", "source", "expected"),
    [
        ({"auto_minor_version_upgrade": False}, "template", FAIL),
        ({"auto_minor_version_upgrade": True}, "template", NOT_APPLICABLE),
        ({"auto_minor_version_upgrade": UNREAD}, "template", NOT_APPLICABLE),
        ({"auto_minor_version_upgrade": False}, "aws", UNKNOWN),
        ({"auto_minor_version_upgrade": False, "engine": "docdb"}, "template", NOT_APPLICABLE),
    ],
)
def test_a_member_of_a_cluster_that_no_template_holds(fields, source, expected):
    of_cluster = instance(**({"engine": "aurora-mysql", "cluster": "shop"} | fields))
    assert judged(of_cluster, source=source)["shop-1"].outcome is expected
    beside = judged(of_cluster, cluster(members=("shop-1",)), source=source)
    assert beside["shop-1"].outcome is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        (instance(engine=UNREAD), PASS),
        (instance(engine=UNREAD, auto_minor_version_upgrade=False), UNKNOWN),
        (cluster(engine=UNREAD), UNKNOWN),
    ],
)
def test_an_engine_that_was_not_read(database, expected):
    assert outcome(database) is expected


@pytest.mark.parametrize(
    ("engine", "service"), [("docdb", "Amazon DocumentDB"), ("neptune", "Amazon Neptune")]
)
@pytest.mark.parametrize("kind", [instance, cluster])
def test_other_services_have_their_own_rules(engine, service, kind):
    database = kind(engine=engine, auto_minor_version_upgrade=False)
    finding = judged(database)[database.name]
    assert finding.outcome is NOT_APPLICABLE
    assert f"belongs to {service}," in finding.observations[0].message.in_language("en")


@pytest.mark.parametrize("engine", ["custom-sqlserver-ee", "custom-oracle-ee"])
def test_rds_custom_is_not_judged(engine):
    database = instance(engine=engine, auto_minor_version_upgrade=False)
    assert outcome(database) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"global_cluster": "world"}, NOT_APPLICABLE),
        ({"global_cluster": UNREAD}, UNKNOWN),
        ({"global_cluster": "world", "engine": "aurora-postgresql"}, NOT_APPLICABLE),
        ({"replicas": ("arn:aws:rds:us-east-1:123456789012:cluster:copy",)}, NOT_APPLICABLE),
        ({"replicas": (f"arn:aws:rds:{REGION}:123456789012:cluster:copy",)}, FAIL),
        ({"replicas": ("copy",)}, FAIL),
        ({"replicas": UNREAD}, UNKNOWN),
        ({"replica_source": "arn:aws:rds:us-east-1:123456789012:cluster:a"}, NOT_APPLICABLE),
        ({"replica_source": f"arn:aws:rds:{REGION}:123456789012:cluster:a"}, FAIL),
        ({"replica_source": UNREAD}, UNKNOWN),
        (
            {
                "engine": "aurora-postgresql",
                "replica_source": "arn:aws:rds:us-east-1:123456789012:cluster:a",
            },
            FAIL,
        ),
        ({"engine": UNREAD}, UNKNOWN),
    ],
)
def test_where_the_setting_of_a_cluster_has_no_effect(fields, expected):
    assert outcome(cluster(auto_minor_version_upgrade=False, **fields)) is expected


def test_an_account_without_databases():
    assert only(check_rds_auto_minor_version(world(CONTROL))).outcome is NOT_APPLICABLE
