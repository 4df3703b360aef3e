"""Copies and exports of data in templates."""

import pytest

PARAMETERS = "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList}}\n"


def one(kind, properties="", *others):
    """A template with the resource It of the type."""
    resources = (f"It: {{Type: AWS::{kind}, Properties: {{{properties}}}}}", *others)
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


@pytest.mark.parametrize(
    ("kind", "properties", "outcome"),
    [
        ("DataSync::LocationNFS", "ServerHostname: files.example.com, Subdirectory: /a", "fail"),
        ("DataSync::LocationSMB", "ServerHostname: !Ref Any", "unknown"),
        ("DataSync::LocationS3", "S3BucketArn: 'arn:aws:s3:::copies'", "pass"),
        ("DataSync::LocationEFS", "EfsFilesystemArn: !Ref Any", "pass"),
        (
            "DMS::Endpoint",
            "EndpointType: target, EngineName: mysql, ServerName: db.example.com",
            "fail",
        ),
        (
            "DMS::Endpoint",
            "EndpointType: source, EngineName: mysql, ServerName: db.example.com",
            "pass",
        ),
        (
            "DMS::Endpoint",
            "EndpointType: target, EngineName: mysql, ServerName: !Ref Any",
            "unknown",
        ),
        (
            "DMS::Endpoint",
            "EndpointType: !Ref Any, EngineName: mysql, ServerName: db.example.com",
            "unknown",
        ),
        ("DMS::Endpoint", "EndpointType: target, EngineName: s3", "pass"),
        ("Transfer::Server", "", "fail"),
        ("Transfer::Connector", "Url: 'sftp://files.example.com'", "fail"),
        ("KinesisFirehose::DeliveryStream", "S3DestinationConfiguration: {}", "pass"),
        (
            "KinesisFirehose::DeliveryStream",
            "HttpEndpointDestinationConfiguration: {EndpointConfiguration: {Url: 'https://a.example.com'}}",
            "fail",
        ),
        (
            "KinesisFirehose::DeliveryStream",
            "HttpEndpointDestinationConfiguration: {EndpointConfiguration: {Url: !Ref Any}}",
            "unknown",
        ),
        (
            "KinesisFirehose::DeliveryStream",
            "SplunkDestinationConfiguration: {HECEndpoint: 'https://a.example.com'}",
            "fail",
        ),
        (
            "KinesisFirehose::DeliveryStream",
            "SnowflakeDestinationConfiguration: {AccountUrl: 'https://a.example.com'}",
            "fail",
        ),
        ("Events::ApiDestination", "InvocationEndpoint: 'https://a.example.com'", "fail"),
        ("Events::ApiDestination", "InvocationEndpoint: !Ref Any", "unknown"),
    ],
)
def test_what_carries_data_out_of_aws(judge_template, kind, properties, outcome):
    judged = judge_template("data-export-paths", one(kind, properties))
    assert list(judged.values()) == [outcome]


PLAN = "BackupPlan: {BackupPlanName: It, BackupPlanRule: [{CopyActions: [{DestinationBackupVaultArn: %s}]}]}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        (PLAN % "'arn:aws:backup:ap-northeast-3:000000009999:backup-vault:copies'", "pass"),
        (PLAN % "'arn:aws:backup:ap-northeast-3:210987654321:backup-vault:copies'", "fail"),
        (PLAN % "!Ref Any", "unknown"),
        ("BackupPlan: {BackupPlanName: It, BackupPlanRule: [{RuleName: a}]}", "not applicable"),
        ("BackupPlan: {BackupPlanName: It, BackupPlanRule: !Ref List}", "unknown"),
        ("BackupPlan: !Ref List", "unknown"),
    ],
)
def test_where_backups_are_copied_to(judge_template, properties, outcome):
    judged = judge_template("backup-copy-destination", one("Backup::BackupPlan", properties))
    assert list(judged.values()) == [outcome]


COPIES = "ReplicationConfiguration: {Rules: [{Destinations: [{Region: %s, RegistryId: %s}]}]}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        (COPIES % ("ap-northeast-3", "!Ref AWS::AccountId"), "pass"),
        (COPIES % ("us-east-1", "!Ref AWS::AccountId"), "fail"),
        (COPIES % ("ap-northeast-3", "'210987654321'"), "fail"),
        (COPIES % ("!Ref Any", "!Ref AWS::AccountId"), "unknown"),
        ("ReplicationConfiguration: !Ref List", "unknown"),
    ],
)
def test_where_images_are_copied_to(judge_template, properties, outcome):
    text = one("ECR::ReplicationConfiguration", properties)
    assert list(judge_template("backup-copy-destination", text).values()) == [outcome]
    policy = "P: {Type: AWS::ECR::RegistryPolicy, Properties: {PolicyText: {Statement: []}}}"
    text = one("ECR::ReplicationConfiguration", properties, policy)
    assert list(judge_template("backup-copy-destination", text).values()) == [outcome]


COPY_RULES = "PolicyDetails: {Schedules: [{CrossRegionCopyRules: [{Target: %s}]}]}, State: ENABLED"
SHARES = "PolicyDetails: {Schedules: [{ShareRules: [{TargetAccounts: [%s]}]}]}, State: ENABLED"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        (COPY_RULES % "ap-northeast-3", "pass"),
        (COPY_RULES % "us-east-1", "fail"),
        (SHARES % "'210987654321'", "fail"),
        (SHARES % "!Ref Any", "unknown"),
        ("PolicyDetails: !Ref List, State: ENABLED", "unknown"),
    ],
)
def test_where_lifecycle_policies_copy_to(judge_template, properties, outcome):
    text = one("DLM::LifecyclePolicy", properties)
    assert list(judge_template("backup-copy-destination", text).values()) == [outcome]


@pytest.mark.parametrize(
    ("region", "outcome"),
    [
        ("AutomaticBackupReplicationRegion: us-west-2,", "fail"),
        ("AutomaticBackupReplicationRegion: ap-northeast-3,", "pass"),
        ("AutomaticBackupReplicationRegion: !ImportValue region,", "unknown"),
        ("", "not applicable"),
    ],
)
def test_automated_backups_are_replicated(judge_template, region, outcome):
    text = one("RDS::DBInstance", f"{region} Engine: mysql")
    assert list(judge_template("backup-copy-destination", text).values()) == [outcome]
