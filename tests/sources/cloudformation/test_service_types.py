"""Resources of services other than networks, storage and IAM in templates."""

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.model.cloudfront import Distribution
from cloudpack_baseline.model.ec2_images import SnapshotBlockPublicAccess
from cloudpack_baseline.model.route53 import HostedZone
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT

PARAMETERS = "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList}}\n"


def template(*resources):
    """A template with these resources."""
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


def one(kind, properties=""):
    """A resource It of the type."""
    return template(f"It: {{Type: AWS::{kind}, Properties: {{{properties}}}}}")


@pytest.mark.parametrize(
    ("control", "kind", "properties", "outcome"),
    [
        ("kms-key-rotation", "KMS::Key", "EnableKeyRotation: true", "pass"),
        ("kms-key-rotation", "KMS::Key", "EnableKeyRotation: 'true'", "pass"),
        ("kms-key-rotation", "KMS::Key", "", "fail"),
        ("kms-key-rotation", "KMS::Key", "EnableKeyRotation: !Ref Any", "unknown"),
        ("kms-key-rotation", "KMS::Key", "EnableKeyRotation: !Ref List", "unknown"),
        (
            "kms-key-rotation",
            "KMS::Key",
            "EnableKeyRotation: true, RotationPeriodInDays: 90",
            "pass",
        ),
        (
            "kms-key-rotation",
            "KMS::Key",
            "EnableKeyRotation: true, RotationPeriodInDays: 730",
            "fail",
        ),
        ("kms-key-rotation", "KMS::Key", "KeySpec: RSA_2048", "not applicable"),
        (
            "kms-key-rotation",
            "KMS::Key",
            "KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY",
            "not applicable",
        ),
        ("kms-key-rotation", "KMS::Key", "KeyUsage: SIGN_VERIFY", "unknown"),
        ("kms-key-rotation", "KMS::Key", "KeyUsage: !Ref Any", "unknown"),
        (
            "kms-key-rotation",
            "KMS::Key",
            "KeyUsage: ENCRYPT_DECRYPT, EnableKeyRotation: true",
            "pass",
        ),
        ("kms-key-rotation", "KMS::Key", "KeySpec: !Ref Any", "unknown"),
        ("kms-key-rotation", "KMS::Key", "Origin: EXTERNAL", "not applicable"),
        ("kms-key-rotation", "KMS::Key", "Enabled: false", "not applicable"),
        ("kms-key-rotation", "KMS::Key", "Enabled: !Ref Any, EnableKeyRotation: true", "unknown"),
        ("kms-key-rotation", "KMS::Key", "MultiRegion: true, EnableKeyRotation: true", "pass"),
        ("kms-key-rotation", "KMS::Key", "MultiRegion: !Ref Any", "unknown"),
        ("kms-key-rotation", "KMS::ReplicaKey", "PrimaryKeyArn: a", "not applicable"),
        (
            "ecr-scan-on-push",
            "ECR::Repository",
            "ImageScanningConfiguration: {ScanOnPush: true}",
            "pass",
        ),
        ("ecr-scan-on-push", "ECR::Repository", "", "fail"),
        ("ecr-scan-on-push", "ECR::Repository", "ImageScanningConfiguration: !Ref List", "unknown"),
        (
            "ecr-scan-on-push",
            "ECR::Repository",
            "ImageScanningConfiguration: {ScanOnPush: !Ref Any}",
            "unknown",
        ),
        ("guardduty", "GuardDuty::Detector", "Enable: true", "pass"),
        ("guardduty", "GuardDuty::Detector", "Enable: false", "fail"),
        ("guardduty", "GuardDuty::Detector", "Enable: !Ref Any", "unknown"),
        ("guardduty", "GuardDuty::Detector", "", "unknown"),
        ("cloudtrail-log-integrity", "CloudTrail::Trail", "EnableLogFileValidation: true", "pass"),
        ("cloudtrail-log-integrity", "CloudTrail::Trail", "IsLogging: true", "fail"),
        (
            "cloudtrail-log-integrity",
            "CloudTrail::Trail",
            "EnableLogFileValidation: !Ref Any",
            "unknown",
        ),
    ],
)
def test_a_setting_of_a_resource(judge_template, control, kind, properties, outcome):
    assert judge_template(control, one(kind, properties)) == {"It": outcome}


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ("[]", "fail"),
        (
            "[{ScanFrequency: SCAN_ON_PUSH, RepositoryFilters: [{Filter: '*', FilterType: WILDCARD}]}]",
            "pass",
        ),
        (
            "[{ScanFrequency: SCAN_ON_PUSH, RepositoryFilters: [{Filter: ap, FilterType: WILDCARD}]}]",
            "pass",
        ),
        (
            "[{ScanFrequency: SCAN_ON_PUSH, RepositoryFilters: [{Filter: 'ap*', FilterType: WILDCARD}]}]",
            "fail",
        ),
        ("[{ScanFrequency: SCAN_ON_PUSH, RepositoryFilters: [{Filter: !Ref Any}]}]", "unknown"),
        ("!Ref List", "unknown"),
        (
            (
                "[{ScanFrequency: SCAN_ON_PUSH, RepositoryFilters: [{Filter: '*'}]}, "
                "{ScanFrequency: CONTINUOUS_SCAN, RepositoryFilters: [{Filter: 'my*'}]}]"
            ),
            "pass",
        ),
    ],
)
def test_the_registry_decides_how_its_repositories_are_scanned(judge_template, rules, outcome):
    resources = (
        "It: {Type: AWS::ECR::Repository, Properties: {RepositoryName: my-app}}",
        f"Scanning: {{Type: AWS::ECR::RegistryScanningConfiguration, Properties: {{Rules: {rules}}}}}",
    )
    assert judge_template("ecr-scan-on-push", template(*resources)) == {"my-app": outcome}


TRAIL = "It: {Type: AWS::CloudTrail::Trail, Properties: {IsLogging: true, S3BucketName: b%s}}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (", IsMultiRegionTrail: true", "pass"),
        (", IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true", "pass"),
        (", IsMultiRegionTrail: true, IncludeGlobalServiceEvents: 'false'", "unknown"),
        (", IncludeGlobalServiceEvents: false", "pass"),
        (", EventSelectors: [{}]", "pass"),
        (", EventSelectors: []", "pass"),
        (", EventSelectors: [!Ref 'AWS::NoValue']", "pass"),
        (", EventSelectors: [], AdvancedEventSelectors: []", "pass"),
        (", EventSelectors: [{ReadWriteType: WriteOnly}]", "fail"),
        (", EventSelectors: [{ReadWriteType: !Ref Any}]", "unknown"),
        (", EventSelectors: !Ref List", "unknown"),
        (
            ", AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Management]}]}]",
            "pass",
        ),
        (
            ", AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Data]}]}]",
            "fail",
        ),
    ],
)
def test_what_a_trail_records(judge_template, properties, outcome):
    judged = judge_template("cloudtrail-enabled", template(TRAIL % properties))
    assert list(judged.values()) == [outcome]


def test_a_trail_that_does_not_log_records_nothing(judge_template):
    judged = judge_template("cloudtrail-enabled", one("CloudTrail::Trail", "IsLogging: false"))
    assert list(judged.values()) == ["fail"]


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [("", "pass"), ("IngestionEnabled: false", "fail"), ("IngestionEnabled: !Ref Any", "unknown")],
)
def test_an_event_data_store_records_management_events(judge_template, properties, outcome):
    trail = TRAIL.replace("IsLogging: true", "IsLogging: false") % ""
    store = f"Store: {{Type: AWS::CloudTrail::EventDataStore, Properties: {{{properties}}}}}"
    judged = judge_template("cloudtrail-enabled", template(trail, store))
    assert list(judged.values()) == [outcome]


RECORDER = "It: {Type: AWS::Config::ConfigurationRecorder, Properties: {RoleARN: r%s}}"
CHANNEL = "Channel: {Type: AWS::Config::DeliveryChannel, Properties: {S3BucketName: b}}"


@pytest.mark.parametrize(
    ("properties", "channel", "outcome"),
    [
        (
            ", RecordingGroup: {AllSupported: true, IncludeGlobalResourceTypes: true}",
            CHANNEL,
            "pass",
        ),
        ("", CHANNEL, "pass"),
        (
            ", RecordingGroup: {AllSupported: false, ResourceTypes: ['AWS::EC2::VPC']}",
            CHANNEL,
            "fail",
        ),
        (", RecordingGroup: {AllSupported: !Ref Any}", CHANNEL, "unknown"),
        ("", "", "pass"),
    ],
)
def test_what_a_configuration_recorder_records(judge_template, properties, channel, outcome):
    resources = template(RECORDER % properties, *filter(None, [channel]))
    assert judge_template("config-recorder", resources)["It"] == outcome


@pytest.mark.parametrize(
    ("included", "outcome"), [("true", "pass"), ("false", "unknown"), ("!Ref Any", "unknown")]
)
def test_a_recorder_of_another_region_may_record_changes_of_iam(gathered, included, outcome):
    group = f", RecordingGroup: {{AllSupported: true, IncludeGlobalResourceTypes: {included}}}"
    snapshot = gathered(template(RECORDER % group), controls=["config-recorder"])
    findings = assess(snapshot, controls=["config-recorder"]).findings
    (finding,) = (finding for finding in findings if finding.resource.kind == "Account")
    assert finding.outcome.value == outcome
    if outcome == "unknown":
        assert finding.observations[0].origin.line


SESSIONS = (
    "Preferences: {Type: AWS::SSM::Document, Properties: {Name: SSM-SessionManagerRunShell, "
    "Content: {inputs: {cloudWatchLogGroupName: %s}}}}"
)


@pytest.mark.parametrize(
    ("retention", "outcome"),
    [("", "pass"), (", RetentionInDays: 7", "fail"), (", RetentionInDays: !Ref Any", "unknown")],
)
def test_log_groups_of_sessions(judge_template, retention, outcome):
    group = (
        f"Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: !Ref Any{retention}}}}}"
    )
    for sessions in (
        SESSIONS % "!Ref Logs",
        (
            "Cluster: {Type: AWS::ECS::Cluster, Properties: {Configuration: {ExecuteCommandConfiguration: "
            "{Logging: OVERRIDE, LogConfiguration: {CloudWatchLogGroupName: !Ref Logs}}}}}"
        ),
    ):
        judged = judge_template("log-retention", template(group, sessions))
        assert judged["<parameter Any>"] == outcome


def test_other_documents_are_no_preferences(judge_template):
    document = "It: {Type: AWS::SSM::Document, Properties: {Content: !Ref List}}"
    logs = "Logs: {Type: AWS::Logs::LogGroup}"
    judged = judge_template("log-retention", template(document, logs))
    assert list(judged.values()) == ["not applicable"]


ORIGIN = "{Id: a, DomainName: !GetAtt Site.RegionalDomainName, S3OriginConfig: {}}"
CUSTOM = "{Id: a, DomainName: example.com, CustomOriginConfig: {OriginProtocolPolicy: %s, OriginSSLProtocols: [%s]}}"
CERTIFICATE = "ViewerCertificate: {AcmCertificateArn: a, SslSupportMethod: sni-only, MinimumProtocolVersion: %s}"


def distribution(
    *, origin=ORIGIN, viewers="redirect-to-https", certificate="TLSv1.2_2021", more=""
):
    """A distribution in front of the bucket Site."""
    return template(
        "Site: {Type: AWS::S3::Bucket}",
        "It: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Enabled: true, "
        f"Origins: [{origin}], DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: {viewers}}}, "
        f"{CERTIFICATE % certificate if certificate else 'Comment: a'}{more}}}}}}}",
    )


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ({}, "pass"),
        ({"viewers": "allow-all"}, "fail"),
        ({"viewers": "!Ref Any"}, "unknown"),
        ({"certificate": ""}, "fail"),
        ({"certificate": "TLSv1"}, "fail"),
        ({"certificate": "!Ref Any"}, "unknown"),
        ({"origin": CUSTOM % ("https-only", "TLSv1.2")}, "pass"),
        ({"origin": CUSTOM % ("http-only", "TLSv1.2")}, "fail"),
        ({"origin": CUSTOM % ("!Ref Any", "TLSv1.2")}, "unknown"),
        ({"origin": CUSTOM % ("https-only", "SSLv3")}, "fail"),
        ({"origin": "!Ref List"}, "unknown"),
    ],
)
def test_the_connections_of_a_distribution(judge_template, properties, outcome):
    assert judge_template("cloudfront-tls", distribution(**properties)) == {"It": outcome}


def distributions(gathered, *texts):
    """The records of distributions."""
    snapshot = gathered(*texts, controls=["s3-access-logging"])
    return snapshot.all(Distribution, PLACEHOLDER_ACCOUNT)


def test_the_logs_of_a_distribution(gathered):
    (plain,) = distributions(gathered, distribution())
    assert (plain.logging, plain.deliveries, plain.realtime_log_configs) == (None, (), ())
    (logged,) = distributions(
        gathered, distribution(more=", Logging: {Bucket: logs.s3.amazonaws.com}")
    )
    assert logged.logging.bucket == "logs.s3.amazonaws.com"
    (unknown,) = distributions(gathered, distribution(more=", Logging: !Ref List"))
    assert isinstance(unknown.logging, Unknown)


DELIVERY = """
  Source: {Type: AWS::Logs::DeliverySource, Properties: {Name: s, LogType: ACCESS_LOGS, ResourceArn: !GetAtt It.Arn}}
  Destination: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: d, DestinationResourceArn: !GetAtt Site.Arn}}
  Delivery: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: !Ref Source, DeliveryDestinationArn: !GetAtt Destination.Arn}}
"""


def test_logs_of_a_distribution_that_are_delivered(gathered):
    (record,) = distributions(gathered, distribution() + DELIVERY)
    (delivery,) = record.deliveries
    assert (delivery.type, delivery.resource) == ("S3", "arn:aws:s3:::Site")


def test_logs_of_a_distribution_in_real_time(gathered):
    config = "  Rt: {Type: AWS::CloudFront::RealtimeLogConfig, Properties: {Name: rt, SamplingRate: 100}}\n"
    behavior = "DefaultCacheBehavior: {RealtimeLogConfigArn: !Ref Rt, "
    text = distribution().replace("DefaultCacheBehavior: {", behavior)
    (record,) = distributions(gathered, text + config)
    assert [entry.sampling_rate for entry in record.realtime_log_configs] == [100]


@pytest.mark.parametrize(
    ("control", "resource"),
    [
        ("daily-backup", "{Type: AWS::EC2::Volume}"),
        ("inspector", "{Type: AWS::ECR::Repository}"),
        ("urgent-vulnerabilities", "{Type: AWS::ECR::Repository}"),
        ("instance-patch-compliance", "{Type: AWS::EC2::Instance}"),
        ("findings-routed", "{Type: AWS::GuardDuty::Detector, Properties: {Enable: true}}"),
        ("cloudwatch-alarms", "{Type: AWS::RDS::DBInstance, Properties: {Engine: mysql}}"),
        (
            "console-user-mfa",
            "{Type: AWS::IAM::User, Properties: {LoginProfile: {Password: !Ref Any}}}",
        ),
    ],
)
def test_results_are_not_judged_before_deployment(judge_template, control, resource):
    judged = judge_template(control, template(f"It: {resource}"))
    assert list(judged.values()) == ["not applicable"]


def test_users_of_a_template_are_judged_and_its_account_is_not(judge_template):
    user = "It: {Type: AWS::IAM::User, Properties: {LoginProfile: {Password: !Ref Any}}}"
    saml = "Idp: {Type: AWS::IAM::SAMLProvider, Properties: {SamlMetadataDocument: a}}"
    assert judge_template("federated-access", template(user, saml)) == {"It": "fail"}


ZONE = "It: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com%s}}"
NAMED = {
    "controls": {
        "route53-query-logging": {"zones": ["example.com"]},
        "route53-dnssec": {"zones": ["example.com"], "delegated": ["example.com"]},
    }
}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "fail"),
        (
            ", QueryLoggingConfig: {CloudWatchLogsLogGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:q'}",
            "pass",
        ),
        (", VPCs: [{VPCId: vpc-1, VPCRegion: us-east-1}]", "not applicable"),
    ],
)
def test_query_logs_of_a_zone(judge_template, properties, outcome):
    baseline = Baseline.from_mapping(NAMED)
    judged = judge_template("route53-query-logging", template(ZONE % properties), baseline=baseline)
    assert judged == {"example.com": outcome}


KEY = "Key: {Type: AWS::Route53::KeySigningKey, Properties: {HostedZoneId: !Ref It, Name: k, Status: %s}}"
SIGNED = "Signed: {Type: AWS::Route53::DNSSEC, Properties: {HostedZoneId: !Ref It}}"


@pytest.mark.parametrize(
    ("resources", "outcome"),
    [
        ([], "fail"),
        ([SIGNED, KEY % "ACTIVE"], "pass"),
        ([SIGNED, KEY % "INACTIVE"], "fail"),
        ([SIGNED, KEY % "!Ref Any"], "unknown"),
        ([KEY % "ACTIVE"], "fail"),
    ],
)
def test_signatures_of_a_zone(judge_template, resources, outcome):
    baseline = Baseline.from_mapping(NAMED)
    text = template(ZONE % "", *resources)
    assert judge_template("route53-dnssec", text, baseline=baseline) == {"example.com": outcome}


def test_a_zone_keeps_its_place(gathered):
    snapshot = gathered(template(ZONE % ""), controls=["route53-query-logging"])
    (zone,) = snapshot.all(HostedZone, PLACEHOLDER_ACCOUNT)
    assert zone.origin.line == 3


OPEN = "Service: {Type: AWS::ECS::Service, Properties: {%s}}"
CLUSTER = "Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop%s}}"
UNRECORDED = ", Configuration: {ExecuteCommandConfiguration: {Logging: NONE}}"
OPERATOR = (
    "Operator: {Type: AWS::IAM::User, Properties: {UserName: ops, Policies: [{PolicyName: exec, "
    "PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, "
    "Action: 'ecs:ExecuteCommand', Resource: '*'}]}}]}}"
)


@pytest.mark.parametrize(
    ("service", "outcome"),
    [
        ("Cluster: !Ref Cluster, EnableExecuteCommand: true", "fail"),
        ("Cluster: !GetAtt Cluster.Arn, EnableExecuteCommand: 'true', DesiredCount: 2", "fail"),
        ("Cluster: shop, EnableExecuteCommand: true", "fail"),
        ("Cluster: !Ref Cluster", "not applicable"),
        ("Cluster: !Ref Cluster, EnableExecuteCommand: false", "not applicable"),
        ("Cluster: !Ref Cluster, EnableExecuteCommand: true, DesiredCount: 0", "not applicable"),
        ("Cluster: !Ref Cluster, EnableExecuteCommand: !Ref Any", "unknown"),
        ("Cluster: !Ref Cluster, EnableExecuteCommand: true, DesiredCount: !Ref Any", "unknown"),
    ],
)
def test_services_that_ecs_exec_opens_sessions_in(judge_template, service, outcome):
    text = template(CLUSTER % UNRECORDED, OPEN % service, OPERATOR)
    assert judge_template("session-recording", text)["shop"] == outcome


BOSS = (
    "Boss: {Type: AWS::IAM::Role, Properties: {RoleName: boss, "
    "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'], "
    "AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, "
    "Principal: {Service: ecs-tasks.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}"
)
DEFINITION = "Web: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: %s}}"
LIMITED = OPERATOR.replace(
    "Resource: '*'", "Resource: ['arn:aws:ecs:*:*:cluster/shop', 'arn:aws:ecs:*:*:task/shop/*']"
)


@pytest.mark.parametrize(
    ("definition", "service", "outcome"),
    [
        ("!GetAtt Boss.Arn", "EnableExecuteCommand: true", "fail"),
        ("!GetAtt Boss.Arn", "EnableExecuteCommand: false", "pass"),
        ("!GetAtt Boss.Arn", "EnableExecuteCommand: !Ref Any", "unknown"),
        ("!Ref Any", "EnableExecuteCommand: true", "unknown"),
        ("'arn:aws:iam::123456789012:role/other'", "EnableExecuteCommand: true", "pass"),
    ],
)
def test_ecs_exec_leads_to_the_role_of_a_service(judge_template, definition, service, outcome):
    service = f"Cluster: !Ref Cluster, TaskDefinition: !Ref Web, {service}"
    text = template(CLUSTER % "", OPEN % service, LIMITED, BOSS, DEFINITION % definition)
    assert judge_template("admin-privileges", text)["ops"] == outcome


@pytest.mark.parametrize("order", [1, -1])
def test_one_service_is_enough_whatever_the_others_are(judge_template, order):
    opened = OPEN % "Cluster: !Ref Cluster, EnableExecuteCommand: true"
    doubtful = OPEN % "Cluster: !Ref Cluster, EnableExecuteCommand: !Ref Any"
    services = [opened, doubtful.replace("Service:", "Another:", 1)][::order]
    text = template(CLUSTER % UNRECORDED, *services, OPERATOR)
    assert judge_template("session-recording", text)["shop"] == "fail"


def test_who_can_use_ecs_exec_is_known_after_deployment(judge_template):
    service = OPEN % "Cluster: !Ref Cluster, EnableExecuteCommand: true"
    text = template(CLUSTER % "", service)
    assert judge_template("session-recording", text)["shop"] == "not applicable"


def test_a_service_in_a_cluster_that_is_elsewhere(judge_template):
    for place, name in (("Cluster: !ImportValue It, ", "<import It>"), ("", "default")):
        text = template(OPEN % f"{place}EnableExecuteCommand: true", OPERATOR)
        assert judge_template("session-recording", text)[name] == "unknown"
        assert list(judge_template("server-access-paths", text).values()) == ["unknown"]


def test_block_public_access_for_snapshots(gathered):
    state = "State: block-all-sharing"
    snapshot = gathered(
        one("EC2::SnapshotBlockPublicAccess", state), controls=["ebs-snapshot-sharing"]
    )
    (block,) = snapshot.all(SnapshotBlockPublicAccess, PLACEHOLDER_ACCOUNT)
    assert block.state == "block-all-sharing"
