"""rds-tls (2.2.2, 3.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Outcome, check_rds_tls
from cloudpack_baseline.model.rds import DBCluster, DBInstance, ParameterGroupStatus
from cloudpack_baseline.model.rds_parameters import (
    DBClusterParameterGroup,
    DBParameter,
    DBParameterGroup,
)
from cloudpack_baseline.testing import records
from support import denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("rds:DescribeDBParameters")
FORCE, REQUIRE = "rds.force_ssl", "require_secure_transport"


def instance(engine="postgres", version="16.3", status="in-sync", **fields):
    fields = {
        "name": "shop",
        "engine": engine,
        "engine_version": version,
        "parameter_groups": (ParameterGroupStatus(name="shop", status=status),),
    } | fields
    return records.record(DBInstance, "db:shop", service="rds", **fields)


def cluster(engine="aurora-mysql", version="8.0.mysql_aurora.3.05.2", **fields):
    fields = {
        "name": "shop",
        "engine": engine,
        "engine_version": version,
        "parameter_group": "shop",
        "parameter_statuses": ("in-sync", "in-sync"),
    } | fields
    return records.record(DBCluster, "cluster:shop", service="rds", **fields)


def group(name, setting, kind=DBParameterGroup):
    resource = "pg:shop" if kind is DBParameterGroup else "cluster-pg:shop"
    parameters = () if name is None else (DBParameter(name=name, setting=setting),)
    return records.record(kind, resource, service="rds", name="shop", parameters=parameters)


def judged(database, *others, **changes):
    findings = check_rds_tls(world("rds-tls", database, *others, **changes)).findings
    (finding,) = (finding for finding in findings if finding.resource.key == database.arn)
    return finding


def outcome(database, *others, **changes):
    return judged(database, *others, **changes).outcome


@pytest.mark.parametrize(
    ("engine", "name", "setting", "expected"),
    [
        ("postgres", FORCE, "1", PASS),
        ("postgres", FORCE, "0", FAIL),
        ("sqlserver-se", FORCE, "1", PASS),
        ("sqlserver-ex", FORCE, "0", FAIL),
        ("mysql", REQUIRE, "1", PASS),
        ("mysql", REQUIRE, "ON", PASS),
        ("mysql", REQUIRE, "0", FAIL),
        ("mariadb", REQUIRE, "OFF", FAIL),
        ("db2-ae", "db2comm", "SSL", PASS),
        ("db2-se", "db2comm", "TCPIP,SSL", FAIL),
        ("db2-se", "db2comm", "TCPIP", FAIL),
        ("db2-se", None, "", FAIL),
        ("mariadb", FORCE, "1", UNKNOWN),
        ("mariadb", None, "", UNKNOWN),
    ],
)
def test_the_parameter_of_an_instance(engine, name, setting, expected):
    assert outcome(instance(engine), group(name, setting)) is expected


def test_the_default_of_db2_is_shown():
    (observation,) = judged(instance("db2-se"), group(None, "")).observations
    assert observation.read == "db2comm=TCPIP"


@pytest.mark.parametrize(
    ("engine", "name", "setting", "expected"),
    [
        ("aurora-mysql", REQUIRE, "ON", PASS),
        ("aurora-mysql", REQUIRE, "OFF", FAIL),
        ("aurora-postgresql", FORCE, "1", PASS),
        ("aurora-postgresql", FORCE, "0", FAIL),
        ("postgres", FORCE, "1", PASS),
        ("mysql", REQUIRE, "0", FAIL),
        ("docdb", "tls", "enabled", PASS),
        ("docdb", "tls", "tls1.2+", PASS),
        ("docdb", "tls", "tls1.3+", PASS),
        ("docdb", "tls", "fips-140-3", PASS),
        ("docdb", "tls", None, PASS),
        ("docdb", "tls", "disabled", FAIL),
    ],
)
def test_the_parameter_of_a_cluster(engine, name, setting, expected):
    of_cluster = group(name, setting, DBClusterParameterGroup)
    of_instance = group(name, "1" if expected is FAIL else "0")
    assert outcome(cluster(engine), of_cluster, of_instance) is expected


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("postgres", "14.9", FAIL),
        ("postgres", "15.2", PASS),
        ("postgres", "16", PASS),
        ("postgres", "new", UNKNOWN),
        ("postgres", "15.new", UNKNOWN),
        ("postgres", "15.new.1", UNKNOWN),
        ("postgres", UNREAD, UNKNOWN),
        ("mysql", "8.0.40", FAIL),
        ("mysql", "8.4.3", FAIL),
        ("mysql", "8.5.1", UNKNOWN),
        ("mysql", "9.6.1", UNKNOWN),
        ("mysql", "9.7.0", PASS),
        ("mysql", "10.0.1", PASS),
        ("mariadb", "10.11.8", FAIL),
        ("mariadb", "11.8.2", UNKNOWN),
        ("aurora-postgresql", "16.4", FAIL),
        ("aurora-postgresql", "17.4", UNKNOWN),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", FAIL),
        ("aurora-mysql", "8.4.mysql_aurora.8.4.0", UNKNOWN),
        ("sqlserver-se", "15.00.4236.7.v1", FAIL),
    ],
)
def test_a_parameter_without_a_setting_has_the_default_of_the_engine(engine, version, expected):
    name = REQUIRE if engine.endswith(("mysql", "mariadb")) else FORCE
    finding = judged(instance(engine, version), group(name, None))
    assert finding.outcome is expected
    if expected is FAIL:
        assert finding.observations[0].read == f"{name}=0"


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("postgres", "14.9", FAIL),
        ("postgres", "15.2", PASS),
        ("mysql", "8.0.40", FAIL),
        ("mysql", "8.4.3", FAIL),
        ("mysql", "9.7.0", PASS),
        ("sqlserver-se", "15.00.4236.7.v1", FAIL),
    ],
)
def test_a_parameter_that_is_not_listed_has_the_default_of_the_engine(engine, version, expected):
    assert outcome(instance(engine, version), group(None, "")) is expected


@pytest.mark.parametrize("status", ["pending-reboot", "applying", "failed-to-apply"])
def test_a_group_that_is_not_in_effect_fails(status):
    assert outcome(instance(status=status), group(FORCE, "1")) is FAIL
    members = cluster(parameter_statuses=("in-sync", status))
    finding = judged(members, group(REQUIRE, "ON", DBClusterParameterGroup))
    assert finding.outcome is FAIL
    assert status in finding.observations[0].message.in_language("ja")


def test_a_cluster_without_members_is_judged_by_its_parameter():
    of_cluster = group(REQUIRE, "ON", DBClusterParameterGroup)
    assert outcome(cluster(parameter_statuses=()), of_cluster) is PASS


def test_statuses_that_were_not_read_are_unknown():
    of_cluster = group(REQUIRE, "ON", DBClusterParameterGroup)
    assert outcome(cluster(parameter_statuses=UNREAD), of_cluster) is UNKNOWN
    optional = group(REQUIRE, "OFF", DBClusterParameterGroup)
    assert outcome(cluster(parameter_statuses=UNREAD), optional) is FAIL


@pytest.mark.parametrize("groups", [(), UNREAD])
def test_groups_of_an_instance_that_are_not_known(groups):
    (observation,) = judged(instance(parameter_groups=groups), group(FORCE, "1")).observations
    assert observation.outcome is UNKNOWN
    operation = "rds:DescribeDBInstances" if groups == () else "rds:DescribeDBParameters"
    assert observation.causes[0].operation == operation


@pytest.mark.parametrize("name", [None, UNREAD])
def test_the_group_of_a_cluster_that_is_not_known(name):
    of_cluster = group(REQUIRE, "ON", DBClusterParameterGroup)
    (observation,) = judged(cluster(parameter_group=name), of_cluster).observations
    assert observation.outcome is UNKNOWN
    operation = "rds:DescribeDBClusters" if name is None else "rds:DescribeDBParameters"
    assert observation.causes[0].operation == operation


def test_parameters_that_were_denied_cost_only_their_databases():
    refused = evolve(group(FORCE, "1"), parameters=UNREAD)
    (observation,) = judged(instance(), refused).observations
    assert observation.outcome is UNKNOWN
    assert observation.causes[0].actions == ("rds:DescribeDBParameters",)


@pytest.mark.parametrize("gaps", [{}, {"DBParameterGroup": denied("rds:DescribeDBInstances")}])
def test_a_group_that_is_not_among_the_records(gaps):
    elsewhere = evolve(group(FORCE, "1"), region="us-east-1")
    (observation,) = judged(instance(), elsewhere, gaps=gaps).observations
    assert observation.outcome is UNKNOWN
    assert observation.causes[0].operation == "rds:DescribeDBInstances"


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("oracle-se2", NOT_APPLICABLE),
        ("custom-sqlserver-ee", NOT_APPLICABLE),
        ("neptune", NOT_APPLICABLE),
        ("informix", UNKNOWN),
        (UNREAD, UNKNOWN),
    ],
)
def test_engines_without_such_a_parameter(engine, expected):
    assert outcome(instance(engine), group(FORCE, "1")) is expected


def test_a_member_is_judged_through_its_cluster():
    member = instance("aurora-mysql", cluster="shop", parameter_groups=())
    assert outcome(member, cluster()) is NOT_APPLICABLE


def test_an_account_without_databases():
    assert only(check_rds_tls(world("rds-tls"))).outcome is NOT_APPLICABLE
