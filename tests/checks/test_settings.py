"""Controls over settings: one row a control, and what every one of them does."""

import re

import pytest
from attrs import evolve, frozen

from cloudpack_baseline import Outcome, Snapshot, api
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import check_of, entry_of
from cloudpack_baseline.checks.settings import (
    Setting,
    at_most,
    each,
    in_each_region,
    includes,
    needs_call,
    one_of,
)
from cloudpack_baseline.findings import FieldValue
from cloudpack_baseline.model.account import SecurityContact
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.described import description_of
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.elasticache import CacheCluster
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.kms import KmsAlias, KmsKey
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.whitepaper import controls
from support import ACCOUNT, REGION, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)


@frozen
class Row:
    """A control over a setting: the record, the field, and what its values come to."""

    control: str
    record: Record
    field: str
    outcomes: tuple[tuple[object, Outcome], ...]
    baseline: Baseline | None = None
    absent: Outcome = NOT_APPLICABLE

    def judge(self, *records: Record, **changes):
        return self.assess(world(self.control, *records, **changes))

    def assess(self, snapshot: Snapshot):
        check = getattr(api, f"check_{self.control.replace('-', '_')}")
        return check(snapshot, self.baseline)


def record(kind: type[Record], resource: str, **fields) -> Record:
    service = kind.__module__.rpartition(".")[2]
    return kind(
        arn=f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}",
        account=ACCOUNT,
        region=REGION,
        name=re.split("[:/]", resource)[-1],
        origin=Origin(operation="listing"),
        **fields,
    )


FEATURES = Baseline.from_mapping(
    {"controls": {"guardduty": {"features": ["S3_DATA_EVENTS", "RUNTIME_MONITORING"]}}}
)
EKS_RUNTIME = Baseline.from_mapping(
    {"controls": {"guardduty": {"features": ["EKS_RUNTIME_MONITORING", "S3_DATA_EVENTS"]}}}
)
HALF_A_YEAR = Baseline.from_mapping({"controls": {"kms-key-rotation": {"days": 180}}})
PRODUCTION = Baseline.from_mapping(
    {"controls": {"rds-deletion-protection": {"databases": ["shop", "arn:*:cluster:shop"]}}}
)
ZONES = Baseline.from_mapping({"controls": {"rds-multi-az": {"databases": ["shop"]}}})

DETECTOR = record(Detector, "detector/d1", status="ENABLED")
REPOSITORY = record(Repository, "repository/app", scan_frequency="SCAN_ON_PUSH")
CACHE = record(CacheCluster, "cluster:shop", engine="valkey", engine_version="8.0")
KEY = record(
    KmsKey,
    "key/k1",
    key_manager="CUSTOMER",
    key_spec="SYMMETRIC_DEFAULT",
    key_state="Enabled",
    key_material="AWS_KMS",
    rotation_enabled=True,
)

ROWS = (
    Row(
        "security-contact",
        record(SecurityContact, "account"),
        "email_address",
        (("security@example.jp", PASS), (None, FAIL)),
    ),
    Row("guardduty", DETECTOR, "status", (("ENABLED", PASS), ("DISABLED", FAIL)), absent=FAIL),
    Row(
        "guardduty",
        DETECTOR,
        "features",
        (
            (("RUNTIME_MONITORING", "S3_DATA_EVENTS"), PASS),
            (("S3_DATA_EVENTS",), FAIL),
            ((), FAIL),
            (("EKS_RUNTIME_MONITORING", "S3_DATA_EVENTS"), FAIL),
        ),
        FEATURES,
        absent=FAIL,
    ),
    Row(
        "guardduty",
        DETECTOR,
        "features",
        (
            (("EKS_RUNTIME_MONITORING", "S3_DATA_EVENTS"), PASS),
            (("RUNTIME_MONITORING", "S3_DATA_EVENTS"), PASS),
            (("RUNTIME_MONITORING",), FAIL),
            (("S3_DATA_EVENTS",), FAIL),
        ),
        EKS_RUNTIME,
        absent=FAIL,
    ),
    Row(
        "s3-acl-disabled",
        record(Bucket, "orders"),
        "ownership",
        (("BucketOwnerEnforced", PASS), ("ObjectWriter", FAIL), (None, FAIL)),
    ),
    Row(
        "s3-versioning",
        record(Bucket, "orders"),
        "versioning",
        (("Enabled", PASS), ("Suspended", FAIL), (None, FAIL)),
    ),
    Row(
        "ecr-scan-on-push",
        REPOSITORY,
        "scan_frequency",
        (("SCAN_ON_PUSH", PASS), ("CONTINUOUS_SCAN", PASS), ("MANUAL", FAIL)),
    ),
    Row(
        "elasticache-auto-minor-version",
        CACHE,
        "auto_minor_version_upgrade",
        ((True, PASS), (False, FAIL)),
    ),
    Row("kms-key-rotation", KEY, "rotation_enabled", ((True, PASS), (False, FAIL))),
    Row("kms-key-rotation", KEY, "rotation_period", ((90, PASS), (365, PASS), (366, FAIL))),
    Row(
        "kms-key-rotation",
        KEY,
        "rotation_period",
        ((180, PASS), (181, FAIL)),
        HALF_A_YEAR,
    ),
    Row(
        "cloudtrail-log-integrity",
        record(Trail, "trail/all"),
        "log_file_validation",
        ((True, PASS), (False, FAIL)),
    ),
    Row(
        "rds-deletion-protection",
        record(DBInstance, "db:shop", engine="mysql"),
        "deletion_protection",
        ((True, PASS), (False, FAIL)),
        PRODUCTION,
    ),
    Row(
        "rds-deletion-protection",
        record(DBCluster, "cluster:shop", engine="aurora-mysql"),
        "deletion_protection",
        ((True, PASS), (False, FAIL)),
        PRODUCTION,
    ),
    Row(
        "rds-multi-az",
        record(DBInstance, "db:shop", engine="mysql"),
        "multi_az",
        ((True, PASS), (False, FAIL)),
        ZONES,
    ),
    Row(
        "rds-multi-az",
        record(DBCluster, "cluster:shop", engine="aurora-mysql"),
        "multi_az",
        ((True, PASS), (False, FAIL)),
        ZONES,
    ),
)


def test_every_declared_control_has_a_row():
    declared = {id_ for id_ in controls() if entry_of(id_).name.split(".")[1] == "settings"}
    assert declared == {row.control for row in ROWS}


@pytest.mark.parametrize(
    ("row", "value", "outcome"),
    [
        pytest.param(row, value, outcome, id=f"{row.control}-{type(row.record).__name__}-{value}")
        for row in ROWS
        for value, outcome in (*row.outcomes, (denied("service:Operation"), UNKNOWN))
    ],
)
def test_what_a_value_comes_to(row, value, outcome):
    finding = only(row.judge(evolve(row.record, **{row.field: value})))
    assert finding.outcome is outcome
    name = description_of(type(row.record), row.field).path.rpartition(".")[2]
    (observation,) = (
        observation for observation in finding.observations if observation.expected.startswith(name)
    )
    assert observation.origin == row.record.origin_of(row.field)
    if outcome is UNKNOWN:
        assert name in observation.message.in_language("en")
        assert "service:Operation" in observation.message.in_language("ja")
    else:
        assert observation.read.startswith(f"{name}=")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.control)
def test_a_listing_that_was_denied_is_unknown(row):
    kind = type(row.record).__name__
    finding = only(row.judge(gaps={kind: denied("service:ListThings")}))
    assert (finding.outcome, finding.resource.name) == (UNKNOWN, "*")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.control)
def test_an_account_without_such_a_resource(row):
    assert only(row.judge()).outcome is row.absent


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.control)
def test_only_what_is_judged_is_gathered(row):
    check = check_of(row.control)
    described = description_of(type(row.record), row.field)
    (read,) = (read for read in check.reads if read.kind is type(row.record))
    assert (row.field in read.fields) == bool(described.operation and not described.always_read)


class TestRdsDeletionProtection:
    """The cluster decides for its members, and only declared databases are judged."""

    def outcome(self, database, baseline=PRODUCTION):
        snapshot = world("rds-deletion-protection", database)
        return only(api.check_rds_deletion_protection(snapshot, baseline)).outcome

    def test_a_member_is_judged_through_its_cluster(self):
        member = record(
            DBInstance,
            "db:shop",
            engine="aurora-mysql",
            cluster="shop",
            deletion_protection=False,
        )
        assert self.outcome(member) is NOT_APPLICABLE

    @pytest.mark.parametrize(("name", "outcome"), [("shop", UNKNOWN), ("test", NOT_APPLICABLE)])
    @pytest.mark.parametrize("protected", [True, False])
    def test_a_database_whose_cluster_is_unknown(self, name, outcome, protected):
        unread = denied("rds:DescribeDBInstances")
        database = record(
            DBInstance,
            f"db:{name}",
            engine="mysql",
            cluster=unread,
            deletion_protection=protected,
        )
        assert self.outcome(database) is outcome

    @pytest.mark.parametrize("baseline", [None, PRODUCTION])
    def test_a_database_that_is_not_declared_is_not_judged(self, baseline):
        other = record(DBInstance, "db:shop2", engine="mysql", deletion_protection=False)
        assert self.outcome(other, baseline) is NOT_APPLICABLE

    def test_a_database_that_was_recorded_before_is_unknown(self):
        assert self.outcome(record(DBInstance, "db:shop", engine="mysql")) is UNKNOWN


class TestElasticacheAutoMinorVersion:
    """Valkey, and Redis OSS from 6.0 on."""

    @pytest.mark.parametrize(
        ("engine", "version", "outcome"),
        [
            ("valkey", "7.2", FAIL),
            ("redis", "6.0.5", FAIL),
            ("redis", "7.1.0", FAIL),
            ("redis", "10.0", FAIL),
            ("redis", "5.0.6", NOT_APPLICABLE),
            ("redis", "", UNKNOWN),
            ("redis", denied("elasticache:DescribeCacheClusters"), UNKNOWN),
            (denied("elasticache:DescribeCacheClusters"), "7.1.0", UNKNOWN),
            ("memcached", "1.6.22", NOT_APPLICABLE),
            ("memcached", denied("elasticache:DescribeCacheClusters"), NOT_APPLICABLE),
        ],
    )
    def test_where_the_setting_applies(self, engine, version, outcome):
        cache = evolve(
            CACHE, engine=engine, engine_version=version, auto_minor_version_upgrade=False
        )
        snapshot = world("elasticache-auto-minor-version", cache)
        assert only(api.check_elasticache_auto_minor_version(snapshot)).outcome is outcome

    @pytest.mark.parametrize(
        ("engine", "version"),
        [
            ("redis", denied("elasticache:DescribeCacheClusters")),
            (denied("elasticache:DescribeCacheClusters"), "7.1.0"),
        ],
    )
    @pytest.mark.parametrize(
        ("setting", "outcome"),
        [(True, PASS), (denied("elasticache:DescribeCacheClusters"), UNKNOWN)],
    )
    def test_where_the_setting_is_on_the_engine_does_not_matter(
        self, engine, version, setting, outcome
    ):
        cache = evolve(
            CACHE, engine=engine, engine_version=version, auto_minor_version_upgrade=setting
        )
        snapshot = world("elasticache-auto-minor-version", cache)
        assert only(api.check_elasticache_auto_minor_version(snapshot)).outcome is outcome

    @pytest.mark.parametrize(
        ("engine", "version", "outcome"),
        [
            # Without a version, a new cache has the latest one.
            ("redis", "", FAIL),
            ("redis", "5.0.6", NOT_APPLICABLE),
            ("memcached", "", NOT_APPLICABLE),
        ],
    )
    def test_a_cache_of_a_template(self, engine, version, outcome):
        cache = evolve(
            CACHE, engine=engine, engine_version=version, auto_minor_version_upgrade=False
        )
        snapshot = world("elasticache-auto-minor-version", cache, source="template")
        assert only(api.check_elasticache_auto_minor_version(snapshot)).outcome is outcome

    @pytest.mark.parametrize(
        ("version", "name"),
        [
            ("1.6.22", "memcached 1.6.22"),
            (denied("elasticache:DescribeCacheClusters"), "memcached"),
        ],
    )
    def test_an_engine_that_is_not_upgraded_is_named(self, version, name):
        cache = evolve(CACHE, engine="memcached", engine_version=version)
        snapshot = world("elasticache-auto-minor-version", cache)
        (observation,) = only(api.check_elasticache_auto_minor_version(snapshot)).observations
        assert dict(observation.message.parameters) == {"engine": name}


class TestRdsMultiAz:
    """Only declared databases are judged, and members through their cluster."""

    @pytest.mark.parametrize(
        ("name", "cluster", "outcome"),
        [("shop", None, FAIL), ("shop", "aurora", NOT_APPLICABLE), ("test", None, NOT_APPLICABLE)],
    )
    def test_which_databases_are_judged(self, name, cluster, outcome):
        database = record(DBInstance, f"db:{name}", engine="mysql", cluster=cluster, multi_az=False)
        snapshot = world("rds-multi-az", database)
        assert only(api.check_rds_multi_az(snapshot, ZONES)).outcome is outcome


@pytest.mark.parametrize(
    ("expected", "shown"),
    [
        (one_of("A", "B"), "=A | B"),
        (one_of(None, "A"), "=A"),
        (one_of(True), "=true"),
        (at_most(3), "<=3"),
        (includes("A", "B"), "=A, B"),
    ],
)
def test_what_passes_is_shown_after_the_name_of_the_field(expected, shown):
    assert expected.condition == shown


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        (one_of("A", "B"), [FieldValue("Status", ("A", "B"))]),
        (at_most(3), [FieldValue("Status", ("3",), "<=")]),
        (includes("A", "B"), [FieldValue("Status", ("A", "B"), "includes")]),
    ],
)
def test_what_passes_as_data(expected, fields):
    assert list(expected.fields("Status")) == fields


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        (Trail, "multi_region", False),  # described by the listing
        (Trail, "logging", True),
        (KmsKey, "key_manager", False),  # read with each listing
        (KmsKey, "rotation_enabled", True),
    ],
)
def test_what_a_separate_call_describes_is_gathered(kind, field, expected):
    assert needs_call(kind, field) is expected
    for declared in (each, in_each_region):
        check = declared(kind, Setting(field, True), evidence="")
        (read,) = check.reads
        assert (field in read.fields) is expected
        assert check.settings == ((kind, field),)
        assert check.absence == ("always" if declared is in_each_region else "")


@pytest.mark.parametrize(
    ("frequency", "outcome"),
    [("SCAN_ON_PUSH", PASS), ("CONTINUOUS_SCAN", PASS), ("MANUAL", FAIL)],
)
def test_how_often_a_repository_is_scanned(frequency, outcome):
    snapshot = world("ecr-scan-on-push", evolve(REPOSITORY, scan_frequency=frequency))
    assert only(api.check_ecr_scan_on_push(snapshot)).outcome is outcome


class TestGuardduty:
    """Each region of the account has a detector that is enabled."""

    def test_a_region_without_a_detector_fails_beside_one_that_passes(self):
        accounts = (AccountScope(id=ACCOUNT, regions=(REGION, "us-east-1")),)
        covered = tuple(
            Coverage(kind="Detector", account=ACCOUNT, region=region)
            for region in (REGION, "us-east-1")
        )
        snapshot = world("guardduty", DETECTOR, accounts=accounts, coverage=covered)
        findings = api.check_guardduty(snapshot).findings
        outcomes = {finding.resource.region: finding.outcome for finding in findings}
        assert outcomes == {REGION: PASS, "us-east-1": FAIL}
        (missing,) = (finding for finding in findings if finding.outcome is FAIL)
        (observation,) = missing.observations
        assert observation.message.id == "logging.guardduty-none"
        assert observation.expected == "Status=ENABLED"
        assert observation.origin.operation == "guardduty:ListDetectors"

    def test_a_region_that_nobody_read_is_unknown(self):
        accounts = (AccountScope(id=ACCOUNT, regions=(REGION, "us-east-1")),)
        findings = api.check_guardduty(world("guardduty", DETECTOR, accounts=accounts)).findings
        outcomes = {finding.resource.region: finding.outcome for finding in findings}
        assert outcomes == {REGION: PASS, "us-east-1": UNKNOWN}

    def test_a_snapshot_without_detectors_is_reported_once(self):
        finding = only(api.check_guardduty(world("guardduty", coverage=())))
        assert (finding.outcome, finding.resource.name) == (UNKNOWN, "*")

    def test_features_count_only_where_they_are_named(self):
        finding = only(api.check_guardduty(world("guardduty", evolve(DETECTOR, features=()))))
        assert [observation.read for observation in finding.observations] == ["Status=ENABLED"]


class TestKmsKeyRotation:
    """Only keys that AWS KMS can rotate by itself are judged."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key_manager", "AWS"),
            ("key_spec", "RSA_2048"),
            ("key_spec", "HMAC_256"),
            ("key_state", "Disabled"),
            ("key_state", "PendingDeletion"),
            ("key_material", "EXTERNAL"),
            ("key_material", "AWS_CLOUDHSM"),
            ("multi_region_key_type", "REPLICA"),
        ],
    )
    def test_what_is_not_rotated_automatically_is_not_judged(self, field, value):
        key = evolve(KEY, rotation_enabled=False, **{field: value})
        finding = only(api.check_kms_key_rotation(world("kms-key-rotation", key)))
        assert finding.outcome is NOT_APPLICABLE
        assert value in finding.observations[0].message.in_language("en")

    @pytest.mark.parametrize(
        ("name", "outcome"), [("alias/aws/rds", NOT_APPLICABLE), ("alias/awsome", FAIL)]
    )
    def test_a_key_that_an_alias_of_aws_names_is_not_judged(self, name, outcome):
        key = evolve(KEY, rotation_enabled=False)
        alias = evolve(record(KmsAlias, "alias/x", target_key_id=key.name), name=name)
        changed_alias = evolve(alias, arn=alias.arn + "2", name="alias/aws/s3", target_key_id="k2")
        finding = only(
            api.check_kms_key_rotation(world("kms-key-rotation", key, alias, changed_alias))
        )
        assert finding.outcome is outcome

    def test_a_primary_key_is_judged(self):
        key = evolve(KEY, multi_region_key_type="PRIMARY", rotation_enabled=False)
        assert only(api.check_kms_key_rotation(world("kms-key-rotation", key))).outcome is FAIL

    def test_one_key_that_could_not_be_described_leaves_the_rest_judged(self):
        hidden = evolve(KEY, arn=KEY.arn + "2", key_manager=denied("kms:DescribeKey"))
        findings = api.check_kms_key_rotation(world("kms-key-rotation", KEY, hidden)).findings
        assert [finding.outcome for finding in findings] == [PASS, UNKNOWN]
