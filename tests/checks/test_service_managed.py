"""What services create and change by themselves."""

from __future__ import annotations

import pytest

from cloudpack_baseline.checks.service_managed import (
    MANAGED_FIELDS,
    MANAGED_KINDS,
    is_managed,
    managed_fields,
)


def kind_of(name):
    """A class of that name: all that is asked of a kind."""
    return type(name, (), {})


def record(kind, **fields):
    entry = kind_of(kind)()
    vars(entry).update({"key": "k", "display_name": "n"} | fields)
    return entry


@pytest.mark.parametrize(
    ("kind", "field", "managed", "other"),
    [
        ("RoleDetail", "path", "/aws-service-role/x/", "/"),
        ("ManagedPolicyDetail", "arn", "arn:aws:iam::aws:policy/X", "arn:aws:iam::1:policy/X"),
        ("KmsKey", "key_manager", "AWS", "CUSTOMER"),
        ("KmsAlias", "name", "alias/aws/s3", "alias/own"),
        ("ManagedPrefixList", "owner_id", "AWS", "123456789012"),
        ("NetworkInterface", "requester_id", "amazon-elb", ""),
        ("DBSnapshot", "snapshot_type", "automated", "manual"),
        ("DBSnapshot", "snapshot_type", "awsbackup", "manual"),
        ("CacheSnapshot", "name", "automatic.shop", "shop"),
        ("RedshiftSnapshot", "name", "rs:dwh", "dwh"),
        ("MetricAlarm", "name", "TargetTracking-x", "cpu"),
    ],
)
def test_records_by_the_value_of_a_field(kind, field, managed, other):
    assert is_managed(record(kind, **{field: managed}))
    assert not is_managed(record(kind, **{field: other}))
    assert not is_managed(record(kind))


EVERY_RECORD = {
    "AutomatedBackup",
    "DBMajorEngineVersion",
    "InspectorCoverage",
    "InspectorFinding",
    "PatchCompliance",
    "ProtectedResource",
    "RecycledImage",
    "RecycledSnapshot",
    "RootSession",
    "SslPolicy",
}


def test_kinds_of_which_every_record_is_managed():
    assert MANAGED_KINDS == EVERY_RECORD
    assert all(is_managed(record(kind)) for kind in EVERY_RECORD)
    assert not is_managed(record("Bucket"))


FIELDS = {
    "BackupVault": "recovery_points",
    "CacheCluster": "status created_at",
    "CacheSnapshot": "status",
    "CredentialReportEntry": (
        "password_last_used access_key_1_last_used_date access_key_2_last_used_date"
    ),
    "DBCluster": "status latest_restorable_time lifecycle_support parameter_statuses members",
    "DBInstance": "status latest_restorable_time lifecycle_support address",
    "DBSnapshot": "status",
    "Distribution": "status",
    "DynamoDBBackup": "status",
    "EbsSnapshot": "state started_at",
    "FileSystem": "state",
    "FlowLog": "status deliver_logs_status deliver_logs_error",
    "FsxBackup": "lifecycle",
    "FsxFileSystem": "lifecycle",
    "FsxVolume": "lifecycle",
    "Instance": "state launched_at network_interface_ids",
    "KmsKey": "grantees",
    "LambdaFunction": "last_modified",
    "NatGateway": "state",
    "NetworkInterface": "status attachment_id",
    "RedshiftCluster": "status addresses",
    "RegisteredDomain": "expiry",
    "ReplicationGroup": "status members",
    "ServerlessCache": "status",
    "ServerlessCacheSnapshot": "status",
    "TargetGroup": "targets",
    "Trail": "delivered_at delivery_error log_group_error",
    "Volume": "state",
}


def test_the_fields_that_change_by_themselves():
    kinds = {managed.kind for managed in MANAGED_FIELDS}
    fields = {kind: managed_fields(kind_of(kind)) for kind in kinds}
    assert fields == {kind: frozenset(names.split()) for kind, names in FIELDS.items()}
    assert managed_fields(kind_of("Bucket")) == frozenset()
