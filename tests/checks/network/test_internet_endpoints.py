"""Databases that answer on the Internet without a network interface."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Outcome, check_database_isolation, check_rds_public_access
from cloudpack_baseline.checks.network._internet_endpoints import SERVERLESS_KINDS
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.serverless import (
    DsqlCluster,
    NeptuneGraph,
    OpenSearchNetworkPolicy,
    RedshiftWorkgroup,
)
from cloudpack_baseline.testing.records import ACCOUNT, REGION
from support import denied, world

FAIL, PASS, UNKNOWN = Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN
DENIED = denied("rds:DescribeDBClusters")


def made(kind, name, **fields):
    arn = f"arn:aws:x:{REGION}:{ACCOUNT}:{name}"
    return kind(arn=arn, account=ACCOUNT, region=REGION, name=name, **fields)


def outcomes(check, control, *records, gaps=None):
    findings = check(world(control, *records, gaps=gaps)).findings
    return {finding.resource.name: finding.outcome for finding in findings}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"internet_access_gateway_enabled": True, "vpc_networking_enabled": False}, FAIL),
        ({"internet_access_gateway_enabled": True, "vpc_networking_enabled": True}, FAIL),
        ({"vpc_networking_enabled": False}, FAIL),
        ({"internet_access_gateway_enabled": DENIED}, UNKNOWN),
        ({"vpc_networking_enabled": DENIED}, UNKNOWN),
        ({"internet_access_gateway_enabled": False, "vpc_networking_enabled": True}, None),
        ({}, None),
    ],
)
def test_aurora_clusters(fields, expected):
    aurora = made(DBCluster, "aurora", engine="aurora-postgresql", **fields)
    public = outcomes(check_rds_public_access, "rds-public-access", aurora)
    assert public.get("aurora") is expected
    isolated = outcomes(check_database_isolation, "database-isolation", aurora)
    assert isolated["aurora"] is (expected or PASS)


@pytest.mark.parametrize(
    ("in_vpc", "members", "expected"),
    [
        (False, ("one",), FAIL),
        (True, ("one",), None),
        (False, denied("rds:DescribeDBClusters"), UNKNOWN),
        (DENIED, denied("rds:DescribeDBClusters"), UNKNOWN),
    ],
)
def test_instances_of_a_cluster_in_express_configuration(in_vpc, members, expected):
    records = (
        made(
            DBCluster,
            "aurora",
            engine="aurora-postgresql",
            members=members,
            vpc_networking_enabled=in_vpc,
        ),
        made(DBInstance, "one", engine="aurora-postgresql", status="available"),
        made(DBInstance, "two", engine="postgres", status="available"),
    )
    # Nothing from outside reaches an instance in a VPC without a public address.
    for check, control, in_any_vpc in (
        (check_rds_public_access, "rds-public-access", UNKNOWN),
        (check_database_isolation, "database-isolation", Outcome.NOT_APPLICABLE),
    ):
        outcome_by_name = outcomes(check, control, *records)
        assert outcome_by_name["one"] is (expected or in_any_vpc)
        assert outcome_by_name["two"] is (UNKNOWN if expected is UNKNOWN else in_any_vpc)


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"internet_access_gateway_enabled": True}, "InternetAccessGatewayEnabled=true"),
        ({"vpc_networking_enabled": False}, "VPCNetworkingEnabled=false"),
        (
            {"internet_access_gateway_enabled": DENIED, "vpc_networking_enabled": False},
            "VPCNetworkingEnabled=false",
        ),
    ],
)
def test_the_path_to_an_aurora_cluster_is_shown(fields, read):
    aurora = made(DBCluster, "aurora", engine="aurora-postgresql", **fields)
    (finding,) = check_rds_public_access(world("rds-public-access", aurora)).findings
    assert [observation.read for observation in finding.observations] == [read]


def test_one_cluster_of_unknown_members_is_enough():
    fields = {"engine": "aurora-postgresql", "vpc_networking_enabled": False}
    records = (
        made(DBCluster, "known", members=("two",), **fields),
        made(DBCluster, "hidden", members=DENIED, **fields),
        made(DBInstance, "one", engine="aurora-postgresql", status="available"),
    )
    assert outcomes(check_database_isolation, "database-isolation", *records)["one"] is UNKNOWN


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (DsqlCluster, {}, FAIL),
        (DsqlCluster, {"policy": "{}"}, UNKNOWN),
        (DsqlCluster, {"policy": denied("dsql:GetClusterPolicy")}, UNKNOWN),
        (NeptuneGraph, {"public_connectivity": True}, FAIL),
        (NeptuneGraph, {"public_connectivity": False}, PASS),
        (NeptuneGraph, {"public_connectivity": DENIED}, UNKNOWN),
        (RedshiftWorkgroup, {"publicly_accessible": True}, FAIL),
        (RedshiftWorkgroup, {"publicly_accessible": False}, PASS),
        (RedshiftWorkgroup, {"publicly_accessible": DENIED}, UNKNOWN),
        (OpenSearchNetworkPolicy, {"public_resources": ("collection/logs",)}, FAIL),
        (OpenSearchNetworkPolicy, {"public_resources": ()}, PASS),
        (OpenSearchNetworkPolicy, {"public_resources": DENIED}, UNKNOWN),
        (OpenSearchDomain, {"vpc": None}, FAIL),
        (OpenSearchDomain, {"vpc": None, "policy": "{}"}, FAIL),
        (OpenSearchDomain, {"vpc": DENIED}, UNKNOWN),
    ],
)
def test_databases_without_servers(kind, fields, expected):
    record = made(kind, "store", **fields)
    assert outcomes(check_database_isolation, "database-isolation", record)["store"] is expected


@pytest.mark.parametrize(
    ("kind", "field", "name"),
    [
        (NeptuneGraph, "public_connectivity", "publicConnectivity"),
        (RedshiftWorkgroup, "publicly_accessible", "publiclyAccessible"),
    ],
)
def test_the_flag_of_a_database_without_servers_is_shown(kind, field, name):
    record = made(kind, "store", **{field: True})
    findings = check_database_isolation(world("database-isolation", record)).findings
    (reads,) = (
        [observation.read for observation in finding.observations]
        for finding in findings
        if finding.resource.name == "store"
    )
    assert reads == [f"{name}=true"]


def test_a_search_domain_in_a_vpc_is_evaluated_by_its_interfaces():
    domain = made(OpenSearchDomain, "search", vpc="vpc-1")
    assert "search" not in outcomes(check_database_isolation, "database-isolation", domain)


def test_a_listing_that_was_denied_is_unknown():
    gaps = {"DsqlCluster": denied("dsql:ListClusters")}
    assert outcomes(check_database_isolation, "database-isolation", gaps=gaps)["*"] is UNKNOWN


def test_a_snapshot_from_before_is_judged_by_what_it_holds():
    aurora = made(DBCluster, "aurora", engine="aurora-postgresql")
    snapshot = world("database-isolation", aurora)
    for kind in SERVERLESS_KINDS:
        snapshot = snapshot.without(kind, ACCOUNT)
    assert check_database_isolation(snapshot)
