"""engine-support (2.2.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_engine_support
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.rds_parameters import DBMajorEngineVersion, SupportedEngineLifecycle
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.testing import records
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
DAY = timedelta(days=1)
UNREAD = denied("rds:DescribeDBMajorEngineVersions")
STANDARD, EXTENDED = "open-source-rds-standard-support", "open-source-rds-extended-support"


def database(engine="mysql", version="8.0.40", **fields):
    fields = {"name": "shop", "engine": engine, "engine_version": version} | fields
    return records.record(DBInstance, "db:shop", service="rds", **fields)


def lifecycle(name, end):
    return SupportedEngineLifecycle(name=name, end=end)


def major(engine, version, standard, extended=None):
    lifecycles = [(STANDARD, standard), (EXTENDED, extended)]
    return records.record(
        DBMajorEngineVersion,
        f"major-engine-version:{engine}/{version}",
        service="rds",
        engine=engine,
        major_engine_version=version,
        lifecycles=tuple(lifecycle(name, end) for name, end in lifecycles if end),
    )


def declared(**options):
    return Baseline.from_mapping({"controls": {"engine-support": options}})


def judged(record, *others, baseline=None, **changes):
    snapshot = world("engine-support", record, *others, **changes)
    findings = check_engine_support(snapshot, baseline).findings
    (finding,) = (finding for finding in findings if finding.resource.key == record.arn)
    return finding


def outcome(record, *others, **changes):
    return judged(record, *others, **changes).outcome


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (NOW + DAY, PASS),
        (NOW + timedelta(seconds=1), PASS),
        (NOW, FAIL),
        (NOW - DAY, FAIL),
    ],
)
def test_until_the_end_of_standard_support(end, expected):
    assert outcome(database(), major("mysql", "8.0", end)) is expected


@pytest.mark.parametrize(
    ("extended_support", "enrolled", "end", "expected"),
    [
        (["shop"], EXTENDED, NOW + DAY, PASS),
        (["arn:*:db:shop"], EXTENDED, NOW + DAY, PASS),
        (["other"], EXTENDED, NOW + DAY, FAIL),
        ([], UNREAD, NOW + DAY, FAIL),
        (["shop"], f"{EXTENDED}-disabled", NOW + DAY, FAIL),
        (["shop"], None, NOW + DAY, FAIL),
        (["shop"], UNREAD, NOW + DAY, UNKNOWN),
        (["shop"], EXTENDED, NOW, FAIL),
    ],
)
def test_extended_support_has_to_be_enrolled_and_declared(
    extended_support, enrolled, end, expected
):
    baseline = declared(extended_support=extended_support)
    record = database(lifecycle_support=enrolled)
    assert outcome(record, major("mysql", "8.0", NOW - DAY, end), baseline=baseline) is expected


@pytest.mark.parametrize(
    ("engine", "version", "of"),
    [
        ("mysql", "8.0.40", "8.0"),
        ("postgres", "16.3", "16"),
        ("postgres", "9.6.24", "9.6"),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", "8.0"),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", "3"),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.4", "2"),
        ("mariadb", "10.11", "10.11"),
    ],
)
def test_which_major_version_a_version_belongs_to(engine, version, of):
    assert outcome(database(engine, version), major(engine, of, NOW + DAY)) is PASS


@pytest.mark.parametrize(
    ("engine", "version", "of"),
    [("postgres", "16.3", "1"), ("mysql", "8.40", "8.4"), ("mysql", "8.0.40", "5.7")],
)
def test_which_it_does_not_belong_to(engine, version, of):
    assert outcome(database(engine, version), major(engine, of, NOW + DAY)) is UNKNOWN


def test_the_nearest_major_version_counts():
    majors = major("postgres", "9", NOW + DAY), major("postgres", "9.6", NOW - DAY)
    assert outcome(database("postgres", "9.6.24"), *majors) is FAIL


@pytest.mark.parametrize("engine", ["docdb", "neptune", "oracle-se2", "sqlserver-se"])
def test_engines_without_dates_are_unknown_unless_they_are_declared(engine):
    record = database(engine, "5.0.0")
    assert outcome(record, major(engine, "5.0", None)) is UNKNOWN
    assert outcome(record) is UNKNOWN
    for end, expected in ((date(2026, 11, 1), PASS), (date(2026, 10, 31), FAIL)):
        baseline = declared(support_ends={"other 5.0": date(2020, 1, 1), f"{engine} 5.0": end})
        assert outcome(record, baseline=baseline) is expected


def test_the_last_day_is_supported_to_its_end():
    baseline = declared(support_ends={"docdb 5.0": date(2026, 11, 1)})
    snapshot = world("engine-support", database("docdb", "5.0.0"))
    for as_of, expected in (
        (datetime(2026, 11, 1, 23, 59, tzinfo=UTC), PASS),
        (datetime(2026, 11, 2, tzinfo=UTC), FAIL),
    ):
        assert only(check_engine_support(snapshot, baseline, as_of=as_of)).outcome is expected


def test_dates_of_aws_precede_declared_ones():
    baseline = declared(support_ends={"mysql 8.0": date(2099, 1, 1)})
    assert outcome(database(), major("mysql", "8.0", NOW - DAY), baseline=baseline) is FAIL
    assert outcome(database(), baseline=baseline, gaps={"DBMajorEngineVersion": UNREAD}) is UNKNOWN


def test_a_source_without_dates_leaves_them_to_the_baseline():
    gaps = {"DBMajorEngineVersion": Unknown.because(Why.NOT_PROVIDED, operation="rds:Describe")}
    assert outcome(database(), gaps=gaps) is UNKNOWN
    partly = {"DBMajorEngineVersion": gaps["DBMajorEngineVersion"] | UNREAD}
    ends = declared(support_ends={"mysql 8.0": date(2099, 1, 1)})
    assert outcome(database(), baseline=ends, gaps=partly) is UNKNOWN
    baseline = declared(support_ends={"mysql 8.0": date(2099, 1, 1)})
    assert outcome(database(), baseline=baseline, gaps=gaps) is PASS


def test_a_version_without_a_number_does_not_match():
    baseline = declared(support_ends={"docdb": date(2030, 1, 1)})
    assert outcome(database("docdb", "5.0.0"), baseline=baseline) is UNKNOWN


@pytest.mark.parametrize(
    ("field", "name"), [("engine", "Engine"), ("engine_version", "EngineVersion")]
)
def test_an_unknown_engine_or_version(field, name):
    finding = judged(evolve(database(), **{field: UNREAD}), major("mysql", "8.0", NOW))
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].message.in_language("en").startswith(f"{name} could not")


def test_dates_that_were_not_read():
    hidden = evolve(major("mysql", "8.0", NOW + DAY), lifecycles=UNREAD)
    assert outcome(database(), hidden) is UNKNOWN


@pytest.mark.parametrize("gaps", [{}, {"DBMajorEngineVersion": UNREAD}])
def test_a_version_that_is_not_among_the_records_names_the_listing(gaps):
    elsewhere = evolve(major("mysql", "8.0", NOW + DAY), region="us-east-1")
    (observation,) = judged(database(), elsewhere, gaps=gaps).observations
    assert observation.outcome is UNKNOWN
    assert observation.causes[0].operation == "rds:DescribeDBMajorEngineVersions"


def test_a_member_is_judged_through_its_cluster():
    member = database("aurora-mysql", cluster="aurora")
    aurora = records.record(
        DBCluster,
        "cluster:aurora",
        service="rds",
        name="aurora",
        engine="aurora-mysql",
        engine_version="8.0.mysql_aurora.3.05.2",
    )
    version = major("aurora-mysql", "8.0", NOW + DAY)
    assert outcome(member, aurora, version) is NOT_APPLICABLE
    assert outcome(aurora, member, version) is PASS


def test_an_account_without_databases():
    snapshot = world("engine-support", major("mysql", "8.0", NOW))
    assert only(check_engine_support(snapshot)).outcome is NOT_APPLICABLE
