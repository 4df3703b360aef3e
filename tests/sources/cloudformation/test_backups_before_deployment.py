"""daily-backup of templates: what the settings of tables and caches say."""

import pytest

from cloudpack_baseline import Baseline

CONTROL = "daily-backup"


def table(recovery=""):
    return f"Orders: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: orders{recovery}}}}}"


def recovery(value):
    return f", PointInTimeRecoverySpecification: {{PointInTimeRecoveryEnabled: {value}}}"


def template(*resources, parameters=""):
    return "\n  ".join((f"{parameters}\nResources:", *resources))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (recovery("true"), "pass"),
        (recovery('"true"'), "pass"),
        (recovery("false"), "fail"),
        (", PointInTimeRecoverySpecification: {}", "fail"),
        ("", "fail"),
        (recovery("!ImportValue recovery"), "unknown"),
        (", PointInTimeRecoverySpecification: !ImportValue recovery", "unknown"),
    ],
)
def test_a_table_is_backed_up_by_point_in_time_recovery(judge_template, given, outcome):
    assert judge_template(CONTROL, template(table(given))) == {"orders": outcome}


PLAN = """Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: nightly
        BackupPlanRule: [{RuleName: daily, TargetBackupVault: Default}]"""


@pytest.mark.parametrize(
    ("properties", "outcome", "with_plan"),
    [
        ("BackupPolicy: {Status: ENABLED}", "pass", "pass"),
        ("BackupPolicy: {Status: DISABLED}", "fail", "not applicable"),
        ("AvailabilityZoneName: ap-northeast-1a", "pass", "pass"),
        ("AvailabilityZoneName: !Select [0, !GetAZs '']", "pass", "pass"),
        (
            "AvailabilityZoneName: ap-northeast-1a, BackupPolicy: {Status: DISABLED}",
            "fail",
            "not applicable",
        ),
        ("Encrypted: true", "fail", "not applicable"),
        ("BackupPolicy: !ImportValue policy", "unknown", "unknown"),
        ("BackupPolicy: {Status: !ImportValue status}", "unknown", "unknown"),
    ],
)
def test_a_file_system_is_backed_up_by_its_policy_or_by_a_plan(
    judge_template, properties, outcome, with_plan
):
    files = f"Files: {{Type: AWS::EFS::FileSystem, Properties: {{{properties}}}}}"
    assert judge_template(CONTROL, template(files)) == {"Files": outcome}
    assert judge_template(CONTROL, template(files, PLAN)) == {"Files": with_plan}


@pytest.mark.parametrize(
    ("kind", "settings", "outcome"),
    [
        ("WINDOWS", "WindowsConfiguration: {AutomaticBackupRetentionDays: 2}", "pass"),
        ("WINDOWS", "WindowsConfiguration: {AutomaticBackupRetentionDays: '90'}", "pass"),
        ("WINDOWS", "WindowsConfiguration: {AutomaticBackupRetentionDays: 1}", "fail"),
        ("WINDOWS", "WindowsConfiguration: {AutomaticBackupRetentionDays: 0}", "fail"),
        ("WINDOWS", "WindowsConfiguration: {ThroughputCapacity: 8}", "pass"),  # by default, 30
        ("WINDOWS", "OntapConfiguration: {AutomaticBackupRetentionDays: 0}", "pass"),
        ("WINDOWS", "WindowsConfiguration: !ImportValue settings", "unknown"),
        (
            "WINDOWS",
            "WindowsConfiguration: {AutomaticBackupRetentionDays: !ImportValue days}",
            "unknown",
        ),
        ("ONTAP", "OntapConfiguration: {DeploymentType: MULTI_AZ_1}", "pass"),
        ("ONTAP", "OntapConfiguration: {AutomaticBackupRetentionDays: 0}", "fail"),
        ("OPENZFS", "OpenZFSConfiguration: {DeploymentType: SINGLE_AZ_1}", "pass"),
        ("OPENZFS", "OpenZFSConfiguration: {AutomaticBackupRetentionDays: 0}", "fail"),
        ("LUSTRE", "LustreConfiguration: {DeploymentType: PERSISTENT_2}", "fail"),
        (
            "LUSTRE",
            "LustreConfiguration: {DeploymentType: PERSISTENT_2, AutomaticBackupRetentionDays: 7}",
            "pass",
        ),
        ("LUSTRE", "LustreConfiguration: {DeploymentType: SCRATCH_2}", "not applicable"),
        ("LUSTRE", "StorageCapacity: 1200", "not applicable"),  # by default, SCRATCH_1
        ("LUSTRE", "LustreConfiguration: {DeploymentType: !ImportValue type}", "unknown"),
        ("!ImportValue type", "StorageCapacity: 1200", "unknown"),
        ("NEW", "StorageCapacity: 1200", "not applicable"),
    ],
)
def test_an_fsx_file_system_is_backed_up_by_its_retention(judge_template, kind, settings, outcome):
    properties = f"{{FileSystemType: {kind}, {settings}}}"
    files = f"Files: {{Type: AWS::FSx::FileSystem, Properties: {properties}}}"
    assert judge_template(CONTROL, template(files)) == {"fs-Files": outcome}
    with_plan = "not applicable" if outcome == "fail" else outcome
    assert judge_template(CONTROL, template(files, PLAN)) == {"fs-Files": with_plan}


def test_a_backup_plan_may_back_up_a_table(judge_template):
    assert judge_template(CONTROL, template(table(), PLAN)) == {"orders": "not applicable"}
    judged = judge_template(CONTROL, template(table(recovery("true")), PLAN))
    assert judged == {"orders": "pass"}


@pytest.mark.parametrize(
    ("enabled", "outcome"),
    [
        (("true", "true"), "pass"),
        (("true", "false"), "fail"),
        (("true", "!ImportValue recovery"), "unknown"),
        ((), "fail"),
    ],
)
def test_each_replica_of_a_global_table_is_backed_up(judge_template, enabled, outcome):
    """The Region of a template is not known, so that it may be that of each replica."""
    replica = "{Region: %s, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: %s}}"
    places = ("ap-northeast-1", "us-east-1")
    replicas = ", ".join(replica % pair for pair in zip(places, enabled, strict=False))
    orders = f"""Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties: {{TableName: orders, Replicas: [{replicas}]}}"""
    assert judge_template(CONTROL, template(orders)) == {"orders": outcome}


@pytest.mark.parametrize(
    ("limit", "outcome"),
    [
        ("", "fail"),
        (", SnapshotRetentionLimit: 0", "fail"),
        (", SnapshotRetentionLimit: 1", "fail"),
        (", SnapshotRetentionLimit: 2", "pass"),
        (', SnapshotRetentionLimit: "35"', "pass"),
        (", SnapshotRetentionLimit: !Ref Days", "unknown"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ReplicationGroup", "ReplicationGroupId"),
        ("CacheCluster", "ClusterName"),
        ("ServerlessCache", "ServerlessCacheName"),
    ],
)
def test_a_cache_is_backed_up_by_the_retention_of_its_snapshots(
    judge_template, kind, name, limit, outcome
):
    properties = f"{{{name}: sessions, Engine: redis{limit}}}"
    cache = f"Sessions: {{Type: AWS::ElastiCache::{kind}, Properties: {properties}}}"
    parameters = "Parameters: {Days: {Type: Number}}"
    judged = judge_template(CONTROL, template(cache, parameters=parameters))
    assert judged["sessions"] == outcome
    others = set(judged.values()) - {outcome}
    assert others <= {"not applicable"}  # the members of a group


def test_what_needs_no_backup_and_what_is_declared(judge_template):
    cache = """Sessions:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {ClusterName: sessions, Engine: memcached}"""
    declared = Baseline.from_mapping({"controls": {CONTROL: {"exempt": ["orders"]}}})
    judged = judge_template(CONTROL, template(cache, table()), baseline=declared)
    assert judged == {"sessions": "not applicable", "orders": "not applicable"}


def test_the_generations_of_the_baseline_count(judge_template):
    properties = "{ReplicationGroupId: sessions, SnapshotRetentionLimit: 6}"
    cache = f"Sessions: {{Type: AWS::ElastiCache::ReplicationGroup, Properties: {properties}}}"
    week = Baseline.from_mapping({"controls": {CONTROL: {"generations": 7}}})
    assert judge_template(CONTROL, template(cache), baseline=week)["sessions"] == "fail"
